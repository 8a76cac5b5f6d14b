"""What the guide to STAC says can be done, done. Guide: docs/guides/stac.md."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "guides" / "stac.md").read_text()
CALLS = re.findall(r"^op ([a-z_.]+)\s+'([^']*)'", GUIDE, re.MULTILINE)
FILTERS = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture(scope="module")
def world(admin):
    """A project with a collection and an item that the guide's searches find."""
    api = admin.new_project("Guide")
    api.world["collection_id"] = api.create_collection("Zürich")["id"]
    fields = {"geometry": {"type": "Point", "coordinates": [8.5, 47.4]}, "datetime": "2024-07-01T00:00:00Z", "cloud_cover": 3}
    api.world["item_id"] = api.create_item("Zürich West", collection_id=api.world["collection_id"], **fields)["id"]
    return api


@pytest.mark.parametrize(("operation", "body"), CALLS, ids=[call[0] for call in CALLS])
def test_the_calls_of_the_guide_succeed(world, operation, body):
    body = json.loads(body.replace("it_…", world.world["item_id"]).replace("col_…", world.world["collection_id"]))
    answer = world.call(operation, body)
    if operation == "stac.search":
        assert [feature["properties"]["title"] for feature in answer["features"]] == ["Zürich West"]


def test_the_filter_of_the_guide_finds_what_it_says(world):
    assert len(CALLS) == 4 and len(FILTERS) == 1
    mine = {"op": "=", "args": [{"property": "collection"}, world.world["collection_id"]]}
    answer = world.call("stac.search", {"filter": {"op": "and", "args": [mine, json.loads(FILTERS[0])]}})
    assert [feature["properties"]["title"] for feature in answer["features"]] == ["Zürich West"]


def test_the_guide_names_every_operator(world):
    """What is refused names the known ones; the guide must not lag behind."""
    answer = world.op("stac.search", {"filter": {"op": "soundex", "args": []}})
    [fault] = answer.json()["detail"]
    for word in re.findall(r"known are (.*)", fault["msg"])[0].replace(" and t_intersects with its kin", ", t_intersects").split(", "):
        assert f"`{word}`" in GUIDE, word
