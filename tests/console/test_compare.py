"""An item beside another of the same place: two maps as one, and the line between them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from support.rasters import drawn_scene, geotiff


@pytest.fixture
def scenes(own) -> tuple[str, str]:
    """The same place at two dates."""
    before = own.upload_one(drawn_scene(), "before.tif")
    after = own.upload_one(geotiff(np.full((1, 256, 256), 77, "uint8"), descriptions=("flood",)), "after.tif")
    own.call("items.update", {"item_id": before, "datetime": "2024-05-01T00:00:00Z"})
    own.call("items.update", {"item_id": after, "datetime": "2024-06-01T00:00:00Z"})
    own.create_item("Elsewhere", bbox=[100, 10, 101, 11])
    return before, after


def test_two_dates_are_compared_by_a_line_over_both(console, own, scenes):
    before, after = scenes
    page = console.page
    console.open(f"projects/{own.project}/items/{before}")
    choice = page.get_by_label("Compare with")
    expect(choice).to_be_visible()
    assert choice.locator("option").all_inner_texts() == ["Nothing", "Jun 1, 2024 · after"]
    choice.select_option("Jun 1, 2024 · after")
    expect(page).to_have_url(re.compile(f"beside={after}"))
    expect(page.locator(".map-pane[aria-busy=false]")).to_have_count(2)
    line = page.get_by_role("slider", name="Line between the two pictures")
    box = page.locator(".swipe").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.4)
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.4)
    expect(page.get_by_label("Values here")).to_contain_text("flood")
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.4)
    expect(page.get_by_label("Values here")).to_contain_text("nir")
    console.check("item-compare")
    line.focus()
    page.keyboard.press("ArrowRight")
    expect(line).to_have_attribute("aria-valuenow", "55")
    page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    expect(line).to_have_attribute("aria-valuenow", "20")
    page.reload()
    expect(line).to_be_visible()
    choice.select_option("Nothing")
    expect(line).to_have_count(0)
