"""PostgreSQL that was not set up for the catalog: a sentence with the cure. Guide: docs/guides/configuration.md."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.api import wait_for
from support.server import Installation


@pytest.fixture(autouse=True)
def _postgres_only(engine):
    if engine.name != "postgres":
        pytest.skip("this is about PostgreSQL")


@pytest.fixture
def plain(engine) -> str:
    """A role that may sign in and nothing else."""
    name = engine.new_name()
    engine.run(f"CREATE ROLE {name} LOGIN")
    return name


@pytest.fixture
def told(binary: Path, tmp_path: Path):
    """What `init` says on such a database."""
    def run(database: str) -> str:
        done = Installation(binary, tmp_path / "data", database).run("init", "--data", str(tmp_path / "data"), check=False)
        assert done.returncode == 1, done.stdout
        assert "request id" not in done.stderr and "CREATE TABLE" not in done.stderr, done.stderr
        return done.stderr

    return run


def test_who_may_create_no_extension_reads_which(engine, plain, told):
    name = engine.new_name()
    engine.run(f"CREATE DATABASE {name} TEMPLATE template0 OWNER {plain}")
    said = told(f"host={engine.folder} user={plain} dbname={name}")
    assert "CREATE EXTENSION postgis; CREATE EXTENSION btree_gist" in said


def test_who_may_create_no_table_reads_whose_the_database_must_be(engine, plain, told):
    name = engine.new_name()
    engine.run(f"CREATE DATABASE {name} TEMPLATE landfall", f"GRANT CREATE ON DATABASE {name} TO {plain}")
    said = told(f"host={engine.folder} user={plain} dbname={name}")
    assert f'ALTER DATABASE "{name}" OWNER TO "{plain}"' in said


def test_a_database_that_there_is_not_is_named_as_such(engine, told):
    assert "createdb" in told(f"host={engine.folder} user=landfall dbname=no_such_database")


@pytest.fixture
def pooled(engine, tmp_path: Path):
    """PgBouncer in front of a database of its own, in a mode; gives the address."""
    if shutil.which("pgbouncer", path="/usr/sbin:/usr/bin") is None:
        pytest.skip("pgbouncer is not installed")
    running = []

    def start(mode: str) -> str:
        name = dict(part.split("=", 1) for part in engine.new_database().split())["dbname"]
        folder = tmp_path / mode
        folder.mkdir()
        for path in [folder, *folder.parents]:
            if path.owner() != "postgres" and path != Path("/") and os.access(path, os.W_OK) and os.geteuid() == 0:
                path.chmod(path.stat().st_mode | 0o011)
        (folder / "users.txt").write_text('"landfall" ""\n')
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\n{name} = host={engine.folder} dbname={name} user=landfall\n[pgbouncer]\nlisten_addr =\n"
            f"unix_socket_dir = {folder}\nlisten_port = 6432\nauth_type = trust\nauth_file = {folder}/users.txt\n"
            f"pool_mode = {mode}\ndefault_pool_size = 40\nmax_client_conn = 200\nignore_startup_parameters = extra_float_digits\n")
        command = ["/usr/sbin/pgbouncer", str(folder / "pgbouncer.ini")]
        if os.geteuid() == 0:  # which it refuses to run as
            shutil.chown(folder, "postgres")
            command = ["runuser", "-u", "postgres", "--", *command]
        running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        wait_for("PgBouncer", (folder / ".s.PGSQL.6432").exists)
        return f"host={folder} port=6432 user=landfall dbname={name}"

    yield start
    for process in running:
        process.terminate()
        process.wait(10)


def test_a_pooler_of_transactions_is_named(pooled, told):
    assert "pool_mode = session" in told(pooled("transaction"))


def test_a_pooler_of_sessions_serves(pooled, binary, tmp_path):
    Installation(binary, tmp_path / "data", pooled("session")).init()
