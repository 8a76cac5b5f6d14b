"""Large bodies in constant memory: what a process holds does not grow with what passes through it."""

from __future__ import annotations

import contextlib
import hashlib
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from support.processes import MemoryGrowth
from support.rasters import small_scene
from support.server import Server

MIB, GIB = 1 << 20, 1 << 30
PIECE = 4 * MIB


@pytest.fixture(scope="module")
def roomy(make_server) -> Server:
    """A server that has already worked once, so that only bodies can make it grow."""
    server = make_server()
    api = server.api()
    api.http.get(api.download(api.upload_one(small_scene())))
    return server


def put_zeros(url: str, head: bytes, total: int) -> int:
    """PUTs `head` and zeros up to `total` bytes without making them; gives the status."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), timeout=600) as connection:
        connection.sendall(f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                           f"Content-Type: image/tiff\r\nContent-Length: {total}\r\n\r\n".encode() + head)
        left, piece = total - len(head), memoryview(bytes(PIECE))
        while left > 0:
            connection.sendall(piece[: min(left, PIECE)])
            left -= PIECE
        return int(connection.recv(4096).split(b" ", 2)[1])


def digest_of_zeros(head: bytes, total: int) -> str:
    """SHA-256 of `head` and zeros up to `total` bytes."""
    digest, left, piece = hashlib.sha256(head), total - len(head), memoryview(bytes(PIECE))
    while left > 0:
        digest.update(piece[: min(left, PIECE)])
        left -= PIECE
    return digest.hexdigest()


def fetched(url: str) -> tuple[str, int]:
    """SHA-256 and length of a download, without holding it."""
    digest, length = hashlib.sha256(), 0
    with httpx.stream("GET", url, timeout=600) as answer:
        assert answer.status_code == 200
        for piece in answer.iter_raw(PIECE):
            digest.update(piece)
            length += len(piece)
    return digest.hexdigest(), length


@pytest.mark.parametrize("total", [512 * MIB, pytest.param(2 * GIB, marks=pytest.mark.slow)], ids=["512 MiB", "2 GiB"])
def test_a_large_file_comes_back_with_the_same_digest(roomy, total):
    """[design section 5]"""
    api = roomy.api().new_project("Large")
    head = small_scene()
    upload = api.initiate(total)
    growth = MemoryGrowth(roomy.pid)
    assert put_zeros(api.sign(upload, "large.tif"), head, total) == 200
    [item] = api.complete(upload)
    assert fetched(api.download(item)) == (digest_of_zeros(head, total), total)
    assert api.assets(item)["data"]["checksum"] == "1220" + digest_of_zeros(head, total)
    assert growth.peak() < 64 * MIB, f"{growth.peak() / MIB:.0f} MiB"
    api.call("items.delete", {"item_id": item})


@pytest.mark.parametrize(("each", "at_once", "limit"), [
    (256 * MIB, 1, 64 * MIB),
    (64 * MIB, 8, 256 * MIB),
    pytest.param(2 * GIB, 1, 64 * MIB, marks=pytest.mark.slow),
    pytest.param(2 * GIB, 8, 256 * MIB, marks=pytest.mark.slow),
], ids=["one of 256 MiB", "eight of 64 MiB", "one of 2 GiB", "eight of 2 GiB"])
def test_puts_take_constant_memory(roomy, each, at_once, limit):
    """[design section 7]"""
    api = roomy.api().new_project("Memory")
    upload = api.initiate(each * at_once, file_count=at_once)
    urls = [api.sign(upload, f"{number}.tif") for number in range(at_once)]
    growth = MemoryGrowth(roomy.pid)
    with ThreadPoolExecutor(at_once) as pool:
        assert set(pool.map(lambda url: put_zeros(url, b"", each), urls)) == {200}
    peak = growth.peak()
    print(f"{at_once} PUTs of {each / MIB:.0f} MiB: the server grew by {peak / MIB:.1f} MiB")
    assert peak < limit, f"{peak / MIB:.0f} MiB"
    api.call("uploads.fail", {"upload_id": upload, "error_message": "only measured"})


@pytest.mark.parametrize(("begin", "piece", "end"), [
    (b'"type":"', b"a", b'"'),
    (b'"properties":{"a":[', b"0,", b"0]}"),
    (b'"properties":{"a":[', b"{},", b"0]}"),
    (b'"properties":{"a":[', b"0,", b"}"),
], ids=["a long text", "numbers", "objects", "malformed"])
def test_large_json_bodies_at_once_take_bounded_memory(roomy, begin, piece, end):
    """[contract section 1.2]"""
    api = roomy.api().new_project("Bodies")
    body = b'{"project_id":"x",' + begin + piece * (9 * MIB // len(piece)) + end + b"}"
    growth = MemoryGrowth(roomy.pid)

    def ask(_: int) -> int:
        return api.within(api.project).http.post("/v1/op/items.create", content=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(32))) <= {413, 422, 503}
    assert growth.peak() < 384 * MIB, f"{growth.peak() / MIB:.0f} MiB"


def test_bodies_that_never_end_take_bounded_memory_and_hinder_nobody(roomy):
    """[design section 7]"""
    url = urlsplit(roomy.base_url)
    growth = MemoryGrowth(roomy.pid)
    stalled = [socket.create_connection((url.hostname, url.port), timeout=30) for _ in range(60)]
    for connection in stalled:
        with contextlib.suppress(OSError):  # refused ones are reset while they send
            connection.sendall(f"POST /v1/op/items.get HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Length: {10 * MIB}"
                               "\r\n\r\n".encode() + bytes(10 * MIB - 1))
    assert roomy.api().op("items.get", {"item_id": "missing"}).status_code == 404
    assert growth.peak() < 256 * MIB, f"{growth.peak() / MIB:.0f} MiB"
    for connection in stalled:
        connection.close()


def test_a_reader_that_stops_holds_no_copy_of_the_file(roomy):
    """[design section 7]"""
    api = roomy.api().new_project("Stalled")
    upload = api.initiate(128 * MIB)
    put_zeros(api.sign(upload, "stalled.tif"), small_scene(), 128 * MIB)
    [item] = api.complete(upload)
    url = urlsplit(api.download(item))
    growth = MemoryGrowth(roomy.pid)
    stalled = [socket.create_connection((url.hostname, url.port), timeout=30) for _ in range(50)]
    for connection in stalled:
        connection.sendall(f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\n\r\n".encode())
        assert connection.recv(1024).startswith(b"HTTP/1.1 200")
    assert api.item(item)["id"] == item
    assert growth.peak() < 64 * MIB, f"{growth.peak() / MIB:.0f} MiB"
    for connection in stalled:
        connection.close()
