"""From rows of Visma Business to the values of the port. Pure: nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import msgspec

from kravbro.core.claims import LedgerFacts, Letter, LetterKind, TransactionKind
from kravbro.core.identifiers import identity_number, organisation_number
from kravbro.core.money import format_kroner
from kravbro.core.movements import Because, Discrepancy
from kravbro.core.parties import Party, PartyKind
from kravbro.ledgers.visma_business.attribution import Row, Share, attribute
from kravbro.ledgers.visma_business.echoes import Echoes, OurLine
from kravbro.ledgers.visma_business.entries import (
    OF_ITEMS,
    OF_LETTERS,
    OF_SETTLEMENTS,
    Entry,
    entry_name,
    fault_of,
    invoice_no_of,
    text_of,
)
from kravbro.ledgers.visma_business.moments import day_of, needed_day
from kravbro.ledgers.visma_business.setup import Meaning, Setup
from kravbro.mirror.source import OpenItem, Settlement, Standing, doubted

EXEMPT_FROM_REMINDERS, EXEMPT_FROM_COLLECTION, SENT = 1, 2, 3
"""What `ExcRem` says of an open item."""
_KINDS = {
    Meaning.PAYMENT: TransactionKind.PAYMENT,
    Meaning.CREDIT_NOTE: TransactionKind.CREDIT_NOTE,
    Meaning.CORRECTION: TransactionKind.CORRECTION,
    Meaning.WRITE_OFF_BOOKS_ONLY: TransactionKind.WRITE_OFF_BOOKS_ONLY,
    Meaning.WRITE_OFF_CLAIM_ENDED: TransactionKind.WRITE_OFF_CLAIM_ENDED,
}


def takes_back(entries: Iterable[Entry], setup: Setup) -> bool:
    """Whether any of these debits a customer and is no invoice: a payment that is taken back, a correction."""
    return any(one.amount_ore > 0 and setup.meaning(one.voucher_type) is not Meaning.INVOICE for one in entries)


class Known(msgspec.Struct, frozen=True):
    """What is known of a customer's entries: which are ours, which bear numbers of our series that we never gave
    (`strangers`), whose they are, and what the columns are called there."""

    echoes: Echoes
    strangers: frozenset[int]
    company: int
    names: Mapping[str, str]


class Changed(msgspec.Struct, frozen=True, gc=False):
    """What has changed an invoice, or why nobody can say (a row that holds something impossible)."""

    settlements: tuple[Settlement, ...] = ()
    fault: Because | None = None


def changes_of(entries: Sequence[Entry], known: Known, setup: Setup) -> dict[int, Changed]:
    """What has changed what remains of each invoice of one customer, by the invoice's key."""
    invoices, others = [], []
    echoes = known.echoes
    lines = {**echoes.own, **echoes.twice}
    for entry in entries:
        if setup.meaning(entry.voucher_type) is Meaning.INVOICE and entry.amount_ore > 0:
            invoices.append(_row(entry, 0, 0))
        elif entry.key in lines or entry.key in known.strangers or setup.meaning(entry.voucher_type) in _KINDS:
            settles = lines[entry.key].entry if entry.key in lines else 0
            others.append(_row(entry, settles, echoes.reversed_ore.get(entry.key, 0)))
    moving = [row for row in others if row.settled_ore]
    if not moving:
        return {}
    by_key = {entry.key: entry for entry in entries}
    return {
        item: _changed(by_key[item], [(by_key[one.row.key], one) for one in shares], known, setup)
        for item, shares in attribute(invoices, moving).items()
    }


def _changed(item: Entry, shares: Sequence[tuple[Entry, Share]], known: Known, setup: Setup) -> Changed:
    told = []
    for entry, share in shares:
        if fault := fault_of(entry, OF_SETTLEMENTS, known.company, known.names):
            return Changed(fault=fault)
        line = known.echoes.own.get(entry.key)
        doubt = _doubt(entry, share.amount_ore, item, known)
        meaning = Meaning.PAYMENT if line else setup.meaning(entry.voucher_type)
        one = _settlement(entry, share, Meaning.CORRECTION if doubt else meaning or Meaning.PAYMENT, doubt)
        told.append(_by_us(one, line) if line and line.entry == item.key else one)
    return Changed(tuple(told))


def _doubt(
    entry: Entry, amount_ore: int, item: Entry | None, known: Known, twice: str = "visma_business.booked_twice"
) -> Because | None:
    """Why a person must say first whether an entry is right: it repeats a line of ours (`twice` is the code of that),
    or bears a number that we never gave."""
    facts: dict[str, str | int] = {
        "company": known.company,
        "entry": entry_name(entry.key),
        "number": entry.voucher_no,
        "customer": entry.customer,
        "invoice": invoice_no_of(item) if item else "\N{EN DASH}",
        "amount": format_kroner(amount_ore),
    }
    if entry.key in known.strangers:
        return Because("visma_business.unknown_voucher", facts)
    line = known.echoes.twice.get(entry.key)
    if line is None:
        return None
    first = [entry_name(key) for key, own in sorted(known.echoes.own.items()) if own == line]
    told: dict[str, str | int] = {
        "voucher": line.key,
        "line": line.line_no,
        "first": ", ".join(first),
        "delivered": format_kroner(line.amount_ore),
    }
    return Because(twice, facts | told)


def beyond(entries: Sequence[Entry], known: Known) -> Iterator[Discrepancy]:
    """What of our vouchers is there beyond what we delivered, and nobody has taken back; each entry for itself.

    Where it settles a claim that the collector has, that is told instead.
    """
    by_key = {entry.key: entry for entry in entries}
    for key, line in known.echoes.twice.items():
        entry = by_key[key]
        doubt = _doubt(entry, entry.amount_ore, by_key.get(line.entry), known, "visma_business.booked_twice_beside")
        if doubt and key not in known.echoes.reversed_ore:
            yield doubted(entry_name(key), doubt, entry.amount_ore)


def _by_us(settlement: Settlement, line: OurLine) -> Settlement:
    """As the doing of our line: what a person matches our money with beside its item is the ledger's own doing."""
    return msgspec.structs.replace(settlement, voucher_key=line.key, line_no=line.line_no)


def _row(entry: Entry, settles: int, reversed_ore: int) -> Row:
    """An entry as it is attributed; what was reversed of it is as good as open."""
    open_ore = reversed_ore if entry.amount_ore > 0 else -reversed_ore
    return Row(
        key=entry.key,
        amount_ore=entry.amount_ore,
        remaining_ore=entry.remaining_ore + open_ore,
        voucher_no=str(entry.voucher_no),
        invoice_no=entry.invoice_no,
        kid=entry.kid,
        reference=entry.reference,
        cross_reference=entry.cross_reference,
        settles=settles,
    )


def _settlement(entry: Entry, share: Share, meaning: Meaning, doubt: Because | None) -> Settlement:
    kind = _KINDS[meaning]
    if kind is TransactionKind.PAYMENT and share.amount_ore > 0:
        kind = TransactionKind.REVERSAL
    dated = needed_day(entry.voucher_date)
    return Settlement(
        key=entry.name,
        amount_ore=share.amount_ore,
        kind=kind,
        booked_on=day_of(entry.changed_on) or dated,
        dated=dated,
        voucher_no=str(entry.voucher_no),
        text=entry.text,
        doubt=doubt,
        guessed=share.guessed,
    )


def faulty_columns(setup: Setup) -> frozenset[str]:
    """The columns of an item of which nothing can be told where they hold something impossible."""
    return OF_ITEMS | {OF_LETTERS} if setup.notice_reminder else OF_ITEMS


def open_item(entry: Entry, changed: Changed, *, accepted: bool) -> OpenItem:
    """An entry as an open item; `accepted`: it was marked as sent to collection.

    Where it is not marked so any more and something remains, a person wants it back. What is settled is not asked
    about: the ERP clears its marks by itself.
    """
    wanted_back = accepted and entry.exemption != SENT and entry.remaining_ore > 0
    return OpenItem(
        entry=entry.key,
        customer_no=entry.customer,
        amount_ore=entry.amount_ore,
        remaining_ore=entry.remaining_ore,
        settlements=changed.settlements,
        wanted_back=f"ExcRem {entry.exemption}" if wanted_back else "",
        fault=changed.fault,
    )


class Around(msgspec.Struct, frozen=True):
    """What stands around an open item: its customer and the preferences set there, the currency, sums and drafts."""

    debtor: Party
    currency: str
    preferences: int = 0
    balance_ore: int = 0
    unmatched_ore: int = 0
    drafts: int = 0


def standing(entry: Entry, around: Around, setup: Setup) -> Standing:
    """How an open item stands that has no fault."""
    dated = needed_day(entry.voucher_date)
    meaning = setup.meaning(entry.voucher_type)
    facts = LedgerFacts(
        remaining_ore=entry.remaining_ore,
        customer_balance_ore=around.balance_ore,
        unmatched_credits_ore=around.unmatched_ore,
        draft_vouchers=around.drafts,
        voucher_meaning=meaning.value if meaning else str(entry.voucher_type),
        already_sent=entry.exemption == SENT,
        exempt_from_dunning=entry.exemption == EXEMPT_FROM_REMINDERS
        or _bit(around.preferences, setup.no_reminders_bit),
        exempt_from_collection=entry.exemption == EXEMPT_FROM_COLLECTION,
    )
    return Standing(
        invoice_no=invoice_no_of(entry),
        kid=entry.kid,
        invoice_date=dated,
        due_date=day_of(entry.due_date) or dated,
        currency=around.currency,
        sub_ledger_type=setup.sub_ledger_type,
        debtor=around.debtor,
        facts=facts,
    )


def _bit(bits: int, place: int) -> bool:
    """Whether a bit is set; places are counted from 1, and 0 is a place that nobody knows."""
    return place > 0 and bool(bits >> (place - 1) & 1)


def party(number: int, row: Mapping[str, Any] | None, country: str, setup: Setup) -> Party:
    """A customer as a party; without a row, nothing but the number.

    A business is who has a valid organisation number and is not said to be private. Everybody else is a person: a
    business that is taken for one keeps rights that it does not have, a person who is taken for one loses them.
    """
    known = {name: text_of(value) for name, value in (row or {}).items()}
    number_of = known.get("organisation_no", "")
    private = _bit(int((row or {}).get("preferences") or 0), setup.private_bit)
    business = organisation_number.is_valid(number_of) and not private
    identity = known.get("identity_no", "")
    if not identity and not business and identity_number.is_valid(number_of):
        identity = number_of
    lines = [known.get(f"address_{place}", "") for place in (1, 2, 3)]
    return Party(
        customer_no=number,
        kind=PartyKind.BUSINESS if business else PartyKind.PERSON,
        name=known.get("name", ""),
        identity_number="" if business else identity,
        organisation_number=number_of if business else "",
        address="\n".join(line for line in lines if line),
        postcode=known.get("postcode", ""),
        place=known.get("place", ""),
        country=country,
    )


def letters(reminders: int, reminded_on: int, setup: Setup) -> tuple[Letter, ...]:
    """The statutory notice, where the set-up says which reminder it is, and the last one sent is that one."""
    sent_on = day_of(reminded_on)
    if not setup.notice_reminder or reminders != setup.notice_reminder or sent_on is None:
        return ()
    return (Letter(LetterKind.NOTICE, sent_on, sent_on + timedelta(days=setup.notice_days)),)
