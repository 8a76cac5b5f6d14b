"""Looks of an item beyond bands and stretch: tone, terrain, the legend of the colours, and the values under the pointer."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from support.rasters import drawn_scene, geotiff


def elevations(size: int = 128) -> bytes:
    """A hill of 400 m on a plane at 500 m, 10 m a pixel."""
    rows, columns = np.mgrid[0:size, 0:size] - size / 2
    heights = 500 + 400 * np.exp(-(rows**2 + columns**2) / (2 * (size / 5) ** 2))
    return geotiff(heights[np.newaxis].astype("float32"), descriptions=("elevation",))


def point_at_the_middle(page: Page) -> None:
    """Rests the pointer on the middle of the map."""
    box = page.locator("canvas.maplibregl-canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2 - 20, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@pytest.fixture
def open_item(console, own):
    """Uploads a raster and opens its page."""
    def open_page(content: bytes, name: str) -> str:
        item = own.upload_one(content, name)
        console.open(f"projects/{own.project}/items/{item}")
        expect(console.page.locator(".map-pane[aria-busy=false]")).to_be_visible()
        return item
    return open_page


def test_the_values_under_the_pointer_are_those_of_the_file(console, own, open_item):
    item = open_item(drawn_scene(), "harbour.tif")
    page = console.page
    point_at_the_middle(page)
    values = page.get_by_label("Values here")
    expect(values).to_contain_text("nir")
    # The map shows all of the item, so its middle is the item's.
    west, south, east, north = own.item(item)["bbox"]
    told = [float(text) for text in re.findall(r"(?:blue|green|red|nir)([\d.]+)", values.inner_text().replace("\n", ""))]
    near = own.call("items.point", {"item_id": item, "coordinates": [[(west + east) / 2, (south + north) / 2]]})["values"][0]
    assert len(told) == 4 and all(abs(a - b) < 60 for a, b in zip(told, near))
    console.check("item-values")
    page.mouse.move(2, 2)
    expect(values).to_have_count(0)
    page.locator("canvas.maplibregl-canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(values).to_contain_text("nir")


def test_tone_is_in_the_address_of_the_tiles_and_in_a_saved_look(console, own, open_item):
    item = open_item(drawn_scene(), "harbour.tif")
    page = console.page
    expect(page.get_by_label("Legend")).to_contain_text("red")
    page.get_by_text("Tone").click()
    with page.expect_request(lambda request: "/tiles/" in request.url and "gamma=1.5" in request.url):
        page.get_by_label("Gamma").fill("1.5")
    page.get_by_label("Saturation").fill("0")
    expect(page).to_have_url(re.compile("saturation=0"))
    page.get_by_label("Contrast").fill("4")
    page.reload()
    expect(page.get_by_label("Contrast")).to_have_value("4")
    expect(page.locator(".map-pane[aria-busy=false]")).to_be_visible()
    console.check("item-tone")
    page.get_by_role("button", name="Save as").click()
    page.get_by_label("Name of the look").fill("Gray and bright")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Saved looks").get_by_role("option", name="Gray and bright")).to_be_attached()
    profiles = {each["name"]: each["config"] for each in own.call("visualization.profiles.list", {"item_id": item})}
    kept = profiles["Gray and bright"]
    assert (kept["gamma"], kept["contrast"], kept["saturation"]) == (1.5, 4, 0)
    page.get_by_role("button", name="As it was").click()
    expect(page).not_to_have_url(re.compile("gamma|contrast|saturation"))


def test_elevations_are_lit_coloured_and_told_by_a_legend(console, own, open_item):
    item = open_item(elevations(), "dem.tif")
    page = console.page
    expect(page.get_by_label("Legend")).to_contain_text("5")
    page.get_by_role("button", name="Terrain").click()
    page.get_by_label("Shown as").select_option("hillshade")
    with page.expect_request(lambda request: "/tiles/" in request.url and "azimuth" in request.url):
        page.get_by_label("Azimuth (°)").fill("270")
        page.get_by_label("Azimuth (°)").blur()
    page.get_by_label("Light from four sides").check()
    expect(page).to_have_url(re.compile("multidirectional"))
    page.reload()
    expect(page.get_by_label("Azimuth (°)")).to_have_value("270")
    expect(page.locator(".map-pane[aria-busy=false]")).to_be_visible()
    console.check("item-hillshade")
    page.get_by_label("Shown as").select_option("slope")
    expect(page.get_by_label("Legend")).to_contain_text("60")
    console.check("item-slope")
    page.get_by_role("button", name="Save as").click()
    page.get_by_label("Name of the look").fill("Steepness")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Saved looks").get_by_role("option", name="Steepness")).to_be_attached()
    profiles = {each["name"]: each["config"] for each in own.call("visualization.profiles.list", {"item_id": item})}
    assert profiles["Steepness"]["algorithm"] == "slope"
