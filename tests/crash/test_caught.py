"""The server is killed at a chosen point of slow work: the next start takes it up where it stood."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator

import httpx
import pytest

from hostile.tiff import HEADER, LENGTH, LONG, SIDE, TILE_COUNTS, TILE_OFFSETS, WIDTH, Tiff, tiled
from support import catalog, processes
from support.api import Api, put, wait_for
from support.server import Server

#: Jobs of a killed server are taken up again when their leases run out.
JOBS_SECONDS = 240


def slow_raster(across: int = 280) -> bytes:
    """Small to send and slow to read: every tile is the same stored block."""
    made: Tiff = tiled(1, 1).place()
    block, count = len(made.data), across * across
    made.set(WIDTH, LONG, SIDE * across).set(LENGTH, LONG, SIDE * across)
    return made.set(TILE_OFFSETS, LONG, *[HEADER] * count).set(TILE_COUNTS, LONG, *[block] * count).pack()


@pytest.fixture
def server(make_server) -> Server:
    """A server of the test's own."""
    return make_server()


def state_of(server: Server, upload: str) -> str:
    """The state of a session as the catalog has it."""
    return catalog.rows(server.installation, f"SELECT state FROM upload WHERE id = '{upload}'")[0]["state"]


def sent(api: Api, content: bytes, name: str = "slow.tif") -> str:
    """A session with one file."""
    upload = api.initiate(len(content))
    api.send(upload, name, content)
    return upload


def workers_of(server: Server) -> list[processes.Process]:
    """The workers that compute at the moment."""
    computing = [process for process in processes.everyone() if process.state == "R"]
    launchers = {process.pid for process in processes.everyone() if process.parent == server.pid}
    return [process for process in computing if process.parent in launchers]


class Completion:
    """A `complete` that runs on a thread of its own."""

    def __init__(self, api: Api, upload: str) -> None:
        self.answer: httpx.Response | None = None
        self._thread = threading.Thread(target=self._run, args=(api, upload))
        self._thread.start()

    def _run(self, api: Api, upload: str) -> None:
        try:
            self.answer = api.op("uploads.complete", {"upload_id": upload})
        except httpx.TransportError:
            self.answer = None

    def join(self) -> httpx.Response | None:
        """Waits for the answer; None if the server was gone before."""
        self._thread.join()
        return self.answer


@pytest.mark.parametrize("ending", ["complete", "fail"])
def test_a_session_caught_in_processing_can_be_ended_when_asked_again(server, ending):
    """[design sections 3, 6]"""
    content = slow_raster()
    api = server.api()
    upload = sent(api, content)
    completion = Completion(api, upload)
    wait_for("the processing", lambda: state_of(server, upload) == "processing")
    server.kill()
    assert completion.join() is None
    assert state_of(server, upload) == "processing"
    server.start()
    api = server.api()
    if ending == "fail":
        api.call("uploads.fail", {"upload_id": upload, "error_message": "gave up after the crash"})
    else:
        [item] = api.complete(upload)
        assert api.complete(upload) == [item]
        assert api.http.get(api.download(item)).content == content
    storage = api.storage()
    assert (storage["used_bytes"], storage["reserved_bytes"]) == (len(content) if ending == "complete" else 0, 0)
    assert catalog.disagreements(server.installation) == []


def test_a_session_caught_in_processing_does_not_take_files(server):
    """[contract section 7.2]"""
    api = server.api()
    upload = sent(api, slow_raster())
    completion = Completion(api, upload)
    wait_for("the processing", lambda: state_of(server, upload) == "processing")
    assert api.op("uploads.signed_url", {"upload_id": upload, "file_name": "late.tif"}).status_code == 409
    assert api.op("uploads.complete", {"upload_id": upload}).status_code in (200, 409)
    assert completion.join().status_code == 200


def test_a_session_outlives_a_worker_that_was_killed_alone(server):
    """[design sections 1, 10]"""
    api = server.api()
    content = slow_raster()
    upload = sent(api, content)
    completion = Completion(api, upload)
    wait_for("the worker", lambda: workers_of(server))
    for worker in workers_of(server):
        os.kill(worker.pid, signal.SIGKILL)
    answer = completion.join()
    assert answer.status_code == 503 and int(answer.headers["retry-after"]) > 0, answer.text
    [item] = api.complete(upload)
    assert api.http.get(api.download(item)).content == content


def test_a_job_caught_running_ends_once_after_the_restart(server):
    """[design section 10]"""
    api = server.api()
    [item] = api.complete(sent(api, slow_raster(200)))
    running = f"SELECT count(*) FROM job WHERE item_id = '{item}' AND state = 'running'"
    wait_for("a running job", lambda: catalog.number(server.installation, running) > 0)
    server.kill()
    server.start()
    api = server.api()
    wait_for("the renditions", lambda: {"cog", "thumbnail"} <= set(api.assets(item)), JOBS_SECONDS)
    catalog.settle(server.installation, JOBS_SECONDS)
    assert sorted(api.assets(item)) == ["cog", "data", "thumbnail"]
    # The killed server's folders are gone; the new one keeps its empty root and the lock on it.
    left = [path for path in (server.installation.data / "scratch").rglob("*") if path.suffix != ".lock"]
    assert len(left) == 1 and left[0].is_dir()


def test_half_a_put_leaves_nothing_after_a_sweep(server):
    """[design section 6]"""
    api = server.api()
    upload = api.initiate(1 << 30)
    url = api.sign(upload, "half.tif")
    held, arrived = threading.Event(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield bytes(8 << 20)
        arrived.set()
        held.wait(60)
        yield bytes(8 << 20)

    def send() -> None:
        try:
            put(url, pieces())
        except httpx.TransportError:
            return

    sender = threading.Thread(target=send)
    sender.start()
    arrived.wait(60)
    wait_for("the first bytes", lambda: catalog.unfinished_blobs(server.installation))
    server.kill()
    held.set()
    sender.join()
    server.start()
    sweep = ("sweep", "--data", str(server.installation.data), "--grace", "0")
    server.installation.run(*sweep)
    assert catalog.unfinished_blobs(server.installation) == catalog.stored_blobs(server.installation) == set()
    assert server.api().op("uploads.complete", {"upload_id": upload}).status_code == 409


def test_a_worker_that_starts_beside_the_server_takes_no_running_job_its_folder(server):
    """[design sections 10, 13]"""
    api = server.api()
    [item] = api.complete(sent(api, slow_raster(250)))
    cog = f"FROM job WHERE item_id = '{item}' AND kind = 'item.cog'"
    wait_for("the running job", lambda: catalog.number(server.installation, f"SELECT count(*) {cog} AND state = 'running'"))
    installation = server.installation
    worker = subprocess.Popen([str(installation.binary), "worker", "--data", str(installation.data)],
                              env=installation.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert b"working" in worker.stdout.readline()
        wait_for("the rendition", lambda: "cog" in api.assets(item), JOBS_SECONDS)
        assert catalog.number(installation, f"SELECT attempts {cog}") == 1
    finally:
        worker.terminate()
        worker.communicate(timeout=60)


@pytest.mark.parametrize("command", ["worker", "sweep", "init", "doctor"])
def test_another_command_beside_the_server_disturbs_no_probe(server, command):
    """[design sections 8, 13]"""
    api = server.api()
    upload = sent(api, slow_raster())
    completion = Completion(api, upload)
    wait_for("the processing", lambda: state_of(server, upload) == "processing")
    installation = server.installation
    arguments = [str(installation.binary), command, "--data", str(installation.data)]
    other = subprocess.Popen(arguments, env=installation.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if command == "worker":
            assert b"working" in other.stdout.readline()
        else:
            assert other.wait(60) == 0
        answer = completion.join()
        assert answer.status_code == 200, answer.text
        wait_for("the renditions", lambda: {"cog", "thumbnail"} <= set(api.assets(answer.json()["item_ids"][0])), JOBS_SECONDS)
    finally:
        other.terminate()
        other.communicate(timeout=60)
