"""A real browser without a window, for the few pages that people sign in on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

#: Debian's own, so that no browser is fetched from elsewhere.
PROGRAMS = ("chromium-headless-shell", "chromium")
#: Maps are drawn with WebGL, also where there is no graphics card.
SOFTWARE_GRAPHICS = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")


@contextmanager
def opened_page(**context: object) -> Iterator[Page]:
    """A page of a browser with nothing remembered."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    assert program, "No Chromium: scripts/install.sh test installs chromium-headless-shell"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *SOFTWARE_GRAPHICS])
        try:
            yield browser.new_context(**context).new_page()
        finally:
            browser.close()
