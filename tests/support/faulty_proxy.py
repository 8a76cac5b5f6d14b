"""A proxy between a client and a server that fails on purpose: what a bad line, a restarted gateway or a busy server do
to a client."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

#: Faults by name: whether the server gets the request, and the status that the client gets, 0 where it gets nothing.
FAULTS = {"502 before": (False, 502), "503 before": (False, 503), "504 before": (False, 504), "cut before": (False, 0),
          "502 after": (True, 502), "504 after": (True, 504), "cut after": (True, 0)}
#: What a store of objects does besides.
STORE_FAULTS = {"500 before": (False, 500), "500 after": (True, 500), "cut body": (True, None), "wrong bytes": (True, None)}
HOP_BY_HOP = {"connection", "expect", "keep-alive", "transfer-encoding", "proxy-connection", "upgrade"}


class FaultyProxy:
    """Forwards requests with their `Host`, so that the addresses which the server tells lead here again. `choose` says
    for each, by its number from 1, method and path, which of FAULTS or STORE_FAULTS it meets; None: none."""

    def __init__(self, upstream: str, port: int) -> None:
        self.base_url = f"http://127.0.0.1:{port}"
        self.choose: Callable[[int, str, str], str | None] = lambda number, method, path: None
        self.seen: list[tuple[str, str]] = []
        self._upstream = urlsplit(upstream).netloc
        self._lock = threading.Lock()

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        """One request of a client."""
        body = request.rfile.read(int(request.headers.get("Content-Length", "0")))
        path = urlsplit(request.path).path
        with self._lock:
            self.seen.append((request.command, path))
            fault = self.choose(len(self.seen), request.command, path)
        reaches, status = (FAULTS | STORE_FAULTS)[fault] if fault else (True, None)
        answer = self._forward(request, body) if reaches else (status, {}, b"")
        if status == 0:
            request.connection.shutdown(socket.SHUT_RDWR)
        elif fault == "cut body":
            _reply(request, answer[0], answer[1], answer[2], sent=len(answer[2]) // 2)
            request.connection.shutdown(socket.SHUT_RDWR)
        elif fault == "wrong bytes":
            _reply(request, answer[0], answer[1], bytes(byte ^ 0x55 for byte in answer[2]))
        else:
            _reply(request, *((status, {}, b"") if status else answer))

    def _forward(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self._upstream, timeout=60)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        connection.request(request.command, request.path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, dict(answer.getheaders()), content


def _reply(request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes, sent: int | None = None) -> None:
    request.send_response_only(status)
    for name, value in headers.items():
        if name.lower() not in HOP_BY_HOP | {"content-length"}:
            request.send_header(name, value)
    told = {name.lower(): value for name, value in headers.items()}.get("content-length", "0")
    request.send_header("Content-Length", told if request.command == "HEAD" else str(len(body)))
    request.send_header("Connection", "close")
    request.end_headers()
    request.wfile.write(body[:sent])
    request.wfile.flush()
    request.close_connection = True


@contextmanager
def faulty_proxy(upstream: str) -> Iterator[FaultyProxy]:
    """A proxy to that server while the block runs."""
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args) -> None:
            """Says nothing."""

        def handle_one_request(self) -> None:
            """Reads a request and gives it to the proxy."""
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            proxy.handle(self)
            self.close_connection = True

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        proxy = FaultyProxy(upstream, listening.server_port)
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield proxy
        listening.shutdown()
