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
    """One file of a session: the content that was acknowledged, and one that may have arrived after it."""

    name: str
    needs_cog: bool
    acknowledged: bytes | None = None
    in_flight: bytes | None = None

    def possible(self) -> dict[str, int]:
        """SHA-256 and size of every content that the server may hold."""
        contents = [content for content in (self.acknowledged, self.in_flight) if content is not None]
        return {hashlib.sha256(content).hexdigest(): len(content) for content in contents}

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

    def expected_reserved(self) -> int:
        """Bytes that open sessions reserve."""
        return sum(upload.total_bytes for upload in self.all() if not upload.is_ended())
