"""`kravbro vouchers waiting` and `redeliver`: what the ledger has not booked, and delivering it again knowingly."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bridge.redelivery import refuse_unless_missing
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, Creditor, OnDate, chosen_creditors, site_at
from kravbro.cli.payments_by_hand import Request
from kravbro.core.money import format_kroner
from kravbro.db.engines import reading, writing
from kravbro.office.manual import redelivery
from kravbro.office.manual.acts import Why

DAYS = 7
"""How long a voucher may be delivered and not booked before it is listed, unless somebody says otherwise."""


def add_to(app: App) -> None:
    """Add the commands to `kravbro vouchers`."""
    for command in (waiting, redeliver):
        app.command(command)


def waiting(
    *,
    days: Annotated[int, Parameter(help="Also list what was delivered at least so many days ago.")] = DAYS,
    creditor: Creditor = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """List the collector's vouchers that the ledger has deleted or rejected, or has not posted for some days."""
    site = site_at(place, on)
    with reading(site.office) as connection:
        creditors = chosen_creditors(site, creditor)
        lines = [line for one in creditors for line in redelivery.waiting(connection, one, site.act.on, days)]
    if json:
        output.print_json({"count": len(lines), "vouchers": lines})
        return
    headings = ("key", "state", "since", "days", "dated", "text", "debit")
    output.print_table(
        output.words("redelivery.waiting", count=len(lines)),
        [output.words(f"redelivery.{heading}") for heading in headings],
        [
            (
                line.key,
                output.words(f"redelivery.state.{line.state}"),
                str(line.since),
                str(line.days),
                str(line.dated),
                line.text,
                format_kroner(line.debit_ore),
            )
            for line in lines
        ],
        right=(3, 6),
    )


def redeliver(
    key: Annotated[str, Parameter(help="The voucher's key, as `vouchers waiting` prints it.")],
    /,
    *,
    because: Because,
    missing: Annotated[
        bool,
        Parameter(negative="", help="Also where the ledger has told nothing of it, if it says that it lacks it."),
    ] = False,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Approve a voucher again that the ledger rejected or deleted: under a new key, with what was corrected since.

    It goes out with the next `kravbro postings deliver`.
    """
    site = site_at(place, on)
    with reading(site.office) as connection:
        one = redelivery.load_approved(connection, key)
    if missing and not one.replaced and one.state in redelivery.UNDECIDED:
        refuse_unless_missing(site.join(), one.company, key, one.number)
    with writing(site.office) as connection:
        done = redelivery.redeliver(connection, key, Why(because, request), site.act, missing=missing)
    if json:
        output.print_json(done)
        return
    code = "again" if done.new else "again_before"
    output.print_line(output.words(f"redelivery.{code}", key=done.key, replaces=key, on=done.done_on))
