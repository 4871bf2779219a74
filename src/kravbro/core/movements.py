"""What both sides tell of a claim when they are reconciled: its opening, and every movement by its identity.

Sums hide faults that cancel each other, so movements are compared one by one.
"""

from __future__ import annotations

import msgspec


class Movement(msgspec.Struct, frozen=True, gc=False):
    """One change of a claim's principal, in øre (negative when the debt falls).

    `id` is the same on both sides: `voucher:<key>/<line>` for the collector's own money, `booking:<ledger key>` for
    what the ledger booked itself. `settled` says that this side expects the other to have it: for the collector that
    the voucher was acknowledged as posted (or will never be: it was left out, rejected or deleted), for the ledger
    that the transaction is numbered with `number`.
    """

    id: str
    amount_ore: int
    settled: bool
    number: int = 0


class ClaimMovements(msgspec.Struct, frozen=True, gc=False):
    """One claim as one side knows it: the offer, the entry, the opening principal, and the movements since.

    `accepted_ore` is how much more opened in the ledger than at the collector when a claim of an older case was
    converted, and a person accepted that (øre); 0 for every other claim.
    """

    offer: int
    entry: int
    opening_ore: int
    case_number: str
    receipt: int
    movements: tuple[Movement, ...]
    accepted_ore: int = 0


class Because(msgspec.Struct, frozen=True, gc=False):
    """Why a person must look at something: a code, whose sentence names the thing, the cause and the next step, and the
    facts of that sentence."""

    code: str
    facts: dict[str, str | int] = {}


class Discrepancy(msgspec.Struct, frozen=True, gc=False):
    """A fault that one side finds in itself: the thing, the claim's entry if there is one, expected and found øre.

    `because` is told beside it, where a person can do something about it.
    """

    thing: str
    kind: str
    expected_ore: int
    found_ore: int
    entry: int | None = None
    because: Because | None = None


def voucher_movement_id(key: str, line_no: int) -> str:
    """The identity of a movement that the collector's voucher makes."""
    return f"voucher:{key}/{line_no}"


def booking_movement_id(booking: int) -> str:
    """The identity of a movement that the ledger booked itself."""
    return f"booking:{booking}"
