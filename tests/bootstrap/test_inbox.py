"""Inbox folders: looking moves nothing, each file is imported for itself, and a stop anywhere loses nothing."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
from datetime import date
from pathlib import Path

import pytest

from kravbro.bootstrap.inbox import State, import_listed, list_inboxes
from kravbro.cli.inbox import read_file
from kravbro.core.errors import DataFault
from kravbro.office import tables as t
from kravbro.office.agreements import change_agreement
from tests.bootstrap.inboxes import DAY, bank_file, imported, listed, open_inbox, states
from tests.office.builders import Desk, act, open_engine
from tests.office.shared_accounts import ACCOUNT_OF, FET, NES, faults, invoice


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_the_listing_tells_what_each_file_is_and_moves_nothing(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path, done=True)
    whole = bank_file(500, times=2)
    unknown = whole.replace(ACCOUNT_OF[FET].encode(), b"86011117971")
    (inbox / "a.txt").write_bytes(whole)
    (inbox / "b.txt").write_bytes(whole[:-80])
    (inbox / "c.txt").write_bytes(unknown)
    (inbox / ".hidden").write_bytes(whole)
    (inbox / "folder").mkdir()
    found = {one.file: one for one in listed(desk)}

    assert {name: one.state for name, one in found.items()} == {
        "a.txt": State.UNREAD, "b.txt": State.REFUSED, "c.txt": State.REFUSED,
    }  # fmt: skip
    one = found["a.txt"]
    assert (one.format, one.size, one.payments, one.known, one.net_ore) == ("ocr_giro", len(whole), 2, 0, 1_000)
    assert (one.accounts, one.first_day) == ((ACCOUNT_OF[FET],), DAY)
    told = [found[name].fault for name in ("b.txt", "c.txt")]
    assert [fault and fault.code.partition(".")[0] for fault in told] == ["formats", "office"]
    assert names(inbox) == [".hidden", "a.txt", "b.txt", "c.txt", "folder"]
    assert desk.rows(t.payment) == []


def test_what_was_imported_is_known_by_its_bytes_and_by_its_content(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path)
    data = bank_file(500, times=2)
    (inbox / "a.txt").write_bytes(data)
    imported(desk)
    (inbox / "b.txt").write_bytes(data)
    (inbox / "c.txt").write_bytes(data.replace(b"\n", b"\r\n"))

    assert [(one.file, one.state, one.payments, one.net_ore, one.known) for one in listed(desk)] == [
        (name, State.KNOWN, 2, 1_000, 2) for name in ("a.txt", "b.txt", "c.txt")
    ]
    assert states(imported(desk)) == [(name, State.KNOWN) for name in ("a.txt", "b.txt", "c.txt")]
    assert len(desk.rows(t.payment)) == 2


def test_files_are_imported_in_order_of_settlement(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path)
    (inbox / "a.txt").write_bytes(bank_file(-500, serial=2, day=date(2026, 11, 23)))
    (inbox / "b.txt").write_bytes(bank_file(500))
    (inbox / "c.txt").write_bytes(bank_file(700, serial=3))

    assert [one.file.file for one in imported(desk)] == ["b.txt", "c.txt", "a.txt"]
    assert [(row.amount_ore, row.reverses) for row in desk.rows(t.payment)] == [(500, None), (700, None), (-500, 1)]
    assert faults(desk) == []


def test_the_others_are_imported_after_one_that_is_refused(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path)
    (inbox / "a.txt").write_bytes(bank_file(500, serial=1))
    changed = bank_file(500, serial=2)
    (inbox / "b.txt").write_bytes(changed)
    assert states(imported(desk)) == [("a.txt", State.IMPORTED), ("b.txt", State.IMPORTED)]
    (inbox / "b.txt").write_bytes(bank_file(900, serial=2))
    (inbox / "c.txt").write_bytes(b"nothing that a bank sends")
    (inbox / "d.txt").write_bytes(bank_file(500, serial=4))
    outcomes = imported(desk)

    assert states(outcomes) == [
        ("a.txt", State.KNOWN), ("d.txt", State.IMPORTED), ("b.txt", State.REFUSED), ("c.txt", State.REFUSED),
    ]  # fmt: skip
    assert outcomes[2].fault is not None
    assert outcomes[2].fault.code == "office.payment_changed"
    assert len(desk.rows(t.payment)) == 3
    assert faults(desk) == []


def test_the_same_payments_under_two_names_are_imported_once(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path, done=True)
    (inbox / "a.txt").write_bytes(bank_file(500))
    (inbox / "b.txt").write_bytes(bank_file(500))
    outcomes = imported(desk)

    assert states(outcomes) == [("a.txt", State.IMPORTED), ("b.txt", State.KNOWN)]
    assert (names(inbox), names(tmp_path / "ferdig")) == ([], ["a.txt", "b.txt"])
    assert len(desk.rows(t.payment)) == 1


def test_imported_files_are_moved_and_never_over_another(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path, done=True)
    (tmp_path / "ferdig" / "a.txt").write_text("something else")
    (inbox / "a.txt").write_bytes(bank_file(500))
    (inbox / "b.txt").write_bytes(b"no bank file")
    (outcome, _) = imported(desk)

    assert outcome.moved_to == str(tmp_path / "ferdig" / "a (2).txt")
    assert (names(inbox), names(tmp_path / "ferdig")) == (["b.txt"], ["a (2).txt", "a.txt"])
    assert (tmp_path / "ferdig" / "a.txt").read_text() == "something else"
    assert (tmp_path / "ferdig" / "a (2).txt").read_bytes() == bank_file(500)


def test_a_file_that_could_not_be_moved_is_moved_by_the_next_import(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path, done=True)
    (tmp_path / "ferdig").rmdir()
    (inbox / "a.txt").write_bytes(bank_file(500))
    (outcome,) = imported(desk)

    assert (outcome.state, outcome.fault is not None and outcome.fault.code) == (State.IMPORTED, "inbox.not_moved")
    assert [one.state for one in listed(desk)] == [State.KNOWN]
    (tmp_path / "ferdig").mkdir()
    assert states(imported(desk)) == [("a.txt", State.KNOWN)]
    assert (names(inbox), names(tmp_path / "ferdig")) == ([], ["a.txt"])
    assert len(desk.rows(t.payment)) == 1


def test_a_move_that_stopped_between_its_two_names_is_ended(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path, done=True)
    (inbox / "a.txt").write_bytes(bank_file(500))
    os.link(inbox / "a.txt", tmp_path / "ferdig" / "a.txt")
    imported(desk)

    assert (names(inbox), names(tmp_path / "ferdig")) == ([], ["a.txt"])


@pytest.mark.parametrize("taken", [False, True])
def test_a_folder_on_another_file_system_gets_a_whole_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: bool
) -> None:
    def no_link(*_: object) -> None:
        raise OSError(errno.EXDEV, "another device")

    desk, inbox = open_inbox(tmp_path, done=True)
    (inbox / "a.txt").write_bytes(bank_file(500))
    if taken:
        (tmp_path / "ferdig" / "a.txt").write_text("something else")
    monkeypatch.setattr(os, "link", no_link)
    imported(desk)

    moved = "a (2).txt" if taken else "a.txt"
    assert (names(inbox), names(tmp_path / "ferdig")) == ([], sorted({"a.txt", moved}))
    assert (tmp_path / "ferdig" / moved).read_bytes() == bank_file(500)


def test_a_file_that_changed_after_its_import_stays(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path, done=True)
    (inbox / "a.txt").write_bytes(bank_file(500))
    reads = []

    def read(path: Path) -> bytes:
        reads.append(path)
        if len(reads) == 3:
            path.write_bytes(bank_file(900, serial=2))
        return read_file(path)

    (outcome,) = import_listed(desk.engine, list_inboxes(desk.engine, read), read, act())
    assert (outcome.state, outcome.fault is not None and outcome.fault.code) == (State.IMPORTED, "inbox.changed")
    assert names(inbox) == ["a.txt"]
    assert [one.state for one in listed(desk)] == [State.UNREAD]


def test_a_folder_that_is_not_there_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path)
    with desk.writing() as connection:
        change_agreement(connection, ACCOUNT_OF[NES], {"inbox": str(tmp_path / "borte")}, "a slip", act())
    (inbox / "a.txt").write_bytes(bank_file(500))
    listing = list_inboxes(desk.engine, read_file)

    assert [one.fault and one.fault.code for one in listing.folders] == ["inbox.folder_unreadable", None]
    assert [one.file for one in listing.files] == ["a.txt"]


def test_two_agreements_that_share_an_inbox_share_its_files(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path)
    with desk.writing() as connection:
        change_agreement(connection, ACCOUNT_OF[NES], {"inbox": str(inbox)}, "one folder", act())
    (inbox / "a.txt").write_bytes(bank_file(500))

    assert [one.accounts for one in list_inboxes(desk.engine, read_file).folders] == [
        (ACCOUNT_OF[NES], ACCOUNT_OF[FET])
    ]
    assert len(listed(desk)) == 1


@pytest.mark.parametrize(
    ("inbox", "done"), [("/in", "/in"), ("/bank", "/other"), ("/other", "/bank"), ("/done", ""), ("/bank", "")]
)
def test_folders_that_would_read_what_was_moved_are_refused(tmp_path: Path, inbox: str, done: str) -> None:
    desk, _ = open_inbox(tmp_path)
    with desk.writing() as connection:
        change_agreement(
            connection, ACCOUNT_OF[FET], {"inbox": "/bank", "done_folder": "/done"}, "the bank's folder", act()
        )
    with pytest.raises(DataFault, match=r"office\.inbox_folders"), desk.writing() as connection:
        change_agreement(connection, ACCOUNT_OF[NES], {"inbox": inbox, "done_folder": done}, "a slip", act())


def test_a_name_that_no_database_takes_is_told_by_its_numbers(tmp_path: Path) -> None:
    desk, inbox = open_inbox(tmp_path)
    strange = os.fsdecode(b"ocr\xff\x1b.txt")
    (inbox / strange).write_bytes(bank_file(500))
    (outcome,) = imported(desk)

    assert outcome.file.file == r"ocr\udcff\x1b.txt"
    assert [row.name for row in desk.rows(t.payment_file)] == [r"ocr\udcff\x1b.txt"]


def _import_and_die(folder: Path, at: int) -> None:
    """Import the inbox in a process that is killed for real when it reads a file for the `at`-th time."""
    desk = Desk(open_engine(folder))
    reads = []

    def read(path: Path) -> bytes:
        reads.append(path)
        if len(reads) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return read_file(path)

    list(import_listed(desk.engine, list_inboxes(desk.engine, read), read, act()))


@pytest.mark.parametrize("at", range(1, 7))
def test_a_kill_anywhere_loses_nothing_and_doubles_nothing(tmp_path: Path, at: int) -> None:
    """Two files are read when they are listed, when they are imported, and when they are moved: 3 and 5 import, 4 and 6
    move. After any of these the next run ends the work."""
    desk, inbox = open_inbox(tmp_path, done=True)
    (inbox / "a.txt").write_bytes(bank_file(500))
    (inbox / "b.txt").write_bytes(bank_file(700, serial=2, kid=invoice(NES)))
    process = multiprocessing.get_context("spawn").Process(target=_import_and_die, args=(tmp_path, at))
    process.start()
    process.join()

    assert process.exitcode == -signal.SIGKILL
    assert len(desk.rows(t.payment)) == {4: 1, 5: 1, 6: 2}.get(at, 0)
    imported(desk)
    assert [row.amount_ore for row in desk.rows(t.payment)] == [500, 700]
    assert (names(inbox), names(tmp_path / "ferdig")) == ([], ["a.txt", "b.txt"])
    assert faults(desk) == []
