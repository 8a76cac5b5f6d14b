"""The fluent methods with their types: `client.uploads.parts.initiate(…)` for `uploads.parts.initiate`."""

from __future__ import annotations

import ast
import keyword
from dataclasses import dataclass, field
from pathlib import Path

from operations import Operation

HEAD = '''"""The operations as methods, synchronous and not. Written by the build."""

from __future__ import annotations

import builtins
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Literal, overload

from .invocation import AsyncResource, Resource

if TYPE_CHECKING:
    from . import models
    from .types import File, Response

'''
METHOD = '''    @overload
    def {name}(self, body: {body} | Mapping[str, Any] | None = None, *, detailed: Literal[False] = False, **fields: Any) -> {result}: ...

    @overload
    def {name}(self, body: {body} | Mapping[str, Any] | None = None, *, detailed: Literal[True], **fields: Any) -> {response}: ...

    def {name}(self, body: {body} | Mapping[str, Any] | None = None, *, detailed: bool = False, **fields: Any) -> Any:
        """{summary}"""
        return self._call({id!r}, body, detailed, fields)
'''
#: Error models are raised, so that they are no results.
ERRORS = {"models.Problem", "models.HTTPValidationError"}
PLAIN = {"Any", "File", "Response", "dict", "str", "int", "float", "bool", "Unset", "None"}


@dataclass
class Node:
    """A place in the tree of operation ids."""

    operations: dict[str, Operation] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)


def module(known: list[Operation], generated: Path) -> str:
    """The text of `landfall_sdk/resources.py`, given the generated modules of the operations."""
    root = Node()
    for operation in known:
        *way, last = operation.id.split(".")
        node = root
        for step in way:
            node = node.nodes.setdefault(step, Node())
        node.operations[last] = operation
    parts = [HEAD]
    for prefix, base in (("", "Resource"), ("Async", "AsyncResource")):
        parts += _classes(root, [], prefix, base, generated)
    return "\n".join(parts)


def _classes(node: Node, way: list[str], prefix: str, base: str, generated: Path) -> list[str]:
    """The class of a node, after those of the nodes below it."""
    text: list[str] = []
    for step, below in node.nodes.items():
        text += _classes(below, [*way, step], prefix, base, generated)
    told = f"Operations `{'.'.join(way)}.*`." if way else "All operations, by the parts of their ids."
    text.append(f'\nclass {_class_name(way, prefix)}({base}):\n    """{told}"""\n\n    __slots__ = ()\n')
    for step in node.nodes:
        if step in node.operations:
            raise ValueError(f"{'.'.join([*way, step])} is an operation and a family of operations at once")
        kind = _class_name([*way, step], prefix)
        text.append(f'    @property\n    def {_name(step)}(self) -> {kind}:\n        """Operations `{".".join([*way, step])}.*`."""\n'
                    f"        return {kind}(self._caller)\n")
    text += [_method(name, operation, prefix, generated) for name, operation in node.operations.items()]
    return text


def _method(name: str, operation: Operation, prefix: str, generated: Path) -> str:
    text = (generated / f"{operation.id.replace('.', '_')}.py").read_text(encoding="utf-8")
    [function] = [each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef) and each.name == "sync_detailed"]
    bodies = [each.annotation for each in function.args.kwonlyargs if each.arg == "body"]
    body = [_typed(each) for each in _union(bodies[0]) if _typed(each) != "Unset"] if bodies else ["None"]
    assert isinstance(function.returns, ast.Subscript)
    response = _typed(function.returns)
    result = " | ".join(_typed(each) for each in _union(function.returns.slice) if _typed(each) not in ERRORS)
    if prefix:
        result, response = f"Coroutine[Any, Any, {result}]", f"Coroutine[Any, Any, {response}]"
    return METHOD.format(name=_name(name), body=" | ".join(body), result=result, response=response, id=operation.id,
                         summary=operation.summary.replace("\\", "").replace('"', "'"))


def _union(annotation: ast.expr | None) -> list[ast.expr]:
    if isinstance(annotation, ast.BinOp):
        return [*_union(annotation.left), *_union(annotation.right)]
    return [annotation] if annotation is not None else []


def _typed(annotation: ast.expr) -> str:
    """The annotation as `resources.py` names the models; `list` is a method there."""
    for node in ast.walk(annotation):
        if isinstance(node, ast.Name) and node.id not in PLAIN and "." not in node.id:
            node.id = "builtins.list" if node.id == "list" else f"models.{node.id}"
    return ast.unparse(annotation)


def _class_name(way: list[str], prefix: str) -> str:
    return prefix + ("".join(part.title() for step in way for part in step.split("_")) or "Operations")


def _name(step: str) -> str:
    return f"{step}_" if keyword.iskeyword(step) else step
