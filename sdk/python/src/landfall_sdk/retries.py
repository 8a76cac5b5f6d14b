"""When a call is tried again, and the HTTP clients that do so."""

from __future__ import annotations

import asyncio
import email.utils
import random
import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx

from . import errors
from .operations import OPERATIONS

PREFIX = "/v1/op/"
KEY = "Idempotency-Key"
#: The request did not reach the server.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential backoff with jitter. Waits lie between half and the whole of `base` · 2ⁿ, at most `cap`, and are never shorter
    than what the server asks for; one that asks for more than `longest` is not waited for. Seconds."""

    attempts: int = 8
    base: float = 0.5
    cap: float = 30.0
    longest: float = 120.0

    def delay(self, attempt: int, asked: float | None = None) -> float | None:
        """The wait after try number `attempt` (from 1) failed; None if it was the last."""
        if attempt >= self.attempts or (asked or 0) > self.longest:
            return None
        whole = min(self.base * 2 ** min(attempt - 1, 40), self.cap)
        wait: float = whole / 2 + whole / 2 * random.random()
        return max(wait, asked or 0)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds that an answer asks to wait; a date counts from the server's own clock, as ours may be wrong."""
    text = response.headers.get("Retry-After", "")
    if text.isdigit():
        return float(text)
    then = _date(text)
    if then is None:
        return None
    return max(0.0, then - (_date(response.headers.get("Date", "")) or time.time()))


def _date(text: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None


def is_passing(status: int, asked: float | None) -> bool:
    """Whether the request was not carried out and may be later: busy, limited, or a lost race."""
    return status in (429, 503) or (status == 409 and asked is not None)


class _Attempts:
    """The tries of one request."""

    def __init__(self, policy: RetryPolicy, request: httpx.Request) -> None:
        self._policy, self._number = policy, 0
        path = request.url.path
        # Behind a prefix of a proxy as well.
        _, found, name = path.rpartition(PREFIX)
        operation = OPERATIONS.get(name) if found else None
        if operation and operation.takes_key and KEY not in request.headers:
            request.headers[KEY] = f"py-{uuid.uuid4().hex}"
        # What deletes is not repeated when nobody knows whether it was done: the second answer would be 404.
        self._repeatable = request.method in ("GET", "HEAD") or bool(operation and operation.side_effect != "destructive")

    def after_answer(self, response: httpx.Response) -> float | None:
        self._number += 1
        asked = retry_after(response)
        gateway = response.status_code in (408, 500, 502, 504) and self._repeatable
        if gateway or is_passing(response.status_code, asked):
            return self._policy.delay(self._number, asked)
        return None

    def after_failure(self, failure: httpx.TransportError) -> float | None:
        self._number += 1
        passing = isinstance(failure, NOT_SENT) or (self._repeatable and not isinstance(failure, httpx.UnsupportedProtocol))
        return self._policy.delay(self._number) if passing else None


def _understood(response: httpx.Response) -> httpx.Response:
    """A refusal by something between here and the server becomes a problem document like any other."""
    if response.status_code < 400 or PREFIX not in response.request.url.path:
        return response
    problem = errors.problem_of(response.status_code, response.content)
    kept = {name: value for name, value in response.headers.items() if not name.startswith("content-") and name != "transfer-encoding"}
    return httpx.Response(response.status_code, headers=kept, json=problem, request=response.request)


class RetryingClient(httpx.Client):
    """An HTTP client that tries operations again by a policy and gives each that takes one an idempotency key."""

    def __init__(self, policy: RetryPolicy, **options: Any) -> None:
        super().__init__(**options)
        self._policy = policy

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """As `httpx.Client.send`; streamed answers are not tried again."""
        attempts = _Attempts(self._policy, request)
        while True:
            failure: httpx.TransportError | None = None
            try:
                response = super().send(request, **options)
                delay = None if options.get("stream") else attempts.after_answer(response)
            except httpx.TransportError as error:
                failure, delay = error, attempts.after_failure(error)
            if delay is not None:
                time.sleep(delay)
            elif failure:
                raise failure
            else:
                return response if options.get("stream") else _understood(response)


class AsyncRetryingClient(httpx.AsyncClient):
    """The same without blocking."""

    def __init__(self, policy: RetryPolicy, **options: Any) -> None:
        super().__init__(**options)
        self._policy = policy

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """As `httpx.AsyncClient.send`; streamed answers are not tried again."""
        attempts = _Attempts(self._policy, request)
        while True:
            failure: httpx.TransportError | None = None
            try:
                response = await super().send(request, **options)
                delay = None if options.get("stream") else attempts.after_answer(response)
            except httpx.TransportError as error:
                failure, delay = error, attempts.after_failure(error)
            if delay is not None:
                await asyncio.sleep(delay)
            elif failure:
                raise failure
            else:
                return response if options.get("stream") else _understood(response)
