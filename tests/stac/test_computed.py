"""What follows from other things: tags and times upwards, summaries, extents; and what v0.9 calls otherwise. Contract:
swisstopo.md sections 18, 20 and 21."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from support.stac import MOMENT, Stac, accepted, body_of, checksum, faulty, point

NOTHING = {"spatial": {"bbox": [[0, 0, 0, 0]]}, "temporal": {"interval": [[None, None]]}}


@dataclass(frozen=True)
class State:
    """What tells of a change."""

    tag: str
    created: str
    updated: str


def state(stac: Stac, path: str) -> State:
    """The state of a resource now."""
    answer = accepted(stac.get(path))
    told = answer.json()
    at = told.get("properties", told)
    return State(answer.headers["etag"], at["created"], at["updated"])


@pytest.fixture
def tree(stac, collection) -> dict[str, str]:
    """Two items with two assets each, and two assets of their collection."""
    made = {"collection": collection}
    for item in ("one", "two"):
        made[item] = stac.make(f"{collection}/items/{item}")
        for asset in ("a", "b"):
            made[f"{item} {asset}"] = stac.make(f"{made[item]}/assets/{asset}.txt")
    for asset in ("a", "b"):
        made[asset] = stac.make(f"{collection}/assets/{asset}.txt")
    return made


def changed(stac: Stac, tree: dict[str, str], deed) -> set[str]:
    """The names of what a deed changes; checks that tag and time change together and creation never does."""
    before = {name: state(stac, path) for name, path in tree.items()}
    deed()
    after = {name: state(stac, path) for name, path in tree.items() if stac.get(path).status_code == 200}
    for name, now in after.items():
        assert now.created == before[name].created, name
        assert (now.tag != before[name].tag) == (now.updated != before[name].updated), name
        assert now.updated >= before[name].updated, name
    return {name for name, now in after.items() if now != before[name]}


TITLE = {"title": "New"}
TITLED = {"properties": {"datetime": MOMENT, "title": "New"}}


@pytest.mark.parametrize(("deed", "wanted"), [
    (lambda s, t: s.patch(t["collection"], TITLE), {"collection"}),
    (lambda s, t: s.patch(t["collection"], {"links": [{"rel": "about", "href": "https://a.example"}]}), {"collection"}),
    (lambda s, t: s.patch(t["collection"], {"providers": [{"name": "New"}]}), {"collection"}),
    (lambda s, t: s.patch(t["one"], {"properties": {"title": "New"}}), {"one", "collection"}),
    (lambda s, t: s.put(t["one"], TITLED), {"one", "collection"}),
    (lambda s, t: s.patch(t["one"], {"links": [{"rel": "about", "href": "https://a.example"}]}), {"one", "collection"}),
    (lambda s, t: s.patch(t["one a"], TITLE), {"one a", "one", "collection"}),
    (lambda s, t: s.put(t["one a"], TITLE), {"one a", "one", "collection"}),
    (lambda s, t: s.patch(t["a"], TITLE), {"a", "collection"}),
    (lambda s, t: s.put(t["a"], TITLE), {"a", "collection"}),
    (lambda s, t: s.delete(t["one a"]), {"one", "collection"}),
    (lambda s, t: s.delete(t["a"]), {"collection"}),
    (lambda s, t: s.make(f"{t['one']}/assets/c.txt"), {"one", "collection"}),
    (lambda s, t: s.make(f"{t['collection']}/assets/c.txt"), {"collection"}),
    (lambda s, t: s.make(f"{t['collection']}/items/three"), {"collection"}),
    (lambda s, t: s.bulk(t["collection"], [body_of("/items/four")]), {"collection"}),
    (lambda s, t: s.upload(t["one a"], b"bytes"), {"one a", "one", "collection"}),
    (lambda s, t: s.upload(t["a"], b"bytes"), {"a", "collection"})])
def test_a_change_is_told_upwards_and_not_aside(stac, tree, deed, wanted):
    """[S108, S109]"""
    assert changed(stac, tree, lambda: deed(stac, tree)) == wanted


def test_deleting_an_item_changes_its_collection(stac, tree):
    """[S108]"""
    stac.make(f"{tree['collection']}/items/bare")
    assert changed(stac, tree, lambda: stac.delete(f"{tree['collection']}/items/bare")) == {"collection"}


@pytest.mark.parametrize("deed", [
    lambda s, t: s.put(t["collection"]), lambda s, t: s.put(t["one"]), lambda s, t: s.put(t["one a"]), lambda s, t: s.put(t["a"]),
    lambda s, t: s.patch(t["collection"], {}), lambda s, t: s.patch(t["one"], {"properties": {}}), lambda s, t: s.patch(t["a"], {}),
    lambda s, t: s.get(t["one"]), lambda s, t: s.put(t["one"], {"spam": 1}), lambda s, t: s.patch(t["one a"], {"title": ""}),
    lambda s, t: s.delete(t["one"]), lambda s, t: s.put(t["one a"], TITLE, If_Match='"another"')])
def test_what_changes_nothing_changes_nothing(stac, tree, deed):
    """[section 20: a PUT that changes nothing keeps them]"""
    assert changed(stac, tree, lambda: deed(stac, tree)) == set()


@pytest.mark.parametrize("name", ["one a", "a"])
def test_an_upload_changes_nothing_before_its_end(stac, tree, name):
    """[S109]"""
    def begin_and_abort() -> None:
        upload = stac.begin(tree[name], b"bytes")
        upload.send_all()
        accepted(upload.abort())

    assert changed(stac, tree, begin_and_abort) == set()


# Summaries


def summaries(stac: Stac, collection: str) -> dict[str, list]:
    """Those of a collection, sorted, since their order says nothing."""
    return {name: sorted(values) for name, values in stac.read(collection)["summaries"].items()}


def test_summaries_follow_the_assets(stac, collection):
    """[S110]"""
    assert summaries(stac, collection) == {}
    one, two = stac.make(f"{collection}/items/one"), stac.make(f"{collection}/items/two")
    a = stac.make(f"{one}/assets/a.txt", {"proj:epsg": 2056, "gsd": 2.5, "geoadmin:variant": "krel", "geoadmin:lang": "de"})
    stac.make(f"{one}/assets/b.txt", {"proj:epsg": 2056, "gsd": 10})
    stac.make(f"{two}/assets/a.txt", {"proj:epsg": 4326, "geoadmin:lang": "fr", "geoadmin:variant": "komb"})
    stac.make(f"{collection}/assets/own.txt", {"proj:epsg": 21781})
    full = {"proj:epsg": [2056, 4326, 21781], "gsd": [2.5, 10], "geoadmin:variant": ["komb", "krel"], "geoadmin:lang": ["de", "fr"]}
    assert summaries(stac, collection) == full
    accepted(stac.patch(a, {"gsd": 5, "geoadmin:lang": None}))
    assert summaries(stac, collection) == full | {"gsd": [5, 10], "geoadmin:lang": ["fr"]}
    accepted(stac.put(a))
    assert summaries(stac, collection) == {"proj:epsg": [2056, 4326, 21781], "gsd": [10], "geoadmin:variant": ["komb"],
                                           "geoadmin:lang": ["fr"]}
    for path in (f"{one}/assets/b.txt", f"{two}/assets/a.txt"):
        accepted(stac.delete(path))
    assert summaries(stac, collection) == {"proj:epsg": [21781]}
    accepted(stac.delete(f"{collection}/assets/own.txt"))
    assert summaries(stac, collection) == {}


def test_summaries_are_of_one_collection(stac, collection):
    """[S110]"""
    other = stac.make("/collections/summaries-elsewhere")
    stac.make(f"{stac.make(f'{other}/items/one')}/assets/a.txt", {"proj:epsg": 4326})
    assert summaries(stac, collection) == {} and summaries(stac, other) == {"proj:epsg": [4326]}


def test_a_failed_write_leaves_summaries_alone(stac, item, collection):
    """[S110]"""
    path = stac.make(f"{item}/assets/a.txt", {"proj:epsg": 2056})
    faulty(stac.put(path, {"proj:epsg": 4326, "title": ""}), "title")
    assert summaries(stac, collection) == {"proj:epsg": [2056]}


# Extent


def extent(stac: Stac, collection: str) -> tuple[list, list]:
    """Box and interval of a collection."""
    told = stac.read(collection)["extent"]
    assert len(told["spatial"]["bbox"]) == len(told["temporal"]["interval"]) == 1
    return told["spatial"]["bbox"][0], told["temporal"]["interval"][0]


def test_the_extent_follows_the_items(stac, collection):
    """[S111]"""
    assert stac.read(collection)["extent"] == NOTHING
    one = stac.make(f"{collection}/items/one", {"geometry": point(7, 46)})
    assert extent(stac, collection) == ([7, 46, 7, 46], [MOMENT, MOMENT])
    two = stac.make(f"{collection}/items/two", {"geometry": {"type": "LineString", "coordinates": [[-1, -2], [3, 4]]},
                                                "properties": {"start_datetime": "2020-01-01T00:00:00Z",
                                                               "end_datetime": "2030-01-01T00:00:00Z"}})
    assert extent(stac, collection) == ([-1, -2, 7, 46], ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"])
    accepted(stac.put(two, {"geometry": point(8, 47)}))
    assert extent(stac, collection) == ([7, 46, 8, 47], [MOMENT, MOMENT])
    accepted(stac.patch(two, {"properties": {"datetime": "2025-01-01T00:00:00Z"}}))
    assert extent(stac, collection) == ([7, 46, 8, 47], [MOMENT, "2025-01-01T00:00:00Z"])
    accepted(stac.delete(one))
    assert extent(stac, collection) == ([8, 47, 8, 47], ["2025-01-01T00:00:00Z"] * 2)
    accepted(stac.delete(two))
    assert stac.read(collection)["extent"] == NOTHING


def test_the_extent_is_in_the_list_as_well(stac, collection):
    """[S111]"""
    stac.make(f"{collection}/items/one", {"geometry": point(7, 46)})
    told = [one for page in stac.pages("/collections") for one in page["collections"] if one["id"] == collection.rpartition("/")[2]]
    assert told == [stac.read(collection)]


# v0.9


@pytest.fixture(scope="module")
def older(stac) -> Stac:
    """The writer by the older version."""
    return Stac(stac.base_url, stac.auth, "v0.9")


def test_v09_calls_things_otherwise(stac, older, collection):
    """[S113]"""
    item = stac.make(f"{collection}/items/scene", {"links": [{"rel": "about", "href": "https://a.example"}]})
    asset = stac.make(f"{item}/assets/note.txt", {"gsd": 2.5, "roles": ["data"]})
    stac.upload(asset, b"bytes")
    told = older.read(collection)
    assert told["stac_version"] == "0.9.0" and "type" not in told
    assert told["summaries"] == {"eo:gsd": [2.5]}
    assert not [link for link in told["links"] if link["rel"] == "assets"]
    assert all(link["href"].startswith(f"{older.root}/") for link in told["links"])
    assert older.read(item)["stac_version"] == "0.9.0"
    told = older.read(asset)
    assert told["checksum:multihash"] == checksum(b"bytes") and told["eo:gsd"] == 2.5
    assert not {"file:checksum", "gsd", "roles"} & set(told)
    assert {name for name in ("checksum:multihash", "eo:gsd") if name in older.read(item)["assets"]["note.txt"]} == {"checksum:multihash", "eo:gsd"}


def test_v09_is_no_catalog(older):
    """[S113]"""
    told = older.read("/")
    assert told["stac_version"] == "0.9.0" and "type" not in told


def test_v09_writes_and_uploads(stac, older, item):
    """[S113]"""
    asset = older.make(f"{item}/assets/note.txt", {"eo:gsd": 5})
    assert stac.read(asset)["gsd"] == 5
    faulty(older.put(asset, {"gsd": 5}), "gsd")
    body = {"number_parts": 1, "md5_parts": [{"part_number": 1, "md5": "S0tLS0tLS0tLS0tLS0tLSw=="}]}
    faulty(older.post(f"{asset}/uploads", body | {"file:checksum": checksum(b"bytes")}), "checksum:multihash")
    told = older.post(f"{asset}/uploads", body | {"checksum:multihash": checksum(b"bytes")})
    assert told.status_code == 201 and told.json()["checksum:multihash"] == checksum(b"bytes")
    assert stac.read(f"{asset}/uploads/{told.json()['upload_id']}")["file:checksum"] == checksum(b"bytes")


@pytest.mark.parametrize("path", ["/conformance", "/collections", "/search"])
def test_v09_has_the_same_resources(older, path):
    """[S113]"""
    accepted(older.get(path))
