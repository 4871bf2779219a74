"""A claim without a ledger beside claims of one: its money reaches the ledger, which knows nothing else of it.

Killed at every commit of such a day and done again, it ends the same.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from kravbro.books.tables import voucher_line
from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.demo import setting
from kravbro.bootstrap.demo.people import synthetic_identity_number
from kravbro.bridge.streams import ALL, run
from kravbro.core.claims import Letter, LetterKind, Outcome, ReturnReason
from kravbro.core.errors import DataFault, Skip
from kravbro.core.parties import Party
from kravbro.core.statute.shipped import shipped_statute
from kravbro.db.engines import reading, writing
from kravbro.db.place import company_owner
from kravbro.office import tables as t
from kravbro.office.adjustments.waiving import undo
from kravbro.office.audit import audit
from kravbro.office.creditor_settings import set_ledgerless_account
from kravbro.office.ledgerless.correcting import credit, end_claim
from kravbro.office.ledgerless.registering import NewClaim, register_claim
from kravbro.office.manual.acts import Why
from kravbro.office.parties.roles import person
from kravbro.office.returns import Wish, give_back
from tests.places import Kind, NewPlace, Where, copy_place, new_template
from tests.stories.killing import Moment, dumped, run_once
from tests.stories.sites import copy_of
from tests.stories.test_copies import backup
from tests.stories.worlds import ACT, DUE, World, prepared

PORTIONS = 3
KINDS: tuple[Kind, ...] = ("sqlite", "postgresql")
KILLS = [
    pytest.param(kind, portion, marks=pytest.mark.soak if portion else ())
    for kind in KINDS
    for portion in range(PORTIONS)
]
"""On each database every third kill, before a commit and after one by turns; the others by `make soak`."""
WHY = Why("dom i forliksrådet")
NOTICE = Letter(LetterKind.NOTICE, DUE + timedelta(days=20), DUE + timedelta(days=34))
DEBTOR = person(
    "Per Hansen", identity_number=synthetic_identity_number(7), address="Gata 2", postcode="2040", place="Kløfta"
)
ACCOUNT = setting.AT_AGENCY
SAYS = "Sak 2-000002"


def new_claim(invoice_no: str, debtor: int | Party = DEBTOR) -> NewClaim:
    return NewClaim(2, debtor, 1_000_00, DUE, invoice_no, "17-042TVI", letters=(NOTICE,))


def work(where: Where) -> None:
    """Two claims registered; one is credited and paid, the other ended, taken back and withdrawn."""
    world, statute = World(where), shipped_statute()
    office = world.place.open("office")
    with writing(office) as connection, suppress(Skip):
        set_ledgerless_account(connection, 2, ACCOUNT, "revisor", ACT)
    with writing(office) as connection:
        first = register_claim(connection, new_claim("DOM-1"), WHY, statute, ACT)
    with writing(office) as connection:
        second = register_claim(connection, new_claim("DOM-2", first.customer_no), WHY, statute, ACT)
    with writing(office) as connection:
        credit(connection, first.case, 400_00, WHY, ACT, "DOM-1")
    with writing(office) as connection:
        ended = end_claim(connection, second.case, WHY, ACT, "DOM-2")
    with writing(office) as connection:
        undo(connection, ended.act, WHY, ACT)
    with suppress(Skip):
        world.bank(2, "file", [(world.payable(2)[0].case_kid, 500_00), (first.case_kid, 250_00)])
    carry(world)
    world.post(2)
    carry(world)
    world.post_drafts(2)
    wish = Wish(Outcome.WITHDRAWN, ReturnReason.CREDITORS_WISH, "betalt til oss")
    with writing(office) as connection, suppress(Skip):
        give_back(connection, second.case, wish, ACT, "DOM-2")
    carry(world)


def carry(world: World) -> None:
    for stream in ALL:
        world.carry(stream, 2)


@cache
def before(kind: Kind) -> Where:
    """A claim of the ledger is at the office."""
    where = copy_of(prepared(kind), new_template(kind))
    world = World(where)
    world.invoice(2, "200001", 1, 1_000_00)
    world.propose(2, "first")
    carry(world)
    return where


@cache
def undisturbed(kind: Kind) -> tuple[str, int]:
    """The dump of a run without a kill, and the number of its commits."""
    where = copy_of(before(kind), new_template(kind))
    ended = run_once(where, work=work)
    assert ended.exitcode == 0
    return dumped(where), ended.commits


def test_reconciling_lists_them_and_finds_nothing_wrong(new_place: NewPlace) -> None:
    world = World(copy_of(before(new_place.kind), new_place.where()))
    work(world.where)
    once = world.dumped()
    result = world.reconciled()
    assert (result.claims, result.agreed, result.differences, result.in_transit_ore) == (1, 1, (), 0)
    listed = [
        (one.company, one.claim.invoice_no, one.claim.state, one.claim.principal_ore, one.claim.left_ore)
        for one in result.without_ledger
    ]
    assert listed == [(2, "DOM-1", "registered", 1_000_00, 350_00), (2, "DOM-2", "withdrawn", 1_000_00, 1_000_00)]
    with reading(world.place.open(company_owner(2))) as connection:
        lines = connection.execute(sa.select(voucher_line).where(voucher_line.c.account == ACCOUNT)).all()
    told = [(line.amount_ore, line.customer, line.settles, line.invoice_no) for line in lines if line.text == SAYS]
    assert told == [(-250_00, None, None, "")]
    work(world.where)
    assert world.dumped() == once


def test_a_case_number_that_only_a_lost_debtor_knows_is_not_given_again(tmp_path: Path) -> None:
    """The office is put back from before the registering: no ledger saw the case, but letters may name its KID."""
    where = copy_of(before("sqlite"), tmp_path / "site")
    backup(tmp_path / "site" / "office.db", tmp_path / "kept.db")
    work(where)
    run(World(where).joined(), ALL)
    with reading(World(where).place.open("office")) as connection:
        lost = {(one.number, one.kid) for one in connection.execute(sa.select(t.case))}
    backup(tmp_path / "kept.db", tmp_path / "site" / "office.db")
    world = World(where)
    adopt(world.place, look(world.place, ACT), "the disk broke", ACT)
    with writing(world.place.open("office")) as connection:
        left = {(one.number, one.kid) for one in connection.execute(sa.select(t.case))}
        set_ledgerless_account(connection, 2, ACCOUNT, "revisor", ACT)
        anew = register_claim(connection, new_claim("DOM-1"), WHY, shipped_statute(), ACT)
    assert len(lost - left) == 1
    assert not {anew.case, anew.case_kid} & {one for pair in lost for one in pair}
    with reading(world.place.open("office")) as connection:
        assert audit(connection, 2) == []


def test_case_numbers_that_nobody_here_knows_are_told_at_the_adoption(new_place: NewPlace) -> None:
    """After a whole restore nothing is older than another saw it."""
    world = World(copy_place(before(new_place.kind), new_place.where()))
    found = look(world.place, ACT)
    for strange in ("9-000001", "2-", "2-x", "000412", "2-0100002"):
        with pytest.raises(DataFault, match="last_case"):
            adopt(world.place, found, "restored", ACT, [strange])
    assert adopt(world.place, found, "restored", ACT, ["2-000412"]).numbers_burnt == 411
    adopt(world.place, found, "restored", ACT, ["2-000412"])
    with writing(world.place.open("office")) as connection:
        set_ledgerless_account(connection, 2, ACCOUNT, "revisor", ACT)
        assert register_claim(connection, new_claim("DOM-1"), WHY, shipped_statute(), ACT).case == "2-000413"


@pytest.mark.parametrize(("kind", "portion"), KILLS)
def test_a_kill_at_any_commit_of_it_changes_nothing(portion: int, new_place: NewPlace) -> None:
    expected, commits = undisturbed(new_place.kind)
    assert commits > 12
    for kill_at in range(1 + portion, commits + 1, PORTIONS):
        where = copy_of(before(new_place.kind), new_place.where())
        moment: Moment = "before" if kill_at % 2 else "after"
        assert run_once(where, kill_at=kill_at, moment=moment, work=work).was_killed
        assert run_once(where, work=work).exitcode == 0, f"the run after a kill {moment} commit {kill_at} failed"
        assert dumped(where) == expected, f"killed {moment} commit {kill_at}"
