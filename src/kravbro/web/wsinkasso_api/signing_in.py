"""Who calls: by the certificate of the connection, or by name and password.

A password that was verified is known again for a few minutes by a keyed hash, so that not every page costs a
verification. What was verified holds only as long as the login is as it was: each call reads it anew.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
from ipaddress import ip_address
from threading import Lock
from urllib.parse import unquote

import msgspec

from kravbro.access.certificates import fingerprint_of_pem
from kravbro.access.logins import NAME, Kind, Login, login_named, login_with_certificate
from kravbro.access.passwords import LONGEST, fits, nobodys
from kravbro.core.errors import DataFault, Retry, Stop
from kravbro.db.engines import Engine, reading
from kravbro.engine.clock import Clock
from kravbro.web.wsinkasso_api.limits import Buckets, Limits
from kravbro.web.wsinkasso_api.reply import whole_seconds
from kravbro.web.wsinkasso_api.request import Head

_LONGEST_HEADER = 4 * (40 + 1 + LONGEST)


class Proxies(msgspec.Struct, frozen=True):
    """The reverse proxies whose headers are believed: their addresses; none where nobody stands before the server."""

    addresses: frozenset[str] = frozenset()

    def address(self, head: Head) -> str:
        """Whom a request comes from: who is connected, or whom a proxy names last."""
        named = head.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return plain_address(named) or head.peer if self._speaks(head) and named else head.peer

    def certificate(self, head: Head) -> str:
        """The fingerprint of the caller's certificate that the connection, or a proxy, has verified; or empty."""
        if not self._speaks(head):
            return head.certificate
        if head.headers.get("x-client-verify") != "SUCCESS":
            return ""
        try:
            return fingerprint_of_pem(unquote(head.headers.get("x-client-certificate", "")), "x-client-certificate")
        except DataFault:
            return ""

    def _speaks(self, head: Head) -> bool:
        return plain_address(head.peer) in self.addresses


def plain_address(text: str) -> str:
    """An IP address in its one form, an IPv4 address as such; empty for anything else.

    >>> plain_address("::ffff:127.0.0.1")
    '127.0.0.1'
    """
    try:
        found = ip_address(text)
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


class Claimed(msgspec.Struct, frozen=True):
    """A name and a password that somebody gave, from an address; `login` is the login of that name, if it may sign in
    so, and `known` whether there is one at all."""

    address: str
    name: str
    password: str
    login: Login | None
    known: bool


class Gate:
    """Lets known callers in. Raises Stop `wsinkasso.not_signed_in` for all others, whatever is wrong with them."""

    def __init__(self, access: Engine, clock: Clock, limits: Limits, proxies: Proxies) -> None:
        self._access = access
        self._clock = clock
        self._proof_s = limits.proof_s
        self._key = secrets.token_bytes(32)
        self._proofs: dict[str, tuple[bytes, float]] = {}
        self._verifying = Lock()
        self._tries = Buckets(clock, 1 / limits.try_again_s, limits.tries)
        self._tries_of_address = Buckets(clock, 4 / limits.try_again_s, 4 * limits.tries)
        self.proxies = proxies

    def recognise(self, head: Head) -> Login | Claimed:
        """The login of a caller who is known already, or a claim that must be verified."""
        if "authorization" not in head.headers:
            return self._by_certificate(head)
        name, password = _basic(head.headers["authorization"])
        with reading(self._access) as connection:
            login = login_named(connection, name)
        known = login is not None
        if login and (not login.enabled or login.kind is not Kind.PASSWORD):
            login = None
        claimed = Claimed(self.proxies.address(head), name, password, login, known)
        return login if login and self._is_proven(claimed, login) else claimed

    def _by_certificate(self, head: Head) -> Login:
        fingerprint = self.proxies.certificate(head)
        if fingerprint:
            with reading(self._access) as connection:
                login = login_with_certificate(connection, fingerprint)
            if login:
                return login
        raise Stop("wsinkasso.not_signed_in")

    def require_try(self, claimed: Claimed) -> None:
        """Count a try. Raises Retry `wsinkasso.too_many_sign_ins`."""
        for buckets, key in self._buckets(claimed):
            if wait := buckets.take(key):
                raise Retry("wsinkasso.too_many_sign_ins", seconds=whole_seconds(wait))

    def verify(self, claimed: Claimed) -> Login:
        """The login of a claim that is true. One at a time: each takes 64 MiB; a right one is no try."""
        with self._verifying:
            login = claimed.login
            if not fits(claimed.password, login.secret if login else nobodys()) or login is None:
                raise Stop("wsinkasso.not_signed_in")
        self._proofs[login.name] = (self._proof(claimed, login), self._now() + self._proof_s)
        for buckets, key in self._buckets(claimed):
            buckets.give_back(key)
        return login

    def _buckets(self, claimed: Claimed) -> tuple[tuple[Buckets, object], ...]:
        return (self._tries, (claimed.address, claimed.name)), (self._tries_of_address, claimed.address)

    def _is_proven(self, claimed: Claimed, login: Login) -> bool:
        proof, until = self._proofs.get(login.name, (b"", 0.0))
        return self._now() < until and hmac.compare_digest(proof, self._proof(claimed, login))

    def _proof(self, claimed: Claimed, login: Login) -> bytes:
        return hmac.digest(self._key, f"{login.number}\0{login.secret}\0{claimed.password}".encode(), "sha256")

    def _now(self) -> float:
        return self._clock.elapsed().total_seconds()


def _basic(header: str) -> tuple[str, str]:
    """Name and password of an Authorization header (RFC 7617). Raises Stop `wsinkasso.not_signed_in`."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() == "basic" and len(encoded) <= _LONGEST_HEADER:
        try:
            name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise Stop("wsinkasso.not_signed_in") from None
        if colon and NAME.fullmatch(name) and len(password) <= LONGEST:
            return name, password
    raise Stop("wsinkasso.not_signed_in")
