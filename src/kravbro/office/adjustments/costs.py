"""Register a cost or a letter's fee on a claim by hand, at most as much as the law lets the debtor be asked for."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation_orders import Part
from kravbro.core.claims import Letter, TransactionKind
from kravbro.core.errors import DataFault
from kravbro.core.fees.charges import LETTERS, MAY_HOLD_VAT, STAGES, ChargeKind, Cost, Owing, laws, maximum, part_of
from kravbro.core.fees.salaer import Debt
from kravbro.core.money import checked_ore, format_kroner
from kravbro.core.parties import PartyKind
from kravbro.core.statute.law import Statute
from kravbro.office import tables as t
from kravbro.office.adjustments.acting import Adjusted, adjusted_before, finish, on_table
from kravbro.office.adjustments.rows import CREDIT_NOTE, WAIVER, Adjustment, Kept, adjustments_of, standing
from kravbro.office.adjustments.tables import creditor_costs
from kravbro.office.caseload import ClaimOnTable
from kravbro.office.creditors import Collects, load_creditor
from kravbro.office.journals import Kind
from kravbro.office.letters import letters_of
from kravbro.office.manual.acts import ActKind, Why, asked, refuse_long

LONGEST_DOCUMENT = 40
_LETTER_KINDS = {kind.value: letter for kind, letter in LETTERS.items()}


def register_cost(  # noqa: PLR0917 - whose, what, on which claim, why, by which law, and who says so
    connection: sa.Connection,
    case_number: str,
    cost: Cost,
    why: Why,
    statute: Statute,
    act: Act,
    invoice_no: str | None = None,
) -> Adjusted:
    """Register a cost on a claim: the one on an invoice, else the oldest due that is collected.

    Raises DataFault `office.because_missing`, `office.text_too_long`, `office.request_differs`,
    `office.amount_not_positive`, `office.cost_later`, `office.cost_interest`, `office.document_missing`,
    `office.letter_deadline`, `office.no_vat_on_cost`, `office.salaer_of_own`, `office.no_such_case`,
    `office.no_such_invoice`, `office.claim_not_collected`, `office.protected_in_text`, `office.cost_above_maximum`,
    and those of `charges.maximum`.
    """
    wanted = asked(ActKind.CHARGE, why, case_number, cost, invoice_no)
    if known := adjusted_before(connection, wanted):
        return known
    _refuse(cost, act)
    table = on_table(connection, case_number, why.because, cost.document)
    claim = table.named(invoice_no)[0]
    if cost.kind in STAGES and load_creditor(connection, claim.creditor).collects is not Collects.AGENCY:
        raise DataFault("office.salaer_of_own", creditor=claim.creditor)
    kept = standing(adjustments_of(connection, [claim.id]))
    _refuse_above(cost, _owing(connection, claim, kept), statute, act)
    part = part_of(cost.kind)
    account = account_of_costs(connection, claim, kept) if part is Part.COSTS else ""
    change = Adjustment(
        claim.id, cost.kind.value, part.value, cost.amount_ore, cost.dated, cost.deadline, cost.with_vat,
        cost.document.strip(), account,
    )  # fmt: skip
    return finish(connection, table, wanted, Kind.CHARGE, [change], act)


def account_of_costs(connection: sa.Connection, claim: ClaimOnTable, kept: Sequence[Kept]) -> str:
    """The ledger's account that costs of a claim stand on until they are paid; empty if they are not booked before.

    All costs of a claim stand on one: that of the first which stands, else what the creditor has chosen by now.
    """
    costs = [one.adjustment for one in kept if one.adjustment.part == Part.COSTS and one.adjustment.kind != WAIVER]
    if costs:
        return costs[0].account
    own = creditor_costs.c
    chosen = connection.execute(sa.select(own.account).where(own.creditor == claim.creditor)).scalar()
    return chosen or ""


def _refuse(cost: Cost, act: Act) -> None:
    refuse_long("document", cost.document, LONGEST_DOCUMENT)
    if checked_ore(cost.amount_ore) <= 0:
        raise DataFault("office.amount_not_positive", amount=format_kroner(cost.amount_ore))
    if cost.dated > act.on:
        raise DataFault("office.cost_later", dated=cost.dated, on=act.on)
    if cost.interest_from is not None:
        raise DataFault("office.cost_interest", kind=cost.kind.value, first=cost.interest_from)
    if cost.kind is ChargeKind.AWARDED and not cost.document.strip():
        raise DataFault("office.document_missing", kind=cost.kind.value)
    if (cost.kind in LETTERS) != (cost.deadline is not None) or (cost.deadline and cost.deadline < cost.dated):
        raise DataFault("office.letter_deadline", kind=cost.kind.value, dated=cost.dated)
    if cost.with_vat and cost.kind not in MAY_HOLD_VAT:
        raise DataFault("office.no_vat_on_cost", kind=cost.kind.value)


def _refuse_above(cost: Cost, owing: Owing, statute: Statute, act: Act) -> None:
    cap = maximum(cost, owing, act.on, statute)
    if cap is not None and cost.amount_ore > cap.amount_ore:
        raise DataFault(
            "office.cost_above_maximum",
            kind=cost.kind.value,
            amount=format_kroner(cost.amount_ore),
            maximum=format_kroner(cap.amount_ore),
            why=cap.derivation.code,
            law=laws(cap.derivation),
        )


def _owing(connection: sa.Connection, claim: ClaimOnTable, kept: Sequence[Kept]) -> Owing:
    own, debtor, booked = t.claim.c, t.debtor.c, t.ledger_transaction.c
    row = connection.execute(
        sa.select(own.principal_ore, own.interest_before_due_ore, debtor.kind)
        .join(t.case, t.case.c.id == own.case)
        .join(t.debtor, debtor.id == t.case.c.debtor)
        .where(own.id == claim.id)
    ).one()
    credited = sa.select(sa.func.sum(booked.amount_ore)).where(
        booked.claim == claim.id, booked.kind == TransactionKind.CREDIT_NOTE.value
    )
    credited_ore = -int(connection.execute(credited).scalar() or 0)
    credited_ore -= sum(one.amount_ore for _, _, one in kept if one.kind == CREDIT_NOTE)
    by_hand = [
        Letter(_LETTER_KINDS[one.kind], one.dated, one.deadline or one.dated, one.amount_ore)
        for _, _, one in kept
        if one.kind in _LETTER_KINDS
    ]
    return Owing(
        Debt(
            row.principal_ore,
            claim.due_date,
            min(max(credited_ore, 0), row.principal_ore),
            row.interest_before_due_ore,
        ),
        row.kind == PartyKind.PERSON,
        claim.owed().principal_ore,
        (*letters_of(connection, [claim.id])[claim.id], *by_hand),
        sum(one.amount_ore for _, _, one in kept if one.kind in STAGES),
    )
