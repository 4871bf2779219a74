"""Money between creditors: what one passed on, another has. And the bank: what vouchers book of a lump, came in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from kravbro.db.bulk import portions
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings, as_stored
from kravbro.office.audit.witnesses import numbered_source
from kravbro.office.journals import (
    PART,
    Account,
    Kind,
    handover_source,
    move_off_source,
    move_on_source,
    payment_of,
    payment_source,
    placing_source,
)
from kravbro.office.manual.acts import ActKind, acts_of
from kravbro.office.manual.vouchers import lump_of
from kravbro.office.streams import is_replaced

_SOURCES = (payment_source, placing_source, handover_source)
_HEAD = len(contents.JOURNAL)


def check_handovers(findings: Findings) -> None:
    """What a payment passed on from its holder's books arrived in another creditor's, to the øre.

    Both creditors name it alike. Where a journal of the other is not what was written, the other names that.
    """
    own = _on_intermediate(findings, t.journal.c.creditor == findings.creditor)
    there: Counter[int] = Counter()
    for portion in portions(sorted({payment for _, payment in own}), 300):
        sources = _sources(findings, portion)
        other = _on_intermediate(findings, t.journal.c.creditor != findings.creditor, t.journal.c.source.in_(sources))
        for (_, payment), amount_ore in other.items():
            there[payment] += amount_ore
    here: Counter[int] = Counter()
    doubtful = set()
    for (journal, payment), amount_ore in own.items():
        here[payment] += amount_ore
        if findings.names("journal", journal):
            doubtful.add(payment)
    uneven = [payment for payment, amount_ore in sorted(here.items()) if amount_ore != -there[payment]]
    doubtful |= _altered(findings, [payment for payment in uneven if payment not in doubtful])
    for payment in uneven:
        lost = payment not in there and findings.some("journal")
        if not (lost or payment in doubtful or findings.names("payment", payment)):
            thing, found_ore = f"office payment {payment} handover", here[payment] + there[payment]
            findings.add("handover", payment, thing, Fault.UNBALANCED, found=found_ore)


def _sources(findings: Findings, payments: Sequence[int]) -> list[str]:
    """What made the journals of these payments that may pass money from one creditor to another."""
    sources = [source(payment) for source in _SOURCES for payment in payments]
    for number, payment in acts_of(findings.connection, payments, ActKind.MOVE):
        sources += [move_off_source(number, payment), move_on_source(number, payment)]
    parts = sa.select(t.journal.c.source).where(t.journal.c.source.like(f"{PART}%"))
    taken = findings.connection.execute(parts).scalars()
    return sources + [source for source in taken if payment_of(source) in set(payments)]


def _on_intermediate(findings: Findings, *where: sa.ColumnElement[bool]) -> dict[tuple[int, int], int]:
    """What stands between creditors in these journals, by journal and payment (øre)."""
    journal, row = t.journal.c, t.journal_row.c
    chosen = (
        sa.select(journal.number, journal.source, sa.func.sum(row.amount_ore))
        .join(t.journal_row, row.journal == journal.number)
        .where(row.account == Account.INTERMEDIATE.value, *where)
        .group_by(journal.number, journal.source)
    )
    return {
        (number, payment_of(source)): int(amount_ore)
        for number, source, amount_ore in findings.connection.execute(chosen)
    }


def _altered(findings: Findings, payments: Collection[int]) -> set[int]:
    """The payments of which another creditor's journal is not what was written."""
    journal, row = t.journal.c, t.journal_row.c
    heads: dict[int, tuple[object, ...]] = {}
    rows: defaultdict[int, list[tuple[object, ...]]] = defaultdict(list)
    for portion in portions(payments, 300):
        sources = _sources(findings, portion)
        chosen = (
            sa.select(
                *as_stored(t.journal, *contents.JOURNAL),
                journal.fingerprint,
                *as_stored(t.journal_row, *contents.JOURNAL_ROW),
            )
            .join(t.journal_row, row.journal == journal.number)
            .where(journal.source.in_(sources), journal.creditor != findings.creditor)
            .order_by(journal.number, row.row_no)
        )
        for one in findings.connection.execute(chosen):
            heads[one.number] = tuple(one)[: _HEAD + 1]
            rows[one.number].append(tuple(one)[_HEAD + 1 :])
    return {
        payment_of(str(head[contents.JOURNAL.index("source")]))
        for number, (*head, mark) in heads.items()
        if contents.of_journal(head, rows[number]) != mark
    }


def check_lumps(findings: Findings) -> None:
    """Of each sum on the bank statement, approved vouchers book on the bank what their payments are, to the øre."""
    if findings.some("journal", "payment", "voucher", "lines", "posting"):
        return
    voucher, line, payment, journal = t.voucher.c, t.voucher_line.c, t.payment.c, t.journal.c
    same = sa.and_(line.creditor == voucher.creditor, line.posting == voucher.posting, line.ordinal == voucher.ordinal)
    booked = (
        sa.select(voucher.lump, sa.func.sum(line.amount_ore))
        .join(t.voucher_line, same)
        .where(
            voucher.creditor == findings.creditor, voucher.number.is_not(None), line.journal.is_(None), ~is_replaced()
        )
        .group_by(voucher.lump)
    )
    came = (
        sa.select(payment.lump, sa.func.sum(payment.amount_ore))
        .join(t.journal, journal.source == numbered_source("payment", payment.number))
        .where(payment.creditor == findings.creditor, journal.posting.is_not(None))
        .group_by(payment.lump)
    )
    booked_ore = {lump: int(ore) for lump, ore in findings.connection.execute(booked)}
    came_ore = {lump: int(ore) for lump, ore in findings.connection.execute(came)} | _paid_back(findings)
    for lump in sorted(booked_ore.keys() | came_ore.keys()):
        expected, found = came_ore.get(lump, 0), booked_ore.get(lump, 0)
        if expected != found:
            findings.add("lump", lump, f"office lump {lump}", Fault.AMOUNT, expected=expected, found=found)


def _paid_back(findings: Findings) -> dict[str, int]:
    """What refunds took out of the bank, each a sum of its own (øre)."""
    journal, row = t.journal.c, t.journal_row.c
    refunds = (
        sa.select(journal.source, sa.func.sum(row.amount_ore))
        .join(t.journal_row, row.journal == journal.number)
        .where(
            journal.creditor == findings.creditor,
            journal.kind == Kind.REFUND.value,
            journal.posting.is_not(None),
            row.account == Account.BANK.value,
        )
        .group_by(journal.source)
    )
    return {lump_of(Kind.REFUND, source): int(ore) for source, ore in findings.connection.execute(refunds)}
