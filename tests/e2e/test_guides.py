"""The guides' commands do what the guides say."""

from __future__ import annotations

import re

import numpy as np
import pytest

from support import guides
from support.api import get
from support.rasters import drawn_scene, geotiff
from support.server import REPOSITORY
from support.stac import checksum


@pytest.fixture
def reader(binary, api, tmp_path):
    """Runs a guide as its reader, who has a project, a key and a scene."""
    (tmp_path / "scene.tif").write_bytes(drawn_scene())

    def run(name: str) -> str:
        return guides.run(name, binary, tmp_path, LANDFALL_URL=api.base_url, LANDFALL_TOKEN=api.key, PROJECT=api.project)

    return run


def test_organising(reader, api):
    printed = reader("organising")
    assert "EPSG:31985" in printed and "\nndvi\n" in printed
    [item] = api.search()["features"]
    assert (item["name"], item["description"], item["cloud_cover"]) == ("Olinda, morning", None, None)
    [collection] = api.call("collections.list", {"project_id": api.project})
    assert (collection["name"], item["collection_id"]) == ("Flights 2024", collection["id"])
    profiles = api.call("visualization.profiles.list", {"item_id": item["id"]})
    assert {profile["name"]: profile["is_default"] for profile in profiles} == {"Default": False, "Infrared": True, "NDVI": False}
    assert api.assets(item["id"])["data"]["band_names"] == ["blue", "green", "red", "nir"]


def test_uploading(reader, api, tmp_path):
    large = geotiff(np.random.default_rng(1).integers(0, 256, (1, 3000, 3000), dtype=np.uint8), compress="none")
    (tmp_path / "large.tif").write_bytes(large)
    *told, first, second = reader("uploading").split()
    scene, number, rest, size, alone = told
    assert (number, rest, size) == (f"[1,{8 << 20}]", f"[2,{len(large) - (8 << 20)}]", str(len(large)))
    held = [api.assets(item)["data"]["checksum"] for item in (scene, alone)]
    assert held[0] == checksum((tmp_path / "scene.tif").read_bytes()) and held[1] in (None, checksum(large))
    names = {api.item(item)["name"]: item for item in (first, second)}
    assert set(names) == {"scene", "large"} and get(api.download(names["large"])).content == large


def test_searching(reader, api):
    for number, name in enumerate(["second", "first"]):
        api.create_item(name, bbox=[8, 47, 9, 48], datetime="2024-05-06T00:00:00Z", cloud_cover=number, properties={"pilot": "Ana"})
    printed = reader("searching")
    assert printed.count("numberMatched") == 6 and "\nsecond\n" in printed


def test_stac(reader, api):
    printed = reader("stac")
    assert "\nZürich 2024\n" in printed and printed.endswith("\nZürich West\n")
    assert printed.count('"Zürich West"') == 3  # as a record, as a document and as a hit
    assert '"eo:common_name": "nir"' in printed


def test_stac_api(make_server, binary, tmp_path):
    world = make_server()
    (tmp_path / "sheet-2.tiff").write_bytes(drawn_scene())
    printed = guides.run("stac-api", binary, tmp_path, LANDFALL_URL=world.base_url, STAC_USER=world.world["stac_user"],
                         STAC_PASSWORD=world.world["stac_password"])
    lines = printed.splitlines()
    assert lines[:3] == ["Maps", "Sheet 1", f"{world.base_url}/ch.example.maps/sheet-1/sheet-1.tiff"]
    assert lines[3:6] == ["Maps of 2024", "ch.example.maps", "sheet-1"]
    assert lines[6:8] == ['{"proj:epsg":[2056],"gsd":[2.5]}', "[[7.45,46.95,7.45,46.95]]"]
    address = f"{world.base_url}/ch.example.maps/sheet-2/sheet-2.tiff"
    assert lines[8:] == [f"Signed in to the STAC API of {world.base_url} (profile default)", "ch.example.maps/sheet-2 made", address, address,
                         "sheet-1  2024-05-01T00:00:00Z  Sheet 1", "sheet-2  2024-05-01T00:00:00Z  Sheet 2",
                         f"sheet-2.tiff  image/tiff; application=geotiff  {checksum(drawn_scene())}"]


def test_the_guide_to_stac_names_every_operator(api):
    """What is refused names the known ones; the guide must not lag behind."""
    answer = api.op("stac.search", {"filter": {"op": "soundex", "args": []}})
    [fault] = answer.json()["detail"]
    told = re.findall(r"known are (.*)", fault["msg"])[0].replace(" and t_intersects with its kin", ", t_intersects")
    guide = (REPOSITORY / "docs" / "guides" / "stac.md").read_text()
    assert [word for word in told.split(", ") if f"`{word}`" not in guide] == []
