"""Tryton's records as ours: what a line means, who a customer is, which letters were sent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from kravbro.core.claims import Letter, LetterKind, TransactionKind
from kravbro.core.parties import PartyKind
from kravbro.ledgers.tryton.address import Address, LetterOfLevel
from kravbro.ledgers.tryton.mapping import kid_of, kind_of, letters_of, line_of, line_text, party_of, references
from tests.ledgers.tryton.canned import line_row
from tests.ledgers.tryton.lines import line

ADDRESS = Address(
    "https://erp.example.no", "db", "u", kinds=(("VIPPS", TransactionKind.PAYMENT),), claim_ended=("TAP",)
)
CLAIM = line(5, 100, of_invoice=10)


@pytest.mark.parametrize(
    ("journal", "journal_type", "amount_ore", "kind"),
    [
        ("BANK", "cash", -1, "payment"),
        ("BANK", "cash", 1, "reversal"),
        ("SALG", "revenue", -1, "credit_note"),
        ("DIV", "general", -1, "correction"),
        ("DIV", "general", 1, "correction"),
        ("EXC", "write-off", -1, "write_off_books_only"),
        ("TAP", "write-off", -1, "write_off_claim_ended"),
        ("VIPPS", "general", -1, "payment"),
        ("VIPPS", "general", 1, "reversal"),
        ("INN", "expense", -1, "correction"),
        ("ÅR", "situation", -1, "correction"),
    ],
)
def test_a_journal_says_what_a_line_means(journal: str, journal_type: str, amount_ore: int, kind: str) -> None:
    booked = replace(line(9, amount_ore, kind=journal_type), journal=journal)

    assert kind_of(booked, amount_ore, CLAIM, ADDRESS) == kind


def test_a_claim_turned_round_is_credited_and_our_own_voucher_pays() -> None:
    assert kind_of(line(9, -1, origin=CLAIM.id, kind="revenue"), -1, CLAIM, ADDRESS) is TransactionKind.CREDIT_NOTE
    ours = replace(line(9, -1, origin=CLAIM.id, kind="general"), key="k-1", line_no=3)
    assert kind_of(ours, -1, CLAIM, ADDRESS) is TransactionKind.PAYMENT


def test_what_moves_an_invoice_to_other_lines_is_no_credit_note() -> None:
    moved = line(9, -100, of_invoice=10, kind="revenue")

    assert kind_of(moved, -100, CLAIM, ADDRESS) is TransactionKind.CORRECTION
    assert kind_of(replace(moved, of_invoice=11), -100, CLAIM, ADDRESS) is TransactionKind.CREDIT_NOTE


def test_a_line_of_ours_is_known_by_journal_key_and_number() -> None:
    row = line_row(9, "-10.00", description=line_text(3, "Betalt", "10", "P7"))
    row["move."] |= {"description": "k-1", "journal.": {"code": "KRAV", "type": "general"}}
    ours = line_of(row, "KRAV")

    assert (ours.key, ours.line_no, ours.text) == ("k-1", 3, "Betalt (avd. 10, prosjekt P7)")
    assert line_of(row, "EXT").key == ""
    assert line_of(row | {"description": "Betalt"}, "KRAV").key == ""


def test_a_line_is_read_with_what_is_missing_left_empty() -> None:
    read = line_of(line_row(9, "-10.05", origin="account.invoice.line,4", invoice_payments=[]), "KRAV")

    assert (read.change_ore, read.due, read.origin, read.pays, read.text) == (-10_05, date(2026, 1, 2), 0, 0, "")


@pytest.mark.parametrize(
    ("reference", "number"),
    [(None, 0), ("", 0), ("account.move,7", 0), ("account.move.line,7", 7), ("account.move.line,-1", 0)],
)
def test_references(reference: str | None, number: int) -> None:
    assert references(reference, "account.move.line") == number


def customer(*numbers: tuple[str, str], **others: Any) -> dict[str, Any]:
    identifiers = [{"type": kind, "code": code} for kind, code in numbers]
    address = {"street": "Storgata 1", "postal_code": "0155", "city": "Oslo", "invoice": False, "country.": None}
    row = {"id": 3, "name": "Kari", "identifiers.": identifiers, "addresses.": [address], "lang.": None}
    return row | others


def test_who_has_an_organisation_number_is_a_business_and_others_have_a_persons_rights() -> None:
    business = party_of(customer(("no_mva", "974760673MVA"), ("no_orgnr", "974760673")))
    person = party_of(customer(("no_fodselsnummer", "15076500565")))

    assert (business.kind, business.organisation_number) == (PartyKind.BUSINESS, "974760673")
    assert party_of(customer(("no_mva", "NO 974760673 MVA"))).organisation_number == "974760673"
    assert (person.kind, person.identity_number) == (PartyKind.PERSON, "15076500565")
    assert party_of(customer(("eu_vat", "SE556703748501"))).kind is PartyKind.PERSON


def test_the_address_for_invoices_comes_first() -> None:
    home = {"street": "Storgata 1", "postal_code": "0155", "city": "Oslo", "invoice": False, "country.": None}
    bills = home | {"street": "Postboks 2", "invoice": True, "country.": {"code": "SE"}}
    party = party_of(customer(**{"addresses.": [home, bills], "lang.": {"code": "nb_NO"}}))

    assert (party.address, party.country, party.language) == ("Postboks 2", "SE", "nb")
    bare = party_of(customer(**{"addresses.": []}))
    assert (bare.address, bare.postcode, bare.country, bare.language) == ("", "", "NO", "")


@pytest.mark.parametrize(
    ("reference", "kid"),
    [(None, ""), ("RF37 2026 1", ""), ("1234 56782", "123456782"), ("123456785", "123456785"), ("123456780", "")],
)
def test_only_a_kid_is_taken_for_one(reference: str | None, kid: str) -> None:
    assert kid_of(reference) == kid


def test_letters_follow_the_levels_that_were_processed() -> None:
    notice = LetterOfLevel(2, LetterKind.NOTICE, 14)
    address = replace(ADDRESS, letters=(LetterOfLevel(1, LetterKind.REMINDER, 10), notice))
    first, second, third = date(2026, 1, 5), date(2026, 1, 20), date(2026, 2, 10)

    assert letters_of([first, second, third], 3, address) == (
        Letter(LetterKind.REMINDER, first, date(2026, 1, 15)),
        Letter(LetterKind.NOTICE, second, date(2026, 2, 3)),
    )
    assert letters_of([first], 3, address) == ()
    assert letters_of([], 0, address) == ()
