"""TIFF files written by hand, so that every figure in them can lie."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field

SHORT, LONG, DOUBLE = 3, 4, 12
_FORMATS = {SHORT: "H", LONG: "I", DOUBLE: "d"}

WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_COUNTS = 273, 277, 278, 279
TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS, TILE_COUNTS = 322, 323, 324, 325
PIXEL_SCALE, TIE_POINT, GEO_KEYS = 33550, 33922, 34735
DEFLATE, NONE = 8, 1

HEADER = 8
SIDE = 64


@dataclass
class Tiff:
    """A little-endian classic TIFF of one directory: the block data first, then the directory."""

    data: bytes = b""
    tags: dict[int, tuple[int, list[float]]] = field(default_factory=dict)
    next_directory: int = 0

    def set(self, tag: int, kind: int, *values: float) -> Tiff:
        """Replaces a tag."""
        self.tags[tag] = (kind, list(values))
        return self

    def place(self) -> Tiff:
        """Puts the raster into UTM zone 32 north, 10 m a pixel."""
        self.set(PIXEL_SCALE, DOUBLE, 10.0, 10.0, 0.0).set(TIE_POINT, DOUBLE, 0.0, 0.0, 0.0, 465_000.0, 5_250_000.0, 0.0)
        return self.set(GEO_KEYS, SHORT, 1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 32632)

    def directory(self) -> int:
        """Where the directory begins."""
        return HEADER + len(self.data) + len(self.data) % 2

    def pack(self) -> bytes:
        """The file."""
        start = self.directory()
        spill_at = start + 2 + 12 * len(self.tags) + 4
        entries, spill = b"", b""
        for tag, (kind, values) in sorted(self.tags.items()):
            packed = struct.pack(f"<{len(values)}{_FORMATS[kind]}", *values)
            if len(packed) > 4:
                where, spill = struct.pack("<I", spill_at + len(spill)), spill + packed
            else:
                where = packed.ljust(4, b"\0")
            entries += struct.pack("<HHI", tag, kind, len(values)) + where
        body = self.data.ljust(start - HEADER, b"\0")
        return (b"II*\0" + struct.pack("<I", start) + body + struct.pack("<H", len(self.tags)) + entries +
                struct.pack("<I", self.next_directory) + spill)


def striped(width: int = SIDE, height: int = SIDE, data: bytes | None = None, compression: int = NONE) -> Tiff:
    """One band of bytes in one strip."""
    content = bytes(range(256)) * (width * height // 256) if data is None else data
    made = Tiff(content)
    made.set(WIDTH, LONG, width).set(LENGTH, LONG, height).set(BITS, SHORT, 8).set(COMPRESSION, SHORT, compression)
    made.set(PHOTOMETRIC, SHORT, 1).set(SAMPLES, SHORT, 1).set(ROWS_PER_STRIP, LONG, height)
    return made.set(STRIP_OFFSETS, LONG, HEADER).set(STRIP_COUNTS, LONG, len(content))


def tiled(across: int = 2, down: int = 2) -> Tiff:
    """One band of bytes in deflated tiles of 64 by 64."""
    block = zlib.compress(bytes(n % 251 for n in range(SIDE * SIDE)))
    count = across * down
    made = Tiff(block * count)
    made.set(WIDTH, LONG, SIDE * across).set(LENGTH, LONG, SIDE * down).set(BITS, SHORT, 8)
    made.set(COMPRESSION, SHORT, DEFLATE).set(PHOTOMETRIC, SHORT, 1).set(SAMPLES, SHORT, 1)
    made.set(TILE_WIDTH, SHORT, SIDE).set(TILE_LENGTH, SHORT, SIDE)
    made.set(TILE_OFFSETS, LONG, *(HEADER + n * len(block) for n in range(count)))
    return made.set(TILE_COUNTS, LONG, *[len(block)] * count)


def deflated_zeros(count: int) -> bytes:
    """A zlib stream of so many zeros (a multiple of 64 MiB), made without deflating them all."""
    piece = 64 << 20
    assert count % piece == 0
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    once = packer.compress(bytes(piece)) + packer.flush(zlib.Z_FULL_FLUSH)
    head, once = (head, once) if head else (once[:2], once[2:])
    checksum = (count % 65521) << 16 | 1
    return head + once * (count // piece) + b"\x03\0" + struct.pack(">I", checksum)


def bigtiff(entry_count: int, first_directory: int = 16) -> bytes:
    """A BigTIFF whose directory claims so many entries."""
    entry = struct.pack("<HHQQ", WIDTH, LONG, 1, 64)
    return b"II+\0" + struct.pack("<HHQ", 8, 0, first_directory) + struct.pack("<Q", entry_count) + entry * 4 + bytes(8)
