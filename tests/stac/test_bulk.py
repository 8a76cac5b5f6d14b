"""Many items in one call. Contract: swisstopo.md section 11."""

from __future__ import annotations

import pytest

from support.stac import BERN, MOMENT, Stac, body_of, refused

HREF = "https://files.example/data/scene.tif"


def items(*names: str, **members) -> list[dict]:
    """Bodies of items of these ids."""
    return [body_of(f"/items/{name}", members) for name in names]


def test_items_are_created(stac, anonymous, collection):
    """[S56]"""
    answer = stac.bulk(collection, items("b", "a", "c"))
    assert answer.status_code == 201, answer.text
    told = answer.json()["features"]
    assert [one["id"] for one in told] == ["b", "a", "c"]
    assert told == [anonymous.read(f"{collection}/items/{name}") for name in "bac"]
    assert anonymous.listed(collection) == ["a", "b", "c"]


def test_a_hundred_items_are_created_and_one_more_is_too_many(stac, collection):
    """[S56, S58]"""
    told = refused(stac.bulk(collection, items(*[f"n{n}" for n in range(101)])), 400)
    assert isinstance(told, str) and "More than 100 features" in told
    assert stac.listed(collection) == []
    assert stac.bulk(collection, items(*[f"n{n}" for n in range(100)])).status_code == 201
    assert len(stac.listed(collection)) == 100


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": ""}])
@pytest.mark.parametrize("place", ["there", "nowhere"])
def test_the_key_is_wanted_first(stac, collection, headers, place):
    """[S57]"""
    path = collection if place == "there" else "/collections/none"
    refused(stac.post(f"{path}/items", {"features": items("a")}, **headers), 400, "No header parameter 'Idempotency-Key'")
    assert stac.listed(collection) == []


def test_a_key_may_come_again(stac, collection):
    """[section 11: its value is not used further]"""
    assert stac.bulk(collection, items("a"), "one key").status_code == 201
    assert stac.bulk(collection, items("b"), "one key").status_code == 201


def test_an_unknown_collection_is_404(stac):
    """[S58]"""
    refused(stac.bulk("/collections/none", items("a")), 404, "Collection matching query does not exist.")


@pytest.mark.parametrize("body", [{}, {"features": None}, {"features": {}}, {"features": "x"}, {"items": []},
                                  {"features": [None]}, {"features": ["x"]}, {"features": [[]]}])
def test_features_are_an_array_of_objects(stac, collection, body):
    """[S58]"""
    told = refused(stac.post(f"{collection}/items", body, Idempotency_Key="k"), 400)
    assert isinstance(told, str)


def test_an_empty_list_makes_nothing(stac, collection):
    """[S58]"""
    answer = stac.bulk(collection, [])
    assert (answer.status_code, answer.json()) == (201, {"features": []})


@pytest.mark.parametrize("bad", [
    {"geometry": None}, {"geometry": {"type": "Point"}}, {"properties": None}, {"properties": {}}, {"id": "Upper"}, {"id": None},
    {"spam": 1}, {"bbox": [1, 2, 3, 4]}, {"type": "Feature"}, {"properties": {"datetime": "now"}},
    {"links": [{"rel": "self", "href": "https://a.example"}]},
    {"properties": {"datetime": MOMENT, "expires": "2020-01-01T00:00:00Z"}}, {"id": "a"}])
@pytest.mark.parametrize("last", [True, False], ids=["last", "first"])
def test_one_bad_item_refuses_all(stac, collection, bad, last):
    """[S59]"""
    wrong = {name: value for name, value in (body_of("/items/wrong") | bad).items() if value is not None}
    bodies = [*items("a", "b"), wrong]
    told = refused(stac.bulk(collection, bodies if last else bodies[::-1]), 400)
    assert isinstance(told, str)
    assert stac.listed(collection) == []


def test_an_item_that_is_there_refuses_all_and_is_not_changed(stac, collection):
    """[S59]"""
    stac.make(f"{collection}/items/b", {"properties": {"datetime": MOMENT, "title": "Old"}})
    before = stac.get(f"{collection}/items/b")
    told = refused(stac.bulk(collection, items("a", "b", properties={"datetime": MOMENT, "title": "New"})), 400)
    assert isinstance(told, str) and "b" in told
    after = stac.get(f"{collection}/items/b")
    assert stac.listed(collection) == ["b"]
    assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])


def test_assets_come_with_their_items_where_external_ones_are_allowed(stac, anonymous, set_collection, collection):
    """[section 11, decision: the operator's permission counts here as well]"""
    assets = {"scene.tif": {"type": "image/tiff; application=geotiff", "href": HREF, "title": "There", "proj:epsg": 2056},
              "a.txt": {"type": "text/plain", "href": "https://files.example/data/a.txt"}}
    told = refused(stac.bulk(collection, items("a", assets=assets)), 400)
    assert isinstance(told, str) and stac.listed(collection) == []
    set_collection(collection, "--external", "https://files.example/data/")
    answer = stac.bulk(collection, items("a", assets=assets))
    assert answer.status_code == 201, answer.text
    told = anonymous.read(f"{collection}/items/a")["assets"]
    assert list(told) == ["a.txt", "scene.tif"] and told["scene.tif"]["href"] == HREF
    assert "file:checksum" not in told["scene.tif"]
    assert anonymous.read(collection)["summaries"]["proj:epsg"] == [2056]


@pytest.mark.parametrize("asset", [
    {"href": HREF}, {"type": "image/tiff; application=geotiff"}, {"type": "text/html", "href": HREF},
    {"type": "text/plain", "href": HREF}, {"type": "image/tiff; application=geotiff", "href": "https://other.example/scene.tif"},
    {"type": "image/tiff; application=geotiff", "href": "https://files.example/database/scene.tif"},
    {"type": "image/tiff; application=geotiff", "href": "https://files.example.evil.example/data/scene.tif"},
    {"type": "image/tiff; application=geotiff", "href": "https://files.example@evil.example/data/scene.tif"},
    {"type": "image/tiff; application=geotiff", "href": "https://files.example/data/../private/scene.tif"},
    {"type": "image/tiff; application=geotiff", "href": "https://files.example/data/%2e%2e/private/scene.tif"},
    {"type": "image/tiff; application=geotiff", "href": "http://files.example/data/scene.tif"}, "x", None, []])
def test_a_bad_asset_refuses_all(stac, set_collection, collection, asset):
    """[S59, S104: origin and whole path segments]"""
    set_collection(collection, "--external", "https://files.example/data")
    told = refused(stac.bulk(collection, items("a") + items("b", assets={"scene.tif": asset})), 400)
    assert isinstance(told, str)
    assert stac.listed(collection) == []


def test_what_a_call_makes_is_found_at_once(stac: Stac, anonymous: Stac, collection):
    """[S56, S66, S111]"""
    stac.bulk(collection, items("z", "y", geometry={"type": "Point", "coordinates": [1, 2]}) + items("x", geometry=BERN))
    assert anonymous.found(collections=[collection.rpartition("/")[2]]) == ["z", "y", "x"]
    assert anonymous.read(collection)["extent"]["spatial"]["bbox"] == [[1, 2, 7.44, 46.95]]
