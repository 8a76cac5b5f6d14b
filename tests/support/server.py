"""The program under test: its commands, and a server of its own for a group of tests."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path

from support.api import Api

REPOSITORY = Path(__file__).resolve().parents[2]
READY = re.compile(r"landfall (\S+) listening on (https?://127\.0\.0\.1:\d+)")
START_SECONDS = 60
#: Of the users that tests make.
PASSWORD = "correct horse battery"
STOP_SECONDS = 30

#: Shared servers run without limits; tests of a limit start a server with it.
NO_LIMITS = {
    "LANDFALL_LIMITS_OPERATIONS_PER_MINUTE": "0",
    "LANDFALL_LIMITS_SPEND_PER_MINUTE": "0",
    "LANDFALL_LIMITS_TILES_PER_MINUTE": "0",
    "LANDFALL_LIMITS_PUBLIC_PER_MINUTE": "0",
    "LANDFALL_LIMITS_PUBLIC_READS_PER_MINUTE": "0",
    "LANDFALL_LIMITS_DOWNLOADS_PER_ASSET_PER_HOUR": "0",
    "LANDFALL_LIMITS_EGRESS_BYTES_PER_DAY": "0",
    "LANDFALL_LIMITS_ORGANIZATIONS_PER_USER": "0",
}


def find_binary() -> Path:
    """The program: LANDFALL_BINARY, or where the release build leaves it."""
    return Path(os.environ.get("LANDFALL_BINARY") or REPOSITORY / "build" / "release" / "landfall")


@dataclass
class Installation:
    """A data folder and the commands that work on it, with or without a running server."""

    binary: Path
    data: Path
    database: str | None = None
    settings: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """A clean environment: only what the program needs and the settings of this installation."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
        kept.update(self.settings)
        if self.database:
            kept["LANDFALL_DATABASE"] = self.database
        return kept

    def run(self, *arguments: str, check: bool = True, **options) -> subprocess.CompletedProcess[str]:
        """Runs one command and gives its result; fails with the command's own words."""
        options.setdefault("timeout", 120)
        extra = options.pop("environment", {})
        done = subprocess.run([str(self.binary), *arguments], capture_output=True, text=True,
                              env=self.environment() | extra, **options)
        if check and done.returncode != 0:
            raise AssertionError(f"landfall {' '.join(arguments)} exited {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def init(self, *arguments: str) -> dict:
        """`landfall init --json`: ids and the key of an organization."""
        return json.loads(self.run("init", "--data", str(self.data), *arguments, "--json").stdout)

    def key(self, organization: str, name: str, *scopes: str) -> str:
        """The secret of a new API key with exactly these scopes."""
        flags = [part for scope in scopes for part in ("--scope", scope)]
        done = self.run("key", "create", "--data", str(self.data), "--organization", organization, "--name", name,
                        *flags, "--json")
        made = json.loads(done.stdout)
        return made.get("key") or made["api_key"]

    def user(self, email: str, organization: str, role: str = "member") -> str:
        """The id of a new user with this role in the organization; the password is PASSWORD."""
        done = self.run("user", "create", "--data", str(self.data), "--email", email, "--organization", organization,
                        "--role", role, "--password-stdin", "--json", input=PASSWORD + "\n")
        return json.loads(done.stdout)["id"]

    def set_quota(self, organization: str, quota: int | str) -> None:
        """Sets the storage quota: bytes or `unlimited`."""
        self.run("quota", "set", "--data", str(self.data), "--organization", organization, str(quota))

    def set_standing(self, organization: str, standing: str) -> None:
        """Says whether an organization's subscription is `good` or `past-due`."""
        self.run("standing", "set", "--data", str(self.data), "--organization", organization, standing)


class Server:
    """A running `landfall serve` with its first organization, or with `world`, which `init` told of before."""

    def __init__(self, installation: Installation, *flags: str, world: dict | None = None) -> None:
        self.installation = installation
        self.flags = flags
        self.world = world or installation.init()
        self.log = installation.data.parent / f"{installation.data.name}.log"
        self.base_url = ""
        self.version = ""
        self._process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        """Starts the process and waits for its ready line."""
        log = self.log.open("a")
        self._process = subprocess.Popen(
            [str(self.installation.binary), "serve", "--data", str(self.installation.data), "--listen", "127.0.0.1:0",
             *self.flags],
            env=self.installation.environment(), stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
        log.close()
        watchdog = threading.Timer(START_SECONDS, self._process.kill)
        watchdog.start()
        try:
            ready = READY.search(self._process.stdout.readline())
        finally:
            watchdog.cancel()
        if not ready:
            raise AssertionError(f"The server did not become ready:\n{self.tail()}")
        self.version, self.base_url = ready.groups()
        # Whatever it prints later must not fill the pipe.
        threading.Thread(target=self._process.stdout.read, daemon=True).start()

    def api(self, key: str | None = None, **world: str) -> Api:
        """A client with this key, or with the first organization's."""
        return Api(self.base_url, key or self.world["api_key"], {**self.world, **world})

    def organization(self, name: str) -> Api:
        """A client with the key of a new organization."""
        world = self.installation.init("--organization", name)
        return Api(self.base_url, world["api_key"], world)

    @property
    def pid(self) -> int:
        """The number of the running process."""
        assert self._process is not None, "The server does not run"
        return self._process.pid

    def stop(self) -> int:
        """Ends the server with SIGTERM; gives its exit code."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"The server did not end within {STOP_SECONDS} s:\n{self.tail()}") from None

    def kill(self) -> None:
        """Ends the server as a power cut would."""
        process, self._process = self._process, None
        process.kill()
        process.wait()

    def tail(self, lines: int = 60) -> str:
        """The end of the server's log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def remove(self) -> None:
        """Removes the data folder."""
        shutil.rmtree(self.installation.data, ignore_errors=True)
