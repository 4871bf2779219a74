"""SIGKILL at every commit of a day's work by hand: done again from the beginning it ends the same, nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cache

import pytest
import sqlalchemy as sa

from kravbro.books.commands.vouchers import delete_voucher
from kravbro.books.queries.journal import voucher_journal
from kravbro.bootstrap.demo import setting
from kravbro.bridge.streams import ALL, DELIVER, Stream
from kravbro.core.allocation_orders import Part
from kravbro.core.errors import Skip
from kravbro.core.fees.charges import ChargeKind, Cost
from kravbro.core.statute.shipped import shipped_statute
from kravbro.db.engines import Engine, reading, writing
from kravbro.db.place import company_owner
from kravbro.office.adjustments.costs import register_cost
from kravbro.office.adjustments.late_interest import charge_interest
from kravbro.office.adjustments.waiving import undo, waive
from kravbro.office.creditor_settings import set_costs_account
from kravbro.office.manual.acts import Why
from kravbro.office.manual.choices import Field
from kravbro.office.manual.corrections import Correction, correct
from kravbro.office.manual.moving import Move, move_payment
from kravbro.office.manual.outside import awaited
from kravbro.office.manual.redelivery import redeliver, waiting
from kravbro.office.manual.refund_files import Order, make_refund_file, refunds
from kravbro.office.manual.refunds import Refund, refund_payment
from kravbro.office.manual.registering import How, Registration, register_payment
from kravbro.office.manual.reversing import TakenBack, reverse_payment
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.office.queries.payments import payments
from kravbro.office.queries.postings import not_booked
from kravbro.office.queries.suggestions import suggestions
from kravbro.office.tables import posting
from tests.places import Kind, NewPlace, Where, new_template
from tests.stories.killing import Moment, dealt_out, dumped, run_once
from tests.stories.sites import copy_of
from tests.stories.worlds import ACT, World, prepared

PORTIONS = 4
WHY = Why("kunden ringte")
ACCOUNT = setting.BANK_ACCOUNTS[2]


def work_by_hand(where: Where) -> None:
    """Money registered, taken back, moved and paid back; a proposal corrected; a voucher delivered again."""
    world = World(where)
    office = world.place.open("office")
    first, second = (claim.case_number for claim in world.payable(2))
    with writing(office) as connection:
        register_payment(connection, Registration(2, 90_00, How.CASH, ACT.on, first, account="1920"), WHY, ACT)
    with writing(office) as connection:
        register_payment(connection, Registration(2, 80_00, How.DIRECT, ACT.on, second, posted=False), WHY, ACT)
    with writing(office) as connection:
        move_payment(connection, Move(1, second, first, amount_ore=100_00), WHY, ACT)
    with writing(office) as connection:
        reverse_payment(connection, 3, TakenBack.MISTAKEN, WHY, ACT)
    with writing(office) as connection:
        refund_payment(connection, Refund(2, ACCOUNT, "Ola"), WHY, ACT)
    with writing(office) as connection, suppress(Skip):
        make_refund_file(connection, Order(2, ACCOUNT, "DNBANOKK", ACT.on), ACT)
    adjust(office, second)
    approve(world)
    carry(world)
    with writing(world.place.open(company_owner(2))) as connection:
        for draft in voucher_journal(connection, registrar="WS-Inf", state="draft"):
            if draft.collector_key == "demo-office-2-1":
                delete_voucher(connection, draft.id, ACT)
    carry(world)
    with writing(office) as connection:
        redeliver(connection, "demo-office-2-1", WHY, ACT)
    carry(world)
    world.post_drafts(2)
    carry(world, ALL)


def adjust(office: Engine, case: str) -> None:
    """A cost that is booked, interest charged and waived, and a waiver that is taken back."""
    statute, given = shipped_statute(), Cost(ChargeKind.ATTACHMENT, 900_00, ACT.on, "12")
    with writing(office) as connection, suppress(Skip):
        set_costs_account(connection, 2, "1590", "revisor", ACT)
    with writing(office) as connection:
        register_cost(connection, case, given, WHY, statute, ACT)
    with writing(office) as connection:
        charge_interest(connection, case, ACT.on, WHY, statute, ACT)
    with writing(office) as connection:
        waived = waive(connection, case, Part.INTEREST, 1_00, WHY, ACT)
    with writing(office) as connection:
        undo(connection, waived.act, WHY, ACT)


def approve(world: World) -> None:
    """Make the first proposal, correct it, and approve it; what is approved stays as it is."""
    office = world.place.open("office")
    with writing(office) as connection:
        if connection.execute(sa.select(posting.c.number).where(posting.c.approved_on.is_not(None))).first():
            return
        number = generate_posting(connection, 2, ACT)
    with writing(office) as connection:
        correct(connection, Correction(2, number, 1, 2, Field.TEXT, "rettet"), "utydelig", ACT)
    with writing(office) as connection:
        approve_posting(connection, 2, number, ACT)


def carry(world: World, streams: Sequence[Stream] = DELIVER) -> None:
    for stream in streams:
        world.carry(stream, 2)


@cache
def before(kind: Kind) -> Where:
    """The beginning: two cases; the first debtor has paid in part by KID, and 50,00 came in that nobody can place."""
    where = copy_of(prepared(kind), new_template(kind))
    world = World(where)
    for number in (1, 2):
        world.invoice(2, f"20000{number}", number, 1000_00)
    world.propose(2, "first")
    carry(world, ALL)
    world.bank(2, "file", [(world.payable(2)[0].case_kid, 500_00), ("00000000018", 50_00)])
    return where


@cache
def undisturbed(kind: Kind) -> tuple[str, int]:
    """The dump of a run without a kill, and the number of its commits."""
    where = copy_of(before(kind), new_template(kind))
    ended = run_once(where, work=work_by_hand)
    assert ended.exitcode == 0
    return dumped(where), ended.commits


def test_a_day_of_it_leaves_no_difference_and_once_more_changes_nothing(new_place: NewPlace) -> None:
    world = World(copy_of(before(new_place.kind), new_place.where()))
    work_by_hand(world.where)
    once = world.dumped()
    result = world.reconciled()
    assert (result.differences, result.in_transit_ore) == ((), 80_00)
    work_by_hand(world.where)

    assert world.dumped() == once
    with reading(world.place.open("office")) as connection:
        assert [one.amount_ore for one in awaited(connection, 2)] == [80_00]
        assert [one.kind for one in not_booked(connection, 2, 1)] == ["outside"]
        assert [(one.payment, one.file) for one in refunds(connection, 2)] == [(2, 1)]
        assert waiting(connection, 2, ACT.on, 0) == []
        assert suggestions(connection, 2) == {}
        assert [one.file for one in payments(connection, 2)] == ["file", "file", "", "", ""]
    with reading(world.place.open(company_owner(2))) as connection:
        states = [one.state for one in voucher_journal(connection, registrar="WS-Inf")]
    assert sorted(states) == ["deleted", *["posted"] * (len(states) - 1)]


@pytest.mark.parametrize(("kind", "portion"), dealt_out(PORTIONS))
def test_a_kill_at_any_commit_of_it_changes_nothing(portion: int, new_place: NewPlace) -> None:
    expected, commits = undisturbed(new_place.kind)
    assert commits > 20
    for kill_at in range(1 + portion, commits + 1, PORTIONS):
        where = copy_of(before(new_place.kind), new_place.where())
        moment: Moment = "before" if kill_at % 2 else "after"
        assert run_once(where, kill_at=kill_at, moment=moment, work=work_by_hand).was_killed
        assert run_once(where, work=work_by_hand).exitcode == 0, (
            f"the run after a kill {moment} commit {kill_at} failed"
        )
        assert dumped(where) == expected, f"killed {moment} commit {kill_at}"
