"""Errors of customers in the ledger: who stands beside whom, and how addresses are protected."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kravbro.books.commands.protections import set_protection
from kravbro.books.commands.relations import relate
from kravbro.core.parties import Protection, Role
from tests.books.world import ACT, TODAY, World
from tests.errors.gallery import provokes

WHY = "melding fra kunden"


def related(folder: Path, other: int = 2, last: date | None = None) -> None:
    with World(folder).writing() as connection:
        relate(connection, 1, Role.GUARDIAN, other, TODAY, ACT, last=last, because=WHY)


@provokes("books.protection_holds")
def a_protection_that_is_there_already(folder: Path) -> None:
    with World(folder).writing() as connection:
        set_protection(connection, 1, Protection.CONFIDENTIAL, ACT, because=WHY)
        set_protection(connection, 1, Protection.CONFIDENTIAL, ACT, because=WHY)


@provokes("books.reason_missing")
def protection_for_no_reason(folder: Path) -> None:
    with World(folder).writing() as connection:
        set_protection(connection, 1, Protection.CONFIDENTIAL, ACT, because=" ")


@provokes("books.relation_to_itself")
def a_customer_beside_itself(folder: Path) -> None:
    related(folder, other=1)


@provokes("books.relation_days")
def a_relation_that_ends_before_it_begins(folder: Path) -> None:
    related(folder, last=date(2020, 1, 1))
