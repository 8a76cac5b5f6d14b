"""Changing and copying items. Contract: section 7.5."""

from __future__ import annotations

import pytest

from support import catalog
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


@pytest.mark.parametrize(("field", "value"), [
    ("name", "New"), ("description", "new"), ("geometry", {"type": "Point", "coordinates": [7.5, 46.5]}), ("bbox", [1, 2, 3, 4]),
    ("datetime", "2021-02-03T04:05:06Z"), ("cloud_cover", 12.5), ("gsd", 0.25), ("properties", {"b": [1, {"c": None}]}),
    ("lifecycle_state", "archived")])
def test_each_field_is_changed_and_cleared_alone(api, field, value):
    """[A176 to A178, A181]"""
    item = api.create_item("Old", description="old", geometry=SQUARE, datetime="2024-01-02T00:00:00Z", cloud_cover=40, gsd=2,
                           properties={"a": 1})
    # A place is one thing in two fields; what is archived since when is told beside the state.
    beside = {"updated_at", "archived_at"} | ({"geometry", "bbox"} if field in ("geometry", "bbox") else set())
    others = {name: told for name, told in item.items() if name not in beside | {field}}
    after = api.call("items.update", {"item_id": item["id"], field: value})
    shown = after[field].replace(".000000", "") if field == "datetime" else after[field]
    assert shown == value
    assert {name: after[name] for name in others} == others and after == api.item(item["id"])
    if field in ("name", "lifecycle_state"):
        return
    cleared = api.call("items.update", {"item_id": item["id"], field: None})
    assert cleared[field] == ({} if field == "properties" else None)
    assert {name: cleared[name] for name in others} == others and cleared == api.item(item["id"])


def test_a_cleared_box_leaves_the_geometry_by_which_the_item_is_found(api):
    item = api.create_item("Square", geometry=SQUARE)["id"]
    cleared = api.call("items.update", {"item_id": item, "bbox": None})
    assert cleared["bbox"] is None and cleared["geometry"] == SQUARE
    api.call("items.update", {"item_id": item, "name": "Renamed"})
    assert found(api, bbox=[8.2, 47.2, 8.3, 47.3]) == [item] and found(api, bbox=[0, 0, 1, 1]) == []
    assert api.call("items.get_stac", {"item_id": item})["bbox"] == [8, 47, 9, 48]


def test_items_of_an_archived_project_stay_as_they_are(api):
    """[section 3.3]"""
    item = api.create_item("Kept")["id"]
    other = api.new_project()
    there = other.create_item("There")["id"]
    if api.op("projects.archive", {"project_id": api.project}).status_code == 404:
        pytest.skip("projects are not archived by an operation yet")
    problem(api.op("items.update", {"item_id": item, "name": "New"}), 409)
    problem(api.op("items.duplicate", {"item_id": item}), 409)
    problem(api.op("items.duplicate", {"item_id": there, "target_project_id": api.project}), 409)
    assert api.call("items.duplicate", {"item_id": item, "target_project_id": other.project})["project_id"] == other.project


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


def test_a_copy_is_made_in_a_collection_of_its_project(api):
    """[A187]"""
    item = api.create_item("Here", collection_id=api.create_collection()["id"], stac_id="scene")
    other = api.new_project()
    target = other.create_collection()["id"]
    body = {"item_id": item["id"], "target_project_id": other.project}
    there = api.call("items.duplicate", body | {"target_collection_id": target})
    assert there["collection_id"] == target and there["stac_id"] == there["id"]
    problem(api.op("items.duplicate", body | {"target_collection_id": item["collection_id"]}), 404)
    problem(api.op("items.duplicate", {"item_id": item["id"], "target_collection_id": target}), 404)
    problem(api.op("items.duplicate", body | {"target_project_id": "prj_missing"}), 404)
    assert faulty_fields(api.op("items.duplicate", body | {"new_name": ""})) == {"new_name"}
    assert other.search()["numberMatched"] == 1


def test_a_copy_has_what_its_source_says_of_itself(api):
    """[A183]"""
    item = api.create_item("Source", description="told", geometry=SQUARE, start_datetime="2024-01-02T00:00:00Z",
                           end_datetime="2024-01-03T00:00:00Z", cloud_cover=4, gsd=2, properties={"a": {"b": [1]}},
                           stac_extensions=["https://example.org/x.json"])
    api.call("items.update", {"item_id": item["id"], "lifecycle_state": "archived"})
    copy = api.call("items.duplicate", {"item_id": item["id"]})
    own = {"id", "stac_id", "name", "lifecycle_state", "archived_at", "duplicated_from_id", "created_at", "updated_at"}
    assert {name: copy[name] for name in copy if name not in own} == {name: item[name] for name in item if name not in own}
    assert (copy["lifecycle_state"], copy["archived_at"], copy["duplicated_from_id"]) == ("active", None, item["id"])
    api.call("items.update", {"item_id": item["id"], "name": "Changed", "geometry": None})
    assert api.item(copy["id"]) == copy


def test_a_copy_is_made_once_under_one_key(api):
    """[section 6.3]"""
    item = api.create_item("Once")["id"]
    copies = [api.op("items.duplicate", {"item_id": item}, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert copies[0].content == copies[1].content
    assert api.search()["numberMatched"] == 2


def test_an_expired_item_is_not_copied(server, api):
    """[section 7.8] Else a copy would outlive the retention."""
    item = api.create_item("Old")["id"]
    catalog.change(server.installation, f"UPDATE item SET lifecycle_state = 'expired' WHERE id = '{item}'")
    problem(api.op("items.duplicate", {"item_id": item}), 410)


def test_a_copy_gets_the_renditions_that_its_source_was_still_waiting_for(api):
    item = api.upload_one(small_scene())
    copy = api.call("items.duplicate", {"item_id": item})["id"]
    wait_for("the renditions", lambda: {"cog", "thumbnail"} <= set(api.assets(copy)))
