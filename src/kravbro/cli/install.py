"""`kravbro install`: make what is ours in a ledger that is not, before an installation is connected with it."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bootstrap.beside_ledger import INSTALLERS, Said, grants_beside, install_beside, statements_beside
from kravbro.cli import output
from kravbro.cli.foreign_ledger import Address, Settings, settings_text
from kravbro.cli.options import OnDate, acting
from kravbro.mirror.connections import Connection

app = App(
    name="install",
    help="Make what is ours in a ledger that is not, before an installation is connected with it.",
    help_format="plaintext",
)


@app.default
def install(
    kind: Annotated[str, Parameter(help=f"The kind of ledger: {', '.join(sorted(INSTALLERS))}.")],
    address: Address,
    /,
    *,
    settings: Settings = None,
    dry_run: Annotated[bool, Parameter(help="Print every statement that would be run, and run none.")] = False,
    grants_for: Annotated[
        str, Parameter(help="Print what gives this login the rights that it needs afterwards, and run nothing.")
    ] = "",
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Make our tables and views beside a ledger's own, and say which windows a consultant makes for its users.

    What is there already stays as it is, and is given the columns that a later version brought: so it may be run again,
    also after an upgrade.
    """
    connection = Connection(kind, address, settings_text(settings))
    if dry_run or grants_for:
        said = grants_beside(connection, grants_for) if grants_for else statements_beside(connection, acting(on))
        _print_statements(said, ";\nGO" if address.startswith("mssql") else ";", as_json=json)
        return
    done = install_beside(connection, acting(on))
    if json:
        output.print_json({"kind": kind, "address": address, "made": done.made, "to_do": done.to_do.splitlines()})
        return
    output.print_line(output.words("install.made", address=address, made=", ".join(done.made) or "\u2013"))
    for line in done.to_do.splitlines():
        output.print_line(line)


def _print_statements(said: list[Said], end: str, *, as_json: bool) -> None:
    """Statements under the names of their databases, as a script; `end` is how the database's own tools end one."""
    if as_json:
        output.print_json({"statements": said})
        return
    database = ""
    for one in said:
        if one.database != database:
            output.print_line(f"-- {one.database}")
        database = one.database
        output.print_line(f"{one.statement}{end}")
    if not said:
        output.print_line(output.words("install.nothing"))
