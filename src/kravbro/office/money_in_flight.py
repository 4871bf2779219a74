"""Money on claims that the ledger has not booked yet: what a claim waits for before it can be given back."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
import sqlalchemy as sa

from kravbro.core.vouchers import Fate
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.journals import POSTED_KINDS
from kravbro.office.ledgerless.known import accounts_of_ledgerless
from kravbro.office.manual.outside import outstanding


class Awaited(msgspec.Struct, frozen=True):
    """A journal with money on a claim, and the voucher that carries it; without a voucher it is in no approved one.

    Without a journal it is money that the ledger gets another way, and has not told of yet (øre of its principal).
    """

    journal: int
    voucher: str
    state: str
    untold_ore: int = 0


def in_flight(connection: sa.Connection, claims: Collection[int]) -> dict[int, list[Awaited]]:
    """What each of these claims waits for, in order of journal; a claim whose money is all booked is not in the answer.

    Booked is what a posted voucher carries. What is left out of posting never will be, and is not waited for; what the
    ledger rejected or deleted is, since it must be delivered again. What was registered as booked by the ledger itself
    is waited for until the ledger tells of it: afterwards it would tell nobody. Of one without a ledger it never does.
    """
    journal, row, line, voucher = t.journal.c, t.journal_row.c, t.voucher_line.c, t.voucher.c
    in_voucher = sa.and_(
        line.journal == row.journal,
        line.row_no == row.row_no,
        line.creditor == journal.creditor,
        line.posting == journal.posting,
    )
    its_voucher = sa.and_(
        voucher.creditor == line.creditor, voucher.posting == line.posting, voucher.ordinal == line.ordinal
    )
    excluded = sa.exists().where(t.posting_exclusion.c.journal == journal.number)
    untold, own = outstanding(connection, claims), accounts_of_ledgerless(connection, claims)
    found = {
        claim: [Awaited(0, "", "", untold_ore)]
        for claim, untold_ore in sorted(untold.items())
        if untold_ore > 0 and claim not in own
    }
    for some in portions(sorted(set(claims))):
        waiting = (
            sa.select(row.claim, journal.number, voucher.key, voucher.state)
            .join(t.journal, journal.number == row.journal)
            .outerjoin(t.voucher_line, in_voucher)
            .outerjoin(t.voucher, its_voucher)
            .where(
                row.claim.in_(some),
                journal.kind.in_(POSTED_KINDS),
                sa.not_(excluded),
                sa.or_(voucher.state.is_(None), voucher.state != Fate.POSTED.value),
            )
            .distinct()
            .order_by(row.claim, journal.number)
        )
        for claim, number, key, state in connection.execute(waiting):
            found.setdefault(claim, []).append(Awaited(number, key or "", state or ""))
    return found
