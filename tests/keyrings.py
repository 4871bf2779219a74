"""Keyrings for tests, put in the place of the operating system's for as long as a block lasts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked


class KeyringInMemory(KeyringBackend):
    """One that keeps what it is told until the test is over."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # as it is shipped
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class LockedKeyring(KeyringInMemory):
    """One that its user has not unlocked."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")


@contextmanager
def keyring_of(kind: type[KeyringBackend]) -> Iterator[KeyringBackend]:
    """The keyring of this process, until the block is left; then there is none."""
    backend = kind()
    keyring.set_keyring(backend)
    try:
        yield backend
    finally:
        keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call] # as it is shipped


__all__ = ["KeyringInMemory", "LockedKeyring", "NoKeyring", "keyring_of"]
