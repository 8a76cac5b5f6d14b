"""Clients that break HTTP, JSON or the signature of a URL on purpose."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from urllib.parse import quote, urlsplit

import httpx
import pytest

from support import processes
from support.answers import problem, storage_error
from support.api import wait_for
from support.rasters import small_scene
from support.raw_http import RawConnection

HEADER_SECONDS = 2
JSON = "Content-Type: application/json"
OPERATION = "/v1/op/items.search"


@pytest.fixture(scope="module")
def short(make_server):
    """A server that waits little for headers and bodies."""
    return make_server(LANDFALL_HEADER_SECONDS=str(HEADER_SECONDS), LANDFALL_IDLE_SECONDS=str(HEADER_SECONDS),
                       LANDFALL_LIMITS_JSON_BODY_BYTES="100000")


def raw(server, content: bytes, seconds: float = 20) -> bytes:
    """Everything that comes back for exact bytes until the server closes or falls silent."""
    parts = urlsplit(server.base_url)
    with socket.create_connection((parts.hostname, parts.port), timeout=seconds) as connection:
        connection.sendall(content)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass  # refused before everything was sent
        return answer


def status_of(answer: bytes) -> int:
    """Status of the first answer; 0 if there is none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


def post(api, content: bytes, operation: str = "items.search") -> httpx.Response:
    """An operation with exact bytes as its body."""
    return api.http.post(f"/v1/op/{operation}", content=content, headers={"Content-Type": "application/json"})


# Slow


def test_headers_that_trickle_are_ended_in_time_and_others_are_served(short):
    """[design section 7]"""
    parts = urlsplit(short.base_url)
    crowd = [socket.create_connection((parts.hostname, parts.port), timeout=30) for _ in range(200)]
    for connection in crowd:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    end = threading.Event()
    trickle = threading.Thread(target=drip, args=(crowd, end))
    trickle.start()
    try:
        assert short.api().http.get("/healthz").status_code == 200
        for connection in crowd:
            assert status_of(read_to_end(connection)) in (0, 408)
    finally:
        end.set()
        trickle.join()
        for connection in crowd:
            connection.close()


def drip(connections: list[socket.socket], end: threading.Event) -> None:
    """Sends a byte of a header on each connection now and then."""
    while not end.wait(0.3):
        for connection in connections:
            try:
                connection.sendall(b"a")
            except OSError:
                continue


def read_to_end(connection: socket.socket) -> bytes:
    """What arrives until the peer closes."""
    answer = b""
    try:
        while piece := connection.recv(4096):
            answer += piece
    except ConnectionResetError:
        pass
    return answer


def test_connections_that_say_nothing_give_their_descriptors_back(short):
    """[design section 7]"""
    parts = urlsplit(short.base_url)
    before = processes.open_files(short.pid)
    crowd = [socket.create_connection((parts.hostname, parts.port), timeout=30) for _ in range(300)]
    for connection in crowd:
        assert status_of(read_to_end(connection)) in (0, 408)
        connection.close()
    wait_for("the descriptors", lambda: processes.open_files(short.pid) <= before + 20)


# Too large


def test_a_put_that_falls_silent_is_ended_as_s3_ends_it(short):
    """[design section 7]"""
    api = short.api()
    with RawConnection(api.sign(api.initiate(), "scene.tif")) as wire:
        wire.send_head("PUT", "Content-Type: image/tiff", "Content-Length: 1000")
        wire.send(b"not all of it")
        status, headers = wire.read_head()
        assert status == 400 and b"<Code>RequestTimeout</Code>" in wire.read_body(headers)


def test_a_header_without_end_is_431(short):
    """[design section 12]"""
    assert status_of(raw(short, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000)) == 431
    assert status_of(raw(short, b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")) in (414, 431)
    many = b"".join(b"X-%d: y\r\n" % n for n in range(10_000))
    assert status_of(raw(short, b"GET / HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n")) == 431


def test_a_body_beyond_the_limit_is_413_also_without_a_length(short):
    """[contract section 1.2]"""
    api = short.api()
    problem(post(api, b" " * 100_001), 413)
    problem(api.http.post(OPERATION, content=iter([b" " * 60_000] * 2), headers={"Content-Type": "application/json"}), 413)
    with RawConnection(short.base_url + OPERATION) as connection:
        connection.send_head("POST", JSON, f"Authorization: Bearer {api.key}", "Content-Length: 999999999999999")
        assert connection.read_head()[0] == 413


# Smuggling

HEAD = b"POST /v1/op/items.search HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
SMUGGLED = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("head", [
    HEAD + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    HEAD + b"Content-Length: 0\r\nContent-Length: 37\r\n\r\n",
    HEAD + b"Content-Length: 0, 37\r\n\r\n",
    HEAD + b"Content-Length: +0\r\n\r\n",
    HEAD + b"Content-Length: -1\r\n\r\n",
    HEAD + b"Content-Length: 0x0\r\n\r\n",
    HEAD + b"Content-Length: 18446744073709551616\r\n\r\n",
    HEAD + b"Content-Length : 0\r\n\r\n",
    HEAD + b"Transfer-Encoding: identity\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    HEAD + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\n\n",
    HEAD + b"X: a\r\n folded\r\n\r\n",
    HEAD + b"X: a\0b\r\n\r\n",
    HEAD + b"X: a\rContent-Length: 5\r\n\r\n",
    HEAD + b"Host: y\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n\r\n",
    b"GET /healthz HTTP/1.1\nHost: x\n\n",
    b"GET  /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /healthz HTTP/2.0\r\nHost: x\r\n\r\n",
    b"GET /healthz\r\n\r\n",
    b"GET healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + bytes(200),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\0" * 1000,
], ids=lambda head: repr(head[len(HEAD):] if head.startswith(HEAD) else head)[2:60])
def test_a_request_of_doubtful_form_is_refused_and_nothing_behind_it_is_read(besieged, head):
    """[design section 12]"""
    answer = raw(besieged, head + SMUGGLED)
    assert 400 <= status_of(answer) < 600 and status_of(answer) != 500, answer
    assert len(re.findall(rb"HTTP/1\.1 \d\d\d ", answer)) == 1, answer


# JSON


@pytest.mark.parametrize("content", [
    b"{", b"}", b"nul", b"{\"a\":}", b"{'a':1}", b"{\"a\":1,}", b"[1,2", b"\"", b"\xff\xfe{\0}\0", b"{} {}", b"{}x",
    b"{\"project_id\":\"\xff\xff\"}", b"{\"project_id\":\"\xed\xa0\x80\"}", b"{\"project_id\":\"\xc0\xaf\"}",
    b"{\"project_id\":\"\\ud800\"}", b"{\"project_id\":\"a\nb\"}", b"{\"limit\":NaN}", b"{\"limit\":Infinity}",
    b"{\"limit\":01}", b"{\"limit\":+1}", b"{\"limit\":1e400}", b"{\"limit\":0x10}", b"[" * 100_000, b"{\"a\":" * 50_000,
    b"[" * 50_000 + b"]" * 50_000, b"\0" * 100,
], ids=lambda content: repr(content[:24])[2:-1])
def test_broken_json_is_a_problem_document(besieged, content):
    """[contract section 1.2]"""
    answer = post(besieged.api(), content)
    assert answer.status_code in (400, 413, 422), answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize("value", [
    "1e308", "-1e308", "99999999999999999999999999", "1" * 5000, "9223372036854775807", "9223372036854775808", "-1", "1.5",
    "1e999", "-0.0", "true", "null", "\"1\"", "[]", "{}", "[" * 200 + "]" * 200,
])
def test_an_odd_number_is_refused_or_taken_but_never_breaks(besieged, value):
    """[contract section 1.2]"""
    api = besieged.api()
    for field in ("limit", "offset"):
        body = f'{{"project_id":"{api.project}","{field}":{value}}}'.encode()
        assert post(api, body).status_code in (200, 400, 422), (field, value)
    body = f'{{"project_id":"{api.project}","total_bytes":{value},"file_count":{value}}}'.encode()
    assert post(api, body, "uploads.initiate").status_code in (200, 400, 402, 422), value


@pytest.mark.parametrize("text", ["a\0b", "\0", "a' OR '1'='1", "\ud7ff\U0010ffff", "x" * 10_000, "%00", "../../etc/passwd",
                                  "{{7*7}}", "${jndi:ldap://127.0.0.1/a}", "\u202e\u0000"])
def test_odd_text_in_every_place_is_refused_or_taken_but_never_breaks(besieged, text):
    """[design section 12]"""
    api = besieged.api()
    bodies = {
        "items.get": {"item_id": text},
        "items.create": {"project_id": api.project, "type": "user_raster", "name": text, "properties": {text: text}},
        "items.search": {"project_id": api.project, "query": {text: {"eq": text}}, "datetime": text},
        "collections.create": {"project_id": api.project, "name": text, "description": text, "color": text},
        "uploads.initiate": {"project_id": api.project, "asset_key": text, "target_item_id": text},
        "uploads.progress": {"upload_id": text, "status": text},
        "items.tile.render": {"item_id": text, "z": 0, "x": 0, "y": 0, "expression": text, "colormap": text},
        "projects.create": {"name": text},
        "api_keys.create": {"name": text, "permissions": [text]},
        "provenance.get": {"entity_type": text, "entity_id": text},
    }
    for operation, body in bodies.items():
        answer = api.op(operation, body)
        assert answer.status_code < 500, (operation, answer.text)
        assert answer.json() is not None
    api.call("items.list", {"project_id": api.project})


def test_deep_and_wide_documents_are_bounded(besieged):
    """[design section 12]"""
    api = besieged.api().new_project("Deep")
    deep: dict = {}
    for _ in range(200):
        deep = {"a": deep}
    wide = {f"k{n}": n for n in range(50_000)}
    ring = [[n / 1000, 0] for n in range(200_000)]
    for fields in ({"properties": deep}, {"properties": wide}, {"geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}},
                   {"geometry": {"type": "GeometryCollection", "geometries": [deep]}}, {"bbox": [1e400, 0, 1, 1]}):
        text = json.dumps({"project_id": api.project, "type": "user_raster", "name": "x", **fields}).replace("Infinity", "1e400")
        assert post(api, text.encode(), "items.create").status_code in (200, 400, 413, 422), str(fields)[:80]
    api.call("items.list", {"project_id": api.project})


# Paths and URLs


@pytest.mark.parametrize("path", ["../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/catalog.db", "....//catalog.db",
                                  "uploads/..%5c..%5ccatalog.db", "%00", "a%00b", "//etc/passwd", "%c0%ae%c0%ae/catalog.db",
                                  "landfall/../../catalog.db", ".", "", "landfall/", "%", "%zz"])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_no_path_leads_out_of_the_store(besieged, path, method):
    """[design section 12]"""
    head = f"{method} /storage/landfall/{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    answer = raw(besieged, head.encode())
    assert status_of(answer) in (400, 403, 404, 405), answer
    assert b"root:" not in answer and b"SQLite" not in answer


def test_a_url_of_one_file_opens_no_other(besieged):
    """[design section 7]"""
    api = besieged.api().new_project("Replay")
    first, second = (api.initiate(10) for _ in range(2))
    one = api.sign(first, "one.tif")
    api.sign(first, "two.tif")
    api.sign(second, "one.tif")
    query = urlsplit(one).query
    for path in (f"uploads/{first}/two.tif", f"uploads/{second}/one.tif", f"uploads/{first}/./one.tif",
                 f"uploads/{first}/one.tif/", f"uploads/{first}//one.tif", f"uploads/{first}/{quote('one.tif', safe='')}%20"):
        with RawConnection(besieged.base_url) as connection:
            connection.send_head("PUT", "Content-Type: image/tiff", "Content-Length: 1",
                                 target=f"/storage/landfall/{path}?{query}")
            assert connection.read_head()[0] in (400, 403, 404), path
    for method in ("GET", "HEAD", "POST", "DELETE", "PATCH"):
        assert httpx.request(method, one, headers={"Content-Type": "image/tiff"}).status_code in (403, 405), method


def test_query_tricks_do_not_loosen_a_signature(besieged):
    """[design section 7]"""
    api = besieged.api().new_project("Tricks")
    url = api.download(api.upload_one(small_scene()))
    assert httpx.get(url).status_code == 200
    parameters = dict(pair.split("=", 1) for pair in urlsplit(url).query.split("&"))
    base = url.partition("?")[0]

    def joined(change: dict[str, str]) -> str:
        return base + "?" + "&".join(f"{name}={value}" for name, value in (parameters | change).items())

    tricks = [url + "&X-Amz-Expires=604800", url + "&x=1", url + "&X-Amz-Signature=" + "0" * 64, url + "&", base,
              joined({"X-Amz-Expires": "604800"}), joined({"X-Amz-Expires": "-1"}), joined({"X-Amz-Expires": "9" * 30}),
              joined({"X-Amz-Signature": ""}), joined({"X-Amz-Signature": parameters["X-Amz-Signature"].upper()}),
              joined({"X-Amz-SignedHeaders": ""}), joined({"X-Amz-Algorithm": "none"}), joined({"X-Amz-Date": "20990101T000000Z"}),
              joined({"X-Amz-Credential": "a%2F20260101%2Fus-east-1%2Fs3%2Faws4_request"})]
    for trick in tricks:
        answer = httpx.get(trick)
        assert answer.status_code in (400, 403) or trick == url + "&", (trick, answer.status_code)
        if answer.status_code != 200:
            storage_error(answer, answer.status_code)


def test_a_slow_download_and_a_slow_upload_block_nobody(besieged):
    """[design section 7]"""
    api = besieged.api().new_project("Slow")
    content = small_scene() + bytes(8 << 20)
    url = api.download(api.upload_one(content))
    target = api.sign(api.initiate(1 << 20), "slow.tif")
    readers, writers = [RawConnection(url) for _ in range(40)], [RawConnection(target) for _ in range(40)]
    try:
        for connection in readers:
            connection.send_head("GET")
        for connection in writers:
            connection.send_head("PUT", "Content-Type: image/tiff", "Content-Length: 1048576")
            connection.send(b"II*\0")
        began = time.monotonic()
        assert httpx.get(url).content == content
        api.upload_one(small_scene(2), "quick.tif")
        assert time.monotonic() - began < 30
    finally:
        for connection in readers + writers:
            connection.__exit__()
