"""`kravbro streams`: the named override after a database was restored from a copy."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bridge.streams import ALL, run_company
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, pages_shown, print_carried, site_at
from kravbro.core.errors import Stop

app = App(name="streams", help="The streams between ledger and collector.", help_format="plaintext")


@app.command
def restart(
    *,
    company: Annotated[int, Parameter(help="The company whose streams are read from the start.")],
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Read every stream of a company from the start, now: what a side lacks is sent again, once, and listed as new."""
    if not because.strip():
        raise Stop("bridge.no_reason")
    site = site_at(place, on)
    site.require_company(company)
    site.positions.forget(company, because.strip())
    joined = site.join()
    with pages_shown(output.words("streams.restarting"), as_json=json) as on_page:
        runs = run_company(joined, company, ALL, on_page)
    print_carried(runs, as_json=json)
