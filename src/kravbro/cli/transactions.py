"""`kravbro transactions`: payments and corrections that were booked in the ledger."""

from __future__ import annotations

from cyclopts import App

from kravbro.bridge.streams import FETCH, run
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, OnDate, pages_shown, print_carried, site_at

app = App(name="transactions", help="Payments and corrections booked in the ledger.", help_format="plaintext")


@app.command
def fetch(*, place: At = DEFAULT_PLACE, on: OnDate = None, json: output.AsJson = False) -> None:
    """Fetch what the ledger booked on our claims, not by us, and apply it to the cases. Safe to run again."""
    joined = site_at(place, on).join()
    with pages_shown(output.words("transactions.fetch"), as_json=json) as on_page:
        runs = run(joined, FETCH, on_page)
    print_carried(runs, as_json=json)
