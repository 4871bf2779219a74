"""The vouchers of an import: first everything that is an open item, then what is put on open items."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kravbro.books.commands.posting import post_vouchers
from kravbro.books.commands.vouchers import write_vouchers
from kravbro.books.drafts import Draft, DraftLine
from kravbro.books.importing.matching import Item, Matched, by_holder, match, settles
from kravbro.books.importing.source import Kind, SourceLine
from kravbro.books.seals import IMPORTED_LINE, row_seal
from kravbro.books.sql import booked_on
from kravbro.books.standard_setup import CONTRA, TYPE_OF
from kravbro.books.tables import counter, entry, imported_line, voucher_line
from kravbro.core.acts import Act
from kravbro.db.bulk import among, insert_rows, portions
from kravbro.db.counters import take

TEXT_WIDTH, REFERENCE_WIDTH, KID_WIDTH = 200, 40, 25


def post_imported(  # noqa: PLR0917 - which import, its lines, and the two names that each of them needs
    connection: sa.Connection,
    batch: int,
    lines: Sequence[SourceLine],
    numbers: dict[str, int],
    types: dict[str, str],
    act: Act,
) -> tuple[list[Matched], dict[int, str]]:
    """Write and post the lines of an import; answers what was put on what, and the number of each invoice by entry."""
    items = [line for line in lines if not settles(line)]
    vouchers = _post(connection, [_item_draft(line, numbers, types) for line in items], act)
    entries = _entries(connection, vouchers)
    made = {entries[number]: line for number, line in zip(vouchers, items, strict=True)}
    others = [line for line in lines if settles(line)]
    there = _open_items(connection, others, numbers, types)
    for number, line in made.items():
        there.setdefault((line.customer, line.account), {})[number] = _item(number, line)
    matched = [
        one for holder, theirs in by_holder(others) for one in match(list(there.get(holder, {}).values()), theirs)
    ]
    called = {item.id: min(item.names, default="") for holder in there.values() for item in holder.values()}
    called |= {number: line.invoice_no for number, line in made.items()}
    second = _post(connection, [_settling_draft(one, numbers, types) for one in matched], act)
    rows = [*zip(items, vouchers, strict=True), *zip([one.line for one in matched], second, strict=True)]
    _write_lines(connection, batch, rows, numbers, act)
    return matched, called


def _post(connection: sa.Connection, drafts: Sequence[Draft], act: Act) -> list[int]:
    vouchers = write_vouchers(connection, drafts, act)
    post_vouchers(connection, vouchers, act)
    return vouchers


def _item_draft(line: SourceLine, numbers: dict[str, int], types: dict[str, str]) -> Draft:
    own = DraftLine(
        1,
        line.account,
        line.amount_ore,
        customer=numbers[line.customer],
        sub_ledger_type=types[line.account],
        currency=line.currency,
        invoice_no=line.invoice_no,
        kid=line.kid[:KID_WIDTH] if line.invoice_no else "",
        due_date=line.due_date,
        text=line.text[:TEXT_WIDTH],
    )
    return _draft(line, own)


def _settling_draft(one: Matched, numbers: dict[str, int], types: dict[str, str]) -> Draft:
    """A voucher with a line for each open item, and one for what is on none."""
    line = one.line
    reference = next((name for name in (*line.named, line.kid) if name), "")
    parts: list[tuple[int, int | None]] = [(share.amount_ore, share.item) for share in one.shares]
    if one.left_ore:
        parts.append((one.left_ore, None))
    own = [
        DraftLine(
            place,
            line.account,
            amount_ore,
            customer=numbers[line.customer],
            sub_ledger_type=types[line.account],
            settles=item,
            reference=reference[:REFERENCE_WIDTH],
            text=line.text[:TEXT_WIDTH],
        )
        for place, (amount_ore, item) in enumerate(parts, start=1)
    ]
    return _draft(line, *own)


def _draft(line: SourceLine, *own: DraftLine) -> Draft:
    contra = DraftLine(len(own) + 1, CONTRA, -line.amount_ore)
    return Draft(TYPE_OF[line.kind], line.dated, line.record[:TEXT_WIDTH], (*own, contra))


def _entries(connection: sa.Connection, vouchers: Sequence[int]) -> dict[int, int]:
    """The entry of each voucher that has one."""
    found: dict[int, int] = {}
    for these in among(entry.c.voucher, vouchers):
        found.update(
            {
                row.voucher: row.number
                for row in connection.execute(sa.select(entry.c.voucher, entry.c.number).where(these))
            }
        )
    return found


def _item(number: int, line: SourceLine) -> Item:
    return Item(
        id=number,
        dated=line.dated,
        due_date=line.due_date,
        amount_ore=line.amount_ore,
        remaining_ore=line.amount_ore,
        kid=line.cid,
        names=frozenset(line.names),
        is_opening=line.kind is Kind.OPENING,
    )


def _open_items(
    connection: sa.Connection, lines: Sequence[SourceLine], numbers: dict[str, int], types: dict[str, str]
) -> dict[tuple[str, str], dict[int, Item]]:
    """What the ledger has open, or has had, on the customers of these lines: invoices of earlier files and its own."""
    ids = {numbers[line.customer]: line.customer for line in lines}
    accounts = {code: account for account, code in types.items()}
    of_line = sa.and_(voucher_line.c.voucher == entry.c.voucher, voucher_line.c.line_no == entry.c.line_no)
    columns = (
        sa.select(
            entry.c.number,
            entry.c.customer,
            entry.c.sub_ledger_type,
            entry.c.invoice_no,
            entry.c.kid,
            entry.c.invoice_date,
            entry.c.due_date,
            entry.c.amount_ore,
            (entry.c.amount_ore + booked_on(entry.c.number)).label("remaining_ore"),
            imported_line.c.kind,
        )
        .join(voucher_line, of_line)
        .outerjoin(imported_line, imported_line.c.voucher == entry.c.voucher)
        .where(entry.c.amount_ore > 0, voucher_line.c.settles.is_(None), entry.c.sub_ledger_type.in_(sorted(accounts)))
        .order_by(entry.c.number)
    )
    found: dict[tuple[str, str], dict[int, Item]] = {}
    for some in portions(sorted(ids)):
        for row in connection.execute(columns.where(entry.c.customer.in_(some))).all():
            item = Item(
                id=row.number,
                dated=row.invoice_date,
                due_date=row.due_date,
                amount_ore=row.amount_ore,
                remaining_ore=row.remaining_ore,
                kid=row.kid,
                names=frozenset({row.invoice_no} - {""}),
                is_opening=row.kind == Kind.OPENING,
            )
            found.setdefault((ids[row.customer], accounts[row.sub_ledger_type]), {})[row.number] = item
    return found


def _write_lines(
    connection: sa.Connection, batch: int, lines: Sequence[tuple[SourceLine, int]], numbers: dict[str, int], act: Act
) -> None:
    if not lines:
        return
    first = take(connection, counter, "imported_line", len(lines))
    rows = [
        (
            number,
            batch,
            line.key,
            line.content,
            line.kind.value,
            numbers[line.customer],
            line.account,
            line.dated,
            line.amount_ore,
            voucher,
        )
        for number, (line, voucher) in enumerate(lines, first)
    ]
    sealed = [(*row, row_seal((*row, act.actor))) for row in rows]
    insert_rows(connection, imported_line, (*IMPORTED_LINE[:-1], "seal"), sealed, act)
