"""The collector's vouchers in the ERP: by both ways each once, followed to their end, and known by their echo."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.core.errors import DataFault, Stop
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.formats import visma_import
from kravbro.ledgers.visma_business import tables
from kravbro.ledgers.visma_business.trial.erp import BANK, SALES
from kravbro.ledgers.visma_business.trial.schema import RICH
from kravbro.mirror.source import Delivery
from tests.ledgers.visma_business.acting import COMPANY, FIRST, TODAY, VOUCHER_TYPE, Trial
from tests.ledgers.visma_business.conftest import NewTrial


def paid(key: str, entry: int, *amounts_ore: int, text: str = "Oppgjør") -> Voucher:
    """A voucher with one line for each amount on a claim of customer 10001."""
    lines = [VoucherLine(1, str(BANK), sum(amounts_ore))]
    lines += [VoucherLine(no, "1500", -ore, 10_001, entry, text="Betalt") for no, ore in enumerate(amounts_ore, 2)]
    return Voucher(1, key, TODAY, text, tuple(lines))


def with_invoice(trial: Trial, amount_ore: int = 1_000_00) -> int:
    trial.customer(10_001)
    return trial.invoice(10_001, amount_ore, "501")


def fate(trial: Trial, key: str) -> Delivery:
    (found,) = trial.source().fates(COMPANY, [key])
    return found


def post(trial: Trial, voucher_no: int) -> None:
    trial.erp.update_batch(trial.erp.batch_of(voucher_no))


def ours(trial: Trial, entry: int) -> list[tuple[str, int, int]]:
    (item,) = trial.source().items(COMPANY, [entry])
    return [(one.voucher_key, one.line_no, one.amount_ore) for one in item.settlements]


def test_a_voucher_goes_into_the_batch_tables_with_its_key(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = with_invoice(trial)
    voucher = paid("V-1", entry, 300_00, 2_00)

    assert trial.source().deliver(COMPANY, [voucher, voucher]) == [Delivery("V-1", Fate.DELIVERED, TODAY)]
    assert trial.source().deliver(COMPANY, [voucher]) == [Delivery("V-1", Fate.DELIVERED, TODAY)]
    batches, lines = trial.erp.tables["batches"].c, trial.erp.tables["batch_lines"].c
    with trial.erp.writing() as connection:
        assert connection.execute(sa.select(batches.origin)).scalars().all() == [31]
        rows = connection.execute(sa.select(lines.voucher_type, lines.voucher_no, lines.amount).order_by(lines.number))
        assert [(kind, number, int(amount * 100)) for kind, number, amount in rows] == [
            (VOUCHER_TYPE, FIRST, 302_00),
            (VOUCHER_TYPE, FIRST, 300_00),
            (VOUCHER_TYPE, FIRST, 2_00),
        ]
    (item,) = trial.source().items(COMPANY, [entry])
    assert item.remaining_ore == 1_000_00, "delivered is not posted"
    post(trial, FIRST)
    assert fate(trial, "V-1") == Delivery("V-1", Fate.POSTED, TODAY, str(FIRST))
    assert ours(trial, entry) == [("V-1", 2, -300_00), ("V-1", 3, -2_00)]


def test_a_batch_number_that_is_used_again_confuses_nobody(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = with_invoice(trial)
    trial.source().deliver(COMPANY, [paid("V-1", entry, 100_00)])
    number = trial.erp.batch_of(FIRST)
    trial.erp.delete_batch(number)
    assert fate(trial, "V-1").fate is Fate.DELETED

    trial.source().deliver(COMPANY, [paid("V-2", entry, 200_00)])
    assert trial.erp.batch_of(FIRST + 1) == number
    assert [fate(trial, key).fate for key in ("V-1", "V-2")] == [Fate.DELETED, Fate.DELIVERED]
    post(trial, FIRST + 1)
    assert [fate(trial, key).fate for key in ("V-1", "V-2")] == [Fate.DELETED, Fate.POSTED]


def test_an_echo_is_known_though_a_person_wrote_other_texts(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = with_invoice(trial)
    trial.source().deliver(COMPANY, [paid("V-1", entry, 300_00, 20_00)])
    lines = trial.erp.tables["batch_lines"]
    with trial.erp.writing() as connection:
        connection.execute(sa.update(lines).values(text="Rettet", reference=""))
    post(trial, FIRST)
    assert ours(trial, entry) == [("V-1", 2, -300_00), ("V-1", 3, -20_00)], "by type, number, customer and amount"

    entries = trial.erp.tables["entries"]
    with trial.erp.writing() as connection:
        here = sa.update(entries).where(entries.c.voucher_type == VOUCHER_TYPE)
        connection.execute(here.values(text="Rettet", kid="999", invoice_no="X", cross_reference="X"))
    assert ours(trial, entry) == [("V-1", 2, -300_00), ("V-1", 3, -20_00)]


def test_a_line_whose_amount_a_person_changed_is_still_ours(new_trial: NewTrial) -> None:
    """What is booked is told as what our line booked: the reconciliation names the difference."""
    trial = new_trial()
    entry = with_invoice(trial)
    trial.source().deliver(COMPANY, [paid("V-1", entry, 300_00)])
    lines = trial.erp.tables["batch_lines"]
    with trial.erp.writing() as connection:
        connection.execute(sa.update(lines).values(amount=250, reference=""))
    post(trial, FIRST)

    assert ours(trial, entry) == [("V-1", 2, -250_00)]


def test_what_a_person_matches_our_money_with_beside_its_item_is_the_ledgers_own(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = with_invoice(trial, 100_00)
    other = trial.invoice(10_001, 500_00, "502")
    trial.pay(10_001, 80_00, cross_reference="501")
    trial.source().deliver(COMPANY, [paid("V-1", entry, 100_00)])
    post(trial, FIRST)
    entries = trial.erp.tables["entries"].c
    with trial.erp.writing() as connection:
        key = sa.select(entries.journal, entries.number).where(entries.voucher_no == FIRST)
        journal, number = connection.execute(key).one()
    trial.erp.match(journal * 1_000_000_000 + number, other, 80_00)

    assert ours(trial, entry) == [("", 0, -80_00), ("V-1", 2, -20_00)]
    assert ours(trial, other) == [("", 0, -80_00)]


def test_a_number_of_ours_that_somebody_else_used_is_not_ours(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = with_invoice(trial)
    trial.pay(10_001, 50_00, cross_reference="501", voucher_no=FIRST)
    trial.source().deliver(COMPANY, [paid("V-1", entry, 300_00)])

    assert ours(trial, entry) == [("", 0, -50_00)]
    assert fate(trial, "V-1").fate is Fate.DELIVERED


def test_our_tables_from_an_older_copy_put_what_we_booked_in_doubt_and_use_no_number_again(new_trial: NewTrial) -> None:
    """It would otherwise be told back as the ledger's own, and its number be given out twice."""
    trial = new_trial()
    entry = with_invoice(trial)
    trial.source().deliver(COMPANY, [paid("V-1", entry, 300_00), paid("V-2", entry, 200_00)])
    post(trial, FIRST)
    with trial.databases.ours().begin() as connection:
        for table in (tables.voucher, tables.voucher_line):
            connection.execute(sa.delete(table))

    (item,) = trial.source().items(COMPANY, [entry])
    (booked,) = item.settlements
    assert booked.doubt is not None
    assert (booked.amount_ore, booked.voucher_key, booked.doubt.code) == (-300_00, "", "visma_business.unknown_voucher")
    trial.source().deliver(COMPANY, [paid("V-3", entry, 100_00)])
    assert trial.erp.batch_of(FIRST + 2)


def test_a_line_that_a_person_moved_to_another_customer_stops_nobody(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = with_invoice(trial)
    trial.customer(10_002)
    other = trial.invoice(10_002, 500_00, "502")
    trial.source().deliver(COMPANY, [paid("V-1", entry, 300_00)])
    lines = trial.erp.tables["batch_lines"]
    with trial.erp.writing() as connection:
        moved = sa.update(lines).where(lines.c.credit_account == 10_001)
        connection.execute(moved.values(credit_account=10_002, cross_reference="502"))
    post(trial, FIRST)

    assert ours(trial, entry) == []
    (item,) = trial.source().items(COMPANY, [other])
    assert (item.remaining_ore, item.settlements) == (200_00, ()), "a change that nobody has a name for"


def test_a_voucher_without_customers_is_followed_in_the_general_ledger(new_trial: NewTrial) -> None:
    trial = new_trial()
    lines = (VoucherLine(1, str(BANK), 5_00), VoucherLine(2, str(SALES), -5_00), VoucherLine(3, str(SALES), 0))
    trial.source().deliver(COMPANY, [Voucher(1, "V-1", TODAY, "Uplassert", lines)])
    assert fate(trial, "V-1").fate is Fate.DELIVERED
    post(trial, FIRST)
    assert fate(trial, "V-1").fate is Fate.POSTED


def test_a_voucher_that_cannot_be_followed_is_not_said_to_be_deleted(new_trial: NewTrial) -> None:
    """It was updated where nobody looks; the collector would send another one for a deleted one."""
    trial = new_trial(names=dict(RICH.names) | {"ledger_entries": "NotThere"})
    entry = with_invoice(trial)
    lines = (VoucherLine(1, str(BANK), 5_00), VoucherLine(2, str(SALES), -5_00))
    trial.source().deliver(COMPANY, [Voucher(1, "V-1", TODAY, "Uplassert", lines), paid("V-2", entry, 5_00)])
    post(trial, FIRST)
    trial.erp.delete_batch(trial.erp.batch_of(FIRST + 1))

    assert [fate(trial, key).fate for key in ("V-1", "V-2")] == [Fate.DELIVERED, Fate.DELETED]


def rejected(trial: Trial, *lines: VoucherLine) -> list[object]:
    """Why a voucher is rejected, with the facts."""
    (found,) = trial.source().deliver(COMPANY, [Voucher(1, "V-1", TODAY, "", lines)])
    assert found.fate is Fate.REJECTED
    code, facts = msgspec.json.decode(found.because)
    return [code, facts]


def test_what_the_ledger_cannot_take_is_rejected_whole(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = with_invoice(trial)
    trial.customer(10_002)
    bank = VoucherLine(1, str(BANK), 5_00)
    for wrong, code in (
        (VoucherLine(2, "1500", -5_00, 10_001, 987_654_321), "no_item"),
        (VoucherLine(2, "1500", -5_00, 10_002, entry), "no_item"),
        (VoucherLine(2, "1500", -5_00, 10_003), "no_customer"),
        (VoucherLine(2, "4711", -5_00), "no_account"),
        (VoucherLine(2, "salg", -5_00), "no_account"),
        (VoucherLine(2, str(SALES), -5_00, department="nord"), "no_unit"),
    ):
        assert rejected(trial, bank, wrong)[0] == f"visma_business.{code}"
    good = paid("V-2", entry, 5_00)
    bad = Voucher(1, "V-1", TODAY, "", (bank, VoucherLine(2, "4711", -5_00)))
    assert [one.fate for one in trial.source().deliver(COMPANY, [bad, good])] == [Fate.REJECTED, Fate.DELIVERED]


def test_departments_and_projects_go_where_the_set_up_says(new_trial: NewTrial) -> None:
    trial = new_trial()
    lines = (VoucherLine(1, str(BANK), 5_00), VoucherLine(2, str(SALES), -5_00, department="100", project="7"))
    trial.source().deliver(COMPANY, [Voucher(1, "V-1", TODAY, "", lines)])
    waiting = trial.erp.tables["batch_lines"].c
    with trial.erp.writing() as connection:
        rows = connection.execute(sa.select(waiting.department, waiting.project).order_by(waiting.number)).fetchall()
    assert [tuple(row) for row in rows] == [(0, 0), (100, 7)]


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_file_is_written_once_and_followed(new_trial: NewTrial, tmp_path: Path) -> None:
    folder = tmp_path / "import"
    folder.mkdir()
    trial = new_trial(delivery="file", import_folder=str(folder))
    entry = with_invoice(trial)
    voucher = paid("V/1 å", entry, 300_00)

    assert trial.source().deliver(COMPANY, [voucher]) == [Delivery("V/1 å", Fate.DELIVERED, TODAY, unseen=True)]
    (file,) = folder.iterdir()
    assert file.name == f"F0001_{FIRST}_V_1_.txt"
    (batch,) = visma_import.parse(file.read_bytes(), file.name).batches
    assert (batch.origin, [line.reference for line in batch.lines]) == (31, [f"{FIRST}/1", f"{FIRST}/2"])

    (number,) = trial.erp.import_file(file)
    trial.source().deliver(COMPANY, [voucher])
    assert list(folder.iterdir()) == [], "what was read is not written again"
    assert fate(trial, "V/1 å").fate is Fate.DELIVERED
    trial.erp.delete_batch(number)
    assert fate(trial, "V/1 å").fate is Fate.DELETED, "it was seen among the batches, and is gone"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_file_that_was_prepared_gets_its_name_at_the_next_call(new_trial: NewTrial, tmp_path: Path) -> None:
    """Killed between the commit of the key row and the file's own name."""
    folder = tmp_path / "import"
    folder.mkdir()
    trial = new_trial(delivery="file", import_folder=str(folder))
    voucher = paid("V-1", with_invoice(trial), 300_00)
    trial.source().deliver(COMPANY, [voucher])
    file = folder / f"F0001_{FIRST}_V-1.txt"
    file.rename(file.with_suffix(".part"))

    trial.source().fates(COMPANY, ["V-1"])
    assert [one.name for one in folder.iterdir()] == [file.name]
    file.unlink()
    trial.source().deliver(COMPANY, [voucher])
    assert list(folder.iterdir()) == []
    assert fate(trial, "V-1").fate is Fate.DELIVERED, "nobody has seen it among the batches: it is still awaited"


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_file_is_found_where_it_was_prepared_whatever_folder_is_set_up_by_then(
    new_trial: NewTrial, tmp_path: Path
) -> None:
    """Killed before the file had its own name, and then told of another folder."""
    first, other = tmp_path / "import", tmp_path / "other"
    for folder in (first, other):
        folder.mkdir()
    trial = new_trial(delivery="file", import_folder=str(first))
    voucher = paid("V-1", with_invoice(trial), 300_00)
    trial.source().deliver(COMPANY, [voucher])
    file = first / f"F0001_{FIRST}_V-1.txt"
    file.rename(file.with_suffix(".part"))

    trial.setup = msgspec.structs.replace(trial.setup, import_folder=str(other))
    trial.source().deliver(COMPANY, [voucher])
    assert ([one.name for one in first.iterdir()], list(other.iterdir())) == ([file.name], [])


def test_other_content_under_a_key_is_refused_whole(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = with_invoice(trial)
    trial.source().deliver(COMPANY, [paid("V-1", entry, 300_00)])
    with pytest.raises(DataFault, match=r"visma_business\.changed_voucher"):
        trial.source().deliver(COMPANY, [paid("V-2", entry, 1_00), paid("V-1", entry, 300_00, text="Et annet")])
    with pytest.raises(DataFault, match=r"visma_business\.changed_voucher"):
        trial.source().deliver(COMPANY, [paid("V-3", entry, 1_00), paid("V-3", entry, 2_00)])

    assert trial.source().fates(COMPANY, ["V-2", "V-3"]) == []


def test_a_series_that_is_used_up_stops(new_trial: NewTrial) -> None:
    trial = new_trial(first_voucher_no=5, last_voucher_no=6)
    entry = with_invoice(trial)
    trial.source().deliver(COMPANY, [paid("V-1", entry, 1_00)])
    with pytest.raises(Stop, match=r"visma_business\.series_used_up"):
        trial.source().deliver(COMPANY, [paid("V-2", entry, 1_00), paid("V-3", entry, 1_00)])
    (one,) = trial.source().deliver(COMPANY, [paid("V-2", entry, 1_00)])
    assert one.fate is Fate.DELIVERED


def test_more_than_is_owed_is_delivered_and_stays_open_on_the_customer(new_trial: NewTrial) -> None:
    trial = new_trial()
    entry = with_invoice(trial, 100_00)
    trial.pay(10_001, 80_00, cross_reference="501")
    trial.source().deliver(COMPANY, [paid("V-1", entry, 100_00)])
    post(trial, FIRST)

    assert ours(trial, entry) == [("", 0, -80_00), ("V-1", 2, -20_00)]
    facts = trial.source().standings(COMPANY, [entry])[entry].facts
    assert (facts.remaining_ore, facts.unmatched_credits_ore) == (0, -80_00)
