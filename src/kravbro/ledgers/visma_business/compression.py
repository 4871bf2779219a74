"""Our lines whose entries are gone. Pure.

The ERP compresses what is settled: the entries go, and one row says what they came to. Each match moves as much on one
entry as on another, so what is settled of a customer's entries adds up to nothing. Where it does not, entries are gone;
and an invoice on which nobody explains as much as a line of ours, whose entries are nowhere, was settled by that line.
Nothing is taken for ours on less than that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from kravbro.ledgers.visma_business import mapping
from kravbro.ledgers.visma_business.echoes import OurLine, line_reference
from kravbro.ledgers.visma_business.entries import COMPRESSED, Entry
from kravbro.ledgers.visma_business.mapping import Known
from kravbro.ledgers.visma_business.moments import day_number
from kravbro.ledgers.visma_business.queries import JOURNAL
from kravbro.ledgers.visma_business.setup import Meaning, Setup


def compressed_ore(entries: Iterable[Entry], setup: Setup) -> int:
    """What the entries that are gone had settled (øre, credits below zero)."""
    own = (entry for entry in entries if setup.meaning(entry.voucher_type) is not Meaning.IGNORE)
    return -sum(entry.amount_ore - entry.remaining_ore for entry in own)


def without_entries(entries: Sequence[Entry], lines: Iterable[OurLine], known: Known, setup: Setup) -> list[OurLine]:
    """Lines that may have been compressed, oldest first: nothing of them is there, and their invoices are."""
    gone_ore = compressed_ore(entries, setup)
    there = {entry.key for entry in entries}
    found = {(line.voucher_no, line.line_no) for line in known.echoes.own.values()}
    return [
        line
        for line in sorted(lines, key=lambda one: (one.voucher_no, one.line_no))
        if (line.voucher_no, line.line_no) not in found and line.entry in there
        if gone_ore * line.amount_ore > 0 and abs(line.amount_ore) <= abs(gone_ore)
    ]


def with_compressed(
    entries: Sequence[Entry], lines: Sequence[OurLine], known: Known, setup: Setup, on: date
) -> tuple[Sequence[Entry], Known]:
    """The entries, and in the place of each of these lines whose invoice lacks all of it an entry as it was. The day on
    which it was matched is nowhere any more: it is the day of looking."""
    chosen = _within(lines, compressed_ore(entries, setup))
    while chosen:
        stand_ins = {line: _as_it_was(line, setup, on) for line in chosen}
        own = {**known.echoes.own, **{entry.key: line for line, entry in stand_ins.items()}}
        more = msgspec.structs.replace(known, echoes=msgspec.structs.replace(known.echoes, own=own))
        every = [*entries, *stand_ins.values()]
        changed = mapping.changes_of(every, more, setup)
        on_items = [(line, changed.get(line.entry, mapping.Changed())) for line in chosen]
        told = {(line, one.key, one.amount_ore) for line, of_item in on_items for one in of_item.settlements}
        whole = [line for line, entry in stand_ins.items() if (line, entry.name, line.amount_ore) in told]
        if whole == chosen:
            return every, more
        chosen = whole
    return entries, known


def _within(lines: Iterable[OurLine], gone_ore: int) -> list[OurLine]:
    """As many of the lines as what is gone can have been, the oldest first."""
    chosen = []
    for line in lines:
        if line.amount_ore * gone_ore > 0 and abs(line.amount_ore) <= abs(gone_ore):
            gone_ore -= line.amount_ore
            chosen.append(line)
    return chosen


def _as_it_was(line: OurLine, setup: Setup, on: date) -> Entry:
    return Entry(
        key=(COMPRESSED + line.voucher_no) * JOURNAL + line.line_no,
        customer=line.customer,
        amount_ore=line.amount_ore,
        remaining_ore=0,
        status=0,
        exemption=0,
        proposal=0,
        voucher_no=line.voucher_no,
        voucher_date=day_number(on),
        voucher_type=setup.voucher_type,
        due_date=0,
        invoice_no="",
        kid="",
        reference=line_reference(line.voucher_no, line.line_no),
        cross_reference="",
        currency=0,
        text="",
        changed_on=0,
        reminders=0,
        reminded_on=0,
        no_interest="",
    )
