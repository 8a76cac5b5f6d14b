"""The official Python SDK against the server: the samples of its upload and download guide, and its typed errors."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import httpx
import pytest
from geopera import AuthenticatedClient, Geopera
from geopera.api.operations import (
    items_asset_download,
    uploads_complete,
    uploads_fail,
    uploads_initiate,
    uploads_progress,
    uploads_signed_url,
)
from geopera.models import (
    AssetDownloadInput,
    HTTPValidationError,
    Problem,
    SignedUrlInput,
    UploadFailInput,
    UploadInitiate,
    UploadOutput,
    UploadProgressInput,
    UploadsCompleteBodyType0,
)

from support.api import wait_for
from support.rasters import drawn_scene, small_scene
from support.realm import Realm, make_user


@pytest.fixture
def client(api) -> Geopera:
    """The fluent client."""
    return Geopera(token=api.key, base_url=api.base_url)


@pytest.fixture
def generated(api) -> AuthenticatedClient:
    """The client of the generated modules."""
    return AuthenticatedClient(base_url=api.base_url, token=api.key)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file to upload."""
    target = tmp_path / "harbour_2024.tif"
    target.write_bytes(drawn_scene(64))
    return target


def test_the_single_file_sample_runs(client, api, path):
    """[A045 to A047, A049]"""
    session = client.uploads.initiate({
        "project_id": api.project,
        "transfer_method": "signed_url",
        "file_count": 1,
        "total_bytes": os.path.getsize(path),
    })
    upload_id = session.id
    signed = client.uploads.signed_url({
        "upload_id": upload_id,
        "file_name": "harbour_2024.tif",
        "content_type": "image/tiff",
    })
    assert signed.object_path == f"uploads/{upload_id}/harbour_2024.tif"
    with path.open("rb") as fh:
        put = httpx.put(signed.upload_url, content=fh.read(), headers={"Content-Type": "image/tiff"}, timeout=None)
    put.raise_for_status()
    result = client.uploads.complete({"upload_id": upload_id})
    assert isinstance(result, dict)
    assert result["id"] == upload_id
    assert len(result["item_ids"]) == 1


def test_the_sample_runs_with_a_session_token(server, api, path):
    """[A091]"""
    user = make_user(server, "sdk@signin.example", api.organization, "admin")
    token = Realm(api.base_url).sign_in(user)["access_token"]
    test_the_single_file_sample_runs(Geopera(token=token, base_url=api.base_url), api, path)


def test_the_multi_file_sample_runs(client, api, tmp_path):
    """[A050]"""
    files = [("scene_b04.tif", "image/tiff"), ("scene_b08.tif", "image/tiff")]
    for seed, (name, _) in enumerate(files):
        (tmp_path / name).write_bytes(small_scene(seed))
    session = client.uploads.initiate({
        "project_id": api.project,
        "transfer_method": "signed_url",
        "file_count": len(files),
        "total_bytes": sum(os.path.getsize(tmp_path / name) for name, _ in files),
    })
    for file_name, content_type in files:
        signed = client.uploads.signed_url({
            "upload_id": session.id,
            "file_name": file_name,
            "content_type": content_type,
        })
        with (tmp_path / file_name).open("rb") as fh:
            httpx.put(signed.upload_url, content=fh.read(), headers={"Content-Type": content_type},
                      timeout=None).raise_for_status()
    result = client.uploads.complete({"upload_id": session.id})
    assert {api.item(item)["name"] for item in result["item_ids"]} == {"scene_b04", "scene_b08"}


@pytest.mark.parametrize("form", ["file handle", "generator"])
def test_a_streamed_transfer_runs(client, api, path, form):
    """[A067]"""
    def chunks():
        with path.open("rb") as fh:
            while chunk := fh.read(1000):
                yield chunk

    upload_id = client.uploads.initiate({"project_id": api.project, "total_bytes": os.path.getsize(path)}).id
    signed = client.uploads.signed_url({"upload_id": upload_id, "file_name": path.name, "content_type": "image/tiff"})
    with path.open("rb") as fh:
        content = fh if form == "file handle" else chunks()
        httpx.put(signed.upload_url, content=content, headers={"Content-Type": "image/tiff"}, timeout=None).raise_for_status()
    assert len(client.uploads.complete({"upload_id": upload_id})["item_ids"]) == 1


def test_progress_and_fail_give_typed_outputs(client, api):
    """[A048]"""
    upload_id = client.uploads.initiate({"project_id": api.project}).id
    progress = client.uploads.progress({"upload_id": upload_id, "status": "uploading", "bytes_uploaded": 131072})
    assert isinstance(progress, UploadOutput) and progress.id == upload_id
    failed = client.uploads.fail({"upload_id": upload_id, "error_message": "x", "error_step": "transfer"})
    assert isinstance(failed, UploadOutput) and failed.id == upload_id


def test_the_generated_modules_run(generated, api, path):
    """[A051]"""
    session = uploads_initiate.sync(client=generated, body=UploadInitiate(
        project_id=api.project, transfer_method="signed_url", file_count=1, total_bytes=os.path.getsize(path)))
    signed = uploads_signed_url.sync(client=generated, body=SignedUrlInput(
        upload_id=session.id, file_name="harbour_2024.tif", content_type="image/tiff"))
    with path.open("rb") as fh:
        httpx.put(signed.upload_url, content=fh.read(), headers={"Content-Type": "image/tiff"}, timeout=None).raise_for_status()
    result = uploads_complete.sync(client=generated, body=UploadsCompleteBodyType0.from_dict({"upload_id": session.id}))
    assert len(result["item_ids"]) == 1
    other = uploads_initiate.sync(client=generated, body=UploadInitiate(project_id=api.project))
    failed = uploads_fail.sync(client=generated, body=UploadFailInput(upload_id=other.id, error_message="x", error_step="sign"))
    assert failed.id == other.id


def test_the_async_forms_run(generated, api, path):
    """[A052]"""
    async def road() -> dict:
        body = UploadInitiate(project_id=api.project, total_bytes=os.path.getsize(path))
        session = await uploads_initiate.asyncio(client=generated, body=body)
        await uploads_progress.asyncio(client=generated, body=UploadProgressInput(upload_id=session.id))
        signed = await uploads_signed_url.asyncio_detailed(client=generated, body=SignedUrlInput(
            upload_id=session.id, file_name="a.tif", content_type="image/tiff"))
        async with httpx.AsyncClient(timeout=None) as http:
            put = await http.put(signed.parsed.upload_url, content=path.read_bytes(), headers={"Content-Type": "image/tiff"})
        put.raise_for_status()
        done = UploadsCompleteBodyType0.from_dict({"upload_id": session.id})
        return await uploads_complete.asyncio(client=generated, body=done)

    assert len(asyncio.run(road())["item_ids"]) == 1


def test_complete_without_a_body_means_the_only_open_session(own):
    """[A066, C05]"""
    client = Geopera(token=own.key, base_url=own.base_url)
    upload_id = client.uploads.initiate({"project_id": own.project}).id
    assert client.uploads.complete()["id"] == upload_id
    assert isinstance(client.uploads.complete(), HTTPValidationError)


def test_the_download_sample_runs(client, scene, tmp_path):
    """[A079, A080, A082]"""
    descriptor = client.items.asset.download({"item_id": scene.item_id, "asset_id": "data"})
    target = tmp_path / "visual.tif"
    with httpx.stream("GET", descriptor["url"]) as resp:
        resp.raise_for_status()
        with target.open("wb") as fh:
            for chunk in resp.iter_bytes():
                fh.write(chunk)
    assert target.read_bytes() == scene.content


def test_the_generated_download_runs(generated, scene):
    """[A079]"""
    body = AssetDownloadInput(item_id=scene.item_id, asset_id="data")
    descriptor = items_asset_download.sync(client=generated, body=body)
    assert httpx.get(descriptor["url"]).content == scene.content


def test_a_short_quota_is_402_in_the_detailed_answer(server, own):
    """[A075, A076]"""
    server.installation.set_quota(own.organization, 1000)
    client = Geopera(token=own.key, base_url=own.base_url)
    answer = client.uploads.initiate({"project_id": own.project, "transfer_method": "signed_url", "total_bytes": 1001},
                                     detailed=True)
    assert answer.status_code == 402
    fine = client.uploads.initiate({"project_id": own.project, "total_bytes": 1000}, detailed=True)
    assert (fine.status_code, type(fine.parsed)) == (200, UploadOutput)


@pytest.mark.parametrize(("token", "body", "status"), [
    ("gpra_wrong", {"item_id": "it_x", "asset_id": "data"}, 401), (None, {"item_id": "it_x", "asset_id": "data"}, 404)])
def test_errors_are_typed_problems(api, token, body, status):
    """[A077]"""
    client = Geopera(token=token or api.key, base_url=api.base_url)
    problem = client.items.asset.download(body)
    assert isinstance(problem, Problem)
    assert problem.status == status
    assert problem.title and problem.detail


def test_a_missing_scope_is_a_typed_problem(server, api):
    """[A077, A010]"""
    token = server.installation.key(api.organization, "Reader", "items:read")
    problem = Geopera(token=token, base_url=api.base_url).uploads.initiate({"project_id": api.project})
    assert isinstance(problem, Problem)
    assert problem.status == 403


def test_input_errors_are_typed(client, api):
    """[A078]"""
    error = client.uploads.initiate({"project_id": api.project, "file_count": 0})
    assert isinstance(error, HTTPValidationError)
    [entry] = error.detail
    assert entry.loc == ["body", "file_count"]
    assert entry.msg and entry.type_


def test_typed_outputs_of_the_other_operations_parse(client, api, scene):
    """[section 1.3]"""
    collection = client.collections.create({"project_id": api.project, "name": "Typed"})
    assert collection.created_at.tzinfo is not None
    item = client.items.create({"project_id": api.project, "type": "user_raster", "name": "Typed", "gsd": 1,
                                "datetime": "2024-01-01T00:00:00Z", "collection_id": collection.id})
    assert item.collection_id == collection.id
    assert item.lifecycle_state.value == "active"
    assert client.items.get({"item_id": item.id}).item["id"] == item.id
    assert client.items.search({"project_id": api.project}).number_matched == 1
    assert client.items.list({"project_id": api.project})["total"] == 1
    assert client.projects.create({"name": "Typed"}).organization_id == api.organization
    assert client.organizations.create({"name": "Typed"}).slug
    assert client.api_keys.create({"name": "Typed", "permissions": ["items:read"]}).key.startswith("gpra_")
    lineage = client.provenance.get({"entity_type": "item", "entity_id": scene.item_id})
    assert lineage.edges[0].depth == 1
    assert client.items.delete({"item_id": item.id}).ok is True


def test_a_session_that_a_job_reads_on_is_asked_after_and_completed_again(make_server):
    """What the guide says of `complete_seconds`, with the fluent client."""
    api = make_server(LANDFALL_LIMITS_COMPLETE_SECONDS="1").api().new_project("Many files")
    client = Geopera(token=api.key, base_url=api.base_url)
    upload_id = client.uploads.initiate({"project_id": api.project, "file_count": 100}).id
    for number in range(100):
        name = f"{number}.tif"
        signed = client.uploads.signed_url({"upload_id": upload_id, "file_name": name, "content_type": "image/tiff"})
        httpx.put(signed.upload_url, content=small_scene(number), headers={"Content-Type": "image/tiff"}).raise_for_status()
    answer = client.uploads.complete({"upload_id": upload_id})
    assert (answer["id"], answer["status"], answer["item_ids"]) == (upload_id, "processing", [])
    wait_for("the job", lambda: client.uploads.progress({"upload_id": upload_id})["status"] != "processing", 300)
    result = client.uploads.complete({"upload_id": upload_id})
    assert result["status"] == "completed"
    assert len(set(result["item_ids"])) == 100
