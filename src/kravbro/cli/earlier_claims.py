"""`kravbro cases import`: the cases of an older system, as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from kravbro.cli import output
from kravbro.cli.inbox import read_file
from kravbro.cli.options import DEFAULT_PLACE, At, OnDate, chosen_creditors, site_at
from kravbro.db.engines import writing
from kravbro.formats import earlier_claims
from kravbro.office.earlier.claims import import_earlier_claims


def add_to(app: App) -> None:
    """Add the command to `kravbro cases`."""
    app.command(name="import")(import_cases)


def import_cases(
    file: Annotated[Path, Parameter(help="The table, in CSV: docs/formats/earlier_claims.md.")],
    /,
    *,
    creditor: Annotated[int, Parameter(help="The creditor's number.")],
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Take in the claims of cases that began in another system, each once, to be matched with the ledger's open items.

    A file that is damaged, or in which a claim has changed since it was taken in, is refused whole.
    """
    site = site_at(place, on)
    chosen_creditors(site, creditor)
    file_name = str(output.printable(file.name))
    rows = earlier_claims.parse(read_file(file), str(file))
    with writing(site.office) as connection:
        done = import_earlier_claims(connection, creditor, rows, file_name, site.act)
    if json:
        output.print_json({"creditor": creditor, "new": done.new, "known": done.known})
        return
    output.print_line(output.words("conversion.imported", file=file_name, new=done.new, known=done.known))
