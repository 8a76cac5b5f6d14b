"""Which upload sessions this machine has begun, so that the same call goes on after its process was killed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path
from typing import IO, Any

try:
    import fcntl
except ImportError:  # no such locks there: two processes that upload the same files at once share a session
    fcntl = None  # type: ignore[assignment]


class Journal:
    """The session of one set of files on one server. Where nothing can be written, nothing is remembered."""

    def __init__(self, about: Any) -> None:
        state = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
        name = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
        self._path = Path(state, "landfall", "uploads", name)
        self._file: IO[str] | None = None

    def take(self) -> str | None:
        """The session that was begun, if there is one and no other process goes on with it."""
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = open(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
            try:
                if fcntl:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                raise
            self._file = file
            return file.read().strip() or None
        return None

    def remember(self, upload_id: str) -> None:
        """A session has begun."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            self._file.seek(0)
            self._file.truncate()
            self._file.write(upload_id)
            self._file.flush()

    def forget(self) -> None:
        """It has ended."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Lets other processes go on."""
        if self._file is not None:
            self._file.close()
            self._file = None
