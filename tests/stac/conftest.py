"""Fixtures of the transactional STAC API: its client on the shared server, and resources of a test's own in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from support.api import Api
from support.realm import PASSWORD, make_user
from support.server import Server
from support.stac import SMALL, Stac, Upload

_numbers = itertools.count(1)


def new_name(prefix: str) -> str:
    """An id that nothing on the shared server has."""
    return f"{prefix}-{next(_numbers):05}"


def writer_of(server: Server) -> Stac:
    """The user that `init` made for the STAC project."""
    return Stac(server.base_url, (server.world["stac_user"], server.world["stac_password"]))


@pytest.fixture(scope="session")
def stac(server: Server) -> Stac:
    """Who may write, on the shared server."""
    return writer_of(server)


@pytest.fixture(scope="session")
def anonymous(server: Server) -> Stac:
    """Nobody in particular."""
    return Stac(server.base_url)


@pytest.fixture(scope="session")
def platform(admin: Api) -> Api:
    """The operations, within the project that the STAC API shows."""
    return admin.within(admin.world["stac_project_id"])


@pytest.fixture(scope="session")
def stranger(server: Server) -> Stac:
    """Somebody who can sign in and has no part in the STAC project."""
    user = make_user(server, "stranger@stac.example")
    return Stac(server.base_url, (user.email, PASSWORD))


@pytest.fixture
def collection(stac: Stac) -> str:
    """The path of an empty collection of this test's own."""
    return stac.make(f"/collections/{new_name('c')}")


@pytest.fixture
def item(stac: Stac, collection: str) -> str:
    """The path of an item without assets in that collection."""
    return stac.make(f"{collection}/items/scene")


@pytest.fixture(params=["item", "collection"])
def owner(request: pytest.FixtureRequest, collection: str) -> str:
    """The path of what has assets: an item, and then a collection."""
    return collection if request.param == "collection" else request.getfixturevalue("item")


@pytest.fixture
def asset(stac: Stac, owner: str) -> str:
    """The path of an asset without a file, of an item and then of a collection."""
    return stac.make(f"{owner}/assets/note.txt")


@pytest.fixture
def upload(stac: Stac, asset: str) -> Upload:
    """An upload of that asset in one part, in progress; nothing is sent."""
    return stac.begin(asset, SMALL)


@pytest.fixture
def new_server(make_server: Callable[..., Server]) -> Callable[..., tuple[Server, Stac]]:
    """A server with settings of its own, and who may write there."""
    def make(**settings: str) -> tuple[Server, Stac]:
        started = make_server(**settings)
        return started, writer_of(started)

    return make


@pytest.fixture(scope="session")
def set_collection(server: Server) -> Callable[..., None]:
    """`landfall stac collection set` on the shared server."""
    def configure(collection: str, *flags: str) -> None:
        server.installation.run("stac", "collection", "set", collection.rpartition("/")[2], *flags,
                                "--data", str(server.installation.data))

    return configure

