"""`kravbro vouchers`: the voucher journal of the embedded ledger."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.vouchers import delete_voucher
from kravbro.books.queries.journal import voucher_journal
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, OnDate, site_at
from kravbro.cli.redelivery import add_to
from kravbro.core.money import format_kroner
from kravbro.db.engines import reading, writing

app = App(
    name="vouchers", help="The embedded ledger's vouchers, and the collector's that wait.", help_format="plaintext"
)
add_to(app)

EVERYTHING = 2**31 - 1

Company = Annotated[int, Parameter(help="The company's number.")]
Voucher = Annotated[int, Parameter(help="The voucher's id, as `vouchers list` prints it.")]


@app.command(name="list")
def list_vouchers(
    company: Company,
    /,
    *,
    registrar: Annotated[str | None, Parameter(help="Only vouchers of this registrar, such as WS-Inf.")] = None,
    state: Annotated[str | None, Parameter(help="Only vouchers in this state: draft, posted, deleted.")] = None,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """List a company's vouchers. Those of the fixed registrar are the collector's: look for new ones every day."""
    with reading(site_at(place, None).books(company)) as connection:
        found = voucher_journal(connection, registrar=registrar, state=state, limit=EVERYTHING)
    if json:
        output.print_json({"count": len(found), "vouchers": found})
        return
    headings = ("id", "type", "number", "dated", "state", "registrar", "text", "debit")
    output.print_table(
        output.words("vouchers.list", count=len(found)),
        [output.words(f"vouchers.{heading}") for heading in headings],
        [
            (
                str(one.id),
                one.type,
                "" if one.number is None else f"{one.series} {one.number}",
                str(one.dated),
                one.state,
                one.registrar,
                one.text,
                format_kroner(one.debit_ore),
            )
            for one in found
        ],
        right=(0, 7),
    )


@app.command
def post(company: Company, voucher: Voucher, /, *more: Voucher, place: At = DEFAULT_PLACE, on: OnDate = None) -> None:
    """Post drafts: they get their numbers, and what they settle is settled. Posted already is done."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        count = post_vouchers(connection, [voucher, *more], site.act)
    output.print_line(output.words("vouchers.posted", count=count))


@app.command
def delete(company: Company, voucher: Voucher, /, *, place: At = DEFAULT_PLACE, on: OnDate = None) -> None:
    """Delete a draft. If the collector sent it, the collector is told."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        delete_voucher(connection, voucher, site.act)
    output.print_line(output.words("vouchers.deleted", voucher=voucher))
