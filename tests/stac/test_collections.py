"""Collections. Contract: swisstopo.md sections 2 and 9."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from support.stac import Stac, accepted, body_of, faulty, ids, link, refused, rels

REQUIRED, UNEXPECTED = "This field is required.", "Unexpected property in payload"
READ_ONLY = "Found read-only property in payload"
INVALID_ID = "Invalid id, only the following characters are allowed: 0-9a-z-_."
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
RESERVED_RELS = ["self", "root", "parent", "items", "collection", "service-desc", "service-doc", "search", "conformance"]
RESERVED_IDS = ["api", "app", "v1", "stac", "storage", "realms", "share", "setup", "ogc", "healthz", "readyz", "metrics",
                "docs", "checker", "openapi.json", "uncollected"]
FULL = {"title": "Maps", "providers": [{"name": "Office", "description": "Makes maps", "roles": ["producer", "licensor"],
                                        "url": "https://office.example"}, {"name": "Host"}],
        "links": [{"rel": "license", "href": "https://office.example/terms", "title": "Terms", "type": "text/html", "hreflang": "de"},
                  {"rel": "about", "href": "https://office.example/about"}]}


def own_links(document: dict) -> list[dict]:
    """The links that somebody gave."""
    return [one for one in document["links"] if one["rel"] not in {*RESERVED_RELS, "assets", "alternate"}]


def test_put_creates_and_then_updates(stac, anonymous):
    """[S23]"""
    path = "/collections/made-and-updated"
    for status in (201, 200):
        answer = stac.put(path, FULL)
        assert answer.status_code == status
        assert answer.headers["location"] == f"{stac.root}{path}"
        assert answer.json() == anonymous.read(path)


@pytest.mark.parametrize("missing", ["id", "description", "license"])
def test_what_is_required_is_told(stac, collection, missing):
    """[S24]"""
    for path in (collection, "/collections/never-made"):
        assert faulty(stac.put(path, {missing: None}), missing) == {missing: [REQUIRED]}
    refused(stac.get("/collections/never-made"), 404)


def test_everything_that_is_missing_is_told_at_once(stac, collection):
    """[S24]"""
    told = faulty(stac.http.put(collection, json={}), "id", "description", "license")
    assert set(map(tuple, told.values())) == {(REQUIRED,)}


def test_the_representation_of_an_empty_collection(stac, collection):
    """[S25, S26, S111]"""
    told = stac.read(collection)
    assert {name: told[name] for name in ("type", "stac_version", "crs", "itemType", "description", "license")} == {
        "type": "Collection", "stac_version": "1.0.0", "crs": ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
        "itemType": "Feature", "description": "Some scenes", "license": "proprietary"}
    assert told["extent"] == {"spatial": {"bbox": [[0, 0, 0, 0]]}, "temporal": {"interval": [[None, None]]}}
    assert (told["summaries"], told["assets"]) == ({}, {})
    assert TIME.fullmatch(told["created"]) and TIME.fullmatch(told["updated"])
    assert not told.keys() & {"published", "title", "providers", "stac_extensions"}
    assert set(told) == {"type", "stac_version", "id", "description", "license", "crs", "itemType", "created", "updated",
                         "extent", "summaries", "assets", "links"}


def test_links_of_a_collection_come_in_their_order_and_then_those_that_were_given(stac):
    """[section 2]"""
    path = stac.make("/collections/with-links", FULL)
    told = stac.read(path)
    assert rels(told) == ["self", "root", "parent", "items", "assets", "license", "about"]
    assert {rel: link(told, rel) for rel in ("self", "root", "parent", "items", "assets")} == {
        "self": stac.root + path, "root": f"{stac.root}/", "parent": f"{stac.root}/",
        "items": f"{stac.root}{path}/items", "assets": f"{stac.root}{path}/assets"}
    assert own_links(told) == FULL["links"]


def test_what_was_given_comes_back(stac):
    """[S25]"""
    path = stac.make("/collections/given", FULL)
    told = stac.read(path)
    assert told["title"] == "Maps" and told["providers"] == FULL["providers"]


@pytest.mark.parametrize("name", ["Upper", "two words", "ü", "a/b", "a:b", "a+b", "a,b", "", "a\n", "ａ", "a" * 256, "a\u0000b",
                                  "\u00e9", "e\u0301"])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_ids_of_other_characters_are_400(stac, collection, name, method):
    """[S27]"""
    told = faulty(stac.http.request(method, collection, json=body_of(collection, {"id": name})), "id")
    if name and len(name) < 256 and "\0" not in name:
        assert told["id"] == [INVALID_ID]


@pytest.mark.parametrize("name", ["Upper", "two%20words", "%C3%BC", "a%3Ab", "a" * 256, "a%00b"])
def test_paths_of_other_characters_are_refused(stac, name):
    """[S27]"""
    answer = stac.http.put(f"/collections/{name}", json=body_of("/collections/x", {"id": "x"}))
    assert answer.status_code in (400, 404), answer.text


@pytest.mark.parametrize("name", ["a", "0", "-", "_", "ch.swisstopo.pixelkarte-farbe_1", "a" * 255, "..a", "a.."])
def test_ids_of_these_characters_are_good(stac, name):
    """[S27]"""
    path = f"/collections/{name}"
    assert stac.read(stac.make(path))["id"] == name
    accepted(stac.delete(path))


@pytest.mark.parametrize("name", RESERVED_IDS)
def test_ids_that_are_paths_of_ours_are_400(stac, name):
    """[extensions, reserved ids]"""
    faulty(stac.put(f"/collections/{name}"), "id")


@pytest.mark.parametrize("case", ["create", "PUT", "PATCH"])
def test_renaming_is_refused(stac, collection, case):
    """[S28]"""
    path = "/collections/not-yet" if case == "create" else collection
    answer = stac.patch(path, {"id": "another"}) if case == "PATCH" else stac.put(path, {"id": "another"})
    refused(answer, 400, {"id": "Renaming is not allowed"})
    refused(stac.get("/collections/another"), 404)


def test_patch_may_name_the_same_id(stac, collection):
    """[S28]"""
    accepted(stac.patch(collection, {"id": collection.rpartition("/")[2], "title": "Same"}))


@pytest.mark.parametrize(("member", "message"), [
    *[(name, UNEXPECTED) for name in ("type", "keywords", "spam", "Title", "cache_control_header", "allow_external_assets",
                                      "external_asset_whitelist", "")],
    *[(name, READ_ONLY) for name in ("crs", "created", "updated", "extent", "summaries", "stac_extensions", "stac_version",
                                     "itemType", "assets")]])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_unknown_and_read_only_members_are_400(stac, collection, member, message, method):
    """[S29]"""
    body = body_of(collection) | {member: "x"}
    assert faulty(stac.http.request(method, collection, json=body), member) == {member: [message]}


def test_members_that_are_wrong_are_told_before_those_that_are_unknown(stac, collection):
    """[section 4]"""
    faulty(stac.put(collection, {"license": "x" * 31, "spam": 1}), "license")
    faulty(stac.put(collection, {"eggs": 2, "spam": 1, "created": "now"}), "eggs", "spam", "created")


def test_put_replaces(stac, collection):
    """[S30]"""
    accepted(stac.put(collection, FULL))
    accepted(stac.put(collection, {"description": "Less"}))
    told = stac.read(collection)
    assert told["description"] == "Less" and not told.keys() & {"title", "providers"} and own_links(told) == []


def test_put_publishes_again(stac, collection):
    """[S30, S37: a member that is left out falls back to its default]"""
    accepted(stac.patch(collection, {"published": False}))
    accepted(stac.put(collection))
    assert collection.rpartition("/")[2] in all_ids(stac)


def all_ids(stac: Stac) -> list[str]:
    """The ids of all collections that the list shows."""
    return [name for page in stac.pages("/collections") for name in ids(page["collections"])]


@pytest.mark.parametrize("change", [{"title": "New"}, {"description": "New"}, {"license": "new"}, {"providers": [{"name": "New"}]},
                                    {"links": [{"rel": "about", "href": "https://new.example"}]}, {"providers": []}, {"links": []}, {}])
def test_patch_changes_only_what_is_given(stac, collection, change):
    """[S31]"""
    accepted(stac.put(collection, FULL))
    before = stac.read(collection)
    answer = accepted(stac.patch(collection, change))
    told = stac.read(collection)
    assert answer.json() == told
    wanted = before | {name: value for name, value in change.items() if name != "links"}
    if "links" in change:
        wanted["links"] = [one for one in before["links"] if one not in FULL["links"]] + change["links"]
    for document in (told, wanted):
        document.pop("updated")
    if not wanted["providers"]:
        del wanted["providers"]
    assert told == wanted


def test_patch_of_null_takes_a_title_away(stac, collection):
    """[S26, S31]"""
    accepted(stac.put(collection, FULL))
    assert "title" not in accepted(stac.patch(collection, {"title": None})).json()


@pytest.mark.parametrize("rel", RESERVED_RELS)
def test_reserved_relations_are_400(stac, collection, rel):
    """[S32]"""
    links = {"links": [{"rel": rel, "href": "https://a.example"}]}
    for answer in (stac.put(collection, links), stac.patch(collection, links)):
        [told] = faulty(answer, "links")["links"]
        assert set(told) == {"rel"} and isinstance(told["rel"], list)


@pytest.mark.parametrize("tag", ["de", "fr-CH", "rm", "zh-Hant-TW", "en-GB"])
def test_language_tags_are_good(stac, collection, tag):
    """[S33]"""
    links = [{"rel": "about", "href": "https://a.example", "hreflang": tag}]
    accepted(stac.put(collection, {"links": links}))
    assert own_links(stac.read(collection)) == links


@pytest.mark.parametrize("tag", ["fr/ch", "deUtsches_sprache", "d", "12", "de--CH", "de-", "a" * 33])
def test_what_is_no_language_tag_is_400(stac, collection, tag):
    """[S33]"""
    refused(stac.put(collection, {"links": [{"rel": "about", "href": "https://a.example", "hreflang": tag}]}), 400)


@pytest.mark.parametrize("link_", [
    {"rel": "about"}, {"href": "https://a.example"}, {"rel": "about", "href": "no url"}, {"rel": "", "href": "https://a.example"},
    {"rel": "a" * 31, "href": "https://a.example"}, {"rel": "about", "href": "https://a.example/" + "a" * 2048},
    {"rel": "about", "href": "https://a.example", "title": "a" * 256}, {"rel": "about", "href": "https://a.example", "type": "a" * 151},
    {"rel": "about", "href": None}, {"rel": None, "href": "https://a.example"}, "https://a.example", 7, None,
    {"rel": "about", "href": "javascript:alert(1)"}])
def test_links_that_are_wrong_are_400(stac, collection, link_):
    """[section 2]"""
    faulty(stac.put(collection, {"links": [link_]}), "links")


@pytest.mark.parametrize("links", ["x", {}, 7])
def test_links_are_an_array(stac, collection, links):
    """[section 2]"""
    faulty(stac.put(collection, {"links": links}), "links")


def test_a_relation_is_there_once_and_the_later_one_wins(stac, collection):
    """[section 2]"""
    links = [{"rel": "about", "href": "https://a.example/1", "title": "One"}, {"rel": "license", "href": "https://a.example/l"},
             {"rel": "about", "href": "https://a.example/2", "title": "Two"}]
    accepted(stac.put(collection, {"links": links}))
    told = {one["rel"]: one for one in own_links(stac.read(collection))}
    assert len(own_links(stac.read(collection))) == 2
    assert told["about"] == links[2] and told["license"] == links[1]


@pytest.mark.parametrize(("member", "value"), [
    ("license", "x" * 31), ("license", ""), ("license", None), ("license", 7), ("title", ""), ("title", " "),
    ("title", "x" * 256), ("title", 7), ("title", ["x"]), ("description", ""), ("description", " "), ("description", None),
    ("description", {}), ("published", "maybe"), ("published", None), ("providers", "Office"), ("providers", {"name": "Office"}),
    ("providers", [{"name": "Office", "url": "no url"}]), ("providers", [{"name": "Office", "url": "https://a.example/" + "a" * 2048}]),
    ("providers", [{"url": "https://a.example"}]), ("providers", [{"name": ""}]), ("providers", [{"name": "x" * 201}]),
    ("providers", [{"name": "Office", "roles": ["king"]}]), ("providers", [{"name": "Office", "roles": "producer"}]),
    ("providers", [{"name": "Office"}, {"name": "Office"}]), ("providers", ["Office"]), ("providers", [None])])
def test_members_that_are_wrong_are_400(stac, collection, member, value):
    """[S34]"""
    before = stac.read(collection)
    faulty(stac.http.put(collection, json=body_of(collection) | {member: value}), member)
    faulty(stac.patch(collection, {member: value}), member)
    assert stac.read(collection) == before


@pytest.mark.parametrize("path", ["/collections/c-parts", "/collections/c-parts2"])
def test_what_is_just_allowed_is_allowed(stac, path):
    """[S34]"""
    members = {"license": "x" * 30, "title": "ü" * 255, "providers": [{"name": "ü" * 200,
                                                                       "roles": ["licensor", "producer", "processor", "host"]}],
               "links": [{"rel": "r" * 30, "href": "https://a.example", "title": "ü" * 255, "type": "t" * 150}]}
    told = stac.read(stac.make(path, members))
    assert all(told[name] == members[name] for name in ("license", "title", "providers"))
    assert own_links(told) == members["links"]


def test_a_collection_is_deleted_once(stac, anonymous, collection):
    """[S38]"""
    told = accepted(stac.delete(collection)).json()
    assert told == {"code": 200, "description": f"{collection.rpartition('/')[2]} successfully deleted",
                    "links": [{"rel": "parent", "href": f"{stac.root}/"}]}
    refused(anonymous.get(collection), 404, "Not found.")
    refused(stac.delete(collection), 404, "Not found.")
    assert stac.make(collection) == collection


@pytest.mark.parametrize("below", ["items/scene", "assets/note.txt"])
def test_a_collection_that_is_not_empty_stays(stac, collection, below):
    """[S39]"""
    stac.make(f"{collection}/{below}")
    refused(stac.delete(collection), 400, ["Deleting Collection with items not allowed"])
    accepted(stac.delete(f"{collection}/{below}"))
    accepted(stac.delete(collection))


def test_unpublished_collections_are_reachable_and_hidden(stac, anonymous, collection):
    """[S37]"""
    name, item = collection.rpartition("/")[2], stac.make(f"{collection}/items/hidden")
    accepted(stac.patch(collection, {"published": False}))
    for path in (collection, item, f"{collection}/items"):
        accepted(anonymous.get(path))
    assert name not in all_ids(anonymous) and anonymous.found(collections=[name]) == []
    assert anonymous.found(ids=["hidden"]) == []
    accepted(stac.patch(collection, {"published": True}))
    assert name in all_ids(anonymous) and anonymous.found(collections=[name]) == ["hidden"]


def test_a_collection_may_be_made_unpublished(stac, anonymous):
    """[S37]"""
    path = stac.make("/collections/never-shown", {"published": False})
    assert "published" not in anonymous.read(path) and "never-shown" not in all_ids(anonymous)


@pytest.fixture(scope="module")
def listing(make_server) -> Stac:
    """A server with five collections, of which one is not published; they were not made in the order of their ids."""
    server = make_server()
    stac = Stac(server.base_url, (server.world["stac_user"], server.world["stac_password"]))
    for name, provider in [("b", "Swisstopo"), ("a.z", "swisstopo and friends"), ("a_z", "MeteoSwiss"), ("a-z", None), ("zz", "SWISSTOPO")]:
        stac.make(f"/collections/{name}", {"providers": [{"name": provider}] if provider else [], "published": name != "zz"})
    return stac


def test_the_list_is_sorted_by_id_and_has_what_is_published(listing):
    """[S35]"""
    told = listing.read("/collections")
    assert [name for name in ids(told["collections"]) if name != "uncollected"] == ["a-z", "a.z", "a_z", "b"]
    assert rels(told) == ["self", "root", "parent"]
    assert link(told, "self") == f"{listing.root}/collections" and link(told, "parent") == f"{listing.root}/"
    assert told["collections"][0] == listing.read("/collections/a-z")


@pytest.mark.parametrize(("text", "names"), [("swisstopo", ["a.z", "b"]), ("SWISS", ["a.z", "a_z", "b"]), ("meteo", ["a_z"]),
                                             ("none", []), ("%", []), ("_", []), ("friends", ["a.z"]), ("'", [])])
def test_the_list_is_filtered_by_provider(listing, text, names):
    """[S36]"""
    assert ids(listing.read("/collections", {"provider": text})["collections"]) == names


def test_the_filter_by_provider_survives_paging(listing):
    """[S36, S65]"""
    pages = list(listing.pages("/collections", {"provider": "Swiss", "limit": 1}))
    assert [ids(page["collections"]) for page in pages] == [["a.z"], ["a_z"], ["b"]]
    assert all("provider=Swiss" in (link(page, "next") or "provider=Swiss") for page in pages)
    assert link(pages[1], "self") == f"{listing.root}/collections"


@pytest.mark.parametrize("name", ["created", "updated"])
def test_times_are_of_the_server(stac, collection, name):
    """[S25, section 20]"""
    at = datetime.fromisoformat(stac.read(collection)[name])
    assert at.utcoffset().total_seconds() == 0
