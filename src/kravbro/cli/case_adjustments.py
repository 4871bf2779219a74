"""`kravbro cases cost`, `charge`, `waive`, `undo`, `adjustments` and `uncharged`: what people charge and waive."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, Creditor, OnDate, chosen_creditors, site_at
from kravbro.cli.payments_by_hand import Kroner, Request
from kravbro.core.allocation_orders import Part
from kravbro.core.errors import DataFault
from kravbro.core.fees.charges import ChargeKind, Cost
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.db.engines import reading, writing
from kravbro.office.adjustments.acting import Adjusted
from kravbro.office.adjustments.costs import register_cost
from kravbro.office.adjustments.late_interest import charge_interest, waive_interest
from kravbro.office.adjustments.shown import adjustments_shown, left_uncharged
from kravbro.office.adjustments.waiving import undo as take_back
from kravbro.office.adjustments.waiving import waive as waive_part
from kravbro.office.manual.acts import Why

CaseNumber = Annotated[str, Parameter(help="The case number, such as 1-000001.")]
OneInvoice = Annotated[str | None, Parameter(name="--claim", help="Only the claims on the invoice of this number.")]
CostKind = Literal[
    "conciliation_board_fee",
    "attachment_fee",
    "forced_cover_fee",
    "enforcement_complaint_fee",
    "collection_authority_notice",
    "collection_authority_decision",
    "municipal_enforcement_notice",
    "municipal_enforcement_decision",
    "pleading_salaer",
    "salaer_simple",
    "salaer_heavy",
    "awarded_costs",
    "reminder_fee",
    "notice_fee",
    "demand_fee",
]
WhichPart = Literal["costs", "fees", "interest", "late_interest"]


def add_to(app: App) -> None:
    """Add the commands to `kravbro cases`."""
    for command in (cost, charge, waive, undo, adjustments, uncharged):
        app.command(command)


def cost(  # noqa: PLR0913 - one parameter for each thing that is known of a cost
    number: CaseNumber,
    amount: Kroner,
    /,
    *,
    kind: Annotated[CostKind, Parameter(help="What it is: this decides the law's maximum.")],
    dated: Annotated[
        date | None, Parameter(help="The day of filing, deciding or sending. Default: the business date.")
    ] = None,
    because: Because,
    document: Annotated[str, Parameter(help="The number of the court's or authority's paper.")] = "",
    deadline: Annotated[date | None, Parameter(help="The deadline that the letter set.")] = None,
    with_vat: Annotated[
        bool, Parameter(name="--with-vat", negative="", help="VAT that the creditor cannot deduct is in the amount.")
    ] = False,
    interest_from: Annotated[date | None, Parameter(help="Refused: no rule is known by which a cost does.")] = None,
    claim: Annotated[str | None, Parameter(help="The number of the invoice. Default: the oldest due.")] = None,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Register a cost of court or enforcement, a salær, or the fee of a letter that was sent outside Kravbro."""
    site = site_at(place, on)
    given = Cost(
        ChargeKind(kind), parse_kroner(amount), dated or site.act.on, document, deadline, with_vat, interest_from
    )
    with writing(site.office) as connection:
        done = register_cost(connection, number, given, Why(because, request), site.statute, site.act, claim)
    print_adjusted(done, as_json=json)


def charge(
    number: CaseNumber,
    /,
    *,
    until: Annotated[date | None, Parameter(help="The last day, included. Default: the business date.")] = None,
    because: Because,
    claim: OneInvoice = None,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Charge late interest up to a day, so that money can cover it. What late news took away comes off again."""
    site = site_at(place, on)
    until, why = until or site.act.on, Why(because, request)
    with writing(site.office) as connection:
        done = charge_interest(connection, number, until, why, site.statute, site.act, claim)
    print_adjusted(done, as_json=json)


def waive(  # noqa: PLR0913 - what is waived, how much of it, and why
    number: CaseNumber,
    /,
    *,
    part: Annotated[WhichPart, Parameter(help="What is waived; late_interest is interest that is not charged yet.")],
    amount: Annotated[str | None, Parameter(help="The amount in kroner. Default: all of it.")] = None,
    until: Annotated[
        date | None, Parameter(help="The last day of late interest, included. Default: the business date.")
    ] = None,
    because: Because,
    claim: OneInvoice = None,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Waive fees, costs or interest of a case, whole or in part, the oldest claims first."""
    if until is not None and part != "late_interest":
        raise DataFault("cli.until_of_late_interest", part=part)
    site = site_at(place, on)
    amount_ore, why = None if amount is None else parse_kroner(amount), Why(because, request)
    with writing(site.office) as connection:
        if part == "late_interest":
            until = until or site.act.on
            done = waive_interest(connection, number, until, amount_ore, why, site.statute, site.act, claim)
        else:
            done = waive_part(connection, number, Part(part), amount_ore, why, site.act, claim)
    print_adjusted(done, as_json=json)


def undo(
    act: Annotated[int, Parameter(help="The number of the act, as `cases adjustments` prints it.")],
    /,
    *,
    because: Because,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Take back what an act charged or waived, as if it had not been."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        done = take_back(connection, act, Why(because, request), site.act)
    print_adjusted(done, as_json=json)


def adjustments(number: CaseNumber, /, *, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """List what was charged and waived on a case by hand, why and by whom."""
    site = site_at(place, None)
    with reading(site.office) as connection:
        found = adjustments_shown(connection, number)
    if json:
        output.print_json({"case": number, "adjustments": found})
        return
    headings = (
        "act",
        "done_on",
        "invoice",
        "kind",
        "part",
        "amount",
        "dated",
        "document",
        "undone",
        "because",
        "actor",
    )
    output.print_table(
        output.words("adjustments.of", case=number),
        [output.words(f"adjustments.{heading}") for heading in headings],
        [
            (
                str(one.act),
                str(one.done_on),
                one.invoice_no,
                output.words(f"adjustments.kind.{one.kind}"),
                output.words(f"cases.line.{one.part}"),
                format_kroner(one.amount_ore),
                str(one.dated),
                one.document,
                _undone(one.undoes, one.undone_by),
                one.because,
                one.actor,
            )
            for one in found
        ],
        right=(0, 5),
    )


def _undone(undoes: int, undone_by: int) -> str:
    if undone_by:
        return output.words("adjustments.undone_by", act=undone_by)
    return output.words("adjustments.undoes", act=undoes) if undoes else ""


def uncharged(
    *, creditor: Creditor = None, place: At = DEFAULT_PLACE, on: OnDate = None, json: output.AsJson = False
) -> None:
    """List claims that are paid and have late interest that nothing has charged: charge it, or waive it."""
    site = site_at(place, on)
    with reading(site.office) as connection:
        found = [
            line
            for one in chosen_creditors(site, creditor)
            for line in left_uncharged(connection, one, site.act.on, site.statute)
        ]
    if json:
        output.print_json({"on": site.act.on, "uncharged": found})
        return
    output.print_table(
        output.words("adjustments.uncharged", count=len(found), on=site.act.on),
        [output.words(f"adjustments.{heading}") for heading in ("case", "invoice", "amount")],
        [(line.case, line.invoice_no, format_kroner(line.uncharged_ore)) for line in found],
        right=(2,),
    )


def print_adjusted(done: Adjusted, *, as_json: bool) -> None:
    """Print what an act changed."""
    if as_json:
        output.print_json(done)
        return
    code = "done" if done.new else "done_before"
    amount = format_kroner(sum(one.amount_ore for one in done.changes))
    output.print_line(output.words(f"adjustments.{code}", act=done.act, case=done.case, on=done.done_on, amount=amount))
    output.print_table(
        output.words("adjustments.changes"),
        [output.words(f"adjustments.{heading}") for heading in ("invoice", "kind", "part", "amount", "dated")],
        [
            (
                one.invoice_no,
                output.words(f"adjustments.kind.{one.kind}"),
                output.words(f"cases.line.{one.part}"),
                format_kroner(one.amount_ore),
                str(one.dated),
            )
            for one in done.changes
        ],
        right=(3,),
    )
