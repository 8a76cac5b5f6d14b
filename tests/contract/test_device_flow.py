"""Signing a program in on another device, and the pages for it. Contract: geopera.md section 2.3; RFC 8628, RFC 7636."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

import httpx
import jwt
import pytest

from support.pages import Browser
from support.realm import PASSWORD, Realm, User, make_user, refused

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
CLIENT = "geopera-cli"


@pytest.fixture(scope="module")
def realm(server) -> Realm:
    return Realm(server.base_url)


@pytest.fixture(scope="module")
def user(server, admin) -> User:
    return make_user(server, "device@signin.example", admin.organization, "admin")


@pytest.fixture
def browser(server) -> Browser:
    return Browser(server.base_url)


class Program:
    """A program that wants to be let in."""

    def __init__(self, realm: Realm, **fields: str) -> None:
        self.realm = realm
        self.verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
        self.answer = realm.http.post("/auth/device", data={
            "client_id": CLIENT, "scope": "openid profile", "code_challenge": challenge,
            "code_challenge_method": "S256", **fields})
        assert self.answer.status_code == 200, self.answer.text
        self.codes = self.answer.json()

    def ask(self, **fields: str) -> httpx.Response:
        """Asks whether it was let in."""
        return self.realm.token(GRANT, **{"device_code": self.codes["device_code"], "client_id": CLIENT,
                                          "code_verifier": self.verifier} | fields)

    def path(self) -> str:
        """The page that lets it in."""
        return self.codes["verification_uri_complete"]


def test_codes_are_what_clients_read(realm, server):
    """[2.3]"""
    codes = Program(realm).codes
    assert re.fullmatch(r"[B-DF-HJ-NP-TV-XZ2-9]{4}-[B-DF-HJ-NP-TV-XZ2-9]{4}", codes["user_code"])
    assert codes["verification_uri"] == f"{server.base_url}/realms/public/device"
    assert codes["user_code"] in codes["verification_uri_complete"]
    assert (codes["interval"], codes["expires_in"]) == (5, 600)
    assert len(codes["device_code"]) >= 43


def test_a_program_is_let_in_on_the_page(realm, user, browser, admin):
    """[2.3] By a browser without scripts: sign in, compare, approve; then tokens, once."""
    program = Program(realm)
    refused(program.ask(), "authorization_pending")
    shown = browser.open(program.path())
    assert "/realms/public/login" in str(shown.url)
    shown = browser.send(username=user.email, password=PASSWORD)
    assert program.codes["user_code"] in shown.text and CLIENT in shown.text and user.email in shown.text
    assert "signed in" in browser.send(action="approve").text.lower()
    given = program.ask()
    assert given.status_code == 200
    claims = jwt.decode(given.json()["access_token"], options={"verify_signature": False})
    assert (claims["sub"], claims["geopera_org_id"]) == (user.id, admin.organization)
    assert realm.userinfo(given.json()["access_token"]).status_code == 200
    assert realm.refresh(given.json()["refresh_token"], client_id=CLIENT).status_code == 200
    refused(program.ask(), "invalid_grant")


def test_a_program_can_be_refused(realm, user, browser):
    """[2.3]"""
    program = Program(realm)
    browser.sign_in(user.email, PASSWORD)
    browser.open(program.path())
    browser.send(action="deny")
    refused(program.ask(), "access_denied")


def test_a_code_is_typed_without_hyphen_and_case(realm, user, browser):
    """[extensions: Sign-in]"""
    program = Program(realm)
    browser.sign_in(user.email, PASSWORD)
    assert 'name="user_code"' in browser.open("/realms/public/device").text
    typed = program.codes["user_code"].replace("-", "").lower()
    assert program.codes["user_code"] in browser.send(user_code=typed).text
    browser.send(action="approve")
    assert program.ask().status_code == 200


def test_a_wrong_code_is_told_beside_the_field(user, browser):
    """[2.3]"""
    browser.sign_in(user.email, PASSWORD)
    shown = browser.open("/realms/public/device?user_code=BCDF-GHJK")
    assert shown.status_code == 404
    assert 'aria-invalid="true"' in shown.text and 'value="BCDF-GHJK"' in shown.text


def test_who_asks_too_often_is_slowed_down(realm):
    """[2.3] RFC 8628 section 3.5."""
    program = Program(realm)
    refused(program.ask(), "authorization_pending")
    refused(program.ask(), "slow_down")


def test_the_verifier_must_match(realm, user, browser):
    """[2.3] Whoever has the device code alone has nothing."""
    program = Program(realm)
    browser.sign_in(user.email, PASSWORD)
    browser.open(program.path())
    browser.send(action="approve")
    for wrong in ("", "x", secrets.token_urlsafe(32)):
        refused(program.ask(code_verifier=wrong), "invalid_grant")
    refused(program.ask(client_id="another"), "invalid_grant")
    assert program.ask().status_code == 200


@pytest.mark.parametrize("fields, error", [
    ({}, "invalid_request"),
    ({"client_id": CLIENT, "code_challenge": "x" * 43, "code_challenge_method": "plain"}, "invalid_request"),
    ({"client_id": CLIENT, "code_challenge": "x" * 43}, "invalid_request"),
    ({"client_id": CLIENT, "code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
    ({"client_id": CLIENT, "scope": "items:fly"}, "invalid_scope"),
    ({"client_id": "n" * 101}, "invalid_request"),
])
def test_what_asks_wrongly_is_refused(realm, fields, error):
    """[2.3]"""
    refused(realm.http.post("/auth/device", data=fields), error)


def test_unknown_device_codes(realm):
    """[2.3]"""
    refused(realm.token(GRANT, device_code="lfd_unknown", client_id=CLIENT), "invalid_grant")
    refused(realm.token(GRANT, client_id=CLIENT), "invalid_request")


# Pages


def test_pages_hold_no_script_under_a_strict_policy(server, user, browser, realm):
    """[design section 12]"""
    browser.sign_in(user.email, PASSWORD)
    anonymous = Browser(server.base_url)
    for page in (anonymous.open("/realms/public/login"), browser.open("/realms/public/account"),
                 browser.open("/realms/public/device"), browser.open(Program(realm).path())):
        assert page.status_code == 200
        assert "<script" not in page.text and "javascript:" not in page.text
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "form-action 'self'" in policy and "frame-ancestors 'none'" in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
    style = anonymous.open("/realms/public/pages.css")
    assert style.headers["content-type"].startswith("text/css") and "prefers-color-scheme: dark" in style.text


def test_what_a_page_shows_is_escaped(realm, user, browser):
    """[design section 12]"""
    program = Program(realm, client_id='<b onclick="x">\'&')
    browser.sign_in(user.email, PASSWORD)
    shown = browser.open(program.path()).text
    assert "<b onclick" not in shown and "&lt;b onclick=&quot;x&quot;&gt;&#39;&amp;" in shown
    browser.open("/realms/public/login?next=/%22%3E%3Cb%3E")
    shown = Browser(browser.base_url).open("/realms/public/login?next=/%22%3E%3Cb%3E").text
    assert "<b>" not in shown


def test_a_form_is_sent_once_by_whom_it_was_given_to(server, user, browser, realm):
    """[design section 12] Not twice, not by another browser, not for something else, not from another site."""
    program = Program(realm)
    browser.sign_in(user.email, PASSWORD)
    browser.open(program.path())
    form = browser.fields() | {"action": "approve"}
    own = {"Origin": server.base_url}
    url = "/realms/public/device"

    def send(sender: Browser, data: dict, headers: dict) -> int:
        return sender.http.post(url, data=data, headers=headers, follow_redirects=False).status_code

    other = Browser(server.base_url)
    other.sign_in(user.email, PASSWORD)
    assert send(other, form, own) == 403
    assert send(browser, form, {"Origin": "https://evil.example"}) == 403
    assert send(browser, form, {"Origin": "null"}) == 403
    assert send(browser, {**form, "form_token": form["form_token"][:-1]}, own) == 403
    assert send(browser, {**form, "form_token": ""}, own) == 403
    second = Program(realm)
    assert send(browser, {**form, "user_code": second.codes["user_code"]}, own) == 403
    refused(program.ask(), "authorization_pending")
    assert send(browser, form, own) == 200
    assert send(browser, form, own) == 403


def test_signing_in_goes_nowhere_else(server, user):
    """[design section 12] No open redirect."""
    for target in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""):
        browser = Browser(server.base_url)
        browser.open(f"/realms/public/login?next={target}")
        browser.http.follow_redirects = False
        answer = browser.send(username=user.email, password=PASSWORD, next=target)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/realms/public/account"


def test_a_wrong_password_is_told_beside_the_field(user, browser):
    """[design section 12]"""
    shown = browser.sign_in(user.email, "wrong password")
    assert shown.status_code == 400
    assert 'aria-invalid="true"' in shown.text and f'value="{user.email}"' in shown.text
    assert "wrong password" not in shown.text
    assert "Your account" in browser.send(username=user.email, password=PASSWORD).text


# The session of a browser [design section 12, issue 2]


def test_the_cookie_is_for_our_pages_alone(server, user, browser, admin, scene):
    """GET faces take it as it is, operations only from a page of ours that says so."""
    browser.http.follow_redirects = False
    cookie = browser.sign_in(user.email, PASSWORD).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Secure" not in cookie
    assert browser.http.get(f"/api/v1/items/{scene.item_id}/tilejson.json").status_code == 200

    def call(**headers: str) -> int:
        return browser.http.post("/v1/op/collections.list", json={"project_id": admin.project},
                                 headers={name.replace("_", "-"): value for name, value in headers.items()}).status_code

    own = server.base_url
    assert call(Origin=own, X_Landfall_Console="1") == 200
    assert call(Origin=own) == 401
    assert call(X_Landfall_Console="1") == 401
    assert call(Origin="https://evil.example", X_Landfall_Console="1") == 401
    assert call(Origin="null", X_Landfall_Console="1") == 401
    assert call(Origin=own, X_Landfall_Console="1", X_API_Key="gpra_wrong") == 401, "a key is meant"
    refused(browser.http.get("/realms/public/protocol/openid-connect/userinfo"), "invalid_token", 401)


def test_the_cookie_ends_when_one_signs_out(server, user, admin):
    """Here or everywhere."""
    here, there = Browser(server.base_url), Browser(server.base_url)
    for browser in (here, there):
        browser.sign_in(user.email, PASSWORD)

    def is_in(browser: Browser) -> bool:
        return "Your account" in browser.open("/realms/public/account").text

    assert is_in(here) and is_in(there)
    cookie = here.http.cookies["landfall_session"]
    here.open("/realms/public/account")
    here.send(action="here")
    assert not is_in(here) and is_in(there)
    here.http.cookies.set("landfall_session", cookie)
    assert not is_in(here), "the session has ended, not only the cookie"
    here = Browser(server.base_url)
    here.sign_in(user.email, PASSWORD)
    here.open("/realms/public/account")
    here.send(action="everywhere")
    assert not is_in(here) and not is_in(there)
