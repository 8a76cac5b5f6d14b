"""A small client: one method per step of the main road, everything else through `op`."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

WAIT_SECONDS = 60
#: Made once: it takes a tenth of a second, and every client would make its own.
_TLS = httpx.create_ssl_context()


class Api:
    """One credential on one server. `world` holds ids: organization_id, project_id, …"""

    def __init__(self, base_url: str, key: str | None, world: dict[str, str]) -> None:
        self.base_url = base_url
        self.key = key
        self.world = world
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.http = httpx.Client(base_url=base_url, headers=headers, timeout=120, verify=_TLS)

    @property
    def project(self) -> str:
        """The project that bodies name by default."""
        return self.world["project_id"]

    @property
    def organization(self) -> str:
        """The organization of the credential."""
        return self.world["organization_id"]

    def within(self, project_id: str) -> Api:
        """The same credential, working in another project."""
        return Api(self.base_url, self.key, {**self.world, "project_id": project_id})

    def with_key(self, key: str | None) -> Api:
        """The same world seen with another credential, or with none."""
        return Api(self.base_url, key, self.world)

    def op(self, operation: str, body: Any = None, **options) -> httpx.Response:
        """Calls an operation; the answer may be any status."""
        return self.http.post(f"/v1/op/{operation}", json={} if body is None else body, **options)

    def call(self, operation: str, body: Any = None, **options) -> Any:
        """Calls an operation that must succeed; gives its JSON."""
        answer = self.op(operation, body, **options)
        assert answer.status_code == 200, f"{operation}: {answer.status_code} {answer.text[:2000]}"
        return answer.json()

    def new_project(self, name: str = "Test") -> Api:
        """A client within a project of its own."""
        return self.within(self.call("projects.create", {"name": name})["id"])

    # Uploads

    def initiate(self, total_bytes: int = 0, **fields) -> str:
        """Opens a session in the project; gives its id."""
        body = {"project_id": self.project, "transfer_method": "signed_url", "total_bytes": total_bytes, **fields}
        return self.call("uploads.initiate", body)["id"]

    def sign(self, upload: str, file_name: str, content_type: str = "image/tiff") -> str:
        """A URL to PUT one file to."""
        body = {"upload_id": upload, "file_name": file_name, "content_type": content_type}
        return self.call("uploads.signed_url", body)["upload_url"]

    def send(self, upload: str, file_name: str, content: bytes, content_type: str = "image/tiff") -> httpx.Response:
        """Signs and PUTs one file of a session; the PUT must succeed."""
        answer = put(self.sign(upload, file_name, content_type), content, content_type)
        assert answer.status_code == 200, f"PUT {file_name}: {answer.status_code} {answer.text[:2000]}"
        return answer

    def complete(self, upload: str) -> list[str]:
        """Completes a session; gives the item ids."""
        return self.call("uploads.complete", {"upload_id": upload})["item_ids"]

    def upload(self, files: dict[str, bytes], **fields) -> list[str]:
        """The whole road for some files by name; gives the item ids."""
        session = self.initiate(sum(map(len, files.values())), file_count=len(files), **fields)
        for name, content in files.items():
            self.send(session, name, content)
        return self.complete(session)

    def upload_one(self, content: bytes, file_name: str = "scene.tif", **fields) -> str:
        """Uploads one file that becomes one item; gives its id."""
        items = self.upload({file_name: content}, **fields)
        assert len(items) == 1, items
        return items[0]

    # Reading

    def item(self, item_id: str) -> dict:
        """The item's record."""
        return self.call("items.get", {"item_id": item_id})["item"]

    def assets(self, item_id: str) -> dict[str, dict]:
        """The item's assets by key."""
        return {asset["key"]: asset for asset in self.call("items.list_assets", {"item_id": item_id})}

    def search(self, **terms) -> dict:
        """A search of the project."""
        return self.call("items.search", {"project_id": self.project, **terms})

    def names(self, **terms) -> list[str]:
        """The names of what a search finds, in its order."""
        return [feature["name"] for feature in self.search(**terms)["features"]]

    def storage(self) -> dict:
        """Used, reserved and allowed bytes of the organization."""
        return self.usage()["storage"]

    def usage(self) -> dict:
        """What the organization uses."""
        return self.call("usage.current", {"organization_id": self.organization})

    def download(self, item_id: str, asset: str = "data") -> str:
        """A signed download URL."""
        return self.call("items.asset.download", {"item_id": item_id, "asset_id": asset})["url"]

    def create_item(self, name: str = "By hand", **fields) -> dict:
        """An item without a file."""
        return self.call("items.create", {"project_id": self.project, "type": "user_raster", "name": name, **fields})

    def create_collection(self, name: str = "Scenes", **fields) -> dict:
        """A collection of the project."""
        return self.call("collections.create", {"project_id": self.project, "name": name, **fields})


def put(url: str, content: Any, content_type: str = "image/tiff", **headers: str) -> httpx.Response:
    """PUTs bytes, or chunks of them, to a signed URL, without any credential."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.put(url, content=content, headers={"Content-Type": content_type, **named}, timeout=120,
                     verify=_TLS)


def get(url: str, method: str = "GET", **headers: str) -> httpx.Response:
    """GETs (or HEADs) a signed URL, without any credential."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.request(method, url, headers=named, timeout=120)


def wait_for(what: str, probe: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    """Polls until the probe gives something true; gives that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := probe():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come about within {seconds:.0f} s")
