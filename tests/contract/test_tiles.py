"""Tiles and TileJSON, as operations and as plain URLs. Contract: section 10."""

from __future__ import annotations

import httpx
import numpy as np
import pytest

from support.answers import faulty_fields, problem
from support.rasters import geotiff, ramp, small_scene
from support.tiles import decode, tile_of

FORMATS = {"png": "image/png", "webp": "image/webp", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


def drawn_in(answer: httpx.Response) -> np.ndarray:
    """The tile's pixels as RGBA."""
    assert answer.status_code == 200, answer.text
    return decode(answer.content)


@pytest.fixture(scope="module")
def place(scene) -> dict:
    """The tile under the middle of the scene."""
    west, south, east, north = scene.api.item(scene.item_id)["bbox"]
    x, y = tile_of((west + east) / 2, (south + north) / 2, 14)
    return {"item_id": scene.item_id, "z": 14, "x": x, "y": y}


@pytest.mark.parametrize(("name", "media_type"), FORMATS.items())
def test_a_tile_renders_right_after_complete_in_every_format(scene, place, name, media_type):
    """[A030, A039]"""
    answer = scene.api.op("items.tile.render", place | {"format": name})
    assert answer.headers["content-type"] == media_type
    pixels = drawn_in(answer)
    assert np.unique(pixels[..., :3].reshape(-1, 3), axis=0).shape[0] > 50


def test_webp_is_the_default(scene, place):
    """[section 10]"""
    answer = scene.api.op("items.tile.render", place)
    assert answer.content == scene.api.op("items.tile.render", place | {"format": "webp"}).content


def test_pixels_outside_the_data_are_transparent(scene):
    """[section 10]"""
    pixels = drawn_in(scene.api.op("items.tile.render", {"item_id": scene.item_id, "z": 10, "x": 0, "y": 0, "format": "png"}))
    assert not pixels[..., 3].any()
    west, south, east, north = scene.api.item(scene.item_id)["bbox"]
    x, y = tile_of((west + east) / 2, (south + north) / 2, 12)
    body = {"item_id": scene.item_id, "z": 12, "x": x, "y": y, "format": "png"}
    opaque = (drawn_in(scene.api.op("items.tile.render", body))[..., 3] > 0).mean()
    assert 0.02 < opaque < 0.6


def test_nodata_is_transparent(api):
    """[section 10, design section 9]"""
    pixels = ramp(128, 128, 3)
    pixels[:, :, 64:] = 0
    item = api.upload_one(geotiff(pixels, epsg=3857, origin=(0, 0), pixel=20037508.342789244 / 2**10 / 64, nodata=0))
    drawn = drawn_in(api.op("items.tile.render", {"item_id": item, "z": 11, "x": 1024, "y": 1024, "format": "png"}))
    assert (drawn[..., 3] == 255).mean() > 0.95
    item_right = {"item_id": item, "z": 11, "x": 1025, "y": 1024, "format": "png"}
    assert (drawn_in(api.op("items.tile.render", item_right))[..., 3] == 0).mean() > 0.95


def test_a_tile_that_lies_on_the_grid_shows_the_exact_pixels(api):
    """[design section 9]"""
    size = 20037508.342789244 * 2 / 2**12
    pixels = ramp(256, 256, 3)
    item = api.upload_one(geotiff(pixels, epsg=3857, origin=(0, 0), pixel=size / 256))
    body = {"item_id": item, "z": 12, "x": 2048, "y": 2048, "format": "png", "bands": "1,2,3", "rescale": "0,255"}
    drawn = drawn_in(api.op("items.tile.render", body))
    assert (drawn[..., 3] == 255).all()
    difference = np.abs(drawn[..., :3].astype(int) - pixels.transpose(1, 2, 0))
    assert difference.max() <= 1


def test_bands_rescale_and_expression_decide_the_colors(api):
    """[section 10]"""
    size = 20037508.342789244 * 2 / 2**12
    pixels = np.stack([np.full((256, 256), value, "uint8") for value in (10, 20, 200)])
    item = api.upload_one(geotiff(pixels, epsg=3857, origin=(0, 0), pixel=size / 256))
    place = {"item_id": item, "z": 12, "x": 2048, "y": 2048, "format": "png"}

    def color(**terms) -> list[int]:
        return drawn_in(api.op("items.tile.render", place | terms))[128, 128].tolist()

    assert color(bands="3,2,1", rescale="0,255") == [200, 20, 10, 255]
    assert color(bands="b3,b2,b1", rescale="0,255") == [200, 20, 10, 255]
    assert color(bands="1,2,3", rescale="0,20;0,40;100,300") == pytest.approx([128, 128, 128, 255], abs=1)
    assert color(expression="(b3-b1)/(b3+b1)", rescale="0,1", colormap="gray")[:3] == pytest.approx([231] * 3, abs=2)
    assert color(bands="1", rescale="0,255", colormap="viridis")[:3] != color(bands="3", rescale="0,255", colormap="viridis")[:3]


@pytest.mark.parametrize(("terms", "status"), [
    ({"z": -1}, 422), ({"z": 25}, 422), ({"z": 3, "x": 8}, 422), ({"z": 3, "y": 8}, 422), ({"x": -1}, 422),
    ({"format": "gif"}, 422), ({"quality": 0}, 422), ({"quality": 101}, 422), ({"bands": "9"}, 422), ({"bands": "ultraviolet"}, 422),
    ({"bands": "0"}, 422), ({"expression": "b1 +"}, 422), ({"expression": "__import__('os')"}, 422),
    ({"expression": "(" * 60 + "b1" + ")" * 60}, 422), ({"expression": "b1" + "+b1" * 400}, 422), ({"rescale": "low,high"}, 422),
    ({"rescale": "5"}, 422), ({"colormap": "no such map"}, 422), ({"profile": "no such profile"}, 404), ({"asset_key": "no such asset"}, 404)])
def test_what_cannot_be_rendered_is_refused(scene, terms, status):
    """[section 10]"""
    answer = scene.api.op("items.tile.render", {"item_id": scene.item_id, "z": 0, "x": 0, "y": 0} | terms)
    if status == 404:
        problem(answer, 404)
    else:
        assert faulty_fields(answer) <= set(terms) and faulty_fields(answer)


def test_a_profile_is_found_by_id_and_by_name(scene, place):
    """[section 10]"""
    profiles = scene.api.call("visualization.profiles.list", {"item_id": scene.item_id})
    [profile] = [each for each in profiles if each["is_default"]]
    plain = scene.api.op("items.tile.render", place).content
    for name in (profile["id"], profile["name"]):
        assert scene.api.op("items.tile.render", place | {"profile": name}).content == plain


def test_an_item_without_a_raster_has_no_tiles(api):
    """[section 10]"""
    answer = api.op("items.tile.render", {"item_id": api.create_item()["id"], "z": 0, "x": 0, "y": 0})
    assert answer.status_code in (404, 422), answer.text


def test_a_raster_without_a_place_is_kept_but_not_tileable(api):
    """[section 7.4]"""
    item = api.upload_one(geotiff(ramp(32, 32, 1), epsg=None))
    record = api.item(item)
    assert record["geometry"] is None and record["bbox"] is None
    assert api.op("items.tile.render", {"item_id": item, "z": 0, "x": 0, "y": 0}).status_code in (404, 422)


def test_the_plain_url_gives_the_same_tile_with_caching_headers(scene, place):
    """[section 10, design section 2]"""
    url = f"/api/v1/items/{place['item_id']}/tiles/{place['z']}/{place['x']}/{place['y']}"
    for name, media_type in FORMATS.items():
        answer = scene.api.http.get(f"{url}.{name}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == media_type
        assert answer.content == scene.api.op("items.tile.render", place | {"format": name}).content
        assert "private" in answer.headers["cache-control"] and "max-age" in answer.headers["cache-control"]
        etag = answer.headers["etag"]
        assert etag.startswith('"') and etag.endswith('"')
        again = scene.api.http.get(f"{url}.{name}", headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
        for known in (f'"other", W/{etag}', f"W/{etag}", f'"a,b",{etag}', "*"):
            assert scene.api.http.get(f"{url}.{name}", headers={"If-None-Match": known}).status_code == 304
        for unknown in ('"other", W/"another"', etag[:-2] + '"'):
            assert scene.api.http.get(f"{url}.{name}", headers={"If-None-Match": unknown}).status_code == 200
    other = scene.api.http.get(f"{url}.png", params={"bands": "1", "rescale": "0,100"})
    assert other.headers["etag"] != scene.api.http.get(f"{url}.png").headers["etag"]


def test_the_plain_url_takes_a_key_as_parameter_and_refuses_none(scene, place, reader):
    """[section 10]"""
    url = f"/api/v1/items/{place['item_id']}/tiles/{place['z']}/{place['x']}/{place['y']}.png"
    nobody = scene.api.with_key(None)
    problem(nobody.http.get(url), 401)
    assert nobody.http.get(url, params={"key": reader}).status_code == 200
    assert nobody.http.get(url, headers={"X-API-Key": scene.api.key}).status_code == 200
    assert nobody.http.get(url, params={"key": reader}).headers["referrer-policy"] == "no-referrer"
    assert "private" in nobody.http.get(url, params={"key": reader}).headers["cache-control"]
    assert "may only read" in problem(nobody.http.get(url, params={"key": scene.api.key}), 403)["detail"]
    problem(nobody.http.post("/v1/op/items.get", params={"key": reader}, json={"item_id": scene.item_id}), 401)
    problem(nobody.http.get(url, params={"key": "gpra_wrong"}), 401)


def test_the_plain_urls_are_closed_to_other_organizations(scene, place, neighbour):
    """[design promise 2]"""
    item = f"/api/v1/items/{place['item_id']}"
    for path in ("/tiles/0/0/0.png", "/tilejson.json", "/stac.json", "/assets/data"):
        problem(neighbour.http.get(item + path), 404)


@pytest.mark.parametrize(("tile", "status"), [("0/0/0.gif", (404, 422)), ("x/0/0.png", (404, 422)), ("3/8/0.png", (422,)),
                                             ("99/0/0.png", (422,)), ("-1/0/0.png", (404, 422)), ("0/0/0.png?bands=9", (422,)),
                                             ("0/0/0.png?quality=best", (422,))])
def test_plain_urls_that_name_no_tile_are_refused(scene, tile, status):
    """[section 10]"""
    answer = scene.api.http.get(f"/api/v1/items/{scene.item_id}/tiles/{tile}")
    assert answer.status_code in status, answer.text


def test_tilejson_describes_tiles_that_exist(scene):
    """[section 10]"""
    described = scene.api.call("items.tile.tilejson", {"item_id": scene.item_id})
    assert described["tilejson"] == "3.0.0"
    assert described["scheme"] == "xyz"
    assert described["name"] == "drawn scene"
    assert described["bounds"] == pytest.approx(scene.api.item(scene.item_id)["bbox"], abs=1e-6)
    assert 0 <= described["minzoom"] <= described["maxzoom"] <= 24
    assert 11 <= described["maxzoom"] <= 18
    longitude, latitude, zoom = described["center"]
    assert described["minzoom"] <= zoom <= described["maxzoom"]
    x, y = tile_of(longitude, latitude, described["maxzoom"])
    [template] = described["tiles"]
    url = template.replace("{z}", str(described["maxzoom"])).replace("{x}", str(x)).replace("{y}", str(y))
    assert url.startswith(scene.api.base_url)
    assert (drawn_in(scene.api.http.get(url))[..., 3] == 255).all()


def test_tilejson_at_its_plain_url_is_the_same(scene):
    """[section 10]"""
    answer = scene.api.http.get(f"/api/v1/items/{scene.item_id}/tilejson.json")
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    assert answer.json() == scene.api.call("items.tile.tilejson", {"item_id": scene.item_id})


def test_tilejson_read_by_a_key_in_its_url_describes_tiles_with_that_key(scene, place, reader):
    """[section 10] A map client that cannot send headers follows the template as it is."""
    anybody = scene.api.with_key(None).http
    answer = anybody.get(f"/api/v1/items/{scene.item_id}/tilejson.json", params={"key": reader})
    [template] = answer.json()["tiles"]
    url = template
    for name in "zxy":
        url = url.replace("{" + name + "}", str(place[name]))
    assert anybody.get(url).status_code == 200
    by_header = scene.api.http.get(f"/api/v1/items/{scene.item_id}/tilejson.json", params={"key": reader})
    assert reader not in by_header.text
    assert scene.api.key not in by_header.text


def test_tilejson_passes_on_the_look_that_it_was_asked_with(scene, reader):
    """[section 10] A map client reads the document by its address and asks for the tiles as it says."""
    nobody = scene.api.with_key(None)
    look = {"expression": "b1+b2", "rescale": "0,300", "colormap": "viridis"}
    described = nobody.http.get(f"/api/v1/items/{scene.item_id}/tilejson.json", params={"key": reader, **look}).json()
    x, y = tile_of(*described["center"][:2], described["maxzoom"])
    [template] = described["tiles"]
    url = template.replace("{z}", str(described["maxzoom"])).replace("{x}", str(x)).replace("{y}", str(y))
    expected = scene.api.http.get(url.split("?")[0], params=look)
    assert nobody.http.get(url).content == expected.content


@pytest.mark.parametrize("look", [
    {"expression": "b1+"}, {"expression": "b99"}, {"bands": "1,2"}, {"bands": "nope"}, {"rescale": "9,1"}, {"rescale": "a"},
    {"rescale": "0,1;0,1", "expression": "b1"}, {"expression": "b1", "colormap": "no-such"}, {"quality": "0"}, {"quality": "x"},
    {"bands": "1", "colormap": "{"}])
def test_tilejson_of_a_look_that_no_tile_can_have_is_refused_as_the_tiles_are(scene, look):
    described = scene.api.http.get(f"/api/v1/items/{scene.item_id}/tilejson.json", params=look)
    tile = scene.api.http.get(f"/api/v1/items/{scene.item_id}/tiles/0/0/0.png", params=look)
    assert described.status_code == tile.status_code == 422
    assert faulty_fields(described) == faulty_fields(tile)


def test_an_unknown_parameter_is_told(scene):
    answer = scene.api.http.get(f"/api/v1/items/{scene.item_id}/tiles/0/0/0.png", params={"expresion": "b1", "v": "1"})
    assert answer.status_code == 200
    assert answer.headers["x-landfall-warning"] == (
        "The parameter 'expresion' is unknown and was ignored; did you mean 'expression'?")


def test_a_tile_url_changes_when_the_item_does(api):
    """[design section 9]"""
    item = api.upload_one(small_scene())
    [first] = api.call("items.tile.tilejson", {"item_id": item})["tiles"]
    api.upload({"more.tif": small_scene(2)}, target_item_id=item, asset_key="more")
    [other] = api.call("items.tile.tilejson", {"item_id": item, "asset_key": "more"})["tiles"]
    assert first != other
