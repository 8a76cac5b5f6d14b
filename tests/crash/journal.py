"""What clients know for sure, and what they asked without hearing the answer."""

from __future__ import annotations

import enum
import hashlib
import threading
from dataclasses import dataclass, field


class State(enum.Enum):
    """What a client knows of a session. The -ING states: asked, and no answer came."""

    OPEN = "open"
    COMPLETING = "completing"
    COMPLETED = "completed"
    FAILING = "failing"
    FAILED = "failed"


class Life(enum.Enum):
    """What a client knows of an item."""

    LIVE = "live"
    DELETING = "deleting"
    DELETED = "deleted"


@dataclass
class File:
    """One file of a session: the content that was acknowledged, and those that may have arrived after it."""

    name: str
    needs_cog: bool
    acknowledged: bytes | None = None
    in_flight: list[bytes] = field(default_factory=list)

    def possible(self) -> dict[str, int]:
        """SHA-256 and size of every content that the server may hold."""
        contents = self.in_flight + ([] if self.acknowledged is None else [self.acknowledged])
        return {hashlib.sha256(content).hexdigest(): len(content) for content in contents}

    def least(self) -> int:
        """Bytes that the server holds at least."""
        return 0 if self.acknowledged is None else min(self.possible().values())

    def most(self) -> int:
        """Bytes that the server holds at most."""
        return max(self.possible().values(), default=0)

    def stem(self) -> str:
        """The name of the item that the file becomes."""
        return self.name.rpartition(".")[0] or self.name


@dataclass
class Item:
    """An item of an acknowledged completion."""

    id: str
    name: str
    possible: dict[str, int]
    needs_cog: bool
    life: Life = Life.LIVE
    size: int | None = None
    digest: str | None = None


@dataclass
class Upload:
    """One session."""

    id: str
    project: str
    total_bytes: int
    files: dict[str, File] = field(default_factory=dict)
    state: State = State.OPEN
    items: dict[str, Item] = field(default_factory=dict)
    #: What it reserves at least and at most: what was declared, or all that was ever stored at once, if that is more.
    least_reserved: int = 0
    most_reserved: int = 0

    def __post_init__(self) -> None:
        self.least_reserved = self.most_reserved = self.total_bytes

    def sends(self, file: File, content: bytes) -> None:
        """Notes that a PUT is about to begin."""
        file.in_flight.append(content)
        self.most_reserved = max(self.most_reserved, sum(each.most() for each in self.files.values()))

    def sent(self, file: File, content: bytes) -> None:
        """Notes that the PUT was acknowledged."""
        file.acknowledged, file.in_flight = content, []
        self.least_reserved = max(self.least_reserved, sum(each.least() for each in self.files.values()))

    def is_ended(self) -> bool:
        """Whether the session can hold no reservation any more."""
        return self.state in (State.COMPLETED, State.FAILED)


class Journal:
    """The sessions of all clients."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uploads: dict[str, Upload] = {}
        self._touched: set[str] = set()
        self.acknowledged: dict[str, int] = {}

    def open(self, upload: Upload) -> Upload:
        """Remembers a new session."""
        with self._lock:
            self._uploads[upload.id] = upload
            self._touched.add(upload.id)
        return upload

    def touch(self, upload: Upload) -> None:
        """Notes that something is about to happen to the session."""
        with self._lock:
            self._touched.add(upload.id)

    def count(self, what: str) -> None:
        """Counts an acknowledged step, to show that a run did something."""
        with self._lock:
            self.acknowledged[what] = self.acknowledged.get(what, 0) + 1

    def all(self) -> list[Upload]:
        """Every session."""
        with self._lock:
            return list(self._uploads.values())

    def take_touched(self) -> list[Upload]:
        """The sessions that something happened to since the last call."""
        with self._lock:
            touched, self._touched = self._touched, set()
            return [self._uploads[upload] for upload in sorted(touched)]

    def items(self) -> list[Item]:
        """Items of every session."""
        return [item for upload in self.all() for item in upload.items.values()]

    def expected_used(self) -> int:
        """Bytes of all live items."""
        return sum(item.size for item in self.items() if item.life is Life.LIVE)

    def expected_reserved(self) -> tuple[int, int]:
        """Bytes that open sessions reserve at least and at most; a PUT without an answer may count or not."""
        sessions = [upload for upload in self.all() if not upload.is_ended()]
        return sum(each.least_reserved for each in sessions), sum(each.most_reserved for each in sessions)
