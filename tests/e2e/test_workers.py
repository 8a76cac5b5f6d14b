"""Hosts that do not let workers start, and workers that somebody else ends."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from support import denied, processes
from support.answers import problem
from support.api import wait_for
from support.rasters import geotiff, small_scene
from support.server import NO_LIMITS, Installation, Server


def launcher_of(server: Server) -> processes.Process:
    """The process that forks the workers."""
    [launcher] = [process for process in processes.everyone() if process.parent == server.pid]
    return launcher


@contextlib.contextmanager
def host_without(call: str, binary: Path, engine, folder: Path) -> Iterator[Server]:
    """A server on a host that refuses a system call."""
    wrapper = folder / "landfall-there"
    wrapper.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{denied.__file__}" {call} "{binary}" "$@"\n')
    wrapper.chmod(0o755)
    server = Server(Installation(wrapper, folder / "data", engine.new_database(), NO_LIMITS.copy()))
    try:
        yield server
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("call", ["memfd_create", "capset"])
def test_a_host_that_lets_no_worker_start_is_told(binary, engine, tmp_path, call):
    """In the log, by readiness and by the doctor, each with the call that is refused."""
    with host_without(call, binary, engine, tmp_path) as server:
        api = server.api()
        detail = problem(api.http.get("/readyz"), 503)["detail"]
        assert "workers" in detail and call in detail
        assert api.http.get("/healthz").status_code == 200
        assert "\nlandfall_workers_ready 0\n" in api.http.get("/metrics").text
        wait_for("the log", lambda: call in server.log.read_text())
        content = small_scene()
        upload = api.initiate(len(content))
        api.send(upload, "scene.tif", content)
        assert api.op("uploads.complete", {"upload_id": upload}).status_code == 503
        doctor = server.installation.run("doctor", "--data", str(server.installation.data), check=False)
        [line] = [line for line in doctor.stdout.splitlines() if "workers start" in line]
        assert doctor.returncode == 1 and line.startswith("FAIL") and f"Allow the system call {call}" in line


def test_a_host_that_was_mended_needs_no_restart(make_server):
    """A limit stands for what was wrong: a worker cannot even take its channel."""
    server = make_server()
    api = server.api()
    wait_for("readiness", lambda: api.http.get("/readyz").status_code == 200)
    launcher = launcher_of(server)
    before = resource.prlimit(launcher.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(launcher.pid, resource.RLIMIT_NOFILE, (12, before[1]))
    content = small_scene()
    upload = api.initiate(len(content))
    api.send(upload, "scene.tif", content)
    assert api.op("uploads.complete", {"upload_id": upload}).status_code == 503
    wait_for("the refusal", lambda: api.http.get("/readyz").status_code == 503)
    assert "workers" in problem(api.http.get("/readyz"), 503)["detail"]
    resource.prlimit(launcher.pid, resource.RLIMIT_NOFILE, before)
    wait_for("readiness", lambda: api.http.get("/readyz").status_code == 200)
    assert len(api.complete(upload)) == 1
    assert "workers start again" in server.log.read_text()


def test_a_job_whose_worker_is_killed_says_so(make_server):
    """As the kernel does it where memory runs out."""
    server = make_server()
    api = server.api()
    noise = np.random.default_rng(1).integers(1, 60_000, (1, 3000, 3000)).astype("uint16")
    api.upload_one(geotiff(noise, tiled=False))
    launcher = launcher_of(server)
    said = "killed by signal 9; the limit of memory of this host or container may be too small"

    def killed() -> bool:
        for worker in processes.everyone():
            if worker.parent == launcher.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker.pid, signal.SIGKILL)
        return said in server.log.read_text()

    wait_for("the word of a job", killed)
    [*lines] = [line for line in server.log.read_text().splitlines() if said in line]
    assert " job id=" in lines[0]
    wait_for("the count", lambda: 'end="killed"' in api.http.get("/metrics").text)
