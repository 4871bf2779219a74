"""`kravbro customers`: the embedded ledger's customers, protection of their addresses, and who stands beside them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kravbro.books.commands.protections import set_protection
from kravbro.books.commands.relations import relate as relate_customers
from kravbro.books.queries.customers import CustomerShown, as_shown, customers
from kravbro.bootstrap.hidden import hidden_by_office
from kravbro.cli import output
from kravbro.cli.case_parties import protection_in_words
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, site_at
from kravbro.core.money import format_kroner
from kravbro.core.parties import MARK, Party, Protection, Role, one_line
from kravbro.db.engines import reading, writing

app = App(
    name="customers", help="Customers of the embedded ledger, and who stands beside them.", help_format="plaintext"
)

PAGE = 1000

Company = Annotated[int, Parameter(help="The company in the ledger.")]
CustomerNumber = Annotated[int, Parameter(help="The customer number.")]
RoleName = Literal["co_debtor", "guardian", "estate", "representative", "contact"]


@app.command(name="list")
def list_customers(*, company: Company, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """List the customers of a company. Identity numbers are masked, and so are addresses that are protected."""
    site = site_at(place, None)
    hidden = hidden_by_office(site)
    found: list[CustomerShown] = []
    with reading(site.books(company)) as connection:
        while page := customers(connection, found[-1].party.customer_no if found else 0, PAGE):
            found += [as_shown(one, hidden.customers(company), hidden.numbers) for one in page]
    if json:
        output.print_json({"count": len(found), "customers": found})
        return
    output.print_table(
        output.words("customers.list", count=len(found)),
        [
            output.words(f"customers.{one}")
            for one in ("customer", "name", "number", "address", "protection", "balance")
        ],
        [
            (
                str(one.party.customer_no),
                one.party.name,
                one.party.identity_number or one.party.organisation_number,
                _address(one.party),
                protection_in_words(one.party.protection),
                format_kroner(one.balance_ore),
            )
            for one in found
        ],
        right=(0, 5),
    )


def _address(party: Party) -> str:
    """The address in one line, or the mark alone."""
    if party.country == MARK:
        return MARK
    return one_line(party.address, party.postcode, party.place, party.country)


@app.command
def protect(
    number: CustomerNumber,
    level: Annotated[
        Literal["none", "confidential", "strictly_confidential"],
        Parameter(help="How far the address is protected; `none` lifts the protection."),
    ],
    /,
    *,
    company: Company,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Protect a customer's address, or lift that. The office keeps what it was told until `parties set` lifts it."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        set_protection(connection, number, Protection(level), site.act, because=because)
    if json:
        output.print_json({"company": company, "customer": number, "protection": level})
    else:
        output.print_line(
            output.words("customers.protected", customer=number, level=protection_in_words(level) or "\u2013")
        )


@app.command
def relate(  # noqa: PLR0913 - who, what, whom, and when
    number: CustomerNumber,
    role: Annotated[RoleName, Parameter(help="What the other is beside the customer.")],
    other: Annotated[int, Parameter(help="The other's customer number.")],
    /,
    *,
    company: Company,
    first: Annotated[date, Parameter(name="--from", help="The first day, YYYY-MM-DD.")],
    last: Annotated[date | None, Parameter(name="--until", help="The last day. Default: until further notice.")] = None,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Say who stands beside a customer. Said again, the same two in the same role have other days from then on."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        row = relate_customers(connection, number, Role(role), other, first, site.act, last=last, because=because)
    if json:
        output.print_json({"company": company, "customer": number, "role": role, "other": other, "number": row})
    else:
        named = output.words(f"parties.role.{role}")
        output.print_line(output.words("customers.related", customer=number, role=named, other=other))
