"""items.search. Contract: section 7.5."""

from __future__ import annotations

import pytest

from support.answers import faulty_fields, faults, problem
from support.api import Api, wait_for
from support.rasters import small_scene

CITIES = {
    "Zurich": (8.5, 47.4), "Bern": (7.4, 46.9), "Lima": (-77.0, -12.0), "Suva": (178.4, -18.1), "Apia": (-171.8, -13.8),
}


@pytest.fixture(scope="module")
def world(admin: Api) -> Api:
    """Points of five cities, a month apart, with rising cloud cover; one item without place or time, so of today."""
    api = admin.new_project("Search")
    api.world["collection_id"] = api.create_collection("Europe")["id"]
    for month, (name, (x, y)) in enumerate(CITIES.items(), start=1):
        api.create_item(name, type="satellite_capture" if x < 0 else "user_raster", datetime=f"2024-{month:02}-15T12:00:00Z",
                        geometry={"type": "Point", "coordinates": [x, y]}, cloud_cover=month * 10.0, gsd=float(month),
                        collection_id=api.world["collection_id"] if 0 < x < 100 else None,
                        properties={"mayor": name.lower(), "rank": month, "flag": month > 3})
    api.create_item("Nowhere")
    return api


def found(world: Api, **terms) -> set[str]:
    """The names of all matches; checks that they are counted right."""
    page = world.search(**terms)
    assert page["type"] == "FeatureCollection"
    assert page["numberMatched"] == len(page["features"])
    return {feature["name"] for feature in page["features"]}


def test_without_terms_everything_is_found_newest_first(world):
    """[A156, section 6.2]"""
    assert world.names() == ["Nowhere", "Apia", "Suva", "Lima", "Bern", "Zurich"]


@pytest.mark.parametrize(("bbox", "names"), [
    ([8, 47, 9, 48], {"Zurich"}), ([5, 45, 11, 48], {"Zurich", "Bern"}), ([-180, -90, 180, 90], set(CITIES)),
    ([170, -30, -170, 0], {"Suva", "Apia"}), ([8.5, 47.4, 8.5, 47.4], {"Zurich"}), ([0, 0, 1, 1], set())])
def test_a_box_finds_what_it_touches(world, bbox, names):
    """[A157]"""
    assert found(world, bbox=bbox) == names


def test_a_box_without_height_across_the_antimeridian_is_found_on_all_of_it(api):
    """[A157]"""
    api.create_item("Flat", bbox=[170, 70, -130, 70])
    assert [api.names(bbox=box) for box in ([-150, 43, -150, 83], [175, 70, 175, 70], [-180, 60, -180, 70])] == [["Flat"]] * 3
    assert [api.names(bbox=box) for box in ([-150, 71, -150, 83], [0, 70, 0, 70], [160, 60, 169, 80])] == [[]] * 3


@pytest.mark.parametrize("bbox", [[1, 2, 3], [1, 2, 3, 4, 5, 6], [], [0, 10, 1, 5], [0, 0, 0, 91], "0,0,1,1"])
def test_a_box_that_is_none_is_422(world, bbox):
    """[A158]"""
    assert faulty_fields(world.op("items.search", {"project_id": world.project, "bbox": bbox})) == {"bbox"}


@pytest.mark.parametrize(("datetime", "names"), [
    ("2024-02-15T12:00:00Z", {"Bern"}), ("2024-02-15T13:00:00+01:00", {"Bern"}),
    ("2024-02-01T00:00:00Z/2024-03-31T00:00:00Z", {"Bern", "Lima"}), ("../2024-01-31T00:00:00Z", {"Zurich"}),
    ("2024-04-01T00:00:00Z/..", {"Suva", "Apia", "Nowhere"}), ("/2024-01-31T00:00:00Z", {"Zurich"}),
    ("2024-02-15T12:00:00Z/2024-02-15T12:00:00Z", {"Bern"}), ("1999-01-01T00:00:00Z", set())])
def test_a_time_finds_what_lies_in_it(world, datetime, names):
    """[A159, A160]"""
    assert found(world, datetime=datetime) == names


@pytest.mark.parametrize("datetime", ["soon", "2024-02-30T00:00:00Z", "2024-03-01T00:00:00Z/2024-02-01T00:00:00Z", "a/b/c"])
def test_a_time_that_is_none_is_422(world, datetime):
    """[section 7.5]"""
    assert faulty_fields(world.op("items.search", {"project_id": world.project, "datetime": datetime})) == {"datetime"}


def test_an_item_with_start_and_end_matches_what_overlaps_it(api):
    """[section 7.5]"""
    api.create_item("Summer", start_datetime="2023-06-01T00:00:00Z", end_datetime="2023-08-31T00:00:00Z")
    assert api.names(datetime="2023-07-01T00:00:00Z") == ["Summer"]
    assert api.names(datetime="2023-08-01T00:00:00Z/2024-01-01T00:00:00Z") == ["Summer"]
    assert api.names(datetime="2023-09-01T00:00:00Z/..") == []


def test_collections_restrict(world):
    """[A161]"""
    assert found(world, collections=[world.world["collection_id"]]) == {"Zurich", "Bern"}
    assert found(world, collections=["col_missing"]) == set()


def test_type_restricts_and_image_means_every_raster(world):
    """[A162, C04]"""
    assert found(world, type="satellite_capture") == {"Lima", "Apia"}
    assert found(world, type="image") == set(CITIES) | {"Nowhere"}
    assert found(world, type="user_vector") == set()


@pytest.mark.parametrize(("query", "names"), [
    ({"cloud_cover": {"lt": 20}}, {"Zurich"}), ({"cloud_cover": {"lte": 20}}, {"Zurich", "Bern"}),
    ({"eo:cloud_cover": {"gt": 40}}, {"Apia"}), ({"cloud_cover": {"gte": 20, "lt": 40}}, {"Bern", "Lima"}),
    ({"name": {"eq": "Lima"}}, {"Lima"}), ({"name": {"in": ["Lima", "Suva"]}}, {"Lima", "Suva"}),
    ({"name": {"startsWith": "B"}}, {"Bern"}), ({"name": {"endsWith": "a"}}, {"Lima", "Suva", "Apia"}),
    ({"name": {"contains": "ric"}}, {"Zurich"}), ({"mayor": {"eq": "suva"}}, {"Suva"}), ({"rank": {"gt": 3}}, {"Suva", "Apia"}),
    ({"flag": {"eq": True}}, {"Suva", "Apia"}), ({"gsd": {"eq": 3}}, {"Lima"}), ({"cloud_cover": {"neq": 10}, "gsd": {"lt": 3}}, {"Bern"}),
    ({"datetime": {"gte": "2024-05-01T00:00:00Z"}}, {"Apia", "Nowhere"}), ({"no_such": {"eq": 1}}, set()), ({}, set(CITIES) | {"Nowhere"}),
    ({"name": {"contains": "%"}}, set()), ({"name": {"startsWith": "_"}}, set()), ({"name": {"eq": "' OR 1=1 --"}}, set())])
def test_a_query_compares_columns_and_properties(world, query, names):
    """[A163]"""
    assert found(world, query=query) == names


def test_a_list_takes_a_thousand_values_of_any_type(world):
    others = [f"nobody-{number}" for number in range(996)]
    assert found(world, query={"properties.mayor": {"in": ["lima", 3, True, 7, *others]}}) == {"Lima"}
    assert found(world, query={"properties.rank": {"in": ["lima", 3, 4.0, True, *others]}}) == {"Lima", "Suva"}
    assert found(world, query={"properties.flag": {"in": ["lima", 3, True, *others]}}) == {"Suva", "Apia"}
    assert found(world, query={"name": {"in": [1, True, "Suva", "Bern", *others]}}) == {"Suva", "Bern"}


@pytest.mark.parametrize("query", [
    {"properties.mayor": {"in": [str(number) for number in range(1001)]}}, {"name": {"eq": "x" * 4097}},
    {"name": {"contains": "x" * 1_000_000}}, {"x" * 1025: {"eq": 1}}, {"name": {"x" * 1_000_000: 1}}])
def test_what_is_compared_is_bounded(world, query):
    answer = world.op("items.search", {"project_id": world.project, "query": query})
    assert faulty_fields(answer) == {"query"}
    assert len(answer.content) < 2000


def test_what_was_meant_is_suggested(world):
    def told(**terms) -> str:
        answer = world.op("items.search", {"project_id": world.project, **terms})
        assert answer.status_code == 422
        return answer.text

    assert "did you mean 'bbox'?" in told(bboxx=[0, 0, 1, 1])
    assert "did you mean 'direction'?" in told(sortby=[{"field": "name", "directoin": "desc"}])
    assert "did you mean 'gte'?" in told(query={"gsd": {"gtee": 1}})


@pytest.fixture(scope="module")
def wide(admin: Api) -> Api:
    """Items named by an integer near the limits of doubles and of 64 bits, which is their property `n` too."""
    api = admin.new_project("Wide")
    for n in (2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 2**63, 2**64 + 1, 10**30):
        assert api.create_item(str(n), properties={"n": n, "deep": [{"n": n}]})["properties"] == {"n": n, "deep": [{"n": n}]}
    return api


def test_integers_of_any_size_are_kept(wide):
    for feature in wide.search()["features"]:
        item = wide.item(feature["id"])
        assert item["properties"]["n"] == int(item["name"]) == item["properties"]["deep"][0]["n"]
        document = wide.call("items.get_stac", {"item_id": item["id"]})
        assert document["properties"]["n"] == int(item["name"])


@pytest.mark.parametrize(("query", "names"), [
    ({"eq": 2**53 + 1}, [2**53 + 1]), ({"eq": 2**53}, [2**53]), ({"in": [2**53 - 1, 2**53 + 1]}, [2**53 - 1, 2**53 + 1]),
    ({"gt": 2**53, "lt": 2**63 - 1}, [2**53 + 1]), ({"gte": 2**63 - 1}, [2**63 - 1, 2**63, 2**64 + 1, 10**30]),
    ({"gt": 2**63 - 1}, [2**63, 2**64 + 1, 10**30]), ({"lte": -(2**53) - 1}, [-(2**53) - 1, -(2**63)]),
    ({"eq": -(2**63)}, [-(2**63)]), ({"eq": float(2**53)}, [2**53]), ({"neq": 2**53, "lt": 2**60, "gt": 0}, [2**53 - 1, 2**53 + 1])])
def test_integers_are_compared_as_integers(wide, query, names):
    assert found(wide, query={"properties.n": query}) == {str(name) for name in names}


def test_numbers_with_a_fraction_equal_themselves(world):
    numbers = [0.1, 1 / 3, 1e300, 5e-324, -122.4194155, 1e22, 123456789.123456789]
    api = world.new_project("Fractions")
    for number in numbers:
        api.create_item(repr(number), properties={"x": number})
    for number in numbers:
        assert found(api, query={"x": {"eq": number}}) == {repr(number)}
        assert found(api, query={"x": {"gte": number, "lte": number}}) == {repr(number)}


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**40])
def test_no_query_compares_with_an_integer_past_64_bits(wide, value):
    assert faulty_fields(wide.op("items.search", {"project_id": wide.project, "query": {"n": {"eq": value}}})) == {"query"}
    assert faulty_fields(wide.op("items.search", {"project_id": wide.project, "query": {"n": {"in": [1, value]}}})) == {"query"}


@pytest.mark.parametrize("query", [{"cloud_cover": {"about": 5}}, {"cloud_cover": 5}, {"cloud_cover": {"in": 5}},
                                   {"datetime": {"gte": "soon"}}, {"created_at": {"in": ["2024-02-30"]}}])
def test_a_query_that_cannot_be_read_is_422_at_it(world, query):
    """[section 7.5]"""
    assert faulty_fields(world.op("items.search", {"project_id": world.project, "query": query})) == {"query"}


@pytest.mark.parametrize(("sortby", "names"), [
    ([{"field": "cloud_cover", "direction": "asc"}], ["Zurich", "Bern", "Lima", "Suva", "Apia"]),
    ([{"field": "datetime", "direction": "desc"}], ["Apia", "Suva", "Lima", "Bern", "Zurich"]),
    ([{"field": "name", "direction": "asc"}], ["Apia", "Bern", "Lima", "Suva", "Zurich"]),
    ([{"field": "type", "direction": "asc"}, {"field": "name", "direction": "desc"}],
     ["Lima", "Apia", "Zurich", "Suva", "Bern"])])
def test_the_order_is_as_asked(world, sortby, names):
    """[A164]"""
    assert world.names(sortby=sortby, query={"gsd": {"gt": 0}}) == names


@pytest.mark.parametrize("sortby", [[{"field": "name", "direction": "up"}], [{"direction": "asc"}], ["name"]])
def test_an_order_that_is_none_is_422(world, sortby):
    """[section 7.5]"""
    assert faulty_fields(world.op("items.search", {"project_id": world.project, "sortby": sortby})) == {"sortby"}


def test_pages_cover_everything_once(world):
    """[A165, A166]"""
    seen = []
    for offset in range(0, 8, 2):
        page = world.search(limit=2, offset=offset, sortby=[{"field": "cloud_cover", "direction": "asc"}])
        assert page["numberMatched"] == 6
        seen += [feature["name"] for feature in page["features"]]
    assert sorted(seen) == sorted([*CITIES, "Nowhere"])
    assert world.op("items.search", {"project_id": world.project, "limit": 1000}).status_code == 200
    faults(world.op("items.search", {"project_id": world.project, "limit": 1001}))


@pytest.mark.parametrize("offset", [6, 7, 10**6, 2**62, 2**63 - 1001, 2**63 - 1])
@pytest.mark.parametrize("terms", [
    {}, {"sortby": [{"field": "cloud_cover", "direction": "asc"}]}, {"bbox": [-180, -90, 180, 90]},
    {"datetime": "1980-01-01T00:00:00Z/..", "sortby": [{"field": "datetime", "direction": "desc"}]}])
def test_a_page_past_the_end_is_empty_and_tells_the_number(world, offset, terms):
    """[A165]"""
    whole = world.search(limit=1000, **terms)
    page = world.search(limit=1000, offset=offset, **terms)
    assert page["features"] == []
    assert page["numberMatched"] == whole["numberMatched"] == len(whole["features"])


def test_features_are_records_by_default_and_stac_on_request(world):
    """[A167]"""
    [record] = world.search(query={"name": {"eq": "Zurich"}})["features"]
    assert record == world.item(record["id"])
    [feature] = world.search(query={"name": {"eq": "Zurich"}}, format="stac")["features"]
    assert feature == world.call("items.get_stac", {"item_id": record["id"]})


def test_stac_features_carry_assets_and_base_url(scene):
    """[A167]"""
    page = scene.api.search(format="stac", base_url="https://maps.example.org")
    [feature] = page["features"]
    assert "data" in feature["assets"]
    assert all(link["href"].startswith("https://maps.example.org/") for link in feature["links"])


def test_uploaded_items_are_found(scene):
    """[A038]"""
    west, south, east, north = scene.api.item(scene.item_id)["bbox"]
    assert scene.api.names(bbox=[west, south, east, north]) == ["drawn scene"]


def test_other_projects_and_organizations_are_never_seen(api, neighbour):
    """[A168, design promise 2]"""
    api.create_item("Mine")
    assert api.new_project().search()["numberMatched"] == 0
    problem(neighbour.op("items.search", {"project_id": api.project}), 404)


def test_a_search_of_the_organization_covers_all_of_its_projects_and_no_others(world, neighbour):
    """[A168]"""
    elsewhere = world.new_project()
    elsewhere.create_item("Zagreb", properties={"mayor": "zurich"})
    neighbour.create_item("Theirs", properties={"mayor": "zurich"})
    terms = {"query": {"mayor": {"eq": "zurich"}}}
    found_in_all = world.call("items.search_org", terms | {"limit": 1})
    assert [feature["name"] for feature in found_in_all["features"]] == ["Zagreb"]
    assert found_in_all["numberMatched"] == 2
    stac = world.call("items.search_org", terms | {"format": "stac", "base_url": "https://d.example", "offset": 1})
    assert [feature["type"] for feature in stac["features"]] == ["Feature"]
    assert stac["features"][0]["links"][0]["href"].startswith("https://d.example/")
    world.call("items.search_org", {"collections": [world.world["collection_id"]]})
    assert faulty_fields(world.op("items.search_org", {"bbox": [1, 2, 3]})) == {"bbox"}


def test_what_the_properties_tell_of_the_item_is_the_items(api):
    """[extensions: one home for each fact]"""
    item = api.create_item("Told", properties={"eo:cloud_cover": 12.5, "gsd": 10, "datetime": "2020-05-06T07:08:09Z", "platform": "x"})
    record = api.item(item["id"])
    assert (record["cloud_cover"], record["gsd"], record["datetime"][:19]) == (12.5, 10, "2020-05-06T07:08:09")
    assert record["properties"] == {"platform": "x"}
    document = api.call("items.get_stac", {"item_id": item["id"]})["properties"]
    assert (document["eo:cloud_cover"], document["gsd"], document["datetime"][:19]) == (12.5, 10, "2020-05-06T07:08:09")
    for terms in ({"query": {"eo:cloud_cover": {"lt": 13}}}, {"query": {"gsd": {"eq": 10}}}, {"datetime": "2020-05-01T00:00:00Z/.."}):
        assert found(api, **terms) == {"Told"}
    api.call("items.update", {"item_id": item["id"], "properties": {"eo:cloud_cover": 80, "platform": "y"}})
    assert found(api, query={"cloud_cover": {"gt": 50}}) == {"Told"}
    given = api.create_item("Given", cloud_cover=1, properties={"eo:cloud_cover": 99})
    assert api.item(given["id"])["cloud_cover"] == 1


@pytest.mark.parametrize("properties", [{"datetime": "soon"}, {"gsd": "ten"}, {"eo:cloud_cover": 101}, {"start_datetime": 5}])
def test_facts_that_are_none_are_422(api, properties):
    answer = api.op("items.create", {"project_id": api.project, "type": "user_raster", "name": "x", "properties": properties})
    assert "properties" in faulty_fields(answer)


def test_an_item_without_time_is_of_when_it_was_made(api):
    """[extensions: an item without any time]"""
    item = api.create_item("Undated")
    api.create_item("Dated", datetime="2020-01-01T00:00:00Z")
    assert api.item(item["id"])["datetime"] is None
    document = api.call("items.get_stac", {"item_id": item["id"]})["properties"]
    assert document["landfall:undated"] is True
    assert found(api, datetime=f"{document['datetime']}/..") == {"Undated"}
    assert found(api, datetime="../2021-01-01T00:00:00Z") == {"Dated"}
    assert api.names(sortby=[{"field": "datetime", "direction": "asc"}]) == ["Dated", "Undated"]
    api.call("items.update", {"item_id": item["id"], "datetime": "2019-01-01T00:00:00Z"})
    assert "landfall:undated" not in api.call("items.get_stac", {"item_id": item["id"]})["properties"]


def test_searches_by_the_last_change_see_renditions(api):
    item = api.upload_one(small_scene())
    wait_for("the thumbnail", lambda: "thumbnail" in api.assets(item))
    wait_for("a search by the last change", lambda: api.search(
        query={"updated_at": {"eq": api.item(item)["updated_at"]}})["features"])
