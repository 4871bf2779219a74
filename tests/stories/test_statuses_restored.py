"""An office put back from an older copy, whose ledger shows later statuses: they are told anew, above what is shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from kravbro.books.commands.corrections import Correction, write_correction
from kravbro.books.commands.posting import post_vouchers
from kravbro.books.meanings import Meaning
from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.notice import noticed
from kravbro.bridge.missing import Missing, Remedy, Side
from kravbro.core.acts import Act
from kravbro.core.claims import ClaimState
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from kravbro.office import tables as t
from kravbro.office.queries.balances import ended_on
from tests.places import NewPlace
from tests.raw import raw
from tests.stories import returning_day
from tests.stories.returning_day import COMPANY, KEPT
from tests.stories.sites import ACT, carry_everything, copy_of, reconciled
from tests.stories.snapshots import keep, put_back
from tests.stories.worlds import World

BECAUSE = "the disk broke"
NEXT_WEEK = Act(ACT.actor, ACT.on + timedelta(days=7), ACT.at + timedelta(days=7))


@pytest.fixture
def world(new_place: NewPlace) -> World:
    """Three claims at the collector."""
    return World(copy_of(returning_day.evening_before(new_place.kind), new_place.where()))


def entry(world: World) -> int:
    return next(item.entry for item in world.items(COMPANY) if item.invoice_no == KEPT)


def shown(world: World) -> tuple[int, ClaimState]:
    """What the ledger shows of the claim: version and state."""
    rows = world.joined().ledger.recorded_statuses(COMPANY, 0, 100)
    return next((row.version, row.state) for row in rows if row.entry == entry(world))


def pays(world: World, name: str, amount_ore: int) -> None:
    claim = returning_day.claim_on(world, KEPT)
    world.bank(COMPANY, name, [(claim.case_kid, amount_ore)])


def lose(world: World, *files: tuple[str, int]) -> tuple[Missing, ...]:
    """Let money come and go, tell the ledger, and put the office back from before it; what the adoption names."""
    kept = keep(world.place, "office")
    for name, amount_ore in files:
        pays(world, name, amount_ore)
        carry_everything(world.where)
    put_back(world.place, "office", kept)
    assert noticed(world.place)
    return look(world.place, ACT).missing


def adopt_and_carry(world: World) -> None:
    adopt(world.place, look(world.place, ACT), BECAUSE, ACT)
    carry_everything(world.where)


def test_a_status_that_the_office_forgot_hid_every_new_one_until_its_version_was_passed(world: World) -> None:
    missing = lose(world, ("paid", 2000_00), ("taken back", -2000_00), ("paid again", 2000_00))
    assert shown(world) == (4, ClaimState.PAID)
    assert missing == (
        Missing(COMPANY, Side.COLLECTOR, "status", "version 4", entry(world), "", Remedy.SENT_AGAIN),
    )  # fmt: skip
    adopt_and_carry(world)
    assert shown(world) == (5, ClaimState.REGISTERED)
    assert reconciled(world.where).differences == ()
    pays(world, "the file again", 2000_00)
    carry_everything(world.where)
    assert shown(world) == (6, ClaimState.PAID)
    assert reconciled(world.where).differences == ()


def test_a_state_that_is_told_anew_is_told_once_and_stands_since_the_day_it_did(world: World) -> None:
    missing = lose(world, ("paid", 2000_00))
    before = status_events(world)
    adopt(world.place, look(world.place, NEXT_WEEK), BECAUSE, NEXT_WEEK)
    carry_everything(world.where)
    (anew,) = [row for row in status_events(world) if row not in before]
    (old,) = [row for row in before if row[0] == anew[0]]
    assert (anew, len(missing)) == ((old[0], old[1] + 2, *old[2:]), 1)
    again = look(world.place, ACT)
    assert again.missing == ()
    adopt(world.place, again, BECAUSE, ACT)
    assert len(status_events(world)) == len(before) + 1


def status_events(world: World) -> list[tuple[int, int, str, date]]:
    """Claim, version, state and day of each, in the order in which they were told."""
    status = t.status_event.c
    columns = (status.claim, status.version, status.state, status.happened_on)
    query = sa.select(*columns).where(status.creditor == COMPANY).order_by(status.number)
    with reading(world.place.open("office")) as connection:
        return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def test_an_office_put_back_twice_passes_what_it_told_in_between(world: World) -> None:
    kept = keep(world.place, "office")
    for name in ("first", "second"):
        pays(world, name, 2000_00)
        carry_everything(world.where)
        told = shown(world)
        put_back(world.place, "office", kept)
        adopt_and_carry(world)
        assert shown(world) == (told[0] + 1, ClaimState.REGISTERED)
        assert reconciled(world.where).differences == ()


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_claim_told_anew_was_taken_for_one_that_was_taken_up_again(world: World) -> None:
    """Then a write-off of an earlier day ended it only from the day on which it was told anew."""
    lose(world, ("paid", 2000_00))
    adopt_and_carry(world)
    earlier = ACT.on - timedelta(days=10)
    with writing(world.place.open(company_owner(COMPANY))) as connection:
        ended = Correction(entry(world), Meaning.WRITE_OFF_CLAIM_ENDED, setting.WRITTEN_OFF, earlier)
        post_vouchers(connection, [write_correction(connection, ended, ACT)], ACT)
    carry_everything(world.where)
    with reading(world.place.open("office")) as connection:
        assert list(ended_on(connection).values()) == [earlier]


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_audit_names_burnt_versions_that_were_altered(world: World) -> None:
    lose(world, ("paid", 2000_00))
    adopt_and_carry(world)
    of_versions = "name LIKE 'status_version %'"
    for change, back in (
        (f"last = last + 1 WHERE {of_versions}", f"last = last - 1 WHERE {of_versions}"),
        (f"because = 'x' WHERE {of_versions}", f"because = '{BECAUSE}' WHERE {of_versions}"),
        (f"name = 'lost' WHERE {of_versions}", "name = 'status_version 3' WHERE name = 'lost'"),
    ):
        is_named(world, "burnt_number", change, back)
    is_named(world, "claim", "version = version - 1", "version = version + 1")


def is_named(world: World, table: str, change: str, back: str) -> None:
    database = raw(world.where, "office")
    assert database.execute(f"UPDATE {table} SET {change}") > 0
    assert {one.side for one in reconciled(world.where).differences} >= {"collector"}
    database.execute(f"UPDATE {table} SET {back}")
    assert reconciled(world.where).differences == ()
