"""Files that lie, bomb, hide or are damaged: each is refused in plain words, and nobody else notices."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rasterio.io import MemoryFile
from rasterio.transform import from_origin
from rasterio.windows import Window

from hostile import tiff
from hostile.bad_files import CASES
from support.answers import faults, problem
from support.rasters import geotiff, ramp, small_scene

#: What GDAL, libtiff, PROJ and friends say, and what only programmers read.
LIBRARY_NOISE = re.compile(r"ERROR \d|TIFF[A-Z]\w+|TIFFRead|GDAL(?!\s*virtual)[A-Z]\w+\(|libtiff|errno|/tmp/|/vsi|"
                           r"input\.\w+|std::|nullptr|0x[0-9a-f]{6}|proj_create|sqlite3_|Z_DATA_ERROR")


@pytest.fixture(autouse=True)
def tiles_keep_coming(map_client):
    """While the test runs, another client's tiles must all be fine."""
    before, failed = sum(map_client.answers.values()), len(map_client.failures)
    yield
    assert map_client.failures[failed:] == []
    assert sum(map_client.answers.values()) >= before


def send(api, files: dict[str, bytes]) -> str:
    """A session with these files, ready to complete."""
    upload = api.initiate(sum(map(len, files.values())), file_count=len(files))
    for name, content in files.items():
        api.send(upload, name, content)
    return upload


def assert_plain_words(messages: list[str], names: list[str]) -> None:
    """A sentence that names a file of the session, without a library's voice."""
    text = " ".join(messages)
    assert any(name in text for name in names), text
    assert not LIBRARY_NOISE.search(text), text
    assert all(" " in message and len(message) < 1000 and message.isprintable() for message in messages), messages


def assert_nothing_left(api) -> None:
    """No item, no usage, no reservation."""
    assert api.call("items.list", {"project_id": api.project})["total"] == 0
    storage = api.storage()
    assert (storage["used_bytes"], storage["reserved_bytes"]) == (0, 0)


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_is_refused_in_plain_words_and_leaves_nothing(victim, besieged, name):
    """[design sections 5, 9; contract section 7.2]"""
    files = CASES[name]()
    upload = send(victim, files)
    found = faults(victim.op("uploads.complete", {"upload_id": upload}))
    assert_plain_words([fault["msg"] for fault in found.values()], list(files))
    again = problem(victim.op("uploads.complete", {"upload_id": upload}), 409)
    assert not LIBRARY_NOISE.search(again["detail"]), again
    assert_nothing_left(victim)
    assert not Path("/var/landfall-escaped.tif").exists()


@pytest.mark.parametrize("name", ["x" * 251 + ".tif", "ä" * 125 + ".tif", "地球 🌍.tif", "scene", ".tif", "a.b.c.TIFF",
                                  "%2e%2e%2fetc%2fpasswd.tif", "CON", "a;b|c`d`$(e).tif", "<b>&amp;\"'.tif",
                                  "\u202egpj.tif", "e\u0301.tif", " leading and trailing .tif "])
def test_an_odd_name_survives_from_upload_to_download(victim, name):
    """[contract section 7.1; design section 6]"""
    content = small_scene()
    item = victim.upload_one(content, name)
    stem = name.rpartition(".")[0] or name
    assert victim.item(item)["name"] == stem
    answer = victim.http.get(victim.download(item), headers={"Authorization": ""})
    assert answer.content == content
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "\n" not in answer.headers["content-disposition"]


@pytest.mark.parametrize("name", ["", ".", "..", "../scene.tif", "a/b.tif", "a\\b.tif", "a\0.tif", "a\r\nX: y.tif",
                                  "a\x1b[31m.tif", "a\x7f.tif", "x" * 252 + ".tif", "ä" * 126 + ".tif"])
def test_a_name_that_could_harm_is_refused_when_it_is_signed(victim, name):
    """[contract section 7.1]"""
    upload = victim.initiate(10)
    faults(victim.op("uploads.signed_url", {"upload_id": upload, "file_name": name}))
    victim.call("uploads.fail", {"upload_id": upload, "error_message": "refused"})
    assert_nothing_left(victim)


@pytest.mark.parametrize("make", [
    lambda: geotiff(ramp(1, 1, 1)),
    lambda: geotiff(ramp(1, 3000, 1)),
    lambda: tiff.striped().pack(),
    lambda: tiff.tiled(3, 3).pack() + b"behind the end" * 100,
    lambda: geotiff(ramp(64, 64, 1), driver="PNG", epsg=None, compress=None),
    lambda: sparse(20_000, 20_000),
    lambda: geotiff(ramp(16, 16, 300)),
], ids=["one pixel", "one row", "no place", "bytes behind the end", "PNG named .tif", "sparse", "300 bands"])
def test_an_odd_but_honest_file_is_taken(victim, make):
    """[design section 5]"""
    content = make()
    item = victim.upload_one(content)
    assert victim.assets(item)["data"]["file_size_bytes"] == len(content)


def sparse(width: int, height: int) -> bytes:
    """A raster of which only the first tile is written."""
    with MemoryFile() as memory:
        with memory.open(driver="GTiff", width=width, height=height, count=1, dtype="uint8", tiled=True, blockxsize=512,
                         blockysize=512, sparse_ok=True, compress="deflate", crs="EPSG:32632",
                         transform=from_origin(465_000, 5_250_000, 10, 10)) as dataset:
            dataset.write(ramp(512, 512, 1)[0], 1, window=Window(0, 0, 512, 512))
        return bytes(memory.getbuffer())


def test_good_and_bad_sessions_at_once_do_not_mix(victim):
    """[design section 5]"""
    bad = [send(victim, {"scene.tif": b"II*\0" + bytes(n)}) for n in range(1, 5)]
    items = [victim.upload_one(small_scene(n)) for n in range(1, 4)]
    for upload in bad:
        faults(victim.op("uploads.complete", {"upload_id": upload}))
    assert victim.call("items.list", {"project_id": victim.project})["total"] == len(set(items)) == 3


def test_after_the_siege_the_server_is_the_same_and_the_map_never_stopped(besieged, map_client):
    """[design section 9]"""
    assert besieged.pid
    assert besieged.api().http.get("/healthz").status_code == 200
    assert set(map_client.answers) == {200}, map_client.answers
