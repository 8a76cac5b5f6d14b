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


def breakdown(api, by: str, **terms) -> dict[str, dict]:
    """Who uses what, by id."""
    rows = api.call("usage.breakdown", {"organization_id": api.organization, "by": by, **terms})["rows"]
    return {row["id"]: row for row in rows}


def used(storage: int = 0, egress: int = 0, tiles: int = 0) -> dict:
    """The figures of a row."""
    return {"storage_bytes": storage, "egress_bytes": egress, "tiles": tiles}


def figures(row: dict) -> dict:
    """Those of a row, without its names."""
    return {name: row[name] for name in used()}


def test_usage_is_told_by_project_item_key_and_user(server, own):
    """[extensions usage.breakdown]"""
    first, second = small_scene(1), small_scene(2)
    other = own.new_project("Other")
    item, another = own.upload_one(first), other.upload_one(second)
    reader = own.with_key(server.installation.key(own.organization, "Reader", "items:read"))
    assert get(reader.download(item)).content == first
    assert reader.op("items.tile.render", {"item_id": item, "z": 0, "x": 0, "y": 0}).status_code == 200
    assert get(own.download(another), Range="bytes=0-9").status_code == 206
    wait_for("the egress", lambda: own.usage()["egress"]["bytes"] == len(first) + 10)
    projects = breakdown(own, "project")
    assert figures(projects[own.project]) == used(len(first), len(first), 1)
    assert figures(projects[other.project]) == used(len(second), 10)
    assert projects[other.project]["name"] == "Other"
    items = breakdown(own, "item")
    assert figures(items[item]) == used(len(first), len(first), 1)
    assert figures(items[another]) == used(len(second), 10)
    keys = {row["name"]: row for row in breakdown(own, "key").values()}
    assert figures(keys["Reader"]) == used(0, len(first), 1)
    assert figures(keys["init"]) == used(len(first) + len(second), 10)
    [user] = breakdown(own, "user").values()
    assert user["id"] == own.world["user_id"]
    assert figures(user) == used(len(first) + len(second), len(first) + 10, 1)
    assert figures(breakdown(own, "item", limit=1)[max((item, another), key=lambda i: items[i]["storage_bytes"])])
    past = breakdown(own, "project", month="2001-01")
    assert figures(past[own.project]) == used(len(first))


def test_the_row_of_a_download_says_who_asked_and_who_fetched(own):
    """[section 7.9]"""
    item = own.upload_one(small_scene())
    assert get(own.download(item), User_Agent="viewer/2").status_code == 200
    [asked] = own.call("audit.list", {"organization_id": own.organization, "operation": "items.asset.download"})["entries"]
    [fetched] = own.call("audit.list", {"organization_id": own.organization, "operation": "storage.get"})["entries"]
    assert asked["principal_id"] in fetched["targets"]
    assert own.assets(item)["data"]["id"] in fetched["targets"]
    assert fetched["user_agent"] == "viewer/2" and fetched["ip"] == "127.0.0.1"


@pytest.mark.parametrize("month", ["2026", "2026-13", "november", "2026-11-01"])
def test_a_month_must_be_one(own, month):
    """[extensions usage.breakdown]"""
    answer = own.op("usage.breakdown", {"organization_id": own.organization, "by": "project", "month": month})
    assert faulty_fields(answer) == {"month"}


def test_a_month_must_be_asked_by_something_known(own):
    """[extensions usage.breakdown]"""
    answer = own.op("usage.breakdown", {"organization_id": own.organization, "by": "colour"})
    assert faulty_fields(answer) == {"by"}


def test_usage_is_for_members(own, neighbour):
    """[section 15]"""
    for operation in ("usage.current", "usage.history", "usage.breakdown"):
        problem(neighbour.op(operation, {"organization_id": own.organization, "by": "project"}), 404)
