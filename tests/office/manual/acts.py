"""What people do by hand in tests: one transaction each, on a desk."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from kravbro.core.vouchers import Voucher
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.journals import OWED
from kravbro.office.manual.acts import Why
from kravbro.office.manual.moving import Move, Moved, move_payment
from kravbro.office.manual.refunds import Refund, Refunded, refund_payment
from kravbro.office.manual.registering import How, Registered, Registration, register_payment
from kravbro.office.manual.reversing import Reversed, TakenBack, reverse_payment
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.office.streams import vouchers
from tests.office.builders import TODAY, Desk, act

BECAUSE = Why("kunden ringte")


def register(desk: Desk, amount_ore: int, on: date = TODAY, why: Why = BECAUSE, **changes: Any) -> Registered:
    given = Registration(1, amount_ore, How.CASH, on, "1-000001")
    with desk.writing() as connection:
        return register_payment(connection, msgspec.structs.replace(given, **changes), why, act(on))


def reverse(
    desk: Desk, payment: int, how: TakenBack = TakenBack.BOUNCED, on: date = TODAY, why: Why = BECAUSE
) -> Reversed:
    with desk.writing() as connection:
        return reverse_payment(connection, payment, how, why, act(on))


def move(desk: Desk, payment: int, target: str, on: date = TODAY, why: Why = BECAUSE, **changes: Any) -> Moved:
    with desk.writing() as connection:
        return move_payment(connection, Move(payment, target, **changes), why, act(on))


def refund(desk: Desk, payment: int, on: date = TODAY, why: Why = BECAUSE, **changes: Any) -> Refunded:
    wanted = Refund(payment, "86011117947", "Kunde 1")
    with desk.writing() as connection:
        return refund_payment(connection, msgspec.structs.replace(wanted, **changes), why, act(on))


def post(desk: Desk) -> list[Voucher]:
    """Approve a proposal of everything; answers the vouchers that are new."""
    with desk.writing() as connection:
        before = max((one.number for one in vouchers(connection, 1, 0, 1000)), default=0)
        number = generate_posting(connection, 1, desk.act)
        if not number:
            return []
        approve_posting(connection, 1, number, desk.act)
        return vouchers(connection, 1, before, 1000)


def owed(desk: Desk) -> dict[int, dict[str, int]]:
    """What each claim owes by account, added up here."""
    sums: dict[int, dict[str, int]] = {}
    for row in desk.rows(t.journal_row):
        if row.claim is not None and row.account in OWED:
            parts = sums.setdefault(row.claim, {})
            parts[row.account] = parts.get(row.account, 0) + row.amount_ore
    return {claim: {account: ore for account, ore in parts.items() if ore} for claim, parts in sums.items()}


def states(desk: Desk) -> list[tuple[str, str]]:
    """The state of each claim, and of its case."""
    cases = {row.id: row.state for row in desk.rows(t.case)}
    return [(row.state, cases[row.case]) for row in desk.rows(t.claim)]


def clean(desk: Desk) -> bool:
    with desk.reading() as connection:
        return audit(connection, 1) == []


def lines(voucher: Voucher) -> list[tuple[str, int, int | None]]:
    """Account, øre and entry of each line."""
    return [(line.account, line.amount_ore, line.claim_entry) for line in voucher.lines]
