"""A browser without scripts, as far as our pages need one: it follows redirects, keeps cookies and sends forms."""

from __future__ import annotations

import html
import re
from urllib.parse import urljoin

import httpx

_FORM = re.compile(r"<form\b[^>]*\baction=\"([^\"]*)\"[^>]*\bmethod=\"([^\"]*)\"[^>]*>(.*?)</form>", re.S)
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r"\b([a-z-]+)=\"([^\"]*)\"")


class Browser:
    """One visitor of one server."""

    def __init__(self, base_url: str, **headers: str) -> None:
        self.base_url = base_url
        self.http = httpx.Client(base_url=base_url, follow_redirects=True, timeout=60, headers=headers)
        self.page: httpx.Response | None = None

    def open(self, path: str) -> httpx.Response:
        """Goes to an address."""
        self.page = self.http.get(path)
        return self.page

    def fields(self) -> dict[str, str]:
        """What the form of the page holds."""
        inputs = [dict(_ATTRIBUTE.findall(tag)) for tag in _INPUT.findall(self.page.text)]
        return {tag["name"]: html.unescape(tag.get("value", "")) for tag in inputs if "name" in tag}

    def send(self, **filled: str) -> httpx.Response:
        """Sends the only form of the page, with some fields filled in."""
        action, method, _ = _FORM.search(self.page.text).groups()
        url = urljoin(str(self.page.url), html.unescape(action))
        values = self.fields() | filled
        if method == "get":
            self.page = self.http.get(url, params=values)
        else:
            self.page = self.http.post(url, data=values, headers={"Origin": self.base_url})
        return self.page

    def sign_in(self, email: str, password: str) -> httpx.Response:
        """Signs in on the page."""
        self.open("/realms/public/login")
        return self.send(username=email, password=password)
