"""Members of projects and of organizations. Contract: sections 3.2 and 3.3, extensions.md Catalog."""

from __future__ import annotations

from support.answers import faulty_fields, problem
from support.api import Api


def members(api: Api) -> dict[str, dict]:
    """The members of the client's project by user."""
    page = api.call("projects.members.list", {"project_id": api.project})
    assert page["total"] == len(page["members"])
    return {member["user_id"]: member for member in page["members"]}


def test_a_member_is_added_changed_and_removed(own, new_user):
    """[section 3.3]"""
    user = new_user(own, "ada")
    named = {"project_id": own.project, "user_id": user}
    added = own.call("projects.add_member", named)
    assert (added["project_id"], added["user_id"], added["role"]) == (own.project, user, "editor")
    entry = members(own)[user]
    assert (entry["email"], entry["name"], entry["role"]) == (f"ada@{own.organization}.test", "ada", "editor")
    assert own.call("projects.update_member", named | {"role": "viewer"})["role"] == "viewer"
    assert members(own)[user]["role"] == "viewer"
    assert own.call("projects.remove_member", named) == {"ok": True}
    assert user not in members(own)
    own.call("projects.add_member", named | {"role": "admin"})
    assert members(own)[user]["role"] == "admin"


def test_the_guards_of_members(own, neighbour, new_user):
    """[section 3.3]"""
    user, stranger = new_user(own, "ben"), new_user(neighbour, "eve-of-" + own.organization)
    named = {"project_id": own.project, "user_id": user}
    problem(own.op("projects.update_member", named | {"role": "viewer"}), 404)
    problem(own.op("projects.remove_member", named), 404)
    problem(own.op("projects.add_member", named | {"user_id": stranger}), 404)
    problem(own.op("projects.add_member", named | {"user_id": "usr_missing"}), 404)
    own.call("projects.add_member", named)
    problem(own.op("projects.add_member", named), 409)
    for operation in ("projects.add_member", "projects.update_member"):
        for role in ("owner", "king", ""):
            assert faulty_fields(own.op(operation, named | {"role": role})) == {"role"}
    assert faulty_fields(own.op("projects.update_member", named)) == {"role"}


def test_the_last_owner_of_a_project_stays(own):
    """[section 3.3]"""
    owner = own.world["user_id"]
    named = {"project_id": own.project, "user_id": owner}
    assert members(own)[owner]["role"] == "owner"
    problem(own.op("projects.update_member", named | {"role": "admin"}), 409)
    problem(own.op("projects.remove_member", named), 409)
    assert members(own)[owner]["role"] == "owner"


def test_members_come_in_pages(own, new_user):
    """[section 6.2]"""
    users = [own.world["user_id"], *(new_user(own, f"user{n}") for n in range(3))]
    for user in users[1:]:
        own.call("projects.add_member", {"project_id": own.project, "user_id": user})
    named = {"project_id": own.project, "limit": 3}
    pages = [own.call("projects.members.list", named | {"offset": offset}) for offset in (0, 3)]
    assert [page["total"] for page in pages] == [4, 4]
    assert [member["user_id"] for page in pages for member in page["members"]] == users
