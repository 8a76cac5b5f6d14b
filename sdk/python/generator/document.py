"""The OpenAPI document that the library is built from: the server's own, which also says the version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
#: Where a source distribution has it; in a checkout it is one of the server's documents.
PACKED = "openapi.json"


def path() -> Path:
    """Where the document lies; FileNotFoundError with what to do if it does not."""
    places = [ROOT / PACKED, ROOT.parents[1] / "docs" / "openapi.json"]
    for place in places:
        if place.is_file():
            return place
    raise FileNotFoundError(f"No OpenAPI document at {' or '.join(map(str, places))}; build from a checkout or a source distribution")


def load() -> dict[str, Any]:
    """The document."""
    return json.loads(path().read_text(encoding="utf-8"))


def version() -> str:
    """The version of the server that the document is of."""
    return load()["info"]["version"]
