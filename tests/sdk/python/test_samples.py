"""Every Python sample of the platform's documentation, run as it is printed with import, host, key, ids and file changed."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from landfall_sdk import Geopera, Landfall, errors, models
from landfall_sdk.operations import OPERATIONS

from support.clips import box_in, clip, fetch
from support.rasters import drawn_scene, small_scene

from . import samples


@pytest.fixture
def workplace(api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the samples name, and the server's address in the environment."""
    for seed, name in enumerate(("scene_b04.tif", "scene_b08.tif")):
        (tmp_path / name).write_bytes(small_scene(seed))
    (tmp_path / "harbour_2024.tif").write_bytes(drawn_scene(64))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANDFALL_URL", api.base_url)
    return tmp_path


def run(block: str, names: dict[str, Any]) -> None:
    exec(compile(block, "sample", "exec"), names)  # noqa: S102


def is_known(block: str) -> bool:
    """Whether the server has all operations that a block calls, fluently or by their modules."""
    called = set(re.findall(r"client\.([a-z_.]+)\(", block)) - {"op"}
    modules = set(re.findall(r"\b([a-z_]+)\.sync\(", block))
    return called <= OPERATIONS.keys() and modules <= {name.replace(".", "_") for name in OPERATIONS}


def uploads_blocks() -> list[str]:
    return samples.fenced("001")


def test_the_blocks_are_all_there():
    """Of what the tests below run, nothing has got lost on the way."""
    blocks = uploads_blocks()
    assert len(blocks) == 12 and sum(map(samples.annotates, blocks)) == 2
    assert len(samples.fenced("003")) == 1  # tests/stac/test_seed_script.py runs it
    assert samples.fenced("000") == samples.fenced("002") == []
    assert len(samples.unfenced("004")) == 8


def test_blocks_that_annotate_name_fields_of_the_models():
    for block in filter(samples.annotates, uploads_blocks()):
        model = None
        for line in block.splitlines():
            if named := re.match(r"# (\w+)  \(client\.([\w.]+)\)", line):
                model = getattr(models, named[1]) if named[2] in OPERATIONS else None
            elif model and line:
                assert line.partition(":")[0] in {field.name for field in model.__attrs_attrs__}, f"{model}: {line}"


def test_the_samples_of_uploads_and_downloads_run(api, workplace, capsys):
    """In their order, each with what those before it left. Blocks about operations that the server does not have are only parsed."""
    item = api.upload_one(drawn_scene(64))
    made = clip(api, item, box_in(api.item(item)["bbox"]))
    values = {"gpra_...": api.key, "https://api.geopera.com": api.base_url, "your-project-id": api.project, "it_3a9c...": item,
              "clip_7f2a...": made["id"], '"visual"': '"data"'}
    names: dict[str, Any] = {}
    ran, fluent = 0, None
    for block in uploads_blocks():
        filled = samples.filled_in(block, values)
        ast.parse(filled)
        if samples.annotates(block) or not is_known(filled):
            continue
        if "uploads.progress" in block and "bytes_uploaded" in block and "upload_id = " not in block:
            names["upload_id"] = api.initiate()
        if "client.uploads." in filled and "client" in names and not isinstance(names["client"], Geopera):
            names["client"] = fluent  # what the page said before it came to the generated modules
        run(filled, names)
        fluent = names["client"] if isinstance(names.get("client"), Geopera) else fluent
        ran += 1
    assert ran >= 8
    assert "item_ids" in capsys.readouterr().out
    assert len(api.search()["features"]) == 6  # one by hand and its clip, one fluent, two of a session, one generated
    assert (workplace / "visual.tif").read_bytes() == drawn_scene(64)
    assert (workplace / "clip_visual.tif").read_bytes() == fetch(api, made)


def test_the_samples_of_managing_data_run(api, workplace, capsys):
    collection = api.create_collection("Samples")["id"]
    item = api.upload_one(drawn_scene(64))
    asset = api.assets(item)["data"]["id"]
    loose = api.upload_one(small_scene())
    values = {"gpra_your_api_key": api.key, "8f2c1e4a-...": api.project, "c71d...": item, "3a9b...": collection, "a55e...": asset}
    names: dict[str, Any] = {"PROJECT_ID": api.project}
    for block in samples.unfenced("004"):
        run(samples.filled_in(block, values), names)
    told = capsys.readouterr().out
    assert "2 items" in told and "0 matches" in told and "May 2026 survey 0" in told
    assert re.search(r"May 2026 aerial survey now holds 1 items", told) and re.search(r"download: http.* expires in 900 s", told)
    assert (workplace / "scene.tif").read_bytes() == drawn_scene(64)
    assert api.item(item)["name"] == "Field 12 — corrected"
    assert api.item(loose)["collection_id"] == names["cid"]


def test_a_failed_transfer_of_a_sample_releases_the_session(api, workplace, monkeypatch):
    """The `except` of the first sample, reached."""
    [block] = [block for block in uploads_blocks() if "5. Release the reservation" in block]
    values = {"gpra_...": api.key, "your-project-id": api.project}
    monkeypatch.setattr(httpx, "put", lambda *_args, **_options: httpx.Response(500, request=httpx.Request("PUT", "http://storage.invalid")))
    with pytest.raises(httpx.HTTPStatusError):
        run(samples.filled_in(block, values), {})
    [session] = api.call("uploads.list", {"project_id": api.project})["uploads"]
    assert session["status"] == "failed" and session["error_step"] == "transfer"


def test_a_short_quota_is_402_in_the_detailed_answer(server, own, workplace):
    server.installation.set_quota(own.organization, 1000)
    [block] = [block for block in uploads_blocks() if "detailed=True" in block]
    names = {"client": Geopera(own.key), "PROJECT_ID": own.project, "total_bytes": 1001}
    with pytest.raises(RuntimeError, match="Storage quota exceeded"):
        run(block, names)
    run(block, names | {"total_bytes": 1000})


def test_without_error_models_a_sample_raises_what_went_wrong(api, workplace):
    """With `Landfall` in the place of `Geopera` a refusal is an exception."""
    with pytest.raises(errors.NotFound):
        Landfall(api.key).items.asset.download({"item_id": "it_none", "asset_id": "visual"})
