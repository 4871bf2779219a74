"""Where data live: one address names a place, and a place has one database per owner.

Owners are `system` (installation and companies of the embedded ledger), `F0001` (one per company), `mirror` (what is
remembered beside a ledger that is not ours), `office`, `bridge`, and `access` (who may call from outside).
What a database is, a file or a schema, is the place's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

import sqlalchemy as sa

LEDGER_OWNERS = ("system", "mirror")
"""Of its ledger an installation has one of these: our own, or the mirror of another."""
OPTIONAL_OWNERS = (*LEDGER_OWNERS, "access")
"""Those that an installation may be without."""
FIXED_OWNERS = (*LEDGER_OWNERS, "office", "bridge", "access")


At = Callable[[str], sa.Connection]
"""The connection to an owner's database within a moment."""
Building = Callable[[str], AbstractContextManager[sa.Connection]]
"""The connection that an owner's database is made on."""


class Place(Protocol):
    """Where one installation lives, or will live."""

    @property
    def name(self) -> str:
        """The address as people know it and as `--dir` takes it, without any password."""
        ...

    def make(self) -> None:
        """Make the place ready to take databases. Safe to repeat. Raises DataFault or Stop where it cannot be used."""
        ...

    def owners(self) -> list[str]:
        """The owners whose database has been made, companies last."""
        ...

    def exists(self, owner: str) -> bool:
        """Whether that owner's database has been made."""
        ...

    def open(self, owner: str) -> sa.Engine:
        """An engine for that owner's database."""
        ...

    def database(self, owner: str) -> str:
        """How people know that owner's database. Never a password."""
        ...

    def one_moment(self) -> AbstractContextManager[tuple[list[str], At]]:
        """The owners that have a database, and a connection to each: all of them see the same moment.

        Raises Retry `db.locked`, and as `db.engines.reading`.
        """
        ...

    def all_or_nothing(self, owners: Collection[str]) -> AbstractContextManager[Building]:
        """Make these owners' databases anew: all are there when the block has ended, or none is, whatever stops it.

        Raises DataFault `restore.not_empty` where one of them is there already, Stop `db.being_restored`, and as `make`
        and `db.engines.writing`.
        """
        ...

    def close(self) -> None:
        """Give back what the place keeps open. It can be used again afterwards."""
        ...


def company_owner(company: int) -> str:
    """The name of a company's database: `F` and at least four digits, as Visma Business names them."""
    return f"F{company:04d}"


def is_company(owner: str) -> bool:
    """Whether an owner is a company."""
    return owner[:1] == "F" and owner[1:].isdecimal() and owner == company_owner(int(owner[1:]))


def known_owners(names: Iterable[str]) -> list[str]:
    """Those of the names that are owners, in order: the fixed ones, then the companies by number."""
    found = set(names)
    companies = sorted((name for name in found if is_company(name)), key=lambda owner: int(owner[1:]))
    return [owner for owner in FIXED_OWNERS if owner in found] + companies
