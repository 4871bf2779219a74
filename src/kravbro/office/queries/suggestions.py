"""What the office knows of everything that unplaced payments could point at, asked for in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from kravbro.core.claims import ClaimState
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.creditors import Agreement, agreements
from kravbro.office.journals import HANDOVER, OWED, Kind
from kravbro.office.suggestions import Known, Lost, Spot, Suggestion, names_in, near_kids, numbers_in, suggest

Spots = dict[Any, list[Spot]]
Served = sa.Select[tuple[int]]
"""The numbers of the creditors that an agreement serves."""


def suggestions(connection: sa.Connection, creditor: int) -> dict[int, tuple[Suggestion, ...]]:
    """For each payment that the creditor holds and that is on no case yet: where it may belong, the likeliest first.

    A case may be of any creditor that the account's agreement serves.
    """
    found: dict[int, tuple[Suggestion, ...]] = {}
    lost = _lost(connection, creditor)
    agreed = agreements(connection, t.payment_agreement.c.account_number.in_(sorted(lost))) if lost else {}
    serves = t.agreement_creditor.c
    of_its_own = sa.select(t.creditor.c.number).where(t.creditor.c.number == creditor)
    for account, payments in lost.items():
        served = sa.select(serves.creditor).where(serves.account_number == account) if account else of_its_own
        agreement = agreed.get(account)
        known = _known(connection, served, payments, agreement)
        found |= {one.payment: suggest(one, agreement, known) for one in payments}
    return dict(sorted(found.items()))


def _lost(connection: sa.Connection, creditor: int) -> dict[str, list[Lost]]:
    """The payments on no case, by the account that they came in on; empty for what was registered by hand."""
    unplaced, payment = t.unplaced.c, t.payment.c
    columns = (unplaced.payment, unplaced.amount_ore, payment.kid, payment.debit_account, payment.free_text)
    rows = connection.execute(
        sa.select(payment.account_number, *columns)
        .join(t.payment, payment.number == unplaced.payment)
        .where(unplaced.creditor == creditor, unplaced.placed_by.is_(None))
        .order_by(unplaced.payment)
    )
    lost: dict[str, list[Lost]] = defaultdict(list)
    for account, *values in rows:
        lost[account or ""].append(Lost(*values))
    return lost


def _known(connection: sa.Connection, served: Served, payments: Sequence[Lost], agreement: Agreement | None) -> Known:
    numbers = {number for one in payments for number in numbers_in(one.free_text)}
    near = {kid for one in payments for kid in _near(one, agreement)}
    case, claim, debtor = t.case.c, t.claim.c, t.debtor.c
    of_case = sa.select(case.kid, case.number, sa.literal("")).where(case.creditor.in_(served))
    by_number = sa.select(case.number, case.number, sa.literal("")).where(case.creditor.in_(served))
    of_claim = sa.select(claim.invoice_kid, case.number, claim.invoice_no).join(t.case, case.id == claim.case)
    of_claim = of_claim.where(claim.creditor.in_(served))
    by_invoice = sa.select(claim.invoice_no, case.number, claim.invoice_no).join(t.case, case.id == claim.case)
    by_invoice = by_invoice.where(claim.creditor.in_(served))
    named = sa.select(debtor.name, case.number, sa.literal("")).join(t.case, case.debtor == debtor.id)
    named = named.where(debtor.creditor.in_(served))
    kids: Spots = defaultdict(list)
    for chosen, column in ((of_case, case.kid), (of_claim, claim.invoice_kid)):
        for key, spots in _spots(connection, chosen, column, numbers | near).items():
            kids[key] += spots
    return Known(
        kids=kids,
        cases=_spots(connection, by_number, case.number, numbers),
        invoices=_spots(connection, by_invoice, claim.invoice_no, numbers),
        payers=_payers(connection, served, {one.debit_account for one in payments} - {""}),
        names=_lower(_spots(connection, named, debtor.name, _spellings(payments))),
        owed=_owed(connection, served, {one.amount_ore for one in payments}),
    )


def _near(one: Lost, agreement: Agreement | None) -> Iterable[str]:
    return () if agreement is None else near_kids(one.kid, agreement)


def _spellings(payments: Sequence[Lost]) -> set[str]:
    """Names as registers write them; databases differ in what they take for equal letters, so each is spelt out."""
    names = {name for one in payments for name in names_in(one.free_text)}
    return names | {name.title() for name in names} | {name.upper() for name in names}


def _lower(spots: Spots) -> Spots:
    found: Spots = defaultdict(list)
    for name, its_spots in spots.items():
        found[name.lower()] += its_spots
    return found


def _spots(connection: sa.Connection, chosen: sa.Select[Any], column: sa.ColumnElement[str], keys: set[str]) -> Spots:
    """What each key points at, from a SELECT of key, case number and invoice number."""
    found: Spots = defaultdict(list)
    for portion in portions(sorted(keys)):
        for key, number, invoice_no in connection.execute(chosen.where(column.in_(portion)).order_by(t.case.c.number)):
            found[key].append(Spot(number, invoice_no))
    return found


def _payers(connection: sa.Connection, served: Served, accounts: set[str]) -> Spots:
    """The cases that money from an account went to before, unless it was taken back."""
    payment, journal, reversal = t.payment.c, t.journal.c, t.payment.alias("reversal")
    number = sa.cast(payment.number, sa.String(20))
    found: Spots = defaultdict(list)
    for portion in portions(sorted(accounts)):
        for start in (f"{Kind.PAYMENT.value} ", f"{Kind.PLACING.value} ", HANDOVER):
            rows = connection.execute(
                sa.select(payment.debit_account, t.case.c.number)
                .join(t.journal, journal.source == sa.literal(start) + number)
                .join(t.case, t.case.c.id == journal.case)
                .outerjoin(reversal, reversal.c.reverses == payment.number)
                .where(
                    t.case.c.creditor.in_(served),
                    payment.debit_account.in_(portion),
                    payment.amount_ore > 0,
                    reversal.c.number.is_(None),
                )
                .distinct()
                .order_by(payment.debit_account, t.case.c.number)
            )
            for account, case in rows:
                found[account].append(Spot(case))
    return found


def _owed(connection: sa.Connection, served: Served, amounts_ore: set[int]) -> dict[int, list[Spot]]:
    """The open claims, and the cases, that owe exactly one of these amounts (øre)."""
    row, claim, case = t.journal_row.c, t.claim.c, t.case.c
    owed_ore = sa.func.sum(row.amount_ore)
    open_claims = (
        claim.creditor.in_(served),
        claim.state == ClaimState.REGISTERED.value,
        row.account.in_([account.value for account in OWED]),
    )
    found: dict[int, list[Spot]] = defaultdict(list)
    for keys in ((case.number,), (case.number, claim.invoice_no, claim.id)):
        chosen = sa.select(*keys, owed_ore.label("owed_ore")).select_from(t.journal_row)
        chosen = chosen.join(t.claim, claim.id == row.claim).join(t.case, case.id == claim.case)
        grouped = chosen.where(*open_claims).group_by(*keys).order_by(*keys)
        for portion in portions(sorted(amounts_ore)):
            for one in connection.execute(grouped.having(owed_ore.in_(portion))).all():
                invoice_no = one[1] if len(keys) > 1 else ""
                found[int(one.owed_ore)].append(Spot(one[0], invoice_no))
    return found
