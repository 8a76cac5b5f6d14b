"""The clients that people read STAC with. Contract: extensions.md "swisstopo's face, decided"."""

from __future__ import annotations

import warnings

import pytest
from pystac_client import Client

from support.stac import Stac, body_of, point


@pytest.fixture(scope="module")
def shown(make_server) -> Stac:
    """A server with two collections and 25 items."""
    server = make_server()
    stac = Stac(server.base_url, (server.world["stac_user"], server.world["stac_password"]))
    for name in ("first", "second"):
        stac.make(f"/collections/{name}", {"title": name.title(), "providers": [{"name": "Office", "roles": ["producer"]}]})
    bodies = [body_of(f"/items/n{n:02}", {"geometry": point(n, n),
                                          "properties": {"datetime": f"2024-01-{n + 1:02}T00:00:00Z"}}) for n in range(25)]
    assert stac.bulk("/collections/first", bodies[:20]).status_code == 201
    assert stac.bulk("/collections/second", bodies[20:]).status_code == 201
    stac.upload(stac.make("/collections/first/items/n00/assets/note.txt", {"title": "Note", "roles": ["data"]}), b"bytes")
    stac.make("/collections/second/assets/own.txt")
    return stac


@pytest.fixture(scope="module")
def client(shown) -> Client:
    """pystac-client, which warns of what it misses."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return Client.open(f"{shown.root}/")


def test_it_opens_the_landing_page(client):
    """[S1, S4]"""
    assert client.id and client.description
    for name in ("CORE", "COLLECTIONS", "ITEM_SEARCH"):
        assert client.conforms_to(name), name


def test_it_lists_collections(client):
    """[S35]"""
    found = {one.id: one for one in client.get_collections()}
    assert {"first", "second"} <= set(found)
    assert found["first"].title == "First" and found["first"].providers[0].name == "Office"
    assert found["first"].extent.spatial.bboxes == [[0, 0, 19, 19]]
    assert "own.txt" in found["second"].assets


def test_it_reads_one_collection_and_its_items(client):
    """[S52]"""
    collection = client.get_collection("second")
    assert [item.id for item in collection.get_items()] == [f"n{n}" for n in range(20, 25)]
    assert collection.get_item("n21").datetime.day == 22


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("terms", "count"), [({}, 25), ({"collections": ["first"]}, 20), ({"bbox": [4.5, 4.5, 9.5, 9.5]}, 5),
                                              ({"datetime": "2024-01-03/2024-01-07T00:00:00Z"}, 5),
                                              ({"ids": ["n03", "n24"]}, 2), ({"intersects": point(7, 7)}, 1)])
def test_it_searches_page_by_page(client, method, terms, count):
    """[S65, S68, S73]"""
    search = client.search(method=method, limit=4, **terms)
    pages = [[item.id for item in page] for page in search.pages()]
    found = [name for page in pages for name in page]
    assert len(found) == len(set(found)) == count and found == sorted(found)
    assert all(len(page) == 4 for page in pages[:-1])


def test_it_searches_by_properties(client):
    """[S70] By POST only: in an address that library writes them otherwise."""
    search = client.search(method="POST", query={"created": {"gt": "2020-01-01T00:00:00Z"}}, limit=10)
    assert len(list(search.items())) == 25


def test_it_reads_assets(client, shown):
    """[S52, S76]"""
    [item] = client.search(ids=["n00"]).items()
    asset = item.assets["note.txt"]
    assert (asset.title, asset.media_type, asset.roles) == ("Note", "text/plain", ["data"])
    assert asset.href.startswith(shown.base_url)
    assert asset.extra_fields["file:checksum"].startswith("1220")


def test_it_walks_from_an_item_to_its_root(client):
    """[section 2: links]"""
    item = client.get_collection("first").get_item("n05")
    assert item.get_collection().id == "first"
    assert item.get_single_link("root").target is not None
