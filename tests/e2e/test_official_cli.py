"""The official command line client against the server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.api import put
from support.rasters import small_scene


@pytest.fixture
def geopera(api, tmp_path):
    """Runs `geopera …` and gives its JSON."""
    program = shutil.which("geopera", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert program, "geopera-cli is not installed; see tests/requirements.txt"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GEOPERA_API_URL": api.base_url,
                   "GEOPERA_API_TOKEN": api.key, "NO_COLOR": "1"}

    def run(*arguments: str, code: int = 0):
        done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout) if code == 0 else done.stdout + done.stderr

    return run


def test_the_upload_commands_work(geopera, api):
    """[A109, A110, A111]"""
    content = small_scene()
    upload = geopera("uploads", "initiate", "--project-id", api.project, "--total-bytes", str(len(content)))["id"]
    signed = geopera("uploads", "signed-url", "--upload-id", upload, "--file-name", "a.tif", "--content-type", "image/tiff")
    assert put(signed["upload_url"], content).status_code == 200
    assert geopera("uploads", "progress", "--upload-id", upload, "--bytes-uploaded", "5")["id"] == upload
    done = geopera("uploads", "complete", "--json", json.dumps({"upload_id": upload}))
    assert len(done["item_ids"]) == 1
    other = geopera("uploads", "initiate", "--project-id", api.project)["id"]
    assert geopera("uploads", "fail", "--upload-id", other, "--error-message", "no")["id"] == other


def test_a_refusal_is_told_in_words(geopera):
    """[section 5]"""
    text = geopera("items", "get", "--item-id", "it_missing", code=2)
    assert "not found" in text.lower()
