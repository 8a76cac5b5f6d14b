"""Files that are sent in parts, as a client of no library does it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import httpx

from support.api import Api, put

#: The least that every part but the last has.
LEAST = 5 << 20


def split(content: bytes, part_size: int) -> list[bytes]:
    """The parts of a file; at least one."""
    return [content[at:at + part_size] for at in range(0, max(1, len(content)), part_size)]


def etag_of(parts: Iterable[bytes]) -> str:
    """The ETag of a file that was put together from parts, without quotes."""
    digests = [hashlib.md5(part).digest() for part in parts]
    return f"{hashlib.md5(b''.join(digests)).hexdigest()}-{len(digests)}"


class FileInParts:
    """One file of an upload session."""

    def __init__(self, api: Api, upload: str, file_name: str = "scene.tif", **fields) -> None:
        self.api = api
        self.upload = upload
        self.begun = api.call("uploads.parts.initiate", {"upload_id": upload, "file_name": file_name, **fields})
        self.id = self.begun["parts_id"]

    def url(self, number: int) -> str:
        """A URL for one part."""
        [signed] = self.api.call("uploads.parts.sign", {"parts_id": self.id, "part_numbers": [number]})["urls"]
        assert signed["part_number"] == number
        return signed["url"]

    def put(self, number: int, content: bytes, **headers: str) -> httpx.Response:
        """PUTs one part; the answer may be any status."""
        return put(self.url(number), content, "application/octet-stream", **headers)

    def send(self, parts: list[bytes]) -> None:
        """PUTs all parts, in their order."""
        for number, part in enumerate(parts, 1):
            answer = self.put(number, part)
            assert answer.status_code == 200, f"part {number}: {answer.status_code} {answer.text[:2000]}"

    def list(self, **page) -> dict:
        """What is there."""
        return self.api.call("uploads.parts.list", {"parts_id": self.id, **page})

    def op(self, verb: str, **fields) -> httpx.Response:
        """Calls `uploads.parts.<verb>`; the answer may be any status."""
        return self.api.op(f"uploads.parts.{verb}", {"parts_id": self.id, **fields})

    def complete(self, **fields) -> dict:
        """Completes it, which must succeed."""
        answer = self.op("complete", **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()
