"""Changing and copying items. Contract: section 7.5."""

from __future__ import annotations

import pytest

from support.answers import faulty_fields, problem
from support.api import wait_for
from support.rasters import small_scene
from support.tiles import tile_under

SQUARE = {"type": "Polygon", "coordinates": [[[8, 47], [9, 47], [9, 48], [8, 48], [8, 47]]]}


def found(api, **terms) -> list[str]:
    """Ids of what a search of the project finds."""
    return [feature["id"] for feature in api.call("items.search", {"project_id": api.project, **terms})["features"]]


def test_an_update_leaves_what_is_absent_and_clears_what_is_null(api):
    """[A176]"""
    item = api.create_item("Before", description="first", cloud_cover=40, gsd=2, datetime="2024-01-02T00:00:00Z",
                           properties={"a": 1})
    after = api.call("items.update", {"item_id": item["id"], "name": "After", "cloud_cover": None, "gsd": 5})
    assert (after["name"], after["cloud_cover"], after["gsd"]) == ("After", None, 5)
    assert (after["description"], after["properties"], after["datetime"]) == (
        item["description"], item["properties"], item["datetime"])
    after = api.call("items.update", {"item_id": item["id"], "description": None, "properties": None, "datetime": None})
    assert (after["description"], after["properties"], after["datetime"]) == (None, {}, None)
    assert api.item(item["id"]) == after
    document = api.call("items.get_stac", {"item_id": item["id"]})
    assert document["properties"]["title"] == "After" and "a" not in document["properties"]


def test_an_update_without_changes_changes_nothing(api):
    item = api.create_item("Same")
    assert api.call("items.update", {"item_id": item["id"], "unknown": 1}) == item


@pytest.mark.parametrize("change", [{"name": None}, {"lifecycle_state": None}, {"name": ""}, {"cloud_cover": 101},
                                    {"gsd": "x"}, {"bbox": [1, 2, 3]}, {"geometry": {"type": "Nothing"}},
                                    {"properties": []}, {"properties": {"a": "\0"}}])
def test_an_ill_formed_change_is_refused_by_its_name(api, change):
    item = api.create_item("Kept")
    answer = api.op("items.update", {"item_id": item["id"], **change})
    assert answer.status_code == 422
    assert next(iter(change)) in " ".join(map(str, faulty_fields(answer)))
    assert api.item(item["id"]) == item


def test_search_follows_a_changed_place_and_time_at_once(api):
    item = api.create_item("Moves", geometry=SQUARE, datetime="2024-01-02T00:00:00Z")["id"]
    assert found(api, bbox=[8.2, 47.2, 8.3, 47.3]) == [item]
    moved = api.call("items.update", {"item_id": item, "bbox": [100, 10, 101, 11], "geometry": None,
                                      "datetime": "2020-01-01T00:00:00Z"})
    assert moved["bbox"] == [100, 10, 101, 11] and moved["geometry"]["type"] == "Polygon"
    assert found(api, bbox=[8.2, 47.2, 8.3, 47.3]) == []
    assert found(api, bbox=[100, 10, 101, 11], datetime="2019-12-31T00:00:00Z/2020-01-02T00:00:00Z") == [item]
    nowhere = api.call("items.update", {"item_id": item, "geometry": None})
    assert nowhere["geometry"] is None and nowhere["bbox"] is None
    assert found(api, bbox=[-180, -90, 180, 90]) == []


def test_an_item_moves_between_collections_of_its_project(api, neighbour):
    one, two = api.create_collection()["id"], api.create_collection()["id"]
    item = api.create_item("Moves", collection_id=one, stac_id="scene")["id"]
    api.create_item("There already", collection_id=two, stac_id="scene")
    assert api.op("items.update", {"item_id": item, "collection_id": two}).status_code == 409
    out = api.call("items.update", {"item_id": item, "collection_id": None})
    assert out["collection_id"] is None and out["stac_id"] == "scene"
    assert found(api, collections=[one]) == []
    back = api.call("items.update", {"item_id": item, "collection_id": one})
    assert back["collection_id"] == one and found(api, collections=[one]) == [item]
    foreign = neighbour.create_collection()["id"]
    assert api.op("items.update", {"item_id": item, "collection_id": foreign}).status_code == 404


def test_an_update_archives_and_takes_out_of_the_archive_and_no_more(api):
    item = api.create_item("Old")["id"]
    archived = api.call("items.update", {"item_id": item, "lifecycle_state": "archived"})
    assert archived["lifecycle_state"] == "archived" and archived["archived_at"]
    again = api.call("items.update", {"item_id": item, "lifecycle_state": "active"})
    assert again["lifecycle_state"] == "active" and again["archived_at"] is None
    assert problem(api.op("items.update", {"item_id": item, "lifecycle_state": "expired"}), 409)


def test_a_copy_holds_the_same_files_and_costs_no_storage(own):
    api = own.new_project()
    item = api.upload_one(small_scene())
    wait_for("the renditions", lambda: {"cog", "thumbnail"} <= set(api.assets(item)))
    used = api.usage()["storage"]
    copy = api.call("items.duplicate", {"item_id": item})
    assert copy["name"].endswith(" (copy)") and copy["duplicated_from_id"] == item and copy["id"] != item
    assert api.usage()["storage"] == used
    of = lambda id: {asset["key"]: asset["checksum"] for asset in api.call("items.list_assets", {"item_id": id})}
    assert of(copy["id"]) == of(item)
    profiles = lambda id: [(p["name"], p["config"], p["is_default"])
                           for p in api.call("visualization.profiles.list", {"item_id": id})]
    assert profiles(copy["id"]) == profiles(item)
    lineage = api.call("items.lineage", {"item_id": copy["id"]})
    assert [parent["item_id"] for parent in lineage["parents"]] == [item]
    api.call("items.delete", {"item_id": item})
    assert api.usage()["storage"] == used
    place = {"item_id": copy["id"]} | tile_under(api.item(copy["id"])["bbox"], 12)
    assert api.http.get("/api/v1/items/{item_id}/tiles/{z}/{x}/{y}.png".format(**place)).status_code == 200
    api.call("items.delete", {"item_id": copy["id"]})
    assert api.usage()["storage"]["used_bytes"] < used["used_bytes"]


def test_a_copy_goes_to_another_project_without_its_collection(api, neighbour):
    collection = api.create_collection()["id"]
    item = api.create_item("Here", collection_id=collection)["id"]
    assert api.call("items.duplicate", {"item_id": item})["collection_id"] == collection
    other = api.new_project()
    there = api.call("items.duplicate", {"item_id": item, "target_project_id": other.project, "new_name": "There"})
    assert (there["project_id"], there["collection_id"], there["name"]) == (other.project, None, "There")
    assert api.op("items.duplicate", {"item_id": item, "target_project_id": neighbour.project}).status_code == 404
    assert neighbour.op("items.duplicate", {"item_id": item}).status_code == 404


def test_a_copy_gets_the_renditions_that_its_source_was_still_waiting_for(api):
    item = api.upload_one(small_scene())
    copy = api.call("items.duplicate", {"item_id": item})["id"]
    wait_for("the renditions", lambda: {"cog", "thumbnail"} <= set(api.assets(copy)))
