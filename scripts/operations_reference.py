#!/usr/bin/env python3
"""Writes the reference of operations: Markdown on standard output from an OpenAPI document on standard input."""

from __future__ import annotations

import json
import sys
from itertools import groupby

PREFIX = "/v1/op/"
#: What every operation can answer; the document names them at each, the reference once.
USUAL = {"400", "401", "403", "404", "413", "422", "429", "500", "503", "504"}

HEAD = """# Operations

Generated from `docs/openapi.json` by `scripts/openapi.sh`; do not edit. An operation is called with `POST /v1/op/{id}` and a JSON object, or as a command, `landfall op {id} '{…}'`.
Fields in bold are required, those with `?` may be null. Beside the statuses that are named here each can answer 400, 401, 403, 404, 413, 422, 429, 500, 503 and 504: see [errors](errors.md).
"""


class Reference:
    """The document with its references resolved."""

    def __init__(self, document: dict) -> None:
        self.document = document

    def resolve(self, schema: dict) -> dict:
        """The schema behind a reference, also behind one that may be null."""
        for option in schema.get("anyOf", []):
            if "$ref" in option:
                schema = option
        if "$ref" in schema:
            return self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return schema

    def type_of(self, schema: dict) -> str:
        """A short word for the type: `string`, `ItemResponse[]`, `"asc" or "desc"`."""
        if "anyOf" in schema:
            return self.type_of(next(option for option in schema["anyOf"] if "$ref" in option)) + "?"
        if "$ref" in schema:
            return schema["$ref"].rsplit("/", 1)[-1]
        kinds = schema.get("type", "any")
        kinds = [kinds] if isinstance(kinds, str) else kinds
        optional = "?" if "null" in kinds else ""
        names = [str(name) for name in schema.get("enum", []) if name is not None]
        if names and len(names) <= 8:
            return " \\| ".join(f"`{name}`" for name in names) + optional
        if "array" in kinds:
            return self.type_of(schema.get("items", {})) + "[]" + optional
        return schema.get("format", kinds[0]) + optional

    def fields(self, schema: dict) -> str:
        """A table of the fields of an object; nothing of one that has none."""
        whole = self.resolve(schema)
        rows = []
        for name, field in whole.get("properties", {}).items():
            told = f"**{name}**" if name in whole.get("required", []) else name
            text = field.get("description", "")
            if "default" in field:
                text += ("; " if text else "") + f"default `{json.dumps(field['default'], ensure_ascii=False)}`"
            low, high = field.get("minimum"), field.get("maximum")
            if low is not None or high is not None:
                text += ("; " if text else "") + f"{low if low is not None else ''}..{high if high is not None else ''}"
            rows.append(f"| {told} | {self.type_of(field)} | {text} |")
        return "\n".join(["| Field | Type | |", "|---|---|---|", *rows]) + "\n" if rows else ""

    def operation(self, path: str, post: dict) -> str:
        """One section."""
        identity = path.removeprefix(PREFIX)
        facts = [f"scope `{post['x-required-scope']}`", post["x-side-effect"].replace("_", " ")]
        if any(parameter["name"] == "idempotency-key" for parameter in post["parameters"]):
            facts.append("takes `Idempotency-Key`")
        if post.get("x-landfall-extension"):
            facts.append("an extension")
        own = sorted(set(post["responses"]) - USUAL - {"200", "201"})
        if own:
            facts.append("also " + ", ".join(own))
        [success] = [status for status in post["responses"] if status.startswith("2")]
        answers = [f"`{media_type}`" if post.get("x-raw-response") else self.type_of(content["schema"])
                   for media_type, content in post["responses"][success]["content"].items()]
        body = self.fields(post["requestBody"]["content"]["application/json"]["schema"])
        return (f"### {identity}\n\n{post['summary']} S{'; '.join(facts)[1:]}.\n\n"
                + (body + "\n" if body else "") + f"Answers {success}: {' or '.join(answers)}\n")

    def answer_schemas(self) -> str:
        """The structs that answers hold, each once."""
        inputs = {self.type_of(post["requestBody"]["content"]["application/json"]["schema"]) for _, post in self.posts()}
        sections = [f"### {name}\n\n{self.fields(schema)}" for name, schema in self.document["components"]["schemas"].items()
                    if name not in inputs]
        return "## What answers hold\n\n" + "\n".join(sections)

    def posts(self) -> list[tuple[str, dict]]:
        """The operations in the order of their ids."""
        return [(path, item["post"]) for path, item in self.document["paths"].items() if "post" in item]

    def text(self) -> str:
        """The whole page."""
        parts = [HEAD]
        for resource, group in groupby(self.posts(), lambda each: each[0].removeprefix(PREFIX).split(".")[0]):
            parts.append(f"## {resource}\n")
            parts.extend(self.operation(path, post) for path, post in group)
        return "\n".join([*parts, self.answer_schemas()]).rstrip() + "\n"


if __name__ == "__main__":
    sys.stdout.write(Reference(json.load(sys.stdin)).text())
