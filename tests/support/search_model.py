"""What a search must find, computed in Python over records: the oracle of the search tests. Contract: section 7.5 and
"Order" of the extensions."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

#: Names of a client for what has a column of its own.
COLUMNS = {"id", "stac_id", "collection", "type", "name", "lifecycle_state", "description", "cloud_cover", "gsd", "datetime",
           "start_datetime", "end_datetime", "created_at", "updated_at"}
INSTANTS = {"datetime", "start_datetime", "end_datetime", "created_at", "updated_at"}
IMAGES = {"satellite_capture", "derived_raster", "clip", "user_raster"}

Box = tuple[float, float, float, float]


def instant(text: str) -> datetime:
    """An RFC 3339 time."""
    return datetime.fromisoformat(text)


def interval(item: dict) -> tuple[datetime, datetime]:
    """The time of an item; an item without any is of when it was made."""
    if item["start_datetime"] and item["end_datetime"]:
        return instant(item["start_datetime"]), instant(item["end_datetime"])
    at = instant(item["datetime"] or item["created_at"])
    return at, at


def field(item: dict, name: str) -> Any:
    """What a name means of an item: a column, else a property; None for what is not there."""
    name = {"eo:cloud_cover": "cloud_cover"}.get(name, name)
    if name.startswith("properties."):
        return item["properties"].get(name.removeprefix("properties."))
    if name == "datetime":
        return interval(item)[0]
    if name in INSTANTS:
        return instant(item[name]) if item[name] else None
    if name == "collection":
        return item["collection_id"]
    return item[name] if name in COLUMNS else item["properties"].get(name)


def alike(value: Any, other: Any) -> bool:
    """Whether two values are of one kind: numbers, texts, truth values, instants."""
    def kind(one: Any) -> type:
        return float if isinstance(one, int | float) and not isinstance(one, bool) else type(one)

    return kind(value) is kind(other)


def holds(value: Any, operator: str, wanted: Any) -> bool:
    """One condition of a query."""
    if value is None:
        return False
    if isinstance(value, datetime):
        wanted = instant(wanted) if isinstance(wanted, str) else wanted
    if operator == "in":
        return any(alike(value, one) and value == one for one in wanted)
    if operator == "neq":
        return not (alike(value, wanted) and value == wanted)
    if not alike(value, wanted):
        return False
    if operator == "eq":
        return value == wanted
    if operator in ("startsWith", "endsWith", "contains"):
        return isinstance(value, str) and {"startsWith": value.startswith, "endsWith": value.endswith,
                                           "contains": lambda part: part in value}[operator](wanted)
    if isinstance(value, bool | list | dict):
        return False
    return {"lt": value < wanted, "lte": value <= wanted, "gt": value > wanted, "gte": value >= wanted}[operator]


def halves(box: Box) -> list[Box]:
    """A box as boxes that do not cross the antimeridian; what touches it lies on both sides."""
    west, south, east, north = box
    parts = [(west, south, 180.0, north), (-180.0, south, east, north)] if west > east else [box]
    if any(part[2] == 180 for part in parts):
        parts.append((-180.0, south, -180.0, north))
    if any(part[0] == -180 for part in parts):
        parts.append((180.0, south, 180.0, north))
    return parts


def touch(one: Box, other: Box) -> bool:
    """Whether two boxes share a point."""
    return any(a[0] <= b[2] and a[2] >= b[0] and a[1] <= b[3] and a[3] >= b[1] for a in halves(one) for b in halves(other))


def matches(item: dict, terms: dict) -> bool:
    """Whether a search with these terms finds the item."""
    if (box := terms.get("bbox")) and not (item["bbox"] and touch(tuple(item["bbox"]), tuple(box))):
        return False
    if when := terms.get("datetime"):
        ends = when.split("/") if "/" in when else [when, when]
        first, last = interval(item)
        if ends[0] not in ("", "..") and last < instant(ends[0]) or ends[1] not in ("", "..") and first > instant(ends[1]):
            return False
    if (collections := terms.get("collections")) is not None and item["collection_id"] not in collections:
        return False
    if (kind := terms.get("type")) and item["type"] not in (IMAGES if kind == "image" else {kind}):
        return False
    return all(holds(field(item, name), operator, wanted)
               for name, conditions in (terms.get("query") or {}).items() for operator, wanted in conditions.items())


def in_order(items: Iterable[dict], sortby: list[dict] | None) -> list[dict]:
    """Items as a search orders them: what is absent last, numbers of a property before its texts, equals by id."""
    terms = sortby or [{"field": "created_at", "direction": "desc"}]
    ordered = sorted(items, key=lambda item: item["id"], reverse=terms[-1].get("direction") == "desc")
    for term in reversed(terms):
        falls = term.get("direction") == "desc"
        name = term["field"]
        is_property = name not in COLUMNS and name != "eo:cloud_cover"
        kinds = [str, (int, float)] if is_property else [object]
        for kind in kinds:  # the later one is the more significant
            values = {item["id"]: value for item in ordered
                      if isinstance(value := field(item, name), kind) and value is not None and not isinstance(value, bool)}
            present = sorted((item for item in ordered if item["id"] in values), key=lambda item: values[item["id"]], reverse=falls)
            ordered = present + [item for item in ordered if item["id"] not in values]
    return ordered


class Generator:
    """Random items and searches of one seed."""

    WORDS = ["Ash", "ash", "Birch 100%", "bi_ch", "Zürich", "zurich", "Ωmega", "a", "", "\U0001f33b field", "1", "10", "9"]
    TYPES = ["satellite_capture", "derived_raster", "derived_vector", "clip", "user_raster", "user_vector", "external_reference"]
    NUMBERS = [0, 1, -1, 2.5, 10, 9, 1e6, 2**53 + 1, 0.1, -0.5]

    def __init__(self, seed: int, collections: list[str]) -> None:
        self.random = random.Random(seed)
        self.collections = collections

    def time(self) -> str:
        """One of few enough instants that some coincide."""
        at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=6 * self.random.randrange(400))
        return at.isoformat().replace("+00:00", "Z")

    def box(self) -> list[float]:
        """A box of whole degrees, some without width, some across the antimeridian."""
        west = self.random.choice([-180, 179, 170, *(self.random.randrange(-180, 180) for _ in range(5))])
        east = west + self.random.choice([0, 1, 5, 20, 60])
        south = self.random.randrange(-85, 80)
        north = min(90, south + self.random.choice([0, 1, 10, 40]))
        return [float(west), float(south), float(east - 360 if east > 180 else east), float(north)]

    def value(self) -> Any:
        """Of a property."""
        return self.random.choice([self.random.choice(self.NUMBERS), self.random.choice(self.WORDS), True, False, None, [1, 2], {"a": 1}])

    def item(self, number: int) -> dict:
        """The input of `items.create`."""
        choose = self.random.choice
        item: dict[str, Any] = {"name": choose(self.WORDS) or f"Item {number}", "type": choose(self.TYPES)}
        if choose([True, True, False]):
            item["bbox"] = self.box()
        when = choose(["datetime", "interval", "none"])
        if when == "datetime":
            item["datetime"] = self.time()
        elif when == "interval":
            item["start_datetime"], item["end_datetime"] = sorted([self.time(), self.time()])
        for name, values in (("cloud_cover", [0, 10, 20.5, 99.9]), ("gsd", [0.1, 10, 30]), ("description", self.WORDS),
                             ("collection_id", self.collections)):
            if choose([True, False]):
                item[name] = choose(values)
        item["properties"] = {name: self.value() for name in ("rank", "eo:platform", "deep name") if choose([True, False])}
        return item

    def condition(self, name: str) -> dict:
        """Operators and values for one field."""
        choose = self.random.choice
        if name == "datetime":
            return {choose(["eq", "neq", "lt", "lte", "gt", "gte"]): self.time()}
        values = {"cloud_cover": [0, 10, 20.5, 50], "gsd": [0.1, 10, 15], "name": self.WORDS, "description": self.WORDS,
                  "type": self.TYPES, "lifecycle_state": ["active", "archived"]}.get(name, [*self.NUMBERS, *self.WORDS, True, False])
        operator = choose(["eq", "neq", "lt", "lte", "gt", "gte", "in", "startsWith", "endsWith", "contains"])
        if operator == "in":
            return {operator: self.random.choices(values, k=self.random.randrange(4))}
        if operator in ("startsWith", "endsWith", "contains"):
            return {operator: choose([word[:2] for word in self.WORDS] + [word[-1:] for word in self.WORDS])}
        return {operator: choose(values)}

    def terms(self) -> dict:
        """A search with some filters of every kind, and an order."""
        choose = self.random.choice
        terms: dict[str, Any] = {}
        if choose([True, False, False]):
            terms["bbox"] = self.box()
        if choose([True, False, False]):
            first, last = sorted([self.time(), self.time()])
            terms["datetime"] = choose([first, f"{first}/{last}", f"{first}/..", f"../{last}", f"/{last}", f"{first}/"])
        if choose([True, False, False]):
            terms["collections"] = self.random.sample(self.collections, self.random.randrange(len(self.collections) + 1))
        if choose([True, False, False, False]):
            terms["type"] = choose([*self.TYPES, "image"])
        names = ["cloud_cover", "eo:cloud_cover", "gsd", "name", "description", "type", "lifecycle_state", "datetime", "rank",
                 "properties.rank", "eo:platform", "deep name", "missing"]
        if choose([True, True, False]):
            terms["query"] = {name: self.condition(name) for name in self.random.sample(names, choose([1, 1, 2]))}
        if choose([True, True, False]):
            sortable = ["cloud_cover", "gsd", "name", "description", "type", "datetime", "created_at", "updated_at", "start_datetime",
                        "rank", "properties.eo:platform", "deep name", "missing", "lifecycle_state", "id", "collection"]
            terms["sortby"] = [{"field": name, "direction": choose(["asc", "desc"])}
                               for name in self.random.sample(sortable, choose([1, 1, 2, 3]))]
        return terms
