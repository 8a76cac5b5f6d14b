"""The success side of every operation: documented shape, ignored extras, both path forms. Sections 1.2 to 1.4."""

from __future__ import annotations

from datetime import datetime

import jsonschema
import pytest

from support.answers import faulty_fields
from support.api import Api
from support.contract import OPERATIONS, World, alias, make_world, minimal_body, output_schema
from support.published import body_of, resolved
from support.rasters import small_scene

#: Those that need a second user, another file or part are tested with the members, the items, the tiles and the parts.
CALLABLE = [operation for operation in OPERATIONS if operation not in {
    "projects.add_member", "projects.update_member", "projects.remove_member", "organizations.members.update",
    "organizations.members.remove", "assets.delete", "uploads.parts.complete",
    "clip.area.mosaics", "clip.area.metadata", "clip.create_from_area", "clip.job.delete", "processing.job.delete",
    "processing.dispatch", "items.tile.vector"}]
#: Calls that use their resource up, so each call gets a world of its own.
CONSUMING = {"api_keys.revoke", "uploads.fail", "uploads.parts.abort", "uploads.complete", "items.delete", "items.update", "items.duplicate",
             "collections.delete", "projects.archive", "projects.delete",
             "visualization.profile.update", "visualization.profile.set_default", "visualization.profile.delete",
             "band_formulas.delete"}
#: What raw answers are where nothing else is asked for.
RAW = {"items.tile.render": "image/webp", "cog.tile.render": "image/png", "cog.tile.terrain": "image/png",
       "cog.thumbnail": "image/jpeg", "analytics.band_math": "application/json", "analytics.calculate_index": "application/json"}
#: Those that change the bands of a raster.
OF_ONE_BAND = {"items.set_asset_band_names"}


@pytest.fixture(scope="module")
def shared(scene) -> World:
    """A world whose item is a raster."""
    return make_world(scene.api, raster_item=scene.item_id)


@pytest.fixture(scope="module")
def document(admin: Api) -> dict:
    return admin.http.get("/openapi.json").json()


@pytest.fixture
def world(request, shared: World, admin: Api) -> World:
    """The shared world, or a fresh one for operations that use theirs up."""
    operation = request.node.callspec.params["operation"]
    if operation in OF_ONE_BAND:
        own = admin.new_project()
        return make_world(own, raster_item=own.upload_one(small_scene()))
    return make_world(admin.new_project()) if operation in CONSUMING else shared


@pytest.mark.parametrize("operation", CALLABLE)
@pytest.mark.parametrize("path", [lambda op: f"/v1/op/{op}", alias], ids=["dotted", "alias"])
def test_a_minimal_call_succeeds_in_the_documented_shape(world, document, operation, path):
    """[A001, A015, A092 to A097, A103 to A107, section 1.3]"""
    expected = OPERATIONS[operation]
    answer = world.api.http.post(path(operation), json=minimal_body(operation, world))
    assert answer.status_code == expected["success"], answer.text
    media_type = answer.headers["content-type"].split(";")[0]
    if expected.get("raw_response"):
        assert media_type == RAW.get(operation, expected.get("media_type", "image/webp"))
        return
    assert media_type == expected.get("media_type", "application/json")
    body = answer.json()
    if schema := output_schema(operation):
        jsonschema.validate(body, schema)
    published = document["paths"][f"/v1/op/{operation}"]["post"]["responses"][str(expected["success"])]
    schema = published["content"][media_type]["schema"] | {"components": document["components"]}
    jsonschema.validate(body, schema)


#: Where a slip would find too much.
STRICT = ["items.search", "items.search_org", "items.list", "items.list_by_collection", "items.list_assets",
          "collections.list", "api_keys.list", "visualization.profiles.list", "projects.list", "projects.members.list",
          "organizations.members.list", "items.list_expiring", "audit.list", "usage.breakdown",
          "clip.jobs.list", "processing.jobs.list", "processing.project_jobs.list",
          "processing.job_types.list",
          "stac.search", "stac.collections.list", "crs.search", "uploads.list", "uploads.parts.list",
          "analytics.indices.list", "band_formulas.list",
          "analytics.operations.list", "items.statistics"]


@pytest.mark.parametrize("operation", [operation for operation in CALLABLE if operation not in STRICT])
def test_unknown_fields_are_ignored_and_told(world, operation):
    """[A101, section 1.2]"""
    extras = {"no_such_field": {"deep": [1, None, "x"]}, "": 1, "x" * 300: True, "ä\n": 1}
    answer = world.api.op(operation, minimal_body(operation, world) | extras)
    assert answer.status_code == OPERATIONS[operation]["success"], answer.text
    told = answer.headers.get_list("x-landfall-warning")
    assert [warning.split("'")[1] for warning in told] == ["no_such_field", "", "x" * 64, "???"]
    assert "x-landfall-warning" not in world.api.op(operation, minimal_body(operation, world)).headers


@pytest.mark.parametrize("operation", STRICT)
def test_lists_and_searches_refuse_unknown_fields(world, document, operation):
    body = minimal_body(operation, world)
    answer = world.api.op(operation, body | {"bboxx": [1, 2, 3, 4], "limitt": 5})
    assert faulty_fields(answer) == {"bboxx", "limitt"}
    assert {fault["type"] for fault in answer.json()["detail"]} == {"extra_forbidden"}
    assert resolved(document, body_of(document, operation))["additionalProperties"] is False


@pytest.mark.parametrize("operation", [op for op in CALLABLE if "output" in OPERATIONS[op]])
def test_timestamps_are_iso_8601_with_an_offset(world, operation):
    """[section 1.3]"""
    body = world.api.op(operation, minimal_body(operation, world)).json()
    for name, field in OPERATIONS[operation]["output"].items():
        if field.get("format") == "date-time" and body.get(name) is not None:
            assert datetime.fromisoformat(body[name]).utcoffset() is not None, name


@pytest.mark.parametrize("operation", ["collections.list", "items.list_assets", "api_keys.list",
                                       "visualization.profiles.list"])
def test_lists_without_a_window_are_bare_arrays(world, operation):
    """[A170, A191, section 1.4]"""
    assert isinstance(world.api.call(operation, minimal_body(operation, world)), list)
