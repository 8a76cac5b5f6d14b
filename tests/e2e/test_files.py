"""Rasters and vectors of many kinds through the whole road: drawn ones, whose facts are known exactly."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from functools import cache

import numpy as np
import pystac
import pytest
from PIL import Image
from rasterio.io import MemoryFile

from support.api import Api, get, wait_for
from support.rasters import bounds_wgs84, cog, geotiff, ramp
from support.tiles import tile_under, transparency


@dataclass(frozen=True)
class Drawn:
    """A drawn raster and what the server must find out about it."""

    name: str
    content: bytes
    epsg: int
    bands: int
    data_type: str
    gsd: float
    nodata: float | None = None


@cache
def drawings() -> list[Drawn]:
    """Every data type and layout that people have."""
    floats = np.sin(ramp(96, 128, 1) / 40).astype("float32")
    floats[:, :10] = np.nan
    signed = ramp(80, 80, 2, "int16") - 2000
    rgba = np.concatenate([ramp(100, 100, 3), np.full((1, 100, 100), 255, "uint8")])
    rgba[3, :, :50] = 0
    return [
        Drawn("bytes", geotiff(ramp(90, 110, 3)), 32632, 3, "uint8", 10),
        Drawn("words", geotiff(ramp(90, 110, 1, "uint16"), nodata=0), 32632, 1, "uint16", 10, 0),
        Drawn("signed", geotiff(signed, epsg=2056, origin=(2_600_000, 1_200_000), pixel=2, nodata=-9999), 2056, 2, "int16", 2, -9999),
        Drawn("floats", geotiff(floats, nodata=float("nan")), 32632, 1, "float32", 10),
        Drawn("doubles", geotiff(ramp(50, 50, 1).astype("float64"), epsg=3857, origin=(900_000, 6_000_000), pixel=30), 3857, 1, "float64", 20),
        Drawn("degrees", geotiff(ramp(60, 60, 1), epsg=4326, origin=(7, 47), pixel=0.001), 4326, 1, "uint8", 90),
        Drawn("alpha", geotiff(rgba, photometric="RGB", alpha="YES"), 32632, 4, "uint8", 10),
        Drawn("integers", geotiff(ramp(60, 60, 1).astype("int32") * 100_000), 32632, 1, "int32", 10),
        Drawn("tiled", cog(ramp(300, 400, 3)), 32632, 3, "uint8", 10),
        Drawn("big", geotiff(ramp(64, 64, 1), BIGTIFF="YES", tiled=True, blockxsize=32, blockysize=32), 32632, 1, "uint8", 10),
        Drawn("many", geotiff(ramp(40, 40, 12)), 32632, 12, "uint8", 10),
    ]


@pytest.fixture(scope="module")
def uploaded(admin: Api) -> tuple[Api, dict[str, str]]:
    """All drawings, uploaded in one session; item ids by name."""
    api = admin.new_project("Drawings")
    items = api.upload({f"{drawn.name}.tif": drawn.content for drawn in drawings()})
    return api, {api.item(item)["name"]: item for item in items}


@pytest.mark.parametrize("drawn", drawings(), ids=lambda drawn: drawn.name)
def test_a_drawn_raster_is_described_stored_and_rendered(uploaded, drawn):
    """[A025 to A030, A042, A043, design section 5]"""
    api, items = uploaded
    item_id = items[drawn.name]
    item = api.item(item_id)
    assert item["type"] == "user_raster"
    assert item["bbox"] == pytest.approx(bounds_wgs84(drawn.content), abs=2e-4)
    assert item["gsd"] == pytest.approx(drawn.gsd, rel=0.15)
    asset = api.assets(item_id)["data"]
    assert asset["data_type"] == drawn.data_type
    assert len(asset["band_names"]) == len(asset["statistics"]) == drawn.bands
    if drawn.nodata is not None:
        assert asset["nodata"] == drawn.nodata
    document = api.call("items.get_stac", {"item_id": item_id})
    pystac.Item.from_dict(document, migrate=False)
    facts = document["properties"] | document["assets"]["data"]
    assert facts.get("proj:epsg") == drawn.epsg or facts.get("proj:code") == f"EPSG:{drawn.epsg}"
    assert get(api.download(item_id)).content == drawn.content
    zoom = 9 if drawn.gsd >= 10 else 12  # so that the drawing covers pixels, but not the whole tile
    tile = api.op("items.tile.render", {"item_id": item_id, **tile_under(item["bbox"], zoom), "format": "png"})
    assert 0 < transparency(tile.content) < 1


def test_masked_parts_are_transparent(api):
    """[design section 9]"""
    size = 2 * 20037508.342789244 / 2**12
    place = {"epsg": 3857, "origin": (0, 0), "pixel": size / 128}
    alpha = np.concatenate([ramp(128, 128, 3), np.full((1, 128, 128), 255, "uint8")])
    alpha[3, :, :64] = 0
    gaps = np.sin(ramp(128, 128, 1) / 40).astype("float32")
    gaps[:, :16] = np.nan
    drawings = {"alpha": geotiff(alpha, photometric="RGB", alpha="YES", **place),
                "gaps": geotiff(gaps, nodata=float("nan"), **place)}
    for name, expected in (("alpha", 0.5), ("gaps", 0.125)):
        item = api.upload_one(drawings[name])
        tile = api.op("items.tile.render", {"item_id": item, "z": 12, "x": 2048, "y": 2048, "format": "png"})
        assert transparency(tile.content) == pytest.approx(expected, abs=0.02), name


def test_a_cog_is_rendered_directly_and_another_raster_gets_a_rendition(uploaded):
    """[A042, design section 5]"""
    api, items = uploaded
    plain = wait_for("the renditions", lambda: (found := api.assets(items["bytes"])) and "thumbnail" in found and found)
    tiled = wait_for("the thumbnail", lambda: (found := api.assets(items["tiled"])) and "thumbnail" in found and found)
    assert "cog" not in tiled
    image = Image.open(io.BytesIO(get(api.download(items["bytes"], "thumbnail")).content))
    assert max(image.size) <= 1024
    assert plain["thumbnail"]["roles"] == ["thumbnail"]


def test_a_large_plain_raster_gets_a_cog_with_the_same_pixels(api):
    """[design section 5]"""
    pixels = ramp(1500, 1500, 1, "uint16")
    item = api.upload_one(geotiff(pixels, nodata=0))
    wait_for("the rendition", lambda: "cog" in api.assets(item))
    with MemoryFile(get(api.download(item, "cog")).content) as memory, memory.open() as dataset:
        assert dataset.overviews(1)
        assert dataset.is_tiled
        assert (dataset.read() == pixels).all()
    before = api.item(item)["bbox"]
    tile = api.op("items.tile.render", {"item_id": item, **tile_under(before, 12), "format": "png"})
    assert tile.status_code == 200


def test_a_categorical_raster_keeps_its_classes(api):
    """[A005, section 7.4]"""
    classes = (ramp(64, 64, 1) % 5).astype("uint8")
    item = api.upload_one(geotiff(classes), is_categorical=True)
    bbox = api.item(item)["bbox"]
    tile = api.op("items.tile.render", {"item_id": item, **tile_under(bbox, 14), "format": "png"})
    image = np.asarray(Image.open(io.BytesIO(tile.content)).convert("RGBA")).reshape(-1, 4)
    opaque = np.unique(image[image[:, 3] == 255], axis=0)
    assert 2 <= len(opaque) <= 5


def test_the_capture_time_comes_from_the_file(api):
    """[section 7.4]"""
    item = api.upload_one(geotiff(ramp(20, 20, 1), tags={"TIFFTAG_DATETIME": "2021:03:04 05:06:07"}))
    assert api.item(item)["datetime"].startswith("2021-03-04T05:06:07")


def test_a_world_file_becomes_an_asset_and_places_the_image(api):
    """[design section 5]"""
    image = io.BytesIO()
    Image.fromarray(ramp(40, 50, 3).transpose(1, 2, 0)).save(image, "PNG")
    world = b"0.001\n0\n0\n-0.001\n8.0005\n46.9995\n"
    projection = b'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],' \
                 b'UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]'
    [item] = api.upload({"map.png": image.getvalue(), "map.wld": world, "map.prj": projection})
    assert api.item(item)["bbox"] == pytest.approx([8, 46.96, 8.05, 47], abs=1e-6)
    assets = api.assets(item)
    assert {"data", "wld", "prj"} <= set(assets)
    assert get(api.download(item, "wld")).content == world


def test_a_geojson_becomes_a_vector_item(api):
    """[A043]"""
    feature = {"type": "Feature", "properties": {"name": "Zürich"}, "geometry": {"type": "Point", "coordinates": [8.5, 47.4]}}
    other = {"type": "Feature", "properties": {"name": "Bern"}, "geometry": {"type": "Point", "coordinates": [7.4, 46.9]}}
    content = json.dumps({"type": "FeatureCollection", "features": [feature, other]}).encode()
    upload = api.initiate(len(content))
    api.send(upload, "cities.geojson", content, "application/geo+json")
    [item] = api.complete(upload)
    record = api.item(item)
    assert record["type"] == "user_vector"
    assert record["bbox"] == pytest.approx([7.4, 46.9, 8.5, 47.4])
    assert get(api.download(item)).content == content
    assert api.op("items.tile.render", {"item_id": item, "z": 0, "x": 0, "y": 0}).status_code in (404, 422)


def test_the_name_says_nothing_about_the_content(api):
    """[design section 9]"""
    item = api.upload_one(geotiff(ramp(20, 20, 1)), "picture.jpg")
    assert api.assets(item)["data"]["media_type"].startswith("image/tiff")
