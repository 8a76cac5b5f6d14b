"""Clients that upload, complete, fail and delete at random until the server is gone."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator

import httpx

from crash.journal import File, Item, Journal, Life, State, Upload
from support.api import Api, put
from support.rasters import EASTING, NORTHING, cog, geotiff, ramp

#: Where several servers share a catalog, a killed one's lease runs out by itself.
LEASE_SECONDS = 20
#: Moments at which a round may kill the server, besides a random one.
MOMENTS = ("initiate", "sign", "put", "half a put", "put again", "complete", "delete", "fail", "completed")


def make_contents() -> list[tuple[str, bool, bytes]]:
    """Small rasters of several kinds: extension, whether a rendition is due, bytes."""
    plain = ramp(64, 64, 3)
    place = (EASTING, NORTHING)
    return [
        ("tif", True, geotiff(plain)),
        ("tif", True, geotiff(ramp(48, 80, 1, "uint16"), compress="lzw", nodata=0)),
        ("tif", True, geotiff(ramp(600, 600, 1), origin=place, tiled=True, blockxsize=128, blockysize=128)),
        ("tif", False, cog(ramp(300, 300, 3))),
    ]


class ServerGone(Exception):
    """The server no longer answers: the round is over for this client."""


class Trigger:
    """Calls `kill` a moment after the chosen event happens for the n-th time."""

    def __init__(self, event: str, nth: int, delay: float, kill: Callable[[], None]) -> None:
        self._event, self._left, self._delay, self._kill = event, nth, delay, kill
        self._lock = threading.Lock()

    def reached(self, event: str) -> None:
        """A client is about to do this."""
        if event != self._event:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                threading.Timer(self._delay, self._kill).start()


class Worker:
    """A thread that works until the server is gone."""

    trouble: Exception | None = None

    def run(self) -> None:
        """Works until the server is gone; anything else that goes wrong is kept in `trouble`."""
        try:
            while True:
                self._turn()
        except ServerGone:
            return
        except Exception as error:  # noqa: BLE001: reported by the test, from its own thread
            self.trouble = error

    def _turn(self) -> None:
        raise NotImplementedError

    @staticmethod
    def _try(call: Callable[[], httpx.Response]) -> httpx.Response:
        try:
            return call()
        except httpx.TransportError as error:
            raise ServerGone from error

    @classmethod
    def _try_until_free(cls, call: Callable[[], httpx.Response]) -> httpx.Response:
        """Asks again while the answer says when to: what the server held that was killed is free after a while."""
        until = time.monotonic() + LEASE_SECONDS
        answer = cls._try(call)
        while "retry-after" in answer.headers and time.monotonic() < until:
            time.sleep(0.2)
            answer = cls._try(call)
        return answer


class Client(Worker):
    """One client: a thread with its own connection and its own dice."""

    def __init__(self, api: Api, journal: Journal, dice: random.Random, trigger: Trigger, contents: list,
                 leftovers: list[Upload]) -> None:
        self._api, self._journal, self._dice, self._trigger = api, journal, dice, trigger
        self._contents, self._leftovers = contents, leftovers
        self._own: list[Item] = []

    def _turn(self) -> None:
        what = self._dice.random()
        if self._leftovers and what < 0.3:
            self._end(self._leftovers.pop())
        elif self._own and what < 0.45:
            self._delete(self._own.pop(self._dice.randrange(len(self._own))))
        else:
            upload = self._initiate()
            if self._dice.random() < 0.9:
                self._end(upload)

    def _end(self, upload: Upload) -> None:
        if upload.is_ended():
            return
        while not upload.files or self._dice.random() < 0.3:
            self._send_new(upload)
        for file in upload.files.values():
            if file.acknowledged is None or self._dice.random() < 0.2:
                self._send(upload, file, "put again")
        if self._dice.random() < 0.15:
            self._fail(upload)
        elif self._dice.random() < 0.9:
            self._complete(upload)

    # Steps: each notes what it is about to do, does it, and notes that it was acknowledged.

    def _initiate(self) -> Upload:
        total = self._dice.randrange(1, 1_000_000)
        body = {"project_id": self._api.project, "transfer_method": "signed_url", "total_bytes": total}
        made = self._ask("initiate", "uploads.initiate", body)
        return self._journal.open(Upload(made["id"], self._api.project, total))

    def _send_new(self, upload: Upload) -> None:
        extension, needs_cog, _ = self._dice.choice(self._contents)
        name = f"{upload.id[-10:]} {len(upload.files)}.{extension}"
        self._send(upload, File(name, needs_cog), "put")

    def _send(self, upload: Upload, file: File, event: str) -> None:
        self._journal.touch(upload)
        body = {"upload_id": upload.id, "file_name": file.name, "content_type": "image/tiff"}
        upload.files[file.name] = file
        url = self._ask("sign", "uploads.signed_url", body)["upload_url"]
        kinds = [content for _, needs_cog, content in self._contents if needs_cog == file.needs_cog]
        # Bytes behind the last block do no harm and make every content unique.
        content = self._dice.choice(kinds) + self._dice.randbytes(16)
        upload.sends(file, content)
        self._trigger.reached(event)
        answer = self._try(lambda: put(url, self._pieces(content)))
        assert answer.status_code == 200, f"PUT: {answer.status_code} {answer.text}"
        upload.sent(file, content)
        self._journal.count("put")

    def _pieces(self, content: bytes) -> Iterator[bytes]:
        yield content[: len(content) // 2]
        self._trigger.reached("half a put")
        yield content[len(content) // 2:]

    def _complete(self, upload: Upload) -> None:
        self._journal.touch(upload)
        upload.state = State.COMPLETING
        items = self._ask("complete", "uploads.complete", {"upload_id": upload.id})["item_ids"]
        self._trigger.reached("completed")
        adopt(upload, items)
        self._own += upload.items.values()

    def _fail(self, upload: Upload) -> None:
        self._journal.touch(upload)
        upload.state = State.FAILING
        self._ask("fail", "uploads.fail", {"upload_id": upload.id, "error_message": "given up"})
        upload.state = State.FAILED

    def _delete(self, item: Item) -> None:
        owner = next(upload for upload in self._journal.all() if item.id in upload.items)
        self._journal.touch(owner)
        item.life = Life.DELETING
        self._ask("delete", "items.delete", {"item_id": item.id})
        item.life = Life.DELETED

    def _ask(self, event: str, operation: str, body: dict) -> dict:
        self._trigger.reached(event)
        answer = self._try(lambda: self._api.op(operation, body))
        assert answer.status_code == 200, f"{operation} {body}: {answer.status_code} {answer.text}"
        self._journal.count(event)
        return answer.json()


def adopt(upload: Upload, items: list[str]) -> None:
    """Notes an acknowledged completion; items come in the order of the files' names, which the check proves."""
    assert len(items) == len(upload.files) == len(set(items)), (upload, items)
    upload.state = State.COMPLETED
    for item, file in zip(items, sorted(upload.files.values(), key=lambda file: file.name)):
        upload.items[item] = Item(item, file.stem(), file.possible(), file.needs_cog)
