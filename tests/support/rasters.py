"""Rasters drawn for a test, so that every figure in an answer can be computed beforehand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import rasterio
import rasterio.shutil
import rasterio.warp
from rasterio.io import DatasetWriter, MemoryFile
from rasterio.transform import from_origin

#: Upper left corner of the drawn scene in EPSG:32632, near Zurich.
EASTING, NORTHING = 465_000.0, 5_250_000.0


def ramp(height: int, width: int, bands: int, dtype: str = "uint8") -> np.ndarray:
    """Bands that differ from each other and from pixel to pixel, from 1 upwards (0 is left for nodata)."""
    rows, columns = np.mgrid[0:height, 0:width]
    top = 250 if dtype == "uint8" else 5000
    stack = [1 + (rows * (band + 1) + columns * (band + 2)) % top for band in range(bands)]
    return np.stack(stack).astype(dtype)


def geotiff(pixels: np.ndarray, *, epsg: int | None = 32632, pixel: float = 10.0, origin=(EASTING, NORTHING),
            descriptions: tuple[str, ...] = (), tags: dict[str, str] | None = None,
            finish: Callable[[DatasetWriter], None] | None = None, **profile) -> bytes:
    """A GeoTIFF of these pixels (bands, rows, columns); `finish` says more in it."""
    bands, height, width = pixels.shape
    options = {"driver": "GTiff", "count": bands, "height": height, "width": width, "dtype": pixels.dtype,
               "compress": "deflate", **profile}
    if epsg:
        options |= {"crs": f"EPSG:{epsg}", "transform": from_origin(*origin, pixel, pixel)}
    with MemoryFile() as memory:
        with memory.open(**options) as dataset:
            dataset.write(pixels)
            for index, name in enumerate(descriptions, start=1):
                dataset.set_band_description(index, name)
            if tags:
                dataset.update_tags(**tags)
            if finish:
                finish(dataset)
        return bytes(memory.getbuffer())


def cog(pixels: np.ndarray, **options) -> bytes:
    """The same as a cloud-optimized GeoTIFF with overviews."""
    with MemoryFile(geotiff(pixels, **options)) as plain, MemoryFile() as memory:
        rasterio.shutil.copy(plain.open(), memory.name, driver="COG", compress="deflate", blocksize=128)
        return bytes(memory.getbuffer())


def drawn_scene(size: int = 256) -> bytes:
    """Four bands blue, green, red, nir, uint16, nodata 0 in the upper left quarter's corner, 10 m, UTM 32N."""
    pixels = ramp(size, size, 4, "uint16")
    pixels[:, : size // 8, : size // 8] = 0
    return geotiff(pixels, descriptions=("blue", "green", "red", "nir"), nodata=0)


def small_scene(seed: int = 1) -> bytes:
    """A tiny one-band raster, cheap to ingest; seeds give different bytes."""
    return geotiff((ramp(32, 32, 1) + seed).astype("uint8"), origin=(EASTING + 1000 * seed, NORTHING))


def bounds_wgs84(content: bytes) -> tuple[float, float, float, float]:
    """West, south, east, north of a raster in degrees, as another library computes them."""
    with MemoryFile(content) as memory, memory.open() as dataset:
        return rasterio.warp.transform_bounds(dataset.crs, "EPSG:4326", *dataset.bounds, densify_pts=21)
