"""What the generated models have in common."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

FRACTION = re.compile(r"\.(\d+)")


class Record:
    """A model that is read both ways: `answer.number_matched` is typed, `answer["numberMatched"]` is the JSON by its own name.
    Fields that the document does not declare are kept and have only the second."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON object."""
        raise NotImplementedError

    def __getitem__(self, name: str) -> Any:
        return self.to_dict()[name]

    def __contains__(self, name: object) -> bool:
        return name in self.to_dict()

    def __iter__(self) -> Iterator[str]:
        return iter(self.to_dict())

    def __len__(self) -> int:
        return len(self.to_dict())

    def __bool__(self) -> bool:
        return True

    def keys(self) -> Iterable[str]:
        """The names of the fields in JSON; with it `dict(record)` works."""
        return self.to_dict().keys()

    def get(self, name: str, default: Any = None) -> Any:
        """The field of that name in JSON, or another value where it is absent."""
        return self.to_dict().get(name, default)


def as_datetime(text: str) -> datetime.datetime:
    """A time of RFC 3339, to the microsecond; ValueError if it is none. Python 3.10 reads neither Z nor any number of digits."""
    whole = text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text
    return datetime.datetime.fromisoformat(FRACTION.sub(lambda found: f".{found[1][:6]:0<6}", whole))


def plain(value: Any) -> Any:
    """What JSON takes for a value as Python programs have it: models, enumerations, times (without a zone: UTC), tuples, and
    shapes that say `__geo_interface__`. Everything else stays as it is."""
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime.datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return zoned.isoformat()
    if isinstance(value, datetime.date):
        return f"{value.isoformat()}T00:00:00Z"
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    if hasattr(value, "__geo_interface__"):
        return plain(dict(value.__geo_interface__))
    return value
