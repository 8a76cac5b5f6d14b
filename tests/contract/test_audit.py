"""What leaves a record in the audit log besides operations, and how many organizations one user makes."""

from __future__ import annotations

from support import catalog
from support.answers import problem
from support.api import get, wait_for
from support.rasters import small_scene


def records(server, organization: str, operation: str) -> list[dict]:
    """The organization's records of an operation."""
    return catalog.rows(server.installation, "SELECT * FROM audit_log WHERE operation_id = '" + operation +
                        "' AND organization_id = '" + organization + "'")


def test_what_signed_urls_are_used_for_is_recorded(server, own):
    """[section 4]"""
    upload = own.initiate(len(small_scene()))
    own.send(upload, "scene.tif", small_scene())
    [put] = records(server, own.organization, "storage.put")
    assert put["principal_type"] == "signed_url" and put["principal_id"] == upload
    assert put["targets"] == '["' + upload + '"]' and put["side_effect"] == "compute" and put["ip"]
    [item] = own.complete(upload)
    url = own.download(item)
    assert {get(url).status_code for _ in range(3)} == {200}
    assert get(url, Range="bytes=0-9").status_code == 206

    def calls() -> list[dict] | None:
        found = records(server, own.organization, "storage.get")
        return found if sum(int(row["calls"]) for row in found) == 4 else None

    found = wait_for("the journal", calls)
    assert len(found) <= 2, "calls of one minute are one record"
    assert {row["principal_id"] for row in found} == {own.assets(item)["data"]["id"]}


def test_administration_by_command_line_is_recorded(server, own):
    """[section 4]"""
    server.installation.set_quota(own.organization, 1000)
    key = server.installation.run("key", "create", "--data", str(server.installation.data), "--organization",
                                  own.organization, "--name", "x").stdout.split()[0]
    server.installation.run("key", "revoke", "--data", str(server.installation.data), key)
    for command, effect, target in (("init", "compute", own.project), ("quota.set", "compute", None),
                                    ("key.create", "share_export", key), ("key.revoke", "destructive", key)):
        [row] = records(server, own.organization, f"command.{command}")
        assert row["principal_type"] == "operator" and row["principal_id"].startswith("uid:")
        assert row["side_effect"] == effect
        assert target is None or target in row["targets"]


def test_the_command_line_refuses_a_scope_that_there_is_not(server, own):
    """[section 2.6]"""
    done = server.installation.run("key", "create", "--data", str(server.installation.data), "--organization",
                                   own.organization, "--name", "x", "--scope", "items:fly", check=False)
    assert done.returncode != 0 and "'items:fly' is not a scope" in done.stderr


def test_one_user_makes_a_bounded_number_of_organizations(make_server):
    """[extensions, roles]"""
    api = make_server(LANDFALL_LIMITS_ORGANIZATIONS_PER_USER="3").api()
    for number in range(2):
        api.call("organizations.create", {"name": f"{number}"})
    assert "limits.organizations_per_user" in problem(api.op("organizations.create", {"name": "one more"}), 409)["detail"]
