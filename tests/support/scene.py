"""A raster in a project of its own."""

from __future__ import annotations

import dataclasses

from support.api import Api
from support.rasters import drawn_scene


@dataclasses.dataclass(frozen=True)
class Scene:
    """A raster that was uploaded once, for tests that only read."""

    api: Api
    item_id: str
    content: bytes
    file_name: str
    upload_id: str


def upload_scene(admin: Api, project: str) -> Scene:
    """A drawn four-band GeoTIFF, uploaded into a project of its own."""
    api = admin.new_project(project)
    content = drawn_scene()
    upload = api.initiate(len(content))
    api.send(upload, "drawn scene.tif", content)
    items = api.complete(upload)
    assert len(items) == 1
    return Scene(api, items[0], content, "drawn scene.tif", upload)
