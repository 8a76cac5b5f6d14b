"""The OpenAPI document against the contract's table. Sections 1.1 and 3.1; A013, A100."""

from __future__ import annotations

import importlib
import re

import jsonschema
import pytest

from support.api import Api
from support.contract import OPERATIONS
from support.published import PREFIX, answer_of, body_of, published, resolved

SIDE_EFFECTS = {"read", "compute", "external_spend", "share_export", "destructive"}


@pytest.fixture(scope="module")
def document(admin: Api) -> dict:
    """The document as anybody reads it."""
    answer = admin.with_key(None).http.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    return answer.json()


def test_the_document_is_openapi_3_1_with_a_bearer_scheme(document):
    """[section 1.1]"""
    assert document["openapi"].startswith("3.1")
    scheme = document["components"]["securitySchemes"]["HTTPBearer"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


def posts(document: dict) -> dict[str, dict]:
    return {path: item["post"] for path, item in document["paths"].items() if "post" in item}


def gets(document: dict) -> dict[str, dict]:
    return {path: item["get"] for path, item in document["paths"].items() if "get" in item}


def test_only_the_dotted_paths_are_published_so_that_no_operation_is_listed_twice(document):
    """[section 1.1, conflict C20]"""
    for path, item in document["paths"].items():
        assert list(item) == (["post"] if path.startswith(PREFIX) else ["get"]), path
    for path, post in posts(document).items():
        assert post["operationId"] == path.removeprefix(PREFIX)


def test_the_addresses_of_map_clients_are_published_as_they_answer(document, scene):
    names = {path: {parameter["name"]: parameter for parameter in get["parameters"]} for path, get in gets(document).items()}
    item = "/api/v1/items/{item_id}/"
    collection = "/api/v1/collections/{collection_id}/stac.json"
    assert set(names) == {collection, item + "tiles/{z}/{x}/{y}.{format}", item + "tilejson.json", item + "stac.json", item + "assets/{asset_id}",
                          item + "legend.json", item + "tiles/{z}/{x}/{y}.mvt", item + "point/{longitude},{latitude}",
                          item + "export.{format}"}
    values = {"longitude": 8.55, "latitude": 47.39, "item_id": scene.item_id, "collection_id": scene.api.create_collection()["id"],
              "z": 0, "x": 0, "y": 0, "format": "png", "asset_id": "data"}
    for path, get in gets(document).items():
        wanted = {name for name, parameter in names[path].items() if parameter["in"] == "path"}
        assert all(names[path][name]["required"] for name in wanted)
        answer = scene.api.http.get(path.format(**{name: values[name] for name in wanted}), follow_redirects=False)
        response = get["responses"][str(answer.status_code)]
        if answer.status_code == 302:
            assert "Location" in response["headers"] and answer.headers["location"]
            continue
        media_type = answer.headers["content-type"].split(";")[0]
        schema = response["content"][media_type]["schema"]
        jsonschema.Draft202012Validator.check_schema(schema)
        if "json" in media_type:
            jsonschema.validate(answer.json(), schema | {"components": document["components"]})


def test_an_idempotency_key_is_as_long_as_published(document, api):
    for path, post in posts(document).items():
        for parameter in post["parameters"]:
            if parameter["name"] == "idempotency-key":
                assert (parameter["schema"]["minLength"], parameter["schema"]["maxLength"]) == (1, 255), path
                assert "409" in post["responses"], path
    answer = api.op("projects.create", {"name": "x"}, headers={"Idempotency-Key": "x" * 256})
    assert answer.status_code == 422
    assert [entry["loc"] for entry in answer.json()["detail"]] == [["header", "idempotency-key"]]


def test_every_published_operation_says_what_clients_read(document):
    """[section 1.1]"""
    for path, post in posts(document).items():
        assert post["tags"] == ["operations"], path
        public = OPERATIONS.get(post["operationId"], {}).get("public")
        assert post["security"] == [{"HTTPBearer": []}, *([{}] if public else [])], path
        assert post["summary"], path
        assert "application/json" in post["requestBody"]["content"], path
        assert {"401", "403", "404", "422", "500"} <= set(post["responses"]), path
        assert any(p["in"] == "header" and p["name"].lower() == "x-api-key" and not p.get("required")
                   for p in post["parameters"]), path
        assert post["x-side-effect"] in SIDE_EFFECTS, path
        assert post["x-required-scope"].count(":") == 1, path


@pytest.mark.parametrize("operation", OPERATIONS)
def test_scope_side_effect_and_success_status_are_the_contracts(document, operation):
    """[A013, A090, A100, operations.json]"""
    post, expected = published(document, operation), OPERATIONS[operation]
    assert post["x-required-scope"] == expected["scope"]
    assert post["x-side-effect"] == expected["side_effect"]
    assert bool(post.get("x-raw-response")) == bool(expected.get("raw_response"))
    assert bool(post.get("x-output-media-type")) == bool(expected.get("raw_response"))
    assert str(expected["success"]) in post["responses"]
    if media_type := expected.get("media_type"):
        assert media_type in post["responses"][str(expected["success"])]["content"]


def test_what_goes_beyond_the_contract_says_so(document):
    """[extensions.md]"""
    for path, post in posts(document).items():
        assert bool(post.get("x-landfall-extension")) == bool(OPERATIONS.get(path.removeprefix(PREFIX), {}).get("extension")), path


def test_a_raw_answer_is_known_not_to_be_json(document):
    """[section 1.1] The MCP gateway makes a tool of a raw read unless this says that it answers no JSON. Some answer
    JSON as well, where nothing else is asked for."""
    for path, post in posts(document).items():
        if post.get("x-raw-response"):
            content = post["responses"]["200"]["content"]
            assert post["x-output-media-type"] in content, path
            assert "json" not in post["x-output-media-type"], path
            assert path.startswith("/v1/op/analytics.") or not any("json" in media_type for media_type in content), path


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_published_fields_are_the_contracts(document, operation):
    """[operations.json, A103, A104, A105]"""
    schema = resolved(document, body_of(document, operation))
    expected = OPERATIONS[operation]["input"]
    assert set(expected) <= set(schema.get("properties", {}))
    if not OPERATIONS[operation].get("free_form"):
        assert set(schema.get("required", [])) == {name for name, field in expected.items() if field.get("required")}
    for name, field in expected.items():
        if "default" in field and field["default"] is not None:
            assert schema["properties"][name].get("default", field["default"]) == field["default"], name


@pytest.mark.parametrize("operation", [op for op in OPERATIONS if OPERATIONS[op].get("output")])
def test_the_published_answers_have_the_contracts_types(document, operation):
    """[operations.json] What a generated client reads."""
    properties = resolved(document, answer_of(document, operation))["properties"]
    for name, field in OPERATIONS[operation]["output"].items():
        kinds = resolved(document, properties[name]).get("type", [])
        assert set([kinds] if isinstance(kinds, str) else kinds) == \
            {field["type"], *(["null"] if field.get("nullable") else [])}, name
        assert properties[name].get("default", "") is not None, name


def test_items_are_published_alike_wherever_they_appear(document):
    """[section 1.4]"""
    record = {"$ref": "#/components/schemas/ItemResponse"}
    assert answer_of(document, "items.create") == record
    assert resolved(document, answer_of(document, "items.get"))["properties"]["item"] == record
    assert resolved(document, answer_of(document, "items.list"))["properties"]["items"]["items"] == record


def names_of_the_sdk(module) -> tuple[str, str]:
    """What the official SDK calls the body and the answer of an operation; empty where it has no class for it."""
    failures = {"HTTPValidationError", "Problem", "Any", "Unset", "None", "Response", "Union", "Optional"}
    body = re.findall(r"\w+", str(module._get_kwargs.__annotations__.get("body", "")))
    answer = re.findall(r"\w+", str(module._parse_response.__annotations__.get("return", "")))

    def own(words: list[str]) -> str:
        classes = [word for word in words if word[:1].isupper() and word not in failures and "BodyType" not in word]
        return classes[-1] if classes else ""

    return own(body), own(answer)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_bodies_and_answers_have_the_names_of_the_official_sdk(document, operation):
    """A client generated from this document has the classes of theirs."""
    body, answer = body_of(document, operation), answer_of(document, operation)
    entry = answer.get("items", answer)
    assert "$ref" in body and (not entry or "$ref" in entry or entry == {"type": "object"}), (body, answer)
    if OPERATIONS[operation].get("extension") or operation == "stac.collections.list":  # the SDK leaves it out
        return
    module = importlib.import_module("geopera.api.operations." + operation.replace(".", "_"))
    body_name, answer_name = names_of_the_sdk(module)
    assert not body_name or body["$ref"].endswith("/" + body_name)
    assert not answer_name or answer["$ref"].endswith("/" + answer_name)


def test_every_named_schema_has_one_example_that_it_allows(document):
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        [example] = schema["examples"]
        jsonschema.validate(example, schema | {"components": document["components"]},
                            format_checker=jsonschema.FormatChecker())


def test_the_published_schemas_are_valid_json_schemas(document):
    """[section 1.1]"""
    for post in posts(document).values():
        schemas = [content["schema"] for response in post["responses"].values() for content in response["content"].values()]
        for schema in [post["requestBody"]["content"]["application/json"]["schema"], *schemas]:
            jsonschema.Draft202012Validator.check_schema(schema)
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
