"""Vouchers that the ledger did not book: listed, delivered again under a new key once, and named if both are booked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kravbro.core.errors import DataFault, Skip
from kravbro.core.vouchers import Fate, VoucherReceipt
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.ledger_events import accept_voucher_receipts
from kravbro.office.manual.acts import Why
from kravbro.office.manual.choices import Field
from kravbro.office.manual.corrections import Correction, correct
from kravbro.office.manual.redelivery import Redelivered, Waiting, redeliver, waiting
from kravbro.office.streams import claims, vouchers
from tests.office.builders import TODAY, Desk, invoice_kid, offer, open_desk, payment
from tests.office.manual.acts import BECAUSE, clean, post
from tests.places import NewPlace

KEY, AGAIN, THIRD = "kontor-1-1", "kontor-1-2", "kontor-1-3"


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    """One voucher, approved."""
    desk = open_desk(new_place.where())
    desk.offer(offer(1, 1))
    desk.pay(payment(1, 50_000, invoice_kid(1)))
    post(desk)
    return desk


def tell(desk: Desk, number: int, fate: Fate, key: str = KEY) -> None:
    with desk.writing() as connection:
        accept_voucher_receipts(connection, 1, [VoucherReceipt(number, key, fate, desk.on)], desk.act)


def again(desk: Desk, key: str = KEY, why: Why = BECAUSE, *, missing: bool = False) -> Redelivered:
    with desk.writing() as connection:
        return redeliver(connection, key, why, desk.act, missing=missing)


def sent(desk: Desk) -> list[tuple[int, str]]:
    with desk.reading() as connection:
        return [(one.number, one.key) for one in vouchers(connection, 1, 0, 100)]


def listed(desk: Desk, days: int = 7) -> list[Waiting]:
    with desk.reading() as connection:
        return waiting(connection, 1, desk.on, days)


def movements(desk: Desk) -> list[tuple[str, int, bool]]:
    with desk.reading() as connection:
        (one,) = claims(connection, 1, 0, 10)
    return [(move.id, move.amount_ore, move.settled) for move in one.movements]


def faults(desk: Desk) -> list[str]:
    with desk.reading() as connection:
        return [one.thing for one in audit(connection, 1)]


def test_what_the_ledger_deleted_is_delivered_again_once_under_a_key_that_names_the_old_one(desk: Desk) -> None:
    tell(desk, 1, Fate.DELIVERED)
    tell(desk, 2, Fate.DELETED)
    assert [(one.key, one.state) for one in listed(desk)] == [(KEY, "deleted")]
    first, second = again(desk), again(desk)

    assert (first.key, first.new, second.key, second.new) == (AGAIN, True, AGAIN, False)
    assert sent(desk) == [(2, AGAIN)]
    with desk.reading() as connection:
        (voucher,) = vouchers(connection, 1, 0, 10)
    assert voucher.text.endswith(f"(erstatter {KEY})")
    assert movements(desk) == [(f"voucher:{AGAIN}/4", -46_250, False)]
    assert listed(desk) == []
    assert clean(desk)
    tell(desk, 3, Fate.POSTED, AGAIN)
    assert movements(desk) == [(f"voucher:{AGAIN}/4", -46_250, True)]
    assert clean(desk)


def test_what_is_rejected_may_be_corrected_first(desk: Desk) -> None:
    tell(desk, 1, Fate.REJECTED)
    with desk.writing() as connection:
        correct(connection, Correction(1, 1, 1, 3, Field.ACCOUNT, "8051"), "kontoen finnes ikke", desk.act)
        correct(connection, Correction(1, 1, 1, None, Field.DATED, "2026-12-01"), "perioden er lukket", desk.act)
    assert clean(desk)
    again(desk)

    with desk.reading() as connection:
        (voucher,) = vouchers(connection, 1, 0, 10)
    assert (voucher.lines[2].account, voucher.dated.isoformat()) == ("8051", "2026-12-01")
    assert clean(desk)
    with pytest.raises(Skip, match=r"office\.voucher_booked"), desk.writing() as connection:
        correct(connection, Correction(1, 1, 1, 3, Field.ACCOUNT, "8052"), "for sent", desk.act)


def test_what_is_delivered_again_may_have_to_be_delivered_a_third_time(desk: Desk) -> None:
    tell(desk, 1, Fate.REJECTED)
    again(desk)
    tell(desk, 2, Fate.DELIVERED, AGAIN)
    tell(desk, 3, Fate.DELETED, AGAIN)
    again(desk, AGAIN)

    assert sent(desk) == [(3, THIRD)]
    assert [row.replaces for row in desk.rows(t.voucher)] == [None, KEY, AGAIN]
    assert clean(desk)


def test_only_what_the_ledger_did_not_take_is_delivered_again(desk: Desk) -> None:
    with pytest.raises(DataFault, match=r"office\.unknown_voucher_key"):
        again(desk, "kontor-1-9")
    with pytest.raises(Skip, match=r"office\.voucher_undecided"):
        again(desk)
    tell(desk, 1, Fate.DELIVERED)
    with pytest.raises(Skip, match=r"office\.voucher_undecided"):
        again(desk)
    tell(desk, 2, Fate.POSTED)
    with pytest.raises(Skip, match=r"office\.voucher_is_posted"):
        again(desk, missing=True)
    assert sent(desk) == [(1, KEY)]


def test_one_that_was_delivered_again_is_not_delivered_again_itself(desk: Desk) -> None:
    tell(desk, 1, Fate.REJECTED)
    again(desk)
    with pytest.raises(Skip, match=r"office\.voucher_replaced"):
        again(desk, why=Why("en annen grunn"))


@pytest.mark.parametrize("before", [[], [Fate.DELIVERED, Fate.DELETED], [Fate.REJECTED]])
def test_a_late_word_that_the_old_one_is_booked_is_named(desk: Desk, before: list[Fate]) -> None:
    for number, fate in enumerate(before, 1):
        tell(desk, number, fate)
    again(desk, missing=not before)
    tell(desk, 8, Fate.DELIVERED)
    assert faults(desk) == []
    tell(desk, 9, Fate.POSTED)

    assert faults(desk) == ["office voucher 1-1 booked and delivered again"]
    tell(desk, 10, Fate.DELIVERED, AGAIN)
    tell(desk, 11, Fate.DELETED, AGAIN)
    assert faults(desk) == []


def test_what_waits_is_listed_by_how_long_it_has_waited(desk: Desk) -> None:
    tell(desk, 1, Fate.DELIVERED)
    assert [one.days for one in listed(desk, 0)] == [0]
    desk.on = TODAY + timedelta(7)
    (one,) = listed(desk)
    assert (one.key, one.state, one.since, one.days, one.debit_ore) == (KEY, "delivered", TODAY, 7, 50_000)
    assert listed(desk, 8) == []


@pytest.mark.parametrize(
    ("change", "thing"),
    [
        ("UPDATE voucher SET replaces = NULL WHERE number = 2", "office manual act 1"),
        ("UPDATE voucher SET replaces = 'kontor-1-7' WHERE number = 2", "office voucher 1-2"),
        ("DELETE FROM manual_act", "office manual act 1"),
    ],
)
def test_a_new_delivery_without_its_act_or_its_old_voucher_is_named(desk: Desk, change: str, thing: str) -> None:
    tell(desk, 1, Fate.REJECTED)
    again(desk)
    with desk.writing() as connection:
        connection.exec_driver_sql(change)

    assert thing in faults(desk)
