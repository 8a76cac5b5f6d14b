"""Backups beside a server that is written to, and what comes back of them. Guide: docs/guides/operating.md."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support import catalog
from support.api import Api, get
from support.rasters import small_scene
from support.server import REPOSITORY, Installation, Server

GUIDE = (REPOSITORY / "docs" / "guides" / "operating.md").read_text()
#: As the guide has them, with its folders.
[BACKUP] = re.findall(r"^landfall backup .*$", GUIDE, re.MULTILINE)
[RESTORE] = re.findall(r"^landfall restore .*$", GUIDE, re.MULTILINE)
NAMED = """SELECT blob_key FROM object WHERE refs > 0 UNION SELECT blob_key FROM job_blob
           UNION SELECT f.blob_key FROM upload_file f JOIN upload u ON u.id = f.upload_id
           WHERE f.blob_key IS NOT NULL AND u.state IN ('pending', 'uploading', 'processing')"""


def as_guided(command: str, data: Path, folder: Path) -> list[str]:
    """The arguments of a command of the guide, with other folders than the guide's."""
    named = {"/var/lib/landfall": str(data), "/backup/landfall": str(folder), "/var/lib/restored": str(data)}
    return [named.get(word, word) for word in shlex.split(command)[1:]]


def back_up(installation: Installation, folder: Path, *flags: str) -> dict:
    """One backup, which must succeed; gives its report."""
    arguments = as_guided(BACKUP, installation.data, folder)
    return json.loads(installation.run(*arguments, *flags, "--json").stdout)


def elsewhere(installation: Installation, engine, folder: Path) -> Installation:
    """Where a backup of the installation may be restored to."""
    return Installation(installation.binary, folder, engine.new_database(), installation.settings)


def restore(to: Installation, folder: Path) -> dict:
    """One restore, which must succeed; gives its report."""
    return json.loads(to.run(*as_guided(RESTORE, to.data, folder), "--json").stdout)


def refusal(installation: Installation, command: str, *arguments: str) -> str:
    """What a command says that must fail in a way that was thought of."""
    done = installation.run(command, "--data", str(installation.data), *arguments, check=False)
    assert done.returncode == 1, done
    assert "unexpected error" not in done.stderr, done.stderr
    return done.stderr


def manifest(folder: Path) -> dict:
    return json.loads((folder / "manifest.json").read_text())


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def listed(folder: Path) -> dict[str, str]:
    """The digests of the objects that the backup says it holds."""
    lines = (folder / manifest(folder)["list"]["file"]).read_text().splitlines()
    return {line["key"]: line["sha256"] for line in map(json.loads, lines)}


def check_whole(folder: Path) -> set[str]:
    """Holds every file of a backup against its manifest; gives the keys of its objects."""
    for part in (manifest(folder)["catalog"], manifest(folder)["list"]):
        assert digest(folder / part["file"]) == part["sha256"]
    objects = listed(folder)
    for key, expected in objects.items():
        assert digest(folder / "objects" / key[-2:] / key) == expected
    return set(objects)


@contextmanager
def writers(api: Api) -> Iterator[list[str]]:
    """Threads that never cease to write; gives the ids of what they made."""
    made: list[str] = []
    ending = threading.Event()

    def create() -> None:
        own = Api(api.base_url, api.key, api.world)
        while not ending.is_set():
            made.append(own.create_item(f"Item {len(made)}")["id"])

    def replace() -> None:
        own = Api(api.base_url, api.key, api.world)
        while not ending.is_set():
            session = own.initiate(2000)
            for content in (b"a" * 1000, b"b" * 1000):
                own.send(session, "notes.tif", content)
            own.call("uploads.fail", {"upload_id": session, "error_message": "given up"})

    threads = [threading.Thread(target=work) for work in (create, create, replace)]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        ending.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def server(make_server) -> Iterator[Server]:
    """A server of the test's own, which ends with it: on PostgreSQL each holds connections."""
    own = make_server()
    yield own
    assert own.stop() == 0


def send_much(api: Api, files: int = 24) -> str:
    """A session with so many bytes that copying them takes a moment."""
    session = api.initiate(files << 23)
    for number in range(files):
        api.send(session, f"{number}.tif", os.urandom(1 << 23))
    return session


def kill_when(condition: Callable[[], bool], installation: Installation, *arguments: str) -> None:
    """Runs a command and kills it at once when the condition holds, which must be before its end."""
    process = subprocess.Popen([str(installation.binary), *arguments], env=installation.environment(),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not condition():
        assert process.poll() is None, "it ended before it could be killed"
        time.sleep(0.001)
    process.kill()
    assert process.wait() == -signal.SIGKILL


def test_a_backup_beside_writers_is_whole_and_comes_back(server, engine, tmp_path):
    api = server.api()
    content = small_scene()
    item = api.upload_one(content)
    catalog.settle(server.installation)
    folder = tmp_path / "backup"
    with writers(api) as made:
        while len(made) < 20:
            time.sleep(0.01)
        before = list(made)
        first = back_up(server.installation, folder)
        again = back_up(server.installation, folder)
        assert len(made) > len(before)
    for report in (first, again):
        assert report["objects"] >= 2 and report["objects_damaged"] == []
    keys = check_whole(folder)
    assert again["objects_copied"] < first["objects_copied"]

    copy = elsewhere(server.installation, engine, tmp_path / "restored" / "data")
    assert restore(copy, folder)["objects"] == again["objects"]
    assert stat.S_IMODE(copy.data.stat().st_mode) == 0o700
    named = {row["blob_key"] for row in catalog.rows(copy, NAMED)}
    assert named <= keys & (catalog.stored_blobs(copy))
    assert catalog.disagreements(copy) == []
    restored = Server(copy, world=server.world)
    try:
        found = restored.api()
        assert get(found.download(item)).content == content
        assert found.item(before[0])["name"] == "Item 0" or found.item(before[0])["id"] == before[0]
        assert all(found.item(each)["id"] == each for each in before)
        assert found.upload_one(small_scene())
    finally:
        assert restored.stop() == 0
        restored.remove()


def test_what_a_backup_holds_is_its_owners_alone(server, tmp_path):
    server.api().upload_one(small_scene())
    folder = tmp_path / "backup"
    folder.mkdir(mode=0o755)
    back_up(server.installation, folder)
    for path in (folder, *folder.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_later_backup_copies_what_is_new_and_drops_what_is_gone(server, tmp_path):
    api = server.api()
    kept, gone = api.upload_one(small_scene()), api.initiate(1000)
    api.send(gone, "gone.tif", b"x" * 1000)
    catalog.settle(server.installation)
    folder = tmp_path / "backup"
    first = back_up(server.installation, folder)
    before = check_whole(folder)
    api.call("uploads.fail", {"upload_id": gone, "error_message": "given up"})
    nothing = back_up(server.installation, folder, "--quick")
    assert nothing["objects_copied"] == 0 and nothing["objects"] < first["objects"]
    after = check_whole(folder)
    assert after < before
    assert {path.name for path in (folder / "objects").rglob("*") if path.is_file()} == after
    assert len(list(folder.glob("catalog-*"))) == len(list(folder.glob("objects-*"))) == 1
    assert get(api.download(kept)).status_code == 200


@pytest.mark.parametrize("moment", ["catalog", "objects"])
def test_a_killed_backup_leaves_the_last_one_and_holds_nothing_for_ever(server, tmp_path, moment):
    api = server.api()
    item = api.upload_one(small_scene())
    folder = tmp_path / "backup"
    back_up(server.installation, folder)
    before, known = manifest(folder), check_whole(folder)
    send_much(api)
    stored = folder / "objects"
    reached = {"catalog": lambda: len(list(folder.glob("catalog-*"))) > 1,
               "objects": lambda: sum(1 for path in stored.rglob("*") if path.is_file()) > len(known) + 2}
    kill_when(reached[moment], server.installation, *as_guided(BACKUP, server.installation.data, folder))
    assert manifest(folder) == before
    assert check_whole(folder) == known

    api.call("items.delete", {"item_id": item})
    catalog.change(server.installation, "UPDATE item SET deleted_at = 1 WHERE deleted_at IS NOT NULL")
    sweep = ("sweep", "--data", str(server.installation.data), "--grace", "0", "--json")
    server.installation.run(*sweep)  # lets go of the item's object, which the next one would remove
    assert json.loads(server.installation.run(*sweep).stdout)["removal_held"] is True
    longest = (time.time() + 301) * 1_000_000
    assert catalog.number(server.installation, f"SELECT count(*) FROM removal_hold WHERE expires_at > {longest:.0f}") == 0
    catalog.change(server.installation, "UPDATE removal_hold SET expires_at = 1")
    swept = json.loads(server.installation.run(*sweep).stdout)
    assert swept["removal_held"] is False and swept["objects_removed"] > 0

    report = back_up(server.installation, folder)
    assert report["objects_copied"] >= 1
    check_whole(folder)
    assert not list(folder.rglob("*.part"))
    assert catalog.number(server.installation, "SELECT count(*) FROM removal_hold") == 0


def test_a_killed_restore_is_told_refused_and_gone_on_with(server, engine, tmp_path):
    api = server.api()
    item = api.upload_one(small_scene())
    send_much(api)
    folder = tmp_path / "backup"
    back_up(server.installation, folder)
    copy = elsewhere(server.installation, engine, tmp_path / "restored" / "data")
    objects = copy.data / "objects"
    kill_when(lambda: len(catalog.stored_blobs(copy)) > 2 if objects.exists() else False, copy,
              *as_guided(RESTORE, copy.data, folder))
    for command in (("serve", "--listen", "127.0.0.1:0"), ("init",), ("sweep",), ("worker",)):
        assert "landfall restore" in refusal(copy, *command)
    report = restore(copy, folder)
    assert report["objects_kept"] > 0
    mark = {"backup": digest(folder / "manifest.json")}  # as if it had been killed before its very last step
    (copy.data / "restore-unfinished.json").write_text(json.dumps(mark))
    assert restore(copy, folder)["objects_kept"] == report["objects"]
    restored = Server(copy, world=server.world)
    try:
        assert get(restored.api().download(item)).content == small_scene()
    finally:
        assert restored.stop() == 0
        restored.remove()


def test_a_restore_wants_a_new_folder_and_no_server(server, engine, tmp_path):
    server.api().upload_one(small_scene())
    folder = tmp_path / "backup"
    back_up(server.installation, folder)
    mine = server.installation
    catalog.settle(mine)
    before = {path: digest(path) for path in mine.data.rglob("*") if path.is_file() and "catalog" not in path.name}
    said = refusal(mine, "restore", str(folder))
    assert ("Another landfall serve runs" if engine.name == "sqlite" else "new folder") in said
    other = elsewhere(mine, engine, tmp_path / "other")
    other.data.mkdir()
    (other.data / "notes.txt").write_text("mine")
    assert "notes.txt is there" in refusal(other, "restore", str(folder))
    assert [path.name for path in other.data.iterdir()] == ["notes.txt"]
    if engine.name == "postgres":
        taken = Installation(mine.binary, tmp_path / "new", mine.database, mine.settings)
        assert "empty database" in refusal(taken, "restore", str(folder))
    assert before == {path: digest(path) for path in before}


def test_a_backup_of_one_engine_is_none_of_the_other(server, engine, tmp_path):
    folder = tmp_path / "backup"
    back_up(server.installation, folder)
    other = "postgresql://nobody@127.0.0.1:1/none" if engine.name == "sqlite" else f"sqlite:{tmp_path}/catalog.db"
    to = Installation(server.installation.binary, tmp_path / "new", other)
    assert "another engine" in refusal(to, "restore", str(folder))


def test_a_database_that_other_programs_share_gives_the_catalog_alone(server, engine, tmp_path):
    if engine.name != "postgres":
        pytest.skip("a file is the catalog's alone")
    folder = tmp_path / "backup"
    copy = elsewhere(server.installation, engine, tmp_path / "restored")
    for installation in (server.installation, copy):
        catalog.change(installation, "CREATE SCHEMA theirs CREATE TABLE notes (text TEXT)")
    back_up(server.installation, folder)
    restore(copy, folder)
    assert catalog.number(copy, "SELECT count(*) FROM organization") == 1


def test_a_missing_program_is_named(server, engine, tmp_path):
    if engine.name != "postgres":
        pytest.skip("SQLite needs none")
    done = server.installation.run("backup", "--data", str(server.installation.data), str(tmp_path / "backup"),
                                   environment={"PATH": str(tmp_path)}, check=False)
    assert done.returncode == 1 and "pg_dump is needed" in done.stderr and "postgresql-client" in done.stderr


def test_a_damaged_copy_is_mended(server, tmp_path):
    server.api().upload_one(small_scene())
    folder = tmp_path / "backup"
    back_up(server.installation, folder)
    flip(largest_object(folder))
    assert back_up(server.installation, folder)["objects_mended"] == 1
    check_whole(folder)


def test_objects_that_the_store_has_lost_are_told(server, engine, tmp_path):
    server.api().upload_one(small_scene())
    folder = tmp_path / "backup"
    [lost, *_] = catalog.rows(server.installation, "SELECT blob_key FROM object")
    key = lost["blob_key"]
    (server.installation.data / "objects" / key[-2:] / key).unlink()
    said = refusal(server.installation, "backup", str(folder))
    assert key in said and "--without-damaged" in said
    assert not (folder / "manifest.json").exists()
    assert back_up(server.installation, folder, "--without-damaged")["objects_damaged"] == [key]
    assert restore(elsewhere(server.installation, engine, tmp_path / "restored"), folder)["objects_damaged"] == 1


def test_a_backup_goes_where_it_belongs(server, make_server, tmp_path):
    mine = server.installation
    assert "lie in each other" in refusal(mine, "backup", str(mine.data / "backup"))
    other = tmp_path / "other"
    other.mkdir()
    (other / "letters.txt").write_text("mine")
    assert "other things" in refusal(mine, "backup", str(other))
    folder = tmp_path / "backup"
    back_up(mine, folder)
    assert "another installation" in refusal(make_server().installation, "backup", str(folder))
    check_whole(folder)


def largest_object(folder: Path) -> Path:
    return max((path for path in (folder / "objects").rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)


def flip(path: Path) -> None:
    """Changes one byte and nothing else."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def say(folder: Path, **changes: object) -> None:
    """Changes the manifest."""
    (folder / "manifest.json").write_text(json.dumps(manifest(folder) | changes))


def rewrite_list(folder: Path, change: Callable[[list[dict]], list[dict]]) -> None:
    """Changes the list of objects, and the manifest with it, as somebody would who means harm."""
    part = manifest(folder)["list"]
    path = folder / part["file"]
    lines = change([json.loads(line) for line in path.read_text().splitlines()])
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    say(folder, list=part | {"bytes": path.stat().st_size, "sha256": digest(path)})


def replace_by_link(path: Path) -> None:
    moved = path.rename(path.parent.parent.parent.parent / f"outside-{path.name}")
    path.symlink_to(moved)


def replace_by_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def drop_largest(folder: Path) -> Callable[[list[dict]], list[dict]]:
    key = largest_object(folder).name
    return lambda lines: [line for line in lines if line["key"] != key]


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no manifest": (lambda f: (f / "manifest.json").unlink(), "no whole backup"),
    "no JSON": (lambda f: (f / "manifest.json").write_text("{"), "no JSON"),
    "another format": (lambda f: say(f, format="tar"), "not one of a backup"),
    "a newer format": (lambda f: say(f, version=2), "newer program"),
    "a newer schema": (lambda f: say(f, schema_version=9999), "newer version"),
    "an older schema than it has": (lambda f: say(f, schema_version=3), "another schema version"),
    "another store": (lambda f: say(f, store="elsewhere"), "another object store"),
    "a catalog that lies elsewhere": (lambda f: say(f, catalog=manifest(f)["catalog"] | {"file": "../catalog.db"}), "lies elsewhere"),
    "an absolute list": (lambda f: say(f, list=manifest(f)["list"] | {"file": "/etc/passwd"}), "lies elsewhere"),
    "no catalog": (lambda f: (f / manifest(f)["catalog"]["file"]).unlink(), "cannot be opened"),
    "a changed catalog": (lambda f: flip(f / manifest(f)["catalog"]["file"]), "another digest"),
    "a changed list": (lambda f: flip(f / manifest(f)["list"]["file"]), "another digest"),
    "a catalog that is a link": (lambda f: replace_by_link(f / manifest(f)["catalog"]["file"]), "no plain file"),
    "a missing object": (lambda f: largest_object(f).unlink(), "is missing"),
    "a changed object": (lambda f: flip(largest_object(f)), "another digest"),
    "an object that is a link": (lambda f: replace_by_link(largest_object(f)), "no plain file"),
    "an object that is a pipe": (lambda f: replace_by_pipe(largest_object(f)), "no plain file"),
    "a folder that is a link": (lambda f: replace_by_link(f / "objects"), "cannot be opened"),
    "an object that leads out": (lambda f: rewrite_list(f, lambda lines: [lines[0] | {"key": "../../../etc/passwd"}]), "none of a list"),
    "an object that is not listed": (lambda f: rewrite_list(f, drop_largest(f)), "not in its list"),
    "an object listed twice": (lambda f: rewrite_list(f, lambda lines: [lines[0], *lines]), "none of a list"),
}


@pytest.fixture(scope="module")
def backup(make_server, tmp_path_factory) -> Iterator[tuple[Server, Path]]:
    """A server and a backup of it, for tests that only read."""
    server = make_server()
    server.api().upload_one(small_scene())
    folder = tmp_path_factory.mktemp("backup") / "backup"
    back_up(server.installation, folder)
    yield server, folder
    assert server.stop() == 0


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_backup_is_refused_with_a_sentence(backup, engine, tmp_path, name):
    server, whole = backup
    folder = tmp_path / "its" / "backup"
    shutil.copytree(whole, folder)
    spoil, says = BROKEN[name]
    spoil(folder)
    to = elsewhere(server.installation, engine, tmp_path / "new")
    assert says in refusal(to, "restore", str(folder))
    assert refusal(to, "serve", "--listen", "127.0.0.1:0") if (to.data / "restore-unfinished.json").exists() else True


def test_both_commands_explain_themselves(binary):
    for command in ("backup", "restore"):
        done = subprocess.run([binary, command, "--help"], capture_output=True, text=True, check=True)
        assert f"landfall {command}" in done.stdout
