"""What is printed where nobody reads, the disk is full, or the encoding is poor; and in which language."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kravbro.cli import failure, output
from kravbro.cli.main import main
from tests.formats.ocr_giro_files import file_of, payment

KRAVBRO = [sys.executable, "-m", "kravbro"]
COMMANDS = (
    ["--help"],
    ["--version"],
    ["payments"],
    ["payments", "inspect", "OCR.D201126"],
    ["payments", "inspect", "OCR.D201126", "--json"],
    ["kid", "make", "12345678", "--method", "mod10"],
)


@pytest.fixture(autouse=True)
def _a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = payment(type="20", amount_ore=-30_00, kid=None, card_issuer="00", free_text="Ærlig")
    Path("OCR.D201126").write_bytes(file_of(payment(), text))


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_nobody_reads_any_more(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run([*KRAVBRO, *words], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (failure.READER_LEFT, b"")


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_full_disk_is_told_in_one_sentence(words: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([*KRAVBRO, *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == failure.REFUSED
    assert ran.stderr.startswith("kravbro: What this command prints could not be written: No space left on device.")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_standard_output_that_was_closed_is_told_in_one_sentence(words: list[str]) -> None:
    shell = ["sh", "-c", '"$@" >&-', "sh", *KRAVBRO, *words]
    ran = subprocess.run(shell, stderr=subprocess.PIPE, text=True, check=False)
    assert ran.returncode == failure.REFUSED
    assert ran.stderr.startswith("kravbro: What this command prints could not be written: Bad file descriptor.")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full"])
def test_a_standard_error_that_takes_nothing_leaves_the_exit_code(where: str) -> None:
    shell = ["sh", "-c", f'"$@" {where}', "sh", *KRAVBRO, "kid", "check", "123456783", "--method", "mod10"]
    assert subprocess.run(shell, check=False).returncode == 1


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp865"])
def test_a_poor_encoding_gets_plainer_characters_and_the_same_numbers(encoding: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, output.LANGUAGE_VARIABLE: "nb"}
    words = [*KRAVBRO, "payments", "inspect", "OCR.D201126"]
    ran = subprocess.run(words, env=environment, capture_output=True, check=False)
    printed = ran.stdout.decode(encoding)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert " -30,00 " in printed
    assert "?" not in printed
    assert ("Beløp" in printed) == (encoding != "ascii")
    assert subprocess.run([*KRAVBRO, "--help"], env=environment, capture_output=True, check=False).returncode == 0
    listed = subprocess.run([*words, "--json"], env=environment, capture_output=True, check=False)
    assert json.loads(listed.stdout.decode("utf-8"))["count"] == 2


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_name_that_no_encoding_has_is_no_fault_of_the_program(encoding: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    ran = subprocess.run(
        [*KRAVBRO, "payments", "inspect", b"\xff\xc3\xa5"], env=environment, capture_output=True, check=False
    )
    assert ran.returncode == 2
    assert b"does not exist" in ran.stderr


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("nb", "nb"), ("NB", "nb"), ("nb_NO", "nb"), ("no", "nb"), ("nn_NO.UTF-8", "nn"), ("nn-NO", "nn"),
        ("en_GB", "en"), ("", "en"), ("C.UTF-8", "en"), ("POSIX", "en"),
    ],
)  # fmt: skip
def test_a_language_is_known_by_every_name_that_systems_give_it(
    wanted: str, spoken: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(output.LANGUAGE_VARIABLE, wanted)
    assert output.language() == spoken
    assert main(["kid", "make", "12345678", "--method", "mod10"]) == 0
    assert capsys.readouterr().err == ""


def test_a_language_that_is_not_shipped_is_said_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(output.LANGUAGE_VARIABLE, "de_DE")
    assert main(["kid", "make", "12345678", "--method", "mod10"]) == 0
    printed, told = capsys.readouterr()
    assert printed == "123456782\n"
    assert told.startswith("kravbro: KRAVBRO_LANGUAGE is de_DE, which Kravbro does not speak; English is used.")
    assert told.count("\n") == 1
