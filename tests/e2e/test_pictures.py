"""What is drawn before a map rendition exists and after is the same, and STAC says what the drawn file holds."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio

from support.api import get, wait_for
from support.rasters import geotiff
from support.tiles import decode

#: A picture of 256 x 256 pixels that is exactly the tile 10/512/512.
TILE = {"z": 10, "x": 512, "y": 512, "format": "png"}
OVER_TILE = {"epsg": 3857, "origin": (0, 0), "pixel": 2 * 20037508.342789244 / 2**10 / 256}
NODATA_OF_BANDS = """<PAMDataset><PAMRasterBand band="1"><NoDataValue>0</NoDataValue></PAMRasterBand>
<PAMRasterBand band="2"><NoDataValue>255</NoDataValue></PAMRasterBand></PAMDataset>"""
COLOURS = {1: (0, 0, 255), 2: (0, 128, 0), 3: (255, 0, 0), 4: (255, 255, 0)}


def drawn(api, item: str, **terms) -> np.ndarray:
    """The tile over the picture as RGBA."""
    answer = api.op("items.tile.render", {"item_id": item, **TILE, **terms})
    assert answer.status_code == 200, answer.text
    return decode(answer.content)


def rendition(api, item: str) -> dict:
    """The COG asset, once it is there."""
    return wait_for("the rendition", lambda: api.assets(item).get("cog"))


def attribute_table() -> str:
    """Colours in an attribute table, as ArcGIS and ERDAS write them, and none in the file."""
    usages = {"Value": (0, 5), "Class": (2, 2), "R": (0, 6), "G": (0, 7), "B": (0, 8)}
    fields = "".join(f'<FieldDefn index="{i}"><Name>{name}</Name><Type>{kind}</Type><Usage>{usage}</Usage></FieldDefn>'
                     for i, (name, (kind, usage)) in enumerate(usages.items()))
    rows = "".join(f'<Row index="{i}"><F>{value}</F><F>class {value}</F>{"".join(f"<F>{c}</F>" for c in colour)}</Row>'
                   for i, (value, colour) in enumerate(COLOURS.items()))
    return ('<PAMDataset><PAMRasterBand band="1"><GDALRasterAttributeTable tableType="thematic">'
            f"{fields}{rows}</GDALRasterAttributeTable></PAMRasterBand></PAMDataset>")


def test_each_band_keeps_its_own_nodata(api):
    pixels = np.stack([np.full((256, 256), 7, "uint8"), np.full((256, 256), 9, "uint8")])
    pixels[:, :64] = [[[0]], [[255]]]
    pixels[:, 64:128] = [[[255]], [[0]]]
    item = api.upload({"bands.tif": geotiff(pixels, **OVER_TILE), "bands.tif.aux.xml": NODATA_OF_BANDS.encode()})[0]
    automatic = []
    for _ in range(2):
        for band, values in ((1, (None, 255, 7)), (2, (None, 0, 9))):
            tile = drawn(api, item, bands=str(band), rescale="0,255")
            for row, value in zip((30, 90, 200), values, strict=True):
                assert tile[row, 100, 3] == (0 if value is None else 255), (band, row)
                assert value is None or tile[row, 100, 0] == value
        automatic.append([drawn(api, item, bands=str(band)).tobytes() for band in (1, 2)])
        cog = rendition(api, item)
    assert automatic[0] == automatic[1]
    with rasterio.MemoryFile(get(api.download(item, "cog")).content) as memory, memory.open() as made:
        assert made.nodata == cog["nodata"]
        assert cog["data_type"] == made.dtypes[0]
        stac = api.call("items.get_stac", {"item_id": item})["assets"]["cog"]["raster:bands"]
        assert [band["nodata"] for band in stac] == [made.nodata] * 2
        assert [band["data_type"] for band in stac] == list(made.dtypes)
        for band, valid in ((1, pixels[0] != 0), (2, pixels[1] != 255)):
            assert ((made.read_masks(band) != 0) == valid).all()
            assert (made.read(band)[valid] == pixels[band - 1][valid]).all()


def test_colours_of_an_attribute_table_are_drawn(api):
    pixels = np.repeat(np.repeat(np.array([[1, 2], [3, 4]], "uint8"), 128, axis=0), 128, axis=1)[None]
    item = api.upload({"classes.tif": geotiff(pixels, **OVER_TILE), "classes.tif.aux.xml": attribute_table().encode()})[0]
    for _ in range(2):
        for terms in ({}, {"bands": "1"}):
            tile = drawn(api, item, **terms)
            for value, (row, column) in zip(COLOURS, ((60, 60), (60, 190), (190, 60), (190, 190)), strict=True):
                assert tuple(tile[row, column, :3]) == COLOURS[value]
        rendition(api, item)


@pytest.mark.parametrize("kind", ["uint8", "uint16", "int32"])
def test_classes_without_colours_are_told_apart_and_never_mixed(api, kind):
    classes = np.arange(1, 21).reshape(4, 5)
    pixels = np.repeat(np.repeat(classes, 64, axis=0), 64, axis=1)[:, :256].astype(kind)[None]
    item = api.upload_one(geotiff(pixels, **OVER_TILE))
    colours = {tuple(c) for c in drawn(api, item)[..., :3].reshape(-1, 3)}
    assert len(colours) == len(np.unique(pixels))
    rendition(api, item)
    for zoom in (10, 9, 8, 6):
        small = drawn(api, item, z=zoom, x=512 >> (10 - zoom), y=512 >> (10 - zoom))
        assert {tuple(c[:3]) for c in small.reshape(-1, 4) if c[3]} <= colours


def test_chosen_bands_are_stretched_as_the_default_ones(api):
    rows, columns = np.mgrid[0:256, 0:256]
    pixels = np.stack([(5 + (rows * (band + 1) + columns) % 30) for band in range(4)]).astype("uint8")
    item = api.upload_one(geotiff(pixels, photometric="MINISBLACK", **OVER_TILE))
    for terms in ({}, {"bands": "4,3,2"}, {"bands": "2"}):
        assert drawn(api, item, **terms)[..., :3].mean() > 90, terms


def test_what_renditions_take_is_told(own):
    before = own.usage()["renditions"]["bytes"]
    item = own.upload_one(geotiff(np.arange(65536, dtype="uint16").reshape(1, 256, 256), **OVER_TILE))
    made = rendition(own, item)["file_size_bytes"]
    wait_for("the thumbnail", lambda: own.assets(item).get("thumbnail"))
    small = own.assets(item)["thumbnail"]["file_size_bytes"]
    assert own.usage()["renditions"]["bytes"] == before + made + small
