"""Organizations and their members. Contract: section 3.3, extensions.md Catalog and Roles."""

from __future__ import annotations

from support.answers import faulty_fields, problem
from support.api import Api


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
