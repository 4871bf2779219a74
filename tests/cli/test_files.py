"""Files named on the command line: what is too large, has no end, or bears a name that a terminal would obey."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kravbro.cli import failure, inbox
from kravbro.cli.main import main
from kravbro.core.errors import DataFault
from tests.formats.ocr_giro_files import file_of, payment

KRAVBRO = [sys.executable, "-m", "kravbro"]
SOUND = file_of(payment())


def test_a_device_is_refused_and_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["payments", "inspect", "/dev/zero"]) == 2
    assert "/dev/zero is no ordinary file" in capsys.readouterr().err


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate((inbox.LARGEST_MIB + 1) * 2**20)
    assert main(["payments", "inspect", str(large)]) == 2
    assert "is larger than 256 MiB" in capsys.readouterr().err


def test_a_pipe_is_read_to_its_end_and_no_further_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LARGEST_MIB", 1)
    for size in (2**20, 2**20 + 1):
        reader, writer = os.pipe()
        path = Path(f"/dev/fd/{reader}")
        with subprocess.Popen(["head", "-c", str(size), "/dev/zero"], stdout=writer) as source:
            os.close(writer)
            if size > 2**20:
                with pytest.raises(DataFault, match="file_too_large"):
                    inbox.read_file(path)
            else:
                assert inbox.read_file(path) == bytes(size)
            os.close(reader)
        assert source.returncode is not None


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31mb", "a\u202eb", "a\udcffb"])
def test_a_name_never_steers_the_terminal(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    escaped = name.encode("unicode_escape").decode()
    path = tmp_path / name
    path.write_bytes(SOUND)
    assert main(["payments", "inspect", str(path)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{tmp_path}/{escaped}: every control holds"
    path.write_bytes(b"<Document/>")
    for words in (["payments", "inspect", str(path)], ["kid", name], ["payments", "inspect", "x" + name]):
        assert main(words) == 2
        printed, told = capsys.readouterr()
        assert printed == ""
        assert told.count("\n") == 1
        assert escaped in told
        assert name not in told


def test_ctrl_c_ends_a_command_quietly(tmp_path: Path) -> None:
    """The command waits for the end of a pipe; nothing but Ctrl-C ends it.

    A shell starts its background jobs deaf to Ctrl-C, and tests may run in one: `env` gives the command its ears back.
    """
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = ["env", "--default-signal=INT", *KRAVBRO, "payments", "inspect", str(pipe)]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as command, pipe.open("wb"):
        command.send_signal(signal.SIGINT)
        _, told = command.communicate(timeout=60)
    assert (command.returncode, told) == (failure.INTERRUPTED, b"")


def test_ctrl_c_while_the_program_starts_is_as_quiet() -> None:
    program = """
import sys
class CtrlC:
    def find_spec(self, name, *_):
        if name == "cyclopts":
            raise KeyboardInterrupt
sys.meta_path.insert(0, CtrlC())
import kravbro.__main__
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (failure.INTERRUPTED, b"", b"")
