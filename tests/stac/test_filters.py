"""What search and the list of items find. Contract: swisstopo.md section 17."""

from __future__ import annotations

import json

import httpx
import pytest

from support.stac import MOMENT, Stac, accepted, ids, link, point, refused

HERE = "world"
#: Ids in their order of creation, which is not that of the ids: place, and moment or range.
SCENES = {
    "zurich": (point(8.5, 47.4), {"datetime": "2024-01-10T00:00:00Z", "title": "Zürich from above"}),
    "bern": (point(7.44, 46.95), {"datetime": "2024-02-10T12:30:00Z", "title": "Bern"}),
    "lima": (point(-77, -12), {"datetime": "2024-03-10T00:00:00Z", "title": "Lima 100% clear_sky"}),
    "alps": ({"type": "Polygon", "coordinates": [[[6, 45], [10, 45], [10, 47], [6, 47], [6, 45]]]},
             {"start_datetime": "2024-01-01T00:00:00Z", "end_datetime": "2024-01-31T00:00:00Z"}),
    "coast": ({"type": "LineString", "coordinates": [[-78, -13], [-76, -11]]},
              {"start_datetime": "2024-03-01T00:00:00Z", "end_datetime": "2024-04-30T00:00:00Z", "title": "bern of the south"}),
}
EVERYTHING = list(SCENES)


@pytest.fixture(scope="module")
def world(make_server) -> Stac:
    """A server with two published collections of scenes and one that is hidden."""
    server = make_server()
    stac = Stac(server.base_url, (server.world["stac_user"], server.world["stac_password"]))
    for name, published in ((HERE, True), ("other", True), ("hidden", False)):
        stac.make(f"/collections/{name}", {"published": published})
    for name, (geometry, properties) in SCENES.items():
        owner = "other" if name == "lima" else HERE
        stac.make(f"/collections/{owner}/items/{name}", {"geometry": geometry, "properties": properties})
    stac.make("/collections/hidden/items/secret")
    return stac


def by_get(world: Stac, **terms) -> httpx.Response:
    """The same search as a GET: lists with commas, objects as JSON text."""
    texts = {name: value if isinstance(value, str) else ",".join(map(str, value)) if isinstance(value, list)
             else json.dumps(value) if isinstance(value, dict) else str(value) for name, value in terms.items()}
    return world.get("/search", texts)


def both(world: Stac, **terms) -> list[str]:
    """What both methods find, which must be the same. [S68]"""
    by_post = accepted(world.search(**terms)).json()
    told = accepted(by_get(world, **terms)).json()
    assert told["features"] == by_post["features"]
    return ids(by_post["features"])


def refused_by_both(world: Stac, status: int, **terms) -> dict | str:
    """What both methods refuse with this status; gives what POST says."""
    refused(by_get(world, **terms), status)
    return refused(world.search(**terms), status)


def told_of(told: dict | str | list, *members: str) -> None:
    """Asserts that a refusal of search is about exactly these, each with one string. [section 17]"""
    assert isinstance(told, dict) and set(told) == set(members), told
    assert all(isinstance(text, str) and text for text in told.values()), told


def test_search_without_terms_is_all_in_order_of_creation(world):
    """[S66]"""
    assert both(world) == EVERYTHING


def test_the_answer_of_a_search(world):
    """[S66, section 17]"""
    told = world.read("/search")
    assert told["type"] == "FeatureCollection" and [one["rel"] for one in told["links"] if one["rel"] != "alternate"] == ["self", "root", "parent"]
    assert link(told, "self") == f"{world.root}/search"
    assert told["features"][0] == world.read(f"/collections/{HERE}/items/zurich")
    assert not {"numberMatched", "numberReturned"} & set(told)


def test_an_empty_body_is_a_search_for_everything(world):
    """[section 17]"""
    for options in ({"json": {}}, {"content": b""}, {}):
        assert ids(accepted(world.http.post("/search", **options)).json()["features"]) == EVERYTHING


BOXES = [([5, 45, 11, 48], ["zurich", "bern", "alps"]), ([8.5, 47.4, 8.5, 47.4], ["zurich"]), ([9, 48, 8, 47], ["zurich", "alps"]), ([8.6, 47.5, 8.4, 47.3], ["zurich"]),
         ([7, 46, 7.1, 46.1], ["alps"]), ([-180, -90, 180, 90], EVERYTHING), ([0, 0, 1, 1], []),
         ([-77.5, -12.5, -76.5, -11.5], ["lima", "coast"]),
         ([-77.9, -11.3, -77.5, -11.1], []), ([10, 47, 12, 49], ["alps"])]


@pytest.mark.parametrize(("box", "names"), BOXES)
def test_a_box_finds_what_it_meets(world, box, names):
    """[S60, S68]"""
    assert both(world, bbox=box) == names


@pytest.mark.parametrize(("box", "names"), BOXES)
def test_a_box_filters_the_list(world, box, names):
    """[S60]"""
    assert world.listed(f"/collections/{HERE}", bbox=",".join(map(str, box))) == sorted(set(names) - {"lima"})


@pytest.mark.parametrize(("box", "status"), [
    ("1,2,3", 400), ("1,2,3,4,5", 400), ("1,2,3,4,5,6,7", 400), ("1,2,3,4,5,6", 501), ("a,b,c,d", 400), ("1,2,3,", 400),
    (",,,", 400), ("1 2 3 4", 400),
    ("nan,nan,nan,nan", 400), ("1,2,inf,4", 400), ("2600000,1200000,2610000,1210000", 400), ("1;2;3;4", 400), ("[1,2,3,4]", 400)])
@pytest.mark.parametrize("path", ["/search", f"/collections/{HERE}/items"])
def test_a_box_that_is_none_is_refused(world, path, box, status):
    """[S61]"""
    told = refused(world.get(path, {"bbox": box}), status)
    if status == 501:
        assert "3-dimensional bbox is currently not supported" in str(told)
    elif path != "/search":
        assert isinstance(told, list)
    else:
        told_of(told, "bbox")


@pytest.mark.parametrize(("box", "status"), [([1, 2, 3], 400), ([1, 2, 3, 4, 5, 6], 501), ([], 400), ("1,2,3", 400), ([1, 2, 3, "x"], 400),
                                             ([1, 2, 3, None], 400), ({}, 400), (7, 400), ([[1, 2], [3, 4]], 400), ([True, 2, 3, 4], 400)])
def test_a_box_that_is_none_is_refused_in_a_body(world, box, status):
    """[S61]"""
    told = refused(world.search(bbox=box), status)
    if status == 400:
        told_of(told, "bbox")


def test_an_empty_parameter_of_the_list_is_none(world):
    """[section 10: empty value = absent]"""
    assert world.listed(f"/collections/{HERE}", bbox="", datetime="") == sorted(set(EVERYTHING) - {"lima"})


TIMES = [("2024-01-10T00:00:00Z", ["zurich"]), ("2024-01-10T01:00:00+01:00", ["zurich"]), ("2024-01-10", ["zurich"]),
         ("2024-01-01T00:00:00Z", []),
         ("2024-02-10T12:30:00Z", ["bern"]), ("2024-02-10", []), ("2024-01-01T00:00:00Z/2024-01-31T00:00:00Z", ["zurich", "alps"]),
         ("2024-01-02T00:00:00Z/2024-01-31T00:00:00Z", ["zurich"]),
         ("2024-01-01T00:00:00Z/2024-03-31T00:00:00Z", ["zurich", "bern", "lima", "alps"]),
         ("2024-03-01T00:00:00Z/..", ["lima", "coast"]), ("../2024-01-31T00:00:00Z", ["zurich", "alps"]),
         ("/2024-01-31T00:00:00Z", ["zurich", "alps"]),
         ("2024-01-10T00:00:00Z/2024-01-10T00:00:00Z", ["zurich"]), ("2024-02-01/2024-02-28", ["bern"]),
         ("1900-01-01T00:00:00Z/..", EVERYTHING),
         ("../2999-01-01T00:00:00Z", EVERYTHING), ("2030-01-01T00:00:00Z/..", [])]


@pytest.mark.parametrize(("when", "names"), TIMES)
def test_times_select_by_containment(world, when, names):
    """[S62, S68]"""
    assert both(world, datetime=when) == names


@pytest.mark.parametrize(("when", "names"), TIMES)
def test_times_filter_the_list(world, when, names):
    """[S62]"""
    assert world.listed(f"/collections/{HERE}", datetime=when) == sorted(set(names) - {"lima"})


@pytest.mark.parametrize("when", ["..", "../..", "2024", "now", "2024-13-01", "a/b", "2024-01-01/x",
                                  "2024-01-01/2024-02-01/2024-03-01", "//"])
@pytest.mark.parametrize("path", ["/search", f"/collections/{HERE}/items"])
def test_a_time_that_is_none_is_400(world, path, when):
    """[S63]"""
    told = refused(world.get(path, {"datetime": when}), 400)
    if path != "/search":
        assert isinstance(told, list)
        return
    told_of(told, "datetime")
    told_of(refused(world.search(datetime=when), 400), "datetime")


@pytest.mark.parametrize("when", [7, None, [], {}, True])
def test_a_time_is_a_text(world, when):
    """[S63]"""
    answer = world.search(datetime=when)
    if when is None and answer.status_code == 200:
        return  # as if it were left out
    told_of(refused(answer, 400), "datetime")


@pytest.mark.parametrize(("collections", "names"), [([HERE], ["zurich", "bern", "alps", "coast"]), (["other"], ["lima"]),
                                                    (["other", HERE], EVERYTHING),
                                                    (["none"], []), (["hidden"], []), (["none", "other"], ["lima"])])
def test_collections_select(world, collections, names):
    """[S66, S37, S68]"""
    assert both(world, collections=collections) == names


@pytest.mark.parametrize(("names", "found"), [(["bern"], ["bern"]), (["coast", "zurich"], ["zurich", "coast"]), (["none"], []),
                                              (["secret"], []),
                                              (["bern", "bern"], ["bern"])])
def test_ids_select(world, names, found):
    """[S67, S68]"""
    assert both(world, ids=names) == found


@pytest.mark.parametrize("other", [{"bbox": [0, 0, 1, 1]}, {"datetime": "2000-01-01T00:00:00Z"}, {"collections": ["none"]},
                                   {"query": {"title": {"eq": "x"}}},
                                   {"intersects": point(0, 0)}])
def test_ids_override_every_other_filter(world, other):
    """[S67]"""
    assert both(world, ids=["bern"], **other) == ["bern"]


@pytest.mark.parametrize(("other", "status"), [({"bbox": [1, 2, 3]}, 400), ({"bbox": [1, 2, 3, 4, 5, 6]}, 501), ({"datetime": "now"}, 400),
                                               ({"query": {"spam": {"eq": 1}}}, 400), ({"intersects": {"type": "Point"}}, 400)])
def test_what_ids_override_is_still_validated(world, other, status):
    """[S67]"""
    refused_by_both(world, status, ids=["bern"], **other)


@pytest.mark.parametrize("member", ["ids", "collections"])
def test_lists_have_at_most_2000_entries(world, member):
    """[section 17]"""
    accepted(world.search(**{member: ["bern"] * 2000}))
    told_of(refused(world.search(**{member: ["bern"] * 2001}), 400), f"{member}-length")


@pytest.mark.parametrize("member", ["ids", "collections"])
@pytest.mark.parametrize("value", [7, {}, [7], [None], [["bern"]]])
def test_lists_are_of_texts(world, member, value):
    """[section 17]"""
    refused(world.search(**{member: value}), 400)


@pytest.mark.parametrize(("geometry", "names"), [
    (point(8.5, 47.4), ["zurich"]), (point(7, 46), ["alps"]),
    ({"type": "Polygon", "coordinates": [[[8, 47], [9, 47], [9, 48], [8, 48], [8, 47]]]}, ["zurich", "alps"]),
    ({"type": "LineString", "coordinates": [[-77, -11], [-77, -13]]}, ["lima", "coast"]),
    ({"type": "MultiPoint", "coordinates": [[8.5, 47.4], [0, 0]]}, ["zurich"]),
    ({"type": "Polygon", "coordinates": [[[-78, -11.6], [-77.6, -11.6], [-77.6, -11.2], [-78, -11.2], [-78, -11.6]]]}, [])])
@pytest.mark.parametrize("case", ["as it is", "upper", "lower"])
def test_geometries_select(world, geometry, names, case):
    """[S69, S68] The letter case of the type does not count."""
    kind = geometry["type"]
    asked = geometry | {"type": {"upper": kind.upper(), "lower": kind.lower()}.get(case, kind)}
    assert both(world, intersects=asked) == names


@pytest.mark.parametrize("geometry", ["{", "x", "[]", "7", '{"type":"Point"}', '{"type":"Circle","coordinates":[1,2]}',
                                      '{"type":"Point","coordinates":["a","b"]}', '{"type":"Polygon","coordinates":[[1,2]]}'])
def test_a_geometry_that_is_none_is_400(world, geometry):
    """[S69]"""
    told_of(refused(world.get("/search", {"intersects": geometry}), 400), "intersects")
    try:
        body = json.loads(geometry)
    except ValueError:
        body = geometry
    refused(world.search(intersects=body), 400)


@pytest.mark.parametrize(("query", "names"), [
    ({"title": {"eq": "Bern"}}, ["bern"]), ({"title": {"eq": "bern"}}, ["bern"]), ({"title": {"startsWith": "bern"}}, ["bern", "coast"]),
    ({"title": {"endsWith": "ABOVE"}}, ["zurich"]), ({"title": {"contains": "of the"}}, ["coast"]),
    ({"title": {"contains": "%"}}, ["lima"]),
    ({"title": {"contains": "_"}}, ["lima"]), ({"title": {"contains": "ZÜRICH"}}, ["zurich"]),
    ({"title": {"in": ["Bern", "x"]}}, ["bern"]), ({"title": {"in": []}}, []),
    ({"title": {"startsWith": "Bern", "endsWith": "south"}}, ["coast"]), ({"title": {"gte": "Lima"}}, ["zurich", "lima"]),
    ({"title": {"lt": "c"}}, ["bern", "coast"]),
    ({"created": {"lt": "2020-01-01T00:00:00Z"}}, []), ({"created": {"gt": "2020-01-01T00:00:00Z"}}, EVERYTHING),
    ({"updated": {"gte": "2020-01-01T00:00:00Z"}}, EVERYTHING),
    ({"updated": {"lte": "2020-01-01T00:00:00Z"}}, []), ({"created": {"gt": "2020-01-01T00:00:00Z", "lt": "2020-02-01T00:00:00Z"}}, []),
    ({"title": {"contains": "bern"}, "updated": {"gt": "2020-01-01T00:00:00Z"}}, ["bern", "coast"]),
    ({"title": {"contains": "bern"}, "created": {"lt": "2020-01-01T00:00:00Z"}}, []),
    ({"created": {"in": ["2020-01-01T00:00:00Z"]}}, []), ({"created": {"neq": "2020-01-01T00:00:00Z"}}, EVERYTHING), ({}, EVERYTHING)])
def test_queries_select(world, query, names):
    """[S70, S68, decision: AND, without regard to case]"""
    assert both(world, query=query) == names


#: Letters whose lower case is another letter at the end of a word, two letters, or of a script that is not folded; then all
#: that may be folded.
LETTERS = ["ΟΔΟΣ ΟΔΟΣ", "İSTANBUL", "ԵՐԵՎԱՆ", "ẞ STRASSE", "ǅ Ⅷ Ａ", *(
    "".join(map(chr, range(first, min(first + 200, end)))) for begin, end in ((0xA0, 0x530), (0x1E00, 0x1F00))
    for first in range(begin, end, 200))]


def test_titles_are_folded_as_what_they_are_compared_with(stac, collection):
    """[S70] Every title is found by itself, whatever its letters are; Latin, Greek and Cyrillic ones in either case."""
    for number, title in enumerate(LETTERS):
        stac.make(f"{collection}/items/i{number:02}", {"properties": {"datetime": MOMENT, "title": title}})
    here = [collection.rpartition("/")[2]]
    for number, title in enumerate(LETTERS):
        for operator in ("eq", "contains", "startsWith", "endsWith"):
            found = stac.found(collections=here, query={"title": {operator: title}})
            assert f"i{number:02}" in found, (operator, title)
    assert stac.found(collections=here, query={"title": {"eq": "οδοσ οδοσ"}}) == ["i00"]


def test_a_query_for_another_title(world):
    """[S70] What has no title is not asked whether it is another."""
    assert set(both(world, query={"title": {"neq": "Bern"}})) in ({"zurich", "lima", "coast"}, {"zurich", "lima", "coast", "alps"})


@pytest.mark.parametrize("operator", ["eq", "gte", "lte"])
@pytest.mark.parametrize("member", ["created", "updated"])
def test_queries_know_times_to_the_microsecond(world, member, operator):
    """[S70]"""
    at = world.read(f"/collections/{HERE}/items/bern")["properties"][member]
    assert "bern" in both(world, query={member: {operator: at}})


@pytest.mark.parametrize(("query", "key"), [
    ({"datetime": {"eq": MOMENT}}, "query-attributes-datetime"), ({"spam": {"eq": 1}}, "query-attributes-spam"),
    ({"id": {"eq": "bern"}}, "query-attributes-id"),
    ({"title": {"like": "x"}}, "query-operator-like"), ({"created": {"near": MOMENT}}, "query-operator-near"),
    ({"title": {"": "x"}}, "query-operator-")])
def test_other_fields_and_operators_are_400(world, query, key):
    """[S70]"""
    told_of(refused_by_both(world, 400, query=query), key)


@pytest.mark.parametrize("query", [{"title": {"eq": 7}}, {"title": {"in": "x"}}, {"title": {"in": [7]}},
                                   {"title": {"contains": None}}, {"created": {"gt": "yesterday"}},
                                   {"created": {"gt": 7}}, {"updated": {"in": ["x"]}}, {"title": "x"}, {"title": []}, {"title": None}])
def test_values_of_other_types_are_400(world, query):
    """[S70]"""
    assert isinstance(refused_by_both(world, 400, query=query), dict)


@pytest.mark.parametrize("query", ["{", "x", "[]", "7", '"title"', ""])
def test_a_query_that_is_none_is_400(world, query):
    """[S70, section 24]"""
    answer = world.get("/search", {"query": query})
    if query == "" and answer.status_code == 200:
        return  # as if it were left out
    refused(answer, 400)


def test_unknown_members_are_400_and_each_is_named(world):
    """[S71]"""
    told_of(refused(world.search(spam=1, eggs=2), 400), "spam", "eggs")
    told_of(refused(world.search(provider="x"), 400), "provider")
    assert ids(world.read("/search", {"spam": "1", "provider": "x", "sortby": "-id"})["features"]) == EVERYTHING


def test_everything_that_is_wrong_is_told_at_once(world):
    """[S72]"""
    terms = {"bbox": [1, 2, 3], "datetime": "now", "query": {"spam": {"eq": 1}}, "intersects": {"type": "Point"}}
    told_of(refused_by_both(world, 400, **terms), "bbox", "datetime", "query-attributes-spam", "intersects")
    told_of(refused(world.search(**terms, eggs=1), 400), "bbox", "datetime", "query-attributes-spam", "intersects", "eggs")


def test_filters_are_combined(world):
    """[S68]"""
    assert both(world, bbox=[5, 45, 11, 48], datetime="2024-01-01T00:00:00Z/2024-01-31T00:00:00Z", collections=[HERE]) == ["zurich", "alps"]
    assert both(world, bbox=[5, 45, 11, 48], query={"title": {"contains": "e"}}, datetime="2024-02-01T00:00:00Z/..") == ["bern"]
    assert both(world, intersects=point(7, 46), bbox=[0, 0, 1, 1]) == []


@pytest.mark.parametrize("text", ["' OR 1=1 --", "\"", "\\", "%00", "\u0000", "\U0001f6f0", "x" * 5000])
def test_hostile_words_find_nothing(world, text):
    """[S66] Values are values."""
    for terms in ({"ids": [text]}, {"collections": [text]}, {"query": {"title": {"contains": text}}}):
        answer = world.search(**terms)
        assert answer.status_code in (200, 400), answer.text
        assert answer.status_code == 400 or answer.json()["features"] == []


FORECASTS = {"f1": {"forecast:reference_datetime": "2024-11-19T00:00:00Z", "forecast:horizon": "PT6H", "forecast:duration": "PT12H",
                    "forecast:variable": "T_2M", "forecast:perturbed": True},
             "f2": {"forecast:reference_datetime": "2024-11-20T00:00:00Z", "forecast:horizon": "P1D", "forecast:duration": "PT90M",
                    "forecast:variable": "U_10M", "forecast:perturbed": False}, "f3": {}}


@pytest.fixture(scope="module")
def forecasts(stac) -> str:
    """A collection of forecasts on the shared server; gives its id."""
    path = stac.make("/collections/forecasts")
    for name, properties in FORECASTS.items():
        stac.make(f"{path}/items/{name}", {"properties": {"datetime": MOMENT, **properties}})
    return "forecasts"


@pytest.mark.parametrize(("terms", "names"), [
    ({"forecast:reference_datetime": "2024-11-19T00:00:00Z"}, ["f1"]), ({"forecast:reference_datetime": "2024-11-19T12:00:00Z/.."}, ["f2"]),
    ({"forecast:reference_datetime": "../2024-12-01T00:00:00Z"}, ["f1", "f2"]), ({"forecast:horizon": "PT6H"}, ["f1"]),
    ({"forecast:horizon": "P0DT06H00M00S"}, ["f1"]),
    ({"forecast:horizon": "PT360M"}, ["f1"]), ({"forecast:horizon": "PT24H"}, ["f2"]),
    ({"forecast:duration": "PT1H30M"}, ["f2"]), ({"forecast:variable": "T_2M"}, ["f1"]),
    ({"forecast:variable": "t_2m"}, []), ({"forecast:perturbed": True}, ["f1"]), ({"forecast:perturbed": False}, ["f2"]),
    ({"forecast:perturbed": "True"}, ["f1"]),
    ({"forecast:perturbed": "False"}, ["f2"]), ({"forecast:variable": "U_10M", "forecast:perturbed": True}, [])])
def test_forecasts_are_selected_by_post(stac, forecasts, terms, names):
    """[S74]"""
    assert stac.found(collections=[forecasts], **terms) == names


@pytest.mark.parametrize(("member", "value"), [("forecast:reference_datetime", "now"), ("forecast:horizon", "6H"),
                                               ("forecast:horizon", "P1HT2D"),
                                               ("forecast:duration", 7), ("forecast:perturbed", "maybe"), ("forecast:variable", 7)])
def test_forecast_terms_that_are_wrong_are_400(stac, member, value):
    """[S74]"""
    assert set(refused(stac.search(**{member: value}), 400)) == {member}


@pytest.mark.parametrize("member", ["forecast:reference_datetime", "forecast:horizon", "forecast:duration", "forecast:variable",
                                    "forecast:perturbed"])
def test_forecast_terms_are_ignored_by_get(stac, forecasts, member):
    """[S74]"""
    assert ids(stac.read("/search", {"collections": forecasts, member: "x"})["features"]) == list(FORECASTS)
