"""The official MCP server for Geopera, pointed at this server: every operation is a tool, and tools work."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from landfall_sdk.operations import OPERATIONS

if importlib.util.find_spec("geopera_mcp") is None:
    pytest.skip("geopera-mcp is not installed", allow_module_level=True)

from mcp import ClientSession, StdioServerParameters  # noqa: E402
from mcp.client.stdio import stdio_client  # noqa: E402


def converse(api, folder: Path, talk) -> Any:
    """Starts it as an MCP client does, and gives what the talk with it comes to."""
    program = StdioServerParameters(command=str(Path(sys.executable).parent / "geopera-mcp"), cwd=str(folder), env={
        "GEOPERA_API_URL": api.base_url, "GEOPERA_API_TOKEN": api.key, "HOME": str(folder), "PATH": os.environ["PATH"]})

    async def session() -> Any:
        with (folder / "log").open("w") as log:
            async with stdio_client(program, errlog=log) as (reading, writing), ClientSession(reading, writing) as opened:
                await opened.initialize()
                return await talk(opened)

    return asyncio.run(session())


def test_its_tools_are_the_operations_and_work(api, tmp_path):
    item = api.create_item("Quay")["id"]

    async def talk(session: ClientSession) -> tuple[dict[str, Any], Any, Any, Any]:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        made = await session.call_tool("collections.create", {"project_id": api.project, "name": "By a tool"})
        found = await session.call_tool("items.search", {"project_id": api.project, "limit": 5})
        return tools, made, found, await session.call_tool("items.get", {"item_id": "it_none"})

    tools, made, found, refused = converse(api, tmp_path, talk)
    shared = tools.keys() & OPERATIONS.keys()
    assert {"items.search", "items.get", "uploads.initiate", "collections.create", "projects.create"} <= shared
    for name in shared:
        hints = tools[name].annotations
        assert hints.readOnlyHint == (OPERATIONS[name].side_effect == "read"), name
        assert hints.destructiveHint == (OPERATIONS[name].side_effect == "destructive"), name
    assert not made.isError and not found.isError, (made, found)
    assert [each["name"] for each in api.call("collections.list", {"project_id": api.project})] == ["By a tool"]
    assert item in str(found.content)
    assert refused.isError and "404" in str(refused.content)
