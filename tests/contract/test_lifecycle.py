"""Retention: states, dates, the batch, restoring. Contract: section 7.8, extensions "Lifecycle"."""

from __future__ import annotations

import os
import pty
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from support import catalog
from support.answers import faulty_fields, problem
from support.api import get
from support.lifecycle import after, run_lifecycle, set_organization, steps
from support.rasters import small_scene

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def landfall(make_server):
    """A server of its own: the batch concerns all of its organizations."""
    return make_server()


@pytest.fixture
def tenant(landfall, request):
    """An organization whose past nobody else has; what others left has no step ahead."""
    run_lifecycle(landfall.installation, after(days=30_000), "--yes")
    return landfall.organization(f"Lifecycle {request.node.name}"[:200])


@pytest.fixture
def free(landfall, tenant):
    """The same on the free plan, with a retention of thirty days."""
    set_organization(landfall.installation, tenant.organization, plan="free", retention_days=30)
    return tenant


def time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def due(api, item: str) -> timedelta:
    """From the making of an item to its next step."""
    record = api.item(item)
    return time(record["expires_at"]) - time(record["created_at"])


def run(landfall, moment: str, **span: float) -> dict:
    return steps(run_lifecycle(landfall.installation, after(moment, **span), "--yes"))


def events(landfall, item: str) -> list[str]:
    """What was told of an item, or is still to be told."""
    return [row["type"] for row in
            catalog.rows(landfall.installation, f"SELECT type FROM outbox WHERE entity_id = '{item}' ORDER BY no")]


def test_items_do_not_expire_unless_someone_says_so(landfall, tenant):
    """[section 7.8]"""
    item = tenant.create_item()
    assert (item["lifecycle_state"], item["expires_at"]) == ("active", None)
    assert run(landfall, item["created_at"], days=20_000) == {}
    assert tenant.item(item["id"])["lifecycle_state"] == "active"


def test_the_free_plan_goes_from_active_to_deleted_step_by_step(landfall, free):
    """[A222, A223, A225]"""
    content = small_scene()
    item = free.upload_one(content)
    born = free.item(item)["created_at"]
    assert due(free, item) == 23 * DAY
    assert run(landfall, born, days=22.9) == {}
    assert run(landfall, born, days=23) == {"expiring": 1}
    assert (free.item(item)["lifecycle_state"], due(free, item)) == ("expiring", 30 * DAY)
    assert get(free.download(item)).content == content
    assert run(landfall, born, days=30) == {"expired": 1}
    assert (free.item(item)["lifecycle_state"], due(free, item)) == ("expired", 60 * DAY)
    assert free.storage()["used_bytes"] == len(content)
    assert run(landfall, born, days=60) == {"deleted": 1}
    problem(free.op("items.get", {"item_id": item}), 404)
    problem(free.op("items.asset.download", {"item_id": item, "asset_id": "data"}), 410)
    assert free.storage()["used_bytes"] == 0
    assert run(landfall, born, days=89.9) == {}
    assert run(landfall, born, days=90.1) == {"purged": 1}
    problem(free.op("items.asset.download", {"item_id": item, "asset_id": "data"}), 404)
    assert catalog.disagreements(landfall.installation) == []


def test_what_was_missed_is_made_up_for_at_once(landfall, free):
    """[extensions, lifecycle]"""
    item = free.create_item()["id"]
    born = free.item(item)["created_at"]
    assert run(landfall, born, days=70) == {"expiring": 1, "expired": 1, "deleted": 1}
    assert run(landfall, born, days=70) == {}


def test_the_warning_takes_no_longer_than_the_retention(landfall, free):
    """[extensions, lifecycle]"""
    set_organization(landfall.installation, free.organization, retention_days=3)
    item = free.create_item()
    assert due(free, item["id"]) == 0 * DAY
    assert run(landfall, item["created_at"], days=0) == {"expiring": 1}
    assert due(free, item["id"]) == 3 * DAY


def test_the_paid_plan_archives(landfall, tenant):
    """[A224, A225]"""
    set_organization(landfall.installation, tenant.organization, retention_days=10)
    item = tenant.upload_one(small_scene())
    born = tenant.item(item)["created_at"]
    assert due(tenant, item) == 10 * DAY
    assert run(landfall, born, days=10) == {"archived": 1}
    record = tenant.item(item)
    assert (record["lifecycle_state"], record["expires_at"]) == ("archived", None)
    assert record["archived_at"]
    assert get(tenant.download(item)).content == small_scene()
    assert run(landfall, born, days=1000) == {}
    woken = tenant.call("items.update", {"item_id": item, "lifecycle_state": "active"})
    assert (woken["lifecycle_state"], woken["archived_at"]) == ("active", None)
    assert time(woken["expires_at"]) > time(born)


def test_expired_items_are_neither_handed_out_nor_drawn(landfall, free):
    """[A205, section 7.8]"""
    item = free.upload_one(small_scene())
    tile = f"/api/v1/items/{item}/tiles/0/0/0.png"
    assert free.http.get(tile).status_code == 200
    run(landfall, free.item(item)["created_at"], days=31)
    problem(free.op("items.asset.download", {"item_id": item, "asset_id": "data"}), 410)
    problem(free.http.get(f"/api/v1/items/{item}/assets/data"), 410)
    problem(free.http.get(tile), 410)
    problem(free.op("items.tile.render", {"item_id": item, "z": 0, "x": 0, "y": 0}), 410)
    problem(free.op("items.tile.tilejson", {"item_id": item}), 410)
    assert free.item(item)["lifecycle_state"] == "expired"
    assert item in [feature["id"] for feature in free.search()["features"]]


def test_expiring_and_expired_are_told(landfall, free):
    """[section 14]"""
    item = free.create_item()
    free.call("items.update", {"item_id": item["id"], "name": "seen"})
    run(landfall, item["created_at"], days=31)
    told = events(landfall, item["id"])
    assert told == [] or told[-2:] == ["item.expiring", "item.expired"]


def test_the_paid_plan_brings_expired_items_back(landfall, free):
    """[A227]"""
    content = small_scene()
    item = free.upload_one(content)
    run(landfall, free.item(item)["created_at"], days=31)
    set_organization(landfall.installation, free.organization, plan="paid")
    assert free.item(item)["lifecycle_state"] == "active"
    assert get(free.download(item)).content == content


def test_what_somebody_else_is_writing_is_waited_for(landfall, free):
    """[A223, A225]"""
    item = free.create_item()
    with ThreadPoolExecutor(1) as pool:
        for days, step in ((30, {"expiring": 1, "expired": 1}), (60, {"deleted": 1}), (91, {"purged": 1})):
            with catalog.item_held(landfall.installation, item["id"]):
                ran = pool.submit(run, landfall, item["created_at"], days=days)
                pytest.raises(TimeoutError, ran.result, timeout=1)
            assert ran.result(timeout=60) == step


def test_a_downgrade_leaves_archived_items_alone(landfall, tenant):
    """[extensions, lifecycle]"""
    set_organization(landfall.installation, tenant.organization, retention_days=10)
    item = tenant.create_item()
    run(landfall, item["created_at"], days=11)
    told = set_organization(landfall.installation, tenant.organization, plan="free")
    assert told["expiring"] == []
    assert run(landfall, item["created_at"], days=20_000) == {}
    assert tenant.item(item["id"])["lifecycle_state"] == "archived"


def backdate(landfall, item: str, days: int) -> None:
    """Makes an item older than it is."""
    for table in ("item", "item_key"):
        catalog.change(landfall.installation,
                       f"UPDATE {table} SET created_at = created_at - {days * 86_400_000_000} WHERE id = '{item}'")


def test_a_stricter_retention_leaves_a_week(landfall, tenant):
    """[section 7.8] Turning it on, shortening it, and the free plan."""
    old, new = (tenant.create_item(name)["id"] for name in ("old", "new"))
    backdate(landfall, old, 100)
    told = set_organization(landfall.installation, tenant.organization, retention_days=20)
    assert [day["items"] for day in told["archiving"]] == [1, 1]
    assert time(tenant.item(old)["expires_at"]).date() == time(after(days=7)).date()
    assert time(tenant.item(new)["expires_at"]) - time(tenant.item(new)["created_at"]) == 20 * DAY
    set_organization(landfall.installation, tenant.organization, retention_days=12)
    assert time(tenant.item(new)["expires_at"]) - time(tenant.item(new)["created_at"]) == 12 * DAY
    told = set_organization(landfall.installation, tenant.organization, plan="free")
    assert [day["date"] for day in told["expiring"]] == [after(days=7)[:10], after(days=12)[:10]]
    assert run(landfall, after(), days=6.9) == {"expiring": 2}
    assert run(landfall, after(), days=7.1) == {"expired": 1}


def test_a_longer_retention_gives_more_time_and_off_gives_all(landfall, free):
    """[extensions, lifecycle]"""
    item = free.create_item()
    run(landfall, item["created_at"], days=24)
    assert free.item(item["id"])["lifecycle_state"] == "expiring"
    set_organization(landfall.installation, free.organization, retention_days=60)
    assert (free.item(item["id"])["lifecycle_state"], due(free, item["id"])) == ("active", 53 * DAY)
    set_organization(landfall.installation, free.organization, retention_days="off")
    record = free.item(item["id"])
    assert (record["lifecycle_state"], record["expires_at"]) == ("active", None)


def test_setting_the_same_again_changes_nothing(landfall, free):
    item = free.create_item()
    before = free.item(item["id"])
    set_organization(landfall.installation, free.organization, plan="free", retention_days=30)
    assert free.item(item["id"]) == before


def test_copies_have_a_retention_of_their_own(landfall, free):
    """[section 7.5]"""
    item = free.create_item()["id"]
    backdate(landfall, item, 10)
    copy = free.call("items.duplicate", {"item_id": item})
    assert copy["lifecycle_state"] == "active"
    assert due(free, copy["id"]) == 23 * DAY


def test_a_dry_run_tells_and_does_nothing(landfall, free):
    """[design section 13]"""
    item = free.create_item()
    free.initiate(10)
    at = after(item["created_at"], days=70)
    told = run_lifecycle(landfall.installation, at, "--dry-run")
    assert set(told) == {"at", "expiring", "expired", "archived", "deleted", "purged", "uploads_ended"}
    assert steps(told) == {"expiring": 1, "expired": 1, "deleted": 1, "uploads_ended": 1}
    assert free.item(item["id"]) == item
    assert steps(run_lifecycle(landfall.installation, at, "--yes")) == steps(told)
    assert free.storage()["reserved_bytes"] == 0


def test_batches_that_run_at_once_take_no_step_twice(landfall, free):
    """[section 7.8]"""
    content = small_scene()
    item = free.upload_one(content)
    copies = 60
    for _ in range(copies):
        free.call("items.duplicate", {"item_id": item})
    for days, expected in ((31, {"expiring": copies + 1, "expired": copies + 1}), (62, {"deleted": copies + 1}),
                           (93, {"purged": copies + 1})):
        at = after(days=days)
        with ThreadPoolExecutor(4) as pool:
            reports = list(pool.map(lambda _: run_lifecycle(landfall.installation, at, "--yes"), range(4)))
        together = Counter()
        for report in reports:
            together.update(steps(report))
        assert together == expected
    assert free.storage()["used_bytes"] == 0
    assert catalog.disagreements(landfall.installation) == []


@pytest.mark.parametrize(("answer", "code", "state"), [("n", 1, "active"), ("", 1, "active"), ("y", 0, "expired")])
def test_a_time_that_lies_ahead_is_asked_about_on_a_terminal(landfall, free, answer, code, state):
    """[design section 13]"""
    item = free.create_item()
    ours, theirs = pty.openpty()
    try:
        command = [str(landfall.installation.binary), "lifecycle", "run", "--at", after(item["created_at"], days=31),
                   "--data", str(landfall.installation.data)]
        process = subprocess.Popen(command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE,
                                   env=landfall.installation.environment())
        os.write(ours, f"{answer}\n".encode())
        assert process.wait(60) == code
        assert b"lies ahead" in os.read(ours, 4096)
    finally:
        os.close(ours)
        os.close(theirs)
    assert free.item(item["id"])["lifecycle_state"] == state


def test_what_ended_long_ago_is_not_kept(landfall, tenant):
    """[section 4] Each has a setting of its own."""
    tenant.upload_one(small_scene())
    open_session = tenant.initiate()
    catalog.settle(landfall.installation)
    day, mine = 86_400_000_000, f"organization_id = '{tenant.organization}'"

    def count(table: str) -> int:
        return catalog.number(landfall.installation, f"SELECT count(*) FROM {table} WHERE {mine}")

    def age(days: int) -> None:
        for table, column in (("job", "updated_at"), ("upload", "ended_at"), ("audit_log", "at")):
            catalog.change(landfall.installation, f"UPDATE {table} SET {column} = {column} - {days * day} WHERE {mine}")
        landfall.installation.run("sweep", "--data", str(landfall.installation.data))

    jobs, records = count("job"), count("audit_log")
    assert jobs > 0 and count("upload") == 2
    age(85)
    assert (count("job"), count("upload")) == (jobs, 2) and count("audit_log") >= records
    age(10)
    assert (count("job"), count("upload")) == (0, 2) and count("audit_log") >= records
    age(310)
    assert count("upload") == 1 and count("audit_log") == 0
    assert tenant.call("uploads.progress", {"upload_id": open_session})["id"] == open_session
    assert 0 < tenant.usage()["catalog"]["used_bytes"]
    assert catalog.disagreements(landfall.installation) == []


def test_a_time_must_be_one(landfall):
    done = landfall.installation.run("lifecycle", "run", "--at", "tomorrow", "--data", str(landfall.installation.data),
                                     check=False)
    assert done.returncode == 2 and "--at" in done.stderr


@pytest.mark.parametrize("flags", [("--plan", "gold"), ("--standing", "bad"), ("--retention-days", "0"), ("--quota", "much"),
                                   ("--retention-days", "soon"), ("--credits", "-1")])
def test_what_cannot_be_set_is_a_usage_error(landfall, tenant, flags):
    """[design section 13]"""
    done = landfall.installation.run("organization", "set", tenant.organization, *flags, "--data",
                                     str(landfall.installation.data), check=False)
    assert done.returncode == 2 and done.stderr


def test_an_organizations_settings_are_shown(landfall, tenant):
    """[extensions, command line]"""
    told = set_organization(landfall.installation, tenant.organization, quota="10GiB", credits=5, standing="past-due",
                            plan="free", retention_days=9)
    assert told == {"organization_id": tenant.organization, "plan": "free", "standing": "past_due",
                    "quota_bytes": 10 << 30, "credits_limit": 5, "retention_days": 9, "expiring": []}
    told = set_organization(landfall.installation, tenant.organization, standing="good", credits="unlimited",
                            quota="unlimited")
    assert (told["standing"], told["credits_limit"], told["quota_bytes"]) == ("good", None, None)


# Operations


def test_only_the_machine_triggers_transitions(landfall, free):
    """[A226]"""
    plain = free.with_key(landfall.installation.key(free.organization, "Plain", "items:read", "items:write"))
    problem(plain.op("items.expire_batch", {}), 403)
    problem(plain.op("items.list_expiring", {}), 403)
    assert free.call("items.expire_batch", {}) == {"expired": 0, "item_ids": []}


def test_expiring_items_are_listed_by_their_end(landfall, free):
    """[section 7.8]"""
    assert free.call("items.list_expiring", {}) == []
    later = free.create_item("later")["id"]
    sooner = free.create_item("sooner")["id"]
    backdate(landfall, sooner, 5)
    set_organization(landfall.installation, free.organization, retention_days=20)
    assert free.call("items.list_expiring", {"days": 14}) == []
    assert [item["id"] for item in free.call("items.list_expiring", {"days": 15})] == [sooner]
    listed = free.call("items.list_expiring", {"days": 20})
    assert [item["id"] for item in listed] == [sooner, later]
    assert listed[0] == free.item(sooner)
    assert faulty_fields(free.op("items.list_expiring", {"days": -1})) == {"days"}


def test_a_batch_expires_what_is_past_its_retention(landfall, free):
    """[section 7.8]"""
    past, young = (free.create_item(name)["id"] for name in ("past", "young"))
    catalog.change(landfall.installation,
                   f"UPDATE item SET expires_at = expires_at - {40 * 86_400_000_000} WHERE id = '{past}'")
    assert free.call("items.expire_batch", {}) == {"expired": 1, "item_ids": [past]}
    assert free.item(past)["lifecycle_state"] == "expired"
    assert free.item(young)["lifecycle_state"] == "active"


def test_a_deleted_item_comes_back_whole(landfall, tenant):
    """[A214, extensions]"""
    content = small_scene()
    collection = tenant.create_collection()["id"]
    item = tenant.upload_one(content, target_collection_id=collection)
    before = tenant.item(item)
    assets = tenant.assets(item)
    tenant.call("items.delete", {"item_id": item})
    assert tenant.storage()["used_bytes"] == 0
    back = tenant.call("items.restore", {"item_id": item})
    unchanged = set(before) - {"updated_at"}
    assert {name: back[name] for name in unchanged} == {name: before[name] for name in unchanged}
    assert tenant.assets(item).keys() == assets.keys()
    assert tenant.storage()["used_bytes"] == len(content)
    assert get(tenant.download(item)).content == content
    assert [feature["id"] for feature in tenant.search()["features"]] == [item]
    assert tenant.call("collections.get", {"project_id": tenant.project, "collection_id": collection})["item_count"] == 1
    assert tenant.http.get(f"/api/v1/items/{item}/tiles/0/0/0.png").status_code == 200
    assert tenant.call("items.restore", {"item_id": item})["id"] == item
    assert catalog.disagreements(landfall.installation) == []


def test_an_asset_that_was_deleted_before_stays_deleted(tenant):
    """[extensions, lifecycle] `assets.delete` has no grace."""
    item = tenant.upload_one(small_scene())
    tenant.upload({"more.tif": small_scene(2)}, target_item_id=item, asset_key="data_more")
    tenant.call("assets.delete", {"item_id": item, "asset_id": "data_more"})
    tenant.call("items.delete", {"item_id": item})
    tenant.call("items.restore", {"item_id": item})
    assert "data_more" not in tenant.assets(item)


def test_restoring_needs_room_in_the_quota(landfall, tenant):
    """[extensions]"""
    item = tenant.upload_one(small_scene())
    tenant.call("items.delete", {"item_id": item})
    set_organization(landfall.installation, tenant.organization, quota=len(small_scene()) - 1)
    problem(tenant.op("items.restore", {"item_id": item}), 402)
    assert tenant.storage()["used_bytes"] == 0
    set_organization(landfall.installation, tenant.organization, quota=len(small_scene()))
    tenant.call("items.restore", {"item_id": item})


def test_shared_bytes_count_once_when_an_item_comes_back(tenant):
    """[section 7.3]"""
    item = tenant.upload_one(small_scene())
    tenant.call("items.duplicate", {"item_id": item})
    tenant.call("items.delete", {"item_id": item})
    assert tenant.storage()["used_bytes"] == len(small_scene())
    tenant.call("items.restore", {"item_id": item})
    assert tenant.storage()["used_bytes"] == len(small_scene())


def test_a_taken_stac_id_stands_in_the_way(tenant):
    """[extensions]"""
    item = tenant.create_item(stac_id="scene")["id"]
    tenant.call("items.delete", {"item_id": item})
    other = tenant.create_item(stac_id="scene")["id"]
    problem(tenant.op("items.restore", {"item_id": item}), 409)
    tenant.call("items.delete", {"item_id": other})
    assert tenant.call("items.restore", {"item_id": item})["stac_id"] == "scene"


def test_an_item_of_a_deleted_collection_comes_back_without_it(tenant):
    collection = tenant.create_collection()["id"]
    item = tenant.create_item(collection_id=collection)["id"]
    tenant.call("items.delete", {"item_id": item})
    tenant.call("collections.delete", {"project_id": tenant.project, "collection_id": collection})
    assert tenant.call("items.restore", {"item_id": item})["collection_id"] is None


def test_what_is_purged_or_foreign_does_not_come_back(landfall, tenant, free):
    """[extensions]"""
    item = tenant.create_item()["id"]
    tenant.call("items.delete", {"item_id": item})
    stranger = landfall.api()
    problem(stranger.op("items.restore", {"item_id": item}), 404)
    run(landfall, after(), days=31)
    problem(tenant.op("items.restore", {"item_id": item}), 404)


def test_restoring_does_not_go_round_the_free_plan(landfall, free):
    """[section 7.8]"""
    item = free.create_item()["id"]
    backdate(landfall, item, 40)
    catalog.change(landfall.installation, f"UPDATE item SET expires_at = 0 WHERE id = '{item}'")
    free.call("items.expire_batch", {})
    problem(free.op("items.restore", {"item_id": item}), 409)
    free.call("items.delete", {"item_id": item})
    assert free.call("items.restore", {"item_id": item})["lifecycle_state"] == "expired"
