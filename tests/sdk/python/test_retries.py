"""Calls over a line that fails: what is tried again, how long is waited, and that nothing is done twice."""

from __future__ import annotations

import asyncio
import email.utils
import socket
import time

import httpx
import pytest
from landfall_sdk import AsyncLandfall, Landfall, RetryPolicy, errors
from landfall_sdk.retries import KEY, retry_after

from support.faulty_proxy import FAULTS, faulty_proxy

from .conftest import QUICK


@pytest.fixture
def proxy(server):
    with faulty_proxy(server.base_url) as made:
        yield made


def named(api, name: str) -> int:
    return api.search(query={"name": {"eq": name}})["numberMatched"]


@pytest.mark.parametrize("fault", FAULTS)
def test_what_makes_something_is_made_once(api, proxy, fault):
    """The key that the client sends makes repeats safe, whether the first try was carried out or not."""
    proxy.choose = lambda number, method, path: fault if number <= 2 else None
    made = Landfall(api.key, proxy.base_url, retry=QUICK).items.create(project_id=api.project, type="user_raster", name=fault)
    assert api.item(made.id)["name"] == fault and named(api, fault) == 1
    assert len(proxy.seen) == 3


@pytest.mark.parametrize("fault", ["503 before", "cut after", "504 after"])
def test_the_async_client_does_the_same(api, proxy, fault):
    proxy.choose = lambda number, method, path: fault if number == 1 else None

    async def road() -> str:
        async with AsyncLandfall(api.key, proxy.base_url, retry=QUICK) as client:
            return (await client.items.create(project_id=api.project, type="user_raster", name=fault)).id

    assert api.item(asyncio.run(road()))["name"] == fault and named(api, fault) == 1


def test_a_delete_whose_answer_was_lost_is_not_repeated(api, proxy):
    """A second one would answer 404, as if there had been nothing."""
    item = api.create_item()["id"]
    proxy.choose = lambda number, method, path: "cut after"
    with pytest.raises(errors.ConnectionFailed):
        Landfall(api.key, proxy.base_url, retry=QUICK).items.delete(item_id=item)
    assert len(proxy.seen) == 1
    proxy.choose = lambda number, method, path: "503 before" if number == 2 else None
    with pytest.raises(errors.NotFound):
        Landfall(api.key, proxy.base_url, retry=QUICK).items.delete(item_id=item)
    assert len(proxy.seen) == 3


@pytest.mark.parametrize("fault", ["503 before", "502 before"])
def test_a_fault_that_lasts_is_told_in_the_end(api, proxy, fault):
    """A gateway's page is no problem document; the error is one all the same, also from the generated modules."""
    proxy.choose = lambda number, method, path: fault
    client = Landfall(api.key, proxy.base_url, retry=QUICK)
    with pytest.raises(errors.ServerError) as caught:
        client.projects.list()
    assert caught.value.status == int(fault[:3]) and len(proxy.seen) == QUICK.attempts
    assert isinstance(caught.value, errors.Unavailable) == (fault == "503 before")
    assert client.projects.list(detailed=True).status_code == int(fault[:3])


def test_a_server_that_is_not_there_is_told(api):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(errors.ConnectionFailed, match="projects.list: no answer"):
        Landfall(api.key, nobody, retry=RetryPolicy(attempts=2, base=0.01)).projects.list()


def test_a_lost_race_is_tried_again_and_a_conflict_is_not():
    answers = [httpx.Response(409, json={"detail": "raced", "status": 409}, headers={"Retry-After": "0"}),
               httpx.Response(409, json={"detail": "taken", "status": 409})]
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers[KEY])
        return answers[len(seen) - 1]

    with pytest.raises(errors.Conflict, match="taken"):
        scripted(answer).projects.create(name="x")
    assert len(seen) == 2 and seen[0] == seen[1]


def test_a_key_of_the_callers_own_is_sent_as_it_is():
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get(KEY, ""))
        return httpx.Response(404, json={"detail": "none", "status": 404})

    for call in (lambda client: client.projects.create(name="x", idempotency_key="mine"),
                 lambda client: client.op("projects.create", name="x", idempotency_key="mine"),
                 lambda client: client.projects.list()):
        with pytest.raises(errors.NotFound):
            call(scripted(answer))
    assert seen == ["mine", "mine", ""]


def test_a_longer_wait_than_wished_for_is_not_waited():
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(str(request.url))
        return httpx.Response(429, json={"detail": "slow down", "status": 429}, headers={"Retry-After": "86400"})

    with pytest.raises(errors.RateLimited) as caught:
        scripted(answer).projects.list()
    assert caught.value.retry_after == 86400 and len(seen) == 1


def scripted(answer) -> Landfall:
    """A client whose server is a function."""
    return Landfall("gpra_x", "http://scripted.invalid", retry=QUICK, httpx_args={"transport": httpx.MockTransport(answer)})


@pytest.mark.parametrize("skew", [-86400 * 400, 0, 86400 * 400])
def test_a_date_to_wait_for_counts_from_the_servers_clock(monkeypatch, skew):
    """Clock skew: the machine's clock may say anything."""
    now = time.time()
    headers = {"Date": email.utils.formatdate(now, usegmt=True), "Retry-After": email.utils.formatdate(now + 7, usegmt=True)}
    monkeypatch.setattr(time, "time", lambda: now + skew)
    assert retry_after(httpx.Response(503, headers=headers)) == 7


@pytest.mark.parametrize("text", ["", "soon", "-5", "Thu, 99 Nul 2026 00:00:00 GMT"])
def test_a_wait_that_is_none_is_passed_over(text):
    assert retry_after(httpx.Response(503, headers={"Retry-After": text})) is None


def test_waits_grow_are_bounded_and_never_shorter_than_asked():
    policy = RetryPolicy(attempts=8, base=1, cap=10, longest=60)
    waits = [policy.delay(attempt) for attempt in range(1, 8)]
    assert all(low <= wait <= high for wait, low, high in zip(waits, [0.5, 1, 2, 4, 5, 5, 5], [1, 2, 4, 8, 10, 10, 10]))
    assert policy.delay(8) is None and policy.delay(1, 61) is None
    assert policy.delay(1, 30) == 30
