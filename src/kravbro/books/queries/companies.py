"""Companies: how the installation lists them, their sub-ledgers, and customers that came in another ledger's files."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from kravbro.books.sql import total
from kravbro.books.tables import account, company, customer, entry, imported_customer, installation, sub_ledger_type


class CompanyShown(msgspec.Struct, frozen=True):
    """A company as the installation lists it."""

    number: int
    name: str
    organisation_number: str


def company_shown(connection: sa.Connection, number: int) -> CompanyShown | None:
    """One company, None if it is not listed."""
    columns = sa.select(company.c.number, company.c.name, company.c.organisation_number)
    row = connection.execute(columns.where(company.c.number == number)).one_or_none()
    return None if row is None else CompanyShown(*row)


def companies_listed(connection: sa.Connection) -> list[CompanyShown]:
    """Every company, by number."""
    columns = sa.select(company.c.number, company.c.name, company.c.organisation_number).order_by(company.c.number)
    return [CompanyShown(*row) for row in connection.execute(columns)]


def identity(connection: sa.Connection) -> str:
    """The installation's id, empty before it was given one."""
    return str(connection.execute(sa.select(installation.c.id)).scalar() or "")


def has_identity(connection: sa.Connection) -> bool:
    """Whether the installation has been given its identity."""
    return bool(identity(connection))


def has_account(connection: sa.Connection, number: str) -> bool:
    """Whether a company's books have an account."""
    chosen = sa.select(account.c.number).where(account.c.number == number)
    return connection.execute(chosen).scalar() is not None


def sub_ledger_accounts(connection: sa.Connection) -> dict[str, str]:
    """The receivable account of each sub-ledger type of a company."""
    columns = sa.select(sub_ledger_type.c.code, sub_ledger_type.c.receivable_account)
    rows = connection.execute(columns.order_by(sub_ledger_type.c.code))
    return {row.code: row.receivable_account for row in rows}


class ImportedCustomer(msgspec.Struct, frozen=True):
    """A customer under both its numbers, with what it owes (øre)."""

    number: int
    source_id: str
    name: str
    balance_ore: int


def imported_customers(connection: sa.Connection, after: int = 0, limit: int = 1000) -> list[ImportedCustomer]:
    """The customers that came in a file, by our number, after the given one."""
    page = (
        sa.select(customer.c.number, imported_customer.c.source_id, customer.c.name)
        .join(imported_customer, imported_customer.c.customer == customer.c.number)
        .where(customer.c.number > after)
        .order_by(customer.c.number)
        .limit(limit)
    )
    rows = connection.execute(page).all()
    if not rows:
        return []
    theirs = entry.c.customer.between(rows[0].number, rows[-1].number)
    owed = sa.select(entry.c.customer, total(entry.c.amount_ore).label("balance_ore")).where(theirs)
    balance_ore = {row.customer: row.balance_ore for row in connection.execute(owed.group_by(entry.c.customer))}
    return [ImportedCustomer(*row, balance_ore.get(row.number, 0)) for row in rows]
