"""The tenant walk: who asks for what is another's learns nothing, and who lacks a role is told so. Sections 3.2 and 4;
made of the published document (support/walk.py), so that an operation is walked the day it is listed."""

from __future__ import annotations

import pytest

from support.answers import problem
from support.api import Api
from support.realm import Realm, make_user
from support.walk import (LABELS, ORGANIZATION_ROLES, PROJECT_ROLES, RESOURCES, Operation, Tenant, body_text, is_resource,
                          make_tenant, published, told)

#: The least role by which an operation may be called. `organization` and `project` name where it counts; `None`: any.
LEAST: dict[str, tuple[str, str] | None] = {
    **dict.fromkeys(["organizations.create", "projects.list", "items.search_org", "stac.search", "stac.collections.list",
                     "crs.search", "visualization.list_for", "sessions.revoke_all", "uploads.preflight",
                     "processing.jobs.list",
                     "processing.catalog.list", "processing.catalog.get", "processing.job_types.list",
                     "clip.areas.list", "clip.area.mosaics", "clip.area.metadata", "analytics.indices.list",
                     "analytics.index.get", "analytics.sensors.list", "analytics.validate_formula", "cog.formulas",
                     "cog.colormaps", "analytics.operations.list", "analytics.operations.get"]),
    **dict.fromkeys(["usage.current", "usage.history", "usage.breakdown", "organizations.get",
                     "organizations.members.list", "clip.jobs.list", "clip.create_from_area", "band_formulas.create",
                     "band_formulas.get", "band_formulas.list", "band_formulas.update", "band_formulas.delete"],
                    ("organization", "member")),
    **dict.fromkeys(["projects.create", "api_keys.create", "api_keys.list", "api_keys.revoke", "usage.recalculate_storage",
                     "organizations.update", "organizations.members.update", "organizations.members.remove",
                     "users.invite", "audit.list", "items.expire_batch"], ("organization", "admin")),
    **dict.fromkeys(["projects.get", "projects.members.list", "collections.list", "collections.get", "items.list",
                     "items.list_by_collection", "items.get", "items.get_stac", "items.list_assets", "items.search",
                     "items.asset.download", "items.tile.render", "items.tile.tilejson", "items.tile.statistics",
                     "items.tile.wmts_capabilities", "items.tile.wmts_get_tile", "items.statistics", "items.legend", "items.tile.vector", "cog.statistics",
                     "cog.tile.render", "cog.tile.terrain", "cog.thumbnail", "analytics.band_math",
                     "analytics.calculate_index", "analytics.execute", "items.lineage",
                     "items.detect_asset_bands", "items.list_expiring", "provenance.get", "stac.collections.get", "visualization.profile.get",
                     "visualization.profiles.list", "items.export", "items.point", "clip.job.get",
                     "clip.job.downloads", "clip.job.download", "clip.job.tile_info", "processing.job.get",
                     "processing.job.tile_info", "processing.project_job.get", "processing.project_jobs.list"],
                    ("project", "viewer")),
    **dict.fromkeys(["uploads.initiate", "uploads.signed_url", "uploads.progress", "uploads.complete", "uploads.fail",
                     "uploads.get", "uploads.list", "uploads.parts.initiate", "uploads.parts.sign", "uploads.parts.list",
                     "uploads.parts.complete", "uploads.parts.abort",
                     "collections.create", "collections.update", "items.create", "items.update", "items.delete",
                     "items.duplicate", "items.restore", "items.set_crs", "items.set_asset_band_names", "assets.delete",
                     "clip.create_from_item", "clip.job.delete", "processing.create", "processing.create_and_dispatch",
                     "processing.dispatch", "processing.execute", "processing.job.delete", "processing.job.register",
                     "processing.catalog.validate", "processing.catalog.estimate",
                     "visualization.profile.create",
                     "visualization.profile.update", "visualization.profile.delete", "visualization.profile.set_default"],
                    ("project", "editor")),
    **dict.fromkeys(["collections.delete", "projects.update", "projects.archive", "projects.delete", "projects.add_member",
                     "projects.update_member", "projects.remove_member"], ("project", "admin")),
}

#: Where a foreign id among one's own filters or labels: nothing is found, and nothing of it is told.
NOTHING_FOUND = {("items.search", "collections"), ("items.search_org", "collections"), ("stac.search", "collections"),
                 ("items.list", "collection_id")}


#: Of these there are none on a server of one's own, whoever asks.
ABSENT = {"clip.create_from_area", "clip.area.mosaics", "clip.area.metadata"}


def is_enough(name: str, operation: Operation) -> bool:
    """Whether the role of one of a tenant's people, by name, does for an operation of that tenant."""
    if operation.scope.startswith("admin:"):
        return False
    if not (least := LEAST[operation.id]):
        return True
    in_organization = name if name in ORGANIZATION_ROLES else "member"
    if least[0] == "organization":
        return ORGANIZATION_ROLES.index(in_organization) >= ORGANIZATION_ROLES.index(least[1])
    in_project = {"member": "viewer", "admin": "admin", "owner": "admin"}.get(name, name.removeprefix("project "))
    return PROJECT_ROLES.index(in_project) >= PROJECT_ROLES.index(least[1])


def enough(operation: Operation) -> str:
    """Who can just do it: a role of people, or a key where the scope is not one of people."""
    if operation.scope.startswith("admin:"):
        return "key"
    if not (least := LEAST[operation.id]):
        return "member"
    return least[1] if least[0] == "organization" else f"project {least[1]}"


@pytest.fixture(scope="module")
def operations(admin: Api) -> dict[str, Operation]:
    return published(admin)


@pytest.fixture(scope="module")
def victim(server) -> Tenant:
    return make_tenant(server, "Victimmark")


@pytest.fixture(scope="module")
def attacker(server) -> Tenant:
    return make_tenant(server, "Attacker")


def test_the_walk_knows_every_field_and_every_least_role(operations):
    """What is added must be walked: this fails for an operation that nobody has thought of here."""
    strange = {(operation.id, name) for operation in operations.values() for name in operation.properties
               if is_resource(name) and name not in RESOURCES and name not in LABELS}
    assert not strange, "say in support/walk.py which resource these fields name"
    assert not set(operations) - set(LEAST), "say in LEAST by which role these may be called"


def reachable(operations: dict[str, Operation]) -> list[Operation]:
    """The operations that need the id of something."""
    return [one for one in operations.values() if any(name in one.resources for name in one.required)]


def test_everybody_of_another_organization_gets_404_for_foreign_ids(operations, victim, attacker):
    """[section 3.2, design section 12]"""
    for operation in reachable(operations):
        body = operation.body(victim.ids)
        for name in ("key", *attacker.people):
            answer = attacker.caller(name).op(operation.id, body)
            # What names no place is asked for at home first.
            at_home = not {"organization_id", "project_id"} & set(body) and (LEAST[operation.id] or " ")[0] == "organization"
            refused = name != "key" and at_home and not is_enough(name, operation)
            assert answer.status_code == (403 if refused else 404), \
                f"{operation.id} as {name} {body_text(body)}: {told(answer)}"
            assert victim.mark not in answer.text, operation.id


def test_who_belongs_to_no_organization_finds_nothing(server, operations, victim):
    """[section 3.2, A169]"""
    user = make_user(server, "nowhere@walk.test")
    nowhere = victim.api.with_key(Realm(server.base_url).sign_in(user)["access_token"])
    for operation in reachable(operations):
        answer = nowhere.op(operation.id, operation.body(victim.ids))
        assert answer.status_code in (403, 404), f"{operation.id}: {told(answer)}"
        assert victim.mark not in answer.text, operation.id
    assert nowhere.call("items.search_org", {})["numberMatched"] == 0
    assert nowhere.call("projects.list", {}) == {"projects": [], "total": 0}


def test_one_foreign_id_among_ones_own_gives_nothing_away(operations, victim, attacker):
    """[section 3.2] Also in fields that may be left out."""
    for operation in operations.values():
        for name in operation.resources:
            body = operation.body(attacker.ids) | {name: operation.value(name, victim.ids)}
            answer = attacker.api.op(operation.id, body)
            found_nothing = (operation.id, name) in NOTHING_FOUND and answer.status_code == 200
            assert answer.status_code in (403, 404) or found_nothing, \
                f"{operation.id} with a foreign {name} {body_text(body)}: {told(answer)}"
            assert victim.mark not in answer.text, f"{operation.id} with a foreign {name}"


def test_nobody_gets_401(operations, victim):
    """[section 5]"""
    nobody = victim.api.with_key(None)
    for operation in operations.values():
        if operation.is_public:
            assert victim.mark not in nobody.op(operation.id, operation.body(victim.ids)).text, operation.id
        else:
            problem(nobody.op(operation.id, operation.body(victim.ids)), 401)


def test_a_key_of_one_scope_does_what_that_scope_names_and_nothing_else(server, operations, victim):
    """[section 3.1]"""
    for scope in {operation.scope for operation in operations.values()}:
        key = victim.api.with_key(server.installation.key(victim.api.organization, scope, scope))
        for operation in operations.values():
            if operation.scope == scope:
                continue
            answer = key.op(operation.id, operation.body(victim.ids))
            detail = problem(answer, 403)["detail"]
            assert detail == f"missing scope '{operation.scope}' for '{operation.id}'"


@pytest.mark.parametrize("operation", [one for one, least in LEAST.items() if least])
def test_a_role_too_low_is_403_and_changes_nothing(operations, victim, operation):
    """[A008, A152, A174, A219, A228, section 3.2]"""
    if operation not in operations:
        pytest.skip("not of this server")
    asked = operations[operation]
    body = asked.body(victim.ids)
    for name in victim.people:
        if is_enough(name, asked):
            continue
        answer = victim.caller(name).op(operation, body)
        assert answer.status_code == 403, f"{operation} as {name} {body_text(body)}: {told(answer)}"


@pytest.mark.parametrize("operation", LEAST)
def test_the_least_role_does(operations, victim, operation):
    """[A009, A174, A219, A228, section 3.2] The call is understood and passes every check of rights."""
    if operation not in operations:
        pytest.skip("not of this server")
    if operation in ABSENT:
        pytest.skip("what it asks for is nowhere")
    asked = operations[operation]
    body = asked.body(victim.fresh() if asked.side_effect != "read" else victim.ids)
    name = enough(asked)
    answer = victim.caller(name).op(operation, body)
    assert answer.status_code not in (401, 403, 404, 422) and answer.status_code < 500, \
        f"{operation} as {name} {body_text(body)}: {told(answer)}"
    victim.leave(name)
