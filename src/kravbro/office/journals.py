"""The office's double-entry journal: append-only, debit positive, each journal's rows sum to zero.

What a debtor owes stands on `principal`, `interest`, `fees` (of the creditor's letters), `costs` (of court, enforcement
and collection) and `written_off` (written off in the books only, and so still owed). See docs/algorithms/posting.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.bulk import insert_rows
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.codes import unknown_code


class Account(StrEnum):
    """The accounts of the journal."""

    PRINCIPAL = "principal"
    INTEREST = "interest"
    FEES = "fees"
    COSTS = "costs"
    WRITTEN_OFF = "written_off"
    OPENED = "opened"
    BOOKED = "booked"
    BANK = "bank"
    OVERPAID = "overpaid"
    UNPLACED = "unplaced"
    INTERMEDIATE = "intermediate"
    OUTSIDE = "outside"
    MOVED = "moved"
    MET = "met"
    CHARGED = "charged"
    WAIVED = "waived"
    CREDITED = "credited"


OWED = (Account.PRINCIPAL, Account.INTEREST, Account.FEES, Account.COSTS, Account.WRITTEN_OFF)
"""What the debtor owes on a claim; its balance is never overdrawn by the office's own money."""


class Kind(StrEnum):
    """What a journal is about."""

    CLAIM = "claim"
    PAYMENT = "payment"
    REVERSAL = "reversal"
    PLACING = "placing"
    LEDGER = "ledger"
    HAND = "hand"
    TAKEN_BACK = "taken_back"
    MOVE = "move"
    REFUND = "refund"
    OUTSIDE = "outside"
    TOLD = "told"
    CHARGE = "charge"
    WAIVER = "waiver"
    UNDOING = "undoing"
    ACCRUAL = "accrual"
    ADOPTED = "adopted"
    CREDIT = "credit"
    ENDING = "ending"


HAND_KINDS = (Kind.HAND.value, Kind.TAKEN_BACK.value, Kind.MOVE.value, Kind.REFUND.value)
"""Journals of what people did with money by hand: registered, taken back, moved between cases, paid back."""
MONEY_KINDS = (Kind.PAYMENT.value, Kind.REVERSAL.value, Kind.PLACING.value, *HAND_KINDS)
"""Journals about money that the office received itself."""
POSTED_KINDS = (*MONEY_KINDS, Kind.ACCRUAL.value)
"""Journals that go into posting proposals: money, and costs that are booked when they are registered."""
ADJUSTMENT_KINDS = (
    Kind.CHARGE.value,
    Kind.WAIVER.value,
    Kind.UNDOING.value,
    Kind.ACCRUAL.value,
    Kind.CREDIT.value,
    Kind.ENDING.value,
)
"""Journals of what people charged, waived, credited and ended by hand; the act's number ends their source."""
OUTSIDE_KINDS = (Kind.OUTSIDE.value, Kind.TOLD.value)
"""Journals about money that the ledger gets another way, and what it has told of it: never booked by the office."""
RECEIVED_KINDS = (Kind.PAYMENT.value, Kind.REVERSAL.value, Kind.HAND.value, Kind.TAKEN_BACK.value, Kind.OUTSIDE.value)
"""The first journal of a payment is of one of these kinds."""


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of a journal: øre, debit positive. `reason` says why the money stands here: a code, or two with a
    space between them (why this claim, and why in this order).

    `counts_from` is the last day before interest counts the change (a payment's bank date: that day still bears
    interest on what was paid); None is the day of the journal.
    """

    account: str
    claim: int | None
    amount_ore: int
    reason: str = ""
    counts_from: date | None = None


class Journal(msgspec.Struct, frozen=True, gc=False):
    """A journal that has no number yet. `source` says what made it, and is unique."""

    creditor: int
    case: int | None
    kind: str
    dated: date
    source: str
    rows: Sequence[Row]


HANDOVER = "handover "
"""What the sources of handovers begin with."""
JOURNAL_COLUMNS = (*contents.JOURNAL, "row_count", "posting", "fingerprint")


def claim_source(claim: int) -> str:
    """What made the opening journal of a claim."""
    return f"claim {claim}"


def adopted_source(claim: int) -> str:
    """What made the journal of interest, fees and costs that a claim of an older case came with."""
    return f"adopted {claim}"


def payment_source(payment: int) -> str:
    """What made the journal of a payment or reversal."""
    return f"payment {payment}"


def placing_source(payment: int) -> str:
    """What made the journal that placed a payment later."""
    return f"placing {payment}"


def handover_source(payment: int) -> str:
    """What made the journal of a payment in the books of another creditor than whose account it came in on."""
    return f"{HANDOVER}{payment}"


def move_off_source(act: int, payment: int) -> str:
    """What made the journal that took money of a payment off a case."""
    return f"move {act} off payment {payment}"


def move_on_source(act: int, payment: int) -> str:
    """What made the journal that put money of a payment on another case."""
    return f"move {act} on payment {payment}"


def refund_source(act: int, payment: int) -> str:
    """What made the journal that paid back money of a payment."""
    return f"refund {act} of payment {payment}"


PART = "part "
"""How the source of a journal begins that takes a part of reversed money off one of several cases."""


def reversal_part_source(place: int, reversal: int) -> str:
    """What made the journal that took a part of reversed money off one of several cases."""
    return f"{PART}{place} of payment {reversal}"


def told_source(creditor: int, transaction: int) -> str:
    """What made the journal that meets money registered outside the ledger with the ledger's own word of it."""
    return f"told {creditor}-{transaction}"


def transaction_source(creditor: int, transaction: int) -> str:
    """What made the journal of something that the ledger booked."""
    return f"transaction {creditor}-{transaction}"


def made_by(source: str) -> str:
    """The act or the payment behind a journal: `move 3` of `move 3 off payment 7`, `payment 9` of its parts."""
    words = source.split()
    return " ".join(words[-2:] if words[0] == "part" else words[:2])


def number_of(name: str) -> int:
    """The number at the end of a name such as `move 3`. Raises DataFault `office.unknown_code`."""
    return payment_of(name)


def payment_of(source: str) -> int:
    """The payment behind a journal about money that the office received. Raises DataFault `office.unknown_code`."""
    try:
        return int(source.rpartition(" ")[2])
    except ValueError as error:
        raise unknown_code("journal", source, "source", source) from error


def write_journals(connection: sa.Connection, journals: Sequence[Journal], act: Act) -> int:
    """Write journals in order; answers the number of the first. Raises DataFault `office.journal_unbalanced`."""
    first = take(connection, t.counter, "journal", len(journals))
    heads, rows = [], []
    for number, journal in enumerate(journals, first):
        total_ore = 0
        its_rows = []
        for row_no, row in enumerate(journal.rows, 1):
            total_ore += row.amount_ore
            counts_from = row.counts_from or journal.dated
            its_rows.append((number, row_no, row.account, row.claim, row.amount_ore, row.reason, counts_from))
        if total_ore:
            raise DataFault("office.journal_unbalanced", source=journal.source, difference=total_ore)
        head = (number, journal.creditor, journal.case, journal.kind, journal.dated, journal.source)
        heads.append((*head, len(its_rows), None, contents.of_journal(head, its_rows)))
        rows += its_rows
    insert_rows(connection, t.journal, JOURNAL_COLUMNS, heads, act)
    insert_rows(connection, t.journal_row, contents.JOURNAL_ROW, rows, None)
    return first
