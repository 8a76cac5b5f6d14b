"""Two versions of the program on one installation: the newer has one more migration. Guide: operating, upgrades."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from support import catalog
from support.rasters import small_scene
from support.server import NO_LIMITS, Installation, Server

REFUSAL = "Run a newer version of the program"


@pytest.fixture(scope="session")
def newer(binary: Path) -> Path:
    """The same program with one more migration."""
    path = binary.with_name("landfall_next")
    assert path.exists(), f"{path} is missing: it is built with the tests"
    return path


@pytest.fixture
def older(binary, engine, tmp_path) -> Installation:
    """A data folder that this version made."""
    return Installation(binary, tmp_path / "data", engine.new_database(), NO_LIMITS)


def as_newer(installation: Installation, newer: Path) -> Installation:
    return dataclasses.replace(installation, binary=newer)


def schema(installation: Installation) -> int:
    """How many migrations the catalog has."""
    return catalog.number(installation, "SELECT count(*) FROM schema_migration")


def works(server: Server) -> str:
    """A whole upload, and what it made can be found, read and removed; gives another item that stays."""
    api = server.api()
    stays, goes = api.upload_one(small_scene()), api.upload_one(small_scene())
    api.call("items.delete", {"item_id": goes})
    assert api.call("items.get", {"item_id": stays})["item"]["id"] == stays
    assert stays in {item["id"] for item in api.call("items.list", {"project_id": api.world["project_id"]})["items"]}
    return stays


def refused(installation: Installation, *arguments: str) -> str:
    """What a command that must fail says."""
    done = installation.run(*arguments, "--data", str(installation.data), check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr


def test_a_newer_server_joins_older_ones_on_one_database(older, newer, engine):
    if engine.name == "sqlite":
        pytest.skip("an embedded catalog has one server")
    first = Server(older)
    before = schema(older)
    made = works(first)
    second = Server(as_newer(older, newer), world=first.world)
    try:
        assert schema(older) == before + 1
        for server in (first, second):
            works(server)
            assert server.api().call("items.get", {"item_id": made})["item"]["id"] == made
        assert catalog.disagreements(older) == []
        first.stop()
        assert REFUSAL in refused(older, "serve", "--listen", "127.0.0.1:0")
    finally:
        first.stop()
        second.stop()


def test_versions_take_turns_on_one_folder_until_the_newer_has_been_there(older, newer, engine):
    if engine.name != "sqlite":
        pytest.skip("the folder's own catalog")
    server = Server(older)
    made = works(server)
    server.stop()
    later = Server(as_newer(older, newer), world=server.world)
    assert later.api().call("items.get", {"item_id": made})["item"]["id"] == made
    works(later)
    later.stop()
    content = (older.data / "catalog.db").read_bytes()
    assert REFUSAL in refused(older, "serve", "--listen", "127.0.0.1:0")
    assert REFUSAL in refused(older, "init", "--json")
    assert (older.data / "catalog.db").read_bytes() == content
    assert catalog.disagreements(older) == []


def test_newer_commands_change_no_schema_under_an_older_server(older, newer, engine):
    server = Server(older)
    later = as_newer(older, newer)
    before = schema(older)
    organization = server.world["organization_id"]
    try:
        for command in (("init", "--json"), ("key", "create", "--organization", organization, "--name", "k"),
                        ("sweep",), ("worker",)):
            assert "landfall migrate" in refused(later, *command), command
        if engine.name == "sqlite":
            assert "Another landfall serve runs" in refused(later, "migrate")
            assert "Another landfall serve runs" in refused(later, "serve", "--listen", "127.0.0.1:0")
        assert schema(older) == before
        works(server)
    finally:
        server.stop()
    assert "schema version" in later.run("migrate", "--data", str(later.data)).stdout
    assert schema(older) == before + 1
    assert json.loads(later.run("init", "--data", str(later.data), "--json").stdout)["organization_id"] == organization
