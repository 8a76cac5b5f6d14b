"""Items and collections of every kind as STAC documents in both versions. Contract: extensions.md "STAC documents"."""

from __future__ import annotations

import json

import numpy
import pystac
import pytest

from support import stac_schemas
from support.answers import faulty_fields, problem
from support.api import Api
from support.rasters import geotiff, ramp

pytestmark = pytest.mark.skipif(not stac_schemas.FOLDER.is_dir(), reason=f"no schemas at {stac_schemas.FOLDER}")
VERSIONS = ("1.0.0", "1.1.0")
EXTENSIONS = {
    "1.0.0": {"eo": "1.1.0", "raster": "1.1.0", "projection": "1.2.0", "file": "2.1.0"},
    "1.1.0": {"eo": "2.0.0", "raster": "2.0.0", "projection": "2.0.0", "file": "2.1.0"},
}
#: Fields that STAC or an extension knows, in forms that they do not have; what a user may still write.
HOSTILE = {
    "license": "all rights reserved ©", "providers": [{"roles": ["nobody"]}], "keywords": "one, two", "instruments": "x",
    "platform": 7, "constellation": None, "mission": ["m"], "unit": 1, "nodata": "none", "data_type": "u8",
    "statistics": {}, "bands": [{"name": 4}], "description": "", "proj:epsg": "EPSG:4326", "proj:code": 4326,
    "proj:shape": [1.5], "proj:transform": "x", "proj:bbox": [1], "proj:centroid": {"lat": 100}, "proj:nonsense": 1,
    "proj:wkt2": 3, "eo:bands": "rgb", "eo:snow_cover": 101, "eo:nonsense": True, "raster:bands": [],
    "raster:scale": "x", "created": 5, "updated": [], "title": 9, "geopera:derived_from": "nothing",
}
TOLD = {"license": "CC-BY-4.0", "providers": [{"name": "Us", "roles": ["host"], "url": "https://example.org"}],
        "keywords": ["a", "b"], "platform": "p", "instruments": ["i"], "proj:epsg": 2056, "proj:shape": [2, 3],
        "eo:snow_cover": 3, "own:field": {"deep": [1]}}
RING = [[7, 46], [8, 46], [8, 47], [7, 46]]
BY_HAND: dict[str, dict] = {
    "bare": {},
    "dated": {"datetime": "2024-05-06T07:08:09.123456Z", "cloud_cover": 0, "gsd": 0},
    "interval": {"start_datetime": "2024-01-01T00:00:00Z", "end_datetime": "2024-12-31T00:00:00+02:00"},
    "instant within an interval": {"datetime": "2024-03-01T00:00:00Z", "start_datetime": "2024-01-01T00:00:00Z",
                                   "end_datetime": "2024-12-31T00:00:00Z"},
    "point": {"geometry": {"type": "Point", "coordinates": [8.5, 47.4, 400]}},
    "box": {"bbox": [7, 46, 8, 47]},
    "box across the antimeridian": {"bbox": [170, -20, -170, -10]},
    "across the antimeridian": {"geometry": {"type": "MultiPolygon", "coordinates": [
        [[[179, 0], [180, 0], [180, 1], [179, 0]]], [[[-180, 0], [-179, 0], [-180, 1], [-180, 0]]]]}},
    "collection of geometries": {"geometry": {"type": "GeometryCollection", "geometries": [
        {"type": "Polygon", "coordinates": [RING]}, {"type": "LineString", "coordinates": RING[:2]}]}},
    "no text is safe \u202e\u0007 \\/ \"}],\"": {"description": "\\\"/api/v1\\/", "stac_id": "ä/ö?#\"\\", "properties": {
        "\\/": "\\/", "proj\u200b:epsg": "\u2028", "a\"b": ["\\", "]", "}", "{\"proj:epsg\":1}"]}},
    "properties of wrong forms": {"properties": HOSTILE, "cloud_cover": 5},
    "properties of right forms": {"properties": TOLD},
    "extensions of other versions": {"stac_extensions": [
        "https://stac-extensions.github.io/eo/v1.0.0/schema.json", "https://stac-extensions.github.io/raster/v2.0.0/schema.json",
        "https://stac-extensions.github.io/projection/v1.0.0/schema.json"] * 2, "cloud_cover": 3.5},
    "long": {"description": "x" * 60_000, "properties": {"text": "é" * 20_000}},
}


def vector() -> bytes:
    """Two features as GeoJSON."""
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": at}}
                for name, at in (("a", [8, 47]), ("b", [9, 48]))]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def gaps() -> numpy.ndarray:
    """A float band with missing values, and one that has nothing else."""
    pixels = ramp(64, 64, 2, "float32")
    pixels[0, :8] = numpy.nan
    pixels[1] = numpy.nan
    return pixels


UPLOADED = {
    "one band": lambda: geotiff(ramp(64, 64, 1)),
    "fifteen bands": lambda: geotiff(ramp(64, 64, 15, "uint16")),
    "no reference system": lambda: geotiff(ramp(64, 64, 3), epsg=None),
    "missing values": lambda: geotiff(gaps(), nodata=numpy.nan),
}


@pytest.fixture(scope="module")
def schemas():
    with stac_schemas.mirror() as served:
        yield served


@pytest.fixture(scope="module")
def items(admin: Api, scene) -> dict[str, str]:
    """The ids of one item of each kind."""
    api = admin.new_project("Documents")
    made = {"scene": scene.item_id}
    collection = api.create_collection("Kinds")["id"]
    for kind, fields in BY_HAND.items():
        made[kind] = api.create_item(kind, **fields, collection_id=collection if len(made) % 2 else None)["id"]
    for kind, content in UPLOADED.items():
        made[kind] = api.upload_one(content(), f"{kind}.tif", target_collection_id=collection)
    made["vector"] = api.upload_one(vector(), "places.geojson")
    made["copy"] = api.call("items.duplicate", {"item_id": made["fifteen bands"], "new_name": "Copy"})["id"]
    return made


KINDS = ["scene", *BY_HAND, *UPLOADED, "vector", "copy"]


def document_of(api: Api, item: str, version: str) -> dict:
    return api.call("items.get_stac", {"item_id": item, "stac_version": version})


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_item_is_valid(admin, items, schemas, kind, version):
    """[extensions.md]"""
    document = document_of(admin, items[kind], version)
    assert document["stac_version"] == version
    assert schemas.faults(document) == []
    item = pystac.Item.from_dict(document, migrate=False)
    assert item.id == admin.item(items[kind])["stac_id"]


@pytest.mark.parametrize("version", VERSIONS)
def test_extensions_are_of_the_versions_that_go_with_it(admin, items, version):
    """[extensions.md]"""
    for kind in KINDS:
        for url in document_of(admin, items[kind], version)["stac_extensions"]:
            name, _, rest = url.removeprefix("https://stac-extensions.github.io/").partition("/")
            if name in EXTENSIONS[version]:
                assert rest == f"v{EXTENSIONS[version][name]}/schema.json", kind


def test_both_versions_tell_the_same_of_bands(admin, items):
    """[extensions.md]"""
    for kind in ("scene", *UPLOADED, "copy"):
        old, new = (document_of(admin, items[kind], version)["assets"]["data"] for version in VERSIONS)
        assert not {"eo:bands", "raster:bands"} & new.keys() and "bands" not in old
        assert len(new["bands"]) == len(old["raster:bands"]) == len(old["eo:bands"])
        for eo, raster, band in zip(old["eo:bands"], old["raster:bands"], new["bands"], strict=True):
            prefixed = {"common_name": "eo:common_name", "scale": "raster:scale", "offset": "raster:offset"}
            assert band == {prefixed.get(name, name): value for name, value in (eo | raster).items()}, kind
        same = {name: value for name, value in old.items() if name not in ("eo:bands", "raster:bands", "proj:epsg")}
        assert same == {name: value for name, value in new.items() if name != "bands"}, kind


def test_both_versions_tell_the_same_otherwise(admin, items):
    """[extensions.md]"""
    for kind in KINDS:
        old, new = (document_of(admin, items[kind], version) for version in VERSIONS)
        assert old.keys() == new.keys()
        for member in old.keys() - {"stac_version", "stac_extensions", "assets", "properties"}:
            assert old[member] == new[member], (kind, member)
        changed = {"proj:epsg", "proj:code"}
        assert {name: value for name, value in old["properties"].items() if name not in changed} == \
               {name: value for name, value in new["properties"].items() if name not in changed}, kind


def test_the_reference_system_is_told_as_each_version_has_it(admin, items):
    """[extensions.md]"""
    old, new = (document_of(admin, items["scene"], version)["assets"]["data"] for version in VERSIONS)
    assert old["proj:epsg"] == 32632
    assert "proj:epsg" not in new and new["proj:code"] == "EPSG:32632"
    told = document_of(admin, items["properties of right forms"], "1.1.0")["properties"]
    assert "proj:epsg" not in told and told["proj:code"] == "EPSG:2056"


def test_what_a_user_tells_in_the_right_form_is_told(admin, items):
    properties = document_of(admin, items["properties of right forms"], "1.0.0")["properties"]
    assert {name: properties[name] for name in TOLD} == TOLD
    record = admin.item(items["properties of wrong forms"])
    assert record["properties"] == HOSTILE


def test_an_item_names_its_collection(admin, items, schemas):
    """[section 15]"""
    record = admin.item(items["one band"])
    for version in VERSIONS:
        document = document_of(admin, items["one band"], version)
        assert document["collection"] == record["collection_id"]
        [link] = [link for link in document["links"] if link["rel"] == "collection"]
        collection = admin.http.get(link["href"], params={"stac_version": version}).json()
        assert collection["id"] == document["collection"] and collection["stac_version"] == version
        assert schemas.faults(collection) == []
    admin.call("collections.delete", {"project_id": record["project_id"], "collection_id": record["collection_id"]})
    for version in VERSIONS:
        document = document_of(admin, items["one band"], version)
        assert "collection" not in document and schemas.faults(document) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_damaged_item_is_valid(server, admin, schemas, version):
    """[extensions.md, "Object store"]"""
    api = admin.new_project()
    item = api.create_item("Damaged", properties={"landfall:damaged": ["data"]})["id"]
    assert schemas.faults(document_of(api, item, version)) == []


@pytest.mark.parametrize("version", ["1.0", "2.0.0", "", None, 1])
def test_a_version_that_there_is_not_is_422(scene, version):
    answer = scene.api.op("items.get_stac", {"item_id": scene.item_id, "stac_version": version})
    assert faulty_fields(answer) == {"stac_version"}


def test_the_plain_url_speaks_both_versions(scene):
    """[design section 2]"""
    for version in VERSIONS:
        answer = scene.api.http.get(f"/api/v1/items/{scene.item_id}/stac.json", params={"stac_version": version})
        assert answer.json() == document_of(scene.api, scene.item_id, version)


# Collections


def collections(api: Api, **fields) -> dict[str, dict]:
    """The STAC Collections of the client's project by title."""
    listed = api.call("stac.collections.list", fields)["collections"]
    return {entry["title"]: entry for entry in listed if entry["geopera:project_id"] == api.project}


def extent(collection: dict) -> tuple[list, list]:
    return collection["extent"]["spatial"]["bbox"][0], collection["extent"]["temporal"]["interval"][0]


@pytest.mark.parametrize("version", VERSIONS)
def test_collections_are_valid_and_named(api, schemas, version):
    """[section 15, extensions.md]"""
    made = api.create_collection("Über \"alles\" \\/", description="What it is\n")
    plain = api.create_collection("Plain")
    found = collections(api, stac_version=version)
    assert found.keys() == {"Über \"alles\" \\/", "Plain"}
    assert {entry["id"] for entry in found.values()} == {made["id"], plain["id"]}
    for entry in found.values():
        assert entry["stac_version"] == version and schemas.faults(entry) == []
        pystac.Collection.from_dict(entry, migrate=False)
    assert found["Plain"]["description"] == "Plain" and found["Plain"]["id"] == plain["id"]


def test_an_empty_collection_covers_the_world_and_all_time(api):
    """[extensions.md]"""
    api.create_collection("Empty")
    assert extent(collections(api)["Empty"]) == ([-180, -90, 180, 90], [None, None])


@pytest.mark.parametrize(("boxes", "covered"), [
    ([[7, 46, 8, 47]], [7, 46, 8, 47]), ([[7, 46, 8, 47], [-3, 40, 2, 47.5]], [-3, 40, 8, 47.5]),
    ([[170, -20, -170, -10]], [170, -20, -170, -10]), ([[170, -20, 175, -10], [-178, -5, -175, 0]], [170, -20, -175, 0]),
    ([[170, -20, -170, -10], [160, 0, 165, 1]], [160, -20, -170, 1]), ([[-180, -90, 180, 90]], [-180, -90, 180, 90]),
    ([[0, 0, 0, 0]], [0, 0, 0, 0]), ([], None)])
def test_an_extent_is_what_its_live_items_cover(api, boxes, covered):
    """[section 15: true extents]"""
    collection = api.create_collection("Covered")["id"]
    for day, box in enumerate(boxes, start=1):
        api.create_item(f"At {box}", bbox=box, collection_id=collection, datetime=f"2024-01-{day:02}T00:00:00Z")
    nowhere = api.create_item("Nowhere", collection_id=collection, start_datetime="2023-01-01T00:00:00Z",
                              end_datetime="2025-01-01T00:00:00Z")
    api.create_item("Elsewhere", bbox=[-60, -60, -50, -50])
    box, interval = extent(collections(api)["Covered"])
    assert box == (covered or [-180, -90, 180, 90])
    assert interval == ["2023-01-01T00:00:00.000000Z", "2025-01-01T00:00:00.000000Z"]
    api.call("items.delete", {"item_id": nowhere["id"]})
    box, interval = extent(collections(api)["Covered"])
    if boxes:
        assert interval == ["2024-01-01T00:00:00.000000Z", f"2024-01-{len(boxes):02}T00:00:00.000000Z"]
    else:
        assert (box, interval) == ([-180, -90, 180, 90], [None, None])


def test_an_extent_follows_every_change(api):
    """[section 15: true extents; no stale STAC document]"""
    collection, other = (api.create_collection(name)["id"] for name in ("Here", "There"))
    item = api.create_item("Wanders", bbox=[1, 1, 2, 2], collection_id=collection, datetime="2024-01-01T00:00:00Z")["id"]
    api.create_item("Stays", bbox=[1, 1, 3, 3], collection_id=other, datetime="2024-01-01T00:00:00Z")

    def boxes() -> list:
        found = collections(api)
        return [extent(found[name])[0] for name in ("Here", "There")]

    assert boxes() == [[1, 1, 2, 2], [1, 1, 3, 3]]
    api.call("items.update", {"item_id": item, "bbox": [5, 5, 6, 6]})
    assert boxes() == [[5, 5, 6, 6], [1, 1, 3, 3]]
    api.call("items.update", {"item_id": item, "collection_id": other})
    assert boxes() == [[-180, -90, 180, 90], [1, 1, 6, 6]]
    api.call("items.delete", {"item_id": item})
    assert boxes() == [[-180, -90, 180, 90], [1, 1, 3, 3]]
    api.call("collections.delete", {"project_id": api.project, "collection_id": other})
    assert collections(api).keys() == {"Here"}


def test_undated_items_count_by_when_they_were_made(api):
    """[extensions.md: Order]"""
    collection = api.create_collection("Undated")["id"]
    item = api.create_item("Undated", collection_id=collection)
    made = document_of(api, item["id"], "1.0.0")["properties"]["datetime"]
    assert extent(collections(api)["Undated"])[1] == [made, made]


def test_collections_of_others_are_never_listed(api, neighbour):
    """[design promise 2]"""
    mine = api.create_collection("Mine")["id"]
    theirs = {entry["id"] for entry in neighbour.call("stac.collections.list")["collections"]}
    assert mine not in theirs
    problem(neighbour.op("stac.collections.get", {"collection_id": mine}), 404)
    assert neighbour.http.get(f"/api/v1/collections/{mine}/stac.json").status_code == 404


def test_links_of_collections_follow_base_url(api):
    """[section 15]"""
    api.create_collection("Linked")
    [link] = collections(api, base_url="https://maps.example.org/")["Linked"]["links"]
    assert link["href"].startswith("https://maps.example.org/api/v1/collections/")
    [link] = collections(api)["Linked"]["links"]
    assert api.http.get(link["href"]).json() == collections(api)["Linked"]
    assert faulty_fields(api.op("stac.collections.list", {"base_url": "file:///etc"})) == {"base_url"}
