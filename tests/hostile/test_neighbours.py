"""One neighbour does its worst; the other goes on working. Shares and counts, no times."""

from __future__ import annotations

import contextlib
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from support import catalog
from support.answers import faults, problem
from support.api import wait_for
from support.rasters import small_scene
from support.raw_http import connections

MIB = 1 << 20


def begin(connection: socket.socket, key: str | None, size: int, sent: int) -> None:
    """The head of a call and the beginning of its body."""
    credentials = f"Authorization: Bearer {key}\r\n" if key else ""
    head = f"POST /v1/op/items.create HTTP/1.1\r\nHost: x\r\n{credentials}Content-Length: {size}\r\n\r\n"
    connection.sendall(head.encode() + b" " * sent)


def status(connection: socket.socket) -> int:
    """The status of the answer; waits for it."""
    return int(connection.recv(4096).split(b" ", 2)[1])


def answered(connection: socket.socket) -> bool:
    """Whether there is an answer by now."""
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        connection.setblocking(True)


@pytest.mark.parametrize("key", [None, "gpra_" + "x" * 43])
def test_a_strangers_body_is_not_waited_for(make_server, key):
    server = make_server()
    with connections(server.base_url, 50) as opened:
        for connection in opened:
            begin(connection, key, MIB, 0)
        assert {status(connection) for connection in opened} == {401}


def test_the_unfinished_bodies_of_one_organization_leave_room_for_anothers(make_server):
    """[design section 11]"""
    server = make_server()
    attacker, victim = server.organization("Attacker"), server.api()
    attacker.call("api_keys.list")
    body = json.dumps({"project_id": victim.project, "type": "user_raster", "name": "x", "properties": {"a": "x" * 200_000}})
    with connections(server.base_url, 60) as opened:
        for connection in opened:
            begin(connection, attacker.key, 9 * MIB, 2 * MIB)
        refused = wait_for("refusals", lambda: [each for each in opened if answered(each)] or None)
        assert {status(each) for each in refused} == {503}
        assert len(refused) < len(opened), "a share is more than nothing"
        assert victim.http.post("/v1/op/items.create", content=body + " " * MIB).status_code == 200


def test_whoever_holds_most_connections_makes_room_for_others(make_server):
    server = make_server(LANDFALL_MAX_CONNECTIONS="40")
    with connections(server.base_url, 60, "127.0.0.2") as held:
        assert server.api().http.get("/healthz").status_code == 200
        with connections(server.base_url, 4, "127.0.0.3") as others:
            for other in others:
                other.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                assert status(other) == 200
        assert any(answered(each) for each in held), "who was given up has an end of file, or was turned away"


def test_refusals_of_a_kind_are_one_record(make_server):
    server = make_server()
    attacker = server.organization("Attacker")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: attacker.op("items.get", {"item_id": "it_nothing"}).status_code, range(400)))
    assert set(answers) == {404}
    counted = "SELECT coalesce(sum(calls), 0) FROM audit_log WHERE operation_id = 'items.get'"
    wait_for("the journal", lambda: catalog.number(server.installation, counted) == 400)
    assert catalog.number(server.installation, counted.replace("coalesce(sum(calls), 0)", "count(*)")) <= 3


def test_a_crowd_of_slow_searches_leaves_threads_and_readers_to_others(make_server):
    server = make_server()
    attacker, victim = server.organization("Attacker"), server.api()
    for number in range(300):
        attacker.create_item(f"item {number}", properties={f"p{index}": "x" * 100 for index in range(50)})
    item = victim.create_item("mine")["id"]
    query = {f"properties.p{index}": {"contains": "y" * index} for index in range(50)}
    with ThreadPoolExecutor(64) as pool:
        floods = [pool.submit(attacker.op, "items.search", {"project_id": attacker.project, "query": query | {
            "properties.none": {"neq": str(number)}}}) for number in range(200)]
        for _ in range(20):
            assert victim.op("items.get", {"item_id": item}).status_code == 200
            assert victim.search(limit=1)["numberMatched"] == 1
        assert {flood.result().status_code for flood in floods} <= {200, 503}


def test_nobody_waits_for_the_end_of_slow_searches(make_server):
    """Each of these takes long, and there are more than the database has connections to read with."""
    server = make_server()
    attacker, victim = server.organization("Attacker"), server.api()
    for _ in range(60):
        attacker.create_item("large", properties={"a": "x" * 200_000})
    items = [victim.create_item(f"mine {number}")["id"] for number in range(20)]
    with ThreadPoolExecutor(12) as pool:
        slow = [pool.submit(attacker.search, query={"properties.a": {"contains": "x" * (4000 + number) + "y"}}) for number in range(12)]
        wait_for("the first to end", lambda: any(each.done() for each in slow))
        ended = sum(each.done() for each in slow)
        assert ended < len(slow) / 2
        for item in items:
            assert victim.op("items.get", {"item_id": item}).status_code == 200
        assert sum(each.done() for each in slow) - ended <= 2


def test_answers_that_nobody_takes_cost_their_owner_alone(make_server):
    server = make_server()
    attacker, victim = server.organization("Attacker"), server.api()
    for number in range(60):
        attacker.create_item(f"item {number}", properties={"a": "x" * 200_000})
    item = victim.create_item("mine", properties={"a": "x" * 200_000})["id"]
    body = json.dumps({"project_id": attacker.project, "limit": 60, "format": "stac"})
    with connections(server.base_url, 16) as opened:
        for connection in opened:
            connection.sendall(f"POST /v1/op/items.search HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {attacker.key}\r\n"
                               f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        wait_for("all answers", lambda: all(answered(each) for each in opened))
        assert {victim.op("items.get", {"item_id": item}).status_code for _ in range(20)} == {200}
        told = [status(each) for each in opened]
        assert set(told) == {200, 503}, "a share is more than nothing, and less than all"
        assert told.count(200) * 60 * 200_000 < 128 * MIB
    wait_for("room", lambda: attacker.op("items.search", json.loads(body)).status_code == 200)


def test_bytes_that_arrive_count_before_they_are_stored(make_server):
    server = make_server()
    attacker = server.organization("Attacker")
    server.installation.set_quota(attacker.organization, 20 * MIB)
    upload = attacker.initiate(18 * MIB)
    url = urlsplit(attacker.sign(upload, "scene.tif"))
    head = f"PUT {url.path}?{url.query} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: image/tiff\r\nContent-Length: {17 * MIB}\r\n\r\n"
    with connections(server.base_url, 6) as opened, ThreadPoolExecutor(6) as pool:
        def send(connection: socket.socket) -> None:
            with contextlib.suppress(OSError):  # refused in the middle
                connection.sendall(head.encode() + bytes(17 * MIB - 1))
        list(pool.map(send, opened))
        refused = wait_for("refusals", lambda: (found := [each for each in opened if answered(each)]) and len(found) >= 5 and found)
        assert {status(each) for each in refused} == {413}
        folder = server.installation.data / "objects" / "tmp"
        assert sum(path.stat().st_size for path in folder.glob("*")) <= 40 * MIB


def test_what_an_organization_writes_into_the_catalog_has_a_limit(make_server):
    server = make_server(LANDFALL_LIMITS_CATALOG_BYTES_PER_ORGANIZATION=str(4 * MIB))
    attacker, victim = server.organization("Attacker"), server.api()
    made = []
    for number in range(60):
        body = {"project_id": attacker.project, "type": "user_raster", "name": f"{number}", "properties": {"a": "x" * 100_000}}
        answer = attacker.op("items.create", body, headers={"Idempotency-Key": str(number)})
        if answer.status_code != 200:
            break
        made.append(answer.json()["id"])
    assert 5 <= len(made) <= 20, "a text stands in properties, record, document and kept answer"
    assert "limits.catalog_bytes_per_organization" in problem(answer, 402)["detail"]
    used = attacker.usage()["catalog"]
    assert used["limit_bytes"] == 4 * MIB and 3 * MIB < used["used_bytes"] <= 4 * MIB
    assert attacker.op("items.get", {"item_id": made[0]}).status_code == 200
    assert attacker.op("items.update", {"item_id": made[0], "properties": {}}).status_code == 200, "smaller than before"
    for item in made[1:4]:
        attacker.call("items.delete", {"item_id": item})
    attacker.create_item("There is room again", properties={"a": "x" * 100_000})
    assert attacker.usage()["catalog"]["deleted_bytes"] > 900_000, "they can be restored and count by themselves"
    victim.create_item("Not the victim's limit")


def test_making_and_deleting_in_turn_has_a_limit_too(make_server):
    server = make_server(LANDFALL_LIMITS_CATALOG_BYTES_PER_ORGANIZATION=str(2 * MIB))
    attacker = server.organization("Attacker")
    for _ in range(60):
        answer = attacker.op("items.create", {"project_id": attacker.project, "type": "user_raster", "name": "x",
                                              "properties": {"a": "x" * 100_000}})
        if answer.status_code != 200:
            break
        attacker.call("items.delete", {"item_id": answer.json()["id"]})
    assert answer.status_code == 402


def test_deleting_an_item_ends_its_jobs(make_server):
    server = make_server()
    api = server.api()
    item = api.upload_one(small_scene())
    api.call("items.delete", {"item_id": item})
    unfinished = f"SELECT count(*) FROM job WHERE item_id = '{item}' AND state IN ('pending', 'running')"
    assert catalog.number(server.installation, unfinished) == 0


def test_a_page_that_would_be_too_large_says_how_many_fit(make_server):
    server = make_server()
    api = server.api()
    for number in range(160):
        api.create_item(f"item {number}", properties={"a": "x" * 250_000})
    answer = api.op("items.search", {"project_id": api.project, "limit": 160, "format": "stac"})
    assert "ask for at most" in faults(answer)[("limit",)]["msg"]
    assert len(api.search(limit=100, format="stac")["features"]) == 100
