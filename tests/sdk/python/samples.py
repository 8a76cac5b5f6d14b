"""The Python samples of the platform's documentation, as they are printed, and what a reader must fill in to run them.

They lie beside the checkout; tests of them are skipped, saying so, where they are absent."""

from __future__ import annotations

import ast
import re


import pytest

from support.server import REPOSITORY

SEEDS = REPOSITORY.parent / "shared" / "seeds"
FENCED = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: The first lines of samples in the page that lost its fences, after what stands before them in the same line.
BEGINNING = re.compile(r"^(?:\}|)((?:from geopera import|(?:fc|updated|copy|collection|assets|dl) = client\.op\().*)$")
#: The last line of one: a closing bracket with prose or another language right behind.
END = re.compile(r"^(.*[\])])(?=[A-Za-z])")


def page(number: str) -> str:
    """The text of a page, or the test is skipped."""
    for found in sorted(SEEDS.glob(f"{number}_*")):
        return found.read_text()
    pytest.skip(f"no page {number} in {SEEDS}")


def fenced(number: str) -> list[str]:
    """The blocks of a page that has fences."""
    return FENCED.findall(page(number))


def unfenced(number: str) -> list[str]:
    """The blocks of the page that lost fences and indentation; the latter is put back."""
    blocks: list[list[str]] = []
    inside = False
    for line in page(number).splitlines():
        if not inside and (begun := BEGINNING.match(line)):
            blocks.append([])
            line, inside = begun[1], True
        if inside:
            end = END.match(line)
            blocks[-1].append(end[1] if end else line)
            inside = not end
    return ["\n".join(indented(block)) for block in blocks]


def indented(lines: list[str]) -> list[str]:
    """A line that ends with a colon holds the statement that follows it, and that alone: so all these samples are."""
    given, depth, opened = [], 0, 0
    for line in lines:
        given.append("    " * depth + line)
        opened += sum(map(line.count, "([{")) - sum(map(line.count, ")]}"))
        if opened == 0 and not line.startswith("#"):
            depth = depth + 1 if line.endswith(":") else 0
    return given


def annotates(block: str) -> bool:
    """Whether a block only says which fields there are."""
    return all(isinstance(statement, ast.AnnAssign) for statement in ast.parse(block).body)


def filled_in(block: str, values: dict[str, str]) -> str:
    """The block with its import and these texts changed."""
    block = re.sub(r"^from geopera\b", "from landfall_sdk", block, flags=re.MULTILINE)
    for text, value in values.items():
        block = block.replace(text, value)
    return block


