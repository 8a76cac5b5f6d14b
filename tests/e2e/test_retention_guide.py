"""The commands of docs/guides/retention-and-quotas.md, in their order."""

from __future__ import annotations

import json
import os
import re
import subprocess

from support.rasters import small_scene
from support.server import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "guides" / "retention-and-quotas.md").read_text()


def test_every_command_of_the_guide_works(server, own):
    """[design section 13]"""
    item = own.upload_one(small_scene())
    installation = server.installation
    names = {"ORGANIZATION": own.organization, "DATA": str(installation.data), "ITEM": item,
             "LANDFALL_URL": server.base_url, "LANDFALL_TOKEN": own.key,
             "PATH": f"{installation.binary.parent}{os.pathsep}{os.environ['PATH']}"}
    commands = [line for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.S) for line in block.splitlines()]
    assert len(commands) >= 15
    for command in commands:
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False,
                              env=installation.environment() | names)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        if "--json" in command:
            [json.loads(line) for line in done.stdout.splitlines()]
    assert own.item(item)["lifecycle_state"] == "active"
