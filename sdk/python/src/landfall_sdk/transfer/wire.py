"""Bytes to and from signed addresses. These need no credentials, and none are sent."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from ..client import Client
from ..errors import ApiError, ConnectionFailed, DigestMismatch, LandfallError, UnexpectedAnswer, refusal
from ..retries import RetryPolicy, is_passing, retry_after
from .local_files import FileRange, Stopped
from .progress import Meter

#: A server may still write and hash when all bytes have left; seconds.
TIMEOUT = httpx.Timeout(120, connect=30, pool=None)
MD5 = re.compile(r"[0-9a-f]{32}\Z")


def http_of(client: Client) -> httpx.Client:
    """An HTTP client for signed addresses; thread-safe."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=32)
    return httpx.Client(timeout=TIMEOUT, limits=limits, verify=client.ssl_context)


def is_passing_error(error: Exception) -> bool:
    """Whether what failed may succeed later."""
    if isinstance(error, ApiError):
        return is_passing(error.status, error.retry_after) or error.status in (408, 429) or error.status >= 500
    return isinstance(error, (ConnectionFailed, DigestMismatch))


class Retrier:
    """Tries again what may succeed later; waits end at once when the transfer is told to stop."""

    def __init__(self, policy: RetryPolicy, stop: threading.Event) -> None:
        self._policy, self.stop, self._attempt = policy, stop, 0

    def forgive(self) -> None:
        """There was progress: the tries count anew."""
        self._attempt = 0

    def wait(self, error: LandfallError) -> None:
        """Waits, or raises the error if it is final."""
        self._attempt += 1
        delay = self._policy.delay(self._attempt, getattr(error, "retry_after", None)) if is_passing_error(error) else None
        if delay is None:
            raise error
        if self.stop.wait(delay):
            raise Stopped


@dataclass(frozen=True)
class Target:
    """Where a range of a file goes: `url` signs where there is no address yet, `forget` drops one that no longer holds."""

    url: Callable[[], str]
    forget: Callable[[], None]
    media_type: str = "application/octet-stream"


class Sender:
    """PUTs ranges of files; thread-safe."""

    def __init__(self, http: httpx.Client, policy: RetryPolicy, meter: Meter, stop: threading.Event) -> None:
        self._http, self._policy, self._meter, self.stop = http, policy, meter, stop

    def send(self, what: FileRange, target: Target) -> str:
        """Sends until it has arrived whole; gives the MD5, hexadecimal. Raises what is final, and Stopped."""
        retrier = Retrier(self._policy, self.stop)
        md5 = what.md5()
        while True:
            what.file.check()
            error = self._try(what, md5, target)
            if error is None:
                return md5.hex()
            retrier.wait(error)

    def _try(self, what: FileRange, md5: bytes, target: Target) -> LandfallError | None:
        """One try, with a fresh address where the first has expired. What was counted of a failed one is taken back."""
        for signing in (0, 1):
            counted = Meter()
            error = self._put(what, md5, target, counted)
            if error is None:
                return None
            self._meter.add(-counted.bytes)
            if not (isinstance(error, ApiError) and error.status == 403) or signing:
                return error
            target.forget()
        return None

    def _put(self, what: FileRange, md5: bytes, target: Target, counted: Meter) -> LandfallError | None:
        def count(some: int) -> None:
            counted.add(some)
            self._meter.add(some)

        headers = {"Content-Type": target.media_type, "Content-Length": str(what.length), "Content-MD5": base64.b64encode(md5).decode()}
        try:
            response = self._http.put(target.url(), content=what.chunks(count, self.stop), headers=headers)
        except httpx.TransportError as failure:
            return ConnectionFailed(f"{what.file.name}: the connection to the storage broke ({type(failure).__name__})")
        if response.status_code == 400 and b"BadDigest" in response.content:
            return DigestMismatch(f"{what.file.name}: the bytes were changed on their way to the server")
        if response.status_code >= 300:
            return refusal(response.status_code, response.content, retry_after(response))
        etag = response.headers.get("ETag", "").strip('"')
        if MD5.match(etag) and etag != md5.hex():
            return DigestMismatch(f"{what.file.name}: the server stored other bytes than were sent")
        return None


def checked_url(url: object) -> str:
    """A signed address as the server gave it."""
    if not isinstance(url, str) or not url.startswith(("http://", "https://")):
        raise UnexpectedAnswer("The server gave no usable address; check its public_url setting")
    return url
