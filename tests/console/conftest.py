"""Fixtures: the console, signed in as the owner of an organization of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.api import Api
from support.console import Console, opened_console
from support.rasters import drawn_scene


@pytest.fixture
def owner(server, own: Api) -> str:
    """The address of the owner of the test's own organization."""
    email = f"owner@{own.organization.replace('_', '-')}.test"
    server.installation.user(email, own.organization, "owner")
    return email


@pytest.fixture
def console(server, owner: str) -> Iterator[Console]:
    """Signed in, on the page of the projects."""
    with opened_console(server.base_url) as opened:
        opened.sign_in(owner)
        yield opened


@pytest.fixture
def item(own) -> str:
    """A raster of four bands."""
    return own.upload_one(drawn_scene(), "harbour.tif")
