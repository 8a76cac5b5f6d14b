"""Calls at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx


def at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Makes all calls at the same moment, each on its own thread."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], httpx.Response]) -> httpx.Response:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [waiting.result() for waiting in [pool.submit(run, call) for call in calls]]


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    """How often each status came; never a failure of the server's own."""
    found = Counter(answer.status_code for answer in answers)
    assert max(found) < 500, [answer.text for answer in answers if answer.status_code >= 500]
    return found
