"""`kravbro items transferred` and `not-transferred`: open items that were handed over before the sides were joined."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.books.commands.transferred_items import mark_transferred, unmark_transferred
from kravbro.books.queries.open_items import named_item
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, site_at
from kravbro.core.errors import DataFault
from kravbro.db.engines import writing

Company = Annotated[int, Parameter(help="The company's number.")]


def add_to(app: App) -> None:
    """Add the commands to `kravbro items`."""
    for command in (transferred, not_transferred):
        app.command(command)


def transferred(
    company: Company,
    /,
    *items: Annotated[
        str, Parameter(help="Invoice numbers, or entries as #12, each with its case number if it is known: 501=K-2071.")
    ],
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Mark open items as handed to a collector before Kravbro was there. No dunning proposal takes them from then on.

    All of them are marked, or none. One that is marked just so already stays as it is.
    """
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        named: dict[int, str] = {}
        for item in items:
            name, _, written = item.partition("=")
            entry, case_number = named_item(connection, name), " ".join(written.split())
            if named.setdefault(entry, case_number) != case_number:
                raise DataFault("books.other_case_number", entry=entry, known=named[entry], given=case_number)
        new = mark_transferred(connection, named, because, site.act)
    if json:
        output.print_json({"company": company, "items": len(named), "new": new})
        return
    output.print_line(output.words("conversion.marked", count=len(named), new=new))


def not_transferred(
    company: Company,
    item: Annotated[str, Parameter(help="The invoice's number, or its entry as #12.")],
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Take the mark off an open item that was not handed over after all. Proposals take it again."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        entry = named_item(connection, item)
        unmark_transferred(connection, entry, because, site.act)
    if json:
        output.print_json({"company": company, "entry": entry})
        return
    output.print_line(output.words("conversion.unmarked", item=item))
