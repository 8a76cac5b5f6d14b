"""How often one may try to sign in. Contract: extensions.md "Sign-in"; design section 12."""

from __future__ import annotations

import itertools

import httpx
import pytest

from support.pages import Browser
from support.realm import PASSWORD, Realm, User, make_user, refused

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def guarded(make_server):
    """A server that believes what the proxy on this machine says of addresses."""
    return make_server(LANDFALL_TRUSTED_PROXIES="127.0.0.1/32")


@pytest.fixture
def user(guarded) -> User:
    return make_user(guarded, f"user{next(_NUMBERS)}@limits.example", guarded.world["organization_id"])


def address() -> str:
    """An address that nobody has had."""
    number = next(_NUMBERS)
    return f"198.51.{number // 250}.{number % 250 + 1}"


def seen_from(server, where: str) -> Realm:
    """The realm as asked from an address."""
    return Realm(server.base_url, **{"X-Forwarded-For": where})


def attempt(realm: Realm, user: User, password: str = "a wrong password") -> httpx.Response:
    return realm.token("password", username=user.email, password=password)


def waits(answer: httpx.Response) -> int:
    """The seconds to wait, of an answer that says so."""
    refused(answer, "too_many_requests", 429)
    return int(answer.headers["retry-after"])


def test_after_ten_failures_an_address_waits(guarded, user):
    """Even with the right password, by every way; others don't."""
    where = address()
    realm = seen_from(guarded, where)
    for _ in range(10):
        refused(attempt(realm, user), "invalid_grant")
    assert 0 < waits(attempt(realm, user)) <= 900
    assert waits(attempt(realm, user, PASSWORD))
    assert waits(realm.token("client_credentials", client_id="x", client_secret=guarded.world["api_key"]))
    page = Browser(guarded.base_url, **{"X-Forwarded-For": where}).sign_in(user.email, PASSWORD)
    assert page.status_code == 429 and int(page.headers["retry-after"]) > 0
    assert attempt(seen_from(guarded, address()), make_user(guarded, "else@limits.example"), PASSWORD).status_code == 200


def test_every_way_of_failing_counts(guarded, user):
    """Passwords of users that there are and are not, keys, pages."""
    where = address()
    realm = seen_from(guarded, where)
    for _ in range(3):
        refused(attempt(realm, user), "invalid_grant")
        refused(attempt(realm, User("", f"nobody{next(_NUMBERS)}@limits.example")), "invalid_grant")
        refused(realm.token("client_credentials", client_id="x", client_secret="gpra_" + "y" * 43), "invalid_client", 401)
    browser = Browser(guarded.base_url, **{"X-Forwarded-For": where})
    assert browser.sign_in(user.email, "a wrong password").status_code == 400
    assert waits(attempt(realm, user))


def test_a_right_one_resets_the_address(guarded, user):
    """Whoever mistypes nine times a quarter of an hour and gets in never waits."""
    realm = seen_from(guarded, address())
    for _ in range(3):
        for _ in range(9):
            refused(attempt(realm, User("", f"nobody{next(_NUMBERS)}@limits.example")), "invalid_grant")
        assert attempt(realm, user, PASSWORD).status_code == 200


def test_an_attacked_account_stays_open_where_it_was_used(guarded, user):
    """New addresses wait, ever longer; one from which the user signed in before does not."""
    home = seen_from(guarded, address())
    assert attempt(home, user, PASSWORD).status_code == 200
    for _ in range(10):
        refused(attempt(seen_from(guarded, address()), user), "invalid_grant")
    delays = [waits(attempt(seen_from(guarded, address()), user, PASSWORD)) for _ in range(2)]
    assert all(1 <= delay <= 60 for delay in delays)
    assert attempt(home, user, PASSWORD).status_code == 200
    refused(attempt(home, user), "invalid_grant")


def test_an_account_that_is_not_there_looks_the_same(guarded, user):
    """Nobody learns who has an account."""
    nobody = User("", f"nobody{next(_NUMBERS)}@limits.example")
    told = {attempt(seen_from(guarded, address()), who).text for who in (user, nobody)}
    assert len(told) == 1
    for who in (user, nobody):
        for _ in range(9):
            attempt(seen_from(guarded, address()), who)
        assert waits(attempt(seen_from(guarded, address()), who))


def test_hosts_of_one_network_are_one(guarded, user):
    """An IPv6 customer has 2^64 addresses."""
    for host in range(10):
        refused(attempt(seen_from(guarded, f"2001:db8:7:7::{host + 1:x}"), user), "invalid_grant")
    assert waits(attempt(seen_from(guarded, "2001:db8:7:7::ffff"), user))


def test_programs_that_ask_to_be_let_in_are_counted(make_server):
    """[2.3] They cost rows."""
    server = make_server(LANDFALL_LIMITS_PUBLIC_PER_MINUTE="3")
    realm = Realm(server.base_url)
    answers = [realm.http.post("/auth/device", data={"client_id": "x"}) for _ in range(8)]
    assert [answer.status_code for answer in answers].count(200) <= 6
    assert waits(answers[-1]) <= 60
