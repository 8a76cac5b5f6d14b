"""ZIP archives that must be refused, by what is wrong with them."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from hostile.tiff import deflated_zeros, striped


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An honest archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_attributes(name: str, content: bytes, unix_mode: int) -> bytes:
    """An archive of one entry with these Unix attributes."""
    buffer = io.BytesIO()
    entry = zipfile.ZipInfo(name)
    entry.create_system, entry.external_attr = 3, unix_mode << 16
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, content)
    return buffer.getvalue()


def by_hand(entries: list[tuple[str, bytes, int, int]], copies: int = 1, flags: int = 0) -> bytes:
    """An archive of (name, deflated bytes, CRC, size as told), the central directory naming every entry `copies` times."""
    body, central, count = b"", b"", 0
    for name, stream, checksum, size in entries:
        fields = struct.pack("<HHHHHIIIHH", 20, flags, 8, 0, 33, checksum, len(stream), size, len(name), 0)
        for copy in range(copies):
            told = f"{copy}{name}" if copies > 1 else name
            listed = struct.pack("<HHHHHIIIHH", 20, flags, 8, 0, 33, checksum, len(stream), size, len(told), 0)
            central += b"PK\x01\x02" + struct.pack("<H", 20) + listed + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
            central += told.encode()
            count += 1
        body += b"PK\x03\x04" + fields + name.encode() + stream
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(central), len(body), 0)
    return body + central + b"PK\x05\x06" + end


def raw_zeros(count: int) -> bytes:
    """A raw deflate stream of so many zeros."""
    return deflated_zeros(count)[2:-4]


def deflated(content: bytes) -> bytes:
    """A raw deflate stream."""
    packer = zlib.compressobj(9, wbits=-15)
    return packer.compress(content) + packer.flush()


def raster() -> bytes:
    """Something that alone would do."""
    return striped().pack()


def nested(depth: int) -> bytes:
    """An archive in an archive and so on."""
    content = packed({"scene.tif": raster()})
    for _ in range(depth):
        content = packed({"inner.zip": content})
    return content


CASES: dict[str, Callable[[], bytes]] = {
    "a bomb of 1.25 GiB": lambda: by_hand([("scene.tif", raw_zeros(1280 << 20), 0, 1280 << 20)]),
    "a bomb that tells 10 bytes": lambda: by_hand([("scene.tif", raw_zeros(1280 << 20), 0, 10)]),
    "a bomb of a hundred overlapping entries": lambda: by_hand([("a.tif", raw_zeros(64 << 20), 0, 64 << 20)], copies=100),
    "20 000 entries": lambda: packed({f"{n}.txt": b"" for n in range(20_000)}, zipfile.ZIP_STORED),
    "in a zip in a zip": lambda: nested(5),
    "a name that climbs": lambda: packed({"../../../../var/landfall-escaped.tif": raster()}),
    "a name that climbs with backslashes": lambda: packed({"..\\..\\landfall-escaped.tif": raster()}),
    "an absolute name": lambda: packed({"/var/landfall-escaped.tif": raster()}),
    "a symbolic link": lambda: with_attributes("scene.tif", b"/etc/passwd", 0o120777),
    "a device": lambda: with_attributes("scene.tif", b"", 0o020666),
    "an encrypted entry": lambda: by_hand([("scene.tif", deflated(raster()), zlib.crc32(raster()), len(raster()))], flags=1),
    "a wrong checksum": lambda: by_hand([("scene.tif", deflated(raster()), 1, len(raster()))]),
    "a VRT": lambda: packed({"scene.vrt": b"<VRTDataset/>"}),
    "text only": lambda: packed({"readme.txt": b"hello"}),
    "nothing": lambda: packed({}),
    "cut": lambda: packed({"scene.tif": raster()})[:-30],
    "a central directory past the end": lambda: b"PK\x03\x04" + bytes(60) + b"PK\x05\x06" +
                                                struct.pack("<HHHHIIH", 0, 0, 1, 1, 46, 2**31, 0),
    "65 535 entries that are not there": lambda: b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 100, 0, 0),
}
