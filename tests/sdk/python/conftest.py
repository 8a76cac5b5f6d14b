"""The Python client against the built server. What is tested is the installed wheel; `scripts/test.sh --only sdk` installs it."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from landfall_sdk import Geopera, Landfall, RetryPolicy

from support.link import Link
from support.parts import LEAST
from support.rasters import drawn_scene, geotiff

#: Quick, and patient enough for faults that pass.
QUICK = RetryPolicy(attempts=6, base=0.02, cap=0.2)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this test's own, without settings: profiles and begun uploads lie there."""
    for name in [name for name in os.environ if name.startswith(("LANDFALL_", "XDG_"))]:
        if name not in ("LANDFALL_BINARY", "LANDFALL_SDK_DIST", "LANDFALL_TEST_DATA", "LANDFALL_STATUSES"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def client(api) -> Iterator[Landfall]:
    """A client in a project of its own."""
    with Landfall(api.key, api.base_url, retry=QUICK) as made:
        yield made


@pytest.fixture
def geopera(api) -> Geopera:
    """The same as programs for Geopera's own client see it."""
    return Geopera(api.key, api.base_url, retry=QUICK)


@pytest.fixture
def link(server) -> Iterator[Link]:
    """A bad line to the server."""
    made = Link(server.base_url)
    yield made
    made.close()


@pytest.fixture
def over(api, link) -> Landfall:
    """A client over the bad line."""
    return Landfall(api.key, link.url, retry=QUICK)


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A raster of four parts."""
    path = tmp_path_factory.mktemp("large") / "large.tif"
    path.write_bytes(geotiff(np.random.default_rng(3).integers(0, 256, (1, 4300, 4300), dtype=np.uint8), compress="none"))
    assert 3 * LEAST < path.stat().st_size < 4 * LEAST
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A small raster."""
    target = tmp_path / "harbour_2024.tif"
    target.write_bytes(drawn_scene(64))
    return target


@dataclasses.dataclass(frozen=True)
class Raster:
    """An item and what it was made from."""

    item: str
    content: bytes


@pytest.fixture(scope="session")
def raster(admin, large) -> Raster:
    """The large raster, uploaded once, for tests that only read."""
    api = admin.new_project("Large")
    return Raster(api.upload_one(large.read_bytes()), large.read_bytes())
