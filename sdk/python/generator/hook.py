"""The build hook: writes the generated modules and adds them to what is packed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent))

import document  # noqa: E402
import generate  # noqa: E402


class GeneratedModules(BuildHookInterface):
    """A source distribution carries the document, a wheel the modules that are generated from it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before anything is packed."""
        if self.target_name == "sdist":
            build_data["force_include"][str(document.path())] = document.PACKED
            return
        self._folder = tempfile.TemporaryDirectory(prefix="landfall-sdk-")
        package = Path(self._folder.name)
        generate.write_into(package)
        for entry in package.iterdir():
            build_data["force_include"][str(entry)] = f"landfall_sdk/{entry.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called when the artefact is there."""
        if self.target_name != "sdist":
            self._folder.cleanup()
