"""Vouchers of what people did with money by hand: one for each act. Pure.

What is moved within one creditor comes to zero, so it has no line. A move joins the voucher that its payment is in, if
both are in one proposal: the ledger then gets both or neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from kravbro.office.journals import HAND_KINDS, Account, Kind, handover_source, made_by, payment_of, payment_source
from kravbro.office.vouchers import Coding, DraftLine, DraftVoucher, PostingRow

NOT_LINES = frozenset({Account.BANK.value, Account.MOVED.value})
"""Accounts whose rows are no lines: the bank's are summed in a line of their own, what is moved comes to zero."""
_NAMES = {
    Kind.HAND.value: ("Manuell innbetaling", "manuell"),
    Kind.TAKEN_BACK.value: ("Tilbakeføring", "manuell"),
    Kind.MOVE.value: ("Flytting av innbetaling", "flytting"),
    Kind.REFUND.value: ("Tilbakebetaling av innbetaling", "tilbakebetaling"),
}


def from_files(rows: Sequence[PostingRow]) -> list[PostingRow]:
    """The rows that no person made. What is moved comes to zero within its journals' voucher."""
    return [row for row in rows if row.kind not in HAND_KINDS and row.account != Account.MOVED]


def with_acts(
    vouchers: Sequence[DraftVoucher], rows: Sequence[PostingRow], coding: Coding, accounts: Mapping[str, str]
) -> list[DraftVoucher]:
    """The vouchers of a proposal, and those of the acts by hand in its rows.

    `rows` are all of the proposal, ordered by journal and row number; `accounts` is as `acts.accounts_by_hand` answers.
    """
    found = list(vouchers)
    journals = {row.source: row.journal for row in rows}
    home = {line.journal: place for place, one in enumerate(found) for line in one.lines}
    for its_rows in _bundles(rows).values():
        first = its_rows[0]
        lines = tuple(coding.line(row) for row in its_rows if row.account not in NOT_LINES)
        payment = payment_of(first.source)
        came = journals.get(payment_source(payment), journals.get(handover_source(payment)))
        place = home.get(came)
        if first.kind == Kind.MOVE and place is not None:
            found[place] = msgspec.structs.replace(found[place], lines=(*found[place].lines, *lines))
            continue
        home |= {row.journal: len(found) for row in its_rows}
        found.append(_voucher(its_rows, lines, coding, accounts))
    return found


def _bundles(rows: Sequence[PostingRow]) -> dict[str, list[PostingRow]]:
    """The rows by what made them: a payment by hand with the parts that it took off, a move with both its journals."""
    bundles: dict[str, list[PostingRow]] = {}
    for row in rows:
        if row.kind in HAND_KINDS:
            bundles.setdefault(made_by(row.source), []).append(row)
    return bundles


def _voucher(
    rows: Sequence[PostingRow], lines: tuple[DraftLine, ...], coding: Coding, accounts: Mapping[str, str]
) -> DraftVoucher:
    first = rows[0]
    payment = payment_of(first.source)
    lump = lump_of(Kind(first.kind), first.source)
    on_bank_ore = [row.amount_ore for row in rows if row.account == Account.BANK]
    if on_bank_ore:
        account = accounts.get(made_by(first.source)) or coding.creditor.money_account
        lines = (DraftLine(account, sum(on_bank_ore), text=lump), *lines)
    return DraftVoucher(first.dated, f"{_NAMES[first.kind][0]} {payment}", lump, lines)


def lump_of(kind: Kind, source: str) -> str:
    """What the sum of an act by hand is called, by a journal of it."""
    name = "del av tilbakeføring" if source.startswith("part ") else _NAMES[kind][1]
    return f"{name} {made_by(source).rpartition(' ')[2]}"
