"""Clip jobs as tests order them, and what a clip must hold as other libraries compute it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.features
import rasterio.warp
from rasterio.io import DatasetReader, MemoryFile
from rasterio.windows import Window

from support.api import Api, get, wait_for

ENDED = {"completed", "failed", "cancelled"}


def box(west: float, south: float, east: float, north: float) -> dict:
    """A rectangle in degrees."""
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


def box_in(bbox: list[float], low: float = 0.25, high: float = 0.75) -> dict:
    """A rectangle in the middle of a box of degrees."""
    west, south, east, north = bbox
    width, height = east - west, north - south
    return box(west + low * width, south + low * height, west + high * width, south + high * height)


def order(api: Api, item: str, area: dict, **fields) -> dict:
    """Orders a clip; gives the job."""
    return api.call("clip.create_from_item", {"source_item_id": item, "aoi_geometry": area, **fields})["job"]


def ended(api: Api, job: dict, seconds: float = 120) -> dict:
    """The job once it has ended."""
    def look() -> dict | None:
        now = api.call("clip.job.get", {"job_id": job["id"]})
        return now if now["status"] in ENDED else None
    return wait_for(f"the end of the clip {job['id']}", look, seconds)


def clip(api: Api, item: str, area: dict, **fields) -> dict:
    """Orders a clip and waits until it is completed; gives the job."""
    job = ended(api, order(api, item, area, **fields))
    assert job["status"] == "completed", job["error_message"]
    return job


def fetch(api: Api, job: dict, key: str = "data") -> bytes:
    """A file that a job made."""
    answer = get(api.call("clip.job.download", {"job_id": job["id"], "mosaic_type": key})["url"])
    assert answer.status_code == 200, answer.text
    return answer.content


def dense(area: dict, steps: int = 400) -> dict:
    """The area with so many positions along each edge, straight in longitude and latitude."""
    def ring(positions: list) -> list:
        out = []
        for (x0, y0, *_), (x1, y1, *_) in zip(positions, positions[1:]):
            out += [[x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps] for i in range(steps)]
        return [*out, out[0]]
    if area["type"] == "Polygon":
        return {"type": "Polygon", "coordinates": [ring(each) for each in area["coordinates"]]}
    return {"type": "MultiPolygon", "coordinates": [[ring(each) for each in part] for part in area["coordinates"]]}


def inside(dataset: DatasetReader, area: dict) -> np.ndarray:
    """Which pixels' centres lie in the area, by rasterio."""
    there = rasterio.warp.transform_geom("EPSG:4326", dataset.crs, dense(area))
    return rasterio.features.geometry_mask([there], dataset.shape, dataset.transform, invert=True)


def check(source: bytes | Path, made: bytes, area: dict, borderline: int = 0) -> dict[str, Any]:
    """Holds a clip against its source: grid, every value, every mask; gives figures of it. `borderline`: pixels whose
    centre lies so near to the outline that two libraries may differ."""
    with open_any(source) as before, open_any(made) as after:
        assert after.crs == before.crs
        assert (after.transform.a, after.transform.b, after.transform.d, after.transform.e) == \
            (before.transform.a, before.transform.b, before.transform.d, before.transform.e)
        column, row = ~before.transform * (after.transform.c, after.transform.f)
        assert abs(column - round(column)) < 1e-4 and abs(row - round(row)) < 1e-4
        window = Window(round(column), round(row), after.width, after.height)
        wanted = inside(before, area)
        rows, columns = np.nonzero(wanted)
        assert rows.min() - 1 <= window.row_off <= rows.min() and columns.min() - 1 <= window.col_off <= columns.min()
        assert after.height <= rows.max() - rows.min() + 3 and after.width <= columns.max() - columns.min() + 3
        assert after.count == before.count and after.dtypes == before.dtypes
        here = wanted[window.row_off:window.row_off + after.height, window.col_off:window.col_off + after.width]
        old, new = before.read(window=window), after.read()
        old_masks, new_masks = before.read_masks(window=window), after.read_masks()
        alpha = [index for index, kind in enumerate(before.colorinterp) if kind.name == "alpha"]
        different = 0
        for band in range(before.count):
            same = same_bits(old[band], new[band])
            valid = (old_masks[band] > 0) & here & (np.isfinite(old[band]) if old.dtype.kind == "f" else True)
            shown = new_masks[band] > 0
            different = max(different, int((here & ~same).sum()))
            if band not in alpha:
                different = max(different, int((shown & ~here).sum()), int((valid & ~shown).sum()))
        assert different <= borderline, f"{different} pixels differ"
        assert after.descriptions == before.descriptions
        assert after.scales == before.scales and after.offsets == before.offsets
        assert after.units == before.units
        assert after.colorinterp == before.colorinterp
        return {"shape": after.shape, "inside": int(here.sum()), "nodata": after.nodata, "tags": after.tags(),
                "overviews": after.overviews(1), "colormap": colormap(after), "layout": after.tags(ns="IMAGE_STRUCTURE")}


def same_bits(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pixel by pixel, NaN of the same bits included."""
    kind = f"u{a.dtype.itemsize}"
    return a.view(kind) == b.view(kind)


def colormap(dataset: DatasetReader) -> dict | None:
    """The first band's colour table."""
    try:
        return dataset.colormap(1)
    except ValueError:
        return None


def open_any(raster: bytes | Path) -> DatasetReader:
    """Opens bytes or a file."""
    return MemoryFile(raster).open() if isinstance(raster, bytes) else rasterio.open(raster)
