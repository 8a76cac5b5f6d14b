"""nginx in front, as the guide has it and as people have it. Guide: docs/guides/operating.md."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from support.api import Api, get, put, wait_for
from support.rasters import small_scene
from support.server import REPOSITORY, Server

GUIDE = (REPOSITORY / "docs" / "guides" / "operating.md").read_text()
AS_THE_GUIDE_HAS_IT = re.search(r"```nginx\n(.*?)```", GUIDE, re.DOTALL).group(1)
PLAIN = "location / { proxy_pass http://127.0.0.1:8080; client_max_body_size 0; }"
OTHER_HOST = "location / { proxy_pass http://127.0.0.1:8080; proxy_set_header Host $host; client_max_body_size 0; }"

pytestmark = pytest.mark.skipif(shutil.which("nginx") is None and not Path("/usr/sbin/nginx").exists(), reason="nginx is not installed")


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    """Whether anything answers there."""
    try:
        return get(url).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(params=[AS_THE_GUIDE_HAS_IT, PLAIN, OTHER_HOST], ids=["guide", "plain", "host without port"])
def proxied(request: pytest.FixtureRequest, make_server, tmp_path: Path) -> Iterator[tuple[Server, Api]]:
    """A server, and a client that reaches it through nginx alone."""
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    server = make_server(LANDFALL_PUBLIC_URL=public, LANDFALL_TRUSTED_PROXIES="127.0.0.1")
    location = request.param.replace("127.0.0.1:8080", urlsplit(server.base_url).netloc)
    bodies = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}"
                             f" http {{ access_log off; {bodies} server {{ listen 127.0.0.1:{port}; {location} }} }}")
    nginx = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-e", f"{tmp_path}/error.log", "-c", str(configuration)])
    try:
        wait_for("nginx", lambda: answers(f"{public}/healthz"))
        yield server, Api(public, server.world["api_key"], server.world)
    finally:
        nginx.terminate()
        nginx.wait(10)


def test_signed_urls_hold_behind_a_proxy(proxied):
    server, api = proxied
    content = small_scene()
    upload = api.initiate(len(content))
    signed = api.sign(upload, "scene.tif")
    assert signed.startswith(api.base_url)
    assert put(signed, content).status_code == 200
    [item] = api.complete(upload)
    url = api.download(item)
    assert url.startswith(api.base_url)
    assert get(url).content == content
    assert get(url, Range="bytes=2-5").content == content[2:6]
    [template] = api.call("items.tile.tilejson", {"item_id": item})["tiles"]
    assert template.startswith(api.base_url)


def test_a_refused_signature_names_both_hosts(proxied):
    server, api = proxied
    upload = api.initiate(10)
    signed = api.sign(upload, "scene.tif")
    refused = put(signed[:-1] + ("0" if signed[-1] != "0" else "1"), b"0123456789")
    assert refused.status_code == 403
    assert urlsplit(api.base_url).netloc in refused.text
