"""Pages. Contract: swisstopo.md section 6."""

from __future__ import annotations

import pytest

from support.stac import MOMENT, Stac, accepted, body_of, ids, link, refused

COUNT = 205
LISTS = ["/collections/many/items", "/search", "/collections"]


@pytest.fixture(scope="module")
def many(make_server) -> Stac:
    """A server with 205 items in two collections, made from the last id to the first, and 205 collections besides."""
    server = make_server()
    stac = Stac(server.base_url, (server.world["stac_user"], server.world["stac_password"]))
    stac.make("/collections/many")
    bodies = [body_of(f"/items/n{n:03}", {"properties": {"datetime": MOMENT,
                                                         "title": "even" if n % 2 else "odd"}}) for n in range(COUNT, 0, -1)]
    for first in range(0, COUNT, 100):
        assert stac.bulk("/collections/many", bodies[first:first + 100]).status_code == 201
    for n in range(COUNT - 1):
        stac.make(f"/collections/c{n:03}")
    return stac


def told(page: dict) -> list[str]:
    """The ids of a page, of whatever it is."""
    return ids(page["collections"] if "collections" in page else page["features"])


def everything(stac: Stac, path: str) -> list[str]:
    """The ids of a list in the order that it has to have."""
    if path == "/search":
        return [f"n{n:03}" for n in range(COUNT, 0, -1)]
    if path == "/collections":
        return sorted([f"c{n:03}" for n in range(COUNT - 1)] + ["many"])
    return [f"n{n:03}" for n in range(1, COUNT + 1)]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(("query", "count"), [({}, 100), ({"limit": "100"}, 100), ({"limit": "101"}, 100),
                                              ({"limit": "1000000"}, 100), ({"limit": "99999999999999999999"}, 100),
                                              ({"limit": "7"}, 7), ({"limit": "1"}, 1)])
def test_the_limit_is_a_hundred(many, path, query, count):
    """[S64]"""
    assert len(told(many.read(path, query))) == count


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(("limit", "description"), [
    ("0", "limit query parameter too small, must be in range 1..100"), ("-1", "limit query parameter too small, must be in range 1..100"),
    ("x", "Invalid limit query parameter: must be an integer"), ("1.5", "Invalid limit query parameter: must be an integer"),
    ("1e1", "Invalid limit query parameter: must be an integer")])
def test_a_limit_that_is_none_is_400(many, path, limit, description):
    """[S64]"""
    refused(many.get(path, {"limit": limit}), 400, [description])


@pytest.mark.parametrize("limit", [0, -1, "x", 1.5, [], {}, True, None])
def test_a_limit_that_is_none_is_400_in_a_body(many, limit):
    """[S64, section 24]"""
    refused(many.search(limit=limit), 400)


def test_the_limit_of_a_body_is_a_hundred(many):
    """[S64]"""
    assert [len(many.found(**terms)) for terms in ({}, {"limit": 1000}, {"limit": 3}, {"limit": 100})] == [100, 100, 3, 100]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [100, 60, 41, 5])
def test_walking_forth_and_back_gives_the_same_pages(many, path, limit):
    """[S65]"""
    forth = list(many.pages(path, {"limit": limit}))
    assert [name for page in forth for name in told(page) if name != "uncollected"] == everything(many, path)
    assert all(len(told(page)) == limit for page in forth[:-1])
    assert link(forth[0], "previous") is None and link(forth[-1], "next") is None
    page, back = forth[-1], [forth[-1]]
    while href := link(page, "previous"):
        page = accepted(many.http.get(href)).json()
        back.append(page)
    assert [told(page) for page in reversed(back)] == [told(page) for page in forth]
    assert all(link(page, "next") for page in back[1:]) and link(back[-1], "previous") is None


@pytest.mark.parametrize("path", LISTS)
def test_links_by_get_have_no_method_and_keep_the_query(many, path):
    """[S65, S73]"""
    page = many.read(path, {"limit": 9, "spam": "eggs", "format": "geojson"})
    [following] = [one for one in page["links"] if one["rel"] == "next"]
    assert not {"method", "merge", "body"} & set(following)
    for text in ("limit=9", "spam=eggs", "format=geojson", "cursor="):
        assert text in following["href"]
    assert link(page, "self") == many.root + path


def test_a_walk_keeps_its_filters(many):
    """[S65]"""
    found = [name for page in many.pages("/search", {"query": '{"title":{"eq":"odd"}}', "limit": 40,
                                                     "collections": "many"}) for name in told(page)]
    assert found == [name for name in everything(many, "/search") if int(name[1:]) % 2 == 0]
    listed = [name for page in many.pages("/collections/many/items",
                                          {"datetime": MOMENT, "bbox": "7,46,8,47", "limit": 70}) for name in told(page)]
    assert listed == everything(many, "/collections/many/items")


def by_post(many: Stac, rel: str, **terms) -> list[list[str]]:
    """The pages of a search by POST, each body merged with what the link adds."""
    page, pages = accepted(many.search(**terms)).json(), []
    while True:
        pages.append(told(page))
        following = next((one for one in page["links"] if one["rel"] == rel), None)
        if following is None:
            return pages
        assert (following["method"], following["merge"], following["href"]) == ("POST", True, f"{many.root}/search")
        assert set(following["body"]) == {"cursor"}
        terms = terms | following["body"]
        page = accepted(many.search(**terms)).json()


def test_a_search_by_post_is_paged_by_merging_bodies(many):
    """[S73]"""
    for limit in (100, 64):
        pages = by_post(many, "next", limit=limit, query={"title": {"in": ["odd", "even"]}})
        assert [name for page in pages for name in page] == everything(many, "/search")


def test_a_search_by_post_is_walked_back_too(many):
    """[S73, S65]"""
    terms = {"limit": 50}
    first = accepted(many.search(**terms)).json()
    [following] = [one for one in first["links"] if one["rel"] == "next"]
    second = accepted(many.search(**terms, **following["body"])).json()
    [before] = [one for one in second["links"] if one["rel"] == "previous"]
    assert told(accepted(many.search(**terms | before["body"])).json()) == told(first)


def test_post_tells_the_limit_of_its_address(many):
    """[section 6: `body.limit` appears only if limit was in the URL]"""
    page = accepted(many.http.post("/search", params={"limit": 5}, json={})).json()
    [following] = [one for one in page["links"] if one["rel"] == "next"]
    assert len(told(page)) == 5 and following["body"].keys() == {"cursor", "limit"}


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("cursor", ["x", "bm90IGEgY3Vyc29y", "%", "\u0000", "a" * 3000, "=", "....", "-1", "e30="])
def test_a_cursor_that_is_none_is_404(many, path, cursor):
    """[section 6]"""
    refused(many.get(path, {"cursor": cursor}), 404, "Invalid cursor")
    if path == "/search":
        refused(many.search(cursor=cursor), 404, "Invalid cursor")


@pytest.mark.parametrize("cursor", [7, {}, [], True])
def test_a_cursor_is_a_text(many, cursor):
    """[section 6]"""
    assert many.search(cursor=cursor).status_code in (400, 404)


def test_an_altered_cursor_is_404(many):
    """[section 6]"""
    href = link(many.read("/search", {"limit": 5}), "next")
    cursor = dict(item.split("=", 1) for item in href.partition("?")[2].split("&"))["cursor"]
    for altered in (cursor[:-2], cursor[1:], cursor + "AA", cursor.swapcase()):
        answer = many.get("/search", {"limit": 5, "cursor": altered})
        assert answer.status_code in (200, 404), answer.text
        if answer.status_code == 404:
            refused(answer, 404, "Invalid cursor")


@pytest.mark.parametrize(("here", "there"), [(one, other) for one in LISTS for other in LISTS if one != other])
def test_a_cursor_of_another_list_is_404_or_harmless(many, here, there):
    """[section 6] Opaque: what it is not about, it does not open."""
    href = link(many.read(here, {"limit": 5}), "next")
    answer = many.http.get(f"{many.root}{there}?{href.partition('?')[2]}")
    refused(answer, 404, "Invalid cursor")


def test_an_exact_last_page_has_no_next(many):
    """[S65]"""
    page = many.read("/search", {"ids": "n001,n002,n003", "limit": 3})
    assert told(page) == ["n003", "n002", "n001"] and link(page, "next") is None and link(page, "previous") is None


@pytest.mark.parametrize("path", ["/collections/none/items", "/search?collections=none", "/collections?provider=none"])
def test_an_empty_list_has_no_pages(many, path):
    """[S65]"""
    if path.endswith("/items"):
        many.make("/collections/none")
        path = "/collections/none/items"
    page = accepted(many.http.get(many.root + path)).json()
    assert told(page) == [] and link(page, "next") is None and link(page, "previous") is None
    many.delete("/collections/none")
