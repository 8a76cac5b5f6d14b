"""Programs that begin or clean up one installation at the same moment. Design: sections 8, 11 and 13."""

from __future__ import annotations

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from support import catalog
from support.api import Api, get, put, wait_for
from support.lifecycle import after, run_lifecycle, set_organization
from support.rasters import small_scene
from support.server import NO_LIMITS, READY, Installation
from support.tiles import tile_under

PROGRAMS = 4


def at_once(installation: Installation, *arguments: str, count: int = PROGRAMS, **environment: str) -> list[str]:
    """What so many equal commands print that start at the same moment; all must succeed."""
    running = [start(installation, *arguments, **environment) for _ in range(count)]
    ended = [(process, *process.communicate(timeout=120)) for process in running]
    assert not any(process.returncode for process, _, _ in ended), [problems for _, _, problems in ended]
    return [output for _, output, _ in ended]


def start(installation: Installation, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """One command on the data folder."""
    return subprocess.Popen([str(installation.binary), *arguments, "--data", str(installation.data)], text=True,
                            env=installation.environment() | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def serve(installation: Installation, at_the_end: ExitStack) -> str:
    """The address of one more server, which ends with the test."""
    server = start(installation, "serve", "--listen", "127.0.0.1:0")
    at_the_end.callback(server.communicate)
    at_the_end.callback(server.terminate)
    return READY.search(server.stdout.readline())[2]


def test_several_inits_make_one_organization_with_one_key(binary, engine, tmp_path):
    """[design section 13]"""
    installation = Installation(binary, tmp_path / "data", engine.new_database(), NO_LIMITS)
    worlds = [json.loads(output) for output in at_once(installation, "init", "--json")]
    assert len({(world["organization_id"], world["project_id"], world["user_id"]) for world in worlds}) == 1
    assert sum("api_key" in world for world in worlds) == 1


def test_servers_that_begin_together_accept_each_others_urls(binary, engine, tmp_path):
    """[design section 11]"""
    if engine.name == "sqlite":
        pytest.skip("an embedded catalog has one server")
    installation = Installation(binary, tmp_path / "data", engine.new_database(), NO_LIMITS)
    with ExitStack() as at_the_end:
        addresses = []
        for server in [start(installation, "serve", "--listen", "127.0.0.1:0") for _ in range(PROGRAMS)]:
            at_the_end.callback(server.communicate)
            at_the_end.callback(server.terminate)
            addresses.append(READY.search(server.stdout.readline())[2])
        world = installation.init()
        content = small_scene()
        for signing in addresses:
            api = Api(signing, world["api_key"], world)
            url = api.sign(api.initiate(len(content)), "scene.tif").removeprefix(signing)
            host = signing.removeprefix("http://")
            assert [put(address + url, content, Host=host).status_code for address in addresses] == [200] * PROGRAMS


def test_what_one_server_changed_is_gone_from_the_memory_of_another(binary, engine, tmp_path):
    """[design section 9]"""
    if engine.name == "sqlite":
        pytest.skip("an embedded catalog has one server")
    installation = Installation(binary, tmp_path / "data", engine.new_database(), NO_LIMITS)
    world = installation.init()
    with ExitStack() as at_the_end:
        one, other = [serve(installation, at_the_end) for _ in range(2)]
        here, there = Api(one, world["api_key"], world), Api(other, world["api_key"], world)
        item = here.upload_one(small_scene())
        tile = "/api/v1/items/{item_id}/tiles/{z}/{x}/{y}.png".format(
            item_id=item, **tile_under(here.item(item)["bbox"], 12))
        made = here.call("api_keys.create", {"name": "Short-lived", "permissions": ["items:read"]})
        reader = there.with_key(made["key"])
        url = there.download(item)
        for _ in range(3):
            assert there.http.get(tile).status_code == reader.http.get(tile).status_code == 200
            assert get(url).status_code == 200
        here.call("api_keys.revoke", {"key_id": made["id"]})
        wait_for("The end of a revoked key", lambda: reader.http.get(tile).status_code == 401)
        here.call("items.delete", {"item_id": item})
        wait_for("The end of a deleted item's tiles", lambda: there.http.get(tile).status_code == 404)
        wait_for("The end of a deleted item's files", lambda: get(url).status_code == 404)


def test_sweeps_at_the_same_moment_purge_each_item_once(make_server):
    """[design section 8]"""
    server = make_server()
    api = server.api()
    items = [api.upload_one(small_scene()) for _ in range(12)]
    for item in items:
        api.call("items.delete", {"item_id": item})
    catalog.change(server.installation, "UPDATE item SET deleted_at = 1 WHERE deleted_at IS NOT NULL")
    reports = at_once(server.installation, "sweep", "--grace", "0", "--json")
    assert sum(json.loads(report)["items_purged"] for report in reports) == len(items)
    assert catalog.disagreements(server.installation) == []


def test_servers_share_keys_of_idempotency_windows_and_what_has_expired(binary, engine, tmp_path):
    """[section 6, 7.8 and 7.9]"""
    if engine.name == "sqlite":
        pytest.skip("an embedded catalog has one server")
    installation = Installation(binary, tmp_path / "data", engine.new_database(),
                                NO_LIMITS | {"LANDFALL_LIMITS_DOWNLOADS_PER_ASSET_PER_HOUR": "3"})
    world = installation.init()
    set_organization(installation, world["organization_id"], plan="free", retention_days=30)
    with ExitStack() as at_the_end:
        servers = [Api(serve(installation, at_the_end), world["api_key"], world) for _ in range(2)]
        here, there = servers
        body, key = {"project_id": here.project, "type": "user_raster", "name": "once"}, {"Idempotency-Key": "k1"}
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda n: servers[n % 2].op("items.create", body, headers=key), range(8)))
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert len({answer.json()["id"] for answer in answers if answer.status_code == 200}) == 1
        assert there.op("items.create", body, headers=key).headers["idempotency-replayed"] == "true"
        assert here.call("items.list", {"project_id": here.project})["total"] == 1
        item = here.upload_one(small_scene())
        path = f"/api/v1/items/{item}/assets/data"
        origins = {api.http.get(path, follow_redirects=False).headers["location"].split("?")[1].split("&X-Amz-Sig")[0]
                   for api in servers * 3}
        assert len(origins) <= 2, "both sign alike, but for the host"
        wanted = {"item_id": item, "asset_id": "data"}
        asked = [api.op("items.asset.download", wanted).status_code for api in servers * 3]
        assert asked.count(200) <= 2 and asked[-1] == 429
        tile = f"/api/v1/items/{item}/tiles/0/0/0.png"
        assert there.http.get(tile).status_code == 200
        run_lifecycle(installation, after(days=31), "--yes")
        wait_for("the end of the expired item's tiles", lambda: there.http.get(tile).status_code == 410)
        set_organization(installation, world["organization_id"], plan="paid")
        wait_for("its return", lambda: there.http.get(tile).status_code == 200)
