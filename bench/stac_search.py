#!/usr/bin/env python3
"""Measures pages of stac.search over many items, and the list of collections: prints a Markdown table.

    build/venv/bin/python bench/stac_search.py [--items N] [--engine sqlite|postgres] [--rounds N]

One server with limits off and N items (100 000) in 100 collections, made one by one. For each search the p50 over one
connection, in both versions of STAC, and how much of a processor the server takes for a page, which other work on the
machine changes less. Counts are cold at the first of each search and known afterwards, as for whoever turns pages. Needs
the environment of the tests in Python (build/venv) and the release build.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support import engines  # noqa: E402
from support.api import Api  # noqa: E402
from support.server import NO_LIMITS, Installation, Server, find_binary  # noqa: E402

COLLECTIONS = 100
TICK = os.sysconf("SC_CLK_TCK")


def item(draw: random.Random, collections: list[str]) -> dict:
    """Fields of one item: a box of up to a degree, a time within ten years, a cloud cover."""
    x, y = draw.uniform(-179, 178), draw.uniform(-80, 79)
    day = f"20{draw.randint(15, 24)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}T{draw.randint(0, 23):02}:00:00Z"
    return {"bbox": [x, y, x + draw.uniform(0.1, 1), y + draw.uniform(0.1, 1)], "datetime": day, "cloud_cover": draw.uniform(0, 100),
            "collection_id": draw.choice(collections), "properties": {"platform": draw.choice("abc"), "orbit": draw.randint(1, 200)}}


def load(api: Api, count: int) -> float:
    """Makes the items over 32 connections; gives how many a second."""
    collections = [api.create_collection(f"Collection {n}")["id"] for n in range(COLLECTIONS)]
    start = time.monotonic()

    def make(worker: int) -> None:
        draw, own = random.Random(worker), Api(api.base_url, api.key, api.world)
        for n in range(worker, count, 32):
            own.create_item(f"Item {n}", **item(draw, collections))

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        list(pool.map(make, range(32)))
    return count / (time.monotonic() - start)


def compared(op: str, name: str, value: object) -> dict:
    """A comparison in CQL2."""
    return {"op": op, "args": [{"property": name}, value]}


SEARCHES: dict[str, dict] = {
    "newest": {},
    "by time, clouds under 10": {"filter": compared("<", "eo:cloud_cover", 10), "sortby": [{"field": "datetime", "direction": "desc"}]},
    "within 10°, as a filter": {"filter": {"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [5, 40, 15, 50]}]}},
    "a property of the user": {"filter": {"op": "and", "args": [compared("=", "platform", "a"), compared("<=", "orbit", 20)]}},
    "a pattern and a year": {"datetime": "2020-01-01T00:00:00Z/2020-12-31T00:00:00Z", "filter": {"op": "like", "args": [{"property": "title"}, "%77%"]}},
}


def measure(server: Server, call, rounds: int) -> tuple[float, float, float]:
    """Milliseconds of the first call, of the median of the others, and of a processor for each."""

    def spent() -> float:
        fields = Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK * 1000

    times = []
    for n in range(rounds + 1):
        if n == 1:
            before = spent()
        start = time.monotonic()
        call()
        times.append((time.monotonic() - start) * 1000)
    return times[0], sorted(times[1:])[rounds // 2], (spent() - before) / rounds


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--items", type=int, default=100_000)
    arguments.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    arguments.add_argument("--rounds", type=int, default=51)
    chosen = arguments.parse_args()
    engine = engines.start(chosen.engine)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Installation(find_binary(), Path(folder) / "data", engine.new_database(), NO_LIMITS))
        api = server.api()
        print(f"{load(api, chosen.items):.0f} items a second made; load of the machine {os.getloadavg()[0]:.1f}\n")
        print("| limit 100 | STAC | first ms | p50 ms | processor ms |\n|---|---|---|---|---|")
        for name, terms in SEARCHES.items():
            for version in ("1.0.0", "1.1.0"):
                body = {"limit": 100, "stac_version": version, **terms}
                timed = measure(server, lambda: api.call("stac.search", body), chosen.rounds)  # noqa: B023
                print(f"| {name} | {version} | " + " | ".join(f"{value:.2f}" for value in timed) + " |")
        timed = measure(server, lambda: api.call("stac.collections.list"), chosen.rounds)
        print(f"| {COLLECTIONS} collections | 1.0.0 | " + " | ".join(f"{value:.2f}" for value in timed) + " |")
        server.stop()
    engine.stop()


if __name__ == "__main__":
    main()
