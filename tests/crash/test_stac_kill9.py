"""The server is killed in every step of an upload by the transactional STAC API: create, parts, complete, abort. What was
acknowledged is there, an asset has its old file or its new one, and nothing else is left. Contract: swisstopo.md section 14."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from dataclasses import dataclass, field

import httpx

from crash.rounds import Rounds, run_rounds
from crash.workload import Trigger, Worker
from support import catalog
from support.server import Server
from support.stac import IN_PROGRESS, NOT_IN_PROGRESS, Stac, announced, checksum, fetch, md5_of, put_part

CLIENTS = 4
PART = 4096
COLLECTION = "/collections/c"
#: Moments at which a round may kill the server, besides a random one.
MOMENTS = ("asset", "create", "created", "part", "half a part", "part again", "complete", "completed", "abort", "delete")


@dataclass
class Sending:
    """An upload of an asset, as its client knows it."""

    parts: list[bytes]
    id: str | None = None  # none: whether it was made was not told
    state: str = "in-progress"
    acknowledged: set[int] = field(default_factory=set)
    attempted: set[int] = field(default_factory=set)
    completing: bool = False  # asked for
    aborting: bool = False

    @property
    def content(self) -> bytes:
        """What the asset's file becomes."""
        return b"".join(self.parts)


@dataclass
class Asset:
    """An asset, as the client knows it that alone writes to it."""

    path: str
    is_made: bool = False  # acknowledged
    deleting: bool = False  # asked for
    content: bytes | None = None
    sending: Sending | None = None
    ended: dict[str, str] = field(default_factory=dict)  # states of earlier uploads


class Client(Worker):
    """A thread that publishes files until the server is gone."""

    def __init__(self, stac: Stac, item: str, dice: random.Random, trigger: Trigger, assets: list[Asset]) -> None:
        self.stac, self.item, self.dice, self.trigger, self.assets = stac, item, dice, trigger, assets
        self.counts: Counter[str] = Counter()

    def _turn(self) -> None:
        if len(self.assets) < 3:
            self._make()
        asset = self.dice.choice(self.assets)
        if asset.sending is None:
            if self.dice.random() < 0.15:
                return self.delete(asset)
            self._create(asset)
        sending = asset.sending
        if sending.completing:  # whoever was not told whether it is done asks again
            return self.complete(asset)
        for number in self.dice.sample(range(1, len(sending.parts) + 1), len(sending.parts)):
            if number not in sending.acknowledged or self.dice.random() < 0.2:
                self._put(asset, number)
        what = self.dice.random()
        if what < 0.7:
            self.complete(asset)
        elif what < 0.85:
            self.abort(asset)

    def _make(self) -> None:
        asset = Asset(f"{self.item}/assets/{self.dice.randrange(10 ** 9)}.zip")
        self.assets.append(asset)
        self.make(asset)

    def make(self, asset: Asset) -> None:
        """Makes an asset without a file, or finds it made."""
        self._ask("asset", lambda: self.stac.put(asset.path), 200, 201)
        asset.is_made = True

    def _create(self, asset: Asset) -> None:
        parts = [self.dice.randbytes(PART) for _ in range(self.dice.randint(0, 3))] + [self.dice.randbytes(self.dice.randint(1, PART))]
        asset.sending = Sending(parts)
        self.create(asset)

    def create(self, asset: Asset) -> None:
        """Begins the upload, or finds it begun by a call whose answer got lost."""
        answer = self._ask("create", lambda: self.stac.post(f"{asset.path}/uploads", announced(*asset.sending.parts)), 201, 400)
        if answer.status_code == 400:
            assert answer.json()["description"] == IN_PROGRESS, answer.text
        asset.sending.id = answer.json()["upload_id"]
        self.trigger.reached("created")

    def _put(self, asset: Asset, number: int) -> None:
        sending, content = asset.sending, asset.sending.parts[number - 1]
        read = self._try_until_free(lambda: self.stac.get(f"{asset.path}/uploads/{sending.id}")).json()
        [url] = [one["url"] for one in read["urls"] if one["part"] == number]
        self.trigger.reached("part again" if number in sending.attempted else "part")
        sending.attempted.add(number)

        def pieces():
            yield content[: len(content) // 2]
            self.trigger.reached("half a part")
            yield content[len(content) // 2:]

        answer = self._try(lambda: put_part(url, pieces() if self.dice.random() < 0.5 else content, md5_of(content)))
        assert answer.status_code == 200, f"PUT: {answer.status_code} {answer.text}"
        assert answer.headers["etag"] == f'"{hashlib.md5(content).hexdigest()}"'
        sending.acknowledged.add(number)
        self.counts["part"] += 1

    def complete(self, asset: Asset) -> None:
        """Completes by what was acknowledged."""
        sending = asset.sending
        again, sending.completing = sending.completing, True
        body = {"parts": [{"part_number": number, "etag": f'"{hashlib.md5(part).hexdigest()}"'}
                          for number, part in enumerate(sending.parts, start=1)]}
        answer = self._ask("complete", lambda: self.stac.post(f"{asset.path}/uploads/{sending.id}/complete", body), 200, 409)
        assert answer.status_code == 200 or again and answer.json()["description"] == NOT_IN_PROGRESS, answer.text
        asset.content = sending.content
        self._end(asset, "completed")
        self.trigger.reached("completed")

    def abort(self, asset: Asset) -> None:
        """Gives the upload up."""
        asset.sending.aborting = True
        self._ask("abort", lambda: self.stac.post(f"{asset.path}/uploads/{asset.sending.id}/abort", {}), 200)
        self._end(asset, "aborted")

    def delete(self, asset: Asset) -> None:
        """Takes the asset away with its file."""
        asset.deleting = True
        self._ask("delete", lambda: self.stac.delete(asset.path), 200)
        self.assets.remove(asset)

    @staticmethod
    def _end(asset: Asset, state: str) -> None:
        asset.ended[asset.sending.id] = state
        asset.sending = None

    def _ask(self, event: str, call, *statuses: int) -> httpx.Response:
        self.trigger.reached(event)
        answer = self._try_until_free(call)
        assert answer.status_code in statuses, f"{event}: {answer.status_code} {answer.text}"
        self.counts[event] += 1
        return answer


class Crash(Rounds):
    """Assets whose files come in parts."""

    moments = MOMENTS

    def __init__(self, server: Server, seed: int) -> None:
        super().__init__(server, seed)
        self.assets: list[list[Asset]] = [[] for _ in range(CLIENTS)]
        self.stac().make(COLLECTION)
        for index in range(CLIENTS):
            self.stac().make(self._item(index))

    def stac(self) -> Stac:
        """Who may write, to the server as it runs now."""
        world = self.server.world
        return Stac(self.server.base_url, (world["stac_user"], world["stac_password"]))

    @staticmethod
    def _item(index: int) -> str:
        return f"{COLLECTION}/items/i{index}"

    def _client(self, index: int, dice: random.Random, trigger: Trigger) -> Client:
        return Client(self.stac(), self._item(index), dice, trigger, self.assets[index])

    def clients(self, number: int, trigger: Trigger) -> list[Worker]:
        """One for each item."""
        return [self._client(index, random.Random(f"{self.seed} {number} {index}"), trigger) for index in range(CLIENTS)]

    def check(self) -> None:
        """Every item has the assets that its client knows, and they hold what they may."""
        for index, assets in enumerate(self.assets):
            told = self.stac().read(f"{self._item(index)}/assets")["assets"]
            there = {f"{self._item(index)}/assets/{one['id']}": one for one in told}
            for asset in list(assets):
                if asset.path in there:
                    assert asset.is_made or asset.content is None
                    asset.is_made, asset.deleting = True, False
                    self._check_asset(asset, there.pop(asset.path))
                else:
                    assert asset.deleting or not asset.is_made, f"an acknowledged asset is lost: {asset.path}"
                    assets.remove(asset)
            assert not there, there
        held = sum(len(asset.content or b"") for assets in self.assets for asset in assets)
        assert self.server.api().storage()["used_bytes"] == held

    def _check_asset(self, asset: Asset, document: dict) -> None:
        listed = {one["upload_id"]: one for one in self.stac().read(f"{asset.path}/uploads")["uploads"]}
        sending = asset.sending
        if sending is not None:
            self._check_sending(asset, sending, listed)
        if asset.sending is not None:
            assert listed.pop(asset.sending.id)["status"] == "in-progress"
        assert {name: one["status"] for name, one in listed.items()} == asset.ended
        wanted = None if asset.content is None else checksum(asset.content)
        assert document.get("file:checksum") == wanted, asset.path
        file = fetch(document["href"])
        assert (file.status_code, file.content) == (200, asset.content) if wanted else file.status_code == 404

    def _check_sending(self, asset: Asset, sending: Sending, listed: dict[str, dict]) -> None:
        if sending.id is None:  # it was asked for, and nobody was told
            unknown = set(listed) - set(asset.ended)
            assert len(unknown) <= 1, unknown
            if not unknown:
                asset.sending = None
                return
            [sending.id] = unknown
        state = listed[sending.id]["status"]
        assert listed[sending.id]["md5_parts"] == announced(*sending.parts)["md5_parts"]
        if state == "in-progress":
            return self._check_parts(asset, sending)
        assert sending.completing if state == "completed" else sending.aborting, (asset.path, state)
        asset.content = sending.content if state == "completed" else asset.content
        asset.ended[sending.id] = state
        asset.sending = None

    def _check_parts(self, asset: Asset, sending: Sending) -> None:
        listed = {one["part_number"]: one for one in self.stac().read(f"{asset.path}/uploads/{sending.id}/parts")["parts"]}
        assert sending.acknowledged <= set(listed) <= sending.attempted, (asset.path, sending.id)
        for number, one in listed.items():
            part = sending.parts[number - 1]
            assert (one["etag"], one["size"]) == (f'"{hashlib.md5(part).hexdigest()}"', len(part))
        sending.acknowledged = set(listed)

    def settle(self) -> None:
        """Ends and deletes everything; then neither a byte nor a reservation is left."""
        for index, assets in enumerate(self.assets):
            client = self._client(index, self.dice, Trigger("", 0, 0, lambda: None))
            for asset in list(assets):
                if asset.sending is not None and len(asset.sending.acknowledged) == len(asset.sending.parts):
                    client.complete(asset)
                elif asset.sending is not None:
                    client.abort(asset)
        self.check()
        for index, assets in enumerate(self.assets):
            client = self._client(index, self.dice, Trigger("", 0, 0, lambda: None))
            for asset in list(assets):
                client.delete(asset)
        installation = self.server.installation
        for _ in range(2):
            swept = installation.run("sweep", "--data", str(installation.data), "--grace", "0", "--json", "--yes")
            assert isinstance(json.loads(swept.stdout), dict)
        assert catalog.stored_blobs(installation) == set()
        assert catalog.unfinished_blobs(installation) == set() and catalog.open_parts(installation) == set()
        storage = self.server.api().storage()
        assert (storage["used_bytes"], storage["reserved_bytes"]) == (0, 0)
        assert not catalog.disagreements(installation)


def test_kill_9_in_every_step_of_an_upload(make_server, request, turn, rounds):
    """[swisstopo section 14, design sections 6 and 7]"""
    server = make_server(LANDFALL_LIMITS_SMALLEST_PART_BYTES="1")
    crash = Crash(server, request.config.option.seed + turn)
    run_rounds(rounds, crash.round, lambda: crash.counts["part"] and crash.counts["complete"])
    crash.settle()
    print(f"seed {crash.seed}: acknowledged {dict(crash.counts)}")
    assert crash.counts["part"] and crash.counts["complete"], "no round acknowledged anything"
