"""Lists and searches over many pages. [10 000 pages]"""

from __future__ import annotations

import itertools
import json

import httpx
import pytest
from landfall_sdk import Landfall
from landfall_sdk.paging import entries_of, following

COUNT = 10_000


def test_ten_thousand_pages_are_walked_one_at_a_time():
    """Neither deeper nor larger with each: what a page held is gone when the next one comes."""
    asked: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        place = int(json.loads(request.content).get("page_token", "0"))
        asked.append(place)
        token = {} if place == COUNT - 1 else {"next_token": str(place + 1)}
        return httpx.Response(200, json={"items": [{"id": f"it_{place}"}], "total": COUNT, **token})

    client = Landfall("gpra_x", "http://scripted.invalid", httpx_args={"transport": httpx.MockTransport(answer)})
    walk = client.iterate("items.list", project_id="prj_x", limit=1)
    assert [item["id"] for item in itertools.islice(walk, 3)] == ["it_0", "it_1", "it_2"]
    assert asked == [0, 1, 2]
    assert sum(1 for _ in walk) == COUNT - 3
    assert asked == list(range(COUNT))


def test_every_way_of_going_on_reaches_all(client, api):
    """By token, by number of page, and by offset."""
    names = [f"n{number:02}" for number in range(25)]
    for name in names:
        api.create_item(name)
    for operation, question in (("items.list", {"project_id": api.project}), ("items.search", {"project_id": api.project}),
                                ("items.search_org", {"query": {"name": {"startsWith": "n"}}})):
        found = [item["name"] for item in client.iterate(operation, limit=2, **question)]
        assert sorted(set(found) & set(names)) == names and len(found) == len(set(map(str, found))), operation
    assert len(list(client.pages("items.list", project_id=api.project, limit=2))) == 13
    ids = {item["id"] for item in client.iterate("items.list", project_id=api.project)}
    assert {item["id"] for item in client.iterate("stac.search", ids=sorted(ids), limit=7)} == ids
    projects = [project["id"] for project in client.iterate("projects.list", limit=1)]
    assert api.project in projects and len(projects) == len(set(projects)) == client.projects.list()["total"]


def test_the_parts_of_a_file_are_paged(client, api):
    upload = client.uploads.initiate(project_id=api.project, total_bytes=3).id
    begun = client.uploads.parts.initiate(upload_id=upload, file_name="a.tif", size=3 * (5 << 20), part_size=5 << 20)
    signed = client.uploads.parts.sign(parts_id=begun.parts_id, part_numbers=[1, 2, 3])
    for part in signed.urls:
        httpx.put(part.url, content=b"part").raise_for_status()
    assert [part["part_number"] for part in client.iterate("uploads.parts.list", parts_id=begun.parts_id, limit=1)] == [1, 2, 3]


def test_a_plain_list_is_one_page(client, api):
    api.create_collection("One")
    assert [each["name"] for each in client.iterate("collections.list", project_id=api.project)] == ["One"]


def test_what_lists_nothing_is_told():
    assert following("items.get", {}, {"item": {}}) is None
    with pytest.raises(TypeError, match="lists nothing"):
        entries_of({"item": {}})
