"""Indices, sensors, formulas and colormaps: what is known before any pixel is read. Contract: section 11."""

from __future__ import annotations

import pytest

from support.answers import faulty_fields, problem

NDVI = "(NIR - RED) / (NIR + RED)"
#: As the contract writes them, by id.
STANDARD = {
    "ndvi": ["NIR", "RED"], "gndvi": ["NIR", "GREEN"], "ndwi": ["GREEN", "NIR"], "mndwi": ["GREEN", "SWIR1"],
    "ndmi": ["NIR", "SWIR1"], "nbr": ["NIR", "SWIR2"], "ndsi": ["GREEN", "SWIR1"], "ndbi": ["SWIR1", "NIR"],
    "ndre": ["NIR", "REDEDGE1"], "savi": ["NIR", "RED"], "evi": ["NIR", "RED", "BLUE"], "cire": ["REDEDGE3", "REDEDGE1"],
}
SENSORS = {"sentinel-2", "landsat-8-9", "planetscope", "worldview-3", "naip", "generic-rgb", "generic-rgbn"}


@pytest.fixture(scope="module")
def indices(admin) -> dict[str, dict]:
    return {one["name"]: one for one in admin.call("analytics.indices.list", {})}


def test_the_standard_indices_are_there_with_their_sources(indices):
    """[section 11]"""
    for name, bands in STANDARD.items():
        assert indices[name]["required_bands"] == bands
        low, high = indices[name]["value_range"]
        assert low < high and indices[name]["source"] and indices[name]["colormap"]


def test_indices_are_filtered_by_category_and_sensor(admin, indices):
    """[section 11]"""
    water = admin.call("analytics.indices.list", {"category": "water"})
    assert {one["name"] for one in water} == {one["name"] for one in indices.values() if one["category"] == "water"} != set()
    naip = admin.call("analytics.indices.list", {"sensor": "naip"})
    assert {one["name"] for one in naip} == {name for name, one in indices.items() if "naip" in one["compatible_sensors"]}
    assert "ndvi" in {one["name"] for one in naip} and "nbr" not in {one["name"] for one in naip}
    assert admin.call("analytics.indices.list", {"category": "no such"}) == []
    problem(admin.op("analytics.indices.list", {"sensor": "no such"}), 404)


def test_one_index_is_found_in_any_case(admin, indices):
    assert admin.call("analytics.index.get", {"index_name": "NDVI"}) == indices["ndvi"]
    detail = problem(admin.op("analytics.index.get", {"index_name": "nvdi"}), 404)["detail"]
    assert "nvdi" in detail and "ndvi" in detail


def test_sensors_say_where_their_bands_stand(admin):
    """[section 11]"""
    sensors = {one["id"]: one for one in admin.call("analytics.sensors.list", {})}
    assert SENSORS <= set(sensors)
    assert sensors["sentinel-2"]["bands"] | {"swir1": 11, "swir2": 12, "nir": 8, "red": 4, "blue": 2} == sensors["sentinel-2"]["bands"]
    assert sensors["landsat-8-9"]["bands"]["nir"] == 5
    for one in sensors.values():
        order = [band["role"] for band in one["band_order"]]
        assert all(order[number - 1] == role for role, number in one["bands"].items())


@pytest.mark.parametrize(("formula", "bands"), [
    (NDVI, ["NIR", "RED"]), ("nir/red", ["NIR", "RED"]), ("(b8 - b4) / (b8 + b4)", ["b8", "b4"]),
    ("2.5 * (NIR - RED) / (NIR + 6*RED - 7.5*BLUE + 1)", ["NIR", "RED", "BLUE"]), ("B8A - B04", ["B8A", "B04"]),
    ("where(NIR > 1.5e3, log10(NIR), clip(RED, 0, 1)) ** 2", ["NIR", "RED"]), ("SWIR16 - swir1", ["SWIR1"])])
def test_good_formulas_name_their_bands(admin, formula, bands):
    """[section 11]"""
    answer = admin.call("analytics.validate_formula", {"formula": formula, "sensor": "sentinel-2"})
    assert answer["valid"] and answer["error"] is None, answer
    assert answer["required_bands"] == bands and {"NIR", "SWIR2", "COASTAL"} <= set(answer["available_bands"])


@pytest.mark.parametrize(("formula", "told"), [
    ("", "ends"), ("NIR -", "ends"), ("NIR RED", "Unexpected"), ("FOO + NIR", "FOO"), ("eval(NIR)", "eval"),
    ("NIR.__class__", "Unexpected"), ("1 + 1", "no band"), ("b13", "b13"), ("b0", "b0"), ("NIR +* RED", "Unexpected"),
    ("(" * 60 + "NIR" + ")" * 60, "50"), ("-" * 60 + "NIR", "50"), ("NIR+" * 400 + "NIR", "1000"),
    ("NIR" + "**2" * 60, "50"), ("min(NIR)", "min"), ("max(" + ",".join(["NIR"] * 40) + ")", "32"),
    ("1e400 * NIR", "number"), ("NIR; RED", "Unexpected")])
def test_bad_formulas_are_an_answer(admin, formula, told):
    """[section 11] Bombs among them."""
    answer = admin.call("analytics.validate_formula", {"formula": formula, "sensor": "sentinel-2"})
    assert answer["valid"] is False and told in answer["error"]


def test_a_sensor_that_is_none_is_404(admin):
    problem(admin.op("analytics.validate_formula", {"formula": NDVI, "sensor": "hubble"}), 404)


def test_what_a_sensor_has_not_got_is_told(admin):
    answer = admin.call("analytics.validate_formula", {"formula": "NIR - RED", "sensor": "generic-rgb"})
    assert not answer["valid"] and "NIR" in answer["error"] and "red" in answer["error"]
    assert answer["required_bands"] == ["NIR", "RED"] and answer["available_bands"] == ["RED", "GREEN", "BLUE"]


def test_formulas_of_cogs_are_an_object_by_index(admin, indices):
    """[section 10]"""
    formulas = admin.call("cog.formulas", {})
    assert set(formulas) == set(indices)
    assert formulas["ndvi"]["expression"] == NDVI and formulas["ndvi"]["rescale"] == "-1,1"
    assert formulas["ndvi"]["bands"] == ["NIR", "RED"] and formulas["ndvi"]["category"] == "vegetation"


def test_colormaps_are_groups_of_names_that_tiles_take(scene):
    """[section 10]"""
    groups = scene.api.call("cog.colormaps", {})
    names = [name for group in groups.values() for name in group]
    assert len(names) == len(set(names)) and {"viridis", "RdYlGn", "tab20c", "twilight", "nipy_spectral", "Greys"} <= set(names)
    for name in (names[0], "rdylgn", "YLGNBU_r", "grey", names[-1] + "_r"):
        answer = scene.api.op("items.tile.render", {"item_id": scene.item_id, "z": 0, "x": 0, "y": 0, "format": "png",
                                                    "bands": "1", "colormap": name})
        assert answer.status_code == 200, name


# band_formulas.*


def new(api, name: str, **fields) -> dict:
    return api.call("band_formulas.create", {"name": name, "formula": NDVI} | fields)


def test_a_formula_is_kept_read_changed_listed_and_deleted(own):
    """[section 11]"""
    made = new(own, "Vigour", display_name="Vigour of vines", category="vines", value_range=[0, 0.8])
    assert made["required_bands"] == ["NIR", "RED"] and not made["is_template"]
    assert made["organization_id"] == own.organization and made["colormap"] == "RdYlGn" and made["value_range"] == [0, 0.8]
    assert own.call("band_formulas.get", {"formula_id": made["id"]}) == made
    changed = own.call("band_formulas.update", {"formula_id": made["id"], "formula": "NIR / RED", "display_name": None,
                                                "colormap": "magma", "category": None})
    assert changed["formula"] == "NIR / RED" and changed["display_name"] is None and changed["category"] == "vines"
    assert changed["colormap"] == "magma" and changed["updated_at"] >= changed["created_at"] == made["created_at"]
    assert own.call("band_formulas.list", {"include_templates": False}) == [changed]
    assert own.call("band_formulas.list", {"category": "vines"}) == [changed]
    assert own.call("band_formulas.delete", {"formula_id": made["id"]}) == {"ok": True, "id": made["id"]}
    problem(own.op("band_formulas.delete", {"formula_id": made["id"]}), 404)
    problem(own.op("band_formulas.get", {"formula_id": made["id"]}), 404)
    assert own.call("band_formulas.list", {"include_templates": False}) == []


def test_standard_indices_are_templates(own, indices):
    listed = own.call("band_formulas.list", {})
    assert {one["name"] for one in listed if one["is_template"]} == set(indices)
    ndvi = own.call("band_formulas.get", {"formula_id": "ndvi"})
    assert ndvi["is_template"] and ndvi["formula"] == NDVI
    problem(own.op("band_formulas.delete", {"formula_id": "ndvi"}), 404)
    problem(own.op("band_formulas.update", {"formula_id": "ndvi", "name": "mine"}), 404)


def test_names_are_one_of_each_in_any_case(own, neighbour):
    made = new(own, "Grün")
    problem(own.op("band_formulas.create", {"name": "GRÜN", "formula": NDVI}), 409)
    problem(own.op("band_formulas.create", {"name": "NDVI", "formula": NDVI}), 409)
    other = new(own, "Blau")
    problem(own.op("band_formulas.update", {"formula_id": other["id"], "name": "grün"}), 409)
    assert own.call("band_formulas.update", {"formula_id": made["id"], "name": "grün"})["name"] == "grün"
    assert new(neighbour, "Grün")["id"] != made["id"]


@pytest.mark.parametrize(("fields", "faulty"), [
    ({"formula": "import os"}, {"formula"}), ({"formula": "FOO - NIR"}, {"formula"}), ({"formula": "NI"}, {"formula"}),
    ({"name": "x"}, {"name"}), ({"name": "x" * 51}, {"name"}), ({"colormap": "sepia"}, {"colormap"}),
    ({"value_range": [1]}, {"value_range"}), ({"value_range": [1, 1]}, {"value_range"}), ({"value_range": [1, 2, 3]}, {"value_range"}),
    ({"formula": "NIR" + "+NIR" * 400}, {"formula"}), ({"category": ""}, {"category"})])
def test_what_is_no_formula_is_refused_by_field(own, fields, faulty):
    assert faulty_fields(own.op("band_formulas.create", {"name": "Refused", "formula": NDVI} | fields)) == faulty


def test_a_formula_of_another_organization_is_not_there(own, neighbour):
    """[section 3.2]"""
    theirs = new(neighbour, "Theirs")["id"]
    for operation in ("get", "update", "delete"):
        problem(own.op(f"band_formulas.{operation}", {"formula_id": theirs}), 404)
    assert theirs not in {one["id"] for one in own.call("band_formulas.list", {})}


def test_creating_twice_under_one_key_makes_one(own):
    """[section 6.3]"""
    body = {"name": "Once", "formula": NDVI}
    first, second = (own.op("band_formulas.create", body, headers={"Idempotency-Key": "once"}) for _ in range(2))
    assert first.json() == second.json() and first.status_code == second.status_code == 200
    assert len(own.call("band_formulas.list", {"include_templates": False})) == 1
