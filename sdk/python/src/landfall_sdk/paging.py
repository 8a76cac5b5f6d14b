"""From page to page of lists and searches, whatever way an operation goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .operations import OPERATIONS


def pages(call: Callable[[str, dict[str, Any]], Any], operation: str, question: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answers to a question and to those that follow from it."""
    asked: dict[str, Any] | None = question
    while asked is not None:
        page = call(operation, asked)
        yield page
        asked = following(operation, asked, page)


def entries(answers: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What all pages list."""
    for page in answers:
        yield from entries_of(page)


def entries_of(page: Any) -> list[dict[str, Any]]:
    """What a page lists: the page itself, or its only list."""
    if isinstance(page, list):
        return page
    lists = [value for name, value in page.items() if isinstance(value, list) and name != "links"]
    if len(lists) != 1:
        raise TypeError("The answer of this operation lists nothing; call it with op()")
    return lists[0]


def following(operation: str, question: dict[str, Any], page: Any) -> dict[str, Any] | None:
    """The question for the page after this one; None after the last."""
    known = OPERATIONS.get(operation)
    way = known.paging if known else "page_token"
    if way in ("page_token", "after"):
        token = page.get("next_token" if way == "page_token" else "next_after") if isinstance(page, dict) else None
        return None if token is None else {**question, way: token}
    if way == "links":
        [*bodies] = [link["body"] for link in page.get("links", []) if link.get("rel") == "next"]
        return {**question, **bodies[0]} if bodies else None
    if way == "offset":
        return _after_offset(question, page)
    return None


def _after_offset(question: dict[str, Any], page: Any) -> dict[str, Any] | None:
    shown = len(entries_of(page))
    reached = question.get("offset", 0) + shown
    total = page.get("total") if isinstance(page, dict) else None
    if shown == 0 or (total is not None and reached >= total):
        return None
    return {**question, "offset": reached}
