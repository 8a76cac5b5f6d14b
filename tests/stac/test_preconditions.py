"""ETags and conditional requests. Contract: swisstopo.md section 5."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from support.stac import MOMENT, accepted, bodiless, refused

STRONG = re.compile(r'"[^"]+"')
OTHER = '"another"'


@dataclass(frozen=True)
class Kind:
    """A resource that has an ETag."""

    path: str
    change: dict

    def fresh(self) -> str:
        """The path of one of its kind that there is not."""
        return re.sub(r"[^/]+$", lambda found: "n" + found[0], self.path)


@pytest.fixture(params=["collection", "item", "asset", "collection asset"])
def kind(request, stac, collection) -> Kind:
    """A resource that can be written, and what changes it."""
    if request.param == "collection":
        return Kind(collection, {"title": "New"})
    if request.param == "collection asset":
        return Kind(stac.make(f"{collection}/assets/note.txt"), {"title": "New"})
    item = stac.make(f"{collection}/items/scene")
    if request.param == "item":
        return Kind(item, {"properties": {"datetime": MOMENT, "title": "New"}})
    return Kind(stac.make(f"{item}/assets/note.txt"), {"title": "New"})


@pytest.fixture
def path(request, stac, collection) -> str:
    """The path of each kind of resource that has an ETag, uploads too."""
    item = stac.make(f"{collection}/items/scene")
    asset, own = stac.make(f"{item}/assets/note.txt"), stac.make(f"{collection}/assets/note.txt")
    return {"collection": collection, "item": item, "asset": asset, "collection asset": own, "upload": f"{asset}/uploads"}[request.param]


EACH = pytest.mark.parametrize("path", ["collection", "item", "asset", "collection asset", "upload"], indirect=True)


def there(stac, path: str) -> str:
    """The path, or that of an upload made below it."""
    return stac.begin(path.removesuffix("/uploads"), b"bytes").path if path.endswith("/uploads") else path


def tag(stac, path: str) -> str:
    """The ETag of a resource."""
    return accepted(stac.get(path)).headers["etag"]


@EACH
def test_tags_are_strong_and_stable(stac, anonymous, path):
    """[S105]"""
    path = there(stac, path)
    known = tag(stac, path)
    assert STRONG.fullmatch(known)
    assert {tag(anonymous, path) for _ in range(3)} == {known} == {stac.get(path, method="HEAD").headers["etag"]}


@EACH
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_known_is_not_sent_again(anonymous, stac, path, method):
    """[S105]"""
    path = there(stac, path)
    known = tag(stac, path)
    for header in (known, f"W/{known}", f'"a", {known}, "b"', f'W/"a",{known}', "*"):
        answer = bodiless(anonymous.get(path, method=method, If_None_Match=header), 304)
        assert answer.headers["etag"] == known
    accepted(anonymous.get(path, method=method, If_None_Match=OTHER))


@EACH
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_what_is_no_longer_so_is_412(anonymous, stac, path, method):
    """[S106]"""
    path = there(stac, path)
    known = tag(stac, path)
    bodiless(anonymous.get(path, method=method, If_Match=OTHER), 412)
    for header in (known, "*", f'"a", {known}'):
        accepted(anonymous.get(path, method=method, If_Match=header))
    bodiless(anonymous.get(path, method=method, If_Match=f"W/{known}"), 412)


@pytest.mark.parametrize("query", ["/collections", "/search", "{c}/items", "{c}/items/scene/assets", "{c}/assets"])
def test_lists_have_no_tag(stac, item, collection, query):
    """[section 5]"""
    assert item
    assert "etag" not in accepted(stac.get(query.replace("{c}", collection))).headers


def write(stac, kind: Kind, method: str, path: str | None = None, **headers: str):
    """One write of that method."""
    target = path or kind.path
    if method == "DELETE":
        return stac.delete(target, **headers)
    return stac.put(target, kind.change, **headers) if method == "PUT" else stac.patch(target, kind.change, **headers)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", [OTHER, '"a", "b"', "weak"])
def test_a_failing_condition_has_no_effect(stac, kind, method, header):
    """[S106]"""
    before = accepted(stac.get(kind.path))
    wanted = f"W/{before.headers['etag']}" if header == "weak" else header
    bodiless(write(stac, kind, method, If_Match=wanted), 412)
    after = accepted(stac.get(kind.path))
    assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ["{tag}", "*", '"a", {tag}'])
def test_a_condition_that_holds_succeeds(stac, kind, method, header):
    """[S106]"""
    accepted(write(stac, kind, method, If_Match=header.replace("{tag}", tag(stac, kind.path))))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", ["{tag}", "*", 'W/{tag}'])
def test_writing_what_must_not_be_there_is_412(stac, kind, method, header):
    """[S107]"""
    before = accepted(stac.get(kind.path))
    bodiless(write(stac, kind, method, If_None_Match=header.replace("{tag}", before.headers["etag"])), 412)
    assert accepted(stac.get(kind.path)).json() == before.json()


def test_put_creates_only(stac, kind):
    """[S107]"""
    bodiless(write(stac, kind, "PUT", If_None_Match="*"), 412)
    assert stac.put(kind.fresh(), If_None_Match="*").status_code == 201
    bodiless(stac.put(kind.fresh(), If_None_Match="*"), 412)
    accepted(stac.delete(kind.fresh()))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("header", [OTHER, "*"])
def test_what_there_is_not_matches_nothing(stac, kind, method, header):
    """[S107, section 3: the condition comes before the look-up]"""
    bodiless(write(stac, kind, method, kind.fresh(), If_Match=header), 412)
    refused(stac.get(kind.fresh()), 404)


def test_a_condition_comes_before_the_body(stac, kind):
    """[section 3: order of checks]"""
    bodiless(stac.http.put(kind.path, json={"spam": 1}, headers={"If-Match": OTHER}), 412)
    refused(stac.http.put(kind.path, json={"spam": 1}, headers={"If-Match": tag(stac, kind.path)}), 400)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_the_tag_of_a_write_is_the_new_one_or_none(stac, kind, method):
    """[section 5]"""
    before = tag(stac, kind.path)
    told = accepted(write(stac, kind, method)).headers.get("etag")
    now = tag(stac, kind.path)
    assert now != before and told in (None, now)
    made = stac.put(kind.fresh())
    assert made.headers.get("etag") in (None, tag(stac, kind.fresh()))
    accepted(stac.delete(kind.fresh()))


def test_an_update_that_others_overtook_is_412(stac, kind):
    """[S106] Two read, both write: the second is told."""
    known = tag(stac, kind.path)
    accepted(write(stac, kind, "PATCH", If_Match=known))
    bodiless(write(stac, kind, "PUT", If_Match=known), 412)


def test_a_tag_does_not_come_back(stac, kind):
    """[section 5: a change token] What is deleted and made again, or changed and changed back, is another state."""
    before = accepted(stac.get(kind.path))
    accepted(write(stac, kind, "PATCH"))
    accepted(stac.put(kind.path))
    assert tag(stac, kind.path) != before.headers["etag"]
    last = tag(stac, kind.path)
    accepted(stac.delete(kind.path))
    stac.make(kind.path)
    assert tag(stac, kind.path) not in (last, before.headers["etag"])


def test_a_tag_is_of_one_resource(stac, collection):
    """[section 5]"""
    one, other = stac.make(f"{collection}/items/one"), stac.make(f"{collection}/items/other")
    assert tag(stac, one) != tag(stac, other)
    bodiless(stac.delete(one, If_Match=tag(stac, other)), 412)


@pytest.mark.parametrize("path", ["/uploads", "/uploads/none/complete", "/uploads/none/abort"])
def test_posts_know_no_conditions(stac, asset, path):
    """[section 5]"""
    for headers in ({"If_Match": OTHER}, {"If_None_Match": "*"}):
        assert stac.post(asset + path, {"parts": [{"part_number": 1, "etag": "x"}]}, **headers).status_code in (400, 404)


@pytest.mark.parametrize("header", ["another", '"', "W/", ",", '"a" "b"', '"' + "x" * 5000 + '"'])
def test_what_is_no_tag_matches_nothing(stac, item, header):
    """[section 5]"""
    answer = stac.delete(item, If_Match=header)
    assert answer.status_code in (400, 412), answer.text
    accepted(stac.get(item))


def test_reading_what_there_is_not_is_404_whatever_is_asked(stac, kind):
    """[S13, section 5]"""
    refused(stac.get(kind.fresh(), If_None_Match=OTHER), 404, "Not found.")
    refused(stac.get(kind.fresh(), If_None_Match="*"), 404, "Not found.")
