"""A server for hostile clients, and a map that must not notice them."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from support.api import Api
from support.rasters import cog, ramp
from support.server import Server


class MapClient:
    """Fetches tiles of one item without pause, as a map would."""

    def __init__(self, api: Api, item: str) -> None:
        self.answers: Counter[int] = Counter()
        self.failures: list[str] = []
        self.slowest = 0.0
        self._api, self._item = api, item
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Begins fetching."""
        self._thread.start()

    def stop(self) -> None:
        """Ends fetching."""
        self._end.set()
        self._thread.join()

    def _run(self) -> None:
        tiles = itertools.cycle((z, (134 << z) >> 8, (89 << z) >> 8) for z in range(6, 15))
        for (z, x, y), stretch in zip(tiles, itertools.count(200)):
            if self._end.wait(0.02):
                return
            began = time.monotonic()
            try:
                answer = self._api.op("items.tile.render", {"item_id": self._item, "z": z, "x": x, "y": y,
                                                            "rescale": f"0,{stretch}", "format": "png"})
            except httpx.HTTPError as error:
                self.failures.append(repr(error))
                continue
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.answers[answer.status_code] += 1
            if answer.status_code != 200:
                self.failures.append(answer.text[:500])


@pytest.fixture(scope="session")
def besieged(make_server) -> Server:
    """The server that the hostile files go to."""
    return make_server()


@pytest.fixture(scope="session")
def map_client(besieged: Server) -> Iterator[MapClient]:
    """Tiles of a good item, fetched as long as hostile tests run."""
    api = besieged.api().new_project("Map")
    client = MapClient(api, api.upload_one(cog(ramp(512, 512, 3)), "good.tif"))
    client.start()
    yield client
    client.stop()
    print(f"tiles meanwhile: {dict(client.answers)}, slowest {client.slowest:.2f} s")


@pytest.fixture
def victim(besieged: Server, request: pytest.FixtureRequest) -> Api:
    """An organization of this test's own on the besieged server."""
    return besieged.organization(f"Victim of {request.node.name}"[:150])
