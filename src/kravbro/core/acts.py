"""Who does something, and when: passed into every command, because nothing below the command line reads a clock."""

from __future__ import annotations

from datetime import date, datetime

import msgspec


class Act(msgspec.Struct, frozen=True):
    """One doing: the person or job behind it, the business date it counts for, and the moment (UTC) it is written.

    `on` decides rules and bookkeeping; `at` is only ever shown, and no result depends on it.
    """

    actor: str
    on: date
    at: datetime
