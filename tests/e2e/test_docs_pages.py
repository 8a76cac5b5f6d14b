"""The documentation as pages at `/docs`, as a reader's browser follows them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin

import httpx
import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(path.relative_to(DOCS).with_suffix("").as_posix() for folder in ("guides", "reference")
               for path in (DOCS / folder).glob("*.md"))


class Page(HTMLParser):
    """What a page links to, what it loads, and the ids of its elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if "id" in named:
            self.ids.append(named["id"] or "")
        if tag == "a":
            self.links.append(named.get("href") or "")
        elif address := named.get("src") or named.get("href"):
            self.loads.append(address)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def pages(server) -> dict[str, Page]:
    """All pages by address."""
    found = {}
    for path in ["/docs", *(f"/docs/{page}" for page in PAGES)]:
        answer = httpx.get(server.base_url + path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8"), path
        found[server.base_url + path] = Page(answer.text)
    return found


def test_the_front_page_names_all(server, pages):
    front = pages[f"{server.base_url}/docs"]
    links = {urljoin(f"{server.base_url}/docs", link) for link in front.links}
    assert links == set(pages) - {f"{server.base_url}/docs"} | {f"{server.base_url}/openapi.json"}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_what_is_there(server, pages, page):
    address = f"{server.base_url}/docs/{page}"
    assert len(pages[address].links) >= len(PAGES), "the list of all pages"
    for link in pages[address].links:
        to, fragment = urldefrag(urljoin(address, link))
        if to.startswith(server.base_url):
            assert to in pages, link
            assert not fragment or fragment in pages[to].ids, link
        else:
            assert to.startswith("https://"), link


def test_pages_load_nothing_from_elsewhere(server, pages):
    assert {load for page in pages.values() for load in page.loads} == {"data:,", "/realms/public/pages.css"}
    answer = httpx.get(f"{server.base_url}/docs/guides/uploading")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "script" not in answer.headers["content-security-policy"]


def test_what_the_markdown_says_is_shown(server, pages):
    page = pages[f"{server.base_url}/docs/reference/operations"]
    ids = re.findall(r"^#+ `?([a-z_]+(?:\.[a-z_]+)+)`?$", (DOCS / "reference" / "operations.md").read_text(), re.M)
    assert len(ids) > 50 and all(each in page.text for each in ids)
    assert len(page.ids) == len(set(page.ids))


def test_pages_are_cached_and_coded(server):
    first = httpx.get(f"{server.base_url}/docs/reference/operations", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    again = httpx.get(first.url, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.headers["etag"]) == (304, first.headers["etag"])
    assert httpx.get(f"{server.base_url}/docs/guides/none").status_code == 404
    assert httpx.post(f"{server.base_url}/docs").status_code == 405
