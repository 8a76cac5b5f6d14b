"""Invitations to an organization, the links to choose a password, and their pages. Contract: extensions.md Catalog,
`users.invite`; design section 12."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import pytest

from support import catalog
from support.answers import faulty_fields, problem
from support.api import Api
from support.pages import Browser
from support.realm import Realm, User, make_user
from support.server import Server

NEW = "another long password"


def invite(api: Api, email: str, **terms) -> dict:
    """Invites somebody to the client's organization."""
    return api.call("users.invite", {"organization_id": api.organization, "email": email, **terms})


def test_an_invitation_is_a_link_that_is_good_for_72_hours(own):
    """[extensions.md]"""
    made = invite(own, "ada@example.test")
    assert made["url"].startswith(own.base_url + "/")
    left = datetime.fromisoformat(made["expires_at"]) - datetime.now(timezone.utc)
    assert timedelta(hours=71, minutes=55) < left <= timedelta(hours=72)
    assert invite(own, "ada@example.test")["url"] != made["url"]


def test_a_repeat_under_an_idempotency_key_shows_the_same_link(own):
    """[section 6.3]"""
    body = {"organization_id": own.organization, "email": "ben@example.test"}
    answers = [own.op("users.invite", body, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("email", ["", "ada", "@example.test", "ada@", "a b@example.test", "a\n@example.test",
                                   "a@" + "x" * 260])
def test_an_address_that_is_none_is_a_fault_of_its_field(own, email):
    """[extensions.md]"""
    assert faulty_fields(own.op("users.invite", {"organization_id": own.organization, "email": email})) == {"email"}


def test_the_guards_of_an_invitation(own, neighbour, new_user):
    """[extensions.md]"""
    named = {"organization_id": own.organization, "email": "eve@example.test"}
    problem(own.op("users.invite", named | {"organization_id": neighbour.organization}), 404)
    problem(own.op("users.invite", named | {"project_id": neighbour.project}), 404)
    problem(own.op("users.invite", named | {"role": "owner"}), 403)
    assert faulty_fields(own.op("users.invite", named | {"role": "king"})) == {"role"}
    assert faulty_fields(own.op("users.invite", named | {"project_role": "editor"})) == {"project_role"}
    assert faulty_fields(own.op("users.invite", named | {"project_id": own.project, "project_role": "owner"})) == \
        {"project_role"}
    new_user(own, "member")
    problem(own.op("users.invite", named | {"email": f"MEMBER@{own.organization}.test"}), 409)
    invite(own, "eve@example.test", project_id=own.project, project_role="viewer", role="admin")


def roles(api: Api) -> dict[str, str]:
    """The members of the client's organization by address."""
    page = api.call("organizations.members.list", {"organization_id": api.organization})
    return {member["email"]: member["role"] for member in page["members"]}


def opened(server: Server, url: str) -> Browser:
    """A browser that has opened a link."""
    browser = Browser(server.base_url)
    assert browser.open(url).status_code == 200, browser.page.text
    return browser


def sign_in(server: Server, email: str, password: str) -> int:
    """The status with which somebody gets tokens or none."""
    return Realm(server.base_url).token("password", username=email, password=password).status_code


def test_who_has_no_account_makes_one_by_accepting(server, own):
    """[extensions.md]"""
    email = f"new@{own.organization}.test"
    url = invite(own, email, role="admin", project_id=own.project, project_role="viewer")["url"]
    browser = opened(server, url)
    assert email in browser.page.text and "Organization of" in browser.page.text
    assert "<script" not in browser.page.text
    assert "default-src 'none'" in browser.page.headers["content-security-policy"]
    assert browser.page.headers["cache-control"] == "no-store"
    assert browser.send(name="Ada", password=NEW, again=NEW).url.path == "/realms/public/login"
    assert sign_in(server, email, NEW) == 200
    assert roles(own)[email] == "admin"
    members = own.call("projects.members.list", {"project_id": own.project})["members"]
    assert {member["email"]: (member["name"], member["role"]) for member in members}[email] == ("Ada", "viewer")
    assert browser.open(url).status_code == 404, "a link is good once"


def test_who_has_an_account_accepts_by_its_password(server, own):
    """[extensions.md] Bound to the address: the link alone makes nobody a member."""
    user = make_user(server, f"old@{own.organization}.test")
    url = invite(own, user.email.upper())["url"]
    browser = opened(server, url)
    assert set(browser.fields()) == {"form_token", "password"}
    assert browser.send(password="not the password").status_code == 400
    assert "wrong" in browser.page.text and user.email not in roles(own)
    browser.send(password=user.password)
    assert roles(own)[user.email] == "member"
    assert sign_in(server, user.email, user.password) == 200


@pytest.mark.parametrize(("filled", "said"), [
    ({"name": "A", "password": "short", "again": "short"}, "8"),
    ({"name": "A", "password": NEW, "again": NEW + "x"}, "differ"),
    ({"name": "", "password": NEW, "again": NEW}, "name")])
def test_a_form_that_is_filled_in_wrong_is_shown_again(server, own, filled, said):
    """[design section 12]"""
    email = f"clumsy@{own.organization}.test"
    url = invite(own, email)["url"]
    browser = opened(server, url)
    assert browser.send(**filled).status_code == 422
    assert said in browser.page.text and NEW not in browser.page.text
    assert email not in roles(own)
    browser.send(name="A", password=NEW, again=NEW)
    assert roles(own)[email] == "member"


def test_an_invitation_ends_with_the_next_for_the_same_address_and_with_its_time(server, own):
    """[extensions.md]"""
    email = f"twice@{own.organization}.test"
    first, second = (invite(own, email)["url"] for _ in range(2))
    assert Browser(server.base_url).open(first).status_code == 404
    browser = opened(server, second)
    catalog.change(server.installation, f"UPDATE invitation SET expires_at = 1 WHERE email = '{email}'")
    assert browser.send(name="Late", password=NEW, again=NEW).status_code == 404
    assert email not in roles(own)
    assert Browser(server.base_url).open("/realms/public/invitation/nonsense").status_code == 404


def test_a_form_is_taken_from_the_browser_that_opened_it_and_once(server, own):
    """[design section 12]"""
    email = f"forged@{own.organization}.test"
    browser = opened(server, invite(own, email)["url"])
    form = browser.fields() | {"name": "E", "password": NEW, "again": NEW}
    path = browser.page.url.path
    other = Browser(server.base_url)
    assert other.http.post(path, data=form).status_code == 403
    assert browser.http.post(path, data=form, headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.http.post(path, data=form | {"form_token": "x.y.z"}).status_code == 403
    assert email not in roles(own)


@pytest.fixture
def user(server, own) -> User:
    return make_user(server, f"user@{own.organization}.test", own.organization)


def password_link(server: Server, user: User) -> str:
    """A new link for a user."""
    done = server.installation.run("user", "password", user.id, "--link", "--public-url", server.base_url, "--data",
                                   str(server.installation.data), "--json")
    return json.loads(done.stdout)["url"]


def test_a_link_lets_its_user_choose_a_password_once(server, user):
    """[design section 12]"""
    realm = Realm(server.base_url)
    tokens = realm.sign_in(user)
    url = password_link(server, user)
    browser = opened(server, url)
    assert user.email in browser.page.text
    assert browser.send(password=NEW, again="x" + NEW).status_code == 422
    assert browser.send(password=NEW, again=NEW).url.path == "/realms/public/login"
    assert sign_in(server, user.email, NEW) == 200
    assert sign_in(server, user.email, user.password) == 400
    assert realm.refresh(tokens["refresh_token"]).status_code == 400, "sessions end"
    assert browser.open(url).status_code == 404


def test_a_newer_link_or_password_ends_the_older_link(server, user):
    """[design section 12]"""
    first, second = password_link(server, user), password_link(server, user)
    assert Browser(server.base_url).open(first).status_code == 404
    opened(server, second)
    server.installation.run("user", "password", user.id, "--password", NEW, "--data", str(server.installation.data))
    assert Browser(server.base_url).open(second).status_code == 404


def test_a_disabled_user_is_out_at_once_until_he_is_enabled(server, own, user):
    """[extensions.md Sign-in]"""
    realm = Realm(server.base_url)
    tokens = realm.sign_in(user)
    data = ("--data", str(server.installation.data))
    server.installation.run("user", "disable", user.id, *data)
    assert sign_in(server, user.email, user.password) == 400
    assert realm.refresh(tokens["refresh_token"]).status_code == 400
    server.installation.run("user", "enable", user.id, *data)
    assert sign_in(server, user.email, user.password) == 200
    server.installation.run("user", "delete", user.id, *data)
    assert sign_in(server, user.email, user.password) == 400
