"""What the demo's companies have in their books on the business date: pure data, the same every time.

Company 1 is a municipality that collects its own claims; the others are clients of an agency that collects for them,
company 2 a plumber. Most invoices are plain; each reason of the gate has at least two invoices of its own. A `Size`
says which companies there are, and scales the plain invoices only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from kravbro.bootstrap.demo.people import business, person
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.identifiers import kid
from kravbro.core.parties import Party

DEMO_DATE = date(2026, 11, 16)
MUNICIPALITY = 1
PLUMBER = 2
FEES, RENT, DAYCARE, CUSTOMERS = "KOMAVG", "HUSLEIE", "BHG", "KUNDE"
INVOICE_KID_LENGTH = 15
OWES_MANY, PROTECTED, LIVES_ABROAD = 7, 16, 19
"""Which of sixty debtors owe several creditors, have a protected address, or live abroad: persons all of them."""
PROTECTED_STREET = "Fjellstien"
DAYCARE_ORDINALS = frozenset({0, 8})
ADDRESSES_ABROAD = (("Drottninggatan 4", "111 51", "Stockholm", "SE"), ("Vestergade 9", "8000", "Aarhus", "DK"))
LETTER_FEE_ORE = 35_00
"""What these creditors charged with a letter; not above the maximum of any year shown."""


class Scenario(StrEnum):
    """Why an invoice is in the demo."""

    PLAIN = "plain"
    SENT_TWICE = "sent twice"
    EXEMPT_FROM_DUNNING = "exempt from dunning"
    EXEMPT_FROM_COLLECTION = "exempt from collection"
    TOO_NEW = "too new"
    PAID_AFTER_APPROVAL = "paid after approval"
    TOO_SMALL = "too small"
    UNMATCHED_PAYMENT = "unmatched payment"
    DRAFT_PAYMENT = "draft payment"
    CREDIT_BALANCE = "credit balance"
    NO_NAME = "no name"
    NO_POSTCODE = "no postcode"
    INTEREST_NOTE = "interest note"
    EUROS = "euros"
    BARRED = "barred"
    NO_NOTICE = "no notice"
    NO_IDENTITY_NUMBER = "no identity number"
    NO_ORGANISATION_NUMBER = "no organisation number"
    ABROAD = "abroad"
    HANDED_OVER = "handed over before"


class Invoice(msgspec.Struct, frozen=True):
    """One open item of the demo, amounts in øre."""

    ordinal: int
    scenario: Scenario
    debtor: Party
    exempt_from_dunning: bool
    exempt_from_collection: bool
    sub_ledger_type: str
    voucher_type: str
    invoice_no: str
    kid: str
    dated: date
    due: date
    amount_ore: int
    currency: str
    interest_before_due_ore: int
    letters: tuple[Letter, ...]


class BankLines(msgspec.Struct, frozen=True):
    """How many lines with money for cases the bank's files have at most, by company: on its own account, on the
    agency's client account, and on the account for day care.
    """

    own: dict[int, int]
    client: dict[int, int]
    daycare: int


class Size(msgspec.Struct, frozen=True):
    """How many plain invoices each company has, by number, beside those that the scenarios need.

    In a full office everything happens that can: people beside the debtors, a client account with a file of its own,
    corrections, claims that go back, money placed, moved and refunded by hand, costs and interest charged and waived,
    older cases converted. It has `lines`. Otherwise only the main job is done, and three of five cases get money.
    """

    plain: dict[int, int]
    lines: BankLines | None = None

    @property
    def companies(self) -> tuple[int, ...]:
        """The companies' numbers."""
        return tuple(self.plain)

    @property
    def full_office(self) -> bool:
        """Whether everything happens that can."""
        return self.lines is not None


CLIENTS = tuple(range(2, 12))
"""The companies that the agency collects for."""
CONVERTED, HANDED_OVER = 3, 5
"""The client that had invoices collected before Kravbro was there, and how many."""
WHOLE = Size(
    {MUNICIPALITY: 666, PLUMBER: 162} | dict.fromkeys(CLIENTS[1:], 117) | {CONVERTED: 117 - HANDED_OVER},
    BankLines({MUNICIPALITY: 192, PLUMBER: 46}, {PLUMBER: 22} | dict.fromkeys(CLIENTS[1:], 20), 42),
)
"""Eleven companies with 2,000 invoices, and 500 payments with those that cannot be placed."""
FULL_AND_SMALL = Size(
    {MUNICIPALITY: 45, PLUMBER: 30, 3: 40}, BankLines({MUNICIPALITY: 14, PLUMBER: 8}, {PLUMBER: 6, 3: 12}, 6)
)
SMALL = Size({MUNICIPALITY: 9, PLUMBER: 5})
OF_A_CLIENT = (
    Scenario.PAID_AFTER_APPROVAL,
    Scenario.TOO_SMALL,
    Scenario.BARRED,
    Scenario.NO_IDENTITY_NUMBER,
    Scenario.ABROAD,
)
"""What each client of the agency beside the plumber has an invoice of."""


def invoices(company: int, size: Size) -> tuple[Invoice, ...]:
    """Every overdue open item of one company."""
    return tuple(_invoices(company, [Scenario.PLAIN] * size.plain[company] + _scenarios(company), size))


def handed_over(company: int, size: Size) -> tuple[Invoice, ...]:
    """Those that somebody collected before Kravbro was there; a debtor may have several."""
    if company != CONVERTED:
        return ()
    return tuple(one for one in invoices(company, size) if one.scenario is Scenario.HANDED_OVER)


def _scenarios(company: int) -> list[Scenario]:
    if company not in {MUNICIPALITY, PLUMBER}:
        return [*OF_A_CLIENT, *[Scenario.HANDED_OVER] * (HANDED_OVER if company == CONVERTED else 0)]
    scenarios: list[Scenario] = []
    left_out = {Scenario.PLAIN, Scenario.HANDED_OVER} | ({Scenario.SENT_TWICE} if company == PLUMBER else set())
    for scenario in Scenario:
        if scenario not in left_out:
            scenarios += [scenario, scenario]
    return scenarios + [Scenario.PAID_AFTER_APPROVAL] * (4 if company == PLUMBER else 0)


def _invoices(company: int, scenarios: list[Scenario], size: Size) -> Iterator[Invoice]:
    for ordinal, scenario in enumerate(scenarios, start=1):
        due = _due(ordinal, scenario)
        invoice_no = f"{company}{ordinal:06d}"
        yield Invoice(
            ordinal=ordinal,
            scenario=scenario,
            debtor=_debtor(company, ordinal, scenario),
            exempt_from_dunning=scenario is Scenario.EXEMPT_FROM_DUNNING,
            exempt_from_collection=scenario is Scenario.EXEMPT_FROM_COLLECTION,
            sub_ledger_type=_sub_ledger_type(company, ordinal, scenario, size),
            voucher_type="RN" if scenario is Scenario.INTEREST_NOTE else "FA",
            invoice_no=invoice_no,
            kid=kid.make(invoice_no.zfill(INVOICE_KID_LENGTH - 1), "mod10"),
            dated=due - timedelta(days=21),
            due=due,
            amount_ore=_amount_ore(ordinal, scenario),
            currency="EUR" if scenario is Scenario.EUROS else "NOK",
            interest_before_due_ore=12_50 if scenario is Scenario.PLAIN and ordinal % 11 == 0 else 0,
            letters=_letters(ordinal, scenario, due),
        )


def _due(ordinal: int, scenario: Scenario) -> date:
    """Due dates over three years before the demo's date; the newest plain ones fell due two months before it."""
    if scenario is Scenario.TOO_NEW:
        return DEMO_DATE - timedelta(days=16)
    if scenario is Scenario.BARRED:
        return DEMO_DATE - timedelta(days=3 * 365 + 30 + ordinal % 20)
    return DEMO_DATE - timedelta(days=60 + ordinal * 37 % 1000)


def _sub_ledger_type(company: int, ordinal: int, scenario: Scenario, size: Size) -> str:
    """A full municipality has parents of children in day care too."""
    if company != MUNICIPALITY:
        return CUSTOMERS
    if scenario is Scenario.SENT_TWICE:
        return RENT
    return DAYCARE if size.full_office and scenario is Scenario.PLAIN and ordinal % 9 in DAYCARE_ORDINALS else FEES


def _amount_ore(ordinal: int, scenario: Scenario) -> int:
    if scenario is Scenario.TOO_SMALL:
        return 95_00 + ordinal
    return 450_00 + ordinal * 7919 % 9000 * 100 + ordinal * 31 % 100


def _debtor(company: int, ordinal: int, scenario: Scenario) -> Party:
    """Every third plain invoice shares the debtor of the one before it, so that cases have several claims; of those
    handed over before some do as well.

    Of sixty debtors of a client two owe the municipality as well, and one lives abroad.
    """
    shares = scenario in {Scenario.PLAIN, Scenario.HANDED_OVER} and ordinal % 3 == 0
    number = company * 10_000 + (ordinal - 1 if shares else ordinal)
    is_business = number % 5 == 0 or scenario is Scenario.NO_ORGANISATION_NUMBER
    party = business(number) if is_business and scenario is not Scenario.NO_IDENTITY_NUMBER else person(number)
    if scenario is Scenario.PLAIN:
        party = _as_sixtieth(party, company, ordinal)
    return msgspec.structs.replace(party, **_lacking(scenario))


def _as_sixtieth(party: Party, company: int, ordinal: int) -> Party:
    """What some of sixty debtors are beside what all are."""
    place, is_further_client = ordinal % 60, company not in {MUNICIPALITY, PLUMBER}
    if is_further_client and place in {OWES_MANY, PROTECTED}:
        party = msgspec.structs.replace(person(MUNICIPALITY * 10_000 + ordinal), customer_no=party.customer_no)
    if place == PROTECTED:
        party = msgspec.structs.replace(party, address=f"{PROTECTED_STREET} {ordinal}")
    if is_further_client and place == LIVES_ABROAD:
        address, postcode, town, country = ADDRESSES_ABROAD[company % len(ADDRESSES_ABROAD)]
        party = msgspec.structs.replace(party, address=address, postcode=postcode, place=town, country=country)
    return party


def _lacking(scenario: Scenario) -> dict[str, str]:
    lacks: dict[Scenario, dict[str, str]] = {
        Scenario.NO_NAME: {"name": ""},
        Scenario.NO_POSTCODE: {"postcode": ""},
        Scenario.NO_IDENTITY_NUMBER: {"identity_number": ""},
        Scenario.NO_ORGANISATION_NUMBER: {"organisation_number": ""},
        Scenario.ABROAD: {"country": "SE", "postcode": "111 22", "place": "Stockholm"},
    }
    return lacks.get(scenario, {})


def _letters(ordinal: int, scenario: Scenario, due: date) -> tuple[Letter, ...]:
    """A reminder with a fee on every second invoice, and the statutory notice with a fee on all but one scenario."""
    reminder_on = due + timedelta(days=15)
    notice_on = due + timedelta(days=30)
    letters: list[Letter] = []
    if ordinal % 2 == 0:
        letters.append(
            Letter(LetterKind.REMINDER, reminder_on, reminder_on + timedelta(days=14), fee_ore=LETTER_FEE_ORE)
        )
    if scenario is Scenario.TOO_NEW:
        return (Letter(LetterKind.NOTICE, due + timedelta(days=1), due + timedelta(days=15)),)
    if scenario is not Scenario.NO_NOTICE:
        interest_ore = 7_25 if ordinal % 7 == 0 else 0
        letters.append(
            Letter(LetterKind.NOTICE, notice_on, notice_on + timedelta(days=14), LETTER_FEE_ORE, interest_ore)
        )
    return tuple(letters)
