"""`kravbro postings`: what is to be booked in the ledger, from proposal to delivered voucher."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bridge.streams import DELIVER, run
from kravbro.cli import output
from kravbro.cli.options import (
    DEFAULT_PLACE,
    At,
    Because,
    Creditor,
    OnDate,
    chosen_creditors,
    pages_shown,
    print_carried,
    site_at,
)
from kravbro.core.money import format_kroner
from kravbro.db.engines import reading, writing
from kravbro.office.posting import approve_posting, exclude_from_posting, generate_posting, include_again
from kravbro.office.queries import postings as queries

app = App(name="postings", help="What is to be booked in the ledger.", help_format="plaintext")

OneCreditor = Annotated[int, Parameter(help="The creditor's number.")]
Number = Annotated[int, Parameter(help="The proposal's number.")]
JournalNumber = Annotated[int, Parameter(help="The number of the payment's journal, as `postings show` prints it.")]


@app.command(name="list")
def list_postings(
    *,
    creditor: Creditor = None,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """List posting proposals, newest first."""
    site = site_at(place, None)
    with reading(site.office) as connection:
        lines = [line for one in chosen_creditors(site, creditor) for line in queries.postings(connection, one)]
    if json:
        output.print_json({"count": len(lines), "postings": lines})
        return
    headings = ("creditor", "number", "state", "made", "vouchers", "debit")
    output.print_table(
        output.words("postings.list", count=len(lines)),
        [output.words(f"postings.{heading}") for heading in headings],
        [
            (
                str(line.creditor),
                str(line.posting),
                line.state,
                str(line.made_on),
                str(line.vouchers),
                format_kroner(line.debit_ore),
            )
            for line in lines
        ],
        right=(4, 5),
    )


@app.command
def show(
    creditor: OneCreditor,
    number: Number,
    /,
    *,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """Show the vouchers of a proposal, line by line, and what the ledger did with them."""
    with reading(site_at(place, None).office) as connection:
        vouchers = queries.posting(connection, creditor, number)
    if json:
        output.print_json({"creditor": creditor, "posting": number, "vouchers": vouchers})
        return
    headings = ("line", "account", "customer", "invoice", "text", "amount", "journal")
    for voucher in vouchers:
        output.print_table(
            output.words(
                "postings.voucher",
                voucher=voucher.key or voucher.ordinal,
                state=voucher.state,
                dated=voucher.dated,
                ledger_no=voucher.voucher_no or "\u2013",
            ),
            [output.words(f"postings.{heading}") for heading in headings],
            [
                (
                    str(line.line_no),
                    line.account,
                    "" if line.customer_no is None else str(line.customer_no),
                    line.invoice_no,
                    line.text,
                    format_kroner(line.amount_ore),
                    "" if line.journal is None else str(line.journal),
                )
                for line in voucher.lines
            ],
            right=(0, 5, 6),
        )


@app.command
def propose(
    creditor: OneCreditor,
    /,
    *,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Make the creditor's proposal anew from all money not booked yet; a draft is replaced."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        number = generate_posting(connection, creditor, site.act)
    if json:
        output.print_json({"creditor": creditor, "posting": number or None})
    elif number:
        output.print_line(output.words("postings.proposed", creditor=creditor, number=number))
    else:
        output.print_line(output.words("postings.nothing", creditor=creditor))


@app.command
def approve(
    creditor: OneCreditor,
    number: Number,
    /,
    *,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Approve a proposal: its vouchers get their numbers and keys. Approving again changes nothing."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        done = approve_posting(connection, creditor, number, site.act)
    if json:
        output.print_json(done)
    else:
        output.print_line(output.words("postings.approved", creditor=creditor, number=number, vouchers=done.vouchers))


@app.command
def exclude(
    journal: JournalNumber,
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
) -> None:
    """Leave a payment out of posting proposals (skal ikke bokføres), with the reason. Then propose again."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        exclude_from_posting(connection, journal, because, site.act)
    output.print_line(output.words("postings.excluded", journal=journal))


@app.command
def include(
    journal: JournalNumber,
    /,
    *,
    because: Annotated[str, Parameter(name="--because", help="The reason, kept for a later reader.")] = "",
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
) -> None:
    """Take a payment that was left out back into posting proposals. Then propose again."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        include_again(connection, journal, site.act, because)
    output.print_line(output.words("postings.included", journal=journal))


@app.command
def deliver(*, place: At = DEFAULT_PLACE, on: OnDate = None, json: output.AsJson = False) -> None:
    """Deliver approved vouchers to the ledger, and fetch what became of them. Safe to run again."""
    joined = site_at(place, on).join()
    with pages_shown(output.words("postings.deliver"), as_json=json) as on_page:
        runs = run(joined, DELIVER, on_page)
    print_carried(runs, as_json=json)
