"""The published contract as data, and valid calls of every operation."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.api import Api
from support.clips import box_in, clip

#: Per operation: scope, side effect, success status, input and output fields.
OPERATIONS: dict[str, dict] = json.loads(Path(__file__).with_name("operations.json").read_text())

#: A value of no right type for each JSON type.
ILL_TYPED = {"string": 7, "integer": "seven", "number": "seven", "boolean": "yes", "array": "text", "object": ["list"]}


#: Within the drawn scene, in degrees.
BOX = {"west": 8.545, "south": 47.385, "east": 8.56, "north": 47.395}
GEOMETRY = {"type": "Polygon", "coordinates": [[[8.545, 47.385], [8.56, 47.385], [8.56, 47.395], [8.545, 47.385]]]}


@dataclass(frozen=True)
class World:
    """Ids of one organization's resources, enough to call every operation."""

    api: Api
    project_id: str
    item_id: str
    collection_id: str
    upload_id: str
    parts_id: str
    key_id: str
    organization_id: str
    user_id: str
    profile_id: str
    job_id: str = ""  #: of a clip that is completed, where the item is a raster
    bbox: tuple[float, ...] = (0, 0, 1, 1)
    formula_id: str = ""


def make_world(api: Api, raster_item: str | None = None) -> World:
    """Makes one of each resource. Without a raster item the item has no file."""
    key = api.call("api_keys.create", {"name": "A key", "permissions": ["items:read"]})
    item = raster_item or api.create_item()["id"]
    profile = api.call("visualization.profile.create", {"item_id": item, "name": "A look", "type": "rgb", "config": {}})
    bbox = api.item(raster_item)["bbox"] if raster_item else [0, 0, 1, 1]
    return World(
        api=api,
        job_id=clip(api, raster_item, box_in(bbox))["id"] if raster_item else "",
        bbox=tuple(bbox),
        project_id=api.project,
        item_id=item,
        collection_id=api.create_collection()["id"],
        upload_id=api.initiate(),
        parts_id=api.call("uploads.parts.initiate", {"upload_id": api.initiate(), "file_name": "scene.tif"})["parts_id"],
        key_id=key["id"],
        organization_id=api.organization,
        user_id=api.world["user_id"],
        profile_id=profile["id"],
        formula_id=make_formula(api),
    )


def make_formula(api: Api) -> str:
    """A formula of the organization, under a name that none has yet."""
    return api.call("band_formulas.create", {"name": f"Formula {uuid.uuid4().hex}", "formula": "(NIR - RED) / NIR"})["id"]


def minimal_body(operation: str, world: World) -> dict[str, Any]:
    """Only the required fields of an operation, naming resources of this world."""
    values = {
        "job_id": world.job_id,
        "source_item_id": world.item_id,
        "workspaceId": world.project_id,
        "aoi_geometry": box_in(list(world.bbox)),
        "parameters": {"aoi_geometry": box_in(list(world.bbox))},
        "inputs": {"source_item_id": world.item_id, "aoi_geometry": box_in(list(world.bbox))},
        "job_type_name": "cog_clip",
        "process_id": "cog_clip",
        "mosaic_type": "data",
        "mosaic_types": ["data"],
        "area": "nowhere",
        "base_url": "",
        "coordinates": [[(world.bbox[0] + world.bbox[2]) / 2, (world.bbox[1] + world.bbox[3]) / 2]],
        "project_id": world.project_id,
        "item_id": world.item_id,
        "collection_id": world.collection_id,
        "upload_id": world.upload_id,
        "parts_id": world.parts_id,
        "part_numbers": [1],
        "key_id": world.key_id,
        "organization_id": world.organization_id,
        "user_id": world.user_id,
        "profile_id": world.profile_id,
        "formula_id": world.formula_id,
        "formula": "(NIR - RED) / (NIR + RED)",
        "sensor": "generic-rgbn",
        "index_name": "ndvi",
        "asset_id": "data",
        "entity_id": world.item_id,
        "entity_type": "item",
        "by": "project",
        "name": uuid.uuid4().hex if operation.startswith("band_formulas.") else f"Made by {operation}",
        "type": "rgb" if operation.startswith("visualization.") else "user_raster",
        "config": {},
        "band_names": ["height"],
        "file_name": "scene.tif",
        "size": 8,
        "head": "SUkqAAgAAAA=",
        "error_message": "given up",
        "email": "somebody@example.test",
        "role": "admin",
        "crs": "EPSG:32632",
        "q": "swiss",
        "url": f"/api/v1/items/{world.item_id}/assets/data",
        "cog_url": f"/api/v1/items/{world.item_id}/assets/data",
        "geometry": GEOMETRY,
        "bbox": BOX if operation.startswith("analytics.") else list(world.bbox),
        "expression": "b1",
        "format": "png",
        "operation": "zonal_stats",
        "operation_name": "zonal_stats",
        "params": {"item_id": world.item_id, "geometry": GEOMETRY},
        "x": 0,
        "y": 0,
        "z": 0,
    }
    return {name: values[name] for name in (*required_fields(operation), *ALSO_NEEDED.get(operation, ()))}


#: What free-form inputs of processes must hold, of which no table tells.
ALSO_NEEDED = {"processing.create": ("source_item_id", "parameters"), "processing.execute": ("inputs",),
               "processing.create_and_dispatch": ("source_item_id", "parameters"),
               "processing.catalog.validate": ("inputs",), "processing.catalog.estimate": ("inputs",)}


def required_fields(operation: str) -> list[str]:
    """Names of the fields that must be there."""
    return [name for name, field in OPERATIONS[operation]["input"].items() if field.get("required")]


def alias(operation: str) -> str:
    """The path form of an operation: `/v1/{resource}/{action}`."""
    return "/v1/" + operation.replace(".", "/")


def output_schema(operation: str) -> dict | None:
    """JSON Schema of the success answer, or None where the contract leaves it untyped."""
    fields = OPERATIONS[operation].get("output")
    if not fields:
        return None
    return {
        "type": "object",
        "required": [name for name, field in fields.items() if field.get("required")],
        "properties": {name: _field_schema(field) for name, field in fields.items()},
    }


def _field_schema(field: dict) -> dict:
    schema: dict[str, Any] = {}
    if "type" in field:
        schema["type"] = [field["type"], "null"] if field.get("nullable") else field["type"]
    if "enum" in field:
        schema["enum"] = [*field["enum"], None] if field.get("nullable") else field["enum"]
    return schema
