"""The commands about people, and the guide that tells of them. Guide: docs/guides/people.md; design section 13."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from support import catalog
from support.answers import problem
from support.api import Api, wait_for
from support.rasters import drawn_scene
from support.server import PASSWORD, REPOSITORY, Server

GUIDE = (REPOSITORY / "docs" / "guides" / "people.md").read_text()


@pytest.fixture(scope="module")
def server(make_server) -> Server:
    return make_server()


class Commands:
    """Commands on the data of a server."""

    def __init__(self, server: Server) -> None:
        self.installation = server.installation

    def run(self, *words: str, code: int = 0, **options) -> str:
        """What a command printed; it must end with this code."""
        done = self.installation.run(*words, "--data", str(self.installation.data), check=False, **options)
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout if code == 0 else done.stderr

    def json(self, *words: str, **options) -> dict:
        """The one JSON object that a command printed."""
        return json.loads(self.run(*words, "--json", **options))

    def lines(self, *words: str) -> list[dict]:
        """The JSON objects that a command printed, one a line."""
        return [json.loads(line) for line in self.run(*words, "--json").splitlines()]


@pytest.fixture
def landfall(server) -> Commands:
    return Commands(server)


@pytest.fixture
def organization(server, request) -> Api:
    return server.organization(request.node.name[:60])


def create(landfall: Commands, email: str, *flags: str) -> dict:
    return landfall.json("user", "create", "--email", email, "--password-stdin", *flags, input=PASSWORD + "\n")


def test_a_user_is_created_with_a_password_from_standard_input(landfall, organization):
    made = create(landfall, "stdin@people.test", "--organization", organization.organization, "--role", "admin",
                  "--name", "Ada L.")
    assert (made["email"], made["name"], made["disabled"]) == ("stdin@people.test", "Ada L.", False)
    listed = {user["email"]: user for user in landfall.lines("user", "list")}
    assert listed["stdin@people.test"]["id"] == made["id"]
    members = {member["email"]: member["role"] for member in
               landfall.lines("member", "list", "--organization", organization.organization)}
    assert members["stdin@people.test"] == "admin"
    assert "already" in landfall.run("user", "create", "--email", "STDIN@people.test", "--password", PASSWORD, code=1)


@pytest.mark.parametrize(("flags", "code"), [
    (["--password", "short"], 2), ([], 2), (["--password", PASSWORD, "--password-stdin"], 2)])
def test_a_user_needs_one_good_password(landfall, flags, code):
    said = landfall.run("user", "create", "--email", "none@people.test", *flags, code=code, input="")
    assert "assword" in said
    assert "none@people.test" not in landfall.run("user", "list")


def test_a_user_is_named_by_email_or_by_id_and_by_one_of_them(landfall):
    made = create(landfall, "named@people.test")
    assert landfall.json("user", "disable", made["id"])["disabled"] is True
    assert landfall.json("user", "enable", "--email", "NAMED@people.test")["disabled"] is False
    landfall.run("user", "disable", code=2)
    landfall.run("user", "disable", made["id"], "--email", "named@people.test", code=2)
    assert "landfall user list" in landfall.run("user", "disable", "nobody@people.test", code=1)


def test_a_deleted_user_leaves_what_he_made_and_frees_his_address(server, landfall, organization):
    made = create(landfall, "leaving@people.test", "--organization", organization.organization)
    project = organization.new_project()
    named = {"project_id": project.project, "user_id": made["id"]}
    organization.call("projects.add_member", named)
    assert landfall.json("user", "delete", made["id"]) == {"id": made["id"], "deleted": True, "api_keys": []}
    members = organization.call("projects.members.list", {"project_id": project.project})["members"]
    assert made["id"] not in {member["user_id"] for member in members}
    problem(organization.op("projects.add_member", named), 404)
    landfall.run("user", "delete", made["id"], code=1)
    assert create(landfall, "leaving@people.test")["id"] != made["id"]


def test_the_last_owner_of_an_organization_stays(landfall, organization):
    owner = organization.world["user_id"]
    said = landfall.run("user", "delete", owner, code=1)
    assert "last owner" in said and organization.organization in said
    email = organization.world["stac_user"]
    named = ("--organization", organization.organization, "--email", email)
    assert "last owner" in landfall.run("member", "remove", *named, code=1)
    create(landfall, "second-owner@people.test", "--organization", organization.organization, "--role", "owner")
    keys = landfall.json("user", "delete", owner)["api_keys"]
    assert len(keys) == 1, "the key that init made still works"
    organization.call("projects.list")


def test_members_are_added_and_removed_in_organizations_and_projects(landfall, organization):
    create(landfall, "member@people.test")
    email = ("--email", "member@people.test")
    in_organization = ("--organization", organization.organization, *email)
    in_project = ("--project", organization.project, *email)
    assert "add the user to the organization first" in landfall.run("member", "add", *in_project, code=1)
    assert landfall.json("member", "add", *in_organization)["role"] == "member"
    assert "already" in landfall.run("member", "add", *in_organization, code=1)
    assert landfall.json("member", "add", *in_project)["role"] == "editor"
    assert "viewer, editor, admin" in landfall.run("member", "add", *in_project, "--role", "owner", code=2)
    roles = {member["email"]: member["role"] for member in landfall.lines("member", "list", *in_project[:2])}
    assert roles["member@people.test"] == "editor"
    landfall.run("member", "remove", *in_project)
    landfall.run("member", "remove", *in_project, code=1)
    landfall.run("member", "remove", *in_organization)
    landfall.run("member", "list", code=2)
    landfall.run("member", "list", "--project", organization.project, "--organization", organization.organization, code=2)


def test_a_link_to_choose_a_password_is_printed_once_and_kept_as_a_digest(server, landfall):
    create(landfall, "forgetful@people.test")
    made = landfall.json("user", "password", "forgetful@people.test", "--link", "--public-url", "https://maps.example")
    assert made["url"].startswith("https://maps.example/") and made["expires_at"]
    secret = made["url"].rsplit("/", 1)[1]
    assert len(secret) == 43
    for file in server.installation.data.rglob("*.db*"):
        assert secret.encode() not in file.read_bytes()


def test_links_that_nobody_took_are_swept(server, landfall):
    create(landfall, "late@people.test")
    landfall.json("user", "password", "late@people.test", "--link")
    catalog.change(server.installation, "UPDATE password_link SET expires_at = 1")
    landfall.run("sweep")
    assert catalog.number(server.installation, "SELECT count(*) FROM password_link") == 0


def test_an_organization_is_shown_and_deleted_with_all_that_it_has(server, landfall):
    api = server.organization("Short-lived")
    content = drawn_scene()
    item = api.upload_one(content)
    shown = landfall.json("organization", "show", api.organization)
    assert (shown["name"], shown["used_bytes"], shown["projects"], shown["members"]) == ("Short-lived", len(content), 1, 1)
    assert api.organization in landfall.run("organization", "list")
    done = landfall.json("organization", "delete", shown["slug"])
    assert done == {"id": api.organization, "deleted": True, "projects": 1, "storage_freed_bytes": len(content)}
    wait_for("the end of the organization's key", lambda: api.op("items.get", {"item_id": item}).status_code == 401)
    assert api.organization not in landfall.run("organization", "list")
    landfall.run("organization", "show", api.organization, code=1)
    assert server.organization("Short-lived").organization != api.organization, "the name is free again"


def test_commands_leave_an_audit_record_without_the_password(server, landfall):
    made = create(landfall, "audited@people.test")
    landfall.run("user", "password", made["id"], "--password", PASSWORD + "!")
    rows = catalog.rows(server.installation, "SELECT operation_id, targets, principal_type FROM audit_log WHERE "
                                             f"targets LIKE '%{made['id']}%' ORDER BY at")
    assert [row["operation_id"] for row in rows] == ["command.user.create", "command.user.password"]
    assert {row["principal_type"] for row in rows} == {"operator"}
    assert PASSWORD not in json.dumps(rows)


def blocks() -> list[str]:
    """The shell blocks of the guide."""
    return re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


def test_the_commands_of_the_guide_work_as_they_stand(server, tmp_path):
    installation = server.installation
    api, other = server.organization("Of the guide"), server.organization("Another of the guide")
    script = "set -eu\n" + "\n".join(blocks())
    environment = installation.environment() | {
        "PATH": f"{installation.binary.parent}:{installation.environment()['PATH']}", "DATA": str(installation.data),
        "ORGANIZATION": api.organization, "PROJECT": api.project, "PASSWORD": PASSWORD,
        "OTHER_ORGANIZATION": other.organization, "LANDFALL_URL": server.base_url, "LANDFALL_TOKEN": api.key}
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((tmp_path / "project.json").read_text())["name"] == "Alps"
    emails = {user["email"] for user in Commands(server).lines("user", "list")}
    assert "ada@example.org" in emails and "ben@example.org" not in emails
