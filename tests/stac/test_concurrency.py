"""Clients of the STAC API that do things at the same moment. Contract: swisstopo.md sections 5, 9, 10, 14."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from support import catalog
from support.races import at_once, statuses
from support.stac import IN_PROGRESS, MOMENT, Stac, accepted, announced, body_of, fetch, ids, link, refused

CLIENTS = 32
#: Successful writes of each of them.
WRITES = 3
CREATES = 64


class Counter:
    """A client that counts in an item's title: reads, adds one, and writes on the condition that nobody else did."""

    def __init__(self, stac: Stac, path: str, method: str) -> None:
        self.history: list[tuple[str, int, str]] = []
        self._stac, self._path, self._method = stac.anew(), path, method

    def run(self) -> None:
        """Counts WRITES times, however often it has to try."""
        while len(self.history) < WRITES:
            read = accepted(self._stac.get(self._path))
            tag, count = read.headers["etag"], int(read.json()["properties"]["title"])
            change = {"properties": {"datetime": MOMENT, "title": str(count + 1)}}
            written = (self._stac.put if self._method == "PUT" else self._stac.patch)(self._path, change, If_Match=tag)
            if written.status_code == 200:
                self.history.append((tag, count, written.headers.get("etag", "")))
            else:
                assert (written.status_code, written.content) == (412, b""), written.text


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_no_update_is_lost(stac, collection, method):
    """[S106] 32 clients on one item: each number was written once, over the state that had the number before."""
    path = stac.make(f"{collection}/items/scene", {"properties": {"datetime": MOMENT, "title": "0"}})
    counters = [Counter(stac, path, method) for _ in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS) as pool:
        for running in [pool.submit(counter.run) for counter in counters]:
            running.result()
    history = sorted((entry for counter in counters for entry in counter.history), key=lambda entry: entry[1])
    assert [count for _, count, _ in history] == list(range(CLIENTS * WRITES))
    assert len({tag for tag, _, _ in history}) == CLIENTS * WRITES
    for (_, _, made), (over, _, _) in zip(history, history[1:]):
        assert made in ("", over)
    assert stac.read(path)["properties"]["title"] == str(CLIENTS * WRITES)


@pytest.mark.parametrize("below", ["", "/items/scene", "/items/scene/assets/note.txt", "/assets/note.txt"])
def test_equal_puts_create_once(stac, below):
    """[S40, S55]"""
    for turn in range(4):
        path = stac.make(f"/collections/race-{turn}-{below.count('/')}{len(below)}") if below else f"/collections/raced-{turn}"
        if "/items/scene/" in below:
            stac.make(f"{path}/items/scene")
        clients = [stac.anew() for _ in range(5)]
        answers = at_once(*[lambda client=client: client.put(path + below) for client in clients])
        assert statuses(answers) == {201: 1, 200: 4}
        assert len({answer.json()["created"] if "created" in answer.json() else answer.json()["properties"]["created"] for answer in answers}) == 1


def test_create_only_puts_create_once(stac, collection):
    """[S107]"""
    path = f"{collection}/items/scene"
    clients = [stac.anew() for _ in range(16)]
    answers = at_once(*[lambda client=client: client.put(path, If_None_Match="*") for client in clients])
    assert statuses(answers) == {201: 1, 412: 15}


def test_one_of_many_deletes_succeeds(stac, item):
    """[S53, S106]"""
    tag = stac.get(item).headers["etag"]
    clients = [stac.anew() for _ in range(16)]
    assert statuses(at_once(*[lambda client=client: client.delete(item) for client in clients])) == {200: 1, 404: 15}
    stac.make(item)
    assert statuses(at_once(*[lambda client=client: client.delete(item, If_Match=tag) for client in clients])) == {412: 16}


@pytest.mark.parametrize("turn", range(6))
@pytest.mark.parametrize("below", ["items/scene", "assets/note.txt"])
def test_a_collection_is_deleted_or_has_what_was_made_in_it(stac, collection, below, turn):
    """[S39] Nothing that was acknowledged is left without its collection."""
    path, writer, deleter = f"{collection}/{below}", stac.anew(), stac.anew()
    calls = [lambda: writer.put(path), lambda: deleter.delete(collection)]
    answers = at_once(*(calls[::-1] if turn % 2 else calls))
    made, deleted = answers[::-1] if turn % 2 else answers
    assert (made.status_code, deleted.status_code) in {(201, 400), (404, 200)}, (made.text, deleted.text)
    assert stac.get(path).status_code == (200 if made.status_code == 201 else 404)


@pytest.mark.parametrize("turn", range(6))
def test_a_collection_is_deleted_or_has_all_of_a_bulk_call(stac, collection, turn):
    """[S39, S59]"""
    writer, deleter = stac.anew(), stac.anew()
    bodies = [body_of(f"/items/n{n}") for n in range(5 + turn)]
    made, deleted = at_once(lambda: writer.bulk(collection, bodies), lambda: deleter.delete(collection))
    assert (made.status_code, deleted.status_code) in {(201, 400), (404, 200)}, (made.text, deleted.text)
    if made.status_code == 201:
        assert len(stac.listed(collection)) == len(bodies)


@pytest.mark.parametrize("turn", range(6))
def test_an_item_is_deleted_or_has_the_asset_that_was_made_in_it(stac, item, turn):
    """[S53]"""
    path, writer, deleter = f"{item}/assets/n{turn}.txt", stac.anew(), stac.anew()
    made, deleted = at_once(lambda: writer.put(path), lambda: deleter.delete(item))
    assert (made.status_code, deleted.status_code) in {(201, 400), (404, 200)}, (made.text, deleted.text)
    assert stac.get(path).status_code == (200 if made.status_code == 201 else 404)


@pytest.mark.parametrize("turn", range(4))
def test_an_asset_is_deleted_or_has_its_upload(stac, asset, turn):
    """[S101]"""
    begun, deleted = at_once(lambda: stac.anew().post(f"{asset}/uploads", announced(b"%d" % turn)), lambda: stac.anew().delete(asset))
    assert (begun.status_code, deleted.status_code) in {(201, 400), (404, 200)}, (begun.text, deleted.text)


def test_one_of_64_creates_wins(server, stac, asset):
    """[S89, S88]"""
    clients = [stac.anew() for _ in range(CREATES)]
    answers = at_once(*[lambda client=client: client.post(f"{asset}/uploads", announced(b"bytes")) for client in clients])
    assert statuses(answers) == {201: 1, 400: CREATES - 1}
    [won] = [answer.json()["upload_id"] for answer in answers if answer.status_code == 201]
    for answer in answers:
        if answer.status_code == 400:
            refused(answer, 400, IN_PROGRESS)
            assert answer.json()["upload_id"] == won
    assert ids([{"id": one["upload_id"]} for one in stac.read(f"{asset}/uploads")["uploads"]]) == [won]
    accepted(stac.post(f"{asset}/uploads/{won}/abort", {}))
    assert catalog.disagreements(server.installation) == []


def test_five_creates_are_one_upload(stac, asset):
    """[S89]"""
    clients = [stac.anew() for _ in range(5)]
    answers = at_once(*[lambda client=client: client.post(f"{asset}/uploads", announced(b"bytes")) for client in clients])
    assert statuses(answers) == {201: 1, 400: 4}


def patient(stac: Stac, path: str, body: dict) -> Callable[[], httpx.Response]:
    """A POST that is repeated, as the guide asks, while the server says that it is busy."""
    def call() -> httpx.Response:
        client = stac.anew()
        while (answer := client.post(path, body)).status_code == 503:
            assert int(answer.headers["retry-after"]) >= 1
        return answer

    return call


@pytest.mark.parametrize("turn", range(6))
def test_complete_against_abort_ends_one_way(server, stac, asset, turn):
    """[S96]"""
    upload = stac.begin(asset, b"turn %d" % turn)
    parts = upload.send_all()
    calls = [patient(stac, f"{upload.path}/complete", {"parts": parts}), patient(stac, f"{upload.path}/abort", {})] * 4
    answers = at_once(*(calls[::-1] if turn % 2 else calls))
    assert statuses(answers) == {200: 1, 409: 7}
    status = upload.read()["status"]
    [won] = [answer.json()["status"] for answer in answers if answer.status_code == 200]
    assert won == status
    assert fetch(stac.read(asset)["href"]).status_code in ((200,) if status == "completed" else (403, 404))
    assert catalog.disagreements(server.installation) == []


@pytest.mark.parametrize("turn", range(4))
def test_parts_against_the_end_are_whole_or_refused(stac, asset, turn):
    """[S97, S98]"""
    content = b"turn %d " % turn * 10_000
    upload = stac.begin(asset, content)
    parts = upload.send_all()
    sending = [lambda: upload.send(1)] * 6
    ending = patient(stac, f"{upload.path}/complete", {"parts": parts}) if turn % 2 else patient(stac, f"{upload.path}/abort", {})
    answers = at_once(*sending, ending)
    assert answers[-1].status_code == 200, answers[-1].text
    assert {answer.status_code for answer in answers[:-1]} <= {200, 404, 503}
    if turn % 2:
        assert fetch(stac.read(asset)["href"]).content == content


def test_parts_come_in_parallel(stac, asset):
    """[S92]"""
    contents = [bytes([n]) * (5 << 20) for n in range(6)]
    upload = stac.begin(asset, *contents)
    answers = at_once(*[lambda n=n: upload.send(n) for n in range(1, 7)] * 2)
    assert statuses(answers) == {200: 12}
    accepted(upload.complete(upload.send_all()))
    assert fetch(stac.read(asset)["href"]).content == b"".join(contents)


def test_readers_see_the_old_file_or_the_new_one(stac, asset):
    """[S98]"""
    old, new = b"old" * 100_000, b"new" * 120_000
    stac.upload(asset, old)
    href, end, seen = stac.read(asset)["href"], threading.Event(), set()

    def read() -> None:
        while not end.is_set():
            told = fetch(href)
            assert told.content in (old, new)
            seen.add((told.headers["etag"], told.headers["x-amz-meta-sha256"], len(told.content)))

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(4)]
        try:
            for turn in range(10):
                stac.upload(asset, new if turn % 2 == 0 else old)
        finally:
            end.set()
        for reader in readers:
            reader.result()
    assert len({(sha256, size) for _, sha256, size in seen}) <= 2


@pytest.mark.parametrize("path", ["{c}/items", "/search"])
def test_a_walk_sees_once_what_was_there_all_the_time(stac, collection, path):
    """[S65] Others make and delete items meanwhile."""
    names = [f"kept{n:03}" for n in range(90)]
    assert stac.bulk(collection, [body_of(f"/items/{name}") for name in names]).status_code == 201
    passing = [f"{collection}/items/{where}{n:03}" for n in range(20) for where in ("a", "kept050x", "z")]
    end, client = threading.Event(), stac.anew()

    def disturb() -> None:
        for turn, one in enumerate(itertools.cycle(passing)):
            if end.is_set():
                return
            client.put(one)
            client.delete(passing[(turn - len(passing) // 2) % len(passing)])

    disturber = threading.Thread(target=disturb)
    disturber.start()
    try:
        for limit in (7, 13, 30):
            query = {"limit": limit} if path != "/search" else {"limit": limit, "collections": collection.rpartition("/")[2]}
            walked = [name for page in stac.pages(path.replace("{c}", collection), query) for name in ids(page["features"])]
            assert [name for name in walked if len(name) == 7 and name.startswith("kept")] == names
            assert len(walked) == len(set(walked))
    finally:
        end.set()
        disturber.join()


def test_bulk_calls_that_overlap_make_all_or_nothing(stac, collection):
    """[S59]"""
    sets = [[f"only{n}-{k}" for k in range(20)] + ["shared"] for n in range(6)]
    clients = [stac.anew() for _ in sets]
    answers = at_once(*[lambda client=client, names=names: client.bulk(collection, [body_of(f"/items/{name}") for name in names])
                        for client, names in zip(clients, sets, strict=True)])
    assert statuses(answers) == {201: 1, 400: 5}
    won = sets[[answer.status_code for answer in answers].index(201)]
    assert stac.listed(collection) == sorted(won)


def test_summaries_and_extent_are_true_after_many_writes_at_once(stac, collection):
    """[S110, S111]"""
    items = [stac.make(f"{collection}/items/n{n}") for n in range(4)]
    clients = [stac.anew() for _ in range(16)]
    calls = [lambda n=n, client=client: client.put(f"{items[n % 4]}/assets/a{n}.txt",
                                                   {"gsd": n, "proj:epsg": 2000 + n % 3}) for n, client in enumerate(clients)]
    calls += [lambda n=n, client=client: client.put(items[n], {"geometry": {"type": "Point", "coordinates": [n, n]}}) for n,
              client in enumerate(clients[:4])]
    assert set(statuses(at_once(*calls))) <= {200, 201}
    told = stac.read(collection)
    assert sorted(told["summaries"]["gsd"]) == list(range(16)) and sorted(told["summaries"]["proj:epsg"]) == [2000, 2001, 2002]
    assert told["extent"]["spatial"]["bbox"] == [[0, 0, 3, 3]]
    assert link(told, "self") == stac.root + collection
