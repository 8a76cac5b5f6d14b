"""What the server tells of itself, and what is shipped to look at it."""

from __future__ import annotations

import json
import re
import time

import httpx
import numpy as np
import pytest

from support import catalog
from support.api import wait_for
from support.rasters import cog, small_scene
from support.server import REPOSITORY

FAMILY = re.compile(r"^# TYPE (\S+) (\S+)$", re.MULTILINE)
NAME = re.compile(r"\b(?:landfall|process)_[a-z0-9_]+\b")


def families(text: str) -> dict[str, str]:
    """Names of an exposition with their types; of a histogram also its series."""
    found = dict(FAMILY.findall(text))
    for name in [name for name, kind in found.items() if kind == "histogram"]:
        found |= {f"{name}_{part}": kind for part in ("bucket", "sum", "count") for kind in ["histogram"]}
    return found


def value(text: str, series: str) -> float:
    """The value of one series."""
    [line] = [line for line in text.splitlines() if line.startswith(series + " ")]
    return float(line.rpartition(" ")[2])


def expressions() -> dict[str, str]:
    """Every query of what is shipped."""
    dashboard = json.loads((REPOSITORY / "deploy/grafana/landfall.json").read_text())
    found = {f"{panel['title']} {target['refId']}": target["expr"]
             for panel in dashboard["panels"] for target in panel["targets"]}
    rules = (REPOSITORY / "deploy/prometheus/alerts.yml").read_text()
    found |= {name: expr for name, expr in re.findall(r"- alert: (\w+)\n\s+expr: '([^']+)'", rules)}
    assert len(found) > 30
    return found


@pytest.mark.parametrize("title", expressions())
def test_what_is_shipped_asks_for_metrics_that_exist(admin, title):
    known = families(admin.with_key(None).http.get("/metrics").text)
    query = re.sub(r'"[^"]*"', "", expressions()[title])
    asked = set(NAME.findall(query))
    assert asked or query.startswith("up{")  # Prometheus' own
    assert asked <= known.keys()


def test_the_reference_lists_every_metric_and_no_other(admin):
    known = dict(FAMILY.findall(admin.with_key(None).http.get("/metrics").text))
    page = (REPOSITORY / "docs/reference/metrics.md").read_text()
    listed = dict(re.findall(r"^\| `([a-z_0-9]+)` \| (\w+) \|", page, re.MULTILINE))
    assert listed == known


def test_names_follow_the_conventions(admin):
    for name, kind in FAMILY.findall(admin.with_key(None).http.get("/metrics").text):
        assert (kind == "counter") == name.endswith("_total"), name
        assert name.startswith(("landfall_", "process_"))


def test_jobs_workers_disk_quota_database_process_and_build_are_told(make_server):
    server = make_server()
    api = server.api()
    server.installation.set_quota(api.organization, 10_000_000)
    content = small_scene()
    api.upload_one(content)
    catalog.settle(server.installation)
    text = wait_for("the readings", lambda: (got := api.http.get("/metrics").text) and
                    f'landfall_storage_quota_bytes{{organization="{api.organization}"}} 10000000' in got and got)
    assert value(text, f'landfall_storage_used_bytes{{organization="{api.organization}"}}') == len(content)
    assert value(text, 'landfall_worker_tasks_total{task="probe",end="done"}') == 1
    assert value(text, 'landfall_job_runs_total{kind="item.thumbnail",state="completed"}') == 1
    assert value(text, "landfall_database_up") == value(text, "landfall_workers_ready") == 1
    assert value(text, 'landfall_disk_size_bytes{folder="data"}') >= value(text, 'landfall_disk_free_bytes{folder="data"}') > 0
    assert value(text, "landfall_database_size_bytes") > 10_000
    assert value(text, 'landfall_database_transactions_total{by="calls",kind="write"}') > 0
    assert abs(value(text, "process_start_time_seconds") - time.time()) < 600
    assert value(text, "process_resident_memory_bytes") > 10_000_000
    assert value(text, "process_open_fds") < value(text, "process_max_fds")
    assert f'landfall_build_info{{version="{server.version}",' in text


def test_drawn_tiles_keep_to_their_share_of_the_memory(make_server):
    server = make_server(LANDFALL_LIMITS_MEMORY_BYTES="16MiB")
    api = server.api()
    noise = np.random.default_rng(1).integers(1, 255, (3, 2048, 2048)).astype("uint8")
    item = api.upload_one(cog(noise, epsg=3857, origin=(0, 0)))
    for x in range(16):  # the raster begins at the middle of the world, 0.6 m a pixel of zoom 18
        for y in range(8):
            tile = api.http.get(f"/api/v1/items/{item}/tiles/17/{65536 + x}/{65536 + y}.png")
            assert tile.status_code == 200
    text = api.http.get("/metrics").text
    assert value(text, "landfall_memory_limit_bytes") == 16 << 20
    share = value(text, 'landfall_memory_share_bytes{part="tiles"}')
    assert share == 4 << 20
    assert share / 2 < value(text, 'landfall_memory_used_bytes{part="tiles"}') <= share
    doctor = server.installation.run("doctor", "--data", str(server.installation.data)).stdout
    assert "memory: 16 MiB of " in doctor


def test_a_listener_of_their_own_for_metrics_and_readiness(make_server):
    """What is public then tells strangers neither."""
    server = make_server(LANDFALL_METRICS_LISTEN="127.0.0.1:19180")
    http = server.api().http
    assert http.get("/healthz").status_code == 200
    assert http.get("/metrics").status_code == http.get("/readyz").status_code == 404
    assert httpx.get("http://127.0.0.1:19180/readyz").json() == {"status": "ready"}
    assert "landfall_build_info" in httpx.get("http://127.0.0.1:19180/metrics").text


def test_whoever_asks_too_often_gets_what_was_said_last(server):
    http = server.api().http
    began = time.monotonic()
    answers = [http.get("/metrics").text for _ in range(50)]
    assert len(set(answers)) <= 5 * (1 + time.monotonic() - began)
