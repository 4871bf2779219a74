"""Whose addresses neither side shows: what the office protects holds for the books of the same customers as well."""

from __future__ import annotations

from collections.abc import Mapping

from kravbro.bootstrap.site import Site
from kravbro.db.engines import reading
from kravbro.office.creditors import creditor_numbers, load_creditor
from kravbro.office.parties.protection import hidden_numbers


class Hidden:
    """What the office protects, as a ledger's books can be asked about it."""

    def __init__(self, customers: Mapping[int, set[int]], numbers: set[str]) -> None:
        self._customers = customers
        self.numbers = numbers
        """Identity and organisation numbers of those who are protected."""

    def customers(self, company: int) -> set[int]:
        """The customer numbers of a company that are protected."""
        return self._customers.get(company, set())


def hidden_by_office(site: Site) -> Hidden:
    """Everybody whose address the office protects, whatever the ledger knows of it."""
    installation = site.installation
    customers: dict[int, set[int]] = {}
    with reading(site.office) as connection:
        cards, numbers = hidden_numbers(connection)
        creditors = {number: load_creditor(connection, number) for number in creditor_numbers(connection)}
    for number, customer in cards:
        creditor = creditors[number]
        if creditor.ledger_installation == installation:
            customers.setdefault(creditor.company, set()).add(customer)
    return Hidden(customers, numbers)
