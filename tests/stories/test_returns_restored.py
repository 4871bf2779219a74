"""One database put back from a copy made before a claim was withdrawn or returned: adopted, it goes on.

What was given back in the lost history is listed, and never told twice; what the other side can send again comes again.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.notice import noticed
from kravbro.bridge.missing import Missing, Remedy
from kravbro.db.places import place_at
from tests.stories import returning_day
from tests.stories.returning_day import COMPANY, RETURNED
from tests.stories.sites import ACT, carry_everything, copy_of, reconciled
from tests.stories.test_copies import backup, explained
from tests.stories.worlds import World

STAGES = ("before", "asked", "back", "again")
OWNERS = ("office", "bridge", "F0001", "F0002", "system")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installation after each stage: one claim is withdrawn and another returned, told, and proposed again."""
    folder = tmp_path_factory.mktemp("history")
    world = World(copy_of(returning_day.evening_before("sqlite"), folder / "site"))

    def keep(stage: str) -> None:
        (folder / stage).mkdir()
        for owner in OWNERS:
            backup(folder / "site" / f"{owner}.db", folder / stage / f"{owner}.db")

    keep("before")
    returning_day.withdraw_once(world)
    world.give_back(returning_day.claim_on(world, RETURNED), whole_case=True)
    keep("asked")
    carry_everything(folder / "site")
    keep("back")
    world.propose(COMPANY, "again")
    carry_everything(folder / "site")
    keep("again")
    return folder


def put_back(folder: Path, history: Path, now: str, owner: str, then: str) -> Path:
    """An installation at one stage, with one database as it was at an earlier one."""
    shutil.copytree(history / "site", folder)
    for name in OWNERS:
        for left in folder.glob(f"{name}.db*"):
            left.unlink()
        shutil.copy(history / (then if name == owner else now) / f"{name}.db", folder / f"{name}.db")
    return folder


TELLING = {
    ("back", "F0002", "before"), ("again", "office", "asked"), ("again", "F0002", "before"),
    ("again", "bridge", "asked"),
}  # fmt: skip
EVERY = [
    (now, owner, then)
    for place, now in enumerate(STAGES)
    for then in STAGES[:place]
    for owner in ("office", "bridge", "F0002")
]


@pytest.mark.parametrize(
    ("now", "owner", "then"),
    [one if one in TELLING else pytest.param(*one, marks=pytest.mark.soak) for one in EVERY],
)
def test_it_is_adopted_and_goes_on(now: str, owner: str, then: str, history: Path, tmp_path: Path) -> None:
    folder = put_back(tmp_path / "site", history, now, owner, then)
    place = place_at(folder)
    found = look(place, ACT)
    adopt(place, found, "the disk broke", ACT)
    assert not noticed(place)
    carry_everything(folder)
    carry_everything(folder)
    result = reconciled(folder)
    assert [one for one in result.differences if one.side] == []
    assert [one for one in result.differences if not explained(one.claim, found.missing)] == []
    if not [one for one in found.missing if one.remedy is Remedy.LOST]:
        assert result.differences == ()
    adopt(place, look(place, ACT), "once more", ACT)
    carry_everything(folder)
    assert set(reconciled(folder).differences) <= set(result.differences)


def kinds(found: tuple[Missing, ...]) -> list[tuple[str, int, str]]:
    return [(one.kind, one.entry, one.remedy.value) for one in found if one.kind != "status"]


def test_a_lost_return_is_asked_for_by_name_and_done_again(history: Path, tmp_path: Path) -> None:
    """The office before both: what its creditor withdrew comes back by itself, what it returned a person returns."""
    folder = put_back(tmp_path / "site", history, "back", "office", "before")
    place = place_at(folder)
    found = look(place, ACT)
    assert kinds(found.missing) == [
        ("return", 1, "sent_again"), ("return", 2, "lost"), ("withdrawal", 1, "sent_again"),
    ]  # fmt: skip
    adopt(place, found, "the disk broke", ACT)
    carry_everything(folder)
    world = World(folder)
    world.give_back(returning_day.claim_on(world, RETURNED), whole_case=True)
    carry_everything(folder)
    assert reconciled(folder).differences == ()
    world.propose(COMPANY, "after all")
    carry_everything(folder)
    assert reconciled(folder).differences == ()
    assert [item.at_collector for item in world.items(COMPANY)] == [True, True, True]
