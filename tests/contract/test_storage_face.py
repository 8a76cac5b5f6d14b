"""The object store behind signed URLs, as S3 clients know it. Design: section 7."""

from __future__ import annotations

import base64
import hashlib
import zlib

import httpx
import numpy as np
import pytest

from support.answers import storage_error
from support.api import get, put, wait_for
from support.presigned import signed_earlier
from support.rasters import geotiff, small_scene
from support.raw_http import RawConnection

CONTENT = small_scene()


@pytest.fixture
def url(api) -> str:
    """A URL to PUT `scene.tif` to."""
    return api.sign(api.initiate(), "scene.tif")


@pytest.fixture(scope="module")
def file_url(scene) -> str:
    """A URL that gives the shared scene's bytes."""
    return scene.api.download(scene.item_id)


def b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def altered(url: str, name: str, value: str) -> str:
    """The URL with one query parameter replaced."""
    return str(httpx.URL(url).copy_set_param(name, value))


# PUT


def test_a_put_answers_200_with_the_md5_as_etag(url):
    """[A018, section 7.1]"""
    answer = put(url, CONTENT)
    assert answer.status_code == 200
    assert answer.headers["etag"] == f'"{hashlib.md5(CONTENT).hexdigest()}"'


def test_another_content_type_than_signed_is_refused(url):
    """[A018, design section 7]"""
    storage_error(put(url, CONTENT, "application/octet-stream"), 403, "SignatureDoesNotMatch")


def test_an_unsaid_content_type_is_octet_stream(api):
    """[A058]"""
    made = api.call("uploads.signed_url", {"upload_id": api.initiate(), "file_name": "a.bin"})
    storage_error(put(made["upload_url"], b"x", "image/tiff"), 403)
    assert put(made["upload_url"], b"x", "application/octet-stream").status_code == 200


@pytest.mark.parametrize(("name", "value"), [
    ("X-Amz-Signature", "0" * 64), ("X-Amz-Signature", ""), ("X-Amz-Expires", "604800"), ("X-Amz-Date", "20200101T000000Z"),
    ("X-Amz-SignedHeaders", "host;range"), ("X-Amz-Credential", "x/20240101/us-east-1/s3/aws4_request"), ("extra", "1")])
def test_an_altered_url_is_403(url, file_url, name, value):
    """[A070]"""
    storage_error(put(altered(url, name, value), CONTENT), 403)
    storage_error(get(altered(file_url, name, value)), 403)


def test_another_path_under_the_same_signature_is_403(api, url):
    """[A070, design section 12]"""
    storage_error(put(url.replace("scene.tif", "other.tif"), CONTENT), 403)
    storage_error(put(url.replace("scene.tif", "../scene.tif"), CONTENT), 403)


def test_a_url_without_signature_is_403(url):
    """[design section 2]"""
    storage_error(put(url.split("?")[0], CONTENT), 403, "AccessDenied")
    storage_error(get(url.split("?")[0]), 403, "AccessDenied")


@pytest.mark.parametrize("name", ["X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires",
                                  "X-Amz-SignedHeaders", "X-Amz-Signature"])
def test_a_url_that_lost_a_parameter_is_400(url, name):
    """[design section 7]"""
    lost = str(httpx.URL(url).copy_remove_param(name))
    storage_error(put(lost, CONTENT), 400, "AuthorizationQueryParametersError")


def test_a_url_is_bound_to_its_method(url, file_url):
    """[design section 12]"""
    assert put(url, CONTENT).status_code == 200
    storage_error(get(url, Content_Type="image/tiff"), 403)
    storage_error(put(file_url, CONTENT), 403)
    for method in ("DELETE", "POST", "PATCH"):
        assert httpx.request(method, url, content=b"").status_code in (403, 405, 501)


def test_an_api_key_does_not_help_a_bad_url(api, url):
    """[design section 2]"""
    answer = api.http.put(altered(url, "X-Amz-Signature", "0" * 64), content=CONTENT, headers={"Content-Type": "image/tiff"})
    storage_error(answer, 403)


def test_an_expired_url_is_403_and_a_new_one_works(server, api):
    """[A020, A069]"""
    upload = api.initiate()
    url = api.sign(upload, "scene.tif")
    storage_error(put(signed_earlier(server.installation, url, 3605, "PUT", content_type="image/tiff"), CONTENT), 403,
                  "AccessDenied")
    late = signed_earlier(server.installation, url, 3500, "PUT", content_type="image/tiff")
    assert put(late, CONTENT).status_code == 200
    assert put(api.sign(upload, "scene.tif"), CONTENT).status_code == 200
    assert len(api.complete(upload)) == 1


def test_a_matching_content_md5_is_accepted_and_a_wrong_one_is_bad_digest(url):
    """[design section 7]"""
    storage_error(put(url, CONTENT, Content_MD5=b64(hashlib.md5(b"other").digest())), 400, "BadDigest")
    storage_error(put(url, CONTENT, Content_MD5="not base64"), 400, "InvalidDigest")
    assert put(url, CONTENT, Content_MD5=b64(hashlib.md5(CONTENT).digest())).status_code == 200


def test_a_sha256_checksum_is_verified(url):
    """[design section 7]"""
    wrong = b64(hashlib.sha256(b"other").digest())
    storage_error(put(url, CONTENT, x_amz_checksum_sha256=wrong), 400)
    assert put(url, CONTENT, x_amz_checksum_sha256=b64(hashlib.sha256(CONTENT).digest())).status_code == 200


@pytest.mark.parametrize(("kind", "digest"), [
    ("crc32", zlib.crc32(CONTENT).to_bytes(4, "big")), ("sha1", hashlib.sha1(CONTENT).digest())])
def test_other_checksums_are_verified_and_given_back(url, kind, digest):
    """[design section 7]"""
    name, wrong = f"x_amz_checksum_{kind}", bytes([digest[0] ^ 1]) + digest[1:]
    storage_error(put(url, CONTENT, **{name: b64(wrong)}), 400, "BadDigest")
    storage_error(put(url, CONTENT, **{name: b64(digest[1:])}), 400, "InvalidDigest")
    answer = put(url, CONTENT, **{name: b64(digest)})
    assert answer.status_code == 200
    assert answer.headers[name.replace("_", "-")] == b64(digest)


def test_a_declared_payload_hash_is_verified(url):
    """[S3: x-amz-content-sha256]"""
    good = hashlib.sha256(CONTENT).hexdigest()
    assert put(url, CONTENT, x_amz_content_sha256=good).status_code == 200
    assert put(url, CONTENT, x_amz_content_sha256="UNSIGNED-PAYLOAD").status_code == 200
    storage_error(put(url, CONTENT, x_amz_content_sha256="0" * 64), 400, "XAmzContentSHA256Mismatch")
    storage_error(put(url, CONTENT, x_amz_content_sha256="nonsense"), 400, "InvalidArgument")


@pytest.mark.parametrize("name, value", [("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
                                         ("Content-Encoding", "aws-chunked"), ("x-amz-copy-source", "/landfall/other"),
                                         ("x-amz-trailer", "x-amz-checksum-crc32"), ("If-None-Match", "*"),
                                         ("If-Match", '"0"')])
def test_a_header_that_asks_for_more_than_storing_the_body_is_refused_and_not_ignored(api, name, value):
    """The framing of aws-chunked would become the file, a condition would overwrite. [design section 7]"""
    upload = api.initiate()
    url = api.sign(upload, "scene.tif")
    assert put(url, CONTENT).status_code == 200
    framed = b"3\r\nabc\r\n0\r\n\r\n"
    answer = httpx.put(url, content=framed, headers={"Content-Type": "image/tiff", name: value})
    storage_error(answer, 501, "NotImplemented")
    assert name in answer.text
    [item] = api.complete(upload)
    assert get(api.download(item)).content == CONTENT


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_put_without_a_length_is_411_and_not_an_empty_file(api, version):
    """[design section 7: as S3 does]"""
    upload = api.initiate()
    url = api.sign(upload, "scene.tif")
    assert put(url, CONTENT).status_code == 200
    with RawConnection(url) as wire:
        wire.send(f"PUT {wire.target} HTTP/{version}\r\nHost: {wire.host}\r\nContent-Type: image/tiff\r\n\r\n".encode())
        status, headers = wire.read_head()
        assert status == 411 and b"MissingContentLength" in wire.read_body(headers)
    [item] = api.complete(upload)
    assert get(api.download(item)).content == CONTENT


def test_a_refused_body_leaves_nothing_behind(api):
    """[design section 7]"""
    upload = api.initiate()
    url = api.sign(upload, "scene.tif")
    put(url, CONTENT, Content_MD5=b64(hashlib.md5(b"other").digest()))
    assert api.op("uploads.complete", {"upload_id": upload}).status_code == 409


def test_the_last_of_several_puts_counts(api):
    """[section 7.1, design section 7]"""
    upload = api.initiate()
    url = api.sign(upload, "scene.tif")
    assert put(url, small_scene(5)).status_code == 200
    assert put(url, CONTENT).status_code == 200
    [item] = api.complete(upload)
    assert get(api.download(item)).content == CONTENT


def test_a_body_of_unknown_length_is_accepted(api):
    """[A067]"""
    upload = api.initiate()
    url = api.sign(upload, "scene.tif")
    pieces = [CONTENT[n:n + 100] for n in range(0, len(CONTENT), 100)]
    assert put(url, iter(pieces)).status_code == 200
    [item] = api.complete(upload)
    assert get(api.download(item)).content == CONTENT


def test_expect_100_continue_is_answered_before_the_body(url):
    """[design section 7]"""
    with RawConnection(url) as wire:
        wire.send_head("PUT", "Content-Type: image/tiff", f"Content-Length: {len(CONTENT)}", "Expect: 100-continue")
        assert wire.read_head()[0] == 100
        wire.send(CONTENT)
        assert wire.read_head()[0] == 200


def test_expect_100_continue_with_a_bad_url_gets_no_continue(url):
    """[design section 7]"""
    with RawConnection(altered(url, "X-Amz-Signature", "0" * 64)) as wire:
        wire.send_head("PUT", "Content-Type: image/tiff", f"Content-Length: {1 << 30}", "Expect: 100-continue")
        assert wire.read_head()[0] == 403


def test_a_half_sent_body_leaves_nothing_behind(api):
    """[design section 7]"""
    upload = api.initiate()
    url = api.sign(upload, "scene.tif")
    with RawConnection(url) as wire:
        wire.send_head("PUT", "Content-Type: image/tiff", f"Content-Length: {len(CONTENT)}")
        wire.send(CONTENT[:100])
    assert api.op("uploads.complete", {"upload_id": upload}).status_code == 409
    assert put(url, CONTENT).status_code == 200
    assert len(api.complete(upload)) == 1


@pytest.mark.parametrize("lines", [("Content-Length: 5", "Transfer-Encoding: chunked"), ("Content-Length: 5", "Content-Length: 6"),
                                   ("Content-Length: -5",), ("Content-Length: five",), ("Transfer-Encoding: gzip, chunked, chunked",)])
def test_a_body_of_doubtful_length_is_refused(url, lines):
    """[design section 12]"""
    with RawConnection(url) as wire:
        wire.send_head("PUT", "Content-Type: image/tiff", *lines)
        wire.send(b"5\r\nhello\r\n0\r\n\r\n")
        assert wire.read_head()[0] in (400, 501)


def test_a_part_of_a_file_is_refused_and_not_taken_for_the_whole(url):
    """[RFC 9110, section 14.5]"""
    assert put(url, b"whole").status_code == 200
    storage_error(put(url, b"part", Content_Range="bytes 0-3/9"), 400, "InvalidRequest")


def test_a_put_after_complete_is_403_and_changes_nothing(api):
    """[design section 7]"""
    upload = api.initiate()
    url = api.sign(upload, "scene.tif")
    assert put(url, CONTENT).status_code == 200
    [item] = api.complete(upload)
    storage_error(put(url, small_scene(7)), 403)
    assert get(api.download(item)).content == CONTENT


def test_a_larger_file_goes_up_and_down_unchanged(api):
    """[A068, design section 7]"""
    noise = np.random.default_rng(1).integers(1, 255, (3, 1700, 1700), "uint8")
    content = geotiff(noise, compress="none")
    upload = api.initiate(len(content))
    answer = api.send(upload, "noise.tif", content)
    assert answer.headers["etag"] == f'"{hashlib.md5(content).hexdigest()}"'
    [item] = api.complete(upload)
    assert hashlib.sha256(get(api.download(item)).content).digest() == hashlib.sha256(content).digest()


# GET and HEAD


def test_a_whole_file_has_length_etag_type_and_says_that_ranges_work(scene, file_url):
    """[section 7.9]"""
    answer = get(file_url)
    assert answer.headers["content-length"] == str(len(scene.content))
    assert answer.headers["etag"] == f'"{hashlib.md5(scene.content).hexdigest()}"'
    assert answer.headers["accept-ranges"] == "bytes"
    assert "last-modified" in answer.headers


def test_head_tells_the_same_without_the_bytes(scene, file_url):
    """[section 7.9]"""
    answer = get(file_url, "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    whole = get(file_url)
    for name in ("content-length", "etag", "content-type", "content-disposition", "last-modified"):
        assert answer.headers[name] == whole.headers[name], name


@pytest.mark.parametrize(("text", "start", "end"), [("bytes=0-0", 0, 1), ("bytes=10-99", 10, 100), ("bytes=100-", 100, None),
                                                    ("bytes=-50", -50, None), ("bytes=5-99999999", 5, None), ("bytes=-99999999", 0, None)])
def test_a_range_is_206(scene, file_url, text, start, end):
    """[section 7.9]"""
    answer = get(file_url, Range=text)
    expected = scene.content[start:end]
    first = start % len(scene.content)
    assert answer.status_code == 206
    assert answer.content == expected
    assert answer.headers["content-length"] == str(len(expected))
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{len(scene.content)}"


def test_a_range_beyond_the_end_is_416(scene, file_url):
    """[section 7.9]"""
    answer = get(file_url, Range=f"bytes={len(scene.content)}-")
    storage_error(answer, 416, "InvalidRange")
    assert answer.headers["content-range"] == f"bytes */{len(scene.content)}"


@pytest.mark.parametrize("text", ["bytes=9-5", "bytes=a-b", "items=0-5", "bytes=", "0-5"])
def test_a_range_that_is_none_is_ignored(scene, file_url, text):
    """[section 7.9]"""
    answer = get(file_url, Range=text)
    assert (answer.status_code, answer.content) == (200, scene.content)


def test_conditions_are_honoured(file_url):
    """[design section 7]"""
    whole = get(file_url)
    etag, modified = whole.headers["etag"], whole.headers["last-modified"]
    old = "Mon, 01 Jan 2001 00:00:00 GMT"
    assert get(file_url, If_None_Match=etag).status_code == 304
    assert get(file_url, If_None_Match='"other"').status_code == 200
    assert get(file_url, If_Modified_Since=modified).status_code == 304
    assert get(file_url, If_Modified_Since=old).status_code == 200
    assert get(file_url, If_Match=etag).status_code == 200
    storage_error(get(file_url, If_Match='"other"'), 412, "PreconditionFailed")
    storage_error(get(file_url, If_Unmodified_Since=old), 412, "PreconditionFailed")
    assert get(file_url, Range="bytes=0-9", If_Range=etag).status_code == 206
    assert get(file_url, Range="bytes=0-9", If_Range='"other"').status_code == 200


def test_a_304_has_no_body_and_keeps_the_etag(file_url):
    """[design section 7]"""
    etag = get(file_url).headers["etag"]
    answer = get(file_url, If_None_Match=etag)
    assert answer.content == b""
    assert answer.headers["etag"] == etag


def test_ranges_are_what_egress_counts(own):
    """[A083]"""
    url = own.download(own.upload_one(CONTENT))
    get(url, "HEAD")
    get(url, Range="bytes=0-99")
    wait_for("the egress", lambda: own.usage()["egress"]["bytes"] == 100)


# CORS


@pytest.mark.parametrize("method", ["PUT", "GET"])
def test_browsers_may_use_signed_urls(url, method):
    """[section 1.5, section 7.1]"""
    answer = httpx.options(url, headers={"Origin": "https://console.example.org", "Access-Control-Request-Method": method,
                                         "Access-Control-Request-Headers": "content-type"})
    assert answer.status_code in (200, 204)
    assert answer.headers["access-control-allow-origin"] in ("*", "https://console.example.org")
    assert method in answer.headers["access-control-allow-methods"]
    assert "content-type" in answer.headers["access-control-allow-headers"].lower()


def test_browsers_may_call_operations_and_read_the_headers_they_need(api, file_url):
    """[section 1.5]"""
    origin = {"Origin": "https://console.example.org"}
    asked = {"Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "authorization,x-api-key,content-type,idempotency-key"}
    answer = httpx.options(f"{api.base_url}/v1/op/items.get", headers=origin | asked)
    assert answer.status_code in (200, 204)
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in asked["Access-Control-Request-Headers"].split(","))
    for reply in (api.op("items.get", headers=origin), httpx.get(file_url, headers=origin)):
        assert reply.headers["access-control-allow-origin"] in ("*", origin["Origin"])
        exposed = reply.headers["access-control-expose-headers"].lower()
        assert all(name in exposed for name in ("etag", "content-range", "retry-after"))


def test_an_unknown_object_or_bucket_gives_nothing_away(api, url):
    """[design section 12]"""
    for path in ("/storage/", "/storage/landfall", "/storage/landfall/", "/storage/other/x", "/storage/landfall/%2e%2e/x"):
        assert api.with_key(None).http.get(path).status_code in (403, 404)
