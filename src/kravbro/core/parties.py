"""Debtors as a ledger knows them."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class PartyKind(StrEnum):
    """Persons are consumers with rights of their own; businesses are not. Nothing else is derived from the kind."""

    PERSON = "person"
    BUSINESS = "business"


class Party(msgspec.Struct, frozen=True, gc=False):
    """A debtor: the ledger's customer number, and what the ledger knows of the customer at the moment of reading.

    Empty text means that the ledger has nothing there. `country` is ISO 3166 alpha-2.
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
