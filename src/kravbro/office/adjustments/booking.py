"""How costs are booked when they are registered: debit an account of their own, credit the cost account.

Whatever is paid of them then credits that account, and not the cost account once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from kravbro.core.allocation_orders import Part
from kravbro.db.bulk import portions
from kravbro.office.adjustments.rows import WAIVER, Kept, adjustment_source, adjustments_of, standing
from kravbro.office.adjustments.tables import adjustment
from kravbro.office.journals import Account, Kind, number_of
from kravbro.office.vouchers import Coding, DraftVoucher, PostingRow

TEXTS = {True: "Omkostning", False: "Ettergitt eller tilbakeført omkostning"}
"""The voucher's text: by whether the debtor owes more."""


def cost_vouchers(rows: Sequence[PostingRow], coding: Coding) -> list[DraftVoucher]:
    """A voucher for each act whose costs are booked."""
    acts: dict[int, list[PostingRow]] = {}
    for row in rows:
        acts.setdefault(number_of(row.source), []).append(row)
    return [_voucher(number, its_rows, coding) for number, its_rows in acts.items()]


def _voucher(number: int, rows: Sequence[PostingRow], coding: Coding) -> DraftVoucher:
    first = rows[0]
    owes_more = sum(row.amount_ore for row in rows if row.account == Account.COSTS) > 0
    text = f"{TEXTS[owes_more]} sak {first.case_number} ({number})"
    return DraftVoucher(first.dated, text, f"omkostning {number}", tuple(coding.line(row) for row in rows))


def accounts_of_acts(connection: sa.Connection, rows: Sequence[PostingRow]) -> dict[tuple[int, int], str]:
    """The account that costs stand on, by act and claim, for the acts behind some rows."""
    own = adjustment.c
    found: dict[tuple[int, int], str] = {}
    for some in portions({number_of(row.source) for row in rows}):
        chosen = sa.select(own.act, own.claim, own.account).where(own.act.in_(some), own.account != "")
        found |= {(act, claim): account for act, claim, account in connection.execute(chosen)}
    return found


def accounts_of_costs(connection: sa.Connection, claims: Collection[int | None]) -> dict[int, str]:
    """The account that the costs of each of these claims stand on; one whose costs are not booked is not in it."""
    by_claim: defaultdict[int, list[Kept]] = defaultdict(list)
    for one in adjustments_of(connection, [claim for claim in claims if claim is not None]):
        by_claim[one.adjustment.claim].append(one)
    costs = {
        claim: [one for one in standing(kept) if one.adjustment.part == Part.COSTS and one.adjustment.kind != WAIVER]
        for claim, kept in by_claim.items()
    }
    return {claim: kept[0].adjustment.account for claim, kept in costs.items() if kept and kept[0].adjustment.account}


def accruals_together(connection: sa.Connection, act: int) -> list[str]:
    """The sources of the journal of an act, of what it undoes, and of what undoes it: all are booked, or none."""
    own, undone = adjustment.c, adjustment.alias("undone")
    pairs = (
        sa.select(own.act, undone.c.act.label("undone"))
        .join(undone, undone.c.number == own.undoes)
        .where(sa.or_(own.act == act, undone.c.act == act))
    )
    numbers = {act, *(number for pair in connection.execute(pairs) for number in pair)}
    return [adjustment_source(Kind.ACCRUAL, number) for number in sorted(numbers)]
