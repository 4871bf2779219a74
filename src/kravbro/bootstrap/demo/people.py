"""Made-up debtors. Every identity number is synthetic (month + 80, as Tenor makes them), so it can belong to nobody."""

from __future__ import annotations

from functools import cache

from kravbro.core.errors import DataFault
from kravbro.core.identifiers import identity_number, organisation_number
from kravbro.core.parties import Party, PartyKind

FIRST_NAMES = ("Ada", "Birk", "Celine", "Dag", "Eira", "Frode", "Gry", "Håkon", "Ingrid", "Jon", "Kari", "Leif")
LAST_NAMES = ("Aasen", "Bråten", "Dalen", "Eikeland", "Fossum", "Grønli", "Haugen", "Kvåle", "Lien", "Nesset", "Ødem")
TRADES = ("Rør", "Elektro", "Bakeri", "Transport", "Regnskap", "Snekkeri", "Hage", "Data")
PLACES = (("0150", "Oslo"), ("5003", "Bergen"), ("7010", "Trondheim"), ("4006", "Stavanger"), ("9008", "Tromsø"))


def person(number: int) -> Party:
    """Customer `number` as a private person with everything in order."""
    postcode, place = PLACES[number % len(PLACES)]
    return Party(
        customer_no=number,
        kind=PartyKind.PERSON,
        name=f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {LAST_NAMES[number % len(LAST_NAMES)]}",
        identity_number=synthetic_identity_number(number),
        address=f"Storgata {number % 97 + 1}",
        postcode=postcode,
        place=place,
    )


def business(number: int) -> Party:
    """Customer `number` as a company with everything in order."""
    postcode, place = PLACES[number % len(PLACES)]
    return Party(
        customer_no=number,
        kind=PartyKind.BUSINESS,
        name=f"{LAST_NAMES[number % len(LAST_NAMES)]} {TRADES[number % len(TRADES)]} AS",
        organisation_number=synthetic_organisation_number(number),
        address=f"Industriveien {number % 53 + 1}",
        postcode=postcode,
        place=place,
    )


@cache
def synthetic_identity_number(seed: int) -> str:
    """The first valid synthetic number at or after a start that `seed` picks."""
    born = f"{seed % 28 + 1:02d}{seed % 12 + 81:02d}{seed % 40 + 50:02d}"
    for serial in range(seed % 400, 500):
        for check in range(100):
            candidate = f"{born}{serial:03d}{check:02d}"
            if identity_number.is_valid(candidate):
                return candidate
    raise DataFault("demo.no_number", seed=seed)


@cache
def synthetic_organisation_number(seed: int) -> str:
    """The first valid number in the series 31, which the register uses for synthetic organisations."""
    for serial in range(seed, seed + 20):
        for check in range(10):
            candidate = f"31{serial:06d}{check}"
            if organisation_number.is_valid(candidate):
                return candidate
    raise DataFault("demo.no_number", seed=seed)
