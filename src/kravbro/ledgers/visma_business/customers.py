"""What is known of the entries of customers: which of them are ours, also of those that are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from kravbro.ledgers.visma_business import queries
from kravbro.ledgers.visma_business.company import Company
from kravbro.ledgers.visma_business.compression import compressed_ore, with_compressed, without_entries
from kravbro.ledgers.visma_business.echoes import OurLine, echoes_of
from kravbro.ledgers.visma_business.entries import Entry
from kravbro.ledgers.visma_business.mapping import Known
from kravbro.ledgers.visma_business.setup import Way

Customers = list[tuple[Sequence[Entry], Known]]
"""The entries of each customer, with what is known of them."""


def known_of(here: Company, of_customers: Mapping[int, Sequence[Entry]], on: date) -> Customers:
    """The entries of each customer with what is known of them, seen on a day."""
    lines = here.our_lines(of_customers)
    strangers = here.strangers(entry for every in of_customers.values() for entry in every)
    names = here.column_names
    found: Customers = []
    for customer, every in of_customers.items():
        of_customer = lines.get(customer, ())
        known = Known(echoes_of(every, of_customer, here.setup), strangers, here.number, names)
        lacking = without_entries(every, of_customer, known, here.setup) if compressed_ore(every, here.setup) else []
        updated = _updated(here, lacking) if lacking else []
        found.append(with_compressed(every, updated, known, here.setup, on) if updated else (every, known))
    return found


def _updated(here: Company, lines: Sequence[OurLine]) -> list[OurLine]:
    """Those of the lines, of which nothing is there, whose vouchers were updated all the same, as far as can be seen:
    in the general ledger, or by their batch being gone."""
    numbers = {line.voucher_no for line in lines}
    if here.sees_accounts:
        posted = here.posted_on_accounts(numbers, 0)
        return [line for line in lines if line.voucher_no in posted]
    if not here.sees_batches:
        return []
    waiting = here.waiting(numbers)
    keys = {line.key for line in lines}
    seen = {row[0] for row in here.over(queries.seen_vouchers(), "keys", keys, company=here.number)}
    kept = here.over(queries.our_vouchers(), "keys", keys, company=here.number)
    was_there = seen | {row[0] for row in kept if row[3] == Way.TABLES}
    return [line for line in lines if line.voucher_no not in waiting and line.key in was_there]
