"""Every error of the program is provoked for real, and says what it should."""

import contextlib
from pathlib import Path

import pytest

from kravbro.cli import failure
from tests.errors.gallery import CASES, NOT_PROVOKED, Case, load, provokes, show, unprovoked
from tests.tidy.codes import scan


@pytest.mark.parametrize("case", load().values(), ids=lambda case: case.code)
def test_the_error_comes_with_its_code_and_a_sentence_in_every_language(case: Case, tmp_path: Path) -> None:
    shown = show(case, tmp_path)
    kinds = {site.kind for site in scan()[0] if site.code == case.code}

    assert shown.code == case.code
    assert shown.kind in kinds
    assert all(sentence.strip() for sentence in shown.sentences.values())
    assert str(tmp_path) not in "".join(shown.sentences.values())


@pytest.mark.parametrize("case", load().values(), ids=lambda case: case.code)
def test_a_command_says_it_on_standard_error_and_ends_with_the_exit_code_of_the_page(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    shown = show(case, first)
    with contextlib.chdir(second):
        exit_code = failure.guarded(lambda: case.provoke(second))
    out, err = capsys.readouterr()

    assert exit_code == shown.exit_code
    assert out == ""
    assert err.startswith("kravbro: ")


def test_every_code_that_the_program_raises_is_provoked() -> None:
    missing = unprovoked()

    assert not missing, "\n".join(["", "no function in tests/errors provokes:", *missing])


def test_no_case_or_exemption_is_left_of_a_code_that_nobody_raises() -> None:
    raised = {site.code for site in scan()[0]}

    assert load().keys() - raised == set()
    assert NOT_PROVOKED.keys() - raised == set()


def test_a_provocation_that_provokes_nothing_is_caught(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="nothing happened"):
        show(Case("area.code", "area", lambda _: None), tmp_path)


def test_a_code_is_provoked_once() -> None:
    (code, *_) = load()

    with pytest.raises(ValueError, match="twice"):
        provokes(code)(lambda _: None)
    assert code in CASES
