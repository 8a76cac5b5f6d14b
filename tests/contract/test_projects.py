"""Projects: listing, changing, archiving and deleting them. Contract: section 3.3, extensions.md Catalog."""

from __future__ import annotations

import json

from support import catalog
from support.answers import faulty_fields, problem
from support.api import Api, get, put
from support.rasters import drawn_scene


def listed(api: Api, **terms) -> dict[str, dict]:
    """The projects of a list by id."""
    return {project["id"]: project for project in api.call("projects.list", terms)["projects"]}


def delete(api: Api) -> int:
    """Deletes the client's project; gives the bytes that came back."""
    answer = api.call("projects.delete", {"project_id": api.project})
    assert (answer["deleted"], answer["project_id"]) == (True, api.project)
    return answer["storage_freed_bytes"]


def test_a_list_tells_of_each_project_what_one_chooses_by(own):
    """[extensions.md]"""
    api = own.new_project("Alps")
    for name in ("one", "two"):
        api.create_item(name)
    api.create_item("three", collection_id=api.create_collection()["id"])
    project = listed(own)[api.project]
    made = own.call("projects.get", {"project_id": api.project})
    assert project == {"id": api.project, "name": "Alps", "role": "admin", "is_archived": False, "item_count": 3,
                       "organization_id": own.organization, "created_at": made["created_at"]}


def test_a_list_comes_in_pages_oldest_first(own):
    """[section 6.2]"""
    made = [own.project, *(own.new_project(f"Project {n}").project for n in range(4))]
    pages = [own.call("projects.list", {"limit": 2, "offset": offset}) for offset in (0, 2, 4, 9)]
    assert [page["total"] for page in pages] == [5] * 4
    assert [[project["id"] for project in page["projects"]] for page in pages] == [made[:2], made[2:4], made[4:], []]
    assert faulty_fields(own.op("projects.list", {"limit": 0, "offset": -1})) == {"limit", "offset"}


def test_a_list_shows_one_organization_and_never_anothers(own, neighbour):
    """[design section 12]"""
    theirs = neighbour.new_project().project
    assert theirs not in listed(own, include_archived=True)
    assert set(listed(own, organization_id=own.organization)) == {own.project}
    problem(own.op("projects.list", {"organization_id": neighbour.organization}), 404)


def test_an_update_changes_what_is_given(api):
    """[section 3.3]"""
    made = api.call("projects.get", {"project_id": api.project})
    named = {"project_id": api.project}
    changed = api.call("projects.update", named | {"name": "Renamed", "description": "Why"})
    assert changed == made | {"name": "Renamed", "description": "Why", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    kept = api.call("projects.update", named | {"name": None, "is_archived": None})
    assert (kept["name"], kept["description"], kept["is_archived"]) == ("Renamed", "Why", False)
    assert api.call("projects.update", named | {"description": None})["description"] is None
    assert api.call("projects.get", named)["name"] == "Renamed"
    assert faulty_fields(api.op("projects.update", named | {"name": "", "is_archived": "yes"})) == {"name", "is_archived"}


def test_an_archived_project_hides_and_is_only_read_until_it_is_taken_out(api):
    """[section 3.3]"""
    item = api.create_item()["id"]
    collection = api.create_collection()["id"]
    named = {"project_id": api.project}
    assert api.call("projects.archive", named)["is_archived"] is True
    assert api.project not in listed(api, limit=1000)
    assert listed(api, limit=1000, include_archived=True)[api.project]["is_archived"] is True
    writes = {
        "items.create": named | {"type": "user_raster", "name": "Late"},
        "items.update": {"item_id": item, "name": "Late"},
        "items.delete": {"item_id": item},
        "collections.create": named | {"name": "Late"},
        "collections.update": named | {"collection_id": collection, "name": "Late"},
        "collections.delete": named | {"collection_id": collection},
        "uploads.initiate": named,
    }
    for operation, body in writes.items():
        problem(api.op(operation, body), 409)
    assert api.item(item)["name"] == "By hand"
    assert api.search()["numberMatched"] == 1
    assert api.call("projects.archive", named | {"name": "Old"})["name"] == "Old"
    assert api.call("projects.update", named | {"is_archived": False})["is_archived"] is False
    assert api.project in listed(api, limit=1000)
    api.create_item("Fine again")


def test_a_deleted_project_is_gone_with_all_in_it(own):
    """[section 3.3]"""
    api = own.new_project("Doomed")
    before = own.storage()
    content = drawn_scene()
    item = api.upload_one(content, "scene.tif")
    url = api.download(item)
    gone = api.upload_one(content, "again.tif")
    api.call("items.delete", {"item_id": gone})
    collection = api.create_collection()["id"]
    api.create_item("Collected", collection_id=collection)
    upload = api.initiate(1000)
    signed = api.sign(upload, "late.tif")
    assert own.storage()["used_bytes"] == before["used_bytes"] + len(content)
    assert delete(api) == len(content)
    assert own.storage() == before
    named = {"project_id": api.project}
    for operation, body in {
            "projects.delete": named, "projects.get": named, "projects.update": named | {"name": "x"},
            "items.list": named, "items.search": named, "collections.list": named,
            "items.get": {"item_id": item}, "items.get_stac": {"item_id": item},
            "items.list_assets": {"item_id": item}, "items.asset.download": {"item_id": item, "asset_id": "data"},
            "items.tile.render": {"item_id": item, "z": 0, "x": 0, "y": 0},
            "collections.get": named | {"collection_id": collection},
            "uploads.initiate": named, "uploads.complete": {"upload_id": upload},
            "uploads.signed_url": {"upload_id": upload, "file_name": "more.tif"},
            "provenance.get": {"entity_type": "item", "entity_id": item}}.items():
        problem(api.op(operation, body), 404)
    assert own.call("items.search_org", {})["numberMatched"] == 0
    assert get(url).status_code == 404
    assert put(signed, b"late").status_code == 403
    assert api.project not in listed(own, include_archived=True)


def test_what_another_project_holds_as_well_is_not_freed(own):
    """[section 7.3]"""
    api, other = own.new_project("Source"), own.new_project("Copies")
    content = drawn_scene()
    item = api.upload_one(content, "scene.tif")
    copy = api.call("items.duplicate", {"item_id": item, "target_project_id": other.project})["id"]
    used = own.storage()["used_bytes"]
    assert delete(api) == 0
    assert own.storage()["used_bytes"] == used
    assert get(other.download(copy)).content == content
    assert delete(other) == used
    assert own.storage()["used_bytes"] == 0


def test_the_ledger_is_exact_after_a_large_project_went(own):
    """[section 7.3] Many items go in several steps."""
    api = own.new_project("Large")
    kept = own.new_project("Kept")
    kept.create_item()
    for n in range(65):
        api.create_item(f"Item {n}")
    api.upload_one(drawn_scene(), "scene.tif")
    freed = delete(api)
    assert freed > 0
    used = own.storage()["used_bytes"]
    assert own.call("usage.recalculate_storage", {"organization_id": own.organization})["storage_bytes"] == used == 0
    assert own.call("items.search_org", {})["numberMatched"] == 1


def test_a_sweep_removes_the_bytes_of_a_deleted_project(make_server):
    """[section 3.3: permanent]"""
    server = make_server()
    api = server.api()
    item = api.upload_one(drawn_scene(), "scene.tif")
    assert api.assets(item)
    delete(api)
    done = server.installation.run("sweep", "--data", str(server.installation.data), "--grace", "0", "--json")
    assert json.loads(done.stdout)["objects_removed"] >= 1
    assert not catalog.disagreements(server.installation)


def test_a_project_can_be_deleted_from_the_archive(api):
    """[section 3.3]"""
    api.call("projects.archive", {"project_id": api.project})
    assert delete(api) == 0
