#!/usr/bin/env python3
"""Measures files in parts, beside S3 servers that run already: prints a Markdown table.

    build/venv/bin/python bench/parts.py [--engine sqlite|postgres] [--parts N] [--gib N] [--files N] [--rounds N] [--peer NAME=URL]...

How long uploads.parts.complete takes for N parts (10 000) of 64 KiB, with the least size of parts lowered. How fast one
file of some GiB (4) comes in parts of 8 MiB over four connections, and N files (100) of 40 MiB over as many; each beside
every peer with the same client, the same bytes and URLs signed before, in turns; and beside MD5 of one processor and a
write with fsync to the same disk. Peers take the credentials AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; their data
should lie on the same disk. Needs the environment of the tests in Python (build/venv), there boto3 too if there are
peers, and the release build.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import hashlib
import http.client
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support import engines  # noqa: E402
from support.api import Api  # noqa: E402
from support.server import NO_LIMITS, Installation, Server, find_binary  # noqa: E402

SMALL, LARGE, CONNECTIONS = 64 << 10, 8 << 20, 4
SIGNED_AT_ONCE = 1000


class Target(Protocol):
    """Where files go in parts."""

    def begin(self, count: int, part_size: int) -> list[str]: ...
    def complete(self, etags: list[str]) -> None: ...
    def clear(self) -> None: ...


class Landfall:
    """One upload session a file."""

    def __init__(self, api: Api) -> None:
        self.api = api

    def begin(self, count: int, part_size: int) -> list[str]:
        self.upload = self.api.initiate()
        body = {"upload_id": self.upload, "file_name": "a.bin", "size": count * part_size, "part_size": part_size}
        self.parts = self.api.call("uploads.parts.initiate", body)["parts_id"]
        urls = []
        for first in range(1, count + 1, SIGNED_AT_ONCE):
            numbers = list(range(first, min(first + SIGNED_AT_ONCE, count + 1)))
            signed = self.api.call("uploads.parts.sign", {"parts_id": self.parts, "part_numbers": numbers})
            urls += [one["url"] for one in signed["urls"]]
        return urls

    def complete(self, etags: list[str]) -> None:
        self.api.call("uploads.parts.complete", {"parts_id": self.parts})

    def clear(self) -> None:
        self.api.call("uploads.fail", {"upload_id": self.upload, "error_message": "measured"})


class S3:
    """A multipart upload of a bucket of its own."""

    def __init__(self, url: str) -> None:
        import boto3
        from botocore.config import Config

        self.client = boto3.client("s3", endpoint_url=url, region_name="us-east-1", config=Config(signature_version="s3v4"))
        self.bucket = f"bench-{uuid.uuid4().hex[:8]}"
        self.client.create_bucket(Bucket=self.bucket)

    def begin(self, count: int, part_size: int) -> list[str]:
        self.place = {"Bucket": self.bucket, "Key": uuid.uuid4().hex}
        self.upload = self.client.create_multipart_upload(**self.place)["UploadId"]
        return [self.client.generate_presigned_url("upload_part", Params=self.place | {"UploadId": self.upload, "PartNumber": n})
                for n in range(1, count + 1)]

    def complete(self, etags: list[str]) -> None:
        parts = [{"PartNumber": n, "ETag": etag} for n, etag in enumerate(etags, 1)]
        self.client.complete_multipart_upload(**self.place, UploadId=self.upload, MultipartUpload={"Parts": parts})

    def clear(self) -> None:
        self.client.delete_object(**self.place)


def put_all(urls: list[str], content: bytes) -> list[str]:
    """PUTs the same bytes to each of the URLs over a few connections; gives the ETags."""
    etags = [""] * len(urls)

    def work(worker: int) -> None:
        address = urlsplit(urls[0])
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
        for n in range(worker, len(urls), CONNECTIONS):
            parts = urlsplit(urls[n])
            connection.request("PUT", f"{parts.path}?{parts.query}", body=content)
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{answer.status}: {said[:300]!r}")
            etags[n] = answer.headers["ETag"]
        connection.close()

    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(work, range(CONNECTIONS)))
    return etags


def one_file(target: Target, count: int, content: bytes) -> tuple[float, float]:
    """Seconds that the PUTs of a file took, and its completion."""
    urls = target.begin(count, len(content))
    start = time.monotonic()
    etags = put_all(urls, content)
    sent = time.monotonic()
    target.complete(etags)
    done = time.monotonic()
    target.clear()
    return sent - start, done - sent


def many_files(make: Callable[[], Target], files: int, parts: int, content: bytes) -> float:
    """Seconds from the first beginning of files to the last completion, a file a connection."""
    targets = [make() for _ in range(CONNECTIONS)]

    def work(worker: int) -> None:
        for _ in range(worker, files, CONNECTIONS):
            urls, etags = targets[worker].begin(parts, len(content)), []
            for url in urls:
                address = urlsplit(url)
                connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
                connection.request("PUT", f"{address.path}?{address.query}", body=content)
                answer = connection.getresponse()
                answer.read()
                etags.append(answer.headers["ETag"])
                connection.close()
            targets[worker].complete(etags)
            targets[worker].clear()

    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(work, range(CONNECTIONS)))
    return time.monotonic() - start


def md5_speed(content: bytes, rounds: int) -> float:
    """Bytes a second of one processor."""
    start = time.monotonic()
    for _ in range(rounds):
        hashlib.md5(content).digest()
    return rounds * len(content) / (time.monotonic() - start)


def disk_speed(folder: Path, content: bytes, count: int) -> float:
    """Bytes a second of a file that is written and synced."""
    start = time.monotonic()
    with (folder / "plain").open("wb") as file:
        for _ in range(count):
            file.write(content)
        file.flush()
        os.fsync(file.fileno())
    speed = count * len(content) / (time.monotonic() - start)
    (folder / "plain").unlink()
    return speed


def peak_memory(server: Server) -> float:
    """The most that the server's process held, in MiB."""
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure(given: argparse.Namespace, folder: Path, server: Server) -> None:
    makers: dict[str, Callable[[], Target]] = {"Landfall": lambda: Landfall(server.api())}
    for name, url in (peer.split("=", 1) for peer in given.peer):
        makers[name] = lambda url=url: S3(url)
    print("| what | " + " | ".join(makers) + " | against |\n|---|" + "---|" * (len(makers) + 1))

    sent, done = one_file(makers["Landfall"](), given.parts, os.urandom(SMALL))
    blank = " – |" * (len(makers) - 1)
    print(f"| complete of {given.parts} parts of 64 KiB, ms | {done * 1000:.0f} |{blank} goal ≤ 50; {given.parts / sent:.0f} PUTs a second |")

    content, count = os.urandom(LARGE), int(given.gib * (1 << 30)) // LARGE
    large: dict[str, list[tuple[float, float]]] = {name: [] for name in makers}
    many: dict[str, list[float]] = {name: [] for name in makers}
    limits = []
    for _ in range(given.rounds):
        limits.append((md5_speed(content, 64), disk_speed(folder, content, count)))
        for name, make in makers.items():
            large[name].append(one_file(make(), count, content))
        for name, make in makers.items():
            many[name].append(many_files(make, given.files, 5, content))
    md5, disk = (statistics.median(each) / 1e6 for each in zip(*limits))
    speeds = [count * LARGE / statistics.median(put + done for put, done in each) / 1e6 for each in large.values()]
    print(f"| {given.gib:g} GiB in parts of 8 MiB with its completion, MB/s | " + " | ".join(f"{speed:.0f}" for speed in speeds) +
          f" | MD5 {md5:.0f}, disk {disk:.0f}: {speeds[0] / min(md5, disk):.2f}, goal ≥ 0.85 |")
    print("| the completion alone, ms | " +
          " | ".join(f"{statistics.median(done for _, done in each) * 1000:.0f}" for each in large.values()) + " | |")
    print(f"| {given.files} files of 40 MiB, MB/s | " +
          " | ".join(f"{given.files * 5 * LARGE / statistics.median(each) / 1e6:.0f}" for each in many.values()) + " | |")
    print(f"| the most memory of the server, MiB | {peak_memory(server):.0f} |{blank} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--parts", type=int, default=10_000)
    parser.add_argument("--gib", type=float, default=4)
    parser.add_argument("--files", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=URL")
    given = parser.parse_args()
    engine = engines.start(given.engine)
    with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
        settings = NO_LIMITS | {"LANDFALL_LIMITS_SMALLEST_PART_BYTES": "1"}
        server = Server(Installation(find_binary(), Path(folder) / "data", engine.new_database(), settings))
        try:
            measure(given, Path(folder), server)
        finally:
            server.stop()
            engine.stop()


if __name__ == "__main__":
    main()
