"""The tenant walk: callers of every kind, and calls of every operation made from its published schema.

Nothing here names an operation but where it differs from what its schema says: a new one is walked the day it is
published. One whose fields cannot be filled, or whose least role nobody has written down, fails the walk by name."""

from __future__ import annotations

import dataclasses
import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from support.api import Api
from support.contract import BOX, GEOMETRY, make_formula
from support.rasters import drawn_scene
from support.realm import Realm
from support.server import PASSWORD, Server

PREFIX = "/v1/op/"
SIGNED_IN_SECONDS = 200

#: Which resource of a tenant a field names. Every field that ends in `_id` or `_ids` is here or in `LABELS`.
RESOURCES = {
    "organization_id": "organization", "project_id": "project", "target_project_id": "project", "item_id": "item",
    "target_item_id": "item", "collection_id": "collection", "target_collection_id": "collection",
    "collections": "collection", "upload_id": "upload", "key_id": "key", "user_id": "user", "profile_id": "profile",
    "asset_id": "asset", "entity_id": "item", "parts_id": "parts", "source_item_id": "item", "workspaceId": "project",
    "job_id": "job", "formula_id": "formula",
}
#: What free-form bodies need, of which the schema requires nothing.
NEEDED = {
    "uploads.complete": ("upload_id",),
    "processing.create": ("job_type_name", "project_id", "source_item_id", "parameters"),
    "processing.create_and_dispatch": ("job_type_name", "project_id", "source_item_id", "parameters"),
    "processing.execute": ("process_id", "workspaceId", "inputs"),
    "processing.catalog.validate": ("process_id", "inputs"),
    "processing.catalog.estimate": ("process_id", "inputs"),
}
#: An area of the drawn scene.
AREA = {"type": "Polygon", "coordinates": [[[8.54, 47.39], [8.56, 47.39], [8.56, 47.40], [8.54, 47.39]]]}
#: Names that callers choose themselves, and what lies beyond this server.
LABELS = {"billing_admin_id", "order_id", "stac_id", "client_request_id", "process_id"}
#: The same of one operation only.
LABELS_OF = {("items.create", "job_id"), ("items.create_many", "job_id")}
#: What must be in a field so that its operation understands it, where the schema does not tell.
TEXTS = {
    "name": "Walk", "email": "walker@example.test", "type": "user_raster", "entity_type": "item", "file_name": "walk.tif",
    "error_message": "given up", "expression": "b1", "head": "SUkqAAgAAAA=", "band_names": ["red", "green", "blue", "nir"], "config": {},
    "bbox": [8.54, 47.39, 8.56, 47.40], "coordinates": [[8.55, 47.395]], "aoi_geometry": AREA,
    "parameters": {"aoi_geometry": AREA}, "process_id": "cog_clip", "job_type_name": "cog_clip",
    "base_url": "", "part_numbers": [1], "sha256": "0" * 64, "crs": "EPSG:32632", "q": "WGS", "formula": "NIR - RED",
    "sensor": "generic-rgbn", "index_name": "ndvi", "geometry": GEOMETRY, "operation": "zonal_stats",
    "operation_name": "zonal_stats", "x": 0, "y": 0, "z": 0,
}

ORGANIZATION_ROLES = ("member", "admin", "owner")
PROJECT_ROLES = ("viewer", "editor", "admin", "owner")


def is_resource(name: str) -> bool:
    """Whether a field looks as if it named something that belongs to somebody."""
    return name in RESOURCES or name.endswith(("_id", "_ids"))


@dataclass(frozen=True)
class Operation:
    """One operation as it is published."""

    id: str
    scope: str
    side_effect: str
    success: int
    properties: dict[str, dict]
    required: tuple[str, ...]
    components: dict = field(repr=False, default_factory=dict)
    is_public: bool = False

    @property
    def resources(self) -> list[str]:
        """The fields that name resources."""
        return [name for name in self.properties
                if is_resource(name) and name not in LABELS and (self.id, name) not in LABELS_OF]

    def body(self, ids: dict[str, str], *more: str) -> dict[str, Any]:
        """The required fields, and those named, with the resources of a tenant."""
        return {name: self.value(name, ids) for name in (*self.required, *more)}

    def value(self, name: str, ids: dict[str, str]) -> Any:
        """What stands in a field."""
        schema = self.resolve(self.properties[name])
        if name in ("url", "cog_url"):
            return f"/api/v1/items/{ids['item']}/assets/data"
        if name == "params":
            return {"item_id": ids["item"], "geometry": GEOMETRY}
        if name == "bbox" and "object" in types_of(schema):
            return BOX
        if name == "inputs":
            return {"source_item_id": ids["item"], "project_id": ids["project"], "aoi_geometry": AREA}
        if name in RESOURCES and (self.id, name) not in LABELS_OF:
            one = ids["features" if self.id == "items.tile.vector" and name == "item_id" else RESOURCES[name]]
            return [one] if "array" in types_of(schema) else one
        return TEXTS[name] if name in TEXTS and fits(TEXTS[name], schema) else filled(schema, self)

    def resolve(self, schema: dict) -> dict:
        """The schema that a reference leads to."""
        if "$ref" in schema:
            return self.resolve(self.components[schema["$ref"].rsplit("/", 1)[1]])
        if "anyOf" in schema and "type" not in schema:
            return self.resolve(next(one for one in schema["anyOf"] if one.get("type") != "null"))
        return schema


def types_of(schema: dict) -> list[str]:
    """The JSON types that a schema allows."""
    kind = schema.get("type", [])
    return [one for one in ([kind] if isinstance(kind, str) else kind) if one != "null"]


def fits(value: Any, schema: dict) -> bool:
    """Whether the value may stand there, as far as enumerations tell."""
    return "enum" not in schema or value in schema["enum"]


def filled(schema: dict, operation: Operation) -> Any:
    """The plainest value that a schema allows."""
    schema = operation.resolve(schema)
    if "enum" in schema:
        return next(one for one in schema["enum"] if one is not None)
    if schema.get("default") is not None:
        return schema["default"]
    kind = (types_of(schema) or ["object"])[0]
    if kind == "string":
        return "2026-01-01T00:00:00Z" if schema.get("format") == "date-time" else "x" * max(1, schema.get("minLength", 1))
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
    if kind == "boolean":
        return False
    if kind == "array":
        return [filled(schema["items"], operation) for _ in range(schema.get("minItems", 0))]
    return {name: filled(schema["properties"][name], operation) for name in schema.get("required", [])}


def published(api: Api) -> dict[str, Operation]:
    """Every operation of the server."""
    document = api.with_key(None).http.get("/openapi.json").json()
    components = document.get("components", {}).get("schemas", {})
    operations = {}
    for path, methods in document["paths"].items():
        if not path.startswith(PREFIX):
            continue
        post = methods["post"]
        success = next(int(status) for status in post["responses"] if status.startswith("2"))
        found = Operation(path.removeprefix(PREFIX), post["x-required-scope"], post["x-side-effect"], success, {}, (),
                          components, is_public={} in post["security"])
        schema = found.resolve(post["requestBody"]["content"]["application/json"]["schema"])
        operations[found.id] = dataclasses.replace(found, properties=schema.get("properties", {}),
                                                   required=NEEDED.get(found.id, tuple(schema.get("required", ()))))
    return operations


@dataclass
class Person:
    """A signed-in user. Access tokens last five minutes, walks longer."""

    server: Server
    user_id: str
    email: str
    token: str = ""
    signed_in_at: float = 0

    def of(self, api: Api) -> Api:
        """The client of an organization with this person's token."""
        if time.monotonic() - self.signed_in_at > SIGNED_IN_SECONDS:
            tokens = Realm(self.server.base_url).tokens("password", username=self.email, password=PASSWORD)
            self.token, self.signed_in_at = tokens["access_token"], time.monotonic()
        return api.with_key(self.token)


@dataclass
class Tenant:
    """An organization with one of each resource, all of which bear its mark, and people of every role."""

    mark: str
    server: Server
    api: Api
    ids: dict[str, str]
    people: dict[str, Person] = field(default_factory=dict)
    strangers: int = 0

    def caller(self, name: str) -> Api:
        """A client with the token of one of the people, or with the organization's `key`."""
        return self.api if name == "key" else self.people[name].of(self.api)

    def leave(self, name: str) -> None:
        """One of the people signs in anew with the next call."""
        if name != "key":
            self.people[name].signed_in_at = 0

    def join(self, name: str, role: str) -> Person:
        """One more person, with a role in the organization."""
        email = f"{name.replace(' ', '-')}@{self.mark.lower()}.test"
        user = self.server.installation.user(email, self.api.organization, role)
        self.people[name] = Person(self.server, user, email)
        return self.people[name]

    def enrol(self, api: Api) -> None:
        """Gives people their roles in the client's project. An owner is only who makes one."""
        for role in PROJECT_ROLES[:-1]:
            api.call("projects.add_member", {"project_id": api.project, "role": role,
                                             "user_id": self.people[f"project {role}"].user_id})

    def stranger(self, api: Api) -> str:
        """Somebody with a role in the client's project, for others to change."""
        self.strangers += 1
        user = self.server.installation.user(f"stranger{self.strangers}@{self.mark.lower()}.test", api.organization)
        api.call("projects.add_member", {"project_id": api.project, "user_id": user, "role": "viewer"})
        return user

    def fresh(self) -> dict[str, str]:
        """Resources that a call may use up, in a project in which everybody has the role that he has in the first."""
        api = self.api.new_project(self.mark)
        self.enrol(api)
        copy = api.call("items.duplicate", {"item_id": self.ids["item"], "target_project_id": api.project,
                                            "new_name": self.mark})
        return self.ids | resources_of(api, copy["id"], self.mark) | {"user": self.stranger(api)}


def resources_of(api: Api, item: str, mark: str) -> dict[str, str]:
    """One of each resource of the client's project, around an item."""
    profile = api.call("visualization.profile.create", {"item_id": item, "name": mark, "type": "rgb", "config": {}})
    key = api.call("api_keys.create", {"name": mark, "permissions": ["items:read"]})
    order = api.op("processing.create", {"job_type_name": "cog_clip", "project_id": api.project, "source_item_id": item,
                                         "name": mark, "parameters": {"aoi_geometry": AREA}})
    return {"job": order.json()["job"]["id"], "project": api.project, "item": item, "asset": api.assets(item)["data"]["id"],
            "collection": api.create_collection(mark)["id"], "upload": api.initiate(), "key": key["id"],
            "profile": profile["id"], "parts": file_in_parts(api), "formula": make_formula(api),
            "features": api.upload_one(json.dumps(GEOMETRY).encode(), f"{mark}.geojson")}


def file_in_parts(api: Api) -> str:
    """A file of a session of its own of which one part is there."""
    parts = api.call("uploads.parts.initiate", {"upload_id": api.initiate(), "file_name": "walk.tif"})["parts_id"]
    [signed] = api.call("uploads.parts.sign", {"parts_id": parts, "part_numbers": [1]})["urls"]
    assert httpx.put(signed["url"], content=b"walk").status_code == 200
    return parts


def make_tenant(server: Server, mark: str) -> Tenant:
    """An organization with its resources and its people. Its project belongs to who is otherwise a plain member."""
    api = server.organization(f"{mark} organization")
    tenant = Tenant(mark, server, api, {"organization": api.organization})
    for role in ORGANIZATION_ROLES:
        tenant.join(role, role)
    for role in PROJECT_ROLES:
        tenant.join(f"project {role}", "admin" if role == "owner" else "member")
    owner = tenant.people["project owner"]
    tenant.api = api.within(owner.of(api).new_project(mark).project)
    api.call("organizations.members.update", {"organization_id": api.organization, "user_id": owner.user_id,
                                              "role": "member"})
    tenant.enrol(tenant.api)
    item = tenant.api.upload_one(drawn_scene(), f"{mark}.tif")
    tenant.ids |= resources_of(tenant.api, item, mark) | {"user": tenant.stranger(tenant.api)}
    return tenant


def told(answer: httpx.Response) -> str:
    """What an answer said, for a failure's message."""
    return f"{answer.status_code} {answer.text[:600]}"


def body_text(body: dict) -> str:
    """A body as a failure's message shows it."""
    return json.dumps(body)[:400]
