"""Jobs of a project and of the organization: their progress, what failed, cancelling, running again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from support.clips import box, box_in, clip, ended, order
from support.rasters import drawn_scene


@pytest.fixture
def item(own) -> str:
    """A raster of four bands."""
    return own.upload_one(drawn_scene(), "harbour.tif")


def test_a_job_that_waits_is_cancelled_run_again_and_leads_to_its_item(console, own, item):
    made = own.op("processing.create", {"job_type_name": "cog_clip", "project_id": own.project, "source_item_id": item,
                                        "parameters": {"aoi_geometry": box_in(own.item(item)["bbox"])}})
    assert made.status_code == 201
    page = console.page
    console.open(f"projects/{own.project}?tab=jobs")
    job = page.get_by_role("article", name="harbour (clip)")
    expect(job.get_by_role("progressbar")).to_be_visible()
    expect(page.locator(".map-pane[aria-busy=false]")).to_be_visible()
    console.check("project-jobs")
    page.get_by_role("button", name="Cancel harbour (clip)").click()
    expect(job).to_contain_text("Cancelled")
    page.get_by_role("button", name="Run harbour (clip) again").click()
    expect(job).to_contain_text("Done")
    job.get_by_role("link", name="Open the new item").click()
    expect(page.get_by_role("heading", name="harbour (clip)", exact=True)).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Remove harbour (clip) from the list").click()
    expect(page.get_by_text("No jobs")).to_be_visible()


def test_what_failed_says_why_and_jobs_are_filtered(console, own, item):
    clip(own, item, box_in(own.item(item)["bbox"]), output_name="Quay")
    # Between the centres of pixels.
    failed = ended(own, order(own, item, box(8.55, 47.395, 8.5500001, 47.3950001), output_name="Too small"))
    assert failed["status"] == "failed"
    page = console.page
    console.open("organization/jobs")
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("article", name="Too small").get_by_role("alert")).to_have_text(failed["error_message"])
    page.get_by_role("article", name="Too small").get_by_text("Log").click()
    console.check("organization-jobs")
    page.get_by_label("Which jobs").select_option("Done")
    expect(page.get_by_role("article")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("article", name="Quay")).to_be_visible()
    page.get_by_label("Which jobs").select_option("Runs")
    expect(page.get_by_text("There is none in this state.")).to_be_visible()
