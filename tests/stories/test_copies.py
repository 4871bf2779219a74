"""A copy of an installation, or a part put back from an older copy, is noticed; it is read, adopted, and goes on."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.demo.run import Step, run_demo
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bootstrap.notice import noticed
from kravbro.bootstrap.site import open_site, upgrade_site
from kravbro.bridge.missing import Missing, Remedy
from kravbro.bridge.reconcile import reconcile
from kravbro.bridge.streams import ALL, run
from kravbro.cli.main import main
from kravbro.core.errors import Stop
from kravbro.db.engines import writing
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from tests.places import NewPlace, copy_place
from tests.stories.killing import Moment, adopt_once
from tests.stories.sites import ACT, carry_everything, finished, reconciled

OWNERS = ("system", "office", "bridge", "F0001", "F0002")
STEPS = (
    "set_up", "invoices", "proposals", "transfers", "transfer", "ledger_money", "fetch", "bank_file", "posting",
    "deliver",
)  # fmt: skip


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished demo in `site`, and beside it each database as it was after each step."""
    folder = tmp_path_factory.mktemp("history")

    def keep(step: Step) -> None:
        (folder / step.code).mkdir()
        for owner in OWNERS:
            backup(folder / "site" / f"{owner}.db", folder / step.code / f"{owner}.db")

    run_demo(place_at(folder / "site"), FixedClock(DEMO_DATE), size=SMALL, on_step=keep)
    return folder


def backup(source: Path, target: Path) -> None:
    """A copy by SQLite itself, over what is there."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def put_back(folder: Path, history: Path, step: str, *owners: str) -> Path:
    """A copy of the finished demo with some databases as they were after a step."""
    shutil.copytree(history / "site", folder)
    for owner in owners:
        for left in folder.glob(f"{owner}.db*"):
            left.unlink()
        shutil.copy(history / step / f"{owner}.db", folder / f"{owner}.db")
    return folder


def lost(found: tuple[Missing, ...]) -> set[tuple[int, int]]:
    return {(one.company, one.entry) for one in found if one.remedy is Remedy.LOST}


def test_a_healthy_installation_is_left_alone(history: Path) -> None:
    assert not noticed(place_at(history / "site"))


def test_a_new_name_on_the_same_file_system_is_no_copy(tmp_path: Path) -> None:
    run_demo(place_at(tmp_path / "here"), FixedClock(DEMO_DATE), size=SMALL)
    (tmp_path / "here").rename(tmp_path / "there")
    with closing(sqlite3.connect(tmp_path / "there" / "office.db")) as office:
        office.execute("VACUUM")
    assert not noticed(place_at(tmp_path / "there"))
    carry_everything(tmp_path / "there")


def test_a_copied_folder_is_read_and_not_written(
    history: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(history / "site", tmp_path / "copy")
    assert noticed(place_at(folder)).copied == OWNERS[:3] + OWNERS[3:]
    assert main(["reconcile", "--dir", str(folder), "--json"]) == 0
    spoken = capsys.readouterr()
    assert json.loads(spoken.out)["differences"] == []
    assert spoken.err.count("kravbro db adopt") == 1
    assert main(["claims", "transfer", "--dir", str(folder)]) == 1
    with pytest.raises(Stop) as caught, writing(place_at(folder).open("office")):
        raise AssertionError("a copy was written")
    assert caught.value.code == "db.copied"


def test_a_database_put_back_in_place_is_noticed_by_the_others(tmp_path: Path) -> None:
    """The same file, so the location says nothing: the others saw it older."""
    place = place_at(tmp_path / "site")
    kept = tmp_path / "kept"
    kept.mkdir()

    def keep(step: Step) -> None:
        if step.code == "transfer":
            for owner in OWNERS:
                backup(tmp_path / "site" / f"{owner}.db", kept / f"{owner}.db")

    run_demo(place, FixedClock(DEMO_DATE), size=SMALL, on_step=keep)
    for owner in ("office", "F0001", "F0002", "bridge"):
        now = tmp_path / "now.db"
        backup(tmp_path / "site" / f"{owner}.db", now)
        backup(kept / f"{owner}.db", tmp_path / "site" / f"{owner}.db")
        found = noticed(place)
        assert (found.copied, [one.database for one in found.older]) == ((), [owner])
        with pytest.raises(Stop) as caught:
            run_demo(place, FixedClock(DEMO_DATE), size=SMALL)
        assert caught.value.code == "site.not_adopted"
        backup(now, tmp_path / "site" / f"{owner}.db")
        assert not noticed(place)


def test_a_database_from_before_there_was_a_memory_is_noticed_by_those_that_have_one(tmp_path: Path) -> None:
    """A backup of an older release, upgraded where it was put back: not taken for a new database."""
    place = place_at(tmp_path / "site")
    run_demo(place, FixedClock(DEMO_DATE), size=SMALL)
    with closing(sqlite3.connect(tmp_path / "site" / "office.db")) as office:
        office.executescript("DELETE FROM residence; DELETE FROM known_age")
    upgrade_site(place)
    assert [one.database for one in noticed(place).older] == ["office"]
    adopt(place, look(place, ACT), "restored from last year", ACT)
    assert not noticed(place)
    carry_everything(tmp_path / "site")


EVERY_RESTORE = [(step, owner) for step in STEPS for owner in ("office", "bridge", "F0001", "F0002")]
TELLING = {
    ("transfers", "office"), ("transfers", "F0001"), ("bank_file", "office"), ("posting", "F0002"), ("fetch", "bridge"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("step", "owner"),
    [one if one in TELLING else pytest.param(*one, marks=pytest.mark.soak) for one in EVERY_RESTORE],
)
def test_one_database_put_back_is_adopted_and_goes_on(step: str, owner: str, history: Path, tmp_path: Path) -> None:
    folder = put_back(tmp_path / "site", history, step, owner)
    place = place_at(folder)
    found = look(place, ACT)
    adopt(place, found, "the disk broke", ACT)
    assert not noticed(place)
    carry_everything(folder)
    carry_everything(folder)
    result = reconciled(folder)
    assert [one for one in result.differences if one.side] == []
    unexplained = [one for one in result.differences if not explained(one.claim, found.missing)]
    assert unexplained == []
    if not lost(found.missing):
        assert result.differences == ()


@pytest.mark.parametrize(("moment", "step"), [("before", "bank_file"), ("after", "transfers")])
def test_a_killed_adoption_leaves_the_rest_to_be_adopted(
    moment: Moment, step: str, history: Path, tmp_path: Path
) -> None:
    """Between any two databases: still only read, and adopting again completes it; cases are taken up once."""
    for kill_at in range(1, len(OWNERS)):
        folder = put_back(tmp_path / f"{moment}-{kill_at}", history, step, "office")
        place = place_at(folder)
        assert adopt_once(folder, kill_at=kill_at, moment=moment).was_killed
        assert noticed(place)
        with pytest.raises(Stop):
            carry_everything_opened(folder)
        adopt(place, look(place, ACT), "the disk broke", ACT)
        assert not noticed(place)
        carry_everything_opened(folder)
        assert [one for one in reconciled(folder).differences if one.side] == []
        assert case_numbers(folder) == case_numbers(history / "site")


def carry_everything_opened(folder: Path) -> None:
    """Every stream, as a command carries it: with what is noticed when an installation is opened."""
    run(open_site(place_at(folder), ACT).join(), ALL)


def explained(claim: str, found: tuple[Missing, ...]) -> bool:
    """Whether an adoption named the claim, or its company's vouchers and fates, as lost."""
    _, company, entry = (claim.partition(" ")[0] + "/0").split("/")[:3]
    return any(
        one.remedy is Remedy.LOST and one.company == int(company) and str(one.entry) in {entry, "0"} for one in found
    )


def test_what_was_only_received_is_sent_again_once(history: Path, tmp_path: Path) -> None:
    """The ledger's database from before the transfer: every case number comes back, and nothing is listed as lost."""
    folder = put_back(tmp_path / "site", history, "transfers", "F0001")
    place = place_at(folder)
    found = look(place, ACT)
    receipts = [one for one in found.missing if one.kind == "receipt"]
    assert receipts
    assert {one.remedy for one in receipts} == {Remedy.SENT_AGAIN}
    before = case_numbers(history / "site")
    adopt(place, found, "the disk broke", ACT)
    carry_everything(folder)
    assert case_numbers(folder) == before


def case_numbers(folder: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "F0001.db")) as books:
        return books.execute("SELECT offer, case_number, case_kid FROM offer_receipt ORDER BY offer").fetchall()


def test_numbers_that_the_ledger_saw_are_never_given_out_again(history: Path, tmp_path: Path) -> None:
    folder = put_back(tmp_path / "site", history, "proposals", "office")
    place = place_at(folder)
    found = look(place, ACT)
    assert adopt(place, found, "the disk broke", ACT).numbers_burnt > 0
    held = max(receipt.number for receipt in found.told[1].held)
    with closing(sqlite3.connect(folder / "office.db")) as office:
        counters = dict(office.execute("SELECT name, last FROM counter WHERE scope LIKE '%1'").fetchall())
    assert counters["receipt"] >= held
    serials = {int(one.case_number.rpartition("-")[2]) for one in found.told[1].held if one.case_number}
    assert counters["case_number"] >= max(serials)


def test_a_copy_of_either_kind_is_noticed_adopted_and_goes_on(new_place: NewPlace) -> None:
    place = place_at(finished(new_place.kind))
    assert not noticed(place)
    copy = place_at(copy_place(place.name, new_place.where()))
    assert set(noticed(copy).copied) == set(OWNERS)
    with pytest.raises(Stop) as caught, writing(copy.open("F0001")):
        raise AssertionError("a copy was written")
    assert caught.value.code == "db.copied"
    found = look(copy, ACT)
    assert found.missing == ()
    adopt(copy, found, "moved to a new server", ACT)
    assert not noticed(copy)
    run(open_site(copy, ACT).join(), ALL)
    assert reconcile(open_site(copy, ACT).join()).differences == ()
    assert not noticed(place)


def test_ages_only_rise(history: Path) -> None:
    ages = []
    for step in STEPS:
        with closing(sqlite3.connect(history / step / "office.db")) as office:
            ages.append(office.execute("SELECT age FROM known_age WHERE owner = ''").fetchone()[0])
    assert all(before <= after for before, after in pairwise(ages))
