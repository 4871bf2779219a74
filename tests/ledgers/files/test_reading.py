"""What lies in `in`: each file is read once, taken in whole, refused with its line, or known already."""

from __future__ import annotations

import os
from datetime import date, timedelta

import msgspec
import pytest
import sqlalchemy as sa

from kravbro.core.claims import Letter, LetterKind, TransactionKind
from kravbro.core.errors import DataFault, KravbroError
from kravbro.ledgers.files import incoming, tables
from kravbro.mirror.source import OpenItem, Proposal
from tests.formats.saft_files import Customer, Ledger, credit_note, invoice, payment, render
from tests.ledgers.files.acting import ACT, COMPANY, HEAD, OTHER, TODAY, Trial, entry, invoice_row, payment_row
from tests.ledgers.files.conftest import NewTrial

E501 = entry("501")
SOUND = invoice_row("501", "1000")


def item(trial: Trial, of_entry: int = E501) -> OpenItem:
    (found,) = trial.source().items(COMPANY, [of_entry])
    return found


def remains(trial: Trial, of_entry: int = E501) -> list[tuple[int, int]]:
    """What remains of an item, and the sum of what says why."""
    return [
        (one.remaining_ore, sum(its.amount_ore for its in one.settlements))
        for one in trial.source().items(COMPANY, [of_entry])
    ]


def refusal(trial: Trial, method: str = "changes") -> KravbroError:
    with pytest.raises(KravbroError) as caught:
        trial.source().changes(COMPANY, "") if method == "changes" else trial.source().proposals(COMPANY)
    return caught.value


def known(trial: Trial) -> list[object]:
    """Everything that is known, to the letter, but for what is noted of the files."""
    with trial.folders.engine(COMPANY).connect() as connection:
        return [
            [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))]
            for table in tables.company.sorted_tables
            if table is not tables.file
        ]


def test_items_are_what_the_newest_table_says(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.snapshot(invoice_row("501", "1 000,00"), invoice_row("502", "50"))
    first = trial.source().changes(COMPANY, "")
    assert (remains(trial), first.entries) == ([(1_000_00, 0)], None)

    trial.snapshot(invoice_row("501", "1000"), invoice_row("502", "50"), payment_row("9", "-400", "501"))
    second = trial.source().changes(COMPANY, first.cursor)
    assert second.entries == frozenset({E501})
    (settlement,) = item(trial).settlements
    assert (settlement.amount_ore, settlement.kind, settlement.dated, settlement.booked_on, settlement.voucher_no) == (
        -400_00,
        TransactionKind.PAYMENT,
        date(2026, 11, 19),
        TODAY,
        "9",
    )
    trial.snapshot(invoice_row("501", "1000"), invoice_row("502", "50"))
    assert trial.source().changes(COMPANY, second.cursor).entries == frozenset({E501})
    assert remains(trial) == [(1_000_00, 0)]


def test_an_item_that_is_gone_is_left_out_and_comes_back_as_the_same(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.snapshot(*[invoice_row(number, "5") for number in ("501", "502", "503")])
    assert remains(trial) == [(5_00, 0)]
    trial.snapshot(*[invoice_row(number, "5") for number in ("502", "503")])
    assert remains(trial) == []
    trial.snapshot(*[invoice_row(number, "5") for number in ("501", "502", "503")])
    assert remains(trial) == [(5_00, 0)]


def test_no_file_is_read_twice(new_trial: NewTrial, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = new_trial()
    file = trial.snapshot(invoice_row("501", "1000"))
    trial.approve("501")
    cursor = trial.source().changes(COMPANY, "").cursor
    assert len(trial.source().proposals(COMPANY)) == 1
    monkeypatch.setattr("kravbro.ledgers.files.folders.Folders.content", None)

    assert trial.source().changed_companies({COMPANY: cursor, OTHER: "0 x"}) == [OTHER]
    monkeypatch.setattr("kravbro.ledgers.files.folders.Folders.engine", None)
    assert trial.source().changes(COMPANY, cursor).entries == frozenset(), "a listing, and nothing else"
    monkeypatch.undo()
    os.utime(file, (5, 5))
    before = known(trial)
    assert trial.source().changes(COMPANY, cursor).entries == frozenset(), "the same content, written again"
    assert known(trial) == before


def test_the_same_content_under_a_newer_name_moves_the_day_only(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.snapshot(invoice_row("501", "1000"), name="poster_2026-11-18.csv")
    cursor = trial.source().changes(COMPANY, "").cursor
    trial.snapshot(invoice_row("501", "1000"), name="poster_2026-11-20.csv")
    assert trial.source().changes(COMPANY, cursor).entries == frozenset()
    trial.snapshot(invoice_row("501", "999"), name="poster_2026-11-19.csv")
    assert refusal(trial).facts == {"file": "poster_2026-11-19.csv", "known": "poster_2026-11-20.csv"}


def test_a_copy_of_an_older_file_says_nothing_and_a_newer_one_that_is_the_same_goes_back(new_trial: NewTrial) -> None:
    trial = new_trial()
    rows = [invoice_row("501", "1000")]
    trial.snapshot(*rows, name="poster_2026-11-17.csv")
    trial.snapshot(*rows, payment_row("9", "-400", "501"), name="poster_2026-11-18.csv")
    assert remains(trial) == [(600_00, -400_00)]
    trial.snapshot(*rows, name="kopi av poster_2026-11-17.csv")
    assert remains(trial) == [(600_00, -400_00)]
    trial.snapshot(*rows, name="poster_2026-11-19.csv")
    assert remains(trial) == [(1_000_00, 0)]


def test_a_file_that_was_written_anew_under_its_name_says_how_things_are_now(new_trial: NewTrial) -> None:
    """Cut off at the end of a line by a program that stopped, read, and then written whole."""
    trial = new_trial()
    file = trial.snapshot(SOUND)
    assert remains(trial) == [(1_000_00, 0)]
    trial.put(file.name, f"{HEAD}\n{SOUND}\n{payment_row('9', '-400', '501')}\n", changed=2_000_000_000)
    assert remains(trial) == [(600_00, -400_00)]
    trial.put(file.name, f"{HEAD}\n{SOUND}\n{payment_row('9', '-1', '501')}\n", changed=1_500_000_000)
    assert refusal(trial).code == "files.same_moment", "an older copy of it"
    trial.put(file.name, f"{HEAD}\n{SOUND}\n{payment_row('9', '-2', '501')}\n", changed=2_000_000_001)
    assert remains(trial) == [(998_00, -2_00)]


def test_what_is_wrong_with_the_machine_is_no_fault_of_the_file(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.snapshot(SOUND)
    folder = trial.folders.state
    with trial.folders.engine(COMPANY).begin() as connection:
        connection.exec_driver_sql("DROP TABLE newest")
    with pytest.raises(sa.exc.OperationalError):
        trial.source().changes(COMPANY, "")
    (folder / "F0001.db").write_bytes(b"no database" * 99)
    with pytest.raises(DataFault, match=r"db\.damaged"):
        trial.source().changes(COMPANY, "")


def test_an_invoice_without_a_due_date_is_nothing_that_can_be_collected(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.snapshot(SOUND.replace("2026-09-21", ""))
    assert trial.source().standings(COMPANY, [E501])[E501].facts.voucher_meaning == "no_due_date"


def test_a_ledger_that_never_ends_the_last_line_is_read_where_its_set_up_says_so(new_trial: NewTrial) -> None:
    trial = new_trial(more="last_line_ends = false")
    trial.put("poster_2026-11-20.csv", f"{HEAD}\n{SOUND}")
    assert remains(trial) == [(1_000_00, 0)]


def test_files_are_taken_by_the_moment_in_their_names_not_by_the_alphabet(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.snapshot(invoice_row("501", "1000"), payment_row("9", "-400", "501"), name="poster_2026-11-20_10.csv")
    trial.snapshot(invoice_row("501", "1000"), name="poster_2026-11-20_2.csv")
    trial.snapshot(invoice_row("501", "1000"), payment_row("8", "-1", "501"), name="z_20261119235959.csv")
    assert remains(trial) == [(600_00, -400_00)]


@pytest.mark.parametrize(
    ("name", "content", "code", "line"),
    [
        ("p_2026-11-21.csv", f"{HEAD}\n{SOUND}\n{payment_row('9', '-4', '501')}", "unfinished", 0),
        ("p_2026-11-21.csv", f"{HEAD}\n{SOUND}\n10001;;;;innbet\n", "ledger_csv.cells", 3),
        ("p_2026-11-21.csv", f"{HEAD}\n{SOUND}\n{'x' * 9}\n".encode("utf-16"), "exchange_csv", 1),
        ("p_2026-11-21.csv", f"{HEAD}\n{invoice_row('501', '1000', 'Åse')}\n".encode("latin-1"), "exchange_csv", 1),
        ("p_2026-11-21.csv", f"{HEAD}\n{SOUND}\n99;;;;kreditnota;1;;2026-11-19;;-5\n", "unknown_customer", 3),
        ("p_2026-11-21.csv", f"{HEAD};firma\n{SOUND};1\n{SOUND.replace('501', '502')};2\n", "other_company", 3),
        ("p_2026-11-01.csv", f"{HEAD}\n{invoice_row('501', '1')}\n", "older", 0),
        ("other_2026-11-20_1.csv", f"{HEAD}\n{invoice_row('501', '1')}\n", "same_moment", 0),
        ("p_2026-11-21.csv", f"{HEAD}\n{invoice_row('777', '1')}\n", "shrunk", 0),
        ("p_2026-11-21.csv", f"{HEAD}\n", "ledger_csv.empty", 1),
        ("p_2026-11-21.xml", "<AuditFile", "xml", 1),
        ("p_2026-02-30.csv", f"{HEAD}\n{invoice_row('501', '1')}\n", "no_date", 0),
        ("p_2026-11-21.csv", f"{HEAD}\n{invoice_row('501', '92233720368547758,08')}\n", "amount", 2),
    ],
)  # fmt: skip
def test_a_refused_snapshot_is_named_left_and_changes_nothing(
    new_trial: NewTrial, name: str, content: str | bytes, code: str, line: int
) -> None:
    trial = new_trial()
    trial.snapshot(invoice_row("501", "1000"))
    assert remains(trial) == [(1_000_00, 0)]
    before = known(trial)
    file = trial.put(name, content)

    error = refusal(trial)
    assert code in error.code
    assert error.facts["file"] == name
    assert error.facts.get("line", 0) == line
    assert refusal(trial).args == error.args, "told again as it was"
    assert refusal(trial, "proposals").args == error.args, "nothing is offered as it may not be any more"
    assert (file.is_file(), known(trial), remains(trial)) == (True, before, [(1_000_00, 0)])
    if code not in {"unfinished", "exchange_csv"}:  # nobody knows of these that they are no receipts
        assert trial.source().fates(COMPANY, []) == [], "vouchers have nothing to do with it"
    assert [lack.thing for lack in trial.source().check() if lack.thing.endswith(name)] == [str(file)]
    file.unlink()
    assert trial.source().proposals(COMPANY) == []


def test_a_refused_file_is_not_read_again_before_something_else_is_known(
    new_trial: NewTrial, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = new_trial()
    trial.approve("501")
    assert refusal(trial, "proposals").code == "files.unknown_invoice"
    with monkeypatch.context() as patched:
        patched.setattr("kravbro.ledgers.files.folders.Folders.content", None)
        assert refusal(trial, "proposals").code == "files.unknown_invoice"
    trial.snapshot(invoice_row("501", "1000"))
    assert [one.entry for one in trial.source().proposals(COMPANY)] == [E501]


def test_most_may_vanish_when_a_person_says_why(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.snapshot(invoice_row("501", "1000"))
    remains(trial)
    trial.snapshot(invoice_row("502", "1"), name="poster_2026-11-21.csv")
    assert refusal(trial).code == "files.shrunk"
    trial.put("poster_2026-11-21.csv.accept", " \n")
    assert refusal(trial).code == "files.shrunk", "a reason that says nothing is none"
    trial.put("poster_2026-11-21.csv.accept", "nytt regnskapsår, avtalt med Kari\n")
    assert (remains(trial), remains(trial, entry("502"))) == ([], [(1_00, 0)])
    with trial.folders.engine(COMPANY).connect() as connection:
        because = connection.execute(sa.select(tables.newest.c.because).order_by(tables.newest.c.change)).scalars()
        assert list(because) == ["", "nytt regnskapsår, avtalt med Kari"]


def test_a_file_that_is_being_written_is_left_for_later(new_trial: NewTrial) -> None:
    trial = new_trial(settle=10)
    file = trial.snapshot(invoice_row("501", "1000"))
    for name in (".poster_2026-11-20_9.csv", "poster_2026-11-20_9.csv.part", "READ_poster_2026-11-20_9.csv", "x~"):
        trial.put(name, "half")
    trial.incoming("folder_2026-11-20").mkdir()
    trial.incoming("link_2026-11-20.csv").symlink_to(file)
    now = int(ACT.at.timestamp())
    os.utime(file, (now - 3, now - 3))
    cursor = trial.source().changes(COMPANY, "").cursor
    assert remains(trial) == []
    assert [lack.thing for lack in trial.source().check() if lack.thing.endswith(".csv")] == [str(file)]

    later = msgspec.structs.replace(ACT, at=ACT.at + timedelta(seconds=8))
    source = trial.source(later)
    assert source.changed_companies({COMPANY: cursor}) == [COMPANY]
    assert source.changes(COMPANY, cursor).entries is None
    assert len(source.items(COMPANY, [E501])) == 1


def test_a_file_that_grows_while_it_is_read_is_left_for_later(new_trial: NewTrial) -> None:
    trial = new_trial()
    file = trial.snapshot(invoice_row("501", "1000"))
    listing = trial.folders.listing(COMPANY)
    with file.open("ab") as opened:
        opened.write(b"10001;")
    assert trial.folders.content(COMPANY, listing[0]) is None
    incoming.look(trial.folders, COMPANY, listing, ACT)
    assert known(trial) == known(new_trial())


def test_only_what_remains_is_told_and_the_mirror_hears_no_reason(new_trial: NewTrial) -> None:
    trial = new_trial()
    head = f"{HEAD};rest;valuta;unntak"
    trial.snapshot(f"{invoice_row('501', '1000')};700,00;EUR;inkasso", head=head)
    assert remains(trial) == [(700_00, 0)]
    standing = trial.source().standings(COMPANY, [E501])[E501]
    assert (standing.currency, standing.facts.exempt_from_collection, standing.facts.remaining_ore) == (
        "EUR",
        True,
        700_00,
    )
    assert (standing.facts.customer_balance_ore, standing.facts.voucher_meaning) == (700_00, "invoice")
    trial.snapshot(f"{invoice_row('501', '1000')};700;;", f"{payment_row('9', '-300', '501')};;;", head=head)
    assert remains(trial) == [(700_00, -300_00)]


def test_an_invoice_that_left_a_list_of_open_items_is_settled(new_trial: NewTrial) -> None:
    trial = new_trial(more='lists = "open"')
    head = f"{HEAD};rest"
    trial.snapshot(f"{invoice_row('501', '1000')};1000", f"{invoice_row('502', '5')};5", head=head)
    assert remains(trial) == [(1_000_00, 0)]
    trial.snapshot(f"{invoice_row('502', '5')};5", head=head)
    assert remains(trial) == [(0, 0)]
    trial.snapshot(f"{invoice_row('501', '1000')};250", f"{invoice_row('502', '5')};5", head=head)
    assert remains(trial) == [(250_00, 0)], "the money bounced"


def test_a_list_of_open_items_that_lost_most_of_many_is_refused(new_trial: NewTrial) -> None:
    trial = new_trial(more='lists = "open"')
    rows = [f"{invoice_row(str(number), '5')};5" for number in range(501, 531)]
    trial.snapshot(*rows, head=f"{HEAD};rest")
    remains(trial)
    trial.snapshot(*rows[:10], head=f"{HEAD};rest")
    assert refusal(trial).facts | {"file": ""} == {"file": "", "known": 30, "found": 10}


def test_a_row_says_what_it_means_for_a_claim(new_trial: NewTrial) -> None:
    trial = new_trial()
    rows = [
        f"{payment_row('1', '-1', '501', kind='kreditnota')};tap",
        f"{payment_row('2', '-2', '501', kind='kreditnota')};frafalt",
        f"{payment_row('3', '-3', '501')};korreksjon",
        f"{payment_row('4', '-4', '501')};",
        f"{payment_row('5', '1,50', '501', kind='tilbakeføring')};",
    ]
    trial.snapshot(f"{invoice_row('501', '1000')};", *rows, head=f"{HEAD};betydning")
    assert [(one.kind.value, one.amount_ore) for one in item(trial).settlements] == [
        ("write_off_books_only", -1_00),
        ("write_off_claim_ended", -2_00),
        ("correction", -3_00),
        ("payment", -4_00),
        ("reversal", 1_50),
    ]


def test_customers_keep_their_number_and_what_a_later_file_leaves_out(new_trial: NewTrial) -> None:
    trial = new_trial()
    head = HEAD.replace("navn", "navn;orgnr")
    row = invoice_row("501", "1000", "K-7").replace("Kunde K-7", "Fossum Rør AS;974760673")
    trial.snapshot(row, head=head)
    of_entry = entry("501", "K-7")
    debtor = trial.source().standings(COMPANY, [of_entry])[of_entry].debtor
    assert 1_900_000_001 <= debtor.customer_no < 2**31
    trial.snapshot("K-7;Fossum Rør og Bad AS;;;faktura;501;501;2026-09-01;2026-09-21;1000")
    again = trial.source().standings(COMPANY, [of_entry])[of_entry].debtor
    assert again == msgspec.structs.replace(debtor, name="Fossum Rør og Bad AS")
    other = new_trial()
    other.snapshot(row, head=head)
    assert other.source().standings(COMPANY, [of_entry])[of_entry].debtor == debtor, "the same number in any copy"


def test_an_approval_stands_in_the_queue_until_it_is_answered(new_trial: NewTrial) -> None:
    trial = new_trial()
    trial.snapshot(invoice_row("501", "1000"), invoice_row("502", "5"))
    table = (
        "fakturanr;kundenr;godkjent;varsel_sendt;varsel_frist;gebyr;renter\n"
        "502;;2026-11-20;;;;\n501;10001;2026-11-20;2026-10-01;2026-10-16;35;12,50\n"
    )
    trial.put("godkjent_2026-11-20.csv", table)
    trial.put("godkjent_igjen.csv", table)
    notice = Letter(LetterKind.NOTICE, date(2026, 10, 1), date(2026, 10, 16), 35_00, 12_50)
    queue = [Proposal(entry("502")), Proposal(E501, fees_ore=35_00, interest_charged_ore=12_50, letters=(notice,))]
    assert trial.source().proposals(COMPANY) == queue
    trial.approve("501", moment="2026-11-20 14:00")
    assert trial.source().proposals(COMPANY) == [queue[0], Proposal(E501)], (
        "as it was approved last, in the first place"
    )


def test_saft_tells_the_whole_of_its_period_and_leaves_what_was_before(new_trial: NewTrial) -> None:
    trial = new_trial()
    due, paid_on = date(2026, 3, 23), date(2026, 4, 1)
    customers = (Customer("10001", opening_ore=250_00), Customer("K-7", "Birk & Co", "974760673"))
    first = (
        invoice("501", "10001", 1_250_00, date(2026, 3, 2), due, "005017"),
        payment("P1", "10001", 1_000_00, paid_on, kid="005017"),
    )
    trial.put("SAF-T Financial_974760673_20261031120000_1_1.xml", render(Ledger(customers, first)))
    trial.source().changes(COMPANY, "")
    trial.approve("501")
    (proposal,) = trial.source().proposals(COMPANY)
    assert remains(trial, proposal.entry) == [(250_00, -1_000_00)]
    standing = trial.source().standings(COMPANY, [proposal.entry])[proposal.entry]
    assert (standing.kid, standing.sub_ledger_type, standing.facts.customer_balance_ore) == ("005017", "1500", 500_00)

    without = (first[0], credit_note("601", "10001", 50_00, paid_on, crossed="501"))
    trial.put("SAF-T Financial_974760673_20261101120000_1_1.xml", render(Ledger(customers, without)))
    assert remains(trial, proposal.entry) == [(1_200_00, -50_00)]
    later = (payment("P9", "10001", 100_00, date(2026, 11, 5), kid="005017"),)
    of_november = Ledger(
        (Customer("10001", opening_ore=1_450_00),), later, start=date(2026, 11, 1), end=date(2026, 11, 30)
    )
    trial.put("SAF-T Financial_974760673_20261130120000_1_1.xml", render(of_november))
    assert remains(trial, proposal.entry) == [(1_100_00, -150_00)]


def test_saft_of_another_organisation_is_refused(new_trial: NewTrial) -> None:
    trial = new_trial()
    ledger = Ledger(
        (Customer("10001"),), (invoice("501", "10001", 5_00, TODAY, TODAY),), organisation_number="971032081"
    )
    trial.put("saft_20261120.xml", render(ledger))
    error = refusal(trial)
    assert (error.code, error.facts["known"], error.facts["found"]) == ("files.other_company", "974760673", "971032081")


def test_a_company_that_is_not_there_is_refused(new_trial: NewTrial) -> None:
    with pytest.raises(DataFault, match=r"mirror\.unknown_company"):
        new_trial().source().items(99, [])
