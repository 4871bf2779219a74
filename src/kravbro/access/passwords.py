"""Passwords of services: made here, kept as argon2id hashes (RFC 9106), and never shown again."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from kravbro.core.errors import DataFault

SHORTEST, LONGEST = 16, 200
_BYTES = 24
_HASHER = PasswordHasher()


def new_password() -> str:
    """A password that nobody guesses: 192 bits."""
    return secrets.token_urlsafe(_BYTES)


def hashed(password: str) -> str:
    """The hash of a password. Raises DataFault `access.password` for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST or not password.isprintable() or not password.isascii():
        raise DataFault("access.password", shortest=SHORTEST, longest=LONGEST)
    return _HASHER.hash(password)


def fits(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept. Takes 64 MiB and a fifth of a second, whatever the answer is."""
    try:
        return _HASHER.verify(kept, password)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@cache
def nobodys() -> str:
    """The hash of a password that nobody has: a login that is not there is tried against it, and takes as long."""
    return _HASHER.hash(new_password())
