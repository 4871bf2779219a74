"""`kravbro creditors`: who the office collects for, and the settings of theirs that may change."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter
from msgspec import structs

from kravbro.bootstrap.accounts import refuse_unfit_account
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, chosen_creditors, site_at
from kravbro.cli.setup_history import print_history
from kravbro.core.allocation_orders import Money, Order
from kravbro.core.identifiers import organisation_number
from kravbro.db.engines import reading, writing
from kravbro.office.agreements import Changed
from kravbro.office.creditor_settings import (
    set_allocation,
    set_costs_account,
    set_intermediate_account,
    set_ledgerless_account,
)
from kravbro.office.creditors import house
from kravbro.office.queries.setup import creditors_shown
from kravbro.office.setup import add_creditor
from kravbro.office.setup_history import creditor_subject, history

app = App(name="creditors", help="Creditors, and the settings that may change.", help_format="plaintext")

Number = Annotated[int, Parameter(help="The creditor's number.")]
MoneySource = Literal["voluntary", "enforcement", "wage_deduction"]
OrderName = Literal["costs,fees,interest,principal", "principal,costs,fees,interest"]


@app.command(name="list")
def list_creditors(*, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """List the creditors."""
    site = site_at(place, None)
    with reading(site.office) as connection:
        found = creditors_shown(connection, *site.creditors())
    if json:
        output.print_json({"count": len(found), "creditors": found})
        return
    headings = ("number", "name", "collects", "company", "intermediate", "order")
    output.print_table(
        output.words("creditors.list", count=len(found)),
        [output.words(f"creditors.{heading}") for heading in headings],
        [
            (
                str(one.number),
                one.name,
                one.collects,
                str(one.company) if one.ledger_installation else "",
                one.intermediate_account,
                one.allocation["voluntary"],
            )
            for one in found
        ],
        right=(0, 3),
    )


@app.command
def show(number: Number, /, *, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """Show one creditor, and everything that was changed in its settings."""
    site = site_at(place, None)
    with reading(site.office) as connection:
        (one,) = creditors_shown(connection, *chosen_creditors(site, number))
        changes = history(connection, creditor_subject(number))
    if json:
        output.print_json(structs.asdict(one) | {"history": changes})
        return
    settings = {name: str(value) for name, value in structs.asdict(one).items() if name != "allocation"}
    settings |= {f"allocation.{money}": order for money, order in one.allocation.items()}
    output.print_table(one.name, [output.words("setup.item"), output.words("setup.value")], [*settings.items()])
    print_history(changes)


@app.command
def allocation(
    number: Number,
    /,
    *,
    money: Annotated[MoneySource, Parameter(help="Where the money comes from.")],
    order: Annotated[OrderName, Parameter(help="What it covers, from first to last.")],
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Choose the order in which a creditor covers money from one source, where neither debtor nor law decides it."""
    site = site_at(place, on)
    chosen_creditors(site, number)
    with writing(site.office) as connection:
        changed = set_allocation(connection, number, Money(money), Order(order), because, site.act)
    _print_changed(number, changed, as_json=json)


@app.command
def intermediate(
    number: Number,
    account: Annotated[str, Parameter(help="The G/L account between its books and those of other creditors.")],
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Set the account through which money goes that came in on another creditor's bank account."""
    site = site_at(place, on)
    chosen_creditors(site, number)
    refuse_unfit_account(site, number, account)
    with writing(site.office) as connection:
        changed = set_intermediate_account(connection, number, account, because, site.act)
    _print_changed(number, changed, as_json=json)


@app.command
def costs(
    number: Number,
    account: Annotated[
        str, Parameter(help="The G/L account that costs stand on until they are paid; an empty text: none.")
    ],
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Book costs when they are registered, on an account of their own; without one they are booked when paid."""
    site = site_at(place, on)
    chosen_creditors(site, number)
    refuse_unfit_account(site, number, account)
    with writing(site.office) as connection:
        changed = set_costs_account(connection, number, account, because, site.act)
    _print_changed(number, changed, as_json=json)


@app.command
def ledgerless(
    number: Number,
    account: Annotated[
        str, Parameter(help="The G/L account that claims without a ledger are paid to; an empty text: none.")
    ],
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Set the account that what is paid of claims without a ledger goes to, those registered from now on."""
    site = site_at(place, on)
    chosen_creditors(site, number)
    refuse_unfit_account(site, number, account)
    with writing(site.office) as connection:
        changed = set_ledgerless_account(connection, number, account, because, site.act)
    _print_changed(number, changed, as_json=json)


@app.command(name="add-house")
def add_house(
    number: Annotated[int, Parameter(help="A number of 1 to 999 that no creditor has.")],
    name: Annotated[str, Parameter(help="The agency's name.")],
    organisation: Annotated[str, Parameter(help="Its organisation number.")],
    /,
    *,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Add the agency itself as the holder of client accounts: it has no claims, and no ledger that is served here."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        new = add_creditor(connection, house(number, name, organisation_number.validate(organisation)), site.act)
    if json:
        output.print_json({"creditor": number, "new": new})
        return
    output.print_line(output.words("creditors.added" if new else "creditors.as_it_was", creditor=number))


def _print_changed(number: int, changed: Changed, *, as_json: bool) -> None:
    if as_json:
        output.print_json({"creditor": number, "items": changed.items, "drafts": changed.drafts})
        return
    output.print_line(output.words("creditors.changed", creditor=number, items=", ".join(changed.items)))
    for creditor, posting in changed.drafts:
        output.print_line(output.words("setup.draft", creditor=creditor, number=posting))
