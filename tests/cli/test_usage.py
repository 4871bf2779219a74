"""Commands that were typed wrongly: one whole sentence in the user's language, with the word that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.bootstrap.demo.run import Demo, set_up
from kravbro.bootstrap.demo.world import DEMO_DATE, SMALL
from kravbro.bridge.joined import PAGE
from kravbro.cli.main import main
from kravbro.cli.output import LANGUAGE_VARIABLE
from kravbro.db.places import place_at
from kravbro.engine.clock import FixedClock
from kravbro.texts.sentences import LANGUAGES

WRONG = {
    "nothing": "nothing",
    "--bogus": "--bogus",
    "kid mint": "mint",
    "kid --bogus": "--bogus",
    "kid check": "KID",
    "kid make 1234": "--method",
    "kid make 1234 --method": "--method",
    "kid make 1234 --method mod97": "mod97",
    "kid make 12 34 --method mod10": "34",
    "kid make 1234 --metod mod10": "--metod",
    "kid make 1234 --method mod10 --method mod11": "--method",
    "kid make 1234 --method mod10 --json=3": "3",
    "payments place x 1-000001": "x",
    "payments place 1 1-000001 --money stolen": "stolen",
    "payments place 1 1-000001 --order principal,costs": "principal,costs",
    "payments unplaced --creditor x": "x",
    "payments unplaced --creditor 99999999999999999999": "99999999999999999999",
    "claims ready --on 2026-02-30": "2026-02-30",
    "claims ready --on 1989-12-31": "1989-12-31",
    "claims ready --on 2101-01-01": "2101-01-01",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", WRONG)
def test_the_sentence_is_whole_and_names_the_word(
    typed: str, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(LANGUAGE_VARIABLE, language)
    assert main(typed.split()) == 2
    printed, told = capsys.readouterr()
    assert printed == ""
    assert told.count("\n") == 1
    assert WRONG[typed] in told
    for jargon in ("Token", "Parameter", "Invalid", "[", "unable"):
        assert jargon not in told
    if language != "en":
        assert not {"the", "is", "must"} & set(told.replace(",", " ").replace(".", " ").split())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("usage") / "site"
    set_up(Demo(place_at(folder), FixedClock(DEMO_DATE), SMALL, PAGE))
    return folder


def test_a_creditor_that_is_not_there_is_named_beside_those_that_are(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["payments", "unplaced", "--creditor", "99", "--dir", str(site)]) == 2
    assert f"There is no creditor 99 in {site}. The creditors there are: 1, 2." in capsys.readouterr().err
    assert main(["payments", "unplaced", "--creditor", "1", "--dir", str(site)]) == 0
