"""How values become colours: colormaps of one's own, tone, and what is drawn of elevations; held against matplotlib's
published colours, numpy and gdaldem. Contract: extensions.md, Pixels."""

from __future__ import annotations

import io
import json
import math
import shutil
import subprocess

import numpy as np
import pytest
import rasterio
from PIL import Image

from support.answers import faulty_fields, problem
from support.rasters import geotiff

#: A tile of zoom 12 at the equator, upon whose pixels the rasters of these tests lie exactly.
TILE = {"z": 12, "x": 2048, "y": 2048}
PIXEL = 20037508.342789244 * 2 / 2**12 / 256
COLORS = {"red": (255, 0, 0), "blue": (0, 0, 255)}


def on_the_tile(pixels: np.ndarray, **profile) -> bytes:
    return geotiff(pixels, epsg=3857, origin=(0, 0), pixel=PIXEL, **profile)


def drawn(api, item: str, **look) -> np.ndarray:
    """The tile as RGBA."""
    answer = api.op("items.tile.render", {"item_id": item, "format": "png"} | TILE | look)
    assert answer.status_code == 200, answer.text
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA")).astype(int)


@pytest.fixture(scope="module")
def floats(admin) -> tuple:
    """Values from -100 to 155 in columns."""
    values = np.tile(np.arange(256, dtype="float32") - 100, (256, 1))[None]
    api = admin.new_project("Looks")
    return api, api.upload_one(on_the_tile(values)), values[0]


@pytest.fixture(scope="module")
def colors(admin) -> tuple:
    rows, columns = np.mgrid[0:256, 0:256]
    pixels = np.stack([rows, columns, 255 - rows]).astype("uint8")
    api = admin.new_project("Looks")
    return api, api.upload_one(on_the_tile(pixels, photometric="rgb")), pixels.astype(int)


@pytest.fixture(scope="module")
def hills(admin) -> tuple:
    """Heights in metres with a pit that is missing."""
    rows, columns = np.mgrid[0:256, 0:256]
    heights = 500 + 300 * np.sin(rows / 17) * np.cos(columns / 23) + columns * 0.7
    heights[100:110, 100:110] = -9999
    api = admin.new_project("Looks")
    return api, api.upload_one(on_the_tile(heights.astype("float32")[None], nodata=-9999), "heights.tif"), heights


# Colormaps


def test_linear_stops_hold_for_any_values(floats):
    """[extensions, view]"""
    api, item, values = floats
    stops = {"type": "linear", "entries": [[-50, "#000000"], [0, "#ff0000"], [100, "#ff000000"]]}
    for colormap in (stops, json.dumps(stops)):
        picture = drawn(api, item, bands="1", colormap=colormap)
        expected = np.interp(values, [-50, 0], [0, 255])
        assert np.abs(picture[..., 0] - expected)[values < 99].max() <= 1
        assert np.abs(picture[..., 3] - np.interp(values, [0, 100], [255, 0])).max() <= 1


def test_intervals_hold_from_their_value_on(floats):
    api, item, values = floats
    picture = drawn(api, item, bands="1", colormap={"type": "interval", "entries": [[-10.5, "#0000ff"], [40, "#ff0000"]]})
    assert (picture[values < -10.5] == 0).all()
    assert (picture[(values >= -10.5) & (values < 40)] == (*COLORS["blue"], 255)).all()
    assert (picture[values >= 40] == (*COLORS["red"], 255)).all()


def test_discrete_colours_are_of_exact_values(floats):
    api, item, values = floats
    picture = drawn(api, item, bands="1", colormap={"type": "discrete", "entries": [[7, "#0000ff"], [-3, "#ff0000"]]})
    assert (picture[values == 7][:, :3] == COLORS["blue"]).all() and (picture[values == -3][:, :3] == COLORS["red"]).all()
    assert (picture[(values != 7) & (values != -3)] == 0).all()


def test_older_forms_stay(floats):
    api, item, values = floats
    assert (drawn(api, item, bands="1", colormap='{"7": "#0000ff"}')[values == 7][:, :3] == COLORS["blue"]).all()
    assert (drawn(api, item, bands="1", colormap='[[0, 10, "#ff0000"]]')[(values >= 0) & (values < 10)][:, :3] == COLORS["red"]).all()


@pytest.mark.parametrize("name", ["viridis", "RdYlGn", "twilight", "tab10", "cubehelix_r", "gist_ncar"])
def test_ramps_are_matplotlibs(floats, name):
    """[section 10] At three places, of matplotlib 3.11."""
    published = {"viridis": [(68, 1, 84), (32, 144, 140), (253, 231, 36)], "RdYlGn": [(165, 0, 38), (254, 254, 189), (0, 104, 55)],
                 "twilight": [(225, 216, 226), (47, 20, 54), (225, 216, 225)], "tab10": [(31, 119, 180), (140, 86, 75), (23, 190, 207)],
                 "cubehelix_r": [(255, 255, 255), (158, 121, 71), (0, 0, 0)], "gist_ncar": [(0, 0, 128), (218, 255, 31), (254, 247, 254)]}
    api, item, _ = floats
    picture = drawn(api, item, bands="1", colormap=name, rescale="-100,155")
    for place, color in zip((0, 128, 255), published[name]):
        assert np.abs(picture[5, place, :3] - color).max() <= 2, (name, place, picture[5, place])


@pytest.mark.parametrize("colormap", [7, True, {}, [], {"type": "linear"}, {"type": "linear", "entries": [[1, "#000000"], [0, "#ffffff"]]},
                                      {"type": "spiral", "entries": [[0, "#000000"]]}, {"type": "discrete", "entries": [[0, "reddish"]]},
                                      {"type": "linear", "entries": [[n, "#000000"] for n in range(4097)]}])
def test_colormaps_that_are_none_are_refused(floats, colormap):
    api, item, _ = floats
    assert faulty_fields(api.op("items.tile.render", {"item_id": item, "bands": "1", "colormap": colormap} | TILE)) == {"colormap"}


# Tone


def test_gamma_contrast_and_saturation_do_what_they_say(colors):
    """[extensions, view]"""
    api, item, pixels = colors
    look = {"bands": "1,2,3", "rescale": "0,255"}
    plain = drawn(api, item, **look)[..., :3]
    assert np.abs(plain - pixels.transpose(1, 2, 0)).max() <= 1
    bright = drawn(api, item, **look, gamma=2.0)[..., :3]
    assert np.abs(bright - 255 * (plain / 255) ** 0.5).max() <= 1
    beta = 6.0
    sigmoid = 1 / (1 + np.exp(beta * (0.5 - plain / 255)))
    low, high = 1 / (1 + math.exp(beta * 0.5)), 1 / (1 + math.exp(-beta * 0.5))
    assert np.abs(drawn(api, item, **look, contrast=beta)[..., :3] - 255 * (sigmoid - low) / (high - low)).max() <= 1.5
    gray = drawn(api, item, **look, saturation=0)[..., :3]
    luma = plain @ np.array([0.2126, 0.7152, 0.0722])
    assert np.abs(gray - luma[..., None]).max() <= 1
    vivid = drawn(api, item, **look, saturation=1.5)[..., :3]
    assert np.abs(vivid - np.clip(luma[..., None] + (plain - luma[..., None]) * 1.5, 0, 255)).max() <= 1


@pytest.mark.parametrize(("look", "faulty"), [
    ({"gamma": 0}, {"gamma"}), ({"contrast": 31}, {"contrast"}), ({"saturation": -1}, {"saturation"}), ({"size": 300}, {"size"}),
    ({"resampling": "lanczos9"}, {"resampling"}), ({"algorithm": "sunshine"}, {"algorithm"}), ({"tile_matrix_set": "Moon"}, {"tile_matrix_set"}),
    ({"algorithm": "hillshade", "algorithm_params": {"altitude": 91}}, {"algorithm_params"}),
    ({"algorithm": "contours", "algorithm_params": {"interval": 0}}, {"algorithm_params"})])
def test_looks_that_are_none_are_named(floats, look, faulty):
    api, item, _ = floats
    assert faulty_fields(api.op("items.tile.render", {"item_id": item} | TILE | look)) == faulty


def test_an_algorithm_takes_one_band(colors):
    api, item, _ = colors
    look = {"item_id": item, "bands": "1,2,3", "algorithm": "hillshade"}
    assert api.op("items.tile.render", look | TILE | {"bands": "2"}).status_code == 200


# Elevations


def slopes(heights: np.ndarray, pixel: float) -> tuple[np.ndarray, np.ndarray]:
    """Rise over run towards the east and the north, by Horn's differences; one pixel smaller at each side."""
    h = heights
    east = ((h[:-2, 2:] + 2 * h[1:-1, 2:] + h[2:, 2:]) - (h[:-2, :-2] + 2 * h[1:-1, :-2] + h[2:, :-2])) / (8 * pixel)
    north = ((h[:-2, :-2] + 2 * h[:-2, 1:-1] + h[:-2, 2:]) - (h[2:, :-2] + 2 * h[2:, 1:-1] + h[2:, 2:])) / (8 * pixel)
    return east, north


def shade(heights: np.ndarray, azimuth: float = 315, altitude: float = 45, z: float = 1) -> np.ndarray:
    east, north = (part * z for part in slopes(heights, PIXEL))
    a, h = math.radians(azimuth), math.radians(altitude)
    light = (math.sin(h) - math.cos(h) * (east * math.sin(a) + north * math.cos(a))) / np.sqrt(1 + east**2 + north**2)
    return np.where(light <= 0, 1, 1 + 254 * light)


def far_from_the_pit(picture: np.ndarray) -> np.ndarray:
    """The pixels within, the pit's neighbours left out."""
    inner = picture[1:-1, 1:-1].copy()
    keep = np.ones(inner.shape[:2], bool)
    keep[97:112, 97:112] = False
    return inner, keep


@pytest.mark.parametrize("light", [{}, {"azimuth": 100, "altitude": 30}, {"z_factor": 3}])
def test_hillshade_is_gdaldems(hills, light):
    """[extensions, Algorithms]"""
    api, item, heights = hills
    picture = drawn(api, item, algorithm="hillshade", algorithm_params=light)
    inner, keep = far_from_the_pit(picture)
    expected = shade(heights, light.get("azimuth", 315), light.get("altitude", 45), light.get("z_factor", 1))
    assert np.abs(inner[..., 0] - expected)[keep].max() <= 1.01
    assert (inner[..., 3][keep] == 255).all() and (picture[101:109, 101:109, 3] == 0).all()


@pytest.mark.skipif(shutil.which("gdaldem") is None, reason="gdaldem is not installed")
@pytest.mark.parametrize(("algorithm", "command"), [
    ({"algorithm": "hillshade"}, ["hillshade"]), ({"algorithm": "hillshade", "algorithm_params": {"multidirectional": True}},
                                                  ["hillshade", "-multidirectional"]),
    ({"algorithm": "slope", "colormap": "gray", "rescale": "0,255"}, ["slope"]),
    ({"algorithm": "aspect", "colormap": "gray", "rescale": "0,255"}, ["aspect"])])
def test_gdaldem_says_the_same(hills, tmp_path, algorithm, command):
    """[extensions, Algorithms] The equator, where Mercator does not stretch."""
    api, item, heights = hills
    source, made = tmp_path / "heights.tif", tmp_path / "made.tif"
    source.write_bytes(on_the_tile(heights.astype("float32")[None], nodata=-9999))
    subprocess.run(["gdaldem", command[0], source, made, *command[1:]], check=True, capture_output=True)
    with rasterio.open(made) as dataset:
        expected = np.clip(dataset.read(1).astype(float), 0, 255)
    inner, keep = far_from_the_pit(drawn(api, item, **algorithm))
    assert np.abs(inner[..., 0] - expected[1:-1, 1:-1])[keep].max() <= 1.01


def test_heights_in_colours_are_mapboxs(hills):
    """[section 10]"""
    api, item, heights = hills
    url = f"/api/v1/items/{item}/assets/data"
    for invert, sign in ((False, 1), (True, -1)):
        answer = api.op("cog.tile.terrain", {"url": url, "invert": invert} | TILE)
        assert answer.headers["content-type"] == "image/png", answer.text
        red, green, blue = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB")).astype(int).transpose(2, 0, 1)
        told = -10000 + (red * 65536 + green * 256 + blue) * 0.1
        valid = heights != -9999
        assert np.abs(told - sign * heights)[valid].max() <= 0.0501
        assert (told[102:108, 102:108] == 0).all()
    elsewhere = api.op("cog.tile.terrain", {"url": url, "z": 12, "x": 5, "y": 5})
    assert np.asarray(Image.open(io.BytesIO(elsewhere.content)).convert("RGB")).reshape(-1, 3)[0].tolist() == [1, 134, 160]
    refused = {"item_id": item, "algorithm": "terrainrgb", "format": "jpeg"} | TILE
    assert faulty_fields(api.op("items.tile.render", refused)) == {"format"}


def test_contours_run_where_values_are_round(hills):
    """[extensions, Algorithms]"""
    api, item, heights = hills
    picture = drawn(api, item, algorithm="contours", algorithm_params={"interval": 50, "base": 7})
    level = np.floor((heights - 7) / 50)
    crossed = np.zeros(level.shape, bool)
    crossed[:, :-1] |= level[:, :-1] != level[:, 1:]
    crossed[:-1] |= level[:-1] != level[1:]
    near = crossed.copy()
    near[1:] |= crossed[:-1]
    near[:, 1:] |= crossed[:, :-1]
    shown = picture[..., 3] > 60
    inside = np.ones(shown.shape, bool)
    inside[95:115, 95:115] = False
    inside[[0, -1]] = inside[:, [0, -1]] = False
    assert 0.02 < shown.mean() < 0.6 and (near | ~shown)[inside].mean() > 0.98


def test_relief_is_colour_under_light(hills):
    api, item, heights = hills
    picture = drawn(api, item, algorithm="relief", rescale="0,1000")
    assert (picture[..., 3] == 255).sum() == (heights != -9999).sum()
    light = shade(heights)
    inner, keep = far_from_the_pit(picture)
    brightness = inner[..., :3].sum(axis=2)
    assert np.corrcoef(light[keep], brightness[keep])[0, 1] > 0.6


def test_elevations_are_shown_as_relief_by_default(hills):
    """[extensions, Pixels] What the file is called tells that they are."""
    api, item, _ = hills
    [profile] = api.call("visualization.profiles.list", {"item_id": item})
    assert profile["config"]["algorithm"] == "relief"
    assert np.abs(drawn(api, item) - drawn(api, item, algorithm="relief")).max() == 0


def test_radar_is_shown_in_decibels_by_default(api):
    generator = np.random.default_rng(3)
    power = generator.exponential(0.1, (1, 256, 256)).astype("float32")
    item = api.upload_one(on_the_tile(power), "S1A_GRD_VV.tif")
    [profile] = api.call("visualization.profiles.list", {"item_id": item})
    assert profile["type"] == "expression" and profile["config"]["expression"] == "10 * log10(b1)"
    low, high = profile["config"]["rescale"][0]
    assert high == pytest.approx(10 * np.log10(np.percentile(power, 98)), abs=0.1) and low < high
    assert drawn(api, item)[..., 0].std() > 20


# Formats, sizes and areas


def test_a_picture_comes_as_it_is_accepted(floats):
    """[extensions, GET faces]"""
    api, item, _ = floats
    path = f"/api/v1/items/{item}/tiles/{TILE['z']}/{TILE['x']}/{TILE['y']}"
    for accept, found in (("image/png", "image/png"), ("image/jpeg,image/webp;q=0.5", "image/jpeg"), ("*/*", "image/webp"),
                          ("image/avif,image/webp,image/apng,image/*,*/*;q=0.8", "image/webp"), ("text/html", "image/webp")):
        answer = api.http.get(path, headers={"Accept": accept})
        assert answer.headers["content-type"] == found, accept
        assert "accept" in answer.headers["vary"].lower()
    assert api.http.get(path + ".png", headers={"Accept": "image/jpeg"}).headers["content-type"] == "image/png"


def test_twice_as_many_pixels_show_the_same(floats):
    """[extensions, GET faces]"""
    api, item, _ = floats
    path = f"/api/v1/items/{item}/tiles/{TILE['z']}/{TILE['x']}/{TILE['y']}@2x.png"
    double = np.asarray(Image.open(io.BytesIO(api.http.get(path).content)).convert("RGBA")).astype(int)
    assert double.shape == (512, 512, 4)
    half = double.reshape(256, 2, 256, 2, 4).mean(axis=(1, 3))
    assert np.abs(half[:, 1:-1] - drawn(api, item)[:, 1:-1]).max() <= 2
    same = api.op("items.tile.render", {"item_id": item, "format": "png", "size": 512} | TILE)
    assert same.content == api.http.get(path).content


def test_a_look_in_the_address_is_that_of_the_operation(hills):
    api, item, _ = hills
    path = f"/api/v1/items/{item}/tiles/{TILE['z']}/{TILE['x']}/{TILE['y']}.png"
    query = {"algorithm": "hillshade", "algorithm_params": json.dumps({"azimuth": 100, "altitude": 30}), "gamma": "1.5"}
    picture = np.asarray(Image.open(io.BytesIO(api.http.get(path, params=query).content)).convert("RGBA")).astype(int)
    assert (picture == drawn(api, item, algorithm="hillshade", gamma=1.5, algorithm_params={"azimuth": 100, "altitude": 30})).all()
    tiles = api.call("items.tile.tilejson", {"item_id": item, "algorithm": "slope", "contrast": 3.5})["tiles"][0]
    assert "algorithm=slope" in tiles and "contrast=3.5" in tiles


# Legends


def entries(api, item: str, **look) -> list[dict]:
    return api.call("items.legend", {"item_id": item} | look)["entries"]


def test_a_legend_says_what_the_colours_of_tiles_mean(floats):
    """[extensions, Pixels]"""
    api, item, values = floats
    ramp = entries(api, item, bands="1", colormap="viridis", rescale="-100,155")
    assert [one["value"] for one in ramp] == [-100, -36.25, 27.5, 91.25, 155] and ramp[0]["label"] == "-100"
    picture = drawn(api, item, bands="1", colormap="viridis", rescale="-100,155")
    for one in (ramp[0], ramp[-1]):
        shown = picture[5, int(one["value"]) + 100, :3]
        assert "#%02x%02x%02x" % tuple(shown) == one["color"]
    table = {"type": "interval", "entries": [[-10, "#0000ff"], [40, "#ff000080"]]}
    assert [(one["label"], one["color"]) for one in entries(api, item, bands="1", colormap=table)] == \
        [("-10 – 40", "#0000ff"), ("≥ 40", "#ff000080")]
    assert entries(api, item, algorithm="slope")[-1]["value"] == 60


def test_a_legend_of_an_expression_is_as_wide_as_its_tiles_are(floats):
    api, item, values = floats
    ramp = entries(api, item, expression="b1 * 2")
    assert ramp[0]["value"] == pytest.approx(np.percentile(values, 2) * 2, abs=8)
    assert ramp[-1]["value"] == pytest.approx(np.percentile(values, 98) * 2, abs=8)


def test_a_legend_of_a_picture_names_its_channels(colors):
    api, item, _ = colors
    assert [one["color"] for one in entries(api, item)] == ["#ff0000", "#00ff00", "#0000ff"]


def test_tiles_by_address_are_those_of_the_item(floats):
    """[section 10]"""
    api, item, _ = floats
    look = {"format": "png", "bands": "1", "rescale": "0,100", "colormap": "magma"}
    for url in (f"/api/v1/items/{item}/assets/data", api.download(item)):
        answer = api.op("cog.tile.render", {"url": url} | TILE | look)
        assert np.abs(np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA")).astype(int) - drawn(api, item, **look)).max() == 0
    assert faulty_fields(api.op("cog.tile.render", {"url": "https://example.com/x.tif"} | TILE | look)) == {"url"}


def test_what_lies_outside_of_an_area_is_clear(floats):
    """[section 10]"""
    api, item, _ = floats
    side = math.degrees(256 * PIXEL / 6378137)
    area = {"type": "Polygon", "coordinates": [[[0, 0], [side / 2, 0], [side / 2, -side], [0, -side], [0, 0]]]}
    body = {"url": f"/api/v1/items/{item}/assets/data", "format": "png", "aoi": json.dumps(area)} | TILE
    picture = np.asarray(Image.open(io.BytesIO(api.op("cog.tile.render", body).content)).convert("RGBA"))
    assert (picture[:, :127, 3] == 255).all() and (picture[:, 129:, 3] == 0).all()
    for aoi in ("no json", "{}", '{"type": "Point", "coordinates": [0, 0]}'):
        assert faulty_fields(api.op("cog.tile.render", body | {"aoi": aoi})) == {"aoi"}


@pytest.mark.parametrize(("box", "size"), [((128, 64), (64, 64)), ((64, 512), (64, 64)), ((200, 200), (200, 200))])
def test_a_thumbnail_fits_its_box_and_touches_a_side(floats, box, size):
    """[section 10, extensions, Algorithms]"""
    api, item, _ = floats
    answer = api.op("cog.thumbnail", {"url": f"/api/v1/items/{item}/assets/data", "width": box[0], "height": box[1]})
    assert answer.headers["content-type"] == "image/jpeg", answer.text
    assert Image.open(io.BytesIO(answer.content)).size == size


def test_an_item_that_is_gone_has_no_tiles_by_address(floats, neighbour):
    api, item, _ = floats
    problem(neighbour.op("cog.tile.render", {"url": f"/api/v1/items/{item}/assets/data", "format": "png"} | TILE), 404)
