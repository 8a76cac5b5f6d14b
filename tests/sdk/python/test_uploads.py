"""Uploads over a line, a server and a process that break. Guide: docs/guides/from-python.md."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from landfall_sdk import AsyncLandfall, Landfall, Progress, errors
from landfall_sdk.transfer import upload, wire

from support.api import Api, wait_for
from support.faulty_proxy import faulty_proxy
from support.parts import LEAST
from support.rasters import small_scene

from .conftest import QUICK

#: What heads, signing and listing add to the bytes of a file.
OVERHEAD = 200_000
#: What a process of its own does with a path, a project and perhaps the id of a session.
SCRIPT = """
import sys
from landfall_sdk import Landfall
path, project, *resume = sys.argv[1:]
options = {"resume": resume[0]} if resume else {}
done = Landfall().upload_file(path, project=project, part_size=5 << 20, parallel=2, **options)
print(*done.item_ids)
"""


def is_the_file(api: Api, item: str, path: Path) -> bool:
    return httpx.get(api.download(item), timeout=60).content == path.read_bytes()


def open_session(api: Api) -> dict:
    """The only session of the project that is open."""
    [session] = api.call("uploads.list", {"project_id": api.project, "status": "uploading"})["uploads"]
    return session


def parts_there(api: Api) -> int:
    """How many parts of the session's only file are stored."""
    sessions = api.call("uploads.list", {"project_id": api.project, "status": "uploading"})["uploads"]
    if not sessions or not sessions[0]["files"]:
        return 0
    return len(api.call("uploads.parts.list", {"parts_id": sessions[0]["files"][0]["parts_id"]})["parts"])


def start(api: Api, url: str, home: Path, *arguments: str) -> subprocess.Popen[str]:
    """Another process that uploads."""
    environment = {"LANDFALL_URL": url, "LANDFALL_TOKEN": api.key, "HOME": str(home), "PATH": "/usr/bin:/bin",
                   "PYTHONPATH": ":".join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", SCRIPT, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)


def finished(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=240)
    assert process.returncode == 0, err
    return out.strip()


def killed_in_the_middle(api: Api, link, home: Path, path: Path, how: int = signal.SIGKILL) -> str:
    """Ends a process when some parts of its file are there and others are not; gives the session."""
    link.rate = 3e6
    process = start(api, link.url, home, str(path), api.project)
    wait_for("two parts", lambda: process.poll() is not None or parts_there(api) >= 2)
    process.send_signal(how)
    _, err = process.communicate(timeout=60)
    assert process.returncode != 0, "it was done before it was killed"
    link.rate = 0
    wait_for("the last bytes", lambda: link.open == 0)
    link.sent = 0
    assert parts_there(api) < 4
    return open_session(api)["id"]


def test_a_small_file_becomes_an_item(client, api, path):
    done = client.upload_file(path, project=api.project, name="Harbour", datetime="2026-05-17T10:30:00Z")
    [item] = done.item_ids
    assert done.status == "completed" and is_the_file(api, item, path)
    record = api.item(item)
    assert record["name"] == "Harbour" and record["datetime"].startswith("2026-05-17T10:30:00")


def test_a_large_file_goes_in_parts_and_tells_how_far_it_is(client, api, large):
    seen: list[Progress] = []
    [item] = client.upload_file(large, project=api.project, part_size=LEAST, progress=seen.append).item_ids
    assert is_the_file(api, item, large)
    assert seen[-1] == Progress("large.tif", large.stat().st_size, large.stat().st_size)
    assert all(0 <= each.done <= each.total for each in seen)


def test_a_folder_is_all_that_lies_in_it(client, api, tmp_path):
    """Sidecars go with their primaries, hidden files stay."""
    folder = tmp_path / "flight"
    (folder / "deep").mkdir(parents=True)
    (folder / "one.tif").write_bytes(small_scene(1))
    (folder / "one.qml").write_text("<qgis/>")
    (folder / "deep" / "two.tif").write_bytes(small_scene(2))
    (folder / ".hidden.tif").write_bytes(b"no raster")
    (folder / ".git").mkdir()
    (folder / ".git" / "three.tif").write_bytes(b"no raster")
    collection = api.create_collection()["id"]
    done = client.upload_folder(folder, project=api.project, collection=collection)
    assert sorted(api.item(item)["name"] for item in done.item_ids) == ["one", "two"]
    assert {api.item(item)["collection_id"] for item in done.item_ids} == {collection}


def test_files_of_one_name_and_folders_without_any_are_refused_here(client, api, tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(errors.TransferError, match="no file"):
        client.upload_folder(tmp_path / "a", project=api.project)
    (tmp_path / "b").mkdir()
    for folder in "ab":
        (tmp_path / folder / "same.tif").write_bytes(small_scene())
    with pytest.raises(errors.TransferError, match="same name"):
        client.upload_folder(tmp_path, project=api.project)
    with pytest.raises(FileNotFoundError):
        client.upload_file(tmp_path / "none.tif", project=api.project)
    with pytest.raises(TypeError, match="project="):
        client.upload_file(tmp_path / "a" / "same.tif")
    assert api.call("uploads.list", {"project_id": api.project})["uploads"] == []


def test_a_line_that_breaks_costs_no_more_than_what_was_on_its_way(over, api, link, large):
    link.cuts = [LEAST // 2] * 4
    [item] = over.upload_file(large, project=api.project, part_size=LEAST).item_ids
    assert is_the_file(api, item, large)
    assert link.cuts == [] and link.sent <= large.stat().st_size + 4 * LEAST + OVERHEAD


def test_answers_that_are_lost_and_gateways_that_fail_cost_a_part_each(api, server, large):
    """Every third PUT, signing or completion meets a fault; nothing is there twice."""
    faults = ["503 before", "cut after", "502 after", "504 before"]
    with faulty_proxy(server.base_url) as proxy:
        proxy.choose = lambda number, method, path: faults[number // 3 % 4] if number % 3 == 0 else None
        done = Landfall(api.key, proxy.base_url, retry=QUICK).upload_file(large, project=api.project, part_size=LEAST, name="Once")
    assert is_the_file(api, done.item_ids[0], large)
    assert api.names() == ["Once"]


def test_the_same_call_goes_on_after_its_process_was_killed(api, link, home, large):
    """What is there is not sent again, and nobody had to note an id."""
    session = killed_in_the_middle(api, link, home, large)
    item = finished(start(api, link.url, home, str(large), api.project))
    assert is_the_file(api, item, large)
    assert link.sent <= large.stat().st_size - 2 * LEAST + OVERHEAD
    assert api.call("uploads.get", {"upload_id": session})["item_ids"] == [item]
    assert not [each for each in (home / ".local/state/landfall/uploads").iterdir()]


def test_a_session_is_gone_on_with_elsewhere_by_its_id(client, api, link, home, large, tmp_path):
    session = killed_in_the_middle(api, link, home, large, signal.SIGINT)
    elsewhere = Path(shutil.copy(large, tmp_path / large.name))
    [item] = client.upload_file(elsewhere, resume=session, part_size=LEAST).item_ids
    assert is_the_file(api, item, large)
    assert client.upload_file(elsewhere, resume=session).item_ids == [item]


def test_another_file_is_not_taken_for_the_one_that_was_begun(client, api, link, home, large, tmp_path):
    """Parts whose bytes are others are sent again; a call about a changed file begins anew by itself."""
    session = killed_in_the_middle(api, link, home, large)
    content = bytearray(large.read_bytes())
    for middle in range(LEAST // 2, len(content) - 1000, LEAST):
        content[middle:middle + 1000] = content[middle:middle + 1000][::-1]
    other = tmp_path / large.name
    other.write_bytes(content)
    [anew] = client.upload_file(other, project=api.project, part_size=LEAST).item_ids
    [item] = client.upload_file(other, resume=session, part_size=LEAST).item_ids
    assert anew != item and is_the_file(api, anew, other) and is_the_file(api, item, other)


def test_a_line_that_stays_dead_keeps_the_upload_for_later(over, client, api, link, large, monkeypatch):
    link.cuts = [LEAST + LEAST // 2] + [LEAST // 2] * 200
    with pytest.raises(errors.UploadInterrupted, match="kept for a day") as caught:
        over.upload_file(large, project=api.project, part_size=LEAST, parallel=1)
    session = open_session(api)
    assert caught.value.upload_id == session["id"]
    [item] = client.upload_file(large, resume=session["id"], part_size=LEAST).item_ids
    assert is_the_file(api, item, large)


def test_a_server_that_is_killed_comes_back(make_server, link, large):
    server = make_server()
    link.target, link.rate = server.base_url, 4e6
    api = server.api()
    client = Landfall(api.key, link.url)
    runner = asyncio.to_thread(client.upload_file, large, project=api.project, part_size=LEAST)

    async def road() -> str:
        running = asyncio.create_task(runner)
        await asyncio.to_thread(wait_for, "the first part", lambda: link.sent > LEAST)
        server.kill()
        server.start()
        link.target, link.rate = server.base_url, 0
        return (await running).item_ids[0]

    item = asyncio.run(road())
    assert is_the_file(server.api(), item, large)


def test_urls_that_expire_are_asked_for_again(make_server, link, large):
    server = make_server(LANDFALL_LIMITS_UPLOAD_URL_SECONDS="1")
    link.target, link.rate = server.base_url, 8e6
    api = server.api()
    [item] = Landfall(api.key, link.url, retry=QUICK).upload_file(large, project=api.project, part_size=LEAST, parallel=1).item_ids
    assert is_the_file(api, item, large)


@pytest.mark.parametrize("skew", [-400 * 86400, 400 * 86400])
def test_a_clock_that_is_wrong_changes_nothing(client, api, large, monkeypatch, tmp_path, skew):
    """Signatures and expiry are the server's business."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + skew)
    done = client.upload_file(large, project=api.project, part_size=LEAST)
    assert client.download(done, to=tmp_path / "back.tif").read_bytes() == large.read_bytes()


class Changing(httpx.BaseTransport):
    """A line that changes a byte of what is sent, so many times."""

    def __init__(self, times: int) -> None:
        self.times, self._inner = times, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        if request.method == "PUT" and self.times > 0:
            self.times -= 1
            content = bytes([content[0] ^ 1]) + content[1:]
        return self._inner.handle_request(httpx.Request(request.method, request.url, headers=request.headers, content=content))


@pytest.mark.parametrize("part_size", [LEAST, 64 << 20], ids=["parts", "whole"])
def test_bytes_that_change_on_their_way_are_sent_again(client, api, large, monkeypatch, part_size):
    line = Changing(2)
    monkeypatch.setattr(wire, "http_of", lambda _: httpx.Client(transport=line, timeout=60))
    [item] = client.upload_file(large, project=api.project, part_size=part_size).item_ids
    assert line.times == 0 and is_the_file(api, item, large)


def test_bytes_that_always_change_are_told(client, api, path, monkeypatch):
    monkeypatch.setattr(wire, "http_of", lambda _: httpx.Client(transport=Changing(1000), timeout=60))
    with pytest.raises(errors.UploadInterrupted, match="changed on their way"):
        client.upload_file(path, project=api.project)


def test_what_the_server_refuses_gives_the_reservation_back(server, own, path):
    client = Landfall(own.key, own.base_url, retry=QUICK)
    server.installation.set_quota(own.organization, 1000)
    with pytest.raises(errors.PaymentRequired):
        client.upload_file(path, project=own.project)
    server.installation.set_quota(own.organization, 1 << 30)
    path.write_bytes(b"II*\0 no raster at all")
    with pytest.raises(errors.InvalidInput):
        client.upload_file(path, project=own.project)
    assert own.storage()["reserved_bytes"] == 0
    [session] = own.call("uploads.list", {"project_id": own.project})["uploads"]
    assert session["status"] == "failed"
    with pytest.raises(errors.TransferError, match="has failed"):
        client.upload_file(path, resume=session["id"])


def test_a_session_that_a_job_reads_on_is_waited_for(path, monkeypatch):
    """What the server answers where there is more to read than a call waits for; docs/guides/uploading.md, complete."""
    monkeypatch.setattr(upload, "ASK_EVERY", 0.01)
    told = {"uploads.get": ["processing"], "uploads.complete": ["processing", "completed"], "uploads.progress": ["processing", "processing", "completed"]}

    def answer(request: httpx.Request) -> httpx.Response:
        status = told[request.url.path.rpartition("/")[2]].pop(0)
        return httpx.Response(200, json={"id": "u_1", "project_id": "prj_1", "status": status, "file_count": 1, "total_bytes": 1, "bytes_uploaded": 1,
                                         "created_at": "2026-05-18T04:21:00Z", "item_ids": ["it_1"] if status == "completed" else []})

    client = Landfall("gpra_x", "http://scripted.invalid", httpx_args={"transport": httpx.MockTransport(answer)})
    done = client.upload_file(path, resume="u_1")
    assert (done.status, done.item_ids) == ("completed", ["it_1"]) and not any(told.values())


def test_an_async_upload_that_is_cancelled_can_be_gone_on_with(api, link, large):
    link.rate = 3e6

    async def road() -> str:
        async with AsyncLandfall(api.key, link.url, retry=QUICK) as client:
            running = asyncio.create_task(client.upload_file(large, project=api.project, part_size=LEAST, parallel=2))
            await asyncio.to_thread(wait_for, "a part", lambda: parts_there(api) >= 1)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            link.rate = 0
            await asyncio.to_thread(wait_for, "the last bytes", lambda: link.open == 0)
            link.sent = 0
            return (await client.upload_file(large, project=api.project, part_size=LEAST)).item_ids[0]

    item = asyncio.run(road())
    assert is_the_file(api, item, large) and link.sent <= large.stat().st_size - LEAST + OVERHEAD
