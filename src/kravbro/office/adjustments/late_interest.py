"""Charge late interest to a day, or waive it before it is charged: decision 0008, and docs/manual_claims.md.

Interest is worked out, never remembered. What is charged by hand stands on the account from its day on and is taken off
what the rule gives, so that a debtor owes each day's interest once; what late news takes away again comes off too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.core.interest import late_interest, uncharged_ore
from kravbro.core.money import checked_ore, format_kroner
from kravbro.core.statute.law import Statute
from kravbro.office import tables as t
from kravbro.office.adjustments.acting import Adjusted, Table, adjusted_before, finish, on_table
from kravbro.office.adjustments.rows import LATE_INTEREST, WAIVER, Adjustment, adjustments_of
from kravbro.office.caseload import ClaimOnTable
from kravbro.office.journals import Account, Kind
from kravbro.office.letters import letters_of
from kravbro.office.manual.acts import ActKind, Why, asked
from kravbro.office.queries.balances import interest_facts

INTEREST = Account.INTEREST.value


def charge_interest(  # noqa: PLR0917 - whose, until when, why, by which law, and who says so
    connection: sa.Connection,
    case_number: str,
    until: date,
    why: Why,
    statute: Statute,
    act: Act,
    invoice_no: str | None = None,
) -> Adjusted:
    """Charge the late interest up to and including a day that nothing has charged yet, on each claim of a case.

    Where more is charged already than the rule gives by now, as much as stands unpaid on the account comes off again.
    Raises DataFault as `register_cost` does, `office.interest_later` for a day to come; Skip
    `office.no_interest_to_charge`.
    """
    wanted = asked(ActKind.CHARGE, why, case_number, LATE_INTEREST, until, invoice_no)
    if known := adjusted_before(connection, wanted):
        return known
    table = _table(connection, case_number, until, why, act)
    claims = table.named(invoice_no)
    changes = []
    for claim, open_ in uncharged_until(connection, claims, until, statute).items():
        on_account_ore = table.caseload.claims[claim].balances_ore.get(INTEREST, 0)
        amount_ore = max(open_.amount_ore, -on_account_ore)
        if amount_ore:
            dated = until if amount_ore > 0 else open_.last_charged
            changes.append(Adjustment(claim, LATE_INTEREST, INTEREST, amount_ore, dated))
    if not changes:
        raise Skip("office.no_interest_to_charge", case=case_number, until=until)
    return finish(connection, table, wanted, Kind.CHARGE, changes, act)


def waive_interest(  # noqa: PLR0917 - whose, until when, how much, why, by which law, and who says so
    connection: sa.Connection,
    case_number: str,
    until: date,
    amount_ore: int | None,
    why: Why,
    statute: Statute,
    act: Act,
    invoice_no: str | None = None,
) -> Adjusted:
    """Waive late interest up to a day that nothing has charged yet: all of it, or a part (øre), oldest claims first.

    It is charged and waived in one, so that it counts as charged from then on. Raises DataFault as `charge_interest`
    does, and `office.more_than_owed`; Skip `office.no_interest_to_charge`.
    """
    wanted = asked(ActKind.WAIVE, why, case_number, LATE_INTEREST, until, amount_ore, invoice_no)
    if known := adjusted_before(connection, wanted):
        return known
    table = _table(connection, case_number, until, why, act)
    found = uncharged_until(connection, table.named(invoice_no), until, statute)
    owed_ore = {claim: one.amount_ore for claim, one in found.items() if one.amount_ore > 0}
    if not owed_ore:
        raise Skip("office.no_interest_to_charge", case=case_number, until=until)
    changes = []
    for claim, part_ore in shares(owed_ore, amount_ore, case_number, LATE_INTEREST):
        changes.append(Adjustment(claim, LATE_INTEREST, INTEREST, part_ore, until))
        changes.append(Adjustment(claim, WAIVER, INTEREST, -part_ore, until))
    return finish(connection, table, wanted, Kind.WAIVER, changes, act)


def shares(owed_ore: Mapping[int, int], amount_ore: int | None, case: str, part: str) -> list[tuple[int, int]]:
    """How an amount (None: all) is taken off claims, in their order.

    Raises DataFault `office.amount_not_positive`, `office.more_than_owed`.
    """
    whole_ore = sum(owed_ore.values())
    left_ore = whole_ore if amount_ore is None else checked_ore(amount_ore)
    if left_ore <= 0:
        raise DataFault("office.amount_not_positive", amount=format_kroner(left_ore))
    if left_ore > whole_ore:
        facts = {"amount": format_kroner(left_ore), "owed": format_kroner(whole_ore)}
        raise DataFault("office.more_than_owed", case=case, part=part, **facts)
    found = []
    for claim, ore in owed_ore.items():
        share_ore = min(ore, left_ore)
        left_ore -= share_ore
        if share_ore:
            found.append((claim, share_ore))
    return found


class Uncharged(NamedTuple):
    """What may be charged of a claim until a day (øre, below zero: was charged too much), and the last day charged."""

    amount_ore: int
    last_charged: date


def uncharged_until(
    connection: sa.Connection, claims: Sequence[ClaimOnTable], until: date, statute: Statute
) -> dict[int, Uncharged]:
    """What may still be charged of each claim until a day, in their order.

    Never so much that on a later day, when more was charged already, the debtor would owe more than the rule gives.
    """
    numbers = [one.id for one in claims]
    about, letters, before = (
        interest_facts(connection, numbers),
        letters_of(connection, numbers),
        _before(connection, numbers),
    )
    kept = adjustments_of(connection, numbers)
    found = {}
    for claim in numbers:
        of_claim = [one.adjustment for one in kept if one.adjustment.claim == claim and one.adjustment.part == INTEREST]
        by_hand = [one for one in of_claim if one.kind == LATE_INTEREST]
        days = {until, *(one.dated for one in by_hand), *(one.sent_on for one in letters[claim] if one.interest_ore)}
        least = None
        for day in sorted(day for day in days if day >= until):
            late_ore = late_interest(about[claim].changes, day, statute, about[claim].terms).amount_ore
            open_ore = uncharged_ore(
                late_ore,
                letters_ore=sum(one.interest_ore for one in letters[claim] if one.sent_on <= day),
                by_hand_ore=sum(one.amount_ore for one in by_hand if one.dated <= day),
                waived_ore=-sum(one.amount_ore for one in of_claim if one.kind == WAIVER and one.dated <= day)
                - before[claim],
            )
            least = open_ore if least is None else min(least, open_ore)
        found[claim] = Uncharged(least or 0, max((one.dated for one in by_hand), default=until))
    return found


def _before(connection: sa.Connection, claims: Collection[int]) -> dict[int, int]:
    """The interest that each claim brought from before its due date."""
    chosen = sa.select(t.claim.c.id, t.claim.c.interest_before_due_ore).where(t.claim.c.id.in_(claims))
    return dict(connection.execute(chosen).all())


def _table(connection: sa.Connection, case_number: str, until: date, why: Why, act: Act) -> Table:
    if until > act.on:
        raise DataFault("office.interest_later", until=until, on=act.on)
    return on_table(connection, case_number, why.because)
