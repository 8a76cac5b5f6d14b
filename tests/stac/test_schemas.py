"""Documents against the schemas that STAC publishes. Contract: swisstopo.md sections 8 to 10, 21."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.stac import COG, MOMENT, Stac
from support.stac_schemas import FOLDER, Schemas, mirror

FULL_COLLECTION = {"title": "Maps", "providers": [{"name": "Office", "description": "Makes maps",
                                                   "roles": ["producer", "licensor"], "url": "https://office.example"}],
                   "links": [{"rel": "license", "href": "https://office.example/terms", "title": "Terms", "type": "text/html"}]}
PROPERTIES = {"title": "A scene", "expires": "2999-01-01T00:00:00Z", "forecast:reference_datetime": "2024-11-19T16:15:00Z",
              "forecast:horizon": "PT6H", "forecast:duration": "PT12H", "forecast:variable": "T_2M", "forecast:perturbed": False}
RANGE = {"start_datetime": "2024-01-01T00:00:00Z", "end_datetime": "2024-02-01T00:00:00Z"}


@pytest.fixture(scope="module")
def schemas() -> Iterator[Schemas]:
    """The published schemas, from beside the checkout."""
    if not FOLDER.is_dir():
        pytest.skip(f"no published schemas in {FOLDER}")
    with mirror() as served:
        yield served


@pytest.fixture(scope="module")
def maps(stac: Stac) -> str:
    """A collection with everything."""
    path = stac.make("/collections/schemas", FULL_COLLECTION)
    item = stac.make(f"{path}/items/scene", {"properties": PROPERTIES | {"datetime": MOMENT}, "links": FULL_COLLECTION["links"]})
    stac.make(f"{path}/items/range", {"properties": PROPERTIES | RANGE})
    asset = stac.make(f"{item}/assets/scene.tif", {"type": COG, "title": "Scene", "description": "Seen", "roles": ["data"],
                                                   "gsd": 2.5, "proj:epsg": 2056,
                                                   "geoadmin:lang": "de", "geoadmin:variant": "krel"})
    stac.make(f"{path}/assets/own.txt", {"title": "Own"})
    stac.upload(asset, b"bytes")
    return path


def test_collections(stac, schemas, maps, collection):
    """[S25]"""
    for path in (maps, collection):
        assert schemas.faults(stac.read(path)) == []


def test_items(stac, schemas, maps):
    """[S42]"""
    assert schemas.faults(stac.read(f"{maps}/items/scene")) == []


def test_items_of_a_range(stac, schemas, maps):
    """[S45] The member that is missing by contract is what the schema wants as null."""
    told = stac.read(f"{maps}/items/range")
    assert "datetime" not in told["properties"]
    assert schemas.faults(told | {"properties": told["properties"] | {"datetime": None}}) == []


def test_lists_and_search(stac, schemas, maps):
    """[S52, S66]"""
    for path in (f"{maps}/items", "/search?collections=schemas"):
        for told in stac.read(path)["features"]:
            properties = {"datetime": None} | told["properties"]
            assert schemas.faults(told | {"properties": properties}) == []
    for told in stac.read("/collections?limit=100")["collections"]:
        assert schemas.faults(told) == []


def test_the_landing_page(anonymous, schemas):
    """[S1]"""
    assert schemas.faults(anonymous.read("/")) == []


def test_forecasts(stac, schemas):
    """[section 10]"""
    path = stac.make("/collections/ch.meteoschweiz.ogd-forecasting-icon-schemas")
    item = stac.make(f"{path}/items/scene", {"properties": PROPERTIES | {"datetime": MOMENT}})
    told = stac.read(item)
    assert any("/forecast/v0.2.0/" in url for url in told["stac_extensions"])
    assert schemas.faults(told) == []
