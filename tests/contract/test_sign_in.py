"""The realm: tokens, sessions and what tells of them. Contract: geopera.md section 2, extensions.md "Sign-in"."""

from __future__ import annotations

import base64
import concurrent.futures
import json

import httpx
import jwt
import pytest

from support.api import Api
from support.realm import PASSWORD, REALM, Realm, User, make_user, refused

OPENID = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def realm(server) -> Realm:
    return Realm(server.base_url)


@pytest.fixture(scope="module")
def user(server, admin) -> User:
    """An admin of the first organization."""
    return make_user(server, "someone@signin.example", admin.organization, "admin")


def claims_of(token: str) -> dict:
    """What a token says, unverified."""
    return jwt.decode(token, options={"verify_signature": False})


def alive(server, token: str) -> bool:
    """Whether an operation takes the token."""
    answer = httpx.post(f"{server.base_url}/v1/op/collections.list", json={"project_id": "prj_none"},
                        headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in (401, 404), answer.text
    return answer.status_code == 404


# Tokens [2.2]


def test_a_password_gives_tokens(realm, user, admin):
    """[2.2] Every member that clients read."""
    given = realm.sign_in(user)
    assert given["token_type"] == "Bearer"
    assert (given["expires_in"], given["refresh_expires_in"]) == (300, 1800)
    assert "items:write" in given["scope"].split()
    assert not [scope for scope in given["scope"].split() if scope.startswith("admin:") or "*" in scope]
    assert given["access_token"].count(".") == 2 and given["refresh_token"]
    listed = Api(admin.base_url, given["access_token"], admin.world).call("collections.list",
                                                                         {"project_id": admin.project})
    assert isinstance(listed, list)


def test_both_path_forms_take_a_session_token(realm, user, admin):
    """[A091, A099]"""
    token = realm.sign_in(user)["access_token"]
    for path in ("/v1/op/collections.list", "/v1/collections/list"):
        answer = httpx.post(admin.base_url + path, json={"project_id": admin.project},
                            headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200


def test_anyone_verifies_a_token_by_the_published_keys(realm, user, server):
    """[2.5] ES256, kid, claims; the audience is the issuer."""
    document = httpx.get(f"{server.base_url}/realms/public{OPENID}").json()
    token = realm.sign_in(user)["access_token"]
    key = jwt.PyJWKClient(document["jwks_uri"]).get_signing_key_from_jwt(token)
    assert jwt.get_unverified_header(token)["kid"] == key.key_id
    claims = jwt.decode(token, key.key, algorithms=["ES256"], audience=document["issuer"], issuer=document["issuer"],
                        options={"require": ["iss", "sub", "aud", "iat", "exp", "jti", "scope"]})
    assert claims["sub"] == claims["geopera_principal_id"] == user.id
    assert claims["geopera_principal_type"] == "user"
    assert claims["geopera_org_id"] == server.world["organization_id"]
    assert claims["exp"] - claims["iat"] == 300


def test_discovery_tells_every_endpoint(realm, server):
    """[2.5]"""
    document = httpx.get(f"{server.base_url}/realms/public{OPENID}").json()
    assert httpx.get(f"{server.base_url}{REALM}{OPENID}").json() == document
    for name in ("issuer", "token_endpoint", "device_authorization_endpoint", "userinfo_endpoint", "jwks_uri",
                 "revocation_endpoint", "introspection_endpoint", "end_session_endpoint"):
        assert document[name].startswith(f"{server.base_url}/realms/public"), name
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert {"password", "client_credentials", "refresh_token"} <= set(document["grant_types_supported"])
    assert "items:read" in document["scopes_supported"]


def test_an_api_key_is_exchanged_for_tokens(realm, admin, server):
    """[2.2] client_credentials, with the secret in the form or in the header."""
    given = realm.tokens("client_credentials", client_id="geopera", client_secret=admin.key)
    claims = claims_of(given["access_token"])
    assert claims["geopera_principal_type"] == "api_key"
    assert claims["geopera_principal_id"].startswith("key_")
    assert "admin:*" in given["scope"].split()
    by_header = realm.http.post("/token", data={"grant_type": "client_credentials"}, auth=("geopera", admin.key))
    assert by_header.status_code == 200
    assert realm.refresh(given["refresh_token"], client_id="geopera").status_code == 200
    wrong = realm.token("client_credentials", client_id="geopera", client_secret="gpra_" + "x" * 43)
    refused(wrong, "invalid_client", 401)
    assert wrong.headers["www-authenticate"].startswith("Basic")


def test_tokens_of_a_key_end_with_it(realm, admin, server):
    """[2.6] Revoked: at once."""
    made = admin.call("api_keys.create", {"name": "Exchanged", "permissions": ["collections:read"]})
    given = realm.tokens("client_credentials", client_id="geopera", client_secret=made["key"])
    assert given["scope"] == "collections:read"
    assert alive(server, given["access_token"])
    admin.call("api_keys.revoke", {"key_id": made["id"]})
    assert not alive(server, given["access_token"])
    refused(realm.refresh(given["refresh_token"]), "invalid_grant")


@pytest.mark.parametrize("fields, error", [
    ({}, "invalid_request"),
    ({"grant_type": "password"}, "invalid_request"),
    ({"grant_type": "password", "username": "a@b.example"}, "invalid_request"),
    ({"grant_type": "refresh_token"}, "invalid_request"),
    ({"grant_type": "client_credentials", "client_id": "geopera"}, "invalid_request"),
    ({"grant_type": "authorization_code", "code": "x"}, "unsupported_grant_type"),
    ({"grant_type": "refresh_token", "refresh_token": "lfr_unknown"}, "invalid_grant"),
    ({"grant_type": "refresh_token", "refresh_token": "x" * 10_000}, "invalid_grant"),
    ({"grant_type": "password", "username": "a@b.example", "password": "x", "client_id": "n" * 101}, "invalid_request"),
])
def test_refusals_have_the_shape_of_oauth(realm, fields, error):
    """[2.2]"""
    refused(realm.http.post("/token", data=fields), error)


def test_the_body_must_be_a_form(realm):
    """[2.2]"""
    refused(realm.http.post("/token", json={"grant_type": "password"}), "invalid_request")
    twice = "grant_type=password&username=a&username=b&password=c"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    refused(realm.http.post("/token", content=twice, headers=form), "invalid_request")
    refused(realm.http.post("/token", content="grant_type=%zz", headers=form), "invalid_request")
    refused(realm.http.get("/token"), "invalid_request", 405)
    refused(realm.http.get("/nothing"), "invalid_request", 404)


def test_scopes_narrow_a_token(realm, user, admin):
    """[3.1] Scopes of the API that are asked for are all that the token has; words of OpenID ask for nothing."""
    assert realm.sign_in(user, scope="openid profile")["scope"] == realm.sign_in(user)["scope"]
    given = realm.sign_in(user, scope="openid items:read")
    assert given["scope"] == "items:read"
    narrow = admin.with_key(given["access_token"])
    assert narrow.op("collections.list", {"project_id": admin.project}).status_code == 403
    assert realm.refresh(given["refresh_token"]).json()["scope"] == "items:read"
    refused(realm.token("password", username=user.email, password=PASSWORD, scope="items:fly"), "invalid_scope")
    refused(realm.token("password", username=user.email, password=PASSWORD, scope="admin:write"), "invalid_scope")


# Refresh tokens [2.2]


def test_a_refresh_token_serves_once(realm, user, server):
    """[2.2] Rotation; a used one that comes again ends the family."""
    first = realm.sign_in(user)
    second = realm.refresh(first["refresh_token"], client_id="geopera-cli")
    assert second.status_code == 200
    second = second.json()
    assert second["refresh_token"] != first["refresh_token"]
    assert alive(server, first["access_token"]) and alive(server, second["access_token"])
    refused(realm.refresh(first["refresh_token"]), "invalid_grant")
    refused(realm.refresh(second["refresh_token"]), "invalid_grant")
    assert not alive(server, second["access_token"]), "what was issued for a family ends with it"
    assert realm.userinfo(second["access_token"]).status_code == 401


def test_of_many_that_refresh_at_once_one_wins(realm, user):
    """[2.2] And the family ends, for somebody has a copy."""
    given = realm.sign_in(user)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: realm.refresh(given["refresh_token"]), range(8)))
    won = [answer for answer in answers if answer.status_code == 200]
    assert len(won) == 1
    refused(realm.refresh(won[0].json()["refresh_token"]), "invalid_grant")


def test_other_families_live_on(realm, user, server):
    """[2.2]"""
    other = realm.sign_in(user)
    stolen = realm.sign_in(user)
    realm.refresh(stolen["refresh_token"])
    refused(realm.refresh(stolen["refresh_token"]), "invalid_grant")
    assert alive(server, other["access_token"])
    assert realm.refresh(other["refresh_token"]).status_code == 200


# Userinfo, introspection, revocation, logout [2.4, 2.5]


def test_userinfo_tells_who_calls(realm, user, admin):
    """[2.4] With a token and with a key, in either header."""
    token = realm.sign_in(user)["access_token"]
    told = realm.userinfo(token).json()
    assert told["sub"] == told["geopera_principal_id"] == user.id
    assert (told["geopera_principal_type"], told["geopera_org_id"]) == ("user", admin.organization)
    assert told["email"] == told["preferred_username"] == user.email
    assert told["scope"].split()
    assert {"id": admin.project, "role": "admin"}.items() <= told["geopera_projects"][0].items()
    for headers in ({"Authorization": f"Bearer {admin.key}"}, {"X-API-Key": admin.key}):
        by_key = realm.http.get("/userinfo", headers=headers)
        assert by_key.status_code == 200
        assert by_key.json()["geopera_principal_type"] == "api_key"
        assert by_key.json()["geopera_org_id"] == admin.organization
    refused(realm.http.get("/userinfo"), "invalid_token", 401)
    refused(realm.userinfo(token[:-1]), "invalid_token", 401)


def test_introspection_tells_of_the_own_organization(realm, user, admin, neighbour):
    """[2.5] Any valid credential of the organization may ask."""
    given = realm.sign_in(user)

    def ask(token: str, key: str = admin.key, path: str = "/token/introspect") -> dict:
        answer = realm.http.post(path, data={"token": token}, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    told = ask(given["access_token"])
    assert told["active"] is True
    assert (told["sub"], told["token_type"]) == (user.id, "Bearer")
    assert told["exp"] - told["iat"] == 300
    assert ask(given["refresh_token"], path="/introspect")["active"] is True
    assert ask(admin.key)["active"] is True
    for token in (given["access_token"], given["refresh_token"], admin.key):
        assert ask(token, neighbour.key) == {"active": False}, "foreign"
    assert ask("nonsense") == {"active": False}
    refused(realm.http.post("/introspect", data={"token": given["access_token"]}), "invalid_token", 401)
    by_form = realm.http.post("/introspect", data={"token": given["access_token"], "client_id": "geopera",
                                                   "client_secret": admin.key})
    assert by_form.json()["active"] is True
    realm.http.post("/revoke", data={"token": given["access_token"]})
    assert ask(given["access_token"]) == {"active": False}


@pytest.mark.parametrize("which", ["refresh_token", "access_token"])
def test_revocation_ends_the_family(realm, user, server, which):
    """[2.5] RFC 7009: unknown tokens are fine."""
    given = realm.sign_in(user)
    assert realm.http.post("/revoke", data={"token": given[which]}).status_code == 200
    assert not alive(server, given["access_token"])
    refused(realm.refresh(given["refresh_token"]), "invalid_grant")
    assert realm.http.post("/revoke", data={"token": given[which]}).status_code == 200
    assert realm.http.post("/revoke", data={"token": "unknown"}).status_code == 200
    refused(realm.http.post("/revoke", data={}), "invalid_request")


def test_a_key_is_not_revoked_here(realm, admin):
    """[2.5]"""
    refused(realm.http.post("/revoke", data={"token": admin.key}), "unsupported_token_type")


def test_logout_ends_the_family(realm, user, server):
    """[2.5]"""
    given = realm.sign_in(user, client_id="geopera-cli")
    answer = realm.http.post("/logout", data={"client_id": "geopera-cli", "refresh_token": given["refresh_token"]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert not alive(server, given["access_token"])
    refused(realm.refresh(given["refresh_token"]), "invalid_grant")
    assert realm.http.post("/logout", data={"refresh_token": "unknown"}).status_code == 204


def test_revoke_all_signs_out_everywhere(realm, user, admin, server):
    """[extensions: sessions.revoke_all]"""
    first, second = realm.sign_in(user), realm.sign_in(user)
    answer = admin.with_key(second["access_token"]).call("sessions.revoke_all")
    assert answer["ok"] is True and answer["ended"] >= 2
    for given in (first, second):
        assert not alive(server, given["access_token"])
        refused(realm.refresh(given["refresh_token"]), "invalid_grant")
    assert alive(server, admin.key), "the organization's keys are not sessions"


def test_a_key_ends_its_own_families(realm, admin, server):
    """[extensions: sessions.revoke_all] By the key that was exchanged; a user's go on."""
    made = admin.call("api_keys.create", {"name": "Own", "permissions": ["items:read", "collections:read"]})
    given = realm.tokens("client_credentials", client_id="geopera", client_secret=made["key"])
    assert admin.with_key(made["key"]).call("sessions.revoke_all")["ended"] == 1
    assert not alive(server, given["access_token"])
    assert alive(server, made["key"])


# Tokens that are none


def test_no_forged_token_is_taken(realm, user, server):
    """[12] alg none, another key, altered claims."""
    token = realm.sign_in(user)["access_token"]
    head, body, signature = token.split(".")
    header, claims = jwt.get_unverified_header(token), claims_of(token)

    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    from cryptography.hazmat.primitives.asymmetric import ec
    other = ec.generate_private_key(ec.SECP256R1())
    forged = [
        f"{part({**header, 'alg': 'none'})}.{body}.",
        f"{part({**header, 'alg': 'none'})}.{body}.{signature}",
        f"{head}.{part({**claims, 'sub': 'usr_other'})}.{signature}",
        f"{head}.{body}.{'A' * 86}",
        jwt.encode(claims, other, algorithm="ES256", headers={"kid": header["kid"]}),
        jwt.encode(claims, other, algorithm="ES256", headers={"kid": "unknown"}),
        jwt.encode(claims, "secret" * 8, algorithm="HS256", headers={"kid": header["kid"]}),
        f"{token}=", f"{head}.{body}", "..", "a.b.c",
    ]
    for text in forged:
        assert not alive(server, text), text
    assert alive(server, token)


def test_a_rotated_key_stays_published(server, realm, user):
    """[extensions: Sign-in] Tokens of the old key live out, new ones are of the new key."""
    old = realm.sign_in(user)
    rotated = server.installation.run("auth", "rotate-key", "--data", str(server.installation.data), "--json")
    kid = json.loads(rotated.stdout)["kid"]
    new = realm.sign_in(user)
    assert jwt.get_unverified_header(new["access_token"])["kid"] == kid
    published = [key["kid"] for key in realm.http.get("/certs").json()["keys"]]
    assert published[0] == kid
    assert jwt.get_unverified_header(old["access_token"])["kid"] in published
    assert alive(server, old["access_token"]) and alive(server, new["access_token"])
    assert realm.refresh(old["refresh_token"]).status_code == 200


# Users that change


def run_user(server, command: str, user: User, *flags: str, **options) -> None:
    server.installation.run("user", command, "--email", user.email, *flags, "--data", str(server.installation.data), **options)


def test_what_a_user_had_ends_with_the_password(server, realm, admin):
    """[extensions: Sign-in] At once: tokens, families, and the password of before."""
    changed = make_user(server, "changed@signin.example", admin.organization)
    given = realm.sign_in(changed)
    run_user(server, "password", changed, "--password", "another long password")
    assert not alive(server, given["access_token"])
    refused(realm.refresh(given["refresh_token"]), "invalid_grant")
    refused(realm.token("password", username=changed.email, password=PASSWORD), "invalid_grant")
    assert realm.sign_in(User(changed.id, changed.email, "another long password"))


@pytest.mark.parametrize("command", ["disable", "delete"])
def test_who_is_barred_is_out_at_once(server, realm, admin, command):
    """[extensions: Sign-in]"""
    barred = make_user(server, f"{command}d@signin.example", admin.organization)
    given = realm.sign_in(barred)
    assert alive(server, given["access_token"])
    run_user(server, command, barred, *(("--yes",) if command == "delete" else ()))
    assert not alive(server, given["access_token"])
    refused(realm.refresh(given["refresh_token"]), "invalid_grant")
    refused(realm.token("password", username=barred.email, password=PASSWORD), "invalid_grant")


# Organizations


def test_a_token_works_in_one_organization(server, realm, admin, neighbour):
    """[3] The oldest of the user's, or the one that is asked for; a refresh may change it."""
    both = make_user(server, "both@signin.example", admin.organization, "admin")
    given = realm.sign_in(both)
    assert claims_of(given["access_token"])["geopera_org_id"] == admin.organization
    refused(realm.token("password", username=both.email, password=PASSWORD, organization_id=neighbour.organization),
            "invalid_request")
    refused(realm.refresh(given["refresh_token"], organization_id=neighbour.organization), "invalid_request")
    server.installation.run("member", "add", "--data", str(server.installation.data), "--organization",
                            neighbour.organization, "--email", both.email, "--role", "member")
    given = realm.sign_in(both)
    assert claims_of(given["access_token"])["geopera_org_id"] == admin.organization, "the oldest"
    there = realm.sign_in(both, organization_id=neighbour.organization)
    api = admin.with_key(there["access_token"])
    assert claims_of(there["access_token"])["geopera_org_id"] == neighbour.organization
    assert api.op("collections.list", {"project_id": neighbour.project}).status_code == 200
    assert api.op("collections.list", {"project_id": admin.project}).status_code == 404
    moved = realm.refresh(given["refresh_token"], organization_id=neighbour.organization).json()
    assert claims_of(moved["access_token"])["geopera_org_id"] == neighbour.organization
    assert alive(server, given["access_token"]), "what was issued before stays where it was"


def test_who_belongs_nowhere_signs_in_all_the_same(server, realm, admin):
    """[3.2] A principal without an organization finds nothing and reaches nothing; once in one, a refresh works there."""
    nobody = make_user(server, "nobody@signin.example")
    given = realm.sign_in(nobody)
    assert claims_of(given["access_token"]).get("geopera_org_id") is None
    assert realm.userinfo(given["access_token"]).json()["geopera_org_id"] is None
    api = admin.with_key(given["access_token"])
    assert api.op("collections.list", {"project_id": admin.project}).status_code == 404
    assert api.op("projects.create", {"name": "x"}).status_code == 403
    made = api.call("organizations.create", {"name": "Of their own"})
    again = realm.refresh(given["refresh_token"]).json()
    assert claims_of(again["access_token"])["geopera_org_id"] == made["id"]
    assert admin.with_key(again["access_token"]).call("projects.create", {"name": "First"})["id"]


# Browsers


def test_nobody_acts_by_a_cookie_unasked(server, admin):
    """[12] Without a session a cookie is nothing."""
    for cookie in ("landfall_session=lfs_unknown", f"landfall_session={admin.key}", "landfall_session="):
        answer = httpx.post(f"{server.base_url}/v1/op/collections.list", json={"project_id": admin.project},
                            headers={"Cookie": cookie, "Origin": server.base_url, "X-Landfall-Console": "1"})
        assert answer.status_code == 401
