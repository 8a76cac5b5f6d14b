"""The result of a search, in the forms that programs go on with."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

from . import paging
from .errors import LandfallError
from .record import Record

if TYPE_CHECKING:
    import geopandas
    import pystac

#: What one page shows; the most that the server gives.
PAGE = 1000


class Server(Protocol):
    """What a search needs of a client."""

    def op(self, operation: str, body: dict[str, Any] | None = None, /, **fields: Any) -> Any:
        """Calls an operation by its id."""


class Search:
    """Items that filters find; each use asks anew. `limit` bounds how many items there are in all."""

    def __init__(self, server: Server, project: str | None, filters: dict[str, Any]) -> None:
        self._server = server
        self._limit: int | None = filters.pop("limit", None)
        self._operation = "items.search" if project else "items.search_org"
        self._question = {**({"project_id": project} if project else {}), **filters}

    def __repr__(self) -> str:
        return f"Search({self._operation!r}, {self._question!r})"

    def matched(self) -> int:
        """How many items there are, whatever `limit` is."""
        return int(self._server.op(self._operation, {**self._question, "limit": 1})["numberMatched"])

    def pages(self, size: int = PAGE, **more: Any) -> Iterator[dict[str, Any]]:
        """The answers of the server, with `size` items each."""
        size = min(size, PAGE if self._limit is None else max(1, self._limit))
        return paging.pages(self._server.op, self._operation, {**self._question, **more, "limit": size})

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The records of the items."""
        return self._entries()

    def _entries(self, **more: Any) -> Iterator[dict[str, Any]]:
        if self._limit == 0:
            return
        for number, item in enumerate(paging.entries(self.pages(**more)), 1):
            yield item
            if number == self._limit:
                return

    def stac(self) -> Iterator[dict[str, Any]]:
        """The items as STAC documents, with their assets."""
        return self._entries(format="stac")

    def pystac(self) -> pystac.ItemCollection:
        """The items as pystac has them. Needs the extra `pystac`."""
        library = need("pystac")
        collection: pystac.ItemCollection = library.ItemCollection([library.Item.from_dict(document) for document in self.stac()])
        return collection

    def geodataframe(self) -> geopandas.GeoDataFrame:
        """A row an item, with its outline (EPSG:4326), its times as timestamps, and its own properties as columns `properties.…`.
        Needs the extra `geopandas`."""
        library, pandas, shapely = need("geopandas"), need("pandas"), need("shapely.geometry")
        rows, outlines = [], []
        for item in self:
            outline = item.pop("geometry", None)
            outlines.append(shapely.shape(outline) if outline else None)
            own = item.pop("properties", None) or {}
            rows.append({**item, **{f"properties.{name}": value for name, value in own.items()}})
        frame = library.GeoDataFrame(rows, geometry=outlines, crs="EPSG:4326")
        for name in frame.columns:
            if name.endswith("_at") or name in ("datetime", "start_datetime", "end_datetime"):
                frame[name] = pandas.to_datetime(frame[name], utc=True, format="ISO8601")
        return frame


def need(library: str) -> Any:
    """An optional library. LandfallError with what to install if it is absent."""
    try:
        return importlib.import_module(library)
    except ImportError:
        extra = {"pandas": "geopandas", "shapely.geometry": "geopandas", "rioxarray": "xarray"}.get(library, library)
    raise LandfallError(f"This needs {library}: pip install 'landfall-sdk[{extra}]'")


def item_id(item: Any) -> str:
    """The id of an item that is given as its id, its record, or the answer of an upload that made one. TypeError for others."""
    if isinstance(item, str):
        return item
    if isinstance(item, Record) and "item_ids" in item:
        made = item["item_ids"]
        if len(made) != 1:
            raise TypeError(f"The upload made {len(made)} items; name one of its item_ids")
        return str(made[0])
    found = item["id"] if isinstance(item, (dict, Record)) else getattr(item, "id", None)
    if not isinstance(found, str):
        raise TypeError(f"An item is its id or its record, not {type(item).__name__}")
    return found
