"""Who may do what. Contract: swisstopo.md section 3, extensions.md "Sign-in"."""

from __future__ import annotations

import base64

import httpx
import pytest

from support.realm import PASSWORD, make_user
from support.stac import Stac, accepted, announced, body_of, bodiless, refused

MISSING = "Authentication credentials were not provided."
FORBIDDEN = "You do not have permission to perform this action."
#: Every write there is, as method and path below a collection.
WRITES = [("PUT", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/items"), ("PUT", "/items/scene"),
          ("PATCH", "/items/scene"), ("DELETE", "/items/scene"),
          *[(method, path) for path in ("/items/scene/assets/note.txt", "/assets/note.txt")
            for method in ("PUT", "PATCH", "DELETE")],
          *[("POST", f"{path}/uploads{end}") for path in ("/items/scene/assets/note.txt", "/assets/note.txt")
            for end in ("", "/none/complete", "/none/abort")]]


@pytest.fixture(scope="module")
def there(stac) -> str:
    """A collection with an item and assets that no test here may change."""
    collection = stac.make("/collections/guarded")
    stac.make(f"{stac.make(f'{collection}/items/scene')}/assets/note.txt")
    stac.make(f"{collection}/assets/note.txt")
    return collection


def written(client: Stac, method: str, path: str, **headers: str) -> httpx.Response:
    """One write with a body that would do."""
    body = announced(b"x") if path.endswith("/uploads") else {"features": []}
    if method in ("PUT", "PATCH"):
        body = body_of(path)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.http.request(method, path, json=body, headers={"Idempotency-Key": "k", **named})


def token_of(base_url: str, user: str, password: str, **how) -> httpx.Response:
    """Asks for a user's token."""
    fields = how or {"json": {"username": user, "password": password}}
    return httpx.post(f"{base_url}/api/stac/get-token", **fields)


@pytest.mark.parametrize(("method", "below"), WRITES)
@pytest.mark.parametrize("place", ["there", "nowhere"])
def test_writes_without_credentials_are_401(anonymous, there, method, below, place):
    """[S18]"""
    path = (there if place == "there" else "/collections/none") + below
    answer = written(anonymous, method, path)
    refused(answer, 401, MISSING)
    assert "basic" in answer.headers["www-authenticate"].lower()


@pytest.mark.parametrize(("method", "below"), WRITES)
def test_missing_credentials_win_over_a_failing_precondition(anonymous, there, method, below):
    """[S22]"""
    refused(written(anonymous, method, there + below, If_Match='"another"'), 401, MISSING)


@pytest.mark.parametrize(("method", "below"), WRITES)
def test_a_user_without_the_right_to_write_is_403(stranger, stac, there, method, below):
    """[S21]"""
    before = stac.read(there)
    refused(written(stranger, method, there + below), 403, FORBIDDEN)
    refused(written(stranger, method, there + below, If_Match='"another"'), 403, FORBIDDEN)
    assert stac.read(there) == before


def test_a_viewer_of_the_project_may_not_write(server, there):
    """[S21]"""
    user = make_user(server, "viewer@stac.example", server.world["organization_id"], "member")
    server.installation.run("member", "add", "--project", server.world["stac_project_id"], "--email", user.email,
                            "--role", "viewer", "--data", str(server.installation.data))
    refused(Stac(server.base_url, (user.email, PASSWORD)).put(f"{there}/items/scene"), 403, FORBIDDEN)


def test_an_editor_of_the_project_may_write(server, collection):
    """[S19]"""
    user = make_user(server, "editor@stac.example", server.world["organization_id"], "member")
    server.installation.run("member", "add", "--project", server.world["stac_project_id"], "--email", user.email,
                            "--role", "editor", "--data", str(server.installation.data))
    Stac(server.base_url, (user.email, PASSWORD)).make(f"{collection}/items/scene")


def test_reading_takes_no_credentials_but_right_ones_do_no_harm(stac, anonymous, stranger, there):
    """[S17]"""
    for client in (stac, anonymous, stranger):
        assert client.read(f"{there}/items/scene")["id"] == "scene"
        accepted(client.get("/search"))
        accepted(client.search(limit=1))


@pytest.mark.parametrize("header", [
    "Basic", "Basic ???", "Basic " + base64.b64encode(b"no colon").decode(), "Basic " + base64.b64encode(b":").decode(),
    "Token", "Token none", "Bearer none", "Digest username=x", "Basic " + base64.b64encode(b"\xff\xfe:\x00").decode(),
    "Token " + "a" * 5000])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_credentials_that_are_none_are_401(new_server_of_the_module, header, method):
    """[S19, section 3: also on GET]"""
    stac = new_server_of_the_module
    answer = httpx.request(method, f"{stac.root}/collections/known", json=body_of("/collections/known", {"title": "New"}),
                           headers={"Authorization": header})
    if header.startswith("Digest") and method == "GET" and answer.status_code == 200:
        return  # a scheme that is not ours says nothing to us
    refused(answer, 401)
    assert "www-authenticate" in answer.headers
    assert "title" not in stac.read("/collections/known")


@pytest.fixture(scope="module")
def new_server_of_the_module(make_server) -> Stac:
    """A server on which wrong credentials may be tried."""
    server = make_server()
    stac = Stac(server.base_url, (server.world["stac_user"], server.world["stac_password"]))
    stac.make("/collections/known")
    return stac


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_wrong_password_is_401_and_writes_nothing(new_server_of_the_module, method):
    """[S19]"""
    stac = new_server_of_the_module
    user, password = stac.auth
    for auth in ((user, password + "x"), ("nobody@stac.example", password)):
        refused(Stac(stac.base_url, auth).http.request(method, "/collections/known",
                                                       json=body_of("/collections/known", {"title": "New"})), 401)
    assert "title" not in stac.read("/collections/known")


def test_passwords_may_hold_any_character(server, there, collection):
    """[S19] A colon ends the name only."""
    password = "a:b:ü ☃ ' \" % long enough"
    server.installation.run("user", "create", "--email", "odd@stac.example", "--password", password, "--organization",
                            server.world["organization_id"], "--role", "admin", "--data", str(server.installation.data))
    Stac(server.base_url, ("odd@stac.example", password)).make(f"{collection}/items/scene")


@pytest.mark.parametrize("form", ["json", "data"])
def test_a_token_is_given_for_a_password(server, stac, collection, form):
    """[S20]"""
    user, password = stac.auth
    answer = accepted(token_of(server.base_url, user, password, **{form: {"username": user, "password": password}}))
    assert set(answer.json()) == {"token"}
    assert "no-store" in answer.headers["cache-control"]
    client = Stac(server.base_url, Authorization=f"Token {answer.json()['token']}")
    client.make(f"{collection}/items/scene")
    accepted(client.get(collection))


def test_the_token_of_a_user_is_always_the_same(server, stac):
    """[S20, section 3]"""
    tokens = {accepted(token_of(server.base_url, *stac.auth)).json()["token"] for _ in range(3)}
    assert len(tokens) == 1


@pytest.mark.parametrize("fields", [{}, {"username": "x"}, {"password": "x"}, {"username": "", "password": ""},
                                    {"username": None, "password": "x"}, {"username": 7, "password": ["x"]}])
def test_a_token_wants_name_and_password(server, fields):
    """[S20]"""
    told = refused(httpx.post(f"{server.base_url}/api/stac/get-token", json=fields), 400)
    assert isinstance(told, dict) and set(told) <= {"username", "password", "non_field_errors"}


def test_wrong_credentials_give_no_token(new_server_of_the_module):
    """[S20]"""
    stac = new_server_of_the_module
    for user, password in ((stac.auth[0], "wrong"), ("nobody@stac.example", stac.auth[1])):
        told = refused(token_of(stac.base_url, user, password), 400)
        assert set(told) == {"non_field_errors"}


def test_the_token_is_read_by_no_other_method(server):
    """[section 22]"""
    assert httpx.get(f"{server.base_url}/api/stac/get-token").status_code == 405
    assert httpx.post(f"{server.base_url}/api/stac/v1/get-token", json={}).status_code in (401, 404)


def test_a_token_ends_with_the_password(server, collection):
    """[design section 2: until the password changes]"""
    user = make_user(server, "changing@stac.example", server.world["organization_id"], "admin")
    data = ("--data", str(server.installation.data))
    token = token_of(server.base_url, user.email, PASSWORD).json()["token"]
    client = Stac(server.base_url, Authorization=f"Token {token}")
    client.make(f"{collection}/items/scene")
    server.installation.run("user", "password", "--email", user.email, "--password-stdin", *data, input="another long one\n")
    refused(client.put(f"{collection}/items/scene"), 401)
    assert token_of(server.base_url, user.email, "another long one").json()["token"] != token


def test_a_token_ends_with_the_user(server, collection):
    """[design section 2: or the user is disabled]"""
    user = make_user(server, "leaving@stac.example", server.world["organization_id"], "admin")
    token = token_of(server.base_url, user.email, PASSWORD).json()["token"]
    token_client, password_client = Stac(server.base_url, Authorization=f"Token {token}"), Stac(server.base_url, (user.email, PASSWORD))
    token_client.make(f"{collection}/items/scene")
    server.installation.run("user", "disable", "--email", user.email, "--data", str(server.installation.data))
    refused(token_client.put(f"{collection}/items/scene"), 401)
    refused(password_client.put(f"{collection}/items/scene"), 401)


@pytest.mark.parametrize("told", ["true", "True", "1", ""])
def test_a_gateways_word_counts_for_nothing_from_a_stranger(anonymous, server, there, told):
    """[section 3]"""
    headers = {"Geoadmin_Username": server.world["stac_user"], "Geoadmin_Authenticated": told}
    refused(anonymous.put(f"{there}/items/scene", **headers), 401, MISSING)


def test_many_wrong_passwords_are_told_to_wait_as_this_face_says_it(new_server):
    """[extensions, sign-in: the eleventh wrong try is 503 here]"""
    _, stac = new_server()
    user, password = stac.auth
    answers = [Stac(stac.base_url, (user, f"wrong {turn}")).get("/") for turn in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [503]
    refused(answers[-1], 503)
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert password


def test_a_right_password_forgets_the_wrong_ones(new_server):
    """[extensions, sign-in]"""
    _, stac = new_server()
    wrong = Stac(stac.base_url, (stac.auth[0], "wrong"))
    for _ in range(3):
        assert [wrong.get("/").status_code for _ in range(8)] == [401] * 8
        accepted(Stac(stac.base_url, stac.auth).get("/"))


def test_the_public_project_shows_nothing_else_of_the_platform(server, anonymous, admin, platform):
    """Public means reads of this face, never an operation."""
    for operation, body in [("items.list", {"project_id": platform.project}), ("items.search", {"project_id": platform.project}),
                            ("projects.get", {"project_id": platform.project}), ("collections.list", {"project_id": platform.project})]:
        assert admin.with_key(None).op(operation, body).status_code == 401, operation
    other = admin.new_project("Not public")
    name = other.create_collection("Secret")["id"]
    other.create_item("Secret", collection_id=name)
    told = anonymous.get("/search").text + anonymous.get("/collections").text
    assert name not in told and other.project not in told
    refused(anonymous.get(f"/collections/{name}"), 404)
    assert server.world["stac_user"] not in told


def test_a_project_can_be_made_private_at_once(new_server):
    """[design section 2: holds at once here]"""
    server, stac = new_server()
    item = stac.make(f"{stac.make('/collections/c')}/items/i")
    asset = stac.make(f"{item}/assets/a.txt")
    stac.upload(asset, b"some bytes")
    href = stac.read(asset)["href"]
    outside = Stac(server.base_url)
    def public(value: str) -> None:
        server.installation.run("project", "set", server.world["stac_project_id"], "--public", value,
                                "--data", str(server.installation.data))
    for path in ("/search", "/collections", item):
        accepted(outside.get(path))
    assert httpx.get(href).content == b"some bytes"
    public("off")
    for path in ("/collections", item):
        assert outside.get(path).status_code in (401, 404), path
        accepted(stac.get(path))
    assert httpx.get(href).status_code in (401, 403, 404)
    assert httpx.get(href, auth=stac.auth).status_code == 200
    public("on")
    accepted(outside.get(item))
    assert httpx.get(href).content == b"some bytes"


def test_a_part_takes_no_credentials_and_foreign_ones_do_no_harm(stac, asset):
    """[S90, section 3]"""
    upload = stac.begin(asset, b"some bytes")
    answer = httpx.put(upload.url(1), content=b"some bytes", headers={"Content-MD5": upload.document["md5_parts"][0]["md5"]})
    accepted(answer)
    bodiless(answer, 200)
