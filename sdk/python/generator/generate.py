"""Writes the modules that follow from the OpenAPI document: models, one module per operation, and the fluent methods.

    python generate.py FOLDER    as the build does, to look at them
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import document
import operations
import resources

HERE = Path(__file__).resolve().parent
#: The generator knows JSON, text and bytes; pictures are bytes. Enumerations are literals, so that callers write text.
CONFIG = """
package_name_override: landfall_sdk
project_name_override: landfall-sdk
literal_enums: true
post_hooks: []
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
#: The rest of what the generator writes is written by hand: it prints tokens, and needs a newer Python.
KEPT = ("api", "models", "types.py")
#: Names that samples for Geopera's own client have for models of ours.
OTHER_NAMES = {"UploadsCompleteBodyType0": "UploadCompleteInput"}
#: What a model says of fields that it does not declare; `Record` knows all fields.
UNDECLARED_FIELDS = re.compile(r"\n    @property\n    def additional_keys\(self\).*\Z", re.DOTALL)


def write_into(package: Path) -> None:
    """Writes them into an existing folder. Fails with the generator's own words if it has anything to complain of."""
    with tempfile.TemporaryDirectory() as folder:
        made = _generated(Path(folder))
        for name in KEPT:
            source, target = made / name, package / name
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    for model in (package / "models").glob("*.py"):
        _adapt_model(model)
    names = package / "models" / "__init__.py"
    text = names.read_text(encoding="utf-8")
    for other, name in OTHER_NAMES.items():
        text = text.replace("__all__ = (", f"{other} = {name}\n\n__all__ = (\n    {other!r},", 1)
    names.write_text(text, encoding="utf-8")
    known = operations.of(document.load())
    (package / "operations.py").write_text(operations.module(known), encoding="utf-8")
    (package / "resources.py").write_text(resources.module(known, package / "api" / "operations"), encoding="utf-8")
    (package / "version.py").write_text(f'"""The version of the server that the library was built with."""\n\nVERSION = "{document.version()}"\n',
                                        encoding="utf-8")


def _generated(folder: Path) -> Path:
    config = folder / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(document.path()), "--meta", "none",
               "--output-path", str(folder / "package"), "--config", str(config),
               "--custom-template-path", str(HERE / "templates")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONIOENCODING": "utf-8"})
    said = done.stdout + done.stderr
    if done.returncode != 0 or "arning" in said or "rror" in said:
        raise RuntimeError(f"The OpenAPI document cannot be turned into modules:\n{said}")
    return folder / "package"


def _adapt_model(path: Path) -> None:
    """Makes a model a `Record`, and has it read times as Python 3.10 does not."""
    text = path.read_text(encoding="utf-8")
    name = re.search(r"^@_attrs_define\nclass (\w+):", text, re.MULTILINE)
    if not name:
        return
    text = text.replace(f"class {name[1]}:", f"class {name[1]}(Record):", 1)
    text = UNDECLARED_FIELDS.sub("\n", text)
    text = text.replace("datetime.datetime.fromisoformat(", "as_datetime(")
    text = text.replace("from ..types import", "from ..record import Record, as_datetime\nfrom ..types import", 1)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_into(Path(sys.argv[1]))
