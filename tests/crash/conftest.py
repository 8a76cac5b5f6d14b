"""Options of the crash tests."""

from __future__ import annotations

import random

import pytest

from crash.rounds import shares


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=20, help="how often the server is killed")
    parser.addoption("--seed", type=int, default=None, help="seed of what happens and when (default: a new one)")


def pytest_configure(config: pytest.Config) -> None:
    if config.option.seed is None:
        config.option.seed = random.SystemRandom().randrange(1 << 31)


def pytest_report_header(config: pytest.Config) -> str:
    return f"crash: rounds={config.option.rounds} seed={config.option.seed}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each server."""
    if "rounds" in metafunc.fixturenames:
        each = shares(metafunc.config.option.rounds)
        metafunc.parametrize(("turn", "rounds"), enumerate(each), ids=[f"server {number}" for number in range(len(each))])
