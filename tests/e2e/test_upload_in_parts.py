"""`landfall upload` of large files over a link, a server and a client that break. Guide: docs/guides/uploading.md."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest

from support import catalog
from support.api import Api, wait_for
from support.link import Link
from support.parts import LEAST
from support.rasters import geotiff, small_scene

PART = f"{LEAST}"
#: What heads, signing and listing add to the bytes of a file.
OVERHEAD = 200_000


@pytest.fixture(scope="module")
def raster(tmp_path_factory) -> Path:
    """A raster of six parts, whose pixels may be changed where they lie."""
    path = tmp_path_factory.mktemp("large") / "large.tif"
    path.write_bytes(geotiff(np.random.default_rng(3).integers(0, 256, (1, 5300, 5300), dtype=np.uint8),
                              compress="none"))
    assert 5 * LEAST < path.stat().st_size < 6 * LEAST
    return path


@pytest.fixture
def link(server) -> Iterator[Link]:
    link = Link(server.base_url)
    yield link
    link.close()


class Command:
    """`landfall upload` as somebody types it."""

    def __init__(self, binary: Path, api: Api, url: str, home: Path) -> None:
        self.binary, self.api, self.home = binary, api, home
        self.environment = {"LANDFALL_URL": url, "LANDFALL_TOKEN": api.key, "HOME": str(home), "PATH": "/usr/bin:/bin"}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen([str(self.binary), "upload", *arguments, "--part-size", PART, "--json"], text=True,
                                env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *arguments: str, code: int = 0) -> str:
        """What it prints; on standard error where it fails."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=240)
        assert process.returncode == code, f"exit {process.returncode}\n{out}{err}"
        return out if code == 0 else err

    def items(self, *arguments: str) -> list[str]:
        return json.loads(self.run(*arguments))["item_ids"]


@pytest.fixture
def upload(binary, api, link, tmp_path) -> Command:
    """Through the link."""
    return Command(binary, api, link.url, tmp_path)


def open_session(api: Api) -> dict:
    """The only session of the project that is open."""
    [session] = api.call("uploads.list", {"project_id": api.project, "status": "uploading"})["uploads"]
    return session


def parts_there(api: Api) -> int:
    """How many parts of the session's only file are stored."""
    [file] = open_session(api)["files"]
    return len(api.call("uploads.parts.list", {"parts_id": file["parts_id"]})["parts"])


def is_the_file(api: Api, item: str, path: Path) -> bool:
    return httpx.get(api.download(item), timeout=60).content == path.read_bytes()


def test_a_large_file_goes_in_parts(server, upload, api, raster):
    """[Upload in parts]"""
    [item] = upload.items(str(raster), "--project", api.project, "--name", "Large", "--datetime", "2026-05-17T10:30:00Z")
    assert is_the_file(api, item, raster)
    record = api.item(item)
    assert record["name"] == "Large" and record["datetime"].startswith("2026-05-17T10:30:00")
    [row] = catalog.rows(server.installation, f"SELECT count(*) AS n FROM part_upload WHERE project_id = '{api.project}'")
    assert row["n"] == "1"


def test_a_link_that_breaks_costs_no_more_than_a_part_each_time(upload, api, link, raster):
    """[Upload in parts] Only what was on its way when the connection was cut goes again."""
    link.cuts = [LEAST // 2] * 5
    [item] = upload.items(str(raster), "--project", api.project)
    assert is_the_file(api, item, raster)
    assert link.cuts == []
    assert link.sent <= raster.stat().st_size + 5 * LEAST + OVERHEAD


def test_a_server_that_is_killed_comes_back(make_server, binary, link, raster, tmp_path):
    """[Upload in parts]"""
    server = make_server()
    link.target = server.base_url
    api = server.api()
    process = Command(binary, api, link.url, tmp_path).start(str(raster), "--project", api.project, "--limit-rate", "8MB")
    wait_for("the first part", lambda: link.sent > LEAST)
    server.kill()
    server.start()
    link.target = server.base_url
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    api = server.api()
    [item] = json.loads(out)["item_ids"]
    assert is_the_file(api, item, raster)
    assert not catalog.disagreements(server.installation)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_client_that_ended_is_gone_on_with_elsewhere(upload, api, link, raster, tmp_path, sent):
    """[Upload in parts] What is there is not sent again, by a copy of the file in another folder."""
    process = upload.start(str(raster), "--project", api.project, "--limit-rate", "6MB", "--parallel", "2")
    wait_for("two parts", lambda: link.sent > 2 * LEAST and parts_there(api) >= 2)
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    session, there = open_session(api)["id"], parts_there(api)
    if sent == signal.SIGINT:
        assert f"--resume {session}" in err, err
    link.sent = 0
    elsewhere = shutil.copy(raster, tmp_path / raster.name)
    [item] = upload.items(str(elsewhere), "--resume", session)
    assert is_the_file(api, item, raster)
    assert link.sent <= raster.stat().st_size - there * LEAST + OVERHEAD
    assert upload.items(str(elsewhere), "--resume", session) == [item]


def test_another_file_is_not_taken_for_the_one_that_was_begun(upload, api, link, raster, tmp_path):
    """[Upload in parts] A part whose bytes are others is sent again."""
    process = upload.start(str(raster), "--project", api.project, "--limit-rate", "6MB")
    wait_for("a part", lambda: link.sent > LEAST and parts_there(api) >= 1)
    process.kill()
    process.communicate(timeout=60)
    content = bytearray(raster.read_bytes())
    for middle in range(LEAST // 2, len(content) - 1000, LEAST):  # pixels of each part
        content[middle:middle + 1000] = content[middle:middle + 1000][::-1]
    other = tmp_path / raster.name
    other.write_bytes(content)
    [item] = upload.items(str(other), "--resume", open_session(api)["id"])
    assert is_the_file(api, item, other)


def test_urls_that_expire_are_asked_for_again(make_server, binary, raster, tmp_path):
    """[Upload in parts]"""
    server = make_server(LANDFALL_LIMITS_UPLOAD_URL_SECONDS="1")
    api = server.api()
    command = Command(binary, api, server.base_url, tmp_path)
    [item] = command.items(str(raster), "--project", api.project, "--parallel", "1", "--limit-rate", "8MB")
    assert is_the_file(api, item, raster)


def test_a_link_that_stays_dead_keeps_the_upload_for_later(binary, api, link, raster, tmp_path):
    """[Upload in parts] Exit 1 with the way to go on; nothing is given up."""
    command = Command(binary, api, link.url, tmp_path)
    process = command.start(str(raster), "--project", api.project, "--limit-rate", "6MB")
    wait_for("a part", lambda: link.sent > LEAST and parts_there(api) >= 1)
    link.close()
    link.cuts = [0] * 1000
    _, err = process.communicate(timeout=240)
    assert process.returncode == 1
    assert f"--resume {open_session(api)['id']}" in err


def test_a_folder_is_all_that_lies_in_it(upload, api, tmp_path):
    """[design section 13] Hidden files are left out."""
    folder = tmp_path / "flight"
    (folder / "deep").mkdir(parents=True)
    (folder / "one.tif").write_bytes(small_scene(1))
    (folder / "deep" / "two.tif").write_bytes(small_scene(2))
    (folder / ".hidden.tif").write_bytes(b"no raster")
    items = upload.items(str(folder), "--project", api.project)
    assert sorted(api.item(item)["name"] for item in items) == ["one", "two"]


@pytest.mark.parametrize("flags", [("--part-size", "much"), ("--limit-rate", "0"), ("--datetime", "yesterday"), ()])
def test_what_no_flag_can_be_is_a_fault_of_usage(binary, api, raster, tmp_path, flags):
    """[design section 13] Without a project or an upload to go on with, too."""
    done = subprocess.run([str(binary), "upload", str(raster), *(("--project", api.project) if flags else ()), *flags],
                          env=Command(binary, api, api.base_url, tmp_path).environment, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
