"""Secrets by the names of their environment variables: the environment first, then the operating system's keyring.

The keyring is what the package `keyring` reaches (an optional part, `kravbro[keyring]`): Windows' credential locker,
macOS' keychain, Secret Service or KWallet on Linux. It belongs to the user who runs Kravbro: a service has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import TypeVar

from kravbro.core.errors import DataFault, Stop
from kravbro.ledgers.tryton.source import PASSWORD as TRYTON
from kravbro.ledgers.tryton.source import PASSWORD_FILE as TRYTON_FILE
from kravbro.ledgers.visma_business.opening import PASSWORD as VISMA_BUSINESS
from kravbro.ledgers.wsinkasso.address import KEY_PASSWORD as WSINKASSO_KEY
from kravbro.ledgers.wsinkasso.address import PASSWORD as WSINKASSO
from kravbro.ledgers.wsinkasso.address import PASSWORD_FILE as WSINKASSO_FILE

SERVICE = "kravbro"
"""The service under which the keyring keeps our secrets; what it calls the user is the name of the variable."""
NAMES = (TRYTON, VISMA_BUSINESS, WSINKASSO, WSINKASSO_KEY)
FILES = {TRYTON: TRYTON_FILE, WSINKASSO: WSINKASSO_FILE}
"""The variables that name a file with a secret, where the adapter reads one."""
LONGEST = 1_000
Answer = TypeVar("Answer")


class Secrets(Mapping[str, str]):
    """An environment in which secrets that nobody has set are looked up in the keyring.

    A secret for which the environment names a file is that file's. Raises Stop `secret.keyring_refused`
    where the keyring is there and does not answer, such as one that is locked.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def __getitem__(self, name: str) -> str:
        if name in self._environment:
            return self._environment[name]
        found = self._kept(name)
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._environment)

    def __len__(self) -> int:
        return len(self._environment)

    def place_of(self, name: str) -> str:
        """Where a secret comes from: `environment`, `file`, `keyring`, or empty where it is in none of them."""
        if name in self._environment:
            return "environment"
        if self._is_in_a_file(name):
            return "file"
        return "" if self._kept(name) is None else "keyring"

    def _is_in_a_file(self, name: str) -> bool:
        return name in FILES and FILES[name] in self._environment

    def _kept(self, name: str) -> str | None:
        if name not in NAMES or self._is_in_a_file(name):
            return None
        try:
            import keyring
            from keyring.errors import NoKeyringError
        except ModuleNotFoundError:
            return None
        try:
            return _asked(lambda: keyring.get_password(SERVICE, name))
        except NoKeyringError:
            return None


def keep(name: str, value: str) -> None:
    """Put a secret into the keyring, in place of one that is there.

    Raises DataFault `secret.unknown` and `secret.unusable`, Stop `secret.no_keyring` and `secret.keyring_refused`.
    """
    _known(name)
    if not 0 < len(value) <= LONGEST or not value.isprintable():
        raise DataFault("secret.unusable", name=name, longest=LONGEST)
    _with_keyring(lambda keyring: keyring.set_password(SERVICE, name, value))


def forget(name: str) -> bool:
    """Take a secret out of the keyring; answers whether it was there. Raises as `keep` does."""
    _known(name)
    there = _with_keyring(lambda keyring: keyring.get_password(SERVICE, name)) is not None
    if there:
        _with_keyring(lambda keyring: keyring.delete_password(SERVICE, name))
    return there


def _known(name: str) -> None:
    if name not in NAMES:
        raise DataFault("secret.unknown", names=", ".join(NAMES))


def _with_keyring(act: Callable[[ModuleType], Answer]) -> Answer:
    try:
        import keyring
        from keyring.errors import NoKeyringError
    except ModuleNotFoundError:
        raise Stop("secret.no_keyring") from None
    try:
        return _asked(lambda: act(keyring))
    except NoKeyringError:
        raise Stop("secret.no_keyring") from None


def _asked(ask: Callable[[], Answer]) -> Answer:
    """What the keyring answers; that there is none is its caller's affair."""
    from keyring.errors import KeyringError, NoKeyringError

    try:
        return ask()
    except NoKeyringError:
        raise
    except KeyringError as fault:
        raise Stop("secret.keyring_refused", cause=type(fault).__name__) from fault
