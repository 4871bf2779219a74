"""`kravbro postings`: what is to be booked in the ledger, from proposal to delivered voucher."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter
from msgspec import structs

from kravbro.bridge.streams import DELIVER, run
from kravbro.cli import output
from kravbro.cli.corrections import add_to, print_choices
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
from kravbro.office.posting import approve_posting, exclude_from_posting, include_again, regenerate_posting
from kravbro.office.queries import postings as queries

app = App(name="postings", help="What is to be booked in the ledger.", help_format="plaintext")
add_to(app)

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
        left_out = queries.not_booked(connection, creditor, number)
    if json:
        shown = {"creditor": creditor, "posting": number, "vouchers": vouchers, "not_booked": left_out}
        output.print_json(shown)
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
        print_choices((*voucher.chosen, *(one for line in voucher.lines for one in line.chosen)), ())
    _print_not_booked(left_out)


def _print_not_booked(left_out: list[queries.NotBooked]) -> None:
    """What is in no voucher since the proposal before, and why."""
    if not left_out:
        return
    headings = ("journal", "payment", "case", "amount", "by", "because")
    output.print_table(
        output.words("postings.not_booked", count=len(left_out)),
        [output.words(f"corrections.{heading}") for heading in headings],
        [
            (
                str(one.journal),
                str(one.payment),
                one.case,
                format_kroner(one.amount_ore),
                f"{one.actor} {one.since}",
                one.because,
            )
            for one in left_out
        ],
        right=(0, 1, 3),
    )


@app.command(name=("propose", "regenerate"))
def propose(
    creditor: OneCreditor,
    /,
    *,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Make the creditor's proposal anew from all money not booked yet; a draft is replaced.

    What people have chosen by hand is kept where it still fits what it was chosen on, and listed where it does not.
    """
    site = site_at(place, on)
    with writing(site.office) as connection:
        made = regenerate_posting(connection, creditor, site.act)
    if json:
        output.print_json(structs.asdict(made) | {"posting": made.posting or None})
        return
    code = "proposed" if made.posting else "nothing"
    output.print_line(output.words(f"postings.{code}", creditor=creditor, number=made.posting))
    print_choices(made.kept, made.unfit)


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
