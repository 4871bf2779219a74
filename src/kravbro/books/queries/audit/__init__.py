"""What the books find wrong with themselves.

Everything that matters stands twice (see `books.tables`), so a row that was changed, removed or added behind the
ledger's back disagrees with another, or with its seal. Each check is one statement over the whole, and answers nothing
when nothing is wrong; what it answers is then looked at closely, to name the one row that is at fault.

A fault that another explains is not listed beside it: a deleted voucher is one discrepancy, not one for each of its
entries as well. Once it is cured the audit tells whether anything else was hidden behind it.
"""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.books.queries.audit.bookings import check_bookings
from kravbro.books.queries.audit.codes import check_codes
from kravbro.books.queries.audit.conversions import check_conversions
from kravbro.books.queries.audit.customers import check_customers
from kravbro.books.queries.audit.entries import check_entries
from kravbro.books.queries.audit.events import check_events
from kravbro.books.queries.audit.faults import Faults
from kravbro.books.queries.audit.imports import check_imports
from kravbro.books.queries.audit.items import check_offers, check_proposals
from kravbro.books.queries.audit.journal import check_accounts, check_series, check_vouchers
from kravbro.books.queries.audit.letters import check_letters
from kravbro.books.queries.audit.numbers import check_numbers
from kravbro.books.queries.audit.seals import check_seals
from kravbro.books.queries.audit.setup import check_setup
from kravbro.books.queries.audit.setup_changes import check_setup_changes
from kravbro.books.queries.audit.streams import check_receipts, check_transactions, check_waiting
from kravbro.books.queries.audit.transferred_items import check_transferred_items
from kravbro.books.queries.audit.wishes import check_wishes
from kravbro.core.movements import Discrepancy

_CHECKS = (
    check_numbers,
    check_codes,
    check_vouchers,
    check_seals,
    check_entries,
    check_setup,
    check_setup_changes,
    check_series,
    check_bookings,
    check_letters,
    check_customers,
    check_offers,
    check_proposals,
    check_receipts,
    check_wishes,
    check_transactions,
    check_waiting,
    check_events,
    check_imports,
    check_transferred_items,
    check_conversions,
    check_accounts,
)


def audit(connection: sa.Connection) -> list[Discrepancy]:
    """Every fault that the company's books show, each once, in order of the checks. Empty when all is well."""
    faults = Faults()
    for check in _CHECKS:
        check(connection, faults)
    return faults.found
