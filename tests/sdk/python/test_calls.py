"""Operations as methods: what they take, what they give, and what they raise."""

from __future__ import annotations

import asyncio
import copy
import datetime
import json
import pickle

import httpx
import pytest
from landfall_sdk import AsyncLandfall, AuthenticatedClient, Landfall, __version__, errors
from landfall_sdk.api.operations import items_get, uploads_initiate
from landfall_sdk.models import ItemResponse, Problem, ProjectItemSearchInput, UploadInitiate, UploadOutput
from landfall_sdk.operations import OPERATIONS
from landfall_sdk.record import as_datetime

from support.server import REPOSITORY


def test_the_library_has_the_version_of_the_server(server):
    assert __version__ == server.version


def test_a_body_is_a_dict_or_a_model_or_keywords(client, api):
    api.create_item("Quay")
    question = {"project_id": api.project, "limit": 1}
    for answer in (client.items.search(question), client.items.search(ProjectItemSearchInput(api.project, limit=1)),
                   client.items.search(**question), client.items.search({"project_id": api.project}, limit=1)):
        assert (answer.number_matched, answer["numberMatched"]) == (1, 1)
    assert client.op("items.search", question) == client.op("items.search", **question)


def test_an_answer_is_read_by_attribute_and_as_json(client, api):
    made = client.items.create(project_id=api.project, type="user_raster", name="Quay", datetime=datetime.datetime(2024, 1, 1), gsd=2)
    assert isinstance(made, ItemResponse)
    assert made.datetime_ == datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    assert made["type"] == made.type_ == "user_raster"
    assert "name" in made and made.get("nonsense", 7) == 7 and bool(made)
    assert json.loads(json.dumps(dict(made)))["id"] == made.id
    with pytest.raises(KeyError):
        made["nonsense"]
    page = client.items.list(project_id=api.project)
    assert [item["name"] for item in page["items"]] == [item.name for item in page.items] == ["Quay"]


def test_a_shape_is_sent_as_geojson(client, api):
    class Shape:
        __geo_interface__ = {"type": "Point", "coordinates": (7.0, 46.0)}

    made = client.items.create(project_id=api.project, type="user_raster", name="Here", geometry=Shape(), datetime=datetime.date(2024, 5, 6))
    assert api.item(made.id)["geometry"] == {"type": "Point", "coordinates": [7, 46]}


def test_detailed_gives_the_whole_response(client, api):
    response = client.projects.get(project_id=api.project, detailed=True)
    assert response.status_code == 200 and response.parsed.id == api.project and response.headers["content-type"]
    refused = client.items.get(item_id="it_none", detailed=True)
    assert refused.status_code == 404 and isinstance(refused.parsed, Problem)


def test_raw_answers_are_bytes(client, scene):
    tile = client.items.tile.render(item_id=scene.item_id, z=0, x=0, y=0, format="png").payload.read()
    assert tile.startswith(b"\x89PNG") and client.op("items.tile.render", item_id=scene.item_id, z=0, x=0, y=0, format="png") == tile


def test_every_operation_of_the_document_has_a_method(client):
    document = json.loads((REPOSITORY / "docs" / "openapi.json").read_text())
    assert set(OPERATIONS) == {path.removeprefix("/v1/op/") for path in document["paths"] if path.startswith("/v1/op/")}
    for operation in OPERATIONS:
        method = client
        for step in operation.split("."):
            method = getattr(method, step)
        assert method.__doc__, operation


@pytest.mark.parametrize(("call", "kind", "status"), [
    (lambda client, api: client.items.get(item_id="it_none"), errors.NotFound, 404),
    (lambda client, api: client.op("items.get", item_id="it_none"), errors.NotFound, 404),
    (lambda client, api: client.op("items.serch"), errors.NotFound, 404),
    (lambda client, api: client.items.search(), errors.InvalidInput, 422),
    (lambda client, api: client.uploads.initiate(project_id=api.project, file_count=0), errors.InvalidInput, 422),
    (lambda client, api: Landfall("gpra_wrong", api.base_url).projects.list(), errors.Unauthenticated, 401),
    (lambda client, api: client.uploads.complete(upload_id="u_none"), errors.NotFound, 404),
])
def test_a_refusal_is_a_typed_error(client, api, call, kind, status):
    with pytest.raises(kind) as caught:
        call(client, api)
    error = caught.value
    assert isinstance(error, errors.ApiError) and isinstance(error, errors.LandfallError)
    assert error.status == status and error.detail and error.request_id and str(status) in str(error)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.detail, again.errors) == (kind, error.detail, error.errors)


def test_an_input_error_names_the_fields(client, api):
    with pytest.raises(errors.InvalidInput, match="file_count: ") as caught:
        client.uploads.initiate(project_id=api.project, file_count=0)
    [fault] = caught.value.errors
    assert fault.loc == ("body", "file_count") and fault.msg and fault.type


def test_what_cannot_be_a_body_is_refused_here(client):
    with pytest.raises(TypeError, match="dict or its model"):
        client.items.get("it_none")
    with pytest.raises(ValueError, match="no id of an operation"):
        client.op("../metrics")


def test_geopera_gives_error_models_instead(geopera, api):
    refused = geopera.items.get({"item_id": "it_none"})
    assert isinstance(refused, Problem) and refused.status == 404
    assert isinstance(geopera.uploads.initiate({"project_id": api.project}), UploadOutput)
    with pytest.raises(errors.NotFound):  # its answer is plain JSON, and a refusal would look like one
        geopera.op("items.get", item_id="it_none")


def test_the_generated_modules_have_four_forms(api):
    client = AuthenticatedClient(base_url=api.base_url, token=api.key)
    body = UploadInitiate(project_id=api.project, transfer_method="signed_url")
    assert isinstance(uploads_initiate.sync(client=client, body=body), UploadOutput)
    assert uploads_initiate.sync_detailed(client=client, body=body).status_code == 200

    async def both() -> tuple[object, int]:
        async with client:
            return (await uploads_initiate.asyncio(client=client, body=body),
                    (await uploads_initiate.asyncio_detailed(client=client, body=body)).status_code)

    made, status = asyncio.run(both())
    assert isinstance(made, UploadOutput) and status == 200


def test_the_fluent_client_hands_out_the_generated_one(client, scene):
    answer = items_get.sync(client=client.client, body=items_get.ItemGetInput(item_id=scene.item_id))
    assert answer.item["id"] == scene.item_id
    assert copy.copy(client.client.with_headers({"X-Of-Mine": "1"})).base_url == client.base_url


def test_the_async_client_awaits_the_same(api):
    for number in range(5):
        api.create_item(f"n{number}")

    async def road() -> list[str]:
        async with AsyncLandfall(api.key, api.base_url) as client:
            first, second = await asyncio.gather(client.items.list(project_id=api.project), client.op("items.list", project_id=api.project))
            assert first.total == second["total"] == 5
            with pytest.raises(errors.NotFound):
                await client.items.get(item_id="it_none")
            assert (await client.items.get(item_id="it_none", detailed=True)).status_code == 404
            return [item["name"] async for item in client.iterate("items.list", project_id=api.project, limit=2)]

    assert sorted(asyncio.run(road())) == ["n0", "n1", "n2", "n3", "n4"]


@pytest.mark.parametrize(("text", "microsecond"), [("2024-01-02T03:04:05Z", 0), ("2024-01-02T03:04:05.5Z", 500_000), ("2024-01-02T05:04:05.123456789+02:00", 123_456)])
def test_times_are_read_as_the_server_may_write_them(text, microsecond):
    assert as_datetime(text) == datetime.datetime(2024, 1, 2, 3, 4, 5, microsecond, datetime.timezone.utc)


@pytest.mark.parametrize("answer", [b"<html>hello</html>", b"[]", b"{}"])
def test_a_server_that_is_no_landfall_is_told(answer):
    """A wrong base_url is the likeliest first fault."""
    client = Landfall("gpra_x", "http://landfall.invalid")
    client.client.set_httpx_client(httpx.Client(base_url="http://landfall.invalid", transport=httpx.MockTransport(
        lambda request: httpx.Response(200, content=answer, headers={"Content-Type": "application/json"}))))
    with pytest.raises(errors.UnexpectedAnswer, match="base_url"):
        client.items.get(item_id="it_x")
