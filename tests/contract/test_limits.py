"""Rate limits on a server with small ones. Contract: section 6.1."""

from __future__ import annotations

import httpx
import pytest

from support.answers import problem
from support.api import Api, wait_for
from support.rasters import small_scene
from support.server import Server

OPERATIONS_LIMIT = 40


@pytest.fixture(scope="module")
def limited(make_server):
    """A server where an organization has few calls a minute."""
    return make_server(LANDFALL_LIMITS_OPERATIONS_PER_MINUTE=str(OPERATIONS_LIMIT),
                       LANDFALL_LIMITS_TILES_PER_MINUTE="5",
                       LANDFALL_LIMITS_DOWNLOADS_PER_ASSET_PER_HOUR="3")


@pytest.fixture
def tenant(limited, request) -> Api:
    """An organization whose windows nobody else uses."""
    return limited.organization(f"Limits {request.node.name}"[:200])


def exhaust(call, at_most: int):
    """Repeats a call until it is refused; gives the refusal. Windows may turn over once meanwhile."""
    for _ in range(2 * at_most + 1):
        answer = call()
        if answer.status_code == 429:
            return answer
        assert answer.status_code == 200, answer.text
    raise AssertionError(f"No refusal within {2 * at_most + 1} calls")


def test_every_authenticated_answer_tells_the_window(tenant):
    """[section 6.1]"""
    first = tenant.op("api_keys.list")
    second = tenant.op("items.get")
    assert first.headers["x-ratelimit-limit"] == str(OPERATIONS_LIMIT)
    assert 0 < int(first.headers["x-ratelimit-reset"]) <= 60 or int(first.headers["x-ratelimit-reset"]) > 1_000_000_000
    left, later = int(first.headers["x-ratelimit-remaining"]), int(second.headers["x-ratelimit-remaining"])
    assert later == left - 1 or later == OPERATIONS_LIMIT - 1


def test_beyond_the_cap_calls_are_429_with_retry_after(tenant):
    """[section 6.1]"""
    refused = exhaust(lambda: tenant.op("api_keys.list"), OPERATIONS_LIMIT)
    problem(refused, 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["x-ratelimit-remaining"] == "0"


def test_the_cap_is_per_organization(limited, tenant):
    """[section 6.1]"""
    exhaust(lambda: tenant.op("api_keys.list"), OPERATIONS_LIMIT)
    assert limited.api().op("api_keys.list").status_code == 200


def test_servers_on_one_database_share_the_cap(limited, tenant):
    """[design section 11] At most a block, a twentieth of the window, stays with a server that no longer asks."""
    if not limited.installation.database:
        pytest.skip("two servers need PostgreSQL")
    twin = Server(limited.installation)
    try:
        servers = [tenant, Api(twin.base_url, tenant.key, tenant.world)]
        # All calls belong into one window; the one that finds it counts.
        wait_for("A window with time left",
                 lambda: int(tenant.op("api_keys.list").headers["x-ratelimit-reset"]) > 20)
        answers = [servers[number % 2].op("api_keys.list") for number in range(2 * OPERATIONS_LIMIT)]
        allowed = 1 + [answer.status_code for answer in answers].count(200)
        assert OPERATIONS_LIMIT - OPERATIONS_LIMIT // 20 <= allowed <= OPERATIONS_LIMIT
        assert all(answer.status_code == 429 for answer in answers[-10:])
    finally:
        assert twin.stop() == 0


def test_a_keys_own_rate_limit_applies_in_addition(tenant):
    """[section 6.1]"""
    made = tenant.call("api_keys.create", {"name": "Slow", "permissions": ["api_keys:read"], "rate_limit": 2})
    slow = tenant.with_key(made["key"])
    first = slow.op("api_keys.list")
    assert (first.headers["x-ratelimit-limit"], first.headers["x-ratelimit-remaining"]) == ("2", "1")
    problem(exhaust(lambda: slow.op("api_keys.list"), 2), 429)
    for _ in range(OPERATIONS_LIMIT):
        slow.op("api_keys.list")
    assert tenant.op("api_keys.list").status_code == 200


def test_tiles_have_a_cap_of_their_own(tenant):
    """[section 6.1]"""
    item = tenant.upload_one(small_scene())
    refused = exhaust(lambda: tenant.op("items.tile.render", {"item_id": item, "z": 0, "x": 0, "y": 0}), 5)
    problem(refused, 429)
    assert tenant.op("items.get", {"item_id": item}).status_code == 200
    face = tenant.http.get(f"/api/v1/items/{item}/tiles/0/0/0.png")
    assert face.status_code in (200, 429)


def test_an_asset_is_handed_out_a_limited_number_of_times_an_hour(tenant):
    """[A203, A231, section 7.9]"""
    item = tenant.upload_one(small_scene())
    refused = exhaust(lambda: tenant.op("items.asset.download", {"item_id": item, "asset_id": "data"}), 3)
    body = problem(refused, 429)
    assert "url" not in body
    assert int(refused.headers["retry-after"]) >= 1
    other = tenant.upload_one(small_scene(2))
    assert tenant.op("items.asset.download", {"item_id": other, "asset_id": "data"}).status_code == 200


def test_an_organizations_egress_is_limited_by_the_day(make_server):
    """[A204, A231, section 7.9]"""
    content = small_scene()
    api = make_server(LANDFALL_LIMITS_EGRESS_BYTES_PER_DAY=str(len(content))).api()
    item = api.upload_one(content)
    wanted = {"item_id": item, "asset_id": "data"}
    url = api.download(item)
    for _ in range(2):
        assert httpx.get(url).content == content
    wait_for("the refusal", lambda: api.op("items.asset.download", wanted).status_code == 429)
    refused = api.op("items.asset.download", wanted)
    assert "url" not in problem(refused, 429)
    assert int(refused.headers["retry-after"]) >= 1


def test_reads_without_a_credential_are_limited_by_address(make_server):
    """[design section 13]"""
    server = make_server(LANDFALL_LIMITS_PUBLIC_READS_PER_MINUTE="3")
    refused = exhaust(lambda: httpx.get(f"{server.base_url}/openapi.json"), 3)
    problem(refused, 429)
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert httpx.get(f"{server.base_url}/healthz").status_code == 200
    assert server.api().op("api_keys.list").status_code == 200


def test_a_link_that_is_followed_again_repeats_one_url_and_counts_once(limited, tenant):
    """[section 7.9]"""
    item = tenant.upload_one(small_scene())
    path = f"/api/v1/items/{item}/assets/data"
    urls = {tenant.http.get(path, follow_redirects=False).headers["location"] for _ in range(8)}
    # Two of them where half a lifetime ended meanwhile.
    assert len(urls) <= 2
    assert all(httpx.get(url).status_code == 200 for url in urls)
    reader = tenant.with_key(limited.installation.key(tenant.organization, "Reader", "items:read"))
    assert reader.http.get(path, follow_redirects=False).headers["location"] not in urls
