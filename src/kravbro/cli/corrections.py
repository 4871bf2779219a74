"""`kravbro postings change` and `date`: corrections by hand before a proposal is booked."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from cyclopts import App, Parameter

from kravbro.bootstrap.accounts import refuse_unfit_account
from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, site_at
from kravbro.core.errors import DataFault
from kravbro.db.engines import writing
from kravbro.office.manual.choices import Choice, Field, NotKept
from kravbro.office.manual.corrections import Corrected, Correction, correct
from kravbro.texts.sentences import sentence

OneCreditor = Annotated[int, Parameter(help="The creditor's number.")]
Proposal = Annotated[int, Parameter(help="The proposal's number.")]
VoucherNo = Annotated[int, Parameter(help="The voucher's number within the proposal: 1 is the first that is shown.")]
New = str | None


def add_to(app: App) -> None:
    """Add the commands to `kravbro postings`."""
    app.command(change)
    app.command(redate, name="date")


def change(  # noqa: PLR0913 - one parameter for each thing that may be changed
    creditor: OneCreditor,
    number: Proposal,
    voucher: VoucherNo,
    line: Annotated[int, Parameter(help="The line's number within the voucher.")],
    /,
    *,
    because: Because,
    account: Annotated[New, Parameter(help="The ledger's account.")] = None,
    department: Annotated[New, Parameter(help="The department.")] = None,
    project: Annotated[New, Parameter(help="The project.")] = None,
    text: Annotated[New, Parameter(help="The text.")] = None,
    as_coded: Annotated[
        bool, Parameter(negative="", help="Take back everything that was chosen for this line.")
    ] = False,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Change how a line is coded. The draft is made anew, and what was chosen is kept whenever it is made again."""
    given = {Field.ACCOUNT: account, Field.DEPARTMENT: department, Field.PROJECT: project, Field.TEXT: text}
    chosen = dict.fromkeys(given) if as_coded else {field: new for field, new in given.items() if new is not None}
    if not chosen or (as_coded and any(new is not None for new in given.values())):
        raise DataFault("cli.nothing_to_change")
    site = site_at(place, on)
    if account is not None:
        refuse_unfit_account(site, creditor, account)
    with writing(site.office) as connection:
        *_, done = [
            correct(connection, Correction(creditor, number, voucher, line, field, new), because, site.act)
            for field, new in chosen.items()
        ]
    _tell(done, as_json=json)


def redate(
    creditor: OneCreditor,
    number: Proposal,
    voucher: VoucherNo,
    to: Annotated[date | None, Parameter(help="The new date. None: as it is coded.")] = None,
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Change the date of a voucher. The draft is made anew."""
    site = site_at(place, on)
    wanted = Correction(creditor, number, voucher, None, Field.DATED, None if to is None else to.isoformat())
    with writing(site.office) as connection:
        done = correct(connection, wanted, because, site.act)
    _tell(done, as_json=json)


def _tell(done: Corrected, *, as_json: bool) -> None:
    if as_json:
        output.print_json(done)
        return
    output.print_line(output.words("corrections.done", creditor=done.creditor, number=done.posting))
    print_choices(done.kept, done.unfit)


def print_choices(kept: tuple[Choice, ...], unfit: tuple[NotKept, ...]) -> None:
    """What was chosen by hand and shapes the proposal, and what no longer fits, with the reason."""
    if kept:
        _table("corrections.kept", [(one, "") for one in kept])
    if unfit:
        _table("corrections.unfit", [(one.choice, sentence(one.because, {}, output.language())) for one in unfit])


def _table(title: str, rows: list[tuple[Choice, str]]) -> None:
    headings = ("journal", "field", "value", "was", "by", "because", "unfit_because")
    output.print_table(
        output.words(title, count=len(rows)),
        [output.words(f"corrections.{heading}") for heading in headings],
        [
            (
                f"{one.journal}/{one.row_no}" if one.row_no else str(one.journal),
                output.words(f"corrections.field.{one.field}"),
                one.value or "",
                one.was,
                f"{one.actor} {one.made_on}",
                one.because,
                why,
            )
            for one, why in rows
        ],
    )
