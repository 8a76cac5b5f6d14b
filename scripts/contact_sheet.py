#!/usr/bin/env python3
"""Ingests every raster of a folder with a real server and puts its default picture on one sheet: from the upload, from
the rendition, and the thumbnail. For looking at: build/venv/bin/python scripts/contact_sheet.py [FOLDER]

The folder is LANDFALL_TEST_DATA unless it is named; the program is LANDFALL_BINARY or build/release/landfall."""

from __future__ import annotations

import io
import math
import os
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests"))

from support import engines  # noqa: E402
from support.api import Api, get  # noqa: E402
from support.server import NO_LIMITS, Installation, Server, find_binary  # noqa: E402

SIDE, LABEL, TILE = 240, 34, 256
PRIMARY = {".tif", ".tiff", ".png", ".jp2", ".jpg", ".img", ".nc", ".zip", ".asc"}
RENDITION_SECONDS = 120


def groups(folder: Path) -> list[list[Path]]:
    """Each raster with the files beside it that describe it."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != "README.md")
    primaries = [path for path in files if path.suffix.lower() in PRIMARY]
    return [[primary, *(path for path in files if path not in primaries and path.name.startswith(primary.stem + "."))]
            for primary in primaries]


def tile_position(longitude: float, latitude: float, zoom: int) -> tuple[float, float]:
    """Column and row of a place among the tiles of a zoom."""
    side = 2**zoom
    return ((longitude + 180) / 360 * side,
            (1 - math.asinh(math.tan(math.radians(max(-85, min(85, latitude))))) / math.pi) / 2 * side)


def draw_map(api: Api, item: str, box: list[float]) -> Image.Image:
    """The item's tiles at the zoom where it covers about one, cut to its box."""
    west, south, east, north = box
    east += 360 if east < west else 0
    span = max((east - west) / 360, 1e-9)
    zoom = max(0, min(22, round(math.log2(1 / span))))
    left, top = tile_position(west, north, zoom)
    right, bottom = tile_position(east, south, zoom)
    sheet = Image.new("RGBA", (math.ceil((math.floor(right) - math.floor(left) + 1) * TILE),
                               math.ceil((math.floor(bottom) - math.floor(top) + 1) * TILE)))
    for row in range(math.floor(top), min(math.floor(bottom), 2**zoom - 1) + 1):
        for column in range(math.floor(left), math.floor(right) + 1):
            answer = api.http.get(f"/api/v1/items/{item}/tiles/{zoom}/{column % 2**zoom}/{row}.png")
            if answer.status_code != 200:
                raise ValueError(answer.json().get("detail") or answer.text)
            sheet.paste(Image.open(io.BytesIO(answer.content)).convert("RGBA"),
                        ((column - math.floor(left)) * TILE, (row - math.floor(top)) * TILE))
    corner = (math.floor((left - math.floor(left)) * TILE), math.floor((top - math.floor(top)) * TILE))
    return sheet.crop((*corner, corner[0] + max(1, math.ceil((right - left) * TILE)),
                       corner[1] + max(1, math.ceil((bottom - top) * TILE))))


def fitted(picture: Image.Image) -> Image.Image:
    """On a checkerboard, so that transparency is seen."""
    picture = picture.convert("RGBA")
    factor = SIDE / max(picture.size)
    picture = picture.resize([max(1, round(length * factor)) for length in picture.size], Image.NEAREST)
    board = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(board)
    for x in range(0, SIDE, 12):
        for y in range((x // 12 % 2) * 12, SIDE, 24):
            pen.rectangle((x, y, x + 11, y + 11), fill="#dddddd")
    board.paste(picture, mask=picture.getchannel("A"))
    return board


def rendition(api: Api, item: str, key: str) -> dict | None:
    """The asset, once its job has made it."""
    deadline = time.monotonic() + RENDITION_SECONDS
    while time.monotonic() < deadline:
        assets = api.assets(item)
        if key in assets:
            return assets[key]
        time.sleep(0.5)
    return None


def attempt(draw) -> Image.Image | str:
    """A picture, or why there is none."""
    try:
        return fitted(draw())
    except (AssertionError, ValueError) as fault:
        return str(fault)


def row_of(api: Api, files: list[Path]) -> tuple[str, list[Image.Image | str]]:
    """What a file is drawn as: before its rendition is there, after, small."""
    print(files[0].name, flush=True)
    try:
        item = api.upload({path.name: path.read_bytes() for path in files})[0]
    except AssertionError as fault:
        return files[0].name, [str(fault)]
    record = api.item(item)
    if record["type"] == "user_vector":
        return files[0].name, ["no raster"]
    box = record.get("bbox")
    pictures: list[Image.Image | str] = [attempt(lambda: draw_map(api, item, box)) if box else "no place"]
    is_cog = "cloud-optimized" in next(iter(api.assets(item).values()))["media_type"]
    if box and not is_cog and rendition(api, item, "cog"):
        pictures.append(attempt(lambda: draw_map(api, item, box)))
    else:
        pictures.append("is a COG" if is_cog else "no rendition")
    if rendition(api, item, "thumbnail"):
        pictures.append(attempt(lambda: Image.open(io.BytesIO(get(api.download(item, "thumbnail")).content))))
    profiles = api.call("visualization.profiles.list", {"item_id": item})
    return f"{files[0].name}\n{[profile['config'] for profile in profiles]}", pictures


def sheet_of(rows: list[tuple[str, list[Image.Image | str]]]) -> Image.Image:
    """All rows, two files beside each other."""
    width, height = 3 * (SIDE + 6) + 12, SIDE + LABEL + 8
    sheet = Image.new("RGB", (2 * width, math.ceil(len(rows) / 2) * height), "white")
    pen = ImageDraw.Draw(sheet)
    for index, (name, pictures) in enumerate(rows):
        left, top = index % 2 * width, index // 2 * height
        pen.text((left + 4, top + 2), name[:240], fill="black")
        for column, picture in enumerate(pictures):
            corner = (left + 4 + column * (SIDE + 6), top + LABEL)
            if isinstance(picture, str):
                words = "\n".join(picture[at : at + 38] for at in range(0, min(len(picture), 300), 38))
                pen.text(corner, words, fill="red")
            else:
                sheet.paste(picture, corner)
    return sheet


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["LANDFALL_TEST_DATA"])
    database = engines.start("sqlite")
    with tempfile.TemporaryDirectory() as work:
        server = Server(Installation(find_binary(), Path(work) / "data", database.new_database(), dict(NO_LIMITS)))
        try:
            rows = [row_of(server.api(), files) for files in groups(folder)]
        finally:
            server.stop()
            database.stop()
    target = REPOSITORY / "build" / "screens" / "defaults.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet_of(rows).save(target)
    print(target)


if __name__ == "__main__":
    main()
