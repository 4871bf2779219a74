"""`kravbro claims`: what is ready for collection, and the transfer of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from cyclopts import App, Parameter

from kravbro.books.commands.withdrawals import withdraw as ask_back
from kravbro.books.queries.open_items import OpenItemShown, named_item, open_item
from kravbro.bridge.convert import carry_pending
from kravbro.bridge.joined import Joined
from kravbro.bridge.streams import TRANSFER, run
from kravbro.cli import conversion, ledgerless, output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, pages_shown, print_carried, site_at
from kravbro.core.claims import Offer, claim_name
from kravbro.core.money import format_kroner
from kravbro.db.engines import writing
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.wishes import Wish
from kravbro.ports.ledger import Ledger

app = App(
    name="claims",
    help="Claims that are ready for collection, their transfer, and claims without a ledger.",
    help_format="plaintext",
)
conversion.add_to(app)
ledgerless.add_to(app)


@app.command
def ready(*, place: At = DEFAULT_PLACE, on: OnDate = None, json: output.AsJson = False) -> None:
    """List every approved claim that has no answer yet. Nothing is carried."""
    joined = site_at(place, on).join()
    offers = [offer for company in joined.companies() for offer in _all_ready(joined.ledger, company, joined.page)]
    installation = joined.ledger_identity.installation
    without = _without_creditor(joined)
    if json:
        rows = [_as_row(installation, offer) for offer in offers]
        output.print_json({"count": len(offers), "claims": rows, "companies_without_creditor": without})
        return
    headings = ("claim", "invoice", "customer", "due", "principal")
    output.print_table(
        output.words("claims.ready", count=len(offers)),
        [output.words(f"claims.{heading}") for heading in headings],
        [
            (
                claim_name(installation, offer.company, offer.entry),
                offer.invoice_no,
                str(offer.debtor.customer_no),
                str(offer.due_date),
                format_kroner(offer.parts.principal_ore),
            )
            for offer in offers
        ],
        right=(4,),
    )
    _tell_of(without)


@app.command
def withdraw(
    company: Annotated[int, Parameter(help="The company's number.")],
    item: Annotated[str, Parameter(help="The invoice's number, or its entry as #12.")],
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Ask for a claim back from the collector. It hears of it with the next `kravbro transactions fetch`."""
    site = site_at(place, on)
    if isinstance(site.ledger, MirroredLedger):
        wish = site.ledger.withdraw(company, item, because)
        _tell_of_wish(company, wish.number, wish, as_json=json)
        return
    with writing(site.books(company)) as connection:
        entry = named_item(connection, item)
        number = ask_back(connection, entry, because, site.act)
        shown = open_item(connection, entry)
    _tell_of_wish(company, number, shown, as_json=json)


def _tell_of_wish(company: int, number: int, shown: OpenItemShown | Wish, *, as_json: bool) -> None:
    if as_json:
        output.print_json({"company": company, "withdrawal": number, "item": shown})
    else:
        output.print_line(output.words("claims.withdrawn", invoice=shown.invoice_no, case=shown.case_number))


@app.command
def transfer(*, place: At = DEFAULT_PLACE, on: OnDate = None, json: output.AsJson = False) -> None:
    """Carry ready claims over, and bring case numbers, refusals and statuses back. Safe to run again.

    What a conversion joined and could not carry is carried too.
    """
    site = site_at(place, on)
    joined = site.join()
    with pages_shown(output.words("claims.transfer"), as_json=json) as on_page:
        runs = run(joined, TRANSFER, on_page)
        runs += carry_pending(joined, site.ledger, site.collector)
    print_carried(runs, as_json=json)
    if not json:
        _tell_of(_without_creditor(joined))


def _without_creditor(joined: Joined) -> list[int]:
    """Companies with claims that nobody carries: the office has no creditor for them."""
    served = set(joined.companies())
    return [one for one in joined.ledger.companies() if one not in served and joined.ledger.ready_claims(one, 0, 1)]


def _tell_of(without: list[int]) -> None:
    for company in without:
        output.print_line(output.words("claims.no_creditor", company=company))


def _all_ready(ledger: Ledger, company: int, page: int) -> Iterator[Offer]:
    after = 0
    while offers := ledger.ready_claims(company, after, page):
        yield from offers
        after = offers[-1].number


def _as_row(installation: str, offer: Offer) -> dict[str, object]:
    return {
        "claim": claim_name(installation, offer.company, offer.entry),
        "offer": offer.number,
        "invoice_no": offer.invoice_no,
        "customer_no": offer.debtor.customer_no,
        "due_date": offer.due_date,
        "principal_ore": offer.parts.principal_ore,
        "total_ore": offer.parts.total_ore,
    }
