"""An area of an item: drawn, typed or from a file, measured and cut out."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect
from rasterio.warp import transform

from support.clips import box, box_in


@pytest.fixture
def opened(console, own, item):
    """Its page, with the map drawn."""
    console.open(f"projects/{own.project}/items/{item}")
    expect(console.page.locator(".map-pane[aria-busy=false]")).to_be_visible()
    return console


def type_area(page, text: str) -> None:
    """Types an area and takes it."""
    if not page.get_by_label("Area", exact=True).is_visible():
        page.get_by_text("Type it").click()
    page.get_by_label("Area", exact=True).fill(text)
    page.get_by_role("button", name="Take it").click()


def test_an_area_is_drawn_measured_and_cut_out(opened, own, item):
    page = opened.page
    page.get_by_role("button", name="Draw", exact=True).click()
    place = page.locator("canvas.maplibregl-canvas").bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    for dx, dy in ((-120, -100), (110, -80), (60, 120)):
        page.mouse.click(x + dx, y + dy)
    page.mouse.move(x - 60, y + 60)
    opened.check("item-drawing")
    page.mouse.dblclick(x - 60, y + 60)
    expect(page.get_by_role("button", name="Take away")).to_be_visible()
    page.get_by_role("button", name="Statistics").click()
    expect(page.get_by_text("98th percentile")).to_be_visible()
    expect(page.get_by_role("img", name="Histogram of 32 bars")).to_be_visible()
    page.get_by_label("Band", exact=True).select_option("nir")
    opened.check("item-statistics")
    page.get_by_role("button", name="Cut it out").click()
    page.get_by_label("Name", exact=True).fill("Quay")
    opened.screenshot("item-clip-order")
    page.get_by_role("button", name="Cut", exact=True).click()
    expect(page.get_by_role("article", name="Quay")).to_contain_text("Done")
    opened.check("item-clip-done")
    page.get_by_role("link", name="Open the new item").click()
    expect(page.get_by_role("heading", name="Quay", exact=True)).to_be_visible()
    made = own.item(page.url.split("/items/")[1].split("?")[0])
    assert made["type"] == "clip" and made["id"] != item


def test_a_typed_area_has_the_size_and_the_figures_that_it_has(opened, own, item):
    page = opened.page
    area = box_in(own.item(item)["bbox"])
    west, south, east, north = (*area["coordinates"][0][0], *area["coordinates"][0][2])
    type_area(page, f"{west}, {south}, {east}, {north}")
    [left, right], [bottom, top] = transform("EPSG:4326", "EPSG:6933", [west, east], [south, north])
    expect(page.get_by_text(f"{(right - left) * (top - bottom) / 1e6:.4g} km²", exact=True)).to_be_visible()
    page.get_by_role("button", name="Statistics").click()
    figures = page.locator(".figures-of-area")
    [band, *_] = own.call("items.statistics", {"item_id": item, "geometry": box(west, south, east, north)})["features"][0]["bands"]
    expect(figures).to_contain_text(f"{band['mean']:.6g}")
    expect(figures).to_contain_text(f"{band['median']:.6g}")


def test_an_area_comes_from_a_file_and_what_is_none_is_refused_in_words(opened, own, item, tmp_path):
    page = opened.page
    area = box_in(own.item(item)["bbox"])
    file = tmp_path / "field.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": area}]}))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="From a file").click()
    chooser.value.set_files(file)
    expect(page.get_by_role("button", name="Take away")).to_be_visible()
    for text, words in (("somewhere", "neither four numbers"), ("8, 47, 7, 48", "West must be less"),
                        ('{"type": "Point", "coordinates": [8, 47]}', "no polygon"),
                        (json.dumps(box(2_600_000, 1_200_000, 2_600_100, 1_200_100)), "EPSG:4326")):
        type_area(page, text)
        expect(page.get_by_role("alert")).to_contain_text(words)
    opened.check("item-area-refused")
    opened.expected_statuses.add(422)
    type_area(page, "100, 10, 101, 11")
    page.get_by_role("button", name="Cut it out").click()
    page.get_by_role("button", name="Cut", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
