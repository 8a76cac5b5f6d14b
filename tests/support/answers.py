"""Assertions about error answers. Contract: section 5."""

from __future__ import annotations

import httpx


def problem(answer: httpx.Response, status: int) -> dict:
    """Asserts a problem document of this status with the members that clients need; gives it."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text[:1000]}"
    assert answer.headers["content-type"].split(";")[0] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert isinstance(body["title"], str) and body["title"]
    assert isinstance(body["detail"], str) and body["detail"]
    assert isinstance(body.get("type", "about:blank"), str)
    return body


def faults(answer: httpx.Response) -> dict[tuple, dict]:
    """Asserts a validation answer; gives its entries by where they lie in the body, `body` left out."""
    assert answer.status_code == 422, f"{answer.status_code} instead of 422: {answer.text[:1000]}"
    assert answer.headers["content-type"].split(";")[0] in ("application/json", "application/problem+json")
    detail = answer.json()["detail"]
    assert isinstance(detail, list) and detail
    for entry in detail:
        assert isinstance(entry["msg"], str) and entry["msg"]
        assert isinstance(entry["type"], str) and entry["type"]
        assert entry["loc"][0] == "body"
    return {tuple(entry["loc"][1:]): entry for entry in detail}


def faulty_fields(answer: httpx.Response) -> set[str]:
    """The names of the top-level fields that a validation answer complains about."""
    return {str(where[0]) for where in faults(answer) if where}


def storage_error(answer: httpx.Response, status: int, code: str | None = None) -> str:
    """Asserts an error of the object store in S3's XML form; gives its code."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text[:1000]}"
    assert "xml" in answer.headers["content-type"]
    text = answer.text
    assert "<Error>" in text, text
    found = text.split("<Code>", 1)[1].split("</Code>", 1)[0]
    if code:
        assert found == code, text
    return found
