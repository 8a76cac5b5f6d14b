"""Whoever started the program may close its streams, fill them or not read them. Nothing is lost for that."""

from __future__ import annotations

import os
import subprocess

import httpx
import pytest

from support.rasters import small_scene
from support.server import READY, Installation

FULL = "/dev/full"


def run(installation: Installation, *arguments: str, redirections: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """One command under a shell's redirections."""
    command = f'exec "$0" "$@" {redirections}'
    return subprocess.run(["sh", "-c", command, str(installation.binary), *arguments], capture_output=True, text=True, timeout=60,
                          env=installation.environment() | environment, check=False)


@pytest.fixture(scope="module")
def fresh(binary, engine, tmp_path_factory) -> Installation:
    """An installation with a first organization."""
    installation = Installation(binary, tmp_path_factory.mktemp("streams") / "data", engine.new_database())
    installation.world = installation.init()
    return installation


@pytest.mark.parametrize("arguments", [
    ("--version",), ("--help",), ("openapi",), ("config", "print"), ("completion", "bash"), ("key", "create", "--name", "x"),
    ("user", "list"), ("sweep", "--json"), ("doctor",)])
@pytest.mark.parametrize("redirections", [f"> {FULL}", ">&-"])
def test_output_that_gets_lost_is_a_failure(fresh, arguments, redirections):
    if arguments[0] in ("key", "user", "sweep", "doctor"):
        arguments = (*arguments, "--data", str(fresh.data))
    if arguments[0] == "key":
        arguments = (*arguments, "--organization", fresh.world["organization_id"])
    done = run(fresh, *arguments, redirections=redirections)
    assert done.returncode == 1, done
    assert "could not be written" in done.stderr
    assert "terminate" not in done.stderr


@pytest.mark.parametrize("redirections", [f"2> {FULL}", "2>&-", "2>&- <&-"])
def test_a_transfer_does_not_depend_on_who_reads_its_progress(server, tmp_path, redirections):
    api = server.api()
    scene, copy = tmp_path / "scene.tif", tmp_path / "copy.tif"
    scene.write_bytes(small_scene())
    told = {"LANDFALL_URL": server.base_url, "LANDFALL_TOKEN": api.key}
    sent = run(server.installation, "upload", str(scene), "--project", api.project, redirections=redirections, **told)
    assert sent.returncode == 0, sent
    item = api.call("items.list", {"project_id": api.project})["items"][0]["id"]
    fetched = run(server.installation, "download", item, "--output", str(copy), redirections=redirections, **told)
    assert fetched.returncode == 0, fetched
    assert copy.read_bytes() == scene.read_bytes()


def ready(process: subprocess.Popen[str]) -> str:
    """The address of a server that has just been started."""
    return READY.search(process.stdout.readline()).group(2)


def test_a_server_keeps_working_while_nobody_reads_its_log(fresh):
    reader, writer = os.pipe()
    process = subprocess.Popen([str(fresh.binary), "serve", "--data", str(fresh.data), "--listen", "127.0.0.1:0", "--log-level", "info"],
                               env=fresh.environment(), stdout=subprocess.PIPE, stderr=writer, text=True)
    os.close(writer)
    try:
        url = ready(process)
        with httpx.Client() as client:
            for number in range(1500):  # far more than a pipe holds
                assert client.get(f"{url}/healthz?{number}", headers={"User-Agent": "x" * 200}).status_code == 200
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
        os.close(reader)


def test_no_socket_gets_the_number_of_a_closed_stream(fresh):
    process = subprocess.Popen(["sh", "-c", 'exec "$0" "$@" 2>&- <&-', str(fresh.binary), "serve", "--data", str(fresh.data),
                                "--listen", "127.0.0.1:0"], env=fresh.environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert httpx.get(ready(process) + "/healthz").status_code == 200
        for number in (0, 2):
            assert os.readlink(f"/proc/{process.pid}/fd/{number}") == "/dev/null"
        process.terminate()
        assert process.wait(30) == 0
    finally:
        process.kill()
