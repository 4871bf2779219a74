"""What a site says, the card beside the adapter, what names say, and what is made and missing."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from kravbro.core.errors import DataFault
from kravbro.ledgers.files.install import install
from kravbro.ledgers.files.names import Moment, is_finished, moment_of, our_name
from kravbro.ledgers.files.opening import open_folders
from kravbro.ledgers.files.setup import KnownBy, Lists, read_setup
from kravbro.mirror.source import Source
from tests.ledgers.files.acting import ACT, COMPANY, OTHER, invoice_row, settings
from tests.ledgers.files.conftest import NewTrial

LEAST: dict[str, Any] = {
    "companies": {"1": {"name": "Nordvik kommune"}},
    "first_voucher_no": 900_001,
    "last_voucher_no": 999_999,
    "vouchers": "csv",
}


def test_the_card_says_what_it_can() -> None:
    card = tomllib.loads((resources.files("kravbro.ledgers.files") / "card.toml").read_text(encoding="utf-8"))
    assert set(card["methods"]) == {name for name in vars(Source) if not name.startswith("_")}
    assert (
        {name for name, state in card["methods"].items() if state != "done"} == set(card["exempt"]) == {"transferred"}
    )


def test_the_least_that_a_site_says() -> None:
    known = read_setup(LEAST)
    assert (known.numbers(), known.lists, known.known_by, known.mark) == ([1], Lists.EVERYTHING, tuple(KnownBy), "KB")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"vouchers": "gbat10"}, "need [gbat10]"),
        ({"vouchers": "visma_import"}, "need [visma_import]"),
        ({"vouchers": "gbat10", "gbat10": {"voucher_type": 9}}, "vat_code"),
        ({"vouchers": "gbat10", "gbat10": {"voucher_type": 9, "vat_code": 0}, "last_voucher_no": 10**8}, "99999999"),
        ({"companies": {}}, "no company"),
        ({"companies": {"01": {"name": "x"}}}, "01 in [companies]"),
        ({"companies": {"-1": {"name": "x"}}}, "-1 in [companies]"),
        ({"companies": {"1": {"name": "x", "organisation_number": "974760674"}}}, "organisation number of company 1"),
        ({"last_voucher_no": 1}, "below first_voucher_no"),
        ({"mark": "kb"}, "mark must be"),
        ({"mark": ".*"}, "mark must be"),
        ({"known_by": []}, "known_by"),
        ({"lists": "some"}, "lists"),
        ({"folder": "x"}, "unknown field"),
        ({"settle_seconds": -1}, "settle_seconds"),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(DataFault) as caught:
        read_setup(LEAST | changes)
    assert caught.value.code == "files.setup"
    assert problem in str(caught.value.facts["problem"])


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        ("poster_2026-11-23.csv", Moment(date(2026, 11, 23))),
        ("20261123-0930.csv", Moment(date(2026, 11, 23), 930)),
        ("SAF-T Financial_974760673_20261123235959_1_1.xml", Moment(date(2026, 11, 23), 235959)),
        ("kunde 12345678 2026-11-23T7.csv", Moment(date(2026, 11, 23), 7)),
        ("poster_2026-11-23_1234567.csv", Moment(date(2026, 11, 23))),
        ("921011234_20261123.xml", Moment(date(2026, 11, 23))),
        ("20261399 20261123.xml", Moment(date(2026, 11, 23))),
        ("poster_2026-13-23.csv", None),
        ("poster.csv", None),
        ("٢٠٢٦-11-23.csv", None),
    ],
)
def test_a_name_says_when_a_file_was_made(name: str, moment: Moment | None) -> None:
    assert moment_of(name) == moment


def test_a_name_says_whether_a_file_is_whole() -> None:
    names = ["a.csv", ".a.csv", "a.csv.part", "a.TMP", "READ_a.csv", "a.csv.accept", "a.csv~", "a.crdownload"]
    assert [is_finished(name) for name in names] == [True] + [False] * 7
    assert (
        our_name("bilag", date(2026, 11, 23), 1, "txt", "../../etc/passwd") == "bilag_2026-11-23_000001__etc_passwd.txt"
    )


def test_what_is_made_is_made_once_and_what_is_missing_is_named(tmp_path: Path) -> None:
    folders = open_folders(str(tmp_path), settings())
    assert len(install(folders, "files-1", ACT)) == 8
    assert install(folders, "files-2", ACT) == []
    (folders.state / "F0002.db").unlink()
    folders.incoming(OTHER).rmdir()
    assert len(install(folders, "files-2", ACT)) == 2


def test_a_lack_is_named_with_its_cure(new_trial: NewTrial) -> None:
    trial = new_trial()
    source = trial.source()
    assert source.installation() == "files-1"
    assert [(lack.thing, lack.needed) for lack in source.check()] == [
        (str(trial.folders.incoming(company)), False) for company in (COMPANY, OTHER)
    ]
    trial.snapshot(invoice_row("501", "1000").replace("2026-09-21", ""))
    assert [lack.needed for lack in source.check()] == [False, False]
    trial.folders.outgoing(COMPANY).rmdir()
    (trial.folders.state / "F0001.db").unlink()
    assert [lack.thing for lack in source.check() if lack.needed] == [
        str(trial.folders.outgoing(COMPANY)),
        str(trial.folders.state / "F0001.db"),
    ]
    assert all(lack.cure.startswith("Kjør: kravbro install files") for lack in source.check())


def test_the_state_stands_elsewhere_where_the_folder_is_on_a_network(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    folders = open_folders(str(tmp_path / "shared"), f'state = "{tmp_path / "local"}"\n{settings()}')
    install(folders, "files-1", ACT)
    assert sorted(file.name for file in (tmp_path / "local").iterdir()) == ["F0001.db", "F0002.db", "system.db"]
    assert not (tmp_path / "shared" / "kravbro").exists()
