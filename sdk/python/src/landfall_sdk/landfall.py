"""The clients: `Landfall`, `AsyncLandfall`, and `Geopera` for programs that were written for Geopera's own."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx

from . import invocation, paging
from .client import AuthenticatedClient, Client
from .errors import LandfallError
from .remote_file import RemoteFile, open_asset
from .resources import AsyncOperations, Operations
from .retries import RetryPolicy
from .search import Search
from .settings import Connection, SessionAuth, connection
from .transfer.download import DownloadOptions, download
from .transfer.upload import UploadOptions, upload

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from . import models

#: What completes an upload may read its files for a minute and more; seconds.
TIMEOUT = httpx.Timeout(600, connect=30)


class _Base:
    """Who calls where."""

    client: Client
    raises = True
    _caller: invocation.Caller

    def __init__(self, token: str | None = None, base_url: str | None = None, *, api_key: str | None = None,
                 profile: str | None = None, **options: Any) -> None:
        self._connection = connection(token or api_key, base_url, profile)
        self._options = options
        self.client = _client_of(self._connection, options)
        self._caller = cast(invocation.Caller, self)

    @property
    def base_url(self) -> str:
        """The address of the server."""
        return self._connection.url

    def __repr__(self) -> str:
        return f"{type(self).__name__}(base_url={self.base_url!r})"


def _client_of(to: Connection, options: dict[str, Any]) -> Client:
    given = {"timeout": TIMEOUT, "retry": RetryPolicy(), "verify_ssl": to.verify, **options}
    if to.session:
        extra = {"auth": SessionAuth(to.session), **given.pop("httpx_args", {})}
        return Client(base_url=to.url, httpx_args=extra, **given)
    return AuthenticatedClient(base_url=to.url, token=to.token or "", **given)


class Landfall(_Base, Operations):
    """A server, as one caller sees it. `client.items.search(…)` calls `items.search`: give a dict, the model, or keywords; it gives
    the model, or raises an `ApiError`. With `detailed=True` it gives the whole `Response` and raises nothing that the server says.

    Credentials and address come from the arguments, else from LANDFALL_TOKEN and LANDFALL_URL, else from the profile that
    `landfall login` left. Other options: `timeout` (httpx.Timeout), `retry` (RetryPolicy), `headers`, `verify_ssl`. Thread-safe."""

    def invoke(self, operation: str, body: Any, detailed: bool, fields: dict[str, Any]) -> Any:
        """What the methods of the operations do."""
        content, beside = invocation.arguments(body, fields)
        module = invocation.module_of(operation)
        failure: LandfallError
        try:
            response = module.sync_detailed(client=self.client, body=content, **beside)
            return response if detailed else invocation.result_of(response) if self.raises else response.parsed
        except invocation.EXPLAINED as error:
            failure = invocation.as_error(error, operation)
        raise failure

    def op(self, operation: str, body: Mapping[str, Any] | None = None, /, **fields: Any) -> Any:
        """Calls an operation by its id, also one that only a newer server has. Gives the JSON as it is (bytes where the answer is
        none) and raises an `ApiError` for a refusal."""
        http = self.client.get_httpx_client()
        request = invocation.request_of(http, operation, body, fields)
        failure: LandfallError
        try:
            return invocation.json_of(http.send(request))
        except (httpx.TransportError, ValueError) as error:
            failure = invocation.as_error(error, operation)
        raise failure

    def pages(self, operation: str, **fields: Any) -> Iterator[dict[str, Any]]:
        """The answers of a list or a search, page by page, with `limit` entries each."""
        return paging.pages(self.op, operation, fields)

    def iterate(self, operation: str, **fields: Any) -> Iterator[dict[str, Any]]:
        """The entries of a list or a search, over all pages."""
        return paging.entries(self.pages(operation, **fields))

    def search(self, project: str | None = None, **filters: Any) -> Search:
        """Items of a project, or of every project that the caller reads, by the filters of `items.search`. Nothing is asked before
        the result is read: as records, pages, a GeoDataFrame or STAC items."""
        return Search(self, project, filters)

    def upload_file(self, path: str | os.PathLike[str], *, project: str | None = None,
                    **options: Unpack[UploadOptions]) -> models.UploadCompleteOutput:
        """Uploads one file: `upload_folder` without sidecars."""
        return upload(self, [Path(path)], project, options)

    def upload_folder(self, path: str | os.PathLike[str], *, project: str | None = None,
                      **options: Unpack[UploadOptions]) -> models.UploadCompleteOutput:
        """Uploads all files below a folder but hidden ones, in one session, and gives the items that they became. Large files go in
        parts, several at once. What breaks off is gone on with by the same call, also after this process was killed; see
        `UploadOptions`. Raises `ApiError` where the server refuses, `UploadInterrupted` where what arrived is kept."""
        return upload(self, [Path(path)], project, options)

    def download(self, item: Any, asset: str | None = None, to: str | os.PathLike[str] = ".",
                 **options: Unpack[DownloadOptions]) -> Path:
        """Saves an asset (its key or id; without one the file that was uploaded) of an item (its id or record) as the file `to`, or
        in the folder `to` under its own name. What breaks off is gone on with, by a later call as well; the bytes are compared
        with the asset's checksum. Raises `DigestMismatch` if they differ."""
        return download(self, item, asset, Path(to), options)

    def open(self, item: Any, asset: str | None = None) -> RemoteFile:
        """An asset as a seekable binary file, of which only what is read is fetched: for `rasterio.open`, `xarray.open_dataset` and
        whatever reads files. Its `rasterio()` and `xarray()` open it at once."""
        return open_asset(self, item, asset)

    def close(self) -> None:
        """Closes the connections."""
        self.client.get_httpx_client().close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Geopera(Landfall):
    """`Landfall` as programs for Geopera's own client expect it: a refusal is the error model instead of an exception."""

    raises = False


class AsyncLandfall(_Base, AsyncOperations):
    """`Landfall` for programs with an event loop: what calls the server is awaited, pages come from `async for`. Transfers run in
    threads."""

    async def invoke(self, operation: str, body: Any, detailed: bool, fields: dict[str, Any]) -> Any:
        """What the methods of the operations do."""
        content, beside = invocation.arguments(body, fields)
        module = invocation.module_of(operation)
        failure: LandfallError
        try:
            response = await module.asyncio_detailed(client=self.client, body=content, **beside)
            return response if detailed else invocation.result_of(response)
        except invocation.EXPLAINED as error:
            failure = invocation.as_error(error, operation)
        raise failure

    async def op(self, operation: str, body: Mapping[str, Any] | None = None, /, **fields: Any) -> Any:
        """As `Landfall.op`."""
        http = self.client.get_async_httpx_client()
        request = invocation.request_of(http, operation, body, fields)
        failure: LandfallError
        try:
            return invocation.json_of(await http.send(request))
        except (httpx.TransportError, ValueError) as error:
            failure = invocation.as_error(error, operation)
        raise failure

    async def pages(self, operation: str, **fields: Any) -> AsyncIterator[dict[str, Any]]:
        """As `Landfall.pages`."""
        question: dict[str, Any] | None = fields
        while question is not None:
            page = await self.op(operation, question)
            yield page
            question = paging.following(operation, question, page)

    async def iterate(self, operation: str, **fields: Any) -> AsyncIterator[dict[str, Any]]:
        """As `Landfall.iterate`."""
        async for page in self.pages(operation, **fields):
            for entry in paging.entries_of(page):
                yield entry

    async def upload_file(self, path: str | os.PathLike[str], *, project: str | None = None,
                          **options: Unpack[UploadOptions]) -> models.UploadCompleteOutput:
        """As `Landfall.upload_file`; cancelling keeps what has arrived."""
        return cast("models.UploadCompleteOutput", await self._transfer(upload, [Path(path)], project, options))

    async def upload_folder(self, path: str | os.PathLike[str], *, project: str | None = None,
                            **options: Unpack[UploadOptions]) -> models.UploadCompleteOutput:
        """As `Landfall.upload_folder`; cancelling keeps what has arrived."""
        return cast("models.UploadCompleteOutput", await self._transfer(upload, [Path(path)], project, options))

    async def download(self, item: Any, asset: str | None = None, to: str | os.PathLike[str] = ".",
                       **options: Unpack[DownloadOptions]) -> Path:
        """As `Landfall.download`; cancelling keeps what has arrived."""
        return cast(Path, await self._transfer(download, item, asset, Path(to), options))

    async def _transfer(self, transfer: Any, *arguments: Any) -> Any:
        stop = threading.Event()
        with _synchronous(self) as client:
            try:
                return await asyncio.shield(running := asyncio.ensure_future(asyncio.to_thread(lambda: transfer(client, *arguments, stop))))
            except asyncio.CancelledError:
                stop.set()
                await asyncio.wait([running])
                raise

    async def aclose(self) -> None:
        """Closes the connections."""
        await self.client.get_async_httpx_client().aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _synchronous(client: AsyncLandfall) -> Landfall:
    twin = Landfall.__new__(Landfall)
    twin._connection, twin._options, twin._caller = client._connection, client._options, twin
    twin.client = _client_of(client._connection, client._options)
    return twin
