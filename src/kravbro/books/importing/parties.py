"""Who a customer of another ledger is, as far as its file tells."""

from __future__ import annotations

from kravbro.core.identifiers import identity_number, organisation_number
from kravbro.core.parties import PartyKind

UNKNOWN_COUNTRY = "ZZ"
"""ISO 3166 leaves it free for such use: the gate takes it for a foreign address."""
_BUSINESS_TYPES = frozenset({"company", "government", "organisation", "organization"})


def numbers_of_party(number: str) -> tuple[str, str, bool]:
    """Identity number, organisation number, and whether there is a number that is neither. One of them at most.

    >>> numbers_of_party("NO 974 760 673 MVA"), numbers_of_party("974760674")
    (('', '974760673', False), ('', '', True))
    """
    if organisation_number.is_valid(number):
        return "", organisation_number.validate(number), False
    if identity_number.is_valid(number):
        return identity_number.validate(number), "", False
    return "", "", bool(number)


def party_kind(person: str, business: str, number: str = "", said: str = "") -> PartyKind:
    """A consumer unless the file says otherwise: consumers have the stronger rights.

    `number` is what the file gives, valid or not, and `said` what it calls the customer.
    """
    if person:
        return PartyKind.PERSON
    looks_so = len(organisation_number.compact(number)) == organisation_number.LENGTH
    return PartyKind.BUSINESS if business or looks_so or said.lower() in _BUSINESS_TYPES else PartyKind.PERSON


def country_of(country: str) -> str:
    """ISO 3166 alpha-2. A file that names none means Norway; what is no such code is a country that is not known."""
    if not country:
        return "NO"
    return country.upper() if len(country) == len(UNKNOWN_COUNTRY) and country.isalpha() else UNKNOWN_COUNTRY
