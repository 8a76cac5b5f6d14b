"""The server is killed in every step of files that are sent in parts: what was acknowledged is there, and nothing else.

`--rounds N` kills N times, shared among servers; `--seed S` repeats the dice (threads still race)."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from dataclasses import dataclass, field

from crash.rounds import Rounds, run_rounds
from crash.workload import Trigger, Worker
from support import catalog
from support.api import Api, put
from support.parts import etag_of
from support.server import Server

CLIENTS = 4
PART = 4096
#: Moments at which a round may kill the server, besides a random one.
MOMENTS = ("initiate", "parts.initiate", "parts.sign", "part", "half a part", "part again", "parts.complete", "parts.abort",
           "fail", "parts.completed")


@dataclass
class Sent:
    """One part of a file: what was acknowledged last, and all that may be there instead."""

    acknowledged: bytes | None = None
    possible: list[bytes] = field(default_factory=list)


@dataclass
class File:
    """A file in parts as its client knows it."""

    upload: str
    id: str
    count: int
    parts: dict[int, Sent] = field(default_factory=dict)
    completing: bool = False  # asked for
    aborting: bool = False
    state: str = "open"

    def digests(self, number: int) -> set[str]:
        """What may stand in a list for a part."""
        sent = self.parts.get(number, Sent())
        return {hashlib.md5(one).hexdigest() for one in sent.possible}


class Client(Worker):
    """A thread that sends files in parts until the server is gone."""

    def __init__(self, api: Api, dice: random.Random, trigger: Trigger, files: list[File]) -> None:
        self.api, self.dice, self.trigger, self.files = api, dice, trigger, files
        self.counts: Counter[str] = Counter()

    def _turn(self) -> None:
        open_files = [file for file in self.files if file.state == "open"]
        file = self.dice.choice(open_files) if open_files and self.dice.random() < 0.4 else self._begin()
        if file.completing:  # whoever was not told whether it is done asks again
            return self.complete(file)
        for number in self.dice.sample(range(1, file.count + 1), file.count):
            if file.parts.get(number, Sent()).acknowledged is None or self.dice.random() < 0.2:
                self._put(file, number)
        what = self.dice.random()
        if what < 0.6:
            self.complete(file)
        elif what < 0.75:
            self._abort(file)
        elif what < 0.85:
            self._fail(file)

    def _begin(self) -> File:
        body = {"project_id": self.api.project, "total_bytes": self.dice.randrange(3 * PART)}
        upload = self._ask("initiate", "uploads.initiate", body)["id"]
        begun = self._ask("parts.initiate", "uploads.parts.initiate",
                          {"upload_id": upload, "file_name": "a.bin", "part_size": PART})
        file = File(upload, begun["parts_id"], self.dice.randint(1, 4))
        self.files.append(file)
        return file

    def _put(self, file: File, number: int) -> None:
        [signed] = self._ask("parts.sign", "uploads.parts.sign", {"parts_id": file.id, "part_numbers": [number]})["urls"]
        content = self.dice.randbytes(PART if number < file.count else self.dice.randint(1, PART))
        sent = file.parts.setdefault(number, Sent())
        again = bool(sent.possible)
        sent.possible.append(content)
        self.trigger.reached("part again" if again else "part")

        def pieces():
            yield content[: len(content) // 2]
            self.trigger.reached("half a part")
            yield content[len(content) // 2:]

        answer = self._try(lambda: put(signed["url"], pieces() if self.dice.random() < 0.5 else content, "x/y"))
        assert answer.status_code == 200, f"PUT: {answer.status_code} {answer.text}"
        assert answer.headers["etag"] == f'"{hashlib.md5(content).hexdigest()}"'
        sent.acknowledged, sent.possible = content, [content]
        self.counts["part"] += 1

    def complete(self, file: File) -> None:
        """Completes by what was acknowledged."""
        file.completing = True
        choice = [{"part_number": number, "etag": hashlib.md5(file.parts[number].acknowledged).hexdigest()}
                  for number in range(1, file.count + 1)]
        done = self._ask("parts.complete", "uploads.parts.complete", {"parts_id": file.id, "parts": choice})
        assert done["etag"] == etag_of([file.parts[number].acknowledged for number in range(1, file.count + 1)])
        file.state = "completed"
        self.trigger.reached("parts.completed")

    def _abort(self, file: File) -> None:
        file.aborting = True
        self._ask("parts.abort", "uploads.parts.abort", {"parts_id": file.id})
        file.state = "aborted"

    def _fail(self, file: File) -> None:
        file.aborting = True
        self._ask("fail", "uploads.fail", {"upload_id": file.upload, "error_message": "given up"})
        file.state = "aborted"

    def _ask(self, event: str, operation: str, body: dict) -> dict:
        self.trigger.reached(event)
        answer = self._try_until_free(lambda: self.api.op(operation, body))
        assert answer.status_code == 200, f"{operation} {body}: {answer.status_code} {answer.text}"
        self.counts[event] += 1
        return answer.json()


class Crash(Rounds):
    """Files in parts of upload sessions."""

    moments = MOMENTS

    def __init__(self, server: Server, seed: int) -> None:
        super().__init__(server, seed)
        self.files: list[list[File]] = [[] for _ in range(CLIENTS)]

    def clients(self, number: int, trigger: Trigger) -> list[Worker]:
        """One for each list of files."""
        api = self.server.api()
        return [Client(api.within(api.project), random.Random(f"{self.seed} {number} {index}"), trigger, files)
                for index, files in enumerate(self.files)]

    def check(self) -> None:
        """Every file that a client knows."""
        for file in (file for files in self.files for file in files):
            self._check(file)

    def _check(self, file: File) -> None:
        api = self.server.api()
        session = api.call("uploads.get", {"upload_id": file.upload})
        [shown] = [one for one in session["files"] if one["file_name"] == "a.bin"] or [None]
        if file.state == "open" and shown and shown["state"] == "stored":
            assert file.completing, file
            file.state = "completed"
        elif file.state == "open" and (shown is None or session["status"] == "failed"):
            assert file.aborting, file
            file.state = "aborted"
        if file.state == "open":
            self._check_parts(file, api)
        elif file.state == "completed":
            self._check_bytes(file, shown)
        else:
            assert shown is None

    def _check_parts(self, file: File, api: Api) -> None:
        listed = {part["part_number"]: part for part in api.call("uploads.parts.list", {"parts_id": file.id})["parts"]}
        for number, sent in file.parts.items():
            assert number in listed or sent.acknowledged is None, (file.id, number)
        for number, part in listed.items():
            assert part["etag"] in file.digests(number), (file.id, number)
            sent = file.parts[number]
            [there] = [one for one in sent.possible if hashlib.md5(one).hexdigest() == part["etag"]][:1]
            assert part["size"] == len(there)
            sent.acknowledged, sent.possible = there, [there]

    def _check_bytes(self, file: File, shown: dict) -> None:
        parts = [file.parts[number].acknowledged for number in range(1, file.count + 1)]
        assert shown["etag"] == etag_of(parts) and shown["size"] == sum(map(len, parts))
        [row] = catalog.rows(self.server.installation,
                             f"SELECT blob_key FROM upload_file WHERE upload_id = '{file.upload}'")
        [path] = [one for one in (self.server.installation.data / "objects").rglob(row["blob_key"]) if one.is_file()]
        assert path.read_bytes() == b"".join(parts)

    def settle(self) -> None:
        """Ends everything; then neither a byte nor a reservation is left."""
        api = self.server.api()
        client = Client(api, self.dice, Trigger("", 0, 0, lambda: None), [])
        for file in (file for files in self.files for file in files):
            if file.state == "open" and file.parts.keys() == set(range(1, file.count + 1)) and \
                    all(sent.acknowledged is not None for sent in file.parts.values()):
                client.complete(file)
                self._check(file)
        for row in catalog.rows(self.server.installation, "SELECT id FROM upload WHERE ended_at IS NULL"):
            api.call("uploads.fail", {"upload_id": row["id"], "error_message": "the end"})
        installation = self.server.installation
        environment = {"LANDFALL_LIMITS_UPLOAD_IDLE_SECONDS": "1"}
        for _ in range(2):
            swept = installation.run("sweep", "--data", str(installation.data), "--grace", "0", "--json", "--yes",
                                     environment=environment)
            assert isinstance(json.loads(swept.stdout), dict)
        assert catalog.stored_blobs(installation) == set()
        assert catalog.unfinished_blobs(installation) == set()
        assert api.storage()["reserved_bytes"] == 0
        assert not catalog.disagreements(installation)


def test_kill_9_leaves_the_parts_that_were_acknowledged_and_nothing_else(make_server, request, turn, rounds):
    """[Upload in parts, design sections 6 and 7]"""
    server = make_server(LANDFALL_LIMITS_SMALLEST_PART_BYTES="1")
    crash = Crash(server, request.config.option.seed + turn)
    run_rounds(rounds, crash.round, lambda: crash.counts["part"])
    crash.settle()
    print(f"seed {crash.seed}: acknowledged {dict(crash.counts)}")
    assert crash.counts["part"], "no round acknowledged anything"
