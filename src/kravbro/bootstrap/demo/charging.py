"""What a case handler of the demo charges and waives on claims, by the commands of `kravbro cases`: one of each kind;
and a claim that no ledger has, by `kravbro claims register`.

Each act has an id of its own, so that doing it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec

from kravbro.bootstrap.demo.people import person
from kravbro.bootstrap.demo.world import FEES
from kravbro.core.acts import Act
from kravbro.core.allocation_orders import Part
from kravbro.core.claims import Letter, LetterKind
from kravbro.core.fees.charges import ChargeKind, Cost
from kravbro.core.statute.law import Statute
from kravbro.db.engines import Connection
from kravbro.office.adjustments.costs import register_cost
from kravbro.office.adjustments.late_interest import charge_interest
from kravbro.office.adjustments.waiving import undo, waive
from kravbro.office.ledgerless.registering import NewClaim, Registered, register_claim
from kravbro.office.manual.acts import Why
from kravbro.office.queries.cases import AcceptedClaim

BOARD_FEE_ORE, ATTACHMENT_FEE_ORE, WAIVED_ORE = 2_071_00, 928_00, 100_00
"""The most that the law of 2026 lets a debtor be asked for, of two fees; and some of the interest that was charged."""
SLIP, WITH_FEES, CHARGED, AT_THE_BOARD = 6, 8, 11, 12
"""The places of claims on which principal is left, however large the municipality is."""

JUDGED_ORE, DUE = 8_400_00, date(2026, 8, 3)
NOTICE = Letter(LetterKind.NOTICE, date(2026, 9, 14), date(2026, 9, 30))
STRANGER = 19_999
"""Who owes what a court has judged, and is nobody's customer."""


def charge_and_waive(connection: Connection, claims: Sequence[AcceptedClaim], statute: Statute, act: Act) -> int:
    """A complaint to the conciliation board, interest charged and partly let go, a fee waived, and a cost that was
    put on the wrong case; answers how many acts that were.
    """
    complaint = Cost(ChargeKind.CONCILIATION_BOARD, BOARD_FEE_ORE, act.on, "F-17/2026")
    why = Why("forliksklage sendt", "demo complaint")
    register_cost(connection, claims[AT_THE_BOARD].case_number, complaint, why, statute, act)
    charged, with_fees = claims[CHARGED], claims[WITH_FEES]
    why = Why("skyldneren vil gjøre opp", "demo interest")
    charge_interest(connection, charged.case_number, act.on, why, statute, act)
    why = Why("etter avtale om oppgjør", "demo interest waived")
    waive(connection, charged.case_number, Part.INTEREST, WAIVED_ORE, why, act)
    why = Why("varselet gikk til feil adresse", "demo fees waived")
    waive(connection, with_fees.case_number, Part.FEES, None, why, act, with_fees.invoice_no)
    wrong = Cost(ChargeKind.ATTACHMENT, ATTACHMENT_FEE_ORE, act.on, "U-4/2026")
    why = Why("utleggsbegjæring sendt", "demo wrong cost")
    slip = register_cost(connection, claims[SLIP].case_number, wrong, why, statute, act)
    undo(connection, slip.act, Why("gjaldt en annen sak", "demo undone"), act)
    return 6


def register_judgment(connection: Connection, creditor: int, statute: Statute, act: Act) -> Registered:
    """Register what a judgment says that somebody owes who is in no ledger."""
    debtor = msgspec.structs.replace(person(STRANGER), customer_no=0)
    given = NewClaim(creditor, debtor, JUDGED_ORE, DUE, "DOM-17/2026", "26-041873TVI", type=FEES, letters=(NOTICE,))
    return register_claim(connection, given, Why("dom i tingretten", "demo judgment"), statute, act)
