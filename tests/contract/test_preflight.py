"""What a file's first bytes tell before the rest is sent, by the rules of the server itself."""

from __future__ import annotations

import base64
import struct

import numpy as np
import pytest

from support.answers import faulty_fields
from support.rasters import drawn_scene, geotiff

PIXELS = np.ones((1, 64, 64), np.uint8)


def ask(api, name: str, content: bytes, size: int | None = None) -> dict:
    """What is told of a file."""
    head = base64.b64encode(content[:65536]).decode()
    return api.call("uploads.preflight", {"file_name": name, "size": len(content) if size is None else size, "head": head})


def test_a_raster_with_everything_is_fine(api):
    told = ask(api, "scene.tif", drawn_scene(64))
    assert (told["verdict"], told["kind"], told["crs"], told["reasons"]) == ("ok", "raster", "EPSG:32632", [])
    assert told["media_type"].startswith("image/tiff") and told["estimated_seconds"] > 0


def test_the_name_does_not_decide(api):
    assert ask(api, "scene.png", drawn_scene(64))["media_type"].startswith("image/tiff")


@pytest.mark.parametrize("profile", [{}, {"BIGTIFF": "YES"}, {"ENDIANNESS": "BIG"}])
def test_the_reference_system_is_read_from_any_kind_of_tiff(api, profile):
    assert ask(api, "a.tif", geotiff(PIXELS, epsg=32632, **profile))["crs"] == "EPSG:32632"
    assert ask(api, "a.tif", geotiff(PIXELS, epsg=4326, pixel=0.001, origin=(8, 47), **profile))["crs"] == "EPSG:4326"


def test_what_lacks_a_reference_system_is_doubtful_and_says_what_helps(api):
    told = ask(api, "a.tif", geotiff(PIXELS, epsg=None))
    assert told["verdict"] == "doubtful" and told.get("crs") is None
    assert ".prj" in told["reasons"][0]


def test_a_sidecar_goes_with_its_raster(api):
    told = ask(api, "scene.tfw", b"10\n0\n0\n-10\n465005\n5249995\n")
    assert (told["verdict"], told["kind"]) == ("doubtful", "sidecar")


def test_a_readme_is_left_out_and_broken_data_refused(api):
    assert ask(api, "README", b"words\n")["verdict"] == "doubtful"
    told = ask(api, "scene.tif", b"words that are no raster")
    assert told["verdict"] == "refused" and told["reasons"][0]


def test_a_truncated_tiff_is_refused(api):
    content = b"II*\0" + struct.pack("<I", 5_000_000) + bytes(8000)
    told = ask(api, "scene.tif", content)
    assert told["verdict"] == "refused" and "truncated" in told["reasons"][0]
    assert ask(api, "scene.tif", content, size=6_000_000)["verdict"] == "ok", "its directory is not among these bytes"


@pytest.mark.parametrize("tail", [struct.pack("<HHHII", 65535, 34735, 3, 2**32 - 1, 2**32 - 1), struct.pack("<H", 4000), b"",
                                  struct.pack("<HHHII", 1, 34735, 3, 4, 20) + bytes(4)])
def test_hostile_directories_are_only_unknown(api, tail):
    content = b"II*\0" + struct.pack("<I", 8) + tail
    assert ask(api, "scene.tif", content, size=1000)["verdict"] in ("ok", "doubtful", "refused")


@pytest.mark.parametrize("head", ["%%%", "AAA", base64.b64encode(bytes(65537)).decode(), base64.b64encode(bytes(90000)).decode()])
def test_what_is_no_head_is_refused(api, head):
    answer = api.op("uploads.preflight", {"file_name": "a.tif", "size": 100_000, "head": head})
    assert faulty_fields(answer) == {"head"}
