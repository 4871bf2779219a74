"""`kravbro setup`: what it prints, in the reader's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from kravbro.cli.main import main
from tests.bootstrap.setups import EXAMPLE


@pytest.mark.parametrize("words", [("show",), ("history",), ("check", str(EXAMPLE)), ("apply", str(EXAMPLE))])
def test_tables_are_printed_in_every_language(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = str(tmp_path / "site")
    assert main(["setup", "apply", str(EXAMPLE), "--dir", site, "--because", "x"]) == 0
    capsys.readouterr()
    told = set()
    for language in ("nb", "nn", "en"):
        monkeypatch.setenv("KRAVBRO_LANGUAGE", language)
        because = ("--because", "x") if words[0] == "apply" else ()
        assert main(["setup", *words, "--dir", site, *because]) == 0
        told.add(capsys.readouterr().out)

    assert len(told) == 3
