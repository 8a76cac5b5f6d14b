"""The guides' commands do what the guides say."""

from __future__ import annotations

import pytest

from support import guides
from support.rasters import drawn_scene


@pytest.fixture
def reader(binary, api, tmp_path):
    """Runs a guide as its reader, who has a project, a key and a scene."""
    (tmp_path / "scene.tif").write_bytes(drawn_scene())

    def run(name: str) -> str:
        return guides.run(name, binary, tmp_path, LANDFALL_URL=api.base_url, LANDFALL_TOKEN=api.key, PROJECT=api.project)

    return run


def test_organising(reader, api):
    printed = reader("organising")
    assert "\nndvi\n" in printed
    [item] = api.search()["features"]
    assert (item["name"], item["description"], item["cloud_cover"]) == ("Olinda, morning", None, None)
    [collection] = api.call("collections.list", {"project_id": api.project})
    assert (collection["name"], item["collection_id"]) == ("Flights 2024", collection["id"])
    profiles = api.call("visualization.profiles.list", {"item_id": item["id"]})
    assert {profile["name"]: profile["is_default"] for profile in profiles} == {"Default": False, "Infrared": True, "NDVI": False}
    assert api.assets(item["id"])["data"]["band_names"] == ["blue", "green", "red", "nir"]


def test_searching(reader, api):
    for number, name in enumerate(["second", "first"]):
        api.create_item(name, bbox=[8, 47, 9, 48], datetime="2024-05-06T00:00:00Z", cloud_cover=number, properties={"pilot": "Ana"})
    printed = reader("searching")
    assert printed.count("numberMatched") == 6 and "\nsecond\n" in printed
