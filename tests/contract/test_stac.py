"""An item as a STAC document. Contract: section 7.5, design section 5."""

from __future__ import annotations

import hashlib

import httpx
import jsonschema
import pystac
import pytest

from support.answers import faulty_fields
from support.api import wait_for
from support.stac_extensions import extension_faults


@pytest.fixture(scope="module")
def document(scene) -> dict:
    """The uploaded scene's document, once its renditions are there."""

    def settled() -> dict | None:
        document = scene.api.call("items.get_stac", {"item_id": scene.item_id})
        return document if document["assets"].keys() >= {"cog", "thumbnail"} else None

    return wait_for("the renditions", settled)


def test_it_is_a_stac_1_0_0_feature(scene, document):
    """[A153, A154]"""
    answer = scene.api.op("items.get_stac", {"item_id": scene.item_id})
    assert answer.headers["content-type"].split(";")[0] == "application/geo+json"
    assert document["type"] == "Feature"
    assert document["stac_version"] == "1.0.0"
    assert document["id"] == scene.api.item(scene.item_id)["stac_id"]
    assert document["assets"].keys() >= {"data"}
    assert isinstance(document["links"], list)


def test_pystac_reads_it(document):
    """[A153]"""
    item = pystac.Item.from_dict(document, migrate=False)
    assert item.assets["data"].media_type.startswith("image/tiff")
    assert item.bbox


def test_properties_have_a_datetime(document):
    """[section 7.5]"""
    assert "datetime" in document["properties"]
    assert document["properties"]["datetime"] or document["properties"]["start_datetime"]


def test_it_tells_projection_bands_and_file(scene, document):
    """[design section 5]"""
    asset = document["assets"]["data"]
    facts = document["properties"] | asset
    assert facts.get("proj:epsg") == 32632 or facts.get("proj:code") == "EPSG:32632"
    assert facts["proj:shape"] == [256, 256]
    assert facts["proj:transform"][:6] == [10, 0, 465000, 0, -10, 5250000]
    assert facts["proj:bbox"] == [465000, 5247440, 467560, 5250000]
    assert asset["file:size"] == len(scene.content)
    assert asset["file:checksum"] == "1220" + hashlib.sha256(scene.content).hexdigest()
    assert [band["name"] for band in asset["eo:bands"]] == ["blue", "green", "red", "nir"]
    assert len(asset["raster:bands"]) == 4
    assert asset["raster:bands"][0]["data_type"] == "uint16"
    assert asset["raster:bands"][0]["statistics"]["minimum"] >= 1


def test_extensions_in_use_are_declared(document):
    """[design section 5]"""
    declared = " ".join(document["stac_extensions"])
    for name in ("projection", "raster", "file", "eo"):
        assert f"/{name}/" in declared, name


def test_it_keeps_to_its_extensions(document):
    """[A153, design section 5]"""
    assert extension_faults(document) == []


def test_the_extension_of_our_own_is_published_by_the_server(scene, document):
    """Validators fetch every schema that a document declares. [section 7.5]"""
    [url] = [url for url in document["stac_extensions"] if "stac-extensions.github.io" not in url]
    assert url.startswith(scene.api.base_url)
    schema = httpx.get(url)
    assert schema.status_code == 200 and schema.headers["content-type"] == "application/schema+json"
    assert schema.headers["access-control-allow-origin"] == "*"
    validator = jsonschema.Draft7Validator(schema.json())
    assert validator.is_valid(document)
    for claim in ([{"entity_type": "upload"}], "upload", None):
        assert not validator.is_valid(document | {"properties": {"geopera:derived_from": claim}})


def test_it_names_where_it_came_from(scene, document):
    """[section 7.5]"""
    origins = document["properties"]["geopera:derived_from"]
    assert {"entity_type": "upload", "entity_id": scene.upload_id} in origins


def test_links_are_absolute_and_follow_base_url(scene, document):
    """[A155]"""
    assert document["links"] and all(link["href"].startswith(scene.api.base_url) for link in document["links"])
    assert any(link["rel"] == "self" for link in document["links"])
    body = {"item_id": scene.item_id, "base_url": "https://maps.example.org/stac/"}
    moved = scene.api.call("items.get_stac", body)
    assert all(link["href"].startswith("https://maps.example.org/stac/") for link in moved["links"])
    assert {name: moved[name] for name in moved if name not in ("links", "assets")} == \
           {name: document[name] for name in document if name not in ("links", "assets")}


@pytest.mark.parametrize("base", ["javascript:alert(1)", "not a url", "https://a b/", 'https://x/"', "file:///etc"])
def test_a_base_url_that_is_none_is_422(scene, base):
    """[section 7.5]"""
    assert faulty_fields(scene.api.op("items.get_stac", {"item_id": scene.item_id, "base_url": base})) == {"base_url"}


def test_the_plain_url_gives_the_same_document(scene, document):
    """[section 10, design section 2]"""
    answer = scene.api.http.get(f"/api/v1/items/{scene.item_id}/stac.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"].split(";")[0] == "application/geo+json"
    assert answer.json() == document


def test_a_self_link_leads_back_to_the_document(scene, document):
    """[A154]"""
    [link] = [link for link in document["links"] if link["rel"] == "self"]
    answer = scene.api.http.get(link["href"])
    assert answer.status_code == 200
    assert answer.json()["id"] == document["id"]


def test_an_item_by_hand_is_valid_too(api):
    """[A153]"""
    item = api.create_item("No file", geometry={"type": "Point", "coordinates": [8.5, 47.4]})
    document = api.call("items.get_stac", {"item_id": item["id"]})
    assert pystac.Item.from_dict(document, migrate=False).bbox == [8.5, 47.4, 8.5, 47.4]
    assert extension_faults(document) == []
    bare = api.call("items.get_stac", {"item_id": api.create_item("Nowhere")["id"]})
    assert bare["geometry"] is None and "bbox" not in bare
    pystac.Item.from_dict(bare, migrate=False)


def test_a_name_that_looks_like_a_link_stays_a_name(api):
    """No user text is taken for the server's own links. [design section 12]"""
    name = "\u0001/api/v1/items"
    item = api.create_item(name)
    document = api.call("items.get_stac", {"item_id": item["id"]})
    assert name in (document["properties"].get("title"), document["properties"].get("name"))
    assert api.item(item["id"])["name"] == name


def test_a_document_never_passes_512_kilobytes(api):
    """[design section 5]"""
    ring = [[i / 10_000, 0.123456789012] for i in range(20_000)] + [[0, 1], [0, 0.123456789012]]
    body = {"project_id": api.project, "type": "user_raster", "name": "Large"}
    large = {"type": "Polygon", "coordinates": [ring]}
    assert faulty_fields(api.op("items.create", {**body, "geometry": large})) == {"geometry"}
    texts = {f"text{n}": "\u0002" * 30_000 for n in range(1)}
    wide = {"type": "MultiPoint", "coordinates": [[i / 1000, 0.123456789] for i in range(10_000)]}
    assert api.op("items.create", {**body, "properties": texts, "geometry": wide}).status_code == 200
