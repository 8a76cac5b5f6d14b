"""Items on the map and in the list: filters, exact counts, layers, and addresses that keep all of it."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from support.rasters import drawn_scene

SCENES = [("Olinda, morning", "2023-05-01T10:00:00Z", 5, [-35, -8.1, -34.8, -7.9]),
          ("Olinda, evening", "2023-06-01T18:00:00Z", 60, [-35, -8.1, -34.8, -7.9]),
          ("Zürich", "2024-02-01T10:00:00Z", None, [8.4, 47.3, 8.6, 47.5])]


@pytest.fixture
def scenes(own):
    """Three items with places and times, one of them in a collection, and a real raster."""
    collection = own.create_collection("Coasts", color="#b04a00")
    for name, time, clouds, box in SCENES:
        own.create_item(name, datetime=time, bbox=box, **({} if clouds is None else {"cloud_cover": clouds}),
                        collection_id=collection["id"] if name == "Olinda, morning" else None)
    own.upload_one(drawn_scene(), "harbour.tif")
    return collection


@pytest.fixture
def explore(console, own, scenes):
    """The page of the project with these items."""
    console.open(f"projects/{own.project}")
    expect(console.page.get_by_text("4 items", exact=True)).to_be_visible()
    expect(console.page.locator(".map-pane[aria-busy=false]")).to_be_visible()
    return console


def rows(console) -> list[str]:
    """The names in the list."""
    return console.page.locator(".row b").all_inner_texts()


def test_the_map_is_drawn_and_the_list_has_pictures(explore):
    page = explore.page
    expect(page.locator(".row img")).to_have_count(1)
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    explore.check("explore")


def test_filters_narrow_the_list_count_exactly_and_stay_in_the_address(explore):
    page = explore.page
    page.get_by_label("Search by name").fill("olinda MORN")
    expect(page.get_by_text("1 of 4 items")).to_be_visible()
    assert rows(explore) == ["Olinda, morning"]
    page.reload()
    expect(page.get_by_text("1 of 4 items")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_text("4 items", exact=True)).to_be_visible()
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("From", exact=True).fill("2023-05-15")
    page.get_by_label("To", exact=True).fill("2023-12-31")
    page.get_by_label("To", exact=True).blur()
    expect(page.get_by_text("1 of 4 items")).to_be_visible()
    assert rows(explore) == ["Olinda, evening"]
    explore.check("explore-filters")
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("Collection", exact=True).select_option("Coasts")
    expect(page.get_by_text("1 of 4 items")).to_be_visible()
    page.get_by_label("Collection", exact=True).select_option("Without a collection")
    expect(page.get_by_text("3 of 4 items")).to_be_visible()
    page.get_by_label("Search by name").fill("nothing of that name")
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_a_span_is_dragged_over_the_bars_of_time(explore):
    page = explore.page
    page.get_by_role("button", name="Filters").click()
    box = page.locator(".histogram").bounding_box()
    page.mouse.move(box["x"] + 0.3, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 10)
    page.mouse.up()
    expect(page.get_by_text("2 of 4 items")).to_be_visible()
    assert page.get_by_label("From", exact=True).input_value() == "2023-05-01"


def test_the_list_follows_the_map_if_one_wants(explore):
    page = explore.page
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Only what the map shows").check()
    page.goto(page.url.split("?")[0] + "?view=1&at=8,47,9,48")
    expect(page.get_by_text("2 of 4 items")).to_be_visible()
    assert "Zürich" in rows(explore)


def test_layers_are_hidden_ordered_and_coloured_for_everybody(explore, own, scenes):
    page = explore.page
    other = own.create_collection("Towns")
    page.reload()
    page.get_by_role("tab", name="Layers").click()
    page.get_by_label("Coasts", exact=True).uncheck()
    page.get_by_label("Opacity of Towns").fill("40")
    page.get_by_role("button", name="Move Towns up").click()
    expect(page.locator(".layer-name").first).to_have_text("Towns")
    explore.check("layers")

    def stored() -> dict:
        return {each["name"]: each for each in own.call("collections.list", {"project_id": own.project})}

    expect(page.get_by_role("button", name="Move Towns up")).to_be_disabled()
    page.reload()
    expect(page.locator(".layer-name").first).to_have_text("Towns")
    assert page.get_by_label("Opacity of Towns").input_value() == "40"
    assert stored()["Coasts"]["show_on_map"] is False
    assert stored()["Towns"]["layer_order"] > stored()["Coasts"]["layer_order"]
    assert other["id"] == stored()["Towns"]["id"]
    page.get_by_role("button", name="New collection").click()
    page.get_by_label("Name of the collection").fill("Islands")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("Islands", exact=True)).to_be_visible()


def test_an_empty_project_says_how_to_begin(console, own):
    console.open(f"projects/{own.project}")
    expect(console.page.get_by_text("Nothing here yet")).to_be_visible()
    expect(console.page.locator(".map-pane[aria-busy=false]")).to_be_visible()
    console.check("explore-empty")


def test_of_more_items_than_a_browser_keeps_the_server_finds_what_passes(console, own, scenes):
    def many(route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"total": 2_000_000, "next_token": "never asked for"})

    page = console.page
    console.expected_statuses.add(422)  # items without a file have no picture
    page.route("**/v1/op/items.list", many)
    console.open(f"projects/{own.project}")
    expect(page.get_by_text("4 of 2,000,000 items")).to_be_visible()
    page.get_by_label("Search by name").fill("Olinda")
    expect(page.get_by_text("2 of 2,000,000 items")).to_be_visible()
    page.get_by_role("button", name="Filters", exact=True).click()
    page.get_by_label("From", exact=True).fill("2023-05-15")
    page.get_by_label("From", exact=True).blur()
    expect(page.get_by_text("1 of 2,000,000 items")).to_be_visible()
    assert rows(console) == ["Olinda, evening"]
    console.check("explore-vast")
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("Collection", exact=True).select_option("Coasts")
    expect(page.get_by_text("1 of 2,000,000 items")).to_be_visible()
    assert rows(console) == ["Olinda, morning"]
    page.get_by_role("button", name="Clear filters").click()
    page.goto(page.url.split("?")[0] + "?view=1&at=8,47,9,48")
    expect(page.get_by_text("2 of 2,000,000 items")).to_be_visible()


def test_ten_thousand_items_are_counted_found_and_only_those_in_sight_are_there(console, own):
    [sample] = [own.create_item("Sample", bbox=[8, 47, 9, 48], geometry={"type": "Point", "coordinates": [8.5, 47.5]})]

    def page_of_items(route) -> None:
        begin = int(route.request.post_data_json.get("page_token") or 0)
        items = [sample | {"id": f"it_{n}", "name": f"Scene {n:05}", "datetime": f"20{n % 24:02}-01-01T00:00:00Z"}
                 for n in range(begin, begin + 1000)]
        following = {"next_token": str(begin + 1000)} if begin < 9000 else {}
        route.fulfill(body=json.dumps({"items": items, "total": 10_000, **following}), content_type="application/json")

    page = console.page
    page.route("**/v1/op/items.list", page_of_items)
    page.route("**/v1/op/items.list_assets", lambda route: route.fulfill(body="[]", content_type="application/json"))
    page.route("**/v1/op/items.tile.tilejson", lambda route: route.fulfill(status=204))
    console.open(f"projects/{own.project}")
    expect(page.get_by_text("10,000 items", exact=True)).to_be_visible()
    assert page.locator(".row").count() < 60
    page.locator(".items").evaluate("list => list.scrollTo(0, list.scrollHeight)")
    expect(page.get_by_text("Scene 09999")).to_be_visible()
    page.get_by_label("Search by name").fill("scene 00123")
    expect(page.get_by_text("1 of 10,000 items")).to_be_visible()
