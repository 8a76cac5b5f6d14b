"""What an upload sends: files of this machine, and ranges of them."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import TransferError

CHUNK = 256 * 1024  #: bytes that go, and are counted, at once
#: As the platform calls them; what mimetypes knows depends on the machine.
MEDIA_TYPES = {".tif": "image/tiff", ".tiff": "image/tiff", ".jp2": "image/jp2", ".nc": "application/x-netcdf", ".zip": "application/zip",
               ".gpkg": "application/geopackage+sqlite3", ".geojson": "application/geo+json", ".fgb": "application/octet-stream"}


@dataclass(frozen=True)
class LocalFile:
    """A file as it was when the upload began. Sizes in bytes."""

    path: Path
    name: str
    size: int
    modified: int

    @property
    def media_type(self) -> str:
        """By the suffix."""
        suffix = self.path.suffix.lower()
        return MEDIA_TYPES.get(suffix) or mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    def check(self) -> None:
        """TransferError if it is another file by now."""
        status = self.path.stat()
        if (status.st_size, status.st_mtime_ns) != (self.size, self.modified):
            raise TransferError(f"'{self.path}' changed while it was uploaded")


class Stopped(Exception):
    """The transfer was told to stop; never seen by callers."""


@dataclass(frozen=True)
class FileRange:
    """Some bytes of a file."""

    file: LocalFile
    offset: int
    length: int

    def md5(self) -> bytes:
        """Their digest."""
        digest = hashlib.md5(usedforsecurity=False)
        for chunk in self._chunks():
            digest.update(chunk)
        return digest.digest()

    def chunks(self, count: Callable[[int], None], stop: threading.Event) -> Iterator[bytes]:
        """The bytes, counted as they are taken. Stopped in between where that is wished."""
        for chunk in self._chunks():
            if stop.is_set():
                raise Stopped
            yield chunk
            count(len(chunk))

    def _chunks(self) -> Iterator[bytes]:
        with self.file.path.open("rb") as stream:
            stream.seek(self.offset)
            left = self.length
            while left > 0:
                chunk = stream.read(min(CHUNK, left))
                if not chunk:
                    raise TransferError(f"'{self.file.path}' became shorter while it was uploaded")
                left -= len(chunk)
                yield chunk


def local_files(paths: list[Path]) -> list[LocalFile]:
    """The files, and those below the folders but hidden ones; sorted. TransferError if there are none, or two of one name."""
    found: dict[str, LocalFile] = {}
    for path in (each for one in paths for each in (_below(one) if one.is_dir() else [one])):
        status = path.stat()
        other = found.setdefault(path.name, LocalFile(path, path.name, status.st_size, status.st_mtime_ns))
        if other.path != path:
            raise TransferError(f"'{other.path}' and '{path}' would have the same name in one upload; upload them one by one")
    if not found:
        raise TransferError(f"There is no file in {', '.join(repr(str(path)) for path in paths)}")
    return list(found.values())


def _below(folder: Path) -> list[Path]:
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(place, name) for name in names if not name.startswith(".")]
    return sorted(path for path in found if path.is_file())
