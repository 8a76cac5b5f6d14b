"""Downloads that break off, and assets that are read from afar. Guide: docs/guides/in-a-notebook.md."""

from __future__ import annotations

import asyncio
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest
import rasterio
from landfall_sdk import AsyncLandfall, Landfall, Progress, errors
from landfall_sdk.transfer import download as transfer
from landfall_sdk.transfer import wire

from support.api import wait_for
from support.rasters import drawn_scene
from support.server import REPOSITORY

from .conftest import QUICK, Raster

DATA = Path(os.environ.get("LANDFALL_TEST_DATA") or REPOSITORY.parent / "shared" / "data")


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.endswith(".landfall-part")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "scenes").mkdir()
    return tmp_path / "scenes"


def test_into_a_folder_under_its_own_name_or_as_a_file(client, scene, folder):
    saved = client.download(scene.item_id, to=folder)
    assert saved == folder / scene.file_name and saved.read_bytes() == scene.content
    record = client.items.get(item_id=scene.item_id).item
    assert client.download(record, "data", folder / "x.tif").read_bytes() == scene.content
    assert client.download({"id": scene.item_id}, asset="data", to=str(folder / "x.tif")).read_bytes() == scene.content
    assert leftovers(folder) == []


def test_an_asset_that_is_not_there_names_those_that_are(client, api, scene, folder):
    with pytest.raises(errors.NotFound, match="no asset 'infrared'; it has .*data"):
        client.download(scene.item_id, "infrared", folder)
    with pytest.raises(errors.NotFound, match="no files"):
        client.download(api.create_item(), to=folder)
    with pytest.raises(TypeError, match="its id or its record"):
        client.download(7, to=folder)
    assert leftovers(folder) == []


def test_a_line_that_breaks_is_gone_on_with(over, link, raster: Raster, folder):
    link.cuts_back = [5_000_000] * 3
    saved = over.download(raster.item, to=folder)
    assert saved.read_bytes() == raster.content and link.cuts_back == []
    assert link.received < len(raster.content) + 1_500_000


def test_a_later_call_goes_on_where_an_earlier_one_ended(over, link, raster: Raster, folder):
    def interrupt(now: Progress) -> None:
        if now.done > 9_000_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        over.download(raster.item, to=folder / "large.tif", progress=interrupt)
    wait_for("the last bytes", lambda: link.open <= 1)
    assert leftovers(folder) == [".large.tif.landfall-part"]
    link.received = 0
    assert over.download(raster.item, to=folder / "large.tif").read_bytes() == raster.content
    assert link.received < len(raster.content) - 8_000_000 and leftovers(folder) == []


def test_a_part_of_another_file_is_found_out_and_begun_anew(client, raster: Raster, folder):
    (folder / ".large.tif.landfall-part").write_bytes(b"another" * 1000)
    assert client.download(raster.item, to=folder / "large.tif").read_bytes() == raster.content
    (folder / ".large.tif.landfall-part").write_bytes(raster.content + b"more")
    assert client.download(raster.item, to=folder / "large.tif").read_bytes() == raster.content


class Changing(httpx.BaseTransport):
    """A line that changes a byte of what comes, so many times."""

    def __init__(self, times: int) -> None:
        self.times, self._inner = times, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._inner.handle_request(request)
        content = response.read()
        self.times -= 1
        changed = bytes([content[0] ^ 1]) + content[1:] if self.times >= 0 else content
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(changed))


def test_wrong_bytes_are_never_left_behind(client, scene, folder, monkeypatch):
    monkeypatch.setattr(wire, "http_of", lambda _: httpx.Client(transport=Changing(100)))
    with pytest.raises(errors.DigestMismatch, match="checksum"):
        client.download(scene.item_id, to=folder / "x.tif")
    assert not (folder / "x.tif").exists()
    monkeypatch.setattr(wire, "http_of", lambda _: httpx.Client(transport=Changing(0)))
    saved = client.download(scene.item_id, to=folder / "x.tif")
    assert hashlib.sha256(saved.read_bytes()).digest() == hashlib.sha256(scene.content).digest()


@pytest.mark.parametrize(("name", "kept"), [("../../etc/passwd", "_.._etc_passwd"), ("/etc/passwd", "_etc_passwd"), ("..", ""), ("a\\b\0c.tif", "a_b_c.tif"),
                                            ("..\\win.ini", "_win.ini"), ("x" * 400, "x" * 200)])
def test_a_name_from_the_server_stays_in_the_folder(name, kept):
    assert transfer._safe_name(name) == kept


@pytest.mark.parametrize("form", ["download", "open"])
def test_an_address_that_does_not_hold_any_more_is_asked_for_again(client, scene, folder, monkeypatch, form):
    """The store answers 403, as after the quarter of an hour that an address lasts."""
    asked, checked = [], wire.checked_url

    def first_is_stale(url: object) -> str:
        asked.append(url)
        return checked(url).replace("X-Amz-Expires=900", "X-Amz-Expires=1") if len(asked) == 1 else checked(url)

    monkeypatch.setattr(wire, "checked_url", first_is_stale)
    content = client.open(scene.item_id).read() if form == "open" else client.download(scene.item_id, to=folder).read_bytes()
    assert content == scene.content and len(asked) == 2 and "X-Amz-Expires=900" in str(asked[0])


def test_progress_is_told_and_the_async_client_downloads(api, raster: Raster, folder):
    seen = []

    async def road() -> Path:
        async with AsyncLandfall(api.key, api.base_url) as client:
            return await client.download(raster.item, to=folder / "x.tif", progress=seen.append)

    assert asyncio.run(road()).read_bytes() == raster.content
    assert seen[-1].done == seen[-1].total == len(raster.content)


def test_a_remote_file_reads_as_a_local_one(client, scene):
    with client.open(scene.item_id) as file:
        assert file.readable() and file.seekable() and not file.writable() and file.size == len(scene.content)
        assert file.read(4) == scene.content[:4] and file.tell() == 4
        assert file.seek(-10, os.SEEK_END) == len(scene.content) - 10 and file.read(100) == scene.content[-10:] and file.read(1) == b""
        assert file.seek(70_000) == 70_000 and file.read(200_000) == scene.content[70_000:270_000]
        with pytest.raises(ValueError, match="nothing before"):
            file.seek(-1)
    with pytest.raises(ValueError, match="is closed"):
        file.read(1)


def test_rasterio_fetches_only_what_it_reads(api, link, raster: Raster):
    """What opened it outlives it."""
    client = Landfall(api.key, link.url, retry=QUICK)
    link.cuts_back = [40_000] * 2
    with client.open(raster.item) as file:
        dataset = file.rasterio()
    with dataset, rasterio.MemoryFile(raster.content).open() as local:
        window = ((100, 140), (200, 260))
        assert np.array_equal(dataset.read(1, window=window), local.read(1, window=window))
        assert dataset.crs == local.crs and dataset.transform == local.transform
    assert link.received < len(raster.content) / 10


def test_xarray_opens_rasters_and_netcdf(client, api, scene):
    array = client.open(scene.item_id).xarray()
    assert array.dims == ("band", "y", "x") and array.rio.crs.to_epsg() == 32632
    with rasterio.MemoryFile(scene.content).open() as local:
        assert np.array_equal(array.values, local.read())
    source = DATA / "climate_bcsd_obs_1999.nc"
    if not source.exists():
        pytest.skip(f"no {source}")
    dataset = client.open(client.upload_file(source, project=api.project)).xarray()
    assert set(dataset.data_vars) == {"pr", "tas"} and dataset.sizes["time"] == 12


@pytest.mark.parametrize("opened", ["raster = file.rasterio(); raster.read(1)", "array = file.xarray().sel(band=1); array.mean()"])
def test_what_a_program_leaves_open_does_not_break_its_end(api, scene, home, opened):
    """GDAL reads through Python, which ends first."""
    code = f"from landfall_sdk import Landfall\nfile = Landfall().open({scene.item_id!r})\n{opened}"
    environment = {"LANDFALL_URL": api.base_url, "LANDFALL_TOKEN": api.key, "HOME": str(home), "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


def test_an_asset_that_is_another_by_now_fails_rather_than_mixes(client, scene):
    with client.open(scene.item_id) as file:
        file.read(1)
        file._ranges._etag = '"another"'
        file.seek(200_000)
        with pytest.raises(errors.PreconditionFailed):
            file.read(10)


def test_a_search_is_a_frame_and_stac_items(client, api):
    for number in range(3):
        api.create_item(f"n{number}", bbox=[8, 47, 9, 48], datetime="2024-05-06T00:00:00Z", cloud_cover=number, properties={"pilot": "Ana"},
                        geometry={"type": "Point", "coordinates": [8.5, 47.5]})
    search = client.search(api.project, query={"cloud_cover": {"gte": 1}}, sortby=[{"field": "name"}])
    assert search.matched() == 2 and [item["name"] for item in search] == ["n1", "n2"]
    frame = search.geodataframe()
    assert list(frame["name"]) == ["n1", "n2"] and frame.crs.to_epsg() == 4326 and frame.geometry.iloc[0].x == 8.5
    assert list(frame["properties.pilot"]) == ["Ana", "Ana"] and frame["datetime"].dt.year.tolist() == [2024, 2024]
    items = search.pystac()
    assert [item.properties["title"] for item in items] == ["n1", "n2"]
    assert [item["name"] for item in client.search(api.project, limit=2, sortby=[{"field": "name"}])] == ["n0", "n1"]
    assert list(client.search(api.project, limit=0)) == []
    assert client.search(api.project, query={"name": {"eq": "none"}}).geodataframe().empty
    assert {item["project_id"] for item in client.search(query={"cloud_cover": {"gte": 1}})} >= {api.project}


