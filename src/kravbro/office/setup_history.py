"""The office's history of its set-up: what its subjects are called, and changes that somebody asked for with a reason.

The last change of an item tells what stands in the set-up; the audit compares both.
"""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, Skip
from kravbro.db import setup_changes
from kravbro.db.setup_changes import LONGEST_REASON, Change, Values
from kravbro.office import tables as t


def agreement_subject(account_number: str) -> str:
    """What the changes of a payment agreement are about."""
    return f"agreement {account_number}"


def creditor_subject(creditor: int | str) -> str:
    """What the changes of a creditor and its sub-ledgers are about."""
    return f"creditor {creditor}"


def workflow_subject(code: str) -> str:
    """What the changes of a workflow are about."""
    return f"workflow {code}"


def reason_given(because: str, subject: str) -> str:
    """The reason as it is kept. Raises DataFault `office.setup_reason_missing` or `office.setup_reason_too_long`."""
    because = because.strip()
    if not because:
        raise DataFault("office.setup_reason_missing", subject=subject)
    if len(because) > LONGEST_REASON:
        raise DataFault("office.setup_reason_too_long", subject=subject, longest=LONGEST_REASON)
    return because


def record(  # noqa: PLR0917 - what changed, and who says so why
    connection: sa.Connection, subject: str, before: Values, after: Values, act: Act, because: str = ""
) -> list[str]:
    """Write one change for each item that differs; answers their names. An item that is not there is empty text."""
    written = setup_changes.record(connection, t.counter, [(subject, before, after)], act, because)
    return [item for _, item in written]


def changed(  # noqa: PLR0917 - what changed, and who says so why
    connection: sa.Connection, subject: str, before: Values, after: Values, act: Act, because: str
) -> list[str]:
    """The same for a change that somebody asked for. Raises Skip `office.setup_unchanged` if nothing differs."""
    items = record(connection, subject, before, after, act, because)
    if not items:
        raise Skip("office.setup_unchanged", subject=subject)
    return items


def history(connection: sa.Connection, subject: str) -> list[Change]:
    """Every change of a subject, in order."""
    return setup_changes.changes_of(connection, subject)
