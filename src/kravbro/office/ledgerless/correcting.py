"""Correct the principal of a claim without a ledger: credit what was never owed, and end what is given up.

What a ledger tells of other claims is what people say of these. Both are adjustments, undone as any other.
"""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation_orders import Part
from kravbro.core.claims import ClaimState
from kravbro.core.errors import DataFault, Skip
from kravbro.core.money import checked_ore, format_kroner
from kravbro.office.adjustments.acting import Adjusted, Table, adjusted_before, finish, on_table
from kravbro.office.adjustments.rows import CLAIM_ENDED, CREDIT_NOTE, Adjustment
from kravbro.office.caseload import ClaimOnTable
from kravbro.office.journals import Kind
from kravbro.office.ledgerless.known import accounts_of_ledgerless
from kravbro.office.manual.acts import ActKind, Why, asked


def credit(  # noqa: PLR0917 - whose, how much, why, and who says so
    connection: sa.Connection, case_number: str, amount_ore: int, why: Why, act: Act, invoice_no: str | None = None
) -> Adjusted:
    """Credit a part of the principal that was never owed (øre): interest counts it from the due date.

    Raises DataFault `office.because_missing`, `office.text_too_long`, `office.request_differs`,
    `office.no_such_case`, `office.no_such_invoice`, `office.claim_not_collected`, `office.claim_of_ledger`,
    `office.claim_not_named`, `office.protected_in_text`, `office.amount_not_positive`,
    `office.credit_above_principal`.
    """
    wanted = asked(ActKind.CREDIT, why, case_number, amount_ore, invoice_no)
    if known := adjusted_before(connection, wanted):
        return known
    if checked_ore(amount_ore) <= 0:
        raise DataFault("office.amount_not_positive", amount=format_kroner(amount_ore))
    table = on_table(connection, case_number, why.because)
    claim = _named(connection, table, invoice_no)
    left_ore = max(claim.owed().principal_ore, 0)
    if amount_ore > left_ore:
        told = {"amount": format_kroner(amount_ore), "left": format_kroner(left_ore)}
        raise DataFault("office.credit_above_principal", case=case_number, invoice=claim.invoice_no, **told)
    change = Adjustment(claim.id, CREDIT_NOTE, Part.PRINCIPAL.value, -amount_ore, claim.due_date)
    return finish(connection, table, wanted, Kind.CREDIT, [change], act)


def end_claim(
    connection: sa.Connection, case_number: str, why: Why, act: Act, invoice_no: str | None = None
) -> Adjusted:
    """End a claim: its creditor gives up what is left of the principal, and nothing more is owed on it from now on.

    Raises DataFault as `credit` does; Skip `office.nothing_to_end` if nothing is left of its principal.
    """
    wanted = asked(ActKind.END_CLAIM, why, case_number, invoice_no)
    if known := adjusted_before(connection, wanted):
        return known
    table = on_table(connection, case_number, why.because)
    claim = _named(connection, table, invoice_no)
    left_ore = claim.owed().principal_ore
    if claim.state != ClaimState.REGISTERED or left_ore <= 0:
        raise Skip("office.nothing_to_end", case=case_number, invoice=claim.invoice_no)
    table.caseload.step(claim, "end")
    change = Adjustment(claim.id, CLAIM_ENDED, Part.PRINCIPAL.value, -left_ore, max(act.on, claim.due_date))
    return finish(connection, table, wanted, Kind.ENDING, [change], act)


def _named(connection: sa.Connection, table: Table, invoice_no: str | None) -> ClaimOnTable:
    """The one claim without a ledger that is meant."""
    found = table.named(invoice_no)
    own = accounts_of_ledgerless(connection, [one.id for one in found])
    meant = [one for one in found if one.id in own]
    if not meant:
        raise DataFault("office.claim_of_ledger", case=table.case.number, invoice=found[0].invoice_no)
    if len(meant) > 1:
        invoices = ", ".join(sorted(one.invoice_no for one in meant))
        raise DataFault("office.claim_not_named", case=table.case.number, invoices=invoices)
    return meant[0]
