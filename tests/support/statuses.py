"""Which statuses of which operations a run of the tests has seen.

    LANDFALL_STATUSES=FOLDER pytest …      # every process of the run writes a file into it
    python -m support.statuses FOLDER      # the published ones that are missing there, one operation a line; 1 if there are any

Statuses that the pipeline before the operations gives, whichever it is, count wherever they were seen.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

PATH = "/v1/op/"
#: Given before or around any operation alike.
OF_ALL = {"400", "413", "429", "500", "503", "504"}
DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"


@contextmanager
def recorded(folder: Path) -> Iterator[None]:
    """Notes what every client of httpx is answered until the context ends."""
    seen: set[str] = set()
    handle = httpx.HTTPTransport.handle_request

    def noted(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        answer = handle(self, request)
        if request.method == "POST" and PATH in request.url.path:
            seen.add(f"{request.url.path.split(PATH)[1]} {answer.status_code}")
        return answer

    httpx.HTTPTransport.handle_request = noted
    yield
    httpx.HTTPTransport.handle_request = handle
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(os.getpid())).write_text("\n".join(sorted(seen)))


def missing(folder: Path) -> list[str]:
    """Operations with the published statuses that no file of the folder has."""
    noted = [line.split() for file in folder.iterdir() for line in file.read_text().splitlines()]
    seen = {(words[0], words[1]) for words in noted if len(words) == 2}
    anywhere = {status for _, status in seen}
    lines = []
    for path, methods in json.loads(DOCUMENT.read_text())["paths"].items():
        if not path.startswith(PATH):
            continue
        operation = path.removeprefix(PATH)
        lacking = [status for status in methods["post"]["responses"]
                   if (operation, status) not in seen and not (status in OF_ALL and status in anywhere)]
        if lacking:
            lines.append(f"{operation}: {' '.join(sorted(lacking))}")
    return lines


if __name__ == "__main__":
    found = missing(Path(sys.argv[1]))
    print("\n".join(found) or "every published status was seen")
    sys.exit(1 if found else 0)
