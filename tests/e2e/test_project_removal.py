"""A project that is deleted while the server dies. Decision: docs/decisions/0015-projects-go-in-steps.md."""

from __future__ import annotations

import threading

import httpx

from support import catalog
from support.answers import problem
from support.rasters import drawn_scene

ITEMS = 300


def test_what_a_crash_left_of_a_deleted_project_goes_with_the_next_sweep(make_server):
    server = make_server()
    api = server.api()
    doomed = api.new_project("Doomed")
    scene = doomed.upload_one(drawn_scene(), "scene.tif")
    kept = api.call("items.duplicate", {"item_id": scene, "target_project_id": api.project})["id"]
    for number in range(ITEMS):
        doomed.create_item(f"Item {number}")
    catalog.settle(server.installation)

    def delete() -> None:
        try:
            doomed.op("projects.delete", {"project_id": doomed.project})
        except httpx.HTTPError:
            pass

    calling = threading.Thread(target=delete)
    calling.start()
    deleted = f"SELECT count(*) FROM project WHERE id = '{doomed.project}' AND deleted_at IS NOT NULL"
    while not catalog.number(server.installation, deleted):
        pass
    server.kill()
    calling.join()
    server.start()
    api = server.api()
    doomed = api.within(doomed.project)
    problem(doomed.op("items.list", {"project_id": doomed.project}), 404)
    problem(doomed.op("items.get", {"item_id": scene}), 404)
    assert api.call("items.search_org", {})["numberMatched"] == 1
    server.installation.run("sweep", "--data", str(server.installation.data))
    assert catalog.number(server.installation, "SELECT count(*) FROM item") == 1
    assert not catalog.disagreements(server.installation)
    assert api.item(kept)["id"] == kept
    used = api.storage()["used_bytes"]
    assert api.call("usage.recalculate_storage", {"organization_id": api.organization})["storage_bytes"] == used > 0
