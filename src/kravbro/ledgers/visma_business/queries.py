"""Every statement that is sent to Visma Business, each built in one place, with bound parameters.

The list is closed: `statements.every_statement` builds all of them for a set of tables, so that each can be compiled
and parsed for SQL Server, and a server that answers nothing else can run them. Lists of numbers are given in portions
of at most `db.bulk.KEYS_PER_QUERY`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kravbro.db.kroner import rounded_ore
from kravbro.ledgers.visma_business import tables as our_tables
from kravbro.ledgers.visma_business.tables import Tables

JOURNAL = 1_000_000_000
"""An entry's key is its journal number times this, plus its number in the journal."""
TOLD = ("reminders", "reminded_on", "no_interest")
"""Columns that an entry or its open item may have beside the minimum, and that are read."""
SHOWN = ("no_interest", "case_number", "case_status", "reasons")
"""Columns that an entry or its open item may have, and that are written."""
MARKED = ("exemption", "proposal", *SHOWN, "changed_on", "changed_at")
"""Columns of an entry and its open item that a mark writes, as far as they are there."""
_REMIND_NEXT = 1
_OPEN = (1, 2)


def _list(name: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name, expanding=True)


def companies(tables: Tables) -> sa.Select[Any]:
    """The numbers of all companies."""
    number = tables["companies"].c.number
    return sa.select(number).order_by(number)


def users(tables: Tables) -> sa.Select[Any]:
    """How many users have a name."""
    name = tables["users"].c.name
    return sa.select(sa.func.count()).select_from(tables["users"]).where(name == sa.bindparam("user"))


def pulse(tables: Tables) -> sa.Select[Any]:
    """The last journal, and the last day and time at which an entry was changed."""
    return _pulse(tables, sa.literal_column("0"))


def pulse_of_many(tables: Sequence[Tables]) -> sa.CompoundSelect[Any]:
    """The same of several companies, by their place in the list: one statement."""
    return sa.union_all(*(_pulse(one, sa.literal_column(str(place))) for place, one in enumerate(tables)))


def _pulse(tables: Tables, place: sa.ColumnElement[Any]) -> sa.Select[Any]:
    entries = tables["entries"].c
    last = sa.select(sa.func.max(entries.journal)).scalar_subquery()
    if not tables.has_all("entries", "changed_on", "changed_at"):
        return sa.select(place.label("place"), last.label("journal"), sa.null().label("day"), sa.null().label("time"))
    day = sa.select(sa.func.coalesce(sa.func.max(entries.changed_on), 0)).scalar_subquery()
    time = sa.select(sa.func.max(entries.changed_at)).where(entries.changed_on == day).scalar_subquery()
    return sa.select(place.label("place"), last.label("journal"), day.label("day"), time.label("time"))


def _changed(tables: Tables) -> sa.Select[Any]:
    """Customers with entries that are new or were changed since a moment."""
    entries = tables["entries"].c
    return sa.select(entries.customer).where(
        sa.or_(
            entries.journal > sa.bindparam("journal"),
            entries.changed_on > sa.bindparam("day"),
            sa.and_(
                entries.changed_on == sa.bindparam("day"),
                sa.or_(entries.changed_at >= sa.bindparam("time"), entries.changed_at.is_(None)),
            ),
        )
    )


def items_of_changed_customers(tables: Tables) -> sa.Select[Any]:
    """The keys of everything that was ever claimed of customers with changes."""
    entries = tables["entries"].c
    keys = sa.select(entries.journal, entries.number)
    return keys.where(entries.amount > 0, entries.customer.in_(_changed(tables)))


def entries_by_key(tables: Tables) -> sa.Select[Any]:
    """Entries by their keys (`entries`), for which their journals and the span of their numbers lead the way."""
    entries = tables["entries"].c
    key = sa.cast(entries.journal, sa.BigInteger) * JOURNAL + entries.number
    return _entries(tables).where(
        entries.journal.in_(_list("journals")),
        entries.number.between(sa.bindparam("low"), sa.bindparam("high")),
        key.in_(_list("entries")),
    )


def entries_of_customers(tables: Tables) -> sa.Select[Any]:
    """Every entry of these customers, oldest first."""
    entries = tables["entries"].c
    chosen = _entries(tables).where(entries.customer.in_(_list("customers")))
    return chosen.order_by(entries.journal, entries.number)


def moved_entries_of_customers(tables: Tables) -> sa.Select[Any]:
    """Those of them of which something is settled, and the collector's own: the others change nothing, and are most of
    what is open."""
    entries = tables["entries"].c
    moved = sa.or_(entries.amount != entries.remaining, entries.voucher_type == sa.bindparam("voucher_type"))
    return entries_of_customers(tables).where(moved)


def entries_of_vouchers(tables: Tables) -> sa.Select[Any]:
    """The entries that vouchers of a type made after a journal."""
    entries = tables["entries"].c
    return _entries(tables).where(
        entries.journal > sa.bindparam("after_journal"),
        entries.voucher_type == sa.bindparam("voucher_type"),
        entries.voucher_no.in_(_list("vouchers")),
    )


ENTRY_COLUMNS = (
    "journal",
    "number",
    "customer",
    "amount",
    "remaining",
    "status",
    "exemption",
    "proposal",
    "voucher_no",
    "voucher_date",
    "voucher_type",
    "due_date",
    "invoice_no",
    "kid",
    "reference",
    "cross_reference",
    "currency",
    "text",
)
ALSO_COLUMNS = ("changed_on", "changed_at", *TOLD)


def _entries(tables: Tables) -> sa.Select[Any]:
    """All that is read of an entry, in one order; what a database lacks is NULL."""
    entries = tables["entries"].c
    also = [entries[name] if name in entries else sa.null().label(name) for name in ALSO_COLUMNS]
    return sa.select(*(entries[name] for name in ENTRY_COLUMNS), *also)


def sums_of_vouchers(tables: Tables) -> sa.Select[Any]:
    """What the vouchers of our type and series have booked on each customer, in whole øre, by number and customer."""
    entries = tables["entries"].c
    sums = sa.select(entries.voucher_no, entries.customer, sa.func.sum(rounded_ore(entries.amount)))
    return sums.where(
        entries.voucher_type == sa.bindparam("voucher_type"),
        entries.voucher_no.between(sa.bindparam("first"), sa.bindparam("last")),
    ).group_by(entries.voucher_no, entries.customer)


def queue(tables: Tables) -> sa.Select[Any]:
    """Open items that are to be reminded next, in the order in which that was said, with how often they were.

    What was said at one time, as by a dunning run, comes customer by customer: what is read of a customer for its items
    is then read once, and not once for every thousand items that lie between two of them.
    """
    items = tables["open_items"].c
    moments = [items[name] for name in ("changed_on", "changed_at") if name in items]
    told, joined = _somewhere(tables, "reminders", "reminded_on")
    chosen = sa.select(items.journal, items.number, *told).select_from(joined)
    not_exempt = sa.or_(items.exemption == 0, items.exemption.is_(None))
    return chosen.where(
        items.proposal == _REMIND_NEXT, not_exempt, items.status.in_(_OPEN), items.remaining > 0
    ).order_by(*moments, items.customer, items.journal, items.number)


def _somewhere(tables: Tables, *names: str) -> tuple[list[sa.ColumnElement[Any]], sa.FromClause]:
    """Columns that either table may have, where they stand: on the open item, the entry, or nowhere."""
    items, entries = tables["open_items"], tables["entries"]
    found: list[sa.ColumnElement[Any]] = []
    joined: sa.FromClause = items
    for name in names:
        if name in items.c:
            found.append(items.c[name])
        elif name in entries.c:
            found.append(entries.c[name])
            same = sa.and_(items.c.journal == entries.c.journal, items.c.number == entries.c.number)
            joined = items.join(entries, same)
        else:
            found.append(sa.null().label(name))
    return found, joined


def sent_items(tables: Tables) -> sa.Select[Any]:
    """Open items that bear the mark of being sent to collection, with the case number that stands on them."""
    items = tables["open_items"].c
    case_number, joined = _somewhere(tables, "case_number")
    chosen = sa.select(items.journal, items.number, *case_number).select_from(joined)
    here = chosen.where(items.exemption == sa.bindparam("sent"), items.remaining > 0)
    return here.order_by(items.journal, items.number)


def entries_by_invoice(tables: Tables) -> sa.Select[Any]:
    """What was claimed under invoice numbers, or under voucher numbers."""
    entries = tables["entries"].c
    named = sa.or_(entries.invoice_no.in_(_list("invoices")), entries.voucher_no.in_(_list("vouchers")))
    return _entries(tables).where(entries.amount > 0, named).order_by(entries.journal, entries.number)


def sums_of_customers(tables: Tables) -> sa.Select[Any]:
    """What each customer owes in all, and what of credits settles nothing yet, in whole øre."""
    items = tables["open_items"].c
    remaining = rounded_ore(items.remaining)
    credit = sa.case((items.remaining < 0, remaining), else_=0)
    sums = sa.select(items.customer, sa.func.sum(remaining), sa.func.sum(credit))
    return sums.where(items.customer.in_(_list("customers"))).group_by(items.customer)


def waiting_for_customers(tables: Tables) -> sa.Select[Any]:
    """The customers of lines in batches that are not updated, other than the collector's: one row per line."""
    lines = tables["batch_lines"].c
    customers = _list("customers")
    others = sa.or_(
        lines.voucher_type != sa.bindparam("voucher_type"),
        lines.voucher_no < sa.bindparam("first"),
        lines.voucher_no > sa.bindparam("last"),
    )
    debit = sa.and_(lines.debit_class == sa.bindparam("customer_class"), lines.debit_account.in_(customers))
    credit = sa.and_(lines.credit_class == sa.bindparam("customer_class"), lines.credit_account.in_(customers))
    sides = (lines.debit_account, lines.debit_class, lines.credit_account, lines.credit_class)
    return sa.select(*sides, lines.batch, lines.voucher_no).where(others, sa.or_(debit, credit))


def waiting_vouchers(tables: Tables) -> sa.Select[Any]:
    """Those of the collector's vouchers that are in batches which are not updated."""
    lines = tables["batch_lines"].c
    chosen = sa.select(lines.voucher_no).distinct()
    return chosen.where(lines.voucher_type == sa.bindparam("voucher_type"), lines.voucher_no.in_(_list("vouchers")))


def vouchers_on_accounts(tables: Tables) -> sa.Select[Any]:
    """Those of the collector's vouchers that were updated, as the general ledger shows them."""
    entries = tables["ledger_entries"].c
    chosen = sa.select(entries.voucher_no).distinct()
    return chosen.where(
        entries.journal > sa.bindparam("after_journal"),
        entries.voucher_type == sa.bindparam("voucher_type"),
        entries.voucher_no.in_(_list("vouchers")),
    )


CUSTOMER_COLUMNS = ("number", "name", "address_1", "postcode", "place", "organisation_no")
ALSO_OF_CUSTOMERS = ("address_2", "address_3", "country", "identity_no", "preferences")


def customers(tables: Tables) -> sa.Select[Any]:
    """All that is read of these customers; what a database lacks is NULL."""
    known = tables["customers"].c
    also = [known[name] if name in known else sa.null().label(name) for name in ALSO_OF_CUSTOMERS]
    chosen = sa.select(*(known[name] for name in CUSTOMER_COLUMNS), *also)
    return chosen.where(known.number.in_(_list("customers")))


def customer_numbers(tables: Tables) -> sa.Select[Any]:
    """Which of these numbers are customers."""
    number = tables["customers"].c.number
    return sa.select(number).where(number.in_(_list("customers")))


def accounts(tables: Tables) -> sa.Select[Any]:
    """Which of these numbers are accounts of the general ledger."""
    number = tables["accounts"].c.number
    return sa.select(number).where(number.in_(_list("accounts")))


def codes(tables: Tables, table: str) -> sa.Select[Any]:
    """The ISO codes of `currencies` or `countries`, by their numbers."""
    known = tables[table].c
    return sa.select(known.number, known.iso)


def changed_entry(tables: Tables, table: str) -> sa.Update:
    """Write the mark of one item into `entries` or `open_items`: everything that has a place there."""
    written = tables[table]
    values: dict[sa.Column[Any], Any] = {
        written.c[name]: sa.bindparam(f"new_{name}") for name in MARKED if name in written.c
    }
    return sa.update(written).where(*_is_item(written)).values(values)


def shown_status(tables: Tables, table: str) -> sa.Update:
    """Write the status of one item into `entries` or `open_items`, which have a place for it."""
    written = tables[table]
    names = ["case_status", "changed_on", "changed_at"]
    values: dict[sa.Column[Any], Any] = {
        written.c[name]: sa.bindparam(f"new_{name}") for name in names if name in written.c
    }
    return sa.update(written).where(*_is_item(written)).values(values)


def _is_item(written: sa.Table) -> tuple[sa.ColumnElement[bool], ...]:
    return written.c.journal == sa.bindparam("is_journal"), written.c.number == sa.bindparam("is_number")


def last_batch(tables: Tables) -> sa.Select[Any]:
    """The highest number that a batch has now."""
    return sa.select(sa.func.max(tables["batches"].c.number))


def last_journal(tables: Tables) -> sa.Select[Any]:
    """The last journal."""
    return sa.select(sa.func.max(tables["entries"].c.journal))


def last_number_used(tables: Tables, table: str) -> sa.Select[Any]:
    """The highest voucher number of our type and series in `entries` or `batch_lines`."""
    there = tables[table].c
    return sa.select(sa.func.max(there.voucher_no)).where(
        there.voucher_type == sa.bindparam("voucher_type"),
        there.voucher_no.between(sa.bindparam("first"), sa.bindparam("last")),
    )


def new_batch(tables: Tables) -> sa.Insert:
    """A batch; every column that it has and we fill."""
    return sa.insert(tables["batches"]).values(_filled(tables["batches"]))


def new_batch_line(tables: Tables) -> sa.Insert:
    """A voucher line in a batch; every column that it has and we fill."""
    return sa.insert(tables["batch_lines"]).values(_filled(tables["batch_lines"]))


def _filled(table: sa.Table) -> dict[sa.Column[Any], Any]:
    return {column: sa.bindparam(f"new_{column.key}", type_=column.type) for column in table.c}


# Our own tables.


def installation() -> sa.Select[Any]:
    """The id of the installation that a system database is."""
    kept = our_tables.installation.c
    return sa.select(kept.id).where(kept.system == sa.bindparam("system"))


def our_vouchers() -> sa.Select[Any]:
    """What we keep of vouchers, by their keys."""
    kept = our_tables.voucher.c
    columns = (kept.voucher_key, kept.voucher_no, kept.fingerprint, kept.way, kept.folder, kept.after_journal)
    chosen = sa.select(*columns, kept.delivered_on).where(
        kept.company == sa.bindparam("company"), kept.voucher_key.in_(_list("keys"))
    )
    return chosen.order_by(kept.voucher_no)


def last_voucher_no() -> sa.Select[Any]:
    """The last number of our own series."""
    kept = our_tables.voucher.c
    return sa.select(sa.func.max(kept.voucher_no)).where(kept.company == sa.bindparam("company"))


def our_numbers() -> sa.Select[Any]:
    """Which of these numbers are of vouchers that we have delivered."""
    kept = our_tables.voucher.c
    here = (kept.company == sa.bindparam("company"), kept.voucher_no.in_(_list("vouchers")))
    return sa.select(kept.voucher_no).where(*here)


def our_lines() -> sa.Select[Any]:
    """The lines of our vouchers on these customers."""
    kept = our_tables.voucher_line.c
    columns = (kept.voucher_no, kept.line_no, kept.voucher_key, kept.customer, kept.entry, kept.amount_ore)
    here = (kept.company == sa.bindparam("company"), kept.customer.in_(_list("customers")))
    return sa.select(*columns).where(*here).order_by(kept.voucher_no, kept.line_no)


def sums_of_our_lines() -> sa.Select[Any]:
    """What our vouchers were delivered with on each customer, by number and customer."""
    kept = our_tables.voucher_line.c
    sums = sa.select(kept.voucher_no, kept.customer, sa.func.sum(kept.amount_ore))
    here = (kept.company == sa.bindparam("company"), kept.customer != 0)
    return sums.where(*here).group_by(kept.voucher_no, kept.customer)


def vouchers_on_customers() -> sa.Select[Any]:
    """Which of these vouchers have moved something on a customer."""
    kept = our_tables.voucher_line.c
    chosen = sa.select(kept.voucher_no).distinct()
    return chosen.where(
        kept.company == sa.bindparam("company"),
        kept.voucher_no.in_(_list("vouchers")),
        kept.customer != 0,
        kept.amount_ore != 0,
    )


def customers_of_vouchers() -> sa.Select[Any]:
    """The customers on whom these vouchers have lines."""
    kept = our_tables.voucher_line.c
    here = (kept.company == sa.bindparam("company"), kept.voucher_no.in_(_list("vouchers")), kept.customer != 0)
    return sa.select(kept.customer).distinct().where(*here)


def seen_vouchers() -> sa.Select[Any]:
    """Which of these vouchers were seen among the batches."""
    seen = our_tables.voucher_seen.c
    return sa.select(seen.voucher_key).where(
        seen.company == sa.bindparam("company"), seen.voucher_key.in_(_list("keys"))
    )


def marks() -> sa.Select[Any]:
    """The marks of these items, the last of each last."""
    kept = our_tables.mark.c
    columns = (
        kept.entry,
        kept.sequence,
        kept.outcome,
        kept.fingerprint,
        kept.exemption_before,
        kept.no_interest_before,
    )
    here = (kept.company == sa.bindparam("company"), kept.entry.in_(_list("entries")))
    return sa.select(*columns).where(*here).order_by(kept.entry, kept.sequence)


def last_statuses() -> sa.Select[Any]:
    """The highest version that is shown of these items."""
    kept = our_tables.shown_status.c
    here = (kept.company == sa.bindparam("company"), kept.entry.in_(_list("entries")))
    return sa.select(kept.entry, sa.func.max(kept.version)).where(*here).group_by(kept.entry)


def last_run() -> sa.Select[Any]:
    """The number of the last run."""
    return sa.select(sa.func.max(our_tables.run.c.number))


def window_views(tables: Tables) -> sa.Select[Any]:
    """The views that windows of the standard client show."""
    return sa.select(tables["windows"].c.view)


def new_window(tables: Tables) -> sa.Insert:
    """A window of the standard client."""
    return sa.insert(tables["windows"]).values(_filled(tables["windows"]))


def new_row(table: sa.Table) -> sa.Insert:
    """A row of one of our tables, with every column."""
    return sa.insert(table).values({column: sa.bindparam(column.key) for column in table.c})


def rows_of(table: sa.Table) -> sa.Select[Any]:
    """How many rows one of our tables has."""
    return sa.select(sa.func.count()).select_from(table)


def waiting() -> sa.Select[Any]:
    """What is told of these items, the last of each last: its number, and its fingerprint."""
    kept = our_tables.waiting.c
    here = (kept.company == sa.bindparam("company"), kept.entry.in_(_list("entries")))
    return sa.select(kept.entry, kept.sequence, kept.fingerprint).where(*here).order_by(kept.entry, kept.sequence)
