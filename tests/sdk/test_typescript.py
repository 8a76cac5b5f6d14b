"""The TypeScript client as it is packed, in an empty folder against the real server: its tests, its types, the samples of
its guide and of the vendor's."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from support.rasters import drawn_scene, geotiff
from support.server import REPOSITORY

SOURCES = REPOSITORY / "sdk" / "typescript"
SUITES = sorted(path.name for path in (SOURCES / "tests").glob("*.test.ts"))
SEEDS = Path(os.environ.get("LANDFALL_SEEDS") or REPOSITORY.parent / "shared" / "seeds")
BLOCK = re.compile(r"^```ts\n(.*?)^```", re.MULTILINE | re.DOTALL)
STRICT = {"strict": True, "noEmit": True, "target": "ES2022", "module": "NodeNext", "skipLibCheck": False,
          "lib": ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"], "types": ["node"], "allowImportingTsExtensions": True,
          "typeRoots": [str(SOURCES / "node_modules" / "@types")]}

pytestmark = pytest.mark.xdist_group("typescript")


def run(*command: str | Path, folder: Path, **environment: str) -> str:
    """Runs one program with nothing in its environment but what it is given and Node on the path; gives what it prints."""
    path = f"{REPOSITORY / 'build' / 'node' / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, timeout=570,
                          env={"PATH": path, "HOME": str(folder), **environment})
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="session")
def installed(tmp_path_factory) -> Path:
    """A folder with the packed client in it and nothing else."""
    packed = sorted((REPOSITORY / "build" / "sdk").glob("landfall-sdk-*.tgz"))
    assert packed, "No packed client: scripts/test.sh --only sdk builds it"
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    run("npm", "install", "--offline", "--no-audit", "--no-fund", packed[-1], folder=folder)
    shutil.copytree(SOURCES / "tests", folder / "tests")
    (folder / "small.tif").write_bytes(drawn_scene())
    noise = np.random.default_rng(7).integers(1, 255, (3, 2310, 2310), dtype=np.uint8)
    (folder / "large.tif").write_bytes(geotiff(noise))
    return folder


@pytest.fixture
def world(api, installed) -> dict[str, str]:
    """What a program is told by its environment."""
    return {"LANDFALL_URL": api.base_url, "LANDFALL_TOKEN": api.key, "PROJECT": api.project,
            "SMALL_SCENE": str(installed / "small.tif"), "LARGE_SCENE": str(installed / "large.tif")}


def check_types(folder: Path, *files: str) -> None:
    """`tsc --strict` finds nothing in these files."""
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": STRICT, "files": files}))
    run("node", SOURCES / "node_modules" / "typescript" / "bin" / "tsc", "-p", "tsconfig.json", folder=folder)


def test_the_package_holds_code_types_and_licence_and_needs_nothing(installed):
    package = installed / "node_modules" / "landfall-sdk"
    described = json.loads((package / "package.json").read_text())
    version = re.search(r"project\(landfall VERSION (\S+)", (REPOSITORY / "CMakeLists.txt").read_text())[1]
    assert described["version"] == version, "The client has the version of the server"
    assert "dependencies" not in described
    assert (package / "LICENSE").read_text() == (REPOSITORY / "LICENSE").read_text()
    assert (package / "README.md").is_file() and (package / "dist" / "index.d.ts").is_file()
    assert not (package / "src").exists() and not (package / "tests").exists()
    assert [path.name for path in (installed / "node_modules").iterdir() if not path.name.startswith(".")] == ["landfall-sdk"]


def test_types_hold_what_they_promise(installed):
    check_types(installed, *(f"tests/{path.name}" for path in (SOURCES / "tests").glob("*.ts")))


@pytest.mark.parametrize("suite", SUITES)
def test_suite(suite, installed, world):
    printed = run("node", "--test", "--test-reporter=tap", f"tests/{suite}", folder=installed, **world)
    assert int(re.search(r"^# pass (\d+)", printed, re.M)[1]) > 0 and re.search(r"^# skipped 0", printed, re.M)


@pytest.mark.parametrize("page", [SOURCES / "README.md", REPOSITORY / "docs" / "guides" / "from-typescript.md"],
                         ids=["README", "guide"])
def test_samples_run_and_have_types(page, installed, world, api):
    blocks = BLOCK.findall(page.read_text())
    assert blocks
    folder = installed / page.stem
    folder.mkdir(exist_ok=True)
    shutil.copy(installed / "small.tif", folder / "scene.tif")
    sample = folder / "sample.ts"
    sample.write_text("\n".join(blocks))
    check_types(installed, f"{page.stem}/sample.ts")
    printed = run("node", sample, folder=folder, **world)
    [item] = api.search()["features"]
    assert item["id"] in printed
    if page.stem == "from-typescript":
        assert (folder / "copy.tif").read_bytes() == (folder / "scene.tif").read_bytes()
        assert "100 %" in printed and "Item not found 404 req_" in printed


def vendor_blocks() -> list[str]:
    """The TypeScript of the vendor's guide to managing data; its blocks begin and end in the middle of lines."""
    pages = sorted(SEEDS.glob("004_*"))
    if not pages:
        pytest.skip(f"The vendor's guide is not in {SEEDS}")
    begin = re.compile(r"import \{ Geopera \} from|const \w+ = await client\.op\('")
    lines = iter(pages[0].read_text().splitlines())
    blocks = []
    for line in lines:
        found = begin.search(line)
        if not found:
            continue
        taken = [line[found.start():]]
        while not re.search(r";\S", taken[-1]):
            taken.append(next(lines))
        taken[-1] = re.split(r"(?<=;)(?=\S)", taken[-1])[0]
        blocks.append("\n".join(taken))
    return blocks


def test_the_vendors_samples_run(installed, world, api):
    blocks = vendor_blocks()
    assert len(blocks) == 3 and all("await client.op" in block for block in blocks)
    item = api.create_item("Field 12")
    collection = api.create_collection("Before")
    changes = {"'@geopera/sdk'": "'landfall-sdk'", "gpra_your_api_key": api.key, "PROJECT_ID": f"'{api.project}'",
               "'c71d...'": f"'{item['id']}'", "'3a9b...'": f"'{collection['id']}'"}
    text = "\n".join(blocks)
    for before, after in changes.items():
        assert before in text
        text = text.replace(before, after)
    sample = installed / "vendor.mjs"
    sample.write_text(text)
    printed = run("node", sample, folder=installed, LANDFALL_URL=world["LANDFALL_URL"])
    assert printed == "1 items\nField 12 active\n"
    changed = api.item(item["id"])
    assert (changed["name"], changed["collection_id"]) == ("Field 12 — corrected", collection["id"])
    names = {each["name"]: each for each in api.call("collections.list", {"project_id": api.project})}
    assert names["May 2026 survey"]["color"] == "#2e7d32"
