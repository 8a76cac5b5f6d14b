"""What is drawn and told of an item follows every change at once, on every server of the same database.
Contract: section 10; extensions, "Catalog"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from support.api import Api, wait_for
from support.rasters import drawn_scene
from support.server import NO_LIMITS, Installation, Server
from support.tiles import tile_under


@pytest.fixture(scope="module")
def installation(binary, engine, tmp_path_factory) -> Installation:
    """A data folder of this module's own."""
    return Installation(binary, tmp_path_factory.mktemp("stale") / "data", engine.new_database(), NO_LIMITS)


@pytest.fixture(scope="module")
def servers(installation, engine) -> Iterator[tuple[Api, Api]]:
    """Two servers of one database; on SQLite, which has one, the same one twice."""
    one = Server(installation)
    with ExitStack() as at_the_end:
        at_the_end.callback(one.stop)
        if engine.name == "sqlite":
            yield one.api(), one.api()
            return
        other = Server(installation, world=one.world)
        at_the_end.callback(other.stop)
        yield one.api(), other.api()


class Shown:
    """All that a server shows of an item, asked as a map and a catalog client ask."""

    def __init__(self, api: Api, item: str) -> None:
        self.api = api
        self.item = item

    def tilejson(self) -> str:
        """The URL of the item's tiles."""
        answer = self.api.http.get(f"/api/v1/items/{self.item}/tilejson.json")
        assert answer.status_code == 200, answer.text
        return answer.json()["tiles"][0].removeprefix(self.api.base_url)

    def tile(self) -> bytes:
        """The tile under the item by the URL that TileJSON names now."""
        place = tile_under(self.api.item(self.item)["bbox"], 13)
        answer = self.api.http.get(self.tilejson().replace(".webp", ".png").format(**place))
        assert answer.status_code == 200, answer.text
        assert "immutable" in answer.headers["cache-control"]
        return answer.content

    def document(self) -> dict:
        """The item's STAC document."""
        return self.api.call("items.get_stac", {"item_id": self.item})


@pytest.fixture
def pair(servers) -> tuple[Api, Shown, Shown]:
    """A raster of its own, changed at one server and looked at on both."""
    here, there = servers
    item = here.new_project().upload_one(drawn_scene())
    wait_for("the renditions", lambda: {"cog", "thumbnail"} <= set(here.assets(item)))
    shown = Shown(here, item), Shown(there, item)
    assert shown[0].tile() == shown[1].tile()
    return here, *shown


def changes(api: Api, item: str) -> dict[str, Callable[[], None]]:
    """Changes of how an item looks, one after the other."""
    made = {}

    def create() -> None:
        made["id"] = api.call("visualization.profile.create", {"item_id": item, "name": "one", "type": "singleband",
                                                               "config": {"bands": ["nir"]}, "is_default": True})["id"]

    def update(**fields) -> None:
        api.call("visualization.profile.update", {"item_id": item, "profile_id": made["id"], **fields})

    def make_default(name: str) -> None:
        [profile] = [p for p in api.call("visualization.profiles.list", {"item_id": item}) if p["name"] == name]
        api.call("visualization.profile.set_default", {"item_id": item, "profile_id": profile["id"]})

    def elsewhere() -> None:
        api.call("items.set_crs", {"item_id": item, "crs": "EPSG:32633"})
        wait_for("the new renditions", lambda: {"cog", "thumbnail"} <= set(api.assets(item)))

    return {
        "create": create,
        "update": lambda: update(config={"bands": ["red"], "colormap": "magma"}),
        "rename the bands": lambda: api.call("items.set_asset_band_names", {
            "item_id": item, "asset_id": "data", "band_names": ["red", "green", "blue", "nir"]}),
        "another default": lambda: make_default("Default"),
        "back": lambda: make_default("one"),
        "delete": lambda: api.call("visualization.profile.delete", {"item_id": item, "profile_id": made["id"]}),
        "elsewhere": elsewhere,
    }


def test_a_tile_is_never_older_than_the_description_that_names_it(pair):
    api, here, there = pair
    seen = [there.tile()]
    for name, change in changes(api, here.item).items():
        before = there.tilejson(), there.tile()
        change()
        assert there.tilejson() == here.tilejson() != before[0], name
        assert there.tile() == here.tile() != before[1], name
        seen.append(there.tile())
    assert seen[2] != seen[3] and seen[4] == seen[0]


def test_a_tile_without_a_version_follows_in_a_moment(pair):
    api, here, there = pair
    place = "/api/v1/items/{}/tiles/{z}/{x}/{y}.png".format(here.item, **tile_under(api.item(here.item)["bbox"], 13))
    api.call("visualization.profile.create", {"item_id": here.item, "name": "n", "type": "singleband", "config": {}, "is_default": True})
    now = api.http.get(place)
    assert "immutable" not in now.headers["cache-control"]
    wait_for("the new look", lambda: there.api.http.get(place).content == now.content)
    old = there.api.http.get(place, params={"v": "0123456789abcdef"})
    assert old.content == now.content and "immutable" not in old.headers["cache-control"]


def test_documents_follow_every_change_at_once(pair):
    api, here, there = pair
    item = here.item
    steps = {
        "update": lambda: api.call("items.update", {"item_id": item, "name": "Renamed", "properties": {"x": 1}}),
        "move": lambda: api.call("items.update", {"item_id": item, "geometry": {"type": "Point", "coordinates": [7, 46]}}),
        "rename the bands": lambda: api.call("items.set_asset_band_names", {
            "item_id": item, "asset_id": "data", "band_names": ["a", "b", "c", "d"]}),
        "elsewhere": lambda: api.call("items.set_crs", {"item_id": item, "crs": "EPSG:32633"}),
    }
    for name, step in steps.items():
        before = there.document()
        step()
        after = there.document()
        assert after == here.document() | {"links": after["links"], "assets": after["assets"],
                                           "stac_extensions": after["stac_extensions"]}, name
        assert after["properties"]["updated"] > before["properties"]["updated"], name
        [found] = there.api.within(api.item(item)["project_id"]).search(format="stac")["features"]
        assert found == after, name


def test_a_deleted_item_is_gone_at_once(pair):
    api, here, there = pair
    url = there.tilejson().replace(".webp", ".png").format(**tile_under(api.item(here.item)["bbox"], 13))
    assert there.api.http.get(url).status_code == 200
    api.call("items.delete", {"item_id": here.item})
    for operation in ("items.get_stac", "items.tile.tilejson", "visualization.profiles.list"):
        assert there.api.op(operation, {"item_id": here.item}).status_code == 404
    wait_for("the end of its tiles", lambda: there.api.http.get(url).status_code == 404)




def test_what_another_process_expired_is_drawn_no_more(pair, installation):
    """[section 7.8] A command works beside the servers, on SQLite as well: on the same file."""
    api, here, there = pair
    url = there.tilejson().replace(".webp", ".png").format(**tile_under(api.item(here.item)["bbox"], 13))
    assert there.api.http.get(url).status_code == 200
    installation.run("organization", "set", api.organization, "--plan", "free", "--retention-days", "1", "--data", str(installation.data))
    installation.run("lifecycle", "run", "--at", "2100-01-01T00:00:00Z", "--yes", "--data", str(installation.data))
    wait_for("the end of its tiles", lambda: there.api.http.get(url).status_code in (404, 410))
    assert there.api.op("items.tile.tilejson", {"item_id": here.item}).status_code in (404, 410)
