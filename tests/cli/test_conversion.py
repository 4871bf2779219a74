"""`kravbro items transferred`, `cases import` and `claims match`, on the worked example of docs/conversion.md."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kravbro.cli.main import main
from kravbro.db.engines import writing
from kravbro.db.places import place_at
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from kravbro.office.setup import add_creditor
from tests.office.builders import CREDITOR, act
from tests.places import NewPlace

LEDGER = """kundenr;navn;postnr;poststed;art;bilagsnr;fakturanr;dato;forfall;beløp
10001;Ada Aasen;0150;Oslo;faktura;501;501;2026-03-02;2026-03-23;1250,00
10001;;;;innbetaling;9001;501;2026-04-01;;-400,00
10001;;;;innbetaling;9002;501;2026-06-15;;-100,00
10002;Birk Lien;5003;Bergen;faktura;502;502;2026-03-02;2026-03-23;800,00
10003;Cato Dal;7010;Trondheim;faktura;503;503;2026-03-02;2026-03-23;600,00
10004;Dina Eng;9008;Tromsø;faktura;504;504;2026-03-02;2026-03-23;300,00
10004;;;;faktura;505;0504;2026-03-02;2026-03-23;300,00
"""
CASES = """saksnr;kundenr;fakturanr;fakturadato;forfall;hovedstol;betalt_hovedstol;omkostninger
K-2071;10001;000501;2026-03-02;2026-03-23;1250,00;400,00;700,00
K-2072;10002;502;2026-03-02;2026-03-23;800,00;50,00;
K-2074;10004;504;2026-03-02;2026-03-23;300,00;;
K-2075;10009;777;2026-03-02;2026-03-23;99,00;;
"""


def run(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().out


@pytest.fixture
def site(tmp_path: Path, new_place: NewPlace, capsys: pytest.CaptureFixture[str]) -> str:
    (tmp_path / "reskontro.csv").write_text(LEDGER, encoding="utf-8")
    (tmp_path / "saker.csv").write_text(CASES, encoding="utf-8")
    place = new_place().name
    file = str(tmp_path / "reskontro.csv")
    run(capsys, "ledger", "import", file, "--company", "1", "--name", "Nes", "--dir", place)
    installation = EmbeddedLedger(place_at(place), act()).identify().installation
    with writing(place_at(place).open("office")) as connection:
        add_creditor(connection, msgspec.structs.replace(CREDITOR, ledger_installation=installation), act())
    return place


def mark(capsys: pytest.CaptureFixture[str], site: str, *items: str) -> Any:
    words = ("items", "transferred", "1", *items, "--because", "forrige leverandør", "--dir", site, "--json")
    return json.loads(run(capsys, *words))


def test_the_worked_example(site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ("--dir", site)
    items = ("501=K-2071", "502", "503", "504", "0504")
    assert mark(capsys, site, *items) == {"company": 1, "items": 5, "new": 5}
    assert mark(capsys, site, *items)["new"] == 0
    file = str(tmp_path / "saker.csv")
    assert json.loads(run(capsys, "cases", "import", file, "--creditor", "1", "--json", *at))["new"] == 4
    assert json.loads(run(capsys, "cases", "import", file, "--creditor", "1", "--json", *at))["known"] == 4

    ask = ("claims", "match", "--creditor", "1", "--cut-off", "2026-06-01", *at)
    before = run(capsys, "db", "dump", *at)
    found = json.loads(run(capsys, *ask, "--json"))
    assert found["counts"] == {
        "matched": 1, "differing": 1, "ambiguous": 1, "missing_in_collector": 1, "missing_in_ledger": 1,
    }  # fmt: skip
    (matched,) = found["matched"]
    ours, theirs = matched["transferred"], matched["earlier"]
    assert (ours["invoice_no"], ours["remaining_ore"], ours["later_ore"]) == ("501", 85_000, -10_000)
    assert (theirs["case_number"], theirs["invoice_no"], theirs["remaining_ore"]) == ("K-2071", "000501", 85_000)
    (differing,) = found["differing"]
    assert (differing["earlier"]["case_number"], differing["difference_ore"]) == ("K-2072", 5_000)
    (several,) = found["ambiguous"]
    assert [one["invoice_no"] for one in several["transferred"]] == ["504", "0504"]
    assert [one["case_number"] for one in several["earlier"]] == ["K-2074"]
    assert [one["invoice_no"] for one in found["missing_in_collector"]] == ["503"]
    assert [one["case_number"] for one in found["missing_in_ledger"]] == ["K-2075"]

    shown = run(capsys, *ask)
    assert all(word in shown for word in ("Matched: 1", "K-2072", "amount", "0504", "K-2075", "850,00"))
    assert run(capsys, "db", "dump", *at) == before

    assert main([*ask, "--write-numbers"]) == 2
    assert "--because" in capsys.readouterr().err
    for numbers in ({"new": 0, "known": 1}, {"new": 0, "known": 1}):
        done = json.loads(run(capsys, *ask, "--write-numbers", "--because", "funnet", "--json"))
        assert done["numbers"] == numbers


def test_the_numbers_of_what_matched_are_written_once(
    site: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ("--dir", site)
    mark(capsys, site, "501", "502")
    run(capsys, "cases", "import", str(tmp_path / "saker.csv"), "--creditor", "1", *at)
    write = ("claims", "match", "--creditor", "1", "--cut-off", "2026-06-01", "--write-numbers", "--because", "funnet")
    assert json.loads(run(capsys, *write, "--json", *at))["numbers"] == {"new": 1, "known": 0}
    assert json.loads(run(capsys, *write, "--json", *at))["numbers"] == {"new": 0, "known": 1}
    items = json.loads(run(capsys, "items", "list", "1", "--json", *at))["items"]
    shown = {one["invoice_no"]: (one["at_collector"], one["case_number"]) for one in items}
    assert (shown["501"], shown["502"], shown["503"]) == ((True, "K-2071"), (True, ""), (False, ""))


def test_an_item_that_is_named_for_two_cases_is_refused(site: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("items", "transferred", "1", "502", "501=K-1", "501=K-2", "--because", "liste", "--dir", site)
    assert main(list(words)) == 2
    refused = capsys.readouterr().err
    assert "K-1" in refused
    assert "K-2" in refused
    assert mark(capsys, site, "502", "501=K-1", "501=K-1") == {"company": 1, "items": 2, "new": 2}


def test_a_mark_that_was_wrong_is_taken_off(site: str, capsys: pytest.CaptureFixture[str]) -> None:
    mark(capsys, site, "501", "502")
    run(capsys, "items", "not-transferred", "1", "502", "--because", "tok feil", "--dir", site)
    words = ("claims", "match", "--creditor", "1", "--cut-off", "2026-06-01", "--dir", site, "--json")
    found = json.loads(run(capsys, *words))
    assert [one["invoice_no"] for one in found["missing_in_collector"]] == ["501"]
