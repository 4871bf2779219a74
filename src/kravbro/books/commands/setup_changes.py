"""Change a company's set-up: what may change while it is in use, and what was changed, with the reason.

A row that vouchers, entries or proposals name stays, and says on what it says of them: its account, its meaning, its
series. Names may change, and how many days after the due date a dunning code applies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
import sqlalchemy as sa

from kravbro.books import tables as t
from kravbro.books.commands.setup import (
    Account,
    CollectorSetup,
    CompanySetup,
    DunningCode,
    DunningRoutine,
    NumberSeries,
    SubLedgerType,
    VoucherType,
)
from kravbro.books.setup_history import KEPT, record_changes
from kravbro.core.acts import Act
from kravbro.core.errors import Stop
from kravbro.db.setup_rows import Rows, differences, remove_rows, stored_rows, write_rows

SetupOf = Mapping[str, Rows]
"""The rows of each table of set-up, by the table's name."""


class _Use(msgspec.Struct, frozen=True):
    """A column that names a row of set-up, what such rows are called, and the items that they hold fast."""

    table: str
    column: sa.Column[str]
    used_by: str
    fixed: tuple[str, ...] = ()


_USES = (
    _Use("account", t.voucher_line.c.account, "voucher_line"),
    _Use("account", t.imported_line.c.account, "imported_line"),
    _Use("number_series", t.voucher.c.series, "voucher", ("first_number",)),
    _Use("voucher_type", t.voucher.c.type, "voucher", ("meaning", "series")),
    _Use("sub_ledger_type", t.entry.c.sub_ledger_type, "entry", ("receivable_account",)),
    _Use("sub_ledger_type", t.voucher_line.c.sub_ledger_type, "voucher_line", ("receivable_account",)),
    _Use("sub_ledger_type", t.proposal.c.sub_ledger_type, "proposal", ("receivable_account",)),
    _Use("dunning_code", t.proposal.c.dunning_code, "proposal", ("to_collector",)),
)
_KINDS = {
    "accounts": (t.account, Account),
    "number_series": (t.number_series, NumberSeries),
    "voucher_types": (t.voucher_type, VoucherType),
    "dunning_codes": (t.dunning_code, DunningCode),
    "sub_ledger_types": (t.sub_ledger_type, SubLedgerType),
    "dunning_routines": (t.dunning_routine, DunningRoutine),
}


def rows_of(setup: CompanySetup | None) -> SetupOf:
    """A company's set-up as rows; none of any table where there is no set-up."""
    rows: dict[str, Rows] = {kept.table.name: {} for kept in KEPT}
    if setup is None:
        return rows
    for kind, (table, _) in _KINDS.items():
        every = [msgspec.to_builtins(one) for one in getattr(setup, kind)]
        rows[table.name] = {tuple(row[column.name] for column in table.primary_key): row for row in every}
    rows[t.setup.name] = {(1,): {"id": 1, **msgspec.to_builtins(setup.collector)}}
    return rows


def standing_setup(connection: sa.Connection) -> CompanySetup | None:
    """The company's set-up as it stands, None before it has one."""
    rows = {kept.table.name: stored_rows(connection, kept.table) for kept in KEPT}
    if not rows[t.setup.name]:
        return None
    kinds = {
        kind: tuple(msgspec.convert(row, made, strict=True) for row in rows[table.name].values())
        for kind, (table, made) in _KINDS.items()
    }
    (own,) = rows[t.setup.name].values()
    return CompanySetup(**kinds, collector=msgspec.convert(own, CollectorSetup))


def subjects(setup: CompanySetup | None) -> dict[str, dict[str, str]]:
    """What each part of a company's set-up says, under the name that its history has."""
    rows = rows_of(setup)
    return {kept.subject(row): kept.values(row) for kept in KEPT for row in rows[kept.table.name].values()}


def refusals(connection: sa.Connection, after: CompanySetup | None) -> list[Stop]:
    """Everything that keeps the set-up from becoming this one: Stop `books.setup_in_use` and `books.setup_kept`."""
    return list(_refusals(connection, rows_of(standing_setup(connection)), rows_of(after)))


def _refusals(connection: sa.Connection, before: SetupOf, after: SetupOf) -> Iterator[Stop]:
    names = {kept.table.name: kept for kept in KEPT}
    for use in _USES:
        kept = names[use.table]
        for key, row in before[use.table].items():
            wanted = after[use.table].get(key)
            changed = [item for item in use.fixed if wanted is not None and wanted[item] != row[item]]
            if (wanted is not None and not changed) or not (count := _count(connection, use.column == key[0])):
                continue
            subject = kept.subject(row)
            if wanted is None:
                yield Stop("books.setup_kept", subject=subject, count=count, used_by=use.used_by)
                continue
            for item in changed:
                told = {"before": kept.values(row)[item], "after": kept.values(wanted)[item]}
                yield Stop("books.setup_in_use", subject=subject, item=item, **told, count=count, used_by=use.used_by)
    yield from _collector_refusals(connection, before[t.setup.name], after[t.setup.name])


def _collector_refusals(connection: sa.Connection, before: Rows, after: Rows) -> Iterator[Stop]:
    """The collector's vouchers are known by their registrar and type: both are for good once there are any."""
    (kept,) = (one for one in KEPT if one.table is t.setup)
    for key, row in before.items():
        changed = [
            item
            for item in ("collector_registrar", "collector_voucher_type")
            if key in after and after[key][item] != row[item]
        ]
        count = _count(connection, t.voucher.c.collector_key.is_not(None)) if changed else 0
        for item in changed if count else ():
            told = {"before": row[item], "after": after[key][item]}
            subject = kept.subject(row)
            yield Stop("books.setup_in_use", subject=subject, item=item, **told, count=count, used_by="voucher")


def _count(connection: sa.Connection, used: sa.ColumnElement[bool]) -> int:
    return int(connection.execute(sa.select(sa.func.count()).where(used)).scalar_one())


def change_setup(
    connection: sa.Connection, seen: CompanySetup | None, after: CompanySetup, because: str, act: Act
) -> None:
    """Add and change what `after` says otherwise than what was seen; what stands beside that, or came since, stays.

    Raises as `refusals` names.
    """
    before, wanted, known = standing_setup(connection), rows_of(after), rows_of(seen)
    stood = rows_of(before)
    new = {table: {key: row for key, row in wanted[table].items() if row != known[table].get(key)} for table in wanted}
    rows = {table: {**stood[table], **new[table]} for table in stood}
    for refusal in _refusals(connection, stood, rows):
        raise refusal
    was = subjects(before)
    now: dict[str, dict[str, str]] = {}
    for kept in KEPT:
        write_rows(connection, kept.table, rows[kept.table.name], act)
        now |= {kept.subject(row): kept.values(row) for row in rows[kept.table.name].values()}
    record_changes(connection, differences(was, now), act, because)


def remove_setup(
    connection: sa.Connection, seen: CompanySetup | None, after: CompanySetup, because: str, act: Act
) -> None:
    """Remove what was seen and `after` does not have; what came since stays. Raises as `refusals` names."""
    before = standing_setup(connection)
    rows, was, known = rows_of(after), rows_of(before), rows_of(seen)
    kept_now = {
        table: {key: row for key, row in was[table].items() if key in rows[table] or key not in known[table]}
        for table in was
    }
    for refusal in _refusals(connection, was, kept_now):
        raise refusal
    now = {kept.subject(row): kept.values(row) for kept in KEPT for row in kept_now[kept.table.name].values()}
    for kept in reversed(KEPT):
        remove_rows(connection, kept.table, kept_now[kept.table.name])
    record_changes(connection, differences(subjects(before), now), act, because)
