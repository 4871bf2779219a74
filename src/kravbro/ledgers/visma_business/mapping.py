"""From rows of Visma Business to the values of the port. Pure: nothing here asks the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from kravbro.core.claims import LedgerFacts, Letter, LetterKind, TransactionKind
from kravbro.core.errors import DataFault
from kravbro.core.identifiers import identity_number, organisation_number
from kravbro.core.money import checked_ore
from kravbro.core.parties import Party, PartyKind
from kravbro.ledgers.visma_business.attribution import Row, attribute
from kravbro.ledgers.visma_business.moments import day_of
from kravbro.ledgers.visma_business.queries import JOURNAL
from kravbro.ledgers.visma_business.setup import INT32_MAX, Meaning, Setup
from kravbro.mirror.source import OpenItem, Settlement, Standing

EXEMPT_FROM_REMINDERS, EXEMPT_FROM_COLLECTION, SENT = 1, 2, 3
"""What `ExcRem` says of an open item."""
_KINDS = {
    Meaning.PAYMENT: TransactionKind.PAYMENT,
    Meaning.CREDIT_NOTE: TransactionKind.CREDIT_NOTE,
    Meaning.CORRECTION: TransactionKind.CORRECTION,
    Meaning.WRITE_OFF_BOOKS_ONLY: TransactionKind.WRITE_OFF_BOOKS_ONLY,
    Meaning.WRITE_OFF_CLAIM_ENDED: TransactionKind.WRITE_OFF_CLAIM_ENDED,
}


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A row of `CustTr`, its amounts in øre, its days still as numbers."""

    key: int
    customer: int
    amount_ore: int
    remaining_ore: int
    status: int
    exemption: int
    proposal: int
    voucher_no: int
    voucher_date: int
    voucher_type: int
    due_date: int
    invoice_no: str
    kid: str
    reference: str
    cross_reference: str
    currency: int
    text: str
    changed_on: int
    reminders: int
    reminded_on: int
    no_interest: str


class OurLine(msgspec.Struct, frozen=True, gc=False):
    """A line of one of our vouchers as it was delivered."""

    voucher_no: int
    line_no: int
    key: str
    customer: int
    entry: int
    amount_ore: int


def key_of(journal: int, number: int) -> int:
    """The key of an entry. Raises DataFault `visma_business.entry_number` for numbers that do not fit in one."""
    if not 0 <= journal <= INT32_MAX or not 0 <= number < JOURNAL:
        raise DataFault("visma_business.entry_number", journal=journal, number=number)
    return journal * JOURNAL + number


def ore_of(amount: Decimal | None, company: int, entry: int) -> int:
    """Kroner as whole øre. Raises DataFault `visma_business.not_whole_ore` for a part of an øre."""
    if amount is None:
        return 0
    ore = amount.scaleb(2)
    if ore != ore.to_integral_value():
        raise DataFault("visma_business.not_whole_ore", company=company, entry=entry, amount=str(amount))
    return checked_ore(int(ore))


def entry_of(row: Sequence[Any], company: int) -> Entry:
    """An entry from a row of `ENTRY_COLUMNS` and `ALSO_COLUMNS`. Raises as `key_of` and `ore_of` do."""
    journal, number, customer, amount, remaining, *numbers = row[:12]
    status, exemption, proposal, voucher_no, voucher_date, voucher_type, due_date = numbers
    invoice_no, kid, reference, cross_reference, currency, text = row[12:18]
    changed_on, _, reminders, reminded_on, no_interest = row[18:]
    key = key_of(journal, number)
    return Entry(
        key=key,
        customer=customer or 0,
        amount_ore=ore_of(amount, company, key),
        remaining_ore=ore_of(remaining, company, key),
        status=status or 0,
        exemption=exemption or 0,
        proposal=proposal or 0,
        voucher_no=voucher_no or 0,
        voucher_date=voucher_date or 0,
        voucher_type=voucher_type or 0,
        due_date=due_date or 0,
        invoice_no=_text(invoice_no),
        kid=_text(kid),
        reference=_text(reference),
        cross_reference=_text(cross_reference),
        currency=currency or 0,
        text=_text(text),
        changed_on=changed_on or 0,
        reminders=reminders or 0,
        reminded_on=reminded_on or 0,
        no_interest=_text(no_interest),
    )


def _text(value: Any) -> str:
    """A text as it is meant: columns of fixed width are filled up with blanks."""
    return str(value).strip() if value else ""


def takes_back(entries: Iterable[Entry], setup: Setup) -> bool:
    """Whether any of these debits a customer and is no invoice: a payment that is taken back, a correction."""
    return any(one.amount_ore > 0 and setup.meaning(one.voucher_type) is not Meaning.INVOICE for one in entries)


def our_rows(entries: Iterable[Entry], lines: Sequence[OurLine], setup: Setup) -> dict[int, OurLine]:
    """Which of our lines each entry of our vouchers is, by the entry's key. All are one customer's.

    An entry is ours by voucher type and series. Which line it is, is known by the reference that it was delivered with;
    where a person has changed that, by the amount; and where that is changed too, by the order. The text says nothing.
    """
    left: dict[int, list[OurLine]] = {}
    for line in lines:
        left.setdefault(line.voucher_no, []).append(line)
    ours = [one for one in entries if one.voucher_type == setup.voucher_type and one.voucher_no in left]
    known: dict[int, OurLine] = {}
    for is_line in (_by_reference, _by_amount, _by_side):
        for entry in sorted(ours, key=lambda one: one.key):
            same = [line for line in left[entry.voucher_no] if is_line(entry, line)]
            if entry.key not in known and same:
                known[entry.key] = same[0]
                left[entry.voucher_no].remove(same[0])
    return known


def _by_reference(entry: Entry, line: OurLine) -> bool:
    return entry.reference == line_reference(line.voucher_no, line.line_no)


def _by_amount(entry: Entry, line: OurLine) -> bool:
    return entry.amount_ore == line.amount_ore


def _by_side(entry: Entry, line: OurLine) -> bool:
    return entry.amount_ore * line.amount_ore > 0


def line_reference(voucher_no: int, line_no: int) -> str:
    """What stands in `Ref` of a line of ours, and in no other.

    >>> line_reference(900017, 3)
    '900017/3'
    """
    return f"{voucher_no}/{line_no}"


def settlements(
    entries: Sequence[Entry], ours: Mapping[int, OurLine], setup: Setup, company: int
) -> dict[int, tuple[Settlement, ...]]:
    """What has changed what remains of each invoice of one customer, by the invoice's key."""
    invoices, others = [], []
    for entry in entries:
        if setup.meaning(entry.voucher_type) is Meaning.INVOICE and entry.amount_ore > 0:
            invoices.append(_row(entry, 0))
        elif entry.key in ours or setup.meaning(entry.voucher_type) in _KINDS:
            line = ours.get(entry.key)
            others.append(_row(entry, line.entry if line else 0))
    moving = [row for row in others if row.settled_ore]
    if not moving:
        return {}
    known = {entry.key: entry for entry in entries}
    found: dict[int, tuple[Settlement, ...]] = {}
    for item, shares in attribute(invoices, moving).items():
        told = []
        for share in shares:
            key, line = share.row.key, ours.get(share.row.key)
            meaning = Meaning.PAYMENT if line else setup.meaning(known[key].voucher_type)
            one = _settlement(known[key], share.amount_ore, meaning or Meaning.PAYMENT, company)
            told.append(_by_us(one, line) if line and line.entry == item else one)
        found[item] = tuple(told)
    return found


def _by_us(settlement: Settlement, line: OurLine) -> Settlement:
    """As the doing of our line: what a person matches our money with beside its item is the ledger's own doing."""
    return msgspec.structs.replace(settlement, voucher_key=line.key, line_no=line.line_no)


def _row(entry: Entry, settles: int) -> Row:
    return Row(
        key=entry.key,
        amount_ore=entry.amount_ore,
        remaining_ore=entry.remaining_ore,
        voucher_no=str(entry.voucher_no),
        invoice_no=entry.invoice_no,
        kid=entry.kid,
        reference=entry.reference,
        cross_reference=entry.cross_reference,
        settles=settles,
    )


def _settlement(entry: Entry, amount_ore: int, meaning: Meaning, company: int) -> Settlement:
    kind = _KINDS[meaning]
    if kind is TransactionKind.PAYMENT and amount_ore > 0:
        kind = TransactionKind.REVERSAL
    dated = _needed_day(entry.voucher_date, company, entry.key)
    return Settlement(
        key=entry_name(entry.key),
        amount_ore=amount_ore,
        kind=kind,
        booked_on=day_of(entry.changed_on, company, entry.key) or dated,
        dated=dated,
        voucher_no=str(entry.voucher_no),
        text=entry.text,
    )


def entry_name(key: int) -> str:
    """An entry as users see it: journal and number.

    >>> entry_name(17_000_000_003)
    '17/3'
    """
    journal, number = divmod(key, JOURNAL)
    return f"{journal}/{number}"


def _needed_day(number: int, company: int, entry: int) -> date:
    day = day_of(number, company, entry)
    if day is None:
        raise DataFault("visma_business.bad_day", company=company, entry=entry, found=number)
    return day


def open_item(entry: Entry, changes: tuple[Settlement, ...], *, accepted: bool) -> OpenItem:
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
        settlements=changes,
        wanted_back=f"ExcRem {entry.exemption}" if wanted_back else "",
    )


class Around(msgspec.Struct, frozen=True):
    """What stands around an open item: its customer's row of `Actor` (None: none), sums and drafts, and ISO codes."""

    customer: Mapping[str, Any] | None
    currency: str
    country: str = "NO"
    balance_ore: int = 0
    unmatched_ore: int = 0
    drafts: int = 0


def standing(entry: Entry, around: Around, setup: Setup, company: int) -> Standing:
    """How an open item stands. Raises DataFault `visma_business.bad_day` for an entry without a date."""
    dated = _needed_day(entry.voucher_date, company, entry.key)
    meaning = setup.meaning(entry.voucher_type)
    preferences = int((around.customer or {}).get("preferences") or 0)
    facts = LedgerFacts(
        remaining_ore=entry.remaining_ore,
        customer_balance_ore=around.balance_ore,
        unmatched_credits_ore=around.unmatched_ore,
        draft_vouchers=around.drafts,
        voucher_meaning=meaning.value if meaning else str(entry.voucher_type),
        already_sent=entry.exemption == SENT,
        exempt_from_dunning=entry.exemption == EXEMPT_FROM_REMINDERS or _bit(preferences, setup.no_reminders_bit),
        exempt_from_collection=entry.exemption == EXEMPT_FROM_COLLECTION,
    )
    return Standing(
        invoice_no=entry.invoice_no or str(entry.voucher_no),
        kid=entry.kid,
        invoice_date=dated,
        due_date=day_of(entry.due_date, company, entry.key) or dated,
        currency=around.currency,
        sub_ledger_type=setup.sub_ledger_type,
        debtor=party(entry.customer, around.customer, around.country, setup),
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
    known = {name: str(value or "").strip() for name, value in (row or {}).items()}
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


def letters(reminders: int, reminded_on: int, setup: Setup, company: int, entry: int) -> tuple[Letter, ...]:
    """The statutory notice, where the set-up says which reminder it is, and the last one sent is that one."""
    sent_on = day_of(reminded_on, company, entry)
    if not setup.notice_reminder or reminders != setup.notice_reminder or sent_on is None:
        return ()
    return (Letter(LetterKind.NOTICE, sent_on, sent_on + timedelta(days=setup.notice_days)),)
