"""A client of the transactional STAC API of swisstopo. Resources are named by their paths below `/api/stac/v1`; what a
body needs is derived from the path, so that a test names only what it is about. Contract: swisstopo.md."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

#: Below this only the last part of an upload may be.
LEAST_PART = 5 * 1024 * 1024
TIFF = "image/tiff; application=geotiff"
COG = f"{TIFF}; profile=cloud-optimized"
TYPES = {"tif": TIFF, "tiff": TIFF, "json": "application/json", "geojson": "application/geo+json", "txt": "text/plain",
         "csv": "text/csv", "png": "image/png", "zip": "application/zip", "pdf": "application/pdf"}
BERN = {"type": "Point", "coordinates": [7.44, 46.95]}
MOMENT = "2024-05-01T12:00:00Z"
IN_PROGRESS = "Upload already in progress"
NOT_IN_PROGRESS = "No upload in progress"
#: The content of a small file.
SMALL = b"some bytes of a note"
#: Made once: it takes a tenth of a second, and every client would make its own.
_TLS = httpx.create_ssl_context()


def body_of(path: str, members: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a PUT to a path needs; `members` are added, `None` takes one away."""
    *_, kind, name = path.split("/")
    least: dict[str, Any] = {"id": name}
    if kind == "collections":
        least |= {"description": "Some scenes", "license": "proprietary"}
    elif kind == "items":
        least |= {"geometry": BERN, "properties": {"datetime": MOMENT}}
    else:
        least |= {"type": TYPES.get(name.rpartition(".")[2], "text/plain")}
    return {name: value for name, value in (least | (members or {})).items() if value is not None}


class Stac:
    """One credential, or none, on one server. Calls give any answer; `make`, `read` and `pages` must succeed."""

    def __init__(self, base_url: str, auth: tuple[str, str] | None = None, version: str = "v1", **headers: str) -> None:
        self.base_url = base_url
        self.root = f"{base_url}/api/stac/{version}"
        self.auth = auth
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.http = httpx.Client(base_url=self.root, auth=auth, headers=named, timeout=120, verify=_TLS)

    def anew(self) -> Stac:
        """The same client with a connection of its own."""
        return Stac(self.base_url, self.auth)

    def get(self, path: str, query: Any = None, method: str = "GET", **headers: str) -> httpx.Response:
        """Reads a resource; underscores in names of headers are hyphens."""
        return self.http.request(method, path, params=query, headers=_named(headers))

    def put(self, path: str, members: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Creates or replaces a resource from the least that it needs and these members."""
        return self.http.put(path, json=body_of(path, members), headers=_named(headers))

    def patch(self, path: str, members: Any, **headers: str) -> httpx.Response:
        """Changes these members."""
        return self.http.patch(path, json=members, headers=_named(headers))

    def delete(self, path: str, **headers: str) -> httpx.Response:
        """Deletes a resource."""
        return self.http.delete(path, headers=_named(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """POSTs JSON."""
        return self.http.post(path, json=body, headers=_named(headers))

    def bulk(self, collection: str, features: list[dict], key: str = "once") -> httpx.Response:
        """Creates items of a collection in one call."""
        return self.post(f"{collection}/items", {"features": features}, Idempotency_Key=key)

    def search(self, **terms: Any) -> httpx.Response:
        """A search by POST."""
        return self.post("/search", terms)

    # What must succeed

    def make(self, path: str, members: dict[str, Any] | None = None) -> str:
        """Creates a resource that is not there yet; gives its path."""
        answer = self.put(path, members)
        assert answer.status_code == 201, f"PUT {path}: {answer.status_code} {answer.text[:1000]}"
        return path

    def read(self, path: str, query: Any = None) -> dict[str, Any]:
        """The document at a path."""
        return accepted(self.get(path, query)).json()

    def found(self, **terms: Any) -> list[str]:
        """The ids that a search by POST finds, in its order."""
        return ids(accepted(self.search(**terms)).json()["features"])

    def listed(self, collection: str, **query: str) -> list[str]:
        """The ids of a collection's items, in the order of the list."""
        return ids(self.read(f"{collection}/items", query)["features"])

    def pages(self, path: str, query: dict[str, Any] | None = None, rel: str = "next") -> Iterator[dict[str, Any]]:
        """The page at a path and those that follow by links of this relation; by GET."""
        page = self.read(path, query)
        yield page
        while href := link(page, rel):
            page = accepted(self.http.get(href)).json()
            yield page

    # Uploads

    def begin(self, asset: str, *parts: bytes, **members: Any) -> Upload:
        """An upload of these parts that is in progress; nothing is sent yet."""
        answer = self.post(f"{asset}/uploads", announced(*parts, **members))
        assert answer.status_code == 201, f"POST {asset}/uploads: {answer.status_code} {answer.text[:1000]}"
        return Upload(self, asset, answer.json(), list(parts))

    def upload(self, asset: str, *parts: bytes, **members: Any) -> Upload:
        """The whole road: the asset has these bytes then."""
        upload = self.begin(asset, *parts, **members)
        accepted(upload.complete(upload.send_all()))
        return upload


@dataclass
class Upload:
    """An upload of an asset, and the bytes that it is about."""

    stac: Stac
    asset: str
    document: dict[str, Any]
    parts: list[bytes]

    @property
    def id(self) -> str:
        """Its `upload_id`."""
        return self.document["upload_id"]

    @property
    def path(self) -> str:
        """Where it is read."""
        return f"{self.asset}/uploads/{self.id}"

    def url(self, number: int) -> str:
        """The presigned URL of a part, counted from 1."""
        return self.document["urls"][number - 1]["url"]

    def send(self, number: int, content: bytes | None = None, md5: str | None = None) -> httpx.Response:
        """PUTs a part without credentials; content and `Content-MD5` are what was announced, unless given."""
        body = self.parts[number - 1] if content is None else content
        return put_part(self.url(number), body, md5_of(self.parts[number - 1]) if md5 is None else md5)

    def send_all(self) -> list[dict[str, Any]]:
        """PUTs every part; gives what `complete` wants to know of them."""
        return [{"part_number": number, "etag": accepted(self.send(number)).headers["etag"]}
                for number in range(1, len(self.parts) + 1)]

    def complete(self, parts: Any) -> httpx.Response:
        """Asks for the end with these parts."""
        return self.stac.post(f"{self.path}/complete", {"parts": parts})

    def abort(self) -> httpx.Response:
        """Asks for the end without a file."""
        return self.stac.post(f"{self.path}/abort", {})

    def read(self) -> dict[str, Any]:
        """Its document now."""
        return self.stac.read(self.path)


def announced(*parts: bytes, **members: Any) -> dict[str, Any]:
    """What the creation of an upload of these parts says; `members` replace or add."""
    md5s = [{"part_number": number, "md5": md5_of(part)} for number, part in enumerate(parts, start=1)]
    return {"number_parts": len(parts), "md5_parts": md5s, "file:checksum": checksum(b"".join(parts)), **members}


def put_part(url: str, content: Any, md5: str | None = None) -> httpx.Response:
    """PUTs to a presigned URL, without credentials; with `Content-MD5` if it is given."""
    headers = {"Content-MD5": md5} if md5 is not None else {}
    return httpx.put(url, content=content, headers=headers, timeout=120, verify=_TLS)


@dataclass(frozen=True)
class File:
    """What a download brought, as it came over the wire."""

    status_code: int
    headers: httpx.Headers
    content: bytes

    @property
    def text(self) -> str:
        """The bytes for a message."""
        return repr(self.content[:1000])


def fetch(href: str, method: str = "GET", **headers: str) -> File:
    """GETs (or HEADs) a file without credentials; what has a `Content-Encoding` stays encoded."""
    with httpx.stream(method, href, headers=_named(headers), timeout=120, verify=_TLS) as answer:
        return File(answer.status_code, answer.headers, b"".join(answer.iter_raw()))


def md5_of(content: bytes) -> str:
    """The value of `Content-MD5`."""
    return base64.b64encode(hashlib.md5(content).digest()).decode()


def checksum(content: bytes) -> str:
    """The multihash that `file:checksum` holds."""
    return f"1220{hashlib.sha256(content).hexdigest()}"


def ids(documents: list[dict[str, Any]]) -> list[str]:
    """The ids of documents, in their order."""
    return [document["id"] for document in documents]


def point(x: float, y: float) -> dict[str, Any]:
    """A GeoJSON point."""
    return {"type": "Point", "coordinates": [x, y]}


def link(document: dict[str, Any], rel: str) -> str | None:
    """The address of the first link of a relation."""
    return next((one["href"] for one in document["links"] if one["rel"] == rel), None)


def rels(document: dict[str, Any]) -> list[str]:
    """The relations of the links, in their order, without the browser's, which depends on configuration."""
    return [one["rel"] for one in document["links"] if one["rel"] != "alternate"]


# Answers


def accepted(answer: httpx.Response) -> httpx.Response:
    """The answer, which must be a 200."""
    assert answer.status_code == 200, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text[:1000]}"
    return answer


def refused(answer: httpx.Response, status: int, description: Any = ...) -> Any:
    """Asserts an error of the face in its shape; gives its description, which is the given one, if one is given.
    Contract: section 4."""
    assert answer.status_code == status, f"{answer.status_code} instead of {status}: {answer.text[:1000]}"
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    body = answer.json()
    assert body["code"] == status and type(body["code"]) is int
    told = body["description"]
    assert told and isinstance(told, (str, list, dict)), body
    if isinstance(told, list):
        assert all(isinstance(line, str) and line for line in told), body
    assert description is ... or told == description, f"{told} instead of {description}"
    return told


def faulty(answer: httpx.Response, *members: str) -> dict[str, Any]:
    """Asserts a 400 that tells of exactly these members of a body; gives its description."""
    told = refused(answer, 400)
    assert isinstance(told, dict) and set(told) == set(members), told
    return told


def bodiless(answer: httpx.Response | File, status: int) -> httpx.Response | File:
    """Asserts an answer of this status without a body; gives it."""
    assert (answer.status_code, answer.content) == (status, b""), f"{answer.status_code}: {answer.text[:1000]}"
    return answer


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
