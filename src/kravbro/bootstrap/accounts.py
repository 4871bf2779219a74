"""Accounts of the ledger that a person names, looked up in the books while that person is still there to correct it."""

from __future__ import annotations

from kravbro.books.queries.companies import has_account, identity, sub_ledger_accounts
from kravbro.bootstrap.site import Site
from kravbro.core.errors import DataFault
from kravbro.db.engines import reading
from kravbro.office.creditors import load_creditor


def refuse_unfit_account(site: Site, creditor: int, account: str) -> None:
    """Refuse an account that the creditor's books would reject, or that holds customers' debts.

    Only books that are in this installation can be asked; a line on a receivable account needs a customer, and what a
    person codes by hand has none. Raises Stop `office.no_such_creditor`; DataFault `site.unknown_account` and
    `site.receivable_account`.
    """
    account = account.strip()
    with reading(site.office) as connection:
        settings = load_creditor(connection, creditor)
    if not account or not settings.keeps_ledger or settings.ledger_installation != _books_of(site):
        return
    with reading(site.books(settings.company)) as connection:
        is_there = has_account(connection, account)
        types = sorted(code for code, one in sub_ledger_accounts(connection).items() if one == account)
    if not is_there:
        raise DataFault("site.unknown_account", account=account, company=settings.company, creditor=creditor)
    if types:
        raise DataFault("site.receivable_account", account=account, types=", ".join(types), creditor=creditor)


def _books_of(site: Site) -> str | None:
    """The installation whose books are here; None where the ledger is not ours."""
    if site.is_foreign:
        return None
    with reading(site.place.open("system")) as connection:
        return identity(connection)
