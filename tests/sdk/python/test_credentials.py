"""Where the client takes its credentials from, and that it shows them to nobody. [no leak of tokens in exceptions or logs]"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import traceback
from pathlib import Path

import httpx
import pytest
from landfall_sdk import AsyncLandfall, AuthenticatedClient, Landfall, RetryPolicy, errors, profiles

from support.link import Link
from support.rasters import drawn_scene
from support.realm import Realm, make_user



@pytest.fixture
def write(home: Path):
    """Writes profiles as `landfall login` does; the first is the current one."""
    def made(*entries: dict) -> Path:
        file = home / ".config" / "landfall" / "profiles.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"current": entries[0]["name"], "profiles": list(entries)}))
        return file
    return made


def test_arguments_come_before_the_environment_and_that_before_a_profile(api, write, monkeypatch):
    write({"name": "default", "url": api.base_url, "api_key": api.key})
    assert Landfall().projects.list().total > 0
    assert Landfall(base_url=api.base_url + "/").projects.list().total > 0
    monkeypatch.setenv("LANDFALL_TOKEN", "gpra_wrong")
    monkeypatch.setenv("LANDFALL_URL", api.base_url)
    with pytest.raises(errors.Unauthenticated):
        Landfall().projects.list()
    for client in (Landfall(api.key), Landfall(token=api.key), Landfall(api_key=api.key), Landfall(profile="default")):
        assert client.projects.list().total > 0


def test_a_profile_is_chosen_by_name(api, write, monkeypatch):
    write({"name": "default", "url": "http://nobody.invalid", "api_key": "gpra_x"}, {"name": "robot", "url": api.base_url, "api_key": api.key})
    assert Landfall(profile="robot").base_url == api.base_url
    monkeypatch.setenv("LANDFALL_PROFILE", "robot")
    assert Landfall().projects.list().total > 0
    with pytest.raises(errors.ConfigurationError, match="no profile 'other'"):
        Landfall(profile="other")


def test_a_credential_goes_to_its_own_server_only(api, write):
    write({"name": "default", "url": api.base_url, "api_key": api.key})
    with pytest.raises(errors.ConfigurationError, match="No credentials"):
        Landfall(base_url="http://elsewhere.invalid")


@pytest.mark.parametrize(("arguments", "told"), [({}, "No credentials"), ({"token": "a b"}, "spaces"), ({"token": "x", "base_url": "ftp://x"}, "must begin with")])
def test_what_is_missing_is_told(arguments, told):
    with pytest.raises(errors.ConfigurationError, match=told):
        Landfall(**arguments)


@pytest.mark.parametrize("content", ["", "[]", "{}", "\0", '{"profiles": 7}'])
def test_a_file_that_holds_no_profiles_is_told(write, content):
    write({"name": "x"}).write_text(content)
    with pytest.raises(errors.ConfigurationError, match="holds no profiles"):
        Landfall()


@pytest.fixture
def signed_in(server, api, write, request):
    """The profile of somebody who signed in; its access token counts as lapsed, whatever the server thinks."""
    user = make_user(server, f"{abs(hash(request.node.name))}@sdk.example", api.organization, "admin")
    tokens = Realm(api.base_url).sign_in(user)
    return write({"name": "default", "url": api.base_url, "access_token": tokens["access_token"], "refresh_token": tokens["refresh_token"],
                  "expires_at": int(time.time()) - 1})


def stored(file: Path) -> dict:
    return json.loads(file.read_text())["profiles"][0]


def test_a_session_is_renewed_before_it_lapses(signed_in):
    before = stored(signed_in)
    assert Landfall().projects.list().total > 0
    after = stored(signed_in)
    assert after["access_token"] != before["access_token"] and after["refresh_token"] != before["refresh_token"]
    assert after["expires_at"] > time.time() and signed_in.stat().st_mode & 0o077 == 0

    async def road() -> int:
        async with AsyncLandfall() as client:
            return (await client.projects.list()).total

    assert asyncio.run(road()) > 0


def test_a_session_that_another_process_renewed_is_taken_over(signed_in):
    """A refresh token serves once: two clients that began with the same one both go on."""
    first, second = Landfall(), Landfall()
    assert first.projects.list().total == second.projects.list().total > 0


@pytest.mark.parametrize("skew", [-400 * 86400, 400 * 86400])
def test_a_wrong_clock_does_not_sign_anybody_out(signed_in, monkeypatch, skew):
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + skew)
    client = Landfall()
    assert [client.projects.list().total > 0 for _ in range(3)] == [True] * 3


def test_a_token_that_the_server_refuses_is_renewed(signed_in):
    """The clock here says that it holds; the server's counts."""
    profile = stored(signed_in) | {"access_token": "eyJ.no.token", "expires_at": int(time.time()) + 3600}
    signed_in.write_text(json.dumps({"current": "default", "profiles": [profile]}))
    assert Landfall().projects.list().total > 0


def test_a_session_that_has_ended_says_what_to_do(signed_in):
    profile = stored(signed_in) | {"refresh_token": "none"}
    signed_in.write_text(json.dumps({"current": "default", "profiles": [profile]}))
    with pytest.raises(errors.Unauthenticated, match="landfall login"):
        Landfall().projects.list()


def everything(error: BaseException | None) -> str:
    """All that a report about an error may show: its text, those of its causes, and their attributes."""
    told = []
    while error is not None:
        told += [repr(error), "".join(traceback.format_exception(error)), repr({name: repr(value) for name, value in vars(error).items()})]
        error = error.__cause__ or error.__context__
    return "\n".join(told)


def test_no_token_and_no_signed_address_is_told(api, link: Link, caplog, folder_of_scene, tmp_path):
    """Neither by a client's text, nor by the log at its most talkative, nor by an error and its causes."""
    caplog.set_level(logging.DEBUG)
    client = Landfall(api.key, link.url, retry=RetryPolicy(attempts=2, base=0.01))
    told = [repr(client), str(client.client), repr(client.items), repr(AuthenticatedClient(base_url=api.base_url, token=api.key)),
            repr(client._connection), repr(profiles.Session({"name": "x", "access_token": api.key}, True))]
    done = client.upload_folder(folder_of_scene, project=api.project)
    client.download(done, to=tmp_path / "back.tif")
    client.open(done).read(10)
    failing = [lambda: client.items.get(item_id="it_none"), lambda: client.op("items.serch"), lambda: client.uploads.initiate(file_count=0)]
    link.cuts = [0] * 200
    failing += [lambda: client.projects.list(), lambda: client.op("projects.list"), lambda: client.upload_folder(folder_of_scene, project=api.project),
                lambda: client.download(done, to=tmp_path)]
    for call in failing:
        with pytest.raises(errors.LandfallError) as caught:
            call()
        told.append(everything(caught.value))
    told.append(caplog.text)
    for record in caplog.records:
        told.append(repr(record.__dict__))
    everything_told = "\n".join(told)
    assert "HTTP Request: PUT" in caplog.text
    assert api.key not in everything_told
    assert "X-Amz-Signature" not in everything_told


@pytest.fixture
def folder_of_scene(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "scene.tif").write_bytes(drawn_scene(64))
    return folder


def test_a_sample_with_httpx_alone_does_not_log_its_signature_either(client, scene, caplog):
    caplog.set_level(logging.INFO)
    httpx.get(client.items.asset.download(item_id=scene.item_id, asset_id="data").url).raise_for_status()
    assert "HTTP Request: GET" in caplog.text and "Signature" not in caplog.text
