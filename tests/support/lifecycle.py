"""The end of retentions: the commands, and times to run them at."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from support.server import Installation


def after(moment: str | None = None, **span: float) -> str:
    """A time so long after a moment (absent: now), RFC 3339."""
    begin = datetime.fromisoformat(moment) if moment else datetime.now(timezone.utc)
    return (begin + timedelta(**span)).isoformat()


def set_organization(installation: Installation, organization: str, **values: object) -> dict:
    """`landfall organization set --json` with these flags."""
    flags = [part for name, value in values.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    done = installation.run("organization", "set", organization, *flags, "--json", "--data", str(installation.data))
    return json.loads(done.stdout)


def run_lifecycle(installation: Installation, at: str | None = None, *flags: str) -> dict:
    """`landfall lifecycle run --json`: the steps that it counts."""
    when = ("--at", at) if at else ()
    done = installation.run("lifecycle", "run", *when, *flags, "--json", "--data", str(installation.data))
    return json.loads(done.stdout)


def steps(report: dict) -> dict:
    """What a report counts that is not nothing."""
    return {name: count for name, count in report.items() if name != "at" and count}
