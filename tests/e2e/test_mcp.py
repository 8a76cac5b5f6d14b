"""`landfall mcp`: operations as tools, with the official client of the protocol. Contract: extensions, "Command line"."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import contextmanager

import httpx
import pytest
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client
from mcp.shared.exceptions import McpError

from support.rasters import small_scene

Talk = Callable[[ClientSession], Awaitable[object]]


def environment(api, url: str | None = None) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LANDFALL_URL": url or api.base_url, "LANDFALL_TOKEN": api.key}


def over_stdio(server, api, talk: Talk, *flags: str) -> object:
    """What `talk` gives, over a program that the client starts and ends."""
    program = StdioServerParameters(command=str(server.installation.binary), args=["mcp", *flags], env=environment(api))

    async def run() -> object:
        async with stdio_client(program) as (read, write), ClientSession(read, write) as session:
            await session.initialize()
            return await talk(session)

    return asyncio.run(run())


def tools_of(server, api, *flags: str) -> dict[str, object]:
    async def talk(session: ClientSession) -> object:
        return {tool.name: tool for tool in (await session.list_tools()).tools}

    return over_stdio(server, api, talk, *flags)


@contextmanager
def serving(server, api, *flags: str):
    """`landfall mcp --http` at some port; its address."""
    process = subprocess.Popen([server.installation.binary, "mcp", "--http", "127.0.0.1:0", *flags], text=True,
                               env=environment(api), stderr=subprocess.PIPE)
    try:
        line = process.stderr.readline()
        assert line.startswith("landfall mcp answers at http://127.0.0.1:"), line
        yield line.split()[-1]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def texts(result) -> list[str]:
    return [part.text for part in result.content if part.type == "text"]


def test_without_leave_there_are_reads_alone(server, api):
    tools = tools_of(server, api)
    assert {"items_search", "items_get", "collections_list", "stac_search"} <= set(tools)
    assert all(tool.annotations.readOnlyHint and not tool.annotations.destructiveHint for tool in tools.values())
    search = tools["items_search"]
    assert search.title == "items.search" and search.description
    assert search.inputSchema["type"] == "object" and "bbox" in search.inputSchema["properties"]


@pytest.mark.parametrize(("flags", "there", "missing"), [
    ((), {"items_get"}, {"items_create", "items_delete"}),
    (("--allow-writes",), {"items_get", "items_create"}, {"items_delete"}),
    (("--allow-destructive",), {"items_get", "items_delete"}, {"items_create"}),
    (("--allow-writes", "--allow-destructive"), {"items_get", "items_create", "items_delete"}, set())])
def test_each_leave_is_asked_for_by_itself(server, api, flags, there, missing):
    tools = set(tools_of(server, api, *flags))
    assert there <= tools and not missing & tools


def test_names_are_what_every_host_takes(server, api):
    tools = tools_of(server, api, "--allow-writes", "--allow-destructive")
    operations = server.api().http.get("/openapi.json").json()["paths"]
    assert len(tools) == sum(path.startswith("/v1/op/") for path in operations)
    assert all(len(name) <= 64 and name.replace("_", "").isalnum() for name in tools)


def test_calls_answer_as_operations_do(server, api):
    item = api.upload_one(small_scene())

    async def talk(session: ClientSession) -> object:
        return (await session.call_tool("items_get", {"item_id": item}),
                await session.call_tool("items_get", {"item_id": "item_none"}),
                await session.call_tool("items_search", {"project_id": api.project, "bbox": [1, 2]}),
                await session.call_tool("items_tile_render", {"item_id": item, "z": 0, "x": 0, "y": 0}))

    found, missing, wrong, tile = over_stdio(server, api, talk)
    assert found.structuredContent == json.loads(texts(found)[0]) and found.structuredContent["item"]["id"] == item
    assert missing.isError and "not found" in texts(missing)[0].lower()
    assert wrong.isError and texts(wrong)[0].startswith("bbox")
    assert tile.content[0].type == "image" and tile.content[0].mimeType.startswith("image/")


def test_what_is_not_allowed_is_not_called(server, api):
    item = api.create_item()["id"]

    async def talk(session: ClientSession) -> object:
        with pytest.raises(McpError, match="no tool 'items_delete'"):
            await session.call_tool("items_delete", {"item_id": item})

    over_stdio(server, api, talk, "--allow-writes")
    assert api.item(item)["id"] == item


def test_an_answer_that_is_too_long_says_how_to_ask_for_less(server, api):
    own = api.new_project()
    for number in range(40):
        own.create_item(f"Item {number}", properties={"text": "x" * 8000})

    async def talk(session: ClientSession) -> object:
        return (await session.call_tool("items_list", {"project_id": own.project, "limit": 40}),
                await session.call_tool("items_list", {"project_id": own.project, "limit": 2}))

    long, short = over_stdio(server, own, talk)
    assert long.isError and "Ask for less" in texts(long)[0]
    assert not short.isError and len(short.structuredContent["items"]) == 2


def test_lines_that_are_no_messages_are_refused_and_the_next_is_answered(server, api):
    lines = ["no JSON", "[]", '{"jsonrpc": "1.0", "id": 1, "method": "ping"}', '{"jsonrpc": "2.0", "id": 2}', "",
             '{"jsonrpc": "2.0", "id": 3, "method": "none"}', '{"jsonrpc": "2.0", "method": "notifications/initialized"}',
             '{"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "items_get", "arguments": 5}}',
             '{"jsonrpc": "2.0", "id": "five", "method": "ping"}']
    done = subprocess.run([server.installation.binary, "mcp"], input="\n".join(lines) + "\n", text=True, capture_output=True,
                          env=environment(api), timeout=60)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(answer["id"], answer.get("error", {}).get("code")) for answer in answers] == [
        (None, -32700), (None, -32600), (1, -32600), (2, -32600), (3, -32601), (4, -32602), ("five", None)]
    assert (done.returncode, answers[-1]["result"]) == (0, {})


def test_without_credentials_it_says_what_to_do(server, tmp_path):
    done = subprocess.run([server.installation.binary, "mcp"], input="", text=True, capture_output=True, timeout=60,
                          env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]})
    assert done.returncode == 2 and "landfall login" in done.stderr


def test_over_http_each_caller_brings_a_token(server, api, neighbour):
    item = api.create_item()["id"]

    async def found(url: str, key: str) -> object:
        async with streamablehttp_client(url, headers={"Authorization": f"Bearer {key}"}) as (read, write, _):
            async with ClientSession(read, write) as session:
                await session.initialize()
                return await session.call_tool("items_get", {"item_id": item})

    with serving(server, api) as url:
        assert not asyncio.run(found(url, api.key)).isError
        assert asyncio.run(found(url, neighbour.key)).isError
        assert httpx.post(url, json={}).status_code == 401


@pytest.mark.parametrize(("headers", "status"), [
    ({"Host": "evil.example"}, 403), ({"Host": "evil.example:80", "Origin": "http://evil.example"}, 403),
    ({"Origin": "https://evil.example"}, 403), ({"Origin": "null"}, 403), ({"MCP-Protocol-Version": "1999-01-01"}, 400),
    ({"Host": "localhost:1"}, 200), ({"Origin": "http://localhost:6274"}, 200), ({"Host": "[::1]:9"}, 200)])
def test_pages_of_other_origins_are_refused(server, api, headers, status):
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    with serving(server, api) as url:
        answer = httpx.post(url, json=ping, headers={"Authorization": f"Bearer {api.key}"} | headers)
    assert answer.status_code == status, answer.text
