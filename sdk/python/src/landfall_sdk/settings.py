"""Which server to call, and as whom: from arguments, else the environment, else the profile of the command line."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field

import httpx

from . import profiles
from .errors import ConfigurationError

DEFAULT_URL = "http://127.0.0.1:8080"


@dataclass(frozen=True)
class Connection:
    """A server and the credential for it."""

    url: str
    verify: bool | ssl.SSLContext
    token: str | None = field(default=None, repr=False)
    session: profiles.Session | None = None


def connection(token: str | None, base_url: str | None, profile: str | None) -> Connection:
    """`token` and `base_url`, else LANDFALL_TOKEN and LANDFALL_URL, else the profile: `profile`, LANDFALL_PROFILE or the current
    one, whose credential goes to its own server and to no other. ConfigurationError if there is no credential."""
    url = _checked(base_url or os.environ.get("LANDFALL_URL") or "")
    token = token or (None if profile else os.environ.get("LANDFALL_TOKEN") or None)
    verify = _trusted(os.environ.get("SSL_CERT_FILE", ""))
    if token:
        if any(letter.isspace() for letter in token):
            raise ConfigurationError("The token contains spaces or line breaks; give the API key alone")
        return Connection(url or DEFAULT_URL, verify, token)
    found = profiles.find(profile)
    if found is None or (url and url != _checked(found.get("url", ""))):
        raise ConfigurationError("No credentials: give token=, set LANDFALL_TOKEN to an API key, or run landfall login")
    verify = _trusted(found.get("cacert") or os.environ.get("SSL_CERT_FILE", ""))
    if found.get("api_key"):
        return Connection(_checked(found["url"]), verify, found["api_key"])
    return Connection(_checked(found["url"]), verify, session=profiles.Session(found, verify))


def _checked(url: str) -> str:
    if url and not url.startswith(("http://", "https://")):
        raise ConfigurationError("The server's address must begin with http:// or https://; see base_url and LANDFALL_URL")
    return url.rstrip("/")


def _trusted(authorities: str) -> bool | ssl.SSLContext:
    return ssl.create_default_context(cafile=authorities) if authorities else True


class SessionAuth(httpx.Auth):
    """Sends the access token of a session, and another one where it was refused."""

    def __init__(self, session: profiles.Session) -> None:
        self._session = session

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        token = self._session.token()
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401:
            request.headers["Authorization"] = f"Bearer {self._session.after(token)}"
            yield request

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        # The lock of the file is waited for elsewhere than in the event loop.
        token = await asyncio.to_thread(self._session.token)
        request.headers["Authorization"] = f"Bearer {token}"
        response = yield request
        if response.status_code == 401:
            request.headers["Authorization"] = f"Bearer {await asyncio.to_thread(self._session.after, token)}"
            yield request
