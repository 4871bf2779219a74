"""What an installation holds at one moment; two of them tell what a run did."""

from __future__ import annotations

import msgspec

from kravbro.books.queries.counts import ledger_counts
from kravbro.bootstrap.site import Site
from kravbro.db.engines import reading
from kravbro.db.place import company_owner
from kravbro.mirror.counts import mirror_counts
from kravbro.office.counts import office_counts


class Tally(msgspec.Struct, frozen=True):
    """Counts over all companies and the office."""

    case_numbers: int
    vouchers_delivered: int
    claims_refused: int
    claims_converted: int
    cases: int
    payments: int
    payments_placed: int
    payments_unplaced: int
    transactions: int


def tally(site: Site) -> Tally:
    """Count everything."""
    case_numbers, vouchers = _of_mirror(site) if site.is_foreign else _of_books(site)
    with reading(site.place.open("office")) as connection:
        office = office_counts(connection)
    return Tally(
        case_numbers=case_numbers,
        vouchers_delivered=vouchers,
        claims_refused=office.claims_refused,
        claims_converted=office.claims_converted,
        cases=office.cases,
        payments=office.payments,
        payments_placed=office.payments - office.payments_unplaced,
        payments_unplaced=office.payments_unplaced,
        transactions=office.transactions,
    )


def _of_books(site: Site) -> tuple[int, int]:
    ledgers = []
    for company in site.ledger.companies():
        with reading(site.place.open(company_owner(company))) as connection:
            ledgers.append(ledger_counts(connection))
    return sum(one.case_numbers for one in ledgers), sum(one.collector_vouchers for one in ledgers)


def _of_mirror(site: Site) -> tuple[int, int]:
    with reading(site.place.open("mirror")) as connection:
        return mirror_counts(connection)
