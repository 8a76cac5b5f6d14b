"""What leaves a record in the audit log besides operations, and how many organizations one user makes."""

from __future__ import annotations

import json

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


def audit(api, **terms) -> list[dict]:
    """The entries of the organization, newest first."""
    return api.call("audit.list", {"organization_id": api.organization, **terms})["entries"]


def test_a_write_is_one_entry_with_all_that_is_known(own):
    """[section 4, extensions "Audit row"]"""
    item = own.http.post("/v1/op/items.create", headers={"X-Request-ID": "mine-1", "User-Agent": "tester/1"},
                         json={"project_id": own.project, "type": "user_raster", "name": "x"}).json()["id"]
    [entry] = audit(own, operation="items.create")
    assert set(entry) >= {"id", "at", "organization_id", "operation", "side_effect", "principal_id", "principal_type",
                          "outcome", "status", "count", "targets", "ip", "user_agent", "request_id",
                          "client_request_id", "duration_ms"}
    assert entry["operation"] == "items.create" and entry["side_effect"] == "compute"
    assert entry["principal_type"] == "api_key" and entry["principal_id"].startswith("key_")
    assert (entry["outcome"], entry["status"], entry["count"]) == ("ok", 200, 1)
    assert item in entry["targets"]
    assert (entry["user_agent"], entry["client_request_id"]) == ("tester/1", "mine-1")
    assert entry["request_id"] != "mine-1" and entry["ip"] and entry["duration_ms"] >= 0


def test_reads_of_a_minute_are_one_entry_and_refusals_are_told(own):
    """[section 4]"""
    for _ in range(5):
        own.call("items.list", {"project_id": own.project})
    problem(own.op("items.get", {"item_id": "missing"}), 404)
    listed = audit(own, operation="items.list")
    assert len(listed) <= 2 and sum(entry["count"] for entry in listed) == 5
    [refused] = audit(own, operation="items.get")
    assert (refused["outcome"], refused["status"]) == ("not_found", 404)


def test_entries_are_found_by_operation_principal_and_time(server, own):
    """[extensions]"""
    other = own.with_key(server.installation.key(own.organization, "Other", "items:*"))
    first = own.create_item("first")
    other.create_item("second")
    entries = audit(own, operation="items.create")
    assert len(entries) == 2 and entries[0]["at"] >= entries[1]["at"]
    principal = entries[1]["principal_id"]
    assert [entry["principal_id"] for entry in audit(own, operation="items.create", principal=principal)] == [principal]
    since = audit(own, operation="items.create", since=entries[0]["at"])
    assert [entry["id"] for entry in since] == [entries[0]["id"]]
    page = own.call("audit.list", {"organization_id": own.organization, "operation": "items.create", "limit": 1,
                                   "offset": 1})
    assert page["total"] == 2 and [entry["id"] for entry in page["entries"]] == [entries[1]["id"]]
    assert first["id"] in page["entries"][0]["targets"]


def test_the_log_is_the_organizations_own_and_for_its_admins(server, own, neighbour):
    """[extensions, roles]"""
    problem(neighbour.op("audit.list", {"organization_id": own.organization}), 404)
    reader = own.with_key(server.installation.key(own.organization, "Reader", "items:read"))
    problem(reader.op("audit.list", {"organization_id": own.organization}), 403)


def test_the_audit_command_prints_what_operators_did_too(server, own):
    """[design section 13]"""
    own.create_item("x")
    server.installation.set_quota(own.organization, 1000)

    def printed(*flags: str) -> list[dict]:
        done = server.installation.run("audit", *flags, "--json", "--data", str(server.installation.data))
        return [json.loads(line) for line in done.stdout.splitlines()]

    everything = printed()
    assert [entry["at"] for entry in everything] == sorted(entry["at"] for entry in everything)
    [quota] = [entry for entry in printed("--operation", "command.quota.set")
               if entry["organization_id"] == own.organization]
    assert quota["principal_type"] == "operator"
    assert printed("--principal", quota["principal_id"], "--since", quota["at"])
    [made] = [entry for entry in printed("--operation", "items.create")
              if entry["organization_id"] == own.organization]
    assert audit(own, operation="items.create") == [made]
    lines = server.installation.run("audit", "--operation", "command.quota.set", "--data",
                                    str(server.installation.data)).stdout.splitlines()
    assert all("command.quota.set" in line for line in lines)
    assert server.installation.run("audit", "--since", "yesterday", "--data", str(server.installation.data),
                                   check=False).returncode == 2
