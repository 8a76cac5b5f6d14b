"""Files on their way: chosen, dropped, paused, cut, and gone on with after a reload and a killed server."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect
from rasterio.transform import from_origin

from support.api import wait_for
from support.console import opened_console
from support.link import Link
from support.rasters import drawn_scene, geotiff, small_scene


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A raster of several parts."""
    path = tmp_path_factory.mktemp("large") / "coast.tif"
    path.write_bytes(geotiff(np.random.default_rng(5).integers(1, 255, (3, 2900, 2900), dtype=np.uint8)))
    return path


def test_chosen_files_become_items_with_their_sidecars(console, own, tmp_path):
    (tmp_path / "harbour.tif").write_bytes(drawn_scene())
    (tmp_path / "harbour.qml").write_text("<qgis/>")
    (tmp_path / "pier.tif").write_bytes(small_scene(3))
    console.open(f"projects/{own.project}?tab=uploads")
    console.choose_files(*(tmp_path / name for name in ("harbour.tif", "harbour.qml", "pier.tif")))
    page = console.page
    expect(page.locator(".upload.done")).to_have_count(2)
    console.check("uploads")
    page.get_by_role("tab", name="Items").click()
    expect(page.get_by_text("2 items", exact=True)).to_be_visible()
    assert sorted(own.names()) == ["harbour", "pier"]
    [harbour] = [feature for feature in own.search()["features"] if feature["name"] == "harbour"]
    assert any("qml" in key for key in own.assets(harbour["id"]))


def test_a_file_that_would_be_refused_says_so_before_it_is_sent(console, own, tmp_path):
    (tmp_path / "broken.tif").write_bytes(b"II*\0 this is no raster at all")
    console.open(f"projects/{own.project}?tab=uploads")
    console.choose_files(tmp_path / "broken.tif")
    row = console.page.locator(".upload.failed")
    expect(row).to_contain_text("broken.tif")
    expect(row.locator(".fault")).to_contain_text("is truncated")
    assert own.call("uploads.list", {"project_id": own.project})["total"] == 0
    console.check("uploads-failed")


def test_a_file_without_a_reference_system_asks_for_one(console, own, tmp_path):
    (tmp_path / "drawing.tif").write_bytes(geotiff(np.ones((1, 64, 64), np.uint8), epsg=None, transform=from_origin(2_600_000, 1_200_000, 10, 10)))
    console.open(f"projects/{own.project}?tab=uploads")
    console.choose_files(tmp_path / "drawing.tif")
    page = console.page
    page.get_by_label("Search, for example 2056 or UTM 32N").fill("2056")
    console.check("uploads-crs")
    page.get_by_role("button", name="EPSG:2056", exact=False).click()
    expect(page.get_by_label("Search, for example 2056 or UTM 32N")).to_have_count(0)
    [item] = own.search()["features"]
    assert item["bbox"][0] == pytest.approx(7.4386, abs=0.01)


def slow_down(page, bytes_a_second: int):
    """Limits what leaves the page; -1: not."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": -1,
                                                      "uploadThroughput": bytes_a_second})


def test_an_upload_goes_on_after_cuts_a_reload_and_a_killed_server(make_server, large):
    server = make_server()
    api = server.api()
    server.installation.user("owner@cut.test", api.organization, "owner")
    link = Link(server.base_url)
    with opened_console(link.url) as console:
        console.sign_in("owner@cut.test", f"projects/{api.project}?tab=uploads")
        page = console.page
        slow_down(page, 3_000_000)
        link.cuts = [2_000_000, 4_000_000]
        console.choose_files(large)
        wait_for("both cuts", lambda: link.cuts == [] or page.wait_for_timeout(100))
        page.wait_for_function("document.querySelector('.upload progress')?.value > 9e6", timeout=120_000)
        page.get_by_role("button", name="Pause coast.tif").click()
        expect(page.locator(".upload.paused")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="Not finished")).to_be_visible()
        server.kill()
        server.start()
        link.target = server.base_url
        slow_down(page, -1)
        page.reload()
        before = link.sent
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Choose the files").click()
        chooser.value.set_files(large)
        expect(page.locator(".upload.done")).to_have_count(1, timeout=120_000)
        assert link.sent - before < large.stat().st_size, "what had arrived is not sent again"
    [item] = server.api().search()["features"]
    assert item["name"] == "coast"
