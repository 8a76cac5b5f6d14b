"""A new server: the link that it prints, the account that one makes by it, and the way out."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from support.api import wait_for
from support.console import opened_console
from support.pages import Browser
from support.server import NO_LIMITS, PASSWORD, Installation, Server

LINK = re.compile(r"http://127\.0\.0\.1:\d+/setup#[\w.-]+")


@pytest.fixture
def fresh(binary, engine, tmp_path):
    """Starts servers on empty folders; gives each with the link that it printed, or None."""
    running: list[Server] = []

    def start(**settings: str) -> Server:
        installation = Installation(binary, tmp_path / f"data{len(running)}", engine.new_database(), NO_LIMITS | settings)
        server = Server(installation, world={"organization_id": "", "project_id": "", "api_key": ""})
        running.append(server)
        return server

    yield start
    assert [server.stop() for server in running] == [0] * len(running)


def link_of(server: Server) -> str:
    """The link that the server printed last."""
    return wait_for("the link", lambda: LINK.findall(server.log.read_text()))[-1]


def fill(browser: Browser, link: str, **changes: str):
    """Opens the page of a link and sends its form, as its script would."""
    browser.open("/setup")
    filled = {"code": urlsplit(link).fragment, "name": "Ada", "email": "ada@first.example", "password": PASSWORD,
              "again": PASSWORD, "organization": "Firsts", "project": "Scenes"}
    return browser.send(**filled | changes)


def test_the_first_account_is_made_in_a_browser(fresh):
    server = fresh()
    link = link_of(server)
    with opened_console(server.base_url) as console:
        page = console.page
        page.goto(link)
        assert page.url == f"{server.base_url}/setup", "the code does not stay in the address"
        console.check("setup")
        page.get_by_label("Your name").fill("Ada Lovelace")
        page.get_by_label("Email address").fill("ada@first.example")
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_label("The same again").fill("another")
        page.get_by_role("button", name="Begin").click()
        page.get_by_text("The two passwords differ").wait_for()
        assert page.get_by_label("Your name").input_value() == "Ada Lovelace"
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_label("The same again").fill(PASSWORD)
        page.get_by_label("First project").fill("Coasts")
        page.get_by_role("button", name="Begin").click()
        page.get_by_role("heading", name="Coasts").wait_for()
        assert urlsplit(page.url).path == "/app/"
        page.get_by_role("button", name="Your account").click()
        page.get_by_text("ada@first.example").wait_for()
        console.expected_statuses.add(401)
        page.get_by_role("button", name="Sign out everywhere").click()
        page.get_by_label("Password").wait_for()
        console.open()
        page.get_by_label("Password").wait_for()
    again = Browser(server.base_url)
    assert again.open(urlsplit(link).path).url.path == "/realms/public/login", "the link was good once"


def test_a_link_is_good_on_this_catalog_and_for_its_form_only(fresh):
    server, other = fresh(), fresh()
    browser = Browser(server.base_url)
    refused = fill(browser, link_of(other))
    assert refused.status_code == 403 and "not of this server" in refused.text
    refused = fill(browser, link_of(server).replace("#", "#1"))
    assert refused.status_code == 403
    assert fill(browser, link_of(server), password="short", again="short").status_code == 422
    assert fill(browser, link_of(server), email="no address").status_code == 422
    made = fill(browser, link_of(server))
    assert made.status_code == 200 and browser.http.cookies.get("landfall_session")
    late = Browser(server.base_url)
    assert late.open("/setup").url.path == "/realms/public/login"


def test_a_link_is_dead_once_there_is_a_user(fresh):
    server = fresh()
    link = link_of(server)
    browser = Browser(server.base_url)
    browser.open("/setup")
    server.installation.init()
    answer = browser.send(code=urlsplit(link).fragment, name="Eve", email="eve@first.example", password=PASSWORD, again=PASSWORD,
                          organization="Eves", project="Hers")
    assert answer.status_code == 409 and "sign in" in answer.text
    server.stop()
    server.log.write_text("")
    server.start()
    assert "setup#" not in server.log.read_text()


def test_the_link_can_be_switched_off(fresh):
    server = fresh(LANDFALL_SETUP_LINK="false")
    wait_for("the hint", lambda: "landfall init" in server.log.read_text())
    assert "setup#" not in server.log.read_text()


def test_two_starts_print_two_links_and_both_servers_take_them(fresh):
    server = fresh()
    first = link_of(server)
    server.stop()
    server.log.write_text("")
    server.start()
    second = link_of(server)
    assert urlsplit(first).fragment != urlsplit(second).fragment
    assert fill(Browser(server.base_url), second).status_code == 200
