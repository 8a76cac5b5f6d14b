"""An upload session from its opening to the items that it makes."""

from __future__ import annotations

import contextlib
import datetime as time_of
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from ..errors import ApiError, ConnectionFailed, LandfallError, NotFound, TransferError, UploadInterrupted
from . import wire
from .journal import Journal
from .local_files import FileRange, LocalFile, Stopped, local_files
from .parts import PartFile
from .progress import Meter, Reporter, Wish

if TYPE_CHECKING:
    from .. import models
    from ..landfall import Landfall

#: Larger files go in parts, bytes.
USUAL_PART = 8 << 20
TICK = 0.1
#: How often the session is told how far it is, for whoever watches it elsewhere; seconds.
REPORT_EVERY = 15.0
#: How often a session is asked after that the server goes on reading; seconds.
ASK_EVERY = 2.0


class UploadOptions(TypedDict, total=False):
    """What an upload may be told beside its files and project."""

    collection: str  #: where new items go
    item: str  #: adds the files to this item instead of making new ones
    asset_key: str  #: of the asset that the only primary file becomes
    categorical: bool  #: the values are classes
    crs: str  #: of files that declare none: EPSG:2056, or WKT
    name: str  #: of the only item
    datetime: str | time_of.datetime  #: of the items
    part_size: int  #: bytes, 5 MiB or more; larger files go in parts of it
    parallel: int  #: files and parts on their way at once; 4
    progress: Wish  #: True for a bar, or a function of `Progress`
    resume: bool | str  #: True: go on with what this machine began; False: begin anew; or the id of a session


def upload(client: Landfall, paths: list[Path], project: str | None, options: UploadOptions,
           stop: threading.Event | None = None) -> models.UploadCompleteOutput:
    """See `Landfall.upload_folder`."""
    files = local_files(paths)
    if not project and not isinstance(options.get("resume"), str):
        raise TypeError("Name the project with project=, or the upload to go on with by resume=")
    with _Session(client, files, options, stop or threading.Event()) as session:
        return session.run(project)


class _Session:
    def __init__(self, client: Landfall, files: list[LocalFile], options: UploadOptions, stop: threading.Event) -> None:
        self._client, self._files, self._options, self._stop = client, files, options, stop
        self._meter, self._id = Meter(), ""
        self._arrived = 0
        self._http = wire.http_of(client.client)
        self._sender = wire.Sender(self._http, client.client.retry, self._meter, stop)
        self._journal: Journal | None = None

    def __enter__(self) -> _Session:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()
        if self._journal:
            self._journal.close()

    def run(self, project: str | None) -> models.UploadCompleteOutput:
        session = self._find(project) or self._open(project)
        with self._ended("transfer"):
            if session["status"] not in ("completed", "processing"):
                self._send(session.get("files", []))
        with self._ended("complete"):
            done = self._complete()
            self._describe(done.item_ids)
        if self._journal:
            self._journal.forget()
        return done

    # Opening

    def _find(self, project: str | None) -> dict[str, Any] | None:
        """The session to go on with: the named one, or what this machine began and still holds."""
        resume = self._options.get("resume", True)
        if isinstance(resume, str):
            found: dict[str, Any] = self._client.op("uploads.get", upload_id=resume)
            if found["status"] == "failed":
                raise TransferError(f"The upload has failed: {found.get('error_message')}. Start a new one")
            self._id = resume
            return found
        if not resume:
            return None
        self._journal = Journal([self._client.base_url, self._initiate(project),
                                 [[str(file.path.resolve()), file.size, file.modified] for file in self._files]])
        self._id = self._journal.take() or ""
        if not self._id:
            return None
        try:
            found = self._client.op("uploads.get", upload_id=self._id)
        except NotFound:
            return None
        return None if found["status"] == "failed" else found

    def _open(self, project: str | None) -> dict[str, Any]:
        opened: dict[str, Any] = self._client.op("uploads.initiate", self._initiate(project))
        self._id = opened["id"]
        if self._journal:
            self._journal.remember(self._id)
        return opened

    def _initiate(self, project: str | None) -> dict[str, Any]:
        names = {"collection": "target_collection_id", "item": "target_item_id", "asset_key": "asset_key", "categorical": "is_categorical"}
        said = {field: self._options[option] for option, field in names.items() if option in self._options}  # type: ignore[literal-required]
        return {"project_id": project, "transfer_method": "signed_url", "file_count": len(self._files),
                "total_bytes": sum(file.size for file in self._files), **said}

    # Sending

    def _send(self, there: list[dict[str, Any]]) -> None:
        stored = {(file["file_name"], file["size"]) for file in there if file["state"] == "stored"}
        missing = [file for file in self._files if (file.name, file.size) not in stored]
        self._arrived = len(self._files) - len(missing)
        self._meter.add(sum(file.size for file in self._files) - sum(file.size for file in missing))
        with ThreadPoolExecutor(max(1, min(self._options.get("parallel", 4), 32)), "landfall-upload") as pool, \
                Reporter(self._options.get("progress")) as report:
            running = {pool.submit(self._unless_stopped, piece) for piece in self._pieces(missing)}
            try:
                self._watch(running, report)
            finally:
                self._stop_if_unfinished(running)
        failures = [error for each in running if (error := each.exception()) and not isinstance(error, Stopped)]
        if failures:
            raise failures[0]
        if any(each.exception() for each in running):
            raise Stopped

    def _pieces(self, files: list[LocalFile]) -> Iterator[Callable[[], None]]:
        """What has to be done, each by one thread."""
        part_size = self._options.get("part_size")
        for file in files:
            if file.size <= (part_size or USUAL_PART):
                yield lambda file=file: self._send_whole(file)  # type: ignore[misc]
                continue
            parts = PartFile(self._client, self._id, file, part_size)
            self._meter.add(parts.present_bytes())
            missing = parts.missing()
            for number in missing:
                yield lambda parts=parts, number=number: self._send_part(parts, number)  # type: ignore[misc]
            if not missing:
                yield lambda parts=parts: self._put_together(parts)  # type: ignore[misc]

    def _unless_stopped(self, piece: Callable[[], None]) -> None:
        if self._stop.is_set():
            raise Stopped
        piece()

    def _send_whole(self, file: LocalFile) -> None:
        signed: list[str] = []

        def url() -> str:
            if not signed:
                answer = self._client.op("uploads.signed_url", upload_id=self._id, file_name=file.name, content_type=file.media_type)
                signed.append(wire.checked_url(answer["upload_url"]))
            return signed[0]

        self._sender.send(FileRange(file, 0, file.size), wire.Target(url, signed.clear, file.media_type))
        self._arrived += 1

    def _send_part(self, parts: PartFile, number: int) -> None:
        etag = self._sender.send(parts.range(number), parts.target(number))
        if parts.stored(number, etag):
            self._put_together(parts)

    def _put_together(self, parts: PartFile) -> None:
        parts.complete()
        self._arrived += 1

    def _watch(self, running: set[Future[None]], report: Reporter) -> None:
        total = sum(file.size for file in self._files)
        reported, pending = time.monotonic(), running
        while pending:
            done, pending = wait(pending, TICK, FIRST_EXCEPTION)
            label = self._files[0].name if len(self._files) == 1 else f"{self._arrived} of {len(self._files)} files"
            report(label, self._meter.bytes, total)
            if self._stop.is_set() or any(each.exception() for each in done):
                return
            if time.monotonic() - reported > REPORT_EVERY:
                reported = time.monotonic()
                with contextlib.suppress(LandfallError):
                    self._client.op("uploads.progress", upload_id=self._id, status="transferring", bytes_uploaded=max(0, self._meter.bytes))
        report(self._files[0].name if len(self._files) == 1 else f"{len(self._files)} files", total, total)

    def _stop_if_unfinished(self, running: set[Future[None]]) -> None:
        if not all(each.done() and not each.exception() for each in running):
            self._stop.set()

    # Ending

    def _complete(self) -> models.UploadCompleteOutput:
        crs: dict[str, Any] = {"crs": self._options["crs"]} if "crs" in self._options else {}
        while True:
            done: models.UploadCompleteOutput = self._client.uploads.complete(upload_id=self._id, **crs)
            if done.status != "processing":
                return done
            while self._client.uploads.progress(upload_id=self._id).status == "processing":
                if self._stop.wait(ASK_EVERY):
                    raise Stopped

    def _describe(self, items: list[str]) -> None:
        """What the options say of the items, which the files did not."""
        change: dict[str, Any] = {name: self._options[name] for name in ("name", "datetime") if name in self._options}
        if "name" in change and len(items) != 1:
            raise TransferError(f"name= is for one item; the upload made {len(items)}")
        for item in items if change else []:
            self._client.items.update(item_id=item, **change)

    @contextlib.contextmanager
    def _ended(self, step: str) -> Iterator[None]:
        """What the server refuses ends the session; what breaks off can be gone on with."""
        try:
            yield
        except Stopped:
            raise self._interrupted("The upload was told to stop") from None
        except (ApiError, TransferError, ConnectionFailed) as error:
            if wire.is_passing_error(error):
                raise self._interrupted(str(error)) from error
            with contextlib.suppress(LandfallError):
                self._client.uploads.fail(upload_id=self._id, error_message=str(error)[:1000], error_step=step)
            if self._journal:
                self._journal.forget()
            raise

    def _interrupted(self, reason: str) -> UploadInterrupted:
        return UploadInterrupted(f"{reason}. What has arrived is kept for a day: call again, or with resume='{self._id}' elsewhere", self._id)
