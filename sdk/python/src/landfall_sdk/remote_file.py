"""An asset as a file that is read from afar."""

from __future__ import annotations

import atexit
import io
import threading
import uuid
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

import httpx

from .errors import ApiError, ConnectionFailed, LandfallError, UnexpectedAnswer, refusal
from .retries import retry_after
from .search import item_id, need
from .transfer import wire
from .transfer.download import choose

if TYPE_CHECKING:
    import rasterio.io
    import xarray

    from .landfall import Landfall

#: What is fetched at least, and aligned to; bytes.
BLOCK = 64 * 1024
#: How many blocks are kept: 32 MiB.
KEPT = 512


class Ranges:
    """The bytes of an asset, fetched in blocks of which those that were read last are kept. Thread-safe."""

    def __init__(self, client: Landfall, item: str, asset: str) -> None:
        self._client, self._item, self._asset = client, item, asset
        self._http = wire.http_of(client.client)
        self._lock = threading.RLock()
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._users = 0
        self._url, self._etag, self.size = "", "", 0
        self._sign()

    def use(self, change: int) -> None:
        """Counts who reads; when nobody does any more the connection is closed."""
        with self._lock:
            self._users += change
            if self._users == 0:
                self._http.close()

    def read(self, begin: int, count: int) -> bytes:
        """So many bytes from there on, all of which must be there."""
        if count == 0:
            return b""
        first, last = begin // BLOCK, (begin + count - 1) // BLOCK
        with self._lock:
            absent = [number for number in range(first, last + 1) if number not in self._blocks]
            if absent:
                self._blocks.update(self._fetch(absent[0], absent[-1]))
            for number in range(first, last + 1):
                self._blocks.move_to_end(number)
            joined = b"".join(self._blocks[number] for number in range(first, last + 1))
            while len(self._blocks) > KEPT:
                self._blocks.popitem(last=False)
        return joined[begin - first * BLOCK:][:count]

    def _fetch(self, first: int, last: int) -> dict[int, bytes]:
        begin, end = first * BLOCK, min((last + 1) * BLOCK, self.size)
        retrier = wire.Retrier(self._client.client.retry, threading.Event())
        while True:
            answer = self._get(begin, end)
            if isinstance(answer, bytes):
                return {first + at // BLOCK: answer[at:at + BLOCK] for at in range(0, len(answer), BLOCK)}
            if isinstance(answer, ApiError) and answer.status == 403:
                self._sign()
                answer = ConnectionFailed("The address of the asset does not hold")
            retrier.wait(answer)

    def _get(self, begin: int, end: int) -> bytes | LandfallError:
        headers = {"Range": f"bytes={begin}-{end - 1}", "Accept-Encoding": "identity", **({"If-Match": self._etag} if self._etag else {})}
        try:
            response = self._http.get(self._url, headers=headers)
        except httpx.TransportError as failure:
            return ConnectionFailed(f"The connection to the storage broke ({type(failure).__name__})")
        if response.status_code >= 300:
            return refusal(response.status_code, response.content, retry_after(response))
        if response.status_code != 206 or len(response.content) != end - begin:
            return UnexpectedAnswer("The storage sent another part of the file than was asked for; download the asset instead")
        etag = response.headers.get("ETag", "")
        self._etag = self._etag or ("" if etag.startswith("W/") else etag)
        return response.content

    def _sign(self) -> None:
        made = self._client.op("items.asset.download", item_id=self._item, asset_id=self._asset)
        self._url, self.size = wire.checked_url(made["url"]), made["size_bytes"]


class RemoteFile(io.RawIOBase):
    """A seekable binary file over HTTP ranges. Addresses that expire are asked for again, and what breaks is tried again; should the
    asset change meanwhile, reading fails with `PreconditionFailed`. What opened it by `rasterio()` or `xarray()` may outlive it."""

    def __init__(self, ranges: Ranges, name: str, media_type: str) -> None:
        super().__init__()
        self._ranges, self._position = ranges, 0
        #: Item and asset, for messages.
        self.name = name
        self.media_type = media_type
        ranges.use(+1)

    @property
    def size(self) -> int:
        """Bytes."""
        return self._ranges.size

    def rasterio(self) -> rasterio.io.DatasetReader:
        """The raster as rasterio has it. Needs the extra `rasterio`."""
        dataset: rasterio.io.DatasetReader = need("rasterio").open(*self._named(), **self._opened())
        return dataset

    def xarray(self, **options: Any) -> xarray.DataArray | xarray.Dataset:
        """netCDF as an xarray.Dataset, any other raster as a DataArray with the dimensions band, y, x, by rioxarray. Needs the extra
        `xarray`; the options are those of `xarray.open_dataset` or `rioxarray.open_rasterio`."""
        if "netcdf" in self.media_type:
            dataset: xarray.Dataset = need("xarray").open_dataset(self._again(), **options)
            return dataset
        array: xarray.DataArray = need("rioxarray").open_rasterio(*self._named(), **self._opened(), **options)
        # rioxarray keeps the raster open, and GDAL must not ask for its file when the interpreter is gone.
        atexit.register(getattr(array, "_close", None) or bool)
        return array

    def _again(self) -> RemoteFile:
        return RemoteFile(self._ranges, self.name, self.media_type)

    def _named(self) -> tuple[str]:
        # rasterio knows openers by the name that they open.
        return (f"{self.name}/{uuid.uuid4().hex}",)

    def _opened(self) -> dict[str, Any]:
        another = self._again()

        def opener(path: str, mode: str = "rb") -> RemoteFile:
            # GDAL looks for files beside it, too.
            if another.name not in path or path.rpartition("/")[2].count("."):
                raise FileNotFoundError(path)
            return another._again()

        return {"opener": opener}

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next read begins."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Moves there; ValueError before the beginning."""
        position = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if position < 0:
            raise ValueError("There is nothing before the beginning of a file")
        self._position = position
        return position

    def readinto(self, buffer: Any) -> int:
        """Fills a buffer with what follows; gives how much that was. ValueError after `close`."""
        self._check_open()
        wanted = max(0, min(len(buffer), self.size - self._position))
        memoryview(buffer).cast("B")[:wanted] = self._ranges.read(self._position, wanted)
        self._position += wanted
        return wanted

    def readall(self) -> bytes:
        """All that follows. ValueError after `close`."""
        self._check_open()
        found = self._ranges.read(self._position, max(0, self.size - self._position))
        self._position += len(found)
        return found

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError(f"{self.name} is closed")

    def close(self) -> None:
        """Closes the connection, unless what it opened still reads."""
        if not self.closed:
            self._ranges.use(-1)
        super().close()


def open_asset(client: Landfall, item: Any, asset: str | None) -> RemoteFile:
    """See `Landfall.open`."""
    wanted = item_id(item)
    chosen = choose(client, wanted, asset)
    return RemoteFile(Ranges(client, wanted, chosen["id"]), f"{wanted}/{chosen['key']}", chosen["media_type"])
