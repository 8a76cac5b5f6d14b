"""The web console as a person has it before them: a browser that is signed in, and that writes down what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, Response, expect

from support.chromium import opened_page
from support.server import PASSWORD, REPOSITORY

SCREENS = REPOSITORY / "build" / "screens"
AXE = REPOSITORY / "web" / "node_modules" / "axe-core" / "axe.min.js"
#: What a browser calls a failed answer in its console, in its own words.
FAILED_ANSWER = re.compile(r"^Failed to load resource: the server responded with a status of (\d+)")
SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
#: Waiting ends with what is waited for; a busy machine must not end it before.
PATIENCE_MS = 120_000
expect.set_options(timeout=PATIENCE_MS)


class Console:
    """One tab on the console of one server."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url
        self.faults: list[str] = []
        self.expected_statuses: set[int] = set()
        page.on("console", lambda message: message.type in ("error", "warning") and self._note(message.text))
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("response", self._look_where)

    def _note(self, text: str) -> None:
        answer = FAILED_ANSWER.match(text)
        if not answer or int(answer[1]) not in self.expected_statuses:
            self.faults.append(text)

    def _look_where(self, response: Response) -> None:
        if response.url.startswith("http") and not response.url.startswith(self.base_url):
            self.faults.append(f"asked another server: {response.url}")

    def open(self, place: str = "") -> None:
        """Goes to a place of the console by its address."""
        self.page.goto(f"{self.base_url}/app/{place}")

    def sign_in(self, email: str, place: str = "") -> None:
        """Is led to the sign-in page, fills it in and comes to the place that was wanted."""
        self.expected_statuses.add(401)
        self.open(place)
        self.page.get_by_label("Email address").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{self.base_url}/app/{place}*")
        self.expected_statuses.discard(401)

    def check(self, name: str) -> None:
        """Nothing went wrong so far, axe finds nothing, and a picture of it is kept in build/screens."""
        page = self.page
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']}).then(r => "
                              "r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target + ' ' + n.failureSummary).join(' | ')}`))")
        self.screenshot(name)
        assert found == [], f"{name}: {found}"
        assert self.faults == [], f"{name}: {self.faults}"

    def screenshot(self, name: str) -> None:
        """Pictures of the page by day, by night and on a phone."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        page = self.page
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=SCREENS / f"{name}-{scheme}.png", animations="disabled")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(SIZES["phone"])
        page.screenshot(path=SCREENS / f"{name}-phone.png", animations="disabled")
        page.set_viewport_size(SIZES["desktop"])

    def choose_files(self, *paths: Path) -> None:
        """Chooses files for the button that adds them."""
        with self.page.expect_file_chooser() as chooser:
            self.page.get_by_role("button", name="Add files").click()
        chooser.value.set_files(list(paths))


@contextmanager
def opened_console(base_url: str) -> Iterator[Console]:
    """A browser with nothing remembered."""
    with opened_page(viewport=SIZES["desktop"], reduced_motion="reduce") as page:
        page.set_default_timeout(PATIENCE_MS)
        yield Console(page, base_url)
