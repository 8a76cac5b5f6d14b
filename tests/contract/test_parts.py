"""Files in parts: `uploads.parts.*` and the URLs that they mint. Contract: extensions.md, "Upload in parts"."""

from __future__ import annotations

import base64
import hashlib
import math
import zlib
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest

from support import catalog
from support.answers import faulty_fields, problem, storage_error
from support.api import Api, get, put, wait_for
from support.parts import LEAST, FileInParts, etag_of, split
from support.presigned import signed_earlier
from support.rasters import geotiff

MIB = 1 << 20
SEED = np.random.default_rng(7)


def noise(size: int) -> bytes:
    return SEED.integers(0, 256, size, dtype=np.uint8).tobytes()


@pytest.fixture(scope="module")
def raster() -> bytes:
    """A raster of three parts of the least size."""
    return geotiff(SEED.integers(0, 256, (1, 3400, 3400), dtype=np.uint8))


@pytest.fixture
def file(api) -> FileInParts:
    """A file in parts of 5 MiB of a session of its own."""
    return FileInParts(api, api.initiate(), part_size=LEAST)


def b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def files_of(api: Api, upload: str) -> dict[str, dict]:
    return {one["file_name"]: one for one in api.call("uploads.get", {"upload_id": upload})["files"]}


# The whole road


def test_a_file_in_parts_is_a_file_of_its_session(server, api, raster):
    """[Upload in parts] Sent last to first; what comes down is what went up, and its checksum follows."""
    upload = api.initiate(len(raster))
    file = FileInParts(api, upload, size=len(raster), part_size=LEAST)
    parts = split(raster, LEAST)
    assert file.begun == {"parts_id": file.id, "part_size": LEAST, "part_count": len(parts)}
    for number in range(len(parts), 0, -1):
        answer = file.put(number, parts[number - 1])
        assert answer.status_code == 200
        assert answer.headers["etag"] == f'"{md5(parts[number - 1])}"'
    done = file.complete()
    assert done == {"file_name": "scene.tif", "size": len(raster), "etag": etag_of(parts)}
    assert files_of(api, upload)["scene.tif"] == {"file_name": "scene.tif", "size": len(raster), "state": "stored",
                                                  "etag": etag_of(parts)}
    [item] = api.complete(upload)
    assert httpx.get(api.download(item)).content == raster
    checksum = "1220" + hashlib.sha256(raster).hexdigest()
    told = wait_for("the checksum", lambda: (found := api.assets(item)["data"])["checksum"] and found)
    assert (told["checksum"], told["checksum_state"]) == (checksum, "verified")
    stac = api.call("items.get_stac", {"item_id": item})
    assert stac["assets"]["data"]["file:checksum"] == checksum
    catalog.settle(server.installation)
    assert not catalog.disagreements(server.installation)


def test_until_the_bytes_are_read_an_asset_says_so(api, raster):
    """[Parts, decided] An asset without its checksum is whole in all else."""
    file = FileInParts(api, api.initiate(), part_size=LEAST)
    file.send(split(raster, LEAST))
    file.complete()
    [item] = api.complete(file.upload)
    asset = api.assets(item)["data"]
    assert asset["checksum_state"] in ("pending", "verified")
    assert (asset["checksum"] is None) == (asset["checksum_state"] == "pending")


def test_the_digest_of_a_single_part_is_the_file_s(api):
    """[Upload in parts]"""
    file = FileInParts(api, api.initiate(), "one.bin")
    file.send([b"alone"])
    file.complete()
    assert files_of(api, file.upload)["one.bin"]["sha256"] == hashlib.sha256(b"alone").hexdigest()


# initiate


def test_a_file_that_was_begun_answers_the_same_id(api):
    """[Upload in parts, Parts decided] Also to many at once; after an abort there is a new one."""
    upload = api.initiate()
    with ThreadPoolExecutor(16) as pool:
        ids = set(pool.map(lambda _: FileInParts(api, upload).id, range(16)))
    assert len(ids) == 1
    file = FileInParts(api, upload)
    assert file.op("abort").json() == {"ok": True}
    assert FileInParts(api, upload).id not in ids


@pytest.mark.parametrize(("size", "part_size"), [
    (None, 8 * MIB), (1, 8 * MIB), (10_000 * 8 * MIB, 8 * MIB), (10_000 * 8 * MIB + 1, 9 * MIB), (1 << 40, 105 * MIB)])
def test_the_part_size_is_8_mib_or_what_the_size_needs(api, size, part_size):
    """[Upload in parts]"""
    begun = FileInParts(api, api.initiate(), **({} if size is None else {"size": size})).begun
    assert begun["part_size"] == part_size
    assert begun.get("part_count") == (None if size is None else max(1, math.ceil(size / part_size)))


@pytest.mark.parametrize("part_size", [LEAST, LEAST + 1, 5 << 30])
def test_a_part_size_is_taken_as_given(api, part_size):
    """[Parts, decided]"""
    assert FileInParts(api, api.initiate(), part_size=part_size).begun["part_size"] == part_size


@pytest.mark.parametrize(("fields", "faulty"), [
    ({"part_size": LEAST - 1}, "part_size"), ({"part_size": 0}, "part_size"), ({"part_size": (5 << 30) + 1}, "part_size"),
    ({"size": -1}, "size"), ({"size": 1 << 60}, "size"), ({"size": 10_000 * LEAST + 1, "part_size": LEAST}, "part_size"),
    ({"sha256": "12"}, "sha256"), ({"sha256": "x" * 64}, "sha256"), ({"file_name": ""}, "file_name"),
    ({"file_name": "../x"}, "file_name"), ({"content_type": "a\nb"}, "content_type")])
def test_what_cannot_be_is_422(api, fields, faulty):
    """[Upload in parts]"""
    answer = api.op("uploads.parts.initiate", {"upload_id": api.initiate(), "file_name": "a.tif", **fields})
    assert faulty in faulty_fields(answer)


def test_an_ended_session_takes_no_parts(api):
    """[Upload in parts]"""
    upload = api.initiate()
    api.call("uploads.fail", {"upload_id": upload, "error_message": "no"})
    problem(api.op("uploads.parts.initiate", {"upload_id": upload, "file_name": "a.tif"}), 409)
    problem(api.op("uploads.parts.initiate", {"upload_id": "u_unknown", "file_name": "a.tif"}), 404)


# sign and PUT


def test_urls_come_for_up_to_a_thousand_parts(file):
    """[Upload in parts]"""
    urls = file.op("sign", part_numbers=list(range(9001, 10_001))).json()["urls"]
    assert [one["part_number"] for one in urls] == list(range(9001, 10_001))
    assert len({one["url"] for one in urls}) == 1000
    assert all(one["expires_at"].endswith("Z") for one in urls)
    for wrong in ([], list(range(1, 1002)), [0], [10_001], ["1"]):
        assert file.op("sign", part_numbers=wrong).status_code == 422, wrong


def test_no_url_comes_for_a_part_that_the_file_has_not_got(api):
    """[Upload in parts]"""
    file = FileInParts(api, api.initiate(), size=2 * LEAST, part_size=LEAST)
    assert faulty_fields(file.op("sign", part_numbers=[3])) == {"part_numbers"}


@pytest.mark.parametrize(("name", "value"), [("partNumber", "2"), ("uploadId", "pu_other"), ("X-Amz-Expires", "604800"),
                                             ("X-Amz-Signature", "0" * 64)])
def test_an_altered_part_url_is_403(file, name, value):
    """[Upload in parts]"""
    storage_error(put(str(httpx.URL(file.url(1)).copy_set_param(name, value)), b"x"), 403)


def test_a_part_url_is_bound_to_its_method_and_to_no_content_type(file):
    """[Upload in parts]"""
    url = file.url(1)
    storage_error(get(url), 403)
    for content_type in ("image/tiff", "text/plain"):
        assert put(url, b"x", content_type).status_code == 200
    assert httpx.put(url, content=b"x").status_code == 200


def test_an_expired_part_url_is_403(server, file):
    """[Upload in parts]"""
    storage_error(put(signed_earlier(server.installation, file.url(1), 3605, "PUT"), b"x"), 403, "AccessDenied")
    assert put(signed_earlier(server.installation, file.url(1), 3500, "PUT"), b"x").status_code == 200


CRC32C_OF_CHECK = b64(bytes.fromhex("e3069283"))
CRC64_OF_CHECK = b64(bytes.fromhex("ae8b14860a799888"))


@pytest.mark.parametrize("headers", [
    {"Content_MD5": b64(hashlib.md5(b"123456789").digest())},
    {"x_amz_checksum_sha256": b64(hashlib.sha256(b"123456789").digest())},
    {"x_amz_checksum_crc32": b64(zlib.crc32(b"123456789").to_bytes(4, "big"))},
    {"x_amz_checksum_crc32c": CRC32C_OF_CHECK}, {"x_amz_checksum_crc64nvme": CRC64_OF_CHECK}])
def test_a_declared_digest_is_verified(file, headers):
    """[Upload in parts] A part that is not what was declared leaves the one before as it was."""
    assert file.put(1, b"123456789", **headers).status_code == 200
    storage_error(file.put(1, b"12345678X", **headers), 400, "BadDigest")
    storage_error(file.put(2, b"12345678X", **headers), 400, "BadDigest")
    assert file.list()["parts"] == [{"part_number": 1, "size": 9, "etag": md5(b"123456789")}]
    storage_error(file.put(1, b"123456789", **dict.fromkeys(headers, "?")), 400, "InvalidDigest")


def test_a_part_that_is_too_large_is_refused_at_once(file):
    """[Parts, decided]"""
    storage_error(file.put(1, bytes(LEAST + 1)), 400, "EntityTooLarge")
    storage_error(file.put(1, iter([bytes(LEAST), b"x"])), 400, "EntityTooLarge")
    assert file.list()["parts"] == []
    assert file.put(1, iter([bytes(MIB)] * 5)).status_code == 200


def test_the_last_part_is_no_larger_than_what_is_left(api):
    """[Upload in parts]"""
    file = FileInParts(api, api.initiate(), size=LEAST + 10, part_size=LEAST)
    storage_error(file.put(2, bytes(11)), 400, "EntityTooLarge")
    assert file.put(2, bytes(10)).status_code == 200


def test_a_part_after_the_end_is_404(file):
    """[Parts, decided]"""
    url = file.url(1)
    assert put(url, b"x").status_code == 200
    file.complete()
    storage_error(put(url, b"y"), 404, "NoSuchUpload")
    again = FileInParts(file.api, file.upload)
    url = again.url(1)
    again.op("abort")
    storage_error(put(url, b"y"), 404, "NoSuchUpload")


def test_a_part_of_a_failed_session_is_404(file):
    """[Parts, decided]"""
    url = file.url(1)
    file.api.call("uploads.fail", {"upload_id": file.upload, "error_message": "no"})
    storage_error(put(url, b"y"), 404, "NoSuchUpload")


# list


def test_parts_are_listed_by_number_in_pages(file):
    """[Upload in parts] The last that came counts."""
    assert file.list() == {"file_name": "scene.tif", "part_size": LEAST, "parts": []}
    for number in (3, 1, 2, 1):
        file.put(number, bytes([number]) * number)
    file.put(1, b"again")
    told = [{"part_number": 1, "size": 5, "etag": md5(b"again")}, {"part_number": 2, "size": 2, "etag": md5(b"\2\2")},
            {"part_number": 3, "size": 3, "etag": md5(b"\3\3\3")}]
    assert file.list()["parts"] == told
    first = file.list(limit=2)
    assert (first["parts"], first["next_after"]) == (told[:2], 2)
    rest = file.list(after=2, limit=2)
    assert rest["parts"] == told[2:] and "next_after" not in rest
    assert faulty_fields(file.op("list", limit=0)) == {"limit"}


def test_a_list_tells_the_size_if_it_was_told(api):
    """[Upload in parts]"""
    assert FileInParts(api, api.initiate(), size=7).list()["size"] == 7


def test_a_session_shows_what_has_come(api):
    """[Upload in parts]"""
    upload = api.initiate(10)
    file = FileInParts(api, upload, size=LEAST + 20, part_size=LEAST)
    api.send(upload, "other.tif", b"12345")
    shown = api.call("uploads.get", {"upload_id": upload})
    assert shown["status"] == "uploading" and shown["item_ids"] == [] and shown["warnings"] == []
    assert shown["files"] == [
        {"file_name": "other.tif", "size": 5, "state": "stored", "etag": md5(b"12345"),
         "sha256": hashlib.sha256(b"12345").hexdigest()},
        {"file_name": "scene.tif", "size": LEAST + 20, "state": "open", "parts_id": file.id, "part_size": LEAST}]
    listed = api.call("uploads.list", {"project_id": api.project})
    assert listed == {"uploads": [shown], "total": 1}
    assert api.call("uploads.list", {"project_id": api.project, "status": "failed"}) == {"uploads": [], "total": 0}


# complete


def test_a_choice_may_quote_its_etags(file):
    """[Upload in parts]"""
    file.send([bytes(LEAST), b"x"])
    choice = [{"part_number": 1, "etag": f'"{md5(bytes(LEAST)).upper()}"'}, {"part_number": 2, "etag": md5(b"x")}]
    assert file.complete(parts=choice)["etag"] == etag_of([bytes(LEAST), b"x"])


def test_a_second_complete_of_the_same_parts_is_the_same(file):
    """[Parts, decided]"""
    file.send([bytes(LEAST), b"x"])
    choice = [{"part_number": 1, "etag": md5(bytes(LEAST))}, {"part_number": 2, "etag": md5(b"x")}]
    done = file.complete()
    assert file.complete() == done
    assert file.complete(parts=choice) == done
    problem(file.op("complete", parts=choice[:1]), 409)
    problem(file.op("complete", parts=[choice[0], {"part_number": 2, "etag": "0" * 32}]), 409)


def test_what_the_parts_do_not_meet_leaves_them_open(file):
    """[Upload in parts] Wrong, missing, unordered; then the right ones are taken all the same."""
    problem(file.op("complete"), 409)
    assert faulty_fields(file.op("complete", parts=[])) == {"parts"}
    parts = [bytes(LEAST), b"x"]
    file.send(parts)
    one, two = ({"part_number": n, "etag": md5(part)} for n, part in enumerate(parts, 1))
    for wrong in ([two, one], [one, one], [one, {**two, "etag": "0" * 32}], [one, two, {"part_number": 3, "etag": "0" * 32}]):
        assert faulty_fields(file.op("complete", parts=wrong)) == {"parts"}
    file.complete(parts=[one, two])


def test_without_a_choice_no_number_may_be_missing(file):
    """[Upload in parts]"""
    file.put(1, bytes(LEAST))
    file.put(3, b"x")
    assert "Part 2" in problem(file.op("complete"), 409)["detail"]
    file.put(2, bytes(LEAST))
    assert file.complete()["size"] == 2 * LEAST + 1


@pytest.mark.parametrize("first", [LEAST - 1, 1])
def test_all_parts_but_the_last_have_the_part_size(file, first):
    """[Upload in parts]"""
    file.send([bytes(first), b"x"])
    problem(file.op("complete"), 409)
    file.put(1, bytes(LEAST))
    file.complete()


def test_the_sum_is_the_size_that_was_told(api):
    """[Upload in parts]"""
    file = FileInParts(api, api.initiate(), size=LEAST + 10, part_size=LEAST)
    file.send([bytes(LEAST), bytes(9)])
    problem(file.op("complete"), 409)
    file.put(2, bytes(10))
    file.complete()


def test_a_later_file_of_the_name_takes_the_place(server, own):
    """[Upload in parts] As a PUT does; the bytes before go."""
    def key() -> str:
        [row] = catalog.rows(server.installation, f"SELECT blob_key FROM upload_file WHERE upload_id = '{file.upload}'")
        return row["blob_key"]

    file = FileInParts(own, own.initiate(), "a.bin")
    file.send([b"first"])
    file.complete()
    keys = [key()]
    own.send(file.upload, "a.bin", b"second one")
    keys.append(key())
    again = FileInParts(own, file.upload, "a.bin")
    again.send([b"third"])
    again.complete()
    keys.append(key())
    assert files_of(own, file.upload)["a.bin"]["etag"] == etag_of([b"third"])
    assert own.storage()["reserved_bytes"] == 5
    assert catalog.stored_blobs(server.installation) & set(keys) == {keys[-1]}


def test_open_parts_keep_their_session_from_completing(api, raster):
    """[Parts, decided] Which says whose they are."""
    upload = api.initiate()
    api.send(upload, "scene.tif", raster)
    file = FileInParts(api, upload, "more.tif")
    assert "'more.tif'" in problem(api.op("uploads.complete", {"upload_id": upload}), 409)["detail"]
    file.op("abort")
    assert len(api.complete(upload)) == 1


def test_after_completion_sign_and_abort_are_409(file):
    """[Parts, decided]"""
    file.send([b"x"])
    file.complete()
    problem(file.op("sign", part_numbers=[1]), 409)
    problem(file.op("abort"), 409)
    assert file.list()["parts"] == []


def test_an_aborted_upload_is_over(server, file):
    """[Upload in parts]"""
    file.send([bytes(LEAST), b"x"])
    assert catalog.open_parts(server.installation)
    for _ in range(2):
        assert file.op("abort").json() == {"ok": True}
    problem(file.op("complete"), 409)
    problem(file.op("sign", part_numbers=[1]), 409)
    assert file.list()["parts"] == []
    assert files_of(file.api, file.upload) == {}


@pytest.mark.parametrize("verb", ["sign", "list", "complete", "abort"])
def test_what_is_not_there_is_404(api, verb):
    """[Upload in parts]"""
    body = {"parts_id": "pu_unknown"} | ({"part_numbers": [1]} if verb == "sign" else {})
    problem(api.op(f"uploads.parts.{verb}", body), 404)


# Quota


def test_arriving_parts_show_beyond_the_reservation(own):
    """[Parts, decided] What is sent again gives its place back, and so does an abort."""
    def reserved() -> tuple[int, int]:
        return (own.call("uploads.get", {"upload_id": file.upload})["reserved_bytes"], own.storage()["reserved_bytes"])

    file = FileInParts(own, own.initiate(100), part_size=LEAST)
    file.put(1, bytes(60))
    assert reserved() == (100, 100)
    file.put(2, bytes(60))
    assert reserved() == (120, 120)
    file.put(2, bytes(50))
    assert reserved() == (110, 110)
    file.put(2, bytes(10))
    assert reserved() == (100, 100)
    file.put(3, bytes(500))
    file.op("abort")
    assert reserved() == (100, 100)


def test_what_does_not_fit_the_quota_is_refused(server, own):
    """[Upload in parts] As a PUT of a whole file is; completing then says 402."""
    server.installation.set_quota(own.organization, 1000)
    file = FileInParts(own, own.initiate(), "a.bin")
    assert file.put(1, bytes(1000)).status_code == 200
    storage_error(file.put(2, bytes(1)), 413, "EntityTooLarge")
    assert file.put(1, bytes(990)).status_code == 200
    assert file.put(2, bytes(10)).status_code == 200
    storage_error(file.put(2, iter([bytes(11)])), 413, "EntityTooLarge")
    assert own.storage()["reserved_bytes"] == 1000
    problem(file.op("complete"), 402)
    file.op("abort")
    assert own.storage()["reserved_bytes"] == 0


def test_a_failed_session_gives_everything_back(server, own):
    """[Upload in parts]"""
    file = FileInParts(own, own.initiate(10), part_size=LEAST)
    file.send([bytes(LEAST), bytes(LEAST)])
    own.call("uploads.fail", {"upload_id": file.upload, "error_message": "no"})
    assert own.storage()["reserved_bytes"] == 0
    problem(file.op("complete"), 409)
    key = catalog.rows(server.installation, f"SELECT blob_key FROM part_upload WHERE id = '{file.id}'")[0]["blob_key"]
    assert key not in catalog.open_parts(server.installation) | catalog.stored_blobs(server.installation)


# Several at once


def race(*calls) -> list[httpx.Response]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def key_of(server, file: FileInParts) -> str:
    [row] = catalog.rows(server.installation, f"SELECT blob_key FROM part_upload WHERE id = '{file.id}'")
    return row["blob_key"]


@pytest.mark.parametrize("round_", range(6))
def test_of_completes_and_aborts_at_once_one_kind_wins(server, own, round_):
    """[design section 7] No orphan stays, and the quota is exact."""
    file = FileInParts(own, own.initiate(), part_size=LEAST)
    file.send([bytes(LEAST), bytes([round_])])
    url = file.url(2)
    answers = race(*[lambda: file.op("complete")] * 4, *[lambda: file.op("abort")] * 4,
                   *[lambda: put(url, bytes([round_]))] * 4)
    completed = [answer.status_code for answer in answers[:4]]
    aborted = [answer.status_code for answer in answers[4:8]]
    assert set(completed) | set(aborted) <= {200, 409}
    assert (200 in completed) != (200 in aborted), (completed, aborted)
    assert {answer.status_code for answer in answers[8:]} <= {200, 404, 503}
    stored = catalog.stored_blobs(server.installation)
    assert (key_of(server, file) in stored) == (200 in completed)
    assert key_of(server, file) not in catalog.open_parts(server.installation)
    assert own.storage()["reserved_bytes"] == (LEAST + 1 if 200 in completed else 0)
    assert not catalog.disagreements(server.installation)


@pytest.mark.parametrize("round_", range(4))
def test_a_part_that_was_acknowledged_is_in_the_file(server, own, round_):
    """[design section 7] Whoever is told 200 for a part before the file is complete finds it in there."""
    file = FileInParts(own, own.initiate(), part_size=LEAST)
    file.send([bytes(LEAST), b"-"])
    url = file.url(2)
    letters = [bytes([65 + n]) * 3 for n in range(6)]
    answers = race(*[lambda letter=letter: put(url, letter) for letter in letters], lambda: file.op("complete"))
    done = answers[-1]
    assert done.status_code in (200, 409)
    if done.status_code == 409:
        done = file.op("complete")
    assert done.status_code == 200
    possible = {etag_of([bytes(LEAST), last]) for last in [b"-", *letters]}
    assert done.json()["etag"] in possible
    acknowledged = any(answer.status_code == 200 for answer in answers[:-1])
    assert not acknowledged or done.json()["etag"] != etag_of([bytes(LEAST), b"-"])
    assert not catalog.disagreements(server.installation)


def test_parts_may_come_all_at_once(own):
    """[Upload in parts]"""
    content = noise(6 * LEAST + 17)
    file = FileInParts(own, own.initiate(len(content)), "a.bin", size=len(content), part_size=LEAST)
    parts = split(content, LEAST)
    answers = race(*[lambda number=number: file.put(number, parts[number - 1]) for number in range(1, len(parts) + 1)])
    assert {answer.status_code for answer in answers} == {200}
    assert file.complete()["etag"] == etag_of(parts)
    assert own.storage()["reserved_bytes"] == len(content)
