"""Names of bands: suggested, set, and followed by all that shows them. Contract: section 7.5."""

from __future__ import annotations

import numpy as np
import pytest

from support.answers import faulty_fields, problem
from support.api import Api, wait_for
from support.rasters import drawn_scene, geotiff, ramp, small_scene
from support.tiles import tile_under


def reflecting(*means: int) -> bytes:
    """A raster of bands that the file says nothing of, but that reflect so much on average."""
    spread = np.linspace(-5, 5, 32 * 32).reshape(32, 32)
    return geotiff(np.stack([mean + spread for mean in means]).astype("uint16"), photometric="MINISBLACK", alpha="NO")


def suggested(api: Api, item: str, asset: str = "data") -> list[str]:
    """What the bands are probably called."""
    answer = api.call("items.detect_asset_bands", {"item_id": item, "asset_id": asset})
    assert answer["method"] == "reflectance_ranking"
    assert len(answer["suggested_band_names"]) == len(answer["current_band_names"]) == len(set(answer["suggested_band_names"]))
    return answer["suggested_band_names"]


@pytest.mark.parametrize(("means", "names"), [
    ((100, 200, 300, 900), ["blue", "green", "red", "nir"]), ((300, 200, 100, 900), ["red", "green", "blue", "nir"]),
    ((900, 300, 200, 100), ["nir", "red", "green", "blue"]), ((100, 200, 300), ["blue", "green", "red"]),
    ((300, 200, 100), ["red", "green", "blue"]), ((100, 200, 300, 400, 900), ["blue", "green", "red", "rededge", "nir"]),
    ((100, 200, 300, 900, 500, 400), ["blue", "green", "red", "nir", "swir16", "swir22"])])
def test_silent_bands_are_told_by_how_much_they_reflect(api, means, names):
    item = api.upload_one(reflecting(*means))
    before = api.assets(item)["data"]
    assert suggested(api, item) == names
    assert api.assets(item)["data"] == before


def test_what_the_file_says_is_believed(api):
    item = api.upload_one(geotiff(ramp(32, 32, 3), descriptions=("B4 Red", "B3 Green", "heat"), photometric="MINISBLACK", alpha="NO"))
    assert suggested(api, item) == ["red", "green", "heat"]
    assert suggested(api, api.upload_one(small_scene())) == api.assets(api.upload_one(small_scene()))["data"]["band_names"]


def test_bands_of_what_has_none_are_refused(api):
    item = api.create_item()["id"]
    problem(api.op("items.detect_asset_bands", {"item_id": item, "asset_id": "data"}), 404)
    problem(api.op("items.set_asset_band_names", {"item_id": item, "asset_id": "data", "band_names": ["x"]}), 404)
    [points] = api.upload({"points.geojson": b'{"type":"Point","coordinates":[8,47]}'})
    body = {"item_id": points, "asset_id": "data"}
    assert faulty_fields(api.op("items.detect_asset_bands", body)) == {"asset_id"}
    assert faulty_fields(api.op("items.set_asset_band_names", body | {"band_names": []})) == {"asset_id"}


@pytest.fixture(scope="module")
def kept(admin: Api) -> tuple[Api, str]:
    """A raster of four bands whose names no test changes."""
    api = admin.new_project("Bands")
    return api, api.upload_one(drawn_scene())


@pytest.mark.parametrize("names", [["a"], ["a", "b", "c", "d", "e"], [], ["a", "b", "c", "A"], ["a", "b", "c", ""],
                                   ["b2", "x", "y", "z"], ["a", "b", "c", "x" * 256]])
def test_names_that_are_no_names_of_these_bands_are_refused(kept, names):
    """[section 7.5: a count that differs is 422]"""
    api, item = kept
    before = api.assets(item)["data"]["band_names"]
    answer = api.op("items.set_asset_band_names", {"item_id": item, "asset_id": "data", "band_names": names})
    assert faulty_fields(answer) == {"band_names"}
    assert api.assets(item)["data"]["band_names"] == before


def test_names_of_an_asset_of_another_item_are_404(kept):
    api, item = kept
    asset = api.assets(item)["data"]["id"]
    other = api.create_item()["id"]
    names = ["a", "b", "c", "d"]
    problem(api.op("items.set_asset_band_names", {"item_id": other, "asset_id": asset, "band_names": names}), 404)
    problem(api.op("items.detect_asset_bands", {"item_id": other, "asset_id": asset}), 404)


def test_documents_records_and_tiles_follow_new_names_at_once(api):
    item = api.upload_one(drawn_scene())
    wait_for("the renditions", lambda: {"cog", "thumbnail"} <= set(api.assets(item)))
    place = "/api/v1/items/{item_id}/tiles/{z}/{x}/{y}.png".format(item_id=item, **tile_under(api.item(item)["bbox"], 13))

    def tile(**query) -> bytes:
        answer = api.http.get(place, params=query)
        assert answer.status_code == 200, answer.text
        return answer.content

    as_it_was = tile(bands="nir")
    version = api.http.get(f"/api/v1/items/{item}/tilejson.json").json()["tiles"]
    record = api.item(item)
    asset = api.assets(item)["data"]
    changed = api.call("items.set_asset_band_names",
                       {"item_id": item, "asset_id": asset["id"], "band_names": ["nir", "ocean", "b3", "vis"]})
    assert changed == asset | {"band_names": ["nir", "ocean", "b3", "vis"]}
    assert changed == api.assets(item)["data"]
    assert api.assets(item)["cog"]["band_names"] == ["nir", "ocean", "b3", "vis"]
    assert tile(bands="vis") == as_it_was != tile(bands="nir") == tile(bands="1")
    assert api.http.get(place, params={"bands": "green"}).status_code == 422
    assert api.http.get(f"/api/v1/items/{item}/tilejson.json").json()["tiles"] != version
    document = api.call("items.get_stac", {"item_id": item})
    for key in ("data", "cog"):
        assert [band["name"] for band in document["assets"][key]["eo:bands"]] == ["nir", "ocean", "b3", "vis"]
        assert document["assets"][key]["eo:bands"][0]["common_name"] == "nir"
    now = api.item(item)
    assert now["updated_at"] > record["updated_at"]
    assert now | {"updated_at": None} == record | {"updated_at": None}
    [newest] = api.search(sortby=[{"field": "updated_at", "direction": "desc"}], limit=1)["features"]
    assert newest == now
    assert suggested(api, item) == ["nir", "ocean", "b3", "vis"]


def test_a_rendition_is_named_by_what_it_was_made_of(api):
    item = api.upload_one(drawn_scene())
    wait_for("the renditions", lambda: "cog" in api.assets(item))
    answer = api.op("items.set_asset_band_names", {"item_id": item, "asset_id": "cog", "band_names": ["a", "b", "c", "d"]})
    assert faulty_fields(answer) == {"asset_id"}


def test_a_copy_keeps_the_names_that_were_set(api):
    item = api.upload_one(small_scene())
    api.call("items.set_asset_band_names", {"item_id": item, "asset_id": "data", "band_names": ["height"]})
    copy = api.call("items.duplicate", {"item_id": item})["id"]
    assert api.assets(copy)["data"]["band_names"] == ["height"]
