"""`kravbro items transferred` and `not-transferred`: open items that were handed over before the sides were joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from cyclopts import App, Parameter

from kravbro.books.commands.transferred_items import mark_transferred, unmark_transferred
from kravbro.books.queries.open_items import named_item
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, site_at
from kravbro.core.errors import DataFault
from kravbro.db.engines import writing
from kravbro.mirror.ledger import MirroredLedger

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
    """Mark open items as handed to a collector before Kravbro was there, in any ledger.

    No dunning proposal takes them from then on, and nothing offers them; a ledger that is not ours shows it. All of
    them are marked, or none. One that is marked just so already stays as it is.
    """
    site = site_at(place, on)
    given = [(name, " ".join(written.split())) for name, _, written in (item.partition("=") for item in items)]
    if isinstance(site.ledger, MirroredLedger):
        named = _case_numbers(given, site.ledger.named_items(company, [name for name, _ in given]))
        new = site.ledger.mark_transferred(company, named, because)
    else:
        with writing(site.books(company)) as connection:
            named = _case_numbers(given, {name: named_item(connection, name) for name, _ in given})
            new = mark_transferred(connection, named, because, site.act)
    if json:
        output.print_json({"company": company, "items": len(named), "new": new})
        return
    output.print_line(output.words("conversion.marked", count=len(named), new=new))


def _case_numbers(given: Sequence[tuple[str, str]], entries: Mapping[str, int]) -> dict[int, str]:
    """The case number of each item. Raises DataFault `port.other_case_number` for one that is given two."""
    named: dict[int, str] = {}
    for name, case_number in given:
        entry = entries[name]
        if named.setdefault(entry, case_number) != case_number:
            raise DataFault("port.other_case_number", entry=entry, known=named[entry], given=case_number)
    return named


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
    """Take the mark off an open item that was not handed over after all. It may be proposed again."""
    site = site_at(place, on)
    entry = site.named_items(company, [item])[item]
    if isinstance(site.ledger, MirroredLedger):
        site.ledger.unmark_transferred(company, entry, because)
    else:
        with writing(site.books(company)) as connection:
            unmark_transferred(connection, entry, because, site.act)
    if json:
        output.print_json({"company": company, "entry": entry})
        return
    output.print_line(output.words("conversion.unmarked", item=item))
