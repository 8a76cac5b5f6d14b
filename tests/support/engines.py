"""The databases that the same tests run on."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_SCRIPT = Path(__file__).with_name("postgres.sh")


class Sqlite:
    """The embedded database inside the data folder."""

    name = "sqlite"

    def new_database(self) -> str | None:
        """Nothing to make: every data folder brings its own."""
        return None

    def stop(self) -> None:
        """Nothing runs."""


class Postgres:
    """A private PostgreSQL; every server gets a database of its own in it."""

    name = "postgres"

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="landfall-postgres-"))
        os.chmod(self._folder, 0o755)
        self._cluster = self._folder / "cluster"
        subprocess.run([_SCRIPT, "start", self._cluster], check=True, capture_output=True, timeout=120)
        self._numbers = itertools.count(1)

    def new_database(self) -> str:
        """A database with PostGIS and nothing else; gives its connection text."""
        name = f"landfall_{next(self._numbers)}"
        subprocess.run(["psql", "-qX", "-h", str(self._cluster), "-U", "landfall", "-d", "postgres",
                        "-c", f"CREATE DATABASE {name} TEMPLATE landfall"], check=True, capture_output=True, timeout=60)
        return f"host={self._cluster} user=landfall dbname={name}"

    def stop(self) -> None:
        """Ends the cluster and removes its files."""
        subprocess.run([_SCRIPT, "stop", self._cluster], check=False, capture_output=True, timeout=120)
        shutil.rmtree(self._folder, ignore_errors=True)


def start(name: str) -> Sqlite | Postgres:
    """The engine of that name."""
    return Postgres() if name == "postgres" else Sqlite()
