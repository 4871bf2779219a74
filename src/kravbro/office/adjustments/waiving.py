"""Waive what is charged, whole or in part; and undo what was charged or waived by hand."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation_orders import Part
from kravbro.core.claims import NOT_COLLECTED, ClaimState
from kravbro.core.errors import DataFault, Skip
from kravbro.core.money import format_kroner
from kravbro.office import tables as t
from kravbro.office.adjustments.acting import Adjusted, adjusted_before, finish, on_table
from kravbro.office.adjustments.costs import account_of_costs
from kravbro.office.adjustments.late_interest import shares
from kravbro.office.adjustments.rows import CLAIM_ENDED, WAIVER, Adjustment, adjustments_by, adjustments_of, standing
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.journals import Kind
from kravbro.office.manual.acts import ActKind, Why, asked


def waive(  # noqa: PLR0917 - whose, which part, how much, why, and who says so
    connection: sa.Connection,
    case_number: str,
    part: Part,
    amount_ore: int | None,
    why: Why,
    act: Act,
    invoice_no: str | None = None,
) -> Adjusted:
    """Waive fees, costs or interest that stand on the account: all, or a part (øre), oldest claims first.

    Principal is its creditor's to give up, in the ledger. Raises DataFault `office.because_missing`,
    `office.text_too_long`, `office.request_differs`, `office.principal_not_waived`, `office.no_such_case`,
    `office.no_such_invoice`, `office.claim_not_collected`, `office.protected_in_text`, `office.amount_not_positive`,
    `office.more_than_owed`; Skip `office.nothing_to_waive`.
    """
    wanted = asked(ActKind.WAIVE, why, case_number, part.value, amount_ore, invoice_no)
    if known := adjusted_before(connection, wanted):
        return known
    if part is Part.PRINCIPAL:
        raise DataFault("office.principal_not_waived", case=case_number)
    table = on_table(connection, case_number, why.because)
    claims = {one.id: one for one in table.named(invoice_no)}
    owed_ore = {number: one.owed().of(part) for number, one in claims.items() if one.owed().of(part) > 0}
    if not owed_ore:
        raise Skip("office.nothing_to_waive", case=case_number, part=part.value)
    kept = adjustments_of(connection, list(owed_ore))
    changes = []
    for claim, share_ore in shares(owed_ore, amount_ore, case_number, part.value):
        stand = standing([one for one in kept if one.adjustment.claim == claim])
        booked = part is Part.COSTS and stand
        account = account_of_costs(connection, claims[claim], stand) if booked else ""
        changes.append(Adjustment(claim, WAIVER, part.value, -share_ore, act.on, account=account))
    return finish(connection, table, wanted, Kind.WAIVER, changes, act)


def undo(connection: sa.Connection, number: int, why: Why, act: Act) -> Adjusted:
    """Take an act back that charged, waived, credited or ended, whole, as if it had not been.

    A claim that was ended is taken up again.

    Raises DataFault `office.because_missing`, `office.text_too_long`, `office.request_differs`,
    `office.no_such_adjustment`, `office.claim_not_collected`, `office.protected_in_text`; Skip `office.undone_already`,
    and `office.charge_is_paid` if what was charged is paid or waived since.
    """
    wanted = asked(ActKind.UNDO, why, number)
    if known := adjusted_before(connection, wanted):
        return known
    kept = adjustments_by(connection, number)
    if not kept or kept[0].adjustment.undoes is not None:
        raise DataFault("office.no_such_adjustment", act=number)
    own = adjustment.c
    if connection.execute(sa.select(own.act).where(own.undoes == kept[0].number)).scalar() is not None:
        raise Skip("office.undone_already", act=number)
    case = connection.execute(
        sa.select(t.case.c.number)
        .join(t.claim, t.claim.c.case == t.case.c.id)
        .where(t.claim.c.id == kept[0].adjustment.claim)
    ).scalar_one()
    table = on_table(connection, case, why.because)
    for claim in [table.caseload.claims[one.adjustment.claim] for one in kept]:
        was_ended = claim.state == ClaimState.ENDED and kept[0].adjustment.kind == CLAIM_ENDED
        if claim.state in NOT_COLLECTED and not was_ended:
            raise DataFault("office.claim_not_collected", case=case, states=claim.state)
    changes = [one.adjustment._replace(amount_ore=-one.adjustment.amount_ore, undoes=one.number) for one in kept]
    left_ore: dict[tuple[int, str], int] = {}
    for one in changes:
        key = (one.claim, one.part)
        before_ore = left_ore.get(key, table.caseload.claims[one.claim].balances_ore.get(one.part, 0))
        left_ore[key] = before_ore + one.amount_ore
    for (number_of_claim, part), ore in left_ore.items():
        if ore < 0:
            facts = {"invoice": table.caseload.claims[number_of_claim].invoice_no, "part": part}
            raise Skip("office.charge_is_paid", act=number, missing=format_kroner(-ore), **facts)
    return finish(connection, table, wanted, Kind.UNDOING, changes, act)
