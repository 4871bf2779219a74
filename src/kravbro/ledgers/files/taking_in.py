"""Take a snapshot in: what it changes of what is known, and nothing else, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256

import msgspec
import sqlalchemy as sa

from kravbro.books.importing.balances import Holder, opening_lines
from kravbro.books.importing.source import Kind, Source
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Stop
from kravbro.core.parties import Party
from kravbro.db.bulk import insert_rows, portions
from kravbro.ledgers.files import kept
from kravbro.ledgers.files import tables as t
from kravbro.ledgers.files.derivation import Derived, KeptItem, Line, Said, derive
from kravbro.ledgers.files.kept import Customer, Newest
from kravbro.ledgers.files.setup import Lists, Setup
from kravbro.ledgers.files.snapshots import Snapshot, judge, made_at, our_voucher, plain

FIRST_GIVEN, LAST_GIVEN = 1_900_000_001, 2**31 - 1
"""Numbers for customers whose id is none; an id from here on is taken for text, so the two never meet."""
FEW = 10
"""So many may be settled at once in a list of open items, however many there are."""
_ITEM = ("entry", "line_key", "customer", "invoice_no", "change", "is_gone", "remaining_ore", "content")


class Before(msgspec.Struct, frozen=True):
    """A line as it was known: its content, whose it is, its day, and when it was seen first, in what order."""

    content: str
    customer: str
    dated: date
    seen_on: date
    place: int


class Difference(msgspec.Struct, frozen=True):
    """What a snapshot changes: lines that are new or other, keys that it does not tell any more, those of them that are
    gone, and customers of all."""

    lines: list[Said]
    missing: list[str]
    gone: list[str]
    customers: set[str]


class Which(msgspec.Struct, frozen=True):
    """Which file a snapshot was: its content, when it was written to, and why a person wants it read in any case."""

    sha: str
    changed_ns: int
    because: str = ""


def take_in(  # noqa: PLR0917 - a snapshot, whose, which file it was, and who takes it
    connection: sa.Connection, one: Snapshot, company: int, setup: Setup, which: Which, act: Act
) -> None:
    """Take a snapshot in, after it was judged. Raises as `judge` does, DataFault `files.shrunk`, and Stop
    `files.unknown_voucher` and `files.entry_taken`."""
    known = kept.newest(connection)
    there = kept.customers(connection, {customer.id for customer in one.source.customers})
    judge(one, company, setup, known, there, changed_ns=which.changed_ns)
    said = [*one.said, *_openings(connection, one.source, there)]
    before = _before(connection, one.source, {its.line.key for its in said})
    found = difference(before, said, one.source, setup)
    if not which.because:
        _refuse_shrunk(connection, one.source, found.missing, setup)
    made = made_at(one.source.name)
    first = not known.change
    last = connection.execute(sa.select(sa.func.max(t.line.c.place))).scalar() or 0
    seen_on = None if first else made.day
    by_day = sorted(found.lines, key=lambda its: its.line.dated)
    lines = [_line(its, before, seen_on, place, setup) for place, its in enumerate(by_day, last + 1)]
    _refuse_strangers(connection, lines, one.source.name)
    kept.remove(connection, t.line.c.key, {*found.gone, *(one.said.line.key for one in lines)} & before.keys())
    kept.write_lines(connection, lines, act)
    starts = min(known.starts or one.source.start, one.source.start) if one.source.has_balances else None
    told = (one.source.format, one.source.name, which.sha, made, which.changed_ns, starts, one.not_derived)
    now = Newest(known.change + 1, *told)
    kept.write_newest(connection, now, which.because, act)
    _derive_anew(connection, one.source, there, lines, found.customers, now.change, act)


def _before(connection: sa.Connection, source: Source, keys: set[str]) -> dict[str, Before]:
    """The lines that were known and are to be told now, and those with these keys whenever they were."""
    columns = (t.line.c.key, t.line.c.content, t.line.c.customer, t.line.c.dated, t.line.c.seen_on, t.line.c.place)
    chosen = sa.select(*columns)
    here = chosen.where(t.line.c.dated >= source.start) if source.has_balances else chosen
    found = {key: Before(*row) for key, *row in connection.execute(here)}
    if source.has_balances:
        for some in portions(sorted(keys - found.keys())):
            found |= {key: Before(*row) for key, *row in connection.execute(chosen.where(t.line.c.key.in_(some)))}
    return found


def _openings(connection: sa.Connection, source: Source, there: Mapping[str, Customer]) -> list[Said]:
    """What customers owed before the first period that is known, a line each."""
    if not source.has_balances:
        return []
    before: dict[Holder, int] = {}
    is_before = sa.case((t.line.c.dated < source.start, t.line.c.amount_ore), else_=0)
    sums = sa.select(t.line.c.customer, t.line.c.account, sa.func.sum(is_before))
    for customer, account, ore in connection.execute(sums.group_by(t.line.c.customer, t.line.c.account)):
        before[customer, account] = int(ore)
    if there:
        known = {one.id for one in source.customers} & there.keys()
        before |= {
            (one.id, balance.account): before.get((one.id, balance.account), 0)
            for one in source.customers
            if one.id in known
            for balance in one.balances
        }
    return [Said(plain(line)) for line in opening_lines(source, before)[0]]


def difference(before: Mapping[str, Before], said: Sequence[Said], source: Source, setup: Setup) -> Difference:
    """What lines of a snapshot change of those that were known.

    A table tells all of its ledger; SAF-T tells all of its period, and what lies before stays as it was. From a list of
    open items invoices go when nothing remains of them, and what was on them stays.
    """
    now = {one.line.key: one for one in said}
    changed = [one for key, one in now.items() if key not in before or before[key].content != kept.content_of(one)]
    missing = [key for key, was in before.items() if key not in now and _was_to_be_told(was, source)]
    gone = missing
    if setup.lists is Lists.OPEN and not source.has_balances:
        gone = []
        for key in missing:
            was = kept.said_of(before[key].content)
            if was.line.kind is Kind.INVOICE:
                if was.remaining_ore:
                    changed.append(msgspec.structs.replace(was, remaining_ore=0))
            elif not (was.line.cid or was.line.named):
                gone.append(key)
    touched = {one.line.customer for one in changed} | {before[key].customer for key in gone}
    touched |= {before[one.line.key].customer for one in changed if one.line.key in before}
    return Difference(changed, missing, gone, touched)


def _was_to_be_told(was: Before, source: Source) -> bool:
    return not source.has_balances or source.start <= was.dated <= source.end


def _line(one: Said, before: Mapping[str, Before], seen_on: date | None, place: int, setup: Setup) -> Line:
    """A line as it is kept. Of the first snapshot nobody can tell when its lines were booked, but by their own day."""
    was = before.get(one.line.key)
    number, line_no = our_voucher(one.line, setup)
    if was:
        return Line(one, was.seen_on, was.place, number, line_no)
    return Line(one, seen_on or one.line.dated, place, number, line_no)


def _refuse_shrunk(connection: sa.Connection, source: Source, missing: Collection[str], setup: Setup) -> None:
    """A listing that suddenly lacks most of the invoices on which something remained is a fault until a person says
    otherwise. Raises DataFault `files.shrunk`."""
    owing = sa.and_(sa.not_(t.item.c.is_gone), t.item.c.remaining_ore != 0)
    counted = sa.select(sa.func.count()).select_from(t.item).where(owing)
    lost = sum(
        int(connection.execute(counted.where(t.item.c.line_key.in_(some))).scalar_one())
        for some in portions(sorted(missing))
    )
    few = FEW if setup.lists is Lists.OPEN and not source.has_balances else 0
    known = int(connection.execute(counted).scalar_one())
    if lost > few and lost * 2 > known:
        raise DataFault("files.shrunk", file=source.name, known=known, found=known - lost)


def _refuse_strangers(connection: sa.Connection, lines: Sequence[Line], name: str) -> None:
    """Raises Stop `files.unknown_voucher` for a number of our series that is of no voucher of ours: what it booked
    would be taken for the ledger's own doing, and told back to the collector who sent it."""
    numbers = {one.voucher_no for one in lines if one.voucher_no}
    for number in sorted(numbers - kept.known_vouchers(connection, numbers)):
        raise Stop("files.unknown_voucher", file=name, voucher=number)


def _derive_anew(  # noqa: PLR0917 - what changed, of whom, and by whom
    connection: sa.Connection,
    source: Source,
    there: Mapping[str, Customer],
    written: Sequence[Line],
    touched: Collection[str],
    change: int,
    act: Act,
) -> None:
    """The items of the customers that are touched, and who the customers of the file are.

    A customer that nobody knew has no other lines than those that were `written` now.
    """
    parties = {one.id: one.party for one in source.customers}
    known = dict(there) | kept.customers(connection, touched - there.keys())
    numbers = _numbers(connection, [one for one in parties if one not in known])
    changed: list[Customer] = []
    fresh: dict[str, list[Line]] = {}
    for line in written:
        if line.said.line.customer not in known:
            fresh.setdefault(line.said.line.customer, []).append(line)
    for some in portions(sorted(touched)):
        lines = kept.lines_of(connection, [one for one in some if one in known])
        ours = kept.our_lines(connection, some)
        derived = {one: derive(fresh.get(one) or lines.get(one, []), ours.get(one, ())) for one in some}
        _write_items(connection, derived, change, act)
        for one, its in derived.items():
            number = known[one].number if one in known else numbers[one]
            party = _party(number, parties.get(one), known.get(one))
            changed.append(Customer(one, number, its.balance_ore, its.unmatched_ore, party))
    for one, party in parties.items():
        if one in touched:
            continue
        was = known.get(one)
        now = _party(was.number if was else numbers[one], party, was)
        if was is None:
            changed.append(Customer(one, numbers[one], 0, 0, now))
        elif was.party != now:
            changed.append(msgspec.structs.replace(was, party=now))
    kept.remove(connection, t.customer.c.id, {one.id for one in changed} & known.keys())
    kept.write_customers(connection, changed, act)


def _party(number: int, told: Party | None, was: Customer | None) -> Party:
    """Who a customer is: what the file leaves out stays as it was."""
    if told is None or was is None:
        return msgspec.structs.replace(told or was.party, customer_no=number)  # type: ignore[union-attr] # one is there
    says_who = told.identity_number or told.organisation_number
    told = told if says_who else msgspec.structs.replace(told, kind=was.party.kind)
    empty = {name: value for name, value in msgspec.structs.asdict(was.party).items() if not getattr(told, name)}
    return msgspec.structs.replace(told, **empty | {"customer_no": number})


def _numbers(connection: sa.Connection, new: Sequence[str]) -> dict[str, int]:
    """Numbers for new customers: the id where it is one, else a number from the id, the next free one."""
    found = {one: int(one) for one in new if _is_number(one)}
    texts = [one for one in new if one not in found]
    if texts:
        given = sa.select(t.customer.c.number).where(t.customer.c.number >= FIRST_GIVEN)
        taken = set(connection.execute(given).scalars())
        for one in texts:
            span = LAST_GIVEN - FIRST_GIVEN + 1
            place = int(sha256(one.encode()).hexdigest()[:15], 16) % span
            while FIRST_GIVEN + place in taken:
                place = (place + 1) % span
            found[one] = FIRST_GIVEN + place
            taken.add(found[one])
    return found


def _is_number(text: str) -> bool:
    return (
        text.isascii() and text.isdigit() and not text.startswith("0") and len(text) <= 10 and int(text) < FIRST_GIVEN
    )


def _write_items(connection: sa.Connection, derived: Mapping[str, Derived], change: int, act: Act) -> None:
    """Write what is new or other, and note what is gone."""
    columns = sa.select(*(t.item.c[name] for name in ("entry", "line_key", "content", "is_gone", "customer")))
    was: dict[int, tuple[str, str, bool]] = {}
    for some in portions(sorted(derived)):
        for entry, key, content, is_gone, _ in connection.execute(columns.where(t.item.c.customer.in_(some))):
            was[entry] = (key, content, is_gone)
    now = {entry: (one, its) for one, of in derived.items() for entry, its in of.items.items()}
    for entries in portions(sorted(now.keys() - was.keys())):
        for entry, key, content, is_gone, _ in connection.execute(columns.where(t.item.c.entry.in_(entries))):
            was[entry] = (key, content, is_gone)
    rows = list(_rows(now, was, change))
    kept.remove(connection, t.item.c.entry, {row[0] for row in rows} & was.keys())
    insert_rows(connection, t.item, _ITEM, rows, act)
    gone = [entry for entry, (_, _, is_gone) in was.items() if entry not in now and not is_gone]
    for entries in portions(sorted(gone)):
        connection.execute(sa.update(t.item).where(t.item.c.entry.in_(entries)).values(is_gone=True, change=change))


def _rows(
    now: Mapping[int, tuple[str, KeptItem]], was: Mapping[int, tuple[str, str, bool]], change: int
) -> Iterator[tuple[int, str, str, str, int, bool, int, str]]:
    for entry, (customer, its) in now.items():
        key, content = its.line.key, kept.content_of(its)
        if entry in was:
            if was[entry][0] != key:
                raise Stop("files.entry_taken", entry=entry, record=its.line.record)
            if was[entry][1:] == (content, False):
                continue
        yield entry, key, customer, its.line.invoice_no, change, False, its.item.remaining_ore, content
