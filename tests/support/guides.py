"""Runs the commands of a guide as a reader would, one after the other in one shell."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from support.server import REPOSITORY

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(name: str) -> list[str]:
    """The shell blocks of `docs/guides/<name>.md`, in their order."""
    return BLOCK.findall((REPOSITORY / "docs" / "guides" / f"{name}.md").read_text())


def run(name: str, program: Path, folder: Path, **environment: str) -> str:
    """Runs them in a folder with `landfall` on the path; fails at the first that fails. Gives what all print."""
    script = "\n".join(["set -euo pipefail", 'trap \'echo "failed: $BASH_COMMAND" >&2\' ERR', *commands(name)])
    path = f"{program.parent}:{os.environ['PATH']}"
    done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=300,
                          env={"PATH": path, "HOME": str(folder), **environment})
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout
