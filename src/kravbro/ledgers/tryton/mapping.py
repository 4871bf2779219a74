"""Tryton's records as the values of the mirror: lines, kinds, parties, letters. Pure: rows in, values out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from kravbro.core.claims import Letter, TransactionKind
from kravbro.core.identifiers import kid
from kravbro.core.parties import Party, PartyKind
from kravbro.ledgers.tryton.address import Address
from kravbro.ledgers.tryton.values import ore
from kravbro.ledgers.tryton.wire import Row
from kravbro.mirror.source import Settlement

LINE_FIELDS = (
    "debit",
    "credit",
    "maturity_date",
    "description",
    "origin",
    "move.number",
    "move.date",
    "move.post_date",
    "move.state",
    "move.description",
    "move.origin",
    "move.journal.code",
    "move.journal.type",
)
"""What `line_of` reads of an `account.move.line`."""
_OF_TYPE = {"cash": TransactionKind.PAYMENT, "revenue": TransactionKind.CREDIT_NOTE}
_NUMBERED = re.compile(r"#(\d{1,9}) ?")
_BUSINESS, _PERSON = ("no_orgnr", "no_mva"), ("no_fodselsnummer",)
LANGUAGES = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en"}


class Line(msgspec.Struct, frozen=True, gc=False):
    """A receivable line with its voucher: what it changes (øre), and what tells where it belongs.

    `origin` is the line, and `of_invoice` the invoice, that it says it comes from; `pays` the invoice that people put
    it on. `key` and `line_no` are those of the collector's voucher, where it is one.
    """

    id: int
    change_ore: int
    due: date
    origin: int
    of_invoice: int
    pays: int
    posted: bool
    dated: date
    posted_on: date
    number: str
    text: str
    journal: str
    journal_type: str
    key: str = ""
    line_no: int = 0


def references(reference: str | None, model: str) -> int:
    """The id in a reference to a record of the model, such as `account.invoice,17`; 0 for any other."""
    name, _, number = (reference or "").partition(",")
    return int(number) if name == model and number.isdigit() else 0


def line_of(row: Row, journal: str) -> Line:
    """A line from a row with `LINE_FIELDS`; `journal` is ours. Raises DataFault `tryton.not_whole_ore`."""
    move = row["move."]
    code, kind = move["journal."]["code"] or "", move["journal."]["type"]
    text = row["description"] or ""
    numbered = _NUMBERED.match(text) if code == journal and move["description"] else None
    paid = row.get("invoice_payments") or [0]
    return Line(
        id=row["id"],
        change_ore=change(row["debit"], row["credit"], row["id"]),
        due=row["maturity_date"] or move["date"],
        origin=references(row["origin"], "account.move.line"),
        of_invoice=references(move["origin"], "account.invoice"),
        pays=paid[0],
        posted=move["state"] == "posted",
        dated=move["date"],
        posted_on=move["post_date"] or move["date"],
        number=move["number"] or "",
        text=text[numbered.end() :] if numbered else text or move["description"] or "",
        journal=code,
        journal_type=kind,
        key=move["description"] if numbered else "",
        line_no=int(numbered[1]) if numbered else 0,
    )


def change(debit: Decimal, credit: Decimal, line: int) -> int:
    """What a line changes, in øre. Raises DataFault `tryton.not_whole_ore`."""
    return ore(debit - credit, f"account.move.line,{line}")


def line_text(line_no: int, text: str, department: str, project: str) -> str:
    """What we write on a line of our own voucher: its number, by which it is known again, and the text."""
    beside = [f"{name} {value}" for name, value in (("avd.", department), ("prosjekt", project)) if value]
    return " ".join([f"#{line_no}", text, *([f"({', '.join(beside)})"] if beside else [])]).strip()


def kind_of(line: Line, amount_ore: int, claim: Line, address: Address) -> TransactionKind:
    """What a line means for the claim that it settles by so much.

    What a site says of a journal comes first; a line that is the claim's own line turned round cancels the invoice. A
    voucher of the invoice itself in a sales journal puts what is owed on other lines (a rescheduling): no credit note.
    """
    said = dict(address.kinds).get(line.journal)
    if said is not None:
        kind = said
    elif line.key:
        kind = TransactionKind.PAYMENT
    elif line.origin == claim.id:
        kind = TransactionKind.CREDIT_NOTE
    elif line.journal_type == "write-off":
        ended = line.journal in address.claim_ended
        kind = TransactionKind.WRITE_OFF_CLAIM_ENDED if ended else TransactionKind.WRITE_OFF_BOOKS_ONLY
    elif line.journal_type == "revenue" and line.of_invoice and line.of_invoice == claim.of_invoice:
        kind = TransactionKind.CORRECTION
    else:
        kind = _OF_TYPE.get(line.journal_type, TransactionKind.CORRECTION)
    return TransactionKind.REVERSAL if kind is TransactionKind.PAYMENT and amount_ore > 0 else kind


def settlement(line: Line, amount_ore: int, claim: Line, address: Address) -> Settlement:
    """What a line has changed of a claim: all of it, or its part of a voucher that settles several."""
    return Settlement(
        key=str(line.id),
        amount_ore=amount_ore,
        kind=kind_of(line, amount_ore, claim, address),
        booked_on=line.posted_on,
        dated=line.dated,
        voucher_no=line.number,
        text=line.text,
        voucher_key=line.key,
        line_no=line.line_no,
    )


PARTY_FIELDS = (
    "name",
    "dunning_procedure",
    "lang.code",
    "identifiers.type",
    "identifiers.code",
    "addresses.street",
    "addresses.postal_code",
    "addresses.city",
    "addresses.invoice",
    "addresses.country.code",
)
"""What `party_of` reads of a `party.party`."""


def party_of(row: Row) -> Party:
    """A customer. Tryton does not say what is a person: who has an organisation number is a business, others are not.

    So whoever has no number at all has a person's rights. The address is the one for invoices, or the first.
    """
    numbers = {one["type"]: one["code"] or "" for one in reversed(row["identifiers."])}
    organisation = _first(numbers, _BUSINESS).upper().removesuffix("MVA").removeprefix("NO").strip()
    address = next((one for one in row["addresses."] if one["invoice"]), next(iter(row["addresses."]), None))
    return Party(
        customer_no=row["id"],
        kind=PartyKind.BUSINESS if organisation else PartyKind.PERSON,
        name=row["name"] or "",
        identity_number=_first(numbers, _PERSON),
        organisation_number=organisation,
        address=(address["street"] or "") if address else "",
        postcode=(address["postal_code"] or "") if address else "",
        place=(address["city"] or "") if address else "",
        country=_country(address),
        language=LANGUAGES.get(((row["lang."] or {}).get("code") or "")[:2], ""),
    )


def _first(numbers: dict[str, str], kinds: Iterable[str]) -> str:
    return next((numbers[kind] for kind in kinds if numbers.get(kind)), "")


def _country(address: Row | None) -> str:
    """ISO 3166 alpha-2; Norway where nothing is said."""
    return ((address or {}).get("country.") or {}).get("code") or "NO"


def kid_of(reference: str | None) -> str:
    """An invoice's payment reference where it is a KID; empty for any other, such as a creditor reference (RF)."""
    compact = "".join((reference or "").split())
    if not compact.isascii() or not compact.isdigit():
        return ""
    return compact if any(kid.is_valid(compact, method) for method in kid.METHODS) else ""


def letters_of(processed: Sequence[date], level: int, address: Address) -> tuple[Letter, ...]:
    """The letters that processing has sent of a dunning at a level, by the days on which it was processed.

    A dunning goes one level at a time. Where the days do not fit the level, somebody has set it by hand: nothing that
    was not sent is told, so none is.
    """
    if len(processed) != level:
        return ()
    of_level = {letter.level: letter for letter in address.letters}
    sent = [(of_level[place], day) for place, day in enumerate(processed, 1) if place in of_level]
    return tuple(Letter(letter.kind, day, date.fromordinal(day.toordinal() + letter.days)) for letter, day in sent)
