"""Files that must be refused, by what is wrong with them: the names and bytes of one session each."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable

from hostile import archives, tiff
from support.rasters import cog, geotiff, ramp

Files = dict[str, bytes]
CASES: dict[str, Callable[[], Files]] = {}


def case(name: str):
    """Adds what a function makes to the cases; bytes alone become `scene.tif`."""
    def add(make: Callable[[], bytes | Files]) -> Callable:
        def files() -> Files:
            made = make()
            return made if isinstance(made, dict) else {"scene.tif": made}

        CASES[name] = files
        return make

    return add


def simple(name: str, content: bytes, file_name: str = "scene.tif") -> None:
    """A case that is bytes as they stand here."""
    CASES[name] = lambda: {file_name: content}


def good() -> bytes:
    """A raster with nothing wrong."""
    return geotiff(ramp(256, 256, 1), tiled=True, blockxsize=128, blockysize=128)


# Truncated

case("cut in half")(lambda: good()[: len(good()) // 2])
case("only the header")(lambda: good()[:8])
case("a cloud-optimized file cut behind its directory")(lambda: cog(ramp(512, 512, 3))[:4000])

# Lying about size

case("2 147 483 647 pixels square")(lambda: tiff.striped(2**31 - 1, 2**31 - 1, b"x").pack())
case("4 294 967 295 pixels square")(lambda: tiff.striped(2**32 - 1, 2**32 - 1, b"x").pack())
case("200 000 pixels square of nothing")(lambda: tiff.striped(200_000, 200_000, b"\0" * 64).pack())
case("no pixels")(lambda: tiff.striped(0, 0, b"x").pack())
case("65 535 bands")(lambda: tiff.striped(20_000, 20_000, b"x").set(tiff.SAMPLES, tiff.SHORT, 65535).pack())
case("rows per strip of zero")(lambda: tiff.striped().set(tiff.ROWS_PER_STRIP, tiff.LONG, 0)
                               .set(tiff.STRIP_COUNTS, tiff.LONG, 0).pack())
case("a tile of 4 294 967 280 pixels")(lambda: tiff.tiled().set(tiff.TILE_WIDTH, tiff.LONG, 2**32 - 16)
                                       .set(tiff.TILE_LENGTH, tiff.LONG, 2**32 - 16).pack())

# Lying about places

case("a strip past the end")(lambda: tiff.striped().set(tiff.STRIP_OFFSETS, tiff.LONG, 1_000_000_000).pack())
case("a strip that ends past the end")(lambda: tiff.striped().set(tiff.STRIP_COUNTS, tiff.LONG, 10_000_000).pack())
case("a tile past the end")(lambda: tiff.tiled().set(tiff.TILE_OFFSETS, tiff.LONG, 8, 8, 8, 2**32 - 1).pack())
case("offset and length that wrap around")(lambda: tiff.striped().set(tiff.STRIP_OFFSETS, tiff.LONG, 2**32 - 16)
                                           .set(tiff.STRIP_COUNTS, tiff.LONG, 64).pack())
case("too few tile offsets")(lambda: tiff.tiled().set(tiff.TILE_OFFSETS, tiff.LONG, 8).pack())
case("a directory past the end")(lambda: b"II*\0" + struct.pack("<I", 2**31) + bytes(100))
case("a directory at zero")(lambda: b"II*\0" + bytes(200))
case("65 535 entries that are not there")(lambda: b"II*\0" + struct.pack("<IH", 8, 65535) + bytes(100))
case("a BigTIFF with 2^63 entries")(lambda: tiff.bigtiff(2**63))
case("a BigTIFF directory past the end")(lambda: tiff.bigtiff(4, 2**62))


@case("a directory that follows itself")
def _loop() -> bytes:
    made = tiff.striped()
    made.next_directory = made.directory()
    return made.pack()


# Damaged blocks


@case("zeroed tiles")
def _zeroed() -> bytes:
    made = tiff.tiled(4, 4)
    made.data = bytes(len(made.data))
    return made.pack()


@case("one zeroed tile of sixteen")
def _one_zeroed() -> bytes:
    made = tiff.tiled(4, 4)
    block = len(made.data) // 16
    made.data = made.data[: 9 * block] + bytes(block) + made.data[10 * block:]
    return made.pack()


@case("noise instead of deflated tiles")
def _noise() -> bytes:
    made = tiff.tiled(4, 4)
    made.data = bytes(zlib.crc32(bytes([n % 256])) % 256 for n in range(len(made.data)))
    return made.pack()


# Bombs

case("a strip that inflates to 1.25 GiB")(lambda: tiff.striped(
    40_960, 32_768, tiff.deflated_zeros(1280 << 20), tiff.DEFLATE).pack())
case("PNG of 2^31 - 1 pixels square")(lambda: {"scene.png": png(2**31 - 1, 2**31 - 1)})
case("PNG of 60 000 pixels square")(lambda: {"scene.png": png(60_000, 60_000)})
case("PNG whose data ends")(lambda: {"scene.png": png(64, 64)})
case("JPEG of 65 500 pixels square without data")(lambda: {"scene.jpg": jpeg(65_500, 65_500)})
case("JPEG 2000 of 2^31 pixels square")(lambda: {"scene.j2k": jpeg_2000(2**31 - 1)})


def png(width: int, height: int) -> bytes:
    """A PNG with a header and an empty data chunk."""
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    """A JPEG with a frame header and nothing after it."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0"
    return b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame + b"\xff\xd9"


def jpeg_2000(side: int) -> bytes:
    """A JPEG 2000 codestream with a size marker and nothing after it."""
    size = struct.pack(">HIIIIIIIIH", 0, side, side, 0, 0, side, side, 0, 0, 1) + b"\x07\x01\x01"
    return b"\xff\x4f\xff\x51" + struct.pack(">H", len(size) + 2) + size + b"\xff\xd9"


# Disguised

VRT = (b'<VRTDataset rasterXSize="10" rasterYSize="10"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
       b'<SourceFilename relativeToVRT="0">/etc/passwd</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>')
simple("VRT named .tif", VRT)
simple("VRT named .vrt", VRT, "scene.vrt")
simple("VRT behind a comment and a byte-order mark", b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- II*\0 -->\n" + VRT)
simple("VRT in UTF-16", b"\xff\xfe" + VRT.decode().encode("utf-16-le"))
simple("SVG", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
simple("HTML", b"<!DOCTYPE html><html><body>504 Gateway Time-out</body></html>")
simple("a TIFF signature and HTML", b"II*\0<html><script>alert(1)</script></html>" + bytes(64))
simple("a WMS description", b"<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1/</ServerUrl></Service></GDAL_WMS>")
simple("a program", b"\x7fELF" + bytes(500))
simple("a script", b"#!/bin/sh\nrm -rf /\n")
simple("plain text", b"hello\n")
simple("a GDAL name", b"/vsicurl/http://127.0.0.1:1/x.tif")
simple("a gzip archive", b"\x1f\x8b\x08" + bytes(100))
simple("a PDF", b"%PDF-1.7\n" + bytes(100), "scene.pdf")
simple("nothing", b"")
simple("zeros", bytes(100_000))
simple("an SQLite database", b"SQLite format 3\0" + bytes(4080), "scene.gpkg")
simple("a GeoPackage signature", (b"SQLite format 3\0" + bytes(52) + b"GPKG").ljust(4096, b"\0"), "scene.gpkg")
simple("a FlatGeobuf signature", b"fgb\x03fgb\0" + b"\xff" * 64, "scene.fgb")
simple("a netCDF signature", b"CDF\x01" + b"\xff" * 64, "scene.nc")
simple("an HDF5 signature", b"\x89HDF\r\n\x1a\n" + b"\xff" * 128, "scene.nc")
simple("an Erdas signature", b"EHFA_HEADER_TAG\0" + b"\xff" * 64, "scene.img")
simple("a WebP that lies about its length", b"RIFF" + struct.pack("<I", 2**32 - 1) + b"WEBPVP8 " + b"\xff" * 32, "scene.webp")

# Text formats

ENTITIES = b'<!DOCTYPE kml [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 20) for n in range(8)) + b"]>"
simple("KML with entities that multiply", b"<?xml version='1.0'?>" + ENTITIES + b"<kml><Document><name>&i;</name></Document></kml>", "a.kml")
simple("KML with an entity from a file", b"<!DOCTYPE kml [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><kml><name>&x;</name></kml>", "a.kml")
simple("KML 100 000 elements deep", b"<kml>" + b"<Folder>" * 100_000, "a.kml")
simple("GeoJSON 200 000 arrays deep", b'{"type":"Polygon","coordinates":' + b"[" * 200_000, "a.geojson")
simple("GeoJSON that ends early", b'{"type":"FeatureCollection","features":[{"type":"Feature","geometry":', "a.geojson")
simple("GeoJSON of another kind", json.dumps({"type": "Topology", "objects": {}}).encode(), "a.geojson")

# Sidecars

PAM = b"<PAMDataset><SRS>EPSG:4326</SRS></PAMDataset>"
case("a world file of words")(lambda: {"scene.tif": good(), "scene.tfw": b"one\ntwo\n"})
case("a projection of noise")(lambda: {"scene.tif": good(), "scene.prj": b"\xff\xfe\0\1" * 50})
case("an overview that is no TIFF")(lambda: {"scene.tif": good(), "scene.tif.ovr": VRT})
case("PAM with an entity")(lambda: {"scene.tif": good(), "scene.tif.aux.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + PAM})
case("PAM that is a VRT")(lambda: {"scene.tif": good(), "scene.tif.aux.xml": VRT})
case("a sidecar alone")(lambda: {"scene.tif.aux.xml": PAM})
case("a good file and a bad one")(lambda: {"good.tif": good(), "bad.tif": b"bad"})

for _name, _make in archives.CASES.items():
    CASES[f"ZIP: {_name}"] = lambda make=_make: {"scene.zip": make()}
