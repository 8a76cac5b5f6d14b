"""An asset becomes a file. What breaks off is gone on with where it ended."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from email.message import Message
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypedDict

import httpx

from ..errors import ConnectionFailed, DigestMismatch, LandfallError, NotFound, TransferError, UnexpectedAnswer, refusal
from ..retries import retry_after
from ..search import item_id
from . import wire
from .local_files import Stopped
from .progress import Reporter, Wish

if TYPE_CHECKING:
    from ..landfall import Landfall

__all__ = ["DownloadOptions", "choose", "download"]
CHUNK = 1 << 20
#: The multihash of a SHA-256 begins so.
SHA256 = "1220"
CONTENT_RANGE = re.compile(r"bytes (\d+)-")


class DownloadOptions(TypedDict, total=False):
    """What a download may be told beside its asset and place."""

    progress: Wish  #: True for a bar, or a function of `Progress`


def choose(client: Landfall, item: str, wanted: str | None) -> dict[str, Any]:
    """The asset of that key or id; without one the only asset, or the only one that was uploaded. NotFound, or TransferError with
    the keys there are."""
    assets: list[dict[str, Any]] = client.op("items.list_assets", item_id=item)
    keys = ", ".join(asset["key"] for asset in assets)
    if wanted:
        fitting = [asset for asset in assets if wanted in (asset["key"], asset["id"])]
    else:
        uploaded = [asset for asset in assets if "data" in asset["roles"] and "overview" not in asset["roles"]]
        fitting = assets if len(assets) == 1 else uploaded
    if len(fitting) == 1:
        return fitting[0]
    if wanted or not assets:
        raise NotFound({"status": 404, "detail": f"The item has no asset '{wanted}'; it has {keys}" if assets else "The item has no files"})
    raise TransferError(f"The item has several files; name one: {keys}")


def download(client: Landfall, item: Any, asset: str | None, to: Path, options: DownloadOptions, stop: threading.Event | None = None) -> Path:
    """See `Landfall.download`."""
    wanted = item_id(item)
    chosen = choose(client, wanted, asset)
    with wire.http_of(client.client) as http, Reporter(options.get("progress")) as report:
        return _Download(client, http, wanted, chosen).run(to, report, stop or threading.Event())


class _Download:
    def __init__(self, client: Landfall, http: httpx.Client, item: str, asset: dict[str, Any]) -> None:
        self._client, self._http, self._item, self._asset = client, http, item, asset
        checksum = asset.get("checksum") or ""
        self._sha256 = checksum[len(SHA256):] if checksum.startswith(SHA256) else None
        self._url, self._etag, self._size, self._name = "", "", -1, ""

    def run(self, to: Path, report: Reporter, stop: threading.Event) -> Path:
        into_folder = to.is_dir()
        folder, stem = (to, _safe_name(f"{self._item}-{self._asset['id']}")) if into_folder else (to.parent, to.name)
        part = folder / f".{stem}.landfall-part"
        # Without a checksum nothing would tell whether an earlier part is of the same file.
        with part.open("r+b" if self._sha256 and part.exists() else "w+b") as file:
            try:
                self._fetch(file, report, stop)
            except Stopped:
                raise TransferError("The download was told to stop; the same call goes on") from None
            file.flush()
            os.fsync(file.fileno())
        target = to / (_safe_name(self._name) or stem) if into_folder else to
        part.replace(target)
        return target

    def _fetch(self, file: IO[bytes], report: Reporter, stop: threading.Event) -> None:
        continued = file.seek(0, os.SEEK_END) > 0
        for last in (not continued, True):
            self._until_whole(file, report, stop)
            if self._is_right(file):
                return
            _empty(file)
            if last:
                break
        raise DigestMismatch("The bytes that arrived are not those of the asset's checksum; download it again")

    def _until_whole(self, file: IO[bytes], report: Reporter, stop: threading.Event) -> None:
        retrier = wire.Retrier(self._client.client.retry, stop)
        while file.tell() != self._size:
            before = file.tell()
            error = self._step(file, report, stop)
            if file.tell() > before:
                retrier.forgive()
            if error:
                retrier.wait(error)

    def _step(self, file: IO[bytes], report: Reporter, stop: threading.Event) -> LandfallError | None:
        """One request, after signing if need be; what passes is given, what is final raised."""
        if not self._url:
            self._sign()
        begin = file.tell()
        if begin >= self._size > 0 or self._size == 0:
            if begin > self._size:
                _empty(file)
            return None
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={begin}-"} if begin else {}),
                   **({"If-Range": self._etag} if begin and self._etag else {})}
        try:
            with self._http.stream("GET", self._url, headers=headers) as response:
                return self._take(response, file, report, stop)
        except httpx.TransportError as failure:
            return ConnectionFailed(f"The connection to the storage broke ({type(failure).__name__})")

    def _take(self, response: httpx.Response, file: IO[bytes], report: Reporter, stop: threading.Event) -> LandfallError | None:
        if response.status_code == 416:
            _empty(file)
            return ConnectionFailed("The storage holds another file by now")
        if response.status_code >= 300:
            error = refusal(response.status_code, response.read(), retry_after(response))
            if response.status_code == 403 and self._url:
                self._url = ""
                return ConnectionFailed("The address has expired")
            return error
        self._begin(response, file)
        for chunk in response.iter_raw():  # as it comes: what waits for a larger chunk is lost with the connection
            if file.tell() + len(chunk) > self._size:
                raise UnexpectedAnswer(f"The storage sent more than the file's {self._size} bytes")
            file.write(chunk)
            report(self._name or self._asset["key"], file.tell(), self._size)
            if stop.is_set():
                raise Stopped
        return None

    def _begin(self, response: httpx.Response, file: IO[bytes]) -> None:
        message = Message()
        message["Content-Disposition"] = response.headers.get("Content-Disposition", "")
        self._name = message.get_filename() or ""
        etag = response.headers.get("ETag", "")
        self._etag = "" if etag.startswith("W/") else etag
        if response.status_code != 206:
            _empty(file)
            return
        begin = CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
        if not begin or int(begin[1]) != file.tell():
            raise UnexpectedAnswer("The storage sent another part of the file than was asked for")

    def _sign(self) -> None:
        made = self._client.op("items.asset.download", item_id=self._item, asset_id=self._asset["id"])
        self._url, self._size = wire.checked_url(made["url"]), made["size_bytes"]

    def _is_right(self, file: IO[bytes]) -> bool:
        if not self._sha256:
            return True
        file.seek(0)
        digest = hashlib.sha256()
        while chunk := file.read(CHUNK):
            digest.update(chunk)
        return digest.hexdigest() == self._sha256


def _empty(file: IO[bytes]) -> None:
    file.truncate(0)
    file.seek(0)


def _safe_name(name: str) -> str:
    """A name for a file in the chosen folder, whatever the server calls it."""
    kept = "".join("_" if letter in '/\\:*?"<>|' or ord(letter) < 32 else letter for letter in name).strip(". ")
    return kept[:200]
