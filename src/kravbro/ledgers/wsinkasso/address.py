"""Where a service is, and how it is reached: its URL, and the secrets that belong to it.

No secret is ever part of the address or of the settings, which are kept and shown: a password comes from the
environment, and a key from a file that only the service's user can read.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import msgspec

from kravbro.core.errors import DataFault, Stop

KIND = "wsinkasso"
PASSWORD, PASSWORD_FILE = "KRAVBRO_WSINKASSO_PASSWORD", "KRAVBRO_WSINKASSO_PASSWORD_FILE"
KEY_PASSWORD = "KRAVBRO_WSINKASSO_KEY_PASSWORD"  # noqa: S105 - the name of a variable
"""The environment variables with the login's password, with a file that holds it, and with that of the client's key."""


class Address(msgspec.Struct, frozen=True):
    """The URL of a service, and how people and messages call it: its host."""

    url: str
    host: str


def read_address(text: str) -> Address:
    """Read the URL of a service: HTTPS, or HTTP to this very machine.

    Raises DataFault `wsinkasso.bad_address`, `wsinkasso.password_in_address`, `wsinkasso.not_encrypted`.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise DataFault("wsinkasso.bad_address") from None
    if parts.username is not None or parts.password is not None or parts.query:
        # A query may hold a secret under any name, so nothing of it is repeated.
        raise DataFault("wsinkasso.password_in_address", server=parts.hostname or "")
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.fragment or any(map(str.isspace, text)):
        raise DataFault("wsinkasso.bad_address")
    host = parts.hostname if port is None else f"{parts.hostname}:{port}"
    if parts.scheme == "http" and not _is_here(parts):
        raise DataFault("wsinkasso.not_encrypted", server=host)
    return Address(text, host)


def _is_here(parts: SplitResult) -> bool:
    """Whether the host is this machine, whatever a name server says."""
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return False


def password(environment: Mapping[str, str], server: str) -> str:
    """The password of the login. Raises Stop `wsinkasso.no_password`, `wsinkasso.password_file`."""
    if PASSWORD in environment:
        return environment[PASSWORD]
    if PASSWORD_FILE not in environment:
        raise Stop("wsinkasso.no_password", variable=PASSWORD, file_variable=PASSWORD_FILE, server=server)
    path = Path(environment[PASSWORD_FILE])
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as fault:
        cause = fault.strerror if isinstance(fault, OSError) else "UTF-8"
        raise Stop("wsinkasso.password_file", path=str(path), cause=cause or "") from None
