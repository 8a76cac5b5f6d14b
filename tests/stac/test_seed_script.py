"""The upload guide of swisstopo, followed by a program: as it is printed, and with faults between every two of its steps.
The printed one is read from beside the checkout and skipped where it is absent. Contract: seed 003, swisstopo.md section 14."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from support.faulty_proxy import FAULTS, FaultyProxy, faulty_proxy
from support.rasters import drawn_scene
from support.server import REPOSITORY, Installation, NO_LIMITS, Server
from support.stac import COG, IN_PROGRESS, Stac, announced, checksum, fetch, md5_of

GUIDES = REPOSITORY.parent / "shared" / "seeds"
COLLECTION, ITEM, ASSET = "ch.swisstopo.pixelkarte-farbe-pk200.noscale", "smr200-200-4-2016", "smr200-200-4-2016-2056-kgrs-10.tiff"
PATH = f"/collections/{COLLECTION}/items/{ITEM}/assets/{ASSET}"
#: The guide asks for these to be repeated, and for nothing else.
REPEATED = {502, 503, 504}


def printed_script() -> str:
    """The program that the guide prints."""
    for guide in sorted(GUIDES.glob("003_*")):
        return re.search(r"```python\n(.*?)```", guide.read_text(), re.DOTALL)[1]
    pytest.skip(f"no upload guide in {GUIDES}")


def prepare(stac: Stac) -> str:
    """Collection, item and asset that the guide is about; gives the asset's path."""
    stac.make(f"/collections/{COLLECTION}")
    stac.make(f"/collections/{COLLECTION}/items/{ITEM}")
    return stac.make(PATH, {"type": COG})


@pytest.fixture
def over_tls(binary: Path, engine, tmp_path: Path) -> tuple[Server, str]:
    """A server that speaks TLS, as the guide expects, and the file of its certificate."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    installation = Installation(binary, tmp_path / "data", engine.new_database(), NO_LIMITS)
    server = Server(installation, "--tls-certificate", str(certificate), "--tls-key", str(key))
    yield server, str(certificate)
    assert server.stop() == 0


def test_the_printed_program_runs_with_only_its_host_changed(over_tls, tmp_path):
    """[S112]"""
    server, certificate = over_tls
    script = printed_script()
    host = server.base_url.removeprefix("https://")
    changed = script.replace("hostname = 'data.geo.admin.ch'", f"hostname = '{host}'")
    assert changed != script
    content = drawn_scene(64)
    (tmp_path / ASSET).write_bytes(content)
    auth = (server.world["stac_user"], server.world["stac_password"])
    root = f"{server.base_url}/api/stac/v1"
    for path, body in ((f"/collections/{COLLECTION}", {"id": COLLECTION, "description": "Maps", "license": "proprietary"}),
                       (f"/collections/{COLLECTION}/items/{ITEM}", {"id": ITEM, "geometry": {"type": "Point", "coordinates": [7, 46]},
                                                                    "properties": {"datetime": "2016-01-01T00:00:00Z"}}),
                       (PATH, {"id": ASSET, "type": COG})):
        assert requests.put(root + path, json=body, auth=auth, verify=certificate, timeout=60).status_code == 201
    done = subprocess.run([sys.executable, "-c", changed], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
                          env=os.environ | {"STAC_USER": auth[0], "STAC_PASSWORD": auth[1], "REQUESTS_CA_BUNDLE": certificate})
    assert done.returncode == 0, done.stderr[-2000:]
    told = requests.get(root + PATH, verify=certificate, timeout=60).json()
    assert told["file:checksum"] == checksum(content)
    assert requests.get(told["href"], verify=certificate, timeout=60).content == content
    assert requests.get(f"{root}{PATH}/uploads", verify=certificate, timeout=60).json()["uploads"][0]["status"] == "completed"


class Cancelled(Exception):
    """The iteration is given up without an abort; the next one goes on from there."""


class Recurrent:
    """The recurrent flow of the guide: what to do at each answer, and nothing besides."""

    def __init__(self, root: str, auth: tuple[str, str], path: str, attempts: int = 8) -> None:
        self.base = f"{root}{path}/uploads"
        self.attempts = attempts
        self.session = requests.Session()
        self.session.auth = auth

    def call(self, method: str, url: str, **options) -> requests.Response:
        """One step: repeated when the line or the gateway fails, since the server may have been too busy."""
        for _ in range(self.attempts):
            try:
                answer = self.session.request(method, url, timeout=60, **options)
            except requests.ConnectionError:
                continue
            if answer.status_code not in REPEATED:
                return answer
        raise Cancelled(f"{method} {url} failed {self.attempts} times")

    def abort_what_runs(self) -> None:
        """Ends the upload that an earlier iteration left behind."""
        for upload in self.call("GET", self.base, params={"status": "in-progress"}).json()["uploads"]:
            assert self.call("POST", f"{self.base}/{upload['upload_id']}/abort", json={}).status_code in (200, 409)

    def create(self, *parts: bytes) -> dict:
        """Begins an upload, after the end of one that was in the way."""
        for _ in range(self.attempts):
            answer = self.call("POST", self.base, json=announced(*parts))
            if answer.status_code == 201:
                return answer.json()
            if answer.status_code != 400 or answer.json()["description"] != IN_PROGRESS:
                raise Cancelled(answer.text)
            assert answer.json()["code"] == 400
            self.abort_what_runs()
        raise Cancelled("An upload is always in progress")

    def run(self, *parts: bytes) -> None:
        """One iteration: creates, sends, completes."""
        upload = self.create(*parts)
        sent = []
        for one, part in zip(upload["urls"], parts, strict=True):
            # Presigned: without credentials.
            answer = self.call("PUT", one["url"], data=part, headers={"Content-MD5": md5_of(part)}, auth=lambda request: request)
            if answer.status_code != 200:
                self.call("POST", f"{self.base}/{upload['upload_id']}/abort", json={})
                raise Cancelled(answer.text)
            sent.append({"etag": answer.headers["ETag"], "part_number": one["part"]})
        answer = self.call("POST", f"{self.base}/{upload['upload_id']}/complete", json={"parts": sent})
        if answer.status_code not in (200, 409):  # 409: the answer of an earlier attempt was lost
            raise Cancelled(answer.text)


@pytest.fixture(scope="module")
def guided(stac) -> str:
    """The asset of the guide on the shared server."""
    return prepare(stac)


@pytest.fixture
def proxy(server):
    """A line to the shared server that may fail."""
    with faulty_proxy(server.base_url) as line:
        yield line


def flow(proxy: FaultyProxy, stac: Stac) -> Recurrent:
    """The flow over that line."""
    return Recurrent(f"{proxy.base_url}/api/stac/v1", stac.auth, PATH)


def assert_arrived(stac: Stac, content: bytes) -> None:
    """The asset is this file, and no upload is left."""
    told = stac.read(PATH)
    assert told["file:checksum"] == checksum(content)
    assert fetch(told["href"]).content == content
    assert stac.read(f"{PATH}/uploads", {"status": "in-progress"})["uploads"] == []


def test_the_flow_runs_again_and_again(stac, guided, proxy):
    """[S112]"""
    for turn in range(3):
        content = f"{guided} in turn {turn}".encode()
        flow(proxy, stac).run(content)
        assert_arrived(stac, content)


def test_an_upload_that_was_left_behind_is_aborted(stac, guided, proxy):
    """[S112] Create while running, list in-progress, abort, create, send, complete, download."""
    left = stac.begin(guided, b"left behind")
    left.send_all()
    flow(proxy, stac).run(b"the next one")
    assert_arrived(stac, b"the next one")
    assert left.read()["status"] == "aborted"
    assert [method for method, _ in proxy.seen] == ["POST", "GET", "POST", "POST", "PUT", "POST"]


#: The steps of an iteration that finds an upload left behind, as the number of its request.
STEPS = {"create in the way": 1, "list": 2, "abort": 3, "create": 4, "send": 5, "complete": 6}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_step_is_survived(stac, guided, proxy, step, fault):
    """[S112, section 25: retry expectations]"""
    stac.begin(guided, b"left behind").send_all()
    proxy.choose = lambda number, method, path: fault if number == STEPS[step] else None
    content = f"{step} met {fault}".encode()
    flow(proxy, stac).run(content)
    assert_arrived(stac, content)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_every_step_is_survived(stac, guided, proxy, fault):
    """[S112] Every request fails when it is made for the first time."""
    stac.begin(guided, b"left behind")
    known: set[tuple[str, str]] = set()

    def choose(_number: int, method: str, path: str) -> str | None:
        step = (method, path.split("?")[0])
        return None if step in known else known.add(step) or fault

    proxy.choose = choose
    parts = (b"1" * (5 << 20), f"{fault} everywhere".encode())
    flow(proxy, stac).run(*parts)
    assert_arrived(stac, b"".join(parts))


def test_what_was_cancelled_is_taken_up_by_the_next_iteration(stac, guided, proxy):
    """[S112] The line is gone for a whole iteration, in the middle of it."""
    broken = flow(proxy, stac)
    proxy.choose = lambda number, method, path: "cut before" if method == "PUT" else None
    with pytest.raises(Cancelled):
        broken.run(b"never arrives")
    proxy.choose = lambda number, method, path: None
    flow(proxy, stac).run(b"arrives")
    assert_arrived(stac, b"arrives")
