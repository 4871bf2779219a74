"""What the people of a trial company do all day, over RPC: invoices, dunning, payments, credit notes, write-offs.

Everything takes lists, and each list is one call or two, so that thousands of invoices are a matter of seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import msgspec

from kravbro.core.claims import TransactionKind
from kravbro.ledgers.tryton.trial import BANK, LOSSES, RECEIVABLE, SALES, Chart
from kravbro.ledgers.tryton.values import kroner
from kravbro.ledgers.tryton.wire import Client, Row

DUE_DAYS = 14
FAR_AWAY_DAYS = 3_000
"""Instalments are not overdue while they are posted: Tryton would warn of each."""
JOURNAL_OF = {
    TransactionKind.PAYMENT: ("BANK", BANK),
    TransactionKind.REVERSAL: ("BANK", BANK),
    TransactionKind.CREDIT_NOTE: ("SALG", SALES),
    TransactionKind.CORRECTION: ("DIV", SALES),
    TransactionKind.WRITE_OFF_BOOKS_ONLY: ("TAPB", LOSSES),
    TransactionKind.WRITE_OFF_CLAIM_ENDED: ("TAP", LOSSES),
}


class Customer(msgspec.Struct, frozen=True):
    """Who is to become a customer: a person has an identity number, a business an organisation number."""

    name: str
    identity_number: str = ""
    organisation_number: str = ""
    street: str = "Storgata 1"
    postcode: str = "0155"
    place: str = "Oslo"


class Sale(msgspec.Struct, frozen=True):
    """An invoice to write: to which party, how much (øre), and its date; it is due 14 days later."""

    party: int
    amount_ore: int
    dated: date
    text: str = "Kommunale avgifter"


class Booking(msgspec.Struct, frozen=True):
    """A change of what remains of an invoice line (øre, negative when the debt falls), as a clerk would book it."""

    entry: int
    kind: TransactionKind
    amount_ore: int
    dated: date


def add_customers(client: Client, chart: Chart, customers: Sequence[Customer]) -> list[int]:
    """Parties with an address, their numbers and the dunning procedure; answers their ids."""
    values = [
        {
            "name": one.name,
            "dunning_procedure": chart.procedure,
            "identifiers": [["create", _identifiers(one)]],
            "addresses": [
                [
                    "create",
                    [
                        {"street_unstructured": one.street, "postal_code": one.postcode, "city": one.place}
                        | {"country": chart.country}
                    ],
                ]
            ],
        }
        for one in customers
    ]
    return _create(client, chart, "party.party", values)


def _identifiers(one: Customer) -> list[Row]:
    numbers = (("no_fodselsnummer", one.identity_number), ("no_orgnr", one.organisation_number))
    return [{"type": kind, "code": code} for kind, code in numbers if code]


def sell(client: Client, chart: Chart, sales: Sequence[Sale], instalments: int = 1) -> list[tuple[int, str]]:
    """Write and post invoices; answers the receivable line (the entry) and the number of each, in this order.

    Those with instalments have so many lines, of which the first is answered, and all are due on one day.
    """
    term = _payment_term(client, chart, instalments) if instalments > 1 else None
    parties = sorted({sale.party for sale in sales})
    addresses = client.rows("party.address", [["party", "in", parties]], ["party"], company=chart.company)
    address_of = {row["party"]: row["id"] for row in addresses}
    values = [
        {
            "type": "out",
            "party": sale.party,
            "invoice_address": address_of[sale.party],
            "company": chart.company,
            "currency": chart.currency,
            "account": chart.accounts[RECEIVABLE],
            "journal": chart.journals["SALG"],
            "invoice_date": sale.dated,
            "payment_term": term,
            "lines": [["create", [_sold(chart, sale)]]],
        }
        for sale in sales
    ]
    made = _create(client, chart, "account.invoice", values)
    client.call("model.account.invoice.post", made, company=chart.company)
    fields = ["number", "lines_to_pay"]
    rows = client.rows("account.invoice", [["id", "in", made]], fields, company=chart.company)
    posted = {row["id"]: row for row in rows}
    due = [(line, sale.dated) for one, sale in zip(made, sales, strict=True) for line in posted[one]["lines_to_pay"]]
    _fall_due(client, chart, due)
    return [(min(posted[one]["lines_to_pay"]), posted[one]["number"]) for one in made]


def _payment_term(client: Client, chart: Chart, instalments: int) -> int:
    ratio = (Decimal(1) / instalments).quantize(Decimal("0.0001"))
    later = {"relativedeltas": [["create", [{"days": FAR_AWAY_DAYS}]]]}
    share = later | {"type": "percent_on_total", "ratio": ratio, "divisor": Decimal(instalments)}
    lines = [share | {"sequence": place} for place in range(1, instalments)]
    lines.append(later | {"type": "remainder", "sequence": instalments})
    values = {"name": f"{instalments} deler", "lines": [["create", lines]]}
    (made,) = _create(client, chart, "account.invoice.payment_term", [values])
    return made


def _fall_due(client: Client, chart: Chart, lines: Sequence[tuple[int, date]]) -> None:
    """Set the due dates afterwards: Tryton warns of every invoice that is overdue when it is posted."""
    of_day: dict[date, list[int]] = {}
    for line, dated in lines:
        of_day.setdefault(dated + timedelta(DUE_DAYS), []).append(line)
    pairs = [part for due, theirs in of_day.items() for part in (theirs, {"maturity_date": due})]
    client.call("model.account.move.line.write", *pairs, company=chart.company)


def _sold(chart: Chart, sale: Sale) -> Row:
    return {
        "type": "line",
        "company": chart.company,
        "currency": chart.currency,
        "account": chart.accounts[SALES],
        "description": sale.text,
        "quantity": 1,
        "unit_price": kroner(sale.amount_ore),
    }


def propose(client: Client, chart: Chart, on: date) -> None:
    """Raise every overdue line by one dunning level, as the wizard does: what is new stands as a draft."""
    with client.wizard("account.dunning.create", chart.company) as click:
        click("create_", {"start": {"date": on, "companies": [chart.company]}}, "", [])


def approve(client: Client, chart: Chart, entries: Sequence[int] | None = None) -> list[int]:
    """Process the draft dunnings of these lines (None: all) in one click; answers the dunnings."""
    domain: list[object] = [["company", "=", chart.company], ["state", "=", "draft"], ["blocked", "=", False]]
    if entries is not None:
        domain.append(["line", "in", list(entries)])
    drafts = [row["id"] for row in client.rows("account.dunning", domain, ["id"], company=chart.company)]
    if drafts:
        with client.wizard("account.dunning.process", chart.company) as click:
            click("process", {"start": {}}, "account.dunning", drafts)
    return drafts


def dun(client: Client, chart: Chart, on: date, entries: Sequence[int] | None = None) -> None:
    """Bring lines (None: all that are overdue) through both levels, so that they stand in the queue for collection."""
    for _ in range(2):
        propose(client, chart, on)
        approve(client, chart, entries)


def unblock(client: Client, chart: Chart, entries: Sequence[int]) -> None:
    """Take the block off dunnings: how a person offers a claim anew, or wants one back."""
    domain = [["line", "in", list(entries)], ["blocked", "=", True]]
    blocked = [row["id"] for row in client.rows("account.dunning", domain, ["id"], company=chart.company)]
    if blocked:
        client.call("model.account.dunning.write", blocked, {"blocked": False}, company=chart.company)


def book(client: Client, chart: Chart, bookings: Sequence[Booking], *, post: bool = True) -> list[int]:
    """Book changes of invoices, a voucher each, put on its invoice and reconciled where nothing remains; the moves."""
    entries = sorted({one.entry for one in bookings})
    fields = ["party", "move.origin"]
    lines = client.rows("account.move.line", [["id", "in", entries]], fields, company=chart.company)
    of = {row["id"]: (row["party"], int(row["move."]["origin"].partition(",")[2])) for row in lines}
    days = sorted({one.dated for one in bookings})
    periods = client.rows(
        "account.period",
        [
            ["company", "=", chart.company],
            ["type", "=", "standard"],
            ["start_date", "<=", days[-1]],
            ["end_date", ">=", days[0]],
        ],
        ["start_date", "end_date"],
        company=chart.company,
    )
    values = []
    for one in bookings:
        journal, account = JOURNAL_OF[one.kind]
        (period,) = [row["id"] for row in periods if row["start_date"] <= one.dated <= row["end_date"]]
        amount = kroner(-one.amount_ore)
        party, invoice = of[one.entry]
        paying = {"account": chart.accounts[RECEIVABLE], "party": party, "debit": Decimal(0), "credit": amount}
        against = {"account": chart.accounts[account], "debit": amount, "credit": Decimal(0)}
        move = {"company": chart.company, "journal": chart.journals[journal], "period": period, "date": one.dated}
        both = [paying | {"invoice_payment": invoice}, against]
        values.append(move | {"description": f"{journal} {one.entry}", "lines": [["create", both]]})
    moves = _create(client, chart, "account.move", values)
    if post:
        client.call("model.account.move.post", moves, company=chart.company)
        reconcile_paid(client, chart, sorted({invoice for _, invoice in of.values()}))
    return moves


def reconcile_paid(client: Client, chart: Chart, invoices: Sequence[int]) -> None:
    """Reconcile those of these invoices of which nothing remains, as Tryton's own wizards do when the last is paid."""
    fields = ["state", "amount_to_pay", "lines_to_pay", "payment_lines"]
    rows = client.rows("account.invoice", [["id", "in", list(invoices)]], fields, company=chart.company)
    for row in rows:
        if row["state"] == "posted" and not row["amount_to_pay"]:
            reconcile(client, chart, [*row["lines_to_pay"], *row["payment_lines"]])


def reconcile(client: Client, chart: Chart, lines: Sequence[int]) -> None:
    """Match lines that sum to zero."""
    with client.wizard("account.move.reconcile_lines", chart.company) as click:
        click("", {}, "account.move.line", lines)


def _create(client: Client, chart: Chart, model: str, values: Sequence[Row]) -> list[int]:
    made: list[int] = client.call(f"model.{model}.create", list(values), company=chart.company)
    return made
