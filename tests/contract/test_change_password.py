"""Somebody who is signed in chooses another password on a page of the server."""

from __future__ import annotations

import pytest

from support.pages import Browser
from support.realm import PASSWORD, make_user

PAGE = "/realms/public/change-password"
OTHER = "another horse entirely"


@pytest.fixture
def signed_in(server, own):
    """A browser with a session, and the address of who it is."""
    email = f"changer@{own.organization}.test"
    make_user(server, email, own.organization, "member")
    browser = Browser(server.base_url)
    browser.sign_in(email, PASSWORD)
    return browser, email


def works(server, email: str, password: str) -> bool:
    """Whether one signs in with it."""
    browser = Browser(server.base_url)
    browser.sign_in(email, password)
    return "Your account" in browser.page.text


def test_the_new_password_counts_and_other_browsers_are_signed_out(server, signed_in):
    here, email = signed_in
    there = Browser(server.base_url)
    there.sign_in(email, PASSWORD)
    here.open(PAGE)
    assert email in here.page.text
    here.send(current=PASSWORD, password=OTHER, again=OTHER)
    assert "Your account" in here.page.text, "one stays signed in here"
    assert "Sign in" in there.open("/realms/public/account").text
    assert works(server, email, OTHER) and not works(server, email, PASSWORD)


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"current": "wrong", "password": OTHER, "again": OTHER}, "wrong"),
    ({"current": PASSWORD, "password": OTHER, "again": "different"}, "two passwords differ"),
    ({"current": PASSWORD, "password": "short", "again": "short"}, "assword"),
])
def test_what_cannot_be_taken_is_told_and_changes_nothing(server, signed_in, fields, sentence):
    browser, email = signed_in
    browser.open(PAGE)
    answer = browser.send(**fields)
    assert answer.status_code in (400, 422) and sentence in answer.text
    assert works(server, email, PASSWORD)


def test_a_stranger_is_led_to_the_sign_in_page_and_a_form_of_elsewhere_is_refused(server, signed_in):
    assert "Sign in" in Browser(server.base_url).open(PAGE).text
    browser, email = signed_in
    browser.open(PAGE)
    answer = browser.http.post(PAGE, data={"current": PASSWORD, "password": OTHER, "again": OTHER})
    assert answer.status_code == 403 and works(server, email, PASSWORD)
