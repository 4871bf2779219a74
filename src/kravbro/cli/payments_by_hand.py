"""`kravbro payments register`, `reverse`, `move` and `outside`: what people do with payments by hand."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kravbro.bootstrap.accounts import refuse_unfit_account
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, Creditor, OnDate, chosen_creditors, site_at
from kravbro.core.allocation_orders import Money
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.db.engines import reading, writing
from kravbro.office.manual.acts import Why
from kravbro.office.manual.moving import Move, Moved, move_payment
from kravbro.office.manual.outside import awaited
from kravbro.office.manual.registering import How, Registered, Registration, register_payment
from kravbro.office.manual.reversing import TakenBack, reverse_payment
from kravbro.office.placing import Covered

HowItCame = Literal["cash", "direct", "set_off", "wage_deduction", "bankruptcy", "enforcement"]
MoneySource = Literal["voluntary", "enforcement", "wage_deduction"]
PaymentNumber = Annotated[int, Parameter(help="The payment's number, as `payments list` prints it.")]
Request = Annotated[
    str | None,
    Parameter(
        name="--request",
        help="An id of your own for this act: the same id again changes nothing. Default: what is asked for.",
    ),
]
Kroner = Annotated[str, Parameter(help="The amount in kroner, such as 1250,50.")]


def add_to(app: App) -> None:
    """Add the commands to `kravbro payments`."""
    for command in (register, reverse, move, outside):
        app.command(command)


def register(  # noqa: PLR0913 - one parameter for each thing that is known of the money
    amount: Kroner,
    /,
    *,
    creditor: Annotated[int, Parameter(help="The creditor's number.")],
    how: Annotated[HowItCame, Parameter(help="How the money came.")],
    because: Because,
    case: Annotated[str | None, Parameter(help="The case number. Default: unplaced.")] = None,
    claim: Annotated[str | None, Parameter(help="The number of the invoice that it is for.")] = None,
    received: Annotated[date | None, Parameter(help="The day it was received. Default: the business date.")] = None,
    account: Annotated[
        str, Parameter(help="The ledger's account to debit. Default: the creditor's money account.")
    ] = "",
    reference: Annotated[str, Parameter(help="The number of the receipt, or of the court's or employer's paper.")] = "",
    not_posted: Annotated[
        bool, Parameter(name="--not-posted", negative="", help="The ledger books it by itself (skal ikke bokføres).")
    ] = False,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Register a payment that came in no bank file, on a case or unplaced.

    It goes into the next posting proposal, unless the ledger books it by itself: then its principal is met by what the
    ledger tells, and falls once.
    """
    site = site_at(place, on)
    given = Registration(
        creditor, parse_kroner(amount), How(how), received or site.act.on, case, claim, account.strip(),
        reference.strip(), not not_posted,
    )  # fmt: skip
    if given.posted:
        refuse_unfit_account(site, creditor, account)
    with writing(site.office) as connection:
        done = register_payment(connection, given, Why(because, request), site.act)
    if json:
        output.print_json(done)
        return
    _print_registered(done)


def _print_registered(done: Registered) -> None:
    code = "registered" if done.new else "registered_before"
    facts = {"payment": done.payment, "amount": format_kroner(done.amount_ore), "act": done.act, "on": done.done_on}
    output.print_line(output.words(f"by_hand.{code}", **facts))
    if done.shares:
        print_covered(done.shares, done.overpaid_ore)
    elif done.overpaid_ore:
        output.print_line(output.words("placing.rest", amount=format_kroner(done.overpaid_ore)))


def print_covered(shares: tuple[Covered, ...], overpaid_ore: int) -> None:
    """What money covers, invoice by invoice and part by part, and what was left."""
    output.print_table(
        output.words("placing.covered"),
        [output.words(f"placing.{heading}") for heading in ("invoice", "part", "amount")],
        [
            (share.invoice_no, output.words(f"placing.part.{share.part}"), format_kroner(share.amount_ore))
            for share in shares
        ],
        right=(2,),
    )
    if overpaid_ore:
        output.print_line(output.words("placing.rest", amount=format_kroner(overpaid_ore)))


def reverse(
    payment: PaymentNumber,
    /,
    *,
    why: Annotated[
        Literal["bounced", "mistaken"],
        Parameter(help="bounced: it went back on the business date. mistaken: it was registered, and never came."),
    ],
    because: Because,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Take a whole payment back, from wherever its money stands. What it covered is owed again."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        done = reverse_payment(connection, payment, TakenBack(why), Why(because, request), site.act)
    if json:
        output.print_json(done)
        return
    code = "reversed" if done.new else "reversed_before"
    facts = {"payment": payment, "reversal": done.reversal, "amount": format_kroner(done.amount_ore)}
    output.print_line(output.words(f"by_hand.{code}", **facts, act=done.act, on=done.done_on))


def move(  # noqa: PLR0913 - what is moved, from where, where to, and what is known of it
    payment: PaymentNumber,
    case: Annotated[str, Parameter(help="The case to move it to, such as 1-000001.")],
    /,
    *,
    because: Because,
    source: Annotated[
        str | None, Parameter(name="--from", help="The case to move it from. Default: the one that it stands on.")
    ] = None,
    amount: Annotated[str | None, Parameter(help="The amount in kroner. Default: all that stands there.")] = None,
    claim: Annotated[str | None, Parameter(help="The number of the invoice that it is for.")] = None,
    money: Annotated[
        MoneySource | None, Parameter(help="Where the money comes from. Default: as it was placed before.")
    ] = None,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Move a payment, or a part of it, to another case of the creditor, or anew within its case.

    It is divided as if it had come there when it came. What was covered last is taken off first.
    """
    site = site_at(place, on)
    wanted = Move(
        payment, case, source, None if amount is None else parse_kroner(amount), Money(money) if money else None, claim
    )
    with writing(site.office) as connection:
        done = move_payment(connection, wanted, Why(because, request), site.act)
    if json:
        output.print_json(done)
        return
    _print_moved(done)


def _print_moved(done: Moved) -> None:
    facts = {"payment": done.payment, "act": done.act, "on": done.done_on}
    if not done.new:
        output.print_line(output.words("by_hand.moved_before", **facts))
        return
    amount = format_kroner(done.amount_ore)
    output.print_line(output.words("by_hand.moved", **facts, amount=amount, source=done.source, target=done.target))
    print_covered(done.shares, done.overpaid_ore)


def outside(*, creditor: Creditor = None, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """List principal that was registered as booked by the ledger itself, and that the ledger has not told of yet."""
    site = site_at(place, None)
    with reading(site.office) as connection:
        lines = [line for one in chosen_creditors(site, creditor) for line in awaited(connection, one)]
    if json:
        output.print_json({"count": len(lines), "outside": lines})
        return
    output.print_table(
        output.words("by_hand.outside", count=len(lines)),
        [output.words(f"by_hand.{heading}") for heading in ("case", "invoice", "amount", "since")],
        [(line.case, line.invoice_no, format_kroner(line.amount_ore), str(line.since)) for line in lines],
        right=(2,),
    )
