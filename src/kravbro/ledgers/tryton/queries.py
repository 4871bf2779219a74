"""What is asked of Tryton: each function is one call, or one per page, and what one call answers is of one moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime

import msgspec

from kravbro.ledgers.tryton.address import LAST, Address
from kravbro.ledgers.tryton.mapping import LINE_FIELDS, PARTY_FIELDS, change, references
from kravbro.ledgers.tryton.wire import Client, Row

PAGE = 500
RECEIVABLE = ["account.type.receivable", "=", True]


def pages(ids: Collection[int]) -> Iterator[list[int]]:
    """Ids in order, so many that one call is neither long nor heavy."""
    ordered = sorted(ids)
    for start in range(0, len(ordered), PAGE):
        yield ordered[start : start + PAGE]


def under(field: str, fields: Sequence[str]) -> list[str]:
    """Fields of what a field points at."""
    return [f"{field}.{name}" for name in fields]


ON_INVOICE = [
    "number",
    "state",
    "account",
    "party",
    *under("lines_to_pay", LINE_FIELDS),
    *under("lines_to_pay.reconciliation.lines", [*LINE_FIELDS, "invoice_payments"]),
    *under("payment_lines", [*LINE_FIELDS, "reconciliation"]),
]


def of_entries(entries: Sequence[int]) -> list[object]:
    """The domain of the invoices that these lines are to be paid on."""
    return ["OR", ["move.lines", "in", list(entries)], ["additional_moves.lines", "in", list(entries)]]


def invoices_of(client: Client, company: int, entries: Sequence[int]) -> list[Row]:
    """The customer invoices of these lines, with all lines to pay, what was paid, and what they are reconciled with."""
    domain = [["type", "=", "out"], ["company", "=", company], of_entries(entries)]
    return client.rows("account.invoice", domain, ON_INVOICE, company=company)


def invoices_numbered(client: Client, company: int, numbers: Collection[str]) -> list[Row]:
    """The posted customer invoices with these numbers, with the lines that they are to be paid on."""
    domain = [["type", "=", "out"], ["company", "=", company], ["number", "in", sorted(numbers)]]
    domain.append(["state", "in", ["posted", "paid"]])
    return client.rows("account.invoice", domain, ["number", "lines_to_pay"], company=company)


def plain_lines(client: Client, company: int, entries: Sequence[int]) -> list[Row]:
    """Posted receivable lines that no invoice has, such as an opening balance."""
    domain = [["id", "in", list(entries)], RECEIVABLE, ["move.company", "=", company], ["move.state", "=", "posted"]]
    fields = [*LINE_FIELDS, "party", "account", *under("reconciliation.lines", [*LINE_FIELDS, "invoice_payments"])]
    return client.rows("account.move.line", domain, fields, company=company)


def parties_of(client: Client, company: int, entries: Sequence[int]) -> dict[int, int]:
    """Whose lines they are, of those that are receivable lines of the company."""
    domain = [["id", "in", list(entries)], RECEIVABLE, ["move.company", "=", company], ["party", "!=", None]]
    rows = client.rows("account.move.line", domain, ["party"], company=company)
    return {row["id"]: row["party"] for row in rows}


def loose_lines(client: Client, company: int, parties: Collection[int]) -> list[Row]:
    """Lines of our own posted vouchers that name a claim, and that are neither reconciled nor put on an invoice."""
    domain = [
        ["party", "in", sorted(parties)],
        RECEIVABLE,
        ["move.company", "=", company],
        ["move.state", "=", "posted"],
        ["move.journal.code", "=", client.address.journal],
        ["reconciliation", "=", None],
        ["origin", "like", "account.move.line,%"],
        ["invoice_payments", "=", None],
    ]
    return client.rows("account.move.line", domain, LINE_FIELDS, company=company)


def dunnings_of(client: Client, company: int, entries: Collection[int]) -> list[Row]:
    """The dunnings of lines: Tryton has at most one of each."""
    found: list[Row] = []
    for page in pages(entries):
        domain = [["line", "in", page], ["company", "=", company]]
        fields = ["line", "blocked", "write_uid.rec_name"]
        found += client.rows("account.dunning", domain, fields, company=company, hidden=True)
    return found


def queue(client: Client, company: int) -> list[Row]:
    """Dunnings that were processed at the level for collection and are not blocked, in the order of approval.

    Processing writes the dunning, and so does who takes a block off: the moment of the last writing is the approval's.
    """
    domain = [
        ["company", "=", company],
        ["state", "in", ["waiting", "final"]],
        ["blocked", "=", False],
        ["line.reconciliation", "=", None],
        ["line.move.state", "=", "posted"],
    ]
    fields = ["line", "level", "procedure.levels", "create_date", "write_date"]
    rows = client.rows("account.dunning", domain, fields, company=company)
    chosen = [row for row in rows if level_of(row) == _wanted(row, client.address)]
    return sorted(chosen, key=lambda row: (row["write_date"] or row["create_date"], row["id"]))


def level_of(dunning: Row) -> int:
    """At which of its procedure's levels a dunning stands: 1 is the first."""
    levels: list[int] = dunning["procedure."]["levels"]
    return levels.index(dunning["level"]) + 1


def _wanted(dunning: Row, address: Address) -> int:
    return len(dunning["procedure."]["levels"]) if address.level == LAST else address.level


def processed_on(client: Client, company: int, dunnings: Collection[int]) -> dict[int, list[date]]:
    """The days on which dunnings were processed, from Tryton's log of what people did."""
    found: dict[int, list[date]] = defaultdict(list)
    for page in pages(dunnings):
        domain = [
            ["resource", "in", [f"account.dunning,{one}" for one in page]],
            ["event", "=", "wizard"],
            ["target", "=", "account.dunning.process:process"],
        ]
        for row in client.rows("ir.model.log", domain, ["resource", "create_date"], company=company):
            found[references(row["resource"], "account.dunning")].append(row["create_date"].date())
    return found


STANDING = [
    "number",
    "move.lines",
    "additional_moves.lines",
    "invoice_date",
    "customer_payment_reference",
    "currency.code",
    "account.code",
    *under("party", PARTY_FIELDS),
]


def standings_of(client: Client, company: int, entries: Sequence[int]) -> list[Row]:
    """The customer invoices of these lines, with currency, account and customer."""
    domain = [["type", "=", "out"], ["company", "=", company], of_entries(entries)]
    return client.rows("account.invoice", domain, STANDING, company=company)


def plain_standings_of(client: Client, company: int, entries: Sequence[int]) -> list[Row]:
    """The same of receivable lines, for those that no invoice has."""
    domain = [["id", "in", list(entries)], RECEIVABLE, ["move.company", "=", company], ["party", "!=", None]]
    fields = ["maturity_date", "date", "move.number", "second_currency.code", "currency.code", "account.code"]
    fields += under("party", PARTY_FIELDS)
    return client.rows("account.move.line", domain, fields, company=company)


class Balance(msgspec.Struct):
    """What a customer owes in all, has paid that settles nothing yet (øre), and how many drafts of others touch it."""

    owed_ore: int = 0
    unmatched_ore: int = 0
    drafts: int = 0


def balances_of(client: Client, company: int, parties: Collection[int]) -> dict[int, Balance]:
    """What each customer owes, from the lines that are not reconciled."""
    found: dict[int, Balance] = defaultdict(Balance)
    drafted: set[tuple[int, int]] = set()
    fields = ["party", "debit", "credit", "move", "move.state", "move.journal.code", "invoice_payments"]
    for page in pages(parties):
        domain = [["party", "in", page], RECEIVABLE, ["move.company", "=", company], ["reconciliation", "=", None]]
        for row in client.rows("account.move.line", domain, fields, company=company):
            balance, move = found[row["party"]], row["move."]
            if move["state"] != "posted":
                if move["journal."]["code"] != client.address.journal:
                    drafted.add((row["party"], row["move"]))
                continue
            change_ore = change(row["debit"], row["credit"], row["id"])
            balance.owed_ore += change_ore
            if change_ore < 0 and not row["invoice_payments"]:
                balance.unmatched_ore += change_ore
    for party, drafts in Counter(party for party, _ in drafted).items():
        found[party].drafts = drafts
    return found


TOUCHED = ("origin", "reconciliation.lines", "invoice_payments.lines_to_pay")
"""What a changed line touches."""


def changed_lines(client: Client, company: int, since: datetime) -> list[Row]:
    """Receivable lines that were written, and those of vouchers that were (posted, say), with all that they touch.

    Lines and vouchers are two calls, so that the database may use an index on each.
    """
    changed = ["OR", ["create_date", ">=", since], ["write_date", ">=", since]]
    domain = [RECEIVABLE, ["move.company", "=", company], changed]
    rows = client.rows("account.move.line", domain, TOUCHED, company=company)
    domain = [["company", "=", company], ["write_date", ">=", since]]
    moves = client.rows("account.move", domain, under("lines", TOUCHED), company=company)
    return rows + [line for move in moves for line in move["lines."]]


def changed_invoices(client: Client, company: int, since: datetime) -> list[Row]:
    """Customer invoices that were written: also when a payment was put on one, or taken off it."""
    changed = ["OR", ["create_date", ">=", since], ["write_date", ">=", since]]
    domain = [["type", "=", "out"], ["company", "=", company], changed]
    return client.rows("account.invoice", domain, ["lines_to_pay"], company=company)


def changed_dunnings(client: Client, company: int, since: datetime) -> list[Row]:
    """Dunnings that were written, such as when a person took the block off."""
    changed = ["OR", ["create_date", ">=", since], ["write_date", ">=", since]]
    return client.rows("account.dunning", [["company", "=", company], changed], ["line"], company=company, hidden=True)
