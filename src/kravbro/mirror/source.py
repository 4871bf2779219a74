"""What the mirror asks of a ledger that Kravbro did not write.

A foreign ledger has open items, customers and vouchers. It has no numbered streams, no offers that stay as they were
approved, and no memory of what the collector answered. The mirror (`mirror/ledger.py`) keeps these, and is the ledger
port; an adapter is the part below it. It answers what the ledger holds now, and writes what the collector says. Every
method may be repeated: what it writes is there already the second time, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

import msgspec

from kravbro.core.claims import LedgerFacts, Letter, Outcome, Reason, Status, TransactionKind
from kravbro.core.movements import Because, Discrepancy
from kravbro.core.parties import Party, Related
from kravbro.core.vouchers import Fate, Voucher


class Settlement(msgspec.Struct, frozen=True, gc=False):
    """One thing in the ledger that has changed what remains of an open item, with all of its change (øre).

    `key` is the ledger's own, and tells it from the others on the item; `amount_ore` is negative when the debt falls.
    `booked_on` is the day on which the ledger booked it, `dated` the date of the voucher that brought the money.
    `voucher_key` and `line_no` say that a voucher of the collector made it, and which of its lines. With a `doubt` it
    is told to nobody until a person has taken it off, or says that it is right. `guessed` says that the ledger names
    nothing that joins it with the item: it was the likeliest.
    """

    key: str
    amount_ore: int
    kind: TransactionKind
    booked_on: date
    dated: date
    voucher_no: str
    text: str = ""
    voucher_key: str = ""
    line_no: int = 0
    doubt: Because | None = None
    guessed: bool = False


def doubted(key: str, doubt: Because, amount_ore: int, entry: int | None = None) -> Discrepancy:
    """What is said of a settlement in doubt, by its key: the same by whomever it is found."""
    kind = doubt.code.rpartition(".")[2]
    return Discrepancy(f"settlement {key}", kind, 0, amount_ore, entry, doubt)


class OpenItem(msgspec.Struct, frozen=True, gc=False):
    """An invoice as the ledger has it now: what it was for, what remains (øre), and what has changed that.

    The settlements come in the order in which the ledger booked them.
    Where the settlements do not add up to the difference, the rest is taken as a change that the ledger cannot name.
    `wanted_back` is why a person in the ledger wants the claim back from the collector, or empty. With a `fault`
    nothing else of it means anything: a row that it hangs on holds something impossible, and nothing is told until that
    is mended.
    """

    entry: int
    customer_no: int
    amount_ore: int
    remaining_ore: int
    settlements: tuple[Settlement, ...] = ()
    wanted_back: str = ""
    fault: Because | None = None


class Proposal(msgspec.Struct, frozen=True, gc=False):
    """An open item that the ledger's people have approved for collection: it stands in the ledger's own queue now.

    It leaves the queue when its answer is marked. What letters already sent have charged is beside the principal (øre).
    """

    entry: int
    interest_before_due_ore: int = 0
    fees_ore: int = 0
    interest_charged_ore: int = 0
    letters: tuple[Letter, ...] = ()


class HandedOver(msgspec.Struct, frozen=True, gc=False):
    """An open item that bears the ledger's own mark of a collector that had it before us, and its case number, or
    empty."""

    entry: int
    case_number: str = ""


class Standing(msgspec.Struct, frozen=True, gc=False):
    """What an offer shows of its invoice, and who owes it, as it is now."""

    invoice_no: str
    kid: str
    invoice_date: date
    due_date: date
    currency: str
    sub_ledger_type: str
    debtor: Party
    facts: LedgerFacts
    related: tuple[Related, ...] = ()


class Changes(msgspec.Struct, frozen=True):
    """Which open items may have changed since a cursor, and the next cursor. `entries` None: nobody can tell, all."""

    cursor: str
    entries: frozenset[int] | None


class Mark(msgspec.Struct, frozen=True, gc=False):
    """The collector's answer about an open item, for the ledger to show: the newest, which replaces older ones.

    Accepted: the mark *Ekstern inkasso*, the case number, and no more interest and letters. Refused: the reasons, and
    out of the queue until a person proposes the item anew. Given back: as before it was accepted, with the reasons; a
    mark of an earlier collector, which was there before ours, is not put back.

    `offer` is below zero for what a person says of an item that was handed over before: accepted that it was, with its
    case number or an empty one, given back that it was not after all. It is another for each saying.
    """

    entry: int
    offer: int
    outcome: Outcome
    on: date
    case_number: str = ""
    reasons: tuple[Reason, ...] = ()


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """What the ledger has made of one voucher of the collector: its fate now, its number, and why it was rejected.

    `unseen`: it counts as delivered because nobody can see what became of it.
    """

    key: str
    fate: Fate
    on: date
    voucher_no: str = ""
    because: str = ""
    unseen: bool = False


class Lack(msgspec.Struct, frozen=True):
    """Something that the ledger lacks for its part of the work: the thing, what for, and the statement that cures it.

    `needed` is False for what only makes a part of it better.
    """

    thing: str
    purpose: str
    cure: str
    needed: bool = True


class Source(Protocol):
    """A ledger that Kravbro did not write. Adapters raise one of the four errors of `kravbro.core.errors`."""

    @property
    def kind(self) -> str:
        """The kind of ledger, as set-up files name it."""
        ...

    def installation(self) -> str:
        """What tells this installation from every other and from a copy of it: the same at each start."""
        ...

    def companies(self) -> list[int]:
        """The numbers of all companies, in order: a full listing."""
        ...

    def changes(self, company: int, cursor: str) -> Changes:
        """What may have changed since the cursor; an empty one is the beginning. Too many is allowed, too few is not.

        Raises DataFault `mirror.unknown_company` for a company that is not there, as every other method does.
        """
        ...

    def changed_companies(self, cursors: Mapping[int, str]) -> Collection[int]:
        """Those of these companies in which anything may have changed since their cursors: a cheap look at many.

        Where there is no such look, all of them.
        """
        ...

    def items(self, company: int, entries: Collection[int]) -> list[OpenItem]:
        """These open items as they are at one moment, by entry; those that are not there are left out."""
        ...

    def proposals(self, company: int) -> list[Proposal]:
        """Everything in the ledger's own queue now, in order of approval."""
        ...

    def standings(self, company: int, entries: Collection[int]) -> dict[int, Standing]:
        """How these open items stand now; those that are not there are left out."""
        ...

    def transferred(self, company: int) -> list[HandedOver]:
        """Open items that the ledger itself says a collector has, and that were not marked so by `mark`: all of them.
        Nothing where the ledger cannot tell."""
        ...

    def named(self, company: int, invoice_nos: Collection[str]) -> dict[str, list[int]]:
        """The invoices with these numbers, as `standings` tells them, by number; one that nothing has is left out."""
        ...

    def mark(self, company: int, marks: Sequence[Mark]) -> None:
        """Show these answers: one per item, the newest."""
        ...

    def show(self, company: int, statuses: Sequence[Status]) -> None:
        """Show these statuses: one per item, the newest."""
        ...

    def deliver(self, company: int, vouchers: Sequence[Voucher]) -> list[Delivery]:
        """Take vouchers, each once by its key, and answer what became of each; lines have been checked to sum to zero.

        One that the ledger cannot take is rejected whole, for itself. Two processes may deliver the same at once.
        """
        ...

    def fates(self, company: int, keys: Sequence[str]) -> list[Delivery]:
        """What has become of vouchers that were delivered and not posted yet; one that is gone was deleted."""
        ...

    def doubts(self, company: int, keys: Collection[str]) -> list[Discrepancy]:
        """What a person must see to beside the open items: what is wrong with the collector's vouchers in the ledger.

        `keys` are those that are delivered and not posted yet. Nothing, where the ledger lets nothing go wrong.
        """
        ...

    def check(self) -> list[Lack]:
        """What is missing: rights, tables, set-up."""
        ...

    def close(self) -> None:
        """Give back what is held open."""
        ...
