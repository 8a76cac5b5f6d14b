"""What an organization used, month by month. Contract: section 15, operations.json usage.*."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from support import catalog
from support.answers import faulty_fields, problem
from support.api import get, wait_for
from support.rasters import small_scene


def months_back(count: int) -> list[str]:
    """The last calendar months in UTC, this one last."""
    now = datetime.now(timezone.utc)
    numbers = [now.year * 12 + now.month - 1 - back for back in reversed(range(count))]
    return [f"{number // 12}-{number % 12 + 1:02}" for number in numbers]


def history(api, **terms) -> list[dict]:
    """The months of an organization."""
    return api.call("usage.history", {"organization_id": api.organization, **terms})["months"]


def test_history_has_calendar_months_with_their_most_storage(server, own):
    """[operations.json usage.history]"""
    content = small_scene()
    item = own.upload_one(content)
    assert own.op("items.tile.render", {"item_id": item, "z": 0, "x": 0, "y": 0}).status_code == 200
    assert get(own.download(item)).content == content
    wait_for("the egress", lambda: own.usage()["egress"]["bytes"] == len(content))
    own.call("items.delete", {"item_id": item})
    months = history(own)
    assert [entry["month"] for entry in months] == months_back(3)
    assert [entry["peak_storage_bytes"] for entry in months] == [0, 0, len(content)]
    assert [entry["tile_requests"] for entry in months] == [0, 0, 1]
    assert [entry["egress_bytes"] for entry in months] == [0, 0, len(content)]


def test_what_was_stored_before_counts_for_the_months_after(server, own):
    """[operations.json usage.history]"""
    content = small_scene()
    own.upload_one(content)
    day = 86_400_000_000
    catalog.change(server.installation, f"UPDATE usage_entry SET at = at - {70 * day} WHERE kind = 'storage_used' "
                                        f"AND organization_id = '{own.organization}'")
    peaks = [entry["peak_storage_bytes"] for entry in history(own, months=24)]
    assert len(peaks) == 24
    assert peaks[-2:] == [len(content)] * 2
    assert peaks[:20] == [0] * 20


@pytest.mark.parametrize("months", [0, 25, -1])
def test_history_goes_back_two_years_at_most(own, months):
    """[section 15]"""
    answer = own.op("usage.history", {"organization_id": own.organization, "months": months})
    assert faulty_fields(answer) == {"months"}


def test_usage_is_for_members(own, neighbour):
    """[section 15]"""
    for operation in ("usage.current", "usage.history"):
        problem(neighbour.op(operation, {"organization_id": own.organization}), 404)
