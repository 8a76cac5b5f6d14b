"""Idempotency-Key. Contract: section 6.3."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.answers import faults, problem
from support.catalog import rows
from support.contract import OPERATIONS, alias
from support.rasters import drawn_scene
from support.walk import AREA

#: There is no delivery area from which something could be cut.
KEYED = [operation for operation, entry in OPERATIONS.items()
         if entry["accepts_idempotency_key"] and operation != "clip.create_from_area"]


def raster(api) -> str:
    """An item that can be clipped."""
    return api.upload_one(drawn_scene())


def order(api) -> dict:
    """Of a clip of one."""
    return {"job_type_name": "cog_clip", "project_id": api.project, "source_item_id": raster(api),
            "parameters": {"aoi_geometry": AREA}}


BODIES = {
    "organizations.create": lambda api: {"name": "Twice"},
    "projects.create": lambda api: {"name": "Twice"},
    "api_keys.create": lambda api: {"name": "Twice", "permissions": ["items:read"]},
    "uploads.initiate": lambda api: {"project_id": api.project},
    "collections.create": lambda api: {"project_id": api.project, "name": "Twice"},
    "items.duplicate": lambda api: {"item_id": api.create_item()["id"]},
    "users.invite": lambda api: {"organization_id": api.organization, "email": f"{uuid.uuid4().hex}@example.org"},
    "visualization.profile.create": lambda api: {"item_id": api.create_item()["id"], "name": "Twice", "type": "rgb",
                                                 "config": {}},
    "clip.create_from_item": lambda api: {"source_item_id": raster(api), "aoi_geometry": AREA},
    "processing.create": lambda api: order(api),
    "processing.create_and_dispatch": lambda api: order(api),
    "processing.dispatch": lambda api: {"job_id": api.op("processing.create", order(api)).json()["job"]["id"]},
    "processing.execute": lambda api: {"process_id": "cog_clip", "workspaceId": api.project,
                                       "inputs": {"source_item_id": raster(api), "aoi_geometry": AREA}},
    "band_formulas.create": lambda api: {"name": f"Twice {uuid.uuid4().hex}", "formula": "(NIR - RED) / NIR"},
    "items.create": lambda api: {"project_id": api.project, "name": "Twice", "type": "user_raster"},
}


@pytest.fixture
def key() -> dict[str, str]:
    """A header with a key that nobody used."""
    return {"Idempotency-Key": str(uuid.uuid4())}


@pytest.mark.parametrize("operation", KEYED)
def test_a_repeated_call_is_replayed_byte_for_byte(api, key, operation):
    """[section 6.3]"""
    body = BODIES[operation](api)
    first = api.op(operation, body, headers=key)
    second = api.op(operation, body, headers=key)
    assert first.status_code == second.status_code == OPERATIONS[operation]["success"], first.text
    assert first.content == second.content
    assert first.headers["content-type"] == second.headers["content-type"]
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"


def test_the_operation_ran_once(api, key):
    """[section 6.3]"""
    for _ in range(3):
        api.call("items.create", BODIES["items.create"](api), headers=key)
    assert api.call("items.list", {"project_id": api.project})["total"] == 1


@pytest.mark.parametrize("operation", KEYED)
def test_the_same_key_with_another_body_is_409(api, key, operation):
    """[section 6.3]"""
    body = BODIES[operation](api)
    assert api.op(operation, body, headers=key).status_code == OPERATIONS[operation]["success"]
    problem(api.op(operation, body | {"description": "another"}, headers=key), 409)


def test_bodies_are_compared_as_json_not_as_text(api, key):
    """[section 6.3]"""
    first = api.call("collections.create", {"project_id": api.project, "name": "Same"}, headers=key)
    text = json.dumps({"name": "Same", "project_id": api.project}, indent=4)
    second = api.http.post("/v1/op/collections.create", content=text, headers=key | {"Content-Type": "application/json"})
    assert second.json() == first


def test_both_path_forms_share_a_key(api, key):
    """[section 6.3]"""
    body = BODIES["collections.create"](api)
    first = api.op("collections.create", body, headers=key)
    assert api.http.post(alias("collections.create"), json=body, headers=key).content == first.content


def test_a_key_counts_per_operation_and_organization(api, neighbour, key):
    """[section 6.3]"""
    api.call("projects.create", {"name": "Same"}, headers=key)
    api.call("organizations.create", {"name": "Same"}, headers=key)
    other = neighbour.op("projects.create", {"name": "Same"}, headers=key)
    assert other.status_code == 200
    assert other.json()["organization_id"] == neighbour.organization


def test_a_validation_failure_does_not_use_a_key_up(api, key):
    """[section 6.3]"""
    faults(api.op("projects.create", {}, headers=key))
    api.call("projects.create", {"name": "Right now"}, headers=key)


def test_a_final_refusal_is_replayed(api, key):
    """[section 6.3]"""
    body = {"project_id": api.project, "target_collection_id": "col_missing"}
    first = api.op("uploads.initiate", body, headers=key)
    second = api.op("uploads.initiate", body, headers=key)
    problem(first, 404)
    problem(second, 404)
    assert first.json()["detail"] == second.json()["detail"]
    assert second.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("text", ["", "x" * 256])
def test_a_key_has_1_to_255_characters(api, text):
    """[section 6.3]"""
    answer = api.op("projects.create", {"name": "Long"}, headers={"Idempotency-Key": text})
    assert answer.status_code == 422, answer.text
    assert [entry["loc"] for entry in answer.json()["detail"]] == [["header", "idempotency-key"]]


def test_reads_ignore_the_header(api, key):
    """[section 6.3]"""
    before = api.call("items.list", {"project_id": api.project}, headers=key)
    api.create_item()
    assert before["total"] == 0
    assert api.call("items.list", {"project_id": api.project}, headers=key)["total"] == 1


def test_simultaneous_calls_with_one_key_make_one_thing(api, key):
    """[section 6.3]"""
    body = BODIES["items.create"](api)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: api.op("items.create", body, headers=key), range(8)))
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 409)
    assert api.call("items.list", {"project_id": api.project})["total"] == 1


def test_a_stored_answer_does_not_show_the_secret_in_it(server, api, key):
    """[section 2.6: only a hash of a key is stored]"""
    made = api.call("api_keys.create", BODIES["api_keys.create"](api), headers=key)
    stored = rows(server.installation, "SELECT response FROM idempotency_key "
                                       f"WHERE client_key = '{key['Idempotency-Key']}'")
    assert len(stored) == 1 and stored[0]["response"]
    assert made["key"] not in stored[0]["response"]
    assert made["id"] not in stored[0]["response"]
    files = [path for path in server.installation.data.glob("catalog.db*")]
    assert not any(made["key"].encode() in path.read_bytes() for path in files)


def test_another_credential_does_not_get_a_secret_by_the_same_key(server, api, key):
    """[section 2.6: a secret is shown once]"""
    body = BODIES["api_keys.create"](api)
    made = api.call("api_keys.create", body, headers=key)
    colleague = api.with_key(server.installation.key(api.organization, "Colleague", "api_keys:write", "items:read"))
    refusal = colleague.op("api_keys.create", body, headers=key)
    assert "another credential" in problem(refusal, 409)["detail"]
    assert made["key"] not in refusal.text
    assert api.call("api_keys.create", body, headers=key) == made
