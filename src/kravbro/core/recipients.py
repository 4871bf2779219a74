"""Who letters about a case go to: everybody who owes, or whoever stands for them.

A guardian (vergemålsloven), the estate of somebody who died and a representative are written to instead of the one they
stand for. A contact is named on the letter to the business. Pure: days and roles are passed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from kravbro.core.parties import Role

INSTEAD = (Role.ESTATE, Role.GUARDIAN, Role.REPRESENTATIVE)
"""Roles that letters go to instead of the one who owes; more than one of them may be written to."""


class OnCase(msgspec.Struct, frozen=True):
    """Somebody in a role on a case, for one of those who owe (a co-debtor: for the debtor). Days are included."""

    who: int
    role: Role
    stands_for: int
    first_day: date
    last_day: date | None = None

    def holds(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)


class Recipient(msgspec.Struct, frozen=True):
    """Who a letter goes to, for whom among those who owe, and the contact that it names (0: none)."""

    who: int
    owes: int
    contact: int = 0


def recipients(debtor: int, roles: Iterable[OnCase], on: date) -> list[Recipient]:
    """Everybody that a letter about a case goes to on a day: the debtor or who stands for it, then each co-debtor."""
    held = [one for one in roles if one.holds(on)]
    owing = [debtor, *dict.fromkeys(one.who for one in held if one.role is Role.CO_DEBTOR)]
    found: list[Recipient] = []
    for owes in owing:
        beside = [one for one in held if one.stands_for == owes and one.who != owes]
        instead = list(dict.fromkeys(one.who for one in beside if one.role in INSTEAD))
        contact = next((one.who for one in beside if one.role is Role.CONTACT), 0)
        found += [Recipient(who, owes) for who in instead] or [Recipient(owes, owes, contact)]
    return found
