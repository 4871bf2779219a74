"""Where unplaced money may belong: clues that point at a case, each with its reason, ranked. Pure.

A suggestion is shown and never followed by itself: a person places the money. A clue that points at more than one case
points at none, except the amount, which may support a case that another clue has found.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import pairwise

import msgspec

from kravbro.core.identifiers.kid import is_valid
from kravbro.office.creditors import Agreement


class Clue(StrEnum):
    """Why a case is suggested, the surest first."""

    TEXT_KID = "office.suggestion.text_kid"
    TEXT_CASE = "office.suggestion.text_case"
    KID_SWAPPED = "office.suggestion.kid_swapped"
    KID_DIGIT = "office.suggestion.kid_digit"
    TEXT_INVOICE = "office.suggestion.text_invoice"
    PAYER_ACCOUNT = "office.suggestion.payer_account"
    AMOUNT_INVOICE = "office.suggestion.amount_invoice"
    AMOUNT_CASE = "office.suggestion.amount_case"
    PAYER_NAME = "office.suggestion.payer_name"


_SURENESS = {clue: place for place, clue in enumerate(Clue)}
_SUPPORTS = frozenset({Clue.AMOUNT_CASE, Clue.AMOUNT_INVOICE})
_NUMBERS = re.compile(r"[0-9]+(?:-[0-9]+)*")
_WORDS = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")
LONGEST_NAME = 4
"""Words of a name that are looked for together."""


class Spot(msgspec.Struct, frozen=True, gc=False):
    """What a clue points at: a case, and one of its invoices if the clue names one."""

    case: str
    invoice_no: str = ""


class Known(msgspec.Struct, frozen=True):
    """What the office knows of everything that a list of unplaced payments could point at.

    `kids`, `cases` and `invoices` are by KID, case number and invoice number; `payers` by account, `names` by name in
    lower case, `owed` by amount (øre).
    """

    kids: Mapping[str, Sequence[Spot]] = {}
    cases: Mapping[str, Sequence[Spot]] = {}
    invoices: Mapping[str, Sequence[Spot]] = {}
    payers: Mapping[str, Sequence[Spot]] = {}
    names: Mapping[str, Sequence[Spot]] = {}
    owed: Mapping[int, Sequence[Spot]] = {}


class Lost(msgspec.Struct, frozen=True, gc=False):
    """An unplaced payment: what the bank told of it (øre)."""

    payment: int
    amount_ore: int
    kid: str
    debit_account: str
    free_text: str


class Suggestion(msgspec.Struct, frozen=True):
    """A case that unplaced money may belong to. `rank` 1 is the likeliest; the reasons are codes, the surest first."""

    rank: int
    case: str
    invoice_no: str
    reasons: tuple[str, ...]


def near_kids(kid: str, agreement: Agreement) -> dict[str, Clue]:
    """The KIDs that `kid` becomes by one other digit, or by two neighbours that change places, and that are valid."""
    structure = agreement.structure(kid)
    if structure is None or not (kid.isascii() and kid.isdigit()):
        return {}
    return {
        candidate: clue
        for candidate, clue in (*_with_one_digit(kid), *_swapped(kid))
        if candidate != kid and is_valid(candidate, structure.method)
    }


def _with_one_digit(kid: str) -> Iterator[tuple[str, Clue]]:
    for at in range(len(kid)):
        for digit in "0123456789":
            yield f"{kid[:at]}{digit}{kid[at + 1 :]}", Clue.KID_DIGIT


def _swapped(kid: str) -> Iterator[tuple[str, Clue]]:
    for at in range(len(kid) - 1):
        yield f"{kid[:at]}{kid[at + 1]}{kid[at]}{kid[at + 2 :]}", Clue.KID_SWAPPED


def numbers_in(text: str) -> list[str]:
    """Everything in a text that may be a KID, an invoice number or a case number."""
    return list(dict.fromkeys(_NUMBERS.findall(text)))


def names_in(text: str) -> list[str]:
    """Two to four words of a text that stand together, which may be a name, and two the other way round; lower case."""
    words = [word.lower() for word in _WORDS.findall(text)]
    found = [
        " ".join(words[at : at + many]) for many in range(2, LONGEST_NAME + 1) for at in range(len(words) - many + 1)
    ]
    turned = [f"{second} {first}" for first, second in pairwise(words)]
    return list(dict.fromkeys([*found, *turned]))


def suggest(lost: Lost, agreement: Agreement | None, known: Known) -> tuple[Suggestion, ...]:
    """The cases that the clues in a payment point at, the likeliest first; none for money that went back."""
    if lost.amount_ore <= 0:
        return ()
    invoices: dict[str, set[str]] = defaultdict(set)
    clues: dict[str, set[Clue]] = defaultdict(set)
    for clue, spots in _pointers(lost, agreement, known):
        cases = {spot.case for spot in spots}
        for spot in spots:
            if len(cases) == 1 or (clue in _SUPPORTS and spot.case in clues):
                clues[spot.case].add(clue)
                invoices[spot.case] |= {spot.invoice_no} - {""}
    for found in clues.values():
        if Clue.AMOUNT_INVOICE in found:
            found.discard(Clue.AMOUNT_CASE)
    ordered = sorted(clues, key=lambda case: (_sureness(clues[case]), case))
    return tuple(
        Suggestion(
            rank,
            case,
            next(iter(invoices[case])) if len(invoices[case]) == 1 else "",
            tuple(clue.value for clue in sorted(clues[case], key=_SURENESS.__getitem__)),
        )
        for rank, case in enumerate(ordered, 1)
    )


def _sureness(clues: Iterable[Clue]) -> tuple[int, int]:
    """The surest clue first; of equals the case with more of them."""
    places = [_SURENESS[clue] for clue in clues]
    return min(places), -len(places)


def _pointers(lost: Lost, agreement: Agreement | None, known: Known) -> Iterator[tuple[Clue, Sequence[Spot]]]:
    """Each clue with everything that it points at; those that only support others come last."""
    numbers = numbers_in(lost.free_text)
    yield Clue.TEXT_KID, _all(known.kids, numbers)
    yield Clue.TEXT_CASE, _all(known.cases, numbers)
    near = {} if agreement is None else near_kids(lost.kid, agreement)
    for clue in (Clue.KID_SWAPPED, Clue.KID_DIGIT):
        yield clue, _all(known.kids, [kid for kid, why in near.items() if why is clue])
    yield Clue.TEXT_INVOICE, _all(known.invoices, numbers)
    yield Clue.PAYER_ACCOUNT, known.payers.get(lost.debit_account, ())
    yield Clue.PAYER_NAME, _all(known.names, names_in(lost.free_text))
    owed = known.owed.get(lost.amount_ore, ())
    yield Clue.AMOUNT_INVOICE, [spot for spot in owed if spot.invoice_no]
    yield Clue.AMOUNT_CASE, [spot for spot in owed if not spot.invoice_no]


def _all(spots: Mapping[str, Sequence[Spot]], keys: Iterable[str]) -> list[Spot]:
    return [spot for key in keys for spot in spots.get(key, ())]
