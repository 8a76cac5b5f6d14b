"""A bad link: a proxy of TCP connections that counts, cuts, may be slow, and may lead elsewhere."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

CHUNK = 64 * 1024


class Link:
    """Forwards connections to a server until it is closed."""

    def __init__(self, base_url: str) -> None:
        self.target = base_url
        self.sent = 0  # bytes towards the server
        self.cuts: list[int] = []  # each of the next connections breaks after so many bytes towards the server
        self.rate = 0.0  # bytes a second towards the server and for each connection; 0: as fast as it goes
        self.received = 0  # bytes towards the client
        self.cuts_back: list[int] = []  # as `cuts`, of bytes towards the client
        self.open = 0  # connections; after their last one has ended nothing is on its way any more
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Takes no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        parts = urlsplit(self.target)
        try:
            server = socket.create_connection((parts.hostname, parts.port), timeout=10)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        with self._lock:
            self.open += 1
        back = threading.Thread(target=self._pump, args=(server, client, self._count_back), daemon=True)
        back.start()
        self._pump(client, server, self._count)
        back.join()
        with self._lock:
            self.open -= 1

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket, count: Callable[[int, int], bool]) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK):
                passed += len(chunk)
                breaks = count(len(chunk), passed)
                if breaks:
                    source.shutdown(socket.SHUT_RDWR)  # first: an answer to these bytes must find nobody
                sink.sendall(chunk)
                if breaks:
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _count(self, size: int, passed: int) -> bool:
        """Whether the connection breaks now."""
        if self.rate:
            time.sleep(size / self.rate)
        with self._lock:
            self.sent += size
            if self.cuts and passed >= self.cuts[0]:
                self.cuts.pop(0)
                return True
            return False

    def _count_back(self, size: int, passed: int) -> bool:
        """Whether the connection breaks now, on its way back."""
        with self._lock:
            self.received += size
            if self.cuts_back and passed >= self.cuts_back[0]:
                self.cuts_back.pop(0)
                return True
            return False
