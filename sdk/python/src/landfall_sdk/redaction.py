"""Keeps signed addresses out of the log: httpx writes each that it calls, and whoever reads one may fetch what it leads to."""

from __future__ import annotations

import logging

import httpx

SECRET = ("X-Amz-Signature", "Signature", "sig", "key")


class _WithoutSignature(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_cut(each) if isinstance(each, httpx.URL) else each for each in record.args)
        return True


def _cut(url: httpx.URL) -> httpx.URL:
    return url.copy_with(query=b"signed") if any(name in url.params for name in SECRET) else url


def install() -> None:
    """Adds the filter to the logger of httpx."""
    logger = logging.getLogger("httpx")
    if not any(isinstance(each, _WithoutSignature) for each in logger.filters):
        logger.addFilter(_WithoutSignature())
