"""The organization's pages: usage, members, keys, audit."""

from __future__ import annotations

from playwright.sync_api import expect

from support.api import wait_for
from support.rasters import small_scene


def test_usage_is_told_in_figures_and_by_who_uses(console, own):
    content = small_scene(1)
    own.upload_one(content, "pier.tif")
    console.open("organization/usage")
    page = console.page
    expect(page.get_by_role("heading", name="Usage")).to_be_visible()
    expect(page.locator("table")).to_contain_text(f"{len(content)} B")
    console.check("usage")
    page.get_by_label("Who uses it").select_option("item")
    expect(page.locator("table")).to_contain_text("pier")
    page.get_by_role("button", name="Change retention").click()
    page.get_by_label("Days").fill("90")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Items are kept for 90 days.")).to_be_visible()
    assert own.call("organizations.get", {"organization_id": own.organization})["retention_days"] == 90


def test_a_key_is_made_shown_once_and_revoked(console, own):
    console.open("organization/keys")
    page = console.page
    page.get_by_role("button", name="New key").click()
    page.get_by_label("What it is for").fill("A map on a wall")
    page.get_by_label("Ends after").select_option("30")
    console.check("keys-new")
    page.get_by_role("button", name="Make it").click()
    secret = page.locator(".secret code").inner_text()
    assert own.with_key(secret).op("items.list", {"project_id": own.project}).status_code == 200
    assert own.with_key(secret).op("projects.create", {"name": "No"}).status_code == 403
    console.check("keys")
    page.reload()
    expect(page.locator(".secret")).to_have_count(0)
    page.get_by_role("button", name="Revoke A map on a wall").click()
    expect(page.get_by_text("revoked")).to_be_visible()
    wait_for("the end of the key", lambda: own.with_key(secret).op("items.list", {"project_id": own.project}).status_code == 401)


def test_somebody_is_invited_gets_a_role_and_is_removed(console, own, new_user):
    new_user(own, "guest")
    console.open("organization/members")
    page = console.page
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_label("Email address").fill("ada@invited.example")
    page.locator("dialog").get_by_role("button", name="Invite", exact=True).click()
    assert "/realms/public/invitation/" in page.locator(".secret code").inner_text()
    guest = f"guest@{own.organization}.test"
    page.get_by_label(f"Role: {guest}").select_option("admin")

    def role_of_guest() -> str | None:
        members = own.call("organizations.members.list", {"organization_id": own.organization})["members"]
        return {each["email"]: each["role"] for each in members}.get(guest)

    wait_for("the role", lambda: role_of_guest() == "admin")
    console.check("members")
    page.get_by_role("button", name=f"Remove {guest}").click()
    expect(page.get_by_text(guest, exact=True)).to_have_count(0)
    assert role_of_guest() is None


def test_the_audit_log_tells_what_was_done(console, own):
    own.create_item("Audited")
    console.open("organization/audit")
    page = console.page
    expect(page.locator("tbody tr").first).to_be_visible()
    page.get_by_label("Operation").fill("items.create")
    page.get_by_label("Operation").press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("items.create")
    console.check("audit")
    page.get_by_role("link", name="Projects").click()
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(1)
