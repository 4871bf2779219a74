"""Offers as the port tells them: frozen from the adapter's tables, and alive from Kassaboka's."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from datetime import date

from examples.ledger_in_a_day.catching_up import to_ore
from examples.ledger_in_a_day.program import INVOICE
from kravbro.core.claims import LedgerFacts, Offer, Parts
from kravbro.core.parties import Party, PartyKind

SUB_LEDGER_TYPE = "KUNDE"
READY = """
    SELECT kravbro_offer.*, line.customer, line.invoice_no, line.kid, line.due, voucher.dated, voucher.kind,
        customer.name, customer.is_person, customer.identity_no, customer.address, customer.postcode, customer.place,
        customer.spared, EXISTS (
            SELECT 1 FROM kravbro_offer AS other LEFT JOIN kravbro_receipt AS answer ON answer.offer = other.number
            WHERE other.entry = kravbro_offer.entry AND other.number < kravbro_offer.number
            AND coalesce(answer.outcome, 'waiting') IN ('waiting', 'accepted')
        ) AS already_sent
    FROM kravbro_offer
    LEFT JOIN kravbro_receipt ON kravbro_receipt.offer = kravbro_offer.number
    JOIN line ON line.id = kravbro_offer.entry
    JOIN voucher ON voucher.id = line.voucher
    JOIN customer ON customer.no = line.customer
    WHERE kravbro_receipt.offer IS NULL AND kravbro_offer.number > ? ORDER BY kravbro_offer.number LIMIT ?
"""
ON_CUSTOMER = """
    SELECT line.id, line.kroner, line.settles, voucher.booked_on, voucher.id AS voucher, voucher.registrar
    FROM line JOIN voucher ON voucher.id = line.voucher WHERE line.customer = ?
"""


class Standing:
    """How a customer stands now, in øre, and what was written and not booked."""

    def __init__(self, connection: sqlite3.Connection, customer: int) -> None:
        self.remaining: dict[int, int] = defaultdict(int)
        self.drafts: set[int] = set()
        self.balance_ore = self.unmatched_ore = 0
        for row in connection.execute(ON_CUSTOMER, (customer,)):
            if row["booked_on"] is None:
                self.drafts.add(row["voucher"])
                continue
            amount_ore = to_ore(row["kroner"])
            self.balance_ore += amount_ore
            self.remaining[row["settles"] or row["id"]] += amount_ore
            if row["settles"] is None and amount_ore < 0:
                self.unmatched_ore += amount_ore


def ready(connection: sqlite3.Connection, company: int, after: int, limit: int) -> list[Offer]:
    """Offers without a receipt."""
    rows = connection.execute(READY, (after, limit)).fetchall()
    standings = {row["customer"]: Standing(connection, row["customer"]) for row in rows}
    return [_offer(row, company, standings[row["customer"]]) for row in rows]


def _offer(row: sqlite3.Row, company: int, standing: Standing) -> Offer:
    return Offer(
        number=row["number"],
        company=company,
        entry=row["entry"],
        sequence=row["sequence"],
        parts=Parts(row["principal_ore"]),
        invoice_no=row["invoice_no"],
        kid=row["kid"],
        invoice_date=date.fromisoformat(row["dated"]),
        due_date=date.fromisoformat(row["due"]),
        currency="NOK",
        sub_ledger_type=SUB_LEDGER_TYPE,
        letters=(),
        debtor=_debtor(row),
        facts=LedgerFacts(
            remaining_ore=standing.remaining[row["entry"]],
            customer_balance_ore=standing.balance_ore,
            unmatched_credits_ore=standing.unmatched_ore,
            draft_vouchers=len(standing.drafts),
            voucher_meaning="invoice" if row["kind"] == INVOICE else row["kind"],
            already_sent=bool(row["already_sent"]),
            exempt_from_dunning=False,
            exempt_from_collection=bool(row["spared"]),
        ),
    )


def _debtor(row: sqlite3.Row) -> Party:
    is_person = bool(row["is_person"])
    return Party(
        customer_no=row["customer"],
        kind=PartyKind.PERSON if is_person else PartyKind.BUSINESS,
        name=row["name"],
        identity_number=row["identity_no"] if is_person else "",
        organisation_number="" if is_person else row["identity_no"],
        address=row["address"],
        postcode=row["postcode"],
        place=row["place"],
    )
