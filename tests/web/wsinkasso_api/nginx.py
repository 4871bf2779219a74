"""A real nginx with the configuration that we ship, but for names, ports and files."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.tidy.sources import ROOT
from tests.web.wsinkasso_api.authority import Pair

SHIPPED = ROOT / "deploy/nginx/wsinkasso.conf"
PATH = "/ws/inkasso"
AROUND = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
{user}
events {{ worker_connections 64; }}
http {{
    access_log {folder}/nginx_access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{shipped}
}}
"""


def program() -> str:
    """The program; it must be there: `apt-get install nginx`, as `.ci/run` does."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    assert found, "nginx is missing: apt-get install nginx (these tests run it with the configuration that we ship)"
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def fronted(folder: Path, port: int, behind: int, pair: Pair, authority: Path) -> Iterator[Path]:
    """nginx on a port, before the service on another; gives the folder of its logs and of what it sets aside."""
    changes = {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "inkasso.kommune.example": "localhost",
        "127.0.0.1:8480": f"127.0.0.1:{behind}",
        "/etc/kravbro/server_chain.pem": str(pair.certificate),
        "/etc/kravbro/server.key": str(pair.key),
        "/etc/kravbro/callers_authority.pem": str(authority),
    }
    shipped = SHIPPED.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in shipped
        shipped = shipped.replace(old, new)
    user = f"user {folder.owner()};" if folder.owner() == "root" else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(AROUND.format(folder=folder, user=user, shipped=shipped), encoding="utf-8")
    command = [program(), "-c", str(configuration), "-e", str(folder / "nginx.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr.decode()
    process = subprocess.Popen(command)
    try:
        _wait_for(port, process)
        yield folder
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until it listens, or has ended."""
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except ConnectionRefusedError:
            continue
    raise AssertionError("nginx has ended")
