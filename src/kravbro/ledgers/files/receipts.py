"""What the ledger says of the vouchers that it got: read, posted, rejected or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.vouchers import Fate
from kravbro.db.bulk import portions
from kravbro.db.columns import written
from kravbro.formats.exchange_csv import ReceiptRow
from kravbro.ledgers.files import tables as t
from kravbro.ledgers.files.names import READ

FATES = {
    "read": Fate.DELIVERED,
    "posted": Fate.POSTED,
    "rejected": Fate.REJECTED,
    "deleted": Fate.DELETED,
}


def take_receipts(connection: sa.Connection, rows: Sequence[ReceiptRow], name: str, act: Act) -> None:
    """Take a table in. A voucher that came to its end stays there: the same again is known. One that was deleted may be
    imported once more, and be posted.

    Raises DataFault `files.unknown_voucher_file` and `files.other_fate` with the line.
    """
    named = [_name(row.file) for row in rows]
    known = {
        file: fate
        for some in portions(sorted(set(named)))
        for file, fate in connection.execute(
            sa.select(t.voucher.c.file, t.voucher.c.fate).where(t.voucher.c.file.in_(some))
        )
    }
    ended = {file: fate for file, fate in known.items() if fate != Fate.DELIVERED}
    for file, row in zip(named, rows, strict=True):
        fate = FATES[row.outcome]
        if file not in known:
            raise DataFault("files.unknown_voucher_file", file=name, line=row.line, voucher_file=row.file)
        if fate is Fate.DELIVERED or ended.get(file) == fate:
            continue
        if file in ended and (ended[file], fate) != (Fate.DELETED, Fate.POSTED):
            raise DataFault("files.other_fate", file=name, line=row.line, voucher_file=file, known=ended[file])
        ended[file] = fate
        told = {"fate": fate.value, "fate_on": row.dated, "ledger_no": row.voucher_no, "because": row.because}
        connection.execute(sa.update(t.voucher).where(t.voucher.c.file == file).values(**told, **written(act)))


def _name(file: str) -> str:
    """The name of a file, without a folder, and as it was before it was read."""
    return PurePosixPath(file.replace("\\", "/")).name.removeprefix(READ)
