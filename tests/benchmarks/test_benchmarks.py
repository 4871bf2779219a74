"""The benchmarks measure what they say, on few rows; how fast anything is, is no matter here."""

from __future__ import annotations

import pytest

from benchmarks import _bars, _floors, _payments, _transfer, polls
from kravbro.db.engines import reading
from kravbro.office import tables as t
from kravbro.office.audit import audit
from tests.places import NewPlace

CLAIMS = 100


def test_a_floor_inserts_what_the_job_added(new_place: NewPlace) -> None:
    ready = new_place()
    _transfer.ready_site(ready, CLAIMS)
    job, bare = _transfer.copy_of(ready, new_place), _transfer.bare_copy(ready, new_place)
    before = _floors.contents(job)
    _transfer.transfer(job, CLAIMS)
    floor = _floors.floor(before, job, bare, 3)
    after, filled = _floors.contents(job), _floors.contents(bare)
    grown = {table: after[table][0] - count for table, (count, _) in before.items() if after[table][0] > count}

    assert {table: filled[table][0] for table in grown} == {table: after[table][0] for table in grown}
    assert (floor.rows, floor.tables) == (sum(grown.values()), len(grown))
    assert {("office", "claim"), ("office", "journal_row"), ("F0001", "offer_receipt")} <= grown.keys()

    paid = _payments.payments_of(job, CLAIMS)
    for data in (_payments.in_ocr_giro(paid), _payments.in_camt054(paid)):
        place = _transfer.bare_copy(job, new_place)
        _payments.import_file(place, data, CLAIMS)
        with reading(place.open("office")) as connection:
            assert audit(connection, 1) == []
            assert connection.execute(t.payment.select()).all()[CLAIMS - 1].amount_ore


def test_a_poll_finds_nothing_new_in_many_rows(new_place: NewPlace, capsys: pytest.CaptureFixture[str]) -> None:
    polls.measure(new_place, 100, 200)
    assert capsys.readouterr().out.count("BAR") == len(polls.STREAMS)


def test_a_broken_bar_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_bars, "_broken", [])
    _bars.at_most("a job", 4.0, 4)
    _bars.at_least("a reader", 3.0, 3)
    assert _bars.exit_code() == 0
    _bars.at_most("a job", 4.01, 4)
    assert _bars.exit_code() == _bars.BROKEN
    assert [line.rpartition(" ")[2] for line in capsys.readouterr().out.splitlines()] == ["holds", "holds", "BROKEN"]
