#!/usr/bin/env python3
"""Measures what one organization, or a stranger, can do to another's calls: prints a Markdown table of the victim's p99.

    build/venv/bin/python bench/neighbours.py [--seconds S] [--only NAME …]

One server with limits off, two organizations. The victim calls items.get, a search, a PUT and a tile, each on a
connection of its own with pauses of 10 ms: alone, and then while an attack is under way, for each attack anew. In life the
clients have machines of their own: so attackers run only where a processor is idle, and a victim waits for none, if started
as root. Linux's groups of sessions are switched off meanwhile, which takes root: with them the whole server and its clients count as
one process against the kernel's threads that end a write, which then wait for 50 to 100 ms. The goal: at most twice the idle p99,
or 25 ms. Needs the environment of the tests in Python (build/venv) and the release build.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import multiprocessing
import os
import random
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "hostile")]

from support.api import Api  # noqa: E402
from support.rasters import drawn_scene, geotiff, ramp, small_scene  # noqa: E402
from support.server import NO_LIMITS, Installation, Server, find_binary  # noqa: E402
from support.tiles import tile_of  # noqa: E402

MIB = 1 << 20
PAUSE = 0.01
LEAST_GOAL_MS = 25


# The victim


def victim_calls(server: Server) -> dict[str, list[tuple[str, str, dict, bytes]]]:
    """Requests of the victim by kind: method, target, headers, body."""
    api = server.api().new_project("Victim")
    item = api.upload_one(drawn_scene(1024), "victim.tif")
    for number in range(200):
        api.create_item(f"item {number}", properties={"a": number})
    time.sleep(3)  # renditions
    west, south, east, north = api.item(item)["bbox"]
    key = {"Authorization": f"Bearer {api.key}", "Content-Type": "application/json"}
    op = lambda name, body: ("POST", f"/v1/op/{name}", key, json.dumps(body).encode())  # noqa: E731
    tiles = []
    for zoom in (13, 14, 15, 16):
        left, top = tile_of(west, north, zoom)
        right, bottom = tile_of(east, south, zoom)
        tiles += [("GET", f"/api/v1/items/{item}/tiles/{zoom}/{x}/{y}.png?rescale=0,{shade}", key, b"")
                  for x in range(left, right + 1) for y in range(top, bottom + 1) for shade in range(1000, 6000, 500)]
    url = urlsplit(api.sign(api.initiate(100 * MIB), "put.tif"))
    put = ("PUT", f"{url.path}?{url.query}", {"Content-Type": "image/tiff"}, os.urandom(65536))
    return {"items.get": [op("items.get", {"item_id": item})],
            "search": [op("items.search", {"project_id": api.project, "limit": 10, "query": {"properties.a": {"gte": n}}})
                       for n in range(50)],
            "PUT": [put],
            "tile": random.sample(tiles, len(tiles))}


def call_repeatedly(address: tuple[str, int], calls: list, seconds: float, out) -> None:
    """Times calls in a process of its own, which sends the milliseconds of each."""
    with contextlib.suppress(PermissionError):
        os.nice(-10)
    connection = http.client.HTTPConnection(*address, timeout=120)
    times, until = [], time.monotonic() + seconds
    for method, target, headers, body in itertools.cycle(calls):
        if time.monotonic() > until:
            break
        began = time.perf_counter()
        try:
            connection.request(method, target, body or None, headers)
            answer = connection.getresponse()
            answer.read()
            good = answer.status < 400
        except (OSError, http.client.HTTPException):
            connection.close()
            good = False
        times.append((time.perf_counter() - began) * 1000 if good else None)
        time.sleep(PAUSE)
    out.send(times)


def measure(server: Server, calls: dict[str, list], seconds: float) -> dict[str, tuple[float, float, int]]:
    """p50 and p99 in milliseconds and the number of refused calls, by kind."""
    parts = urlsplit(server.base_url)
    running = []
    for kind, requests in calls.items():
        here, there = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.Process(target=call_repeatedly, args=((parts.hostname, parts.port), requests, seconds, there))
        process.start()
        running.append((kind, process, here))
    found = {}
    for kind, process, pipe in running:
        times = pipe.recv()
        process.join()
        good = sorted(each for each in times if each is not None)
        at = lambda share: good[min(len(good) - 1, int(len(good) * share))] if good else float("inf")  # noqa: E731
        found[kind] = (at(0.5), at(0.99), len(times) - len(good))
    return found


# Attacks: each runs in a process until it is ended. `api` is the attacker's.


def flood(count: int, work) -> None:
    """Calls `work(number)` for ever on so many threads; refusals and broken connections are part of it."""
    def run(start: int) -> None:
        for number in itertools.count(start, count):
            with contextlib.suppress(Exception):
                work(number)
    for start in range(count):
        threading.Thread(target=run, args=(start,), daemon=True).start()
    while True:
        time.sleep(1)


def unread(api: Api, count: int, request: bytes) -> None:
    """Sends a request on many connections and never reads."""
    parts, held = urlsplit(api.base_url), []
    for _ in range(count):
        with contextlib.suppress(OSError):
            held.append(socket.create_connection((parts.hostname, parts.port)))
            held[-1].sendall(request)
    while True:
        time.sleep(1)


def fill(api: Api) -> None:
    """Items with many properties, and some with large ones."""
    for number in range(300):
        api.create_item(f"item {number}", properties={f"p{index}": "x" * 100 for index in range(50)})
    for number in range(60):
        api.create_item(f"large {number}", properties={"a": "x" * 200_000})


def search_counts(api: Api, _: str) -> None:
    flood(16, lambda n: api.search(limit=1, query={"properties.p0": {"neq": f"{n}" + "y" * 4000}}))


def unread_pages(api: Api, _: str) -> None:
    body = json.dumps({"project_id": api.project, "limit": 100, "format": "stac"})
    unread(api, 60, (f"POST /v1/op/items.search HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {api.key}\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n{body}").encode())


def costly_tiles(api: Api, item: str) -> None:
    flood(64, lambda n: api.http.get(f"/api/v1/items/{item}/tiles/8/{n % 3 + 133}/{n % 2 + 89}.png",
                                     params={"rescale": f"0,{n}", "size": 1024}))


def costly_searches(api: Api, _: str) -> None:
    query = {f"properties.p{index}": {"contains": "y" * (index + 1)} for index in range(50)}
    flood(64, lambda n: api.search(query=query | {"properties.none": {"neq": str(n)}}))


def slow_sessions(api: Api, _: str) -> None:
    slow = geotiff(ramp(8192, 8192, 3), compress="deflate", zlevel=9)

    def upload(number: int) -> None:
        api.upload({f"{number}-{file}.tif": slow for file in range(3)})
    flood(8, upload)


def unfinished_bodies(api: Api, _: str) -> None:
    unread(api, 100, b"POST /v1/op/items.create HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n" + b" " * 1_000_000)


def sparse_rasters(api: Api, _: str) -> None:
    sparse = geotiff(ramp(16384, 16384, 1) * 0, tiled=True, blockxsize=512, blockysize=512)
    flood(4, lambda n: api.upload_one(sparse, f"{n}.tif"))


def refused_calls(api: Api, _: str) -> None:
    flood(16, lambda n: api.op("items.get", {"item_id": f"it_{n}"}))


def unknown_keys(api: Api, _: str) -> None:
    flood(16, lambda n: api.http.post("/v1/op/items.get", json={}, headers={"Authorization": f"Bearer gpra_{n:043d}"}))


def unfinished_puts(api: Api, _: str) -> None:
    url = urlsplit(api.sign(api.initiate(200 * MIB), "scene.tif"))
    unread(api, 30, f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: image/tiff\r\n"
                    f"Content-Length: {4 * MIB}\r\n\r\n".encode() + bytes(4 * MIB - 1))


def many_files(api: Api, _: str) -> None:
    def upload(number: int) -> None:
        target = api.create_item(f"target {number}")["id"]
        api.upload({f"{number}-{file}.tif": small_scene(file) for file in range(200)}, target_item_id=target)
    flood(2, upload)


def held_connections(api: Api, _: str) -> None:
    unread(api, 4000, b"GET /healthz HTTP/1.1\r\n")


ATTACKS = {"distinct texts in searches": search_counts, "pages that nobody reads": unread_pages,
           "costly tiles": costly_tiles, "searches of 50 conditions": costly_searches, "sessions of slow files": slow_sessions,
           "a stranger's unfinished bodies": unfinished_bodies, "large empty rasters": sparse_rasters,
           "refused calls": refused_calls, "a stranger's unknown keys": unknown_keys, "PUTs without their end": unfinished_puts,
           "200 files into one item": many_files, "4000 held connections": held_connections}


@contextlib.contextmanager
def without_session_groups():
    """Switches the kernel's groups of sessions off, if it has them and allows it; ends the program if it does not."""
    switch = Path("/proc/sys/kernel/sched_autogroup_enabled")
    was = switch.read_text().strip() if switch.exists() else "0"
    if was == "0":
        yield
        return
    try:
        switch.write_text("0")
    except PermissionError:
        sys.exit(f"Run it as root, or as root put 0 into {switch} before.")
    try:
        yield
    finally:
        switch.write_text(was)


def attack_apart(function, api: Api, item: str) -> None:
    """The body of an attacker's process."""
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    function(Api(api.base_url, api.key, api.world), item)


def row(name: str, idle: dict, found: dict) -> bool:
    """Prints a row of the table: p99 alone and under the attack; whether the goal holds."""
    cells, holds = [], True
    for kind, (_, p99, refused) in found.items():
        good = p99 <= max(2 * idle[kind][1], LEAST_GOAL_MS) and refused == 0
        holds = holds and good
        cells.append(f"{idle[kind][1]:.0f} → {p99:.0f}{f', {refused} refused' if refused else ''}{'' if good else ' **!**'}")
    print(f"| {name} | {' | '.join(cells)} |", flush=True)
    return holds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--only", nargs="*", default=list(ATTACKS), help="names of attacks, or parts of them")
    options = parser.parse_args()
    multiprocessing.set_start_method("fork")
    holds = True
    with without_session_groups(), tempfile.TemporaryDirectory() as folder:
        server = Server(Installation(find_binary(), Path(folder) / "data", None, dict(NO_LIMITS)))
        try:
            calls = victim_calls(server)
            attacker = server.organization("Attacker")
            fill(attacker)
            item = attacker.upload_one(geotiff(ramp(4096, 4096, 4, "uint16"), compress="deflate"), "attacker.tif")
            time.sleep(5)
            measure(server, calls, 2)
            print(f"| p99 in ms, alone → attacked | {' | '.join(calls)} |\n|---|{'---|' * len(calls)}")
            for name, function in ATTACKS.items():
                if not any(part in name for part in options.only):
                    continue
                idle = measure(server, calls, options.seconds)
                process = multiprocessing.Process(target=attack_apart, args=(function, attacker, item), daemon=True)
                process.start()
                time.sleep(3)
                holds = row(name, idle, measure(server, calls, options.seconds)) and holds
                process.kill()
                process.join()
                time.sleep(4)  # what it began ends
        finally:
            server.stop()
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
