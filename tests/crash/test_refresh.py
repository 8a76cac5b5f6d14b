"""The server is killed while tokens are refreshed: what was handed out works, and no refresh token serves twice."""

from __future__ import annotations

import random
import threading

import httpx
import jwt
import pytest

from support.realm import Realm, make_user, refused

CLIENTS = 4


class Client:
    """Refreshes without a pause; remembers what it was given last, and what it had shown when the answer failed."""

    def __init__(self, realm: Realm, user) -> None:
        self.realm, self.last = realm, realm.sign_in(user)
        self.unanswered: str | None = None

    def work(self) -> None:
        try:
            while True:
                self.unanswered = self.last["refresh_token"]
                answer = self.realm.refresh(self.unanswered)
                assert answer.status_code == 200, answer.text
                self.last, self.unanswered = answer.json(), None
        except httpx.TransportError:
            return

    def check(self, realm: Realm) -> None:
        """After the restart."""
        assert self.unanswered == self.last["refresh_token"], "the last thing that happened is a question"
        again = realm.refresh(self.unanswered)
        if again.status_code == 400:
            # It was used up in a transaction whose answer was lost; the family ends, as the contract has it.
            refused(again, "invalid_grant")
            assert realm.userinfo(self.last["access_token"]).status_code == 401
            return
        assert again.status_code == 200, again.text
        assert realm.userinfo(again.json()["access_token"]).status_code == 200
        refused(realm.refresh(self.unanswered), "invalid_grant")


@pytest.mark.parametrize("share", range(4))
def test_refreshing_survives_kills(make_server, pytestconfig, share):
    """A family goes on, or has ended for good; the keys that signed are there after each restart."""
    dice = random.Random(pytestconfig.option.seed + share)
    server = make_server()
    user = make_user(server, "refresh@crash.example", server.world["organization_id"])
    for _ in range(max(1, pytestconfig.option.rounds // 8)):
        realm = Realm(server.base_url)
        clients = [Client(realm, user) for _ in range(CLIENTS)]
        kid = jwt.get_unverified_header(clients[0].last["access_token"])["kid"]
        threads = [threading.Thread(target=client.work) for client in clients]
        for thread in threads:
            thread.start()
        threading.Event().wait(dice.uniform(0.05, 0.6))
        server.kill()
        for thread in threads:
            thread.join()
        server.start()
        realm = Realm(server.base_url)
        assert kid in [key["kid"] for key in realm.http.get("/certs").json()["keys"]]
        for client in clients:
            client.check(realm)
