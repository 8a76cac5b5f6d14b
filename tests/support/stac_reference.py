"""The part of a server of swisstopo's STAC API that uploads meet, with the habits of the reference that Landfall does not
share: credentials are Basic only, a second upload is 409 without `upload_id`, addresses of parts are made once, and parts lie
on another server, which takes no credentials. Contract: swisstopo.md sections 1, 3, 14 and 15."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

USER, PASSWORD = "publisher", "a pass:word"
UPLOADS = re.compile(r"(?P<asset>/collections/[^?]+/assets/[^/?]+)/uploads(?:/(?P<id>[^/?]+))?(?:/(?P<verb>parts|complete|abort))?")


class Reference:
    """Two servers: one of documents, one of bytes. What clients did is there to be looked at."""

    def __init__(self) -> None:
        self.assets: dict[str, dict[str, Any]] = {}
        self.uploads: dict[str, dict[str, Any]] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.files: dict[str, bytes] = {}
        self.lasting = timedelta(hours=1)  # of addresses of parts
        self.completes = True  # else it refuses to
        self.lock = threading.Lock()
        self._api, self._store = self._server(Documents), self._server(Bytes)
        self.url, self.store_url = (f"http://127.0.0.1:{one.server_address[1]}" for one in (self._api, self._store))

    def _server(self, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type(handler.__name__, (handler,), {"world": self}))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def close(self) -> None:
        """Ends both servers."""
        for server in (self._api, self._store):
            server.shutdown()
            server.server_close()

    def running(self, asset: str) -> list[dict[str, Any]]:
        """Uploads of an asset that are in progress."""
        return [one for one in self.uploads.values() if one["asset"] == asset and one["status"] == "in-progress"]

    def begin(self, asset: str, body: dict[str, Any]) -> dict[str, Any]:
        """A new upload."""
        name = f"upload{len(self.uploads)}"
        expires = (datetime.now(timezone.utc) + self.lasting).isoformat().replace("+00:00", "Z")
        urls = [{"url": f"{self.store_url}/bucket/{name}?part={number}&X-Amz-Signature=s", "part": number, "expires": expires}
                for number in range(1, body["number_parts"] + 1)]
        self.uploads[name] = {"asset": asset, "upload_id": name, "status": "in-progress", "urls": urls, "update_interval": -1,
                              "content_encoding": "", **body}
        self.parts[name] = {}
        return self.uploads[name]


class Documents(BaseHTTPRequestHandler):
    """`/api/stac/v1`."""

    world: Reference
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = urlsplit(self.path).path.removeprefix("/api/stac/v1")
        credential = self.headers.get("Authorization")
        known = credential == "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Cache-Control") != "no-cache":  # a shared cache would answer, of ten minutes ago
            return self._say(504, {"code": 504, "description": "A stale answer."})
        if not self.path.startswith("/api/stac/v1/"):
            return self._say(404, {"code": 404, "description": "Not found."})
        if not known and (credential is not None or self.command != "GET"):
            return self._say(401, {"code": 401, "description": "Invalid username/password."})
        with self.world.lock:
            self._say(*self._do(path, json.loads(body) if body else {}))

    do_GET = do_PUT = do_POST = _answer

    def _do(self, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if path == "/collections":
            return 200, {"collections": [], "links": []}
        if found := UPLOADS.fullmatch(path):
            return self._uploads(**found.groupdict(), body=body)
        if self.command == "PUT":
            made = path not in self.world.assets
            self.world.assets[path] = body | {"href": f"{self.world.store_url}{path}"}
            return (201 if made else 200), self.world.assets[path]
        if path in self.world.assets:
            return 200, self.world.assets[path]
        return 404, {"code": 404, "description": "Not found."}

    def _uploads(self, asset: str, id: str | None, verb: str | None, body: dict[str, Any]) -> tuple[int, Any]:
        world = self.world
        if id is None and self.command == "POST":
            if world.running(asset):
                return 409, {"code": 409, "description": "Upload already in progress"}
            return 201, world.begin(asset, body)
        if id is None:
            return 200, {"uploads": world.running(asset), "links": []}
        upload = world.uploads[id]
        if verb == "parts":
            return 200, {"links": [], "parts": [
                {"part_number": number, "etag": f'"{hashlib.md5(content).hexdigest()}"', "size": len(content)}
                for number, content in sorted(world.parts[id].items())]}
        if verb is not None and upload["status"] != "in-progress":
            return 409, {"code": 409, "description": "No upload in progress"}
        if verb == "abort":
            upload["status"] = "aborted"
        if verb == "complete":
            told = {part["part_number"]: part["etag"] for part in body["parts"]}
            there = {number: f'"{hashlib.md5(content).hexdigest()}"' for number, content in world.parts[id].items()}
            if told != there or not self.world.completes:
                return 400, {"code": 400, "description": ["InvalidPart"]}
            world.files[asset] = b"".join(content for _, content in sorted(world.parts[id].items()))
            world.assets[asset]["file:checksum"] = upload["file:checksum"]
            upload["status"] = "completed"
        return 200, upload

    def _say(self, status: int, body: Any) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class Bytes(BaseHTTPRequestHandler):
    """Where parts go."""

    world: Reference
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_PUT(self) -> None:
        """A part, at an address that has not expired."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        name, number = re.fullmatch(r"/bucket/(\w+)\?part=(\d+)&X-Amz-Signature=s", self.path).groups()
        upload = self.world.uploads[name]
        md5 = base64.b64encode(hashlib.md5(content).digest()).decode()
        announced = {part["part_number"]: part["md5"] for part in upload["md5_parts"]}[int(number)]
        expires = datetime.fromisoformat(upload["urls"][0]["expires"])
        if "Authorization" in self.headers or self.headers.get("Content-MD5") != announced or \
                expires <= datetime.now(timezone.utc):
            return self._say(403, b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
        if md5 != announced:
            return self._say(400, b"<Error><Code>BadDigest</Code><Message>Another MD5</Message></Error>")
        with self.world.lock:
            self.world.parts[name][int(number)] = content
        self._say(200, b"", ETag=f'"{hashlib.md5(content).hexdigest()}"')

    def _say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for header, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)
