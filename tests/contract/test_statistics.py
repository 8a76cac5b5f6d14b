"""Statistics of values: items.statistics, items.tile.statistics, cog.statistics, analytics.*; held against exactextract,
rasterio and numpy. Contract: sections 10 and 11; extensions.md, Pixels."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import rasterio
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from rasterio.transform import from_origin

from support.answers import faulty_fields, problem
from support.rasters import cog, geotiff, ramp

#: Every type that GDAL has for real numbers, as far as GeoTIFF holds it.
TYPES = ("uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")
WEST, NORTH, PIXEL, SIDE = 8.0, 47.0, 0.001, 96
STATS = ["count", "sum", "mean", "min", "max", "stdev", "median"]
EQUAL = {"rel": 1e-6, "abs": 1e-9}


def values(dtype: str, bands: int = 1) -> np.ndarray:
    """Values that fill their type, with some that mark what is missing."""
    generator = np.random.default_rng(7)
    if np.issubdtype(np.dtype(dtype), np.floating):
        made = generator.normal(100, 40, (bands, SIDE, SIDE))
    else:
        limits = np.iinfo(dtype)
        made = generator.integers(max(limits.min, -(2**31)) // 2, limits.max // 2, (bands, SIDE, SIDE))
    made = made.astype(dtype)
    made[:, 20:30, 40:70] = 7
    return made


def in_degrees(pixels: np.ndarray, **profile) -> bytes:
    return geotiff(pixels, epsg=4326, pixel=PIXEL, origin=(WEST, NORTH), **profile)


def polygon(*corners: tuple[float, float]) -> dict:
    """In columns and rows of the raster."""
    ring = [[WEST + x * PIXEL, NORTH - y * PIXEL] for x, y in (*corners, corners[0])]
    return {"type": "Polygon", "coordinates": [ring]}


SHAPES = {
    "triangle": polygon((10.3, 5.2), (80.7, 30.4), (33.1, 90.9)),
    "sliver": polygon((5.01, 5.01), (90.2, 5.02), (90.2, 5.07)),
    "within one pixel": polygon((50.2, 50.3), (50.8, 50.4), (50.5, 50.9)),
    "over the edge": polygon((-20.0, 60.5), (30.5, 60.5), (30.5, 130.0), (-20.0, 130.0)),
    "pixels exactly": polygon((10, 10), (20, 10), (20, 20), (10, 20)),
}
HOLED = {"type": "Polygon", "coordinates": [SHAPES["triangle"]["coordinates"][0],
                                            polygon((30.2, 30.1), (45.5, 31.7), (38.3, 50.2))["coordinates"][0]]}
PARTS = {"type": "MultiPolygon", "coordinates": [SHAPES["sliver"]["coordinates"], SHAPES["within one pixel"]["coordinates"],
                                                 SHAPES["pixels exactly"]["coordinates"]]}


def extracted(pixels: np.ndarray, geometry: dict, stats: list[str], valid: np.ndarray | None = None) -> dict:
    """What exactextract finds in one band."""
    plain = pixels.astype("float64")
    if valid is not None:
        plain = np.where(valid, plain, np.nan)
    source = NumPyRasterSource(plain, xmin=WEST, ymin=NORTH - pixels.shape[0] * PIXEL, xmax=WEST + pixels.shape[1] * PIXEL,
                               ymax=NORTH, nodata=np.nan, name="band")
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    return exact_extract(source, [feature], stats)[0]["properties"]


def measured(api, item: str, **body) -> dict:
    """Statistics of the only band of the only feature."""
    [feature] = api.call("items.statistics", {"item_id": item} | body)["features"]
    [band] = feature["bands"]
    return band


def agree(band: dict, found: dict) -> None:
    for ours, theirs in (("count", "count"), ("sum", "sum"), ("mean", "mean"), ("min", "min"), ("max", "max"),
                         ("std", "stdev"), ("median", "median")):
        assert band[ours] == pytest.approx(found[theirs], **EQUAL), ours


@pytest.fixture(scope="module")
def plain(admin) -> tuple:
    """A raster of floats with NaN in it, and its values."""
    pixels = values("float32")
    pixels[0, 60:64, 10:50] = np.nan
    api = admin.new_project("Statistics")
    return api, api.upload_one(in_degrees(pixels)), pixels[0]


@pytest.mark.parametrize("shape", [*SHAPES, "holed", "parts"])
def test_fractions_are_those_of_exactextract(plain, shape):
    """[extensions, Statistics]"""
    api, item, pixels = plain
    geometry = {"holed": HOLED, "parts": PARTS}.get(shape) or SHAPES[shape]
    agree(measured(api, item, geometry=geometry), extracted(pixels, geometry, STATS, np.isfinite(pixels)))


@pytest.mark.parametrize("dtype", TYPES)
def test_every_type_is_measured_with_its_nodata(api, dtype):
    """[extensions, Statistics]"""
    pixels = values(dtype)
    item = api.upload_one(in_degrees(pixels, nodata=7))
    band = measured(api, item, geometry=SHAPES["triangle"], percentiles=[0, 12.5, 50, 100], histogram_bins=9)
    stats = [*STATS, "quantile(q=0.125)"]
    found = extracted(pixels[0], SHAPES["triangle"], stats, pixels[0] != 7)
    agree(band, found)
    percentiles = band["percentiles"]
    assert percentiles["0"] == pytest.approx(found["min"], **EQUAL) and percentiles["100"] == pytest.approx(found["max"], **EQUAL)
    assert percentiles["12.5"] == pytest.approx(next(v for k, v in found.items() if k.startswith("quantile")), **EQUAL)
    weights = extracted(pixels[0], SHAPES["triangle"], ["values", "coverage"], pixels[0] != 7)
    inside, coverage = np.ma.compressed(np.ma.masked_invalid(weights["values"])), weights["coverage"]
    coverage = coverage[np.isfinite(np.ma.filled(np.ma.masked_invalid(weights["values"]).astype("float64"), np.nan))]
    counts, edges = np.histogram(inside, bins=9, weights=coverage)
    assert band["histogram"]["edges"] == pytest.approx(edges, rel=1e-9)
    assert band["histogram"]["counts"] == pytest.approx(counts, rel=1e-5, abs=1e-3)
    covered = extracted(pixels[0], SHAPES["triangle"], ["count"])["count"]
    assert band["valid_share"] == pytest.approx(found["count"] / covered, rel=1e-6)


def test_the_whole_raster_is_all_of_its_pixels(plain):
    api, item, pixels = plain
    band = measured(api, item)
    valid = pixels[np.isfinite(pixels)].astype("float64")
    assert band["count"] == valid.size and band["valid_share"] == pytest.approx(valid.size / pixels.size)
    assert band["mean"] == pytest.approx(valid.mean(), rel=1e-9) and band["std"] == pytest.approx(valid.std(), rel=1e-9)


def test_masks_alpha_scale_and_offset_count(api):
    """[extensions, Statistics, Formulas]"""
    pixels = np.concatenate([values("uint16"), np.full((1, SIDE, SIDE), 65535, "uint16")])
    pixels[1, :40] = 0
    item = api.upload_one(in_degrees(pixels, photometric="minisblack", alpha="yes"))
    found = extracted(pixels[0], SHAPES["triangle"], STATS, pixels[1] != 0)
    agree(measured(api, item, geometry=SHAPES["triangle"], bands="1"), found)
    with rasterio.MemoryFile() as memory:
        with memory.open(driver="GTiff", width=SIDE, height=SIDE, count=1, dtype="int16", crs="EPSG:4326",
                         transform=from_origin(WEST, NORTH, PIXEL, PIXEL)) as dataset:
            dataset.write(values("int16"))
            dataset.scales, dataset.offsets = (0.01,), (-20.0,)
        scaled = api.upload_one(bytes(memory.getbuffer()), "scaled.tif")
    raw = values("int16")[0]
    agree(measured(api, scaled, geometry=SHAPES["triangle"]), extracted(raw, SHAPES["triangle"], STATS))
    physical = extracted(raw * 0.01 - 20, SHAPES["triangle"], STATS)
    band = measured(api, scaled, geometry=SHAPES["triangle"], expression="b1 * 1")
    assert band["name"] == "expression" and band["mean"] == pytest.approx(physical["mean"], rel=1e-5)


def test_expressions_miss_what_a_used_band_misses(api):
    """[extensions, Formulas]"""
    pixels = values("float32", 3)
    pixels[1, :50] = np.nan
    pixels[2, :90] = np.nan
    item = api.upload_one(in_degrees(pixels))
    a, b = pixels[0].astype("float64"), pixels[1].astype("float64")
    computed = (a - b) / (a + b)
    band = measured(api, item, geometry=SHAPES["triangle"], expression="(b1-b2)/(b1+b2)")
    found = extracted(computed, SHAPES["triangle"], STATS, np.isfinite(computed))
    assert band["count"] == pytest.approx(found["count"], rel=1e-6) and band["median"] == pytest.approx(found["median"], rel=1e-5)


def test_features_are_answered_in_their_order_with_their_ids(plain):
    api, item, pixels = plain
    features = [{"type": "Feature", "id": f"field {n}", "properties": {"n": n}, "geometry": shape}
                for n, shape in enumerate(SHAPES.values())]
    answer = api.call("items.statistics", {"item_id": item, "geometry": {"type": "FeatureCollection", "features": features}})
    assert [one["id"] for one in answer["features"]] == [one["id"] for one in features]
    for one, feature in zip(answer["features"], features):
        agree(one["bands"][0], extracted(pixels, feature["geometry"], STATS, np.isfinite(pixels)))


def test_where_nothing_is_valid_counts_are_zero(api):
    pixels = np.full((1, SIDE, SIDE), 5, "int16")
    pixels[0, :10, :10] = 6
    item = api.upload_one(in_degrees(pixels, nodata=5))
    band = measured(api, item, geometry=polygon((40, 40), (60, 40), (60, 60)), histogram_bins=3)
    assert band["count"] == 0 and band["valid_share"] == 0 and band["percentiles"] == {"2": None, "98": None}
    assert [band[name] for name in ("sum", "mean", "min", "max", "std", "median")] == [None] * 6


def test_a_large_area_may_be_read_coarser(api):
    rows, columns = np.mgrid[0:512, 0:512]
    pixels = (rows + columns).astype("float32")[None]
    item = api.upload_one(cog(pixels, epsg=4326, pixel=PIXEL, origin=(WEST, NORTH)))
    area = polygon((20, 20), (480, 20), (480, 480), (20, 480))
    body = {"item_id": item, "geometry": area, "max_pixels": 4000}
    answer = api.call("items.statistics", body)
    assert answer["approximate"]
    band = answer["features"][0]["bands"][0]
    exact = measured(api, item, geometry=area)
    for name in ("mean", "min", "max", "median"):
        assert band[name] == pytest.approx(exact[name], abs=0.02 * 1022), name


@pytest.mark.parametrize("geometry", [
    {"type": "Point", "coordinates": [8, 47]}, {"type": "Polygon", "coordinates": []}, {"type": "Polygon"}, {},
    {"type": "Polygon", "coordinates": [[[8, 46.9], [8.01, 46.99], [8.01, 46.9], [8, 46.99], [8, 46.9]]]},
    {"type": "FeatureCollection", "features": []}, polygon((500, 500), (510, 500), (510, 510))])
def test_geometries_that_are_none_or_lie_elsewhere_are_refused(plain, geometry):
    """[extensions, Statistics]"""
    api, item, _ = plain
    assert faulty_fields(api.op("items.statistics", {"item_id": item, "geometry": geometry})) == {"geometry"}


@pytest.mark.parametrize(("body", "faulty"), [
    ({"percentiles": [101]}, {"percentiles"}), ({"percentiles": [-1]}, {"percentiles"}), ({"histogram_bins": 2000}, {"histogram_bins"}),
    ({"max_pixels": 0}, {"max_pixels"}), ({"bands": "9"}, {"bands"}), ({"expression": "b9"}, {"expression"}), ({"bnads": "1"}, {"bnads"}),
    ({"expression": "(" * 60 + "b1" + ")" * 60}, {"expression"})])
def test_bad_parameters_are_named(plain, body, faulty):
    api, item, _ = plain
    assert faulty_fields(api.op("items.statistics", {"item_id": item} | body)) == faulty


# items.tile.statistics, cog.statistics


def test_tile_statistics_tell_what_an_expression_spreads_over(plain):
    """[section 10]"""
    api, item, pixels = plain
    answer = api.call("items.tile.statistics", {"item_id": item, "expression": "b1 * 2"})
    valid = pixels[np.isfinite(pixels)].astype("float64") * 2
    assert answer["min"] == pytest.approx(valid.min(), rel=1e-6) and answer["max"] == pytest.approx(valid.max(), rel=1e-6)
    assert answer["p2"] == pytest.approx(np.percentile(valid, 2), rel=0.01)
    assert answer["rescale"] == f"{answer['p2']:.17g},{answer['p98']:.17g}" or \
        [float(end) for end in answer["rescale"].split(",")] == [answer["p2"], answer["p98"]]
    assert faulty_fields(api.op("items.tile.statistics", {"item_id": item, "expression": "b2"})) == {"expression"}


def urls(api, item: str) -> list[str]:
    """The addresses of an asset of this server."""
    href = f"/api/v1/items/{item}/assets/data"
    return [href, api.http.base_url.join(href).__str__(), api.download(item)]


def test_cog_statistics_take_every_address_of_an_asset(plain):
    """[section 10]"""
    api, item, pixels = plain
    found = extracted(pixels, SHAPES["triangle"], STATS, np.isfinite(pixels))
    for url in urls(api, item):
        answer = api.call("cog.statistics", {"url": url, "geometry": SHAPES["triangle"], "percentiles": [5, 97.5]})
        assert set(answer["percentiles"]) == {"5.0", "97.5"}
        assert answer["mean"] == pytest.approx(found["mean"], rel=1e-6) and answer["std"] == pytest.approx(found["stdev"], rel=1e-6)


@pytest.mark.parametrize("url", ["https://example.com/a.tif", "http://169.254.169.254/latest", "file:///etc/passwd", "/etc/passwd", "//x/y",
                                 "/vsicurl/http://x/y.tif", "", "/api/v1/items", "ftp://x/y", "x" * 5000])
def test_other_addresses_are_refused(plain, url):
    """[section 10]"""
    api, _, _ = plain
    assert faulty_fields(api.op("cog.statistics", {"url": url, "geometry": SHAPES["triangle"]})) == {"url"}


def test_an_asset_of_another_organization_is_not_there(plain, neighbour):
    """[section 3.2]"""
    api, item, _ = plain
    for url in urls(api, item):
        problem(neighbour.op("cog.statistics", {"url": url, "geometry": SHAPES["triangle"]}), 404)


def test_percentiles_are_exactly_two(plain):
    api, item, _ = plain
    for percentiles in ([1], [1, 2, 3], [1, 101]):
        body = {"url": urls(api, item)[0], "geometry": SHAPES["triangle"], "percentiles": percentiles}
        assert faulty_fields(api.op("cog.statistics", body)) == {"percentiles"}


# analytics.*


@pytest.fixture(scope="module")
def four(admin) -> tuple:
    """Red, green, blue and near infrared without any names, and the values."""
    pixels = ramp(SIDE, SIDE, 4, "uint16")
    pixels[:, :10, :10] = 0
    api = admin.new_project("Band math")
    return api, api.upload_one(in_degrees(pixels, nodata=0)), pixels.astype("float64")


def box(x0: float, y0: float, x1: float, y1: float) -> dict[str, float]:
    return {"west": WEST + x0 * PIXEL, "south": NORTH - y1 * PIXEL, "east": WEST + x1 * PIXEL, "north": NORTH - y0 * PIXEL}


def test_band_math_takes_the_pixels_whose_centres_lie_in_the_box(four):
    """[section 11, extensions, Formulas]"""
    api, item, pixels = four
    body = {"cog_url": urls(api, item)[0], "formula": "(NIR-RED)/(NIR+RED)", "bbox": box(4.4, 3.6, 30.6, 50.2),
            "sensor": "generic-rgbn"}
    answer = api.call("analytics.band_math", body)
    red, nir = pixels[0, 4:50, 4:31], pixels[3, 4:50, 4:31]
    valid = (red > 0) & (nir > 0)
    ndvi = ((nir - red) / np.where(valid, nir + red, 1))[valid]
    found = answer["statistics"]
    assert found["valid_pixels"] == valid.sum() and answer["formula"] == body["formula"] and answer["bbox"] == body["bbox"]
    assert found["mean"] == pytest.approx(ndvi.mean(), abs=1e-6) and found["std"] == pytest.approx(ndvi.std(), abs=1e-6)
    assert found["min"] == pytest.approx(ndvi.min(), abs=1e-6) and found["max"] == pytest.approx(ndvi.max(), abs=1e-6)
    index = api.call("analytics.calculate_index", {name: value for name, value in body.items() if name != "formula"}
                     | {"index_name": "NDVI"})
    assert index["statistics"] == found and index["index_name"] == "ndvi"
    other_names = {"minx": body["bbox"]["west"], "miny": body["bbox"]["south"], "maxx": body["bbox"]["east"], "maxy": body["bbox"]["north"]}
    assert api.call("analytics.band_math", body | {"bbox": other_names})["statistics"] == found


def test_band_math_draws_the_box(four):
    """[section 11]"""
    import io

    from PIL import Image

    api, item, pixels = four
    body = {"cog_url": urls(api, item)[0], "formula": "b1", "bbox": box(0, 0, 40, 30), "sensor": "generic-rgbn",
            "output_format": "png", "colormap": "gray", "vmin": 0, "vmax": 510}
    answer = api.op("analytics.band_math", body)
    assert answer.headers["content-type"] == "image/png", answer.text
    picture = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    assert picture.shape == (30, 40, 4)
    assert (picture[:10, :10, 3] == 0).all() and (picture[10:, 10:, 3] == 255).all()
    expected = np.clip(pixels[0, 10:30, 10:40] / 510 * 255, 0, 255)
    assert np.abs(picture[10:, 10:, 0] - expected).max() <= 1
    small = np.asarray(Image.open(io.BytesIO(api.op("analytics.band_math", body | {"max_size": 10}).content)))
    assert small.shape[:2] == (8, 10)


def test_names_of_the_file_beat_the_order_of_the_sensor(api):
    """[extensions, Formulas]"""
    pixels = values("float32", 2)
    item = api.upload_one(in_degrees(pixels, descriptions=("nir", "red")))
    body = {"cog_url": urls(api, item)[0], "formula": "NIR", "bbox": box(0, 0, 96, 96), "sensor": "generic-rgbn"}
    assert api.call("analytics.band_math", body)["statistics"]["mean"] == pytest.approx(pixels[0].mean(dtype="float64"), rel=1e-6)
    refused = api.op("analytics.band_math", body | {"formula": "BLUE"})
    assert faulty_fields(refused) == {"formula"} and "nir" in refused.text and "red" in refused.text


@pytest.mark.parametrize(("body", "faulty"), [
    ({"bbox": {}}, {"bbox"}), ({"bbox": {"west": 1, "south": 2, "east": 3}}, {"bbox"}), ({"bbox": box(5, 5, 5, 9)}, {"bbox"}),
    ({"bbox": {"west": -20, "south": 10, "east": -19, "north": 11}}, {"bbox"}), ({"vmin": 1}, {"vmax"}), ({"vmin": 3, "vmax": 1}, {"vmax"}),
    ({"max_size": 0}, {"max_size"}), ({"output_format": "tif"}, {"output_format"}), ({"formula": "os.system"}, {"formula"}),
    ({"colormap": "sepia", "output_format": "png"}, {"colormap"})])
def test_bad_terms_of_band_math_are_named(four, body, faulty):
    api, item, _ = four
    good = {"cog_url": urls(api, item)[0], "formula": "NIR", "bbox": box(0, 0, 20, 20), "sensor": "generic-rgbn"}
    assert faulty_fields(api.op("analytics.band_math", good | body)) == faulty


def test_an_unknown_index_or_sensor_is_404(four):
    """[extensions, Formulas]"""
    api, item, _ = four
    body = {"cog_url": urls(api, item)[0], "bbox": box(0, 0, 20, 20)}
    problem(api.op("analytics.calculate_index", body | {"index_name": "nope", "sensor": "generic-rgbn"}), 404)
    problem(api.op("analytics.calculate_index", body | {"index_name": "ndvi", "sensor": "nope"}), 404)


def test_zonal_stats_are_those_of_exactextract(plain):
    """[extensions, analytics.execute]"""
    api, item, pixels = plain
    features = [{"type": "Feature", "id": n, "properties": {"name": name}, "geometry": shape} for n, (name, shape) in enumerate(SHAPES.items())]
    wanted = ["count", "mean", "median", "majority", "minority", "variety", "p2", "p98", "class_shares"]
    answer = api.call("analytics.execute", {"operation": "zonal_stats", "params": {
        "item_id": item, "features": {"type": "FeatureCollection", "features": features}, "stats": wanted}})
    theirs = ["count", "mean", "median", "majority", "minority", "variety", "quantile(q=0.02)", "quantile(q=0.98)"]
    for one, feature in zip(answer["features"], features, strict=True):
        assert one["id"] == feature["id"] and one["properties"] == feature["properties"]
        [stats] = one["stats"].values()
        found = extracted(pixels, feature["geometry"], theirs, np.isfinite(pixels))
        low, high = (value for name, value in sorted(found.items()) if name.startswith("quantile"))
        for name in theirs[:6]:
            assert stats[name] == pytest.approx(found[name], rel=1e-6), name
        assert (stats["p2"], stats["p98"]) == (pytest.approx(min(low, high), rel=1e-6), pytest.approx(max(low, high), rel=1e-6))
        if stats["class_shares"]:
            assert math.isclose(sum(stats["class_shares"].values()), 1, rel_tol=1e-9)


def test_zones_beside_the_raster_count_nothing(plain):
    api, item, _ = plain
    params = {"item_id": item, "geometry": polygon((500, 500), (510, 500), (510, 510)), "expression": "b1 + 1"}
    [one] = api.call("analytics.execute", {"operation": "zonal_stats", "params": params})["features"]
    assert one["stats"] == {"expression": {"count": 0, "sum": None, "mean": None, "min": None, "max": None, "std": None}}


def test_analyses_list_what_is_answered(admin):
    """[section 11]"""
    listed = admin.call("analytics.operations.list", {})
    assert [one["name"] for one in listed] == ["zonal_stats"]
    assert admin.call("analytics.operations.list", {"data_type": "vector"}) == []
    one = admin.call("analytics.operations.get", {"operation_name": "zonal_stats"})
    assert one == listed[0] and one["input_schema"]["additionalProperties"] is False
    problem(admin.op("analytics.operations.get", {"operation_name": "time_travel"}), 404)
    problem(admin.op("analytics.execute", {"operation": "time_travel", "params": {}}), 404)


@pytest.mark.parametrize("params", [{}, {"geometry": SHAPES["triangle"]}, {"stats": ["p101"]}, {"stats": ["modes"]}, {"zones": 1},
                                    {"expression": "b1", "bands": "1"}, {"expression": "b7"}, {"geometry": {"type": "Point"}}])
def test_bad_params_are_422(plain, params):
    api, item, _ = plain
    body = params if not params or "geometry" in params and len(params) == 1 and params["geometry"] == SHAPES["triangle"] else \
        {"item_id": item, "geometry": SHAPES["triangle"]} | params
    assert faulty_fields(api.op("analytics.execute", {"operation": "zonal_stats", "params": body})) == {"params"}, json.dumps(body)


def test_more_than_is_measured_at_once_names_the_way_out(plain):
    """[extensions, analytics.execute]"""
    api, item, _ = plain
    features = [{"type": "Feature", "properties": {}, "geometry": SHAPES["within one pixel"]}] * 1001
    refused = api.op("analytics.execute", {"operation": "zonal_stats", "params": {
        "item_id": item, "features": {"type": "FeatureCollection", "features": features}}})
    assert faulty_fields(refused) == {"params"} and "processing.create" in refused.text
