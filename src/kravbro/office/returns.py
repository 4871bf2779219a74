"""Giving claims back: the creditor withdraws one, the office returns one, or closes a case unpaid.

A claim leaves in two steps. From the first nothing is collected on it and no money is put on it. The second, with the
receipt that tells the ledger, comes when everything received on it is booked there: at once, or with the fate of the
last voucher. So both sides have the same movements of it when it is gone. See docs/algorithms/returns.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import count
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import ClaimState, Outcome, Reason, Receipt, ReturnReason
from kravbro.core.errors import DataFault, Skip
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.caseload import Caseload, ClaimOnTable
from kravbro.office.codes import known
from kravbro.office.creditors import scope
from kravbro.office.ledgerless.known import accounts_of_ledgerless
from kravbro.office.money_in_flight import Awaited, in_flight
from kravbro.office.return_tables import claim_return

LONGEST_REASON = 200
STEPS = {Outcome.WITHDRAWN: "withdraw", Outcome.RETURNED: "return"}
LEAVES, GONE_EVENTS = "claim_leaves", {Outcome.WITHDRAWN: "claim_withdrawn", Outcome.RETURNED: "claim_returned"}
"""Events of a case: one when a claim begins to leave, with invoice and reason, and one when it is gone."""
RECEIPT_COLUMNS = (
    "creditor", "number", "offer", "entry", "outcome", "answered_on", "case_number", "case_kid", "reasons", "warnings",
    "fingerprint",
)  # fmt: skip
_OUTCOMES = {outcome.value: outcome for outcome in STEPS}


class Wish(msgspec.Struct, frozen=True):
    """That a claim is to be given back: on whose word, why, and under which number the ledger asked, if it did."""

    outcome: Outcome
    reason: ReturnReason
    because: str
    withdrawal: int | None = None


class Leaving(msgspec.Struct, frozen=True):
    """A claim on its way out, or gone: its state now, and the money that must be booked before it is given back."""

    invoice_no: str
    entry: int
    state: str
    awaits: tuple[Awaited, ...]


def give_back(
    connection: sa.Connection, case_number: str, wish: Wish, act: Act, invoice_no: str | None = None
) -> list[Leaving]:
    """Give back the claims of a case that are collected, or those on one invoice; answers how far each has come.

    Raises DataFault `office.no_such_case`, `office.no_such_invoice`, `office.return_reason_missing`,
    `office.return_reason_too_long`; Skip `office.nothing_to_give_back` if nothing of that is collected.
    """
    because = wish.because.strip()
    if not because:
        raise DataFault("office.return_reason_missing", case=case_number)
    if len(because) > LONGEST_REASON:
        raise DataFault("office.return_reason_too_long", case=case_number, longest=LONGEST_REASON)
    case = connection.execute(sa.select(t.case.c.id).where(t.case.c.number == case_number)).scalar()
    if case is None:
        raise DataFault("office.no_such_case", case=case_number)
    caseload = Caseload()
    caseload.load(connection, [case])
    named = [one for one in caseload.cases[case].claims if invoice_no in {None, one.invoice_no}]
    if not named:
        raise DataFault("office.no_such_invoice", invoice=invoice_no or "", case=case_number)
    collected = [one for one in named if one.state == ClaimState.REGISTERED]
    if not collected:
        states = ", ".join(sorted({one.state for one in named}))
        raise Skip("office.nothing_to_give_back", case=case_number, states=states)
    wish = msgspec.structs.replace(wish, because=because)
    let_leave(connection, caseload, [(one, wish) for one in collected], act)
    caseload.save(connection, act)
    return how_far(connection, [one.id for one in collected])


def how_far(connection: sa.Connection, claims: Collection[int]) -> list[Leaving]:
    """How far claims have come on their way out, in order of claim."""
    flight = in_flight(connection, claims)
    found = []
    for some in portions(sorted(claims)):
        columns = (t.claim.c.id, t.claim.c.invoice_no, t.claim.c.entry, t.claim.c.state)
        chosen = sa.select(*columns).where(t.claim.c.id.in_(some)).order_by(t.claim.c.id)
        for number, invoice_no, entry, state in connection.execute(chosen):
            awaits = tuple(flight.get(number, ())) if state == ClaimState.LEAVING else ()
            found.append(Leaving(invoice_no, entry, state, awaits))
    return found


def let_leave(
    connection: sa.Connection,
    caseload: Caseload,
    wishes: Sequence[tuple[ClaimOnTable, Wish]],
    act: Act,
    told: Mapping[int, Receipt] | None = None,
) -> None:
    """Let claims leave, in this order; those whose money is all booked are gone at once. The caller saves the table.

    `told` are receipts by claim that the ledger has of it already: their numbers and days are used again.
    """
    if not wishes:
        return
    flight = in_flight(connection, [claim.id for claim, _ in wishes])
    first = take(connection, t.counter, "claim_return", len(wishes))
    rows, gone = [], []
    for number, (claim, wish) in enumerate(wishes, first):
        caseload.note(claim.case, LEAVES, f"{claim.invoice_no}: {wish.because}"[:LONGEST_REASON])
        caseload.step(claim, "leave")
        row = (
            number, claim.id, wish.outcome.value, wish.reason.value, wish.because, act.on, wish.withdrawal, act.actor,
        )  # fmt: skip
        rows.append((*row[:-1], contents.of_row(row)))
        if claim.id not in flight:
            _be_gone(caseload, claim, wish.outcome)
            gone.append((claim, wish))
    insert_rows(connection, claim_return, (*contents.CLAIM_RETURN[:-1], "fingerprint"), rows, act)
    _write_receipts(connection, gone, act, told or {})


def let_go(connection: sa.Connection, claims: Sequence[int], act: Act) -> None:
    """Give back those of these leaving claims whose money is all booked by now, in this order."""
    flight = in_flight(connection, claims)
    ready = [claim for claim in claims if claim not in flight]
    if not ready:
        return
    wishes = _wishes(connection, ready)
    caseload = Caseload()
    cases: set[int] = set()
    for some in portions(ready):
        cases |= set(connection.execute(sa.select(t.claim.c.case).where(t.claim.c.id.in_(some))).scalars())
    caseload.load(connection, cases)
    gone = [(caseload.claims[claim], wishes[claim]) for claim in ready]
    for claim, wish in gone:
        _be_gone(caseload, claim, wish.outcome)
    _write_receipts(connection, gone, act, {})
    caseload.save(connection, act)


def let_go_after_posting(connection: sa.Connection, creditor: int, keys: Sequence[str], act: Act) -> None:
    """Give back the claims that only waited for these vouchers of a creditor, which are posted now, in this order.

    A claim that waited for several goes with the last of them: how many fates are told at once changes nothing.
    """
    line, voucher, row = t.voucher_line.c, t.voucher.c, t.journal_row.c
    same = sa.and_(line.creditor == voucher.creditor, line.posting == voucher.posting, line.ordinal == voucher.ordinal)
    place = {key: number for number, key in enumerate(keys)}
    last: dict[int, int] = {}
    for some in portions(place):
        leaving = (
            sa.select(voucher.key, row.claim)
            .join(t.voucher_line, same)
            .join(t.journal_row, sa.and_(row.journal == line.journal, row.row_no == line.row_no))
            .join(t.claim, t.claim.c.id == row.claim)
            .where(voucher.creditor == creditor, voucher.key.in_(some), t.claim.c.state == ClaimState.LEAVING.value)
            .distinct()
        )
        for key, claim in connection.execute(leaving):
            last[claim] = max(last.get(claim, 0), place[key])
    let_go(connection, sorted(last, key=lambda claim: (last[claim], claim)), act)


def let_go_after_exclusion(connection: sa.Connection, journals: Collection[int], act: Act) -> None:
    """Give back the claims that only waited for these journals, which are left out of posting now."""
    row = t.journal_row.c
    leaving: set[int] = set()
    for some in portions(sorted(journals)):
        chosen = sa.select(row.claim).join(t.claim, t.claim.c.id == row.claim)
        here = (row.journal.in_(some), t.claim.c.state == ClaimState.LEAVING.value)
        leaving |= set(connection.execute(chosen.where(*here)).scalars())
    let_go(connection, sorted(leaving), act)


def let_go_if_booked(connection: sa.Connection, claims: Sequence[int], act: Act) -> None:
    """Give back those of these claims that are leaving and whose money is all booked by now, in this order."""
    leaving: set[int] = set()
    for some in portions(claims):
        here = (t.claim.c.id.in_(some), t.claim.c.state == ClaimState.LEAVING.value)
        leaving |= set(connection.execute(sa.select(t.claim.c.id).where(*here)).scalars())
    let_go(connection, [claim for claim in claims if claim in leaving], act)


def _be_gone(caseload: Caseload, claim: ClaimOnTable, outcome: Outcome) -> None:
    caseload.step(claim, STEPS[outcome])
    caseload.note(claim.case, GONE_EVENTS[outcome], claim.invoice_no)


def _wishes(connection: sa.Connection, claims: Sequence[int]) -> dict[int, Wish]:
    """Why each of these claims leaves."""
    back = claim_return.c
    found: dict[int, Wish] = {}
    reasons = {reason.value: reason for reason in ReturnReason}
    for some in portions(claims):
        chosen = sa.select(back.claim, back.outcome, back.reason, back.because).where(back.claim.in_(some))
        for claim, outcome, reason, because in connection.execute(chosen):
            found[claim] = Wish(
                known(_OUTCOMES, outcome, "claim_return", claim, "outcome"),
                known(reasons, reason, "claim_return", claim, "reason"),
                because,
            )
    return found


def _write_receipts(
    connection: sa.Connection, gone: Sequence[tuple[ClaimOnTable, Wish]], act: Act, told: Mapping[int, Receipt]
) -> None:
    """The receipts that give claims of one creditor back, numbered in this order, or as they were told before.

    One without a ledger gets none.
    """
    by_hand = accounts_of_ledgerless(connection, [claim.id for claim, _ in gone])
    gone = [(claim, wish) for claim, wish in gone if claim.id not in by_hand]
    if not gone:
        return
    accepted = _acceptances(connection, [claim.id for claim, _ in gone])
    rows = []
    untold = sum(claim.id not in told for claim, _ in gone)
    numbers = count(take(connection, t.counter, "receipt", untold, scope(gone[0][0].creditor)))
    for claim, wish in gone:
        offer, entry, case_number, kid, fingerprint = accepted[claim.id]
        reasons = msgspec.json.encode((Reason(wish.reason.value, wish.because),)).decode()
        before = told.get(claim.id)
        number, on = (before.number, before.on) if before else (next(numbers), act.on)
        rows.append((
            claim.creditor, number, offer, entry, wish.outcome.value, on, case_number, kid, reasons, "[]",
            fingerprint,
        ))  # fmt: skip
    insert_rows(connection, t.receipt, RECEIPT_COLUMNS, rows, act)


def _acceptances(connection: sa.Connection, claims: Sequence[int]) -> Mapping[int, tuple[Any, ...]]:
    """What the receipt that accepted each claim said of it."""
    claim, receipt = t.claim.c, t.receipt.c
    accepted = sa.and_(
        receipt.creditor == claim.creditor,
        receipt.offer == claim.offer,
        receipt.outcome == Outcome.ACCEPTED.value,
    )
    columns = (claim.id, receipt.offer, receipt.entry, receipt.case_number, receipt.case_kid, receipt.fingerprint)
    found: dict[int, tuple[Any, ...]] = {}
    for some in portions(claims):
        chosen = sa.select(*columns).join(t.receipt, accepted).where(claim.id.in_(some))
        found |= {number: tuple(rest) for number, *rest in connection.execute(chosen)}
    return found
