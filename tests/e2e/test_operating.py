"""Health, metrics and what the process keeps to itself. Design: sections 2, 5 and 12."""

from __future__ import annotations

import os
import signal

import pytest

from support import processes
from support.answers import problem
from support.api import wait_for
from support.rasters import small_scene
from support.server import NO_LIMITS, Installation, Server


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_needs_no_credentials(admin, path):
    """[design section 2]"""
    assert admin.with_key(None).http.get(path).status_code == 200


def test_a_server_without_its_launcher_is_not_ready(make_server):
    """[design section 10]"""
    server = make_server()
    http = server.api().http
    assert http.get("/readyz").status_code == 200
    [launcher] = [process for process in processes.everyone() if process.parent == server.pid]
    os.kill(launcher.pid, signal.SIGKILL)
    wait_for("the refusal", lambda: http.get("/readyz").status_code == 503)
    assert "launcher" in problem(http.get("/readyz"), 503)["detail"]
    assert http.get("/healthz").status_code == 200


def test_a_server_that_runs_nice_still_reads_files(binary, engine, tmp_path):
    """[design section 6]"""
    nice = tmp_path / "nice-landfall"
    nice.write_text(f'#!/bin/sh\nexec nice -n 10 "{binary}" "$@"\n')
    nice.chmod(0o755)
    server = Server(Installation(nice, tmp_path / "data", engine.new_database(), NO_LIMITS))
    try:
        assert server.api().upload_one(small_scene())
    finally:
        assert server.stop() == 0


def test_without_a_launcher_no_file_is_blamed(make_server):
    """[design section 6]"""
    server = make_server()
    api = server.api()
    content = small_scene()
    upload = api.initiate(len(content))
    api.send(upload, "scene.tif", content)
    [launcher] = [process for process in processes.everyone() if process.parent == server.pid]
    os.kill(launcher.pid, signal.SIGKILL)
    answer = api.op("uploads.complete", {"upload_id": upload})
    assert answer.status_code == 503 and "operator" in answer.json()["detail"], answer.text
    server.kill()
    server.start()
    assert len(server.api().complete(upload)) == 1


def test_a_server_that_can_store_nothing_is_not_ready(make_server):
    """[design section 7]"""
    server = make_server()
    http = server.api().http
    assert http.get("/readyz").status_code == 200
    unfinished = server.installation.data / "objects" / "tmp"
    assert list(unfinished.iterdir()) == [], "readiness leaves files behind"
    unfinished.rmdir()
    assert "object store" in problem(http.get("/readyz"), 503)["detail"]


def test_metrics_are_prometheus_text(admin):
    """[design section 2]"""
    answer = admin.with_key(None).http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert "# TYPE landfall_" in answer.text
    assert "\nlandfall_journal_dropped_total 0\n" in answer.text


def test_unknown_paths_are_problems_and_never_html(admin):
    """[section 1.3]"""
    problem(admin.http.get("/no/such/path"), 404)


def test_answers_carry_protective_headers(admin):
    """[design section 12]"""
    for answer in (admin.op("api_keys.list"), admin.http.get("/no/such/path"), admin.http.get("/storage/landfall/x")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_the_log_holds_no_secrets(server, admin, scene):
    """[design section 12]"""
    url = scene.api.download(scene.item_id)
    signature = url.split("X-Amz-Signature=")[1].split("&")[0]
    assert admin.http.get(f"/api/v1/items/{scene.item_id}/stac.json", params={"key": admin.key}).status_code == 200
    assert scene.api.http.get(url.removeprefix(admin.base_url), headers={"Authorization": ""}).status_code in (200, 400, 403)
    text = server.log.read_text(errors="replace")
    assert admin.key not in text
    assert signature not in text
