"""Objects in an S3 store: what is in the bucket, what a fault of the store does to a client, who is let in.
Contract: "Object store and several servers"; guide: docs/guides/configuration.md."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from support.answers import storage_error
from support.api import Api, get, put, wait_for
from support.faulty_proxy import FaultyProxy, faulty_proxy
from support.parts import LEAST, FileInParts, etag_of, split
from support.rasters import drawn_scene
from support.s3 import ACCESS, SECRET, Bucket
from support.server import NO_LIMITS, Installation, Server

#: More than one request of the store holds.
LARGE = os.urandom(1 << 20) * 21 + b"end"
#: Faults that the store gets over by itself; those "after" come when it has done the work.
FAULTS = ("500 before", "500 after", "503 before", "cut before", "cut after", "504 after")


@pytest.fixture
def bucket(s3) -> Bucket:
    return Bucket(s3.endpoint).make()


@pytest.fixture
def server_over(binary, engine, tmp_path_factory):
    """Starts servers with settings of their own; they need not end well."""
    running = []

    def make(**settings: str) -> Server:
        data = tmp_path_factory.mktemp("landfall") / "data"
        running.append(Server(Installation(binary, data, engine.new_database(), NO_LIMITS | settings)))
        return running[-1]

    yield make
    for server in running:
        server.stop()
        server.remove()


def test_a_large_file_lies_in_the_bucket_as_it_was_sent_and_nothing_else_does(server_over, bucket):
    server = server_over(**bucket.settings(LANDFALL_S3_PREFIX="maps/"))
    before = set(bucket.keys())
    api = server.api().new_project("Large")
    upload = api.initiate(len(LARGE))
    answer = put(api.sign(upload, "large.bin", "application/octet-stream"), LARGE, "application/octet-stream")
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{hashlib.md5(LARGE).hexdigest()}"'
    (key,) = set(bucket.keys()) - before
    assert key.startswith("maps/") and bucket.get(key) == LARGE
    assert bucket.uploads() == []
    assert all(key.startswith("maps/") for key in before), "the identity of the store lies under its prefix as well"


def test_a_download_is_every_range_of_the_object(server_over, bucket):
    api = server_over(**bucket.settings()).api().new_project("Ranges")
    content = drawn_scene() + LARGE
    url = api.download(api.upload_one(content))
    assert get(url).content == content
    for first, last in ((0, 0), (5 << 20, (13 << 20) + 7), (len(content) - 9, len(content) - 1)):
        assert get(url, Range=f"bytes={first}-{last}").content == content[first:last + 1]


@contextmanager
def half_sent(api: Api) -> Iterator[None]:
    """An upload that goes no further while the block runs, and ends without its rest."""
    url = urlsplit(api.sign(api.initiate(len(LARGE)), "large.bin", "application/octet-stream"))
    with socket.create_connection((url.hostname, url.port)) as line:
        line.sendall(f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: application/octet-stream\r\n"
                     f"Content-Length: {len(LARGE)}\r\n\r\n".encode() + LARGE[:18 << 20])
        yield


def test_what_a_client_cut_off_leaves_nothing(server_over, bucket):
    server = server_over(**bucket.settings())
    before = bucket.keys()
    api = server.api().new_project("Cut")
    with half_sent(api):
        wait_for("the first part at the store", bucket.uploads)
    wait_for("the end of the upload at the store", lambda: not bucket.uploads())
    assert bucket.keys() == before


def test_what_a_killed_server_left_is_swept(server_over, bucket):
    server = server_over(**bucket.settings())
    before = bucket.keys()
    api = server.api().new_project("Killed")
    with half_sent(api):
        wait_for("the first part at the store", bucket.uploads)
        server.kill()
    assert bucket.uploads()
    sweep = ("sweep", "--data", str(server.installation.data), "--json")
    server.installation.run(*sweep)
    assert bucket.uploads(), "another server might be at it"
    server.installation.run(*sweep, "--grace", "0")
    assert bucket.uploads() == [] and bucket.keys() == before
    server.start()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_store_that_fails_now_and_then_costs_no_call(server_over, bucket, fault):
    with faulty_proxy(bucket.endpoint) as line:
        met = {}

        def choose(_number: int, method: str, path: str) -> str | None:
            met[(method, path)] = met.get((method, path), 0) + 1
            return fault if met[(method, path)] % 2 == 1 else None

        api = server_over(**bucket.settings(LANDFALL_S3_ENDPOINT=line.base_url)).api().new_project("Faults")
        line.choose = choose
        content = drawn_scene()
        item = api.upload_one(content)
        assert get(api.download(item)).content == content
        upload = api.initiate(len(LARGE))
        answer = put(api.sign(upload, "large.bin", "application/octet-stream"), LARGE, "application/octet-stream")
        assert answer.status_code == 200, answer.text
        assert LARGE in [bucket.get(key) for key in bucket.keys()]
        file = FileInParts(api, api.initiate(3 * LEAST), "parts.bin", part_size=LEAST)
        parts = split(LARGE[:2 * LEAST + 77], LEAST)
        file.send(parts)
        assert file.complete()["etag"].strip('"') == etag_of(parts)
        line.choose = lambda *_: None


def test_a_body_that_was_cut_is_asked_for_again(server_over, bucket):
    with faulty_proxy(bucket.endpoint) as line:
        api = server_over(**bucket.settings(LANDFALL_S3_ENDPOINT=line.base_url)).api().new_project("Cut bodies")
        content = drawn_scene() + LARGE
        url = api.download(api.upload_one(content))
        reads = iter(range(1, 1000))
        line.choose = lambda _number, method, _path: "cut body" if method == "GET" and next(reads) % 3 == 1 else None
        assert get(url).content == content
        line.choose = lambda *_: None


def test_a_store_that_is_away_is_a_503_that_says_when_to_come_again(server_over, bucket):
    with faulty_proxy(bucket.endpoint) as line:
        server = server_over(**bucket.settings(LANDFALL_S3_ENDPOINT=line.base_url))
        api = server.api().new_project("Away")
        content = drawn_scene()
        item = api.upload_one(content)
        url = api.download(item)
        upload = api.initiate(len(content))
        line.choose = lambda *_: "cut before"
        refused = put(api.sign(upload, "scene.tif"), content)
        storage_error(refused, 503, "SlowDown")
        assert int(refused.headers["retry-after"]) >= 1
        assert get(url).status_code == 503
        assert api.item(item)["id"] == item, "the catalog goes on"
        assert api.http.get("/readyz").status_code == 503
        line.choose = lambda *_: None
        assert put(api.sign(upload, "scene.tif"), content).status_code == 200
        assert get(url).content == content
        wait_for("the server to be ready", lambda: api.http.get("/readyz").status_code == 200)


def test_parts_are_found_again_by_a_server_that_has_never_heard_of_them(server_over, bucket):
    server = server_over(**bucket.settings())
    api = server.api().new_project("Parts")
    parts = split(LARGE[:3 * LEAST + 11], LEAST)
    file = FileInParts(api, api.initiate(4 * LEAST), "parts.bin", part_size=LEAST)
    assert file.put(2, parts[1]).status_code == 200
    assert file.put(1, parts[2][:LEAST]).status_code == 200
    server.stop()
    server.start()
    file.api = server.api().within(api.project)
    assert file.put(1, parts[0]).status_code == 200, "takes the place of the one before"
    for number in (3, 4):
        assert file.put(number, parts[number - 1]).status_code == 200
    assert [each["etag"].strip('"') for each in file.list()["parts"]] == [hashlib.md5(part).hexdigest() for part in parts]
    assert file.complete()["etag"].strip('"') == etag_of(parts)
    assert b"".join(parts) in [bucket.get(key) for key in bucket.keys()]
    wait_for("nothing to be left of the parts", lambda: not [key for key in bucket.keys() if "parts/" in key] and not bucket.uploads())


def test_an_aborted_upload_in_parts_leaves_nothing(server_over, bucket):
    api = server_over(**bucket.settings()).api().new_project("Aborted")
    before = bucket.keys()
    file = FileInParts(api, api.initiate(4 * LEAST), "parts.bin", part_size=LEAST)
    assert file.put(1, LARGE[:LEAST]).status_code == 200
    assert bucket.uploads()
    assert file.op("abort").status_code == 200
    wait_for("nothing to be left", lambda: bucket.keys() == before and not bucket.uploads())


def test_a_part_that_is_too_large_to_be_held_goes_through(server_over, bucket):
    api = server_over(**bucket.settings()).api().new_project("Streamed")
    content = LARGE * 4
    assert len(content) > 64 << 20
    file = FileInParts(api, api.initiate(len(content)), "parts.bin", size=len(content), part_size=128 << 20)
    wrong = file.put(1, content, **{"Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="})
    storage_error(wrong, 400, "BadDigest")
    assert file.list()["parts"] == []
    assert file.put(1, content).status_code == 200
    file.complete()
    assert content in [bucket.get(key) for key in bucket.keys()]


def test_init_makes_the_bucket(binary, engine, s3, tmp_path):
    bucket = Bucket(s3.endpoint)
    place = Installation(binary, tmp_path / "data", engine.new_database(), bucket.settings())
    refused = place.run("init", "--data", str(place.data), check=False)
    assert refused.returncode != 0 and "--create-bucket" in refused.stderr
    for _ in range(2):
        assert json.loads(place.run("init", "--data", str(place.data), "--create-bucket", "--json").stdout)["organization_id"]
    assert bucket.keys(), "the identity of the store"


def test_the_secret_is_shown_to_nobody(binary, engine, s3, tmp_path):
    place = Installation(binary, tmp_path / "data", None, Bucket(s3.endpoint).settings(LANDFALL_S3_SESSION_TOKEN="not-to-be-seen"))
    for form in ((), ("--json",)):
        shown = place.run("config", "print", *form).stdout
        assert SECRET not in shown and "not-to-be-seen" not in shown and bytes(ACCESS, "utf8") in shown.encode()


@pytest.mark.parametrize(("settings", "said"), [
    ({"LANDFALL_S3_BUCKET": ""}, "s3.bucket"),
    ({"LANDFALL_S3_ENDPOINT": "s3.example.org"}, "s3.endpoint"),
    ({"LANDFALL_S3_SECRET_KEY": ""}, "s3.secret_key"),
    ({"LANDFALL_S3_ENCRYPTION": "rot13"}, "s3.encryption"),
    ({"LANDFALL_S3_KMS_KEY": "k"}, "s3.kms_key"),
    ({"LANDFALL_LIMITS_SMALLEST_PART_BYTES": "1MiB"}, "limits.smallest_part_bytes"),
    ({"LANDFALL_S3_PATH_STYLE": "perhaps"}, "s3.path_style"),
])
def test_settings_that_make_no_store_stop_the_start(binary, tmp_path, settings, said):
    place = Installation(binary, tmp_path / "data", None, Bucket("http://127.0.0.1:1").settings(**settings))
    refused = place.run("serve", "--data", str(place.data), check=False)
    assert refused.returncode == 2 and said in refused.stderr


@contextmanager
def metadata_service(expires: str) -> Iterator[tuple[str, list[str]]]:
    """Instance metadata of version 2, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args) -> None:
            """Says nothing."""

        def _answer(self, status: int, body: str) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def do_PUT(self) -> None:  # noqa: N802
            self._answer(200 if self.headers["X-aws-ec2-metadata-token-ttl-seconds"] else 400, "a-token")

        def do_GET(self) -> None:  # noqa: N802
            if self.headers["X-aws-ec2-metadata-token"] != "a-token":
                self._answer(401, "")
            elif self.path.endswith("/security-credentials/"):
                self._answer(200, "a-role")
            else:
                self._answer(200, json.dumps({"AccessKeyId": ACCESS, "SecretAccessKey": SECRET, "Expiration": expires}))

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}", asked
        listening.shutdown()


def unnamed(bucket: Bucket, **others: str) -> dict[str, str]:
    """The settings of the bucket without its key."""
    return {name: value for name, value in bucket.settings(**others).items() if "_KEY" not in name or name.startswith("AWS_")}


def test_credentials_come_of_the_environment_or_the_shared_file(server_over, bucket, tmp_path):
    in_environment = unnamed(bucket, AWS_ACCESS_KEY_ID=ACCESS, AWS_SECRET_ACCESS_KEY=SECRET)
    shared = tmp_path / "credentials"
    shared.write_text(f"[default]\naws_access_key_id = nobody\naws_secret_access_key = nothing\n\n[maps]\n"
                      f"aws_access_key_id = {ACCESS}\naws_secret_access_key={SECRET}\n")
    in_file = unnamed(bucket, LANDFALL_S3_PREFIX="other/", AWS_SHARED_CREDENTIALS_FILE=str(shared), AWS_PROFILE="maps")
    for settings in (in_environment, in_file):
        api = server_over(**settings).api().new_project("Credentials")
        content = drawn_scene()
        assert get(api.download(api.upload_one(content))).content == content


def test_credentials_of_the_machine_are_renewed_before_they_end(server_over, bucket):
    with metadata_service("2020-01-01T00:00:00Z") as (origin, asked):
        server = server_over(**unnamed(bucket, AWS_EC2_METADATA_SERVICE_ENDPOINT=origin, HOME="/nonexistent"))
        api = server.api().new_project("Metadata")
        before = len(asked)
        api.upload_one(drawn_scene())
        assert len(asked) > before, "they have ended, so each call fetches others"
    with metadata_service("2099-01-01T00:00:00Z") as (origin, asked):
        settings = unnamed(bucket, LANDFALL_S3_PREFIX="other/", AWS_EC2_METADATA_SERVICE_ENDPOINT=origin, HOME="/nonexistent")
        server = server_over(**settings)
        api = server.api().new_project("Metadata")
        before = len(asked)
        api.upload_one(drawn_scene())
        assert len(asked) == before


def test_without_credentials_the_command_says_where_it_looked(binary, tmp_path, bucket):
    place = Installation(binary, tmp_path / "data", None, unnamed(bucket, AWS_EC2_METADATA_DISABLED="true", HOME="/nonexistent"))
    refused = place.run("init", "--data", str(place.data), check=False)
    assert refused.returncode != 0 and "AWS_ACCESS_KEY_ID" in refused.stderr
