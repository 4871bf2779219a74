"""Customers as the values of the port: what the ledger knows of a party."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kravbro.books.codes import unknown_code
from kravbro.books.tables import customer
from kravbro.core.parties import Party, PartyKind, Protection

PARTY_COLUMNS = (
    customer.c.number,
    customer.c.kind,
    customer.c.name,
    customer.c.identity_number,
    customer.c.organisation_number,
    customer.c.address,
    customer.c.postcode,
    customer.c.place,
    customer.c.country,
    customer.c.protection,
    customer.c.language,
)
_KINDS = {kind.value: kind for kind in PartyKind}
_PROTECTIONS = {protection.value: protection for protection in Protection}


def party_of(values: Sequence[Any]) -> Party:
    """A party from the values of `PARTY_COLUMNS`. Raises DataFault `books.unknown_code`."""
    number, kind, *rest = values
    protection = rest[-2]
    if kind not in _KINDS:
        raise unknown_code("customer", number, kind)
    if protection not in _PROTECTIONS:
        raise unknown_code("customer", number, protection)
    rest[-2] = _PROTECTIONS[protection]
    return Party(number, _KINDS[kind], *rest)
