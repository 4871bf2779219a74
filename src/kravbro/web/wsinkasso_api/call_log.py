"""The service's log: one line of JSON for each call, and for each thing that is wrong with the service itself.

No line has a name, an amount or a number of anybody. Of an error that nobody foresaw the line has its kind and the way
through the program, and not what it said: it may quote what somebody sent.
"""

from __future__ import annotations

import logging
import traceback
from typing import IO, Any

import msgspec

from kravbro.engine.clock import Clock

LOGGER = logging.getLogger("kravbro.wsinkasso")
LOGGER.addHandler(logging.NullHandler())
_LIBRARIES = ("uvicorn", "asyncio")


class Called(msgspec.Struct):
    """A call as the log tells it; filled in as far as it came."""

    address: str = ""
    login: str = ""
    function: str = ""
    company: int | None = None
    rows: int = 0
    """Rows that were sent, or that were answered."""
    bytes_in: int = 0
    bytes_out: int = 0
    ms: int = 0
    status: int = 0
    outcome: str = "done"
    """`done`, the code of the refusal, or `gone` when the caller left."""
    reference: str = ""


def tell(called: Called) -> None:
    """One line for a call."""
    LOGGER.info("call", extra={"fields": msgspec.structs.asdict(called)})


def tell_of_unexpected(error: BaseException, reference: str) -> None:
    """One line for an error that nobody foresaw: the kinds of it and of its causes, and where each arose."""
    LOGGER.error("unexpected", extra={"fields": {"reference": reference, "trace": _trace(error)}})


def tell_operator(sentence: str, code: str, reference: str) -> None:
    """One line for what is wrong at the ledger, which the caller is told of by its code only."""
    LOGGER.warning("ledger", extra={"fields": {"reference": reference, "code": code, "sentence": sentence}})


def _trace(error: BaseException) -> list[str]:
    lines: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        steps = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(seen.__traceback__)]
        lines += [type(seen).__name__, *steps]
        seen = seen.__cause__ or seen.__context__
    return lines


class JsonLines(logging.Formatter):
    """A record as one line of JSON; what a library logs, likewise, and of its exceptions only their kinds."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        fields: dict[str, Any] = getattr(record, "fields", {})
        line = {"at": self._clock.now().isoformat(timespec="milliseconds"), "event": record.getMessage(), **fields}
        if record.name != LOGGER.name:
            line["source"] = record.name
        if record.exc_info and record.exc_info[1]:
            line["trace"] = _trace(record.exc_info[1])
        return msgspec.json.encode(line).decode()


def start_log(stream: IO[str], clock: Clock) -> None:
    """Write the log to a stream, a line each; of libraries only what is wrong."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines(clock))
    for name, level in ((LOGGER.name, logging.INFO), *((one, logging.WARNING) for one in _LIBRARIES)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
