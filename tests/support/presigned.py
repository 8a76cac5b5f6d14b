"""Signed URLs of another time: what the server would have handed out then, so that no test waits for one to expire."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from support.catalog import rows
from support.server import Installation


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed_earlier(installation: Installation, url: str, seconds: float, method: str = "GET", **headers: str) -> str:
    """The URL as it was signed so many seconds before now (AWS Signature Version 4). `headers`: signed ones but host."""
    parts, query = urlsplit(url), dict(parse_qsl(urlsplit(url).query))
    [key] = rows(installation, "SELECT access_key_id, secret FROM signing_key ORDER BY created_at DESC LIMIT 1")
    _, _, region, service, kind = query["X-Amz-Credential"].split("/")
    at = (datetime.now(timezone.utc) - timedelta(seconds=seconds)).strftime("%Y%m%dT%H%M%SZ")
    scope = "/".join((at[:8], region, service, kind))
    del query["X-Amz-Signature"]
    query |= {"X-Amz-Date": at, "X-Amz-Credential": f"{key['access_key_id']}/{scope}"}
    text = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in sorted(query.items()))
    signed = {"host": parts.netloc} | {name.replace("_", "-"): value for name, value in headers.items()}
    assert query["X-Amz-SignedHeaders"] == ";".join(sorted(signed))
    canonical = "\n".join([method, parts.path, text, *(f"{name}:{signed[name]}" for name in sorted(signed)), "",
                           query["X-Amz-SignedHeaders"], "UNSIGNED-PAYLOAD"])
    secret = f"AWS4{key['secret']}".encode()
    for part in scope.split("/"):
        secret = _mac(secret, part)
    to_sign = "\n".join(["AWS4-HMAC-SHA256", at, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    return urlunsplit(parts._replace(query=f"{text}&X-Amz-Signature={_mac(secret, to_sign).hex()}"))
