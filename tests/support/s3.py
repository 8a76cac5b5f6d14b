"""A real S3 store for tests, versitygw over a folder, and a client that looks into it from outside.

It is the program that LANDFALL_TEST_VERSITYGW names, else build/tools/bin/versitygw, which scripts/test.sh makes."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from urllib.parse import quote

import httpx

REPOSITORY = Path(__file__).resolve().parents[2]
ACCESS, SECRET, REGION = "landfall-tests", "correct-horse-battery", "us-east-1"
START_SECONDS = 60


def find_versitygw() -> Path | None:
    """The program, if there is one."""
    named = os.environ.get("LANDFALL_TEST_VERSITYGW") or shutil.which("versitygw")
    path = Path(named) if named else REPOSITORY / "build" / "tools" / "bin" / "versitygw"
    return path if path.exists() else None


class Versitygw:
    """A store that runs."""

    def __init__(self, binary: Path) -> None:
        self._binary = binary
        self.folder = Path(tempfile.mkdtemp(prefix="landfall-s3-"))
        for name in ("objects", "sidecar"):
            (self.folder / name).mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Starts it, or starts it again, on the same port and folder."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binary, "--quiet", "--keep-alive", "--access", ACCESS, "--secret", SECRET, "--port", f"127.0.0.1:{self.port}", "posix",
                 "--sidecar", self.folder / "sidecar", self.folder / "objects"], stdout=log, stderr=log, cwd=self.folder)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        raise AssertionError(f"versitygw did not start:\n{(self.folder / 'log').read_text(errors='replace')[-4000:]}")

    def stop(self) -> None:
        """Ends it; what it holds stays."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """Ends it for good."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Bucket:
    """A bucket of its own in a store, asked with a signer that is not the program's."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.name = f"landfall-{uuid.uuid4().hex[:12]}"
        self._http = httpx.Client(timeout=60)

    def settings(self, **others: str) -> dict[str, str]:
        """What a server over it needs."""
        return {"LANDFALL_STORAGE": "s3", "LANDFALL_S3_ENDPOINT": self.endpoint, "LANDFALL_S3_BUCKET": self.name,
                "LANDFALL_S3_ACCESS_KEY": ACCESS, "LANDFALL_S3_SECRET_KEY": SECRET, **others}

    def make(self) -> Bucket:
        """Makes it."""
        assert self.ask("PUT").status_code == 200
        return self

    def keys(self, prefix: str = "") -> list[str]:
        """Keys of its objects."""
        found, token = [], ""
        while True:
            page = ElementTree.fromstring(self.ask("GET", **{"list-type": "2", "prefix": prefix} | ({"continuation-token": token} if token else {})).content)
            found += [element.text for element in page.iter() if element.tag.endswith("}Key") or element.tag == "Key"]
            token = next((e.text for e in page.iter() if e.tag.rpartition("}")[2] == "NextContinuationToken"), "")
            if not token:
                return found

    def uploads(self) -> list[str]:
        """Keys of multipart uploads that nobody has ended."""
        page = ElementTree.fromstring(self.ask("GET", uploads="").content)
        return [child.text for upload in page if upload.tag.rpartition("}")[2] == "Upload"
                for child in upload if child.tag.rpartition("}")[2] == "Key"]

    def get(self, key: str) -> bytes:
        """An object."""
        return self.ask("GET", key).content

    def put(self, key: str, content: bytes) -> None:
        """Makes an object, or replaces it."""
        assert self.ask("PUT", key, content).status_code == 200

    def remove(self, key: str) -> None:
        """Removes an object."""
        assert self.ask("DELETE", key).status_code == 204

    def ask(self, method: str, key: str = "", body: bytes = b"", **query: str) -> httpx.Response:
        """One signed request."""
        path = f"/{self.name}" + (f"/{quote(key)}" if key else "")
        text = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in sorted(query.items()))
        host = self.endpoint.partition("://")[2]
        now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
        digest = hashlib.sha256(body).hexdigest()
        names = "host;x-amz-content-sha256;x-amz-date"
        canonical = "\n".join([method, path, text, f"host:{host}", f"x-amz-content-sha256:{digest}", f"x-amz-date:{now}", "", names, digest])
        scope = f"{now[:8]}/{REGION}/s3/aws4_request"
        to_sign = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        secret = f"AWS4{SECRET}".encode()
        for part in (now[:8], REGION, "s3", "aws4_request"):
            secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(secret, to_sign.encode(), hashlib.sha256).hexdigest()
        return self._http.request(method, f"{self.endpoint}{path}" + (f"?{text}" if text else ""), content=body, headers={
            "Host": host, "x-amz-date": now, "x-amz-content-sha256": digest,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={ACCESS}/{scope}, SignedHeaders={names}, Signature={signature}"})


def bucket_of(settings: dict[str, str]) -> Bucket | None:
    """The bucket of a server with these settings, if it has one; without a prefix."""
    if settings.get("LANDFALL_STORAGE") != "s3":
        return None
    bucket = Bucket(settings["LANDFALL_S3_ENDPOINT"])
    bucket.name = settings["LANDFALL_S3_BUCKET"]
    return bucket
