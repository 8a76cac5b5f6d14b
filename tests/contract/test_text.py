"""Text of every kind in every place: kept as it is, or refused; never a failure of the server. Section 1.2."""

from __future__ import annotations

import json

import pytest

from support.contract import OPERATIONS, World, make_world, minimal_body

STRANGE = {
    "nul": "a\x00b", "lone surrogate": "\ud800", "controls": "\x01\x1f\x7f\u0085", "bidi": "\u202eabc", "emoji": "👩🏽‍🚀",
    "noncharacter": "\uffff", "quotes": "'\"\\;--", "combining": "e\u0301" * 50, "line separators": "a\u2028b\nc\rd\t",
    "long": "ä" * 100_000, "percent": "%s%n%00", "template": "{{7*7}}${7*7}", "path": "../../etc/passwd",
}


@pytest.fixture(scope="module")
def world(admin) -> World:
    """Resources to name."""
    return make_world(admin.new_project())


def post(world: World, operation: str, body: dict):
    """Sends a body that an ordinary JSON encoder would refuse."""
    return world.api.http.post(f"/v1/op/{operation}", content=json.dumps(body).encode("ascii"),
                               headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("kind", STRANGE)
def test_strange_text_in_any_field_is_never_a_server_error(world, operation, kind):
    """[section 1.2, design section 12]"""
    for name, field in OPERATIONS[operation]["input"].items():
        value = {"string": STRANGE[kind], "array": [STRANGE[kind]], "object": {STRANGE[kind]: STRANGE[kind]}}.get(field.get("type", "string"))
        if value is None:
            continue
        body = minimal_body(operation, world) | {name: value}
        if OPERATIONS[operation]["side_effect"] == "destructive" or operation in ("uploads.fail", "projects.archive"):
            body |= {key: "missing" for key in body if key.endswith("_id") and key != name}
        answer = post(world, operation, body)
        assert answer.status_code < 500, f"{name}: {answer.text[:500]}"


@pytest.mark.parametrize("kind", ["bidi", "emoji", "noncharacter", "quotes", "combining", "line separators", "percent",
                                  "template", "path"])
def test_strange_but_valid_text_is_kept(api, kind):
    """[section 1.2]"""
    text = STRANGE[kind]
    item = api.create_item(text, description=text, properties={text: text})
    assert (item["name"], item["description"], item["properties"]) == (text, text, {text: text})
    assert api.item(item["id"]) == item
    assert api.names(query={"name": {"eq": text}}) == [text]
    document = api.call("items.get_stac", {"item_id": item["id"]})
    assert document["properties"][text] == text


def test_the_same_field_twice_is_refused_or_the_last_counts(world):
    """[section 1.2]"""
    body = f'{{"project_id": "{world.project_id}", "name": "first", "name": "last"}}'
    answer = world.api.http.post("/v1/op/collections.create", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 400, 422)
    if answer.status_code == 200:
        assert answer.json()["name"] == "last"


@pytest.mark.parametrize("depth", [50, 5_000])
def test_deep_properties_are_kept_or_refused(world, depth):
    """[design section 12]"""
    deep = '{"a":' * depth + "1" + "}" * depth
    body = f'{{"project_id": "{world.project_id}", "type": "clip", "name": "deep", "properties": {deep}}}'
    answer = world.api.http.post("/v1/op/items.create", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 400, 413, 422), answer.text[:500]
    if answer.status_code == 200:
        assert world.api.op("items.get_stac", {"item_id": answer.json()["id"]}).status_code == 200


def test_large_and_exact_numbers_in_properties_are_kept(world):
    """[section 1.2]"""
    numbers = {"big": 2**53 + 1, "int64": -(2**63), "small": 1e-300, "exact": 0.1, "zero": -0.0, "whole": 5.0}
    item = world.api.create_item("Numbers", properties=numbers)
    assert world.api.item(item["id"])["properties"] == numbers
