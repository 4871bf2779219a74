"""What people do to our batches: read a file twice, split a line, change it, read it when it was deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.claims import Offer, TransactionKind
from kravbro.core.errors import Skip
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.ledgers.visma_business.echoes import OurLine, echoes_of
from kravbro.ledgers.visma_business.entries import Entry, key_of
from kravbro.ledgers.visma_business.trial import erp
from kravbro.ledgers.visma_business.trial.erp import ACCOUNT, BANK, CUSTOMER, Entered
from kravbro.mirror.ledger import MirroredLedger
from kravbro.ports.conformance.ledger.scene import LedgerScene
from tests.ledgers.visma_business.acting import COMPANY, FIRST, TODAY, VOUCHER_TYPE, VismaWorld, setup


class Desk:
    """A company that imports our files, and a claim of 1 000,00 at the collector."""

    def __init__(self, folder: Path) -> None:
        self.world = VismaWorld(folder, by_file=True)
        self.scene = LedgerScene(self.world)
        self.erp = self.world.trial.erp
        self.imports = folder / "import"
        self.claim: Offer = self.scene.accepted(1_000_00)

    @property
    def ledger(self) -> MirroredLedger:
        assert isinstance(self.scene.ledger, MirroredLedger)
        return self.scene.ledger

    def delivered(self, amount_ore: int = 300_00) -> tuple[Voucher, bytes]:
        """A voucher that pays the claim, and its file."""
        voucher = self.scene.voucher((self.claim, amount_ore))
        self.scene.ledger.post_vouchers(COMPANY, [voucher])
        (file,) = self.imports.glob(f"*{voucher.key}.txt")
        return voucher, file.read_bytes()

    def read(self, content: bytes) -> int:
        """Read an import file of ours; answers the batch."""
        file = self.imports / "again.txt"
        file.write_bytes(content)
        (batch,) = self.erp.import_file(file)
        return batch

    def posted_twice(self) -> Voucher:
        """A voucher whose file was read and updated twice."""
        voucher, content = self.delivered()
        self.scene.post_delivered(voucher)
        self.erp.update_batch(self.read(content))
        return voucher

    def told(self) -> list[tuple[TransactionKind, int]]:
        """What the collector is told of the claim."""
        return [(one.kind, one.amount_ore) for one in self.scene.transactions()]

    def moved(self) -> list[int]:
        """The changes of the claim's principal as the ledger tells them to the reconciliation (øre)."""
        (claim,) = self.scene.movements(self.claim)
        return [one.amount_ore for one in claim.movements]

    def found(self) -> list[tuple[str, str, int, int | None]]:
        """What the ledger's audit names."""
        return [(one.kind, one.thing, one.found_ore, one.entry) for one in self.scene.ledger.audit(COMPANY)]

    def remaining(self) -> int:
        """What Visma Business says remains of the invoice (øre)."""
        (item,) = self.world.trial.source().items(COMPANY, [self.claim.entry])
        return item.remaining_ore

    def last_entry(self) -> str:
        """The last entry, as users see it."""
        entries = self.erp.tables["entries"].c
        with self.erp.writing() as connection:
            chosen = sa.select(entries.journal, entries.number).order_by(entries.journal.desc(), entries.number)
            return "/".join(map(str, connection.execute(chosen).first() or ()))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The desk of somebody who reads our files."""
    made = Desk(tmp_path)
    yield made
    made.scene.close()
    made.world.close()


def test_a_file_that_is_read_twice_is_told_once_and_named(desk: Desk) -> None:
    voucher = desk.posted_twice()
    second = desk.last_entry()

    assert (desk.remaining(), desk.told(), desk.moved()) == (400_00, [], [-300_00])
    (fault,) = desk.ledger.audit(COMPANY)
    assert (fault.kind, fault.thing, fault.found_ore) == ("booked_twice", f"settlement {second}", -300_00)
    assert fault.entry == desk.claim.entry
    assert fault.because is not None
    facts = fault.because.facts
    first = f"{int(second.split('/')[0]) - 1}/1"
    assert (facts["voucher"], facts["number"], facts["invoice"]) == (voucher.key, FIRST, desk.claim.invoice_no)
    assert (facts["first"], facts["entry"]) == (first, second)
    assert [one.fate for one in desk.scene.events()] == [Fate.DELIVERED, Fate.POSTED]
    desk.scene.pay(desk.claim.entry, 50_00)
    assert desk.told() == [(TransactionKind.PAYMENT, -50_00)], "the rest of the claim goes on"


@pytest.mark.parametrize(
    ("voucher_type", "number"),
    [(erp.CORRECTION, 0), (VOUCHER_TYPE, FIRST), (VOUCHER_TYPE, FIRST + 50)],
    ids=["a correction", "our own number", "a new number of our series"],
)
def test_when_the_second_is_reversed_all_goes_on(desk: Desk, voucher_type: int, number: int) -> None:
    desk.posted_twice()
    assert desk.told() == []
    customer, invoice_no = desk.claim.debtor.customer_no, desk.claim.invoice_no
    line = Entered(voucher_type, TODAY, 300_00, voucher_no=number)
    debit = msgspec.structs.replace(line, debit=(customer, CUSTOMER), cross_reference=invoice_no)
    desk.erp.post(debit, msgspec.structs.replace(line, credit=(BANK, ACCOUNT)))

    assert (desk.remaining(), desk.told(), desk.moved(), desk.found()) == (700_00, [], [-300_00], [])
    desk.scene.pay(desk.claim.entry, 100_00)
    assert (desk.told(), desk.found()) == ([(TransactionKind.PAYMENT, -100_00)], [])


def test_when_the_second_is_matched_with_its_reversal_all_goes_on(desk: Desk) -> None:
    """As the ERP reverses by itself: what it was matched with is open again, and both entries settle each other."""
    desk.posted_twice()
    customer = desk.claim.debtor.customer_no
    second = key_of(*map(int, desk.last_entry().split("/")))
    assert desk.told() == []
    desk.erp.match(second, desk.claim.entry, -300_00)
    assert (desk.remaining(), desk.told(), [kind for kind, *_ in desk.found()]) == (700_00, [], ["booked_twice_beside"])
    line = Entered(erp.CORRECTION, TODAY, 300_00)
    debit = msgspec.structs.replace(line, debit=(customer, CUSTOMER))
    journal = desk.erp.post(debit, msgspec.structs.replace(line, credit=(BANK, ACCOUNT)))
    desk.erp.match(second, key_of(journal, 1), 300_00)

    assert (desk.remaining(), desk.told(), desk.moved(), desk.found()) == (700_00, [], [-300_00], [])
    desk.world.trial.pay(customer, 100_00, cross_reference=desk.claim.invoice_no)
    assert (desk.told(), desk.found()) == ([(TransactionKind.PAYMENT, -100_00)], [])


def test_a_person_may_say_that_the_second_is_right(desk: Desk) -> None:
    desk.posted_twice()
    assert desk.told() == []
    second = desk.last_entry()
    with pytest.raises(Skip, match=r"mirror\.no_doubt"):
        desk.ledger.accept(COMPANY, "1/1")

    assert [one.entry for one in desk.ledger.accept(COMPANY, second)] == [desk.claim.entry]
    assert (desk.told(), desk.found()) == ([(TransactionKind.CORRECTION, -300_00)], [])
    with pytest.raises(Skip, match=r"mirror\.no_doubt"):
        desk.ledger.accept(COMPANY, second)


def test_both_readings_in_one_update_are_one(desk: Desk) -> None:
    """Two batches that are updated together have one journal."""
    _voucher, content = desk.delivered()
    batches = [desk.read(content), desk.read(content)]
    lines = desk.erp.tables["batch_lines"]
    with desk.erp.writing() as connection:
        moved = sa.update(lines).where(lines.c.batch == batches[1])
        connection.execute(moved.values(batch=batches[0], number=lines.c.number + 100))
    desk.erp.update_batch(batches[0])

    assert (desk.remaining(), desk.told(), desk.moved()) == (400_00, [], [-300_00])
    assert [kind for kind, *_ in desk.found()] == ["booked_twice"]


def test_the_second_is_named_though_it_settles_nothing(desk: Desk) -> None:
    """The claim is paid: what comes again stays open on the customer."""
    voucher, content = desk.delivered(1_000_00)
    desk.scene.post_delivered(voucher)
    desk.erp.update_batch(desk.read(content))
    second = desk.last_entry()

    assert (desk.told(), desk.moved()) == ([], [-1_000_00])
    assert desk.found() == [("booked_twice_beside", f"settlement {second}", -1_000_00, None)]
    line = Entered(erp.CORRECTION, TODAY, 1_000_00)
    back = msgspec.structs.replace(line, debit=(desk.claim.debtor.customer_no, CUSTOMER))
    desk.erp.post(back, msgspec.structs.replace(line, credit=(BANK, ACCOUNT)))
    assert desk.found() == []


def test_no_offer_is_made_of_an_invoice_in_doubt(desk: Desk) -> None:
    other = desk.world.invoice(500_00)
    voucher = desk.world.voucher(7, "other", ())
    lines = (VoucherLine(1, str(BANK), 60_00), VoucherLine(2, "1500", -60_00, other.customer_no, other.entry))
    desk.scene.ledger.post_vouchers(COMPANY, [msgspec.structs.replace(voucher, lines=lines)])
    (file,) = desk.imports.glob("*other.txt")
    content = file.read_bytes()
    for _ in range(2):
        desk.erp.update_batch(desk.read(content))
    desk.erp.propose([other.entry])

    assert desk.scene.offers() == []
    assert [(kind, entry) for kind, _, _, entry in desk.found()] == [("booked_twice", other.entry)]


def test_a_file_that_is_read_when_its_batch_was_deleted_is_heard_of(desk: Desk) -> None:
    voucher, content = desk.delivered()
    desk.world.settle(voucher.key, Fate.DELETED)
    assert [one.fate for one in desk.scene.events()] == [Fate.DELIVERED, Fate.DELETED]
    assert desk.found() == []

    batch = desk.read(content)
    assert [one.fate for one in desk.scene.events()][2:] == [Fate.DELIVERED]
    assert desk.found() == []
    desk.erp.update_batch(batch)
    assert [one.fate for one in desk.scene.events()][2:] == [Fate.DELIVERED, Fate.POSTED]
    assert (desk.told(), desk.moved(), desk.found()) == ([], [-300_00], [])


def split(desk: Desk, *amounts_ore: int) -> None:
    """A person writes the line on the customer as several before it is updated."""
    _voucher, content = desk.delivered()
    batch = desk.read(content)
    lines = desk.erp.tables["batch_lines"]
    with desk.erp.writing() as connection:
        mine = (lines.c.batch == batch, lines.c.credit_class == CUSTOMER)
        row = connection.execute(sa.select(lines).where(*mine)).mappings().one()
        connection.execute(sa.delete(lines).where(*mine))
        values = {column.key: row[column.name] for column in lines.c}
        parts = [values | {"number": 50 + no, "amount": ore / 100} for no, ore in enumerate(amounts_ore)]
        connection.execute(sa.insert(lines), parts)
    desk.erp.update_batch(batch)


def test_a_line_that_is_split_is_ours_once_and_whole(desk: Desk) -> None:
    split(desk, 100_00, 150_00, 50_00)

    assert (desk.remaining(), desk.told(), desk.moved(), desk.found()) == (700_00, [], [-300_00], [])


@pytest.mark.parametrize("amount_ore", [250_00, 350_00])
def test_what_is_booked_of_a_line_whose_amount_was_changed_is_told_as_it_is(desk: Desk, amount_ore: int) -> None:
    """The reconciliation names the difference from what the collector has."""
    split(desk, amount_ore)

    assert (desk.told(), desk.moved(), desk.found()) == ([], [-amount_ore], [])


def entry(key: int, amount_ore: int, reference: str = "") -> Entry:
    """An entry of our voucher 900001."""
    return Entry(
        key, 1, amount_ore, 0, 4, 0, 0, FIRST, 20261120, VOUCHER_TYPE, 0, "", "", reference, "", 0, "", 0, 0, 0, ""
    )


def line(line_no: int, amount_ore: int) -> OurLine:
    """A line of it."""
    return OurLine(FIRST, line_no, "V-1", 1, 1, amount_ore)


whole = st.integers(1, 9).map(lambda one: one * -100_00)


@settings(max_examples=60, deadline=None)
@given(st.lists(whole, min_size=1, max_size=4), st.data())
def test_however_lines_are_split_what_was_delivered_is_ours_and_the_rest_is_not(
    amounts: list[int], data: st.DataObject
) -> None:
    lines = [line(no, amount_ore) for no, amount_ore in enumerate(amounts, 2)]
    parts: list[tuple[int, str]] = []
    for one in lines:
        cut = data.draw(st.integers(0, -one.amount_ore // 100_00 - 1)) * -100_00
        parts += [(ore, f"{FIRST}/{one.line_no}") for ore in (cut, one.amount_ore - cut) if ore]
    first = [entry(key, *part) for key, part in enumerate(data.draw(st.permutations(parts)), 1)]
    again = [entry(key, one.amount_ore, f"{FIRST}/{one.line_no}") for key, one in enumerate(lines, 100)]

    once, twice = (echoes_of(some, lines, setup()) for some in (first, [*first, *again]))
    assert {
        no: sum(one.amount_ore for one in first if once.own[one.key].line_no == no) for no in range(2, len(lines) + 2)
    } == {one.line_no: one.amount_ore for one in lines}
    assert once.twice == {}
    assert (twice.own, set(twice.twice)) == (once.own, {one.key for one in again})
