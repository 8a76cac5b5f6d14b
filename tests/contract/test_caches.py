"""What a server remembers of its catalog: asked for again it costs no query, changed it is gone. Design: section 9."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from support.answers import problem
from support.api import Api, get, wait_for
from support.rasters import small_scene
from support.tiles import tile_under

#: More than the rate windows of a minute and the end of a job could spoil.
RUNS = 5
REQUESTS = 50


def counted(api: Api) -> tuple[int, int]:
    """Requests that finished, and statements that calls sent to the database (those of journal, jobs and caches are
    counted apart), since the start or a moment ago: metrics that many ask for are not written anew for each."""
    text = api.with_key(None).http.get("/metrics").text
    requests = re.findall(r'^landfall_requests_total\{operation="(?!metrics")[^}]*\} (\d+)$', text, re.MULTILINE)
    return sum(map(int, requests)), int(re.search(r'^landfall_database_statements_total\{by="calls"\} (\d+)$', text, re.MULTILINE)[1])


def fewest_statements(api: Api, request: Callable[[], httpx.Response], status: int) -> int:
    """What some warm requests cost at best: whatever else the server does at the moment only adds to it."""
    fewest = 1 << 30
    for _ in range(RUNS):
        requests, before = counted(api)
        for _ in range(REQUESTS):
            assert request().status_code == status
        after = wait_for("their count", lambda least=requests + REQUESTS: (now := counted(api))[0] >= least and now)
        fewest = min(fewest, after[1] - before)
        if fewest == 0:
            break
    return fewest


@pytest.fixture(scope="module")
def quiet(make_server) -> Api:
    """An organization with nobody else on its server, without jobs that still change its items."""
    return make_server().api()


@pytest.fixture(scope="module")
def place(quiet) -> dict:
    """An item and a tile over it."""
    item = quiet.upload_one(small_scene())
    return {"item_id": item} | tile_under(quiet.item(item)["bbox"], 12)


def tile_path(place: dict) -> str:
    """The URL of a tile on a map."""
    return "/api/v1/items/{item_id}/tiles/{z}/{x}/{y}.png".format(**place)


def test_a_warm_tile_costs_no_query(quiet, place):
    """[design section 9]"""
    assert fewest_statements(quiet, lambda: quiet.http.get(tile_path(place)), 200) == 0


def test_a_warm_range_of_a_signed_url_costs_no_query(quiet, place):
    """[design section 9]"""
    url = quiet.download(place["item_id"])
    assert fewest_statements(quiet, lambda: get(url, Range="bytes=0-99"), 206) == 0


def test_a_call_of_a_warm_key_reads_only_what_it_asks_for(quiet, place):
    """[design section 9]"""
    stranger = quiet.with_key("gpra_" + "x" * 40)
    assert fewest_statements(quiet, lambda: stranger.op("items.get", {"item_id": place["item_id"]}), 401) >= REQUESTS
    asked = fewest_statements(quiet, lambda: quiet.op("items.get", {"item_id": place["item_id"]}), 200)
    assert 0 < asked < 4 * REQUESTS


def test_signing_a_url_empties_no_cache(quiet, place):
    """[design section 9]"""
    url = quiet.download(place["item_id"])

    def sign_and_read() -> httpx.Response:
        quiet.download(place["item_id"])
        return get(url, Range="bytes=0-99")

    body = {"item_id": place["item_id"], "asset_id": "data"}
    signing = fewest_statements(quiet, lambda: quiet.op("items.asset.download", body), 200)
    assert fewest_statements(quiet, sign_and_read, 206) <= signing


def test_what_this_server_changed_is_gone_at_once(api):
    """[sections 3.2, 7.9 and 10]"""
    item = api.upload_one(small_scene())
    place = {"item_id": item} | tile_under(api.item(item)["bbox"], 12)
    made = api.call("api_keys.create", {"name": "Short-lived", "permissions": ["items:read"]})
    reader = api.with_key(made["key"])
    url = api.download(item)
    for _ in range(3):
        assert reader.http.get(tile_path(place)).status_code == 200
        assert get(url).status_code == 200
    api.call("items.delete", {"item_id": item})
    problem(reader.http.get(tile_path(place)), 404)
    assert get(url).status_code == 404
    api.call("api_keys.revoke", {"key_id": made["id"]})
    problem(reader.op("items.list", {"project_id": api.project}), 401)


def test_what_a_command_changed_is_gone_soon(server, api):
    """[design section 13]"""
    made = api.call("api_keys.create", {"name": "Short-lived", "permissions": ["items:read"]})
    reader = api.with_key(made["key"])
    assert reader.op("items.search", {"project_id": api.project}).status_code == 200
    server.installation.run("key", "revoke", "--data", str(server.installation.data), made["id"])
    wait_for("The end of a revoked key",
             lambda: reader.op("items.search", {"project_id": api.project}).status_code == 401)
