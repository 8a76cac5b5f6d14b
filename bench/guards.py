#!/usr/bin/env python3
"""What the guards of a call cost: rate limits on a read, an idempotency key on a write.

    bench/guards.py [--engine sqlite|postgres] [--calls N]

Calls with and without a guard take turns, one by one, so that whatever else the machine does hits both; what is compared is the time
that a fifth of the calls stay below. Prints one line a guard: microseconds without it, with it, and its share of the call.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import time
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support import engines  # noqa: E402
from support.api import Api  # noqa: E402
from support.server import NO_LIMITS, Installation, Server, find_binary  # noqa: E402

#: Of all calls so many are faster than the time that counts: the rest waited for something else.
FASTEST = 0.2


class Caller:
    """One connection to a server."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._connection = http.client.HTTPConnection(api.base_url.removeprefix("http://"))

    def microseconds(self, operation: str, body: dict, keyed: bool = False) -> float:
        """What one call takes."""
        headers = {"Authorization": f"Bearer {self._api.key}", "Content-Type": "application/json"}
        if keyed:
            headers["Idempotency-Key"] = uuid.uuid4().hex
        text = json.dumps(body)
        began = time.perf_counter()
        self._connection.request("POST", f"/v1/op/{operation}", text, headers)
        answer = self._connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        return (time.perf_counter() - began) * 1e6


def report(guard: str, engine: str, without: list[float], with_it: list[float]) -> None:
    """One line of the result."""
    bare, guarded = (sorted(times)[int(len(times) * FASTEST)] for times in (without, with_it))
    print(f"{guard:16} {engine:9} without {bare:6.0f} us   with {guarded:6.0f} us   share {guarded / bare - 1:+.1%}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--calls", type=int, default=4000)
    chosen = parser.parse_args()
    engine = engines.start(chosen.engine)
    limited = NO_LIMITS | {"LANDFALL_LIMITS_OPERATIONS_PER_MINUTE": "100000000"}
    with tempfile.TemporaryDirectory(prefix="landfall-guards-") as folder:
        servers = [Server(Installation(find_binary(), Path(folder) / name, engine.new_database(), settings))
                   for name, settings in (("free", NO_LIMITS), ("limited", limited))]
        try:
            free, guarded = (Caller(server.api()) for server in servers)
            items = [server.api().create_item()["id"] for server in servers]
            reads: tuple[list[float], list[float]] = ([], [])
            writes: tuple[list[float], list[float]] = ([], [])
            body = {"project_id": servers[0].api().project, "type": "user_raster", "name": "x"}
            for _ in range(chosen.calls):
                for times, caller, item in zip(reads, (free, guarded), items):
                    times.append(caller.microseconds("items.get", {"item_id": item}))
            for _ in range(chosen.calls // 4):
                for times, keyed in zip(writes, (False, True)):
                    times.append(free.microseconds("items.create", body, keyed))
            report("rate limit", chosen.engine, *reads)
            report("idempotency key", chosen.engine, *writes)
        finally:
            for server in servers:
                server.stop()
            engine.stop()


if __name__ == "__main__":
    main()
