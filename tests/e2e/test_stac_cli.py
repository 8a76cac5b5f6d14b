"""`landfall stac …`: publishing by the transactional STAC API, here and elsewhere. Guide: docs/guides/stac-api.md."""

from __future__ import annotations

import json
import random
import signal
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from support.api import wait_for
from support.link import Link
from support.server import Server
from support.stac import LEAST_PART, SMALL, Stac, announced, checksum, fetch
from support.stac_reference import PASSWORD, USER, Reference

#: What heads and documents add to the bytes of a file.
OVERHEAD = 100_000


@dataclass
class Cli:
    """`landfall stac` as somebody types it who has set the variables of the upload guide."""

    binary: Path
    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """The command, with this environment alone."""
        return subprocess.Popen([str(self.binary), "stac", *words], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env={"HOME": str(self.home), "PATH": "/usr/bin:/bin", **self.environment})

    def run(self, *words: str, code: int = 0, typed: str = "") -> str:
        """What it prints; on standard error where it fails."""
        process = self.start(*words)
        out, err = process.communicate(typed, timeout=240)
        assert process.returncode == code, f"exit {process.returncode}\n{out}{err}"
        return out if code == 0 else err

    def lines(self, *words: str) -> list[str]:
        """What it prints, by lines."""
        return self.run(*words).splitlines()

    def told(self, *words: str) -> dict:
        """The one JSON object that it prints."""
        return json.loads(self.run(*words, "--json"))


def content_of(size: int, seed: int = 1) -> bytes:
    """Bytes that no two parts have in common."""
    return random.Random(seed).randbytes(size)


@pytest.fixture(scope="session")
def stac(server: Server) -> Stac:
    """Who may write."""
    return Stac(server.base_url, (server.world["stac_user"], server.world["stac_password"]))


@pytest.fixture
def link(server: Server) -> Iterator[Link]:
    link = Link(server.base_url)
    yield link
    link.close()


@pytest.fixture
def cli(binary: Path, stac: Stac, link: Link, tmp_path: Path) -> Cli:
    """Through the link."""
    user, password = stac.auth
    return Cli(binary, tmp_path, {"LANDFALL_URL": link.url, "STAC_USER": user, "STAC_PASSWORD": password})


@pytest.fixture
def item(stac: Stac, request: pytest.FixtureRequest) -> str:
    """The name of an item of this test's own, as commands have it."""
    collection = f"cli-{abs(hash(request.node.nodeid)) % 10 ** 12}"
    stac.make(f"/collections/{collection}")
    stac.make(f"/collections/{collection}/items/scene")
    return f"{collection}/scene"


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of three parts and a bit."""
    path = tmp_path / "large.tif"
    path.write_bytes(content_of(3 * LEAST_PART + 1000))
    return path


@pytest.fixture
def reference() -> Iterator[Reference]:
    """Another server of the same API."""
    reference = Reference()
    yield reference
    reference.close()


@pytest.fixture
def abroad(binary: Path, reference: Reference, tmp_path: Path) -> Cli:
    """To the other server."""
    return Cli(binary, tmp_path, {"LANDFALL_URL": reference.url, "STAC_USER": USER, "STAC_PASSWORD": PASSWORD})


def path_of(item: str, asset: str) -> str:
    """Where the API has an asset."""
    collection, name = item.split("/")
    return f"/collections/{collection}/items/{name}/assets/{asset}"


def in_progress(stac: Stac, asset: str) -> list[str]:
    """Uploads of an asset that have not ended."""
    return [one["upload_id"] for one in stac.read(f"{asset}/uploads", {"status": "in-progress"})["uploads"]]


# Signing in, documents and lists


def test_one_signs_in_publishes_and_looks(binary, server, stac, tmp_path):
    """[design section 13] No variable is set: the profile knows server and token."""
    cli = Cli(binary, tmp_path)
    user, password = stac.auth
    said = cli.run("login", "--url", f"{server.base_url}/api/stac/v1/", "--user", user, typed=f"{password}\n")
    assert server.base_url in said
    profiles = tmp_path / ".config" / "landfall" / "profiles.json"
    assert stat.S_IMODE(profiles.stat().st_mode) == 0o600 and password not in profiles.read_text()

    assert cli.lines("collection", "put", "cli-story", "--title", "Story", "--description", "D", "--license", "proprietary") == ["cli-story made"]
    assert cli.lines("collection", "put", "cli-story", '{"license": "proprietary", "title": "T"}', "--description", "E") == ["cli-story replaced"]
    assert "cli-story  T" in cli.lines("ls")
    (tmp_path / "item.json").write_text('{"geometry": {"type": "Point", "coordinates": [7, 46]}, "properties": {"title": "One"}}')
    cli.run("item", "put", "cli-story/one", f"@{tmp_path}/item.json", "--datetime", "2024-05-01T00:00:00Z")
    cli.run("item", "put", "cli-story/two", '--geometry={"type": "Point", "coordinates": [7, 46]}',
            "--start-datetime", "2024-05-01T00:00:00Z", "--end-datetime", "2024-05-02T00:00:00Z")
    assert cli.lines("ls", "cli-story") == ["one  2024-05-01T00:00:00Z  One", "two  2024-05-01T00:00:00Z/2024-05-02T00:00:00Z"]
    cli.run("asset", "put", "cli-story/one/note.txt", "--type", "text/plain", "--role", "data", "--gsd", "2.5")
    cli.run("asset", "put", "cli-story/legend.png", "--type", "image/png")
    assert cli.lines("ls", "cli-story/one") == ["note.txt  text/plain  no file"]
    assert cli.told("ls", "cli-story/one")["gsd"] == 2.5
    assert cli.lines("ls", "cli-story", "--assets") == ["legend.png  image/png  no file"]


def test_a_wrong_password_is_not_remembered(binary, server, stac, tmp_path):
    """[swisstopo section 3]"""
    cli = Cli(binary, tmp_path, {"LANDFALL_URL": server.base_url})
    for flags in ((), ("--keep-password",)):
        cli.run("login", "--user", stac.auth[0], *flags, typed="wrong\n", code=3)
    assert not (tmp_path / ".config" / "landfall" / "profiles.json").exists()


def test_a_credential_goes_to_no_other_server(binary, server, stac, reference, tmp_path):
    """[design section 13] And signing in elsewhere makes a profile of its own."""
    cli = Cli(binary, tmp_path)
    cli.run("login", "--url", server.base_url, "--user", stac.auth[0], typed=f"{stac.auth[1]}\n")
    assert "No credentials" in cli.run("collection", "put", "c", "{}", "--url", reference.url, code=2)
    assert "--keep-password" in cli.run("login", "--url", reference.url, "--user", USER, typed=f"{PASSWORD}\n", code=3)
    cli.run("login", "--url", reference.url, "--user", USER, "--keep-password", typed=f"{PASSWORD}\n")
    kept = json.loads((tmp_path / ".config" / "landfall" / "profiles.json").read_text())
    assert {one["name"]: one["url"] for one in kept["profiles"]} == {"default": server.base_url, "127.0.0.1": reference.url}
    listed = subprocess.run([str(binary), "profile", "list", "--json"], env={"HOME": str(tmp_path)}, capture_output=True, text=True)
    assert [(one["name"], one["credential"], one["stac"], one["current"]) for one in map(json.loads, listed.stdout.splitlines())] == [
        ("default", None, True, False), ("127.0.0.1", None, True, True)]


def test_conditions_keep_what_others_wrote(cli, stac, item):
    """[swisstopo section 5]"""
    collection = item.split("/")[0]
    body = ("--description", "Mine", "--license", "proprietary")
    assert "meanwhile" in cli.run("collection", "put", collection, *body, "--create", code=3)
    assert "meanwhile" in cli.run("collection", "put", collection, *body, "--if-match", "another", code=3)
    tag = stac.get(f"/collections/{collection}").headers["etag"]
    cli.run("collection", "put", collection, *body, "--if-match", tag)
    assert stac.read(f"/collections/{collection}")["description"] == "Mine"


def test_a_refusal_names_the_member(cli, item):
    """[swisstopo section 4]"""
    said = cli.run("item", "put", item, '{"geometry": null, "links": [{"rel": "self", "href": "x"}]}', "--title", "", code=3)
    assert "geometry: " in said and "properties.title: " in said and "links.rel: " in said


def test_lists_go_to_their_end(cli, stac, item):
    """[swisstopo section 6]"""
    collection = item.split("/")[0]
    names = [f"i{number:03}" for number in range(120)]
    for some in (names[:100], names[100:]):
        made = stac.bulk(f"/collections/{collection}", [{"id": name, "geometry": {"type": "Point", "coordinates": [7, 46]},
                                                         "properties": {"datetime": "2024-05-01T00:00:00Z"}} for name in some])
        assert made.status_code == 201
    assert [line.split()[0] for line in cli.lines("ls", collection)] == [*names, "scene"]


@pytest.mark.parametrize("words", [
    ("upload", "FILE"), ("upload", "FILE", "--to", "a/b/c"), ("upload", "FILE", "--to", "a", "--part-size", "1MiB"),
    ("upload", "FILE", "FILE", "--to", "a", "--asset", "b"), ("upload", "FILE", "--to", "a", "--parallel", "0"), ("ls", "a//b"),
    ("ls", "--assets"), ("item", "put", "a", "{}"), ("collection", "put", "a", "[]"), ("collection", "put", "a", "no JSON"),
    ("collection", "put", "a", "{}", "--create", "--if-match", "x")])
def test_what_no_command_can_be_is_a_fault_of_usage(cli, large, words):
    """[design section 13]"""
    cli.run(*(str(large) if word == "FILE" else word for word in words), code=2)


# Files


def test_a_file_goes_in_parts_and_not_twice(cli, stac, link, item, large):
    """[swisstopo section 14] The asset is made, and the second time nothing is sent."""
    path = path_of(item, large.name)
    told = cli.told("upload", str(large), "--to", item, "--part-size", "5MiB")
    asset = stac.read(path)
    assert asset["type"] == "image/tiff; application=geotiff"
    assert asset["file:checksum"] == checksum(large.read_bytes()) == told["file:checksum"] and told["sent"] is True
    assert told["href"] == f"{link.url}/{item}/{large.name}" and fetch(told["href"]).content == large.read_bytes()
    assert stac.read(f"{path}/uploads/{told['upload_id']}")["number_parts"] == 4
    link.sent = 0
    process = cli.start("upload", str(large), "--to", item)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, f"{told['href']}\n") and "nothing was sent" in err
    assert link.sent < OVERHEAD and len(stac.read(f"{path}/uploads")["uploads"]) == 1


def test_a_folder_becomes_assets_of_a_collection(cli, stac, item, tmp_path):
    """[swisstopo section 12] Each under its own name; hidden files are left out."""
    folder = tmp_path / "legends"
    folder.mkdir()
    for name in ("a.png", "b.txt", ".hidden"):
        (folder / name).write_bytes(name.encode())
    collection = item.split("/")[0]
    assert len(cli.lines("upload", str(folder), "--to", collection)) == 2
    listed = stac.read(f"/collections/{collection}/assets")["assets"]
    assert [(one["id"], one["file:checksum"]) for one in listed] == [(name, checksum(name.encode())) for name in ("a.png", "b.txt")]


def test_a_name_that_says_nothing_needs_a_type(cli, stac, item, tmp_path):
    """[swisstopo section 23] Another name may be given as well."""
    unknown = tmp_path / "cover.gml"
    unknown.write_bytes(SMALL)
    assert "--type" in cli.run("upload", str(unknown), "--to", item, code=2)
    cli.run("upload", str(unknown), "--to", item, "--asset", "other.gml", "--type", "application/gml+xml")
    assert stac.read(path_of(item, "other.gml"))["file:checksum"] == checksum(SMALL)


def test_no_item_no_asset(cli, item, large):
    """[swisstopo section 12] It says what to do."""
    assert "landfall stac item put" in cli.run("upload", str(large), "--to", f"{item}-not-there", code=3)


def test_a_link_that_breaks_costs_no_more_than_a_part_each_time(cli, stac, link, item, large):
    """[Upload in parts]"""
    link.cuts = [LEAST_PART // 2] * 4
    cli.run("upload", str(large), "--to", item, "--part-size", "5MiB")
    assert stac.read(path_of(item, large.name))["file:checksum"] == checksum(large.read_bytes())
    assert link.cuts == [] and link.sent <= large.stat().st_size + 4 * LEAST_PART + OVERHEAD


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_a_client_that_ended_goes_on(cli, stac, link, item, large, sent):
    """[swisstopo section 14] The same command finds the upload in progress and sends the rest, in the parts that were begun."""
    path = path_of(item, large.name)
    process = cli.start("upload", str(large), "--to", item, "--part-size", "5MiB", "--parallel", "1", "--limit-rate", "3MB")
    wait_for("a part", lambda: link.sent > LEAST_PART and stac.read(f"{path}/uploads/{in_progress(stac, path)[0]}/parts")["parts"])
    process.send_signal(sent)
    _, err = process.communicate(timeout=60)
    assert process.returncode != 0 and (sent == signal.SIGKILL or "run the same command again" in err)
    [running] = in_progress(stac, path)
    there = sum(part["size"] for part in stac.read(f"{path}/uploads/{running}/parts")["parts"])
    link.sent = 0
    assert cli.told("upload", str(large), "--to", item)["upload_id"] == running
    assert stac.read(path)["file:checksum"] == checksum(large.read_bytes())
    assert link.sent <= large.stat().st_size - there + OVERHEAD


def test_an_upload_of_another_file_is_kept_unless_one_says_otherwise(cli, stac, item, large):
    """[swisstopo section 14] At most one is in progress."""
    path = stac.make(path_of(item, large.name))
    theirs = stac.begin(path, SMALL)
    said = cli.run("upload", str(large), "--to", item, code=3)
    assert theirs.id in said and "--replace" in said and in_progress(stac, path) == [theirs.id]
    cli.run("upload", str(large), "--to", item, "--replace")
    assert theirs.read()["status"] == "aborted" and stac.read(path)["file:checksum"] == checksum(large.read_bytes())


def test_a_name_that_is_no_id_is_refused(cli, item, tmp_path):
    """[swisstopo section 2]"""
    (tmp_path / "NOTE.TXT").write_bytes(SMALL)
    assert "id: " in cli.run("upload", str(tmp_path / "NOTE.TXT"), "--to", item, code=3)


# Elsewhere


def test_another_server_of_the_api_will_do(abroad, reference, large):
    """[swisstopo sections 1 and 14] Basic alone, 409 without an id, parts on another origin without credentials."""
    path = "/collections/c/items/i/assets/large.tif"
    told = abroad.told("upload", str(large), "--to", "c/i", "--part-size", "6MiB")
    assert reference.files[path] == large.read_bytes() and told["sent"] is True
    assert abroad.told("upload", str(large), "--to", "c/i")["sent"] is False and len(reference.uploads) == 1


@pytest.mark.parametrize("has_expired", [False, True])
def test_an_upload_elsewhere_is_gone_on_with(abroad, reference, large, has_expired):
    """[swisstopo section 14.1] One whose addresses hold no more can't be: it begins anew."""
    path, content = "/collections/c/items/i/assets/large.tif", large.read_bytes()
    parts = [content[at:at + 2 * LEAST_PART] for at in range(0, len(content), 2 * LEAST_PART)]
    if has_expired:
        reference.lasting = timedelta(seconds=-1)
    reference.assets[path] = {"id": "large.tif"}
    begun = reference.begin(path, announced(*parts))["upload_id"]
    reference.parts[begun][1] = parts[0]
    reference.lasting = timedelta(hours=1)
    told = abroad.told("upload", str(large), "--to", "c/i")
    assert reference.files[path] == content
    assert (told["upload_id"] == begun) is not has_expired
    assert reference.uploads[begun]["status"] == ("aborted" if has_expired else "completed")


def test_what_a_server_refuses_for_good_is_given_up(abroad, reference, large):
    """[seed 003] Nothing stays in progress that would stand in the way of the next."""
    reference.completes = False
    assert "InvalidPart" in abroad.run("upload", str(large), "--to", "c/i", code=3)
    assert [one["status"] for one in reference.uploads.values()] == ["aborted"]
