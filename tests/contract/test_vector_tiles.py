"""Features as Mapbox Vector Tiles, read by another library. Contract: extensions "Pixels", `items.tile.vector`."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import httpx
import mapbox_vector_tile
import pytest

from support.answers import faulty_fields, problem
from support.api import Api
from support.server import REPOSITORY

DATA = Path(os.environ.get("LANDFALL_TEST_DATA") or REPOSITORY.parent / "shared" / "data")
TYPE = "application/vnd.mapbox-vector-tile"
EXTENT = 4096
#: A unit of a tile of zoom 10, in degrees of longitude.
UNIT = 360 / 2**10 / EXTENT

SQUARE = [[8.50, 47.30], [8.60, 47.30], [8.60, 47.40], [8.50, 47.40], [8.50, 47.30]]
HOLE = [[8.54, 47.34], [8.54, 47.36], [8.56, 47.36], [8.56, 47.34], [8.54, 47.34]]
FEATURES = [
    {"type": "Point", "coordinates": [8.55, 47.35]},
    {"type": "MultiPoint", "coordinates": [[8.51, 47.31], [8.59, 47.39]]},
    {"type": "LineString", "coordinates": [[8.52, 47.32], [8.55, 47.38], [8.58, 47.32]]},
    {"type": "Polygon", "coordinates": [SQUARE, HOLE]},
    {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [8.53, 47.33]},
                                                  {"type": "LineString", "coordinates": [[8.53, 47.33], [8.57, 47.37]]}]},
]
PROPERTIES = {"name": "Zürich \U0001f300", "count": 7, "debt": -12, "share": 0.25, "open": True, "nothing": None,
              "list": ["a", "b"], "big": 2**53 + 1}


def collection(geometries: list[dict]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": number + 1, "properties": PROPERTIES | {"kind": geometry["type"]}, "geometry": geometry}
        for number, geometry in enumerate(geometries)]}).encode()


def tile_of(longitude: float, latitude: float, zoom: int) -> tuple[int, int]:
    side = 2**zoom
    north = math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2)) / math.pi
    return int((longitude + 180) / 360 * side), int((1 - north) / 2 * side)


def lonlat(point: list[float], z: int, x: int, y: int) -> tuple[float, float]:
    """The place of a position of a tile, in units from its north-west."""
    side = 2**z
    north = 1 - 2 * (y + point[1] / EXTENT) / side
    return (x + point[0] / EXTENT) / side * 360 - 180, math.degrees(2 * math.atan(math.exp(north * math.pi)) - math.pi / 2)


def flat(coordinates: list) -> list[list[float]]:
    """The positions of a geometry."""
    return [coordinates] if isinstance(coordinates[0], (int, float)) else [p for each in coordinates for p in flat(each)]


def read(answer: httpx.Response) -> dict:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == TYPE
    return mapbox_vector_tile.decode(answer.content, default_options={"y_coord_down": True}) if answer.content else {}


def tile(api: Api, item: str, z: int, x: int, y: int, **more) -> dict:
    return read(api.op("items.tile.vector", {"item_id": item, "z": z, "x": x, "y": y, **more}))


@pytest.fixture(scope="module")
def drawn(admin) -> tuple[Api, str]:
    api = admin.new_project("Features")
    return api, api.upload_one(collection(FEATURES), "places.geojson")


def test_every_type_of_geometry_lies_where_it_did(drawn):
    api, item = drawn
    x, y = tile_of(8.55, 47.35, 10)
    [layer] = tile(api, item, 10, x, y).values()
    assert layer["extent"] == EXTENT and layer["version"] == 2
    found = [(feature["properties"]["kind"], feature["geometry"]["type"]) for feature in layer["features"]]
    assert sorted(found) == sorted([("Point", "Point"), ("MultiPoint", "MultiPoint"), ("LineString", "LineString"),
                                    ("Polygon", "Polygon"), ("GeometryCollection", "Point"),
                                    ("GeometryCollection", "LineString")])
    for feature in layer["features"]:
        if feature["properties"]["kind"] == "GeometryCollection":
            continue
        wanted = next(each for each in FEATURES if each["type"] == feature["properties"]["kind"])["coordinates"]
        places = [lonlat(point, 10, x, y) for point in flat(feature["geometry"]["coordinates"])]
        for longitude, latitude in flat(wanted):
            assert min(max(abs(longitude - a), abs(latitude - b)) for a, b in places) < UNIT, feature
    area = next(each for each in layer["features"] if each["geometry"]["type"] == "Polygon")
    assert [len(ring) for ring in area["geometry"]["coordinates"]] == [5, 5]


def test_attributes_keep_their_types(drawn):
    api, item = drawn
    x, y = tile_of(8.55, 47.35, 10)
    [layer] = tile(api, item, 10, x, y).values()
    for feature in layer["features"]:
        properties = feature["properties"]
        assert {key: properties.get(key) for key in ("name", "count", "debt", "share", "open", "big")} == \
            {key: PROPERTIES[key] for key in ("name", "count", "debt", "share", "open", "big")}
        assert "nothing" not in properties and type(properties["open"]) is bool and type(properties["count"]) is int
        assert feature["id"] >= 1


def test_what_lies_beyond_the_tile_is_cut_off(drawn):
    api, item = drawn
    x, y = tile_of(8.55, 47.35, 14)
    [layer] = tile(api, item, 14, x, y).values()
    for feature in layer["features"]:
        for across, down in flat(feature["geometry"]["coordinates"]):
            assert -64 <= across <= EXTENT + 64 and -64 <= down <= EXTENT + 64
    assert tile(api, item, 14, 0, 0) == {}
    whole = tile(api, item, 0, 0, 0)
    assert {each["properties"]["kind"] for layer in whole.values() for each in layer["features"]} >= {"Point", "MultiPoint"}


def test_the_address_says_what_the_operation_says(drawn):
    api, item = drawn
    x, y = tile_of(8.55, 47.35, 10)
    described = api.call("items.tile.tilejson", {"item_id": item})
    [layer] = described["vector_layers"]
    assert layer["fields"]["name"] == "string" and layer["fields"]["count"] == "integer"
    west, south, east, north = described["bounds"]
    assert west <= 8.5 and east >= 8.6 and south <= 47.3 and north >= 47.4
    url = described["tiles"][0].format(z=10, x=x, y=y)
    answer = api.http.get(url)
    assert read(answer) == tile(api, item, 10, x, y) and list(read(answer)) == [layer["id"]]
    assert "immutable" in answer.headers["cache-control"]
    again = api.http.get(url, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304 and not again.content
    assert tile(api, item, 10, x, y, layer=layer["id"]) == read(answer)


def test_what_can_not_be_drawn_is_refused_in_words(drawn, scene, neighbour):
    api, item = drawn
    problem(api.op("items.tile.vector", {"item_id": item, "z": 1, "x": 0, "y": 0, "layer": "none"}), 404)
    for fields in ({"z": 25, "x": 0, "y": 0}, {"z": 1, "x": 2, "y": 0}, {"z": 1, "x": 0, "y": -1}):
        assert faulty_fields(api.op("items.tile.vector", {"item_id": item, **fields})) < {"x", "y", "z"}
    assert faulty_fields(scene.api.op("items.tile.vector", {"item_id": scene.item_id, "z": 0, "x": 0, "y": 0})) == {"item_id"}
    problem(neighbour.op("items.tile.vector", {"item_id": item, "z": 0, "x": 0, "y": 0}), 404)
    assert faulty_fields(api.op("items.tile.render", {"item_id": item, "z": 0, "x": 0, "y": 0})) == {"item_id"}


def test_shapes_that_cross_the_antimeridian_are_at_both_ends_of_the_world(admin):
    api = admin.new_project("Antimeridian")
    across = {"type": "Polygon", "coordinates": [[[170, -10], [190, -10], [190, 10], [170, 10], [170, -10]]]}
    item = api.upload_one(collection([across]), "across.geojson")
    for x in (0, 15):
        [layer] = tile(api, item, 4, x, 8).values()
        [feature] = layer["features"]
        longitudes = [lonlat(point, 4, x, 8)[0] for point in feature["geometry"]["coordinates"][0]]
        assert max(longitudes) - min(longitudes) < 25 and (max(longitudes) > 180) == (x == 15)
    assert tile(api, item, 4, 7, 8) == {}


def test_a_tile_of_very_many_features_stays_small(admin):
    api = admin.new_project("Many")
    points = [{"type": "Point", "coordinates": [8 + n % 500 / 500, 47 + n // 500 / 500]} for n in range(30_000)]
    item = api.upload_one(collection(points), "many.geojson")
    answer = api.op("items.tile.vector", {"item_id": item, "z": 5, "x": 16, "y": 11})
    [layer] = read(answer).values()
    assert len(answer.content) < 3 << 20 and len(layer["features"]) > 5000
    spread = {(point[0] // 16, point[1] // 16) for point in (each["geometry"]["coordinates"] for each in layer["features"])}
    assert len(spread) > 20


@pytest.mark.parametrize(("name", "z", "place"), [
    ("us_states.geojson", 4, (-100, 40)),
    ("natural_earth_countries.fgb", 3, (10, 50)),
    ("natural_earth_countries_shapefile.zip", 3, (10, 50)),
    ("nc_counties_nad27.gpkg", 8, (-79, 35.5)),
    ("countries_alps.kml", 6, (8, 47))])
def test_files_of_each_format_are_drawn(admin, name, z, place):
    if not (DATA / name).exists():
        pytest.skip(f"{DATA / name} is not there")
    api = admin.new_project(name)
    item = api.upload_one((DATA / name).read_bytes(), name)
    x, y = tile_of(*place, z)
    layers = tile(api, item, z, x, y)
    described = api.call("items.tile.tilejson", {"item_id": item})
    assert set(layers) <= {each["id"] for each in described["vector_layers"]}
    features = [feature for each in layers.values() for feature in each["features"]]
    assert len(features) > 2 and any(feature["properties"] for feature in features)
    assert {feature["geometry"]["type"] for feature in features} <= {"Polygon", "MultiPolygon", "LineString", "MultiLineString",
                                                                     "Point", "MultiPoint"}
