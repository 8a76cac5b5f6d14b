"""What `landfall login` keeps: servers and credentials by name. The command line and this library share the file."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from .errors import ConfigurationError, ConnectionFailed, Unauthenticated, refusal

try:
    import fcntl
except ImportError:  # no such locks there: two processes may renew a session at once, and one of them is signed out
    fcntl = None  # type: ignore[assignment]

TOKEN_PATH = "/realms/public/protocol/openid-connect/token"
#: An access token that lapses sooner is renewed before it is used, seconds.
SPARE = 30


def folder() -> Path | None:
    """Where profiles lie: in XDG_CONFIG_HOME, else in ~/.config."""
    configured = os.environ.get("XDG_CONFIG_HOME", "")
    if configured.startswith("/"):
        return Path(configured) / "landfall"
    home = os.environ.get("HOME") or os.environ.get("USERPROFILE")
    return Path(home) / ".config" / "landfall" if home else None


def load() -> dict[str, Any]:
    """The content of the file; without one, no profiles. ConfigurationError if it is none of ours."""
    place = folder()
    file = place / "profiles.json" if place else None
    if file is None or not file.exists():
        return {"current": "default", "profiles": []}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("profiles"), list):
        raise ConfigurationError(f"'{file}' holds no profiles; remove it and run landfall login")
    return found


def find(name: str | None = None) -> dict[str, Any] | None:
    """The profile of that name, else of LANDFALL_PROFILE, else the current one. ConfigurationError if a named one is absent."""
    named = name or os.environ.get("LANDFALL_PROFILE", "")
    known = load()
    found = _in(known, named or known.get("current", "default"))
    if found is None and named:
        raise ConfigurationError(f"There is no profile '{named}'; landfall profile list tells those there are")
    return found


def _in(known: dict[str, Any], name: str) -> dict[str, Any] | None:
    return next((each for each in known["profiles"] if each.get("name") == name), None)


@contextlib.contextmanager
def _changed() -> Iterator[dict[str, Any]]:
    """The content, to be changed while no other process does; never half, and never readable by others."""
    place = folder()
    if place is None:
        raise ConfigurationError("There is no place for profiles: set HOME or XDG_CONFIG_HOME")
    place.mkdir(parents=True, exist_ok=True)
    with open(os.open(place / "profiles.lock", os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
        if fcntl:
            fcntl.flock(lock, fcntl.LOCK_EX)
        known = load()
        yield known
        fresh = place / "profiles.json.new"
        fresh.unlink(missing_ok=True)
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(known) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(place / "profiles.json")


class Session:
    """The access token of a profile, renewed when it lapses. Thread-safe, and several processes may share the profile: a refresh
    token serves only once."""

    def __init__(self, profile: dict[str, Any], verify: Any) -> None:
        self._profile, self._verify = profile, verify
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Session({self._profile.get('name')!r})"

    def token(self) -> str:
        """One that lasts for a while yet."""
        with self._lock:
            if self._profile.get("expires_at", 0) - time.time() < SPARE:
                self._renew()
            return str(self._profile["access_token"])

    def after(self, refused: str) -> str:
        """Another one than that which the server refused: its clock counts, not ours."""
        with self._lock:
            if self._profile["access_token"] == refused:
                self._renew()
            return str(self._profile["access_token"])

    def _renew(self) -> None:
        ended = {"status": 401, "title": "Unauthenticated", "detail": "You are signed out; run landfall login"}
        with _changed() as known:
            stored = _in(known, self._profile["name"])
            if not stored or not stored.get("refresh_token"):
                raise Unauthenticated(ended)
            renewed = stored["refresh_token"] != self._profile.get("refresh_token")
            self._profile = stored
            if renewed and stored.get("expires_at", 0) - time.time() >= SPARE:
                return
            answer = self._ask(stored["refresh_token"])
            if answer.status_code == 400 and "invalid_grant" in answer.text:
                raise Unauthenticated(ended)
            if answer.status_code != 200:
                raise refusal(answer.status_code, answer.content)
            tokens = answer.json()
            stored.update(access_token=tokens["access_token"], refresh_token=tokens.get("refresh_token", stored["refresh_token"]),
                          expires_at=int(time.time()) + int(tokens.get("expires_in", 0)))

    def _ask(self, refresh_token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "client_id": "landfall-cli", "refresh_token": refresh_token}
        try:
            return httpx.post(self._profile["url"] + TOKEN_PATH, data=form, verify=self._verify, timeout=60)
        except httpx.TransportError as failure:
            told = type(failure).__name__
        raise ConnectionFailed(f"The session could not be renewed: {told}")
