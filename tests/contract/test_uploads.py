"""Upload sessions. Contract: sections 7.1 and 7.2."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from support.answers import faulty_fields, faults, problem
from support.api import get, put
from support.rasters import small_scene


def test_initiate_gives_an_id_that_every_later_step_takes(api):
    """[A001, A014, A045, A106]"""
    content = small_scene()
    upload = api.initiate(len(content))
    assert isinstance(upload, str) and upload
    api.send(upload, "scene.tif", content)
    assert api.call("uploads.progress", {"upload_id": upload})["id"] == upload
    assert api.call("uploads.complete", {"upload_id": upload})["id"] == upload
    failing = api.initiate()
    assert api.call("uploads.fail", {"upload_id": failing, "error_message": "no"})["id"] == failing


@pytest.mark.parametrize("method", ["browser", "cli", "cloud_transfer", "signed_url"])
def test_all_four_transfer_methods_are_accepted(api, method):
    """[A002, C01]"""
    assert api.call("uploads.initiate", {"project_id": api.project, "transfer_method": method})["id"]


def test_optional_fields_of_initiate_may_be_given_null_or_left_out(api):
    """[A005, A053 to A057, A103]"""
    collection = api.create_collection()["id"]
    item = api.create_item(collection_id=collection)["id"]
    body = {"project_id": api.project}
    api.call("uploads.initiate", body)
    nothing = {"target_collection_id": None, "target_item_id": None, "asset_key": None}
    api.call("uploads.initiate", body | nothing)
    api.call("uploads.initiate", body | {"file_count": 3, "total_bytes": 10, "is_categorical": True})
    api.call("uploads.initiate", body | {"target_collection_id": collection, "target_item_id": item, "asset_key": "b04"})


def test_targets_outside_the_project_are_404(api, neighbour):
    """[section 7.1]"""
    elsewhere = api.new_project()
    body = {"project_id": api.project}
    for other in (elsewhere, neighbour):
        problem(api.op("uploads.initiate", body | {"target_collection_id": other.create_collection()["id"]}), 404)
        problem(api.op("uploads.initiate", body | {"target_item_id": other.create_item()["id"]}), 404)


def test_a_target_item_must_lie_in_the_target_collection(api):
    """[section 7.1]"""
    body = {"project_id": api.project, "target_item_id": api.create_item()["id"],
            "target_collection_id": api.create_collection()["id"]}
    problem(api.op("uploads.initiate", body), 409)


def test_an_asset_key_that_the_target_item_has_is_409_at_initiate(api):
    """[section 7.1]"""
    item = api.upload_one(small_scene())
    problem(api.op("uploads.initiate", {"project_id": api.project, "target_item_id": item, "asset_key": "data"}), 409)


def test_signed_url_gives_exactly_an_absolute_url_and_the_object_path(api):
    """[A015, A016, A017, A046, A107, design section 7]"""
    upload = api.initiate()
    made = api.call("uploads.signed_url", {"upload_id": upload, "file_name": "harbour 2024ä.tif"})
    assert set(made) == {"upload_url", "object_path"}
    assert made["object_path"] == f"uploads/{upload}/harbour 2024ä.tif"
    url = urlsplit(made["upload_url"])
    assert f"{url.scheme}://{url.netloc}" == api.base_url
    assert url.path.startswith("/storage/") and url.path.endswith("/" + quote(made["object_path"]))
    query = parse_qs(url.query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-SignedHeaders"] == ["content-type;host"]
    assert int(query["X-Amz-Expires"][0]) <= 3600
    assert len(query["X-Amz-Signature"][0]) == 64


@pytest.mark.parametrize("name", [".", "..", "a/b.tif", "a\\b.tif", "a\x00b", "a\nb", "x" * 256, "ä" * 128, "\x7f"])
def test_a_file_name_that_could_lead_astray_is_422(api, name):
    """[A059, section 7.1]"""
    assert faulty_fields(api.op("uploads.signed_url", {"upload_id": api.initiate(), "file_name": name})) == {"file_name"}


@pytest.mark.parametrize("kind", ["image/tiff\r\nX-Evil: 1", "", "\x00"])
def test_a_content_type_that_cannot_be_a_header_is_422(api, kind):
    """[section 7.1]"""
    body = {"upload_id": api.initiate(), "file_name": "a.tif", "content_type": kind}
    assert faulty_fields(api.op("uploads.signed_url", body)) == {"content_type"}


@pytest.mark.parametrize("name", ["ünïcode 地球.tif", "a+b c&d=e%20#?.tif", "'quotes\".tif", "..hidden.tif", "-rf.tif"])
def test_odd_file_names_survive_the_whole_road(api, name):
    """[section 7.1]"""
    item = api.upload_one(small_scene(), name)
    assert api.item(item)["name"] == name.removesuffix(".tif")


def test_several_files_get_urls_of_their_own_and_become_items_together(api):
    """[A021, A050]"""
    contents = {f"scene_{n}.tif": small_scene(n) for n in range(3)}
    upload = api.initiate(sum(map(len, contents.values())), file_count=3)
    urls = {name: api.sign(upload, name) for name in contents}
    assert len(set(urls.values())) == 3
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda name: put(urls[name], contents[name]), contents))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    items = api.complete(upload)
    assert {api.item(item)["name"] for item in items} == {"scene_0", "scene_1", "scene_2"}


def test_more_files_than_announced_are_accepted(api):
    """[section 7.1]"""
    contents = {f"scene_{n}.tif": small_scene(n) for n in range(2)}
    upload = api.initiate(file_count=1)
    for name, content in contents.items():
        api.send(upload, name, content)
    assert len(api.complete(upload)) == 2


def test_progress_takes_any_text_any_time_and_never_changes_the_state(api):
    """[A022, A023, A048, A061 to A064, A104]"""
    content = small_scene()
    upload = api.initiate(len(content))
    for status in ("uploading", "completed", "failed", "äöü ☃", "", None, "ü" * 100_000):
        api.call("uploads.progress", {"upload_id": upload, "status": status, "bytes_uploaded": 5})
    api.send(upload, "scene.tif", content)
    for count in range(30):
        api.call("uploads.progress", {"upload_id": upload, "bytes_uploaded": count})
    assert len(api.complete(upload)) == 1
    assert api.call("uploads.progress", {"upload_id": upload, "status": "late"})["id"] == upload
    assert faulty_fields(api.op("uploads.progress", {"upload_id": upload, "bytes_uploaded": -1})) == {"bytes_uploaded"}


def test_complete_gives_the_upload_id_and_the_item_ids(api):
    """[A024, A025, A047]"""
    content = small_scene()
    upload = api.initiate(len(content))
    api.send(upload, "scene.tif", content)
    done = api.call("uploads.complete", {"upload_id": upload})
    assert done["id"] == upload
    assert [type(item) for item in done["item_ids"]] == [str]
    assert api.item(done["item_ids"][0])["upload_id"] == upload


def test_completing_twice_is_a_no_op_with_the_same_items(api):
    """[A036]"""
    content = small_scene()
    upload = api.initiate(len(content))
    api.send(upload, "scene.tif", content)
    first = api.complete(upload)
    assert api.complete(upload) == first
    assert api.call("items.list", {"project_id": api.project})["total"] == 1


def test_of_concurrent_completes_exactly_one_makes_items(api):
    """[section 7.2]"""
    content = small_scene()
    upload = api.initiate(len(content))
    api.send(upload, "scene.tif", content)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: api.op("uploads.complete", {"upload_id": upload}), range(6)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    done = {tuple(answer.json()["item_ids"]) for answer in answers if answer.status_code == 200}
    assert len(done) == 1
    assert api.call("items.list", {"project_id": api.project})["total"] == 1


def test_completing_without_any_file_is_a_no_op(api):
    """[A037]"""
    upload = api.initiate(100)
    assert api.complete(upload) == []
    assert api.call("items.list", {"project_id": api.project})["total"] == 0


def test_completing_while_a_signed_file_is_missing_is_409_and_names_it(api):
    """[section 7.2]"""
    upload = api.initiate()
    api.send(upload, "here.tif", small_scene())
    api.sign(upload, "not here.tif")
    assert "not here.tif" in problem(api.op("uploads.complete", {"upload_id": upload}), 409)["detail"]
    api.send(upload, "not here.tif", small_scene(2))
    assert len(api.complete(upload)) == 2


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b'{"upload_id": null}'])
def test_complete_without_an_id_means_the_only_open_upload(own, body):
    """[A066, C05]"""
    def complete():
        return own.http.post("/v1/op/uploads.complete", content=body, headers={"Content-Type": "application/json"})

    faults(complete())
    upload = own.initiate()
    other = own.initiate()
    faults(complete())
    own.call("uploads.fail", {"upload_id": other, "error_message": "one is enough"})
    answer = complete()
    assert answer.status_code == 200, answer.text
    assert answer.json()["id"] == upload


def test_extra_keys_of_complete_are_ignored(api):
    """[A101]"""
    assert api.call("uploads.complete", {"upload_id": api.initiate(), "files": [1], "note": None})["item_ids"] == []


def test_fail_ends_a_session_for_good(api):
    """[A040, A065, section 7.2]"""
    upload = api.initiate()
    url = api.sign(upload, "scene.tif")
    body = {"upload_id": upload, "error_message": "client aborted", "error_step": "transfer"}
    assert api.call("uploads.fail", body)["id"] == upload
    assert api.call("uploads.fail", body)["id"] == upload
    assert api.call("uploads.fail", {"upload_id": upload, "error_message": "again"})["id"] == upload
    problem(api.op("uploads.signed_url", {"upload_id": upload, "file_name": "b.tif"}), 409)
    problem(api.op("uploads.complete", {"upload_id": upload}), 409)
    assert put(url, small_scene()).status_code == 403


def test_a_completed_session_is_closed(api):
    """[section 7.2]"""
    upload = api.initiate()
    api.complete(upload)
    problem(api.op("uploads.signed_url", {"upload_id": upload, "file_name": "b.tif"}), 409)
    problem(api.op("uploads.fail", {"upload_id": upload, "error_message": "too late"}), 409)


def test_a_target_collection_takes_the_new_item(api):
    """[A031, A005]"""
    collection = api.create_collection()["id"]
    item = api.upload_one(small_scene(), target_collection_id=collection)
    assert api.item(item)["collection_id"] == collection


def test_a_target_item_gets_an_asset_and_no_new_item_appears(api):
    """[A032, A033]"""
    item = api.upload_one(small_scene())
    content = small_scene(2)
    assert api.upload({"b08.tif": content}, target_item_id=item, asset_key="nir") == [item]
    assert api.call("items.list", {"project_id": api.project})["total"] == 1
    assert api.assets(item)["nir"]["file_size_bytes"] == len(content)
    assert get(api.download(item, "nir")).content == content


def test_asset_key_names_the_asset_of_a_new_item(api):
    """[design section 5]"""
    item = api.upload_one(small_scene(), asset_key="visual")
    assert "visual" in api.assets(item)


def test_an_asset_key_for_several_primary_files_is_422(own):
    """[design section 5]"""
    upload = own.initiate(asset_key="visual")
    own.send(upload, "a.tif", small_scene(1))
    own.send(upload, "b.tif", small_scene(2))
    faults(own.op("uploads.complete", {"upload_id": upload}))


@pytest.mark.parametrize("content", [b"", b"not a raster", small_scene()[:300], bytes(5000), b"<VRTDataset/>",
                                     b"PK\x03\x04" + bytes(100)],
                         ids=["empty", "text", "cut", "zeros", "vrt", "zip"])
def test_a_file_that_cannot_be_read_fails_the_session_and_leaves_nothing(own, content):
    """[section 7.2, design section 5]"""
    upload = own.initiate(len(content))
    own.send(upload, "scene.tif", content)
    faults(own.op("uploads.complete", {"upload_id": upload}))
    problem(own.op("uploads.complete", {"upload_id": upload}), 409)
    assert own.call("items.list", {"project_id": own.project})["total"] == 0
    assert own.storage()["reserved_bytes"] == own.storage()["used_bytes"] == 0


def test_one_bad_file_fails_a_whole_session(own):
    """[design section 5]"""
    upload = own.initiate()
    own.send(upload, "good.tif", small_scene())
    own.send(upload, "bad.tif", b"bad")
    text = str(faults(own.op("uploads.complete", {"upload_id": upload})))
    assert "bad.tif" in text
    assert own.call("items.list", {"project_id": own.project})["total"] == 0


def test_another_organization_cannot_touch_a_session(api, neighbour):
    """[section 7.2]"""
    upload = api.initiate()
    for operation in ("uploads.complete", "uploads.progress"):
        problem(neighbour.op(operation, {"upload_id": upload}), 404)
    problem(neighbour.op("uploads.signed_url", {"upload_id": upload, "file_name": "a.tif"}), 404)
    problem(neighbour.op("uploads.fail", {"upload_id": upload, "error_message": "mine"}), 404)
    assert api.complete(upload) == []
