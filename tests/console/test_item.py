"""The page of an item: looks, files, changes, and undoing."""

from __future__ import annotations

import re
from datetime import datetime

import httpx
import pytest
import rasterio
from playwright.sync_api import expect

from support.rasters import drawn_scene


@pytest.fixture
def opened(console, own, item):
    """Its page."""
    console.open(f"projects/{own.project}/items/{item}")
    expect(console.page.get_by_role("heading", name="harbour", exact=True)).to_be_visible()
    expect(console.page.locator(".map-pane[aria-busy=false]")).to_be_visible()
    return console


def test_what_is_known_is_told(opened):
    facts = opened.page.locator(".facts").first
    expect(facts).to_contain_text("blue, green, red, nir")
    expect(facts).to_contain_text("10 m a pixel")
    expect(facts).to_contain_text("47.")
    opened.check("item")


def test_a_look_is_tried_stands_in_the_address_and_is_saved(opened, own, item):
    page = opened.page
    with page.expect_request(lambda request: "/tiles/" in request.url and "expression" in request.url):
        page.get_by_role("button", name="Expression").click()
        page.get_by_label("Expression", exact=True).fill("(b4-b3)/(b4+b3)")
        page.get_by_label("Expression", exact=True).blur()
    page.get_by_label("Colours").select_option("ylgn")
    expect(page).to_have_url(re.compile("colormap=ylgn"))
    page.reload()
    expect(page.get_by_label("Colours")).to_have_value("ylgn")
    opened.check("item-look")
    page.get_by_role("button", name="Save as").click()
    page.get_by_label("Name of the look").fill("Growth")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_label("Saved looks").get_by_role("option", name="Growth")).to_be_attached()
    profiles = {each["name"]: each for each in own.call("visualization.profiles.list", {"item_id": item})}
    assert profiles["Growth"]["config"] == {"expression": "(b4-b3)/(b4+b3)", "rescale": [[-1, 1]], "colormap": "ylgn"}
    opened.expected_statuses.add(422)
    page.get_by_label("Expression", exact=True).fill("b9/")
    page.get_by_label("Expression", exact=True).blur()
    expect(page.get_by_role("alert")).to_be_visible()


def test_a_file_is_downloaded_as_it_was_sent(opened):
    with opened.page.expect_download() as download:
        opened.page.get_by_role("button", name="Download harbour.tif").click()
    assert download.value.path().read_bytes() == drawn_scene()


def test_an_item_is_changed_copied_deleted_and_brought_back(opened, own, item):
    page = opened.page
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Name", exact=True).fill("Harbour, cleaned")
    page.get_by_label("Date (UTC)").fill("2024-05-06T10:30")
    opened.screenshot("item-edit")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Harbour, cleaned")).to_be_visible()
    changed = own.item(item)
    assert changed["datetime"].startswith("2024-05-06T10:30:00") and changed["description"] is None
    page.get_by_role("button", name="Duplicate").click()
    page.wait_for_url(lambda url: item not in url)
    expect(page.get_by_role("heading", name="Made from", exact=True)).to_be_visible()
    page.locator(".tree").get_by_role("link", name="Harbour, cleaned").click()
    expect(page.get_by_role("heading", name="Made from it")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Harbour, cleaned is deleted")).to_be_visible()
    assert own.op("items.get", {"item_id": item}).status_code == 404
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="Harbour, cleaned")).to_be_visible()
    assert own.item(item)["name"] == "Harbour, cleaned"


def test_addresses_for_other_programs_carry_a_key_that_only_reads_and_ends(opened, own, item):
    page = opened.page
    page.get_by_role("button", name="Make addresses with a key").click()
    tiles = page.locator(".links code").first.inner_text()
    key = tiles.split("key=")[1]
    assert own.with_key(key).op("items.get", {"item_id": item}).status_code == 200
    assert own.with_key(key).op("items.delete", {"item_id": item}).status_code == 403
    [made] = [each for each in own.call("api_keys.list", {}) if each["name"] == "Link to harbour"]
    assert made["expires_at"] and made["permissions"] == ["items:read"]
    opened.check("item-links")


def test_every_program_takes_what_is_copied_for_it(opened, own, item):
    page = opened.page
    page.get_by_label("How long the key holds").select_option("Ends after 7 days")
    page.get_by_role("button", name="Make addresses with a key").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    def copied(what: str) -> str:
        page.get_by_role("button", name=f"Copy {what}", exact=True).click()
        return page.evaluate("navigator.clipboard.readText()")

    expect(page.get_by_text("can read the items of this organization, and change nothing")).to_be_visible()
    assert b"TileMatrixSet" in httpx.get(copied("WMTS")).content
    assert httpx.get(copied("TileJSON")).json()["tilejson"] == "3.0.0"
    assert httpx.get(copied("STAC")).json()["id"]
    with rasterio.open(copied("GDAL").split('"')[1]) as raster:
        assert raster.descriptions == ("blue", "green", "red", "nir")
    lines = copied("Python")
    assert f'client.open("{item}", "data")' in lines and compile(lines, "copied", "exec")
    [made] = [each for each in own.call("api_keys.list", {}) if each["name"] == "Link to harbour"]
    life = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert abs(life.total_seconds() - 7 * 86_400) < 60
