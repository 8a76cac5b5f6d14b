"""stac.search against a brute-force reading of CQL2, and what hostile filters do. Contract: section 15, extensions.md."""

from __future__ import annotations

import json
import random
from datetime import datetime
from typing import Any

import pytest

from support.answers import faults, faulty_fields, problem
from support.api import Api
from support.cql2 import evaluate, item_time, kind, touch, value_of
from support.realm import Realm, make_user

SEED = 20_261_127
TEXTS = ["a", "B", "b", "ä", "z", "ab", "a_b", "a%b", "a\\b", "Zürich", "日本", "😀", "\uffff", "", "A", "'; DROP TABLE item;--"]
NUMBERS: list[Any] = [0, 1, -1, 1.5, 10, 9_007_199_254_740_993, 1e300, -2.25]
ABSENT = object()


def box(west: float, south: float, east: float, north: float) -> dict:
    """An upright rectangle."""
    return {"type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]]}


class Draw:
    """Random items and filters, of few different values so that they meet."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def day(self) -> str:
        return f"2024-{self.random.randint(1, 3):02}-{self.random.randint(1, 9):02}"

    def instant(self) -> str:
        return self.day() + self.random.choice(["T00:00:00Z", "T12:00:00.5Z", "T23:59:59.999999Z"])

    def place(self) -> dict:
        x, y = self.random.choice([-180, -179, -60, 0, 60, 170, 180]), self.random.randint(-80, 70)
        if self.random.random() < 0.4 or x == 180:
            return {"type": "Point", "coordinates": [x, y]}
        return box(x, y, x + self.random.randint(1, 10), y + self.random.randint(1, 20))

    def scalar(self) -> Any:
        return self.random.choice([*TEXTS, *NUMBERS, True, False])

    def item(self) -> dict:
        """Fields of `items.create`."""
        optional: dict[str, Any] = {"cloud_cover": self.random.choice([0, 10, 20.5, 100]), "gsd": self.random.choice([1, 10, 30]),
                                    "description": self.random.choice(TEXTS[:-1]), "geometry": self.place()}
        fields = {name: value for name, value in optional.items() if self.random.random() < 0.7}
        if fields.get("description") == "":
            del fields["description"]
        when = self.random.random()
        if when < 0.5:
            fields["datetime"] = self.instant()
        elif when < 0.9:
            fields["start_datetime"], fields["end_datetime"] = sorted([self.instant(), self.instant()])
        values = {name: self.scalar() if self.random.random() < 0.7 else None for name in ("any", "other:name", "dotted.name")}
        fields["properties"] = {name: value for name, value in values.items() if value is not None or self.random.random() < 0.5}
        return {"name": self.random.choice([text for text in TEXTS if text]), "type": self.random.choice(["user_raster", "clip"]), **fields}

    def time(self, interval: bool = True) -> Any:
        form = self.random.randrange(6 if interval else 3)
        if form == 0:
            return {"timestamp": self.instant()}
        if form == 1:
            return {"date": self.day()}
        if form == 2:
            return self.instant()
        first, last = sorted([self.instant(), self.instant()])
        return {"interval": [first if form != 3 else "..", last if form != 4 else ".."]}

    def comparable(self, name: str) -> Any:
        if name in ("datetime", "start_datetime", "end_datetime", "created", "updated"):
            return self.time(interval=False)
        if name in ("eo:cloud_cover", "gsd"):
            return self.random.choice([0, 10, 20.5, 30, 50])
        if name in ("title", "description", "geopera:type", "id"):
            return self.random.choice([*TEXTS, "clip"])
        return self.scalar()

    def leaf(self) -> dict:
        name = self.random.choice(["datetime", "start_datetime", "end_datetime", "created", "eo:cloud_cover", "gsd", "title",
                                   "description", "geopera:type", "id", "any", "other:name", "dotted.name", "missing"])
        left = {"property": name}
        choice = self.random.randrange(9)
        if choice == 0:
            return {"op": "isNull", "args": [left]}
        if choice == 1:
            return {"op": "in", "args": [left, [self.comparable(name) for _ in range(self.random.randrange(4))]]}
        if choice == 2:
            return {"op": "between", "args": [left, self.comparable(name), self.comparable(name)]}
        if choice == 3:
            pattern = self.random.choice(["%", "_", "a%", "%b", "a\\_b", "a\\%b", "a\\\\b", "_%_", "", "%a%b%", "%ä%", "__"])
            name = self.random.choice(["title", "description", "any", "other:name", "geopera:type"])
            return {"op": "like", "args": [{"property": name}, pattern]}
        if choice == 4:
            return {"op": self.random.choice(["s_intersects", "s_disjoint"]), "args": [{"property": "geometry"}, self.place()]}
        if choice == 5:
            relation = self.random.choice(["intersects", "disjoint", "before", "after", "equals", "during", "contains", "starts",
                                           "startedBy", "finishes", "finishedBy", "meets", "metBy", "overlaps", "overlappedBy"])
            left = self.random.choice([{"property": "datetime"}, {"property": "start_datetime"}, {"property": "created"},
                                       {"interval": [{"property": "start_datetime"}, {"property": "end_datetime"}]}])
            return {"op": "t_" + relation, "args": [left, self.time()]}
        return {"op": self.random.choice(["=", "<>", "<", "<=", ">", ">="]), "args": [left, self.comparable(name)]}

    def filter(self, depth: int = 3) -> dict:
        choice = self.random.randrange(4) if depth else 3
        if choice < 2:
            parts = [self.filter(depth - 1) for _ in range(self.random.randint(1, 3))]
            return {"op": ("and", "or")[choice], "args": parts}
        return {"op": "not", "args": [self.filter(depth - 1)]} if choice == 2 else self.leaf()


@pytest.fixture(scope="module")
def world(server) -> Api:
    """An organization of random items in two projects, some in a collection each."""
    api = server.organization("STAC search")
    draw = Draw(SEED)
    for project in (api, api.new_project("Second")):
        collection = project.create_collection("Some")["id"]
        for n in range(120):
            fields = draw.item()
            project.call("items.create", {"project_id": project.project, **fields, "collection_id": collection if n % 3 else None})
    return api


def pages(api: Api, **terms) -> list[dict]:
    """Every page by its next links."""
    body = {"limit": 10_000, **terms}
    found = [api.call("stac.search", body)]
    while links := [link for link in found[-1]["links"] if link["rel"] == "next"]:
        assert links[0]["method"] == "POST" and links[0]["merge"] is True
        body |= links[0]["body"]
        found.append(api.http.post(links[0]["href"], json=body).json())
    return found


def search(api: Api, **terms) -> list[dict]:
    """All matches in their order; checks the counts of every page."""
    found = pages(api, **terms)
    features = [feature for page in found for feature in page["features"]]
    for page in found:
        assert page["type"] == "FeatureCollection"
        assert page["numberReturned"] == len(page["features"])
        assert page["numberMatched"] == len(features)
    return features


@pytest.fixture(scope="module")
def everything(world) -> list[dict]:
    """All documents of the organization."""
    features = search(world)
    assert len(features) == 240
    return features


def ids(features: list[dict]) -> set[str]:
    return {feature["id"] for feature in features}


@pytest.mark.parametrize("round_", range(12))
def test_filters_find_what_they_say(world, everything, round_):
    """[section 15: CQL2]"""
    draw = Draw(SEED + round_)
    for _ in range(40):
        wanted = draw.filter()
        expected = {document["id"] for document in everything if evaluate(document, wanted) is True}
        found = search(world, filter=wanted)
        assert ids(found) == expected, f"seed {SEED + round_}: {json.dumps(wanted)}"


@pytest.mark.parametrize("round_", range(4))
def test_a_leaf_and_its_negation_leave_out_what_is_absent(world, everything, round_):
    """[section 15: nulls never match]"""
    draw = Draw(-SEED - round_)
    for _ in range(40):
        leaf = draw.leaf()
        told = {document["id"]: evaluate(document, leaf) for document in everything}
        assert ids(search(world, filter=leaf)) == {name for name, value in told.items() if value is True}, leaf
        negated = {"op": "not", "args": [leaf]}
        assert ids(search(world, filter=negated)) == {name for name, value in told.items() if value is False}, leaf


def sort_key(document: dict, field: str) -> tuple | None:
    """Numbers, then texts; nothing for what sorts as absent."""
    value = value_of(document, field)
    order = {"number": 0, "text": 1}
    if isinstance(value, datetime):
        return (0, value)
    return (order[kind(value)], value) if kind(value) in order else None


@pytest.mark.parametrize("field", ["datetime", "created", "eo:cloud_cover", "gsd", "title", "description", "id", "any",
                                   "properties.any", "missing", "geopera:type", "start_datetime", "collection"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_any_queryable_sorts_with_absent_values_last(world, everything, field, direction):
    """[extensions.md: Order]"""
    falls = direction == "desc"
    name = field.removeprefix("properties.")
    by_id = sorted(everything, key=lambda document: document["id"], reverse=falls)
    present = [document for document in by_id if sort_key(document, name) is not None]
    expected = []
    for rank in (0, 1):
        same_kind = [document for document in present if sort_key(document, name)[0] == rank]
        expected += sorted(same_kind, key=lambda document: sort_key(document, name)[1], reverse=falls)
    expected += [document for document in by_id if sort_key(document, name) is None]
    found = search(world, sortby=[{"field": field, "direction": direction}], limit=37)
    assert [document["id"] for document in found] == [document["id"] for document in expected]


def test_pages_hold_everything_once_and_lead_both_ways(world, everything):
    """[section 15: links next and prev]"""
    found = pages(world, limit=50)
    assert [len(page["features"]) for page in found] == [50, 50, 50, 50, 40]
    assert [document["id"] for page in found for document in page["features"]] == [document["id"] for document in everything]
    last = found[-1]
    [prev] = last["links"]
    assert prev["rel"] == "prev" and prev["body"] == {"page": 3}
    beyond = world.call("stac.search", {"limit": 50, "page": 1_000_000_000_000})
    assert beyond["features"] == [] and beyond["numberMatched"] == 240
    [prev] = beyond["links"]
    assert (prev["rel"], prev["body"]) == ("prev", {"page": 4})
    assert [link["rel"] for link in found[1]["links"]] == ["next", "prev"]
    assert len(world.call("stac.search")["features"]) == 10


@pytest.mark.parametrize("stac_version", ["1.0.0", "1.1.0"])
def test_features_are_the_documents_of_the_items(world, everything, stac_version):
    """[section 15]"""
    for feature in world.call("stac.search", {"limit": 5, "stac_version": stac_version})["features"]:
        assert feature == world.call("items.get_stac", {"item_id": feature["id"], "stac_version": stac_version})


def test_collections_and_ids_are_those_of_the_documents(world, everything):
    """[section 15]"""
    collections = {document["collection"] for document in everything if "collection" in document}
    assert len(collections) == 2
    one = min(collections)
    members = {document["id"] for document in everything if document.get("collection") == one}
    assert ids(search(world, collections=[one, "unknown"])) == members
    assert ids(search(world, collections=sorted(collections))) == {document["id"] for document in everything if "collection" in document}
    assert search(world, collections=[]) == [] == search(world, collections=["unknown"])
    some = sorted(members)[:3]
    assert ids(search(world, ids=[*some, "unknown"])) == set(some)
    assert search(world, ids=[]) == []
    assert ids(search(world, ids=some[:1], collections=[max(collections)])) == set()
    assert ids(search(world, filter={"op": "=", "args": [{"property": "collection"}, one]})) == members


@pytest.mark.parametrize("area", [box(-10, -80, 60, 80), box(175, -90, 180, 90), box(-180, -90, 180, 90),
                                  {"type": "Point", "coordinates": [180, 10]}])
def test_intersects_and_bbox_find_what_they_touch(world, everything, area):
    """[extensions.md: Place]"""
    expected = {document["id"] for document in everything if document["geometry"] and touch(document["geometry"], area)}
    assert ids(search(world, intersects=area)) == expected
    if area["type"] == "Polygon":
        (west, south), (east, north) = area["coordinates"][0][0], area["coordinates"][0][2]
        assert ids(search(world, bbox=[west, south, east, north])) == expected
        assert ids(search(world, bbox=[west, south, 0, east, north, 9000])) == expected
        by_box = {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [west, south, east, north]}]}
        assert ids(search(world, filter=by_box)) == expected


def test_datetime_finds_what_overlaps(world, everything):
    """[section 15, extensions.md: Undated]"""
    for text, wanted in (("2024-02-01T00:00:00Z/2024-02-05T12:00:00Z", ("2024-02-01T00:00:00+00:00", "2024-02-05T12:00:00+00:00")),
                         ("2025-01-01T00:00:00Z/..", ("2025-01-01T00:00:00+00:00", "9999-01-01T00:00:00+00:00"))):
        first, last = map(datetime.fromisoformat, wanted)
        expected = {document["id"] for document in everything if item_time(document)[0] <= last and item_time(document)[1] >= first}
        assert expected
        assert ids(search(world, datetime=text)) == expected


def test_terms_hold_together(world, everything):
    """[section 15]"""
    cloudy = {"op": ">=", "args": [{"property": "eo:cloud_cover"}, 10]}
    area = box(-180, -90, 70, 90)
    expected = {document["id"] for document in everything if evaluate(document, cloudy) is True and document["geometry"]
                and touch(document["geometry"], area) and "collection" in document}
    collections = sorted({document["collection"] for document in everything if "collection" in document})
    assert ids(search(world, filter=cloudy, intersects=area, collections=collections)) == expected


def test_values_may_stand_before_properties(world):
    """CQL2 compares in either order."""
    straight = search(world, filter={"op": "<", "args": [{"property": "gsd"}, 10]})
    assert straight and straight == search(world, filter={"op": ">", "args": [10, {"property": "gsd"}]})
    spatial = [{"property": "geometry"}, box(-90, -90, 90, 90)]
    assert search(world, filter={"op": "s_intersects", "args": spatial}) == search(world, filter={"op": "s_intersects", "args": spatial[::-1]})


def test_true_and_false_and_flags_are_filters(world, everything):
    flagged = {document["id"] for document in everything if document["properties"].get("any") is True}
    assert ids(search(world, filter={"op": "and", "args": [True, {"property": "any"}]})) == flagged
    assert search(world, filter={"op": "or", "args": [False]}) == []


def test_integers_are_not_mixed_up_with_their_neighbours(api):
    """No rounding: 2^53 + 1 is not 2^53."""
    for number in (2**53, 2**53 + 1):
        api.create_item(str(number), properties={"exact": number})
    found = search(api, filter={"op": "=", "args": [{"property": "exact"}, 2**53 + 1]})
    assert [document["properties"]["title"] for document in found] == [str(2**53 + 1)]


def test_pystac_client_searches_and_pages(world, everything):
    """The client that most people use, pointed at the operation."""
    client = pytest.importorskip("pystac_client")
    headers = {"Authorization": f"Bearer {world.key}"}
    search_ = client.ItemSearch(f"{world.base_url}/v1/op/stac.search", method="POST", limit=50, datetime="2024-01-01/2024-12-31",
                                filter={"op": "isNull", "args": [{"property": "missing"}]}, sortby="-properties.datetime",
                                stac_io=client.stac_api_io.StacApiIO(headers=headers))
    found = list(search_.items())
    expected = [document for document in everything if item_time(document)[0].year == 2024]
    assert {item.id for item in found} == ids(expected) and len(found) == len(expected) > 100
    assert search_.matched() == len(expected)


# Whose items


def test_only_what_the_caller_may_read_is_found(api, neighbour):
    """[section 15: organization-scoped; design promise 2]"""
    item = api.create_item("Mine", properties={"whose": "mine"})
    mine = {"op": "=", "args": [{"property": "whose"}, "mine"]}
    assert ids(search(api, filter=mine)) >= {item["id"]}
    assert search(neighbour, filter=mine) == [] == search(neighbour, ids=[item["id"]])
    collection = api.create_collection()["id"]
    assert search(neighbour, collections=[collection]) == []
    project = {"op": "=", "args": [{"property": "geopera:project_id"}, api.project]}
    assert ids(search(api, filter=project)) == {item["id"]} and search(neighbour, filter=project) == []


def test_who_has_no_organization_finds_nothing(server, admin):
    """[section 3.2] An empty answer, not an error."""
    token = Realm(server.base_url).sign_in(make_user(server, "nobody@stac.example"))["access_token"]
    nobody = admin.with_key(token)
    found = nobody.call("stac.search")
    assert (found["type"], found["features"], found["numberMatched"], found["links"]) == ("FeatureCollection", [], 0, [])
    assert nobody.call("stac.collections.list")["collections"] == []


def test_a_signed_in_member_finds_what_the_organization_has(server, world, everything):
    """[section 3.2]"""
    member = make_user(server, "member@stac.example", world.organization)
    token = Realm(server.base_url).sign_in(member)["access_token"]
    assert ids(search(world.with_key(token))) == ids(everything)


def test_deleted_items_are_not_found(api):
    item = api.create_item("Soon gone")
    assert search(api, ids=[item["id"]])
    api.call("items.delete", {"item_id": item["id"]})
    assert search(api, ids=[item["id"]]) == []


# What is refused


def compared(op: str, *args: Any) -> dict:
    return {"op": op, "args": list(args)}


CLOUD = {"property": "eo:cloud_cover"}
PLACE = {"property": "geometry"}
REFUSED: dict[str, tuple[Any, tuple]] = {
    "no operator": ({}, ()), "an old form": ({"eq": [CLOUD, 1]}, ()), "extra members": ({**compared("=", CLOUD, 1), "x": 1}, ()),
    "an unknown operator": (compared("=~", CLOUD, 1), ()), "a function": (compared("casei", {"property": "title"}), ()),
    "arithmetic": (compared("=", compared("+", CLOUD, 1), 2), ("args", 1)),
    "another spatial operator": (compared("s_within", PLACE, box(0, 0, 1, 1)), ()),
    "another temporal operator": (compared("t_sometimes", {"property": "datetime"}, "2024-01-01"), ()),
    "too few arguments": (compared("=", CLOUD), ()), "too many": (compared("not", True, True), ()), "none": (compared("and"), ()),
    "arguments of no list": ({"op": "and", "args": {}}, ()), "an operator of no text": ({"op": 5, "args": []}, ()),
    "null": (compared("=", CLOUD, None), ("args", 1)), "a text for a number": (compared("<", CLOUD, "ten"), ("args", 1)),
    "a number for a text": (compared("=", {"property": "title"}, 5), ("args", 1)),
    "no time": (compared("<", {"property": "datetime"}, "soon"), ("args", 1)),
    "a range for an instant": (compared("=", {"property": "datetime"}, "2024-01-01/2024-02-01"), ("args", 1)),
    "a list": (compared("=", {"property": "any"}, [1]), ("args", 1)), "an object": (compared("=", {"property": "any"}, {"a": 1}), ("args", 1)),
    "an integer of 65 bits": (compared("=", {"property": "any"}, 2**64), ("args", 1)),
    "properties against each other": (compared("=", CLOUD, {"property": "gsd"}), ("args", 1)),
    "no property": (compared("=", 1, 2), ("args", 1)), "a property of no text": (compared("isNull", {"property": 5}), ("args", 0)),
    "a geometry compared": (compared("=", PLACE, "x"), ("args", 1)), "no geometry": (compared("s_intersects", PLACE, {"type": "Point"}), ("args", 1)),
    "latitudes beyond the poles": (compared("s_intersects", PLACE, {"type": "Point", "coordinates": [0, 91]}), ("args", 1)),
    "a box of three": (compared("s_intersects", PLACE, {"bbox": [1, 2, 3]}), ("args", 1)),
    "a box of texts": (compared("s_intersects", PLACE, {"bbox": ["1", 2, 3, 4]}), ("args", 1)),
    "a place of another property": (compared("s_intersects", CLOUD, box(0, 0, 1, 1)), ("args", 0)),
    "time of a number": (compared("t_before", CLOUD, "2024-01-01"), ("args", 0)),
    "an interval upside down": (compared("t_during", {"property": "datetime"}, {"interval": ["2024-02-01", "2024-01-01"]}), ("args", 1)),
    "an interval of one": (compared("t_during", {"property": "datetime"}, {"interval": ["2024-02-01"]}), ("args", 1)),
    "like on a number": (compared("like", CLOUD, "1%"), ("args", 0)), "a pattern of no text": (compared("like", {"property": "any"}, 5), ("args", 1)),
    "a pattern that ends in its escape": (compared("like", {"property": "any"}, "a\\"), ("args", 1)),
    "a long pattern": (compared("like", {"property": "any"}, "%" * 513), ("args", 1)),
    "a long text": (compared("=", {"property": "any"}, "x" * 4097), ("args", 1)),
    "U+0000": (compared("=", {"property": "any"}, "a\0"), ("args", 1)), "U+0000 in a name": (compared("isNull", {"property": "a\0"}), ("args", 0)),
    "a list of no list": (compared("in", CLOUD, 5), ("args", 1)), "a long list": (compared("in", CLOUD, list(range(1001))), ("args", 1)),
    "a deep fault": (compared("and", True, compared("or", False, compared("not", compared("=", CLOUD, "x")))),
                     ("args", 1, "args", 1, "args", 0, "args", 1)),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_filter_that_is_none_is_422_and_told_where(api, fault):
    """[section 15: other operators 422]"""
    wanted, where = REFUSED[fault]
    told = faults(api.op("stac.search", {"filter": wanted}))
    assert set(told) == {("filter", *where)}, told


def test_an_unknown_operator_is_told_what_is_known(api):
    """[section 15]"""
    [fault] = faults(api.op("stac.search", {"filter": compared("s_intersect", PLACE, box(0, 0, 1, 1))})).values()
    assert "s_intersects" in fault["msg"]
    [fault] = faults(api.op("stac.search", {"filter": compared("soundex" * 1000, PLACE, 1)})).values()
    assert "between" in fault["msg"] and len(fault["msg"]) < 400


def test_deep_and_wide_filters_are_bounded(api):
    """[SECURITY]"""
    leaf = compared("=", CLOUD, 1)
    deep = leaf
    for _ in range(20):
        deep = compared("not", deep)
    assert api.op("stac.search", {"filter": deep}).status_code == 200
    for _ in range(5):
        deep = compared("not", deep)
    assert "filter" in faulty_fields(api.op("stac.search", {"filter": deep}))
    text = json.dumps({"filter": 0}).replace("0", "[" * 3000 + "]" * 3000)
    assert api.http.post("/v1/op/stac.search", content=text, headers={"Content-Type": "application/json"}).status_code in (400, 422)
    assert api.op("stac.search", {"filter": compared("or", *[leaf] * 100)}).status_code == 200
    assert "filter" in faulty_fields(api.op("stac.search", {"filter": compared("or", *[leaf] * 300)}))
    nested = compared("or", *[compared("and", *[leaf] * 20)] * 20)
    assert "filter" in faulty_fields(api.op("stac.search", {"filter": nested}))
    ring = [[n / 1000, 10] for n in range(60_000)]
    shape = {"type": "LineString", "coordinates": ring}
    assert api.op("stac.search", {"filter": compared("s_intersects", PLACE, shape)}).status_code == 200
    both = compared("or", compared("s_intersects", PLACE, shape), compared("s_intersects", PLACE, shape))
    assert "filter" in faulty_fields(api.op("stac.search", {"filter": both}))


def test_as_many_ids_and_values_as_are_allowed_are_taken(api):
    """[SECURITY: `in` with many values]"""
    collection = api.create_collection()["id"]
    item = api.create_item("Needle", collection_id=collection, properties={"a": "5"}, bbox=[0, 0, 1, 1])["id"]
    names = [f"it_{n}" for n in range(9_999)] + [item]
    collections = [collection] + [f"c{n}" for n in range(999)]
    values = compared("in", {"property": "a"}, [str(n) for n in range(1000)])
    titles = compared("not", compared("in", {"property": "title"}, [f"title {n}" for n in range(1000)]))
    terms = {"ids": names, "collections": collections, "filter": compared("and", values, titles), "bbox": [0, 0, 1, 1]}
    assert ids(search(api, **terms, sortby=[{"field": f"p{n}"} for n in range(8)])) == {item}


@pytest.mark.parametrize("leaf", [compared("=", {"property": "datetime"}, "2024-01-01"), compared("<>", {"property": "q"}, 1),
                                  compared("not", compared("t_overlaps", {"property": "datetime"}, "2024-01-01"))])
def test_too_many_conditions_are_told_as_the_filters(api, leaf):
    """However many a condition takes, the refusal leads to the filter."""
    for count in (15, 90, 120, 250, 300):
        answer = api.op("stac.search", {"filter": compared("or", *[leaf] * count)})
        assert answer.status_code == 200 if count == 15 else count < 300 or answer.status_code == 422
        if answer.status_code == 422:
            assert faulty_fields(answer) == {"filter"}


@pytest.mark.parametrize("text", ['{"filter": {"op": "=", "args": [{"property": "any"}, NaN]}}',
                                  '{"filter": {"op": "=", "args": [{"property": "any"}, 1e999]}}',
                                  '{"filter": {"op": "=", "args": [{"property": "any"}, Infinity]}}'])
def test_numbers_that_are_none_are_refused(api, text):
    answer = api.http.post("/v1/op/stac.search", content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422), answer.text


@pytest.mark.parametrize("name", ["any' OR 1=1 --", 'any" OR "1"="1', "$.any", "any}", "a,b", "{a}", "", "a\\", "?1", "i.stac_id", "x" * 1024])
def test_names_are_names_and_no_sql(api, name):
    """[SECURITY]"""
    item = api.create_item("Named", properties={name: 5})
    in_project = compared("=", {"property": "geopera:project_id"}, api.project)
    for leaf in (compared("=", {"property": name}, 5), compared("like", {"property": name}, "%"), compared("isNull", {"property": name})):
        found = search(api, filter=compared("and", in_project, leaf), sortby=[{"field": name, "direction": "asc"}] if name else [])
        expected = {item["id"]} if leaf["op"] == "=" else set()
        if not name or "\\" in name or '"' in name:  # names that no path can quote are never found
            expected = {item["id"]} if leaf["op"] == "isNull" else set()
        assert ids(found) == expected, leaf


@pytest.mark.parametrize(("terms", "field"), [
    ({"limit": 0}, "limit"), ({"limit": 10_001}, "limit"), ({"page": -1}, "page"), ({"bbox": [1, 2, 3]}, "bbox"),
    ({"bbox": [1, 2, 3, 4, 5]}, "bbox"), ({"bbox": [0, 10, 1, 5]}, "bbox"), ({"intersects": {"type": "Polygon"}}, "intersects"),
    ({"bbox": [1, 2, 3, 4], "intersects": {"type": "Point", "coordinates": [1, 2]}}, "intersects"), ({"datetime": "soon"}, "datetime"),
    ({"datetime": "../.."}, "datetime"), ({"filter-lang": "cql2-text"}, "filter-lang"), ({"filter": "a = 1"}, "filter"),
    ({"filter": []}, "filter"), ({"sortby": [{"field": "x", "direction": "up"}]}, "sortby"), ({"sortby": [{}]}, "sortby"),
    ({"sortby": [{"field": "x"}] * 9}, "sortby"), ({"sortby": [{"field": "x" * 1025}]}, "sortby"), ({"ids": ["x"] * 10_001}, "ids"),
    ({"collections": ["x"] * 1001}, "collections"), ({"stac_version": "0.9"}, "stac_version"), ({"base_url": "x"}, "base_url"),
    ({"colections": []}, "colections")])
def test_terms_that_are_none_are_422(api, terms, field):
    """[section 15, design section 3]"""
    assert faulty_fields(api.op("stac.search", terms)) == {field}


def test_nulls_and_the_language_that_is_meant_are_taken(api):
    """[section 15]"""
    nothing = {name: None for name in ("collections", "ids", "datetime", "sortby", "filter", "filter-lang", "bbox", "intersects")}
    assert api.op("stac.search", nothing).status_code == 200
    assert api.op("stac.search", {"filter-lang": "cql2-json", "filter": compared("isNull", CLOUD), "base_url": ""}).status_code == 200


def test_links_follow_base_url(world):
    """[section 15]"""
    page = world.call("stac.search", {"limit": 1, "base_url": "https://maps.example.org/"})
    links = page["links"] + page["features"][0]["links"]
    assert links and all(link["href"].startswith("https://maps.example.org/") for link in links)


def test_a_key_that_may_not_read_items_is_refused(server, admin):
    """[section 3.1]"""
    key = server.installation.key(admin.organization, "No items", "collections:read")
    problem(admin.with_key(key).op("stac.search"), 403)
    problem(admin.with_key(key).op("stac.collections.list"), 403)
