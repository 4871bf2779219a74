"""Invoices that are written in advance, many in one call: written one by one, each costs Tryton six times as much.

They are part of the template. Who needs an invoice of one of these amounts on a customer of its own takes it from here.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta

from kravbro.ledgers.tryton import trial, trial_work
from kravbro.ledgers.tryton.trial_work import Customer, Sale
from kravbro.ledgers.tryton.values import ore
from kravbro.ledgers.tryton.wire import Client
from kravbro.ports.conformance.ledger.world import Invoice

SOLD_DAYS_AGO = 100
STOCKED = "Skrevet på forhånd"
Amounts = Mapping[int, int]
FOR_TESTS: Amounts = {1_000_00: 40, 100_00: 28}
FOR_CONFORMANCE: Amounts = {
    1_000_00: 32,
    100_00: 22,
    200_00: 20,
    300_00: 11,
    400_00: 4,
    500_00: 8,
    600_00: 9,
    700_00: 7,
}
"""By amount (øre): how many are written of it, which is about as many as are asked for in one run."""

Shelf = dict[int, list[Invoice]]
"""By amount: the invoices that nobody has taken yet, the newest first: who takes one off the end, takes the oldest."""


def new_customer() -> Customer:
    """Somebody who owes nothing yet."""
    return Customer(f"Kunde {uuid.uuid4().hex[:8]}", organisation_number="974760673")


def fill(client: Client, company: int, counts: Amounts, today: date) -> None:
    """Write the stock of a company, each invoice on a customer of its own."""
    chart = trial.chart(client, company)
    amounts = [amount_ore for amount_ore, count in counts.items() for _ in range(count)]
    customers = trial_work.add_customers(client, chart, [new_customer() for _ in amounts])
    dated = today - timedelta(SOLD_DAYS_AGO)
    sales = [Sale(*sold, dated, STOCKED) for sold in zip(customers, amounts, strict=True)]
    trial_work.sell(client, chart, sales)


def shelf(client: Client, company: int) -> Shelf:
    """The stock of a company in a database that was just copied from the template."""
    domain = [["company", "=", company], ["lines.description", "=", STOCKED]]
    fields = ["number", "party", "lines_to_pay", "total_amount"]
    found: Shelf = defaultdict(list)
    for row in client.rows("account.invoice", domain, fields, company=company, order=[("id", "DESC")]):
        amount_ore = ore(row["total_amount"], row["number"])
        found[amount_ore].append(Invoice(row["lines_to_pay"][0], row["party"], row["number"], amount_ore))
    return found
