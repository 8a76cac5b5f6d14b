"""The same story whatever store holds the bytes: one in memory has no files, as one elsewhere has none. Design: section 7."""

from __future__ import annotations

import hashlib

import pytest

from support.answers import storage_error
from support.api import get, put, wait_for
from support.rasters import drawn_scene, geotiff, ramp
from support.s3 import Bucket
from support.server import Server
from support.tiles import decode, tile_under

STORES = ("local", "memory", "s3")


@pytest.fixture(scope="module", params=STORES)
def stored(request, make_server) -> Server:
    """A server over this kind of store."""
    if request.param == "s3":
        return make_server(**Bucket(request.getfixturevalue("s3").endpoint).make().settings())
    return make_server(LANDFALL_STORAGE=request.param)


def test_a_file_goes_all_the_way_from_its_put_to_a_tile_and_back(stored):
    """[design section 7]"""
    api = stored.api().new_project("Stores")
    content = drawn_scene()
    upload = api.initiate(len(content))
    answer = put(api.sign(upload, "scene.tif"), content)
    assert answer.headers["etag"] == f'"{hashlib.md5(content).hexdigest()}"'
    (item,) = api.complete(upload)

    place = tile_under(api.item(item)["bbox"], 12)
    tile = api.op("items.tile.render", {"item_id": item, "format": "png", **place})
    assert tile.status_code == 200, tile.text
    assert (decode(tile.content)[..., 3] > 0).any()

    url = api.download(item)
    whole = get(url)
    assert whole.content == content
    assert whole.headers["accept-ranges"] == "bytes"
    part = get(url, Range="bytes=100-1099")
    assert part.status_code == 206
    assert part.content == content[100:1100]
    assert part.headers["content-range"] == f"bytes 100-1099/{len(content)}"
    assert get(url, Range="bytes=-7").content == content[-7:]
    storage_error(get(url, Range=f"bytes={len(content)}-"), 416, "InvalidRange")
    head = get(url, "HEAD")
    assert head.headers["content-length"] == str(len(content))
    assert head.headers["etag"] == answer.headers["etag"]
    assert get(url, If_None_Match=answer.headers["etag"]).status_code == 304
    assert get(url, If_Match='"another"').status_code == 412


def test_jobs_read_and_write_through_every_store(stored):
    """[design section 5]"""
    api = stored.api().new_project("Renditions")
    item = api.upload_one(geotiff(ramp(1500, 1500, 1)))
    assets = wait_for("the renditions", lambda: {"cog", "thumbnail"} <= api.assets(item).keys() and api.assets(item))
    thumbnail = get(api.download(item, "thumbnail"))
    assert thumbnail.status_code == 200
    assert len(thumbnail.content) == assets["thumbnail"]["file_size_bytes"]


def test_egress_counts_the_bytes_that_left_and_no_others(stored):
    """[design section 3]"""
    world = stored.installation.init("--organization", f"Egress {stored.base_url}")
    api = stored.api(world["api_key"], **world)
    content = drawn_scene()
    item = api.upload_one(content)
    url = api.download(item)
    for method, headers in (("GET", {}), ("GET", {"Range": "bytes=0-999"}), ("HEAD", {}), ("GET", {"If_Match": '"x"'})):
        get(url, method, **headers)
    wait_for("the count", lambda: api.usage()["egress"]["bytes"] == len(content) + 1000)
