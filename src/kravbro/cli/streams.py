"""`kravbro streams`: the named override after a database was restored from a copy."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.cli import output
from kravbro.cli.options import DEFAULT_FOLDER, Because, Folder, site_at
from kravbro.core.errors import Stop

app = App(name="streams", help="The streams between ledger and collector.", help_format="plaintext")


@app.command
def restart(
    *,
    company: Annotated[int, Parameter(help="The company whose streams are read from the start.")],
    because: Because,
    folder: Folder = DEFAULT_FOLDER,
    json: output.AsJson = False,
) -> None:
    """Read every stream of a company from the start at the next run: what a side lacks is sent again, once."""
    if not because.strip():
        raise Stop("bridge.no_reason")
    dropped = site_at(folder, None).positions.forget(company, because.strip())
    if json:
        output.print_json({"company": company, "positions_dropped": dropped})
    else:
        output.print_line(output.words("streams.restarted", company=company, count=dropped))
