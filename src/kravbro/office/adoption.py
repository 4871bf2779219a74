"""After a part of an installation was put back from an older copy: what the office takes note of.

Numbers that the ledger has seen are never given out again, and what the ledger lost is told anew.
"""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.db.columns import written
from kravbro.db.counters import burn, last_taken
from kravbro.office import tables as t
from kravbro.office.creditors import office_installation, scope

CASE_NUMBER = "case_number"
MOST_BY_HAND = 1_000
"""More claims than people register by hand between two backups."""
FARTHEST = 100_000
"""More cases than a creditor gets between two backups: a case number beyond is mistyped, and uses up the series."""


def burn_seen(  # noqa: PLR0917 - whose, the three things that were seen, and who says so why
    connection: sa.Connection,
    creditor: int,
    receipt: int,
    case_numbers: Iterable[str],
    voucher_keys: Iterable[str],
    because: str,
    act: Act,
) -> int:
    """Move the creditor's series past the highest receipt, case number and voucher key that its ledger has seen.

    The case KID follows the case number. Numbers that are not of this office's making say nothing, and those that rows
    have here are used. Answers how many numbers were burnt.
    """
    own = f"{office_installation(connection)}-{creditor}-"
    highest = {
        "receipt": receipt,
        CASE_NUMBER: max(_serials(f"{creditor}-", case_numbers), default=0),
        "voucher": max(_serials(own, voucher_keys), default=0),
    }
    of_creditor = sa.select(t.receipt.c.number).where(t.receipt.c.creditor == creditor)
    used = {
        "receipt": set(connection.execute(of_creditor).scalars()),
        CASE_NUMBER: set(_serials(f"{creditor}-", connection.execute(sa.select(t.case.c.number)).scalars())),
    }
    return sum(
        burn(connection, t.counter, name, scope(creditor), up_to, because, act, used.get(name, set()))
        for name, up_to in highest.items()
    )


def refuse_strange(connection: sa.Connection, creditors: Iterable[int], case_numbers: Iterable[str]) -> None:
    """Raise DataFault `site.last_case` for a case number that none of these creditors can have by now."""
    last = {creditor: last_taken(connection, t.counter, CASE_NUMBER, scope(creditor)) for creditor in creditors}
    for number in case_numbers:
        creditor, _, end = number.partition("-")
        own = next((one for one in last if str(one) == creditor), None)
        if own is None or not (end.isascii() and end.isdecimal()) or int(end) > last[own] + FARTHEST:
            raise DataFault("site.last_case", case=number, farthest=FARTHEST)


def burn_unseen(connection: sa.Connection, creditor: int, transactions: int, because: str, act: Act) -> int:
    """Move the creditor's case numbers on past those that were given in lost transactions to claims without a ledger.

    Nobody but their debtors knows these, and each took one transaction at least. Answers how many were burnt.
    """
    own = scope(creditor)
    up_to = last_taken(connection, t.counter, CASE_NUMBER, own) + min(transactions, MOST_BY_HAND)
    return burn(connection, t.counter, CASE_NUMBER, own, up_to, because, act)


def note_lost_receipts(
    connection: sa.Connection, creditor: int, numbers: Iterable[int], because: str, act: Act
) -> None:
    """These voucher receipts were told in a history that the ledger lost; those noted before stay as they are."""
    gone = t.lost_voucher_receipt
    known = set(connection.execute(sa.select(gone.c.number).where(gone.c.creditor == creditor)).scalars())
    rows = [
        {"creditor": creditor, "number": number, "because": because, **written(act)}
        for number in sorted({*numbers} - known)
    ]
    if rows:
        connection.execute(sa.insert(gone), rows)


def _serials(begin: str, names: Iterable[str]) -> list[int]:
    """The numbers that stand behind `begin`."""
    ends = (name.removeprefix(begin) for name in names if name.startswith(begin))
    return [int(end) for end in ends if end.isascii() and end.isdecimal()]
