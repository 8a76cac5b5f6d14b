"""Clip jobs: an area cut out of an item. Contract: section 8, A084 to A090, extensions "Clips"."""

from __future__ import annotations

import json
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.warp
from rasterio.io import MemoryFile
from rasterio.transform import from_origin

from support.answers import faulty_fields, problem
from support.api import get, wait_for
from support.clips import box, box_in, check, clip, colormap, ended, fetch, open_any, order
from support.lifecycle import set_organization
from support.rasters import drawn_scene, geotiff, ramp
from support.scene import Scene, upload_scene
from support.server import REPOSITORY

#: Real rasters; tests of them are skipped where there are none.
DATA = Path(os.environ.get("LANDFALL_TEST_DATA") or REPOSITORY.parent / "shared" / "data")

#: In degrees, over the upper left of what `geotiff` draws: 32N, 10 m.
TRIANGLE = {"type": "Polygon", "coordinates": [[[8.5370, 47.4050], [8.5640, 47.3990], [8.5480, 47.3870], [8.5370, 47.4050]]]}
WITH_HOLE = {"type": "MultiPolygon", "coordinates": [
    [[[8.5370, 47.3850], [8.5680, 47.3850], [8.5680, 47.4030], [8.5370, 47.4030], [8.5370, 47.3850]],
     [[8.5450, 47.3900], [8.5580, 47.3900], [8.5580, 47.3980], [8.5450, 47.3980], [8.5450, 47.3900]]],
    [[[8.5490, 47.3920], [8.5540, 47.3920], [8.5515, 47.3960], [8.5490, 47.3920]]]]}


@pytest.fixture(scope="module")
def scene(admin) -> Scene:
    """One that others don't look at: clips lie beside it."""
    return upload_scene(admin, "Scene to clip")


@pytest.fixture(scope="module")
def clipped(scene):
    """One clip of the scene, for tests that only read."""
    return clip(scene.api, scene.item_id, WITH_HOLE, output_name="A clip")


#: Of bytes with signs this GDAL writes no GeoTIFF.
TYPES = ["uint8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float32", "float64", "uint8 nodata",
         "int16 nodata", "float32 nodata"]


def raster_of(dtype: str, nodata: str = "") -> bytes:
    """Two bands of a data type, over all of its range."""
    rng = np.random.default_rng(3)
    if np.issubdtype(dtype, np.floating):
        pixels = rng.normal(0, 1e6, (2, 200, 230)).astype(dtype)
        pixels[:, 40:50] = np.nan
        pixels[0, 60:70] = np.inf
    else:
        pixels = rng.integers(np.iinfo(dtype).min, np.iinfo(dtype).max, (2, 200, 230), dtype=dtype, endpoint=True)
    pixels[:, 80:120, 30:90] = 7
    return geotiff(pixels, **({"nodata": 7} if nodata else {}))


@pytest.mark.parametrize("name", TYPES)
def test_every_value_of_every_type_stays_bit_for_bit(api, name):
    """[section 8, extensions "Clips"]"""
    content = raster_of(*name.split())
    item = api.upload_one(content)
    figures = check(content, fetch(api, clip(api, item, TRIANGLE)), TRIANGLE)
    assert figures["inside"] > 3000
    assert (figures["nodata"] == 7) == ("nodata" in name)
    assert figures["layout"]["LAYOUT"] == "COG"


@pytest.mark.parametrize("area", [TRIANGLE, WITH_HOLE, box(8.5377, 47.3911, 8.5533, 47.4011)])
def test_masks_alpha_and_descriptions_go_along(api, area):
    """[section 8]"""
    pixels = ramp(256, 256, 3)
    def say_more(dataset) -> None:
        mask = np.full((256, 256), 255, "uint8")
        mask[100:140, 20:200] = 0
        dataset.write_mask(mask)
        dataset.descriptions = ("Rot", "Grün", "Blau & mehr")
        dataset.scales, dataset.offsets = (0.5, 2, 1), (1, 0, -3)
        dataset.units = ("m", "", "K")
        dataset.update_tags(SURVEY="spring")

    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        files = {"masked": geotiff(pixels, photometric="RGB", interleave="pixel", finish=say_more)}
    alpha = np.concatenate([pixels, np.full((1, 256, 256), 255, "uint8")])
    alpha[3, 100:140, 20:200] = 0
    alpha[3, 140:150] = 128
    files["alpha"] = geotiff(alpha, photometric="RGB", alpha="yes")
    for name, content in files.items():
        item = api.upload_one(content, f"{name}.tif")
        made = fetch(api, clip(api, item, area))
        check_masked(content, made, area, name)


def check_masked(content: bytes, made: bytes, area: dict, name: str) -> None:
    figures = check(content, made, area)
    assert figures["inside"] > 3000
    with open_any(made) as after:
        if name == "masked":
            assert figures["tags"]["SURVEY"] == "spring" and after.units[0] == "m"
            assert (after.dataset_mask() == 0).any() and (after.dataset_mask() == 255).any()
        else:
            assert set(np.unique(after.read(4))) <= {0, 128, 255}


def test_classes_stay_classes_with_their_colors(api):
    """[section 8]"""
    pixels = (np.indices((200, 200)).sum(0) // 20 % 4 + 1).astype("uint8")[None]
    colors = {0: (0, 0, 0, 255), 1: (10, 200, 30, 255), 2: (0, 0, 255, 255), 3: (255, 0, 0, 255), 4: (9, 9, 9, 255)}
    content = geotiff(pixels, nodata=0, finish=lambda dataset: dataset.write_colormap(1, colors))
    item = api.upload_one(content, is_categorical=True)
    job = clip(api, item, TRIANGLE)
    figures = check(content, fetch(api, job), TRIANGLE)
    with open_any(content) as before:  # GDAL sees through the colour of nodata
        assert {value: figures["colormap"][value] for value in colors} == {value: colormap(before)[value] for value in colors}
    with open_any(fetch(api, job)) as made:
        for level in range(len(made.overviews(1))):
            with MemoryFile(fetch(api, job)) as memory, memory.open(overview_level=level) as coarse:
                assert set(np.unique(coarse.read(1))) <= {0, 1, 2, 3, 4}


def test_bands_with_nodata_of_their_own_keep_their_missing_pixels(api):
    """[faults 1]"""
    path = DATA.parent / "faults" / "per_band_nodata.img"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    item = api.upload_one(path.read_bytes(), "per_band.img")
    west, south, east, north = api.item(item)["bbox"]
    made = fetch(api, clip(api, item, box_in([west, south, east, north], 0.1, 0.9)))
    with open_any(path) as before, open_any(made) as after:
        column, row = (round(v) for v in ~before.transform * (after.transform.c, after.transform.f))
        for band in (1, 2):
            old = before.read(band)[row:row + after.height, column:column + after.width]
            missing = old == before.nodatavals[band - 1]
            new, shown = after.read(band), after.read_masks(band) > 0
            assert not (shown & missing).any()
            assert (new[shown] == old[shown]).all() and shown.sum() > 100


def test_the_new_item_is_whole(scene, clipped):
    """[section 8, A087, A088]"""
    api = scene.api
    [item_id] = clipped["output_item_ids"]
    item = api.item(item_id)
    assert (item["type"], item["name"], item["project_id"]) == ("clip", "A clip", api.project)
    source = api.item(scene.item_id)
    assert item["datetime"] == source["datetime"]
    west, south, east, north = item["bbox"]
    assert source["bbox"][0] <= west < east <= source["bbox"][2] and source["bbox"][1] <= south < north <= source["bbox"][3]
    assets = api.assets(item_id)
    assert assets["data"]["band_names"] == ["blue", "green", "red", "nir"]
    assert len(assets["data"]["statistics"]) == 4 and assets["data"]["statistics"][0]["exact"]
    wait_for("the thumbnail", lambda: "thumbnail" in api.assets(item_id))
    profiles = api.call("visualization.profiles.list", {"item_id": item_id})
    theirs = api.call("visualization.profiles.list", {"item_id": scene.item_id})
    assert [p["config"] for p in profiles if p["is_default"]] == [p["config"] for p in theirs if p["is_default"]]
    tile = api.call("clip.job.tile_info", {"job_id": clipped["id"]})
    assert (tile["item_id"], tile["asset_key"]) == (item_id, "data")
    assert tile == api.call("processing.job.tile_info", {"job_id": clipped["id"]})
    assert api.http.get(tile["tiles"][0].format(z=10, x=0, y=0)).status_code == 200
    edges = api.call("provenance.get", {"entity_type": "item", "entity_id": item_id})["edges"]
    assert {(e["src_type"], e["dst_type"], e["dst_id"]) for e in edges if e["depth"] == 1} >= \
        {("item", "processing_job", clipped["id"]), ("item", "item", scene.item_id)}
    of_job = api.call("provenance.get", {"entity_type": "processing_job", "entity_id": clipped["id"]})["edges"]
    assert ("processing_job", "item", scene.item_id) in {(e["src_type"], e["dst_type"], e["dst_id"]) for e in of_job}
    assert any(item_id in json.dumps(child) for child in api.call("items.lineage", {"item_id": scene.item_id})["children"])


def test_downloads_are_named_signed_metered_and_attributed(scene, clipped):
    """[A084 to A088]"""
    api = scene.api
    listed = api.call("clip.job.downloads", {"job_id": clipped["id"]})
    assert (listed["job_id"], listed["status"]) == (clipped["id"], "completed")
    [entry] = listed["downloads"]
    assert entry["mosaic_type"] == "data" and entry["file_name"].endswith(".tif")
    body = {"job_id": clipped["id"], "mosaic_type": "data", "user_agent": "Viewer/7", "requester_ip": "203.0.113.9"}
    made = api.call("clip.job.download", body)
    assert made["expires_in_seconds"] == 900 and made["size_bytes"] == entry["size_bytes"]
    before = api.usage()["egress"]["bytes"]
    content = get(made["url"])
    assert len(content.content) == entry["size_bytes"]
    assert api.usage()["egress"]["bytes"] - before == entry["size_bytes"]
    audit = api.call("audit.list", {"organization_id": api.organization, "operation": "clip.job.download", "limit": 50})
    row = next(row for row in audit["entries"] if clipped["id"] in row["targets"] and row["user_agent"] == "Viewer/7")
    assert row["ip"] == "203.0.113.9" and "via:127.0.0.1" in row["targets"]
    assert faulty_fields(api.op("clip.job.download", {"job_id": clipped["id"]})) == {"mosaic_type"}
    assert faulty_fields(api.op("clip.job.download", {"mosaic_type": "data"})) == {"job_id"}
    assert faulty_fields(api.op("clip.job.downloads", {})) == {"job_id"}
    problem(api.op("clip.job.download", body | {"mosaic_type": "visual"}), 404)
    assert faulty_fields(api.op("clip.job.download", body | {"requester_ip": "home"})) == {"requester_ip"}


def test_downloads_need_the_scope_of_clips(scene, clipped, server):
    """[A089]"""
    api = scene.api
    for scope, status in (("items:read", 403), ("clip:read", 200)):
        key = server.installation.key(api.organization, scope, scope)
        for operation, body in (("clip.job.downloads", {}), ("clip.job.download", {"mosaic_type": "data"})):
            assert api.with_key(key).op(operation, {"job_id": clipped["id"], **body}).status_code == status


def test_several_assets_come_under_their_keys(api):
    """[section 8]"""
    item = api.upload_one(drawn_scene())
    api.upload({"height.tif": geotiff(ramp(256, 256, 1, "int16"), nodata=0)}, target_item_id=item, asset_key="height")
    job = order(api, item, TRIANGLE)
    assert sorted(job["asset_keys"]) == ["data", "height"] and job["credits_reserved"] == 2
    done = ended(api, job)
    assert {d["mosaic_type"] for d in api.call("clip.job.downloads", {"job_id": job["id"]})["downloads"]} == {"data", "height"}
    only = clip(api, item, TRIANGLE, asset_keys=["height"])
    assert [d["mosaic_type"] for d in api.call("clip.job.downloads", {"job_id": only["id"]})["downloads"]] == ["height"]
    assert done["credits_settled"] == 2 and only["credits_settled"] == 1
    problem(api.op("clip.create_from_item", {"source_item_id": item, "aoi_geometry": TRIANGLE, "asset_keys": ["nope"]}), 404)


WRONG = {
    "a line": {"type": "LineString", "coordinates": [[8.5, 47.4], [8.6, 47.4]]},
    "nothing": {},
    "open": {"type": "Polygon", "coordinates": [[[8.5, 47.3], [8.6, 47.3], [8.6, 47.4], [8.5, 47.4]]]},
    "too short": {"type": "Polygon", "coordinates": [[[8.5, 47.3], [8.6, 47.3], [8.5, 47.3]]]},
    "no area": {"type": "Polygon", "coordinates": [[[8.54, 47.39], [8.55, 47.4], [8.56, 47.41], [8.54, 47.39]]]},
    "a bow tie": {"type": "Polygon", "coordinates": [[[8.54, 47.39], [8.56, 47.4], [8.56, 47.39], [8.54, 47.4], [8.54, 47.39]]]},
    "metres": box(465_000, 5_250_000, 466_000, 5_251_000),
    "outside": box(20, 10, 21, 11),
    "texts": {"type": "Polygon", "coordinates": [[["8.5", 47.3], [8.6, 47.3], [8.6, 47.4], ["8.5", 47.3]]]},
    "round and round": box(-200, 40, 200, 50),
    "no ring": {"type": "Polygon", "coordinates": []},
    "NaN-like": {"type": "Polygon", "coordinates": [[[1e999, 47.3], [8.6, 47.3], [8.6, 47.4], [1e999, 47.3]]]},
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_area_over_the_raster_is_refused(scene, name):
    """[section 8]"""
    body = json.dumps({"source_item_id": scene.item_id, "aoi_geometry": WRONG[name]}).replace("Infinity", "1e999")
    answer = scene.api.http.post("/v1/op/clip.create_from_item", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in ((422, 400) if name == "NaN-like" else (422,)), answer.text
    if answer.status_code == 422:
        assert any("aoi_geometry" in entry["loc"] for entry in answer.json()["detail"])


def test_an_area_that_holds_no_centre_is_a_failed_job_that_leaves_no_item(scene):
    """[section 8]"""
    west, south, east, north = scene.api.item(scene.item_id)["bbox"]
    x, y = (west + east) / 2, (south + north) / 2
    before = scene.api.search(limit=1)["numberMatched"]
    # Wherever the centres lie, one of these four lies between them: a tenth of a pixel, a quarter apart.
    jobs = [ended(scene.api, order(scene.api, scene.item_id, box(x + i * 3e-5, y, x + i * 3e-5 + 1e-5, y + 1e-5)))
            for i in range(4)]
    failed = [job for job in jobs if job["status"] == "failed"]
    assert len(failed) >= 3
    for job in failed:
        assert job["output_item_ids"] == [] and "centre" in job["error_message"] and job["credits_reserved"] == 0
        problem(scene.api.op("clip.job.downloads", {"job_id": job["id"]}), 409)
        problem(scene.api.op("clip.job.tile_info", {"job_id": job["id"]}), 409)
    made = sum(len(job["output_item_ids"]) for job in jobs)
    assert scene.api.search(limit=1)["numberMatched"] == before + made


def star(points: int, middle=(8.5500, 47.3950), radius=0.012) -> dict:
    """A closed outline of so many positions that never crosses itself."""
    ring = []
    for i in range(points):
        angle = 2 * math.pi * i / points
        reach = radius * (0.7 + 0.3 * math.sin(40 * angle))
        ring.append([round(middle[0] + reach * math.cos(angle), 9), round(middle[1] + reach * 0.7 * math.sin(angle), 9)])
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def test_an_area_of_a_quarter_of_a_million_positions_is_cut_exactly(scene):
    """[issue: huge areas]"""
    area = star(250_000)
    job = clip(scene.api, scene.item_id, area)
    coarse = {"type": "Polygon", "coordinates": [area["coordinates"][0][::10] + [area["coordinates"][0][0]]]}
    assert job["aoi_geometry"]["type"] == "Polygon" and len(job["aoi_geometry"]["coordinates"][0]) == 250_001
    figures = check(scene.content, fetch(scene.api, job), coarse | {}, borderline=8)
    assert figures["inside"] > 5000
    listed = scene.api.call("clip.jobs.list", {"organization_id": scene.api.organization, "limit": 1000})["jobs"]
    assert next(each for each in listed if each["id"] == job["id"])["aoi_geometry"] is None
    assert faulty_fields(scene.api.op("clip.create_from_item", {"source_item_id": scene.item_id,
                                                                "aoi_geometry": star(300_001)})) == {"aoi_geometry"}


def test_a_body_beyond_ten_mebibytes_is_413(scene):
    """[section 1.2]"""
    body = {"source_item_id": scene.item_id, "aoi_geometry": star(10), "x": "y" * (10 << 20)}
    problem(scene.api.op("clip.create_from_item", body), 413)


def test_across_the_antimeridian(api):
    """[extensions "Clips": 177 to 181.6]"""
    pixels = ramp(180, 400, 1, "uint16")
    with MemoryFile() as memory:
        with memory.open(driver="GTiff", width=400, height=180, count=1, dtype="uint16", crs="EPSG:4326",
                         transform=from_origin(170, 10, 0.05, 0.05)) as dataset:
            dataset.write(pixels)
        beyond = bytes(memory.getbuffer())
    world_pixels = (np.arange(360 * 180, dtype="uint32") + 1).reshape(1, 180, 360)
    with MemoryFile() as memory:
        with memory.open(driver="GTiff", width=360, height=180, count=1, dtype="uint32", crs="EPSG:4326",
                         transform=from_origin(-180, 90, 1, 1)) as dataset:
            dataset.write(world_pixels)
        world = bytes(memory.getbuffer())
    area = box(177, 2, 181.6, 8)
    item = api.upload_one(beyond, "beyond.tif")
    with open_any(fetch(api, clip(api, item, area))) as made:
        assert made.bounds[0] == pytest.approx(177, abs=0.051) and made.bounds[2] == pytest.approx(181.6, abs=0.051)
        column, row = round((made.bounds[0] - 170) / 0.05), round((10 - made.bounds[3]) / 0.05)
        old = pixels[0, row:row + made.height, column:column + made.width]
        shown = made.read_masks(1) > 0
        assert shown.all() and (made.read(1) == old).all()
    item = api.upload_one(world, "world.tif")
    for shape in (area, box(-183, 2, -178.4, 8), {"type": "MultiPolygon", "coordinates": [
            box(177, 2, 180, 8)["coordinates"], box(-180, 2, -178.4, 8)["coordinates"]]}):
        with open_any(fetch(api, clip(api, item, shape))) as made:
            assert (made.width, made.height) == (5, 6), shape
            assert made.bounds[0] == 177
            old = np.concatenate([world_pixels[0, 82:88, 357:360], world_pixels[0, 82:88, 0:2]], axis=1)
            assert (made.read(1) == old).all() and (made.read_masks(1) > 0).all()


def test_around_a_pole(api):
    """[issue: poles]"""
    pixels = ramp(200, 200, 1, "float32")
    content = geotiff(pixels, epsg=3413, origin=(-1_000_000, 1_000_000), pixel=10_000)
    item = api.upload_one(content)
    cap = box(-180, 85, 180, 90)
    with open_any(fetch(api, clip(api, item, cap))) as made:
        rows, columns = np.mgrid[0:made.height, 0:made.width]
        x, y = made.transform * (columns + 0.5, rows + 0.5)
        # The parallel of 85 degrees is a circle around the pole.
        [radius], _ = rasterio.warp.transform("EPSG:4326", "EPSG:3413", [45], [85])
        shown = made.read_masks(1) > 0
        distance = np.hypot(x, y)
        assert shown[distance < radius - 100].all() and not shown[distance > radius + 100].any()


def test_credits_are_reserved_settled_and_given_back(server, own):
    """[section 8]"""
    item = own.upload_one(drawn_scene())
    set_organization(server.installation, own.organization, credits=2)
    first = clip(own, item, TRIANGLE)
    assert (first["credits_reserved"], first["credits_settled"]) == (0, 1)
    assert own.usage()["credits"] == {"used": 1, "reserved": 0, "limit": 2}
    waiting = own.op("processing.create", {"job_type_name": "cog_clip", "project_id": own.project, "source_item_id": item,
                                           "parameters": {"aoi_geometry": TRIANGLE}})
    assert waiting.status_code == 201 and waiting.json()["job"]["status"] == "pending"
    assert own.usage()["credits"] == {"used": 1, "reserved": 1, "limit": 2}
    problem(own.op("clip.create_from_item", {"source_item_id": item, "aoi_geometry": TRIANGLE}), 402)
    job = waiting.json()["job"]["id"]
    assert own.call("clip.job.delete", {"job_id": job}) == {"ok": True, "id": job}
    assert own.usage()["credits"]["reserved"] == 0
    assert own.call("clip.job.get", {"job_id": job})["status"] == "cancelled"
    again = own.call("processing.dispatch", {"job_id": job})
    assert again["job"]["id"] == job and again["dispatch"]["status"] == "queued"
    assert ended(own, {"id": job})["status"] == "completed"
    assert own.usage()["credits"] == {"used": 2, "reserved": 0, "limit": 2}
    problem(own.op("processing.dispatch", {"job_id": job}), 409)
    set_organization(server.installation, own.organization, credits="unlimited")
    failed = ended(own, order(own, item, box(8.55, 47.395, 8.5500001, 47.3950001)))
    assert failed["status"] == "failed" and own.usage()["credits"] == {"used": 2, "reserved": 0, "limit": None}


def test_racing_orders_never_spend_more_than_there_is(server, own):
    """[section 8: reserved atomically]"""
    item = own.upload_one(drawn_scene())
    set_organization(server.installation, own.organization, credits=5)
    body = {"source_item_id": item, "aoi_geometry": TRIANGLE}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: own.with_key(own.key).op("clip.create_from_item", body), range(16)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [402] * 11
    for answer in answers[:]:
        if answer.status_code == 200:
            assert ended(own, answer.json()["job"])["status"] == "completed"
    assert own.usage()["credits"] == {"used": 5, "reserved": 0, "limit": 5}


def test_a_clip_that_does_not_fit_the_quota_fails_and_takes_nothing(server, own):
    """[extensions "Clips"]"""
    item = own.upload_one(drawn_scene())
    used = own.storage()["used_bytes"]
    server.installation.set_quota(own.organization, used + 10)
    failed = ended(own, order(own, item, TRIANGLE))
    assert failed["status"] == "failed" and "quota" in failed["error_message"]
    assert own.storage()["used_bytes"] == used and own.search()["numberMatched"] == 1
    server.installation.set_quota(own.organization, "unlimited")
    own.call("processing.dispatch", {"job_id": failed["id"]})
    done = ended(own, failed)
    assert done["status"] == "completed"
    [made] = done["output_item_ids"]
    assert own.storage()["used_bytes"] == used + own.assets(made)["data"]["file_size_bytes"]


def test_an_idempotency_key_orders_once(scene):
    """[section 6.3]"""
    body = {"source_item_id": scene.item_id, "aoi_geometry": TRIANGLE}
    key = {"Idempotency-Key": f"clip-{time.time_ns()}"}
    first, second = (scene.api.op("clip.create_from_item", body, headers=key) for _ in range(2))
    assert first.json() == second.json() and second.headers["idempotency-replayed"] == "true"
    ended(scene.api, first.json()["job"])


def big_scene(side: int = 6000) -> bytes:
    """Enough to be cut for a while."""
    rng = np.random.default_rng(1)
    return geotiff(rng.integers(0, 4000, (3, side, side), dtype="uint16"), tiled=True, compress=None)


@pytest.fixture(scope="module")
def big(admin):
    """A raster whose clip takes seconds, in a project of its own."""
    api = admin.new_project("Big")
    return api, api.upload_one(big_scene())


def running(api, job: dict) -> dict:
    def look() -> dict | None:
        now = api.call("clip.job.get", {"job_id": job["id"]})
        assert now["status"] in ("pending", "running"), now
        return now if now["status"] == "running" and now["progress"] > 0 else None
    return wait_for("the clip to run", look)


def test_a_job_is_cancelled_within_two_seconds(big, server):
    """[issue: cancel within two seconds]"""
    api, item = big
    job = order(api, item, box_in(api.item(item)["bbox"], 0, 1))
    shown = running(api, job)
    assert shown["stage"] and shown["started_at"] and shown["log"]
    before = api.search()["numberMatched"]
    api.call("clip.job.delete", {"job_id": job["id"]})
    asked = time.monotonic()
    assert api.call("clip.job.get", {"job_id": job["id"]})["status"] == "cancelled"
    wait_for("the worker's end", lambda: not workers_of(server.pid, "clip"), 10)
    assert time.monotonic() - asked < 10  # two seconds on an idle machine; how long is for the bench
    assert api.search()["numberMatched"] == before
    api.call("clip.job.delete", {"job_id": job["id"]})
    problem(api.op("clip.job.get", {"job_id": job["id"]}), 404)
    problem(api.op("clip.job.delete", {"job_id": job["id"]}), 404)


def workers_of(server: int, task: str) -> list[int]:
    """Processes below a server whose command line or name tells the task that they do."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes() + (entry / "comm").read_bytes()
            session = os.getsid(int(entry.name))
        except (OSError, ProcessLookupError):
            continue
        if session == os.getsid(server) and task.encode() in words:
            found.append(int(entry.name))
    return found


def test_the_source_deleted_ends_the_job(big):
    """[issue: a failed job leaves no item]"""
    api, item = big
    copy = api.call("items.duplicate", {"item_id": item})["id"]
    job = order(api, copy, box_in(api.item(copy)["bbox"], 0, 1))
    api.call("items.delete", {"item_id": copy})
    assert ended(api, job)["status"] in ("cancelled", "failed")
    assert api.call("clip.job.get", {"job_id": job["id"]})["output_item_ids"] == []


def test_lists_filter_page_and_show_their_own_only(scene, clipped, neighbour):
    """[section 8, 9]"""
    api = scene.api
    page = api.call("clip.jobs.list", {"organization_id": api.organization, "status": "completed", "limit": 1})
    assert len(page["jobs"]) == 1 and page["total"] >= 1
    assert faulty_fields(api.op("clip.jobs.list", {"organization_id": api.organization, "status": "done"})) == {"status"}
    problem(neighbour.op("clip.jobs.list", {"organization_id": api.organization}), 404)
    assert neighbour.call("clip.jobs.list", {"organization_id": neighbour.organization})["total"] == 0
    for operation in ("clip.job.get", "processing.job.get", "processing.project_job.get", "clip.job.downloads"):
        problem(neighbour.op(operation, {"job_id": clipped["id"]}), 404)
    ours = api.call("processing.jobs.list", {"workspaceId": api.project, "ids": f"{clipped['id']},job_x"})
    assert [job["id"] for job in ours["jobs"]] == [clipped["id"]] and ours["page"] == 0
    of_project = api.call("processing.project_jobs.list", {"project_id": api.project, "job_type_name": "cog_clip", "limit": 1000})
    assert clipped["id"] in {job["id"] for job in of_project["jobs"]}
    oldest = api.call("processing.jobs.list", {"workspaceId": api.project, "sort": "created,asc", "limit": 1000})["jobs"]
    assert [job["created_at"] for job in oldest] == sorted(job["created_at"] for job in oldest)


def test_the_catalog_of_processes_describes_them(api):
    """[section 9]"""
    listed = api.call("processing.catalog.list")
    assert [process["id"] for process in listed["processes"]][:1] == ["cog_clip"]
    described = api.call("processing.catalog.get", {"process_id": "cog_clip"})
    assert described["inputs"]["aoi_geometry"]["minOccurs"] == 1 and described["parameters"]["type"] == "object"
    problem(api.op("processing.catalog.get", {"process_id": "alchemy"}), 404)
    assert [each["name"] for each in api.call("processing.job_types.list", {"category": "raster"})][:1] == ["cog_clip"]
    assert api.call("processing.job_types.list", {"category": "none such"}) == []


def test_validate_estimate_and_execute_as_ogc_has_them(scene):
    """[section 9]"""
    api = scene.api
    inputs = {"source_item_id": scene.item_id, "project_id": api.project, "aoi_geometry": TRIANGLE}
    assert api.call("processing.catalog.validate", {"process_id": "cog_clip", "inputs": inputs}) == {}
    assert faulty_fields(api.op("processing.catalog.validate", {"process_id": "cog_clip", "inputs": inputs | {
        "aoi_geometry": WRONG["a bow tie"]}})) == {"aoi_geometry"}
    assert api.call("processing.catalog.estimate", {"process_id": "cog_clip", "inputs": inputs}) == {"credits": 1, "total_credits": 1}
    begun = api.call("processing.execute", {"process_id": "cog_clip", "workspaceId": api.project, "inputs": inputs})
    assert begun["status"] == "accepted" and begun["processID"] == "cog_clip"
    done = ended(api, {"id": begun["jobID"]})
    confirmed = [api.call("processing.job.register", {"job_id": done["id"]}) for _ in range(2)]
    assert confirmed[0] == confirmed[1] and confirmed[0]["item_ids"] == done["output_item_ids"]
    for item in done["output_item_ids"]:
        api.call("items.delete", {"item_id": item})
    assert api.call("clip.job.downloads", {"job_id": done["id"]})["downloads"] == []
    problem(api.op("clip.job.download", {"job_id": done["id"], "mosaic_type": "data"}), 404)


def test_there_are_no_delivery_areas(api):
    """[section 8]"""
    assert api.call("clip.areas.list") == []
    problem(api.op("clip.area.mosaics", {"area": "x"}), 404)
    problem(api.op("clip.area.metadata", {"area": "x"}), 404)
    problem(api.op("clip.create_from_area", {"area": "x", "mosaic_types": ["visual"], "aoi_geometry": TRIANGLE,
                                             "organization_id": api.organization}), 404)


REAL = ["dsm_float32_utm32_nrw.tif", "float64_nodata_nan_4326.tif", "landsat8_rgb_uint16_utm18.tif",
        "rgb_internal_mask_utm13_cog.tif", "rgba_alpha_utm13_cog.tif", "landcover_colormap_3857_cog.tif",
        "antimeridian_utm60_cog.tif", "int16_scale_offset_cog.tif", "greenland_uint16_utm21_notcog.tif"]


@pytest.mark.parametrize("name", REAL)
def test_real_files_keep_every_value(api, name):
    """[issue: the files of the shared data]"""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    item = api.upload_one(path.read_bytes(), name)
    west, south, east, north = api.item(item)["bbox"]
    area = box_in([west, south, east + 360 if east < west else east, north], 0.3, 0.62)
    made = fetch(api, clip(api, item, area))
    check(path, made, area)


def test_many_jobs_of_one_organization_keep_nobody_elses_waiting(scene, neighbour):
    """[issue: fairness] Another's only job does not wait for those that were ordered before it."""
    api = neighbour.new_project("Alone")
    item = api.upload_one(drawn_scene())
    many = [order(scene.api, scene.item_id, box_in(scene.api.item(scene.item_id)["bbox"])) for _ in range(40)]
    alone = clip(api, item, box_in(api.item(item)["bbox"]))
    listed = scene.api.call("clip.jobs.list", {"organization_id": scene.api.organization, "limit": 1000})["jobs"]
    done = [job for job in listed if job["id"] in {each["id"] for each in many} and job["status"] in ("completed", "failed")]
    assert alone["status"] == "completed" and len(done) < 20, len(done)
    for job in many:
        scene.api.op("clip.job.delete", {"job_id": job["id"]})
