"""The databases that the same tests run on."""

from __future__ import annotations

import itertools
import os
import re
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
    """A PostgreSQL in which every server gets a database of its own.

    It is the one that LANDFALL_TEST_POSTGRES names, which the workers of a parallel run share, or else a private one.
    """

    name = "postgres"

    def __init__(self) -> None:
        self._folder: Path | None = None
        if given := re.match(r"host=(/\S+)", os.environ.get("LANDFALL_TEST_POSTGRES", "")):
            self._cluster = Path(given[1])
        else:
            self._folder = Path(tempfile.mkdtemp(prefix="landfall-postgres-"))
            os.chmod(self._folder, 0o755)
            self._cluster = self._folder / "cluster"
            subprocess.run([_SCRIPT, "start", self._cluster], check=True, capture_output=True, timeout=120)
        self._numbers = itertools.count(1)

    @property
    def folder(self) -> Path:
        """Where its socket is."""
        return self._cluster

    def new_name(self) -> str:
        """A name that no database and no role has."""
        return f"landfall_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{next(self._numbers)}"

    def run(self, *statements: str) -> None:
        """Runs each statement as the superuser, outside of the databases of tests."""
        commands = [part for statement in statements for part in ("-c", statement)]
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", str(self._cluster), "-U", "landfall", "-d", "postgres", *commands],
                       check=True, capture_output=True, timeout=60)

    def new_database(self) -> str:
        """A database with PostGIS and nothing else; gives its connection text."""
        name = self.new_name()
        self.run(f"CREATE DATABASE {name} TEMPLATE landfall")
        return f"host={self._cluster} user=landfall dbname={name}"

    def stop(self) -> None:
        """Ends a private cluster and removes its files."""
        if self._folder is None:
            return
        subprocess.run([_SCRIPT, "stop", self._cluster], check=False, capture_output=True, timeout=120)
        shutil.rmtree(self._folder, ignore_errors=True)


def start(name: str) -> Sqlite | Postgres:
    """The engine of that name."""
    return Postgres() if name == "postgres" else Sqlite()
