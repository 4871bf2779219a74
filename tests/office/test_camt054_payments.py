"""Payments in camt.054 from the file to the account: known by content, one voucher a lump, once in whichever format."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault, Skip, Stop
from kravbro.formats import camt054
from kravbro.office import file_tables as f
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.bank_files import read_bank_file
from kravbro.office.incoming import IncomingPayment
from kravbro.office.incoming_camt054 import Taken, Why, from_camt054
from kravbro.office.payment_import import ImportResult, import_payments, known_and_alike
from kravbro.office.posting import approve_posting, generate_posting
from tests.formats.camt054_files import file_of, lump, notification, reversal
from tests.formats.camt054_files import payment as transaction
from tests.office.builders import ACCOUNT, Desk, invoice_kid, offer, open_desk
from tests.office.builders import payment as from_ocr

BOOKED = date(2026, 11, 20)


def paid(reference: str, amount_ore: int, kid: str | None = None, **changes: object) -> camt054.Transaction:
    """A payment with a reference of the bank's, and nothing else that would tell it from others."""
    return transaction(
        bank_reference=reference, amount_ore=amount_ore, kid=kid, transaction_id="", instruction_id="",
        end_to_end_id="NOTPROVIDED", **changes,
    )  # fmt: skip


def on_account(*entries: camt054.Entry, name: str = "N-1", **changes: object) -> camt054.Notification:
    return notification(*entries, account=ACCOUNT, id=name, **changes)


def taken(*entries: camt054.Entry, version: camt054.Version = "001.02") -> Taken:
    """The payments of a file of these entries, after it was written and read."""
    data = camt054.render(file_of(on_account(*entries), version=version))
    return from_camt054(camt054.parse(data, "camt.xml").transactions())


def identities(*entries: camt054.Entry, version: camt054.Version = "001.02") -> list[str]:
    return [one.identity for one in taken(*entries, version=version).payments]


def pay(
    desk: Desk,
    *notifications: camt054.Notification,
    name: str = "camt.xml",
    version: camt054.Version = "001.02",
    despite: str | None = None,
    message: str = "M-1",
) -> ImportResult:
    """Import a file of these notifications as the command does."""
    data = camt054.render(file_of(*notifications, version=version, message_id=message))
    found = read_bank_file(data, name)
    with desk.writing() as connection:
        return import_payments(connection, name, found.sha256, found.format, found.payments, desk.act, despite)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """One case with two claims, and one with a single claim."""
    desk = open_desk(tmp_path)
    desk.offer(offer(1, 1), offer(2, 1), offer(3, 2))
    return desk


def case_kid(desk: Desk, case: int) -> str:
    return str(desk.rows(t.case, t.case.c.id == case)[0].kid)


def clean(desk: Desk) -> bool:
    with desk.reading() as connection:
        return audit(connection, 1) == []


def test_a_batch_pays_each_case_by_its_own_kid_and_is_one_voucher(desk: Desk) -> None:
    first, second = case_kid(desk, 1), case_kid(desk, 2)
    done = pay(
        desk,
        on_account(
            lump(
                paid("1", 50_000, first), paid("2", 103_750, second), paid("3", 10_000, invoice_kid(2)), paid("4", 700)
            ),
            lump(paid("5", 1_000, first), bank_reference="LUMP-2"),
        ),
    )

    assert (done.new, done.unplaced, done.net_ore, done.unplaced_ore) == (5, 1, 165_450, 700)
    rows = desk.rows(t.payment)
    assert [(row.kid, row.amount_ore, row.lump) for row in rows] == [
        (first, 50_000, f"{ACCOUNT}/2026-11-20/LUMP-1"),
        (second, 103_750, f"{ACCOUNT}/2026-11-20/LUMP-1"),
        (invoice_kid(2), 10_000, f"{ACCOUNT}/2026-11-20/LUMP-1"),
        ("", 700, f"{ACCOUNT}/2026-11-20/LUMP-1"),
        (first, 1_000, f"{ACCOUNT}/2026-11-20/LUMP-2"),
    ]
    assert {(row.bank_date, row.settlement_date) for row in rows} == {(date(2026, 11, 19), BOOKED)}
    with desk.writing() as connection:
        approve_posting(connection, 1, generate_posting(connection, 1, desk.act), desk.act)
    bank = [row.amount_ore for row in desk.rows(t.voucher_line) if row.account == "1920"]
    assert bank == [164_450, 1_000]
    assert clean(desk)


def test_what_the_bank_tells_besides_is_kept_whole(desk: Desk) -> None:
    long_text = " ".join(["Betaling"] * 30)
    abroad = paid("1", 700, text=long_text, debtor_account="DE89370400440532013000", debtor_name="Ærlig Ødegård")
    pay(desk, on_account(lump(abroad)))

    (row,), (detail,) = desk.rows(t.payment), desk.rows(f.payment_detail)
    assert (row.free_text, row.debit_account) == (long_text[:77] + "...", "")
    assert (detail.payer_name, detail.payer_account, detail.text) == (
        "Ærlig Ødegård",
        "DE89370400440532013000",
        long_text,
    )
    assert clean(desk)


SAME = lump(paid("1", 50_000, "123456782"), paid("2", 700)), lump(paid("3", 9), bank_reference="LUMP-2")


@pytest.mark.parametrize("version", camt054.VERSIONS)
def test_the_same_payments_in_another_file_are_a_repetition(desk: Desk, version: camt054.Version) -> None:
    pay(desk, on_account(*SAME))
    with pytest.raises(Skip, match=r"office\.file_repeated") as known:
        pay(desk, on_account(*SAME, name="N-9"), version=version, message="M-9", name="again.xml")
    assert known.value.facts == {"file": "again.xml", "earlier": "camt.xml (1, 2026-11-23)"}
    for entry in SAME:
        with pytest.raises(Skip, match=r"office\.file_repeated"):
            pay(desk, on_account(entry), version=version, name="part.xml")
    assert len(desk.rows(t.payment)) == 3


def test_payments_of_other_files_that_were_joined_with_new_ones_are_known(desk: Desk) -> None:
    pay(desk, on_account(SAME[0]))
    done = pay(desk, on_account(SAME[1], name="N-2"), on_account(SAME[0]), name="joined.xml")

    assert (done.new, done.known, done.net_ore) == (1, 2, 9)
    assert clean(desk)


def test_a_booking_told_by_itself_and_in_its_lump_is_one_payment(desk: Desk) -> None:
    pay(desk, on_account(lump(paid("1", 50_000), bank_reference="")))
    done = pay(desk, on_account(lump(paid("2", 1), paid("1", 50_000))), name="evening.xml")
    assert (done.new, done.known) == (1, 1)


def test_two_equal_payments_with_references_of_their_own_are_two(desk: Desk) -> None:
    done = pay(desk, on_account(lump(paid("1", 700, "123"), paid("2", 700, "123"))))
    assert (done.new, done.net_ore) == (2, 1_400)
    done = pay(desk, on_account(lump(paid("3", 700, "123"))), name="next.xml")
    assert (done.new, done.known) == (1, 0)


@pytest.mark.parametrize("reference", ["", "THE-LUMP"])
def test_equal_payments_of_a_sum_without_references_of_their_own_are_told_apart(desk: Desk, reference: str) -> None:
    equal = [paid(reference, 700, "123") for _ in range(3)]
    done = pay(desk, on_account(lump(*equal, paid(reference, 5))))
    assert (done.new, done.net_ore) == (4, 2_105)
    with pytest.raises(Skip, match=r"office\.file_repeated"):
        pay(desk, on_account(lump(paid(reference, 5), *equal)), name="other order.xml", version="001.08")
    done = pay(desk, on_account(lump(*equal, bank_reference="LUMP-2")), name="next sum.xml")
    assert (done.new, done.known) == (3, 0)


def test_a_payment_that_a_file_tells_of_twice_is_one_and_the_second_is_listed() -> None:
    data = camt054.render(file_of(on_account(SAME[0]), on_account(SAME[0], name="N-2", copy="DUPL")))
    found = read_bank_file(data, "twice.xml")
    assert [one.amount_ore for one in found.payments] == [50_000, 700]
    assert [(one.why, one.amount_ore, one.reference) for one in found.left_out] == [
        (Why.REPEATED, 50_000, "1"),
        (Why.REPEATED, 700, "2"),
    ]


def test_a_known_payment_with_another_amount_or_kid_is_a_fault(desk: Desk) -> None:
    pay(desk, on_account(lump(paid("1", 700, "123"))))
    for changed in (paid("1", 701, "123"), paid("1", 700, "124")):
        with pytest.raises(DataFault, match=r"office\.payment_changed"):
            pay(desk, on_account(lump(changed)), name="changed.xml")


def test_the_message_and_the_notification_are_no_part_of_what_a_payment_is() -> None:
    first = identities(*SAME)
    assert identities(*SAME, version="001.08") == first
    assert identities(*SAME[::-1]) == [*first[2:], *first[:2]]
    moved = [msgspec.structs.replace(entry, reference="77") for entry in SAME]
    assert identities(*moved) == first


def test_what_a_payment_is_by_its_content_is_everything_that_is_told_of_it() -> None:
    def told(**changes: object) -> str:
        other = msgspec.structs.replace(paid("", 700, "123"), **changes)
        return identities(lump(other, paid("", 1)))[0]

    changed = [
        told(kid="124"), told(amount_ore=701), told(debtor_account=""), told(debtor_name="Ola"), told(text="Takk"),
        told(end_to_end_id="E-2"), told(instruction_id="I-2"),
    ]  # fmt: skip
    assert len({told(), *changed}) == 1 + len(changed)
    assert told(accepted_on=None, code="230", end_to_end_id="") == told()


def test_sums_that_one_reference_stands_for_are_told_apart() -> None:
    some = [
        lump(paid("1", 700)),
        lump(paid("2", 800)),
        lump(paid("3", 900), bank_reference=""),
        lump(paid("", 5), bank_reference=""),
        lump(paid("", 5), bank_reference=""),
        lump(paid("4", 6), paid("5", 7), bank_reference="A#2"),
        reversal(paid("1", -700), bank_reference="LUMP-1"),
    ]
    day = f"{ACCOUNT}/2026-11-20"
    lumps = [re.sub(r"[0-9a-f]{16}", "CONTENT", one.lump) for one in taken(*some).payments]
    assert lumps == [
        f"{day}/LUMP-1", f"{day}/LUMP-1#2", f"{day}/3", f"{day}/CONTENT", f"{day}/CONTENT", f"{day}/CONTENT",
        f"{day}/CONTENT", f"{day}/LUMP-1/-",
    ]  # fmt: skip
    assert len({one.lump for one in taken(*some).payments}) == len(some)


def test_the_order_came_when_the_bank_says_else_by_value_or_booking() -> None:
    def came(accepted: date | None, value: date | None, amount_ore: int = 5) -> date:
        entry = lump(paid("1", amount_ore, accepted_on=accepted), value_on=value, is_reversal=amount_ore < 0)
        return taken(entry).payments[0].bank_date

    assert came(date(2026, 11, 17), date(2026, 11, 18)) == date(2026, 11, 17)
    assert came(None, date(2026, 11, 18)) == date(2026, 11, 18)
    assert came(None, date(2026, 11, 22)) == BOOKED
    assert came(None, None) == BOOKED
    assert came(date(2026, 11, 17), date(2026, 11, 18), amount_ore=-5) == BOOKED


def test_what_is_no_incoming_payment_is_listed_and_left_out(desk: Desk) -> None:
    found = taken(
        lump(paid("1", -75_00), bank_reference="OWN-1"),
        lump(paid("2", 80_00), bank_reference="OWN-2", is_reversal=True),
        lump(paid("3", 5), paid("4", 6), status="PDNG", booked_on=None),
        lump(paid("5", 7)),
    )
    assert [(one.why, one.reference, one.transactions, one.amount_ore) for one in found.left_out] == [
        (Why.OWN_PAYMENT, "OWN-1", 1, -75_00),
        (Why.OWN_PAYMENT_RETURNED, "OWN-2", 1, 80_00),
        (Why.NOT_BOOKED, "LUMP-1", 2, 11),
    ]
    assert [one.amount_ore for one in found.payments] == [7]
    with pytest.raises(Skip, match=r"office\.file_empty"):
        pay(desk, on_account(lump(paid("1", -75_00))))


def test_a_payment_under_several_kids_is_as_many_payments(desk: Desk) -> None:
    first, second = case_kid(desk, 1), case_kid(desk, 2)
    parts = camt054.Part(first, 10_000), camt054.Part(second, 20_000)
    data = on_account(lump(paid("1", 30_000, parts=parts), paid("2", 7)))
    done = pay(desk, data)
    assert (done.new, done.unplaced) == (3, 1)
    assert [(row.kid, row.amount_ore) for row in desk.rows(t.payment)][:2] == [(first, 10_000), (second, 20_000)]
    with pytest.raises(Skip, match=r"office\.file_repeated"):
        pay(desk, data, name="again.xml", version="001.08")
    assert clean(desk)


def test_a_reversal_takes_back_the_payment_that_the_bank_refers_to(desk: Desk) -> None:
    kid = case_kid(desk, 1)
    pay(desk, on_account(lump(paid("1", 5_000, kid), paid("2", 5_000, kid), paid("3", 5_000, kid))))
    done = pay(desk, on_account(reversal(paid("2", -5_000, kid)), reversal(paid("9", -5_000, kid), bank_reference="B")))

    assert done.reversed == 2
    assert [row.reverses for row in desk.rows(t.payment)] == [None, None, None, 2, 3]
    assert clean(desk)


def test_a_reversal_without_a_kid_finds_its_payment_by_reference(desk: Desk) -> None:
    kid = case_kid(desk, 1)
    before = pay(desk, on_account(lump(paid("1", 5_000, kid), paid("2", 6_000, kid))))
    back = on_account(reversal(paid("2", -6_000)), reversal(paid("77", -1), bank_reference="B"))
    done = pay(desk, back, name="back.xml")

    assert (before.unplaced, done.reversed, done.unplaced) == (0, 1, 1)
    assert [(row.reverses, row.kid) for row in desk.rows(t.payment)][2:] == [(2, kid), (None, "")]
    with pytest.raises(Skip, match=r"office\.file_repeated"):
        pay(desk, back, name="again.xml")
    assert clean(desk)


def test_a_reversal_in_the_same_file_finds_its_payment(desk: Desk) -> None:
    kid = case_kid(desk, 1)
    pay(desk, on_account(lump(paid("1", 5_000, kid)), reversal(paid("1", -5_000))))
    assert [row.reverses for row in desk.rows(t.payment)] == [None, 1]
    assert clean(desk)


def test_a_reversal_that_stands_before_its_payment_in_the_file_finds_it(desk: Desk) -> None:
    kid = case_kid(desk, 1)
    done = pay(desk, on_account(reversal(paid("1", -5_000, kid)), lump(paid("1", 5_000, kid))))
    assert (done.reversed, done.unplaced, done.placed_ore) == (1, 0, 0)
    assert clean(desk)


def ocr(serial: int, amount_ore: int, kid: str = "123", **changes: object) -> IncomingPayment:
    return from_ocr(serial, amount_ore, kid, **{"settlement_date": BOOKED, **changes})


def test_payments_that_came_in_the_other_format_are_refused_until_somebody_says_why(desk: Desk) -> None:
    desk.pay(ocr(1, 700), ocr(2, 900), ocr(3, 900, settlement_date=date(2026, 11, 19)))
    alike = on_account(lump(paid("1", 700, "123"), paid("2", 900, "123"), paid("3", 900, "123"), paid("4", 901, "123")))
    with pytest.raises(Stop, match=r"office\.payments_lookalike") as refusal:
        pay(desk, alike)
    assert refusal.value.facts == {
        "file": "camt.xml", "count": 2, "payment": 1, "earlier": "ocr.txt (1)", "account": ACCOUNT, "amount": "7,00",
        "day": BOOKED,
    }  # fmt: skip
    assert len(desk.rows(t.payment_file)) == 1

    done = pay(desk, alike, despite="  betalt to ganger, banken bekrefter ")
    assert done.new == 4
    (override,) = desk.rows(f.payment_file_override)
    assert (override.file, override.kind, override.payment_count, override.because, override.actor) == (
        2, "other_format", 2, "betalt to ganger, banken bekrefter", "kari",
    )  # fmt: skip
    assert clean(desk)


def test_the_other_way_about_is_refused_too(desk: Desk) -> None:
    pay(desk, on_account(lump(paid("1", 700, "123"))))
    with pytest.raises(Stop, match=r"office\.payments_lookalike"):
        desk.pay(ocr(1, 700))
    desk.pay(ocr(1, 700, "124"), ocr(2, 701))


def test_known_payments_and_other_accounts_are_no_lookalikes(desk: Desk) -> None:
    pay(desk, on_account(lump(paid("1", 700, "123"))))
    desk.pay(ocr(1, 800, "123"), name="other.txt")
    found = taken(lump(paid("1", 700, "123"), paid("2", 800, "123"), paid("3", 800, "123")))
    with desk.reading() as connection:
        known, alike = known_and_alike(connection, "camt054", found.payments)
    assert (known, [(one.payment, one.amount_ore, one.file_name, one.format) for one in alike]) == (
        1,
        [(2, 800, "other.txt", "ocr_giro")],
    )


@pytest.mark.parametrize("because", ["", "   ", "x" * 201])
def test_a_reason_is_some_words(desk: Desk, because: str) -> None:
    with pytest.raises(DataFault, match=r"office\.override_reason"):
        pay(desk, on_account(lump(paid("1", 700))), despite=because)


def test_a_reason_that_nothing_needed_is_not_kept(desk: Desk) -> None:
    pay(desk, on_account(lump(paid("1", 700))), despite="to be sure")
    assert desk.rows(f.payment_file_override) == []


REFERENCES = st.sampled_from(["", "1", "2", "3", "4"])
HARD_TO_TELL_APART = st.builds(
    paid, REFERENCES, st.sampled_from([100, 200]), st.sampled_from([None, "123"]), text=st.sampled_from(["", "a"])
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(HARD_TO_TELL_APART, min_size=1, max_size=4), min_size=1, max_size=4), st.data())
def test_no_krone_is_lost_or_doubled_however_entries_come(
    sums: list[list[camt054.Transaction]], choice: st.DataObject
) -> None:
    """In one file or in one each, in any order, in both versions: the same payments."""
    entries = [lump(*payments, bank_reference=f"SUM-{number}") for number, payments in enumerate(sums)]
    whole = taken(*entries)
    told_ore = sum(one.amount_ore for one in whole.payments) + sum(one.amount_ore for one in whole.left_out)
    assert told_ore == sum(entry.amount_ore for entry in entries)
    known = {one.identity for one in whole.payments}
    assert len(known) == len(whole.payments)
    other = choice.draw(st.permutations(entries))
    assert set(identities(*other, version=choice.draw(st.sampled_from(camt054.VERSIONS)))) == known
    by_itself = {identity for entry in entries for identity in identities(entry)}
    assert by_itself <= known
    assert all("#" in identity for identity in known - by_itself)
