"""Items. Contract: swisstopo.md sections 2, 10 and 19."""

from __future__ import annotations

import re

import pytest

from support import catalog
from support.stac import BERN, MOMENT, accepted, body_of, faulty, ids, link, point, refused, rels

READ_ONLY, UNEXPECTED = "Found read-only property in payload", "Unexpected property in payload"
TIMESTAMPS = "https://stac-extensions.github.io/timestamps/v1.1.0/schema.json"
FORECAST = "https://stac-extensions.github.io/forecast/v0.2.0/schema.json"
START, END = "2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"
RANGE = {"start_datetime": START, "end_datetime": END}
NEVER = "2999-01-01T00:00:00Z"
SQUARE = {"type": "Polygon", "coordinates": [[[7, 46], [8, 46], [8, 47.5], [7, 47.5], [7, 46]]]}
#: Properties that come back as they were given.
GIVEN = {"datetime": MOMENT, "title": "A scene", "expires": NEVER, "forecast:reference_datetime": "2024-11-19T16:15:00Z",
         "forecast:variable": "T_2M", "forecast:perturbed": False}


def properties_of(stac, item: str) -> dict:
    """Those that somebody gave."""
    told = dict(stac.read(item)["properties"])
    assert told.pop("created") and told.pop("updated")
    return told


def test_put_creates_and_then_updates(stac, anonymous, collection):
    """[S41]"""
    path = f"{collection}/items/scene"
    for status in (201, 200):
        answer = stac.put(path, {"properties": GIVEN})
        assert answer.status_code == status
        assert answer.headers["location"] == stac.root + path
        assert answer.json() == anonymous.read(path)


def test_an_item_needs_its_collection(stac):
    """[S41]"""
    refused(stac.put("/collections/none/items/scene"), 404, "Not found.")


def test_a_bad_body_is_told_before_a_missing_collection(stac):
    """[section 3, order of checks: the parent is looked up after the body]"""
    faulty(stac.put("/collections/none/items/scene", {"geometry": None}), "geometry")


def test_the_representation(stac, collection):
    """[S42, S43]"""
    path = stac.make(f"{collection}/items/scene")
    told = stac.read(path)
    assert set(told) == {"id", "collection", "type", "stac_version", "geometry", "bbox", "properties", "stac_extensions", "links", "assets"}
    assert {name: told[name] for name in ("id", "collection", "type", "stac_version", "geometry", "bbox", "stac_extensions", "assets")} == {
        "id": "scene", "collection": collection.rpartition("/")[2], "type": "Feature", "stac_version": "1.0.0", "geometry": BERN,
        "bbox": [7.44, 46.95, 7.44, 46.95], "stac_extensions": [TIMESTAMPS], "assets": {}}
    assert set(told["properties"]) == {"datetime", "created", "updated"} and told["properties"]["datetime"] == MOMENT


def test_links_of_an_item_come_in_their_order(stac, collection):
    """[section 2]"""
    given = [{"rel": "describedby", "href": "https://a.example", "hreflang": "fr-CH"}]
    path = stac.make(f"{collection}/items/scene", {"links": given})
    told = stac.read(path)
    assert rels(told) == ["self", "root", "parent", "collection", "describedby"]
    assert told["links"][-1] == given[0]
    assert {rel: link(told, rel) for rel in ("self", "root", "parent", "collection")} == {
        "self": stac.root + path, "root": f"{stac.root}/", "parent": stac.root + collection, "collection": stac.root + collection}


def test_what_was_given_comes_back(stac, collection):
    """[S42]"""
    assert properties_of(stac, stac.make(f"{collection}/items/scene", {"properties": GIVEN})) == GIVEN


@pytest.mark.parametrize(("geometry", "bbox"), [
    (SQUARE, [7, 46, 8, 47.5]), ({"type": "LineString", "coordinates": [[9, 47], [7, 48]]}, [7, 47, 9, 48]),
    ({"type": "MultiPoint", "coordinates": [[-1, -2], [3, 4]]}, [-1, -2, 3, 4]),
    ({"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], [[[0, 0], [1, 0], [1, 1], [0, 0]]]]}, [0, 0, 8, 47.5]),
    (point(-77, -12), [-77, -12, -77, -12]), (point(179.9, 0), [179.9, 0, 179.9, 0])])
def test_the_box_follows_the_geometry(stac, item, geometry, bbox):
    """[S43, S51]"""
    told = accepted(stac.put(item, {"geometry": geometry})).json()
    assert told["bbox"] == bbox and told["geometry"] == geometry == stac.read(item)["geometry"]


@pytest.mark.parametrize("member", ["id", "geometry", "properties"])
def test_what_is_required_is_told(stac, item, member):
    """[S24 for items, section 10]"""
    told = faulty(stac.put(item, {member: None}), member)
    assert told[member] == ["This field is required."]


@pytest.mark.parametrize("geometry", [
    None, {}, [], 7, "POINT", {"type": "Point"}, {"type": "Point", "coordinates": []}, {"type": "Point", "coordinates": [1]},
    {"type": "Point", "coordinates": ["a", "b"]}, {"type": "Circle", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": [[1, 2]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, {"type": "Point", "coordinates": [7, None]}, {"coordinates": [1, 2]},
    {"type": "LineString", "coordinates": [[1, 2]]}, {"type": "Polygon", "coordinates": {}}])
def test_what_is_no_geometry_is_400(stac, item, geometry):
    """[S51]"""
    before = stac.read(item)
    told = faulty(stac.http.put(item, json=body_of(item) | {"geometry": geometry}), "geometry")
    assert told["geometry"]
    faulty(stac.patch(item, {"geometry": geometry}), "geometry")
    assert stac.read(item) == before


@pytest.mark.parametrize("times", [
    {}, {"datetime": None}, {"start_datetime": START}, {"end_datetime": END}, {"datetime": MOMENT, **RANGE},
    {"datetime": MOMENT, "start_datetime": START}, {"datetime": MOMENT, "end_datetime": END},
    {"start_datetime": END, "end_datetime": START}, {"datetime": None, "start_datetime": START, "end_datetime": None}])
def test_an_item_has_one_moment_or_both_ends(stac, item, times):
    """[S44]"""
    told = refused(stac.put(item, {"properties": times}), 400)
    assert "non_field_errors" in told or set(told) == {"properties"}


@pytest.mark.parametrize("times", [RANGE, {**RANGE, "datetime": None}, {"start_datetime": START, "end_datetime": START}])
def test_an_item_of_a_range_has_no_moment(stac, item, times):
    """[S45]"""
    accepted(stac.put(item, {"properties": times}))
    assert properties_of(stac, item) == {name: value for name, value in times.items() if value}


@pytest.mark.parametrize("name", ["datetime", "start_datetime", "end_datetime", "expires", "forecast:reference_datetime"])
@pytest.mark.parametrize("value", ["now", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z", "01.05.2024", 7, True,
                                   ["2024-01-01T00:00:00Z"], ""])
def test_times_that_are_none_are_400(stac, item, name, value):
    """[S47]"""
    told = faulty(stac.put(item, {"properties": {"datetime": MOMENT, name: value}}), "properties")
    assert set(told["properties"]) == {name} and isinstance(told["properties"][name], list)


@pytest.mark.parametrize(("given", "told"), [
    ("2024-05-01T12:00:00+02:00", "2024-05-01T10:00:00Z"), ("2024-05-01T12:00:00", "2024-05-01T12:00:00Z"),
    ("2024-05-01T12:00:00.5Z", "2024-05-01T12:00:00.500000Z"), ("2024-05-01T12:00:00.018019Z", "2024-05-01T12:00:00.018019Z"),
    ("2024-05-01T12:00:00-00:00", "2024-05-01T12:00:00Z"), ("1969-07-20T20:17:40Z", "1969-07-20T20:17:40Z")])
def test_times_are_told_in_utc(stac, item, given, told):
    """[section 2]"""
    accepted(stac.put(item, {"properties": {"datetime": given}}))
    assert properties_of(stac, item) == {"datetime": told}


def test_an_end_of_view_in_the_past_is_400(stac, item):
    """[S46]"""
    past = {"properties": {"datetime": MOMENT, "expires": "2020-01-01T00:00:00Z"}}
    told = refused(stac.put(item, past), 400)
    assert "Property expires can't be in the past." in str(told)
    refused(stac.patch(item, {"properties": {"expires": "2020-01-01T00:00:00Z"}}), 400)
    assert "expires" not in properties_of(stac, item)


@pytest.mark.parametrize("name", ["forecast:horizon", "forecast:duration"])
@pytest.mark.parametrize(("given", "told"), [
    ("PT6H", "P0DT06H00M00S"), ("P3DT2H", "P3DT02H00M00S"), ("PT4H", "P0DT04H00M00S"), ("PT0S", "P0DT00H00M00S"),
    ("P1D", "P1DT00H00M00S"), ("PT90M", "P0DT01H30M00S"), ("PT36H", "P1DT12H00M00S"), ("P0DT04H00M00S", "P0DT04H00M00S")])
def test_durations_are_told_in_one_form(stac, item, name, given, told):
    """[S48]"""
    accepted(stac.put(item, {"properties": {"datetime": MOMENT, name: given}}))
    assert properties_of(stac, item)[name] == told


@pytest.mark.parametrize(("name", "value"), [
    *[(name, value) for name in ("forecast:horizon", "forecast:duration")
      for value in ("P1HT2D", "P2D1H", "6H", "P", "PT", "", "six hours", 6, "PT6X")],
    *[("forecast:perturbed", value) for value in ("maybe", 7, "", [])],
    ("forecast:variable", 7), ("forecast:variable", ["T_2M"]), ("title", ""), ("title", " "), ("title", "x" * 256), ("title", 7)])
def test_properties_that_are_wrong_are_400(stac, item, name, value):
    """[S47]"""
    told = faulty(stac.put(item, {"properties": {"datetime": MOMENT, name: value}}), "properties")
    assert set(told["properties"]) == {name}


@pytest.mark.parametrize("properties", [[], "x", 7])
def test_properties_are_an_object(stac, item, properties):
    """[section 10]"""
    faulty(stac.put(item, {"properties": properties}), "properties")


def test_unknown_properties_are_ignored(stac, item):
    """[section 4]"""
    accepted(stac.put(item, {"properties": {"datetime": MOMENT, "eo:cloud_cover": 7, "created": "2020-01-01T00:00:00Z",
                                            "spam": {"a": []}}}))
    told = stac.read(item)["properties"]
    assert set(told) == {"datetime", "created", "updated"} and told["created"] > "2020-01-02"


@pytest.mark.parametrize(("member", "message"), [
    *[(name, READ_ONLY) for name in ("type", "stac_version", "stac_extensions", "bbox", "collection", "assets")],
    *[(name, UNEXPECTED) for name in ("created", "updated", "spam", "crs")]])
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_unknown_and_read_only_members_are_400(stac, item, member, message, method):
    """[S50, S29]"""
    body = body_of(item) | {member: {} if member == "assets" else "x"}
    assert faulty(stac.http.request(method, item, json=body), member) == {member: [message]}


def test_a_document_that_was_read_cannot_be_put_back(stac, item):
    """[S50]"""
    told = stac.read(item)
    faulty(stac.http.put(item, json=told), "links")
    del told["links"]
    faulty(stac.http.put(item, json=told), "type", "stac_version", "stac_extensions", "bbox", "collection", "assets")


@pytest.mark.parametrize("rel", ["self", "root", "parent", "items", "collection", "service-desc", "service-doc", "search", "conformance"])
def test_reserved_relations_are_400(stac, item, rel):
    """[S32]"""
    faulty(stac.put(item, {"links": [{"rel": rel, "href": "https://a.example"}]}), "links")


@pytest.mark.parametrize("name", ["Upper", "two words", "\u00fc", "a/b", "", "a" * 256, "e\u0301"])
def test_ids_of_other_characters_are_400(stac, item, name):
    """[S27]"""
    faulty(stac.http.put(item, json=body_of(item, {"id": name})), "id")


@pytest.mark.parametrize("name", [".", ".."])
def test_ids_that_are_steps_of_a_path_are_400(stac, collection, name):
    """[extensions, reserved ids]"""
    answer = stac.http.put(f"{collection}/items/%2E" + "%2E" * (len(name) - 1), json=body_of("/items/x", {"id": name}))
    assert answer.status_code in (400, 404, 405), answer.text


@pytest.mark.parametrize("case", ["create", "PUT", "PATCH"])
def test_renaming_is_refused(stac, item, collection, case):
    """[S28]"""
    path = f"{collection}/items/not-yet" if case == "create" else item
    answer = stac.patch(path, {"id": "another"}) if case == "PATCH" else stac.put(path, {"id": "another"})
    refused(answer, 400, {"id": "Renaming is not allowed"})
    assert stac.listed(collection) == ["scene"]


def test_put_replaces(stac, item):
    """[S30 for items, section 10]"""
    accepted(stac.put(item, {"properties": GIVEN, "links": [{"rel": "about", "href": "https://a.example"}]}))
    accepted(stac.put(item, {"properties": RANGE}))
    assert properties_of(stac, item) == RANGE
    assert rels(stac.read(item)) == ["self", "root", "parent", "collection"]


@pytest.mark.parametrize("change", [{"title": "New"}, {"expires": "2998-01-01T00:00:00Z"}, {"forecast:variable": "U_10M"},
                                    {"forecast:perturbed": True}, {"title": "New", "forecast:variable": "V_10M"}, {}])
def test_patch_merges_properties(stac, item, change):
    """[S49]"""
    accepted(stac.put(item, {"properties": GIVEN}))
    told = accepted(stac.patch(item, {"properties": change})).json()
    assert told == stac.read(item)
    assert properties_of(stac, item) == GIVEN | change


@pytest.mark.parametrize("name", [name for name in GIVEN if name != "datetime"])
def test_patch_of_null_takes_a_property_away(stac, item, name):
    """[S49]"""
    accepted(stac.put(item, {"properties": GIVEN}))
    accepted(stac.patch(item, {"properties": {name: None}}))
    assert properties_of(stac, item) == {other: value for other, value in GIVEN.items() if other != name}


@pytest.mark.parametrize(("change", "status"), [
    ({"start_datetime": START}, 400), (RANGE, 400), ({"datetime": None}, 400), ({"datetime": None, "start_datetime": START}, 400),
    ({"datetime": None, **RANGE}, 200), ({"datetime": None, "start_datetime": END, "end_datetime": START}, 400)])
def test_the_rule_of_times_is_about_what_a_patch_leads_to(stac, item, change, status):
    """[S49]"""
    before = properties_of(stac, item)
    answer = stac.patch(item, {"properties": change})
    assert answer.status_code == status, answer.text
    assert properties_of(stac, item) == (RANGE if status == 200 else before)


def test_one_end_of_a_range_may_be_moved(stac, item):
    """[S49]"""
    accepted(stac.put(item, {"properties": RANGE}))
    accepted(stac.patch(item, {"properties": {"end_datetime": "2024-03-01T00:00:00Z"}}))
    refused(stac.patch(item, {"properties": {"end_datetime": "2023-03-01T00:00:00Z"}}), 400)
    assert properties_of(stac, item) == RANGE | {"end_datetime": "2024-03-01T00:00:00Z"}


def test_patch_keeps_geometry_and_links(stac, item):
    """[section 10, QUIRK: not copied]"""
    accepted(stac.put(item, {"geometry": SQUARE, "links": [{"rel": "about", "href": "https://a.example"}]}))
    before = stac.read(item)
    accepted(stac.patch(item, {"properties": {"title": "New"}}))
    told = stac.read(item)
    assert {name: told[name] for name in ("geometry", "bbox", "links")} == {name: before[name] for name in ("geometry", "bbox", "links")}
    assert accepted(stac.patch(item, {"geometry": BERN})).json()["bbox"] == [7.44, 46.95, 7.44, 46.95]
    assert properties_of(stac, item) == {"datetime": MOMENT, "title": "New"}


def test_the_list_is_sorted_by_id(stac, anonymous, collection):
    """[S52]"""
    for name in ("b", "a.z", "a_z", "a-z"):
        stac.make(f"{collection}/items/{name}")
    told = anonymous.read(f"{collection}/items")
    assert told["type"] == "FeatureCollection" and told["timeStamp"].endswith("Z")
    assert ids(told["features"]) == ["a-z", "a.z", "a_z", "b"]
    assert rels(told) == ["self", "root", "parent", "collection"]
    assert link(told, "self") == f"{anonymous.root}{collection}/items"
    assert told["features"][0] == anonymous.read(f"{collection}/items/a-z")
    assert not {"numberMatched", "numberReturned"} & set(told)


def test_the_list_of_an_empty_collection_is_there(anonymous, collection):
    """[section 2: the list that an answer is about stays]"""
    assert anonymous.read(f"{collection}/items")["features"] == []


def test_embedded_assets_are_sorted_and_have_no_ids(stac, item, collection):
    """[S52]"""
    names = ["b.txt", "a.z.txt", "a_z.txt", "a-z.txt"]
    for name in names:
        stac.make(f"{item}/assets/{name}", {"title": name})
    [listed] = stac.read(f"{collection}/items")["features"]
    for assets in (stac.read(item)["assets"], listed["assets"],
                   stac.search(collections=[listed["collection"]]).json()["features"][0]["assets"]):
        assert list(assets) == sorted(names)
        assert all(not {"id", "links"} & set(one) and one["title"] == name for name, one in assets.items())
    alone = stac.read(f"{item}/assets/b.txt")
    assert stac.read(item)["assets"]["b.txt"] == {name: value for name, value in alone.items() if name not in ("id", "links")}


def test_an_item_is_deleted_once(stac, anonymous, item, collection):
    """[S53]"""
    told = accepted(stac.delete(item)).json()
    name = f"{collection.rpartition('/')[2]}/scene"
    assert told == {"code": 200, "description": f"{name} successfully deleted",
                    "links": [{"rel": "parent", "href": stac.root + collection}]}
    refused(anonymous.get(item), 404, "Not found.")
    refused(stac.delete(item), 404, "Not found.")
    assert stac.listed(collection) == [] and stac.make(item)


def test_an_item_with_assets_stays(stac, item):
    """[S53]"""
    asset = stac.make(f"{item}/assets/note.txt")
    refused(stac.delete(item), 400, ["Deleting Item with assets not allowed"])
    accepted(stac.delete(asset))
    accepted(stac.delete(item))


def test_two_collections_may_have_items_of_one_id(stac, collection):
    """[S55]"""
    other = stac.make("/collections/twin")
    for owner, title in ((collection, "One"), (other, "Two")):
        stac.make(f"{owner}/items/scene", {"properties": {"datetime": MOMENT, "title": title}})
    assert properties_of(stac, f"{collection}/items/scene")["title"] == "One"
    accepted(stac.delete(f"{other}/items/scene"))
    assert properties_of(stac, f"{collection}/items/scene")["title"] == "One"
    accepted(stac.delete(other))


def test_forecasts_declare_their_extension(stac):
    """[section 10]"""
    path = stac.make("/collections/ch.meteoschweiz.ogd-forecasting-icon-ch1")
    assert set(stac.read(stac.make(f"{path}/items/scene"))["stac_extensions"]) == {TIMESTAMPS, FORECAST}


def expire(server, *names: str) -> None:
    """The end of view of items came, as time would have it."""
    for name in names:
        catalog.change(server.installation, f"UPDATE item SET view_expires_at = 1 WHERE stac_id = '{name}'")


@pytest.mark.parametrize("below", ["", "/assets", "/assets/note.txt"])
def test_what_has_expired_is_gone(server, stac, anonymous, collection, below):
    """[S54]"""
    name = f"old{re.sub('[^a-z]', '', below)}"
    item = stac.make(f"{collection}/items/{name}", {"properties": {"datetime": MOMENT, "expires": NEVER}})
    stac.make(f"{item}/assets/note.txt")
    kept = stac.make(f"{collection}/items/kept", {"properties": {"datetime": MOMENT, "expires": NEVER}})
    accepted(anonymous.get(item + below))
    expire(server, name)
    refused(anonymous.get(item + below), 404, "Not found.")
    assert anonymous.listed(collection) == ["kept"] == anonymous.found(collections=[collection.rpartition("/")[2]])
    assert anonymous.found(ids=[name]) == []
    accepted(anonymous.get(kept))


def test_what_has_expired_cannot_be_changed_but_put_revives_it(server, stac, collection):
    """[S54, section 19]"""
    item = stac.make(f"{collection}/items/revived", {"properties": {"datetime": MOMENT, "expires": NEVER, "title": "Old"}})
    asset = stac.make(f"{item}/assets/note.txt")
    expire(server, "revived")
    refused(stac.patch(item, {"properties": {"title": "New"}}), 404, "Not found.")
    refused(stac.delete(item), 404, "Not found.")
    accepted(stac.put(item))
    assert stac.listed(collection) == ["revived"] and properties_of(stac, item) == {"datetime": MOMENT}
    accepted(stac.get(asset))


def test_the_file_of_what_has_expired_is_gone_too(server, stac, anonymous, collection):
    """[S54: acts on all faces as an end of view]"""
    item = stac.make(f"{collection}/items/with-file", {"properties": {"datetime": MOMENT, "expires": NEVER}})
    asset = stac.make(f"{item}/assets/note.txt")
    stac.upload(asset, b"some bytes")
    href = anonymous.read(asset)["href"]
    assert anonymous.http.get(href).content == b"some bytes"
    expire(server, "with-file")
    assert anonymous.http.get(href).status_code in (404, 410)
