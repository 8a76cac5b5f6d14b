"""Clients of the STAC API who mean harm. Contract: swisstopo.md sections 2 and 4, design section 12."""

from __future__ import annotations

import base64
import json

import httpx
import pytest

from support import processes
from support.raw_http import RawConnection
from support.stac import Stac, accepted, body_of, fetch, ids, link, refused

TYPE = {"Content-Type": "application/json"}
#: Largest JSON body of the server that is besieged; geometries of 10^7 vertices are far beyond.
BODY_BYTES = 8_000_000
#: Peak of memory that one refused body may cost.
ALLOWED_GROWTH = 300_000_000


@pytest.fixture(scope="module")
def besieged(make_server):
    """A server that takes bodies of some size and waits little."""
    return make_server(LANDFALL_LIMITS_JSON_BODY_BYTES=str(BODY_BYTES), LANDFALL_IDLE_SECONDS="2", LANDFALL_HEADER_SECONDS="2")


@pytest.fixture(scope="module")
def writer(besieged) -> Stac:
    """Who may write there; there is a collection `c` with an item `i`."""
    stac = Stac(besieged.base_url, (besieged.world["stac_user"], besieged.world["stac_password"]))
    stac.make(f"{stac.make('/collections/c')}/items/i")
    return stac


def credentials(stac: Stac) -> str:
    """The header line that a library would send."""
    return f"Authorization: Basic {base64.b64encode(':'.join(stac.auth).encode()).decode()}"


def polygon(vertices: int) -> str:
    """The text of a geometry of so many vertices."""
    ring = ",".join(f"[{7 + n % 1000 / 1000},{46 + n / vertices}]" for n in range(vertices))
    return '{"type":"Polygon","coordinates":[[%s,[7.0,46.0]]]}' % ring


@pytest.mark.parametrize("vertices", [250_000, 10_000_000])
@pytest.mark.parametrize("face", ["item", "search"])
def test_geometries_without_end_are_refused_cheaply(besieged, writer, vertices, face):
    """[section 2] As far as the body's limit lets them in they are read, and cost what they cost."""
    growth = processes.MemoryGrowth(besieged.pid)
    geometry = polygon(min(vertices, 500_000))
    body = ('{"id":"i","properties":{"datetime":"2024-01-01T00:00:00Z"},"geometry":%s}' if face == "item" else '{"intersects":%s}') % geometry
    method, path = ("PUT", "/collections/c/items/i") if face == "item" else ("POST", "/search")
    content = iter([body.encode()] + [b" " * 1_000_000] * (vertices // 50_000 - 5)) if vertices > 500_000 else body.encode()
    try:
        answer = writer.http.request(method, path, content=content, headers=TYPE)
        assert answer.status_code in (200, 400, 413), answer.text[:300]
        if answer.status_code != 200:
            refused(answer, answer.status_code)
    except httpx.WriteError:
        pass  # refused before everything was sent
    assert growth.peak() < ALLOWED_GROWTH
    accepted(writer.get("/collections/c/items/i"))


@pytest.mark.parametrize("opening", ['{"a":', "["])
@pytest.mark.parametrize("depth", [1000, 1_000_000])
@pytest.mark.parametrize(("method", "path"), [("PUT", "/collections/c"), ("PUT", "/collections/c/items/i"), ("POST", "/search"),
                                              ("POST", "/collections/c/items"), ("PATCH", "/collections/c/items/i")])
def test_deep_json_is_refused(writer, opening, depth, method, path):
    """[S14]"""
    headers = TYPE | {"Idempotency-Key": "k"}
    refused(writer.http.request(method, path, content=opening * depth, headers=headers), 400)
    refused(writer.http.request(method, path, content='{"geometry":' + opening * depth, headers=headers), 400)


@pytest.mark.parametrize("parameter", ["query", "intersects"])
def test_deep_json_in_an_address_is_refused(writer, parameter):
    """[S69, S70]"""
    refused(writer.get("/search", {parameter: "[" * 3000}), 400)
    refused(writer.get("/search", {parameter: '{"a":' * 600 + "1" + "}" * 600}), 400)


@pytest.mark.parametrize(("member", "value"), [("title", "x\u0000y"), ("title", "\ud800"), ("description", "\ud800"),
                                               ("license", "a\u0000b")])
def test_texts_that_no_database_keeps_are_400(writer, member, value):
    """[section 4]"""
    body = json.dumps(body_of("/collections/c") | {member: value})
    refused(writer.http.put("/collections/c", content=body, headers=TYPE), 400)


@pytest.mark.parametrize("value", ["\u00e9", "e\u0301", "\u202etxet", "\U0001f6f0\ufe0f", "<script>alert(1)</script>",
                                   "'; DROP TABLE item; --", "\\u0000", "{{7*7}}", "%s%n"])
def test_odd_texts_come_back_as_they_went(writer, value):
    """[section 2]"""
    accepted(writer.put("/collections/c", {"title": value, "description": value}))
    told = writer.read("/collections/c")
    assert (told["title"], told["description"]) == (value, value)


def test_ids_that_differ_in_unicode_form_are_neither_made_nor_confused(writer):
    """[S27]"""
    for name in ("caf\u00e9", "cafe\u0301", "\uff43"):
        refused(writer.http.put(f"/collections/{name}", json=body_of("/collections/x", {"id": name})), 400)
        refused(writer.get(f"/collections/{name}"), 404, "Not found.")
    assert writer.found(ids=["i\u0301", "\u0131", "I"]) == []


@pytest.mark.parametrize("value", ["x\r\nX-Evil: 1", "x\nSet-Cookie: a=b", "x\r\n\r\n<html>"])
def test_titles_make_no_headers(writer, value):
    """[section 7]"""
    item = "/collections/c/items/headers"
    writer.put(item)
    answers = [writer.put("/collections/c", {"title": value}), writer.patch(item, {"properties": {"title": value}}),
               writer.put(f"{item}/assets/a.txt", {"title": value}), writer.put(f"{item}/assets/a.txt", {"type": f"text/plain{value}"}),
               writer.get("/search", {"cursor": value}), writer.put(item,
                                                                    {"links": [{"rel": "about", "href": "https://a.example",
                                                                                "title": value}]})]
    answers += [writer.get(path) for path in ("/collections/c", item, "/collections", f"{item}/assets/a.txt")]
    for answer in answers:
        assert "x-evil" not in answer.headers and "set-cookie" not in answer.headers
        assert answer.headers["content-type"] == "application/json"


def test_encodings_of_uploads_make_no_headers(writer):
    """[S85]"""
    asset = "/collections/c/assets/a.txt"
    writer.put(asset)
    refused(writer.post(f"{asset}/uploads", {"number_parts": 1, "md5_parts": [{"part_number": 1, "md5": "1B2M2Y8AsgTpgAmY7PhCfg=="}],
                                             "file:checksum": "1220" + "0" * 64, "content_encoding": "gzip\r\nX-Evil: 1"}), 400)


PATHS = ["/collections/../collections/c", "/collections/%2e%2e/collections", "/collections/c/../../../../etc/passwd",
         "/collections/..%2f..%2fetc%2fpasswd",
         "/collections/c%00", "/collections/c%2fitems%2fi", "/collections/%63", "/collections//c", "/collections/c/items/i%20",
         "/collections/c/items/%ff",
         "/collections/c/items/i;a=b", "/collections/%", "/collections/%zz", "/collections/c/items/i%0d%0aX-Evil:1",
         "/collections/c/items/" + "i" * 5000]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_paths_that_are_none_lead_nowhere(besieged, writer, path, method):
    """[S13, S27] Sent as they are, which an HTTP library would not."""
    with RawConnection(f"{besieged.base_url}/api/stac/v1{path}") as wire:
        wire.send_head(method, credentials(writer), "Content-Type: application/json", "Content-Length: 2", "Connection: close")
        wire.send(b"{}")
        status, headers = wire.read_head()
        body = wire.read_body(headers)
    plain = path in ("/collections/%63", "/collections/../collections/c", "/collections/%2e%2e/collections")
    assert status in ((200, 301, 308, 400, 404, 405, 409) if plain else (301, 308, 400, 404, 405, 414, 431)), body[:300]
    assert "x-evil" not in headers and b"root:" not in body
    accepted(writer.get("/collections/c/items/i"))
    if plain and method == "DELETE":
        assert status != 200


@pytest.mark.parametrize("path", ["/c/i/../../../etc/passwd", "/c/i/..%2f..%2fcatalog.db", "/c/i/%2e%2e/a.txt",
                                  "/c/i/a.txt%00.tif", "/c//a.txt", "/c/i/a.txt/"])
def test_hrefs_that_are_none_lead_nowhere(besieged, writer, path):
    """[section 16]"""
    asset = "/collections/c/items/i/assets/a.txt"
    if writer.put(asset).status_code == 201:
        writer.upload(asset, b"the bytes")
    with RawConnection(besieged.base_url + path) as wire:
        wire.send_head("GET", "Connection: close")
        status, headers = wire.read_head()
        body = wire.read_body(headers)
    assert status in (301, 400, 403, 404), body[:300]
    assert b"SQLite" not in body and b"root:" not in body and b"the bytes" not in body


@pytest.mark.parametrize("path", ["/collections/c", "/search", "/collections/c/items"])
def test_a_body_without_end_is_413(besieged, writer, path):
    """[section 4]"""
    with RawConnection(f"{besieged.base_url}/api/stac/v1{path}") as wire:
        method = "PUT" if path == "/collections/c" else "POST"
        wire.send_head(method, credentials(writer), "Content-Type: application/json", "Idempotency-Key: k",
                       "Content-Length: 99999999999999")
        status, headers = wire.read_head()
        assert status == 413
        assert json.loads(wire.read_body(headers))["code"] == 413


def test_a_body_of_a_stranger_is_not_read(besieged):
    """[section 3] Who is nobody is told before a large body came."""
    with RawConnection(f"{besieged.base_url}/api/stac/v1/collections/c") as wire:
        wire.send_head("PUT", "Content-Type: application/json", f"Content-Length: {BODY_BYTES - 1}")
        assert wire.read_head()[0] in (401, 408, 0)


def test_a_part_that_stops_short_leaves_nothing(besieged, writer):
    """[section 15]"""
    asset = "/collections/c/assets/short.txt"
    writer.put(asset)
    upload = writer.begin(asset, b"x" * 1000)
    with RawConnection(upload.url(1)) as wire:
        wire.send_head("PUT", f"Content-MD5: {upload.document['md5_parts'][0]['md5']}", "Content-Length: 1000")
        wire.send(b"x" * 500)
    assert writer.read(f"{upload.path}/parts")["parts"] == []
    accepted(upload.send(1))
    accepted(upload.abort())


@pytest.mark.parametrize("count", [2000, 100_000])
def test_many_links_and_providers_are_bounded(writer, count):
    """[section 2]"""
    many = [{"rel": f"r{n}", "href": "https://a.example"} for n in range(count)]
    answer = writer.http.put("/collections/many", json=body_of("/collections/many", {"links": many}))
    assert answer.status_code in (200, 201, 400, 413), answer.text[:300]
    if answer.status_code < 300:
        assert len(writer.read("/collections/many")["links"]) >= count
        accepted(writer.delete("/collections/many"))


def test_cursors_of_another_query_do_not_mix(writer):
    """[section 6] Whatever they bring, it keeps to the filter of the request, or is refused."""
    for n in range(6):
        writer.put(f"/collections/c/items/p{n}")
    href = link(writer.read("/search", {"limit": 2}), "next")
    cursor = httpx.URL(href).params["cursor"]
    answer = writer.get("/search", {"limit": 2, "cursor": cursor, "collections": "none"})
    if answer.status_code == 200:
        assert ids(answer.json()["features"]) == []
    else:
        refused(answer, 404, "Invalid cursor")


@pytest.mark.parametrize("query", [{"limit": ["1", "2"]}, {"bbox": ["1,2,3,4", "5,6,7,8"]}, {"ids": ["a", "b"]},
                                   {"cursor": ["x", "y"]}, {"query": ["{}", "{"]}])
def test_parameters_that_come_twice_do_no_harm(writer, query):
    """[section 17]"""
    assert writer.get("/search", query).status_code in (200, 400, 404)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1e-400", "9" * 400, "1.7976931348623157e309"])
def test_numbers_beyond_reason_are_400(writer, number):
    """[S51, S61]"""
    body = '{"id":"i","properties":{"datetime":"2024-01-01T00:00:00Z"},"geometry":{"type":"Point","coordinates":[%s,0]}}' % number
    answer = writer.http.put("/collections/c/items/i", content=body, headers=TYPE)
    assert answer.status_code == (200 if number == "1e-400" else 400), answer.text[:300]
    if number != "1e-400":
        refused(writer.http.post("/search", content='{"bbox":[0,0,1,%s]}' % number, headers=TYPE), 400)


def test_members_that_come_twice_do_no_harm(writer):
    """[section 2]"""
    body = '{"id":"c","id":"other","description":"x","license":"y"}'
    assert writer.http.put("/collections/c", content=body, headers=TYPE).status_code in (200, 400)
    assert fetch(f"{writer.root}/collections/other").status_code == 404


def test_the_server_still_stands(besieged, writer):
    """[design section 12]"""
    assert httpx.get(f"{besieged.base_url}/healthz").status_code == 200
    assert "i" in writer.listed("/collections/c")
