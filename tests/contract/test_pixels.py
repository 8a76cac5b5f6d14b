"""Exports, values at points, WMTS. Contract: extensions "Pixels", section 10."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import numpy as np
import pytest
import rasterio
import rasterio.features
import rasterio.transform
import rasterio.warp
import rasterio.windows
from owslib.wmts import WebMapTileService
from PIL import Image
from rasterio.io import MemoryFile

from support.answers import faulty_fields, problem
from support.clips import inside
from support.rasters import EASTING, NORTHING, drawn_scene, geotiff
from support.tiles import decode, tile_of

OWS = "{http://www.opengis.net/ows/1.1}"
WMTS = "{http://www.opengis.net/wmts/1.0}"


def export(api, item: str, **terms):
    answer = api.op("items.export", {"item_id": item, **terms})
    assert answer.status_code == 200, answer.text
    return answer


@pytest.fixture(scope="module")
def source(scene):
    """The shared scene as rasterio reads it: pixels, and its box in its own system."""
    with MemoryFile(scene.content) as memory, memory.open() as dataset:
        return dataset.read(), dataset.bounds, dataset.transform


def native(bounds, left: int, top: int, right: int, bottom: int) -> dict:
    """A box of whole pixels of 10 m from the upper left."""
    return {"bbox": [bounds.left + 10 * left, bounds.top - 10 * bottom, bounds.left + 10 * right, bounds.top - 10 * top],
            "bbox_crs": "EPSG:32632", "crs": "EPSG:32632"}


def test_values_in_the_sources_own_system_are_its_pixels(scene, source):
    """[extensions "Exports"]"""
    pixels, bounds, _ = source
    answer = export(scene.api, scene.item_id, format="npy", **native(bounds, 100, 60, 140, 90))
    assert answer.headers["content-type"] == "application/x-npy"
    array = np.load(io.BytesIO(answer.content))
    assert array.dtype == np.uint16 and array.shape == (4, 30, 40)
    assert (array == pixels[:, 60:90, 100:140]).all()
    corner = np.load(io.BytesIO(export(scene.api, scene.item_id, format="npy", **native(bounds, -5, -5, 60, 60)).content))
    assert corner.shape == (5, 65, 65)
    valid = np.zeros((65, 65), bool)
    valid[5:, 5:] = (pixels[:, :60, :60] != 0).all(0)
    assert ((corner[4] != 0) == valid).all()
    assert (corner[:4, valid] == pixels[:, :60, :60][:, valid[5:, 5:]]).all()


def test_a_cog_holds_the_values_with_what_is_said_of_them(scene, source):
    pixels, bounds, _ = source
    with MemoryFile(export(scene.api, scene.item_id, format="cog", **native(bounds, 10, 20, 210, 120)).content) as memory:
        with memory.open() as made:
            assert (made.read() == pixels[:, 20:120, 10:210]).all()
            assert made.crs.to_epsg() == 32632 and made.nodata == 0
            assert made.descriptions == ("blue", "green", "red", "nir")
            assert made.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
            assert made.transform.c == bounds.left + 100 and made.transform.f == bounds.top - 200


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "cubic"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:2056"])
def test_another_system_as_rasterio_warps(scene, source, crs, resampling):
    """[issue: windows against rasterio]"""
    pixels, bounds, transform = source
    inner = rasterio.warp.transform_bounds("EPSG:32632", crs, bounds.left + 600, bounds.bottom + 300, bounds.right - 300,
                                           bounds.top - 600)
    answer = export(scene.api, scene.item_id, bbox=inner, bbox_crs=crs, crs=crs, width=120, height=90, format="npy",
                    resampling=resampling, bands="1")
    array = np.load(io.BytesIO(answer.content))
    target = rasterio.transform.from_bounds(*inner, 120, 90)
    wanted = np.zeros((90, 120), "float64")
    rasterio.warp.reproject(pixels[0].astype("float64"), wanted, src_transform=transform, src_crs="EPSG:32632",
                            dst_transform=target, dst_crs=crs, resampling=rasterio.warp.Resampling[resampling],
                            warp_mem_limit=64, tolerance=0.01)
    # The ramp wraps at 5000, beside which interpolation means nothing; downsampling kernels differ by a little.
    smooth = np.abs(np.diff(wanted, axis=1, append=0)) < 100
    off = np.abs(array[0].astype(float) - wanted)
    assert np.percentile(off[smooth], 95) <= (3 if resampling == "nearest" else 2)


def test_expressions_are_floats_and_missing_where_no_number(scene, source):
    pixels, bounds, _ = source
    answer = export(scene.api, scene.item_id, format="npy", expression="(b4-b3)/(b4+b3)", **native(bounds, 0, 0, 64, 64))
    array = np.load(io.BytesIO(answer.content))
    assert array.dtype == np.float32 and array.shape[0] == 2
    red, nir = pixels[2, :64, :64].astype(float), pixels[3, :64, :64].astype(float)
    valid = (red != 0) & (nir != 0)
    assert ((array[1] != 0) == valid).all()
    assert np.allclose(array[0][valid], ((nir - red) / (nir + red))[valid], atol=1e-6)
    with MemoryFile(export(scene.api, scene.item_id, format="cog", expression="b1*2", **native(bounds, 0, 0, 64, 64)).content) as memory:
        with memory.open() as made:
            assert made.dtypes == ("float32",) and np.isnan(made.nodata)
            assert (made.read_masks(1) > 0).sum() == (pixels[0, :64, :64] != 0).sum()


@pytest.mark.parametrize(("name", "media_type"), [("png", "image/png"), ("jpeg", "image/jpeg"), ("webp", "image/webp")])
def test_pictures_come_in_every_size(scene, name, media_type):
    west, south, east, north = scene.api.item(scene.item_id)["bbox"]
    answer = export(scene.api, scene.item_id, bbox=[west, south, east, north], width=300, format=name)
    assert answer.headers["content-type"] == media_type
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size[0] == 300 and picture.size[1] == pytest.approx(300 * (north - south) / (east - west), abs=1)
    assert len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)) > 50


def test_a_picture_is_the_tile_of_the_same_ground(scene):
    """[issue: the same values from tiles, exports]"""
    west, south, east, north = scene.api.item(scene.item_id)["bbox"]
    x, y = tile_of((west + east) / 2, (south + north) / 2, 13)
    tile = decode(scene.api.op("items.tile.render", {"item_id": scene.item_id, "z": 13, "x": x, "y": y, "format": "png"}).content)
    half = 20037508.342789244
    side = 2 * half / 2**13
    bbox = [-half + x * side, half - (y + 1) * side, -half + (x + 1) * side, half - y * side]
    made = decode(export(scene.api, scene.item_id, bbox=bbox, bbox_crs="EPSG:3857", crs="EPSG:3857", width=256, height=256).content)
    assert np.abs(made.astype(int) - tile.astype(int)).max() <= 1


def test_an_area_hides_what_lies_outside(scene, source):
    pixels, bounds, transform = source
    west, south, east, north = scene.api.item(scene.item_id)["bbox"]
    area = {"type": "Polygon", "coordinates": [[[west, south], [east, south], [(west + east) / 2, north], [west, south]]]}
    array = np.load(io.BytesIO(export(scene.api, scene.item_id, format="npy", bands="1", aoi=area,
                                      **native(bounds, 0, 0, 256, 256)).content))
    with MemoryFile(scene.content) as memory, memory.open() as dataset:
        wanted = inside(dataset, area) & (pixels[0] != 0)
    assert ((array[1] != 0) != wanted).sum() <= 4


WRONG = [({"bbox": [8.6, 47.3, 8.5, 47.2]}, "bbox"), ({"bbox": [8.5, 47.3, 8.6]}, "bbox"), ({"crs": "EPSG:1"}, "crs"),
         ({"bbox_crs": "nowhere"}, "bbox_crs"), ({"width": 5000, "height": 5000}, "bbox"), ({"resolution": 1e-9}, "bbox"),
         ({"resolution": 0}, "resolution"), ({"format": "gif"}, "format"), ({"bands": "9"}, "bands"),
         ({"expression": "b1+"}, "expression"), ({"resampling": "lanczos"}, "resampling"),
         ({"aoi": {"type": "Point", "coordinates": [8, 47]}}, "aoi"), ({"bbox": [0, 0, 1e300, 1]}, "bbox")]


@pytest.mark.parametrize(("terms", "field"), WRONG, ids=[str(terms)[:40] for terms, _ in WRONG])
def test_what_no_export_can_be_is_told(scene, terms, field):
    answer = scene.api.op("items.export", {"item_id": scene.item_id, "bbox": [8.54, 47.39, 8.56, 47.4], **terms})
    assert answer.status_code == 422 and any(field in fault for fault in faulty_fields(answer)), answer.text
    if terms.get("width"):
        assert "processing.create" in answer.text


def test_points_give_the_pixel_that_holds_them(scene, source):
    """[extensions: items.point]"""
    pixels, bounds, transform = source
    rng = np.random.default_rng(5)
    columns, rows = rng.uniform(-20, 276, (2, 3000))
    x, y = bounds.left + columns * 10, bounds.top - rows * 10
    longitudes, latitudes = rasterio.warp.transform("EPSG:32632", "EPSG:4326", x, y)
    answer = scene.api.call("items.point", {"item_id": scene.item_id, "coordinates": list(zip(longitudes, latitudes))})
    assert answer["bands"] == ["blue", "green", "red", "nir"]
    for value, column, row in zip(answer["values"], np.floor(columns).astype(int), np.floor(rows).astype(int)):
        there = 0 <= column < 256 and 0 <= row < 256
        wanted = [int(pixels[band, row, column]) or None for band in range(4)] if there else [None] * 4
        assert value == wanted


def test_points_of_wide_integers_scale_and_expressions(api):
    pixels = np.array([[[2**62 + 1, -(2**62) - 3], [7, 0]]], "int64")
    def scale(dataset) -> None:
        dataset.scales, dataset.offsets = (0.5,), (1,)

    content = geotiff(pixels, nodata=0, finish=scale)
    item = api.upload_one(content)
    spots = rasterio.warp.transform("EPSG:32632", "EPSG:4326", [EASTING + 5, EASTING + 15] * 2, [NORTHING - 5] * 2 + [NORTHING - 15] * 2)
    body = {"item_id": item, "coordinates": list(zip(*spots))}
    assert [v for [v] in api.call("items.point", body)["values"]] == [2**62 + 1, -(2**62) - 3, 7, None]
    assert api.call("items.point", body | {"scaled": True})["values"][2] == [4.5]
    computed = api.call("items.point", body | {"expression": "b1*2"})
    assert computed["bands"] == ["expression"] and computed["values"][2] == [9.0]
    assert faulty_fields(api.op("items.point", body | {"coordinates": []})) == {"coordinates"}
    assert faulty_fields(api.op("items.point", body | {"coordinates": [[0, 91]]})) == {"coordinates"}


def test_a_foreign_item_has_no_pixels(scene, neighbour):
    for operation, more in (("items.export", {"bbox": [8, 47, 9, 48]}), ("items.point", {"coordinates": [[8, 47]]}),
                            ("items.tile.wmts_capabilities", {"base_url": ""}),
                            ("items.tile.wmts_get_tile", {"z": 0, "x": 0, "y": 0})):
        problem(neighbour.op(operation, {"item_id": scene.item_id, **more}), 404)


@pytest.fixture(scope="module")
def mapped(admin):
    """An item whose name and profiles need escaping."""
    api = admin.new_project("WMTS")
    item = api.upload_one(drawn_scene(), "a.tif")
    api.call("items.update", {"item_id": item, "name": "Fish & \"Chips\" <in> 'Bern'"})
    for name in ("false_color", "with space & more"):
        api.call("visualization.profile.create", {"item_id": item, "name": name, "type": "rgb",
                                                  "config": {"bands": [4, 3, 2]}})
    return api, item


def test_owslib_reads_the_capabilities_and_fetches_tiles(mapped, reader, server):
    """[issue: WMTS opened by OWSLib]"""
    api, item = mapped
    url = f"{server.base_url}/api/v1/items/{item}/wmts?key={reader}"
    service = WebMapTileService(url)
    assert list(service.contents) == [item]
    layer = service.contents[item]
    assert layer.title == "Fish & \"Chips\" <in> 'Bern'"
    west, south, east, north = api.item(item)["bbox"]
    assert layer.boundingBoxWGS84 == pytest.approx((west, south, east, north), abs=1e-6)
    assert set(layer.styles) > {"default", "false_color"} and layer.styles["default"]["isDefault"]
    limits = layer.tilematrixsetlinks["WebMercatorQuad"].tilematrixlimits
    x, y = tile_of((west + east) / 2, (south + north) / 2, 10)
    assert limits["10"].mintilecol <= x <= limits["10"].maxtilecol and limits["10"].mintilerow <= y <= limits["10"].maxtilerow
    for style in layer.styles:
        content = service.gettile(layer=item, style=style, tilematrixset="WebMercatorQuad", tilematrix="10", row=y,
                                  column=x, format="image/png").read()
        profile = {} if style == "default" else {"profile": style}
        assert content == api.op("items.tile.wmts_get_tile", {"item_id": item, "z": 10, "x": x, "y": y, **profile}).content
        decode(content)


def test_the_operation_says_what_the_address_says(mapped, reader, server):
    """[section 10]"""
    api, item = mapped
    answer = api.op("items.tile.wmts_capabilities", {"item_id": item, "base_url": "https://maps.example.org/", "key": "gpra_x&y"})
    assert answer.headers["content-type"].split(";")[0] == "application/xml"
    root = ElementTree.fromstring(answer.content)
    template = root.find(f".//{WMTS}ResourceURL").get("template")
    assert template == f"https://maps.example.org/api/v1/items/{item}/wmts/1.0.0/{{Style}}/{{TileMatrixSet}}/{{TileMatrix}}/{{TileRow}}/{{TileCol}}.png?key=gpra_x%26y"
    one = api.op("items.tile.wmts_capabilities", {"item_id": item, "base_url": "", "profile": "false_color"})
    styles = [each.find(f"{OWS}Identifier").text for each in ElementTree.fromstring(one.content).iter(f"{WMTS}Style")]
    assert styles == ["false_color"]
    problem(api.op("items.tile.wmts_capabilities", {"item_id": item, "base_url": "", "profile": "none"}), 404)


def test_rest_tiles_answer_at_their_template(mapped, reader, server):
    api, item = mapped
    rest = api.with_key(None).http.get(f"/api/v1/items/{item}/wmts/1.0.0/WMTSCapabilities.xml?key={reader}")
    assert rest.status_code == 200
    template = ElementTree.fromstring(rest.content).find(f".//{WMTS}ResourceURL").get("template")
    assert template.startswith(server.base_url) and reader in template
    west, south, east, north = api.item(item)["bbox"]
    x, y = tile_of((west + east) / 2, (south + north) / 2, 12)
    values = {"Style": "default", "TileMatrixSet": "WebMercatorQuad", "TileMatrix": 12, "TileRow": y, "TileCol": x}
    url = re.sub(r"\{(\w+)\}", lambda match: str(values[match[1]]), template)
    answer = api.with_key(None).http.get(url)
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
    assert (decode(answer.content)[..., 3] > 0).any()
    assert api.with_key(None).http.get(url.replace(reader, "gpra_none")).status_code == 401


@pytest.mark.parametrize(("query", "code", "locator"), [
    ("", "MissingParameterValue", "request"), ("request=GetMap", "OperationNotSupported", "request"),
    ("service=WMS&request=GetCapabilities", "InvalidParameterValue", "service"),
    ("request=GetTile&tilematrixset=WebMercatorQuad&tilematrix=1&tilerow=0", "MissingParameterValue", "tilecol"),
    ("request=GetTile&tilematrixset=Other&tilematrix=1&tilerow=0&tilecol=0", "InvalidParameterValue", "TileMatrixSet"),
    ("request=GetTile&tilematrixset=WebMercatorQuad&tilematrix=1&tilerow=9&tilecol=0", "TileOutOfRange", "TileRow"),
    ("request=GetTile&tilematrixset=WebMercatorQuad&tilematrix=x&tilerow=0&tilecol=0", "InvalidParameterValue", "TileMatrix"),
    ("request=GetTile&layer=other&tilematrixset=WebMercatorQuad&tilematrix=1&tilerow=0&tilecol=0", "InvalidParameterValue", "layer"),
    ("request=GetTile&style=none&tilematrixset=WebMercatorQuad&tilematrix=1&tilerow=0&tilecol=0", "InvalidParameterValue", None)])
def test_faults_are_exception_reports(mapped, query, code, locator):
    """[extensions "WMTS"]"""
    api, item = mapped
    answer = api.http.get(f"/api/v1/items/{item}/wmts?{query}")
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"].split(";")[0] == "application/xml"
    exception = ElementTree.fromstring(answer.content).find(f"{OWS}Exception")
    assert exception.get("exceptionCode") == code and (locator is None or exception.get("locator") == locator)
    assert exception.find(f"{OWS}ExceptionText").text


def test_gdal_opens_the_service(mapped, reader, server):
    """[issue: WMTS opened by GDAL]"""
    api, item = mapped
    with rasterio.Env() as environment:
        if "WMTS" not in environment.drivers():
            pytest.skip("this rasterio has no WMTS driver")
    with rasterio.open(f"WMTS:{server.base_url}/api/v1/items/{item}/wmts/1.0.0/WMTSCapabilities.xml?key={reader}") as service:
        assert service.crs.to_epsg() == 3857 and service.count in (3, 4)
        bounds = rasterio.warp.transform_bounds("EPSG:4326", "EPSG:3857", *api.item(item)["bbox"])
        assert service.bounds == pytest.approx(bounds, abs=20)  # its pixels have 10 m
        middle = service.read(window=rasterio.windows.Window(service.width // 2, service.height // 2, 64, 64))
        assert middle.shape[1:] == (64, 64) and len(np.unique(middle)) > 5


def test_many_ask_for_points_at_once(scene):
    """[design section 10] Whose turn does not come is told so, and nobody waits for ever."""
    body = {"item_id": scene.item_id, "coordinates": [[8.55, 47.395]]}
    clients = [scene.api.with_key(scene.api.key) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda client: client.op("items.point", body), clients * 3))
    assert {answer.status_code for answer in answers} <= {200, 503} and answers[0].json()["bands"]
