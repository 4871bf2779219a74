"""The closed list of everything that is said to Visma Business, by name.

A statement that stands in `queries.py` and not here is not proven for SQL Server, and a test refuses it.
"""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.ledgers.visma_business import queries
from kravbro.ledgers.visma_business import tables as our_tables
from kravbro.ledgers.visma_business.tables import Tables

OURS = {
    "waiting": queries.waiting,
    "installation": queries.installation,
    "our_vouchers": queries.our_vouchers,
    "last_voucher_no": queries.last_voucher_no,
    "our_numbers": queries.our_numbers,
    "our_lines": queries.our_lines,
    "sums_of_our_lines": queries.sums_of_our_lines,
    "vouchers_on_customers": queries.vouchers_on_customers,
    "customers_of_vouchers": queries.customers_of_vouchers,
    "seen_vouchers": queries.seen_vouchers,
    "marks": queries.marks,
    "last_statuses": queries.last_statuses,
    "last_run": queries.last_run,
}
SYSTEM = {
    "companies": queries.companies,
    "users": queries.users,
    "window_views": queries.window_views,
    "new_window": queries.new_window,
}
COMPANY = {
    "pulse": queries.pulse,
    "items_of_changed_customers": queries.items_of_changed_customers,
    "entries_by_key": queries.entries_by_key,
    "entries_of_customers": queries.entries_of_customers,
    "moved_entries_of_customers": queries.moved_entries_of_customers,
    "entries_of_vouchers": queries.entries_of_vouchers,
    "sums_of_vouchers": queries.sums_of_vouchers,
    "queue": queries.queue,
    "sent_items": queries.sent_items,
    "entries_by_invoice": queries.entries_by_invoice,
    "sums_of_customers": queries.sums_of_customers,
    "waiting_for_customers": queries.waiting_for_customers,
    "waiting_vouchers": queries.waiting_vouchers,
    "vouchers_on_accounts": queries.vouchers_on_accounts,
    "customers": queries.customers,
    "customer_numbers": queries.customer_numbers,
    "accounts": queries.accounts,
    "last_batch": queries.last_batch,
    "last_journal": queries.last_journal,
    "new_batch": queries.new_batch,
    "new_batch_line": queries.new_batch_line,
}
OF_A_TABLE = {
    "codes": (queries.codes, ("currencies", "countries")),
    "changed_entry": (queries.changed_entry, ("entries", "open_items")),
    "shown_status": (queries.shown_status, ("entries", "open_items")),
    "last_number_used": (queries.last_number_used, ("entries", "batch_lines")),
}


def every_statement(system: Tables, company: Tables) -> dict[str, sa.Executable]:
    """Every statement by name, for a system database and a company that have all the tables that are relied on."""
    statements: dict[str, sa.Executable] = {name: build() for name, build in OURS.items()}
    statements |= {name: build(system) for name, build in SYSTEM.items()}
    statements |= {name: build(company) for name, build in COMPANY.items()}
    for name, (build, of) in OF_A_TABLE.items():
        statements |= {f"{name}:{table}": build(company, table) for table in of}
    statements["pulse_of_many"] = queries.pulse_of_many([company, company])
    for table in our_tables.ours.sorted_tables:
        statements[f"new_row:{table.name}"] = queries.new_row(table)
        statements[f"rows_of:{table.name}"] = queries.rows_of(table)
    return statements
