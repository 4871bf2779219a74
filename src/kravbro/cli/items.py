"""`kravbro items`: open items of the embedded ledger, and what a bookkeeper books on them.

What is booked on an item that a collector has reaches its case with the next `kravbro transactions fetch`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kravbro.books.commands.corrections import Correction, write_correction
from kravbro.books.commands.interest_flags import set_interest
from kravbro.books.commands.matching import book, booked_by_request
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.reversals import Reversal, reverse_voucher
from kravbro.books.meanings import Meaning
from kravbro.books.queries.credits import credits_with_rest, left_of_credit
from kravbro.books.queries.dunning import Transfer, dunning_history
from kravbro.books.queries.item_history import BookingShown, item_history, put_there
from kravbro.books.queries.open_items import OpenItemShown, named_item, open_item, open_items
from kravbro.cli import output, transferred_items
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, site_at
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.db.engines import reading, writing
from kravbro.texts.sentences import sentence

app = App(
    name="items",
    help="Open items of the embedded ledger and what is booked on them, and those of any ledger handed over earlier.",
    help_format="plaintext",
)
transferred_items.add_to(app)

EVERYTHING = 2**31 - 1

Kind = Literal["payment", "credit-note", "write-off-books-only", "write-off-claim-ended"]
MEANINGS: dict[Kind, Meaning] = {
    "payment": Meaning.PAYMENT,
    "credit-note": Meaning.CREDIT_NOTE,
    "write-off-books-only": Meaning.WRITE_OFF_BOOKS_ONLY,
    "write-off-claim-ended": Meaning.WRITE_OFF_CLAIM_ENDED,
}

Company = Annotated[int, Parameter(help="The company's number.")]
Item = Annotated[str, Parameter(help="The invoice's number, or its entry as #12.")]
Credit = Annotated[int, Parameter(help="The entry of the payment or credit note, as `items show` prints it.")]
Amount = Annotated[str | None, Parameter(help="In kroner, such as 1200.50. Default: as much as there is.")]
Dated = Annotated[
    date | None, Parameter(help="The voucher's date, YYYY-MM-DD: when the money came. Default: the business date.")
]
VoucherType = Annotated[str, Parameter(help="The voucher type. Default: the only one with that meaning.")]
Text = Annotated[str, Parameter(help="The voucher's text.")]
Request = Annotated[
    str | None, Parameter(help="A name for this very request, so that giving the command again books nothing twice.")
]


@app.command(name="list")
def list_items(
    company: Company,
    /,
    *,
    customer: Annotated[int | None, Parameter(help="Only items of this customer.")] = None,
    invoice: Annotated[str | None, Parameter(help="Only items of this invoice number.")] = None,
    with_settled: Annotated[bool, Parameter(negative="", help="Also items of which nothing remains.")] = False,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """List open items: what each was, what remains, and whether a collector has it."""
    with reading(site_at(place, None).books(company)) as connection:
        found = open_items(
            connection, customer_no=customer, invoice_no=invoice, with_settled=with_settled, limit=EVERYTHING
        )
    if json:
        output.print_json({"count": len(found), "items": found})
    else:
        _print_items(output.words("items.list", count=len(found)), found)


@app.command
def show(company: Company, item: Item, /, *, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """Show one open item with everything that was booked on it, and each time it went to the collector and back."""
    with reading(site_at(place, None).books(company)) as connection:
        number = named_item(connection, item)
        shown, bookings = open_item(connection, number), item_history(connection, number)
        dunning = dunning_history(connection, number)
    if json:
        output.print_json({"item": shown, "bookings": bookings, "transfers": dunning.transfers})
        return
    _print_items(output.words("items.one", invoice=shown.invoice_no, customer=shown.customer_name), [shown])
    _print_bookings(bookings)
    _print_transfers(dunning.transfers)


@app.command(name="credits")
def list_credits(company: Company, /, *, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """List payments and credit notes that have something left to match."""
    with reading(site_at(place, None).books(company)) as connection:
        found = credits_with_rest(connection, limit=EVERYTHING)
    if json:
        output.print_json({"count": len(found), "credits": found})
        return
    headings = ("credit", "customer", "text", "reference", "amount", "left")
    output.print_table(
        output.words("items.credits", count=len(found)),
        [output.words(f"items.{heading}") for heading in headings],
        [
            (
                str(one.entry),
                str(one.customer),
                one.voucher_text,
                one.reference,
                format_kroner(one.amount_ore),
                format_kroner(one.left_ore),
            )
            for one in found
        ],
        right=(0, 1, 4, 5),
    )


@app.command(name="book")
def book_voucher(  # noqa: PLR0913 - what a voucher says
    company: Company,
    kind: Annotated[Kind, Parameter(help="What is booked.")],
    item: Item,
    /,
    *,
    against: Annotated[str, Parameter(help="The account that it is booked against: bank, income, loss.")],
    amount: Amount = None,
    dated: Dated = None,
    voucher_type: VoucherType = "",
    text: Text = "",
    post: Annotated[bool, Parameter(negative="--leave-as-draft", help="Post the voucher at once.")] = True,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Book a payment, a credit note or a write-off on an invoice, with a voucher of its own.

    A write-off of the books only leaves the claim with its collector, who keeps watching it; one that ends the claim
    gives it up there too.
    """
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        number = named_item(connection, item)
        correction = Correction(
            open_item=number,
            meaning=MEANINGS[kind],
            against=against,
            dated=dated or site.act.on,
            amount_ore=None if amount is None else parse_kroner(amount),
            text=text,
            voucher_type=voucher_type,
        )
        made = write_correction(connection, correction, site.act, request)
        if post:
            post_vouchers(connection, [made], site.act)
        shown = open_item(connection, number)
    _print_booked(company, shown, {"voucher": made, "posted": post}, as_json=json)


@app.command
def match(
    company: Company,
    credit: Credit,
    item: Item,
    /,
    *,
    amount: Amount = None,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Put what a payment or credit note has left on an invoice of the same customer."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        number = named_item(connection, item)
        amount_ore = booked_by_request(connection, request) if amount is None else parse_kroner(amount)
        if amount_ore is None:
            remaining_ore = open_item(connection, number).remaining_ore
            amount_ore = min(left_of_credit(connection, credit), max(remaining_ore, 0))
        made = book(connection, credit, number, amount_ore, site.act, request_id=request)
        shown = open_item(connection, number)
    _print_booked(company, shown, {"booking": made}, as_json=json)


@app.command
def unmatch(
    company: Company,
    credit: Credit,
    item: Item,
    /,
    *,
    amount: Amount = None,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Take a payment or credit note off an invoice again: the invoice is open for as much as was taken off."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        number = named_item(connection, item)
        amount_ore = booked_by_request(connection, request) if amount is None else -parse_kroner(amount)
        if amount_ore is None:
            amount_ore = -put_there(connection, credit, number)
        made = book(connection, credit, number, amount_ore, site.act, request_id=request)
        shown = open_item(connection, number)
    _print_booked(company, shown, {"booking": made}, as_json=json)


@app.command
def reverse(
    company: Company,
    voucher: Annotated[int, Parameter(help="The voucher's id, as `items show` and `vouchers list` print it.")],
    /,
    *,
    dated: Dated = None,
    voucher_type: VoucherType = "",
    text: Text = "",
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Reverse a payment, a credit note or a write-off, wherever its money stands by now. A voucher is reversed once."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        reversal = Reversal(voucher, dated or site.act.on, text, voucher_type)
        made = reverse_voucher(connection, reversal, site.act)
    if json:
        output.print_json({"company": company, "voucher": voucher, "reversed_by": made})
    else:
        output.print_line(output.words("items.reversed", voucher=voucher, made=made))


@app.command
def interest(
    company: Company,
    item: Item,
    /,
    *,
    no_interest: Annotated[
        bool, Parameter(negative="--bears-interest", help="Whether the ledger charges no interest on the invoice.")
    ],
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Say whether the ledger charges interest on an invoice. While the collector has it, it charges none anyway."""
    site = site_at(place, on)
    with writing(site.books(company)) as connection:
        number = named_item(connection, item)
        is_new = set_interest(connection, number, because, site.act, no_interest=no_interest)
        shown = open_item(connection, number)
    if json:
        output.print_json({"company": company, "new": is_new, "item": shown})
    else:
        said = "no_interest" if no_interest else "bears_interest"
        output.print_line(output.words(f"items.{said}", invoice=shown.invoice_no))


def _print_booked(company: int, item: OpenItemShown, made: dict[str, object], *, as_json: bool) -> None:
    """What was booked, and what remains of the invoice now."""
    if as_json:
        output.print_json({"company": company, **made, "item": item})
        return
    remaining = format_kroner(item.remaining_ore)
    if made.get("posted") is False:
        output.print_line(output.words("items.drafted", voucher=made["voucher"], company=company))
    elif item.remaining_ore < 0:
        owed = format_kroner(-item.remaining_ore)
        output.print_line(output.words("items.booked_below_zero", invoice=item.invoice_no, owed=owed))
    else:
        output.print_line(output.words("items.booked", invoice=item.invoice_no, remaining=remaining))


def _print_items(title: str, items: Sequence[OpenItemShown]) -> None:
    headings = ("entry", "invoice", "customer", "due", "amount", "remaining", "interest", "case", "state")
    output.print_table(
        title,
        [output.words(f"items.{heading}") for heading in headings],
        [
            (
                str(one.entry),
                one.invoice_no,
                f"{one.customer} {one.customer_name}",
                str(one.due_date or ""),
                format_kroner(one.amount_ore),
                format_kroner(one.remaining_ore),
                output.words("items.interest_free") if one.no_interest else "",
                one.case_number,
                one.claim_state,
            )
            for one in items
        ],
        right=(0, 4, 5),
    )


def _print_bookings(bookings: Sequence[BookingShown]) -> None:
    headings = ("booking", "booked_on", "value_on", "kind", "voucher", "text", "credit", "amount", "remaining")
    output.print_table(
        output.words("items.bookings"),
        [output.words(f"items.{heading}") for heading in headings],
        [
            (
                str(one.booking),
                str(one.booked_on),
                str(one.value_on),
                output.words(f"items.meaning.{one.meaning}"),
                str(one.voucher),
                one.text,
                str(one.credit),
                format_kroner(one.amount_ore),
                format_kroner(one.remaining_ore),
            )
            for one in bookings
        ],
        right=(0, 4, 6, 7, 8),
    )


def _print_transfers(transfers: Sequence[Transfer]) -> None:
    headings = ("offer", "approved_on", "answered_on", "outcome", "case", "wanted_back_on", "back_on", "back", "why")
    rows = []
    for one in transfers:
        back = one.given_back
        reasons = one.reasons if back is None else back.reasons
        why = "; ".join(sentence(each.code, {"detail": each.detail}, output.language()) for each in reasons)
        days = [str(day or "") for day in (one.wanted_back_on, back.on if back else None)]
        answered = (str(one.answered_on or ""), one.outcome, one.case_number)
        rows.append((str(one.offer), str(one.approved_on), *answered, *days, back.outcome if back else "", why))
    output.print_table(
        output.words("items.transfers"), [output.words(f"items.{heading}") for heading in headings], rows, right=(0,)
    )
