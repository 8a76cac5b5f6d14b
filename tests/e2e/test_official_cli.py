"""The official command line client against the server."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from support.api import put
from support.chromium import opened_page
from support.contract import OPERATIONS, make_world, minimal_body
from support.rasters import small_scene
from support.realm import PASSWORD, make_user


def find_program() -> str:
    program = shutil.which("geopera", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert program, "geopera-cli is not installed; see tests/requirements.txt"
    return program


@pytest.fixture
def geopera(api, tmp_path):
    """Runs `geopera …` and gives its JSON."""
    program = find_program()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GEOPERA_API_URL": api.base_url,
                   "GEOPERA_API_TOKEN": api.key, "NO_COLOR": "1"}

    def run(*arguments: str, code: int = 0):
        done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout) if code == 0 else done.stdout + done.stderr

    return run


def test_the_upload_commands_work(geopera, api):
    """[A109, A110, A111]"""
    content = small_scene()
    upload = geopera("uploads", "initiate", "--project-id", api.project, "--total-bytes", str(len(content)))["id"]
    signed = geopera("uploads", "signed-url", "--upload-id", upload, "--file-name", "a.tif", "--content-type", "image/tiff")
    assert put(signed["upload_url"], content).status_code == 200
    assert geopera("uploads", "progress", "--upload-id", upload, "--bytes-uploaded", "5")["id"] == upload
    done = geopera("uploads", "complete", "--json", json.dumps({"upload_id": upload}))
    assert len(done["item_ids"]) == 1
    other = geopera("uploads", "initiate", "--project-id", api.project)["id"]
    assert geopera("uploads", "fail", "--upload-id", other, "--error-message", "no")["id"] == other


def test_a_refusal_is_told_in_words(geopera):
    """[section 5]"""
    text = geopera("items", "get", "--item-id", "it_missing", code=2)
    assert "not found" in text.lower()


@pytest.fixture
def signed_out(server, tmp_path):
    """Runs `geopera …` of somebody who has not signed in; gives what it printed. It ends with 0 whatever happens."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GEOPERA_API_URL": server.base_url,
                   "NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "COLUMNS": "400"}

    def run(*arguments: str, refused: bool = False, **options) -> str:
        done = subprocess.run([find_program(), *arguments], env=environment, capture_output=True, text=True,
                              timeout=60, **options)
        assert ("Error:" in done.stderr) == refused, done.stdout + done.stderr
        return done.stdout

    run.environment = environment
    run.credentials = tmp_path / ".config" / "geopera" / "credentials.json"
    return run


def let_in(address: str, email: str) -> str:
    """What somebody does in a browser: opens the page, signs in, approves. Gives the last page's heading."""
    with opened_page() as page:
        faults = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(address)
        page.get_by_label("Email address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Approve").click()
        heading = page.get_by_role("heading", level=1).inner_text()
        assert not faults, faults
        return heading


def test_somebody_signs_in_on_a_page(server, admin, signed_out):
    """[2.3] The device flow, with its page in a real browser; then commands, and out again."""
    user = make_user(server, "official@signin.example", admin.organization, "admin")
    login = subprocess.Popen([find_program(), "login", "--no-browser"], env=signed_out.environment,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    printed = ""
    while "confirm this code" not in printed and (line := login.stdout.readline()):
        printed += line
    address = re.search(r"http://\S+user_code=\S+", printed)
    assert address, printed
    assert let_in(address.group(), user.email) == "You are signed in"
    rest = login.communicate(timeout=60)[0]
    assert login.returncode == 0 and f"Logged in as {user.id}" in rest, rest
    assert stat.S_IMODE(signed_out.credentials.stat().st_mode) == 0o600

    whoami = signed_out("whoami")
    assert user.id in whoami and admin.organization in whoami
    assert isinstance(json.loads(signed_out("collections", "list", "--project-id", admin.project)), list)
    made = json.loads(signed_out("op", "projects.create", json.dumps({"name": "By hand"})))
    assert made["id"].startswith("prj_")

    # What the command line does when five minutes have passed.
    kept = json.loads(signed_out.credentials.read_text())
    before = kept["default"]["auth"]["refresh_token"]
    kept["default"]["auth"]["expires_at"] = 1
    signed_out.credentials.write_text(json.dumps(kept))
    assert user.id in signed_out("whoami")
    assert json.loads(signed_out.credentials.read_text())["default"]["auth"]["refresh_token"] != before

    signed_out("logout")
    signed_out("whoami", refused=True)


def test_a_key_signs_in(server, admin, signed_out):
    """[2.4] By userinfo alone; a wrong one is refused."""
    signed_out("login", "--api-key", "gpra_" + "x" * 43, refused=True)
    assert not signed_out.credentials.exists()
    assert "Logged in as key_" in signed_out("login", "--api-key", "-", input=admin.key + "\n")
    assert admin.organization in signed_out("whoami")
    signed_out("logout")


def test_every_operation_is_listed(geopera, server, admin, signed_out):
    """[1.1] `op --list` reads the published document."""
    signed_out("login", "--api-key", "-", input=admin.key + "\n")
    listed = signed_out("op", "--list")
    for path in admin.http.get("/openapi.json").json()["paths"]:
        if path.startswith("/v1/op/"):
            assert path.removeprefix("/v1/op/") in listed


def test_every_command_whose_operation_exists(scene, tmp_path, monkeypatch, capsys):
    """[A109, section 17] It reaches its operation. In this process, for each start of the program takes a second."""
    from geopera_cli import __main__ as program, tree
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GEOPERA_API_URL", scene.api.base_url)
    monkeypatch.setenv("GEOPERA_API_TOKEN", scene.api.key)
    commands = json.loads(Path(tree.__file__).with_name("spec.json").read_text())
    known = {path.removeprefix("/v1/op/") for path in commands["paths"]}
    succeeded = 0
    for operation in sorted(known & OPERATIONS.keys()):
        if OPERATIONS[operation]["scope"].startswith("admin:") or operation == "stac.search":
            continue  # it has no command there, or one that stumbles over a field of its own with a hyphen
        world = make_world(scene.api.new_project())
        words = operation.replace("_", "-").split(".")
        monkeypatch.setattr(sys, "argv", ["geopera", *words, "--json", json.dumps(minimal_body(operation, world))])
        try:
            program.main()
            succeeded += 1
        except SystemExit as end:
            told = capsys.readouterr().err
            # Some need more than the least, and say so in the server's own words.
            assert end.code in (None, 0) or re.search(r"\[4(02|04|09|22)\]", told), f"{operation}: {told}"
            assert "No such" not in told and "unexpected" not in told, f"{operation}: {told}"
    assert succeeded >= 30
