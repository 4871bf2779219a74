"""Place money later that had no place when it came, by a person who may know where it is from and what it is for."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation_orders import (
    Choice,
    Decision,
    Money,
    Part,
    Receipt,
    Said,
    decide,
    shipped_allocation_law,
)
from kravbro.core.claims import ClaimState
from kravbro.core.errors import DataFault, Skip
from kravbro.db.columns import written
from kravbro.office import tables as t
from kravbro.office.caseload import Caseload
from kravbro.office.creditors import allocation_orders
from kravbro.office.journals import (
    Account,
    Journal,
    Kind,
    Row,
    payment_source,
    placing_source,
    write_journals,
)
from kravbro.office.payments import rows_on_case

PLACED_BY_HAND = "office.placed_by_hand"
"""Why money left `unplaced`."""


class Known(msgspec.Struct, frozen=True):
    """What a person knows of the money: where it comes from, and what the debtor said that it is for.

    `invoice_no` names the claim to cover first, empty if the debtor named none; `order` names every part once, None if
    the debtor gave no order.
    """

    money: Money = Money.VOLUNTARY
    invoice_no: str = ""
    order: tuple[Part, ...] | None = None


VOLUNTARY = Known()
"""Money that a debtor has paid without saying what it is for."""


def place_unplaced(
    connection: sa.Connection, payment: int, case_number: str, act: Act, known: Known = VOLUNTARY
) -> int:
    """Place the whole of an unplaced payment on a case, by the policy for such money; answers the journal's number.

    Raises DataFault `office.no_such_unplaced`, `office.no_such_case`, `office.case_of_another`,
    `office.no_such_invoice`, `office.choice_not_binding` (the debtor does not decide over such money) or
    `allocation.not_an_order`; Skip `office.already_placed`, `office.payment_reversed` or `office.not_placeable`
    (nothing positive to place).
    """
    amount_ore, creditor, paid_on = _placeable(connection, payment)
    case = connection.execute(
        sa.select(t.case.c.id, t.case.c.creditor).where(t.case.c.number == case_number)
    ).one_or_none()
    if case is None:
        raise DataFault("office.no_such_case", case=case_number)
    if case.creditor != creditor:
        raise DataFault("office.case_of_another", case=case_number, payment=payment, creditor=creditor)
    caseload = Caseload()
    caseload.load(connection, [case.id])
    claim = _claim_named(connection, case.id, case_number, known.invoice_no) if known.invoice_no else None
    receipt = Receipt(known.money, paid_on, Said(claim, Choice.DEBTOR_NAMES_CLAIM, known.order))
    decision = decide(receipt, allocation_orders(connection, [creditor])[creditor], shipped_allocation_law())
    _refuse_choice(decision, known, payment)
    rows = [
        Row(Account.UNPLACED.value, None, amount_ore, PLACED_BY_HAND),
        *rows_on_case(amount_ore, paid_on, caseload.cases[case.id], decision),
    ]
    caseload.apply(rows)
    journal = Journal(creditor, case.id, Kind.PLACING.value, act.on, placing_source(payment), rows)
    number = write_journals(connection, [journal], act)
    connection.execute(
        sa.update(t.unplaced).where(t.unplaced.c.payment == payment).values(placed_by=number, **written(act))
    )
    caseload.save(connection, act)
    _follow_exclusion(connection, payment, number, act)
    return number


def _placeable(connection: sa.Connection, payment: int) -> tuple[int, int, date]:
    """Amount (øre), creditor and bank date of an unplaced payment that may be placed."""
    reversal = sa.select(t.payment.c.number).where(t.payment.c.reverses == payment).scalar_subquery()
    row = connection.execute(
        sa.select(
            t.unplaced.c.amount_ore,
            t.unplaced.c.creditor,
            t.unplaced.c.placed_by,
            reversal.label("reversal"),
            sa.select(t.payment.c.bank_date).where(t.payment.c.number == payment).scalar_subquery().label("bank_date"),
        ).where(t.unplaced.c.payment == payment)
    ).one_or_none()
    if row is None:
        raise DataFault("office.no_such_unplaced", payment=payment)
    if row.placed_by is not None:
        raise Skip("office.already_placed", payment=payment, journal=row.placed_by)
    if row.reversal is not None:
        raise Skip("office.payment_reversed", payment=payment, reversal=row.reversal)
    if row.amount_ore <= 0:
        raise Skip("office.not_placeable", payment=payment)
    return row.amount_ore, row.creditor, row.bank_date


def _claim_named(connection: sa.Connection, case: int, case_number: str, invoice_no: str) -> int:
    """The claim on an invoice of the case; of several, one that is collected still, and then the first."""
    claim = t.claim.c
    here = (claim.case == case, claim.invoice_no == invoice_no)
    found = connection.execute(sa.select(claim.id, claim.state).where(*here)).all()
    if not found:
        raise DataFault("office.no_such_invoice", invoice=invoice_no, case=case_number)
    return int(min(found, key=lambda one: (one.state != ClaimState.REGISTERED, one.id)).id)


def _refuse_choice(decision: Decision, known: Known, payment: int) -> None:
    """Raise DataFault if the person tells of a choice that the debtor does not have: it would be passed over."""
    if decision.set_aside:
        raise DataFault("office.choice_not_binding", money=known.money.value, payment=payment)


def _follow_exclusion(connection: sa.Connection, payment: int, placing: int, act: Act) -> None:
    """A placing is not booked if its payment is not: the interim account that it empties was never filled."""
    because = connection.execute(
        sa.select(t.posting_exclusion.c.because)
        .join(t.journal, t.journal.c.number == t.posting_exclusion.c.journal)
        .where(t.journal.c.source == payment_source(payment))
    ).scalar()
    if because is not None:
        connection.execute(sa.insert(t.posting_exclusion).values(journal=placing, because=because, **written(act)))
