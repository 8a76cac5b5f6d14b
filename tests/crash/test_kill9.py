"""The server is killed at any moment of its work; nothing acknowledged may be lost and nothing half-made be seen.

Promise 1 of the platform. `--rounds N` kills N times, shared among servers that know nothing of each other and may run
at once; `--seed S` repeats the dice (threads still race).
"""

from __future__ import annotations

import contextlib
import json
import random
from collections import Counter

import pytest

from crash.journal import Journal, Life, Upload
from crash.rounds import Kill, work_until_killed
from crash.verify import Verifier
from crash.workload import MOMENTS, Client, Trigger, make_contents
from support import catalog, processes
from support.api import wait_for
from support.server import Server

CLIENTS = 4
#: The server is killed after so long where the moment does not come.
MOST_SECONDS = 8
#: Launcher and workers end this soon after the server was killed.
ORPHAN_SECONDS = 3
#: Jobs of a killed server are taken up again when their leases run out.
JOBS_SECONDS = 240


class Crash:
    """A server that is killed round after round while clients work with it."""

    def __init__(self, server: Server, seed: int) -> None:
        self.server, self.seed = server, seed
        self.dice = random.Random(seed)
        self.journal = Journal()
        self.contents = make_contents()
        self.leftovers: list[Upload] = []
        self.moments: Counter[str] = Counter()

    def round(self, number: int) -> None:
        """Works, kills, starts again and checks."""
        project = self.server.api().new_project(f"Round {number}")
        family = self._work_until_killed(number, project)
        left = processes.survivors(family, ORPHAN_SECONDS)
        assert not left, f"processes outlive the killed server: {left}"
        self.server.start()
        verifier = Verifier(self.server, self.journal, self.dice, self.contents)
        self.leftovers = verifier.check_round()

    def _work_until_killed(self, number: int, project) -> list[processes.Process]:
        kill = Kill(self.server)
        moment = self.dice.choice((*MOMENTS, "any moment", "any moment"))
        self.moments[moment] += 1
        trigger = Trigger(moment, self.dice.randint(1, 6), self.dice.choice((0.0, self.dice.uniform(0, 0.2))), kill)
        shares = [self.leftovers[index::CLIENTS] for index in range(CLIENTS)]
        clients = [Client(project.within(project.project), self.journal, random.Random(f"{self.seed} {number} {index}"),
                          trigger, self.contents, share) for index, share in enumerate(shares)]
        work_until_killed(kill, clients, self.dice.uniform(0.05, 2.5) if moment == "any moment" else MOST_SECONDS,
                          f"round {number}, {moment}")
        return kill.family

    def settle(self) -> None:
        """Ends all sessions and waits for the jobs."""
        Verifier(self.server, self.journal, self.dice, self.contents).check_everything()
        wait_for("the end of all jobs", lambda: not self._jobs("state IN ('pending', 'running')"), JOBS_SECONDS)

    def _jobs(self, condition: str) -> list[dict]:
        return catalog.rows(self.server.installation, f"SELECT id, kind, state, error_message FROM job WHERE {condition}")

    def check_jobs(self) -> None:
        """Every job of a live item ended well, and every rendition is there once."""
        live = "item_id IN (SELECT id FROM item WHERE deleted_at IS NULL)"
        assert self._jobs(f"state <> 'completed' AND {live}") == []
        api = self.server.api()
        for item in self.journal.items():
            if item.life is Life.LIVE:
                keys = sorted(asset["key"] for asset in api.call("items.list_assets", {"item_id": item.id}))
                assert keys == sorted(["data", "thumbnail"] + ["cog"] * item.needs_cog), item

    def sweep(self, **environment: str) -> dict:
        """`landfall sweep --grace 0` beside the running server."""
        installation = self.server.installation
        done = installation.run("sweep", "--data", str(installation.data), "--grace", "0", "--json", environment=environment)
        return json.loads(done.stdout)

    def check_store(self) -> None:
        """The store holds exactly the objects that the catalog names."""
        installation = self.server.installation
        named = {row["blob_key"] for row in catalog.rows(installation, "SELECT blob_key FROM object")}
        assert catalog.stored_blobs(installation) == named
        assert catalog.unfinished_blobs(installation) == set()


@pytest.fixture
def crash(make_server, request, turn: int) -> Crash:
    """A fresh server and an empty journal."""
    return Crash(make_server(), request.config.option.seed + turn)


def test_kill_9_loses_nothing_that_was_acknowledged(crash, rounds):
    """[design sections 1, 6, 10]"""
    for number in range(3 * rounds):
        # On a busy machine the first rounds may end before anything was stored.
        if number >= rounds and crash.journal.acknowledged.get("put"):
            break
        with note(f"seed {crash.seed}, round {number}", crash):
            crash.round(number)
    with note(f"seed {crash.seed}, after the rounds", crash):
        crash.settle()
        crash.check_jobs()
        check_sweeping(crash)
        Verifier(crash.server, crash.journal, crash.dice, crash.contents).check_everything()
    print(f"killed at {dict(crash.moments)}; acknowledged {crash.journal.acknowledged}")
    assert crash.journal.acknowledged.get("put"), "no round acknowledged anything"


def check_sweeping(crash: Crash) -> None:
    """After one sweep store and catalog agree; a second one finds nothing."""
    crash.sweep()
    crash.check_store()
    second = crash.sweep()
    assert not any(second.values()), second
    deleted = [item for item in crash.journal.items() if item.life is Life.DELETED]
    at_once = {"LANDFALL_LIMITS_DELETED_ITEM_SECONDS": "1"}
    purged = sum(crash.sweep(**at_once)["items_purged"] for _ in range(2))
    assert purged == len(deleted)
    crash.sweep()
    crash.check_store()
    assert catalog.number(crash.server.installation, "SELECT count(*) FROM item WHERE deleted_at IS NOT NULL") == 0


@contextlib.contextmanager
def note(where: str, crash: Crash):
    """Adds where it happened and the server's log to a failure."""
    try:
        yield
    except Exception as error:
        log = [line for line in crash.server.tail(2000).splitlines() if " info request " not in line]
        error.add_note("\n".join([where, f"moments so far: {dict(crash.moments)}", "the server's log:", *log[-40:]]))
        raise
