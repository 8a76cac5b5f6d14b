"""A client that is generated from the OpenAPI document. The generator must have nothing to complain of."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.json"
#: The generator knows JSON, text and bytes; pictures are bytes.
CONFIG = """
project_name_override: landfall-client
package_name_override: landfall_client
content_type_overrides:
  image/webp: application/octet-stream
  image/png: application/octet-stream
  image/jpeg: application/octet-stream
  image/tiff: application/octet-stream
  application/x-npy: application/octet-stream
  application/vnd.mapbox-vector-tile: application/octet-stream
  application/xml: application/octet-stream
  application/geo+json: application/json
  application/problem+json: application/json
"""


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> tuple[Path, str]:
    """The folder of the generated package, and what the generator said."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "config.yaml").write_text(CONFIG)
    tools = Path(sys.executable).parent
    told = subprocess.run([sys.executable, "-m", "openapi_python_client", "generate", "--path", DOCUMENT,
                           "--output-path", folder / "client", "--config", folder / "config.yaml"],
                          capture_output=True, text=True, check=True, timeout=300,
                          env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"})
    return folder / "client", told.stdout + told.stderr


def test_the_generator_has_nothing_to_say(generated):
    _, told = generated
    assert "arning" not in told and "rror" not in told, told


def test_its_calls_reach_the_server(generated, server, api, monkeypatch):
    folder, _ = generated
    monkeypatch.syspath_prepend(str(folder))
    client = importlib.import_module("landfall_client").AuthenticatedClient(base_url=server.base_url, token=api.key)
    models = importlib.import_module("landfall_client.models")
    initiate = importlib.import_module("landfall_client.api.operations.uploads_initiate")
    session = initiate.sync(client=client, body=models.UploadInitiate(project_id=api.project, total_bytes=10))
    assert isinstance(session, models.UploadOutput) and session.total_bytes == 10
    refused = initiate.sync(client=client, body=models.UploadInitiate(project_id="prj_unknown"))
    assert isinstance(refused, models.Problem) and refused.status == 404
