"""Collections, projects, members and keys. Contract: sections 2.6, 3.3 and 7.7."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.answers import faults, faulty_fields, problem
from support.races import at_once
from support.rasters import small_scene


def test_a_collection_is_kept_as_it_was_given(api):
    """[A188, A189, A193]"""
    given = {"name": "Städte", "description": "All of them", "color": "#AA3377", "show_on_map": False, "layer_order": -3}
    made = api.create_collection(**given)
    assert {name: made[name] for name in given} == given
    read = api.call("collections.get", {"project_id": api.project, "collection_id": made["id"]})
    assert read == made
    assert read["item_count"] == 0


def test_a_collection_has_defaults(api):
    """[A189]"""
    made = api.create_collection()
    assert (made["show_on_map"], made["layer_order"]) == (True, 0)
    assert made.get("description") is None


def test_list_is_an_array_in_layer_order_then_by_name(api):
    """[A191, section 7.7]"""
    for name, order in (("b", 1), ("c", 0), ("a", 1)):
        api.create_collection(name, layer_order=order)
    listed = api.call("collections.list", {"project_id": api.project})
    assert [collection["name"] for collection in listed] == ["c", "a", "b"]
    assert all(collection["item_count"] == 0 for collection in listed)


def test_the_item_count_is_live(api):
    """[A191, A192]"""
    collection = api.create_collection()["id"]
    items = [api.create_item(collection_id=collection)["id"] for _ in range(2)]

    def counts() -> set[int]:
        listed = api.call("collections.list", {"project_id": api.project})
        read = api.call("collections.get", {"project_id": api.project, "collection_id": collection})
        return {listed[0]["item_count"], read["item_count"]}

    assert counts() == {2}
    api.call("items.delete", {"item_id": items[0]})
    assert counts() == {1}


def test_a_collection_of_another_project_is_404(api):
    """[A194]"""
    collection = api.new_project().create_collection()["id"]
    problem(api.op("collections.get", {"project_id": api.project, "collection_id": collection}), 404)


def test_two_collections_may_share_a_name(api):
    """[section 7.7]"""
    assert api.create_collection("Same")["id"] != api.create_collection("Same")["id"]


def test_a_color_is_at_most_32_characters(api):
    """[section 7.7]"""
    body = {"project_id": api.project, "name": "Colored", "color": "x" * 33}
    assert faulty_fields(api.op("collections.create", body)) == {"color"}


def test_an_update_changes_what_is_given(api):
    """[A195]"""
    made = api.create_collection("Before", description="Old", color="#AA3377", layer_order=2)
    named = {"project_id": api.project, "collection_id": made["id"]}
    changed = api.call("collections.update", named | {"name": "After", "show_on_map": False})
    assert changed == made | {"name": "After", "show_on_map": False, "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"]
    cleared = api.call("collections.update", named | {"description": None, "color": None, "layer_order": -1})
    assert (cleared.get("description"), cleared.get("color"), cleared["layer_order"]) == (None, None, -1)
    assert api.call("collections.get", named) == cleared
    assert (cleared["name"], cleared["show_on_map"]) == ("After", False)


def test_an_update_keeps_the_limits_of_create(api):
    """[section 7.7]"""
    named = {"project_id": api.project, "collection_id": api.create_collection()["id"]}
    assert faulty_fields(api.op("collections.update", named | {"color": "x" * 33})) == {"color"}
    assert faulty_fields(api.op("collections.update", named | {"description": "x" * 65537})) == {"description"}
    problem(api.op("collections.update", named | {"project_id": api.new_project().project, "name": "n"}), 404)


def test_deleting_a_collection_keeps_its_items(api):
    """[A220, section 7.7]"""
    collection = api.create_collection()["id"]
    named = {"project_id": api.project, "collection_id": collection}
    made = [api.create_item(f"Kept {n}", collection_id=collection)["id"] for n in range(3)]
    assert api.call("collections.delete", named) == {"ok": True, "id": collection}
    for operation in ("collections.delete", "collections.get"):
        problem(api.op(operation, named), 404)
    problem(api.op("collections.update", named | {"name": "Late"}), 404)
    problem(api.op("items.list", named), 404)
    assert [api.item(item)["collection_id"] for item in made] == [None] * 3
    left = api.call("items.list", {"project_id": api.project, "uncollected": True})
    assert (left["total"], {item["id"] for item in left["items"]}) == (3, set(made))
    assert api.search(collections=[collection])["numberMatched"] == 0
    assert {feature["collection_id"] for feature in api.search()["features"]} == {None}


def test_an_item_left_without_a_collection_makes_way_for_its_stac_id(api):
    """[section 7.7]"""
    stays = api.create_item(stac_id="scene")["id"]
    collection = api.create_collection()["id"]
    moves = api.create_item(stac_id="scene", collection_id=collection)["id"]
    api.call("collections.delete", {"project_id": api.project, "collection_id": collection})
    assert [api.item(item)["stac_id"] for item in (stays, moves)] == ["scene", moves]
    assert api.call("items.get_stac", {"item_id": moves})["id"] == moves


def test_a_project_has_its_defaults(admin):
    """[section 3.3]"""
    made = admin.call("projects.create", {"name": "Fresh", "description": "New"})
    assert made["organization_id"] == admin.organization
    assert made["gcs_region"] == "australia-southeast1"
    assert made["is_archived"] is False
    assert made["description"] == "New"


def test_slugs_of_organizations_are_words_and_unique(admin):
    """[section 3.3]"""
    slugs = [admin.call("organizations.create", {"name": "Größe & Söhne  GmbH"})["slug"] for _ in range(2)]
    assert len(set(slugs)) == 2
    for slug in slugs:
        assert slug.isascii() and slug == slug.lower() and " " not in slug and slug.strip("-") == slug and slug


def test_organizations_of_one_name_made_at_once_all_get_a_slug(admin):
    """[section 3.3]"""
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: admin.op("organizations.create", {"name": "At once"}), range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8, [answer.text for answer in answers]
    assert len({answer.json()["slug"] for answer in answers}) == 8


def test_a_new_organization_is_not_the_keys_own(admin):
    """[design section 12]"""
    made = admin.call("organizations.create", {"name": "Another"})
    problem(admin.op("usage.current", {"organization_id": made["id"]}), 404)


def test_an_existing_member_or_an_unknown_user_cannot_be_added(api):
    """[section 3.3]"""
    body = {"project_id": api.project, "user_id": "usr_missing"}
    problem(api.op("projects.add_member", body), 404)
    assert faulty_fields(api.op("projects.add_member", body | {"role": "king"})) == {"role"}


def test_a_key_is_shown_once_and_works_at_once(api):
    """[section 2.6]"""
    made = api.call("api_keys.create", {"name": "Reader", "permissions": ["items:read"], "expires_in_days": 3})
    assert made["key"].startswith("gpra_") and len(made["key"]) == 48
    assert made["prefix"] == made["key"][:12]
    assert made["permissions"] == ["items:read"]
    assert made["expires_at"]
    reader = api.with_key(made["key"])
    reader.call("items.list", {"project_id": api.project})
    problem(reader.op("collections.list", {"project_id": api.project}), 403)
    listed = api.op("api_keys.list")
    assert made["key"] not in listed.text
    assert any(key["id"] == made["id"] and "key" not in key for key in listed.json())


def test_a_revoked_key_stops_at_once(api):
    """[section 2.6]"""
    made = api.call("api_keys.create", {"name": "Short-lived", "permissions": ["items:read"]})
    reader = api.with_key(made["key"])
    reader.call("items.list", {"project_id": api.project})
    assert api.call("api_keys.revoke", {"key_id": made["id"]}) == {"ok": True, "id": made["id"]}
    problem(reader.op("items.list", {"project_id": api.project}), 401)
    problem(api.op("api_keys.revoke", {"key_id": made["id"]}), 404)


def test_a_key_gets_no_scope_that_its_creator_lacks(server, api):
    """[section 2.6]"""
    creator = api.with_key(server.installation.key(api.organization, "Minter", "api_keys:write", "items:read"))
    creator.call("api_keys.create", {"name": "Fine", "permissions": ["items:read"]})
    for scopes in (["items:write"], ["items:*"], ["*:read"], ["*"], ["admin:read"]):
        problem(creator.op("api_keys.create", {"name": "Too much", "permissions": scopes}), 403)


def test_without_permissions_a_key_gets_the_creators_scopes_but_no_admin_ones(server, api):
    """[section 2.6]"""
    scopes = {"api_keys:write", "items:read", "admin:read"}
    creator = api.with_key(server.installation.key(api.organization, "Minter", *scopes))
    made = creator.call("api_keys.create", {"name": "Same"})
    assert set(made["permissions"]) == {"api_keys:write", "items:read"}


@pytest.mark.parametrize("scopes", [["nonsense"], ["items"], [":"], ["items:read:x"]])
def test_a_scope_that_is_none_is_422(api, scopes):
    """[section 2.6]"""
    faults(api.op("api_keys.create", {"name": "Odd", "permissions": scopes}))


def test_a_foreign_organizations_key_list_is_not_seen(api, neighbour):
    """[design section 12]"""
    made = neighbour.call("api_keys.create", {"name": "Theirs", "permissions": ["items:read"]})
    assert made["id"] not in {key["id"] for key in api.call("api_keys.list")}


@pytest.mark.parametrize("turn", range(6))
@pytest.mark.parametrize("way", ["create", "move", "duplicate"])
def test_a_collection_that_is_deleted_leaves_no_item_in_it(api, way, turn):
    """[7.7] Whatever is put into it at that moment is in no collection afterwards, or refused."""
    collection = api.create_collection()["id"]
    item = api.create_item("Moved")["id"]
    calls = {"create": ("items.create", {"project_id": api.project, "name": "Made", "type": "user_raster", "collection_id": collection}),
             "move": ("items.update", {"item_id": item, "collection_id": collection}),
             "duplicate": ("items.duplicate", {"item_id": item, "target_project_id": api.project, "target_collection_id": collection})}
    writer, deleter = api.with_key(api.key), api.with_key(api.key)
    both = [lambda: writer.op(*calls[way]), lambda: deleter.op("collections.delete", {"project_id": api.project, "collection_id": collection})]
    answers = at_once(*(both[::-1] if turn % 2 else both))
    put, deleted = answers[::-1] if turn % 2 else answers
    assert deleted.status_code == 200, deleted.text
    assert put.status_code in (200, 404), put.text
    if put.status_code == 200:
        assert api.item(put.json()["id"])["collection_id"] is None


def test_an_upload_into_a_collection_that_is_deleted_meanwhile_is_in_none(api):
    """[7.7, 5.1] What was sent is kept."""
    collection = api.create_collection()["id"]
    upload = api.initiate(target_collection_id=collection)
    api.send(upload, "scene.tif", small_scene())
    api.call("collections.delete", {"project_id": api.project, "collection_id": collection})
    [item] = api.complete(upload)
    assert api.item(item)["collection_id"] is None
