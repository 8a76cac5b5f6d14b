"""The files of assets. Contract: swisstopo.md section 16."""

from __future__ import annotations

import gzip
import hashlib
from email.utils import parsedate_to_datetime

import pytest

from support.stac import COG, LEAST_PART, accepted, bodiless, checksum, fetch, md5_of

CONTENT = b"0123456789" * 1000
PACKED = gzip.compress(CONTENT, mtime=0)


@pytest.fixture(scope="module")
def hrefs(stac) -> dict[str, str]:
    """Addresses of a file of an item, of one of a collection, and of one that was sent compressed."""
    collection = stac.make("/collections/downloads")
    item = stac.make(f"{collection}/items/scene")
    paths = {"item": f"{item}/assets/note.txt", "collection": f"{collection}/assets/note.csv", "packed": f"{item}/assets/packed.json"}
    for path in paths.values():
        stac.make(path)
    stac.upload(paths["item"], CONTENT)
    stac.upload(paths["collection"], CONTENT)
    stac.upload(paths["packed"], PACKED, **{"content_encoding": "gzip", "file:checksum": checksum(CONTENT)})
    return {name: stac.read(path)["href"] for name, path in paths.items()}


KINDS = [("item", "text/plain"), ("collection", "text/csv"), ("packed", "application/json")]


@pytest.mark.parametrize(("kind", "media_type"), KINDS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_headers_of_a_file(hrefs, kind, media_type, method):
    """[S102, S103]"""
    told = fetch(hrefs[kind], method)
    stored = PACKED if kind == "packed" else CONTENT
    assert told.status_code == 200 and told.content == (stored if method == "GET" else b"")
    assert told.headers["content-type"] == media_type
    assert {word.strip() for word in told.headers["cache-control"].split(",")} == {"max-age=7200", "public"}
    assert told.headers["x-amz-meta-sha256"] == hashlib.sha256(CONTENT).hexdigest()
    assert told.headers["etag"].startswith('"') and told.headers["etag"].endswith('"')
    assert told.headers["content-length"] == str(len(stored))
    assert told.headers["access-control-allow-origin"] == "*"
    assert told.headers.get("content-encoding") == ("gzip" if kind == "packed" else None)
    assert parsedate_to_datetime(told.headers["last-modified"])


@pytest.mark.parametrize(("kind", "_"), KINDS)
def test_what_is_unchanged_is_not_sent_again(hrefs, kind, _):
    """[S102]"""
    known = fetch(hrefs[kind])
    for header in (known.headers["etag"], f'"other", {known.headers["etag"]}', f"W/{known.headers['etag']}", "*"):
        told = bodiless(fetch(hrefs[kind], If_None_Match=header), 304)
        assert told.headers["etag"] == known.headers["etag"]
    bodiless(fetch(hrefs[kind], If_Modified_Since=known.headers["last-modified"]), 304)
    assert fetch(hrefs[kind], If_None_Match='"other"').status_code == 200
    assert fetch(hrefs[kind], If_Match=known.headers["etag"]).status_code == 200
    assert fetch(hrefs[kind], If_Match='"other"').status_code == 412


@pytest.mark.parametrize(("header", "reach"), [("bytes=0-0", (0, 1)), ("bytes=5-99", (5, 100)), ("bytes=9990-", (9990, 10000)),
                                               ("bytes=-10", (9990, 10000)),
                                               ("bytes=9000-99999", (9000, 10000))])
def test_a_part_of_a_file(hrefs, header, reach):
    """[section 16: range requests]"""
    told = fetch(hrefs["item"], Range=header)
    assert told.status_code == 206 and told.content == CONTENT[slice(*reach)]
    assert told.headers["content-range"] == f"bytes {reach[0]}-{reach[1] - 1}/{len(CONTENT)}"
    assert told.headers["accept-ranges"] == "bytes"


def test_a_part_beyond_the_end_is_416(hrefs):
    """[section 16]"""
    assert fetch(hrefs["item"], Range="bytes=10000-").status_code == 416


def test_a_part_of_what_has_changed_is_the_whole(hrefs):
    """[section 16]"""
    known = fetch(hrefs["item"]).headers["etag"]
    assert fetch(hrefs["item"], Range="bytes=0-1", If_Range=known).status_code == 206
    assert fetch(hrefs["item"], Range="bytes=0-1", If_Range='"other"').content == CONTENT


@pytest.mark.parametrize("accept", ["gzip", "identity", "br", ""])
def test_compressed_files_are_served_as_they_are_stored(hrefs, accept):
    """[S103]"""
    told = fetch(hrefs["packed"], Accept_Encoding=accept)
    assert told.content == PACKED and told.headers["content-encoding"] == "gzip"
    assert gzip.decompress(told.content) == CONTENT
    assert fetch(hrefs["packed"], Range="bytes=0-9").content == PACKED[:10]


def test_the_checksum_of_a_compressed_file_is_of_what_is_in_it(stac, hrefs):
    """[S103]"""
    assert hrefs["packed"]
    assert stac.read("/collections/downloads/items/scene/assets/packed.json")["file:checksum"] == checksum(CONTENT)


def test_the_tag_changes_with_the_file(stac, asset):
    """[S102]"""
    stac.upload(asset, CONTENT)
    href = stac.read(asset)["href"]
    first = fetch(href)
    stac.upload(asset, CONTENT + b"more")
    second = fetch(href)
    assert first.headers["etag"] != second.headers["etag"] and second.content == CONTENT + b"more"
    assert second.headers["x-amz-meta-sha256"] == hashlib.sha256(CONTENT + b"more").hexdigest()
    assert fetch(href, If_None_Match=first.headers["etag"]).status_code == 200


def test_the_checksum_is_told_in_small_letters(stac, asset):
    """[S102]"""
    stac.upload(asset, CONTENT, **{"file:checksum": checksum(CONTENT).upper()})
    assert fetch(stac.read(asset)["href"]).headers["x-amz-meta-sha256"] == hashlib.sha256(CONTENT).hexdigest()


def test_the_type_is_that_of_the_asset(stac, owner):
    """[S102]"""
    path = stac.make(f"{owner}/assets/scene.tif", {"type": COG})
    stac.upload(path, CONTENT)
    assert fetch(stac.read(path)["href"]).headers["content-type"] == COG


@pytest.mark.parametrize("path", ["/none/none.txt", "/none/none/none.txt", "/none/none/none/none.txt",
                                  "/%2e%2e/%2e%2e/catalog.db", "/..%2f..%2fcatalog.db", "/a//b.txt", "/none.txt/"])
def test_a_file_that_there_is_not_is_404(server, path):
    """[section 16]"""
    told = fetch(server.base_url + path)
    assert told.status_code in (301, 400, 403, 404) and b"SQLite" not in told.content


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_files_are_read_only(hrefs, method):
    """[section 16]"""
    assert fetch(hrefs["item"], method).status_code in (401, 403, 404, 405)
    assert fetch(hrefs["item"]).content == CONTENT


def test_a_browser_may_ask_first(hrefs):
    """[section 16: CORS]"""
    told = fetch(hrefs["item"], "OPTIONS", Origin="https://map.example", Access_Control_Request_Method="GET",
                 Access_Control_Request_Headers="range")
    assert told.status_code in (200, 204) and told.headers["access-control-allow-origin"] == "*"


def test_a_file_of_many_parts_is_one(stac, asset):
    """[S92]"""
    parts = [bytes([n]) * LEAST_PART for n in range(3)] + [b"end"]
    upload = stac.upload(asset, *parts)
    told = fetch(stac.read(asset)["href"], Range=f"bytes={LEAST_PART - 2}-{LEAST_PART + 1}")
    assert told.content == b"\0\0\1\1"
    told = fetch(stac.read(asset)["href"])
    assert told.content == b"".join(parts) and told.headers["content-length"] == str(3 * LEAST_PART + 3)
    assert accepted(stac.get(upload.path)).json()["md5_parts"][3]["md5"] == md5_of(b"end")
