"""What the kernel says of the server's processes."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process, told from a later one of the same number by its start."""

    pid: int
    parent: int
    session: int
    started: int
    state: str


def find(pid: int) -> Process | None:
    """The process of that number, if there is one."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return Process(pid, int(fields[1]), int(fields[3]), int(fields[19]), fields[0])


def everyone() -> list[Process]:
    """All processes but those that only wait to be collected."""
    found = (find(int(entry.name)) for entry in _PROC.iterdir() if entry.name.isdigit())
    return [process for process in found if process and process.state != "Z"]


def family(pid: int) -> list[Process]:
    """A process with all its descendants and everyone of its session."""
    processes = everyone()
    known = {pid}
    while True:
        grown = known | {p.pid for p in processes if p.parent in known or p.session == pid}
        if grown == known:
            return [process for process in processes if process.pid in known]
        known = grown


def survivors(processes: list[Process], seconds: float) -> list[Process]:
    """Those of the processes that still run after so long; returns as soon as none does."""
    deadline = time.monotonic() + seconds
    while True:
        numbers = {(process.pid, process.started) for process in processes}
        left = [process for process in everyone() if (process.pid, process.started) in numbers]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)


class MemoryGrowth:
    """Peak of resident memory above what a process held at the start, bytes."""

    def __init__(self, pid: int) -> None:
        self._folder = _PROC / str(pid)
        (self._folder / "clear_refs").write_text("5")  # forgets the earlier peak
        self._before = self._status("VmRSS")

    def peak(self) -> int:
        """Bytes that the peak lies above the start."""
        return self._status("VmHWM") - self._before

    def _status(self, field: str) -> int:
        for line in (self._folder / "status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"No {field} in {self._folder}")


def memory(pid: int) -> bytes:
    """All that a process can write to: heap, stacks and the like."""
    found = []
    with (_PROC / str(pid) / "mem").open("rb") as content:
        for line in (_PROC / str(pid) / "maps").read_text().splitlines():
            reach, rights = line.split()[:2]
            if rights.startswith("rw"):
                begin, end = (int(address, 16) for address in reach.split("-"))
                with contextlib.suppress(OSError):
                    content.seek(begin)
                    found.append(content.read(end - begin))
    return b"".join(found)


def open_files(pid: int) -> int:
    """Number of descriptors that a process holds."""
    with contextlib.suppress(OSError):
        return len(list((_PROC / str(pid) / "fd").iterdir()))
    return 0
