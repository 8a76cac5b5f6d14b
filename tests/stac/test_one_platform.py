"""Both faces show one catalog: what one makes the other sees, searches, draws, counts and deletes. Contract: extensions.md
"swisstopo's face, decided"."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import random

import pytest

from support import catalog
from support.answers import problem
from support.api import Api, wait_for
from support.rasters import cog, ramp, small_scene
from support.server import Server
from support.stac import COG, LEAST_PART, MOMENT, Stac, accepted, checksum, fetch, ids, point, refused
from support.tiles import decode, tile_under


def item_id(server: Server, collection: str, stac_id: str) -> str:
    """The platform's id of an item that the STAC face made."""
    [row] = catalog.rows(server.installation, f"SELECT id FROM item WHERE collection_id = '{collection_id(server, collection)}' "
                                              f"AND stac_id = '{stac_id}' AND deleted_at IS NULL")
    return row["id"]


def collection_id(server: Server, path: str) -> str:
    """The platform's id of a collection that the STAC face made."""
    [row] = catalog.rows(server.installation, f"SELECT id FROM collection WHERE stac_id = '{path.rpartition('/')[2]}'")
    return row["id"]


def path_of(stac: Stac, platform: Api, collection: str) -> str:
    """The path of a collection that an operation made."""
    name = platform.call("stac.collections.get", {"collection_id": collection})["id"]
    stac.read(f"/collections/{name}")
    return f"/collections/{name}"


# Made by the STAC face


def test_the_project_is_one_of_its_own(server, platform):
    """[design section 2]"""
    assert platform.project != server.world["project_id"]
    again = server.installation.init()
    assert again["stac_project_id"] == platform.project
    assert "stac_password" not in again or again["stac_password"] == server.world["stac_password"]


def test_an_item_is_seen_and_searched(server, stac, platform, collection):
    """[S41]"""
    stac.make(f"{collection}/items/scene", {"geometry": point(7, 46), "properties": {"datetime": MOMENT, "title": "From above"}})
    seen = platform.item(item_id(server, collection, "scene"))
    assert (seen["name"], seen["stac_id"]) == ("From above", "scene")
    assert seen["geometry"] == point(7, 46) and seen["datetime"].startswith("2024-05-01T12:00:00")
    document = platform.call("items.get_stac", {"item_id": seen["id"]})
    assert (document["id"], document["collection"]) == ("scene", collection.rpartition("/")[2])
    there = {"collections": [seen["collection_id"]]}
    assert ids(platform.search(bbox=[6, 45, 8, 47], **there)["features"]) == [seen["id"]]
    assert platform.search(bbox=[0, 0, 1, 1], **there)["features"] == []


def test_a_change_is_seen(server, stac, platform, collection):
    """[S41]"""
    item = stac.make(f"{collection}/items/scene")
    name = item_id(server, collection, "scene")
    accepted(stac.patch(item, {"geometry": point(1, 2), "properties": {"title": "Moved", "datetime": "2020-01-01T00:00:00Z"}}))
    seen = platform.item(name)
    assert (seen["name"], seen["geometry"], seen["datetime"][:10]) == ("Moved", point(1, 2), "2020-01-01")


def test_a_file_is_an_asset_and_drawn(server, stac, platform, collection):
    """[S92] A raster that came by this face has a map as any other."""
    item = stac.make(f"{collection}/items/scene")
    content = cog(ramp(256, 256, 3))
    asset = stac.make(f"{item}/assets/scene.tif", {"type": COG})
    stac.upload(asset, content)
    name = item_id(server, collection, "scene")
    shown = platform.assets(name)["scene.tif"]
    assert (shown["media_type"], shown["file_size_bytes"], shown["checksum"]) == (COG, len(content), checksum(content))
    assert platform.http.get(platform.download(name, "scene.tif")).content == content

    def drawn() -> bool:
        tile = platform.op("items.tile.render", {"item_id": name, **tile_under([8.53, 47.39, 8.56, 47.41], 12), "format": "png"})
        return tile.status_code == 200 and decode(tile.content)[..., 3].any()

    wait_for("the map", drawn)
    assert stac.read(item)["assets"]["scene.tif"]["file:checksum"] == checksum(content)


def test_tiles_of_the_public_project_are_public(server, stac, platform, collection):
    """[design section 2: tiles, TileJSON]"""
    item = stac.make(f"{collection}/items/scene")
    stac.upload(stac.make(f"{item}/assets/scene.tif", {"type": COG}), cog(ramp(256, 256, 3)))
    name = item_id(server, collection, "scene")
    outside = platform.with_key(None).http
    wait_for("the map", lambda: outside.get(f"/api/v1/items/{name}/tilejson.json").status_code == 200)
    place = tile_under([8.53, 47.39, 8.56, 47.41], 12)
    assert outside.get(f"/api/v1/items/{name}/tiles/{place['z']}/{place['x']}/{place['y']}.png").status_code == 200
    assert platform.with_key(None).op("items.get", {"item_id": name}).status_code == 401


def test_bytes_count_as_they_do_elsewhere(new_server):
    """[design section 2: quota and ledger]"""
    server, stac = new_server()
    api = server.api()
    asset = stac.make(f"{stac.make(stac.make('/collections/c') + '/items/i')}/assets/a.txt")
    own = stac.make("/collections/c/assets/b.txt")
    def used() -> tuple[int, int]:
        storage = api.storage()
        return storage["used_bytes"], storage["reserved_bytes"]
    assert used() == (0, 0)
    stac.upload(asset, b"x" * 1000)
    stac.upload(own, b"y" * 500)
    assert used() == (1500, 0)
    upload = stac.begin(asset, b"z" * 300)
    upload.send_all()
    assert used() == (1500, 300)
    upload.send(1)
    assert used() == (1500, 300)
    accepted(upload.abort())
    assert used() == (1500, 0)
    stac.upload(asset, b"z" * 300)
    assert used() == (800, 0)
    for path in (asset, own):
        accepted(stac.delete(path))
    assert used() == (0, 0)
    assert api.call("usage.recalculate_storage", {"organization_id": api.organization})["delta_bytes"] == 0
    assert catalog.disagreements(server.installation) == []


def test_files_of_a_collection_make_no_item_anywhere(server, stac, anonymous, platform, collection):
    """[S75] Neither face shows or counts what they lie in."""
    stac.upload(stac.make(f"{collection}/assets/note.txt"), b"bytes")
    stac.make(f"{collection}/items/scene")
    name, scene = collection_id(server, collection), item_id(server, collection, "scene")
    there = {"project_id": platform.project, "collections": [name]}
    assert ids(platform.call("items.search", there)["features"]) == [scene]
    assert ids(platform.call("stac.search", {"collections": [collection.rpartition("/")[2]]})["features"]) == ["scene"]
    listed = platform.call("items.list", {"project_id": platform.project, "collection_id": name})
    assert (listed["total"], [one["id"] for one in listed["items"]]) == (1, [scene])
    assert anonymous.listed(collection) == ["scene"] == anonymous.found(collections=[collection.rpartition("/")[2]])
    assert platform.call("items.list_by_collection", {"collection_id": name})["total"] == 1


def test_deleting_a_collection_by_operation_takes_its_files_along(server, stac, platform, collection):
    """[S39, design: nothing is left behind]"""
    asset = stac.make(f"{collection}/assets/note.txt")
    stac.upload(asset, b"bytes of a collection")
    href = stac.read(asset)["href"]
    platform.call("collections.delete", {"project_id": platform.project, "collection_id": collection_id(server, collection)})
    refused(stac.get(collection), 404, "Not found.")
    refused(stac.get(asset), 404, "Not found.")
    assert fetch(href).status_code in (403, 404)
    assert catalog.disagreements(server.installation) == []


def test_what_happened_is_on_record(server, stac, platform, collection):
    """[design section 2: audit]"""
    item = stac.make(f"{collection}/items/audited")
    accepted(stac.delete(item))
    rows = [row for row in catalog.rows(server.installation, "SELECT * FROM audit_log WHERE operation_id LIKE 'stac%'")
            if row["organization_id"] == platform.organization]
    assert {"user"} <= {row["principal_type"] for row in rows}
    assert not [row for row in rows if server.world["stac_password"] in str(row)]


def test_an_item_has_its_lineage(server, stac, platform, collection):
    """[design section 2: lineage]"""
    stac.make(f"{collection}/items/scene")
    name = item_id(server, collection, "scene")
    graph = platform.call("provenance.get", {"entity_type": "item", "entity_id": name})
    assert graph["root"] == {"entity_type": "item", "entity_id": name} and graph["edges"]


def test_what_the_stac_face_deletes_is_gone_there_too(server, stac, platform, collection):
    """[S53]"""
    item = stac.make(f"{collection}/items/scene")
    name = item_id(server, collection, "scene")
    accepted(stac.delete(item))
    problem(platform.op("items.get", {"item_id": name}), 404)
    stac.make(item)
    assert item_id(server, collection, "scene") != name


def test_the_same_file_in_both_faces(server, stac, platform, collection):
    """[design section 5]"""
    content = small_scene(7)
    item = stac.make(f"{collection}/items/scene")
    name = item_id(server, collection, "scene")
    upload = platform.initiate(len(content), target_item_id=name, asset_key="other.tif")
    platform.send(upload, "other.tif", content)
    platform.complete(upload)
    told = stac.read(item)["assets"]["other.tif"]
    assert told["file:checksum"] == checksum(content) and fetch(told["href"]).content == content
    assert fetch(told["href"]).headers["x-amz-meta-sha256"] == hashlib.sha256(content).hexdigest()
    assert catalog.disagreements(server.installation) == []


# Made by operations


def test_an_item_of_an_operation_is_seen_and_searched(stac, anonymous, platform):
    """[S42]"""
    made = platform.create_collection("By operation")["id"]
    platform.create_item("A scene", collection_id=made, stac_id="by-operation", geometry=point(3, 4), datetime=MOMENT)
    path = path_of(stac, platform, made)
    told = anonymous.read(f"{path}/items/by-operation")
    assert (told["geometry"], told["properties"]["title"], told["properties"]["datetime"]) == (point(3, 4), "A scene", MOMENT)
    assert anonymous.listed(path) == ["by-operation"]
    assert anonymous.found(bbox=[2.9, 3.9, 3.1, 4.1], collections=[path.rpartition("/")[2]]) == ["by-operation"]
    assert anonymous.read(path)["extent"]["spatial"]["bbox"] == [[3, 4, 3, 4]]
    assert anonymous.read(path)["title"] == "By operation"


def test_an_operation_deletes_what_the_stac_face_made(server, stac, platform, collection):
    """[S53]"""
    item = stac.make(f"{collection}/items/scene")
    stac.upload(stac.make(f"{item}/assets/note.txt"), b"bytes")
    href = stac.read(f"{item}/assets/note.txt")["href"]
    platform.call("items.delete", {"item_id": item_id(server, collection, "scene")})
    refused(stac.get(item), 404, "Not found.")
    refused(stac.get(f"{item}/assets/note.txt"), 404, "Not found.")
    assert fetch(href).status_code in (403, 404, 410) and stac.listed(collection) == []


def test_an_operation_changes_what_the_stac_face_made_and_its_tag(server, stac, platform, collection):
    """[S108]"""
    item = stac.make(f"{collection}/items/scene")
    before = {path: stac.get(path).headers["etag"] for path in (item, collection)}
    platform.call("items.update", {"item_id": item_id(server, collection, "scene"), "name": "By operation"})
    assert stac.read(item)["properties"]["title"] == "By operation"
    assert all(stac.get(path).headers["etag"] != tag for path, tag in before.items())


def test_items_without_a_collection_are_in_one_that_is_read_only(stac, anonymous, platform):
    """[extensions: uncollected]"""
    made = platform.create_item("Alone", stac_id="alone", geometry=point(5, 6), datetime=MOMENT)["id"]
    told = anonymous.read("/collections/uncollected/items/alone")
    assert (told["collection"], told["geometry"]) == ("uncollected", point(5, 6))
    assert "alone" in anonymous.listed("/collections/uncollected") and anonymous.found(ids=["alone"]) == ["alone"]
    for path in ("/collections/uncollected", "/collections/uncollected/items/alone", "/collections/uncollected/items/new"):
        for answer in (stac.put(path), stac.patch(path, {}), stac.delete(path)):
            assert 400 <= answer.status_code < 500, (path, answer.status_code)
            refused(answer, answer.status_code)
    assert stac.bulk("/collections/uncollected", []).status_code in (400, 403, 404, 405)
    assert platform.item(made)["name"] == "Alone"
    platform.call("items.delete", {"item_id": made})


@pytest.mark.parametrize("there", ["stac", "operation"])
def test_a_move_onto_a_taken_id_is_409(server, stac, platform, collection, there):
    """[extensions: a move onto a taken stac_id]"""
    target = collection_id(server, collection)
    if there == "stac":
        stac.make(f"{collection}/items/taken")
    else:
        platform.create_item("There", stac_id="taken", collection_id=target)
    moves = platform.create_item("Moves", stac_id="taken", collection_id=platform.create_collection("Elsewhere")["id"])["id"]
    problem(platform.op("items.update", {"item_id": moves, "collection_id": target}), 409)
    assert stac.listed(collection) == ["taken"]


def test_a_move_changes_the_path(server, stac, platform, collection):
    """[extensions]"""
    item = stac.make(f"{collection}/items/moves")
    other = platform.create_collection("Target")["id"]
    platform.call("items.update", {"item_id": item_id(server, collection, "moves"), "collection_id": other})
    refused(stac.get(item), 404)
    assert stac.listed(path_of(stac, platform, other)) == ["moves"]
    assert stac.read(collection)["extent"]["spatial"]["bbox"] == [[0, 0, 0, 0]]


def test_the_neighbour_and_other_projects_stay_apart(stac, anonymous, neighbour, admin):
    """[design: one tenant rule everywhere]"""
    for api in (neighbour, admin.new_project("Private")):
        made = api.create_collection("Private")["id"]
        item = api.create_item("Private", collection_id=made, stac_id="private-scene", geometry=point(9, 9))["id"]
        for client in (stac, anonymous):
            assert client.found(ids=["private-scene"]) == [] == client.found(ids=[item]) == client.found(collections=[made])
            refused(client.get(f"/collections/{made}"), 404)
            refused(client.get(f"/collections/{made}/items/private-scene"), 404)
        refused(stac.delete(f"/collections/{made}/items/private-scene"), 404)
        assert api.item(item)["name"] == "Private"


def test_an_item_that_operations_archive_is_not_shown_as_if_nothing_were(server, stac, platform, collection):
    """[design: one tenant rule everywhere] Whatever state an operation gives, this face answers and never fails."""
    item = stac.make(f"{collection}/items/scene")
    name = item_id(server, collection, "scene")
    for state in ("archived", "active"):
        answer = platform.op("items.update", {"item_id": name, "lifecycle_state": state})
        if answer.status_code == 200:
            assert stac.get(item).status_code in (200, 404)
    assert stac.get(f"{collection}/items").status_code == 200


# Checksums


def brotli(content: bytes) -> bytes:
    """The content in one uncompressed block. RFC 7932 section 9.2."""
    return (((len(content) - 1) << 4) | 1 << 20).to_bytes(3, "little") + content + b"\x03"


CODINGS = {"": bytes, "gzip": lambda content: gzip.compress(content[:5]) + gzip.compress(content[5:]), "br": brotli}


@pytest.mark.parametrize("verifies", ["true", "false"])
def test_what_is_declared_is_held_against_the_decoded_bytes(new_server, verifies):
    """[D5] If the setting says so; nothing of the document or the download changes by it."""
    server, stac = new_server(LANDFALL_VERIFY_CHECKSUMS=verifies)
    platform = server.api().within(server.world["stac_project_id"])
    item = stac.make(f"{stac.make('/collections/c')}/items/scene")
    content, long, wanted = b"what the file holds, decoded", random.Random(1).randbytes(LEAST_PART + 1000), {}
    for coding, coded in CODINGS.items():
        for truth, decoded in itertools.product(("honest", "false"), (content, long) if coding != "br" else (content,)):
            stored = coded(decoded)
            name = f"{coding or 'plain'}-{truth}-{len(decoded)}.txt"
            pieces = [stored[at:at + LEAST_PART] for at in range(0, len(stored), LEAST_PART)]
            told = checksum(decoded if truth == "honest" else b"another")
            stac.upload(stac.make(f"{item}/assets/{name}"), *pieces, **({"content_encoding": coding} if coding else {}),
                        **{"file:checksum": told})
            wanted[name] = "verified" if truth == "honest" and (verifies == "true" or not coding) else \
                "damaged" if verifies == "true" else "declared"
    garbage = stac.make(f"{item}/assets/garbage.txt")
    stac.upload(garbage, b"no gzip", content_encoding="gzip")
    wanted["garbage.txt"] = "damaged" if verifies == "true" else "declared"
    catalog.settle(server.installation)
    shown = platform.assets(item_id(server, "/collections/c", "scene"))
    assert {name: asset["checksum_state"] for name, asset in shown.items()} == wanted
    assert stac.read(garbage)["file:checksum"] == checksum(b"no gzip") and "checksum_state" not in stac.read(garbage)


# Uploads in progress


def open_uploads(server: Server) -> int:
    """How many files in parts are in progress, on the whole server."""
    return catalog.number(server.installation, "SELECT count(*) FROM part_upload WHERE state = 'in-progress'")


@pytest.mark.parametrize("what", ["item", "asset", "collection"])
def test_an_upload_ends_with_what_an_operation_deletes(new_server, what):
    """[S98] At once, with its bytes and their reservation."""
    server, stac = new_server()
    platform = server.api().within(server.world["stac_project_id"])
    collection = stac.make("/collections/c")
    item = stac.make(f"{collection}/items/scene")
    owner = collection if what == "collection" else item
    stac.upload(stac.make(f"{item}/assets/other.txt"), b"stays")
    upload = stac.begin(stac.make(f"{owner}/assets/note.txt"), b"bytes on their way")
    accepted(upload.send(1))
    assert (open_uploads(server), platform.storage()["reserved_bytes"]) == (1, len(b"bytes on their way"))
    name = item_id(server, collection, "scene")
    if what == "asset":
        platform.call("assets.delete", {"item_id": name, "asset_id": "note.txt"})
    elif what == "item":
        platform.call("items.delete", {"item_id": name})
    else:
        platform.call("collections.delete", {"project_id": platform.project, "collection_id": collection_id(server, collection)})
    assert (open_uploads(server), platform.storage()["reserved_bytes"]) == (0, 0)
    assert upload.send(1).status_code == 404 and catalog.disagreements(server.installation) == []
