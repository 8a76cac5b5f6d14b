"""api_keys.*: what a key may hand on. Contract: geopera.md section 2.6."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from support.answers import problem
from support.api import Api


def made_by(api: Api, name: str, **fields) -> tuple[Api, dict]:
    """A key that the caller's makes, as a caller and as it was answered."""
    answer = api.call("api_keys.create", {"name": name, "permissions": ["api_keys:read", "api_keys:write"], **fields})
    return api.with_key(answer["key"]), answer


def listed(api: Api, key_id: str) -> dict:
    return next(entry for entry in api.call("api_keys.list") if entry["id"] == key_id)


@pytest.mark.parametrize(("parent", "child", "days", "rate"), [
    ({"expires_in_days": 3, "rate_limit": 500}, {}, 3, 500),
    ({"expires_in_days": 3, "rate_limit": 500}, {"expires_in_days": 9, "rate_limit": 900}, 3, 500),
    ({"expires_in_days": 3, "rate_limit": 500}, {"expires_in_days": 1, "rate_limit": 5}, 1, 5),
    ({}, {"expires_in_days": 2, "rate_limit": 7}, 2, 7)])
def test_a_key_bounds_the_keys_that_it_makes(api: Api, parent: dict, child: dict, days: int, rate: int):
    maker, _ = made_by(api, "Maker", **parent)
    _, made = made_by(maker, "Made", **child)
    entry = listed(api, made["id"])
    ends = datetime.fromisoformat(entry["expires_at"].replace("Z", "+00:00"))
    assert abs(ends - datetime.now(timezone.utc) - timedelta(days=days)) < timedelta(minutes=10)
    assert made["expires_at"] == entry["expires_at"]
    assert entry["rate_limit"] == rate


def test_a_revoked_key_takes_along_all_that_it_made(api: Api):
    first, made_first = made_by(api, "First")
    second, _ = made_by(first, "Second")
    third, made_third = made_by(second, "Third")
    other, _ = made_by(api, "Other")
    assert third.op("api_keys.list").status_code == 200
    api.call("api_keys.revoke", {"key_id": made_first["id"]})
    for key in (first, second, third):
        problem(key.op("api_keys.list"), 401)
    assert other.op("api_keys.list").status_code == 200
    assert listed(api, made_third["id"])["revoked_at"]
