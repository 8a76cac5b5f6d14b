"""Objects that the catalog names and that are gone from the disk."""

from __future__ import annotations

from pathlib import Path

from support import catalog
from support.api import get, wait_for
from support.rasters import cog, drawn_scene, geotiff, ramp
from support.server import Server

TILE = "/api/v1/items/{}/tiles/8/134/89.png"


def file_of(server: Server, item: str, key: str) -> Path:
    """The stored file of an asset."""
    [row] = catalog.rows(server.installation, f"""
        SELECT o.blob_key FROM asset a JOIN object o ON o.id = a.object_id
        WHERE a.item_id = '{item}' AND a.asset_key = '{key}' AND a.deleted_at IS NULL""")
    blob = row["blob_key"]
    return server.installation.data / "objects" / blob[-2:] / blob


def restarted(server: Server) -> None:
    """Nobody holds a file open any more."""
    assert server.stop() == 0
    server.start()


def damaged(api, item: str) -> list[str] | None:
    """What record and STAC say, which must be the same."""
    record = api.item(item)["properties"].get("landfall:damaged")
    stac = api.http.get(f"/api/v1/items/{item}/stac.json").json()["properties"].get("landfall:damaged")
    assert record == stac
    return record


def test_a_lost_upload_is_told_and_its_item_is_drawn_from_the_rendition(make_server):
    server = make_server()
    item = server.api().upload_one(drawn_scene(1500))
    wait_for("the rendition", lambda: "cog" in server.api().assets(item))
    catalog.settle(server.installation)
    lost = file_of(server, item, "data")
    kept = lost.rename(server.installation.data.parent / "kept")
    restarted(server)
    api = server.api()
    for _ in range(2):
        answer = get(api.download(item))
        assert answer.status_code == 404 and "NoSuchKey" in answer.text
    assert damaged(api, item) == ["data"]
    assert api.http.get(TILE.format(item)).status_code == 200
    lines = [line for line in server.log.read_text().splitlines() if " error " in line and lost.name in line]
    assert len(lines) == 1 and item in lines[0]
    assert "\nlandfall_objects_missing 1\n" in api.http.get("/metrics").text
    doctor = server.installation.run("doctor", "--data", str(server.installation.data), check=False)
    assert doctor.returncode == 1 and f"{lost.name} (asset 'data' of {item})" in doctor.stdout
    kept.rename(lost)
    restarted(server)
    api = server.api()
    wait_for("the end of the mark", lambda: "landfall:damaged" not in api.item(item)["properties"])
    assert damaged(api, item) is None
    assert get(server.api().download(item)).status_code == 200
    assert server.installation.run("doctor", "--data", str(server.installation.data)).returncode == 0


def test_a_lost_rendition_is_made_again(make_server):
    server = make_server()
    item = server.api().upload_one(drawn_scene(1500))
    wait_for("the rendition", lambda: "cog" in server.api().assets(item))
    catalog.settle(server.installation)
    before = server.api().assets(item)["cog"]["id"]
    file_of(server, item, "cog").unlink()
    restarted(server)
    api = server.api()
    assert api.http.get(TILE.format(item)).status_code == 200
    wait_for("another rendition", lambda: api.assets(item).get("cog", {}).get("id") not in (None, before))
    assert damaged(api, item) is None
    assert get(api.download(item, "cog")).status_code == 200
    assert catalog.disagreements(server.installation) == []


def test_an_item_is_drawn_from_another_asset_that_is_whole(make_server):
    server = make_server()
    first, second = cog(ramp(300, 300, 3)), cog(ramp(300, 300, 3) // 2)
    [item] = server.api().upload({"first.tif": first})
    server.api().upload({"second.tif": second}, target_item_id=item)
    catalog.settle(server.installation)
    url = TILE.format(item)
    whole = server.api().http.get(url).headers["etag"]
    file_of(server, item, "data").unlink()
    restarted(server)
    answer = server.api().http.get(url)
    assert answer.status_code == 200 and answer.headers["etag"] != whole
    assert damaged(server.api(), item) == ["data"]
    explicit = server.api().http.get(url, params={"asset_key": "data"})
    assert explicit.status_code == 404 and "missing" in explicit.json()["detail"]


def test_a_file_that_was_cut_short_is_lost_too(make_server):
    server = make_server()
    content = geotiff(ramp(64, 64, 1))
    item = server.api().upload_one(content)
    catalog.settle(server.installation)
    file = file_of(server, item, "data")
    file.chmod(0o600)
    file.write_bytes(content[:100])
    restarted(server)
    api = server.api()
    assert get(api.download(item)).status_code == 404
    assert damaged(api, item) == ["data"]
