"""`kravbro payments`: look at the bank's payment files, and take them in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter
from msgspec import structs

from kravbro.bootstrap.inbox import import_listed, list_inboxes
from kravbro.cli import camt054_listing, failure, output
from kravbro.cli.inbox import read_file
from kravbro.cli.inspection import Compared, compared_at, kid_methods, print_compared, print_left_out
from kravbro.cli.options import DEFAULT_PLACE, At, Creditor, OnDate, chosen_creditors, site_at
from kravbro.cli.payment_inbox import print_inboxes, print_outcomes
from kravbro.cli.payments_by_hand import MoneySource, add_to, print_covered
from kravbro.core.allocation_orders import Money, parts_named
from kravbro.core.errors import DataFault
from kravbro.core.identifiers import bank_account
from kravbro.core.money import format_kroner
from kravbro.db.engines import reading, writing
from kravbro.formats import ocr_giro
from kravbro.office.bank_files import read_bank_file
from kravbro.office.incoming_camt054 import LeftOut
from kravbro.office.payment_import import ImportResult, import_payments
from kravbro.office.placing import Known, Placed, place_unplaced
from kravbro.office.queries.payments import UnplacedShown, payments, unplaced_money
from kravbro.office.queries.suggestions import suggestions
from kravbro.office.suggestions import Suggestion
from kravbro.texts.derivations import as_data, told
from kravbro.texts.sentences import sentence

app = App(
    name="payments",
    help="Payments: the bank's files, unplaced money, and what is done by hand.",
    help_format="plaintext",
)

add_to(app)

FilePath = Annotated[Path, Parameter(help="The bank's file, in OCR giro or camt.054: its content tells which.")]


class InspectedTransaction(msgspec.Struct, frozen=True):
    """One transaction as `payments inspect --json` prints it; `amount_ore` is negative for reversals and credits."""

    kid: str | None
    amount_ore: int
    bank_date: date | None
    settlement_date: date
    type: str
    reference: str
    debit_account: str | None


class InspectedFile(msgspec.Struct, frozen=True):
    """What `payments inspect --json` prints of OCR giro.

    `total_ore` is as the file states it, `net_ore` with reversals taken off; `compared` is what an installation has of
    it, none where there is no installation.
    """

    format: str
    count: int
    total_ore: int
    net_ore: int
    transactions: list[InspectedTransaction]
    compared: Compared | None


@app.command
def inspect(file: FilePath, /, *, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """Verify a payment file and list what it holds. Nothing is imported, and nothing of a faulty file is shown.

    Where an installation is, it is also said what of the file is known there, and what may be.
    """
    found = read_bank_file(read_file(file), str(file))
    compared = compared_at(place, found)
    if isinstance(found.content, ocr_giro.OcrGiroFile):
        _inspect_ocr_giro(found.content, compared, as_json=json)
    else:
        camt054_listing.show(found.content, found, compared, as_json=json)


def _inspect_ocr_giro(content: ocr_giro.OcrGiroFile, compared: Compared | None, *, as_json: bool) -> None:
    payments = [payment for _, _, payment in content.payments()]
    if as_json:
        output.print_json(_inspected(content, payments, compared))
        return
    _print_checks(content)
    _print_transactions(payments)
    _print_sums(content, payments)
    print_compared(compared)


@app.command(name="import")
def import_file(
    file: Annotated[Path | None, Parameter(help="The bank's file, in OCR giro or camt.054; none with --inbox.")] = None,
    /,
    *,
    inbox: Annotated[
        bool, Parameter(name="--inbox", negative="", help="Everything unread in the agreements' inbox folders.")
    ] = False,
    despite_lookalikes: Annotated[
        str | None,
        Parameter(
            help="Import payments that look like some which came in another format (same account, KID, amount and "
            "day): the reason why they are others, kept for a later reader."
        ),
    ] = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> int:
    """Import a payment file: each payment goes to its case, or to unplaced money. A repeated file is refused.

    Entries of a camt.054 that are no incoming payments, or not booked yet, are left out and told.

    With --inbox every unread file is imported, in order of settlement, each for itself: one that is refused stays and
    is listed, and the others are imported all the same.
    """
    if (file is None) == (not inbox) or (inbox and despite_lookalikes is not None):
        raise DataFault("cli.file_or_inbox")
    if file is None:
        site = site_at(place, on)
        listing = list_inboxes(site.office, read_file)
        outcomes = list(import_listed(site.office, listing, read_file, site.act))
        return print_outcomes(listing.folders, outcomes, as_json=json)
    content = read_bank_file(read_file(file), str(file))
    site = site_at(place, on)
    name = str(output.printable(file.name))
    with writing(site.office) as connection:
        done = import_payments(
            connection, name, content.sha256, content.format, content.payments, site.act, despite_lookalikes
        )
    _print_imported(done, content.left_out, as_json=json)
    return failure.DONE


@app.command
def inbox(*, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """List what lies in the inbox folders of the payment agreements. Nothing is imported, and nothing is moved."""
    print_inboxes(list_inboxes(site_at(place, None).office, read_file), as_json=json)


def _print_imported(done: ImportResult, left_out: Sequence[LeftOut], *, as_json: bool) -> None:
    if as_json:
        output.print_json(structs.asdict(done) | {"left_out": left_out})
        return
    output.print_line(
        output.words(
            "payments.imported",
            new=done.new,
            known=done.known,
            placed=format_kroner(done.placed_ore),
            unplaced=done.unplaced,
            unplaced_kr=format_kroner(done.unplaced_ore),
            reversed=done.reversed,
        )
    )
    print_left_out(left_out)


@app.command(name="list")
def list_payments(
    *,
    creditor: Creditor = None,
    after: Annotated[int, Parameter(help="Only payments with a higher number.")] = 0,
    limit: Annotated[int, Parameter(help="At most so many of each creditor.")] = 100,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """List payments by number: what came in bank files and what was registered by hand, and what took others back."""
    site = site_at(place, None)
    with reading(site.office) as connection:
        creditors = chosen_creditors(site, creditor)
        lines = [line for one in creditors for line in payments(connection, one, after=after, limit=limit)]
    if json:
        output.print_json({"count": len(lines), "payments": lines})
        return
    headings = ("number", "amount", "kid", "bank_date", "settlement_date", "file", "reverses")
    output.print_table(
        output.words("payments.list", count=len(lines)),
        [output.words(f"payments.{name}") for name in headings],
        [
            (
                str(line.number),
                format_kroner(line.amount_ore),
                line.kid,
                str(line.bank_date),
                str(line.settlement_date),
                line.file or output.words("payments.by_hand"),
                "" if line.reverses is None else str(line.reverses),
            )
            for line in lines
        ],
        right=(0, 1, 6),
    )


@app.command
def unplaced(
    *,
    creditor: Creditor = None,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """List money that is on no case yet, with the reason, and the cases that it may belong to.

    A suggestion is never followed by itself: place the money with `kravbro payments place`.
    """
    site = site_at(place, None)
    lines: list[UnplacedShown] = []
    suggested: dict[int, tuple[Suggestion, ...]] = {}
    with reading(site.office) as connection:
        for one in chosen_creditors(site, creditor):
            lines += unplaced_money(connection, one)
            suggested |= suggestions(connection, one)
    if json:
        rows = [structs.asdict(line) | {"suggestions": suggested[line.payment]} for line in lines]
        output.print_json({"count": len(lines), "net_ore": sum(line.amount_ore for line in lines), "unplaced": rows})
        return
    headings = ("number", "amount", "kid", "settlement_date", "because", "suggestions")
    output.print_table(
        output.words("payments.unplaced", count=len(lines)),
        [output.words(f"payments.{name}") for name in headings],
        [
            (
                str(line.payment),
                format_kroner(line.amount_ore),
                line.kid,
                str(line.settlement_date),
                sentence(line.because, {}, output.language()),
                "; ".join(map(_suggested, suggested[line.payment])),
            )
            for line in lines
        ],
        right=(0, 1),
    )


def _suggested(one: Suggestion) -> str:
    """A suggestion in one line: the case, its invoice if that is known, and why."""
    reasons = ", ".join(sentence(reason, {}, output.language()) for reason in one.reasons)
    place = f"{one.case} / {one.invoice_no}" if one.invoice_no else one.case
    return f"{place} ({reasons})"


@app.command
def place(  # noqa: PLR0913 - one parameter for each thing that is known of the money
    payment: Annotated[int, Parameter(help="The payment's number, as `payments unplaced` prints it.")],
    case: Annotated[str, Parameter(help="The case number, such as 1-000001.")],
    /,
    *,
    money: Annotated[MoneySource, Parameter(help="Where the money comes from.")] = "voluntary",
    claim: Annotated[
        str | None, Parameter(help="The number of the invoice that the debtor said the money is for.")
    ] = None,
    order: Annotated[
        str | None, Parameter(help="The order that the debtor gave, such as principal,interest,fees,costs.")
    ] = None,
    explain: Annotated[bool, Parameter(negative="", help="Print below the table why it was divided so.")] = False,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Place unplaced money on a case: the whole amount, divided by the policy for where it comes from.

    What the debtor said counts for money that was paid voluntarily, and is refused for other money. An invoice on which
    nothing can be covered is refused too.
    """
    known = Known(Money(money), claim, None if order is None else parts_named(order))
    site = site_at(place, on)
    with writing(site.office) as connection:
        placed = place_unplaced(connection, payment, case, site.act, known)
    if json:
        output.print_json(structs.asdict(placed) | {"explain": as_data(placed.explain, output.language())})
        return
    _print_placed(placed)
    if explain:
        for line in told(placed.explain, output.language()):
            output.print_line(line)


def _print_placed(placed: Placed) -> None:
    """What a placing covered, and what was left."""
    output.print_line(output.words("payments.placed_on", payment=placed.payment, case=placed.case))
    print_covered(placed.shares, placed.overpaid_ore)


def _inspected(
    content: ocr_giro.OcrGiroFile, payments: list[ocr_giro.Transaction], compared: Compared | None
) -> InspectedFile:
    transactions = [
        InspectedTransaction(
            kid=payment.kid,
            amount_ore=payment.amount_ore,
            bank_date=payment.bank_date,
            settlement_date=payment.settlement_date,
            type=payment.type,
            reference=payment.reference,
            debit_account=payment.debit_account,
        )
        for payment in payments
    ]
    return InspectedFile("ocr_giro", content.count, content.total_ore, _net_ore(payments), transactions, compared)


def _net_ore(payments: list[ocr_giro.Transaction]) -> int:
    return sum(payment.amount_ore for payment in payments)


def _print_checks(content: ocr_giro.OcrGiroFile) -> None:
    """Each control that the file states; what was counted is the same, or the file would have been refused."""
    output.print_line(output.words("payments.checks", file=content.name))
    for transmission in content.transmissions:
        for part in transmission.assignments:
            title = output.words(
                "payments.assignment",
                transmission=transmission.number,
                agreement=part.agreement_id,
                assignment=part.number,
                account=bank_account.format(part.account),
            )
            headings = (output.words("payments.check"), output.words("payments.agrees"))
            output.print_table(title, headings, _checks(part))


def _checks(part: ocr_giro.Assignment) -> list[tuple[str, str]]:
    totals = part.totals
    values = {
        "check_records": str(totals.records),
        "check_transactions": str(totals.transactions),
        "check_numbers": f"1-{totals.transactions}",
        "check_sum": format_kroner(totals.total_ore),
        "check_settlement": f"{totals.earliest} - {totals.latest}",
        "check_nets_date": str(part.nets_date),
    }
    return [(output.words(f"payments.{name}"), value) for name, value in values.items()]


def _print_transactions(payments: list[ocr_giro.Transaction]) -> None:
    methods = kid_methods([payment.kid or "" for payment in payments])
    rows = [
        (
            payment.type,
            payment.kid or "",
            methods[place],
            format_kroner(payment.amount_ore),
            str(payment.bank_date or ""),
            str(payment.settlement_date),
            payment.reference,
            payment.debit_account or "",
        )
        for place, payment in enumerate(payments)
    ]
    headings = ("type", "kid", "kid_check", "amount", "bank_date", "settlement_date", "reference", "debit_account")
    output.print_table(
        output.words("payments.transactions"),
        [output.words(f"payments.{name}") for name in headings],
        rows,
        right=(1, 3),
    )


def _print_sums(content: ocr_giro.OcrGiroFile, payments: list[ocr_giro.Transaction]) -> None:
    total, net = format_kroner(content.total_ore), format_kroner(_net_ore(payments))
    output.print_line(output.words("payments.sums", count=content.count, total=total, net=net))
