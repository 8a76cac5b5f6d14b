"""Lineage. Contract: section 12."""

from __future__ import annotations

import pytest

from support.answers import faults, faulty_fields, problem
from support.rasters import small_scene


def edges(graph: dict) -> set[tuple]:
    """Edges as (from type, from id, to type, to id)."""
    return {(e["src_type"], e["src_id"], e["dst_type"], e["dst_id"]) for e in graph["edges"]}


def nodes(graph: dict) -> dict[tuple, int]:
    """Depth by (type, id)."""
    return {(n["entity_type"], n["entity_id"]): n["depth"] for n in graph["nodes"]}


def test_an_uploaded_item_derives_from_its_upload(scene):
    """[A034, A024]"""
    graph = scene.api.call("provenance.get", {"entity_type": "item", "entity_id": scene.item_id})
    assert graph["root"] == {"entity_type": "item", "entity_id": scene.item_id}
    assert graph["direction"] == "up"
    assert edges(graph) == {("item", scene.item_id, "upload", scene.upload_id)}
    assert [e["relation"] for e in graph["edges"]] == ["derived_from"]
    assert [e["depth"] for e in graph["edges"]] == [1]
    assert graph["edges"][0]["invocation_id"]
    assert nodes(graph) == {("item", scene.item_id): 0, ("upload", scene.upload_id): 1}


def test_assets_derive_from_their_item(scene):
    """[section 12]"""
    asset = scene.api.assets(scene.item_id)["data"]["id"]
    down = scene.api.call("provenance.get", {"entity_type": "item", "entity_id": scene.item_id, "direction": "down"})
    assert ("asset", asset, "item", scene.item_id) in edges(down)
    up = scene.api.call("provenance.get", {"entity_type": "asset", "entity_id": asset})
    assert {("asset", asset), ("item", scene.item_id), ("upload", scene.upload_id)} <= set(nodes(up))


def test_max_depth_bounds_the_graph(scene):
    """[section 12]"""
    body = {"entity_type": "upload", "entity_id": scene.upload_id, "direction": "down"}
    near = scene.api.call("provenance.get", body | {"max_depth": 1})
    assert set(nodes(near).values()) == {0, 1}
    assert max(nodes(scene.api.call("provenance.get", body)).values()) >= max(nodes(near).values())


def test_from_an_upload_its_items_can_be_found(api):
    """[A034]"""
    upload = api.initiate()
    for n in range(2):
        api.send(upload, f"scene_{n}.tif", small_scene(n))
    items = api.complete(upload)
    graph = api.call("provenance.get", {"entity_type": "upload", "entity_id": upload, "direction": "down", "max_depth": 1})
    assert {edge for edge in edges(graph) if edge[0] == "item"} == {("item", item, "upload", upload) for item in items}


def test_both_directions_at_once(scene):
    """[section 12]"""
    graph = scene.api.call("provenance.get", {"entity_type": "item", "entity_id": scene.item_id, "direction": "both"})
    assert {kind for kind, _ in nodes(graph)} == {"upload", "item", "asset"}


def test_a_second_complete_adds_no_edge(api):
    """[A036, section 7.1]"""
    upload = api.initiate()
    api.send(upload, "scene.tif", small_scene())
    [item] = api.complete(upload)
    api.complete(upload)
    graph = api.call("provenance.get", {"entity_type": "item", "entity_id": item})
    assert len(graph["edges"]) == 1


def test_a_deleted_item_stays_in_the_graph(api):
    """[section 12]"""
    upload = api.initiate()
    api.send(upload, "scene.tif", small_scene())
    [item] = api.complete(upload)
    api.call("items.delete", {"item_id": item})
    graph = api.call("provenance.get", {"entity_type": "upload", "entity_id": upload, "direction": "down"})
    assert ("item", item) in nodes(graph)


def test_what_was_deleted_still_tells_where_it_came_from(api):
    """[section 12]"""
    upload = api.initiate()
    api.send(upload, "scene.tif", small_scene())
    [item] = api.complete(upload)
    asset = api.assets(item)["data"]["id"]
    collection = api.create_collection()["id"]
    api.call("collections.delete", {"project_id": api.project, "collection_id": collection})
    api.call("items.delete", {"item_id": item})
    for kind, root in (("asset", asset), ("item", item)):
        graph = api.call("provenance.get", {"entity_type": kind, "entity_id": root})
        assert {(kind, root), ("item", item), ("upload", upload)} <= set(nodes(graph))
    assert api.call("provenance.get", {"entity_type": "collection", "entity_id": collection})["nodes"]


def test_an_item_by_hand_derives_from_no_upload(api):
    """[section 12]"""
    item = api.create_item()["id"]
    graph = api.call("provenance.get", {"entity_type": "item", "entity_id": item})
    assert set(nodes(graph)) <= {("item", item), ("project", api.project)}


@pytest.mark.parametrize("kind", ["item", "asset", "upload", "collection", "project", "order", "processing_job", "share_link"])
def test_unknown_and_foreign_roots_are_404(api, neighbour, kind):
    """[section 12]"""
    problem(api.op("provenance.get", {"entity_type": kind, "entity_id": "missing"}), 404)
    theirs = {"item": lambda: neighbour.create_item()["id"], "upload": neighbour.initiate,
              "collection": lambda: neighbour.create_collection()["id"], "project": lambda: neighbour.project}
    if kind in theirs:
        problem(api.op("provenance.get", {"entity_type": kind, "entity_id": theirs[kind]()}), 404)


def test_the_lineage_of_an_item_tells_of_items_only(scene):
    """[A173]"""
    answer = scene.api.call("items.lineage", {"item_id": scene.item_id})
    assert answer == {"item_id": scene.item_id, "parents": [], "children": []}


def test_a_deleted_item_has_no_lineage_of_its_own(api):
    """[section 7.5]"""
    item = api.create_item()["id"]
    api.call("items.delete", {"item_id": item})
    problem(api.op("items.lineage", {"item_id": item}), 404)


def test_an_unknown_kind_is_422(api):
    """[section 12]"""
    faults(api.op("provenance.get", {"entity_type": "planet", "entity_id": "earth"}))


def test_copies_of_copies_are_told_in_both_directions(api):
    """[section 12] Each once, at its depth, deleted ones too."""
    items = [api.create_item()["id"]]
    for _ in range(4):
        items.append(api.call("items.duplicate", {"item_id": items[-1]})["id"])
    api.call("items.delete", {"item_id": items[2]})
    up = api.call("provenance.get", {"entity_type": "item", "entity_id": items[-1], "max_depth": 50})
    down = api.call("provenance.get", {"entity_type": "item", "entity_id": items[0], "direction": "down", "max_depth": 50})
    for graph, chain in ((up, items[::-1]), (down, items)):
        depths = {entity: depth for (kind, entity), depth in nodes(graph).items() if kind == "item"}
        assert depths == {item: depth for depth, item in enumerate(chain)}
    assert ("item", items[1], "item", items[0]) in edges(up) & edges(down)
    near = api.call("provenance.get", {"entity_type": "item", "entity_id": items[-1], "max_depth": 2})
    assert max(nodes(near).values()) == 2


def test_a_restored_item_keeps_its_lineage(api):
    """[section 12]"""
    upload = api.initiate()
    api.send(upload, "scene.tif", small_scene())
    [item] = api.complete(upload)
    before = api.call("provenance.get", {"entity_type": "item", "entity_id": item})
    api.call("items.delete", {"item_id": item})
    api.call("items.restore", {"item_id": item})
    assert api.call("provenance.get", {"entity_type": "item", "entity_id": item}) == before


@pytest.mark.parametrize("depth", [0, 51])
def test_a_walk_goes_no_deeper_than_fifty(scene, depth):
    """[section 12]"""
    body = {"entity_type": "item", "entity_id": scene.item_id, "max_depth": depth}
    assert faulty_fields(scene.api.op("provenance.get", body)) == {"max_depth"}
