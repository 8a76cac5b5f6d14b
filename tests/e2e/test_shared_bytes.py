"""Items that share stored bytes are copied, deleted, expired, restored and purged all at once.

No bytes go that something refers to, none stay that nothing refers to, and the quota is exact. LANDFALL_TEST_STEPS says
how many calls there are, LANDFALL_TEST_SEED repeats the dice of a run (threads still race).
"""

from __future__ import annotations

import json
import os
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from support import catalog
from support.api import Api, get
from support.lifecycle import after, run_lifecycle, set_organization
from support.rasters import small_scene
from support.server import Server

STEPS = int(os.environ.get("LANDFALL_TEST_STEPS", "600"))
SEED = int(os.environ.get("LANDFALL_TEST_SEED") or random.SystemRandom().randrange(1 << 31))
CALLERS = 6
SCENES = 4
#: What a lost race may answer, besides success.
RACES = (404, 409, 410)
#: Days ahead up to which steps are taken: expired, deleted, purged.
AHEAD = (24, 31, 62, 93)


class Siege:
    """Callers who change the same items, and a clock that runs ahead beside them."""

    def __init__(self, server: Server, api: Api) -> None:
        self.server, self.api = server, api
        self.scenes = [small_scene(number) for number in range(SCENES)]
        self.items = [api.upload_one(scene, f"scene_{number}.tif") for number, scene in enumerate(self.scenes)]
        self.answers: Counter[tuple[str, int]] = Counter()
        self._lock = threading.Lock()
        self._over = threading.Event()

    def run(self) -> None:
        """Makes all calls, then lets everything end."""
        with ThreadPoolExecutor(CALLERS + 1) as pool:
            clock = pool.submit(self._run_ahead)
            callers = [pool.submit(self._call, number) for number in range(CALLERS)]
            try:
                for caller in callers:
                    caller.result()
            finally:
                self._over.set()
            clock.result()

    def _call(self, number: int) -> None:
        dice = random.Random(f"{SEED} caller {number}")
        actions = {"duplicate": 8, "delete": 5, "restore": 6, "delete asset": 1, "upload": 1}
        for _ in range(STEPS // CALLERS):
            action = dice.choices(list(actions), list(actions.values()))[0]
            with self._lock:
                item = dice.choice(self.items[-60:])
            if action == "upload":
                made = self.api.upload_one(dice.choice(self.scenes))
                self._add(made)
                continue
            operation, body = {
                "duplicate": ("items.duplicate", {"item_id": item}),
                "delete": ("items.delete", {"item_id": item}),
                "restore": ("items.restore", {"item_id": item}),
                "delete asset": ("assets.delete", {"item_id": item, "asset_id": "thumbnail"}),
            }[action]
            answer = self.api.op(operation, body)
            with self._lock:
                self.answers[operation, answer.status_code] += 1
            assert answer.status_code == 200 or answer.status_code in RACES, f"{operation}: {answer.text}"
            if action == "duplicate" and answer.status_code == 200:
                self._add(answer.json()["id"])

    def _add(self, item: str) -> None:
        with self._lock:
            self.items.append(item)

    def _run_ahead(self) -> None:
        dice = random.Random(f"{SEED} clock")
        installation = self.server.installation
        while not self._over.is_set():
            report = run_lifecycle(installation, after(days=dice.choice(AHEAD)), "--yes")
            with self._lock:
                self.answers.update({("lifecycle", name): count for name, count in report.items() if name != "at"})
            if dice.random() < 0.2: # and some come back at once
                set_organization(installation, self.api.organization, plan="paid")
                set_organization(installation, self.api.organization, plan="free")

    def check(self) -> None:
        """The catalog agrees with itself and with the store, to the byte."""
        catalog.settle(self.server.installation)
        sweep(self.server)
        assert catalog.disagreements(self.server.installation) == []
        named = {row["blob_key"] for row in catalog.rows(self.server.installation, "SELECT blob_key FROM object")}
        assert catalog.stored_blobs(self.server.installation) == named
        held = {row["object_id"]: int(row["size"]) for row in catalog.rows(self.server.installation, f"""
            SELECT DISTINCT a.object_id, o.size FROM asset a JOIN object o ON o.id = a.object_id
            WHERE a.deleted_at IS NULL AND a.is_rendition = 0 AND a.organization_id = '{self.api.organization}'""")}
        assert self.api.storage()["used_bytes"] == sum(held.values())
        recount = self.api.call("usage.recalculate_storage", {"organization_id": self.api.organization})
        assert recount["delta_bytes"] == 0
        for item in self._live():
            if self.api.item(item)["lifecycle_state"] != "expired":
                assert get(self.api.download(item)).content in self.scenes

    def _live(self) -> list[str]:
        return [row["id"] for row in catalog.rows(self.server.installation,
                                                  "SELECT id FROM item WHERE deleted_at IS NULL ORDER BY id")]

    def end(self) -> None:
        """Deletes what is left; then nothing is left."""
        for item in self._live():
            self.api.call("items.delete", {"item_id": item})
        assert self.api.storage()["used_bytes"] == 0
        run_lifecycle(self.server.installation, after(days=10_000), "--yes")
        sweep(self.server)
        assert catalog.number(self.server.installation, "SELECT count(*) FROM item") == 0
        assert catalog.stored_blobs(self.server.installation) == set()


def sweep(server: Server) -> dict:
    """`landfall sweep --grace 0` beside the running server."""
    installation = server.installation
    return json.loads(installation.run("sweep", "--data", str(installation.data), "--grace", "0", "--yes", "--json").stdout)


def test_shared_bytes_stay_as_long_as_someone_needs_them(make_server):
    """[section 7.3, 7.8]"""
    print(f"seed {SEED}, {STEPS} steps")
    server = make_server(LANDFALL_LIMITS_UPLOAD_IDLE_SECONDS="0") # for the clock that runs ahead would end open sessions
    api = server.api()
    set_organization(server.installation, api.organization, plan="free", retention_days=30)
    siege = Siege(server, api)
    siege.run()
    print({f"{name} {status}": count for (name, status), count in sorted(siege.answers.items(), key=str)})
    siege.check()
    siege.end()
