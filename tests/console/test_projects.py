"""The projects: found, made, and what the frame around every page does."""

from __future__ import annotations

import httpx
from playwright.sync_api import expect

from support.server import PASSWORD, Server


def test_projects_are_listed_found_and_made(console, own):
    for number in range(12):
        own.call("projects.create", {"name": f"Coast {number}"})
    console.page.reload()
    cards = console.page.locator(".card")
    expect(cards).to_have_count(13)
    console.check("projects")
    console.page.get_by_label("Find a project").fill("coast 1")
    expect(cards).to_have_count(3)
    console.page.reload()
    expect(cards).to_have_count(3)
    console.page.get_by_role("button", name="New project").click()
    console.check("projects-new")
    console.page.get_by_label("Name of the project").fill("  ")
    console.page.get_by_role("button", name="Cancel").click()
    console.page.get_by_role("button", name="New project").click()
    console.page.get_by_label("Name of the project").fill("Islands")
    console.page.get_by_role("button", name="Make it").click()
    expect(console.page.get_by_role("heading", name="Islands")).to_be_visible()
    assert "Islands" in [each["name"] for each in own.call("projects.list", {})["projects"]]
    console.page.go_back()
    expect(cards).to_have_count(3)


def test_a_page_that_is_not_there_says_so(console):
    console.open("nowhere/at/all")
    console.page.get_by_text("There is no such page").wait_for()
    console.check("nowhere")
    console.page.get_by_role("link", name="To the projects").click()
    console.page.get_by_role("heading", name="Projects").wait_for()


def test_a_project_of_others_is_not_found(console, neighbour):
    console.expected_statuses |= {404, 403}
    console.open(f"projects/{neighbour.project}")
    expect(console.page.get_by_role("alert").first).to_contain_text("not found", ignore_case=True)


def test_a_session_that_ends_leads_to_the_sign_in_page_and_back(console, own, owner):
    place = f"projects/{own.project}"
    console.expected_statuses.add(401)
    console.page.context.clear_cookies()
    console.open(place)
    console.page.get_by_label("Email address").fill(owner)
    console.page.get_by_label("Password").fill(PASSWORD)
    console.page.get_by_role("button", name="Sign in").click()
    console.page.wait_for_url(f"**/app/{place}*")


def test_files_of_the_console_are_kept_for_good_and_pages_are_not(server: Server):
    page = httpx.get(f"{server.base_url}/app/projects/prj_1")
    assert page.headers["cache-control"] == "no-cache" and "unsafe" not in page.headers["content-security-policy"]
    assert '<base href="../"' in page.text
    script = page.text.split('src="')[1].split('"')[0]
    for coding, name in (("br", "br"), ("gzip, br;q=0.1", "gzip"), ("identity", None)):
        answer = httpx.get(f"{server.base_url}/app/{script}", headers={"Accept-Encoding": coding})
        assert answer.status_code == 200 and answer.headers.get("content-encoding") == name
        assert "immutable" in answer.headers["cache-control"]
    assert httpx.get(f"{server.base_url}/app/assets/old-ABC.js").status_code == 404
    assert httpx.get(f"{server.base_url}/").headers["location"] == "app/"
