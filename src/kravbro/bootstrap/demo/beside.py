"""Who stands beside the debtors of the demo, and whose address is protected: pure data, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from kravbro.bootstrap.demo.people import person
from kravbro.bootstrap.demo.world import MUNICIPALITY, PLUMBER, PROTECTED, Size
from kravbro.core.parties import Party, Protection, Role

FROM = date(2020, 1, 1)
"""They have stood there since before the first invoice."""
OF_SIXTY = {
    1: Role.CO_DEBTOR,
    4: Role.ESTATE,
    11: Role.GUARDIAN,
    25: Role.CONTACT,
    26: Role.REPRESENTATIVE,
}
"""Which of sixty debtors have somebody beside them, and in which role. The one with a contact is a business."""
BECAUSE = {
    Role.CO_DEBTOR: "begge har skrevet under",
    Role.ESTATE: "skifteattest",
    Role.GUARDIAN: "vergefullmakt",
    Role.CONTACT: "etter avtale",
    Role.REPRESENTATIVE: "fullmakt",
}
PROTECTED_BECAUSE = "melding fra folkeregisteret"


class Beside(msgspec.Struct, frozen=True):
    """A customer, and who stands beside it as what."""

    customer_no: int
    role: Role
    other: Party


def beside(company: int, size: Size) -> tuple[Beside, ...]:
    """Who stands beside the debtors of one company; nobody unless the office is full."""
    return tuple(_beside(company, size)) if size.full_office else ()


def _beside(company: int, size: Size) -> Iterator[Beside]:
    for ordinal in range(1, size.plain[company] + 1):
        role = OF_SIXTY.get(ordinal % 60)
        if role is not None:
            number = company * 10_000 + ordinal
            yield Beside(number, role, person(number + 5_000))


def protected(company: int, size: Size) -> dict[int, Protection]:
    """The customers whose address is protected, and how far.

    The agency's other clients know nothing of that, but the office does: it protects the person.
    """
    if not size.full_office or company not in {MUNICIPALITY, PLUMBER}:
        return {}
    levels = (Protection.CONFIDENTIAL, Protection.STRICTLY_CONFIDENTIAL)
    ordinals = range(PROTECTED, size.plain[company] + 1, 60)
    return {company * 10_000 + ordinal: levels[place % 2] for place, ordinal in enumerate(ordinals)}
