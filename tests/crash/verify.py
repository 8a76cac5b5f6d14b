"""Compares a restarted server with the journal of what was acknowledged, and settles what was left open."""

from __future__ import annotations

import hashlib
import random
from collections import Counter

from crash.journal import File, Item, Journal, Life, State, Upload
from crash.workload import adopt
from support import catalog
from support.api import Api, put
from support.server import Server


class Verifier:
    """Asks a server that was just started about everything that the journal holds."""

    def __init__(self, server: Server, journal: Journal, dice: random.Random, contents: list) -> None:
        self._server, self._journal, self._dice, self._contents = server, journal, dice, contents
        self._api = server.api()

    def check_round(self) -> list[Upload]:
        """Checks what the round touched and a sample of the rest; gives the sessions that stay open."""
        self._adopt_unknown()
        touched = self._journal.take_touched()
        settled = [upload for upload in self._journal.all() if upload not in touched and upload.is_ended()]
        for upload in touched + self._dice.sample(settled, min(5, len(settled))):
            self._settle(upload)
        self._check_usage()
        self._check_names()
        return [upload for upload in self._journal.all() if not upload.is_ended()]

    def check_everything(self) -> None:
        """Ends what is open, then checks every session and item."""
        for upload in self._journal.all():
            if not upload.is_ended():
                self._fail(upload)
            self._settle(upload)
        self._check_usage()
        self._check_names()

    def _adopt_unknown(self) -> None:
        """Sessions whose initiate was never answered: they must be whole, empty and open."""
        known = {upload.id for upload in self._journal.all()}
        for row in catalog.rows(self._server.installation, "SELECT id, project_id, total_bytes, state FROM upload"):
            if row["id"] not in known:
                assert row["state"] == "pending", row
                self._journal.open(Upload(row["id"], row["project_id"], int(row["total_bytes"])))

    def _settle(self, upload: Upload) -> None:
        """Brings a session from what the client knows to a certain state, by asking again."""
        if upload.state is State.OPEN:
            if upload.files and self._dice.random() < 0.5:
                self._send_missing(upload)
                self._complete(upload)
            elif self._dice.random() < 0.3:
                self._fail(upload)
        elif upload.state is State.COMPLETING:
            self._complete(upload)
        elif upload.state is State.FAILING:
            self._fail(upload)
        if upload.state is State.FAILED:
            answer = self._api.op("uploads.complete", {"upload_id": upload.id})
            assert answer.status_code == 409, f"a failed session completes: {answer.status_code} {answer.text}"
        if upload.state is State.COMPLETED:
            again = self._api.complete(upload.id)
            assert sorted(again) == sorted(upload.items), f"another set of items: {again} for {upload}"
            for item in upload.items.values():
                self._check_item(item)

    def _send_missing(self, upload: Upload) -> None:
        for file in upload.files.values():
            if file.acknowledged is None:
                content = file.in_flight[-1] if file.in_flight else self._any_content(file)
                url = self._api.sign(upload.id, file.name)
                upload.sends(file, content)
                assert put(url, content).status_code == 200
                upload.sent(file, content)

    def _any_content(self, file: File) -> bytes:
        kinds = [content for _, needs_cog, content in self._contents if needs_cog == file.needs_cog]
        return self._dice.choice(kinds) + self._dice.randbytes(16)

    def _complete(self, upload: Upload) -> None:
        answer = self._api.op("uploads.complete", {"upload_id": upload.id})
        if answer.status_code == 409 and any(file.acknowledged is None for file in upload.files.values()):
            assert upload.state is State.OPEN, f"{upload}: {answer.text}"
            return
        assert answer.status_code == 200, f"complete after a crash: {answer.status_code} {answer.text} for {upload}"
        adopt(upload, answer.json()["item_ids"])

    def _fail(self, upload: Upload) -> None:
        answer = self._api.op("uploads.fail", {"upload_id": upload.id, "error_message": "after the crash"})
        assert answer.status_code == 200, f"fail after a crash: {answer.status_code} {answer.text} for {upload}"
        upload.state = State.FAILED

    def _check_item(self, item: Item) -> None:
        answer = self._api.op("items.get", {"item_id": item.id})
        if item.life is Life.DELETING:
            assert answer.status_code in (200, 404), answer.text
            if answer.status_code == 200:
                self._api.call("items.delete", {"item_id": item.id})
            item.life = Life.DELETED
            item.size = item.size or 0
            answer = self._api.op("items.get", {"item_id": item.id})
        wanted = {"item_id": item.id, "asset_id": "data"}
        if item.life is Life.DELETED:
            assert answer.status_code == 404, f"a deleted item is back: {item}"
            assert self._api.op("items.asset.download", wanted).status_code in (404, 410), item
            return
        assert answer.status_code == 200, f"an acknowledged item is lost: {item}: {answer.text}"
        assert answer.json()["item"]["name"] == item.name
        self._check_bytes(item)

    def _check_bytes(self, item: Item) -> None:
        asset = self._api.assets(item.id)["data"]
        content = self._api.http.get(self._api.download(item.id), headers={"Authorization": ""}).content
        digest = hashlib.sha256(content).hexdigest()
        assert digest in item.possible, f"other bytes than were acknowledged: {item}"
        assert item.digest in (None, digest), f"the bytes changed: {item}"
        assert asset["checksum"] == "1220" + digest
        assert asset["file_size_bytes"] == len(content) == item.possible[digest]
        item.size, item.digest = len(content), digest

    def _check_usage(self) -> None:
        for item in self._journal.items():
            if item.size is None and item.life is Life.LIVE:
                self._check_bytes(item)
        storage = self._api.storage()
        assert storage["used_bytes"] == self._journal.expected_used(), storage
        least, most = self._journal.expected_reserved()
        assert least <= storage["reserved_bytes"] <= most, (storage, least, most)
        recount = self._api.call("usage.recalculate_storage", {"organization_id": self._api.organization})
        assert recount["delta_bytes"] == 0, recount
        assert catalog.disagreements(self._server.installation) == []

    def _check_names(self) -> None:
        """Every live item is there once, and nothing else."""
        expected = Counter(item.name for item in self._journal.items() if item.life is Life.LIVE)
        found: Counter[str] = Counter()
        for project in {upload.project for upload in self._journal.all()}:
            found.update(list_names(self._api, project))
        assert found == expected


def list_names(api: Api, project: str) -> list[str]:
    """Names of all items of a project."""
    names: list[str] = []
    while True:
        page = api.call("items.list", {"project_id": project, "limit": 500, "offset": len(names)})
        names += [item["name"] for item in page["items"]]
        if not page["items"] or len(names) >= page["total"]:
            return names
