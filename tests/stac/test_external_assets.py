"""Assets whose files lie elsewhere. Contract: swisstopo.md section 13, extensions.md "swisstopo's face, decided"."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from support.stac import MOMENT, Stac, accepted, announced, body_of, checksum, faulty, fetch, point, refused

HREF = "https://files.example/data/note.txt"
ELSEWHERE = "Invalid URL provided. It doesn't match the collection whitelist"
UNREACHABLE = "Provided URL is unreachable"


@pytest.fixture
def outside(collection, set_collection) -> str:
    """A collection whose assets may lie elsewhere, in one place."""
    set_collection(collection, "--external", "https://files.example/data")
    return collection


class Host(BaseHTTPRequestHandler):
    """Answers as the path says: `ok`, a status, or `whole`, which does not heed the range."""

    asked: list[tuple[str, str, str | None]] = []

    def do_GET(self) -> None:
        """Answers."""
        self.asked.append((self.command, self.path, self.headers["Range"]))
        how = self.path.split("/")[2]
        body = b"abc" if how == "ok" else b"abcdefghij"
        self.send_response({"ok": 206, "whole": 200, "moved": 302}.get(how) or int(how))
        if how == "moved":
            self.send_header("Location", "/data/ok/note.txt")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """The address of another host."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()


@pytest.fixture(scope="module")
def near(make_server, host) -> tuple[Stac, str]:
    """A server that may ask that host, and the path of an item in a collection that allows it."""
    server = make_server(LANDFALL_OUTBOUND_HOSTS="127.0.0.1")
    stac = Stac(server.base_url, (server.world["stac_user"], server.world["stac_password"]))
    item = stac.make(f"{stac.make('/collections/near')}/items/scene")
    server.installation.run("stac", "collection", "set", "near", "--external", f"{host}/data", "--data", str(server.installation.data))
    return stac, item


@pytest.mark.parametrize("kind", ["item", "collection"])
def test_a_file_elsewhere_that_answers_is_good(near, host, kind):
    """[S104]"""
    stac, item = near
    path = f"{item if kind == 'item' else item.partition('/items/')[0]}/assets/note.txt"
    Host.asked.clear()
    href = f"{host}/data/ok/note.txt?of={kind}"
    for status in (201, 200):
        answer = stac.put(path, {"href": href})
        assert answer.status_code == status, answer.text
        assert answer.json()["href"] == href == stac.read(path)["href"] and "file:checksum" not in answer.json()
    assert Host.asked[0] == ("GET", f"/data/ok/note.txt?of={kind}", "bytes=0-2")
    accepted(stac.delete(path))


@pytest.mark.parametrize(("how", "message"), [("404", UNREACHABLE), ("403", UNREACHABLE), ("500", UNREACHABLE),
                                              ("whole", "Provided URL returns bad content")])
def test_a_file_elsewhere_that_does_not_answer_well_is_400(near, host, how, message):
    """[S104]"""
    stac, item = near
    assert faulty(stac.put(f"{item}/assets/bad.txt", {"href": f"{host}/data/{how}/bad.txt"}), "href") == {"href": [message]}
    refused(stac.get(f"{item}/assets/bad.txt"), 404)


def test_a_file_that_leads_on_is_not_followed_out(near, host):
    """[section 13: the probe goes through the outbound guard] Followed or not, it never ends as an error of ours."""
    stac, item = near
    answer = stac.put(f"{item}/assets/moved.txt", {"href": f"{host}/data/moved/moved.txt"})
    assert answer.status_code in (201, 400), answer.text


def test_another_port_is_another_place(near):
    """[S104]"""
    stac, item = near
    told = faulty(stac.put(f"{item}/assets/bad.txt", {"href": "http://127.0.0.1:1/data/bad.txt"}), "href")
    assert told["href"] == [ELSEWHERE]


def test_a_file_goes_out_and_comes_home(near, host):
    """[section 13: switching]"""
    stac, item = near
    path = stac.make(f"{item}/assets/moves.txt")
    stac.upload(path, b"at home")
    home = stac.read(path)["href"]
    told = accepted(stac.put(path, {"href": f"{host}/data/ok/moves.txt"})).json()
    assert told["href"] == f"{host}/data/ok/moves.txt" and "file:checksum" not in told
    assert fetch(home).status_code in (403, 404)
    assert accepted(stac.put(path)).json()["href"] == home
    assert fetch(home).status_code in (403, 404)


def test_what_was_allowed_can_be_taken_back(server, stac, set_collection, outside):
    """[extensions: off]"""
    path = external(stac, outside)
    set_collection(outside, "--external", "off")
    assert faulty(stac.put(path, {"href": HREF}), "href")["href"] == ["Found read-only property in payload"]
    assert stac.read(path)["href"] == HREF and server.base_url


@pytest.mark.parametrize(("href", "message"), [
    ("http://files.example/data/note.txt", "http is not a allowed url scheme"), ("no url", "Invalid URL provided"),
    *[(href, ELSEWHERE) for href in (
        "https://other.example/data/note.txt", "https://files.example/database/note.txt",
        "https://files.example.evil.example/data/note.txt", "https://files.example:8443/data/note.txt",
        "https://files.example/data/../private/note.txt", "https://files.example/data/%2e%2e/private/note.txt",
        "https://files.example/data/%2E./private/note.txt", "https://files.example/", "https://files.example/DATA/note.txt")]])
def test_files_lie_within_what_was_allowed(stac, outside, href, message):
    """[S104] Origin and whole path segments."""
    told = faulty(stac.put(f"{outside}/assets/note.txt", {"href": href}), "href")
    assert told["href"] == [message]


@pytest.mark.parametrize("href", [
    7, "javascript:alert(1)", "file:///etc/passwd", "//files.example/data/a.txt", "https://",
    "https://files.example@evil.example/data/note.txt",
    "https://files.example/data/\r\nX: y", "https://files.example/data/" + "a" * 2048, "https://files.example\\@evil.example/data/a.txt"])
def test_what_is_no_address_is_400(stac, outside, href):
    """[S104]"""
    faulty(stac.http.put(f"{outside}/assets/note.txt", json=body_of("/assets/note.txt") | {"href": href}), "href")


def test_a_name_that_nobody_has_is_400(stac, outside):
    """[S104]"""
    told = faulty(stac.put(f"{outside}/assets/note.txt", {"href": HREF}), "href")
    assert told["href"][0] in (UNREACHABLE, "Checking href URL resulted in timeout")


@pytest.mark.parametrize("address", ["https://127.0.0.1", "https://169.254.169.254", "https://[::1]", "https://localhost",
                                     "https://10.0.0.1",
                                     "https://2130706433", "https://0x7f.1", "https://[::ffff:127.0.0.1]"])
def test_places_within_are_never_asked(stac, collection, set_collection, address):
    """[section 13: the probe goes through the outbound guard]"""
    set_collection(collection, "--external", f"{address}/")
    faulty(stac.put(f"{collection}/assets/note.txt", {"href": f"{address}/note.txt"}), "href")


def external(stac: Stac, collection: str) -> str:
    """An item with an external asset, which bulk creation makes without asking whether it answers."""
    item = body_of("/items/away", {"geometry": point(1, 1), "properties": {"datetime": MOMENT},
                                   "assets": {"note.txt": {"type": "text/plain", "href": HREF}}})
    answer = stac.bulk(collection, [item])
    assert answer.status_code == 201, answer.text
    return f"{collection}/items/away/assets/note.txt"


def test_an_external_asset_tells_where_it_is(stac, outside):
    """[S104]"""
    told = stac.read(external(stac, outside))
    assert told["href"] == HREF and "file:checksum" not in told


def test_an_external_asset_takes_no_upload(stac, outside):
    """[S104]"""
    refused(stac.post(f"{external(stac, outside)}/uploads", announced(b"bytes")), 400,
            "Not allowed to create multipart uploads on external assets")


def test_a_patch_does_not_bring_an_external_asset_home_but_a_put_does(stac, outside):
    """[sections 13, 24]"""
    path = external(stac, outside)
    assert accepted(stac.patch(path, {"title": "There"})).json()["href"] == HREF
    told = accepted(stac.put(path)).json()
    assert told["href"].startswith(stac.base_url)
    stac.upload(path, b"at home")
    assert fetch(told["href"]).content == b"at home" and stac.read(path)["file:checksum"] == checksum(b"at home")


def test_an_external_asset_is_deleted(stac, outside):
    """[section 13]"""
    path = external(stac, outside)
    accepted(stac.delete(path))
    refused(stac.get(path), 404)
