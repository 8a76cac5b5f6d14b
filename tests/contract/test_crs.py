"""Reference systems that users give: searched, set, and taken with an upload. Contract: extensions, "Catalog"."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile

import pytest
import rasterio.warp
from rasterio.crs import CRS
from rasterio.transform import from_origin

from support.answers import faulty_fields, problem
from support.api import Api, get, wait_for
from support.rasters import EASTING, NORTHING, bounds_wgs84, cog, geotiff, ramp, small_scene
from support.tiles import decode, tile_under, transparency

#: The drawn scene's own system, and another one in which its coordinates are somewhere else.
ZONE_32, ZONE_33 = "EPSG:32632", "EPSG:32633"


def undeclared(make=geotiff, size: int = 64) -> bytes:
    """A raster with coordinates, whose file does not say of which system."""
    return make(ramp(size, size, 3), epsg=None, transform=from_origin(EASTING, NORTHING, 10, 10))


def bounds_in(crs: str, size: int = 64) -> tuple[float, ...]:
    """Where the undeclared raster lies if it is of that system."""
    return rasterio.warp.transform_bounds(crs, "EPSG:4326", EASTING, NORTHING - 10 * size, EASTING + 10 * size, NORTHING,
                                          densify_pts=21)


def find(api: Api, q: str, **fields) -> list[dict]:
    """What `crs.search` answers."""
    return api.call("crs.search", {"q": q, **fields})["crs"]


@pytest.mark.parametrize(("q", "code"), [("EPSG:2056", "EPSG:2056"), ("2056", "EPSG:2056"), ("epsg:4326", "EPSG:4326"),
                                         ("CH1903+ / LV95", "EPSG:2056"), ("utm 32n", "EPSG:32632"), ("web mercator pseudo", "EPSG:3857")])
def test_a_system_is_found_by_code_name_and_words(api, q, code):
    found = find(api, q)
    assert found[0]["code"] == code
    assert found[0]["name"] and found[0]["area"]


def test_a_search_of_systems_is_bounded_and_finds_areas(api):
    swiss = find(api, "switzerland")
    assert "EPSG:2056" in [one["code"] for one in find(api, "switzerland lv95")] and 1 < len(swiss) <= 20
    assert len(find(api, "utm", limit=3)) == 3
    assert find(api, "no such words") == find(api, " / ") == []
    assert not any(one["code"].startswith("IAU") for one in find(api, "mars", limit=100))
    for body in ({"q": ""}, {"q": "x" * 201}):
        assert faulty_fields(api.op("crs.search", body)) == {"q"}
    for limit in (0, 101, "x"):
        assert faulty_fields(api.op("crs.search", {"q": "utm", "limit": limit})) == {"limit"}


@pytest.mark.parametrize("make", [geotiff, cog], ids=["plain", "cog"])
def test_a_file_without_a_system_is_placed_and_drawn_by_the_one_it_is_given(own, make):
    api = own.new_project()
    content = undeclared(make)
    item = api.upload_one(content)
    before = api.item(item)
    assert before["geometry"] is None and before["properties"]["landfall:warnings"]
    assert api.op("items.tile.tilejson", {"item_id": item}).status_code == 422
    used = api.storage()
    after = api.call("items.set_crs", {"item_id": item, "crs": ZONE_32})
    assert after == api.item(item)
    assert after["bbox"] == pytest.approx(bounds_in(ZONE_32), abs=1e-6)
    assert after["gsd"] == pytest.approx(10, rel=0.01)
    assert "landfall:warnings" not in after["properties"]
    assert [feature["id"] for feature in api.search(bbox=after["bbox"])["features"]] == [item]
    document = api.call("items.get_stac", {"item_id": item})
    assert document["properties"]["proj:epsg"] == document["assets"]["data"]["proj:epsg"] == 32632
    assert [profile["name"] for profile in api.call("visualization.profiles.list", {"item_id": item})] == ["Default"]
    place = "/api/v1/items/{}/tiles/{z}/{x}/{y}.png".format(item, **tile_under(after["bbox"], 14))
    assert transparency(api.http.get(place).content) < 1
    wait_for("the renditions", lambda: ({"cog", "thumbnail"} if make is geotiff else {"thumbnail"}) <= set(api.assets(item)))
    assert transparency(api.http.get(place).content) < 1
    asset = api.assets(item)["data"]
    assert asset["checksum"] == "1220" + hashlib.sha256(content).hexdigest()
    assert get(api.download(item)).content == content
    assert api.storage() == used


def test_a_system_replaces_the_files_own(api):
    content = geotiff(ramp(64, 64, 3))
    item = api.upload_one(content)
    wait_for("the renditions", lambda: {"cog", "thumbnail"} <= set(api.assets(item)))
    first = api.item(item)
    cog_before = api.assets(item)["cog"]["id"]
    api.call("items.set_asset_band_names", {"item_id": item, "asset_id": "data", "band_names": ["x", "y", "z"]})
    tile = "/api/v1/items/{}/tiles/{z}/{x}/{y}.png"
    old_place = tile.format(item, **tile_under(first["bbox"], 14))
    assert transparency(api.http.get(old_place).content) < 1
    moved = api.call("items.set_crs", {"item_id": item, "crs": CRS.from_string(ZONE_33).to_wkt(), "asset_key": "data"})
    assert moved["bbox"] == pytest.approx(bounds_in(ZONE_33), abs=1e-6)
    assert transparency(api.http.get(old_place).content) == 1
    new_place = tile.format(item, **tile_under(moved["bbox"], 14))
    assert transparency(api.http.get(new_place).content) < 1
    assert api.search(bbox=first["bbox"])["numberMatched"] == 0
    made = wait_for("the new rendition", lambda: api.assets(item).get("cog"))
    assert made["id"] != cog_before and made["band_names"] == ["x", "y", "z"]
    with rasterio.MemoryFile(get(api.download(item, "cog")).content) as memory, memory.open() as dataset:
        assert dataset.crs.to_epsg() == 32633
    assert transparency(api.http.get(new_place).content) < 1
    assert get(api.download(item)).content == content
    back = api.call("items.set_crs", {"item_id": item, "crs": "32632"})
    assert (back["bbox"], back["geometry"]) == (first["bbox"], first["geometry"])


@pytest.mark.parametrize("crs", ["EPSG:0", "EPSG:999999", "nonsense", "/etc/passwd", "http://example.org/crs", "EPSG:", "IAU_2015:49900",
                                 'GEOGCS["x"', "EPSG:4979x", "+proj=longlat", "{}", "PROJCS[" * 1000])
def test_what_is_no_system_changes_nothing(api, crs):
    item = api.upload_one(small_scene())
    before = api.item(item)
    assert faulty_fields(api.op("items.set_crs", {"item_id": item, "crs": crs})) == {"crs"}
    assert api.item(item) | {"updated_at": None} == before | {"updated_at": None}


def test_a_place_outside_the_system_is_refused(api):
    item = api.upload_one(undeclared())
    assert faulty_fields(api.op("items.set_crs", {"item_id": item, "crs": "EPSG:4326"})) == {"crs"}


def test_what_cannot_be_placed_is_refused_by_its_name(api, neighbour):
    by_hand = api.create_item()["id"]
    assert faulty_fields(api.op("items.set_crs", {"item_id": by_hand, "crs": ZONE_32})) == {"item_id"}
    item = api.upload_one(small_scene())
    problem(api.op("items.set_crs", {"item_id": item, "crs": ZONE_32, "asset_key": "missing"}), 404)
    problem(neighbour.op("items.set_crs", {"item_id": item, "crs": ZONE_32}), 404)
    wait_for("the renditions", lambda: "thumbnail" in api.assets(item))
    assert faulty_fields(api.op("items.set_crs", {"item_id": item, "crs": ZONE_32, "asset_key": "thumbnail"})) == {"asset_key"}


def test_an_upload_takes_a_system_for_files_that_declare_none(api):
    session = api.initiate(file_count=2)
    api.send(session, "silent.tif", undeclared())
    api.send(session, "telling.tif", small_scene())
    done = api.call("uploads.complete", {"upload_id": session, "crs": ZONE_33})
    silent, telling = (next(item for item in map(api.item, done["item_ids"]) if item["name"] == name) for name in ("silent", "telling"))
    assert silent["bbox"] == pytest.approx(bounds_in(ZONE_33), abs=1e-6)
    assert telling["bbox"] == pytest.approx(bounds_wgs84(small_scene()), abs=1e-4)
    [warning] = [warning for warning in done["warnings"] if "given" in warning["message"]]
    assert warning["file_name"] == "telling.tif" and "items.set_crs" in warning["message"]
    place = "/api/v1/items/{}/tiles/{z}/{x}/{y}.png".format(silent["id"], **tile_under(silent["bbox"], 14))
    assert (decode(api.http.get(place).content)[..., 3] > 0).any()
    wait_for("the renditions", lambda: "cog" in api.assets(silent["id"]))
    assert (decode(api.http.get(place).content)[..., 3] > 0).any()


def test_a_slip_of_the_pen_does_not_end_an_upload(api):
    session = api.initiate()
    api.send(session, "silent.tif", undeclared())
    assert faulty_fields(api.op("uploads.complete", {"upload_id": session, "crs": "EPSG:320000"})) == {"crs"}
    done = api.call("uploads.complete", {"upload_id": session, "crs": "epsg:32632"})
    assert api.item(done["item_ids"][0])["bbox"] == pytest.approx(bounds_in(ZONE_32), abs=1e-6)


def shapefile(x: float, y: float) -> bytes:
    """An archive of a Shapefile of one point, without a .prj."""
    def header(words: int) -> bytes:
        return struct.pack(">i20xi", 9994, words) + struct.pack("<ii8d", 1000, 1, x, y, x, y, 0, 0, 0, 0)

    field = struct.pack("<11sc4xBB14x", b"id", b"N", 4, 0)
    parts = {
        "points.shp": header(64) + struct.pack(">ii", 1, 10) + struct.pack("<idd", 1, x, y),
        "points.shx": header(54) + struct.pack(">ii", 50, 10),
        "points.dbf": struct.pack("<4BIHH20x", 3, 124, 1, 1, 1, 65, 5) + field + b"\r    1\x1a",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_vectors_are_placed_alike(api):
    content = shapefile(EASTING, NORTHING)
    [point] = rasterio.warp.transform_geom(ZONE_32, "EPSG:4326", [{"type": "Point", "coordinates": (EASTING, NORTHING)}])
    [item] = api.upload({"points.zip": content})
    assert api.item(item)["bbox"] is None
    placed = api.call("items.set_crs", {"item_id": item, "crs": ZONE_32})
    west, south, east, north = placed["bbox"]
    assert ((west + east) / 2, (south + north) / 2) == pytest.approx(point["coordinates"], abs=1e-5)
    session = api.initiate()
    api.send(session, "more.zip", content, "application/zip")
    done = api.call("uploads.complete", {"upload_id": session, "crs": ZONE_32})
    assert api.item(done["item_ids"][0])["bbox"] == pytest.approx(placed["bbox"], abs=1e-9)


def test_a_copy_is_drawn_where_its_source_was_put(api):
    item = api.upload_one(undeclared(cog))
    placed = api.call("items.set_crs", {"item_id": item, "crs": ZONE_32})
    copy = api.call("items.duplicate", {"item_id": item})
    assert copy["bbox"] == placed["bbox"]
    place = "/api/v1/items/{}/tiles/{z}/{x}/{y}.png".format(copy["id"], **tile_under(copy["bbox"], 14))
    assert transparency(api.http.get(place).content) < 1
