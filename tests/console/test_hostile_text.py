"""Whatever people write is text on every page, never markup."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from support.rasters import drawn_scene

MARKUP = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>{{base}} ' \" &lt;b&gt;"


@pytest.fixture
def hostile(own) -> str:
    """Markup in every text that one may write; gives the item."""
    collection = own.create_collection(MARKUP, description=MARKUP, color="#b04a00")
    item = own.upload_one(drawn_scene(), "<b>bold<b>.tif")
    own.call("items.update", {"item_id": item, "name": MARKUP, "description": MARKUP, "collection_id": collection["id"],
                              "properties": {MARKUP: MARKUP, "nested": {"deep": [MARKUP]}}})
    own.call("visualization.profile.create", {"item_id": item, "name": MARKUP, "type": "rgb", "config": {"bands": [1, 2, 3]}})
    own.call("api_keys.create", {"name": MARKUP, "permissions": ["items:read"]})
    own.call("projects.update", {"project_id": own.project, "name": MARKUP})
    own.call("organizations.update", {"organization_id": own.organization, "name": MARKUP})
    return item


PLACES = ["", "projects/{project}", "projects/{project}?tab=layers", "projects/{project}?tab=uploads",
          "projects/{project}/items/{item}", "organization/usage", "organization/usage?by=item", "organization/members",
          "organization/keys", "organization/audit"]


def test_markup_is_shown_as_text_on_every_page(console, own, hostile):
    page = console.page
    for place in PLACES:
        console.open(place.format(project=own.project, item=hostile))
        page.wait_for_load_state("networkidle")
        expect(page.locator("#content")).not_to_be_empty()
        assert "owned" not in page.evaluate("document.title.replace(/^.*·/, '')")
        assert page.locator("main img[src=x], main script, header script").count() == 0, place
    console.open(f"projects/{own.project}/items/{hostile}")
    expect(page.get_by_role("heading", name=MARKUP)).to_be_visible()
    assert console.faults == []
