"""Looks into a catalog from outside, to prove what no operation shows, or to make what no operation makes."""

from __future__ import annotations

import csv
import io
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager

from support.api import WAIT_SECONDS, wait_for
from support.s3 import bucket_of
from support.server import Installation


def rows(installation: Installation, query: str) -> list[dict[str, str | None]]:
    """The rows of a query by column name, every value as text; absent values are None (empty on PostgreSQL)."""
    if installation.database:
        done = subprocess.run(["psql", "-qX", "--csv", "-c", query, installation.database], check=True,
                              capture_output=True, text=True, timeout=60)
        return list(csv.DictReader(io.StringIO(done.stdout)))
    file = installation.data / "catalog.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=60)) as connection:
        cursor = connection.execute(query)
        names = [column[0] for column in cursor.description]
        return [{name: None if value is None else str(value) for name, value in zip(names, row)} for row in cursor]


def change(installation: Installation, statement: str) -> None:
    """Changes the catalog behind the server's back, where no operation makes a state."""
    if installation.database:
        subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", statement, installation.database], check=True,
                       capture_output=True, text=True, timeout=60)
        return
    with closing(sqlite3.connect(installation.data / "catalog.db", timeout=60)) as connection, connection:
        connection.execute(statement)


@contextmanager
def item_held(installation: Installation, item: str) -> Iterator[None]:
    """Somebody else is writing to an item (on SQLite: to the catalog) until the context ends."""
    if installation.database:
        with subprocess.Popen(["psql", "-qXAt", "-v", "ON_ERROR_STOP=1", installation.database], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
            writer.stdin.write(f"BEGIN; SELECT id FROM item WHERE id = '{item}' FOR UPDATE;\n")
            writer.stdin.flush()
            assert writer.stdout.readline().strip() == item
            yield
            writer.stdin.close()
        return
    with closing(sqlite3.connect(installation.data / "catalog.db", timeout=60, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def number(installation: Installation, query: str) -> int:
    """The single figure that a query gives."""
    [row] = rows(installation, query)
    return int(next(iter(row.values())) or 0)


def settle(installation: Installation, seconds: float = WAIT_SECONDS) -> None:
    """Waits until no job is left."""
    unfinished = "SELECT count(*) FROM job WHERE state IN ('pending', 'running')"
    wait_for("the end of the jobs", lambda: number(installation, unfinished) == 0, seconds)


def stored_blobs(installation: Installation) -> set[str]:
    """Keys of the finished objects in the store."""
    if bucket := bucket_of(installation.settings):
        return {key for key in bucket.keys() if "/" not in key and key != "store_identity"}
    folder = installation.data / "objects"
    return {path.name for path in folder.rglob("*")
            if path.is_file() and path.parent.name != "tmp" and path.parent.parent.name != "parts" and
            path.name != "store_identity"}


def open_parts(installation: Installation) -> set[str]:
    """Keys of objects of which the store has parts."""
    if bucket := bucket_of(installation.settings):
        return {key.split("/")[1] for key in bucket.keys("parts/")}
    return {path.name for path in (installation.data / "objects" / "parts").glob("*")}


def unfinished_blobs(installation: Installation) -> set[str]:
    """Keys of objects whose writing began and never ended."""
    if bucket := bucket_of(installation.settings):
        return set(bucket.uploads()) - open_parts(installation)
    return {path.name for path in (installation.data / "objects" / "tmp").glob("*")}


def disagreements(installation: Installation) -> list[str]:
    """Figures of the catalog that contradict each other; empty when it is sound."""
    found = []
    for row in rows(installation, """
            SELECT c.organization_id, c.kind, c.value AS counter, coalesce(sum(e.delta), 0) AS ledger
            FROM usage_counter c LEFT JOIN usage_entry e ON e.organization_id = c.organization_id AND e.kind = c.kind
            WHERE c.kind LIKE 'storage%' GROUP BY c.organization_id, c.kind, c.value
            HAVING c.value <> coalesce(sum(e.delta), 0)"""):
        found.append(f"usage counter and ledger differ: {row}")
    for row in rows(installation, """
            SELECT o.id, o.refs, count(a.id) AS assets FROM object o
            LEFT JOIN asset a ON a.object_id = o.id GROUP BY o.id, o.refs HAVING o.refs <> count(a.id)"""):
        found.append(f"an object's references are miscounted: {row}")
    for row in rows(installation, "SELECT id, state, reserved_bytes FROM upload "
                                  "WHERE state IN ('completed', 'failed') AND reserved_bytes <> 0"):
        found.append(f"an ended session holds a reservation: {row}")
    for row in rows(installation, """
            SELECT c.organization_id, c.value AS counter, coalesce(sum(u.reserved_bytes), 0) AS sessions
            FROM usage_counter c LEFT JOIN (
                SELECT organization_id, reserved_bytes FROM upload UNION ALL
                SELECT organization_id, reserved_bytes FROM part_upload) u ON u.organization_id = c.organization_id
            WHERE c.kind = 'storage_reserved' GROUP BY c.organization_id, c.value
            HAVING c.value <> coalesce(sum(u.reserved_bytes), 0)"""):
        found.append(f"the reservations of the sessions differ from their counter: {row}")
    for row in rows(installation, """
            SELECT u.id, u.reserved_bytes, sum(f.size) AS stored FROM upload u JOIN upload_file f ON f.upload_id = u.id
            WHERE u.state IN ('pending', 'uploading') GROUP BY u.id, u.reserved_bytes HAVING sum(f.size) > u.reserved_bytes"""):
        found.append(f"a session stores more than it reserves: {row}")
    for row in rows(installation, """
            SELECT p.id, p.state, p.received_bytes, coalesce(sum(c.size), 0) AS counted FROM part_upload p
            LEFT JOIN part_upload_part c ON c.part_upload_id = p.id GROUP BY p.id, p.state, p.received_bytes
            HAVING p.received_bytes <> coalesce(sum(c.size), 0)"""):
        found.append(f"the parts of a file are miscounted: {row}")
    for row in rows(installation, """
            SELECT p.id, p.state FROM part_upload p JOIN upload u ON u.id = p.upload_id
            WHERE p.state = 'in-progress' AND u.state IN ('completed', 'failed')"""):
        found.append(f"a file in parts outlives its session: {row}")
    if not installation.database:
        found += [str(row) for row in rows(installation, "PRAGMA integrity_check") if list(row.values()) != ["ok"]]
    return found
