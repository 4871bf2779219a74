"""Which open item of a ledger is which claim of a case that began before the two systems were joined. Pure.

Two are the same claim when customer, invoice number and what remained at the cut-off date are equal, and no other on
either side could be meant; among several a person names the one, by its case number on the open item. Whatever is not
that clear is shown with all that it could be; nothing is guessed. What follows from a match: `core.adoption`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

import msgspec

NOK = "NOK"


class TransferredClaim(msgspec.Struct, frozen=True, gc=False):
    """An open item that was handed to a collector before the ledger was joined with it (amounts in øre).

    `remaining_ore` is the open item less what is booked on it with a value date before the cut-off; `later_ore` is the
    change by what is booked from that date on. `case_number` is what the ledger's people know, empty if nothing.
    """

    entry: int
    customer_no: int
    invoice_no: str
    kid: str
    invoice_date: date
    due_date: date | None
    amount_ore: int
    remaining_ore: int
    later_ore: int
    case_number: str = ""
    currency: str = NOK


class EarlierClaim(msgspec.Struct, frozen=True, gc=False):
    """A claim on a case of an older system: what was claimed, and what of it was paid, in øre.

    `number` orders the listing. Fees are those of letters, costs those of court, enforcement and collection. `obstacle`
    is the code of what keeps the collector from taking the case over as it stands; empty if nothing does.
    """

    number: int
    case_number: str
    case_kid: str
    customer_no: int
    invoice_no: str
    invoice_date: date
    due_date: date
    principal_ore: int
    interest_ore: int = 0
    fees_ore: int = 0
    costs_ore: int = 0
    paid_principal_ore: int = 0
    paid_interest_ore: int = 0
    paid_fees_ore: int = 0
    paid_costs_ore: int = 0
    obstacle: str = ""

    @property
    def remaining_ore(self) -> int:
        """What remains of the principal: what must equal the open item in the ledger."""
        return self.principal_ore - self.paid_principal_ore


class CaseNumber(msgspec.Struct, frozen=True, gc=False):
    """The case that an open item belongs to."""

    entry: int
    case_number: str


class Differs(StrEnum):
    """What two that may be the same claim do not agree on, or what else keeps them apart.

    `CASE`: the collector cannot take the case over as it stands. `CURRENCY`: the open item is not in kroner.
    """

    AMOUNT = "amount"
    CASE_NUMBER = "case_number"
    CASE = "case"
    CURRENCY = "currency"


A_PERSON_MAY_PASS_OVER = frozenset({Differs.AMOUNT, Differs.CASE_NUMBER})
"""Differences that a named choice with a reason may accept."""


class Pair(msgspec.Struct, frozen=True):
    """One of each side; `differs` is empty where they agree."""

    transferred: TransferredClaim
    earlier: EarlierClaim
    differs: tuple[Differs, ...] = ()

    @property
    def difference_ore(self) -> int:
        """How much more remains in the ledger than at the collector."""
        return self.transferred.remaining_ore - self.earlier.remaining_ore


class Ambiguous(msgspec.Struct, frozen=True):
    """Several that could be each other: at least one on each side, and more than one on one of them."""

    transferred: tuple[TransferredClaim, ...]
    earlier: tuple[EarlierClaim, ...]


class Matching(msgspec.Struct, frozen=True):
    """Every claim of both sides in exactly one of five lists."""

    matched: tuple[Pair, ...]
    differing: tuple[Pair, ...]
    ambiguous: tuple[Ambiguous, ...]
    missing_in_collector: tuple[TransferredClaim, ...]
    missing_in_ledger: tuple[EarlierClaim, ...]


def normal_invoice_no(written: str) -> str:
    """An invoice number without spaces, and without zeros before its first other character.

    >>> normal_invoice_no(" 00 1205"), normal_invoice_no("A-07"), normal_invoice_no("000"), normal_invoice_no(" ")
    ('1205', 'A-07', '0', '')
    """
    closed = "".join(written.split())
    return closed.lstrip("0") or closed[:1]


def match(transferred: Iterable[TransferredClaim], earlier: Iterable[EarlierClaim]) -> Matching:
    """Match the two sides of one creditor. The order of each side is kept in the answer."""
    theirs: defaultdict[tuple[int, str], tuple[list[TransferredClaim], list[EarlierClaim]]] = defaultdict(
        lambda: ([], [])
    )
    for item in transferred:
        theirs[item.customer_no, normal_invoice_no(item.invoice_no)][0].append(item)
    for claim in earlier:
        theirs[claim.customer_no, normal_invoice_no(claim.invoice_no)][1].append(claim)
    pairs: list[Pair] = []
    ambiguous: list[Ambiguous] = []
    items_alone: list[TransferredClaim] = []
    claims_alone: list[EarlierClaim] = []
    for (_, invoice_no), (items, claims) in theirs.items():
        clear, rest = _settled(items, claims) if invoice_no else ([], [(items, []), ([], claims)])
        pairs += clear
        for some_items, some_claims in rest:
            if len(some_items) == len(some_claims) == 1:
                pairs.append(pair_of(some_items[0], some_claims[0]))
            elif some_items and some_claims:
                ambiguous.append(Ambiguous(tuple(some_items), tuple(some_claims)))
            else:
                items_alone += some_items
                claims_alone += some_claims
    pairs.sort(key=lambda pair: pair.transferred.entry)
    return Matching(
        matched=tuple(pair for pair in pairs if not pair.differs),
        differing=tuple(pair for pair in pairs if pair.differs),
        ambiguous=tuple(sorted(ambiguous, key=lambda one: one.transferred[0].entry)),
        missing_in_collector=tuple(sorted(items_alone, key=lambda item: item.entry)),
        missing_in_ledger=tuple(sorted(claims_alone, key=lambda claim: claim.number)),
    )


_Parts = list[tuple[list[TransferredClaim], list[EarlierClaim]]]


def _settled(items: list[TransferredClaim], claims: list[EarlierClaim]) -> tuple[list[Pair], _Parts]:
    """What matched of one customer and invoice number, and the rest told apart.

    What matched is put away and the rest looked at anew, until nothing more does: whoever converts what matched, and
    asks again, is told of nothing new.
    """
    clear: list[Pair] = []
    while True:
        parts = _told_apart(items, claims)
        pairs = [pair_of(some[0], others[0]) for some, others in parts if len(some) == len(others) == 1]
        found = [pair for pair in pairs if not pair.differs]
        if not found:
            return clear, parts
        clear += found
        entries = {pair.transferred.entry for pair in found}
        numbers = {pair.earlier.number for pair in found}
        items = [item for item in items if item.entry not in entries]
        claims = [claim for claim in claims if claim.number not in numbers]


def _told_apart(items: Sequence[TransferredClaim], claims: Sequence[EarlierClaim]) -> _Parts:
    """Those of one customer and invoice number: by case number, then by what remains; the rest together."""
    ours = Counter(item.case_number for item in items)
    theirs = Counter(claim.case_number for claim in claims)
    named = {case_number for case_number in ours if case_number and ours[case_number] == theirs[case_number] == 1}
    by_case = [
        ([item for item in items if item.case_number == one], [claim for claim in claims if claim.case_number == one])
        for one in sorted(named)
    ]
    return by_case + _by_amount(
        [item for item in items if item.case_number not in named],
        [claim for claim in claims if claim.case_number not in named],
    )


def _by_amount(items: Sequence[TransferredClaim], claims: Sequence[EarlierClaim]) -> _Parts:
    """Those that remain alike together, and last all that nothing on the other side equals."""
    equal = {item.remaining_ore for item in items} & {claim.remaining_ore for claim in claims}
    together = [
        (
            [item for item in items if item.remaining_ore == ore],
            [claim for claim in claims if claim.remaining_ore == ore],
        )
        for ore in sorted(equal)
    ]
    rest = (
        [item for item in items if item.remaining_ore not in equal],
        [claim for claim in claims if claim.remaining_ore not in equal],
    )
    return [*together, rest]


def pair_of(item: TransferredClaim, claim: EarlierClaim) -> Pair:
    """Both together, with what they do not agree on."""
    differs = []
    if item.remaining_ore != claim.remaining_ore:
        differs.append(Differs.AMOUNT)
    if item.case_number and item.case_number != claim.case_number:
        differs.append(Differs.CASE_NUMBER)
    if claim.obstacle:
        differs.append(Differs.CASE)
    if item.currency != NOK:
        differs.append(Differs.CURRENCY)
    return Pair(item, claim, tuple(differs))
