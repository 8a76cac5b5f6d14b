"""The clients that the generated modules take: `AuthenticatedClient`, and `Client` for servers that ask for nothing."""

from __future__ import annotations

import ssl
from typing import Any, TypeVar

import httpx
from attrs import define, evolve, field

from .retries import AsyncRetryingClient, RetryPolicy, RetryingClient
from .version import VERSION

#: How calls are told from those of other programs in the log of the server.
AGENT = f"landfall-sdk/{VERSION}"

_C = TypeVar("_C", bound="Client")


@define
class Client:
    """Where to call and how. What httpx.Client takes beside these goes into `httpx_args`. Both HTTP clients are made when they
    are first needed; their credentials and headers are not part of the text that this is printed as."""

    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    retry: RetryPolicy = field(factory=RetryPolicy, kw_only=True)
    _base_url: str = field(alias="base_url")
    _cookies: dict[str, str] = field(factory=dict, kw_only=True, alias="cookies", repr=False)
    _headers: dict[str, str] = field(factory=dict, kw_only=True, alias="headers", repr=False)
    _timeout: httpx.Timeout | None = field(default=None, kw_only=True, alias="timeout")
    _verify_ssl: str | bool | ssl.SSLContext = field(default=True, kw_only=True, alias="verify_ssl", repr=False)
    _follow_redirects: bool = field(default=False, kw_only=True, alias="follow_redirects")
    _httpx_args: dict[str, Any] = field(factory=dict, kw_only=True, alias="httpx_args", repr=False)
    _client: httpx.Client | None = field(default=None, init=False, repr=False, eq=False)
    _async_client: httpx.AsyncClient | None = field(default=None, init=False, repr=False, eq=False)

    @property
    def base_url(self) -> str:
        """The address of the server."""
        return self._base_url

    @property
    def ssl_context(self) -> bool | ssl.SSLContext:
        """Which certificates are trusted."""
        return ssl.create_default_context(cafile=self._verify_ssl) if isinstance(self._verify_ssl, str) else self._verify_ssl

    def with_headers(self: _C, headers: dict[str, str]) -> _C:
        """Another client with these headers as well."""
        return evolve(self, headers={**self._headers, **headers})

    def with_cookies(self: _C, cookies: dict[str, str]) -> _C:
        """Another client with these cookies as well."""
        return evolve(self, cookies={**self._cookies, **cookies})

    def with_timeout(self: _C, timeout: httpx.Timeout) -> _C:
        """Another client with this timeout."""
        return evolve(self, timeout=timeout)

    def set_httpx_client(self: _C, client: httpx.Client) -> _C:
        """Takes a client that you made; it overrides all other settings, retries included."""
        self._client = client
        return self

    def set_async_httpx_client(self: _C, async_client: httpx.AsyncClient) -> _C:
        """Takes an asynchronous client that you made; it overrides all other settings, retries included."""
        self._async_client = async_client
        return self

    def get_httpx_client(self) -> httpx.Client:
        """The client beneath; thread-safe once it is made."""
        if self._client is None:
            self._client = RetryingClient(self.retry, **self._options())
        return self._client

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The asynchronous client beneath."""
        if self._async_client is None:
            self._async_client = AsyncRetryingClient(self.retry, **self._options())
        return self._async_client

    def _credentials(self) -> dict[str, str]:
        return {}

    def _options(self) -> dict[str, Any]:
        return {"base_url": self._base_url, "cookies": self._cookies, "headers": {"User-Agent": AGENT, **self._headers, **self._credentials()},
                "timeout": self._timeout, "verify": self.ssl_context, "follow_redirects": self._follow_redirects, **self._httpx_args}

    def __enter__(self: _C) -> _C:
        self.get_httpx_client().__enter__()
        return self

    def __exit__(self, *args: Any, **kwargs: Any) -> None:
        self.get_httpx_client().__exit__(*args, **kwargs)

    async def __aenter__(self: _C) -> _C:
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(self, *args: Any, **kwargs: Any) -> None:
        await self.get_async_httpx_client().__aexit__(*args, **kwargs)


@define
class AuthenticatedClient(Client):
    """A client with a token: an API key, or an access token of a session."""

    token: str = field(repr=False)
    prefix: str = "Bearer"
    auth_header_name: str = "Authorization"

    def _credentials(self) -> dict[str, str]:
        return {self.auth_header_name: f"{self.prefix} {self.token}".strip()}
