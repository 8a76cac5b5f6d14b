"""Parts of an upload, and their completion. Contract: swisstopo.md sections 14.5, 14.6 and 15, seed 003."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
import pytest

from support.answers import storage_error
from support.stac import LEAST_PART, NOT_IN_PROGRESS, SMALL, accepted, bodiless, checksum, fetch, link, md5_of, put_part, refused

PARTS = (b"\x01" * LEAST_PART, b"\x02" * LEAST_PART, b"the end")
MD5 = md5_of(SMALL)


# Parts


def test_a_part_is_taken(upload):
    """[S90]"""
    answer = bodiless(upload.send(1), 200)
    assert answer.headers["etag"] == f'"{hashlib.md5(SMALL).hexdigest()}"'


@pytest.mark.parametrize("kind", ["application/octet-stream", "image/tiff", "text/html", "application/json"])
def test_a_part_is_of_no_particular_type(upload, kind):
    """[section 15]"""
    accepted(httpx.put(upload.url(1), content=SMALL, headers={"Content-MD5": MD5, "Content-Type": kind}))


def test_a_part_of_other_bytes_is_400(stac, upload):
    """[S90, S91]"""
    storage_error(upload.send(1, b"other bytes"), 400, "BadDigest")
    assert stac.read(f"{upload.path}/parts")["parts"] == []


def test_a_part_of_other_bytes_with_their_md5_is_400(stac, upload):
    """[S90: bound to the declared one]"""
    storage_error(upload.send(1, b"other bytes", md5_of(b"other bytes")), 400, "BadDigest")
    assert stac.read(f"{upload.path}/parts")["parts"] == []


@pytest.mark.parametrize("md5", [None, "", "x", md5_of(b"other"), "1B2M2Y8AsgTpgAmY7PhCfg=="])
def test_a_part_wants_its_md5(stac, upload, md5):
    """[S90]"""
    answer = put_part(upload.url(1), SMALL, md5)
    assert storage_error(answer, answer.status_code) in ("BadDigest", "SignatureDoesNotMatch", "InvalidDigest")
    assert answer.status_code == (403 if md5 is None else 400) or md5 == "" and answer.status_code == 403
    assert stac.read(f"{upload.path}/parts")["parts"] == []


def tampered(url: str) -> list[str]:
    """The URL with each parameter of its query changed or gone, and with another path."""
    parts, query = urlsplit(url), parse_qsl(urlsplit(url).query)
    found = [urlunsplit(parts._replace(path=parts.path + "x"))]
    for turn, (name, value) in enumerate(query):
        for other in ([(name, value[:-1] + ("1" if value[-1:] != "1" else "2"))], []):
            found.append(urlunsplit(parts._replace(query=urlencode(query[:turn] + other + query[turn + 1:]))))
    return found


def test_a_tampered_url_is_refused(stac, upload):
    """[S90]"""
    for url in tampered(upload.url(1)):
        answer = put_part(url, SMALL, MD5)
        assert answer.status_code in (400, 403, 404), (url, answer.status_code)
    assert stac.read(f"{upload.path}/parts")["parts"] == []


def test_a_url_is_for_putting_only(upload):
    """[section 15]"""
    for method in ("GET", "HEAD", "DELETE", "POST"):
        assert httpx.request(method, upload.url(1), headers={"Content-MD5": MD5}).status_code in (403, 404, 405, 501)


def test_the_url_of_a_part_is_for_that_part(stac, asset):
    """[section 15: bound to the part number]"""
    upload = stac.begin(asset, *PARTS)
    storage_error(put_part(upload.url(2), PARTS[0], md5_of(PARTS[0])), 400, "BadDigest")
    assert stac.read(f"{upload.path}/parts")["parts"] == []


def test_the_list_of_parts(stac, asset):
    """[S91]"""
    upload = stac.begin(asset, *PARTS)
    assert stac.read(f"{upload.path}/parts") == {"parts": [], "links": []}
    for number in (3, 1):
        accepted(upload.send(number))
    told = stac.read(f"{upload.path}/parts")
    assert [set(part) for part in told["parts"]] == [{"etag", "part_number", "modified", "size"}] * 2
    assert [(part["part_number"], part["size"], part["etag"]) for part in told["parts"]] == [
        (number, len(PARTS[number - 1]), f'"{hashlib.md5(PARTS[number - 1]).hexdigest()}"') for number in (1, 3)]
    assert all(datetime.fromisoformat(part["modified"]).utcoffset() == timedelta(0) for part in told["parts"])


def test_sending_again_replaces(stac, upload):
    """[S91]"""
    for _ in range(3):
        accepted(upload.send(1))
    assert [part["part_number"] for part in stac.read(f"{upload.path}/parts")["parts"]] == [1]


def test_parts_are_paged_by_number(stac, asset):
    """[section 14.5, section 6: offset pages]"""
    upload = stac.begin(asset, *[b"%d" % n for n in range(1, 8)])
    upload.send_all()
    def numbers(page: dict) -> list[int]:
        return [part["part_number"] for part in page["parts"]]
    assert numbers(stac.read(f"{upload.path}/parts", {"limit": 3})) == [1, 2, 3]
    assert numbers(stac.read(f"{upload.path}/parts", {"offset": 5})) == [6, 7]
    pages = list(stac.pages(f"{upload.path}/parts", {"limit": 3}))
    assert [numbers(page) for page in pages] == [[1, 2, 3], [4, 5, 6], [7]]
    assert "limit=3" in link(pages[0], "next") and "offset=3" in link(pages[0], "next")
    assert link(pages[0], "previous") is None and link(pages[1], "previous") and link(pages[2], "next") is None


@pytest.mark.parametrize("query", [{"offset": "-1"}, {"offset": "x"}, {"limit": "0"}, {"limit": "x"}, {"limit": "-1"}])
def test_a_page_of_parts_that_is_none_is_400(stac, upload, query):
    """[section 6]"""
    refused(stac.get(f"{upload.path}/parts", query), 400)


# Completing


def test_an_upload_is_completed(stac, asset):
    """[S92]"""
    upload = stac.begin(asset, *PARTS)
    for number in (2, 3, 1):
        accepted(upload.send(number))
    answer = accepted(upload.complete(upload.send_all()))
    told = answer.json()
    assert told["status"] == "completed" and "urls" not in told and "aborted" not in told
    assert datetime.fromisoformat(told["completed"]) >= datetime.fromisoformat(told["created"])
    assert told == upload.read()
    now = stac.read(asset)
    assert now["file:checksum"] == checksum(b"".join(PARTS))
    assert fetch(now["href"]).content == b"".join(PARTS)


@pytest.mark.parametrize("quoted", [True, False])
def test_etags_come_with_and_without_quotes(upload, quoted):
    """[S93]"""
    parts = upload.send_all()
    assert parts[0]["etag"].startswith('"')
    if not quoted:
        parts[0]["etag"] = parts[0]["etag"].strip('"')
    accepted(upload.complete(parts))


ETAG = f'"{hashlib.md5(SMALL).hexdigest()}"'
GOOD = {"part_number": 1, "etag": ETAG}


@pytest.mark.parametrize(("body", "description"), [
    ({}, {"parts": "Missing required field"}), ({"parts": []}, {"parts": ["This list may not be empty."]}),
    ({"parts": ["x"]}, {"parts": {"0": {"non_field_errors": ["Invalid data. Expected a dictionary, but got str."]}}}),
    ({"parts": [7]}, {"parts": {"0": {"non_field_errors": ["Invalid data. Expected a dictionary, but got int."]}}}),
    ({"parts": [GOOD, {"part_number": 2, "etag": ETAG}]}, {"parts": ["Too many parts"]}),
    ({"parts": [GOOD, {}]}, {"parts": ["Too many parts"]}),
    ({"parts": "x"}, ...), ({"parts": None}, ...), ({"parts": {}}, ...), ({"parts": [None]}, ...)])
def test_a_completion_that_is_wrong_is_400_and_changes_nothing(stac, upload, body, description):
    """[S94]"""
    parts = upload.send_all()
    refused(stac.post(f"{upload.path}/complete", body), 400, description)
    assert upload.read()["status"] == "in-progress"
    accepted(upload.complete(parts))


@pytest.mark.parametrize("parts", [
    [{"part_number": 1, "etag": '"' + "0" * 32 + '"'}], [{"part_number": 1, "etag": ""}], [{"part_number": 1, "etag": "x"}],
    [{"part_number": 2, "etag": ETAG}],
    [{"part_number": 1}], [{"etag": ETAG}], [{}], [{"part_number": 0, "etag": ETAG}], [{"part_number": 101, "etag": ETAG}],
    [{"part_number": "x", "etag": ETAG}],
    [{"part_number": 1, "etag": 7}], [{"part_number": 1, "etag": None}], [{"part_number": None, "etag": ETAG}]])
def test_a_part_that_is_not_there_is_400(stac, upload, parts):
    """[S94, section 24: never 500]"""
    sent = upload.send_all()
    refused(upload.complete(parts), 400)
    assert upload.read()["status"] == "in-progress"
    accepted(upload.complete(sent))


@pytest.mark.parametrize("end", ["complete", "abort"])
def test_a_part_that_was_not_sent_is_400(upload, end):
    """[S94: it can be finished or aborted]"""
    told = refused(upload.complete([GOOD]), 400)
    assert isinstance(told, list) and len(told) == 1 and "InvalidPart" in told[0]
    accepted(upload.complete(upload.send_all()) if end == "complete" else upload.abort())


def test_too_few_and_disordered_parts_are_400(stac, asset):
    """[S94]"""
    upload = stac.begin(asset, *PARTS)
    parts = upload.send_all()
    refused(upload.complete(parts[:2]), 400, {"parts": ["Too few parts"]})
    told = refused(upload.complete([parts[1], parts[0], parts[2]]), 400)
    assert isinstance(told, list) and "InvalidPartOrder" in told[0]
    refused(upload.complete([parts[0], parts[0], parts[2]]), 400)
    accepted(upload.complete(parts))


def test_a_part_in_the_middle_is_not_too_small(stac, asset):
    """[S95]"""
    upload = stac.begin(asset, b"1" * LEAST_PART, b"2" * (LEAST_PART - 1), b"3")
    parts = upload.send_all()
    told = refused(upload.complete(parts), 400)
    assert isinstance(told, list) and len(told) == 1 and "EntityTooSmall" in told[0]
    assert upload.read()["status"] == "in-progress"
    accepted(upload.abort())


def test_completing_twice_is_409(upload):
    """[S96]"""
    parts = upload.send_all()
    accepted(upload.complete(parts))
    refused(upload.complete(parts), 409, NOT_IN_PROGRESS)
    refused(upload.abort(), 409, NOT_IN_PROGRESS)


def test_what_was_aborted_is_not_completed(upload):
    """[S96]"""
    parts = upload.send_all()
    accepted(upload.abort())
    refused(upload.complete(parts), 409, NOT_IN_PROGRESS)
    refused(upload.abort(), 409, NOT_IN_PROGRESS)


def test_a_body_is_checked_before_the_status(upload):
    """[section 14.6: order]"""
    accepted(upload.complete(upload.send_all()))
    refused(upload.complete([]), 400, {"parts": ["This list may not be empty."]})


@pytest.mark.parametrize("end", ["complete", "abort"])
def test_an_unknown_upload_is_404(stac, asset, end):
    """[S13, section 14.6]"""
    for body in ({"parts": [GOOD]}, {}):
        refused(stac.post(f"{asset}/uploads/none/{end}", body), 404, "Not found.")


def test_a_file_of_one_byte(stac, asset):
    """[section 14.8]"""
    stac.upload(asset, b"1")
    assert fetch(stac.read(asset)["href"]).content == b"1"


def test_the_checksum_is_what_was_declared(stac, asset):
    """[S92, decision D5: stored, not compared]"""
    declared = checksum(b"something else")
    stac.upload(asset, SMALL, **{"file:checksum": declared})
    told = stac.read(asset)
    assert told["file:checksum"] == declared and fetch(told["href"]).content == SMALL


def test_a_file_that_is_no_raster_stays_what_it_is(stac, owner):
    """[design section 2: nothing of the upload fails for it]"""
    path = stac.make(f"{owner}/assets/scene.tif")
    stac.upload(path, SMALL)
    assert fetch(stac.read(path)["href"]).content == SMALL
