"""nginx and Caddy in front, as the guide has them and as people have them. Guide: docs/guides/operating.md."""

from __future__ import annotations

import os
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

CADDY = re.search(r"```caddy\n(.*?)```", GUIDE, re.DOTALL).group(1)
#: Debian keeps nginx where only root looks.
WHERE = f"{os.environ.get('PATH', '')}:/usr/sbin"


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


def nginx(location: str, port: int, folder: Path) -> list[str]:
    """The command that serves the location at the port."""
    bodies = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    configuration = folder / "nginx.conf"
    configuration.write_text(f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}"
                             f" http {{ access_log off; {bodies} server {{ listen 127.0.0.1:{port}; {location} }} }}")
    return ["nginx", "-e", f"{folder}/error.log", "-c", str(configuration)]


def caddy(site: str, port: int, folder: Path) -> list[str]:
    """The same for a site of Caddy, without certificates."""
    configuration = folder / "Caddyfile"
    site = site.replace("maps.example.org", f"http://127.0.0.1:{port}")
    configuration.write_text(f"{{\n    admin off\n}}\n{site}")
    return ["caddy", "run", "--config", str(configuration), "--adapter", "caddyfile"]


@pytest.fixture(params=[(nginx, AS_THE_GUIDE_HAS_IT), (nginx, PLAIN), (nginx, OTHER_HOST), (caddy, CADDY)],
                ids=["nginx, guide", "nginx, plain", "nginx, host without port", "Caddy, guide"])
def proxied(request: pytest.FixtureRequest, make_server, tmp_path: Path) -> Iterator[tuple[Server, Api]]:
    """A server, and a client that reaches it through a proxy alone."""
    command, configuration = request.param
    program = shutil.which(command.__name__, path=WHERE)
    if program is None:
        pytest.skip(f"{command.__name__} is not installed")
    port = free_port()
    public = f"http://127.0.0.1:{port}"
    server = make_server(LANDFALL_PUBLIC_URL=public, LANDFALL_TRUSTED_PROXIES="127.0.0.1")
    arguments = command(configuration.replace("127.0.0.1:8080", urlsplit(server.base_url).netloc), port, tmp_path)
    homes = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with (tmp_path / "proxy.log").open("w") as log:
        proxy = subprocess.Popen([program, *arguments[1:]], env=os.environ | homes, stdout=log, stderr=log)
    try:
        wait_for(command.__name__, lambda: answers(f"{public}/healthz"))
        yield server, Api(public, server.world["api_key"], server.world)
    finally:
        proxy.terminate()
        proxy.wait(10)


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
