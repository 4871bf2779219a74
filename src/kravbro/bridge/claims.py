"""Claims, ledger -> collector: a queue of offers, not a cursor.

The ledger answers every offer without a receipt; the number only pages one run. An offer that waits is simply offered
again next time, and its ledger may show what it waits for. One that was answered before a kill is known to the
collector, and its receipt follows by its stream.
"""

from __future__ import annotations

from kravbro.bridge.cursor import Carried, OnPage, silently
from kravbro.bridge.joined import Joined
from kravbro.core.errors import DataFault
from kravbro.ports.waiting import ShowsWaiting

STREAM = "claims"


def carry_claims(joined: Joined, company: int, on_page: OnPage = silently) -> Carried:
    """Offer every claim that is ready; the collector judges, makes cases, and writes receipts."""
    carried = Carried(STREAM, company)
    after = 0
    while offers := joined.ledger.ready_claims(company, after, joined.page):
        last = offers[-1].number
        if last <= after:
            raise DataFault("bridge.rows_out_of_order", stream=STREAM, number=last, before=after)
        delivered = joined.collector.accept_claims(company, offers)
        if delivered.waits and isinstance(joined.ledger, ShowsWaiting):
            joined.ledger.show_waiting(company, delivered.waits)
        carried = carried.plus(len(offers), delivered)
        after = last
        on_page(carried)
    return carried
