"""The collector's vouchers as files: each written once, followed to its end, and known when it comes back."""

from __future__ import annotations

import msgspec
import pytest

from kravbro.core.claims import ClaimState, Outcome, Reason, Status
from kravbro.core.movements import Because
from kravbro.core.vouchers import Fate, Voucher, VoucherLine
from kravbro.formats import exchange_csv, gbat10, visma_import
from kravbro.formats.exchange_csv import ANSWERS, STATUSES, VOUCHERS
from kravbro.ledgers.files.trial import read_voucher
from kravbro.mirror.source import Delivery, Mark
from tests.ledgers.files.acting import BANK, COMPANY, INCOME, TODAY, Trial, entry, invoice_row, paid, payment_row
from tests.ledgers.files.conftest import NewTrial

E501 = entry("501")
SOUND = invoice_row("501", "1000")


def with_invoice(new_trial: NewTrial, **changes: str) -> Trial:
    trial = new_trial(**changes)
    trial.snapshot(SOUND)
    trial.source().items(COMPANY, [])
    return trial


def fate(trial: Trial, key: str) -> Delivery:
    (found,) = trial.source().fates(COMPANY, [key])
    return found


def ours(trial: Trial, of_entry: int = E501) -> list[tuple[str, int, int]]:
    (item,) = trial.source().items(COMPANY, [of_entry])
    return [(one.voucher_key, one.line_no, one.amount_ore) for one in item.settlements]


def names(trial: Trial) -> list[str]:
    return [file.name for file in trial.outgoing()]


def test_a_voucher_is_a_file_of_its_own_that_is_written_once(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    voucher = paid("V/1 å", E501, 300_00, 2_00)

    assert trial.source().deliver(COMPANY, [voucher, voucher]) == [Delivery("V/1 å", Fate.DELIVERED, TODAY)]
    assert names(trial) == ["bilag_2026-11-20_000001_V_1_.txt"]
    (file,) = trial.outgoing()
    lines = gbat10.parse(file.read_bytes(), file.name)
    assert [(one.account, one.customer, one.invoice_no, one.amount_ore, one.text) for one in lines] == [
        ("1920", "", "", 302_00, "Oppgjør KB900001-1"),
        ("1500", "10001", "501", -300_00, "Betalt KB900001-2"),
        ("1500", "10001", "501", -2_00, "Betalt KB900001-3"),
    ]
    file.unlink()
    for _ in range(2):
        assert trial.source().deliver(COMPANY, [voucher]) == [Delivery("V/1 å", Fate.DELIVERED, TODAY, unseen=True)]
    assert (names(trial), fate(trial, "V/1 å").fate) == ([], Fate.DELIVERED), "taken away: it was read"
    assert trial.source().fates(COMPANY, ["nobody's"]) == []


def test_each_format_says_the_same(new_trial: NewTrial) -> None:
    told, references = [], []
    for vouchers in ("gbat10", "visma_import", "csv"):
        trial = with_invoice(new_trial, vouchers=vouchers)
        trial.source().deliver(COMPANY, [paid("V-1", E501, 300_00, text="x" * 300)])
        (file,) = trial.outgoing()
        told.append([msgspec.structs.replace(line, text=line.text[-10:]) for line in read_voucher(file)])
        if vouchers == "csv":
            references += [row.reference for row in exchange_csv.read(VOUCHERS, file.read_bytes(), "")]
    assert references == ["KB900001-1", "KB900001-2"]
    assert told[0] == told[1] == told[2]
    assert [(one.customer, one.invoice_no, one.amount_ore, one.text) for one in told[0]] == [
        ("", "", 300_00, "KB900001-1"),
        ("10001", "501", -300_00, "KB900001-2"),
    ]


def test_departments_and_projects_go_where_the_format_has_them(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    lines = (VoucherLine(1, BANK, 5_00), VoucherLine(2, INCOME, -5_00, department="100", project="7"))
    trial.source().deliver(COMPANY, [Voucher(1, "V-1", TODAY, "Gebyr", (*lines, VoucherLine(3, BANK, 0)))])
    (file,) = trial.outgoing()
    assert [(one.department, one.project) for one in gbat10.parse(file.read_bytes(), "")] == [("", ""), ("100", "7")]


@pytest.mark.parametrize(
    ("vouchers", "line", "code"),
    [
        ("gbat10", VoucherLine(2, "1500", -5_00, 10_001, 987_654_321), "files.no_item"),
        ("gbat10", VoucherLine(2, "1500", -5_00, 10_003), "files.no_customer"),
        ("gbat10", VoucherLine(2, "19200", -5_00), "formats.gbat10.value"),
        ("gbat10", VoucherLine(2, "3000", -5_00, department="nord"), "formats.gbat10.value"),
        ("visma_import", VoucherLine(2, "salg", -5_00), "files.no_account"),
        ("visma_import", VoucherLine(2, "3000", -5_00, project="7"), "files.no_unit"),
        ("csv", VoucherLine(2, "", -5_00), "formats.exchange_csv.cell"),
    ],
)
def test_what_the_ledger_cannot_take_is_rejected_whole_and_for_itself(
    new_trial: NewTrial, vouchers: str, line: VoucherLine, code: str
) -> None:
    trial = with_invoice(new_trial, vouchers=vouchers)
    bad = Voucher(1, "V-1", TODAY, "", (VoucherLine(1, BANK, 5_00), line))
    first, second = trial.source().deliver(COMPANY, [bad, paid("V-2", E501, 5_00)])
    assert (first.fate, msgspec.json.decode(first.because)[0], second.fate) == (Fate.REJECTED, code, Fate.DELIVERED)
    assert len(trial.outgoing()) == 1
    assert read_voucher(trial.outgoing()[0])[0].voucher_no == 900_001, "a number is not used up by what is rejected"


def test_a_customer_whose_id_is_no_number_has_no_place_in_gbat10(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.snapshot(invoice_row("501", "1000", "K-7"))
    of_entry = entry("501", "K-7")
    number = trial.source().standings(COMPANY, [of_entry])[of_entry].debtor.customer_no
    (found,) = trial.source().deliver(COMPANY, [paid("V-1", of_entry, 5_00, customer=number)])
    assert (found.fate, msgspec.json.decode(found.because)[0]) == (Fate.REJECTED, "formats.gbat10.value")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (payment_row("1900001", "-300", "501") + "KB900001-2", "the text tells, the ledger numbered it anew"),
        (payment_row("900001", "-300", "501"), "the number of our series tells"),
        (payment_row("900001", "-250", "501"), "also where a person changed the amount"),
        (payment_row("900001", "-300", "") + "Betalt KB900001-2", "it finds its invoice where the file names none"),
    ],
)
def test_our_voucher_is_known_when_it_comes_back(new_trial: NewTrial, row: str, why: str) -> None:
    trial = with_invoice(new_trial)
    trial.source().deliver(COMPANY, [paid("V-1", E501, 300_00)])
    cells = row.split(";")
    amount, _, text = cells[-1].partition("KB")
    text = f"KB{text}" if text else ""
    if amount.endswith("Betalt "):
        amount, text = amount.removesuffix("Betalt "), f"Betalt {text}"
    trial.put("poster_2026-11-21.csv", f"{HEAD_TEXT}\n{SOUND};\n{';'.join([*cells[:-1], amount, text])}\n")
    assert ours(trial) == [("V-1", 2, -25_000 if "250" in row else -30_000)], why
    assert fate(trial, "V-1") == Delivery("V-1", Fate.POSTED, TODAY.replace(day=21), cells[5])
    assert fate(trial, "V-1").fate is Fate.POSTED


HEAD_TEXT = "kundenr;navn;postnr;poststed;art;bilagsnr;fakturanr;dato;forfall;beløp;tekst"


def test_what_a_person_puts_elsewhere_is_the_ledgers_own(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    trial.source().deliver(COMPANY, [paid("V-1", E501, 300_00)])
    other = invoice_row("502", "400")
    trial.snapshot(SOUND, other, payment_row("900001", "-300", "502"))
    assert (ours(trial), ours(trial, entry("502"))) == ([], [("", 0, -300_00)])


def test_money_on_account_settles_nothing_and_is_seen_at_the_gate(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    lines = (VoucherLine(1, BANK, 50_00), VoucherLine(2, "1500", -50_00, 10_001, text="For mye"))
    trial.source().deliver(COMPANY, [Voucher(1, "V-1", TODAY, "", lines)])
    trial.snapshot(SOUND, payment_row("900001", "-50", ""))
    facts = trial.source().standings(COMPANY, [E501])[E501].facts
    assert (ours(trial), facts.unmatched_credits_ore, facts.customer_balance_ore) == ([], -50_00, 950_00)


def test_what_comes_later_displaces_nothing_however_early_it_is_dated(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    trial.snapshot(SOUND, payment_row("9", "-800", "501"))
    assert ours(trial) == [("", 0, -800_00)]
    early = payment_row("8", "-800", "501").replace("2026-11-19", "2026-11-01")
    trial.snapshot(SOUND, early, payment_row("9", "-800", "501"))
    assert ours(trial) == [("", 0, -800_00), ("", 0, -200_00)]


@pytest.mark.parametrize(
    ("outcome", "fate_"), [("rejected", Fate.REJECTED), ("deleted", Fate.DELETED), ("posted", Fate.POSTED)]
)
def test_a_receipt_says_what_became_of_a_file(new_trial: NewTrial, outcome: str, fate_: Fate) -> None:
    trial = with_invoice(new_trial)
    trial.source().deliver(COMPANY, [paid("V-1", E501, 300_00)])
    (file,) = trial.outgoing()
    trial.receipt(f"C:\\inn\\READ_{file.name}", "read")
    assert fate(trial, "V-1").fate is Fate.DELIVERED
    trial.receipt(file.name, outcome, "1200001", "perioden er lukket")
    for _ in range(2):
        assert fate(trial, "V-1") == Delivery("V-1", fate_, TODAY, "1200001", "perioden er lukket")
        trial.receipt(file.name, outcome, "1200001")


def test_what_was_deleted_may_be_imported_once_more(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    trial.source().deliver(COMPANY, [paid("V-1", E501, 300_00), paid("V-2", E501, 200_00)])
    first, second = trial.outgoing()
    for file in (first, second):
        trial.receipt(file.name, "deleted")
    assert [fate(trial, key).fate for key in ("V-1", "V-2")] == [Fate.DELETED] * 2
    trial.receipt(first.name, "posted", "17")
    trial.snapshot(SOUND, payment_row("900002", "-200", "501"))
    assert [(fate(trial, key).fate, fate(trial, key).voucher_no) for key in ("V-1", "V-2")] == [
        (Fate.POSTED, "17"),
        (Fate.POSTED, "900002"),
    ]


def test_a_file_that_somebody_altered_is_named_until_it_is_put_back(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    trial.source().deliver(COMPANY, [paid("V-1", E501, 300_00)])
    (file,) = trial.outgoing()
    content = file.read_bytes()
    read = file.with_name(f"READ_{file.name}")
    for known in (file, read):
        known.write_bytes(content.replace(b"300.00", b"400.00"))
        (doubt,) = trial.source().doubts(COMPANY, ["V-1"])
        assert doubt.because == Because("files.changed_file", {"file": file.name, "company": COMPANY, "voucher": "V-1"})
        assert fate(trial, "V-1") == Delivery("V-1", Fate.DELIVERED, TODAY, unseen=known is read)
        known.unlink()
    file.write_bytes(content)
    assert trial.source().doubts(COMPANY, ["V-1"]) == []


def test_an_older_state_gives_out_no_number_that_came_back(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    trial.source().deliver(COMPANY, [paid("V-1", E501, 300_00)])
    trial.snapshot(SOUND, payment_row("900001", "-300", "501"))
    assert fate(trial, "V-1").fate is Fate.POSTED
    with trial.folders.engine(COMPANY).begin() as connection:
        connection.exec_driver_sql("DELETE FROM voucher")
    trial.source().deliver(COMPANY, [paid("V-2", E501, 5_00)])
    assert [read_voucher(file)[0].voucher_no for file in trial.outgoing()] == [900_001, 900_002]


def mark(outcome: Outcome, *reasons: Reason, offer: int = 1) -> Mark:
    return Mark(E501, offer, outcome, TODAY, "1-000017" if outcome is Outcome.ACCEPTED else "", reasons)


def test_answers_are_a_table_for_people_and_programs_and_the_same_is_written_once(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    trial.approve("501")
    assert len(trial.source().proposals(COMPANY)) == 1
    refused = mark(Outcome.REFUSED, Reason("gate.name_missing"), Reason("gate.below_minimum", "100,00"))
    for _ in range(2):
        trial.source().mark(COMPANY, [refused])
    (file,) = trial.outgoing()
    (row,) = exchange_csv.read(ANSWERS, file.read_bytes(), file.name)
    assert (row.invoice_no, row.customer, row.outcome, row.case_number) == ("501", "10001", "refused", "")
    assert "100,00" in row.reasons
    assert trial.source().proposals(COMPANY) == []

    trial.approve("501", moment="2026-11-20")
    assert trial.source().proposals(COMPANY) == [], "the same moment is the same approval"
    trial.approve("501", moment="2026-11-21")
    assert len(trial.source().proposals(COMPANY)) == 1
    trial.source().mark(COMPANY, [mark(Outcome.ACCEPTED, offer=2)])
    (row,) = exchange_csv.read(ANSWERS, trial.outgoing()[1].read_bytes(), "")
    assert (row.outcome, row.case_number, trial.source().proposals(COMPANY)) == ("accepted", "1-000017", [])


def test_a_wish_is_told_until_the_claim_is_given_back(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    cursor = trial.source().changes(COMPANY, "").cursor
    trial.put("godkjent_1.csv", "fakturanr;godkjent;trekkes_fordi\n501;;betalt kontant\n")
    assert trial.source().changes(COMPANY, cursor).entries == frozenset({E501})
    assert [one.wanted_back for one in trial.source().items(COMPANY, [E501])] == ["betalt kontant"]
    trial.source().mark(COMPANY, [mark(Outcome.WITHDRAWN)])
    assert [one.wanted_back for one in trial.source().items(COMPANY, [E501])] == [""]


def test_only_a_newer_status_is_written(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial)
    first = Status(0, E501, 1, ClaimState.REGISTERED, "1-000017", TODAY)
    newer = msgspec.structs.replace(first, version=3, state=ClaimState.LEAVING)
    for statuses in ([first], [newer, first], [msgspec.structs.replace(first, version=2)], [newer]):
        trial.source().show(COMPANY, statuses)
    rows = [exchange_csv.read(STATUSES, file.read_bytes(), "") for file in trial.outgoing()]
    assert [[(row.version, row.state) for row in table] for table in rows] == [[(1, "registered")], [(3, "leaving")]]


def test_an_import_file_is_the_vendors(new_trial: NewTrial) -> None:
    trial = with_invoice(new_trial, vouchers="visma_import")
    trial.source().deliver(COMPANY, [paid("V-1", E501, 300_00)])
    (file,) = trial.outgoing()
    (batch,) = visma_import.parse(file.read_bytes(), file.name).batches
    assert [(one.reference, one.cross_reference, one.credit_class) for one in batch.lines] == [
        ("KB900001-1", "", 0),
        ("KB900001-2", "501", 1),
    ]
