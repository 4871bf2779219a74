"""Inbox folders to test on: bank files for the account of Fet (2), which serves Nes and Fet."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from kravbro.bootstrap.inbox import InboxFile, Outcome, State, import_listed, list_inboxes
from kravbro.cli.inbox import read_file
from kravbro.office.agreements import change_agreement
from tests.formats.ocr_giro_files import file_of, payment
from tests.office.builders import TODAY, Desk, act
from tests.office.shared_accounts import ACCOUNT_OF, FET, invoice, open_shared_desk

DAY = date(2026, 11, 20)


def open_inbox(folder: Path, *, done: bool = False) -> tuple[Desk, Path]:
    """An office in a folder, and the inbox of Fet's account beside it; with a folder for imported files if `done`."""
    inbox, done_folder = folder / "inn", folder / "ferdig"
    inbox.mkdir()
    desk = open_shared_desk(folder)
    changes = {"inbox": str(inbox)} | ({"done_folder": str(done_folder)} if done else {})
    with desk.writing() as connection:
        change_agreement(connection, ACCOUNT_OF[FET], changes, "the bank's folder", act())
    if done:
        done_folder.mkdir()
    return desk, inbox


def bank_file(amount_ore: int, *, serial: int = 1, day: date = DAY, kid: str | None = None, times: int = 1) -> bytes:
    """A file of equal payments that the bank numbered with `serial`; a negative amount is a reversal."""
    back = {"type": "18", "card_issuer": "00", "debit_account": None, "bank_date": None} if amount_ore < 0 else {}
    one = payment(
        amount_ore=amount_ore,
        kid=kid or invoice(FET),
        settlement_date=day,
        serial_number=f"{serial:05d}",
        **({"bank_date": day - timedelta(1)} | back),
    )
    return file_of(*[one] * times, nets_date=day)


def listed(desk: Desk) -> list[InboxFile]:
    """What lies in the inboxes."""
    return list(list_inboxes(desk.engine, read_file).files)


def imported(desk: Desk) -> list[Outcome]:
    """Import everything unread."""
    return list(import_listed(desk.engine, list_inboxes(desk.engine, read_file), read_file, act(TODAY)))


def states(outcomes: list[Outcome]) -> list[tuple[str, State]]:
    """What became of each file, in order."""
    return [(one.file.file, one.state) for one in outcomes]
