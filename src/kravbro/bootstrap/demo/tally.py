"""What an installation holds at one moment; two of them tell what a run did."""

from __future__ import annotations

import msgspec

from kravbro.books.queries.counts import ledger_counts
from kravbro.bootstrap.site import Site
from kravbro.db.engines import reading
from kravbro.db.place import company_owner
from kravbro.mirror.counts import mirror_counts
from kravbro.mirror.ledger import MirroredLedger
from kravbro.office.counts import office_counts

ALL = 2**31 - 1


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
    case_numbers, vouchers = _of_foreign(site) if site.is_foreign else _of_books(site)
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


def _of_foreign(site: Site) -> tuple[int, int]:
    """What is remembered of the ledger; a ledger without a mirror remembers by itself, and is asked."""
    ledger = site.foreign
    if isinstance(ledger, MirroredLedger):
        with reading(site.place.open("mirror")) as connection:
            return mirror_counts(connection)
    receipts = [one for company in ledger.companies() for one in ledger.recorded_receipts(company, 0, ALL)]
    fates = [one for company in ledger.companies() for one in ledger.voucher_receipts(company, 0, ALL)]
    ledger.close()
    return sum(bool(one.case_number) for one in receipts), len({one.voucher_key for one in fates})
