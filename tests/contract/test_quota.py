"""Storage quota and its ledger. Contract: section 7.3."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.answers import problem, storage_error
from support.api import get, put, wait_for
from support.rasters import small_scene

QUOTA = 1_000_000


@pytest.fixture
def limited(server, own):
    """An organization with a quota of 1 MB."""
    server.installation.set_quota(own.organization, QUOTA)
    return own


def test_a_new_organization_has_no_quota(own):
    """[design section 7]"""
    assert own.storage() == {"used_bytes": 0, "reserved_bytes": 0, "quota_bytes": None}
    own.initiate(1 << 50)


def test_the_quota_command_is_seen_by_a_running_server(server, own):
    """[design section 13]"""
    server.installation.set_quota(own.organization, QUOTA)
    assert own.storage()["quota_bytes"] == QUOTA
    server.installation.set_quota(own.organization, "unlimited")
    assert own.storage()["quota_bytes"] is None


def test_initiate_reserves_exactly_the_total_bytes_once(own):
    """[A004, A071, A073]"""
    own.initiate(1234, file_count=5)
    assert own.storage()["reserved_bytes"] == 1234
    own.initiate(1000)
    assert own.storage()["reserved_bytes"] == 2234


def test_what_does_not_fit_is_402_and_reserves_nothing(limited):
    """[A006, A072, A076]"""
    refused = limited.op("uploads.initiate", {"project_id": limited.project, "total_bytes": QUOTA + 1})
    problem(refused, 402)
    assert "id" not in refused.json()
    assert limited.storage()["reserved_bytes"] == 0
    limited.initiate(QUOTA)
    problem(limited.op("uploads.initiate", {"project_id": limited.project, "total_bytes": 1}), 402)


def test_the_same_call_succeeds_once_there_is_room(server, limited):
    """[A007, A041, A113]"""
    blocking = limited.initiate(QUOTA)
    body = {"project_id": limited.project, "total_bytes": 5000}
    problem(limited.op("uploads.initiate", body), 402)
    limited.call("uploads.fail", {"upload_id": blocking, "error_message": "make room"})
    assert limited.storage()["reserved_bytes"] == 0
    limited.call("uploads.initiate", body)
    problem(limited.op("uploads.initiate", {"project_id": limited.project, "total_bytes": QUOTA}), 402)
    server.installation.set_quota(limited.organization, 2 * QUOTA)
    limited.call("uploads.initiate", {"project_id": limited.project, "total_bytes": QUOTA})


def test_failing_twice_gives_the_reservation_back_once(own):
    """[A041, A113]"""
    kept, failed = own.initiate(700), own.initiate(300)
    for _ in range(2):
        own.call("uploads.fail", {"upload_id": failed, "error_message": "no"})
    assert own.storage()["reserved_bytes"] == 700
    assert own.complete(kept) == []
    assert own.storage()["reserved_bytes"] == 0


def test_complete_turns_the_reservation_into_the_real_bytes(own):
    """[section 7.3]"""
    content = small_scene()
    upload = own.initiate(len(content) + 5000)
    own.send(upload, "scene.tif", content)
    own.complete(upload)
    assert own.storage() == {"used_bytes": len(content), "reserved_bytes": 0, "quota_bytes": None}


def test_renditions_do_not_count(own):
    """[design section 5]"""
    content = small_scene()
    item = own.upload_one(content)
    wait_for("the thumbnail", lambda: "thumbnail" in own.assets(item))
    assert own.storage()["used_bytes"] == len(content)


def test_more_bytes_than_declared_are_accepted_while_they_fit(limited):
    """[A074, C30]"""
    content = small_scene()
    upload = limited.initiate(10)
    limited.send(upload, "scene.tif", content)
    assert len(limited.complete(upload)) == 1
    assert limited.storage()["used_bytes"] == len(content)


def test_bytes_beyond_the_budget_are_413_at_the_put(server, own):
    """[design section 7]"""
    server.installation.set_quota(own.organization, 1000)
    upload = own.initiate(400)
    url = own.sign(upload, "scene.tif")
    storage_error(put(url, bytes(1001)), 413)
    assert put(url, bytes(1000)).status_code == 200


def test_a_chunked_body_beyond_the_budget_is_413(server, own):
    """[design section 7]"""
    server.installation.set_quota(own.organization, 1000)
    url = own.sign(own.initiate(400), "scene.tif")
    storage_error(put(url, iter([bytes(600), bytes(600)])), 413)


def test_bytes_that_were_not_declared_are_reserved_once_they_are_stored(server, own):
    """However many sessions declare nothing, together they hold no more than the quota. [design section 7]"""
    server.installation.set_quota(own.organization, 1000)
    first, second = (own.sign(own.initiate(0), "scene.tif") for _ in range(2))
    assert put(first, bytes(700)).status_code == 200
    assert own.storage()["reserved_bytes"] == 700
    storage_error(put(second, bytes(400)), 413)
    assert put(second, bytes(300)).status_code == 200
    assert own.storage()["reserved_bytes"] == 1000


def test_parallel_puts_of_one_session_never_pass_the_quota(server, own):
    """[design section 7]"""
    server.installation.set_quota(own.organization, 1000)
    upload = own.initiate(0)
    urls = [own.sign(upload, f"{n}.tif") for n in range(6)]
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda url: put(url, bytes(400)).status_code, urls))
    assert sorted(statuses) == [200, 200, 413, 413, 413, 413]
    assert own.storage()["reserved_bytes"] == 800
    own.call("uploads.fail", {"upload_id": upload, "error_message": "done"})
    assert own.storage()["reserved_bytes"] == 0


def test_complete_is_402_when_the_bytes_no_longer_fit_and_the_session_stays_open(server, own):
    """[A074, C30]"""
    content = small_scene()
    upload = own.initiate(1)
    own.send(upload, "scene.tif", content)
    server.installation.set_quota(own.organization, len(content) - 1)
    problem(own.op("uploads.complete", {"upload_id": upload}), 402)
    assert own.call("items.list", {"project_id": own.project})["total"] == 0
    server.installation.set_quota(own.organization, len(content))
    assert len(own.complete(upload)) == 1
    assert own.storage()["used_bytes"] == len(content)


def test_complete_is_402_while_a_file_did_not_fit(server, own):
    """[section 7.2, 7.3] Whether it was never stored or was to replace one that is."""
    content = small_scene()
    server.installation.set_quota(own.organization, len(content))
    upload = own.initiate(0)
    url = own.sign(upload, "scene.tif")
    for body in (bytes(len(content) + 1), iter([content, b"more"])):
        storage_error(put(url, body), 413)
        refused = problem(own.op("uploads.complete", {"upload_id": upload}), 402)
        assert "scene.tif" in refused["detail"]
        assert put(url, content).status_code == 200
        storage_error(put(url, bytes(len(content) + 1)), 413)
        problem(own.op("uploads.complete", {"upload_id": upload}), 402)
    assert put(url, content).status_code == 200
    assert len(own.complete(upload)) == 1
    assert own.storage() == {"used_bytes": len(content), "reserved_bytes": 0, "quota_bytes": len(content)}


def test_deleting_an_item_gives_the_bytes_of_each_asset_back(own):
    """[A210]"""
    first, second, third = small_scene(1), small_scene(2), small_scene(3)
    item = own.upload_one(first)
    own.upload({"more.tif": second}, target_item_id=item, asset_key="more")
    own.upload_one(third)
    assert own.storage()["used_bytes"] == len(first) + len(second) + len(third)
    own.call("items.delete", {"item_id": item})
    assert own.storage()["used_bytes"] == len(third)


def test_a_recount_finds_nothing_to_correct(own):
    """[section 7.3]"""
    content = small_scene()
    own.upload_one(content)
    own.call("items.delete", {"item_id": own.upload_one(small_scene(2))})
    recount = own.call("usage.recalculate_storage", {"organization_id": own.organization})
    assert recount["organization_id"] == own.organization
    assert recount["previous_bytes"] == recount["storage_bytes"] == len(content)
    assert recount["delta_bytes"] == 0


def test_usage_shows_the_month_and_every_counter(own):
    """[operations.json usage.current]"""
    usage = own.usage()
    assert usage["organization_id"] == own.organization
    assert usage["period_start"] < usage["period_end"]
    for group, counter in (("tiles", "requests"), ("credits", "used"), ("jobs", "total"), ("egress", "bytes")):
        assert isinstance(usage[group][counter], int), group


def test_fetched_bytes_are_counted_as_egress(own):
    """[A083]"""
    content = small_scene()
    item = own.upload_one(content)
    assert own.usage()["egress"]["bytes"] == 0
    assert get(own.download(item)).content == content
    wait_for("the egress", lambda: own.usage()["egress"]["bytes"] == len(content))


def test_tiles_are_counted(own):
    """[operations.json usage.current]"""
    item = own.upload_one(small_scene())
    assert own.op("items.tile.render", {"item_id": item, "z": 0, "x": 0, "y": 0}).status_code == 200
    wait_for("the count", lambda: own.usage()["tiles"]["requests"] == 1)


def test_a_total_that_overflows_is_refused(own):
    """[section 7.3]"""
    own.initiate(1000)
    answer = own.op("uploads.initiate", {"project_id": own.project, "total_bytes": 2**63 - 1})
    assert answer.status_code in (402, 422), answer.text
    assert own.storage()["reserved_bytes"] == 1000


def test_concurrent_sessions_never_oversell_the_quota(limited):
    """[A072, section 7.3]"""
    body = {"project_id": limited.project, "total_bytes": QUOTA // 3}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: limited.op("uploads.initiate", body), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 3 + [402] * 5
    assert limited.storage()["reserved_bytes"] == 3 * (QUOTA // 3)


def test_concurrent_deletes_give_the_bytes_back_once(own):
    """[A210, A211]"""
    kept = small_scene(2)
    own.upload_one(kept)
    item = own.upload_one(small_scene())
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: own.op("items.delete", {"item_id": item}), range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 5
    assert own.storage()["used_bytes"] == len(kept)


def test_complete_and_fail_at_once_leave_a_true_ledger(own):
    """[section 7.2]"""
    content = small_scene()
    for _ in range(5):
        upload = own.initiate(len(content))
        own.send(upload, "scene.tif", content)
        with ThreadPoolExecutor(2) as pool:
            done = pool.submit(own.op, "uploads.complete", {"upload_id": upload})
            failed = pool.submit(own.op, "uploads.fail", {"upload_id": upload, "error_message": "race"})
        assert {done.result().status_code, failed.result().status_code} <= {200, 409}
    total = own.call("items.list", {"project_id": own.project})["total"]
    assert own.storage() == {"used_bytes": total * len(content), "reserved_bytes": 0, "quota_bytes": None}
