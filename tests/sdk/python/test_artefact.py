"""What is published: built from the source distribution, and used where nothing else is installed."""

from __future__ import annotations

import email
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from support.server import REPOSITORY

#: All that a core installation may consist of, beside pip and what makes environments.
CORE = {"anyio", "attrs", "certifi", "exceptiongroup", "h11", "httpcore", "httpx", "idna", "landfall-sdk", "sniffio", "typing_extensions"}
SCRIPT = """
from landfall_sdk import Landfall, LandfallError
client = Landfall()
item = client.items.create(project_id={project!r}, type="user_raster", name="Alone")
assert client.items.get(item_id=item.id).item["name"] == "Alone"
done = client.upload_file({path!r}, project={project!r}, progress=True)
for call in (client.search({project!r}).geodataframe, client.search({project!r}).pystac, client.open(done).rasterio, client.open(done).xarray):
    try:
        call()
    except LandfallError as error:
        print(error)
print(client.download(done, to="back.tif").stat().st_size)
"""


@pytest.fixture(scope="module")
def dist() -> Path:
    """Where the stage sdk left what it built."""
    folder = os.environ.get("LANDFALL_SDK_DIST")
    if not folder:
        pytest.skip("LANDFALL_SDK_DIST names no folder; scripts/test.sh --only sdk builds one")
    return Path(folder)


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    [found] = dist.glob("*.whl")
    return found


def test_it_works_where_nothing_else_is(wheel, api, path, home, tmp_path):
    """With an own interpreter; what needs an extra says which."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "empty"], check=True, timeout=300)
    python = tmp_path / "empty" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "5", wheel], check=True, timeout=300)
    listed = subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "list", "--format=freeze"], check=True, capture_output=True, text=True).stdout
    installed = {line.partition("==")[0].partition(" ")[0] for line in listed.splitlines()}
    assert installed - {"pip", "setuptools", "wheel"} <= CORE and "landfall-sdk" in installed
    done = subprocess.run([python, "-I", "-c", SCRIPT.format(project=api.project, path=str(path))], cwd=tmp_path, capture_output=True, text=True, timeout=120,
                          env={"LANDFALL_URL": api.base_url, "LANDFALL_TOKEN": api.key, "HOME": str(home), "PATH": "/usr/bin:/bin"}, check=False)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [f"landfall-sdk[{extra}]" in line for extra, line in zip(("geopandas", "pystac", "rasterio", "xarray"), lines)] == [True] * 4
    assert lines[4] == str(path.stat().st_size)


def test_it_says_what_it_is(wheel, server):
    """Version, licence, readme, types; core dependencies are two."""
    with zipfile.ZipFile(wheel) as packed:
        names = packed.namelist()
        [metadata] = [name for name in names if name.endswith(".dist-info/METADATA")]
        told = email.message_from_bytes(packed.read(metadata))
        assert "landfall_sdk/py.typed" in names and any(name.endswith("/licenses/LICENSE") for name in names)
    assert (told["Name"], told["Version"], told["Requires-Python"]) == ("landfall-sdk", server.version, ">=3.10")
    assert told["License-Expression"] == "Apache-2.0" and told.get_payload().startswith("# landfall-sdk")
    core = [each for each in told.get_all("Requires-Dist") if "extra ==" not in each]
    assert sorted(re.split(r"\W", each)[0] for each in core) == ["attrs", "httpx"]


def test_the_source_distribution_carries_the_document_and_nothing_generated(dist):
    [found] = dist.glob("*.tar.gz")
    with tarfile.open(found) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
        document = packed.extractfile(next(name for name in packed.getnames() if name.endswith("/openapi.json"))).read()
    assert document == (REPOSITORY / "docs" / "openapi.json").read_bytes()
    assert "src/landfall_sdk/landfall.py" in names and not any("/models/" in name or "/api/" in name for name in names)


def test_nothing_generated_is_tracked():
    tracked = subprocess.run(["git", "-c", f"safe.directory={REPOSITORY}", "ls-files", "sdk/python"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert "landfall.py" in tracked and "/models/" not in tracked and "resources.py" not in tracked.replace("generator/resources.py", "")
