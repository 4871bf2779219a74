"""The one place where an error becomes a message on standard error and an exit code."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from traceback import print_exception

from cyclopts import CycloptsError

from kravbro.cli.output import language
from kravbro.core.errors import DataFault, KravbroError
from kravbro.texts.sentences import explain, sentence

DONE = 0
REFUSED = 1
"""The command as a whole was refused, or differences were found."""
BAD_INPUT = 2
"""Bad input, bad usage, or law that is missing."""
UNEXPECTED = 70
"""A fault of the program itself (EX_SOFTWARE of sysexits.h)."""
INTERRUPTED = 130
"""The user pressed Ctrl-C (128 + SIGINT, as in a shell). What was committed stays; run the command again."""
READER_LEFT = 141
"""Whoever read standard output stopped reading (128 + SIGPIPE, as in a shell)."""

_PASSWORD = re.compile(r"(://[^\s:@/]*):\S*@")
"""What stands between the user and the host of an address."""

TRACEBACK_VARIABLE = "KRAVBRO_TRACEBACK"


def guarded(command: Callable[[], object], *, traceback: bool = False) -> int:
    """Run a command; its answer is the exit code if it is a number, else 0. No error passes: each becomes a message.

    An error that nobody foresaw is named in one line, and shown whole if `traceback` is set or the environment
    variable KRAVBRO_TRACEBACK is 1.
    """
    try:
        answer = command()
        sys.stdout.flush()
    except BrokenPipeError:
        return _leave_quietly()
    except KravbroError as error:
        _say(explain(error, language()))
        return BAD_INPUT if isinstance(error, DataFault) else REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except CycloptsError as error:
        _say(sentence("cli.usage", {"problem": str(error).strip()}, language()))
        return BAD_INPUT
    except Exception as error:  # noqa: BLE001 - the outermost frame of the program: everything is told, then it ends
        if traceback or os.environ.get(TRACEBACK_VARIABLE) == "1":
            print_exception(error)
        _say(sentence("cli.unexpected", {"exception": type(error).__name__, "detail": _detail(error)}, language()))
        return UNEXPECTED
    return answer if isinstance(answer, int) else DONE


def _detail(error: Exception) -> str:
    """One line of what an unforeseen error says: the database's own words without the statement and its values."""
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return lines[0] if lines else ""


def _say(message: str) -> None:
    """Print a message, and no password: whoever typed an address in the wrong place is shown it without."""
    shown = _PASSWORD.sub(r"\1@", message)
    sys.stderr.write(f"kravbro: {shown}\n")


def _leave_quietly() -> int:
    """Let Python close standard output at its end without a second complaint about the broken pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return READER_LEFT
