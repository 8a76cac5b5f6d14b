"""The guides' Python does what the guides say, and has types."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.rasters import drawn_scene
from support.server import REPOSITORY

BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
GUIDES = ("from-python", "in-a-notebook")
SDK = REPOSITORY / "sdk" / "python"


def program(name: str) -> str:
    """The blocks of a guide, one after the other."""
    blocks = BLOCK.findall((REPOSITORY / "docs" / "guides" / f"{name}.md").read_text())
    assert blocks
    return "\n".join(blocks)


@pytest.mark.parametrize("name", GUIDES)
def test_its_samples_run(api, tmp_path, home, monkeypatch, name):
    (tmp_path / "scene.tif").write_bytes(drawn_scene())
    environment = {"LANDFALL_URL": api.base_url, "LANDFALL_TOKEN": api.key, "PROJECT": api.project, "HOME": str(home), "PATH": "/usr/bin:/bin",
                   "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program(name)], cwd=tmp_path, env=environment, capture_output=True, text=True,
                          timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    if name == "from-python":
        assert re.search(r"^404 Item not found req_", done.stdout, re.MULTILINE) and "scene.tif: 100 %" in done.stdout
        assert (tmp_path / "scene-again.tif").read_bytes() == drawn_scene()
    else:
        assert "EPSG:32632 (256, 256)" in done.stdout and "('band', 'y', 'x') EPSG:32632" in done.stdout and "'data'" in done.stdout


def mypy(*arguments: str | Path, folder: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "mypy", "--config-file", SDK / "pyproject.toml", "--cache-dir", folder / "cache", *arguments], cwd=folder,
                          capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def test_the_library_and_the_samples_have_types(tmp_path):
    """mypy --strict, as for Python 3.10; of the generated modules, too."""
    for name in GUIDES:
        (tmp_path / f"{name.replace('-', '_')}.py").write_text(program(name))
    mypy("-p", "landfall_sdk", *(part for name in GUIDES for part in ("-m", name.replace("-", "_"))), folder=tmp_path)


def test_a_slip_is_found_by_the_types(tmp_path):
    """Types that let everything through would prove nothing."""
    (tmp_path / "slip.py").write_text("from landfall_sdk import Landfall\n\nLandfall().items.search(project_id='x').number_mached\nLandfall().items.serch()\n")
    with pytest.raises(AssertionError, match=r'(?s)"number_mached".*"serch"'):
        mypy("slip.py", folder=tmp_path)
