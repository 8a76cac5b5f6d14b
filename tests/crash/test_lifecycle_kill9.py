"""The lifecycle batch is killed at any moment: no step is lost, none is taken twice, and no byte is lost or kept."""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections import Counter

from support import catalog
from support.lifecycle import after, run_lifecycle, set_organization, steps
from support.rasters import small_scene
from support.server import Installation

#: Copies of each of two scenes; the batch takes them 200 at a time.
COPIES = 300


def kill_during(installation: Installation, at: str, seconds: float) -> bool:
    """Starts the batch and kills it after a while; whether it was still running."""
    command = [str(installation.binary), "lifecycle", "run", "--at", at, "--yes", "--data", str(installation.data)]
    process = subprocess.Popen(command, env=installation.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    process.communicate()
    return False


def told(installation: Installation) -> Counter:
    """How often something was told of each item: none of it is taken from the outbox while no server runs."""
    return Counter((row["type"], row["entity_id"]) for row in
                   catalog.rows(installation, "SELECT type, entity_id FROM outbox WHERE type IN "
                                              "('item.expiring', 'item.expired', 'item.deleted')"))


def test_a_killed_batch_goes_on_where_it_was(make_server, request):
    """[section 7.8]"""
    rounds, dice = request.config.option.rounds, random.Random(request.config.option.seed)
    server = make_server()
    api, installation = server.api(), server.installation
    set_organization(installation, api.organization, plan="free", retention_days=30)
    scenes = [small_scene(1), small_scene(2)]
    for scene in scenes:
        item = api.upload_one(scene)
        for _ in range(COPIES):
            api.call("items.duplicate", {"item_id": item})
    catalog.settle(installation, seconds=300)
    api.call("items.delete", {"item_id": item})
    live = catalog.number(installation, "SELECT count(*) FROM item WHERE deleted_at IS NULL")
    assert server.stop() == 0
    killed = 0
    for days in (31, 62, 93):
        at = after(days=days)
        for _ in range(rounds):
            began = time.monotonic()
            if not kill_during(installation, at, dice.uniform(0.02, 0.6)):
                break
            killed += 1
            assert time.monotonic() - began < 60
            assert catalog.disagreements(installation) == []
        run_lifecycle(installation, at, "--yes")
        assert steps(run_lifecycle(installation, at, "--yes")) == {}
        assert catalog.disagreements(installation) == []
        assert not [entity for entity, times in told(installation).items() if times > 1]
    print(f"killed {killed} times")
    once = Counter(kind for kind, _ in told(installation))
    assert (once["item.expiring"], once["item.expired"]) == (live, live)
    assert catalog.number(installation, "SELECT count(*) FROM item") == 0
    swept = json.loads(installation.run("sweep", "--grace", "0", "--json", "--data", str(installation.data)).stdout)
    assert swept["orphans_held"] == 0
    assert catalog.stored_blobs(installation) == set()
    assert catalog.number(installation, "SELECT value FROM usage_counter WHERE kind = 'storage_used'") == 0
    server.start()
