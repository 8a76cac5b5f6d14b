"""Organizations and their members. Contract: section 3.3, extensions.md Catalog and Roles."""

from __future__ import annotations

from support.answers import faulty_fields, problem
from support.api import Api
from support.realm import Realm, make_user


def roles(api: Api) -> dict[str, str]:
    """The members of the client's organization by user."""
    page = api.call("organizations.members.list", {"organization_id": api.organization})
    assert page["total"] == len(page["members"])
    return {member["user_id"]: member["role"] for member in page["members"]}


def test_the_members_of_an_organization_are_listed(own, new_user):
    """[extensions.md]"""
    user = new_user(own, "ada", role="admin")
    assert roles(own) == {own.world["user_id"]: "owner", user: "admin"}
    page = own.call("organizations.members.list", {"organization_id": own.organization, "limit": 1, "offset": 1})
    assert page["total"] == 2
    [member] = page["members"]
    assert (member["user_id"], member["name"], member["role"]) == (user, "ada", "admin")
    assert member["email"].startswith("ada@") and member["created_at"]


def test_a_member_gets_another_role_and_goes(own, new_user):
    """[extensions.md]"""
    user = new_user(own, "ben")
    named = {"organization_id": own.organization, "user_id": user}
    own.call("projects.add_member", {"project_id": own.project, "user_id": user})
    assert own.call("organizations.members.update", named | {"role": "admin"}) == {"ok": True, "id": user}
    assert roles(own)[user] == "admin"
    assert own.call("organizations.members.remove", named) == {"ok": True, "id": user}
    assert user not in roles(own)
    members = own.call("projects.members.list", {"project_id": own.project})["members"]
    assert user not in {member["user_id"] for member in members}, "a role in a project ends with the membership"
    problem(own.op("organizations.members.remove", named), 404)
    problem(own.op("organizations.members.update", named | {"role": "member"}), 404)


def test_owners_are_made_and_changed_by_owners_only(own, new_user):
    """[extensions.md] A key acts as an admin."""
    user, owner = new_user(own, "eve"), new_user(own, "olga", role="owner")
    named = {"organization_id": own.organization}
    problem(own.op("organizations.members.update", named | {"user_id": user, "role": "owner"}), 403)
    problem(own.op("organizations.members.update", named | {"user_id": owner, "role": "member"}), 403)
    problem(own.op("organizations.members.remove", named | {"user_id": owner}), 403)
    assert roles(own)[owner] == "owner"


def test_the_guards_of_an_organizations_members(own, neighbour, new_user):
    """[extensions.md]"""
    stranger = new_user(neighbour, "stranger-of-" + own.organization)
    for organization in (neighbour.organization, "org_missing"):
        named = {"organization_id": organization, "user_id": stranger}
        problem(own.op("organizations.members.list", {"organization_id": organization}), 404)
        problem(own.op("organizations.members.update", named | {"role": "admin"}), 404)
        problem(own.op("organizations.members.remove", named), 404)
    named = {"organization_id": own.organization, "user_id": stranger}
    problem(own.op("organizations.members.update", named | {"role": "admin"}), 404)
    assert faulty_fields(own.op("organizations.members.update", named | {"role": "king"})) == {"role"}
    assert faulty_fields(own.op("organizations.members.update", named)) == {"role"}


def test_an_organization_is_shown_to_its_members(own, neighbour):
    """[extensions.md]"""
    shown = own.call("organizations.get", {"organization_id": own.organization})
    assert shown.pop("created_at")
    assert shown["slug"].startswith("organization-of")
    assert shown == {"id": own.organization, "name": shown["name"], "slug": shown["slug"], "plan": "paid",
                     "standing": "good", "quota_bytes": None, "retention_days": None}
    problem(own.op("organizations.get", {"organization_id": neighbour.organization}), 404)


def test_an_update_renames_and_sets_the_retention(server, own):
    """[extensions.md] null turns retention off."""
    named = {"organization_id": own.organization}
    before = own.call("organizations.get", named)
    changed = own.call("organizations.update", named | {"name": "Renamed", "retention_days": 90})
    assert changed == before | {"name": "Renamed", "retention_days": 90}
    assert own.call("organizations.update", named | {"name": None}) == changed
    assert own.call("organizations.update", named | {"retention_days": None})["retention_days"] is None
    server.installation.set_quota(own.organization, 12345)
    assert own.call("organizations.get", named) == changed | {"retention_days": None, "quota_bytes": 12345}


def test_an_update_keeps_its_limits(own, neighbour):
    """[extensions.md]"""
    named = {"organization_id": own.organization}
    assert faulty_fields(own.op("organizations.update", named | {"name": "", "retention_days": 0})) == \
        {"name", "retention_days"}
    assert faulty_fields(own.op("organizations.update", named | {"retention_days": 40_000})) == {"retention_days"}
    problem(own.op("organizations.update", {"organization_id": neighbour.organization, "name": "Mine"}), 404)


def test_a_signed_in_owner_makes_others_owners_and_anybody_may_leave(server, own, new_user):
    """[extensions.md Roles]"""
    owner = make_user(server, f"owner@{own.organization}.test", own.organization, "owner")
    user = make_user(server, f"leaves@{own.organization}.test", own.organization)
    realm = Realm(server.base_url)
    signed_in = own.with_key(realm.sign_in(owner)["access_token"])
    named = {"organization_id": own.organization}
    signed_in.call("organizations.members.update", named | {"user_id": user.id, "role": "owner"})
    assert roles(own)[user.id] == "owner"
    leaving = own.with_key(realm.sign_in(user)["access_token"])
    leaving.call("organizations.members.remove", named | {"user_id": user.id})
    problem(leaving.op("organizations.get", named), 404)
    signed_in.call("organizations.members.remove", named | {"user_id": own.world["user_id"]})
    problem(signed_in.op("organizations.members.remove", named | {"user_id": owner.id}), 409)
    problem(signed_in.op("organizations.members.update", named | {"user_id": owner.id, "role": "admin"}), 409)
