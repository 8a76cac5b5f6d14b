"""Validates STAC documents against the published schemas, which a loopback mirror serves as their owners would."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import httpx
import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "schemas"
CORE = {"Feature": "item", "Collection": "collection", "Catalog": "catalog"}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args) -> None:
        """Says nothing."""


class Schemas:
    """The published schemas by their addresses; those that a server of ours publishes are fetched from it."""

    def __init__(self, mirror: str) -> None:
        self._mirror = mirror
        self._registry = Registry(retrieve=functools.cache(self._retrieve))

    def _retrieve(self, url: str) -> Resource:
        return Resource.from_contents(self._fetch(url), default_specification=DRAFT7)

    @functools.cache
    def _fetch(self, url: str) -> dict:
        place = urlsplit(urldefrag(url).url)
        ours = place.hostname == "127.0.0.1"
        answer = httpx.get(url if ours else f"{self._mirror}/{place.netloc}{place.path}")
        assert answer.status_code == 200, f"no schema {url}"
        return answer.json()

    def faults(self, document: dict) -> list[str]:
        """What the specification and every declared extension have against a document."""
        kind = CORE[document["type"]]
        core = (f"https://schemas.stacspec.org/v{document['stac_version']}/{kind}-spec/json-schema/{kind}.json")
        faults = []
        for url in (core, *document.get("stac_extensions", [])):
            validator = jsonschema.Draft7Validator(self._fetch(url), registry=self._registry)
            faults += [f"{url} at {fault.json_path}: {fault.message[:300]}" for fault in validator.iter_errors(document)]
        return faults


@contextmanager
def mirror() -> Iterator[Schemas]:
    """A mirror on the loopback interface while the block runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=FOLDER)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Schemas(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
