"""What can go wrong, by what the caller can do about it. No error holds a credential or a signed address."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class LandfallError(Exception):
    """The base of all errors of this library."""


class ConfigurationError(LandfallError):
    """The client does not know where to call or as whom."""


class ConnectionFailed(LandfallError):
    """No answer came, also after trying again. Whether the last try was carried out is unknown."""


class UnexpectedAnswer(LandfallError):
    """What answered is no Landfall server, or one that speaks otherwise."""


class UnexpectedStatus(LandfallError):
    """A generated module got a status that the document does not name; see `Client.raise_on_unexpected_status`."""

    def __init__(self, status_code: int, content: bytes) -> None:
        super().__init__(f"Unexpected status {status_code}")
        self.status_code = status_code
        self.content = content


class TransferError(LandfallError):
    """A file did not arrive whole."""


class DigestMismatch(TransferError):
    """The bytes that arrived are not those that were sent."""


class UploadInterrupted(TransferError):
    """An upload broke off. What has arrived is kept for a day: the same call goes on, or `resume=error.upload_id` elsewhere."""

    def __init__(self, message: str, upload_id: str) -> None:
        super().__init__(message)
        self.upload_id = upload_id


@dataclass(frozen=True)
class FieldError:
    """One faulty field of an input: where (`body`, name, …), what is wrong, and the kind of fault."""

    loc: tuple[str | int, ...]
    msg: str
    type: str


class ApiError(LandfallError):
    """The server refused, with a problem document (RFC 9457). docs/reference/errors.md lists all types."""

    def __init__(self, problem: Mapping[str, Any], retry_after: float | None = None) -> None:
        self.status = int(problem.get("status", 0))
        self.type = str(problem.get("type", "about:blank"))
        self.title = str(problem.get("title", ""))
        self.errors = _field_errors(problem.get("detail"))
        self.detail = _sentence(problem.get("detail"), self.errors) or self.title
        self.request_id: str | None = problem.get("request_id")
        #: Seconds after which the same call may succeed, where the server says so.
        self.retry_after = retry_after
        super().__init__(f"{self.status}: {self.detail}" + (f" ({self.request_id})" if self.request_id else ""))

    def __reduce__(self) -> tuple[Any, ...]:
        problem = {"status": self.status, "type": self.type, "title": self.title, "request_id": self.request_id,
                   "detail": [vars(each) for each in self.errors] or self.detail}
        return type(self), (problem, self.retry_after)


class BadRequest(ApiError):
    """400: not what HTTP or JSON allow, or bytes that are not those announced."""


class Unauthenticated(ApiError):
    """401: no, unknown, expired or revoked credentials."""


class PaymentRequired(ApiError):
    """402: the storage quota is short, or the subscription is past due."""


class PermissionDenied(ApiError):
    """403: the scope or the role is missing."""


class NotFound(ApiError):
    """404: unknown, deleted, or of another organization."""


class Conflict(ApiError):
    """409: wrong state, duplicate, or with `retry_after` a lost race."""


class Gone(ApiError):
    """410: expired or deleted."""


class PreconditionFailed(ApiError):
    """412: what was to be changed has changed meanwhile."""


class PayloadTooLarge(ApiError):
    """413: more than a limit allows."""


class InvalidInput(ApiError):
    """422: `errors` names all faulty fields."""


class RateLimited(ApiError):
    """429: `retry_after` says when."""


class ServerError(ApiError):
    """5xx: the server's fault, or that of what stands before it."""


class Unavailable(ServerError):
    """503: busy, stopping, or not made yet; `retry_after` says when."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequest, 401: Unauthenticated, 402: PaymentRequired, 403: PermissionDenied, 404: NotFound, 409: Conflict, 410: Gone,
    412: PreconditionFailed, 413: PayloadTooLarge, 422: InvalidInput, 429: RateLimited, 503: Unavailable,
}


def refusal(status: int, content: bytes, retry_after: float | None = None) -> ApiError:
    """The error that an answer means. A body that is no problem document, as gateways and stores give, is taken as well."""
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else ApiError)
    return kind({"title": f"Refused with status {status}", **problem_of(status, content), "status": status}, retry_after)


def problem_of(status: int, content: bytes) -> dict[str, Any]:
    """The problem document of a refusal; what the body lacks of one is made up."""
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    said = found if isinstance(found, dict) else {}
    detail = said.get("detail")
    if status == 422:
        faults = [each for each in detail if isinstance(each, dict)] if isinstance(detail, list) else []
        return {**said, "detail": [{"loc": [], "msg": "", "type": "", **each} for each in faults]}
    who = "The server failed" if status >= 500 else "The server refused the request"
    told = detail if isinstance(detail, str) else _between(content, b"<Message>", b"</Message>") or f"{who} with status {status}"
    return {"type": "about:blank", "title": "Refused", **said, "status": status, "detail": told}


def _between(content: bytes, opening: bytes, closing: bytes) -> str:
    begin = content.find(opening)
    end = content.find(closing, begin)
    return content[begin + len(opening):min(end, begin + 2000)].decode(errors="replace") if 0 <= begin < end else ""


def _field_errors(detail: Any) -> list[FieldError]:
    entries = detail if isinstance(detail, list) else []
    return [FieldError(tuple(each.get("loc", ())), str(each.get("msg", "")), str(each.get("type", ""))) for each in entries
            if isinstance(each, dict)]


def _sentence(detail: Any, errors: list[FieldError]) -> str:
    if not errors:
        return detail if isinstance(detail, str) else ""
    return "; ".join(f"{'.'.join(str(step) for step in each.loc if step != 'body')}: {each.msg}" for each in errors)
