"""The tenant walk: who asks for what is another's learns nothing, and who lacks a role is told so. Sections 3.2 and 4;
made of the published document (support/walk.py), so that an operation is walked the day it is listed."""

from __future__ import annotations

import pytest

from support.answers import problem
from support.api import Api
from support.walk import ORGANIZATION_ROLES, PROJECT_ROLES, Operation, Tenant, body_text, make_tenant, published, told
from support.walk import LABELS, RESOURCES, is_resource

#: The least role by which an operation may be called. `organization` and `project` name where it counts; `None`: any.
LEAST: dict[str, tuple[str, str] | None] = {
    **dict.fromkeys(["organizations.create", "projects.list", "items.search_org", "stac.search", "stac.collections.list",
                     "crs.search", "visualization.list_for", "sessions.revoke_all"]),
    **dict.fromkeys(["usage.current", "usage.history", "usage.breakdown", "organizations.get",
                     "organizations.members.list"], ("organization", "member")),
    **dict.fromkeys(["projects.create", "api_keys.create", "api_keys.list", "api_keys.revoke", "usage.recalculate_storage",
                     "organizations.update", "organizations.members.update", "organizations.members.remove",
                     "users.invite", "audit.list", "items.expire_batch"], ("organization", "admin")),
    **dict.fromkeys(["projects.get", "projects.members.list", "collections.list", "collections.get", "items.list",
                     "items.list_by_collection", "items.get", "items.get_stac", "items.list_assets", "items.search",
                     "items.asset.download", "items.tile.render", "items.tile.tilejson", "items.tile.statistics",
                     "items.tile.wmts_capabilities", "items.tile.wmts_get_tile", "items.get_ancestors",
                     "items.get_descendants", "items.lineage", "items.list_expiring", "provenance.get",
                     "visualization.profile.get", "visualization.profiles.list", "visualization.profiles.get_default"],
                    ("project", "viewer")),
    **dict.fromkeys(["uploads.initiate", "uploads.signed_url", "uploads.progress", "uploads.complete", "uploads.fail",
                     "collections.create", "collections.update", "items.create", "items.update", "items.delete",
                     "items.duplicate", "items.restore", "items.set_crs", "items.set_asset_band_names",
                     "items.detect_asset_bands", "assets.delete", "visualization.profile.create",
                     "visualization.profile.update", "visualization.profile.delete"], ("project", "editor")),
    **dict.fromkeys(["collections.delete", "projects.update", "projects.archive", "projects.delete", "projects.add_member",
                     "projects.update_member", "projects.remove_member"], ("project", "admin")),
}

#: Where a foreign id among one's own filters or labels: nothing is found, and nothing of it is told.
NOTHING_FOUND = {("items.search", "collections"), ("items.search_org", "collections"), ("stac.search", "collections"),
                 ("items.list", "collection_id")}
#: Fields whose foreign value is told apart by 403. [A213, A216: an asset of another item]
APART: set[tuple[str, str]] = set()


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
    callers = {"key": attacker.api, **attacker.people}
    for operation in reachable(operations):
        body = operation.body(victim.ids)
        for name, caller in callers.items():
            answer = caller.op(operation.id, body)
            assert answer.status_code == 404, f"{operation.id} as {name} {body_text(body)}: {told(answer)}"
            assert victim.mark not in answer.text, operation.id


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


def below(least: tuple[str, str]) -> list[str]:
    """The people whose role does not do."""
    where, role = least
    if where == "organization":
        lower = ORGANIZATION_ROLES[:ORGANIZATION_ROLES.index(role)]
        return [*lower, *(["project admin", "project owner"] if lower else [])]
    lower = PROJECT_ROLES[:PROJECT_ROLES.index(role)]
    return [f"project {one}" for one in lower] + (["member"] if lower else [])


def enough(least: tuple[str, str] | None) -> str:
    """Somebody whose role just does."""
    if least is None:
        return "member"
    where, role = least
    return role if where == "organization" else f"project {role}"


@pytest.mark.parametrize("operation", [one for one, least in LEAST.items() if least])
def test_a_role_too_low_is_403_and_changes_nothing(operations, victim, operation):
    """[section 3.2]"""
    if operation not in operations:
        pytest.skip("not of this server")
    asked = operations[operation]
    body = asked.body(victim.ids)
    for name in below(LEAST[operation]):
        answer = victim.people[name].op(operation, body)
        assert answer.status_code == 403, f"{operation} as {name} {body_text(body)}: {told(answer)}"


@pytest.mark.parametrize("operation", LEAST)
def test_the_least_role_does(operations, victim, operation):
    """[section 3.2] The call is understood and passes every check of rights."""
    if operation not in operations:
        pytest.skip("not of this server")
    asked = operations[operation]
    body = asked.body(victim.fresh() if asked.side_effect != "read" else victim.ids)
    answer = victim.people[enough(LEAST[operation])].op(operation, body)
    assert answer.status_code not in (401, 403, 404, 422) and answer.status_code < 500, \
        f"{operation} as {enough(LEAST[operation])} {body_text(body)}: {told(answer)}"
