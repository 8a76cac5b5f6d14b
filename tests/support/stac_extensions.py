"""What the STAC extensions that item documents declare have to say about their fields, from the text of each version."""

from __future__ import annotations

import re
from typing import Any

from jsonschema import Draft7Validator

URL = re.compile(r"https://stac-extensions\.github\.io/(\w+)/v([\d.]+)/schema\.json")

NUMBERS = {"type": "array", "items": {"type": "number"}}
BAND_STATISTICS = {name: {"type": "number"} for name in ("minimum", "maximum", "mean", "stddev", "valid_percent")}
DATA_TYPES = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
              "cint16", "cint32", "cfloat32", "cfloat64", "other"]


def _bands(properties: dict[str, Any]) -> dict[str, Any]:
    band = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"type": "array", "minItems": 1, "items": band}


#: By extension and version: the fields that we may use, and the form of each. A field that is not here is no field of
#: that version, or none that we mean to write.
FIELDS: dict[tuple[str, str], dict[str, Any]] = {
    ("projection", "1.2.0"): {
        "proj:epsg": {"type": ["integer", "null"]},
        "proj:code": {"type": ["string", "null"], "pattern": "^[A-Za-z0-9]+:[A-Za-z0-9]+$"},
        "proj:wkt2": {"type": ["string", "null"]},
        "proj:projjson": {"type": ["object", "null"]},
        "proj:bbox": NUMBERS | {"minItems": 4, "maxItems": 4},
        "proj:shape": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
        "proj:transform": {"oneOf": [NUMBERS | {"minItems": n, "maxItems": n} for n in (6, 9)]},
    },
    ("raster", "1.1.0"): {
        "raster:bands": _bands({
            "nodata": {"anyOf": [{"type": "number"}, {"enum": ["nan", "inf", "-inf"]}]},
            "data_type": {"enum": DATA_TYPES},
            "unit": {"type": "string"},
            "scale": {"type": "number"},
            "offset": {"type": "number"},
            "spatial_resolution": {"type": "number"},
            "bits_per_sample": {"type": "integer"},
            "statistics": {"type": "object", "properties": BAND_STATISTICS, "additionalProperties": False,
                           "minProperties": 1},
        }),
    },
    ("eo", "1.1.0"): {
        "eo:cloud_cover": {"type": "number", "minimum": 0, "maximum": 100},
        "eo:bands": _bands({"name": {"type": "string"}, "description": {"type": "string", "minLength": 1},
                            "common_name": {"type": "string"}}),
    },
    ("file", "2.1.0"): {
        "file:size": {"type": "integer", "minimum": 0},
        "file:checksum": {"type": "string", "pattern": "^([a-f0-9]{2})+$"},
    },
}
PREFIXES = {"projection": "proj", "raster": "raster", "eo": "eo", "file": "file"}


def extension_faults(document: dict) -> list[str]:
    """What the extensions that a document declares have against it, and fields of them whose extension it does not
    declare."""
    declared = {PREFIXES[match[1]]: FIELDS[match[1], match[2]] for url in document["stac_extensions"]
                if (match := URL.fullmatch(url))}
    faults = []
    for place in (document["properties"], *document["assets"].values()):
        for name, value in place.items():
            prefix = name.partition(":")[0]
            if prefix not in PREFIXES.values():
                continue
            if name not in declared.get(prefix, {}):
                faults.append(f"{name}: no field of a declared extension")
                continue
            faults += [f"{name}: {fault.message[:200]}" for fault in Draft7Validator(declared[prefix][name]).iter_errors(value)]
    return faults
