"""Uploads. Contract: swisstopo.md section 14, seed 003."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from support.answers import storage_error
from support.stac import IN_PROGRESS, LEAST_PART, SMALL, accepted, announced, bodiless, checksum, faulty, fetch, link, md5_of, refused

PARTS = (b"\x01" * LEAST_PART, b"\x02" * LEAST_PART, b"the end")
AMOUNT = "Missing, too many or duplicate part_number in md5_parts field list: list should have {} item(s)."
MD5 = md5_of(SMALL)


def running(stac, asset: str) -> list[str]:
    """The uploads that are in progress."""
    return [one["upload_id"] for one in stac.read(f"{asset}/uploads", {"status": "in-progress"})["uploads"]]


# Creating


def test_an_upload_is_created(stac, asset):
    """[S83, S84]"""
    before = datetime.now(timezone.utc)
    body = announced(*PARTS)
    body["md5_parts"].reverse()
    answer = stac.post(f"{asset}/uploads", body)
    assert answer.status_code == 201
    told = answer.json()
    assert answer.headers["location"] == f"{stac.root}{asset}/uploads/{told['upload_id']}"
    assert set(told) == {"upload_id", "status", "created", "number_parts", "md5_parts", "urls", "update_interval",
                         "content_encoding", "file:checksum"}
    assert {name: told[name] for name in ("status", "number_parts", "md5_parts", "update_interval", "content_encoding",
                                          "file:checksum")} == {
        "status": "in-progress", "number_parts": 3, "md5_parts": body["md5_parts"], "update_interval": -1, "content_encoding": "",
        "file:checksum": checksum(b"".join(PARTS))}
    assert [set(one) for one in told["urls"]] == [{"url", "part", "expires"}] * 3
    assert [one["part"] for one in told["urls"]] == [1, 2, 3]
    for one in told["urls"]:
        left = datetime.fromisoformat(one["expires"]) - before
        assert timedelta(minutes=55) < left <= timedelta(minutes=65)
        assert one["url"].startswith(stac.base_url)


@pytest.mark.parametrize("members", [
    {"content_encoding": "gzip"}, {"content_encoding": "br"}, {"update_interval": -1}, {"update_interval": 0}, {"update_interval": 3600},
    {"file:checksum": checksum(SMALL).upper()}, {"file:checksum": "1220" + "AB" * 32}])
def test_what_may_be_said(stac, asset, members):
    """[S83, S84]"""
    told = stac.begin(asset, SMALL, **members).document
    assert {name: told[name] for name in members} == members


def test_as_many_as_a_hundred_parts(stac, asset):
    """[S83]"""
    told = stac.begin(asset, *[b"%d" % n for n in range(100)]).document
    assert [one["part"] for one in told["urls"]] == list(range(1, 101))
    assert len({one["url"] for one in told["urls"]}) == 100


@pytest.mark.parametrize("member", ["number_parts", "md5_parts", "file:checksum"])
def test_what_is_required_is_told(stac, asset, member):
    """[S85]"""
    body = announced(SMALL)
    del body[member]
    assert faulty(stac.post(f"{asset}/uploads", body), member) == {member: ["This field is required."]}
    assert running(stac, asset) == []


def test_everything_that_is_missing_is_told_at_once(stac, asset):
    """[S85]"""
    faulty(stac.post(f"{asset}/uploads", {}), "number_parts", "md5_parts", "file:checksum")


@pytest.mark.parametrize(("member", "value", "words"), [
    ("number_parts", 0, "Ensure this value is greater than or equal to 1."),
    ("number_parts", 101, "Ensure this value is less than or equal to 100."),
    ("number_parts", -1, "Ensure this value is greater than or equal to 1."), ("number_parts", "x", "A valid integer is required."),
    ("number_parts", None, "This field may not be null."), ("number_parts", 1.5, "A valid integer is required."),
    ("number_parts", [1], "A valid integer is required."),
    ("file:checksum", "x", "Invalid multihash value"), ("file:checksum", "", ""),
    ("file:checksum", None, "This field may not be null."), ("file:checksum", 7, ""),
    ("file:checksum", "1220" + "ab" * 31, "Invalid multihash value"), ("file:checksum", "1220" + "zz" * 32, "Invalid multihash value"),
    ("file:checksum", "1114" + "ab" * 20, "must be sha2-256"), ("file:checksum", "d50110" + "ab" * 16, "must be sha2-256"),
    ("file:checksum", "1220" + "ab" * 200, ""),
    ("content_encoding", "deflate", 'Invalid encoding "deflate": must be one of "br, gzip"'),
    ("content_encoding", "gzip, br", 'Invalid encoding "gzip, br": must be one of "br, gzip"'),
    ("content_encoding", "", ""), ("content_encoding", "GZIP", 'Invalid encoding "GZIP": must be one of "br, gzip"'),
    ("content_encoding", "gzip\r\nX-Evil: 1", ""),
    ("content_encoding", 7, ""), ("update_interval", -2, "Ensure this value is greater than or equal to -1."),
    ("update_interval", 3601, "Ensure this value is less than or equal to 3600."),
    ("update_interval", "x", "A valid integer is required.")])
def test_members_that_are_wrong_are_400(stac, asset, member, value, words):
    """[S85]"""
    [told] = faulty(stac.post(f"{asset}/uploads", announced(SMALL, **{member: value})), member).values()
    assert isinstance(told, list) and words in told[0], told
    assert running(stac, asset) == []


@pytest.mark.parametrize(("md5_parts", "words"), [
    ([], AMOUNT.format(2)), ([{"part_number": 1, "md5": MD5}], AMOUNT.format(2)), ([{"part_number": 1, "md5": MD5}] * 2, AMOUNT.format(2)),
    ([{"part_number": n, "md5": MD5} for n in (1, 2, 3)], AMOUNT.format(2)), ([{"part_number": n, "md5": MD5} for n in (1, 3)], ""),
    ([{"part_number": n, "md5": MD5} for n in (0, 1)], ""), ([{"md5": MD5}, {"part_number": 2, "md5": MD5}],
                                                             "value: part_number field missing"),
    ([{"part_number": 1}, {"part_number": 2, "md5": MD5}], "md5 field missing"),
    (["x", {"part_number": 2, "md5": MD5}], "must be dict but is"),
    ([None, {"part_number": 2, "md5": MD5}], "must be dict but is"),
    ([{"part_number": "1", "md5": MD5}, {"part_number": 2, "md5": MD5}], ".part_number value"),
    ([{"part_number": 1.0, "md5": MD5}, {"part_number": 2, "md5": MD5}], ".part_number value"),
    ([{"part_number": True, "md5": MD5}, {"part_number": 2, "md5": MD5}], ".part_number value"),
    ([{"part_number": 1, "md5": ""}, {"part_number": 2, "md5": MD5}], ".md5 value"),
    ([{"part_number": 1, "md5": 7}, {"part_number": 2, "md5": MD5}], ".md5 value"),
    ([{"part_number": 1, "md5": "***"}, {"part_number": 2, "md5": MD5}], ".md5 value"),
    ([{"part_number": 1, "md5": None}, {"part_number": 2, "md5": MD5}], ".md5 value"),
    ("x", "Invalid md5_parts field: must be a list"), ({}, "Invalid md5_parts field: must be a list"),
    (7, "Invalid md5_parts field: must be a list")])
def test_md5s_that_are_wrong_are_400(stac, asset, md5_parts, words):
    """[S86]"""
    told = faulty(stac.post(f"{asset}/uploads", announced(b"1", b"2", md5_parts=md5_parts)), "non_field_errors")
    assert words in told["non_field_errors"][0], told
    assert running(stac, asset) == []


def test_bad_single_fields_are_told_before_the_sum_of_them(stac, asset):
    """[section 14.2: the cross-check is not run]"""
    faulty(stac.post(f"{asset}/uploads", announced(SMALL, number_parts=0, md5_parts=[])), "number_parts")


def test_an_unknown_asset_is_404_but_a_bad_body_is_told_first(stac, owner):
    """[S87, section 14.2: order]"""
    for path in (f"{owner}/assets/none.txt", "/collections/none/assets/none.txt", "/collections/none/items/none/assets/none.txt"):
        refused(stac.post(f"{path}/uploads", announced(SMALL)), 404, "Not found.")
        faulty(stac.post(f"{path}/uploads", announced(SMALL, number_parts=0)), "number_parts")


def test_one_upload_at_a_time(stac, asset, upload):
    """[S88]"""
    answer = stac.post(f"{asset}/uploads", announced(b"other"))
    refused(answer, 400, IN_PROGRESS)
    assert answer.json() == {"code": 400, "description": IN_PROGRESS, "upload_id": upload.id}
    accepted(upload.complete(upload.send_all()))
    assert fetch(stac.read(asset)["href"]).content == SMALL


def test_another_asset_may_have_one_as_well(stac, owner, asset, upload):
    """[S88]"""
    assert stac.begin(stac.make(f"{owner}/assets/other.txt"), SMALL).id != upload.id
    assert running(stac, asset) == [upload.id]


def test_a_setting_makes_it_409(new_server):
    """[S88, decision D1]"""
    _, stac = new_server(LANDFALL_UPLOAD_IN_PROGRESS_STATUS="409")
    asset = stac.make(f"{stac.make('/collections/c')}/assets/a.txt")
    first = stac.begin(asset, SMALL)
    answer = stac.post(f"{asset}/uploads", announced(SMALL))
    refused(answer, 409, IN_PROGRESS)
    assert answer.json()["upload_id"] == first.id


# Aborting


@pytest.mark.parametrize("body", [{}, None])
def test_an_upload_is_aborted(stac, asset, body):
    """[S97]"""
    stac.upload(asset, b"the old bytes")
    before = stac.get(asset)
    upload = stac.begin(asset, SMALL)
    upload.send_all()
    answer = accepted(stac.post(f"{upload.path}/abort", body) if body is not None else stac.http.post(f"{upload.path}/abort"))
    told = answer.json()
    assert told["status"] == "aborted" and "urls" not in told and "completed" not in told
    assert datetime.fromisoformat(told["aborted"]) >= datetime.fromisoformat(told["created"])
    after = stac.get(asset)
    assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])
    assert fetch(after.json()["href"]).content == b"the old bytes"
    stac.upload(asset, SMALL)
    assert fetch(after.json()["href"]).content == SMALL


@pytest.mark.parametrize("end", ["complete", "abort"])
def test_after_the_end_no_part_is_taken(upload, end):
    """[section 15]"""
    parts = upload.send_all()
    accepted(upload.complete(parts) if end == "complete" else upload.abort())
    storage_error(upload.send(1), 404, "NoSuchUpload")


def test_the_parts_of_an_ended_upload_are_none(stac, upload):
    """[section 14.5]"""
    accepted(upload.complete(upload.send_all()))
    assert stac.read(f"{upload.path}/parts") == {"parts": [], "links": []}


def test_a_new_file_replaces_the_old_one_only_in_the_end(stac, asset):
    """[S98]"""
    stac.upload(asset, b"the old bytes")
    href = stac.read(asset)["href"]
    upload = stac.begin(asset, SMALL)
    parts = upload.send_all()
    assert fetch(href).content == b"the old bytes" and stac.read(asset)["file:checksum"] == checksum(b"the old bytes")
    accepted(upload.complete(parts))
    assert fetch(href).content == SMALL and stac.read(asset)["file:checksum"] == checksum(SMALL)


# Reading


def unsigned(upload: dict) -> dict:
    """An upload without its URLs."""
    return {name: value for name, value in upload.items() if name != "urls"}


def test_the_list_of_uploads(stac, anonymous, asset):
    """[S99, decision D7]"""
    first, second = stac.upload(asset, b"one"), stac.begin(asset, b"two")
    accepted(second.abort())
    third = stac.begin(asset, b"three")
    told = stac.read(f"{asset}/uploads")
    assert [one["upload_id"] for one in told["uploads"]] == [first.id, second.id, third.id]
    # The URLs of each answer are signed anew.
    assert [unsigned(one) for one in told["uploads"]] == [unsigned(one.read()) for one in (first, second, third)]
    assert told["links"] == []
    for status, upload in (("completed", first), ("aborted", second), ("in-progress", third)):
        assert [one["upload_id"] for one in stac.read(f"{asset}/uploads", {"status": status})["uploads"]] == [upload.id]
    for status in ("none", "IN-PROGRESS", "'"):
        assert stac.read(f"{asset}/uploads", {"status": status})["uploads"] == []
    assert "urls" in told["uploads"][2] and "md5_parts" in told["uploads"][2]
    outside = anonymous.read(f"{asset}/uploads")["uploads"]
    assert outside == [unsigned(one) for one in told["uploads"]]
    assert "urls" not in anonymous.read(third.path)


def test_the_list_of_uploads_is_paged(stac, asset):
    """[S99]"""
    made = []
    for turn in range(7):
        made.append(stac.begin(asset, b"%d" % turn))
        accepted(made[-1].abort())
    pages = list(stac.pages(f"{asset}/uploads", {"limit": 3, "status": "aborted"}))
    assert [one["upload_id"] for page in pages for one in page["uploads"]] == [upload.id for upload in made]
    assert [len(page["uploads"]) for page in pages] == [3, 3, 1]
    assert "status=aborted" in link(pages[0], "next") and link(pages[1], "previous")


def test_an_upload_is_read_by_its_tag(stac, upload):
    """[S100, S105]"""
    tag = stac.get(upload.path).headers["etag"]
    bodiless(stac.get(upload.path, If_None_Match=tag), 304)
    accepted(upload.complete(upload.send_all()))
    answer = accepted(stac.get(upload.path, If_None_Match=tag))
    assert answer.headers["etag"] != tag
    bodiless(stac.get(upload.path, If_Match=tag), 412)


def test_an_upload_is_not_deleted(stac, anonymous, upload):
    """[S100]"""
    refused(stac.delete(upload.path), 405, 'Method "DELETE" not allowed.')
    refused(anonymous.delete(upload.path), 401)


def test_an_upload_of_another_asset_is_404(stac, owner, upload):
    """[S100]"""
    other = f"{stac.make(f'{owner}/assets/other.txt')}/uploads/{upload.id}"
    refused(stac.get(other), 404, "Not found.")
    refused(stac.get(f"{other}/parts"), 404, "Not found.")
    refused(stac.post(f"{other}/complete", {"parts": [{"part_number": 1, "etag": MD5}]}), 404, "Not found.")
    refused(stac.post(f"{other}/abort", {}), 404, "Not found.")
    assert upload.read()["status"] == "in-progress"


def test_an_asset_with_a_running_upload_stays(stac, asset, upload):
    """[S101]"""
    kind = "Asset" if "/items/" in asset else "Collection Asset"
    refused(stac.delete(asset), 400, [f"{kind} note.txt has still an upload in progress"])
    accepted(upload.abort())
    accepted(stac.delete(asset))
    refused(stac.get(upload.path), 404, "Not found.")


def test_an_upload_needs_what_its_quota_leaves(new_server):
    """[design section 2: quota and ledger hold on this face as on the other]"""
    server, stac = new_server()
    asset = stac.make(f"{stac.make('/collections/c')}/assets/a.txt")
    stac.upload(asset, b"x" * 1000)
    server.installation.set_quota(server.world["organization_id"], 1500)
    upload = stac.begin(asset, b"y" * 2000)
    answer = upload.send(1)
    assert answer.status_code in (402, 403, 413, 507), answer.text
    assert fetch(stac.read(asset)["href"]).content == b"x" * 1000
    accepted(upload.abort())
    api = server.api()
    assert api.storage()["used_bytes"] == 1000
    assert api.call("usage.recalculate_storage", {"organization_id": api.organization})["delta_bytes"] == 0
    stac.upload(asset, b"z" * 400)
    assert api.storage()["used_bytes"] == 400
    accepted(stac.delete(asset))
    assert api.storage()["used_bytes"] == 0
