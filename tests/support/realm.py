"""The realm as its clients see it: token, userinfo and their kin. Contract: geopera.md section 2."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from support.server import Server

REALM = "/realms/public/protocol/openid-connect"
PASSWORD = "a long enough password"


@dataclass(frozen=True)
class User:
    """Somebody who can sign in."""

    id: str
    email: str
    password: str = PASSWORD


def make_user(server: Server, email: str, organization: str | None = None, role: str = "member") -> User:
    """A user of the server; a member of the organization, if one is named."""
    flags = ("--organization", organization, "--role", role) if organization else ()
    made = server.installation.run("user", "create", "--data", str(server.installation.data), "--email", email,
                                   "--password", PASSWORD, *flags, "--json")
    return User(httpx.Response(200, text=made.stdout).json()["id"], email)


class Realm:
    """The endpoints of one server, asked from one address."""

    def __init__(self, base_url: str, **headers: str) -> None:
        self.http = httpx.Client(base_url=base_url + REALM, headers=headers, timeout=60)

    def token(self, grant_type: str, **fields: str) -> httpx.Response:
        """Asks for tokens; the answer may be any status."""
        return self.http.post("/token", data={"grant_type": grant_type, **fields})

    def tokens(self, grant_type: str, **fields: str) -> dict:
        """Asks for tokens, which must be given."""
        answer = self.token(grant_type, **fields)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def sign_in(self, user: User, **fields: str) -> dict:
        """The tokens of a user."""
        return self.tokens("password", username=user.email, password=user.password, **fields)

    def refresh(self, refresh_token: str, **fields: str) -> httpx.Response:
        """Asks for the next pair of a family."""
        return self.token("refresh_token", refresh_token=refresh_token, **fields)

    def userinfo(self, token: str) -> httpx.Response:
        """Who calls with the token."""
        return self.http.get("/userinfo", headers={"Authorization": f"Bearer {token}"})


def refused(answer: httpx.Response, error: str, status: int = 400) -> dict:
    """The members of a refusal in OAuth's shape, which must be this one."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["error"] == error, body
    assert body["error_description"]
    assert answer.headers["cache-control"] == "no-store"
    return body
