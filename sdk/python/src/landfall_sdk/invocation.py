"""How an operation is called by its id: the body, the generated module, and what its answer means."""

from __future__ import annotations

import importlib
import re
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from . import errors
from .record import Record, plain
from .retries import KEY, PREFIX, retry_after

if TYPE_CHECKING:
    from .types import Response

OPERATION_ID = re.compile(r"[a-z_0-9-]+(\.[a-z_0-9-]+)*\Z")


class Caller(Protocol):
    """Who carries out the calls of a tree of resources."""

    def invoke(self, operation: str, body: Any, detailed: bool, fields: dict[str, Any]) -> Any:
        """Calls an operation; what it gives is awaited where the caller is asynchronous."""


class Body:
    """A JSON body in the place of a model, sent as it is: the server says what is wrong with it, all at once."""

    def __init__(self, content: dict[str, Any]) -> None:
        self._content = content

    def to_dict(self) -> dict[str, Any]:
        """The JSON object."""
        return self._content


def body_of(body: Any, fields: Mapping[str, Any]) -> Body:
    """The body that a dict or a model, and keywords beside it, mean. TypeError for anything else."""
    if body is not None and not isinstance(body, (Record, Mapping)):
        raise TypeError(f"The body of an operation is a dict or its model, not {type(body).__name__}")
    given = body.to_dict() if isinstance(body, Record) else dict(body or {})
    return Body({str(name): plain(value) for name, value in {**given, **fields}.items()})


def arguments(body: Any, fields: dict[str, Any]) -> tuple[Body, dict[str, Any]]:
    """The body, and the arguments of the generated module beside it."""
    fields = dict(fields)
    beside = {"idempotency_key": fields.pop("idempotency_key")} if "idempotency_key" in fields else {}
    return body_of(body, fields), beside


def module_of(operation: str) -> Any:
    """The generated module of an operation that the document has."""
    return importlib.import_module(f"landfall_sdk.api.operations.{operation.replace('.', '_').replace('-', '_')}")


def request_of(http: httpx.Client | httpx.AsyncClient, operation: str, body: Any, fields: dict[str, Any]) -> httpx.Request:
    """The request that calls an operation of any id, known or not."""
    if not OPERATION_ID.match(operation):
        raise ValueError(f"'{operation}' is no id of an operation, such as items.search")
    content, beside = arguments(body, fields)
    headers = {KEY: beside["idempotency_key"]} if beside else {}
    return http.build_request("POST", PREFIX + operation, json=content.to_dict(), headers=headers)


def json_of(response: httpx.Response) -> Any:
    """What an answer holds: JSON as Python has it, else the bytes. Raises the error that a refusal means."""
    if response.status_code >= 300:
        raise errors.refusal(response.status_code, response.content, retry_after(response))
    if "json" not in response.headers.get("Content-Type", ""):
        return response.content
    return response.json()


def result_of(response: Response[Any]) -> Any:
    """The model of an answer. Raises the error that a refusal means."""
    if response.status_code >= 300:
        asked = retry_after(httpx.Response(int(response.status_code), headers=dict(response.headers)))
        raise errors.refusal(int(response.status_code), response.content, asked)
    return response.parsed


def as_error(failure: Exception, operation: str) -> errors.LandfallError:
    """What a fault below the operations means to the caller. The address and the headers stay behind."""
    if isinstance(failure, httpx.TransportError):
        return errors.ConnectionFailed(f"{operation}: no answer from the server ({type(failure).__name__}: {failure})")
    return errors.UnexpectedAnswer(f"{operation}: the answer is not what the operation gives ({type(failure).__name__}); "
                                   "check that base_url is that of a Landfall server")


#: What `as_error` explains.
EXPLAINED = (httpx.TransportError, ValueError, KeyError, AttributeError, TypeError)


class Resource:
    """A family of operations: an attribute is a family below it, a method an operation."""

    __slots__ = ("_caller",)

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def _call(self, operation: str, body: Any, detailed: bool, fields: dict[str, Any]) -> Any:
        return self._caller.invoke(operation, body, detailed, fields)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._caller!r}>"


class AsyncResource(Resource):
    """The same, whose methods give coroutines."""

    __slots__ = ()

    def _call(self, operation: str, body: Any, detailed: bool, fields: dict[str, Any]) -> Coroutine[Any, Any, Any]:
        called: Coroutine[Any, Any, Any] = self._caller.invoke(operation, body, detailed, fields)
        return called
