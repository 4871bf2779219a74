"""What the office knows of inbox folders, and of files by their bytes."""

from __future__ import annotations

from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.office import tables as t


class Inbox(msgspec.Struct, frozen=True):
    """A folder that bank files come in, the accounts of the agreements that name it, and where imported files go."""

    folder: str
    accounts: tuple[str, ...]
    done_folder: str


class ImportedFile(msgspec.Struct, frozen=True):
    """A file that was imported: what was new in it (øre), on which accounts, and its first day of settlement."""

    format: str
    sha256: str
    payment_count: int
    net_ore: int
    accounts: tuple[str, ...]
    first_day: date | None


def inboxes(connection: sa.Connection) -> list[Inbox]:
    """All inbox folders, in order; agreements that share one have one folder for imported files."""
    own = t.payment_agreement.c
    chosen = sa.select(own.inbox, own.done_folder, own.account_number).where(own.inbox != "")
    folders: dict[tuple[str, str], list[str]] = {}
    for folder, done_folder, account in connection.execute(chosen.order_by(own.inbox, own.account_number)):
        folders.setdefault((folder, done_folder), []).append(account)
    return [Inbox(folder, tuple(accounts), done_folder) for (folder, done_folder), accounts in folders.items()]


def imported_file(connection: sa.Connection, sha256: str) -> ImportedFile | None:
    """The file with exactly these bytes, if it was imported."""
    file, payment = t.payment_file.c, t.payment.c
    columns = (file.number, file.format, file.sha256, file.payment_count, file.net_ore)
    here = sa.select(*columns).where(file.sha256 == sha256).order_by(file.number).limit(1)
    row = connection.execute(here).one_or_none()
    if row is None:
        return None
    inside = sa.select(payment.account_number, sa.func.min(payment.settlement_date)).where(payment.file == row.number)
    days = connection.execute(inside.group_by(payment.account_number).order_by(payment.account_number)).all()
    accounts = tuple(account for account, _ in days)
    return ImportedFile(
        format=row.format,
        sha256=row.sha256,
        payment_count=row.payment_count,
        net_ore=row.net_ore,
        accounts=accounts,
        first_day=min((day for _, day in days), default=None),
    )
