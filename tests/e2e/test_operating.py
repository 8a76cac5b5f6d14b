"""Health, metrics and what the process keeps to itself. Design: sections 2, 5 and 12."""

from __future__ import annotations

import contextlib
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support import catalog, processes
from support.answers import problem
from support.api import wait_for
from support.rasters import small_scene
from support.raw_http import connections
from support.server import NO_LIMITS, REPOSITORY, Installation, Server


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_credentials(admin, path):
    """[design section 2]"""
    assert admin.with_key(None).http.get(path).status_code == 200


def test_an_embedded_catalog_has_one_server(server, engine):
    """A second one would take the first one's claims for those of a dead server. [design sections 3 and 8]"""
    if engine.name != "sqlite":
        pytest.skip("several servers may share PostgreSQL")
    data = str(server.installation.data)
    second = server.installation.run("serve", "--data", data, "--listen", "127.0.0.1:0", check=False)
    assert second.returncode == 1 and "Another landfall serve runs" in second.stderr
    assert server.api().http.get("/readyz").status_code == 200


def launchers_of(server: Server) -> list[int]:
    """The process that forks workers; none for a moment after it was killed."""
    return [process.pid for process in processes.everyone() if process.parent == server.pid]


def test_a_launcher_that_was_killed_is_started_again(make_server):
    """[design section 10]"""
    server = make_server()
    api = server.api()
    tile = f"/api/v1/items/{api.upload_one(small_scene())}/tiles/0/0/0.png"
    for _ in range(3):
        [before] = launchers_of(server)
        os.kill(before, signal.SIGKILL)
        wait_for("another", lambda: set(launchers_of(server)) - {before})
        wait_for("readiness", lambda: api.http.get("/readyz").status_code == 200)
        assert api.http.get(tile, params={"size": 512}).status_code == 200
        assert api.upload_one(small_scene())
    assert api.http.get("/healthz").status_code == 200
    assert "is started again" in server.log.read_text()
    family = processes.family(server.pid)
    server.kill()
    assert not processes.survivors(family, 3)
    server.start()


@contextlib.contextmanager
def started_by(binary: Path, engine, folder: Path, script: str) -> Iterator[Server]:
    """A server whose commands a shell script ends in: `{}` stands for the program and its arguments."""
    wrapper = folder / "wrapped-landfall"
    wrapper.write_text("#!/bin/sh\n" + script.format(f'"{binary}" "$@"') + "\n")
    wrapper.chmod(0o755)
    patience = {"LANDFALL_HEADER_SECONDS": "120"}  # with connections that say nothing
    server = Server(Installation(wrapper, folder / "data", engine.new_database(), NO_LIMITS | patience))
    try:
        yield server
    finally:
        assert server.stop() == 0


def test_a_server_that_runs_nice_still_reads_files(binary, engine, tmp_path):
    """[design section 6]"""
    with started_by(binary, engine, tmp_path, "exec nice -n 10 {}") as server:
        assert server.api().upload_one(small_scene())


def test_a_low_soft_limit_of_open_files_does_not_bound_the_connections(binary, engine, tmp_path):
    """Shells and systemd begin with 1024. [stack section 7]"""
    with started_by(binary, engine, tmp_path, "ulimit -Sn 120; exec {}") as server, connections(server.base_url, 150):
        assert server.api().http.get("/healthz", timeout=20).status_code == 200


def test_connections_leave_descriptors_for_files(binary, engine, tmp_path):
    """[design section 7: slow clients never starve others]"""
    with started_by(binary, engine, tmp_path, "ulimit -n 200; exec {}") as server:
        api = server.api()
        assert api.http.get("/healthz").status_code == 200  # its connection stays open
        with connections(server.base_url, 150) as idle:
            # Each io thread takes connections for itself, so the last one need not be the one turned away.
            answered, _, _ = select.select(idle, [], [], 20)
            assert answered and all(each.recv(1000).startswith(b"HTTP/1.1 503 ") for each in answered)
            assert api.http.get("/readyz").status_code == 200


def test_workers_start_under_limits_lower_than_their_own(binary, engine, tmp_path):
    """[design section 10]"""
    with started_by(binary, engine, tmp_path, "ulimit -n 200; exec {}") as server:
        assert server.api().upload_one(small_scene())


def test_without_a_launcher_no_file_is_blamed(make_server):
    """[design section 6]"""
    server = make_server()
    api = server.api()
    content = small_scene()
    upload = api.initiate(len(content))
    api.send(upload, "scene.tif", content)
    os.kill(*launchers_of(server), signal.SIGKILL)
    answer = api.op("uploads.complete", {"upload_id": upload})
    assert answer.status_code == 503 and "operator" in answer.json()["detail"], answer.text
    wait_for("another", lambda: api.http.get("/readyz").status_code == 200)
    assert len(api.complete(upload)) == 1


@pytest.mark.parametrize("source", ["environment", "file", "flag"])
def test_workers_do_not_have_the_settings_in_memory(binary, engine, tmp_path, source):
    """[design section 10]"""
    secret = "https://secret-of-the-settings.example"
    installation = Installation(binary, tmp_path / "data", engine.new_database(), NO_LIMITS.copy())
    flags = []
    if source == "environment":
        installation.settings["LANDFALL_CORS_ORIGINS"] = secret
    elif source == "flag":
        flags = ["--cors-origins", secret]
    else:
        (tmp_path / "landfall.toml").write_text(f'cors_origins = ["{secret}"]\n')
        installation.settings["LANDFALL_CONFIG"] = str(tmp_path / "landfall.toml")
    server = Server(installation, *flags)
    try:
        api = server.api()
        assert api.http.get(f"/api/v1/items/{api.upload_one(small_scene())}/tiles/0/0/0.png").status_code == 200
        assert secret.encode() in processes.memory(server.pid)
        for turn in range(2):
            catalog.settle(installation)
            [launcher] = launchers_of(server)
            workers = [process.pid for process in processes.everyone() if process.parent == launcher]
            assert workers and not any(secret.encode() in processes.memory(each) for each in (launcher, *workers))
            if turn == 0:  # one that is started later has none either
                os.kill(launcher, signal.SIGKILL)
                wait_for("another", lambda gone=launcher: set(launchers_of(server)) - {gone})
                wait_for("readiness", lambda: api.http.get("/readyz").status_code == 200)
                assert api.http.get(f"/api/v1/items/{api.upload_one(small_scene())}/tiles/0/0/0.png").status_code == 200
    finally:
        assert server.stop() == 0


def test_a_server_that_can_store_nothing_is_not_ready(make_server):
    """[design section 7]"""
    server = make_server()
    http = server.api().http
    assert http.get("/readyz").status_code == 200
    unfinished = server.installation.data / "objects" / "tmp"
    assert list(unfinished.iterdir()) == [], "readiness leaves files behind"
    unfinished.rmdir()
    assert "object store" in problem(http.get("/readyz"), 503)["detail"]


def test_a_server_whose_disk_is_full_is_not_ready(binary, engine, tmp_path):
    """The limit on the size of files stands for the disk: names can be made, bytes can't. [design section 7]"""
    with started_by(binary, engine, tmp_path, "trap '' XFSZ; exec {}") as server:
        http = server.api().http
        assert http.get("/readyz").status_code == 200
        before = resource.prlimit(server.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (0, before[1]))
        try:
            assert "object store" in problem(http.get("/readyz"), 503)["detail"]
            assert http.get("/healthz").status_code == 200
        finally:
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, before)
        assert http.get("/readyz").status_code == 200


def test_metrics_are_prometheus_text(admin):
    """[design section 2]"""
    answer = admin.with_key(None).http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "# TYPE landfall_" in answer.text
    assert "\nlandfall_journal_dropped_total 0\n" in answer.text


def test_unknown_paths_are_problems_and_never_html(admin):
    """[section 1.3]"""
    problem(admin.http.get("/no/such/path/here"), 404)


def test_answers_carry_protective_headers(admin):
    """[design section 12]"""
    for answer in (admin.op("api_keys.list"), admin.http.get("/no/such/path"), admin.http.get("/storage/landfall/x")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'; sandbox"


def test_the_log_holds_no_secrets(server, admin, scene):
    """[design section 12]"""
    url = scene.api.download(scene.item_id)
    signature = url.split("X-Amz-Signature=")[1].split("&")[0]
    assert admin.http.get(f"/api/v1/items/{scene.item_id}/stac.json", params={"key": admin.key}).status_code == 200
    assert scene.api.http.get(url.removeprefix(admin.base_url), headers={"Authorization": ""}).status_code in (200, 400, 403)
    text = server.log.read_text(errors="replace")
    assert admin.key not in text
    assert signature not in text


def refusal(installation: Installation, *arguments: str) -> str:
    """What a command says that must fail."""
    done = installation.run(*arguments, "--data", str(installation.data), check=False)
    assert done.returncode == 1, done
    return done.stderr


def test_a_catalog_that_is_not_the_stores_starts_nothing(make_server, tmp_path, engine):
    """An emptied catalog, a folder of another installation, a disk that is not mounted: no object is taken for an orphan."""
    server = make_server()
    api = server.api()
    item = api.upload_one(small_scene())
    server.stop()
    mine, objects = server.installation, server.installation.data / "objects"
    blobs = catalog.stored_blobs(mine)
    emptied = Installation(mine.binary, mine.data, engine.new_database() or f"sqlite:{tmp_path}/emptied.db", mine.settings)
    for command in (("init",), ("serve", "--listen", "127.0.0.1:0")):
        assert "landfall storage adopt" in refusal(emptied, *command)
    objects.rename(mine.data / "elsewhere")
    for command in (("serve", "--listen", "127.0.0.1:0"), ("sweep", "--grace", "0"), ("worker",), ("init",)):
        assert "another or was emptied" in refusal(mine, *command)
    shutil.rmtree(objects, ignore_errors=True)
    (mine.data / "elsewhere").rename(objects)
    assert catalog.stored_blobs(mine) == blobs
    server.start()
    assert server.api().download(item)


def test_a_store_can_be_adopted(make_server, tmp_path):
    server = make_server()
    server.stop()
    mine = server.installation
    shutil.rmtree(mine.data / "objects")
    assert "storage adopt" in refusal(mine, "sweep")
    mine.run("storage", "adopt", "--data", str(mine.data))
    server.start()
    server.api().upload_one(small_scene())


@pytest.mark.parametrize("name", ["SIGHUP", "SIGUSR1", "SIGUSR2"])
def test_a_signal_that_asks_for_no_end_ends_nothing(server, name):
    os.kill(server.pid, getattr(signal, name))
    for _ in range(3):
        time.sleep(0.1)
        assert server.api().http.get("/healthz").status_code == 200


UNIT = REPOSITORY / "deploy" / "landfall.service"
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")


@needs_systemd
def test_the_unit_exposes_little():
    """Three of ten at most."""
    rated = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=30", UNIT], capture_output=True, text=True, check=False)
    assert rated.returncode == 0, rated.stdout + rated.stderr


@needs_systemd
def test_workers_have_what_they_need_under_the_unit(binary, engine, tmp_path):
    """Its filter of system calls stops neither the server nor what confines a worker."""
    filtered = f"exec {sys.executable} {REPOSITORY}/tests/support/unit_filter.py {UNIT} {{}}"
    with started_by(binary, engine, tmp_path, filtered) as server:
        api = server.api()
        item = api.upload_one(small_scene())
        assert api.http.get(f"/api/v1/items/{item}/tiles/0/0/0.png").status_code == 200
        checked = server.installation.run("doctor", "--data", str(server.installation.data)).stdout
        assert "FAIL" not in checked and "WARN" not in checked
