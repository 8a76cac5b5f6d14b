"""More slow work than the server can do at once, and its end in the middle of it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import numpy as np
import pytest

from support import catalog
from support.answers import problem
from support.api import Api, wait_for
from support.rasters import geotiff, small_scene
from support.server import Server

COMPLETES = 20


@pytest.fixture(scope="module")
def slow_scene() -> bytes:
    """A small file of which a probe decodes 64 MiB."""
    pixels = np.ones((1, 8192, 8192), "uint8")
    return geotiff(pixels, tiled=True, blockxsize=1024, blockysize=1024)


def sent(api: Api, content: bytes) -> list[str]:
    """Sessions with one slow file each."""
    uploads = [api.initiate(len(content)) for _ in range(COMPLETES)]
    for upload in uploads:
        api.send(upload, "slow.tif", content)
    return uploads


def in_state(server: Server, state: str) -> int:
    """Number of sessions in that state."""
    return catalog.number(server.installation, f"SELECT count(*) FROM upload WHERE state = '{state}'")


def complete_all(pool: ThreadPoolExecutor, server: Server, uploads: list[str]) -> list[Future[httpx.Response]]:
    """Begins to complete all sessions; returns once as many are claimed as the server takes at a time."""
    calls = [(server.api().op, "uploads.complete", {"upload_id": upload}) for upload in uploads]
    answers = [pool.submit(*call) for call in calls]
    wait_for("the claims", lambda: in_state(server, "processing") + in_state(server, "completed") >= min(len(uploads), 8))
    return answers


def test_a_crowd_of_completes_leaves_room_for_everyone_else(make_server, slow_scene):
    """[design section 9]"""
    server = make_server(LANDFALL_LIMITS_PROBES_AT_ONCE="1")
    api = server.api()
    item = api.upload_one(small_scene())
    uploads = sent(api, slow_scene)
    with ThreadPoolExecutor(COMPLETES) as pool:
        answers = complete_all(pool, server, uploads)
        assert api.http.get("/readyz").status_code == 200
        assert api.op("items.tile.render", {"item_id": item, "z": 0, "x": 0, "y": 0}).status_code == 200
        ended = sum(answer.done() for answer in answers)
        assert ended < COMPLETES // 2, "they came after most of the completes"
        assert {answer.result().status_code for answer in answers} == {200}


def test_a_stopping_server_answers_the_completes_that_it_gives_up(make_server, slow_scene):
    """[design section 10]"""
    server = make_server(LANDFALL_LIMITS_PROBES_AT_ONCE="1")
    uploads = sent(server.api(), slow_scene)[:6]
    with ThreadPoolExecutor(COMPLETES) as pool:
        answers = complete_all(pool, server, uploads)
        assert server.stop() == 0
        refused = [answer.result() for answer in answers if answer.result().status_code != 200]
    assert refused
    for answer in refused:
        assert "stopping" in problem(answer, 503)["detail"]
    assert in_state(server, "completed") == len(uploads) - len(refused)
    assert in_state(server, "processing") + in_state(server, "failed") == 0
