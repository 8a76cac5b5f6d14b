"""Clients that do the same thing, or the opposite, at the same moment."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from support import catalog
from support.answers import problem
from support.api import Api, put
from support.races import at_once, statuses
from support.rasters import small_scene
from support.server import Server

CALLERS = 16


def total(api: Api) -> int:
    """Number of items in the project."""
    return api.call("items.list", {"project_id": api.project})["total"]


def prepared(api: Api, content: bytes, name: str = "scene.tif", **fields) -> str:
    """A session with one file that was sent."""
    upload = api.initiate(len(content), **fields)
    api.send(upload, name, content)
    return upload


def completing(api: Api, upload: str) -> Callable[[], httpx.Response]:
    """The call that completes a session, for later."""
    return lambda: api.op("uploads.complete", {"upload_id": upload})


def failing(api: Api, upload: str) -> Callable[[], httpx.Response]:
    """The call that gives a session up, for later."""
    return lambda: api.op("uploads.fail", {"upload_id": upload, "error_message": "changed my mind"})


def assert_sound(server: Server, api: Api, used: int, reserved: int = 0) -> None:
    """Usage is exactly this, and a recount agrees."""
    storage = api.storage()
    assert (storage["used_bytes"], storage["reserved_bytes"]) == (used, reserved)
    assert api.call("usage.recalculate_storage", {"organization_id": api.organization})["delta_bytes"] == 0
    assert catalog.disagreements(server.installation) == []


def test_two_hundred_initiates_never_reserve_more_than_the_quota(server, own):
    """[contract section 7.3]"""
    fits, each = 37, 1000
    server.installation.set_quota(own.organization, fits * each + each // 2)
    body = {"project_id": own.project, "total_bytes": each}
    crowd = [own.within(own.project) for _ in range(200)]
    answers = at_once(*[lambda api=api: api.op("uploads.initiate", body) for api in crowd])
    assert statuses(answers) == {200: fits, 402: 200 - fits}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == fits
    assert_sound(server, own, 0, fits * each)


def test_initiates_and_fails_at_once_keep_the_reservation_exact(server, own):
    """[contract section 7.3]"""
    server.installation.set_quota(own.organization, 20_000)
    open_ones = [own.initiate(1000) for _ in range(20)]
    body = {"project_id": own.project, "total_bytes": 1000}
    calls = [call for upload in open_ones for call in (failing(own, upload), failing(own, upload))]
    answers = at_once(*calls, *[lambda: own.op("uploads.initiate", body)] * 40)
    assert statuses(answers[:40]) == {200: 40}
    opened = statuses(answers[40:])[200]
    assert opened <= 20
    assert_sound(server, own, 0, opened * 1000)


def test_racing_completes_make_one_set_of_items(server, own):
    """[contract section 7.2]"""
    contents = {f"scene {n}.tif": small_scene(n) for n in range(3)}
    upload = own.initiate(1, file_count=3)
    for name, content in contents.items():
        own.send(upload, name, content)
    answers = at_once(*[completing(own, upload)] * CALLERS)
    assert set(statuses(answers)) <= {200, 409}
    made = {tuple(answer.json()["item_ids"]) for answer in answers if answer.status_code == 200}
    assert len(made) == 1
    assert total(own) == 3
    assert own.complete(upload) == list(*made)
    assert_sound(server, own, sum(map(len, contents.values())))


@pytest.mark.parametrize("turn", range(5))
def test_complete_against_fail_ends_one_way(server, own, turn):
    """[contract section 7.2]"""
    content = small_scene(turn)
    upload = prepared(own, content)
    done, failed = at_once(completing(own, upload), failing(own, upload))
    assert (done.status_code, failed.status_code) in {(200, 409), (409, 200)}, (done.text, failed.text)
    assert total(own) == (1 if done.status_code == 200 else 0)
    assert_sound(server, own, len(content) if done.status_code == 200 else 0)


@pytest.mark.parametrize("turn", range(5))
def test_a_put_against_complete_leaves_whole_bytes_of_one_of_them(server, own, turn):
    """[design section 7]"""
    first, second = small_scene(turn), small_scene(turn + 10) + bytes(1 << 20)
    upload = prepared(own, first)
    url = own.sign(upload, "scene.tif")
    sent, done = at_once(lambda: put(url, second), completing(own, upload))
    assert sent.status_code in (200, 403)
    assert done.status_code == 200, done.text
    [item] = done.json()["item_ids"]
    content = own.http.get(own.download(item)).content
    assert content == (second if sent.status_code == 200 else first)
    assert_sound(server, own, len(content))


def test_racing_puts_of_one_file_leave_the_whole_of_one(server, own):
    """[design section 7]"""
    contents = [small_scene(n) + bytes([n]) * 300_000 for n in range(8)]
    upload = own.initiate(1)
    url = own.sign(upload, "scene.tif")
    answers = at_once(*[lambda content=content: put(url, content) for content in contents])
    assert statuses(answers) == {200: 8}
    [item] = own.complete(upload)
    content = own.http.get(own.download(item)).content
    assert content in contents
    assert_sound(server, own, len(content))


@pytest.mark.parametrize("turn", range(5))
def test_deleting_the_target_item_against_complete(server, own, turn):
    """[contract sections 7.1, 7.5]"""
    item = own.upload_one(small_scene())
    content = small_scene(turn + 2)
    upload = prepared(own, content, "more.tif", target_item_id=item, asset_key="more")
    deleted, done = at_once(lambda: own.op("items.delete", {"item_id": item}), completing(own, upload))
    assert deleted.status_code == 200, deleted.text
    assert done.status_code in (200, 404, 409), done.text
    problem(own.op("items.get", {"item_id": item}), 404)
    if done.status_code != 200:
        own.op("uploads.fail", {"upload_id": upload, "error_message": "no target"})
    assert_sound(server, own, 0)


def test_racing_deletes_give_the_bytes_back_once(server, own):
    """[contract section 7.3]"""
    kept = small_scene(2)
    own.upload_one(kept)
    item = own.upload_one(small_scene(1))
    answers = at_once(*[lambda: own.op("items.delete", {"item_id": item})] * CALLERS)
    assert statuses(answers) == {200: 1, 404: CALLERS - 1}
    assert_sound(server, own, len(kept))


def test_racing_completes_into_one_item_keep_the_asset_key_unique(server, own):
    """[contract section 7.1]"""
    item = own.upload_one(small_scene())
    contents = [small_scene(n) for n in range(2, 8)]
    uploads = [prepared(own, content, "more.tif", target_item_id=item, asset_key="more") for content in contents]
    answers = at_once(*[completing(own, upload) for upload in uploads])
    assert statuses(answers) == {200: 1, 409: len(uploads) - 1}
    won = contents[[answer.status_code for answer in answers].index(200)]
    assert own.http.get(own.download(item, "more")).content == won
    for upload in uploads:
        own.op("uploads.fail", {"upload_id": upload, "error_message": "too late"})
    assert_sound(server, own, len(small_scene()) + len(won))


def test_completes_beyond_their_reservation_never_exceed_the_quota(server, own):
    """[contract section 7.3]"""
    content = small_scene()
    uploads = []
    for number in range(6):
        uploads.append(own.initiate(1))
        own.send(uploads[-1], f"{number}.tif", content)
    server.installation.set_quota(own.organization, 3 * len(content) + 6)
    answers = at_once(*[completing(own, upload) for upload in uploads])
    fitted = statuses(answers)
    assert set(fitted) == {200, 402} and 1 <= fitted[200] <= 3, fitted
    # What was stored is reserved, whatever the session had declared.
    assert_sound(server, own, fitted[200] * len(content), fitted[402] * len(content))


def test_two_servers_on_one_database_are_one(request, make_server):
    """[design section 11]"""
    if request.config.getoption("engine") == "sqlite":
        pytest.skip("two servers need PostgreSQL")
    first = make_server()
    if not first.installation.database:
        pytest.skip("two servers need PostgreSQL")
    second = Server(first.installation)
    try:
        api = first.api().new_project("Two servers")
        twin = Api(second.base_url, api.key, api.world)
        content = small_scene()
        upload = prepared(api, content)
        answers = at_once(*[completing(api, upload), completing(twin, upload)] * (CALLERS // 2))
        assert set(statuses(answers)) <= {200, 409}
        assert len({tuple(answer.json()["item_ids"]) for answer in answers if answer.status_code == 200}) == 1
        assert total(twin) == 1
        first.installation.set_quota(api.organization, 10_000 + len(content))
        body = {"project_id": api.project, "total_bytes": 1000}
        initiate = [lambda a=a: a.op("uploads.initiate", body) for a in (api, twin)] * 20
        assert statuses(at_once(*initiate)) == {200: 10, 402: 30}
        assert_sound(first, twin, len(content), 10_000)
    finally:
        assert second.stop() == 0
