"""When two cards may be the same person: decided from their numbers, never from names. Pure.

A person has one identity number and may have had a D-number before it; a business has one organisation number. So
cards with two different numbers are two people, unless one of the numbers is a D-number and the other is not: then
they may be one, and only a person can say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from kravbro.core.identifiers import identity_number


class How(StrEnum):
    """How a card came to its party."""

    NUMBER = "number"
    """It has the number of the party."""
    ALONE = "alone"
    """It has no valid number, so nobody can say who it is: a party of its own."""
    JOIN = "join"
    SPLIT = "split"


class Fact(StrEnum):
    """Sorts of things that are kept about a party."""

    PROTECTION = "protection"
    LANGUAGE = "language"
    JOINED_INTO = "joined_into"


class Told(StrEnum):
    """Where something that is known comes from: read in a ledger, or decided by a person who gives a reason."""

    LEDGER = "ledger"
    PERSON = "person"


class _Sort(StrEnum):
    BIRTH = "birth"
    TEMPORARY = "temporary"
    ORGANISATION = "organisation"


def _sort(digits: str) -> _Sort:
    if len(digits) != identity_number.LENGTH:
        return _Sort.ORGANISATION
    return _Sort.TEMPORARY if identity_number.is_d_number(digits) else _Sort.BIRTH


def may_be_one(numbers: Iterable[str]) -> bool:
    """Whether cards with these valid numbers (empty: none) can belong to one person or one business."""
    sorts = Counter(_sort(digits) for digits in {*numbers} - {""})
    return max(sorts.values(), default=0) <= 1 and not (_Sort.ORGANISATION in sorts and len(sorts) > 1)
