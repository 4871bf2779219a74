"""The closed list: which statements a server takes, and what it has been told.

What drivers and SQLAlchemy say of themselves when they connect stands here; what the program says is given by the test.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from tests.tds.faults import NOT_LISTED, Fault
from tests.tds.shapes import shape

VERSION = "Microsoft SQL Server 2022 (test) - 16.0.4100.1 (X64)"
_ANSWERS: tuple[tuple[re.Pattern[str], tuple[str, str | int]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), answer)
    for pattern, answer in (
        (r"select @@version", ("version", VERSION)),
        (r"SELECT CAST\('test max support' AS NVARCHAR\(max\)\)", ("", "test max support")),
        (r"SELECT 1 FROM fn_listextendedproperty\(.*\)", ("", 1)),
        (r"SELECT 1", ("", 1)),
        (r"SELECT schema_name\(\)", ("", "dbo")),
        (r"select name from sys\.system_views where name in .*", ("name", "dm_exec_sessions")),
        (r"select case transaction_isolation_level .*", ("transaction_isolation_level", "READ COMMITTED")),
    )
)
_ABOUT_THE_SESSION = re.compile(
    r"(SET|BEGIN TRAN(SACTION)?|COMMIT|ROLLBACK|SAVE TRAN(SACTION)?|USE"
    r"|IF @@TRANCOUNT (> 0 (COMMIT|ROLLBACK)|= 0 BEGIN))\b.*",
    re.IGNORECASE | re.DOTALL,
)


class Listing:
    """Statements by their shapes, and how often each was said. With None, everything is taken that is understood."""

    def __init__(self, statements: Iterable[str] | None) -> None:
        self._shapes = None if statements is None else {shape(one) for one in statements}
        self.said: Counter[str] = Counter()

    def is_programs(self, text: str) -> bool:
        """Whether a statement is the program's own work: not about the session, a lock, or the server."""
        plain = " ".join(text.split())
        about = _ABOUT_THE_SESSION.fullmatch(plain) or "sp_getapplock" in plain or "snapshot_isolation_state" in plain
        return not about and self.answer(plain) is None

    def require(self, text: str) -> None:
        """Raises Fault 50000 for a statement that is not in the list."""
        plain = " ".join(text.split())
        if _ABOUT_THE_SESSION.fullmatch(plain) or self.answer(plain) is not None:
            return
        found = shape(text)
        self.said[found] += 1
        if self._shapes is not None and found not in self._shapes:
            raise Fault(NOT_LISTED, f"This statement is not in the closed list: {found}")

    def answer(self, text: str) -> tuple[str, str | int] | None:
        """Name and value that answer what a driver or SQLAlchemy asks about the server itself."""
        plain = " ".join(text.split())
        return next((answer for pattern, answer in _ANSWERS if pattern.fullmatch(plain)), None)
