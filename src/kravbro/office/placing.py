"""Place money later that had no place when it came, by a person who may know where it is from and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation import Allocation, allocate, explain
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
from kravbro.core.claims import GONE, NOT_COLLECTED, ClaimState
from kravbro.core.derivation import Step
from kravbro.core.errors import DataFault, Skip
from kravbro.db.columns import written
from kravbro.office import tables as t
from kravbro.office.agreements import load_agreement, refuse_passage
from kravbro.office.caseload import Caseload, CaseOnTable, ClaimOnTable
from kravbro.office.creditors import allocation_orders, load_creditor
from kravbro.office.handovers import journals_for
from kravbro.office.journals import (
    Account,
    Journal,
    Kind,
    Row,
    placing_source,
    write_journals,
)
from kravbro.office.manual.exclusions import follow_exclusion
from kravbro.office.payments import rows_on_case

PLACED_BY_HAND = "office.placed_by_hand"
"""Why money left `unplaced`."""


class Known(msgspec.Struct, frozen=True):
    """What a person knows of the money: where it comes from, and what the debtor said that it is for.

    `invoice_no` names the claim to cover first, None if the debtor named none; `order` names every part once, None if
    the debtor gave no order.
    """

    money: Money = Money.VOLUNTARY
    invoice_no: str | None = None
    order: tuple[Part, ...] | None = None


VOLUNTARY = Known()
"""Money that a debtor has paid without saying what it is for."""


class Covered(msgspec.Struct, frozen=True):
    """What a placing covered of one part of one claim (øre), and both reasons for it as they are stored."""

    invoice_no: str
    part: str
    amount_ore: int
    reason: str


class Placed(msgspec.Struct, frozen=True):
    """What a placing did. The shares and `overpaid_ore`, which is owed back to the debtor, sum to `amount_ore`.

    `handover` is the journal in the books of the case's creditor, where the money came in on another's account.
    """

    payment: int
    case: str
    journal: int
    handover: int | None
    amount_ore: int
    shares: tuple[Covered, ...]
    overpaid_ore: int
    explain: Step


def place_unplaced(
    connection: sa.Connection, payment: int, case_number: str, act: Act, known: Known = VOLUNTARY
) -> Placed:
    """Place the whole of an unplaced payment on a case, by the policy for such money; answers what it covered.

    The case may be of any creditor whom the account's agreement serves. Raises DataFault `office.no_such_unplaced`,
    `office.placed_before_received`, `office.no_such_case`, `office.creditor_not_served`, `office.no_such_invoice`,
    `office.choice_not_binding` (the debtor does not decide over such money), `office.named_claim_ended`,
    `office.named_claim_given_back`, `office.claims_given_back` (those of the case are their creditor's own),
    `office.nothing_owed_on_claim`, `allocation.not_an_order`, or as `refuse_passage` does; Skip
    `office.already_placed`, `office.payment_reversed` or `office.not_placeable` (nothing positive to place).
    """
    amount_ore, holder, paid_on = _placeable(connection, payment, act.on)
    caseload = Caseload()
    case = _case_of(connection, caseload, case_number)
    if case.creditor != holder:
        _refuse_passage(connection, payment, case, holder)
    invoices = invoices_of(connection, case.id)
    claim = None if known.invoice_no is None else claim_named(case, invoices, known.invoice_no)
    if claim is None and case.given_back:
        raise DataFault("office.claims_given_back", case=case_number, payment=payment)
    said = Said(None if claim is None else claim.id, Choice.DEBTOR_NAMES_CLAIM, known.order)
    receipt = Receipt(known.money, paid_on, said)
    orders = allocation_orders(connection, [case.creditor])
    decision = decide(receipt, orders[case.creditor], shipped_allocation_law())
    refuse_choice(decision, known, payment)
    if claim is not None:
        refuse_idle(claim, invoices[claim.id], case_number)
    allocation = allocate(amount_ore, case.owed(), decision)
    rows = rows_on_case(allocation, decision.ground, paid_on, case)
    caseload.apply(rows)
    money, source = Row(Account.UNPLACED.value, None, amount_ore, PLACED_BY_HAND), placing_source(payment)
    journal = Journal(holder, case.id, Kind.PLACING.value, act.on, source, [money, *rows])
    journals = journals_for(journal, case.creditor, payment)
    number = write_journals(connection, journals, act)
    connection.execute(
        sa.update(t.unplaced).where(t.unplaced.c.payment == payment).values(placed_by=number, **written(act))
    )
    caseload.save(connection, act)
    follow_exclusion(connection, payment, range(number, number + len(journals)), act)
    return Placed(
        payment,
        case_number,
        number,
        number + 1 if len(journals) > 1 else None,
        amount_ore,
        covered(allocation, invoices),
        allocation.overpaid_ore,
        explain(receipt, decision, allocation, invoices),
    )


def _placeable(connection: sa.Connection, payment: int, on: date) -> tuple[int, int, date]:
    """Amount (øre), creditor and bank date of an unplaced payment that may be placed on a day."""
    came = sa.select(t.payment.c.bank_date, t.payment.c.settlement_date).where(t.payment.c.number == payment)
    reversal = sa.select(t.payment.c.number).where(t.payment.c.reverses == payment).scalar_subquery()
    row = connection.execute(
        sa.select(
            t.unplaced.c.amount_ore,
            t.unplaced.c.creditor,
            t.unplaced.c.placed_by,
            reversal.label("reversal"),
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
    bank_date, settlement_date = connection.execute(came).one()
    received_on = max(bank_date, settlement_date)
    if on < received_on:
        raise DataFault("office.placed_before_received", payment=payment, on=on, received_on=received_on)
    return row.amount_ore, row.creditor, bank_date


def _case_of(connection: sa.Connection, caseload: Caseload, case_number: str) -> CaseOnTable:
    """The case, put on the table."""
    found = connection.execute(sa.select(t.case.c.id).where(t.case.c.number == case_number)).scalar()
    if found is None:
        raise DataFault("office.no_such_case", case=case_number)
    caseload.load(connection, [found])
    return caseload.cases[found]


def _refuse_passage(connection: sa.Connection, payment: int, case: CaseOnTable, holder: int) -> None:
    """Raise DataFault unless the agreement that the payment came in by serves the creditor of the case."""
    account = connection.execute(
        sa.select(t.payment.c.account_number).where(t.payment.c.number == payment)
    ).scalar_one()
    if account is not None and case.creditor not in load_agreement(connection, account).creditors:
        facts = {"case": case.number, "creditor": case.creditor, "payment": payment, "account": account}
        raise DataFault("office.creditor_not_served", **facts)
    refuse_passage(load_creditor(connection, holder), load_creditor(connection, case.creditor), account or "")


def invoices_of(connection: sa.Connection, case: int) -> dict[int, str]:
    """The invoice number of each claim of a case."""
    rows = connection.execute(sa.select(t.claim.c.id, t.claim.c.invoice_no).where(t.claim.c.case == case))
    return {row.id: row.invoice_no for row in rows}


def claim_named(case: CaseOnTable, invoices: Mapping[int, str], invoice_no: str) -> ClaimOnTable:
    """The claim on an invoice of the case; of several, one that takes money, and then the first."""
    found = [claim for claim in case.claims if invoices[claim.id] == invoice_no]
    if not found:
        raise DataFault("office.no_such_invoice", invoice=invoice_no, case=case.number)
    return min(found, key=lambda claim: (not _takes_money(claim), claim.id))


def _takes_money(claim: ClaimOnTable) -> bool:
    owed = claim.owed()
    return claim.state not in NOT_COLLECTED and any(owed.of(part) > 0 for part in Part)


def refuse_idle(claim: ClaimOnTable, invoice_no: str, case_number: str) -> None:
    """Raise DataFault if the claim that the debtor named takes nothing: all of the money would go to others."""
    if claim.state in GONE or claim.state == ClaimState.LEAVING:
        raise DataFault("office.named_claim_given_back", invoice=invoice_no, case=case_number)
    if claim.state == ClaimState.ENDED:
        raise DataFault("office.named_claim_ended", invoice=invoice_no, case=case_number)
    if not _takes_money(claim):
        raise DataFault("office.nothing_owed_on_claim", invoice=invoice_no, case=case_number)


def covered(allocation: Allocation, invoices: Mapping[int, str]) -> tuple[Covered, ...]:
    """What an allocation covers, by the numbers of its invoices."""
    return tuple(
        Covered(invoices[share.claim], share.part.value, share.amount_ore, share.reason) for share in allocation.shares
    )


def refuse_choice(decision: Decision, known: Known, payment: int) -> None:
    """Raise DataFault if the person tells of a choice that the debtor does not have: it would be passed over."""
    if decision.set_aside:
        raise DataFault("office.choice_not_binding", money=known.money.value, payment=payment)
