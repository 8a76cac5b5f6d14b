"""A server that is killed round after round while clients work with it."""

from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable, Sequence

from crash.workload import Trigger, Worker
from support import catalog, processes
from support.server import Server

#: A server is killed so often at most, and there are so many servers at least.
ROUNDS_EACH, SERVERS = 25, 4
#: More at most, where nothing was acknowledged yet.
MORE_ROUNDS = 25
#: The server is killed after so long where the moment does not come.
MOST_SECONDS = 6


def run_rounds(rounds: int, one: Callable[[int], None], enough: Callable[[], object]) -> None:
    """The rounds, and more until enough was acknowledged: a kill may always have come before."""
    for number in itertools.count():
        if number >= rounds and (enough() or number >= rounds + MORE_ROUNDS):
            return
        one(number)


def shares(rounds: int) -> list[int]:
    """How often each server is killed, so that all are killed `rounds` times."""
    servers = min(rounds, max(SERVERS, -(-rounds // ROUNDS_EACH)))
    return [rounds // servers + (number < rounds % servers) for number in range(servers)]


class Kill:
    """Kills a server once, whoever says so first, on whatever thread; keeps which processes it had."""

    def __init__(self, server: Server) -> None:
        self.gone = threading.Event()
        self.family: list[processes.Process] = []
        self._server, self._lock = server, threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            if not self.gone.is_set():
                self.family = processes.family(self._server.pid)
                self._server.kill()
                self.gone.set()


def work_until_killed(kill: Kill, clients: Sequence[Worker], seconds: float, told: str) -> None:
    """The clients work until the server is killed, after so long at the latest. Raises what went wrong with one of them."""
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    kill.gone.wait(seconds)
    kill()
    for thread in threads:
        thread.join()
    for client in clients:
        if client.trouble:
            raise AssertionError(told) from client.trouble


class Rounds:
    """What is common to workloads about files in parts; one says who works and what is checked."""

    #: Moments at which a round may kill the server, besides a random one.
    moments: Sequence[str] = ()

    def __init__(self, server: Server, seed: int) -> None:
        self.server, self.seed, self.dice = server, seed, random.Random(seed)
        self.counts: Counter[str] = Counter()

    def clients(self, number: int, trigger: Trigger) -> list[Worker]:
        """Who works in a round."""
        raise NotImplementedError

    def check(self) -> None:
        """Compares what the server has after it came back with what was acknowledged."""
        raise NotImplementedError

    def round(self, number: int) -> None:
        """Works, kills, starts again and checks."""
        kill = Kill(self.server)
        moment = self.dice.choice((*self.moments, "any moment"))
        trigger = Trigger(moment, self.dice.randint(1, 6), self.dice.choice((0.0, self.dice.uniform(0, 0.05))), kill)
        clients = self.clients(number, trigger)
        work_until_killed(kill, clients, self.dice.uniform(0.05, 1.5) if moment == "any moment" else MOST_SECONDS,
                          f"seed {self.seed}, round {number}, {moment}")
        for client in clients:
            self.counts += client.counts
        self.server.start()
        self.check()
        assert not catalog.disagreements(self.server.installation)
