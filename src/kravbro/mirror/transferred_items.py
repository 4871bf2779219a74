"""Open items that were handed to a collector before the ledger was joined with ours, as the ledger or a person says.

A person's word goes over the ledger's. What is written stays; of an item's rows the one with the highest number counts.
Such an item is not offered, so that nobody asks twice for what a case asks for already, and the ledger is shown that a
collector has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import Outcome, Receipt
from kravbro.core.conversion import CaseNumber
from kravbro.core.errors import DataFault, Skip
from kravbro.db.bulk import among, insert_rows
from kravbro.db.counters import take
from kravbro.mirror.conversion_tables import conversion, transferred_item
from kravbro.mirror.observations import TEXT
from kravbro.mirror.rows import SEALED, AnyRow, sealed
from kravbro.mirror.sql import is_accepted, is_given_back, is_refused
from kravbro.mirror.tables import counter, offer, to_mark
from kravbro.ports.identity import Delivered

LONGEST_CASE_NUMBER = 30
Told = Mapping[int, str]
"""By entry, the case number (or "") of items of which the ledger itself says that somebody has them."""


def marked(
    connection: sa.Connection, company: int, told: Told, entries: Collection[int] | None = None
) -> dict[int, str]:
    """The case numbers of the items that were handed over earlier, among these or in all; "" where nobody knows it.

    `told` is what the ledger says. An item that was joined with an older case, which the collector accepted, is none
    any more.
    """
    found = {entry: number for entry, number in told.items() if entries is None or entry in entries}
    for row in _last_words(connection, company, entries):
        if row.transferred:
            found[row.entry] = row.case_number or told.get(row.entry, "")
        else:
            found.pop(row.entry, None)
    for entry in _ended(connection, company, found):
        del found[entry]
    return found


def _last_words(connection: sa.Connection, company: int, entries: Collection[int] | None) -> Sequence[AnyRow]:
    """The last row of each item, of these or of all."""
    later = transferred_item.alias("later")
    replaced = sa.exists().where(
        later.c.company == transferred_item.c.company,
        later.c.entry == transferred_item.c.entry,
        later.c.number > transferred_item.c.number,
    )
    here = sa.select(transferred_item).where(transferred_item.c.company == company, sa.not_(replaced))
    if entries is None:
        return connection.execute(here.order_by(transferred_item.c.entry)).all()
    wanted = set(entries)
    rows = [row for these in among(transferred_item.c.entry, wanted) for row in connection.execute(here.where(these))]
    return [row for row in rows if row.entry in wanted]


def _ended(connection: sa.Connection, company: int, entries: Collection[int]) -> set[int]:
    """Of these items, those that were joined with older cases that the collector accepted."""
    accepted = is_accepted(conversion.c.company, conversion.c.offer)
    here = sa.select(conversion.c.entry).where(conversion.c.company == company, conversion.c.joined, accepted)
    found = {
        one for these in among(conversion.c.entry, entries) for one in connection.execute(here.where(these)).scalars()
    }
    return found & set(entries)


def ever_offered(connection: sa.Connection, company: int, entries: Collection[int]) -> set[int]:
    """Of these items, those that a collector has or had by an offer, or has yet to answer for."""
    not_refused = sa.not_(is_refused(offer.c.company, offer.c.number))
    return _offered(connection, company, entries, not_refused)


def _offered(
    connection: sa.Connection, company: int, entries: Collection[int], which: sa.ColumnElement[bool]
) -> set[int]:
    here = sa.select(offer.c.entry).where(offer.c.company == company, which)
    found = {one for these in among(offer.c.entry, entries) for one in connection.execute(here.where(these)).scalars()}
    return found & set(entries)


def mark_transferred(  # noqa: PLR0917 - which items, what is known of them, and who says so why
    connection: sa.Connection, company: int, items: Mapping[int, str], told: Told, because: str, act: Act
) -> int:
    """Mark items as handed over earlier, each with its case number, or "" where nobody knows it.

    Items that are known so already are left alone; answers how many were marked now. Raises DataFault `mirror.reason`
    and `port.case_number_too_long`, Skip `port.item_came_back` for one that a collector had by an offer and gave back,
    and Skip `port.item_at_collector` for one that it has, or has yet to answer for. Nothing is kept then.
    """
    because = reason(because)
    for entry, case_number in items.items():
        if len(case_number) > LONGEST_CASE_NUMBER:
            raise DataFault("port.case_number_too_long", entry=entry, longest=LONGEST_CASE_NUMBER)
    known = marked(connection, company, told, items)
    new = {entry: one for entry, one in items.items() if known.get(entry) != (one or told.get(entry, ""))}
    _refuse_offered(connection, company, new)
    _write(connection, company, [(entry, True, number, because) for entry, number in sorted(new.items())], act)
    _show(connection, company, new)
    return len(new)


def record_case_numbers(  # noqa: PLR0917 - as mark_transferred
    connection: sa.Connection, company: int, numbers: Sequence[CaseNumber], told: Told, because: str, act: Act
) -> Delivered:
    """Keep and show the case numbers of marked items, as a matching found them. One that is there already is known.

    Raises DataFault `port.not_marked`, `port.other_case_number` for an item whose case is known otherwise, and as
    `mark_transferred` does. Nothing is kept then.
    """
    items = {one.entry: one.case_number for one in numbers}
    known = marked(connection, company, told, items)
    for entry, case_number in items.items():
        if entry not in known:
            raise DataFault("port.not_marked", entry=entry)
        if known[entry] not in {"", case_number}:
            given = case_number[:LONGEST_CASE_NUMBER]
            raise DataFault("port.other_case_number", entry=entry, known=known[entry], given=given)
    new = mark_transferred(connection, company, items, told, because, act)
    return Delivered(new, len(numbers) - new)


def unmark_transferred(  # noqa: PLR0917 - as mark_transferred
    connection: sa.Connection, company: int, entry: int, told: Told, because: str, act: Act
) -> None:
    """Take the mark off again: the item was not handed over, also where the ledger says that it was.

    Raises DataFault `mirror.reason` and `port.not_marked`, Skip `port.item_at_collector` for one that is being
    converted.
    """
    because = reason(because)
    if entry not in marked(connection, company, told, [entry]):
        raise DataFault("port.not_marked", entry=entry)
    _refuse_offered(connection, company, [entry])
    end_marks(connection, company, [entry], because, act)


def end_marks(connection: sa.Connection, company: int, entries: Sequence[int], because: str, act: Act) -> None:
    """Take the marks off items, each of which has one."""
    _write(connection, company, [(entry, False, "", because) for entry in entries], act)
    _show(connection, company, entries)


def keep_told(connection: sa.Connection, company: int, told: Told, reasons: Mapping[int, str], act: Act) -> None:
    """Keep what the ledger says of items of which no person has said anything: its own mark may be written over."""
    said = {row.entry for row in _last_words(connection, company, told)}
    new = sorted(told.keys() - said)
    marks = [(entry, True, told[entry][:LONGEST_CASE_NUMBER], reasons[entry]) for entry in new]
    _write(connection, company, marks, act)


def reason(because: str) -> str:
    """A reason as it is kept. Raises DataFault `mirror.reason`."""
    because = because.strip()
    if not 0 < len(because) <= TEXT:
        raise DataFault("mirror.reason", longest=TEXT)
    return because


def _refuse_offered(connection: sa.Connection, company: int, entries: Collection[int]) -> None:
    """What the collector had by an offer is joined with no older case, so a mark would hide it from every list."""
    back = _offered(connection, company, entries, is_given_back(offer.c.company, offer.c.number))
    if here := ever_offered(connection, company, entries) - back:
        raise Skip("port.item_at_collector", entry=min(here))
    if back:
        raise Skip("port.item_came_back", entry=min(back))


def _write(connection: sa.Connection, company: int, marks: Sequence[tuple[int, bool, str, str]], act: Act) -> None:
    if not marks:
        return
    first = take(connection, counter, "transferred_item", len(marks), str(company))
    rows = [sealed("transferred_item", company, number, *mark, act.on) for number, mark in enumerate(marks, first)]
    insert_rows(connection, transferred_item, (*SEALED["transferred_item"], "seal"), rows, act)


def _show(connection: sa.Connection, company: int, entries: Iterable[int]) -> None:
    """Note that the ledger does not show yet what a person said of these items."""
    wanted = sorted(entries)
    if not wanted:
        return
    here = (to_mark.c.company == company, to_mark.c.entry == sa.bindparam("of_entry"))
    connection.execute(sa.delete(to_mark).where(*here), [{"of_entry": entry} for entry in wanted])
    rows = [(company, row.entry, -row.number) for row in _last_words(connection, company, wanted)]
    insert_rows(connection, to_mark, ("company", "entry", "receipt"), rows, None)


def words(connection: sa.Connection, company: int, entries: Collection[int]) -> dict[int, Receipt]:
    """What people say of these items as the ledger shows it: an answer to no offer, numbered below zero.

    What was said of an item that was converted since has ended.
    """
    rows = _last_words(connection, company, entries)
    ended = _ended(connection, company, [row.entry for row in rows])
    return {row.entry: _word(row) for row in rows if row.entry not in ended}


def _word(row: AnyRow) -> Receipt:
    outcome = Outcome.ACCEPTED if row.transferred else Outcome.WITHDRAWN
    return Receipt(-row.number, -row.number, row.entry, outcome, row.marked_on, row.case_number, "", ())
