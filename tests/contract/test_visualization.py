"""Profiles and what bands can show. Contract: section 10.1."""

from __future__ import annotations

import pytest

from support.answers import faults, problem
from support.api import Api, wait_for
from support.rasters import drawn_scene, small_scene
from support.tiles import decode, tile_under


@pytest.fixture
def item(api: Api) -> str:
    """A raster of bands blue, green, red, nir, with its default profile."""
    return api.upload_one(drawn_scene())


def create(api: Api, item: str, name: str = "A look", type: str = "rgb", config: dict | None = None, **fields) -> dict:
    """A new profile."""
    return api.call("visualization.profile.create", {"item_id": item, "name": name, "type": type, "config": config or {}, **fields})


def profiles(api: Api, item: str) -> list[dict]:
    """Those of an item, in order."""
    return api.call("visualization.profiles.list", {"item_id": item})


def defaults(api: Api, item: str) -> list[str]:
    """The names of the default profiles of an item."""
    return [profile["name"] for profile in profiles(api, item) if profile["is_default"]]


def test_a_profile_is_made_with_what_is_said_and_the_rest_by_default(api, item):
    made = create(api, item, "Infrared", config={"bands": [4, 3, 2]})
    assert (made["item_id"], made["name"], made["type"], made["layer"]) == (item, "Infrared", "rgb", "user")
    assert (made["config"], made["asset_key"], made["sort_order"]) == ({"bands": [4, 3, 2]}, None, 0)
    assert (made["is_default"], made["version"]) == (False, 1)
    full = create(api, item, "All", "singleband", {"bands": ["nir"]}, layer="sensor", is_default=True, sort_order=7, asset_key="data")
    assert (full["layer"], full["is_default"], full["sort_order"], full["asset_key"]) == ("sensor", True, 7, "data")
    assert api.call("visualization.profile.get", {"item_id": item, "profile_id": made["id"]}) == made


def test_profiles_are_listed_by_sort_order_then_age(api, item):
    for name, order in (("late", 5), ("first", -1), ("then", 5)):
        create(api, item, name, sort_order=order)
    assert [profile["name"] for profile in profiles(api, item)] == ["first", "Default", "late", "then"]


def test_an_update_changes_what_is_given_and_counts_the_version(api, item):
    made = create(api, item, config={"bands": [1]}, asset_key="data")
    body = {"item_id": item, "profile_id": made["id"]}
    after = api.call("visualization.profile.update", body | {"name": "Renamed", "sort_order": 3})
    assert (after["name"], after["sort_order"], after["version"]) == ("Renamed", 3, 2)
    assert (after["config"], after["type"], after["asset_key"]) == (made["config"], "rgb", "data")
    after = api.call("visualization.profile.update", body | {"config": {"bands": [2]}, "asset_key": None, "name": None})
    assert (after["config"], after["asset_key"], after["name"], after["version"]) == ({"bands": [2]}, None, "Renamed", 3)
    assert api.call("visualization.profile.update", body) == after
    assert api.call("visualization.profile.get", body) == after


def test_one_profile_is_the_default_and_another_takes_that_from_it(api, item):
    one, two = create(api, item, "one", is_default=True), create(api, item, "two")
    assert defaults(api, item) == ["one"]
    body = {"item_id": item, "profile_id": two["id"]}
    chosen = api.call("visualization.profile.set_default", body)
    assert (chosen["is_default"], chosen["version"], defaults(api, item)) == (True, 2, ["two"])
    assert api.call("visualization.profile.set_default", body) == chosen
    api.call("visualization.profile.update", {"item_id": item, "profile_id": one["id"], "is_default": True})
    assert defaults(api, item) == ["one"]
    api.call("visualization.profile.update", {"item_id": item, "profile_id": one["id"], "is_default": False})
    assert defaults(api, item) == []


def test_the_next_in_order_follows_a_deleted_default(api, item):
    [first] = profiles(api, item)
    create(api, item, "second", sort_order=2)
    third = create(api, item, "third", sort_order=1)
    body = {"item_id": item, "profile_id": first["id"]}
    assert api.call("visualization.profile.delete", body) == {"ok": True, "id": first["id"]}
    assert defaults(api, item) == ["third"]
    problem(api.op("visualization.profile.delete", body), 404)
    api.call("visualization.profile.delete", {"item_id": item, "profile_id": third["id"]})
    [last] = profiles(api, item)
    assert (last["name"], last["is_default"], last["version"]) == ("second", True, 2)
    api.call("visualization.profile.delete", {"item_id": item, "profile_id": last["id"]})
    assert profiles(api, item) == []


@pytest.mark.parametrize("operation", ["get", "update", "set_default", "delete"])
def test_a_profile_of_another_item_is_404(api, item, operation):
    other = api.create_item()["id"]
    profile = profiles(api, item)[0]["id"]
    problem(api.op(f"visualization.profile.{operation}", {"item_id": other, "profile_id": profile}), 404)
    problem(api.op(f"visualization.profile.{operation}", {"item_id": item, "profile_id": "vp_missing"}), 404)


@pytest.mark.parametrize(("config", "at"), [
    ({"bands": [5]}, {"bands"}), ({"bands": [1, 2]}, {"bands"}), ({"bands": ["swir"]}, {"bands"}), ({"bands": 1}, {"bands"}),
    ({"rescale": [[5, 1]]}, {"rescale"}), ({"rescale": "a,b"}, {"rescale"}), ({"bands": [1], "rescale": [[0, 1], [0, 2]]}, {"rescale"}),
    ({"colormap": "nosuch"}, {"colormap"}), ({"colormap": {"1": "red-ish"}}, {"colormap"}), ({"expression": "swir / red"}, {"expression"}),
    ({"expression": 1}, {"expression"}), ({"gamma": 0}, {"gamma"}), ({"gamma": "x"}, {"gamma"}), ({"nodata": "none"}, {"nodata"}),
    ({"resampling": "cubicish"}, {"resampling"}), ({"bands": [9], "gamma": -1, "nodata": {}}, {"bands", "gamma", "nodata"})])
def test_a_config_that_cannot_be_drawn_is_refused_at_its_member(api, item, config, at):
    bad = {"item_id": item, "name": "Bad", "type": "rgb", "config": config}
    assert set(faults(api.op("visualization.profile.create", bad))) == {("config", name) for name in at}
    profile = profiles(api, item)[0]
    answer = api.op("visualization.profile.update", {"item_id": item, "profile_id": profile["id"], "config": config})
    assert set(faults(answer)) == {("config", name) for name in at}
    assert profiles(api, item) == [profile]


def test_an_expression_profile_needs_an_expression(api, item):
    body = {"item_id": item, "name": "NDVI", "type": "expression", "config": {}}
    assert set(faults(api.op("visualization.profile.create", body))) == {("config", "expression")}
    assert create(api, item, "NDVI", "expression", {"expression": "(nir-red)/(nir+red)", "colormap": "RdYlGn", "rescale": [-1, 1]})


def test_unknown_members_of_a_config_are_kept_and_its_size_is_bounded(api, item):
    config = {"bands": [1], "legend": {"title": "Höhe", "steps": [1, 2.5, None]}, "note": "x" * 1000}
    assert create(api, item, config=config)["config"] == config
    answer = api.op("visualization.profile.create",
                    {"item_id": item, "name": "Huge", "type": "rgb", "config": {"note": "x" * 300_000}})
    assert set(faults(answer)) == {("config",)}


def test_an_item_has_at_most_a_hundred_profiles(api):
    item = api.create_item()["id"]
    for _ in range(100):
        create(api, item)
    answer = api.op("visualization.profile.create", {"item_id": item, "name": "One more", "type": "rgb", "config": {}})
    assert set(faults(answer)) == {("item_id",)}


def test_an_item_without_a_raster_takes_profiles_for_the_one_to_come(api):
    item = api.create_item()["id"]
    create(api, item, "soon", "singleband", {"bands": ["nir"], "expression": "nir / red"})
    answer = api.op("visualization.profile.create", {"item_id": item, "name": "Bad", "type": "rgb", "config": {"gamma": 99}})
    assert set(faults(answer)) == {("config", "gamma")}
    problem(api.op("visualization.profile.create",
                   {"item_id": item, "name": "n", "type": "rgb", "config": {}, "asset_key": "missing"}), 404)


def test_an_asset_that_is_no_raster_has_no_profile(api, item):
    session = api.initiate(target_item_id=item, asset_key="more")
    api.send(session, "points.geojson", b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},'
                                        b'"geometry":{"type":"Point","coordinates":[8,47]}}]}', "application/geo+json")
    api.complete(session)
    answer = api.op("visualization.profile.create",
                    {"item_id": item, "name": "n", "type": "rgb", "config": {}, "asset_key": "more"})
    assert set(faults(answer)) == {("asset_key",)}


def tile(api: Api, item: str, **query) -> bytes:
    """The PNG under the middle of an item."""
    place = tile_under(api.item(item)["bbox"], 13)
    answer = api.http.get("/api/v1/items/{}/tiles/{z}/{x}/{y}.png".format(item, **place), params=query)
    assert answer.status_code == 200, answer.text
    return answer.content


def version(api: Api, item: str, **query) -> str:
    """What TileJSON says of the tiles: a map that follows it never shows an old one."""
    [url] = api.http.get(f"/api/v1/items/{item}/tilejson.json", params=query).json()["tiles"]
    return url.split("v=")[1].split("&")[0]


def test_tiles_follow_a_profile_at_once(api, item):
    """[section 10.1]"""
    wait_for("the renditions", lambda: {"cog", "thumbnail"} <= set(api.assets(item)))
    seen = [(tile(api, item), version(api, item))]

    def changed() -> None:
        now = (tile(api, item), version(api, item))
        assert now[0] != seen[-1][0] and now[1] not in [other for _, other in seen]
        seen.append(now)

    made = create(api, item, "gray", "singleband", {"bands": ["nir"]}, is_default=True)
    changed()
    body = {"item_id": item, "profile_id": made["id"]}
    api.call("visualization.profile.update", body | {"config": {"bands": [1], "colormap": "viridis"}})
    changed()
    assert tile(api, item, profile="gray") == tile(api, item, profile=made["id"]) == seen[-1][0]
    api.call("visualization.profile.delete", body)
    assert tile(api, item) == seen[0][0] and version(api, item) != seen[-1][1]
    problem(api.http.get("/api/v1/items/{}/tiles/{z}/{x}/{y}.png".format(item, **tile_under(api.item(item)["bbox"], 13)),
                         params={"profile": "gray"}), 404)


def test_a_singleband_profile_shows_one_band_where_its_config_says_none(api, item):
    create(api, item, "one", "singleband", {"rescale": [0, 5000]})
    assert (tile(api, item, profile="one") == tile(api, item, bands="1", rescale="0,5000"))
    pixels = decode(tile(api, item, profile="one"))
    assert (pixels[..., 0] == pixels[..., 1]).all()


ROLES = {"red": 3, "green": 2, "blue": 1, "nir": 4}


def listed(api: Api, **body) -> dict[str, dict]:
    """What can be shown, by id; checks what holds for every answer."""
    answer = api.call("visualization.list_for", body)
    found = {one["id"]: one for one in answer["visualizations"]}
    assert len(found) == len(answer["visualizations"])
    assert answer["default_id"] == next((id for id, one in found.items() if one["is_default"]), "")
    assert sum(one["is_default"] for one in found.values()) == bool(found)
    assert api.call("visualization.list_for", body) == answer
    return found


def test_roles_allow_composites_indices_and_bands(api):
    found = listed(api, band_roles=ROLES, asset="data")
    assert found["natural"]["bands"] == [3, 2, 1] and found["natural"]["is_default"] and found["natural"]["kind"] == "rgb"
    assert found["color_infrared"]["bands"] == [4, 3, 2]
    assert (found["ndvi"]["kind"], found["ndvi"]["expression"], found["ndvi"]["rescale"]) == ("index", "(b4 - b3) / (b4 + b3)", "-1,1")
    assert found["band_nir"]["bands"] == [4] and found["band_nir"]["kind"] == "raw"
    assert {one["asset"] for one in found.values()} == {"data"}
    assert not {"nbr", "ndmi", "agriculture"} & set(found)
    assert {"nbr", "ndmi", "agriculture"} <= set(listed(api, band_roles=ROLES | {"swir16": 5, "SWIR2": 6}))


def test_every_visualization_can_be_drawn(api, item):
    for one in listed(api, band_roles=ROLES).values():
        look = {name: one[name] for name in ("expression", "colormap", "rescale") if one[name]}
        if one["bands"]:
            look["bands"] = ",".join(map(str, one["bands"]))
        assert tile(api, item, **look)


def test_elevation_and_unknown_bands_and_vectors(api):
    assert listed(api, data_type="elevation")["elevation"]["bands"] == [1]
    assert listed(api, band_roles={"dem": 2})["elevation"]["bands"] == [2]
    assert list(listed(api)) == ["band_1"]
    assert listed(api, data_type="vector", band_roles=ROLES) == {}


def test_a_configured_look_comes_first(api):
    found = listed(api, band_roles=ROLES, render_params={"bands": ["nir", 2, 1], "rescale": [0, 3000], "colormap": "magma"})
    assert found["configured"] | {"bands": [4, 2, 1], "rescale": "0,3000", "is_default": True} == found["configured"]
    assert found["natural"]["rescale"] == "0,3000" and found["band_nir"]["colormap"] == "magma"
    assert found["ndvi"]["rescale"] == "-1,1"


@pytest.mark.parametrize(("body", "at"), [
    ({"band_roles": {"red": 0}}, ("band_roles", "red")), ({"band_roles": {"red": "3"}}, ("band_roles", "red")),
    ({"band_roles": {"red": 70_000}}, ("band_roles", "red")), ({"band_roles": {"": 1}}, ("band_roles", "")),
    ({"render_params": {"gamma": 0}}, ("render_params", "gamma")), ({"render_params": {"bands": ["swir"]}}, ("render_params", "bands"))])
def test_what_is_no_role_or_look_is_refused_at_it(api, body, at):
    assert set(faults(api.op("visualization.list_for", body))) == {at}


def test_listing_needs_the_scope_of_tiles_alone(server, admin):
    mapper = admin.with_key(server.installation.key(admin.organization, "Mapper", "tiles:read"))
    assert listed(mapper, band_roles=ROLES)
    problem(mapper.op("visualization.profiles.list", {"item_id": "it_x"}), 403)
