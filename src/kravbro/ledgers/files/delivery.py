"""The collector's vouchers: judged, numbered, kept by key, written to a file each, and followed to their end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Stop
from kravbro.core.fingerprints import fingerprint
from kravbro.core.movements import Because, Discrepancy
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.db.bulk import insert_rows, portions
from kravbro.ledgers.files import kept
from kravbro.ledgers.files import tables as t
from kravbro.ledgers.files.derivation import KeptItem
from kravbro.ledgers.files.folders import Folders
from kravbro.ledgers.files.kept import Customer
from kravbro.ledgers.files.names import our_name
from kravbro.ledgers.files.outgoing import is_changed, keep_names, next_number, prepare
from kravbro.ledgers.files.rendering import SUFFIXES, Around, rendered
from kravbro.mirror.source import Delivery

_LINE = ("voucher_no", "line_no", "customer", "entry", "amount_ore")
_VOUCHER = (
    *("voucher_key", "voucher_no", "fingerprint", "file", "delivered_on", "fate", "fate_on", "ledger_no", "because"),
)


class Lookups(msgspec.Struct, frozen=True):
    """What vouchers are judged by: customers by number, and items with their customers' ids."""

    customers: Mapping[int, Customer]
    items: Mapping[int, tuple[str, KeptItem]]


def take(
    connection: sa.Connection, folders: Folders, company: int, vouchers: Sequence[Voucher], act: Act
) -> list[Delivery]:
    """Keep vouchers that are new, each with its file prepared; answers the fate of each that is rejected.

    Raises DataFault `files.changed_voucher` for a key that is known with other content, and Stop
    `files.series_used_up` and `files.folder`.
    """
    fresh = _fresh(connection, company, vouchers)
    there = _lookups(connection, fresh)
    ids = {number: one.id for number, one in there.customers.items()}
    invoices = {entry: its.line.invoice_no for entry, (_, its) in there.items.items()}
    rejected: list[Delivery] = []
    taken: list[tuple[Voucher, int, str]] = []
    number, place = _next_voucher_no(connection, folders), next_number(connection)
    for voucher in fresh:
        if number > folders.setup.last_voucher_no:
            raise Stop("files.series_used_up", company=company, last=folders.setup.last_voucher_no)
        try:
            refuse_unknown(voucher.lines, there)
            data = rendered(voucher, Around(company, number, ids, invoices), folders.setup)
        except DataFault as problem:
            because = msgspec.json.encode((problem.code, {"company": company, **problem.facts})).decode()
            rejected.append(Delivery(voucher.key, Fate.REJECTED, act.on, because=because))
            continue
        name = our_name("bilag", act.on, place, SUFFIXES[folders.setup.vouchers], voucher.key)
        prepare(connection, folders, company, place, name, data, act)
        taken.append((voucher, number, name))
        number, place = number + 1, place + 1
    if taken:
        keep_names(folders.outgoing(company))
        _keep(connection, taken, there, act)
    return rejected


def _fresh(connection: sa.Connection, company: int, vouchers: Sequence[Voucher]) -> list[Voucher]:
    prints = {row.voucher_key: row.fingerprint for row in kept_vouchers(connection, {one.key for one in vouchers})}
    fresh: dict[str, Voucher] = {}
    for voucher in vouchers:
        its = fingerprint(voucher)
        if voucher.key not in prints:
            fresh[voucher.key] = voucher
        if prints.setdefault(voucher.key, its) != its:
            raise DataFault("files.changed_voucher", company=company, voucher=voucher.key)
    return list(fresh.values())


def _lookups(connection: sa.Connection, vouchers: Collection[Voucher]) -> Lookups:
    lines = [line for voucher in vouchers for line in voucher.lines]
    numbers = {line.customer_no for line in lines if line.customer_no is not None}
    entries = {line.claim_entry for line in lines if line.claim_entry is not None}
    return Lookups(kept.customers_numbered(connection, numbers), kept.items(connection, entries))


def refuse_unknown(lines: Sequence[VoucherLine], there: Lookups) -> None:
    """Raises DataFault `files.no_customer` and `files.no_item`."""
    for line in lines:
        if line.customer_no is None:
            continue
        customer = there.customers.get(line.customer_no)
        if customer is None:
            raise DataFault("files.no_customer", line=line.line_no, customer=line.customer_no)
        if line.claim_entry is not None:
            holder, _ = there.items.get(line.claim_entry, ("", None))
            if holder != customer.id:
                raise DataFault("files.no_item", line=line.line_no, entry=line.claim_entry)


def _next_voucher_no(connection: sa.Connection, folders: Folders) -> int:
    """Above every number that we gave, and above those that came back: an older state may have forgotten some."""
    given = connection.execute(sa.select(sa.func.max(t.voucher.c.voucher_no))).scalar() or 0
    told = connection.execute(sa.select(sa.func.max(t.line.c.voucher_no))).scalar() or 0
    return max(folders.setup.first_voucher_no, int(given) + 1, int(told) + 1)


def _keep(connection: sa.Connection, taken: Sequence[tuple[Voucher, int, str]], there: Lookups, act: Act) -> None:
    """Keep vouchers, each with its number and file, and their lines."""
    rows = [
        (voucher.key, number, fingerprint(voucher), name, act.on, Fate.DELIVERED.value, act.on, "", "")
        for voucher, number, name in taken
    ]
    insert_rows(connection, t.voucher, _VOUCHER, rows, act)
    lines = [
        (
            *(number, line.line_no),
            there.customers[line.customer_no].id if line.customer_no is not None else "",
            *(line.claim_entry or 0, line.amount_ore),
        )
        for voucher, number, _ in taken
        for line in voucher.lines
    ]
    insert_rows(connection, t.voucher_line, _LINE, lines, act)


def kept_vouchers(connection: sa.Connection, keys: Collection[str]) -> Iterator[sa.Row[tuple[object, ...]]]:
    """The vouchers with these keys that we have, each with the fingerprint of its file."""
    here = t.outgoing.c.name == t.voucher.c.file
    chosen = sa.select(t.voucher, t.outgoing.c.sha256).join(t.outgoing, here).order_by(t.voucher.c.voucher_no)
    for some in portions(sorted(keys)):
        yield from connection.execute(chosen.where(t.voucher.c.voucher_key.in_(some)))


def fates(connection: sa.Connection, folders: Folders, company: int, keys: Collection[str]) -> list[Delivery]:
    """What has become of vouchers: posted where a snapshot has a line of theirs; as a receipt says; else delivered.

    Of one whose file does not lie in `out` any more, nobody can see what becomes of it.
    """
    rows = list(kept_vouchers(connection, keys))
    posted = _posted(connection, {row.voucher_no for row in rows if row.fate in {Fate.DELIVERED, Fate.DELETED}})
    found = []
    for row in rows:
        if row.voucher_no in posted:
            found.append(Delivery(row.voucher_key, Fate.POSTED, *posted[row.voucher_no]))
        elif row.fate != Fate.DELIVERED:
            found.append(Delivery(row.voucher_key, Fate(row.fate), row.fate_on, row.ledger_no, row.because))
        else:
            unseen = not (folders.outgoing(company) / row.file).exists()
            found.append(Delivery(row.voucher_key, Fate.DELIVERED, row.delivered_on, unseen=unseen))
    return found


def altered(connection: sa.Connection, folders: Folders, company: int, keys: Collection[str]) -> list[Discrepancy]:
    """Those of these vouchers whose file lies there, and was altered by somebody since it was delivered."""
    return [
        Discrepancy(
            f"voucher {row.voucher_key}",
            "file_altered",
            0,
            0,
            None,
            Because("files.changed_file", {"file": row.file, "company": company, "voucher": row.voucher_key}),
        )
        for row in kept_vouchers(connection, keys)
        if is_changed(folders, company, row.file, row.sha256)
    ]


def _posted(connection: sa.Connection, numbers: Collection[int]) -> dict[int, tuple[date, str]]:
    """Of these vouchers those that snapshots tell of: the day of the first that did, and the ledger's own number."""
    found: dict[int, tuple[date, str]] = {}
    chosen = sa.select(t.line.c.voucher_no, t.line.c.seen_on, t.line.c.content).order_by(t.line.c.seen_on.desc())
    for some in portions(sorted(numbers)):
        for number, seen_on, content in connection.execute(chosen.where(t.line.c.voucher_no.in_(some))):
            found[number] = (seen_on, kept.said_of(content).line.voucher_no)
    return found
