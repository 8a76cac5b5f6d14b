"""A large file on its way, in parts. Contract: docs/guides/uploading.md."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ..errors import Conflict
from .local_files import FileRange, LocalFile
from .wire import Target, checked_url

if TYPE_CHECKING:
    from ..landfall import Landfall

#: How many addresses are asked for at once.
SIGNED_AT_ONCE = 100


class PartFile:
    """Which parts of a file are there, and the addresses of those that are not. Thread-safe."""

    def __init__(self, client: Landfall, upload_id: str, file: LocalFile, part_size: int | None) -> None:
        wanted = {"part_size": part_size} if part_size else {}
        begun = client.op("uploads.parts.initiate", upload_id=upload_id, file_name=file.name, size=file.size,
                          content_type=file.media_type, **wanted)
        self.file = file
        self._client, self._id, self._part_size = client, str(begun["parts_id"]), int(begun["part_size"])
        self._lock = threading.Lock()
        self._etags: dict[int, str] = {}
        self._urls: dict[int, str] = {}
        self._find_stored()

    @property
    def count(self) -> int:
        """Number of parts; they are numbered from 1."""
        return max(1, -(-self.file.size // self._part_size))

    def range(self, number: int) -> FileRange:
        """The bytes of a part."""
        offset = self._part_size * (number - 1)
        return FileRange(self.file, offset, min(self._part_size, self.file.size - offset))

    def missing(self) -> list[int]:
        """The parts that have to be sent."""
        return [number for number in range(1, self.count + 1) if number not in self._etags]

    def present_bytes(self) -> int:
        """What need not be sent."""
        return sum(self.range(number).length for number in self._etags)

    def target(self, number: int) -> Target:
        """Where a part goes."""
        return Target(lambda: self._url(number), lambda: self._forget_from(number))

    def stored(self, number: int, etag: str) -> bool:
        """A part has arrived; whether it was the last."""
        with self._lock:
            self._etags[number] = etag
            return len(self._etags) == self.count

    def complete(self) -> None:
        """Puts the parts together."""
        parts = [{"part_number": number, "etag": etag} for number, etag in sorted(self._etags.items())]
        self._client.op("uploads.parts.complete", parts_id=self._id, parts=parts)

    def _find_stored(self) -> None:
        """Parts that are there count if their bytes are those of the file here."""
        for page in self._client.pages("uploads.parts.list", parts_id=self._id):
            if page.get("size") not in (None, self.file.size):
                raise Conflict({"status": 409, "detail": f"'{self.file.name}' was begun with another size; it is another file now"})
            for part in page["parts"]:
                number = part["part_number"]
                if number <= self.count and self.range(number).md5().hex() == part["etag"].strip('"'):
                    self._etags[number] = part["etag"].strip('"')

    def _url(self, number: int) -> str:
        with self._lock:  # others that need addresses wait for those that come
            if number not in self._urls:
                wanted = [each for each in range(number, self.count + 1) if each == number or each not in self._etags]
                signed: dict[str, Any] = self._client.op("uploads.parts.sign", parts_id=self._id, part_numbers=wanted[:SIGNED_AT_ONCE])
                self._urls.update({each["part_number"]: checked_url(each["url"]) for each in signed["urls"]})
            return self._urls[number]

    def _forget_from(self, number: int) -> None:
        with self._lock:  # those that were signed with it are no younger
            self._urls = {each: url for each, url in self._urls.items() if each < number}
