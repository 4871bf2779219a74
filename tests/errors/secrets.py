"""Errors of passwords in the operating system's keyring."""

from __future__ import annotations

from pathlib import Path

from kravbro.bootstrap.secrets import NAMES, Secrets, keep
from tests.errors.gallery import provokes
from tests.keyrings import KeyringInMemory, LockedKeyring, NoKeyring, keyring_of


@provokes("secret.unknown")
def there_is_no_such_secret(_: Path) -> None:
    keep("KRAVBRO_PASSWORD", "hemmelig")


@provokes("secret.unusable")
def a_password_has_two_lines(_: Path) -> None:
    with keyring_of(KeyringInMemory):
        keep(NAMES[0], "hemmelig\nhemmelig")


@provokes("secret.no_keyring")
def this_machine_has_no_keyring(_: Path) -> None:
    with keyring_of(NoKeyring):
        keep(NAMES[0], "hemmelig")


@provokes("secret.keyring_refused")
def the_keyring_is_locked(_: Path) -> None:
    with keyring_of(LockedKeyring):
        Secrets({}).get(NAMES[0])
