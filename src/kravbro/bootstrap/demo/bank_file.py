"""What the debtors of the demo's cases paid and what went wrong, and the bank's file of it in OCR giro.

Of each ten cases six pay: one exactly by its case KID, one exactly by an invoice KID, one in part, one too much, one
twice, and one whose payment the bank takes back. Beside them each account gets money that nobody can be found for.
What is paid depends on the claims as they came in, not on what is paid by now, so it is the same however often it is
made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from kravbro.bootstrap.demo.setting import BANK_ACCOUNTS, CASE_KID_LENGTH
from kravbro.bootstrap.demo.world import DEMO_DATE, INVOICE_KID_LENGTH
from kravbro.core.identifiers import kid
from kravbro.formats import ocr_giro
from kravbro.formats.ocr_giro import Assignment, Transaction, Transmission
from kravbro.office.queries.cases import AcceptedClaim

NETS = "00008080"
RECIPIENT = "00010200"
SETTLED_DAYS, PAID_DAYS = 3, 5
"""How many days before the business date the money came to the account, and the debtors paid."""
SETTLED_ON = DEMO_DATE - timedelta(days=SETTLED_DAYS)
GIRO, REVERSAL, PURCHASE_WITH_TEXT = "10", "18", "21"
LUMPS = 2
OVERPAID_ORE = 250_00
PAYS_NOTHING = 7
"""The place of a case that gets no money by its KID."""


class PayableCase(msgspec.Struct, frozen=True):
    """A case that its debtor may pay."""

    kid: str
    claims: tuple[AcceptedClaim, ...]

    @property
    def total_ore(self) -> int:
        """Everything asked for in the case."""
        return sum(claim.total_ore for claim in self.claims)


class Paid(msgspec.Struct, frozen=True):
    """One line of the bank file before it is numbered."""

    type: str
    kid: str | None
    amount_ore: int
    free_text: str | None = None


class Payments(msgspec.Struct, frozen=True):
    """What the debtors of some cases pay, and the cases that nobody has paid on yet."""

    paid: tuple[Paid, ...]
    others: tuple[PayableCase, ...]


def payments_of(cases: Sequence[PayableCase], most: int | None = None) -> Payments:
    """What comes in on the first cases, `most` lines at most (None: on all of them)."""
    paid: list[Paid] = []
    for place, case in enumerate(cases):
        lines = _by_case(place % 10, case)
        if most is not None and len(paid) + len(lines) > most:
            return Payments(tuple(paid), tuple(cases[place:]))
        paid += lines
    return Payments(tuple(paid), ())


def lost_money(creditor: int, cases: Sequence[PayableCase], *, with_text: bool = False) -> tuple[Paid, ...]:
    """What comes in on an account and cannot be placed; `with_text`: also money whose payer wrote a case number."""
    unknown_case = kid.make(f"{creditor:03d}".ljust(CASE_KID_LENGTH - 1, "9"), "mod10")
    lost = (
        Paid(GIRO, unknown_case, 1_250_00),
        Paid(GIRO, _wrong_check_digit(cases[0].claims[0].invoice_kid), 815_50),
        Paid(GIRO, kid.make("7".zfill(INVOICE_KID_LENGTH - 1), "mod10"), 99_00),
        Paid(PURCHASE_WITH_TEXT, None, 600_00, "Betaling fra mor"),
        Paid(REVERSAL, unknown_case, -75_00),
    )
    if not with_text:
        return lost
    case = cases[PAYS_NOTHING % len(cases)]
    return (*lost, Paid(PURCHASE_WITH_TEXT, None, 450_00, f"Sak {case.claims[0].case_number}"))


def ocr_giro_file(paid_to: Mapping[int, Sequence[Paid]], on: date = DEMO_DATE) -> bytes:
    """The OCR giro file: one transmission, and an assignment for the account of each company."""
    settled_on = on - timedelta(days=SETTLED_DAYS)
    parts = tuple(
        _assignment(company, place, list(paid), settled_on)
        for place, (company, paid) in enumerate(sorted(paid_to.items()), start=1)
    )
    return ocr_giro.render([Transmission(NETS, "0000101", RECIPIENT, settled_on, parts)])


def _by_case(behaviour: int, case: PayableCase) -> tuple[Paid, ...]:
    total_ore = case.total_ore
    if behaviour == 1:
        return (Paid(GIRO, case.claims[0].invoice_kid, case.claims[0].total_ore),)
    amounts: dict[int, tuple[int, ...]] = {
        0: (total_ore,),
        2: (total_ore // 2,),
        3: (total_ore + OVERPAID_ORE,),
        4: (total_ore, total_ore),
        5: (total_ore, -total_ore),
    }
    return tuple(
        Paid(GIRO if amount_ore > 0 else REVERSAL, case.kid, amount_ore) for amount_ore in amounts.get(behaviour, ())
    )


def _wrong_check_digit(right: str) -> str:
    return right[:-1] + str((int(right[-1]) + 1) % 10)


def _assignment(company: int, place: int, paid: list[Paid], settled_on: date) -> Assignment:
    transactions = tuple(_transaction(number, one, len(paid), settled_on) for number, one in enumerate(paid, start=1))
    return ocr_giro.assignment(
        agreement_id=f"{company:09d}",
        number=f"{place:07d}",
        account=BANK_ACCOUNTS[company],
        nets_date=settled_on,
        transactions=transactions,
    )


def _transaction(number: int, paid: Paid, count: int, settled_on: date) -> Transaction:
    """The first half of the transactions came to the account in one sum, the rest in another."""
    lump = 1 + (number - 1) * LUMPS // count
    return Transaction(
        type=paid.type,
        number=number,
        settlement_date=settled_on,
        centre_id="13",
        day_code=f"{settled_on.day:02d}",
        partial_settlement_number="0" if paid.type in {REVERSAL, PURCHASE_WITH_TEXT} else "1",
        serial_number=f"{lump:05d}",
        sign="0",
        amount_ore=paid.amount_ore,
        kid=paid.kid,
        card_issuer="00" if paid.type in {REVERSAL, PURCHASE_WITH_TEXT} else None,
        form_number="0000000000",
        reference=f"{900_000_000 + number:09d}",
        bank_date=settled_on if paid.type == REVERSAL else settled_on - timedelta(days=PAID_DAYS - SETTLED_DAYS),
        debit_account=None,
        free_text=paid.free_text,
    )
