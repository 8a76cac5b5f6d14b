"""Reading the OpenAPI document."""

from __future__ import annotations

PREFIX = "/v1/op/"


def published(document: dict, operation: str) -> dict:
    """The published declaration of an operation."""
    return document["paths"][PREFIX + operation]["post"]


def resolved(document: dict, schema: dict) -> dict:
    """What a schema says itself, behind its reference; of one that takes null as well, what else it takes."""
    for option in schema.get("anyOf", []):
        if "$ref" in option:
            schema = option
    if reference := schema.get("$ref"):
        return document["components"]["schemas"][reference.removeprefix("#/components/schemas/")]
    return schema


def body_of(document: dict, operation: str) -> dict:
    """The schema of what an operation takes, as it stands there: mostly a reference."""
    return published(document, operation)["requestBody"]["content"]["application/json"]["schema"]


def answer_of(document: dict, operation: str) -> dict:
    """The schema of what an operation answers, where that is JSON; else nothing."""
    for status, response in published(document, operation)["responses"].items():
        for media_type, told in response.get("content", {}).items():
            if status.startswith("2") and "json" in media_type:
                return told["schema"]
    return {}
