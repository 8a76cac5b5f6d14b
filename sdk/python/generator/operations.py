"""What the library must know of each operation at run time, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

PREFIX = "/v1/op/"


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    id: str
    summary: str
    side_effect: str
    takes_key: bool
    needs_body: bool
    paging: str


def of(openapi: dict[str, Any]) -> list[Operation]:
    """All that are called with POST /v1/op/…, by id."""
    schemas = openapi["components"]["schemas"]
    found = []
    for path, methods in openapi["paths"].items():
        if not path.startswith(PREFIX):
            continue
        spec = methods["post"]
        headers = {each["name"].lower() for each in spec.get("parameters", [])}
        body = spec["requestBody"]
        success = next(answer for status, answer in spec["responses"].items() if status.startswith("2"))
        found.append(Operation(spec["operationId"], spec["summary"], spec["x-side-effect"], "idempotency-key" in headers,
                               body.get("required", False), _paging(_fields(body, schemas), _fields(success, schemas))))
    return sorted(found, key=lambda operation: operation.id)


def _fields(content: dict[str, Any], schemas: dict[str, Any]) -> set[str]:
    schema = content.get("content", {}).get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return set(schema.get("properties", {}))


def _paging(asked: set[str], told: set[str]) -> str:
    """How one gets from a page to the next: by which field, or not at all."""
    if "next_token" in told and "page_token" in asked:
        return "page_token"
    if "next_after" in told and "after" in asked:
        return "after"
    if "links" in told and "page" in asked:
        return "links"
    return "offset" if {"offset", "limit"} <= asked else ""


def module(known: list[Operation]) -> str:
    """The text of `landfall_sdk/operations.py`."""
    lines = ['"""The operations of the server that the library was built with. Written by the build."""', "",
             "from typing import NamedTuple", "", "",
             "class Operation(NamedTuple):", '    """What calling an operation depends on."""', "",
             "    side_effect: str", "    takes_key: bool", "    needs_body: bool", "    paging: str", "", "",
             "OPERATIONS: dict[str, Operation] = {"]
    lines += [f"    {each.id!r}: Operation({each.side_effect!r}, {each.takes_key}, {each.needs_body}, {each.paging!r})," for each in known]
    return "\n".join([*lines, "}", ""])
