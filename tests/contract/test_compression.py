"""Text answers to clients that take gzip. RFC 9110 sections 8.4, 8.8.3 and 12.5.3."""

from __future__ import annotations

import gzip
import json
import subprocess

import httpx
import pytest

from support.api import Api, get


@pytest.fixture(scope="module")
def many(admin: Api) -> Api:
    """A project whose list of items is long."""
    api = admin.new_project("Many")
    for number in range(20):
        api.create_item(f"Item {number}", description="The same text again and again. " * 5)
    return api


def listed(api: Api, accepted: str | None) -> httpx.Response:
    """The list of items, asked for with this Accept-Encoding."""
    request = api.http.build_request("POST", "/v1/op/items.list", json={"project_id": api.project})
    del request.headers["accept-encoding"]
    if accepted is not None:
        request.headers["accept-encoding"] = accepted
    return api.http.send(request, stream=True)


def raw(answer: httpx.Response) -> bytes:
    return b"".join(answer.iter_raw())


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br, zstd", "*", "br;q=1.0, gzip;q=0.8, *;q=0.1", "GZIP"])
def test_a_long_text_is_sent_as_gzip_to_who_takes_it(many, accepted):
    answer = listed(many, accepted)
    coded = raw(answer)
    assert answer.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert int(answer.headers["content-length"]) == len(coded)
    plain = raw(listed(many, None))
    assert gzip.decompress(coded) == plain and len(coded) < len(plain) / 4


@pytest.mark.parametrize("accepted", [None, "", "identity", "br", "gzip;q=0", "*;q=0", "identity, gzip;q=0.1"])
def test_nobody_else_gets_it(many, accepted):
    answer = listed(many, accepted)
    assert len(json.loads(raw(answer))["items"]) == 20
    assert "content-encoding" not in answer.headers
    assert "accept-encoding" in answer.headers["vary"].lower()


def test_short_answers_pictures_and_files_are_sent_as_they_are(scene, api):
    gzipped = {"Accept-Encoding": "gzip"}
    short = scene.api.op("items.list", {"project_id": scene.api.project, "limit": 1, "offset": 10**6}, headers=gzipped)
    tile = scene.api.http.get(f"/api/v1/items/{scene.item_id}/tiles/0/0/0.png", headers=gzipped)
    for answer in (short, tile):
        assert answer.status_code == 200 and "content-encoding" not in answer.headers
    assert "accept-encoding" not in tile.headers.get("vary", "").lower()
    document = json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Point", "coordinates": [n % 90, 0]}} for n in range(500)]}).encode()
    url = api.download(api.upload_one(document, "points.geojson"))
    whole, part = get(url, **gzipped), get(url, Range="bytes=5-2004", **gzipped)
    assert (whole.status_code, whole.content, part.status_code, part.content) == (200, document, 206, document[5:2005])
    assert "content-encoding" not in whole.headers and "content-encoding" not in part.headers


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_a_tag_is_known_again_in_either_form(admin, accepted):
    first = admin.http.get("/openapi.json", headers={"Accept-Encoding": accepted})
    other = admin.http.get("/openapi.json", headers={"Accept-Encoding": "identity" if accepted == "gzip" else "gzip"})
    assert first.headers["etag"] != other.headers["etag"] and first.json() == other.json()
    for tag in (first.headers["etag"], other.headers["etag"], "W/" + first.headers["etag"]):
        again = admin.http.get("/openapi.json", headers={"Accept-Encoding": accepted, "If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"].replace("-gzip", "") in tag.replace("-gzip", "") and "accept-encoding" in again.headers["vary"].lower()
    any_version = admin.http.get("/openapi.json", headers={"Accept-Encoding": accepted, "If-None-Match": "*"})
    assert (any_version.status_code, any_version.headers["etag"]) == (304, first.headers["etag"])
    head = admin.http.head("/openapi.json", headers={"Accept-Encoding": accepted})
    assert head.headers["content-length"] == first.headers["content-length"]
    assert head.headers["etag"] == first.headers["etag"]


def test_curl_reads_it(many):
    plain = raw(listed(many, None))
    for flags in (["--compressed"], []):
        done = subprocess.run(["curl", "-fsS", *flags, "-H", f"Authorization: Bearer {many.key}", "-d",
                               json.dumps({"project_id": many.project}), f"{many.base_url}/v1/op/items.list"], capture_output=True, check=True)
        assert done.stdout == plain
