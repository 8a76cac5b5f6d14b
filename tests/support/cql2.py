"""CQL2-JSON by brute force: what a filter says of one STAC document, in three values as the standard has it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

BASIC = {"=": lambda a, b: a == b, "<>": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
         ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}
INSTANTS = {"datetime", "start_datetime", "end_datetime", "created", "updated"}
TOP = {"id", "collection", "geometry"}


def instant(text: str) -> datetime:
    """A time of a document or a filter."""
    return datetime.fromisoformat(text)


def span(value: Any) -> tuple[datetime, datetime]:
    """First and last instant of a value of time."""
    if isinstance(value, dict) and "interval" in value:
        first, last = value["interval"]
        return (instant("0001-01-01T00:00:00Z") if first == ".." else span(first)[0],
                instant("9999-12-31T00:00:00Z") if last == ".." else span(last)[1])
    text = next(iter(value.values())) if isinstance(value, dict) else value
    if len(text) == len("2024-01-01"):
        start = instant(text + "T00:00:00Z")
        return start, start + timedelta(days=1, microseconds=-1)
    return instant(text), instant(text)


def item_time(document: dict) -> tuple[datetime, datetime]:
    """First and last instant of an item; documents of undated ones hold their creation."""
    properties = document["properties"]
    if "start_datetime" in properties:
        return instant(properties["start_datetime"]), instant(properties["end_datetime"])
    return instant(properties["datetime"]), instant(properties["datetime"])


def value_of(document: dict, name: str) -> Any:
    """What a document has under the name; None for nothing."""
    if name == "datetime":
        return item_time(document)[0]
    if name in TOP:
        return document.get(name)
    value = document["properties"].get(name)
    return instant(value) if name in INSTANTS and value is not None else value


def kind(value: Any) -> str:
    """What compares with what."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    return "text" if isinstance(value, str) else "other"


def _compare(op: str, left: Any, right: Any) -> bool:
    if isinstance(left, datetime):
        first, last = span(right)
        if op in ("=", "<>"):
            return (first <= left <= last) == (op == "=")
        return BASIC[op](left, last if op in (">", "<=") else first)
    if kind(left) != kind(right):
        return op == "<>"
    if kind(left) == "boolean" and op not in ("=", "<>"):
        return False
    return BASIC[op](left, right)


def like(text: str, pattern: str) -> bool:
    """SQL's LIKE with a backslash as its escape."""
    parts = {"%": ".*", "_": "."}
    expression = re.sub(r"\\(.)|(.)", lambda m: re.escape(m[1]) if m[1] is not None else parts.get(m[2], re.escape(m[2])),
                        pattern, flags=re.DOTALL)
    return re.fullmatch(expression, text, flags=re.DOTALL) is not None


def boxes_of(geometry: dict) -> list[tuple[float, float, float, float]]:
    """Points and upright rectangles as boxes."""
    kind_, coordinates = geometry["type"], geometry["coordinates"]
    if kind_ == "Point":
        return [(coordinates[0], coordinates[1], coordinates[0], coordinates[1])]
    rings = [coordinates[0]] if kind_ == "Polygon" else [polygon[0] for polygon in coordinates]
    return [(min(x for x, _ in ring), min(y for _, y in ring), max(x for x, _ in ring), max(y for _, y in ring))
            for ring in rings]


def touch(one: dict, other: dict) -> bool:
    """Whether two of them share a point; 180 and -180 are one meridian."""
    for west, south, east, north in boxes_of(one):
        for w, s, e, n in boxes_of(other):
            for turn in (-360, 0, 360):
                if west <= e + turn and w + turn <= east and south <= n and s <= north:
                    return True
    return False


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _temporal(op: str, time: tuple, other: tuple) -> bool:
    (a, b), (c, d) = time, other
    return {
        "t_intersects": a <= d and b >= c, "t_disjoint": not (a <= d and b >= c), "t_before": b < c, "t_after": a > d,
        "t_equals": a == c and b == d, "t_during": a > c and b < d, "t_contains": a < c and b > d,
        "t_starts": a == c and b < d, "t_startedBy": a == c and b > d, "t_finishes": b == d and a > c,
        "t_finishedBy": b == d and a < c, "t_meets": b == c, "t_metBy": a == d,
        "t_overlaps": a < c and c < b < d, "t_overlappedBy": c < a < d and b > d,
    }[op]


def evaluate(document: dict, node: Any) -> bool | None:
    """True, False, or None where an absent value leaves it open."""
    if isinstance(node, bool):
        return node
    op, args = node["op"], node["args"]
    if op in ("and", "or"):
        parts = [evaluate(document, part) for part in args]
        decided = op == "or"
        return decided if decided in parts else None if None in parts else not decided
    if op == "not":
        return _not(evaluate(document, args[0]))
    if op.startswith("s_"):
        place = document["geometry"]
        result = None if place is None else touch(place, args[1])
        return result if op == "s_intersects" else _not(result)
    name = args[0]["property"] if "property" in args[0] else "datetime"
    value = value_of(document, name)
    if op == "isNull":
        return value is None
    if value is None:
        return None
    if op.startswith("t_"):
        return _temporal(op, item_time(document) if name == "datetime" else (value, value), span(args[1]))
    if op == "in":
        return any(_compare("=", value, entry) for entry in args[1])
    if op == "between":
        return _compare(">=", value, args[1]) and _compare("<=", value, args[2])
    if op == "like":
        return isinstance(value, str) and like(value, args[1])
    return _compare(op, value, args[1])
