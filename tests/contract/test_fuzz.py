"""Every operation with what its published schema allows, and with what it does not: no answer that the document does not know.

Half of the calls name resources that exist, so that they come further than a 404. Failures print the call that reproduces them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import (content_type_conformance, response_headers_conformance,
                                               response_schema_conformance, status_code_conformance)

from support.api import Api
from support.contract import make_world
from support.rasters import drawn_scene

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
          response_schema_conformance]
DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
OPERATIONS = {f"{operation.method.upper()} {operation.path}": operation
              for operation in (result.ok() for result in SCHEMA.get_all_operations())}
#: What must not stand in an answer: pieces of our insides.
INSIDES = ("SQLITE", "sqlite3", "syntax error at", "std::", "/src/", "Traceback", "libpq", "PRAGMA", "errno")


@pytest.fixture(scope="module")
def names(server) -> dict[str, str]:
    """Ids of one organization's resources, by the fields that take them."""
    api = server.organization("Fuzzed")
    upload = api.initiate()
    api.send(upload, "scene.tif", drawn_scene())
    world = make_world(api, raster_item=api.complete(upload)[0])
    ids = {name: value for name, value in vars(world).items() if name.endswith("_id")}
    return ids | {"asset_id": "data", "asset_key": "data", "source_item_id": world.item_id, "key": api.key}


def naming(value: Any, names: dict[str, str]) -> Any:
    """The value with existing ids in the fields that take ids."""
    if not isinstance(value, dict):
        return value
    return {name: names.get(name, inner) if isinstance(inner, str) or name not in names else names[name]
            for name, inner in value.items()}


def calls(operation) -> st.SearchStrategy:
    """A call as the schema allows it, or not; and whether it names what exists."""
    modes = [operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
             operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)]
    return st.tuples(st.one_of(*modes), st.booleans())


#: Those that take the world of the others away come last.
LAST = {f"POST /v1/op/projects.{verb}" for verb in ("archive", "delete")}


@pytest.mark.parametrize("label", sorted(OPERATIONS, key=LAST.__contains__))
def test_no_call_is_answered_otherwise_than_published(label: str, server, names):
    operation = OPERATIONS[label]

    @settings(max_examples=15, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(call=calls(operation))
    def fuzz(call) -> None:
        case, existing = call
        if existing:
            case.body = naming(case.body, names)
            case.path_parameters = naming(case.path_parameters, names)
        answer = case.call(base_url=server.base_url, headers={"Authorization": f"Bearer {names['key']}"})
        case.validate_response(answer, checks=CHECKS)
        if "json" in answer.headers.get("content-type", [""])[0]:
            assert not any(inside in answer.text for inside in INSIDES), answer.text[:500]
        if answer.status_code == 422:
            assert isinstance(answer.json()["detail"], list)

    fuzz()
