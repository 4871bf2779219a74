"""An installation is backed up while it works, and restored: the same, on either kind of database, or not at all."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.backup import back_up, restore
from kravbro.bootstrap.demo.run import run_demo
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bootstrap.dump import dump_site
from kravbro.bootstrap.notice import noticed
from kravbro.bootstrap.site import make_site, open_site
from kravbro.bootstrap.verification import verify_archive, verify_place
from kravbro.bridge.reconcile import reconcile
from kravbro.bridge.streams import ALL, run
from kravbro.cli.main import main
from kravbro.core.errors import DataFault, Stop
from kravbro.db.engines import reading, writing, writing_anywhere
from kravbro.db.folder_building import RESTORING
from kravbro.db.place import Place
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from kravbro.migrations.upgrade import make_at
from kravbro.office.creditors import agreements
from tests.archives import manifest_of, members, rewritten
from tests.migrations.test_payment_agreements import EARLIER
from tests.places import KINDS, Kind, NewPlace, new_places
from tests.postgresql import Server
from tests.stories import backups
from tests.stories.canonical import canonical
from tests.stories.sites import ACT, finished
from tests.stories.test_copies import OWNERS, explained

ON_A_SERVER_TOO = pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)])


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a finished demo that lived in a folder."""
    folder = tmp_path_factory.mktemp("archive")
    back_up(place_at(finished("sqlite")), folder / "monday.zip", ACT)
    return folder / "monday.zip"


def dumped(place: Place) -> str:
    return canonical(dump_site(open_site(place, ACT)))


def parts(archive: Path) -> dict[str, bytes]:
    """The rows of an archive, without where the databases are."""
    return {
        name: rows for name, rows in members(archive).items() if name != "manifest.json" and "residence" not in name
    }


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("sqlite", "postgresql"),
        ("postgresql", "sqlite"),
        pytest.param("sqlite", "sqlite", marks=pytest.mark.soak),
        pytest.param("postgresql", "postgresql", marks=pytest.mark.soak),
    ],
)
def test_what_is_restored_is_what_was_on_either_kind(kind: Kind, target: Kind, tmp_path: Path) -> None:
    """Every row of every table, so every fingerprint and seal; then it is adopted, and the work goes on."""
    with new_places(tmp_path, target) as new:
        goes_on(place_at(finished(kind)), new(), tmp_path)


def goes_on(source: Place, place: Place, tmp_path: Path) -> None:
    """Back up, restore, compare, adopt, and run."""
    done = back_up(source, tmp_path / "one.zip", ACT)
    assert restore(tmp_path / "one.zip", place, ACT).owners == OWNERS
    back_up(place, tmp_path / "two.zip", ACT)
    assert parts(tmp_path / "two.zip") == parts(tmp_path / "one.zip")
    assert dumped(place) == dumped(source)
    assert verify_place(place, ACT).faults == ()
    assert done.manifest.ledger == manifest_of(tmp_path / "two.zip")["ledger"] != ""

    assert set(noticed(place).copied) == set(OWNERS)
    with pytest.raises(Stop) as caught, writing(place.open("office")):
        raise AssertionError("written before it was adopted")
    assert caught.value.code == "db.copied"
    found = look(place, ACT)
    assert found.missing == ()
    adopt(place, found, "moved to a new server", ACT)
    site = open_site(place, ACT)
    site.positions.forget(1, "numbers of the server's own go on")
    run(site.join(), ALL)
    assert reconcile(open_site(place, ACT).join()).differences == ()


def test_a_folder_restored_in_place_of_the_one_that_was_lost_is_noticed(tmp_path: Path) -> None:
    """The file system may give new files the numbers of the old ones."""
    place = place_at(tmp_path / "site")
    make_site(place, ())
    back_up(place, tmp_path / "site.zip", ACT)
    shutil.rmtree(tmp_path / "site")
    restore(tmp_path / "site.zip", place, ACT)
    assert set(noticed(place).copied) == {"system", "office", "bridge"}


@ON_A_SERVER_TOO
def test_backups_of_a_place_that_is_being_written_to_each_go_on_to_the_same_end(
    new_place: NewPlace, tmp_path: Path
) -> None:
    """Each is one moment: nothing is missing on either side, and the rest of the day ends as if nothing had been."""
    place = new_place()
    worker = backups.started(backups.demo, place.name, tmp_path)
    made: list[Path] = []
    while worker.is_alive():
        if not place.exists("system"):  # which is made last
            continue
        file = tmp_path / f"{len(made)}.zip"
        try:
            back_up(place, file, ACT)
        except DataFault as error:
            assert error.code in {"site.not_made", "site.not_upgraded"}  # noqa: PT017 - before it has all its tables
            continue
        if len(manifest_of(file)["owners"]) < len(OWNERS):
            file.unlink()
        else:
            made.append(file)
    worker.join()
    assert (worker.exitcode, bool(made)) == (0, True)
    expected = dumped(place)
    for file in random.Random(7).sample(made, 1):
        restored = place_at(tmp_path / f"{file.stem}-restored")
        restore(file, restored, ACT)
        found = look(restored, ACT)
        assert found.missing == ()
        adopt(restored, found, "the disk broke", ACT)
        assert run_demo(restored, FixedClock(DEMO_DATE), size=SMALL, inbox=tmp_path).differences == 0
        assert dumped(restored) == expected


@ON_A_SERVER_TOO
def test_an_office_put_back_from_an_earlier_backup_goes_on_and_nothing_is_doubled(
    new_place: NewPlace, tmp_path: Path
) -> None:
    place = new_place()
    earlier = tmp_path / "earlier.zip"

    def keep(step: object) -> None:
        if getattr(step, "code", "") == "bank_file":
            back_up(place, earlier, ACT)

    run_demo(place, FixedClock(DEMO_DATE), size=SMALL, inbox=tmp_path, on_step=keep)
    place.close()
    new_place.lose(place, "office")
    with pytest.raises(DataFault) as caught:
        restore(earlier, place, ACT)
    assert caught.value.code == "restore.not_empty"
    assert restore(earlier, place, ACT, ["office"]).owners == ("office",)

    seen = noticed(place)
    assert (seen.copied, [one.database for one in seen.older]) == (("office",), ["office"])
    with pytest.raises(Stop), writing(open_site(place, ACT).office):
        raise AssertionError("written before it was adopted")
    found = look(place, ACT)
    adopt(place, found, "the disk broke", ACT)
    assert not noticed(place)
    for _ in range(2):
        run(open_site(place, ACT).join(), ALL)
    result = reconcile(open_site(place, ACT).join())
    assert [one for one in result.differences if one.side] == []
    assert [one for one in result.differences if not explained(one.claim, found.missing)] == []
    assert verify_place(place, ACT).faults == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_backup_leaves_no_file_of_that_name(kind: Kind, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    source = place_at(finished(kind))
    before = dumped(source)
    for at in (1, 30, 60):
        assert backups.in_process(backups.backup_that_dies, source.name, folder / "monday.zip", at) == -9
    assert {left.name[:12] for left in folder.iterdir()} == {".monday.zip."}
    back_up(source, folder / "monday.zip", ACT)
    assert verify_archive(folder / "monday.zip").faults == ()
    assert dumped(source) == before


DEATHS = [(backups.restore_that_dies, at) for at in range(1, 6)]
DEATHS += [(backups.restore_that_dies_moving, at) for at in range(1, 6)]


@pytest.mark.parametrize(
    ("work", "at"), [one if one[1] == 3 else pytest.param(*one, marks=pytest.mark.soak) for one in DEATHS]
)
def test_a_killed_restore_leaves_a_place_that_says_so(
    work: Callable[..., object], at: int, archive: Path, tmp_path: Path
) -> None:
    """Between two databases, and between two moves. Once what is named is removed, it is restored."""
    folder = tmp_path / "site"
    place = place_at(folder)
    assert backups.in_process(work, archive, str(folder), at) == -9
    for attempt in (lambda: open_site(place, ACT), lambda: restore(archive, place, ACT), place.owners):
        with pytest.raises(Stop) as caught:
            attempt()
        assert (caught.value.code, caught.value.facts["folder"]) == ("db.being_restored", str(folder / RESTORING))
    assert main(["db", "upgrade", "--dir", str(folder)]) == main(["demo", "--once", "--dir", str(folder)]) == 1
    shutil.rmtree(folder / RESTORING)
    for owner in OWNERS:
        (folder / f"{owner}.db").unlink(missing_ok=True)
    restore(archive, place, ACT)
    assert tuple(place.owners()) == OWNERS


@pytest.mark.parametrize("at", [pytest.param(1, marks=pytest.mark.soak), 4])
def test_a_killed_restore_leaves_nothing_on_a_server(at: int, archive: Path, postgresql: Server) -> None:
    address = postgresql.database()
    assert backups.in_process(backups.restore_that_dies, archive, address, at) == -9
    place = place_at(address)
    assert place.owners() == []
    restore(archive, place, ACT)
    assert tuple(place.owners()) == OWNERS
    place.close()
    postgresql.drop(address)


def test_a_full_disk_is_told_and_leaves_nothing(archive: Path, tmp_path: Path) -> None:
    folder, file = tmp_path / "site", tmp_path / "monday.zip"
    restore(archive, place_at(folder), ACT)
    small = archive.stat().st_size // 2
    backup = ("db", "backup", "--dir", str(folder), "--to", str(file))
    assert backups.in_process(backups.command_with_files_of_at_most, small, *backup) == 1
    assert [left.name for left in tmp_path.iterdir()] == ["site"]

    new = tmp_path / "new"
    again = ("db", "restore", str(archive), "--dir", str(new))
    assert backups.in_process(backups.command_with_files_of_at_most, 300_000, *again) == 1
    assert not new.exists()


def test_an_archive_that_was_cut_off_is_refused(archive: Path, tmp_path: Path) -> None:
    whole, cut = archive.read_bytes(), tmp_path / "cut.zip"
    for length in (0, 1, 1_000, len(whole) // 2, len(whole) - 1):
        cut.write_bytes(whole[:length])
        with pytest.raises(DataFault) as caught:
            restore(cut, place_at(tmp_path / "site"), ACT)
        assert caught.value.code == "archive.not_one"
        assert not (tmp_path / "site").exists()


def test_a_byte_that_was_altered_anywhere_changes_nothing_unseen(archive: Path, tmp_path: Path) -> None:
    """It is named, or it says nothing of the content: an archive that is found whole holds the very same rows."""
    whole, bad = archive.read_bytes(), tmp_path / "bad.zip"
    expected, chance = members(archive), random.Random(11)
    named = 0
    for _ in range(60):
        altered = bytearray(whole)
        altered[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        bad.write_bytes(bytes(altered))
        sound = is_whole(bad)
        named += not sound
        assert not sound or members(bad) == expected
    assert named > 40


def is_whole(archive: Path) -> bool:
    """Whether an archive verifies: else it is refused as a whole, or its parts are named."""
    try:
        return not verify_archive(archive).faults
    except (DataFault, Stop):
        return False


def test_a_part_that_was_altered_is_refused_by_name_and_nothing_is_left(
    archive: Path, new_place: NewPlace, tmp_path: Path
) -> None:
    """The last of them, when all others are in the database already."""
    bad = Path(shutil.copy(archive, tmp_path / "bad.zip"))
    name = "F0002/voucher_line.jsonl"
    rewritten(bad, name, members(archive)[name].replace(b"KOMAVG", b"KOMAVH").replace(b"00", b"01", 1))
    place = new_place()
    with pytest.raises(DataFault) as caught:
        restore(bad, place, ACT)
    assert (caught.value.code, caught.value.facts["part"]) == ("archive.altered", name)
    assert [fault.thing for fault in verify_archive(bad).faults] == [name]
    assert place.owners() == []


def test_an_archive_with_a_stranger_in_it_is_refused(archive: Path, tmp_path: Path) -> None:
    bad = Path(shutil.copy(archive, tmp_path / "bad.zip"))
    rewritten(bad, "office/../../passwd", b"x")
    with pytest.raises(DataFault) as caught:
        restore(bad, place_at(tmp_path / "site"), ACT)
    assert (caught.value.code, caught.value.facts["part"]) == ("archive.altered", "office/../../passwd")


def test_an_archive_of_a_newer_release_is_refused(archive: Path, tmp_path: Path) -> None:
    newer = Path(shutil.copy(archive, tmp_path / "newer.zip"))
    owners = manifest_of(archive)["owners"]
    owners[-1]["version"] = "books_9999"
    rewritten(newer, manifest={"owners": owners})
    with pytest.raises(Stop) as caught:
        restore(newer, place_at(tmp_path / "site"), ACT)
    assert (caught.value.code, caught.value.facts["version"]) == ("db.newer_than_program", "books_9999")
    assert not (tmp_path / "site").exists()
    assert [(one.where, one.kind) for one in verify_archive(newer).faults] == [("F0002", "db.newer_than_program")]


def test_a_log_without_its_database_is_not_taken_for_that_of_the_new_one(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "office.db-wal").write_bytes(b"another's")
    with pytest.raises(DataFault) as caught:
        restore(archive, place_at(tmp_path / "site"), ACT)
    assert caught.value.facts["databases"] == "office.db-wal"
    assert not (tmp_path / "site" / RESTORING).exists()


OLDER = {"system": "system_0001", "office": "office_0002_0.1", "bridge": "bridge_0001"}


def test_an_archive_of_an_older_release_is_upgraded(new_place: NewPlace, tmp_path: Path) -> None:
    """With what it held carried over, and noticed although it comes from before databases knew their place."""
    older = place_at(tmp_path / "older")
    older.make()
    for owner, version in OLDER.items():
        with writing_anywhere(older.open(owner)) as connection:
            make_at(connection, owner, version)
            for statement in EARLIER if owner == "office" else ():
                connection.execute(sa.text(statement))
    done = back_up(older, tmp_path / "older.zip", ACT)
    assert {one.owner: one.version for one in done.manifest.owners} == OLDER
    place = new_place()
    restore(tmp_path / "older.zip", place, ACT)
    assert set(noticed(place).copied) == set(OLDER)
    assert verify_place(place, ACT).faults == ()
    with reading(place.open("office")) as connection:
        (agreement,) = agreements(connection).values()
    assert (agreement.holder, str(agreement.closed_on)) == (1, "2026-10-01")
