"""Who a claim is about: debtors and those who stand beside them, as a ledger knows them."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from kravbro.core.identifiers import identity_number, organisation_number

MARK = "[protected]"
"""Stands wherever an address that is protected would have stood."""


class PartyKind(StrEnum):
    """Persons are consumers with rights of their own; businesses are not. Nothing else is derived from the kind."""

    PERSON = "person"
    BUSINESS = "business"


class Protection(StrEnum):
    """How far an address is protected (adressesperre): not, fortrolig (code 7) or strengt fortrolig (code 6)."""

    NONE = "none"
    CONFIDENTIAL = "confidential"
    STRICTLY_CONFIDENTIAL = "strictly_confidential"

    @property
    def rank(self) -> int:
        """The higher, the more is protected."""
        return _RANKS[self]


_RANKS = {protection: rank for rank, protection in enumerate(Protection)}


class Role(StrEnum):
    """What somebody is on a case beside its debtor.

    A co-debtor owes the whole claim together with the debtor, and is written to as well. A guardian (verge), the estate
    of somebody who died (dødsbo) and a representative stand for one of those who owe: letters go to them instead. A
    contact is the person that a business is written to by.
    """

    CO_DEBTOR = "co_debtor"
    GUARDIAN = "guardian"
    ESTATE = "estate"
    REPRESENTATIVE = "representative"
    CONTACT = "contact"


class Party(msgspec.Struct, frozen=True, gc=False):
    """A customer of a ledger: the customer number, and what the ledger knows of the customer at the moment of reading.

    Empty text means that the ledger has nothing there. `address` holds the lines above postcode and place, a line each;
    `country` is ISO 3166 alpha-2; `language` is nb, nn or en.
    """

    customer_no: int
    kind: PartyKind
    name: str
    identity_number: str = ""
    organisation_number: str = ""
    address: str = ""
    postcode: str = ""
    place: str = ""
    country: str = "NO"
    protection: Protection = Protection.NONE
    language: str = ""

    @property
    def number(self) -> str:
        """The number that tells who this is, wherever they are a customer; empty where none is known that is valid.

        A person's is the identity number (also a D-number), a business's the organisation number.
        """
        if self.kind is PartyKind.PERSON:
            valid = self.identity_number and identity_number.is_valid(self.identity_number)
            return identity_number.compact(self.identity_number) if valid else ""
        valid = self.organisation_number and organisation_number.is_valid(self.organisation_number)
        return organisation_number.compact(self.organisation_number) if valid else ""


class Related(msgspec.Struct, frozen=True, gc=False):
    """Somebody who stands beside a debtor, and as what.

    `stands_for` is the customer number of the co-debtor that a guardian, estate, representative or contact stands for;
    0 means the debtor.
    """

    role: Role
    party: Party
    stands_for: int = 0


def more_protected(one: Protection, other: Protection) -> Protection:
    """The stricter of two protections."""
    return one if one.rank >= other.rank else other


def one_line(address: str, postcode: str, place: str, country: str) -> str:
    """An address for people, in one line; the country is written where it is not Norway.

    >>> one_line("Drottninggatan 1\\nLgh 1102", "111 51", "Stockholm", "SE")
    'Drottninggatan 1, Lgh 1102, 111 51 Stockholm, SE'
    """
    parts = [*address.splitlines(), f"{postcode} {place}".strip(), "" if country == "NO" else country]
    return ", ".join(part for part in parts if part.strip())
