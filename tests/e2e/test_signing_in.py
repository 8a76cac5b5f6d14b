"""The guide for signing in, command by command. Guide: docs/guides/signing-in.md."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess

import pytest

from support.pages import Browser
from support.realm import PASSWORD, Realm, make_user
from support.server import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "guides" / "signing-in.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.S)


@pytest.fixture
def cli(server, tmp_path):
    """Runs a client command with a configuration folder of its own."""
    def run(*arguments: str, code: int = 0, **options) -> subprocess.CompletedProcess[str]:
        environment = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "HOME": str(tmp_path)}
        done = server.installation.run(*arguments, check=False, environment=environment, **options)
        assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    run.profiles = tmp_path / "config" / "landfall" / "profiles.json"
    return run


def test_every_command_of_the_guide_runs(make_server, tmp_path):
    """But the first sign-in, which waits for somebody at a browser: the test below has one."""
    server = make_server()
    maps = server.installation.init("--organization", "My maps")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "landfall").symlink_to(server.installation.binary)
    script = "\n".join(block for block in BLOCKS if "landfall login --url http://127.0.0.1:8080\n" not in block)
    script = script.replace("http://127.0.0.1:8080", server.base_url).replace("./data", str(server.installation.data))
    environment = server.installation.environment() | {
        "PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(tmp_path), "API_KEY": maps["api_key"]}
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=tmp_path, env=environment,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ada@example.org" in done.stdout
    assert '"active":true' in done.stdout


@pytest.mark.parametrize(("action", "code"), [("approve", 0), ("deny", 3)])
def test_login_by_a_browser(server, admin, tmp_path, action, code):
    """[extensions: Command line; 2.3] What is printed is opened by somebody who signs in there and decides."""
    user = make_user(server, f"{action}@signin.example", admin.organization, "admin")
    environment = server.installation.environment() | {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    with subprocess.Popen([server.installation.binary, "login", "--url", server.base_url], text=True, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE) as login:
        printed = ""
        while "user_code=" not in printed and (line := login.stderr.readline()):
            printed += line
        shown = re.search(r"approve the code (\S+):\s+(http://\S+)", printed)
        assert shown, printed
        browser = Browser(server.base_url)
        browser.open(shown[2])
        page = browser.send(username=user.email, password=PASSWORD)
        assert shown[1] in page.text
        browser.send(action=action)
        told, rest = login.communicate(timeout=60)
    assert login.returncode == code, told + rest
    assert (user.email in told) == (code == 0)
    if code == 0:
        whoami = subprocess.run([server.installation.binary, "whoami", "--json"], env=environment, check=True,
                                capture_output=True, text=True, timeout=60)
        assert json.loads(whoami.stdout)["sub"] == user.id


def test_login_by_password_and_out_again(server, admin, cli):
    """[extensions: Command line]"""
    user = make_user(server, "cli@signin.example", admin.organization, "admin")
    cli("whoami", "--url", server.base_url, code=2)
    told = cli("login", "--url", server.base_url, "--password", "--email", user.email, input=PASSWORD + "\n")
    assert user.email in told.stdout
    assert stat.S_IMODE(cli.profiles.stat().st_mode) == 0o600
    assert json.loads(cli("whoami", "--json").stdout)["sub"] == user.id
    assert user.id in cli("whoami").stdout
    assert cli("collections", "list", "--project-id", admin.project).stdout.startswith("[")
    refresh_token = json.loads(cli.profiles.read_text())["profiles"][0]["refresh_token"]
    cli("logout")
    assert Realm(server.base_url).refresh(refresh_token).status_code == 400
    cli("whoami", "--url", server.base_url, code=2)
    assert cli("login", "--url", server.base_url, "--password", "--email", user.email, input="wrong\n", code=3).stderr


def test_a_lapsed_token_is_renewed(server, admin, cli):
    """[extensions: Command line] Before it is used, and where the server refuses it; once, whoever runs beside."""
    user = make_user(server, "lapsed@signin.example", admin.organization, "admin")
    cli("login", "--url", server.base_url, "--password", "--email", user.email, input=PASSWORD + "\n")
    for lapse in ({"expires_at": 1}, {"access_token": "a.b.c"}):
        kept = json.loads(cli.profiles.read_text())
        before = dict(kept["profiles"][0])
        kept["profiles"][0].update(lapse)
        cli.profiles.write_text(json.dumps(kept))
        cli("collections", "list", "--project-id", admin.project)
        after = json.loads(cli.profiles.read_text())["profiles"][0]
        assert after["refresh_token"] != before["refresh_token"]
        assert stat.S_IMODE(cli.profiles.stat().st_mode) == 0o600
    Realm(server.base_url).http.post("/logout", data={"refresh_token": after["refresh_token"]})
    told = cli("collections", "list", "--project-id", admin.project, code=3)
    assert "landfall login" in told.stderr


def test_a_key_is_checked_before_it_is_kept(server, admin, cli):
    """[extensions: Command line]"""
    cli("login", "--url", server.base_url, "--api-key", "gpra_" + "x" * 43, code=3)
    assert not cli.profiles.exists()
    cli("login", "--url", server.base_url, "--api-key", "-", input=admin.key + "\n")
    assert json.loads(cli("whoami", "--json").stdout)["geopera_principal_type"] == "api_key"


def test_profiles_are_chosen_by_name(server, admin, neighbour, cli):
    """[extensions: Command line]"""
    cli("login", "--url", server.base_url, "--api-key", admin.key, "--profile", "ours")
    cli("login", "--url", server.base_url, "--api-key", neighbour.key, "--profile", "theirs")

    def organization(**environment: str) -> str:
        done = server.installation.run("whoami", "--json", environment={
            "XDG_CONFIG_HOME": str(cli.profiles.parents[1])} | environment)
        return json.loads(done.stdout)["geopera_org_id"]

    assert organization() == neighbour.organization
    assert organization(LANDFALL_PROFILE="ours") == admin.organization
    cli("profile", "use", "ours")
    assert organization() == admin.organization
    listed = [json.loads(line) for line in cli("profile", "list", "--json").stdout.splitlines()]
    assert [(entry["name"], entry["current"]) for entry in listed] == [("ours", True), ("theirs", False)]
    assert "ours" in cli("profile", "list").stdout
    cli("profile", "use", "nobody", code=2)


def test_a_credential_goes_to_its_own_server_only(server, admin, cli):
    """[design section 12]"""
    cli("login", "--url", server.base_url, "--api-key", admin.key)
    told = cli("whoami", "--url", "http://127.0.0.1:9", code=2)
    assert "landfall login" in told.stderr
