"""The service as such: landing page, conformance, errors, headers that every answer has. Contract: swisstopo.md sections
2, 4, 7, 8, 22."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

import httpx
import pytest
import yaml

from support.stac import Stac, accepted, announced, bodiless, body_of, link, put_part, refused

NEVER = "max-age=0, no-cache, no-store, must-revalidate, private"
READ_ONLY = "GET,HEAD"


@pytest.fixture(scope="module")
def tree(stac) -> dict[str, str]:
    """A path of every kind that has a GET."""
    collection = stac.make("/collections/tree")
    item = stac.make(f"{collection}/items/scene")
    asset = stac.make(f"{item}/assets/note.txt")
    own = stac.make(f"{collection}/assets/note.txt")
    upload = stac.begin(asset, b"some bytes")
    return {"landing page": "/", "conformance": "/conformance", "search": "/search", "collections": "/collections",
            "collection": collection, "items": f"{collection}/items", "item": item, "assets": f"{item}/assets",
            "asset": asset, "collection assets": f"{collection}/assets", "collection asset": own,
            "uploads": f"{asset}/uploads", "upload": upload.path, "parts": f"{upload.path}/parts"}


KINDS = ["landing page", "conformance", "search", "collections", "collection", "items", "item", "assets", "asset",
         "collection assets", "collection asset", "uploads", "upload", "parts"]
UPLOADS = {"uploads", "upload", "parts"}
UNCACHED = {"search", "collections"}


def words(value: str) -> set[str]:
    """The members of a list in a header."""
    return {word.strip() for word in value.split(",")}


def test_the_landing_page_is_a_catalog(anonymous):
    """[S1, section 8]"""
    landing = anonymous.read("/")
    assert (landing["type"], landing["stac_version"]) == ("Catalog", "1.0.0")
    for member in ("id", "title", "description"):
        assert isinstance(landing[member], str) and landing[member]
    assert landing["conformsTo"] == anonymous.read("/conformance")["conformsTo"]


@pytest.mark.parametrize("rel", ["self", "root", "service-doc", "service-desc", "conformance", "data"])
def test_the_landing_page_links(anonymous, rel):
    """[S2]"""
    landing = anonymous.read("/")
    href = link(landing, rel)
    assert href and href.startswith(anonymous.base_url)
    if rel in ("self", "root"):
        assert href == f"{anonymous.root}/"
    assert accepted(httpx.get(href, follow_redirects=True))


def test_the_landing_page_links_search_by_both_methods(anonymous):
    """[S2]"""
    searches = [one for one in anonymous.read("/")["links"] if one["rel"] == "search"]
    assert [one["method"] for one in searches] == ["GET", "POST"]
    assert {one["href"] for one in searches} == {f"{anonymous.root}/search"}


def test_links_come_in_their_order(anonymous):
    """[section 2]"""
    wanted = ["root", "self", "service-doc", "service-desc", "conformance", "data", "search", "search"]
    assert [one["rel"] for one in anonymous.read("/")["links"] if one["rel"] != "alternate"] == wanted


def test_the_description_has_the_type_that_its_link_promises(anonymous):
    """[S2, extensions: service-desc answers exactly its promised type]"""
    [promised] = [one for one in anonymous.read("/")["links"] if one["rel"] == "service-desc"]
    assert promised["type"] == "application/vnd.oai.openapi+yaml;version=3.0"
    assert accepted(httpx.get(promised["href"])).headers["content-type"] == promised["type"]
    page = accepted(httpx.get(link(anonymous.read("/"), "service-doc"), follow_redirects=True))
    assert page.headers["content-type"].split(";")[0] == "text/html"


#: The table of endpoints, as methods by path.
ENDPOINTS = {"/": "GET", "/conformance": "GET", "/search": "GET POST", "/collections": "GET", "{c}": "GET PUT PATCH DELETE",
             "{c}/items": "GET POST", "{c}/items/{i}": "GET PUT PATCH DELETE",
             **{f"{owner}/assets{below}": methods for owner in ("{c}", "{c}/items/{i}") for below, methods in {
                 "": "GET", "/{a}": "GET PUT PATCH DELETE", "/{a}/uploads": "GET POST", "/{a}/uploads/{u}": "GET",
                 "/{a}/uploads/{u}/parts": "GET", "/{a}/uploads/{u}/complete": "POST", "/{a}/uploads/{u}/abort": "POST"}.items()}}
STATIC = "/api/stac/static/spec/v1"


@pytest.mark.parametrize(("name", "media_type"), [
    ("openapi.yaml", "application/vnd.oai.openapi+yaml"), ("openapitransactional.yaml", "application/vnd.oai.openapi+yaml"),
    ("api.html", "text/html"), ("apitransactional.html", "text/html")])
def test_the_descriptions_have_their_known_places(anonymous, name, media_type):
    """[section 22, seed 003, which links the last]"""
    answer = accepted(httpx.get(f"{anonymous.base_url}{STATIC}/{name}"))
    assert answer.headers["content-type"].split(";")[0] == media_type


def described(stac: Stac, name: str) -> dict[str, set[str]]:
    """What an OpenAPI document says there is, by path as in ENDPOINTS."""
    told = yaml.safe_load(accepted(httpx.get(f"{stac.base_url}{STATIC}/{name}")).text)
    assert told["openapi"].startswith("3.")
    found = {}
    for path, operations in told["paths"].items():
        names = iter("ciau" if "/items/{" in path else "cau")
        plain = re.sub(r"\{[^}]+\}", lambda _: "{%s}" % next(names), path).replace("/collections/{c}", "{c}")
        found[plain or "/"] = {method.upper() for method in operations if method in ("get", "put", "patch", "post", "delete")}
    return found


def test_the_full_description_has_every_endpoint(anonymous):
    """[section 25]"""
    found = described(anonymous, "openapitransactional.yaml")
    for path, methods in ENDPOINTS.items():
        assert set(methods.split()) <= found.get(path, set()), path


def test_what_is_described_is_there(stac, anonymous, tree):
    """[section 22] Every path and method of the documents is routed."""
    other = stac.begin(tree["collection asset"], b"some bytes")
    values = {"{c}": tree["collection"], "{i}": "scene", "{a}": "note.txt"}
    for name in ("openapi.yaml", "openapitransactional.yaml"):
        for path, methods in described(anonymous, name).items():
            if path not in ENDPOINTS:
                continue
            for kind, value in values.items():
                path = path.replace(kind, value)
            path = path.replace("{u}", tree["upload"].rpartition("/")[2] if "/items/" in path else other.id)
            for method in methods & {"GET", "PUT", "PATCH", "POST"}:
                answer = stac.http.request(method, path, content=b"[]", headers={"Content-Type": "application/json"})
                assert answer.status_code not in (404, 405), (name, method, path)


def test_the_plain_description_reads_only(anonymous):
    """[section 22]"""
    methods = set().union(*described(anonymous, "openapi.yaml").values())
    assert methods <= {"GET", "POST"}


def test_without_its_slash_the_landing_page_is_elsewhere(anonymous):
    """[S3]"""
    answer = httpx.get(anonymous.root)
    assert answer.status_code == 301
    assert answer.headers["location"] in (f"{anonymous.root}/", "/api/stac/v1/")
    assert answer.headers["access-control-allow-origin"] == "*"


def test_conformance_has_the_classes_of_swisstopo_and_those_that_clients_search_by(anonymous):
    """[S4, extensions]"""
    classes = anonymous.read("/conformance")["conformsTo"]
    assert set(classes) >= {f"https://api.stacspec.org/v1.0.0/{name}" for name in
                            ("core", "collections", "ogcapi-features", "item-search")}
    assert set(classes) >= {f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "oas30", "geojson")}


@pytest.mark.parametrize("kind", KINDS)
def test_head_is_get_without_the_body(anonymous, tree, kind):
    """[S5, S17]"""
    got, head = anonymous.get(tree[kind]), anonymous.get(tree[kind], method="HEAD")
    assert got.status_code == 200
    bodiless(head, 200)
    passing = {"date", "expires", "transfer-encoding", "content-length", "x-request-id"}
    assert {name: value for name, value in head.headers.items() if name not in passing} == \
           {name: value for name, value in got.headers.items() if name not in passing}


@pytest.mark.parametrize("kind", KINDS)
def test_json_is_the_type_unless_geojson_is_asked_for(anonymous, tree, kind):
    """[S6]"""
    path = tree[kind]
    for query, accept, wanted in [(None, None, "json"), (None, "*/*", "json"), (None, "application/json", "json"),
                                  ({"format": "json"}, None, "json"), ({"format": "geojson"}, None, "geo+json"),
                                  (None, "application/geo+json", "geo+json"),
                                  ({"format": "json"}, "application/geo+json", "json")]:
        answer = anonymous.get(path, query, **({"Accept": accept} if accept else {}))
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"application/{wanted}"), (query, accept)


@pytest.mark.parametrize("kind", KINDS)
def test_browsers_may_read_it(anonymous, tree, kind):
    """[S7]"""
    for answer in (anonymous.get(tree[kind]), anonymous.get(tree[kind], If_Match='"another"')):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert words(answer.headers["access-control-allow-methods"]) == words(READ_ONLY + (",POST" if kind == "search" else ""))
        assert words(answer.headers["access-control-allow-headers"]) == {"Content-Type", "Accept", "Accept-Language"}


@pytest.mark.parametrize("path", ["/collections/none", "/nothing", "/collections/none/items/none/assets/none.txt"])
def test_browsers_may_read_refusals(anonymous, stac, path):
    """[S7]"""
    assert anonymous.get(path).headers["access-control-allow-origin"] == "*"
    for answer in (anonymous.delete(path), stac.delete(path), stac.post("/search", {"bbox": 1})):
        assert answer.status_code >= 400
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("kind", KINDS)
def test_options_are_answered(anonymous, tree, kind):
    """[S7]"""
    answer = anonymous.get(tree[kind], method="OPTIONS", Origin="https://map.example", Access_Control_Request_Method="GET")
    assert answer.status_code in (200, 204)
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("kind", sorted(UNCACHED))
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_lists_over_everything_are_never_cached(anonymous, tree, kind, method):
    """[S8]"""
    answer = anonymous.get(tree[kind], method=method)
    assert answer.headers["cache-control"] == NEVER
    assert parsedate_to_datetime(answer.headers["expires"]) <= datetime.now(timezone.utc)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in UNCACHED | UPLOADS])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_other_resources_may_be_cached_for_a_while(anonymous, tree, kind, method):
    """[S9]"""
    answer = anonymous.get(tree[kind], method=method)
    assert words(answer.headers["cache-control"]) == {"max-age=600", "public"}
    ahead = parsedate_to_datetime(answer.headers["expires"]) - datetime.now(timezone.utc)
    assert 0 < ahead.total_seconds() <= 600


@pytest.mark.parametrize("kind", sorted(UPLOADS))
def test_uploads_are_never_cached(anonymous, tree, kind):
    """[decision D8]"""
    assert anonymous.get(tree[kind]).headers["cache-control"] == "no-store"


def test_what_changes_something_says_nothing_of_caches(stac, anonymous, collection):
    """[S11, section 7]"""
    item = f"{collection}/items/scene"
    answers = [anonymous.search(), stac.put(item), stac.put(item, {"properties": {"datetime": "2020-01-01T00:00:00Z"}}),
               stac.patch(item, {"properties": {"title": "New"}}), stac.delete(item)]
    assert [answer.status_code for answer in answers] == [200, 201, 200, 200, 200]
    assert not [answer.headers["cache-control"] for answer in answers if "cache-control" in answer.headers]


def test_a_collection_passes_its_cache_directives_down(stac, anonymous, set_collection, collection):
    """[S10]"""
    item = stac.make(f"{collection}/items/scene")
    asset, own = stac.make(f"{item}/assets/note.txt"), stac.make(f"{collection}/assets/note.txt")
    set_collection(collection, "--cache-control", "max-age=31, public")
    stac.upload(asset, b"some bytes")
    for path in (collection, f"{collection}/items", item, f"{item}/assets", asset, f"{collection}/assets", own):
        assert words(anonymous.get(path).headers["cache-control"]) == {"max-age=31", "public"}, path
    assert words(httpx.get(stac.read(asset)["href"]).headers["cache-control"]) == {"max-age=31", "public"}
    set_collection(collection, "--cache-control", "off")
    assert words(anonymous.get(item).headers["cache-control"]) == {"max-age=600", "public"}


@pytest.mark.parametrize("path", [
    "/collections/none", "/collections/none/items", "/collections/none/items/none", "/collections/none/assets",
    "/collections/none/assets/none.txt", "/collections/none/items/none/assets", "/collections/{c}/items/none",
    "/collections/{c}/items/none/assets", "/collections/{c}/items/none/assets/none.txt", "/collections/{c}/assets/none.txt",
    "/collections/{c}/items/scene/assets/none.txt", "/collections/{c}/items/scene/assets/none.txt/uploads",
    "/collections/{c}/items/scene/assets/note.txt/uploads/none", "/collections/{c}/assets/note.txt/uploads/none",
    "/collections/{c}/items/scene/assets/note.txt/uploads/none/parts"])
def test_what_there_is_not_is_404(anonymous, tree, path):
    """[S12, S13]"""
    assert tree["collection"] == "/collections/tree"
    refused(anonymous.get(path.replace("{c}", "tree")), 404, "Not found.")


@pytest.mark.parametrize("path", ["", "/items/none", "/assets/none.txt", "/items/scene/assets/none.txt"])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_what_there_is_not_cannot_be_changed(stac, collection, path, method):
    """[S12, S13]"""
    stac.make(f"{collection}/items/scene")
    gone = "/collections/none" if not path else collection
    answer = stac.patch(gone + path, {}) if method == "PATCH" else stac.delete(gone + path)
    refused(answer, 404, "Not found.")


WRITES = [("PUT", ""), ("PATCH", ""), ("PUT", "/items/scene"), ("PATCH", "/items/scene"), ("POST", "/items"),
          ("PUT", "/items/scene/assets/note.txt"), ("PATCH", "/items/scene/assets/note.txt"), ("PUT", "/assets/note.txt"),
          ("POST", "/items/scene/assets/note.txt/uploads")]


@pytest.mark.parametrize(("method", "below"), WRITES)
@pytest.mark.parametrize("kind", ["text/plain", "application/xml"])
def test_bodies_of_another_type_are_415(stac, tree, method, below, kind):
    """[S14]"""
    headers = {"Content-Type": kind, "Idempotency-Key": "k"}
    answer = stac.http.request(method, tree["collection"] + below, content=b"<id>x</id>", headers=headers)
    told = refused(answer, 415)
    assert told.startswith("Unsupported media type")


@pytest.mark.parametrize(("method", "below"), WRITES)
@pytest.mark.parametrize("body", [b"{", b'{"id": }', b"", b"\xff\xfe", b'{"id": "a"} x'])
def test_malformed_json_is_400(stac, tree, method, below, body):
    """[S14]"""
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    answer = stac.http.request(method, tree["collection"] + below, content=body, headers=headers)
    if body == b"" and method == "PATCH" and answer.status_code == 200:
        return  # nothing to change, as `{}`
    refused(answer, 400)


@pytest.mark.parametrize(("method", "below"), WRITES)
@pytest.mark.parametrize("body", [b"[]", b'["id"]', b'"id"', b"7", b"null", b"true"])
def test_json_that_is_no_object_is_400(stac, tree, method, below, body):
    """[S14]"""
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    told = refused(stac.http.request(method, tree["collection"] + below, content=body, headers=headers), 400)
    if isinstance(told, dict):
        assert set(told) == {"non_field_errors"}


@pytest.mark.parametrize("path", ["/collections", "/collections/tree/assets", "/collections/tree/items/scene/assets",
                                  "/collections/tree", "/collections/tree/items/scene"])
def test_lists_take_no_post(stac, anonymous, tree, path):
    """[S15]"""
    assert tree
    refused(anonymous.post(path, {}), 401, "Authentication credentials were not provided.")
    refused(stac.post(path, {}), 405, 'Method "POST" not allowed.')


@pytest.mark.parametrize(("method", "path"), [
    ("PUT", "/"), ("DELETE", "/conformance"), ("DELETE", "/search"), ("PATCH", "/collections"),
    ("DELETE", "/collections/tree/items"), ("PUT", "/collections/tree/items/scene/assets")])
def test_a_method_that_there_is_not_is_405(stac, tree, method, path):
    """[S15, section 2]"""
    assert tree
    refused(stac.http.request(method, path, json={}), 405, f'Method "{method}" not allowed.')


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_checker_answers(anonymous, method):
    """[S16]"""
    answer = httpx.request(method, f"{anonymous.base_url}/checker")
    assert answer.status_code == 200
    assert "no-store" in words(answer.headers["cache-control"])
    if method == "GET":
        assert answer.json() == {"success": True, "message": "OK"}


def test_updating_the_extent_is_open_to_anyone_and_does_nothing(anonymous):
    """[decision D4, section 22]"""
    bodiless(anonymous.http.post("/update-extent"), 200)


@pytest.mark.parametrize(("headers", "origin"), [
    ({"X-Forwarded-Proto": "https", "X-Forwarded-Host": "data.example.org"}, "https://data.example.org"),
    ({"X-Forwarded-Proto": "https"}, None), ({}, None)])
def test_addresses_are_the_trusted_proxys(new_server, headers, origin):
    """[section 2]"""
    server, stac = new_server(LANDFALL_TRUSTED_PROXIES="127.0.0.0/8")
    told = stac.http.get("/", headers=headers).json()
    host = server.base_url.partition("//")[2]
    wanted = origin or (f"https://{host}" if headers else f"http://{host}")
    assert link(told, "self") == f"{wanted}/api/stac/v1/"


def test_a_stranger_cannot_say_what_addresses_begin_with(anonymous):
    """[section 2]"""
    told = anonymous.http.get("/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}).json()
    assert link(told, "self") == f"{anonymous.root}/"


def test_addresses_follow_the_host_of_the_request(server):
    """[section 2]"""
    port = server.base_url.rpartition(":")[2]
    told = httpx.get(f"http://localhost:{port}/api/stac/v1/collections").json()
    assert link(told, "self") == f"http://localhost:{port}/api/stac/v1/collections"


def test_what_is_too_busy_says_503_and_when_to_come_again(new_server):
    """[section 25, retry expectations]"""
    _, stac = new_server(LANDFALL_LIMITS_PUBLIC_READS_PER_MINUTE="3")
    answers = [httpx.get(f"{stac.root}/collections") for _ in range(8)]
    assert {answer.status_code for answer in answers} == {200, 503}
    last = answers[-1]
    refused(last, 503)
    assert int(last.headers["retry-after"]) >= 1
    assert "no-store" in last.headers["cache-control"] or "no-cache" in last.headers["cache-control"]


def test_uploads_count_in_no_window(new_server):
    """An upload guide that is followed is never told to wait. [section 25]"""
    _, stac = new_server(LANDFALL_LIMITS_OPERATIONS_PER_MINUTE="8")
    asset = stac.make(f"{stac.make(stac.make('/collections/c') + '/items/i')}/assets/a.txt")
    for turn in range(6):
        content = b"bytes %d" % turn
        upload = stac.post(f"{asset}/uploads", announced(content)).json()
        url = upload["urls"][0]["url"]
        etag = accepted(put_part(url, content, announced(content)["md5_parts"][0]["md5"])).headers["etag"]
        accepted(stac.post(f"{asset}/uploads/{upload['upload_id']}/complete", {"parts": [{"part_number": 1, "etag": etag}]}))


def test_a_body_beyond_the_limit_is_refused_in_the_shape_of_the_face(new_server):
    """[S12]"""
    _, stac = new_server(LANDFALL_LIMITS_JSON_BODY_BYTES="20000")
    body = body_of("/collections/c", {"description": "x" * 30_000})
    refused(stac.http.put("/collections/c", json=body), 413)
