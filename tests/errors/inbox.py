"""Errors of inbox folders: what cannot be read or moved there, and folders that do not go together."""

from __future__ import annotations

from pathlib import Path

from kravbro.bootstrap.inbox import import_listed, list_inboxes
from kravbro.cli.inbox import read_file
from kravbro.core.errors import KravbroError
from kravbro.office.agreements import change_agreement
from tests.bootstrap.inboxes import bank_file, imported, open_inbox
from tests.errors.gallery import command, provokes
from tests.office.builders import act
from tests.office.shared_accounts import ACCOUNT_OF, FET


def told(fault: KravbroError | None) -> None:
    if fault is not None:
        raise fault


@provokes("inbox.folder_unreadable")
def an_inbox_is_not_there(folder: Path) -> None:
    desk, inbox = open_inbox(folder)
    inbox.rmdir()
    told(list_inboxes(desk.engine, read_file).folders[0].fault)


@provokes("inbox.not_moved")
def the_folder_for_imported_files_is_not_there(folder: Path) -> None:
    desk, inbox = open_inbox(folder, done=True)
    (folder / "ferdig").rmdir()
    (inbox / "OCR.D201126").write_bytes(bank_file(500))
    told(imported(desk)[0].fault)


@provokes("inbox.changed")
def a_file_changes_after_its_import(folder: Path) -> None:
    desk, inbox = open_inbox(folder, done=True)
    (inbox / "OCR.D201126").write_bytes(bank_file(500))
    listing = list_inboxes(desk.engine, read_file)
    contents = iter([bank_file(500), bank_file(900)])
    (outcome,) = import_listed(desk.engine, listing, lambda _: next(contents), act())
    told(outcome.fault)


@provokes("office.inbox_folders")
def imported_files_go_back_to_the_inbox(folder: Path) -> None:
    desk, _ = open_inbox(folder)
    with desk.writing() as connection:
        change_agreement(connection, ACCOUNT_OF[FET], {"inbox": "inn", "done_folder": "inn"}, "a slip", act())


@provokes("cli.file_or_inbox")
def an_import_of_nothing(_: Path) -> None:
    command("payments", "import")
