"""Fixtures: the engine, a shared server without limits, a neighbour organization, servers of one's own."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from support import engines
from support.api import Api
from support.s3 import Bucket, Versitygw, find_versitygw
from support.scene import Scene, upload_scene
from support.server import NO_LIMITS, Installation, Server, find_binary
from support.statuses import recorded

ENGINES = ("sqlite", "postgres")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=(*ENGINES, "both"), default="sqlite", help="database that servers run on")
    parser.addoption("--share", metavar="N/M", help="runs one of M shares of the tests, which N tells")
    parser.addoption("--storage", choices=("local", "s3"), default="local", help="where servers keep files")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("engine")
        metafunc.parametrize("engine", ENGINES if chosen == "both" else (chosen,), indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is not of the share, by names, so that it is the same wherever it runs."""
    if not (share := config.getoption("--share")):
        return
    number, shares = (int(part) for part in share.split("/"))
    chosen, left = [], []
    for item in items:
        (chosen if zlib.crc32(item.nodeid.encode()) % shares == number % shares else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = chosen


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    """Adds the end of the server's log to a failure."""
    outcome = yield
    report = outcome.get_result()
    server = getattr(item, "funcargs", {}).get("server")
    if report.failed and isinstance(server, Server):
        report.sections.append(("server log", server.tail(8)))


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Iterator[engines.Sqlite | engines.Postgres]:
    """The database that this run is about."""
    started = engines.start(request.param)
    yield started
    started.stop()


@pytest.fixture(scope="session", autouse=True)
def statuses() -> Iterator[None]:
    """Notes which statuses were seen, where a folder for that is named."""
    folder = os.environ.get("LANDFALL_STATUSES")
    with recorded(Path(folder)) if folder else nullcontext():
        yield


@pytest.fixture(scope="session")
def binary() -> Path:
    """The program under test."""
    path = find_binary()
    assert path.exists(), f"{path} is missing: build it, or name it with LANDFALL_BINARY"
    return path


@pytest.fixture(scope="session")
def s3() -> Iterator[Versitygw]:
    """An S3 store."""
    binary = find_versitygw()
    if binary is None:
        pytest.skip("there is no versitygw: scripts/test.sh --only versitygw makes it")
    started = Versitygw(binary)
    yield started
    started.close()


@pytest.fixture(scope="session")
def make_server(engine, binary: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Callable[..., Server]]:
    """Starts servers with settings of their own; all must end with 0."""
    running: list[Server] = []

    def make(**settings: str) -> Server:
        data = tmp_path_factory.mktemp("landfall") / "data"
        if request.config.getoption("storage") == "s3" and "LANDFALL_STORAGE" not in settings:
            settings = Bucket(request.getfixturevalue("s3").endpoint).make().settings(**settings)
        server = Server(Installation(binary, data, engine.new_database(), NO_LIMITS | settings))
        running.append(server)
        return server

    yield make
    codes = [server.stop() for server in running]
    for server in running:
        server.remove()
    assert not any(codes), f"Servers ended with {codes}"


@pytest.fixture(scope="session")
def server(make_server: Callable[..., Server]) -> Server:
    """The shared server; limits are off."""
    return make_server()


@pytest.fixture(scope="session")
def admin(server: Server) -> Api:
    """The first organization's key, with every scope."""
    return server.api()


@pytest.fixture(scope="session")
def reader(server: Server, admin: Api) -> str:
    """A key of the first organization that may only read: what a map link carries."""
    return server.installation.key(admin.organization, "Reader", "items:read")


@pytest.fixture(scope="session")
def neighbour(server: Server) -> Api:
    """Another organization on the shared server."""
    return server.organization("Neighbour")


@pytest.fixture
def api(admin: Api) -> Api:
    """The first organization's key within a project of this test's own."""
    return admin.new_project()


@pytest.fixture
def own(server: Server, request: pytest.FixtureRequest) -> Api:
    """An organization of this test's own, for exact figures of usage and quota."""
    return server.organization(f"Organization of {request.node.name}"[:200])


@pytest.fixture(scope="session")
def new_user(server: Server) -> Callable[..., str]:
    """Makes users by the part of their address before the @; gives the id of one, in the organization of a client."""
    def make(api: Api, name: str, role: str = "member") -> str:
        return server.installation.user(f"{name}@{api.organization}.test", api.organization, role)
    return make


@pytest.fixture(scope="session")
def scene(admin: Api) -> Scene:
    """A scene that no test changes, nor makes anything of."""
    return upload_scene(admin, "Shared scene")
