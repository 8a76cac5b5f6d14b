"""Searches compared with what Python finds among the same records, and pages while others write. Contract: section 7.5;
extensions, "Paging" and "Order"."""

from __future__ import annotations

import itertools
import os
import random
import threading

import pytest

from support.answers import faulty_fields
from support.api import Api
from support.search_model import Generator, in_order, matches

ITEMS = 300
SEARCHES = 250
SEED = int(os.environ.get("LANDFALL_TEST_SEED") or random.randrange(10**6))


@pytest.fixture(scope="module")
def world(admin: Api) -> tuple[Api, Generator, list[dict]]:
    """A project of random items, as records, in two of three collections or none."""
    print("LANDFALL_TEST_SEED =", SEED)
    api = admin.new_project("Model")
    make = Generator(SEED, [api.create_collection(name)["id"] for name in "ABC"])
    for number in range(ITEMS):
        item = api.create_item(**make.item(number))
        if number % 5 == 0:
            api.call("items.update", {"item_id": item["id"], "lifecycle_state": "archived"})
    items = pages(api, "items.list", {"project_id": api.project, "limit": 100})
    assert len(items) == ITEMS
    return api, make, items


def pages(api: Api, operation: str, body: dict) -> list[dict]:
    """All that pages of a list or search show, one after the other."""
    seen: list[dict] = []
    token: dict = {}
    for _ in range(1000):
        page = api.call(operation, body | token)
        shown = page.get("items", page.get("features"))
        assert len(shown) <= body["limit"]
        seen += shown
        if "next_token" not in page:
            return seen
        assert len(shown) == body["limit"]
        token = {"page_token": page["next_token"]}
    raise AssertionError(f"The pages have no end: {body}, seed {SEED}")


@pytest.mark.parametrize("number", range(10))
def test_a_search_finds_what_python_finds_in_the_same_order(world, number):
    """[A157 to A166]"""
    api, make, items = world
    for _ in range(SEARCHES // 10):
        terms = make.terms()
        expected = [item["id"] for item in in_order((item for item in items if matches(item, terms)), terms.get("sortby"))]
        page = api.search(limit=1000, **terms)
        assert [feature["id"] for feature in page["features"]] == expected, f"seed {SEED}: {terms}"
        assert page["numberMatched"] == len(expected), f"seed {SEED}: {terms}"
        offset = make.random.randrange(ITEMS)
        part = api.search(limit=7, offset=offset, **terms)
        assert [feature["id"] for feature in part["features"]] == expected[offset:offset + 7], f"seed {SEED}: {terms}"
        size = make.random.choice([1, 20, 50]) if len(expected) < 60 else 50
        paged = pages(api, "items.search", {"project_id": api.project, "limit": size, **terms})
        assert [feature["id"] for feature in paged] == expected, f"seed {SEED}: {terms}"


def test_a_stac_search_is_the_same_items_as_features(world):
    """[A167]"""
    api, make, items = world
    for _ in range(10):
        terms = make.terms()
        records = api.search(limit=20, **terms)["features"]
        features = api.search(limit=20, format="stac", **terms)["features"]
        assert [feature["id"] for feature in features] == [record["stac_id"] for record in records]
        assert {feature["type"] for feature in features} <= {"Feature"}


SORTS = [None, *([{"field": name, "direction": direction}]
                 for name, direction in itertools.product(
                     ["created_at", "updated_at", "name", "cloud_cover", "gsd", "datetime", "description", "type", "rank",
                      "eo:platform", "missing", "id"], ["asc", "desc"])),
         [{"field": "type", "direction": "asc"}, {"field": "cloud_cover", "direction": "desc"}],
         [{"field": "rank", "direction": "desc"}, {"field": "name", "direction": "asc"}]]


@pytest.fixture(scope="module")
def busy(admin: Api):
    """A project with items that stay, while others come and go all the time; the ids of those that stay."""
    api = admin.new_project("Busy")
    make = Generator(SEED, [api.create_collection()["id"]])
    permanent = []
    passing = []
    for number in range(120):
        made = api.create_item(**make.item(number))["id"]
        (permanent if number % 2 else passing).append(made)
    over = threading.Event()

    def write() -> None:
        mine = api.within(api.project)  # a connection of its own
        others = Generator(SEED + 1, make.collections)
        for number in itertools.count():
            if over.is_set():
                return
            passing.append(mine.create_item(**others.item(number))["id"])
            mine.call("items.delete", {"item_id": passing.pop(others.random.randrange(len(passing)))})

    writer = threading.Thread(target=write)
    writer.start()
    yield api, permanent
    over.set()
    writer.join()


def seen_once(seen: list[dict], permanent: list[str]) -> None:
    """All that stayed was seen exactly once, and nothing else twice."""
    ids = [item["id"] for item in seen]
    assert len(set(ids)) == len(ids)
    assert set(permanent) <= set(ids), f"seed {SEED}"


@pytest.mark.parametrize("sortby", SORTS, ids=str)
def test_what_stays_is_seen_once_while_others_come_and_go(busy, sortby):
    """[extensions, Paging]"""
    api, permanent = busy
    terms = {"sortby": sortby} if sortby else {}
    seen_once(pages(api, "items.search", {"project_id": api.project, "limit": 9, **terms}), permanent)


def test_lists_and_searches_of_all_projects_are_paged_alike(busy):
    """[extensions, Paging]"""
    api, permanent = busy
    seen_once(pages(api, "items.list", {"project_id": api.project, "limit": 9}), permanent)
    [collection] = api.call("collections.list", {"project_id": api.project})
    inside = [item for item in permanent if api.item(item)["collection_id"]]
    seen_once(pages(api, "items.list_by_collection", {"collection_id": collection["id"], "limit": 4}), inside)
    outside = [item for item in permanent if item not in inside]
    seen_once(pages(api, "items.list", {"project_id": api.project, "uncollected": True, "limit": 4}), outside)
    seen_once(pages(api, "items.search_org", {"collections": [collection["id"]], "limit": 4}), inside)


def test_a_token_is_of_one_search_of_one_project_and_one_organization(api, neighbour):
    """[extensions, Paging: a foreign or altered one is 422]"""
    for number in range(3):
        api.create_item(f"Item {number}", cloud_cover=number)
    body = {"project_id": api.project, "limit": 1, "sortby": [{"field": "cloud_cover", "direction": "asc"}]}
    token = api.call("items.search", body)["next_token"]
    go_on = {"page_token": token}
    assert [feature["name"] for feature in api.call("items.search", body | go_on | {"limit": 5})["features"]] == ["Item 1", "Item 2"]
    assert api.call("items.search", body | go_on | {"format": "stac"})["features"][0]["type"] == "Feature"
    other = api.new_project()
    refused = [
        api.op("items.search", body | {"page_token": token[:-2] + ("AA" if token[-2:] != "AA" else "BB")}),
        api.op("items.search", body | {"page_token": "x"}), api.op("items.search", body | {"page_token": token + "A"}),
        api.op("items.search", body | {"sortby": []} | go_on), api.op("items.search", body | {"query": {"gsd": {"gt": 1}}} | go_on),
        api.op("items.search", body | {"project_id": other.project} | go_on),
        api.op("items.list", {"project_id": api.project} | go_on), api.op("items.search_org", {"sortby": body["sortby"]} | go_on),
        neighbour.op("items.search", body | {"project_id": neighbour.project} | go_on)]
    for answer in refused:
        assert faulty_fields(answer) == {"page_token"}
    assert faulty_fields(api.op("items.search", body | go_on | {"offset": 1})) == {"offset"}
    listed = api.call("items.list", {"project_id": api.project, "limit": 2})
    assert len(api.call("items.list", {"project_id": api.project, "page_token": listed["next_token"]})["items"]) == 1
    assert "next_token" not in api.call("items.list", {"project_id": api.project, "limit": 3})


def test_the_item_at_a_token_may_be_gone(api):
    """[extensions, Paging]"""
    made = [api.create_item(f"Item {number}")["id"] for number in range(4)]
    page = api.search(limit=2)
    for item in made[2:]:
        api.call("items.delete", {"item_id": item})
    rest = api.search(limit=2, page_token=page["next_token"])
    assert [feature["id"] for feature in rest["features"]] == made[1::-1]
    assert rest["numberMatched"] == 2
