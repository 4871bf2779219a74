"""Money that a person puts on a case: divided by the policy for where it comes from and by what the debtor said."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from kravbro.core.allocation import Allocation, allocate, explain
from kravbro.core.allocation_orders import Choice, Receipt, Said, decide, shipped_allocation_law
from kravbro.core.derivation import Step
from kravbro.core.errors import DataFault
from kravbro.office import tables as t
from kravbro.office.caseload import Caseload, CaseOnTable
from kravbro.office.creditors import allocation_orders
from kravbro.office.journals import Row
from kravbro.office.payments import rows_on_case
from kravbro.office.placing import Covered, Known, claim_named, covered, invoices_of, refuse_choice, refuse_idle


class Division(NamedTuple):
    """What an amount covers on a case: the rows, and why."""

    case: CaseOnTable
    rows: list[Row]
    covered: tuple[Covered, ...]
    overpaid_ore: int
    explain: Step


def case_on_table(connection: sa.Connection, caseload: Caseload, number: str) -> CaseOnTable:
    """A case by its number, put on the table. Raises DataFault `office.no_such_case`."""
    found = connection.execute(sa.select(t.case.c.id).where(t.case.c.number == number)).scalar()
    if found is None:
        raise DataFault("office.no_such_case", case=number)
    caseload.load(connection, [found])
    return caseload.cases[found]


def divide(  # noqa: PLR0917 - whose money, how much, from when, and what is known of it
    connection: sa.Connection, case: CaseOnTable, payment: int, amount_ore: int, received_on: date, known: Known
) -> Division:
    """Divide money over a case as it stands on the table; nothing is changed.

    Raises DataFault `office.no_such_invoice`, `office.choice_not_binding`, `office.named_claim_ended`,
    `office.named_claim_given_back`, `office.case_given_back`, `office.nothing_owed_on_claim`,
    `allocation.not_an_order`.
    """
    invoices = invoices_of(connection, case.id)
    claim = None if known.invoice_no is None else claim_named(case, invoices, known.invoice_no)
    if claim is None and case.given_back:
        raise DataFault("office.case_given_back", case=case.number)
    said = Said(None if claim is None else claim.id, Choice.DEBTOR_NAMES_CLAIM, known.order)
    receipt = Receipt(known.money, received_on, said)
    orders = allocation_orders(connection, [case.creditor])[case.creditor]
    decision = decide(receipt, orders, shipped_allocation_law())
    refuse_choice(decision, known, payment)
    if claim is not None:
        refuse_idle(claim, invoices[claim.id], case.number)
    allocation: Allocation = allocate(amount_ore, case.owed(), decision)
    return Division(
        case,
        rows_on_case(allocation, decision.ground, received_on, case),
        covered(allocation, invoices),
        allocation.overpaid_ore,
        explain(receipt, decision, allocation, invoices),
    )
