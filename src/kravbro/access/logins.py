"""Service logins: who may call from outside, how they prove it, and which companies they may see."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.access.rows import seal
from kravbro.access.tables import counter, service_login
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.columns import written
from kravbro.db.counters import take

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
LONGEST_REASON = 200
_COMPANIES = msgspec.json.Decoder(tuple[int, ...])
_COLUMNS = ("number", "name", "companies", "kind", "secret", "enabled", "because", "actor", "written_at")


class Kind(StrEnum):
    """How a login proves itself."""

    PASSWORD = "password"  # noqa: S105 - a word, no password
    CERTIFICATE = "certificate"


class Login(msgspec.Struct, frozen=True):
    """A login as it is now: `secret` is a hash or a fingerprint; `written_at` and `actor` are of its last change."""

    number: int
    name: str
    companies: tuple[int, ...]
    kind: Kind
    secret: str
    enabled: bool
    because: str
    actor: str
    written_at: datetime

    def sees(self, company: int) -> bool:
        """Whether it may see a company."""
        return company in self.companies


def login_named(connection: sa.Connection, name: str) -> Login | None:
    """The login with this name as it is now; None if there never was one."""
    return _newest(connection, service_login.c.name == name)


def login_with_certificate(connection: sa.Connection, fingerprint: str) -> Login | None:
    """The enabled login whose certificate has this fingerprint."""
    here = (service_login.c.secret == fingerprint, service_login.c.kind == Kind.CERTIFICATE.value)
    names = connection.execute(sa.select(service_login.c.name).distinct().where(*here).order_by(service_login.c.name))
    for name in names.scalars().all():
        found = login_named(connection, name)
        if found and found.enabled and found.kind is Kind.CERTIFICATE and found.secret == fingerprint:
            return found
    return None


def logins(connection: sa.Connection) -> list[Login]:
    """Every login as it is now, by name."""
    newest = sa.select(sa.func.max(service_login.c.number)).group_by(service_login.c.name)
    chosen = _select().where(service_login.c.number.in_(newest)).order_by(service_login.c.name)
    return [_login(row) for row in connection.execute(chosen)]


def add_login(  # noqa: PLR0917 - who, what they may see, and how they prove it
    connection: sa.Connection, name: str, companies: tuple[int, ...], kind: Kind, secret: str, act: Act
) -> Login:
    """Let somebody in; a login that was disabled may come again, with a new proof.

    Raises DataFault `access.name`, `access.no_companies`, `access.login_exists` and `access.certificate_taken`.
    """
    require_name(name)
    if not companies:
        raise DataFault("access.no_companies", name=name)
    known = login_named(connection, name)
    if known and known.enabled:
        raise DataFault("access.login_exists", name=name)
    if kind is Kind.CERTIFICATE and (other := login_with_certificate(connection, secret)):
        raise DataFault("access.certificate_taken", name=other.name)
    return _write(connection, name, tuple(sorted({*companies})), kind, secret, act, enabled=True, because="")


def disable_login(connection: sa.Connection, name: str, because: str, act: Act) -> Login:
    """Let somebody in no more, from the next call on; one that is disabled stays so.

    Raises DataFault `access.no_login`, `access.reason`.
    """
    known = login_named(connection, name)
    if known is None:
        raise DataFault("access.no_login", name=name)
    if not 0 < len(because.strip()) <= LONGEST_REASON:
        raise DataFault("access.reason", longest=LONGEST_REASON)
    if not known.enabled:
        return known
    return _write(
        connection, name, known.companies, known.kind, known.secret, act, enabled=False, because=because.strip()
    )


def require_name(name: str) -> None:
    """Raise DataFault `access.name` unless a name may be a login's."""
    if not NAME.fullmatch(name):
        raise DataFault("access.name", name=name)


def _write(  # noqa: PLR0917 - a row's values
    connection: sa.Connection,
    name: str,
    companies: tuple[int, ...],
    kind: Kind,
    secret: str,
    act: Act,
    *,
    enabled: bool,
    because: str,
) -> Login:
    row: dict[str, Any] = {
        "number": take(connection, counter, "service_login"),
        "name": name,
        "companies": msgspec.json.encode(companies).decode(),
        "kind": kind.value,
        "secret": secret,
        "enabled": enabled,
        "because": because,
        **written(act),
    }
    connection.execute(sa.insert(service_login).values(**row, seal=seal("service_login", row)))
    return Login(row["number"], name, companies, kind, secret, enabled, because, act.actor, act.at)


def _newest(connection: sa.Connection, here: sa.ColumnElement[bool]) -> Login | None:
    row = connection.execute(_select().where(here).order_by(service_login.c.number.desc()).limit(1)).one_or_none()
    return None if row is None else _login(row)


def _select() -> sa.Select[Any]:
    return sa.select(*(service_login.c[column] for column in _COLUMNS))


def _login(row: sa.Row[Any]) -> Login:
    """Raises DataFault `access.unreadable` for a row that was changed past the program."""
    try:
        companies, kind = _COMPANIES.decode(row.companies), Kind(row.kind)
    except (msgspec.DecodeError, ValueError, TypeError):
        raise DataFault("access.unreadable", number=row.number) from None
    known = (companies, kind, row.secret, bool(row.enabled), row.because, row.actor, row.written_at)
    return Login(row.number, row.name, *known)
