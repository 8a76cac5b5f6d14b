"""Requests as exact bytes, for what an HTTP library would not send."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit


class RawConnection:
    """One TCP connection to the host of a URL."""

    def __init__(self, url: str, seconds: float = 30) -> None:
        parts = urlsplit(url)
        self.host = parts.netloc
        self.target = parts.path + (f"?{parts.query}" if parts.query else "")
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=seconds)
        self._stream = self.socket.makefile("rb")

    def __enter__(self) -> RawConnection:
        return self

    def __exit__(self, *_) -> None:
        self._stream.close()
        self.socket.close()

    def send_head(self, method: str, *lines: str, target: str | None = None) -> None:
        """Sends the request line, Host and these header lines."""
        head = [f"{method} {target or self.target} HTTP/1.1", f"Host: {self.host}", *lines, "", ""]
        self.socket.sendall("\r\n".join(head).encode())

    def send(self, content: bytes) -> None:
        """Sends bytes as they are."""
        self.socket.sendall(content)

    def read_head(self) -> tuple[int, dict[str, str]]:
        """Status and headers (lower-case names) of the next answer; status 0 at the end of the connection."""
        line = self._stream.readline().decode("latin-1")
        if not line:
            return 0, {}
        headers: dict[str, str] = {}
        while (text := self._stream.readline().decode("latin-1").strip()):
            name, _, value = text.partition(":")
            headers[name.strip().lower()] = value.strip()
        return int(line.split()[1]), headers

    def read_body(self, headers: dict[str, str]) -> bytes:
        """The body that the headers announce by length."""
        return self._stream.read(int(headers.get("content-length", "0")))


@contextlib.contextmanager
def connections(url: str, count: int, source: str = "127.0.0.1") -> Iterator[list[socket.socket]]:
    """Open TCP connections to the host of a URL, from an address, that have said nothing yet."""
    parts = urlsplit(url)
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(socket.create_connection((parts.hostname, parts.port), 20, (source, 0)))
               for _ in range(count)]
