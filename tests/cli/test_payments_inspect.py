"""`kravbro payments inspect` from outside: a sound file listed, a faulty one refused whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kravbro import __version__
from kravbro.cli import failure, output
from kravbro.cli.main import main
from kravbro.core.errors import Retry
from tests.formats.ocr_giro_files import file_of, payment

PAYMENTS = (
    payment(amount_ore=100_00),
    payment(type="18", amount_ore=-30_00, card_issuer="00", debit_account=None, bank_date=None),
    payment(type="12", sign="-", amount_ore=-1_00, kid=None, reference="001020169"),
)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no installation is, whatever `make demo` has left in the folder of the tests."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "OCR.D201126"
    path.write_bytes(file_of(*PAYMENTS))
    return path


def test_json_is_exactly_this(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["payments", "inspect", str(file), "--json"]) == 0
    printed, told = capsys.readouterr()
    assert told == ""
    row = {
        "kid": "123456782",
        "bank_date": "2026-11-19",
        "settlement_date": "2026-11-20",
        "reference": "099038562",
        "debit_account": "86011117947",
    }
    assert json.loads(printed) == {
        "format": "ocr_giro",
        "count": 3,
        "total_ore": 129_00,
        "net_ore": 69_00,
        "transactions": [
            row | {"amount_ore": 100_00, "type": "10"},
            row | {"amount_ore": -30_00, "type": "18", "bank_date": None, "debit_account": None},
            row | {"amount_ore": -1_00, "type": "12", "kid": None, "reference": "001020169"},
        ],
        "compared": None,
    }


def test_the_same_file_gives_the_same_bytes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = []
    for _ in range(2):
        main(["payments", "inspect", str(file), "--json"])
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert printed[0].count("\n") == 1


def test_the_table_lists_every_check_and_every_transaction(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["payments", "inspect", str(file)]) == 0
    printed, told = capsys.readouterr()
    assert told == ""
    for wanted in (
        "every control holds",
        "agreement 001008566",
        "account 9999 10 42764",
        "1-3",
        "2026-11-20 - 2026-11-20",
        "129,00",
        "123456782   MOD10",
        "−30,00",
        "8601111",
        "net to the payee kr 69,00",
    ):
        assert wanted in printed
    assert len([line for line in printed.splitlines() if "099038562" in line or "001020169" in line]) == len(PAYMENTS)


def test_a_wrong_kid_is_a_finding_and_not_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wrong kid"
    path.write_bytes(file_of(payment(kid="123456783"), payment(kid="123456785"), payment(kid="18")))
    assert main(["payments", "inspect", str(path)]) == 0
    listed = [line.split()[1:3] for line in capsys.readouterr().out.splitlines() if "86011117947" in line]
    assert listed == [["123456783", "neither"], ["123456785", "MOD11"], ["18", "MOD10"]]


def test_a_faulty_file_is_refused_whole(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"12900201126", b"12901201126"))
    ran = subprocess.run(
        [sys.executable, "-m", "kravbro", "payments", "inspect", str(file), "--json"], capture_output=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, b"")
    told = ran.stderr.decode()
    assert told.count("\n") == 1
    assert told.startswith(f"kravbro: {file}, line 9: total_amount (25-41) says 00000000000012901")


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("missing", None, "does not exist"),
        ("other.xml", b"<Document/>", "this is no payment file (camt.054) that Kravbro knows"),
        ("pipe", b"NX000010", "line 1: this is no OCR giro file"),
        ("garbage", bytes(range(256)), "line 1: this is no OCR giro file"),
        ("empty", b"", "line 1: the file holds no records"),
    ],
)
def test_what_is_no_payment_file(
    tmp_path: Path, name: str, content: bytes | None, wanted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert main(["payments", "inspect", str(path)]) == 2
    printed, told = capsys.readouterr()
    assert printed == ""
    assert f"{path}" in told
    assert wanted in told


def test_a_folder_is_named_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["payments", "inspect", str(tmp_path)]) == 2
    assert "is a folder" in capsys.readouterr().err


def test_nobody_reads_standard_output_any_more(file: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        [sys.executable, "-m", "kravbro", "payments", "inspect", str(file)],
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert (ran.returncode, ran.stderr) == (failure.READER_LEFT, b"")


def test_the_program_itself_tells_its_version_and_starts_without_slow_libraries() -> None:
    program = "import sys; from kravbro.cli.main import main; main(['--version']); print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == f"{__version__}\n"
    assert "kravbro.formats.ocr_giro" not in ran.stderr
    assert "sqlalchemy" not in ran.stderr


def fail() -> None:
    raise ZeroDivisionError("three kroner by none")


def test_an_error_that_nobody_foresaw_is_named_and_not_swallowed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(failure.TRACEBACK_VARIABLE, raising=False)
    assert failure.guarded(fail) == 70
    told = capsys.readouterr().err
    assert told.startswith("kravbro: ZeroDivisionError: three kroner by none.")
    assert "Traceback" not in told
    assert failure.guarded(fail, traceback=True) == 70
    assert "in fail" in capsys.readouterr().err
    monkeypatch.setenv(failure.TRACEBACK_VARIABLE, "1")
    assert failure.guarded(fail) == 70
    assert "in fail" in capsys.readouterr().err


def test_traceback_is_an_option_of_every_command(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def listen(command: Callable[[], int], *, traceback: bool = False) -> int:
        asked.append(traceback)
        return command()

    monkeypatch.setattr(failure, "guarded", listen)
    assert main(["payments", "inspect", str(file), "--json", "--traceback"]) is None
    assert asked == [False, True]


def retry() -> None:
    raise Retry("cli.file_missing", file="the ledger")


def test_a_refused_command_is_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert failure.guarded(retry) == 1
    assert "the ledger" in capsys.readouterr().err


def test_progress_is_silent_when_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with output.progress("counting", 2) as done:
        done(2)
    assert capsys.readouterr() == ("", "")


def test_dates_in_json_are_iso(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json({"b": date(2026, 11, 20), "a": None})
    assert capsys.readouterr().out == '{"a":null,"b":"2026-11-20"}\n'
