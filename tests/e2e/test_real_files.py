"""Real imagery through the whole road. The files are LANDFALL_TEST_DATA, else `shared/data` beside the checkout."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import pystac
import pytest

from support.answers import faults
from support.api import Api, get, wait_for
from support.server import REPOSITORY
from support.stac_extensions import extension_faults
from support.tiles import decode, tile_under, transparency

DATA = Path(os.environ.get("LANDFALL_TEST_DATA") or REPOSITORY.parent / "shared" / "data")
pytestmark = pytest.mark.skipif(not DATA.is_dir(),
                                reason=f"real files are not at {DATA}; name them with LANDFALL_TEST_DATA")

@dataclass(frozen=True)
class Real:
    """A file and what other tools say about it."""

    file: str
    epsg: int | None
    bands: int
    data_type: str
    bbox: tuple[float, float, float, float]
    tolerance: float = 0.01


RASTERS = [
    Real("above_landcover_31band_lcc_cog.tif", None, 31, "uint8", (-106.431, 71.6981, -100.5631, 73.5048), 0.1),
    Real("antimeridian_utm60_cog.tif", 32660, 1, "uint16", (177.9986, 50.5819, -178.5138, 52.7737), 0.02),
    Real("dsm_float32_utm32_nrw.tif", 25832, 1, "float32", (6.9284, 51.4239, 6.9432, 51.4331)),
    Real("float32_nodata_utm10_cog.tif", 32610, 1, "float32", (-123.0003, 46.8566, -121.5327, 47.8537), 0.02),
    Real("float64_nodata_nan_4326.tif", 4326, 1, "float64", (11.4107, -0.3848, 11.8572, 0.0967)),
    Real("greenland_uint16_utm21_cog.tif", 32621, 1, "uint16", (-61.2876, 72.2298, -52.3016, 74.663), 0.1),
    Real("int16_scale_offset_cog.tif", None, 2, "int16", (126.7245, 36.9366, 127.9869, 37.9431), 0.02),
    Real("landcover_colormap_3857_cog.tif", 3857, 1, "uint8", (-79.4449, 39.8085, -79.368, 39.8802)),
    Real("landsat5_sr_6band_int16_mga55.tif", 28355, 6, "int16", (149.0777, -35.3523, 149.2054, -35.2591)),
    Real("landsat7_6band_sirgas_utm25s.tif", 31985, 6, "uint8", (-34.9166, -8.0409, -34.826, -7.9498)),
    Real("landsat7_rgb_utm18.tif", 32618, 3, "uint8", (-78.9586, 23.565, -76.5749, 25.5509), 0.02),
    Real("landsat8_b2_dn_uint16_utm31.tif", 32631, 1, "uint16", (1.3065, 45.3986, 1.8894, 45.6756)),
    Real("landsat8_rgb_uint16_utm18.tif", 32618, 3, "uint16", (-75.987, 44.9421, -72.9081, 47.0931), 0.02),
    Real("naip_rgba_3857_cog.tif", 3857, 4, "uint8", (-121.3495, 41.9636, -121.344, 41.9717)),
    Real("naip_rgb_jpeg_huge_sparse_3857_cog.tif", 3857, 3, "uint8", (-121.377, 41.935, -121.333, 42.0003)),
    Real("nlcd_landcover_rat_albers.tif", None, 1, "uint8", (-67.5184, 17.2026, -64.9509, 19.164), 0.1),
    Real("rgb_internal_mask_utm13_cog.tif", 26913, 3, "uint8", (-104.7753, 38.9534, -104.7747, 38.9538)),
    Real("rgba_alpha_utm13_cog.tif", 26913, 4, "uint8", (-104.7753, 38.9534, -104.7747, 38.9538)),
    Real("sar_rotated_utm59s.tif", 32759, 1, "uint8", (169.4416, -19.5339, 169.4555, -19.5208)),
    Real("sentinel2_b01_60m_utm32.jp2", 32632, 1, "uint16", (6.373, 45.9364, 7.836, 46.9476), 0.02),
    Real("sentinel2_tci_rgb_utm34.tif", 32634, 3, "uint8", (23.1061, 31.5052, 24.2965, 32.5193), 0.02),
    Real("swissalti3d_dem_epsg2056_cog.tif", 2056, 1, "float32", (7.0906, 45.9161, 7.1036, 45.9251)),
    Real("srtm_N10W110.hgt.zip", 4326, 1, "int16", (-110.0004, 9.9996, -108.9996, 11.0004)),
]
VECTORS = {
    "natural_earth_countries_shapefile.zip": (-180, -90, 180, 83.65),
    "natural_earth_countries.fgb": (-180, -85.61, 180, 83.65),
    "us_states.geojson": (-124.73, 24.96, -66.97, 49.37),
    "nc_counties_nad27.gpkg": (-84.32, 33.88, -75.46, 36.59),
    "countries_alps.kml": None,
}


@pytest.fixture(scope="module")
def gallery(admin: Api) -> Api:
    """The project that takes the real files."""
    return admin.new_project("Real files")


def upload(api: Api, *names: str) -> str:
    """Uploads files that make one item; gives its id."""
    [item] = api.upload({name: (DATA / name).read_bytes() for name in names})
    return item


def assert_unchanged(api: Api, item: str, name: str) -> None:
    """The stored file is the source, byte for byte."""
    source = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
    assert hashlib.sha256(get(api.download(item)).content).hexdigest() == source
    assert api.assets(item)["data"]["checksum"] == "1220" + source


@pytest.mark.parametrize("real", RASTERS, ids=lambda real: real.file)
def test_a_real_raster_is_described_stored_and_rendered(gallery, real):
    """[A025 to A030, A042, A043]"""
    item_id = upload(gallery, real.file)
    item = gallery.item(item_id)
    assert item["type"] == "user_raster"
    assert item["bbox"] == pytest.approx(real.bbox, abs=real.tolerance)
    asset = gallery.assets(item_id)["data"]
    assert asset["data_type"] == real.data_type
    assert len(asset["band_names"]) == real.bands
    assert all(band["min"] <= band["p2"] <= band["p98"] <= band["max"] for band in asset["statistics"])
    document = gallery.call("items.get_stac", {"item_id": item_id})
    pystac.Item.from_dict(document, migrate=False)
    assert extension_faults(document) == []
    if real.epsg:
        facts = document["properties"] | document["assets"]["data"]
        assert facts.get("proj:epsg") == real.epsg or facts.get("proj:code") == f"EPSG:{real.epsg}"
    zoom = gallery.call("items.tile.tilejson", {"item_id": item_id})["maxzoom"]
    for level in (max(0, zoom - 4), zoom):
        body = {"item_id": item_id, **tile_under(item["bbox"], level), "format": "png"}
        tile = gallery.op("items.tile.render", body)
        assert tile.status_code == 200, tile.text
        # Close up, the middle of a scene may be empty; of the sparse file nearly everything is.
        assert level == zoom or "sparse" in real.file or transparency(tile.content) < 1
    assert_unchanged(gallery, item_id, real.file)


@pytest.mark.parametrize(("file", "bbox"), VECTORS.items())
def test_a_real_vector_file_becomes_an_item(gallery, file, bbox):
    """[A043]"""
    item_id = upload(gallery, file)
    item = gallery.item(item_id)
    assert item["type"] == "user_vector"
    if bbox:
        assert item["bbox"] == pytest.approx(bbox, abs=0.05)
    document = gallery.call("items.get_stac", {"item_id": item_id})
    pystac.Item.from_dict(document, migrate=False)
    assert extension_faults(document) == []
    assert_unchanged(gallery, item_id, file)


def test_rasters_that_cannot_be_placed_on_earth_are_kept(gallery):
    """[section 7.4]"""
    for file in ("mars_hirise_cog.tif", "climate_bcsd_obs_1999.nc"):
        assert_unchanged(gallery, upload(gallery, file), file)


def test_ground_control_points_place_a_raster(gallery):
    """[section 7.4]"""
    item = upload(gallery, "sentinel1_gcps_only_cog.tif")
    bbox = gallery.item(item)["bbox"]
    assert bbox and -180 <= bbox[0] < bbox[2] <= 180


def test_complex_numbers_are_refused_or_kept_but_never_half_made(gallery):
    """[design section 5]"""
    name = "sentinel1_slc_complex_gcps.tif"
    content = (DATA / name).read_bytes()
    session = gallery.initiate(len(content))
    gallery.send(session, name, content)
    answer = gallery.op("uploads.complete", {"upload_id": session})
    if answer.status_code == 200:
        assert_unchanged(gallery, answer.json()["item_ids"][0], name)
    else:
        faults(answer)


def test_sidecars_serve_the_probe_and_become_assets(gallery):
    """[design section 5]"""
    base = "landsat7_rgb_utm18_worldfile"
    item = upload(gallery, f"{base}.png", f"{base}.wld", f"{base}.png.aux.xml")
    assert gallery.item(item)["bbox"] == pytest.approx((-78.9586, 23.565, -76.5749, 25.5509), abs=0.02)
    assets = gallery.assets(item)
    assert {"data", "wld", "aux.xml"} <= set(assets)
    assert get(gallery.download(item, "wld")).content == (DATA / f"{base}.wld").read_bytes()


def test_band_descriptions_become_roles(gallery):
    """[A027, section 7.4]"""
    item = upload(gallery, "landsat5_sr_6band_int16_mga55.tif")
    assert gallery.assets(item)["data"]["band_names"] == ["blue", "green", "red", "nir", "swir1", "swir2"]
    body = {"item_id": item, **tile_under(gallery.item(item)["bbox"], 11), "format": "png",
            "expression": "(nir-red)/(nir+red)", "rescale": "-1,1", "colormap": "rdylgn"}
    tile = gallery.op("items.tile.render", body)
    assert tile.status_code == 200, tile.text
    assert decode(tile.content)[..., 3].any()


def test_the_big_one_is_searchable_and_renderable_when_complete_returns_and_gets_a_cog(gallery):
    """[A038, A030, design section 5]"""
    name = "blue_marble_world_4326_notcog.tif"
    item = upload(gallery, name)
    assert gallery.item(item)["bbox"] == pytest.approx((-179.8333, -89.8333, 179.8333, 89.8333), abs=0.01)
    assert any(found["id"] == item for found in gallery.search(bbox=[0, 0, 1, 1])["features"])
    for z, x, y in ((0, 0, 0), (5, 16, 11), (8, 133, 90)):
        tile = gallery.op("items.tile.render", {"item_id": item, "z": z, "x": x, "y": y, "format": "png"})
        assert tile.status_code == 200, tile.text
        assert transparency(tile.content) < 0.5
    wait_for("the thumbnail", lambda: "thumbnail" in gallery.assets(item), seconds=120)
