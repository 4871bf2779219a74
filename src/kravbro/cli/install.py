"""`kravbro install`: make what is ours in a ledger that is not, before an installation is connected with it."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bootstrap.beside_ledger import INSTALLERS, install_beside
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
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Make our tables and views beside a ledger's own, and say which windows a consultant makes for its users.

    What is there already stays as it is, so it may be run again, also after an upgrade.
    """
    done = install_beside(Connection(kind, address, settings_text(settings)), acting(on))
    if json:
        output.print_json({"kind": kind, "address": address, "made": done.made, "to_do": done.to_do.splitlines()})
        return
    output.print_line(output.words("install.made", address=address, made=", ".join(done.made) or "\u2013"))
    for line in done.to_do.splitlines():
        output.print_line(line)
