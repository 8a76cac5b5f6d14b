"""Items and their assets. Contract: sections 7.5 and 7.6."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from rasterio.io import MemoryFile

from support.answers import faulty_fields, problem
from support.rasters import bounds_wgs84, small_scene

TYPES = ["satellite_capture", "derived_raster", "derived_vector", "clip", "user_raster", "user_vector",
         "external_reference"]
SQUARE = {"type": "Polygon", "coordinates": [[[8, 47], [9, 47], [9, 48], [8, 48], [8, 47]]]}


@pytest.mark.parametrize("kind", TYPES)
def test_an_item_of_each_type_can_be_made_by_hand(api, kind):
    """[A174]"""
    item = api.call("items.create", {"project_id": api.project, "type": kind, "name": "By hand"})
    assert item["type"] == kind
    assert item["lifecycle_state"] == "active"
    assert item["properties"] == {} and item["stac_extensions"] == []
    assert item["stac_id"] == item["id"]
    assert api.item(item["id"]) == item


def test_an_item_is_kept_as_it_was_given(api):
    """[A174, A175]"""
    collection = api.create_collection()["id"]
    given = {"collection_id": collection, "stac_id": "my-scene", "geometry": SQUARE, "bbox": [8, 47, 9, 48],
             "datetime": "2024-05-06T07:08:09.123456Z", "start_datetime": "2024-05-06T00:00:00Z",
             "end_datetime": "2024-05-07T00:00:00Z", "cloud_cover": 12.5, "gsd": 0.3, "description": "äöü 地球",
             "properties": {"platform": "drone", "deep": {"list": [1, 2.5, None, True]}}}
    item = api.item(api.create_item("Given", **given)["id"])
    for name in set(given) - {"datetime", "start_datetime", "end_datetime"}:
        assert item[name] == given[name], name
    assert item["datetime"] == "2024-05-06T07:08:09.123456Z"


def test_a_geometry_gives_its_box(api):
    """[section 7.5]"""
    assert api.create_item("Shape", geometry=SQUARE)["bbox"] == [8, 47, 9, 48]


@pytest.mark.parametrize(("field", "value"), [
    ("geometry", {"type": "Polygon"}), ("geometry", {"type": "Circle", "coordinates": [0, 0]}),
    ("geometry", {"type": "Point", "coordinates": ["a", "b"]}), ("geometry", {"type": "Point", "coordinates": [500, 0]}),
    ("bbox", [0, 0, 1]), ("bbox", [0, 10, 1, 5]), ("datetime", "yesterday"), ("datetime", "2024-13-01T00:00:00Z"),
    ("cloud_cover", "much"), ("name", "")])
def test_a_broken_field_is_422(api, field, value):
    """[section 7.5]"""
    body = {"project_id": api.project, "type": "user_raster", "name": "n", field: value}
    assert faulty_fields(api.op("items.create", body)) == {field}


def test_a_stac_id_is_unique(api):
    """[section 7.5]"""
    api.create_item("One", stac_id="scene-1")
    problem(api.op("items.create", {"project_id": api.project, "type": "clip", "name": "Two", "stac_id": "scene-1"}), 409)
    api.new_project().create_item("Elsewhere", stac_id="scene-1")


def test_a_collection_of_another_project_is_404(api):
    """[section 7.5]"""
    collection = api.new_project().create_collection()["id"]
    body = {"project_id": api.project, "type": "clip", "name": "n", "collection_id": collection}
    problem(api.op("items.create", body), 404)


def test_a_collections_items_are_listed_without_naming_its_project(api):
    """[A148]"""
    collection = api.create_collection()["id"]
    made = [api.create_item(f"Item {n}", collection_id=collection)["id"] for n in range(3)]
    api.create_item("Elsewhere")
    page = api.new_project().call("items.list_by_collection", {"collection_id": collection, "limit": 2, "offset": 1})
    assert (page["total"], [item["id"] for item in page["items"]]) == (3, made[::-1][1:])
    api.call("collections.delete", {"project_id": api.project, "collection_id": collection})
    problem(api.op("items.list_by_collection", {"collection_id": collection}), 404)


def test_list_gives_items_and_the_total(api):
    """[A142, A146, A147]"""
    made = [api.create_item(f"Item {n}")["id"] for n in range(5)]
    page = api.call("items.list", {"project_id": api.project, "limit": 2, "offset": 1})
    assert set(page) >= {"items", "total"}
    assert page["total"] == 5
    assert [item["id"] for item in page["items"]] == made[::-1][1:3]
    fields = {"id", "project_id", "collection_id", "name", "type", "cloud_cover", "gsd", "lifecycle_state"}
    assert all(fields <= set(item) for item in page["items"])
    assert api.call("items.list", {"project_id": api.project, "offset": 99}) == {"items": [], "total": 5}


def test_list_can_be_narrowed_to_a_collection_or_to_none(api):
    """[A144, A145, section 7.5]"""
    collection = api.create_collection()["id"]
    inside, outside = api.create_item(collection_id=collection)["id"], api.create_item()["id"]
    body = {"project_id": api.project}
    assert [i["id"] for i in api.call("items.list", body | {"collection_id": collection})["items"]] == [inside]
    assert [i["id"] for i in api.call("items.list", body | {"uncollected": True})["items"]] == [outside]
    both = api.op("items.list", body | {"uncollected": True, "collection_id": collection})
    assert both.status_code == 422


def test_get_wraps_the_item(api):
    """[A149, A150]"""
    item = api.create_item()
    assert api.call("items.get", {"item_id": item["id"]}) == {"item": item}
    problem(api.op("items.get", {"item_id": "it_missing"}), 404)


def test_a_deleted_item_is_gone_everywhere(api):
    """[A143, A151, A192, A208, A211, A213]"""
    collection = api.create_collection()["id"]
    item = api.create_item(collection_id=collection)["id"]
    assert api.call("items.delete", {"item_id": item}) == {"ok": True, "id": item}
    problem(api.op("items.delete", {"item_id": item}), 404)
    for operation in ("items.get", "items.get_stac", "items.list_assets", "visualization.profiles.list",
                      "items.tile.tilejson"):
        problem(api.op(operation, {"item_id": item}), 404)
    assert api.call("items.list", {"project_id": api.project}) == {"items": [], "total": 0}
    assert api.search()["numberMatched"] == 0
    assert api.call("collections.get", {"project_id": api.project, "collection_id": collection})["item_count"] == 0
    problem(api.http.get(f"/api/v1/items/{item}/stac.json"), 404)


def test_an_uploaded_raster_has_its_facts(scene):
    """[A025, A026, design section 5]"""
    item = scene.api.item(scene.item_id)
    assert item["type"] == "user_raster"
    assert item["name"] == "drawn scene"
    assert item["upload_id"] == scene.upload_id
    assert item["gsd"] == pytest.approx(10, rel=0.02)
    assert item["bbox"] == pytest.approx(bounds_wgs84(scene.content), abs=1e-4)
    assert item["geometry"]["type"] in ("Polygon", "MultiPolygon")


def test_the_data_asset_is_the_file_as_sent(scene):
    """[A026, A027, A028, A171, A172, design section 5]"""
    asset = scene.api.assets(scene.item_id)["data"]
    assert asset["id"] and asset["item_id"] == scene.item_id
    assert asset["href"].startswith(scene.api.base_url)
    assert asset["media_type"].startswith("image/tiff")
    assert asset["file_size_bytes"] == len(scene.content)
    assert asset["checksum"] == "1220" + hashlib.sha256(scene.content).hexdigest()
    assert asset["band_names"] == ["blue", "green", "red", "nir"]
    assert asset["data_type"] == "uint16"
    assert asset["nodata"] == 0
    assert "data" in asset["roles"]


def test_statistics_are_of_the_raw_valid_values(scene):
    """[A028, design section 5]"""
    with MemoryFile(scene.content) as memory, memory.open() as dataset:
        bands = dataset.read()
    statistics = scene.api.assets(scene.item_id)["data"]["statistics"]
    assert len(statistics) == 4
    for found, band in zip(statistics, bands, strict=True):
        valid = band[band != 0].astype(float)
        assert (found["min"], found["max"]) == (valid.min(), valid.max())
        assert found["mean"] == pytest.approx(valid.mean(), rel=1e-6)
        assert found["std"] == pytest.approx(valid.std(), rel=1e-3)
        assert found["valid"] == pytest.approx(valid.size / band.size, abs=1e-3)
        for name, share in (("p2", 2), ("p98", 98)):
            spread = valid.max() - valid.min()
            assert found[name] == pytest.approx(np.percentile(valid, share), abs=spread * 0.02)


def test_an_uploaded_raster_has_a_default_profile(scene):
    """[A029, section 7.4]"""
    profiles = scene.api.call("visualization.profiles.list", {"item_id": scene.item_id})
    [default] = [profile for profile in profiles if profile["is_default"]]
    assert default["layer"] == "auto"
    assert default["type"] == "rgb"
    assert default["item_id"] == scene.item_id
    assert default["version"] == 1


def test_a_one_band_raster_gets_a_singleband_profile(api):
    """[A029, section 7.4]"""
    item = api.upload_one(small_scene())
    [profile] = api.call("visualization.profiles.list", {"item_id": item})
    assert (profile["type"], profile["is_default"]) == ("singleband", True)


def test_an_asset_is_deleted_with_its_sidecars_and_its_bytes_leave_the_usage(api):
    """[A215, section 7.6]"""
    item = api.upload_one(small_scene())
    before = api.storage()["used_bytes"]
    session = api.initiate(target_item_id=item, asset_key="data_two")
    world_file = b"1\n0\n0\n-1\n8\n47\n"
    for name, content in (("second.tif", small_scene(2)), ("second.tfw", world_file)):
        api.send(session, name, content)
    api.complete(session)
    assert len(api.assets(item).keys() - {"data", "cog", "thumbnail"}) >= 2
    second = api.assets(item)["data_two"]["id"]
    assert api.storage()["used_bytes"] > before
    body = {"item_id": item, "asset_id": second}
    assert api.call("assets.delete", body) == {"ok": True, "id": second}
    assert api.assets(item).keys() - {"cog", "thumbnail"} == {"data"}
    assert api.call("items.get_stac", {"item_id": item})["assets"].keys() - {"cog", "thumbnail"} == {"data"}
    assert api.storage()["used_bytes"] == before
    problem(api.op("assets.delete", body), 404)
    problem(api.op("items.asset.download", body), 404)


def test_the_last_data_asset_stays(api):
    """[A217]"""
    item = api.upload_one(small_scene())
    for name in ("data", api.assets(item)["data"]["id"]):
        problem(api.op("assets.delete", {"item_id": item, "asset_id": name}), 400)
    assert "data" in api.assets(item)


def test_an_asset_of_another_item_is_403(api, neighbour):
    """[A216]"""
    asset = api.assets(api.upload_one(small_scene()))["data"]["id"]
    problem(api.op("assets.delete", {"item_id": api.create_item()["id"], "asset_id": asset}), 403)
    problem(neighbour.op("assets.delete", {"item_id": neighbour.create_item()["id"], "asset_id": asset}), 404)
