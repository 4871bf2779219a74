"""`kravbro refunds`: money that goes back to those who paid it, and the files that the bank pays it by."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kravbro.bootstrap.accounts import refuse_unfit_account
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, Creditor, OnDate, chosen_creditors, site_at
from kravbro.cli.outbox import write_file
from kravbro.cli.payments_by_hand import Request
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.db.engines import reading, writing
from kravbro.office.manual import refund_files
from kravbro.office.manual.acts import Why
from kravbro.office.manual.refund_files import RefundFile
from kravbro.office.manual.refunds import Refund, cancel_refund, refund_payment

app = App(name="refunds", help="Money that is paid back, and the bank's files of it.", help_format="plaintext")

Out = Annotated[Path, Parameter(help="The file to write for the bank (pain.001).")]


@app.command
def add(  # noqa: PLR0913 - to whom, how much, why
    payment: Annotated[int, Parameter(help="The number of the payment that is paid back.")],
    /,
    *,
    to: Annotated[str, Parameter(name="--to", help="The account that the money goes to.")],
    name: Annotated[str, Parameter(help="The name of whom it goes to.")],
    because: Because,
    text: Annotated[str, Parameter(help="A message to the receiver.")] = "",
    account: Annotated[
        str, Parameter(help="The ledger's account that the money leaves. Default: the creditor's money account.")
    ] = "",
    case: Annotated[str | None, Parameter(help="The case that it was overpaid on, where there are several.")] = None,
    amount: Annotated[str | None, Parameter(help="The amount in kroner. Default: all that is overpaid there.")] = None,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Pay back what was overpaid on a case, or the whole of an unplaced payment. It goes out in the next file."""
    site = site_at(place, on)
    amount_ore = None if amount is None else parse_kroner(amount)
    wanted = Refund(payment, to, name, text, case, account.strip(), amount_ore)
    with writing(site.office) as connection:
        done = refund_payment(connection, wanted, Why(because, request), site.act)
        if done.new:
            refuse_unfit_account(site, done.creditor, wanted.account)
    if json:
        output.print_json(done)
        return
    facts = {"refund": done.refund, "payment": payment, "amount": format_kroner(done.amount_ore), "on": done.done_on}
    output.print_line(output.words("refunds.added" if done.new else "refunds.added_before", **facts))


@app.command
def cancel(
    refund: Annotated[int, Parameter(help="The refund's number, as `refunds list` prints it.")],
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Take back a refund that has gone into no file yet."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        done = cancel_refund(connection, refund, Why(because), site.act)
    if json:
        output.print_json(done)
        return
    output.print_line(output.words("refunds.cancelled", refund=refund, on=done.done_on))


@app.command(name="list")
def list_refunds(*, creditor: Creditor = None, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """List refunds, newest first: to whom, and the file that each went out in."""
    site = site_at(place, None)
    with reading(site.office) as connection:
        creditors = chosen_creditors(site, creditor)
        lines = [line for one in creditors for line in refund_files.refunds(connection, one)]
    if json:
        output.print_json({"count": len(lines), "refunds": lines})
        return
    headings = ("number", "payment", "case", "amount", "name", "account", "state")
    output.print_table(
        output.words("refunds.list", count=len(lines)),
        [output.words(f"refunds.{heading}") for heading in headings],
        [
            (
                str(line.number),
                str(line.payment),
                line.case,
                format_kroner(line.amount_ore),
                line.name,
                line.account,
                _state(line),
            )
            for line in lines
        ],
        right=(0, 1, 3),
    )


def _state(line: refund_files.RefundShown) -> str:
    if line.cancelled:
        return output.words("refunds.state.cancelled")
    return (
        output.words("refunds.state.waiting")
        if line.file is None
        else output.words("refunds.state.file", file=line.file)
    )


@app.command
def write(  # noqa: PLR0913 - what the bank asks for
    out: Out,
    /,
    *,
    creditor: Annotated[int, Parameter(help="The creditor's number.")],
    account: Annotated[str, Parameter(name="--from", help="The creditor's account that pays.")],
    bic: Annotated[str, Parameter(help="The BIC of the bank that the account is in.")],
    pay_on: Annotated[date | None, Parameter(help="The day to pay on. Default: the business date.")] = None,
    sender: Annotated[str, Parameter(help="What the bank knows the sender by. Default: organisation number.")] = "",
    version: Annotated[Literal["001.03", "001.09"], Parameter(help="The version of pain.001.")] = "001.03",
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Write every refund of a creditor that is in no file yet into a new one. Each goes into one file, once."""
    site = site_at(place, on)
    order = refund_files.Order(creditor, account, bic, pay_on or site.act.on, sender, version)
    with writing(site.office) as connection:
        made = refund_files.make_refund_file(connection, order, site.act)
    _deliver(made, out, as_json=json)


@app.command
def rewrite(
    file: Annotated[int, Parameter(help="The file's number, as `refunds list` prints it.")],
    out: Out,
    /,
    *,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """Write a file of refunds again: the same bytes, which the bank knows by the same id. Nothing is paid twice."""
    with reading(site_at(place, None).office) as connection:
        made = refund_files.refund_file_again(connection, file)
    _deliver(made, out, as_json=json)


def _deliver(made: RefundFile, out: Path, *, as_json: bool) -> None:
    write_file(out, made.content)
    if as_json:
        facts = {"file": made.number, "message_id": made.message_id, "refunds": made.refunds, "sum_ore": made.sum_ore}
        output.print_json(facts | {"path": str(out)})
        return
    facts = {"file": made.number, "refunds": made.refunds, "sum": format_kroner(made.sum_ore), "path": str(out)}
    output.print_line(output.words("refunds.written", **facts))
