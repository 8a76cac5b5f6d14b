"""Signed downloads. Contract: section 7.9."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
import numpy as np
import pytest

from support.answers import faulty_fields, problem, storage_error
from support.api import get
from support.catalog import change, rows
from support.presigned import signed_earlier
from support.rasters import geotiff, small_scene


def test_the_answer_is_a_descriptor_and_never_bytes(scene):
    """[A079, A082, A196, A197]"""
    body = {"item_id": scene.item_id, "asset_id": "data"}
    answer = scene.api.op("items.asset.download", body)
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    made = answer.json()
    asset = scene.api.assets(scene.item_id)["data"]
    assert made["expires_in_seconds"] == 900
    assert made["asset_id"] == asset["id"]
    assert made["size_bytes"] == len(scene.content)
    assert made["media_type"] == asset["media_type"]
    fetched = get(made["url"])
    assert fetched.status_code == 200
    assert fetched.content == scene.content


def test_an_asset_is_named_by_key_or_by_id(scene):
    """[A080, A199, C03]"""
    asset = scene.api.assets(scene.item_id)["data"]["id"]
    for name in ("data", asset):
        assert get(scene.api.download(scene.item_id, name)).content == scene.content


def test_both_ids_are_needed(scene):
    """[A081]"""
    assert faulty_fields(scene.api.op("items.asset.download", {})) == {"item_id", "asset_id"}
    assert faulty_fields(scene.api.op("items.asset.download", {"item_id": scene.item_id})) == {"asset_id"}


def test_an_asset_that_is_not_the_items_is_404(scene, api):
    """[section 7.9]"""
    problem(scene.api.op("items.asset.download", {"item_id": scene.item_id, "asset_id": "visual"}), 404)
    other = api.upload_one(small_scene())
    foreign = api.assets(other)["data"]["id"]
    problem(scene.api.op("items.asset.download", {"item_id": scene.item_id, "asset_id": foreign}), 404)


def test_another_organization_gets_no_url(scene, neighbour):
    """[A201]"""
    answer = neighbour.op("items.asset.download", {"item_id": scene.item_id, "asset_id": "data"})
    assert "url" not in problem(answer, 404)


def forget(server, size: int) -> None:
    """Takes the stored files of this size out of the system's cache, where it has one of a disk."""
    for path in (server.installation.data / "objects").rglob("*"):
        if path.is_file() and path.stat().st_size == size:
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def test_a_file_that_has_to_come_from_the_disk_is_sent_whole(server, api):
    """[design section 4]"""
    content = geotiff(np.random.default_rng(1).integers(0, 255, (3, 1500, 1500), dtype="uint8"))
    url = api.download(api.upload_one(content), "data")
    size = len(content)
    forget(server, size)
    assert get(url).content == content
    for first, last in [(0, 0), (size - 1, size - 1), (1 << 20, (1 << 20) + 5), (5, size - 3), (131071, 131073)]:
        forget(server, size)
        assert get(url, Range=f"bytes={first}-{last}").content == content[first:last + 1]
    forget(server, size)
    with httpx.stream("GET", url) as broken:
        next(broken.iter_bytes(1000))
    forget(server, size)
    with ThreadPoolExecutor(8) as pool:
        assert all(answer.content == content for answer in pool.map(lambda _: get(url), range(8)))


def test_a_deleted_items_files_are_410(api):
    """[A206, section 7.8]"""
    item = api.upload_one(small_scene())
    url = api.download(item)
    api.call("items.delete", {"item_id": item})
    answer = api.op("items.asset.download", {"item_id": item, "asset_id": "data"})
    assert "url" not in problem(answer, 410)
    # A URL that was handed out before keeps its promise or is refused; it never gives half a file.
    assert get(url).status_code in (200, 403, 404)


def test_the_url_is_signed_for_reading_only_and_for_900_seconds(scene):
    """[A197, section 7.9]"""
    url = urlsplit(scene.api.download(scene.item_id))
    query = parse_qs(url.query)
    assert url.path.startswith("/storage/")
    assert query["X-Amz-Expires"] == ["900"]
    assert query["X-Amz-SignedHeaders"] == ["host"]


def test_the_url_works_until_its_900_seconds_are_over(server, scene):
    """[A198]"""
    url = scene.api.download(scene.item_id)
    for seconds in (0, 800, 890):
        assert get(signed_earlier(server.installation, url, seconds)).content == scene.content
    for seconds in (901, 905, 86_400):
        storage_error(get(signed_earlier(server.installation, url, seconds)), 403, "AccessDenied")


def test_an_item_that_is_about_to_expire_still_hands_out_its_files(server, api):
    """[A207]"""
    item = api.upload_one(small_scene())
    change(server.installation, f"UPDATE item SET lifecycle_state = 'expiring' WHERE id = '{item}'")
    [row] = rows(server.installation, f"SELECT lifecycle_state FROM item WHERE id = '{item}'")
    assert row == {"lifecycle_state": "expiring"}
    assert get(api.download(item)).content == small_scene()


def test_an_expired_items_files_are_410(server, api):
    """[A205]"""
    item = api.upload_one(small_scene())
    change(server.installation, f"UPDATE item SET lifecycle_state = 'expired' WHERE id = '{item}'")
    assert "url" not in problem(api.op("items.asset.download", {"item_id": item, "asset_id": "data"}), 410)


def test_a_past_due_organization_gets_402_until_it_has_paid(server, own):
    """[A202, section 7.9]"""
    item = own.upload_one(small_scene())
    body = {"item_id": item, "asset_id": "data"}
    server.installation.set_standing(own.organization, "past-due")
    assert "url" not in problem(own.op("items.asset.download", body), 402)
    problem(own.http.get(f"/api/v1/items/{item}/assets/data"), 402)
    assert own.item(item)["id"] == item
    own.call("items.delete", {"item_id": item})
    problem(own.op("items.asset.download", body), 410)
    server.installation.set_standing(own.organization, "good")
    assert get(own.download(own.upload_one(small_scene(2)))).status_code == 200


def test_the_file_comes_with_its_name(scene):
    """[design section 7]"""
    disposition = get(scene.api.download(scene.item_id)).headers["content-disposition"]
    assert disposition.startswith("attachment")
    assert scene.file_name in unquote(disposition)


@pytest.mark.parametrize("name", ["ünïcode 地球.tif", 'quote".tif', "semi;colon.tif", "per%20cent.tif"])
def test_odd_names_survive_in_the_disposition(api, name):
    """[design section 7]"""
    disposition = get(api.download(api.upload_one(small_scene(), name))).headers["content-disposition"]
    assert disposition.isascii()
    if "filename*=" in disposition:
        assert unquote(disposition.split("filename*=", 1)[1].split("''", 1)[1].split(";")[0]) == name
    else:
        assert name.replace('"', '\\"') in disposition


def test_the_media_type_is_the_assets(scene):
    """[section 7.9]"""
    media_type = scene.api.assets(scene.item_id)["data"]["media_type"]
    assert get(scene.api.download(scene.item_id)).headers["content-type"] == media_type


def test_the_stable_href_leads_to_a_signed_url(scene):
    """[section 7.6, design section 2]"""
    href = scene.api.assets(scene.item_id)["data"]["href"]
    answer = scene.api.http.get(href)
    assert answer.status_code == 302
    location = answer.headers["location"]
    assert "X-Amz-Signature" in location
    assert get(location).content == scene.content
    problem(httpx.get(href), 401)
    by_key = scene.api.http.get(f"/api/v1/items/{scene.item_id}/assets/data")
    assert by_key.status_code == 302
    problem(scene.api.http.get(f"/api/v1/items/{scene.item_id}/assets/nothing"), 404)


def test_downloads_need_the_items_read_scope(server, scene):
    """[A089]"""
    writer = scene.api.with_key(server.installation.key(scene.api.organization, "Writer", "items:write"))
    problem(writer.op("items.asset.download", {"item_id": scene.item_id, "asset_id": "data"}), 403)
    problem(writer.http.get(f"/api/v1/items/{scene.item_id}/assets/data"), 403)


def test_the_server_keeps_what_it_acknowledged_when_killed(make_server):
    """[design promise 1]"""
    server = make_server()
    api = server.api()
    content = small_scene()
    item = api.upload_one(content)
    upload = api.initiate(len(content))
    api.send(upload, "later.tif", content)
    server.kill()
    server.start()
    api = server.api()
    assert get(api.download(item)).content == content
    assert len(api.complete(upload)) == 1
    assert api.storage()["used_bytes"] == 2 * len(content)
