"""How far a transfer is."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Union


@dataclass(frozen=True)
class Progress:
    """What a transfer has done so far. Bytes."""

    label: str
    done: int
    total: int


#: True: a bar on standard error, made by rich where it is installed. A function is told from the calling thread.
Wish = Union[bool, Callable[[Progress], None], None]


class Meter:
    """Counts bytes from several threads, and takes back those that have to go again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes = 0

    def add(self, count: int) -> None:
        """More, or fewer if negative."""
        with self._lock:
            self._bytes += count

    @property
    def bytes(self) -> int:
        """What counts now."""
        return self._bytes


class Reporter:
    """Tells of progress in the way that was wished for; a context."""

    def __init__(self, wish: Wish) -> None:
        self._tell: Callable[[Progress], None] | None = wish if callable(wish) else None
        self._bar: Any = None
        if wish is True:
            self._bar = _RichBar() if importlib.util.find_spec("rich") else _Line()
            self._tell = self._bar.tell

    def __call__(self, label: str, done: int, total: int) -> None:
        if self._tell:
            self._tell(Progress(label, done, total))

    def __enter__(self) -> Reporter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar:
            self._bar.close()


class _RichBar:
    def __init__(self) -> None:
        from rich import progress
        from rich.console import Console

        self._progress = progress.Progress(progress.TextColumn("{task.description}"), progress.BarColumn(), progress.DownloadColumn(),
                                           progress.TransferSpeedColumn(), progress.TimeRemainingColumn(), console=Console(stderr=True))
        self._task = self._progress.add_task("", total=None)
        self._progress.start()

    def tell(self, now: Progress) -> None:
        self._progress.update(self._task, description=now.label, completed=now.done, total=now.total)

    def close(self) -> None:
        self._progress.stop()


class _Line:
    def tell(self, now: Progress) -> None:
        if sys.stderr.isatty():
            percent = 100 * now.done // max(1, now.total)
            print(f"\r\x1b[K{now.label}: {percent} % of {now.total / 1e6:.1f} MB", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if sys.stderr.isatty():
            print(file=sys.stderr)
