"""Where tiles lie, and what is drawn in them."""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image


def tile_of(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
    """Column and row of the Web Mercator tile over a point."""
    count = 1 << zoom
    y = math.asinh(math.tan(math.radians(latitude)))
    column = int((longitude + 180) / 360 * count)
    row = int((1 - y / math.pi) / 2 * count)
    return min(max(column, 0), count - 1), min(max(row, 0), count - 1)


def tile_under(bbox: list[float], zoom: int) -> dict[str, int]:
    """z, x and y of the tile under the middle of a box in degrees."""
    west, south, east, north = bbox
    if west > east:
        east += 360
    x, y = tile_of(((west + east) / 2 + 180) % 360 - 180, max(-85.0, min(85.0, (south + north) / 2)), zoom)
    return {"z": zoom, "x": x, "y": y}


def decode(content: bytes) -> np.ndarray:
    """A 256 x 256 tile's pixels as RGBA."""
    image = Image.open(io.BytesIO(content))
    assert image.size == (256, 256)
    return np.asarray(image.convert("RGBA"))


def transparency(content: bytes) -> float:
    """The share of a tile's pixels that show nothing."""
    return float((decode(content)[..., 3] == 0).mean())
