"""Everything that matters in an office, as plain data in a fixed order: two offices that did the same are equal."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import sqlalchemy as sa

from kravbro.core.identifiers import identity_number
from kravbro.office import file_tables as f
from kravbro.office import tables as t
from kravbro.office.adjustments.tables import adjustment, creditor_costs
from kravbro.office.earlier.tables import adopted_claim, earlier_claim
from kravbro.office.journals import OWED
from kravbro.office.ledgerless.tables import creditor_ledgerless, registered_claim
from kravbro.office.manual.tables import manual_act, posting_choice, refund, refund_file
from kravbro.office.parties import tables as p
from kravbro.office.parties.protection import hidden, protected_debtors
from kravbro.office.parties.queries import shown_number
from kravbro.office.return_tables import claim_return, withdrawal

LEFT_OUT = {
    "written_at": "the moment is only ever shown; no result depends on it",
}
"""Columns that a dump leaves out, and why."""

TABLES: dict[str, sa.Table] = {
    "installation": t.installation,
    "workflows": t.workflow,
    "creditors": t.creditor,
    "sub_ledgers": t.creditor_sub_ledger,
    "agreements": t.payment_agreement,
    "setup_changes": t.setup_change,
    "debtors": t.debtor,
    "parties": p.party,
    "cases": t.case,
    "claims": t.claim,
    "journals": t.journal,
    "payment_files": t.payment_file,
    "payments": t.payment,
    "unplaced": t.unplaced,
    "statute_rows": t.statute_row,
    "statute_verifications": t.statute_verification,
    "postings": t.posting,
    "exclusions": t.posting_exclusion,
    "choices": posting_choice,
    "manual_acts": manual_act,
    "adjustments": adjustment,
    "registered_claims": registered_claim,
    "refunds": refund,
    "refund_files": refund_file,
    "earlier_claims": earlier_claim,
    "adopted_claims": adopted_claim,
    "vouchers": t.voucher,
    "transactions": t.ledger_transaction,
    "receipts": t.receipt,
    "voucher_receipts": t.voucher_receipt,
    "lost_voucher_receipts": t.lost_voucher_receipt,
    "burnt_numbers": t.burnt_number,
    "withdrawals": withdrawal,
    "returns": claim_return,
    "statuses": t.status_event,
}

INSIDE: tuple[tuple[str, str, sa.Table, tuple[str, ...]], ...] = (
    ("agreements", "structures", t.kid_structure, ("account_number",)),
    ("agreements", "creditors", t.agreement_creditor, ("account_number",)),
    ("creditors", "allocations", t.creditor_allocation, ("creditor",)),
    ("creditors", "costs", creditor_costs, ("creditor",)),
    ("creditors", "ledgerless", creditor_ledgerless, ("creditor",)),
    ("parties", "numbers", p.party_number, ("party",)),
    ("parties", "members", p.party_member, ("party",)),
    ("parties", "facts", p.party_fact, ("party",)),
    ("parties", "accesses", p.party_access, ("party",)),
    ("cases", "events", t.case_event, ("case",)),
    ("cases", "parties", p.case_party, ("case",)),
    ("claims", "letters", t.claim_letter, ("claim",)),
    ("claims", "interest_terms", t.interest_terms, ("claim",)),
    ("claims", "interest_pauses", t.interest_pause, ("claim",)),
    ("journals", "rows", t.journal_row, ("journal",)),
    ("payment_files", "overrides", f.payment_file_override, ("file",)),
    ("payments", "details", f.payment_detail, ("payment",)),
    ("vouchers", "lines", t.voucher_line, ("creditor", "posting", "ordinal")),
)
"""Rows that belong inside others: where, under which name, from which table, by which columns."""


def dump_office(connection: sa.Connection) -> dict[str, list[dict[str, Any]]]:
    """The whole office as JSON-able data. Each list is in the order of its table's key; amounts are øre.

    Identity numbers are masked, and a mark stands for every address that is protected.
    """
    whole = {name: _rows(connection, table) for name, table in TABLES.items()}
    for outer, name, table, by in INSIDE:
        inner: defaultdict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        for row in _rows(connection, table):
            inner[tuple(row.pop(column) for column in by)].append(row)
        keys = [column.name for column in TABLES[outer].primary_key.columns]
        for row in whole[outer]:
            row[name] = inner.get(tuple(row[key] for key in keys), [])
    _mask(connection, whole)
    balances = _balances(connection)
    for row in whole["claims"]:
        row["balances_ore"] = balances.get(row["id"], {})
    return whole


def _mask(connection: sa.Connection, whole: dict[str, list[dict[str, Any]]]) -> None:
    """Leave out of cards and numbers what nobody may read, and the fingerprints that it could be guessed from."""
    protected = protected_debtors(connection)
    cards = []
    for card in whole["debtors"]:
        shown = hidden(card) if card["id"] in protected else card
        cards.append(shown | {"identity_number": identity_number.masked(card["identity_number"])})
    whole["debtors"] = cards
    rows = [*cards, *(number for party in whole["parties"] for number in party["numbers"])]
    for row in rows:
        del row["fingerprint"]
        if "digits" in row:
            row["digits"] = shown_number(row["digits"])


def _rows(connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if column.name not in LEFT_OUT]
    chosen = sa.select(*columns).order_by(*table.primary_key.columns)
    return [
        {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
        for row in connection.execute(chosen).mappings()
    ]


def _balances(connection: sa.Connection) -> dict[int, dict[str, int]]:
    row = t.journal_row.c
    sums = (
        sa.select(row.claim, row.account, sa.func.sum(row.amount_ore))
        .where(row.claim.is_not(None), row.account.in_([account.value for account in OWED]))
        .group_by(row.claim, row.account)
        .order_by(row.claim, row.account)
    )
    balances: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for claim, account, amount_ore in connection.execute(sums):
        balances[claim][account] = int(amount_ore)
    return balances
