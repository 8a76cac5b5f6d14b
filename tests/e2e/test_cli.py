"""The program's own command line. Design: section 13."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import threading

import pytest

from support.api import wait_for
from support.rasters import small_scene
from support.server import READY, Installation

IDS = {"organization_id", "project_id", "user_id"}


@pytest.fixture
def fresh(engine, binary, tmp_path) -> Installation:
    """A data folder that does not exist yet."""
    return Installation(binary, tmp_path / "data", engine.new_database())


@pytest.fixture
def client(server, api, tmp_path):
    """Runs a client command against the shared server."""
    def run(*arguments: str, code: int = 0, **options) -> subprocess.CompletedProcess[str]:
        environment = {"LANDFALL_URL": api.base_url, "LANDFALL_TOKEN": api.key, "HOME": str(tmp_path)}
        done = server.installation.run(*arguments, check=False, environment=environment, **options)
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    return run


def test_init_prints_one_object_and_a_key_only_once(fresh):
    """[design section 13]"""
    first = fresh.init()
    assert set(first) >= IDS
    assert first["api_key"].startswith("gpra_")
    second = fresh.init()
    assert {name: first[name] for name in IDS} == {name: second[name] for name in IDS}
    assert not second.get("api_key")


def test_init_with_another_organization_makes_it_with_its_own_project_and_key(fresh):
    """[design section 13]"""
    first, other = fresh.init(), fresh.init("--organization", "Other", "--project", "Theirs")
    assert not {first[name] for name in IDS} & {other[name] for name in IDS}
    assert other["api_key"] != first["api_key"]


def test_init_without_names_is_about_the_first_organization_and_project(fresh):
    """[design section 13]"""
    named = fresh.init("--organization", "My maps", "--project", "First")
    again = fresh.init()
    assert {name: named[name] for name in IDS} == {name: again[name] for name in IDS}
    assert not again.get("api_key")


@pytest.mark.parametrize("flags", [("--organization", ""), ("--organization", "a" * 256), ("--project", "a\nb"),
                                   ("--email", "a b@c.example"), ("--email", ""), ("--password", ""), ("--data", "")])
def test_init_refuses_what_it_cannot_use(fresh, flags):
    """[design section 13]"""
    done = fresh.run("init", *(() if "--data" in flags else ("--data", str(fresh.data))), *flags, check=False)
    assert done.returncode == 2, done.stdout + done.stderr


def test_init_without_json_is_for_people(fresh):
    """[design section 13]"""
    done = fresh.run("init", "--data", str(fresh.data))
    assert "gpra_" in done.stdout
    assert "password" not in done.stdout  # nothing takes one yet


def test_the_key_of_init_holds_every_scope(server, admin):
    """[design section 13]"""
    listed = admin.call("api_keys.list")
    assert any("admin:*" in key["permissions"] or "*" in key["permissions"] for key in listed)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_where_it_listens_and_ends_with_0(fresh, sent):
    """[design section 13]"""
    process = subprocess.Popen([str(fresh.binary), "serve", "--data", str(fresh.data), "--listen", "127.0.0.1:0"],
                               env=fresh.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        assert READY.fullmatch(process.stdout.readline().strip())
        process.send_signal(sent)
        assert process.wait(30) == 0
    finally:
        watchdog.cancel()
        process.kill()


@pytest.mark.parametrize("link", [True, False])
def test_serve_of_an_empty_folder_says_how_to_begin(fresh, link):
    process = subprocess.Popen([str(fresh.binary), "serve", "--data", str(fresh.data), "--listen", "127.0.0.1:0"],
                               env=fresh.environment() | {"LANDFALL_SETUP_LINK": str(link).lower()},
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        assert READY.fullmatch(process.stdout.readline().strip())
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[1]
        assert (f"landfall init --data {fresh.data}" in said, "/setup#" in said) == (not link, link)
    finally:
        watchdog.cancel()
        process.kill()


def test_a_taken_port_leaves_no_folder(server, fresh):
    taken = server.base_url.removeprefix("http://")
    done = fresh.run("serve", "--data", str(fresh.data), "--listen", taken, check=False)
    assert done.returncode == 1 and taken in done.stderr
    assert not fresh.data.exists()


def test_a_key_has_exactly_the_scopes_asked_for(server, admin, api):
    """[design section 13]"""
    key = server.installation.key(admin.organization, "Narrow", "items:read", "collections:read")
    assert api.with_key(key).op("items.list", {"project_id": api.project}).status_code == 200
    assert api.with_key(key).op("items.create", {}).status_code == 403


def test_keys_can_be_listed_and_revoked(server, admin, api):
    """[design section 13]"""
    key = server.installation.key(admin.organization, "To be revoked", "items:read")
    listed = server.installation.run("key", "list", "--data", str(server.installation.data), "--organization",
                                     admin.organization, "--json")
    keys = [json.loads(line) for line in listed.stdout.split("\n") if line]
    [found] = [entry for entry in keys if entry["name"] == "To be revoked"]
    server.installation.run("key", "revoke", "--data", str(server.installation.data), found["id"])
    wait_for("The end of a revoked key",
             lambda: api.with_key(key).op("items.list", {"project_id": api.project}).status_code == 401)


def test_users_can_be_created_and_listed(fresh):
    """[design section 13]"""
    organization = fresh.init()["organization_id"]
    made = json.loads(fresh.run("user", "create", "--data", str(fresh.data), "--email", "ada@example.org", "--password",
                                "correct horse battery", "--organization", organization, "--role", "member", "--json").stdout)
    assert made["email"] == "ada@example.org" or made.get("user_id")
    assert "ada@example.org" in fresh.run("user", "list", "--data", str(fresh.data)).stdout


def test_an_address_that_is_none_stops_the_start_before_anything_is_made(fresh):
    """[design section 13]"""
    done = fresh.run("serve", "--data", str(fresh.data), "--listen", "nonsense", check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "nonsense" in done.stderr
    assert not fresh.data.exists()


@pytest.mark.parametrize("arguments", [(), ("fly",), ("serve", "--no-such-flag"), ("quota", "set")])
def test_a_wrong_command_line_is_told_and_exits_2(fresh, arguments):
    """[design section 13]"""
    done = fresh.run(*arguments, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.strip()


@pytest.mark.parametrize(("words", "said"), [
    (("serv",), "There is no command 'serv'; did you mean 'serve'?"),
    (("uplod", "a.tif"), "There is no command 'uplod'; did you mean 'upload'?"),
    (("key", "crate"), "There is no command 'crate'; did you mean 'create'?"),
    (("nonsense",), "There is no command 'nonsense'"),
    (("sweep", "--grace", "-1"), "'-1' is no number of seconds from 0"),
    (("user", "create", "--email", "a@b", "--password", "a long one", "--role", "admin"), "--role requires --organization"),
    ((), "Usage: landfall"), (("key",), "Usage: landfall key")])
def test_a_wrong_command_line_is_told_what_is_wrong(binary, tmp_path, words, said):
    """[design section 13]"""
    done = Installation(binary, tmp_path).run(*words, check=False)
    assert done.returncode == 2
    assert said in done.stderr


def test_help_and_version_exit_0(fresh):
    """[design section 13]"""
    assert "serve" in fresh.run("--help").stdout
    assert re.search(r"\d+\.\d+", fresh.run("--version").stdout)


def test_unknown_and_invalid_settings_stop_the_start_and_are_all_listed(fresh, tmp_path):
    """[design section 13]"""
    config = tmp_path / "landfall.toml"
    config.write_text('no_such_setting = 1\n[limits]\ntiles_per_minute = "many"\n')
    done = fresh.run("serve", "--data", str(fresh.data), "--listen", "127.0.0.1:0", "--config", str(config), check=False,
                     environment={"LANDFALL_LIMITS_OPERATIONS_PER_MINUTE": "-1", "LANDFALL_NO_SUCH": "1"})
    assert done.returncode == 2, done.stdout + done.stderr
    for name in ("no_such_setting", "tiles_per_minute", "OPERATIONS_PER_MINUTE", "LANDFALL_NO_SUCH"):
        assert name.lower() in done.stderr.lower(), name


@pytest.mark.parametrize(("words", "offered"), [
    ("landfall serv", {"serve"}),
    ("landfall key ", {"create", "list", "revoke"}),
    ("landfall serve --metrics", {"--metrics-listen"}),
    ("landfall quota set --org", {"--organization"}),
    ("landfall sweep --gr", {"--grace"}),
    ("landfall config print --limits.tiles", {"--limits.tiles-per-minute"}),
    ("landfall comp", {"completion"})])
def test_completion_offers_the_servers_commands_too(fresh, words, offered):
    """[design section 13]"""
    parts = words.split(" ")
    program = (f'{fresh.run("completion", "bash").stdout}\nCOMP_WORDS=({" ".join(map(repr, parts))}); '
               f'COMP_CWORD={len(parts) - 1}; _landfall; echo "${{COMPREPLY[@]}}"')
    done = subprocess.run(["bash", "--norc", "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert set(done.stdout.split()) == offered


@pytest.mark.parametrize("command", [
    ("doctor",), ("sweep",), ("worker",), ("user", "list"), ("key", "list", "--organization", "o"),
    ("key", "revoke", "key_1"), ("quota", "set", "--organization", "o", "1GiB")])
def test_only_commands_that_begin_a_catalog_make_its_folder(binary, tmp_path, command):
    """[design section 13]"""
    missing = tmp_path / "typo"
    done = Installation(binary, missing).run(*command, "--data", str(missing), check=False)
    assert done.returncode == 1
    assert f"no data folder at {missing}" in done.stdout + done.stderr
    assert not missing.exists()


def test_an_invalid_value_of_a_command_is_a_usage_error(fresh):
    """[design section 13]"""
    world = fresh.init()
    data = ("--data", str(fresh.data))
    for command in (("key", "create", "--organization", world["organization_id"], "--name", "k", "--scope", "no scope"),
                    ("user", "create", "--email", "a@b.example", "--password", "a long password", "--role", "king")):
        assert fresh.run(*command, *data, check=False).returncode == 2, command
    assert fresh.run("key", "list", "--organization", "nobody", *data, check=False).returncode == 1


@pytest.mark.parametrize("given", ["https://h.example", "https://h.example/", "https://h.example//"])
def test_the_public_url_is_an_origin_without_a_slash(fresh, given):
    """[design section 13]"""
    settings = json.loads(fresh.run("config", "print", "--public-url", given, "--json").stdout)
    assert settings["public_url"]["value"] == "https://h.example"


@pytest.mark.parametrize("given", ["nonsense", "ftp://h.example", "http://", "http://h/path", "http://h?q", "http://u@h",
                                   "http://h:", "http://h:0", "http://h:99999", "http://[::1", "https://h example"])
def test_a_public_url_that_is_no_origin_is_a_fault(fresh, given):
    """[design section 13]"""
    done = fresh.run("serve", "--public-url", given, "--log-level", "shout", check=False)
    assert done.returncode == 2
    assert "public_url" in done.stderr and "log_level" in done.stderr


def test_settings_that_no_arithmetic_can_take_are_faults(fresh):
    """[design section 13] 10^13 s are more microseconds than 64 bits hold: everything would be past its time."""
    names = ("header-seconds", "idle-seconds", "drain-seconds", "limits.upload-idle-seconds", "limits.deleted-item-seconds",
             "limits.probe-cpu-seconds", "limits.probe-wall-seconds", "limits.probes-at-once", "limits.job-stall-seconds",
             "limits.tile-milliseconds")
    done = fresh.run("config", "print", *(f"--{name}=10000000000000" for name in names), check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    for name in names:
        assert f"{name.replace('-', '_')}: Input should be less than or equal" in done.stderr, name


@pytest.mark.parametrize("given", ["8080", "127.0.0.1:", "127.0.0.1:8080x", "127.0.0.1:65536"])
def test_an_address_to_listen_on_ends_with_a_port(fresh, given):
    """[design section 13]"""
    done = fresh.run("serve", "--data", str(fresh.data), "--listen", given, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "is no address" in done.stderr


def test_config_print_shows_each_setting_with_its_source(fresh, tmp_path):
    """[design section 13]"""
    config = tmp_path / "landfall.toml"
    config.write_text("[limits]\ntiles_per_minute = 7\n")
    done = fresh.run("config", "print", "--config", str(config), environment={"LANDFALL_LIMITS_PUBLIC_PER_MINUTE": "8"})
    lines = {line.split()[0]: line for line in done.stdout.splitlines() if line.strip()}
    assert "7" in lines["limits.tiles_per_minute"] and str(config) in lines["limits.tiles_per_minute"]
    assert "8" in lines["limits.public_per_minute"] and "LANDFALL_LIMITS_PUBLIC_PER_MINUTE" in lines["limits.public_per_minute"]
    assert "600" in lines["limits.operations_per_minute"] and "default" in lines["limits.operations_per_minute"]


def test_config_print_hides_passwords(binary, tmp_path):
    """[design section 12]"""
    environment = {"LANDFALL_DATABASE": "postgresql://owner:correct-horse@db.example/landfall"}
    for flags in ((), ("--json",)):
        shown = Installation(binary, tmp_path).run("config", "print", *flags, environment=environment).stdout
        assert "correct-horse" not in shown
        assert "postgresql://owner:***@db.example/landfall" in shown


@pytest.mark.parametrize("given", [("--listen", "127.0.0.1:80a"), ("--listen", "8080"), ("--metrics-listen", "localhost"),
                                   ("--tls-key", "key.pem"), ("--tls-certificate", "cert.pem"), ("--config", "missing.toml"),
                                   ("--config", "/"), ("--config", "")])
def test_settings_that_cannot_work_are_listed_with_the_other_faults(binary, tmp_path, given):
    """[design section 13]"""
    done = Installation(binary, tmp_path).run("serve", *given, "--log-level", "shout", check=False)
    assert done.returncode == 2
    assert given[0].strip("-").replace("-", "_") in done.stderr and "log_level" in done.stderr


def test_op_calls_any_operation(client, api):
    """[design section 13]"""
    made = json.loads(client("op", "collections.create", json.dumps({"project_id": api.project, "name": "By hand"})).stdout)
    assert made["name"] == "By hand"
    body = json.dumps({"project_id": api.project, "collection_id": made["id"]})
    assert json.loads(client("op", "collections.get", "-", input=body).stdout)["id"] == made["id"]


def test_a_refusal_by_the_server_exits_3_and_says_why(client):
    """[design section 13]"""
    done = client("op", "items.get", '{"item_id": "it_missing"}', code=3)
    assert "not found" in done.stderr.lower()


def test_every_operation_is_a_command(client, api):
    """[design section 13]"""
    made = json.loads(client("uploads", "initiate", "--project-id", api.project, "--total-bytes", "5", "--json").stdout)
    signed = client("uploads", "signed-url", "--upload-id", made["id"], "--file-name", "a.tif", "--json")
    assert json.loads(signed.stdout)["object_path"].endswith("/a.tif")
    client("uploads", "initiate", code=2)


def test_upload_and_download_round_trip(client, api, tmp_path):
    """[design section 13]"""
    contents = {f"scene_{n}.tif": small_scene(n) for n in range(2)}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    done = json.loads(client("upload", *(str(tmp_path / name) for name in contents), "--project", api.project, "--json").stdout)
    items = {api.item(item)["name"]: item for item in done["item_ids"]}
    assert set(items) == {"scene_0", "scene_1"}
    target = tmp_path / "back.tif"
    client("download", items["scene_1"], "--asset", "data", "-o", str(target))
    assert target.read_bytes() == contents["scene_1.tif"]


def test_a_picture_is_what_its_name_says(client, scene, tmp_path):
    """An explicit format wins over the name."""
    begins = {"t.png": b"\x89PNG", "t.JPG": b"\xff\xd8\xff", "t.webp": b"RIFF", "t.bin": b"RIFF"}
    for name, magic in begins.items():
        client("items", "tile", "render", "--item-id", scene.item_id, "--z", "0", "--x", "0", "--y", "0", "--output", str(tmp_path / name))
        assert (tmp_path / name).read_bytes().startswith(magic), name
    tile = {"item_id": scene.item_id, "z": 0, "x": 0, "y": 0}
    client("op", "items.tile.render", json.dumps(tile), "-o", str(tmp_path / "o.png"))
    assert (tmp_path / "o.png").read_bytes().startswith(b"\x89PNG")
    client("op", "items.tile.render", json.dumps(tile | {"format": "webp"}), "-o", str(tmp_path / "w.png"))
    assert (tmp_path / "w.png").read_bytes().startswith(b"RIFF")


def test_a_download_onto_a_file_is_refused_before_its_bytes_come(client, api, tmp_path):
    item = api.upload_one(small_scene(), "once.tif")
    client("download", item, cwd=tmp_path)
    client("download", item, cwd=tmp_path, code=1)
    assert [path.name for path in tmp_path.iterdir()] == ["once.tif"]


def test_an_unknown_field_is_told(client, api):
    done = client("op", "items.create", json.dumps({"project_id": api.project, "type": "user_raster", "name": "x", "nmae": "y"}))
    assert "warning: The field 'nmae' is unknown and was ignored; did you mean 'name'?" in done.stderr


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_client_says_so_by_its_exit_code(binary, tmp_path, sent, code):
    """A server that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        process = subprocess.Popen([str(binary), "items", "get", "--item-id", "it_1"], stderr=subprocess.PIPE, env={
            "LANDFALL_URL": f"http://127.0.0.1:{silent.getsockname()[1]}", "LANDFALL_TOKEN": "gpra_x", "HOME": str(tmp_path)})
        connection, _ = silent.accept()
        with connection:
            process.send_signal(sent)
            assert process.wait(30) == code


@pytest.fixture
def over_tls(fresh, tmp_path):
    """A server with a certificate that it signed itself: its address, the certificate's file, and what `init` told."""
    certificate, key, world = tmp_path / "cert.pem", tmp_path / "key.pem", fresh.init()
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    process = subprocess.Popen([str(fresh.binary), "serve", "--data", str(fresh.data), "--listen", "127.0.0.1:0",
                                "--tls-certificate", str(certificate), "--tls-key", str(key)],
                               env=fresh.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    watchdog = threading.Timer(60, process.kill)
    watchdog.start()
    try:
        yield process.stdout.readline().split()[-1], str(certificate), world
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()


def test_tls_is_trusted_by_the_authority_that_was_named(client, over_tls, tmp_path):
    url, certificate, world = over_tls
    (tmp_path / "scene.tif").write_bytes(small_scene())
    there = ("--project-id", world["project_id"], "--url", url, "--token", world["api_key"])
    assert "--cacert" in client("items", "list", *there, code=1).stderr
    assert "--cacert" in client("items", "list", *there, "--cacert", str(tmp_path / "none.pem"), code=1).stderr
    client("items", "list", *there, "--cacert", certificate)
    there = ("--url", url, "--token", world["api_key"], "--cacert", certificate)
    uploaded = json.loads(client("upload", str(tmp_path / "scene.tif"), "--project", world["project_id"], "--json", *there).stdout)
    client("download", uploaded["item_ids"][0], "-o", str(tmp_path / "back.tif"), *there)
    assert (tmp_path / "back.tif").read_bytes() == small_scene()
    plain = client("items", "list", "--project-id", world["project_id"], "--url", url.replace("https", "http"), code=1)
    assert "https://" in plain.stderr


def test_the_usual_variable_names_an_authority_too(fresh, over_tls, tmp_path):
    url, certificate, world = over_tls
    fresh.run("items", "list", "--project-id", world["project_id"], "--url", url, "--token", world["api_key"],
              environment={"SSL_CERT_FILE": certificate})


def test_tls_to_a_server_without_it_is_told(client, server, api):
    done = client("items", "list", "--project-id", api.project, "--url", server.base_url.replace("http://", "https://"), code=1)
    assert "plain HTTP" in done.stderr and "http://" in done.stderr


def test_upload_can_add_to_an_item_or_a_collection(client, api, tmp_path):
    """[design section 13]"""
    path = tmp_path / "scene.tif"
    path.write_bytes(small_scene())
    collection = api.create_collection()["id"]
    done = client("upload", str(path), "--project", api.project, "--collection", collection, "--json")
    [item] = json.loads(done.stdout)["item_ids"]
    assert api.item(item)["collection_id"] == collection
    client("upload", str(path), "--project", api.project, "--item", item, "--asset-key", "more", "--json")
    assert "more" in api.assets(item)


def test_an_upload_of_a_missing_file_fails_before_anything_is_reserved(client, own, tmp_path):
    """[design section 13]"""
    done = client("upload", str(tmp_path / "missing.tif"), "--project", own.project, code=1)
    assert "missing.tif" in done.stderr
    assert own.storage()["reserved_bytes"] == 0


def test_a_client_without_a_server_exits_1(client):
    """[design section 13]"""
    done = client("op", "items.get", "{}", "--url", "http://127.0.0.1:1", code=1)
    assert done.stderr.strip()


def test_sweep_reports_what_it_did(fresh):
    """[design section 13]"""
    fresh.init()
    assert isinstance(json.loads(fresh.run("sweep", "--data", str(fresh.data), "--grace", "0", "--json").stdout), dict)


def test_sweep_beside_a_running_server_takes_nothing_that_is_used(server, api):
    """[design section 8]"""
    content = small_scene()
    item = api.upload_one(content)
    upload = api.initiate(len(content))
    api.send(upload, "open.tif", content)
    server.installation.run("sweep", "--data", str(server.installation.data), "--grace", "0", "--json")
    assert api.http.get(f"/api/v1/items/{item}/tiles/0/0/0.png").status_code == 200
    assert len(api.complete(upload)) == 1


def test_doctor_finds_nothing_wrong(fresh):
    """[design section 13]"""
    fresh.init()
    fresh.run("doctor", "--data", str(fresh.data))
