"""The server is killed while it clips: an acknowledged job runs to one result, and nothing half-made is seen.

`--rounds N` kills N times, shared among servers; `--seed S` repeats the dice (threads still race)."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from dataclasses import dataclass

from crash.rounds import Rounds, run_rounds
from crash.workload import Trigger, Worker
from support import catalog
from support.api import Api
from support.clips import ENDED, box_in
from support.rasters import drawn_scene
from support.server import Server

CLIENTS = 3
#: Moments at which a round may kill the server, besides a random one.
MOMENTS = ("order", "running", "completed", "delete", "again")
#: Jobs of a killed server are taken up again when their leases run out.
JOBS_SECONDS = 240


@dataclass
class Job:
    """A clip as its client knows it."""

    key: str
    id: str = ""
    deleting: bool = False  # asked for
    status: str = ""


class Client(Worker):
    """A thread that orders clips, looks at them and cancels some until the server is gone."""

    def __init__(self, api: Api, item: str, dice: random.Random, trigger: Trigger, jobs: list[Job]) -> None:
        self.api, self.item, self.dice, self.trigger, self.jobs = api, item, dice, trigger, jobs
        self.area = box_in(api.item(item)["bbox"])
        self.counts: Counter[str] = Counter()

    def _turn(self) -> None:
        unsure = [job for job in self.jobs if not job.id]
        waiting = [job for job in self.jobs if job.id and job.status not in ENDED and not job.deleting]
        if unsure:
            return self.order(unsure[0])
        if len(waiting) < 3:
            self.jobs.append(Job(uuid.uuid4().hex))
            return self.order(self.jobs[-1])
        job = self.dice.choice(waiting)
        if self.dice.random() < 0.1:
            job.deleting = True
            self._ask("delete", "clip.job.delete", {"job_id": job.id})
            return None
        self._look(job)
        time.sleep(0.05)
        return None

    def order(self, job: Job) -> None:
        """Orders it, or asks again by its key whether it was ordered."""
        body = {"source_item_id": self.item, "aoi_geometry": self.area, "output_name": job.key}
        job.id = self._ask("order", "clip.create_from_item", body, {"Idempotency-Key": job.key})["job"]["id"]

    def _look(self, job: Job) -> None:
        found = self._ask("again", "clip.job.get", {"job_id": job.id})
        job.status = found["status"]
        if job.status in ("running", "completed"):
            self.trigger.reached(job.status)
        if job.status == "completed":
            assert len(found["output_item_ids"]) == 1
            self.counts["completed"] += 1

    def _ask(self, event: str, operation: str, body: dict, headers: dict | None = None) -> dict:
        self.trigger.reached(event)
        answer = self._try_until_free(lambda: self.api.op(operation, body, headers=headers))
        assert answer.status_code == 200, f"{operation}: {answer.status_code} {answer.text}"
        self.counts[event] += 1
        return answer.json()


class Crash(Rounds):
    """Clips of one scene."""

    moments = MOMENTS

    def __init__(self, server: Server, seed: int) -> None:
        super().__init__(server, seed)
        self.api = server.api().new_project("Clips")
        self.item = self.api.upload_one(drawn_scene(), "scene.tif")
        self.jobs: list[list[Job]] = [[] for _ in range(CLIENTS)]

    def clients(self, number: int, trigger: Trigger) -> list[Worker]:
        """One for each list of jobs."""
        api = self.server.api()
        return [Client(api.within(self.api.project), self.item, random.Random(f"{self.seed} {number} {index}"), trigger, jobs)
                for index, jobs in enumerate(self.jobs)]

    def check(self) -> None:
        """What has ended stays so, and a job that was not acknowledged is none or one."""
        api = self.server.api().within(self.api.project)
        for job in (job for jobs in self.jobs for job in jobs if job.id and not job.deleting):
            now = api.call("clip.job.get", {"job_id": job.id})["status"]
            assert job.status not in ENDED or now == job.status, job

    def settle(self) -> None:
        """Waits for all of them. Each that nobody cancelled has made its item, whole, and only one."""
        api = self.server.api().within(self.api.project)
        client = Client(api, self.item, self.dice, Trigger("", 0, 0, lambda: None), [])
        jobs = [job for jobs in self.jobs for job in jobs]
        for job in jobs:
            client.order(job)
        until = time.monotonic() + JOBS_SECONDS
        for job in jobs:
            while (found := api.op("clip.job.get", {"job_id": job.id})).status_code == 200 and \
                    found.json()["status"] not in ENDED and time.monotonic() < until:
                time.sleep(0.2)
            assert found.status_code == 200 or (found.status_code == 404 and job.deleting), found.text
            job.status = found.json()["status"] if found.status_code == 200 else "cancelled"
            assert job.status == "completed" or job.deleting, found.text
        made = Counter(item["name"] for item in api.search(limit=1000)["features"] if item["type"] == "clip")
        assert all(made[job.key] == 1 for job in jobs if job.status == "completed")
        assert all(count == 1 for count in made.values()) and set(made) <= {job.key for job in jobs}
        spent = Counter(row["job_id"] for row in catalog.rows(self.server.installation, "SELECT job_id FROM credit_entry"))
        assert all(count == 1 for count in spent.values())
        assert not catalog.disagreements(self.server.installation)


def test_kill_9_leaves_every_clip_with_one_result(make_server, request, turn, rounds):
    """[Clip jobs, design sections 6 and 8]"""
    crash = Crash(make_server(), request.config.option.seed + turn)
    run_rounds(rounds, crash.round, lambda: crash.counts["order"])
    crash.settle()
    print(f"seed {crash.seed}: acknowledged {dict(crash.counts)}")
    assert crash.counts["order"], "no round acknowledged anything"
