"""States against what they follow from: balances, events, published statuses and the ledger's own word."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from kravbro.core.claims import ClaimState
from kravbro.core.fingerprints import fingerprint
from kravbro.core.transitions import DELIVERED_VOUCHER
from kravbro.core.vouchers import Fate
from kravbro.db.bulk import among
from kravbro.db.counters import BURNT_COLUMNS, last_taken
from kravbro.office import tables as t
from kravbro.office.audit.findings import Fault, Findings
from kravbro.office.audit.numbers import voucher_name
from kravbro.office.caseload import CLOSED
from kravbro.office.creditors import scope
from kravbro.office.journals import OWED, Account
from kravbro.office.posting import APPROVED, DRAFT
from kravbro.office.status_versions import COUNTER, SERIES, burnt_versions


def check_claim_states(findings: Findings) -> None:
    """A claim's state is what was last published, each version once, and agrees with what is owed on it.

    Versions go on where a claim that was given back comes again under another offer.
    """
    if not findings.some("status"):
        for number in _claims_against_statuses(findings):
            _name_claim(findings, number)
    if findings.some("journal", "row", "claim"):
        return
    for number in _claims_against_balances(findings):
        _name_claim(findings, number)


def _claims_against_statuses(findings: Findings) -> list[int]:
    """Claims whose state or version is not what was published last. Versions that were burnt have no event."""
    claim, status = t.claim.c, t.status_event.c
    other, earlier = t.status_event.alias("other"), t.claim.alias("earlier")
    of_entry = sa.and_(earlier.c.creditor == claim.creditor, earlier.c.entry == claim.entry, earlier.c.id <= claim.id)
    events = (
        sa.select(sa.func.count())
        .select_from(other)
        .join(earlier, earlier.c.id == other.c.claim)
        .where(of_entry)
        .scalar_subquery()
    )
    published = sa.and_(status.claim == claim.id, status.version == claim.version)
    differs = sa.or_(status.state.is_(None), status.state != claim.state)
    other_state = sa.case((differs, 1), else_=0).label("other_state")
    chosen = (
        sa.select(claim.id, claim.entry, claim.version, events.label("events"), other_state)
        .outerjoin(t.status_event, published)
        .where(claim.creditor == findings.creditor)
        .order_by(claim.id)
    )
    doubtful = set(findings.connection.execute(chosen.where(sa.or_(differs, events != claim.version))).all())
    burnt = burnt_versions(findings.connection, findings.creditor)
    for these in among(claim.entry, burnt):
        doubtful |= set(findings.connection.execute(chosen.where(these)).all())
    return sorted(
        one.id
        for one in doubtful
        if one.other_state or one.events + _up_to(burnt.get(one.entry, ()), one.version) != one.version
    )


def _up_to(versions: Collection[int], last: int) -> int:
    return sum(version <= last for version in versions)


def check_burnt_versions(findings: Findings) -> None:
    """Each range of versions that was burnt is there, and as it was written."""
    own = scope(findings.creditor)
    row = t.burnt_number.c
    here = (row.scope == own, row.name.startswith(SERIES, autoescape=True))
    chosen = sa.select(*(row[name] for name in BURNT_COLUMNS), row.actor).where(*here).order_by(row.name, row.first)
    rows = findings.connection.execute(chosen).all()
    for one in rows:
        if one.fingerprint != fingerprint(*one[:5], one.actor):
            findings.add("burnt", one[:3], f"office burnt number {own} {one.name} {one.first}", Fault.CONTENT)
    last = last_taken(findings.connection, t.counter, COUNTER, own)
    if last != len(rows):
        findings.add("burnt", own, f"office counter {COUNTER} {own}", Fault.COUNT, expected=last, found=len(rows))


def _name_claim(findings: Findings, number: int) -> None:
    if not findings.names("claim", number):
        findings.add("claim", number, f"office claim {number}", Fault.STATE, claim=number)


def _claims_against_balances(findings: Findings) -> list[int]:
    """Claims that are open with nothing owed, or paid with something owed (ended ones may be either).

    What was written off in the books only and what is left of the principal are one debt.
    """
    claim, row = t.claim.c, t.journal_row.c
    part = sa.case((row.account == Account.WRITTEN_OFF.value, Account.PRINCIPAL.value), else_=row.account)
    owed = (
        sa.select(row.claim, part.label("account"))
        .where(row.account.in_([account.value for account in OWED]), row.claim.is_not(None))
        .group_by(row.claim, part)
        .having(sa.func.sum(row.amount_ore) > 0)
        .subquery()
    )
    debts = sa.func.count(owed.c.account)
    chosen = (
        sa.select(claim.id)
        .outerjoin(owed, owed.c.claim == claim.id)
        .where(claim.creditor == findings.creditor)
        .group_by(claim.id, claim.state)
        .having(
            sa.or_(
                sa.and_(claim.state == ClaimState.REGISTERED.value, debts == 0),
                sa.and_(claim.state == ClaimState.PAID.value, debts > 0),
            )
        )
        .order_by(claim.id)
    )
    return list(findings.connection.execute(chosen).scalars())


def check_case_states(findings: Findings) -> None:
    """A case is closed when no claim is open, its last event led to its state, and each claim has its event."""
    case, claim, event = t.case.c, t.claim.c, t.case_event.c
    if findings.some("claim", "case"):
        return
    is_open = sa.case((claim.state == ClaimState.REGISTERED.value, 1), else_=0)
    of_claims = (
        sa.select(claim.case, sa.func.count().label("claims"), sa.func.sum(is_open).label("open"))
        .group_by(claim.case)
        .subquery()
    )
    takes = sa.case((event.event.in_(("open", "join")), 1), else_=0)
    of_events = (
        sa.select(
            event.case,
            sa.func.count().label("events"),
            sa.func.max(event.event_no).label("last"),
            sa.func.sum(takes).label("taken"),
        )
        .group_by(event.case)
        .subquery()
    )
    last = sa.and_(event.case == case.id, event.event_no == of_events.c.last)
    closed = case.state == CLOSED
    wrong = findings.connection.execute(
        sa.select(case.id)
        .outerjoin(of_claims, of_claims.c.case == case.id)
        .outerjoin(of_events, of_events.c.case == case.id)
        .outerjoin(t.case_event, last)
        .where(
            case.creditor == findings.creditor,
            sa.or_(
                of_claims.c.claims.is_(None),
                event.target.is_(None),
                sa.and_(closed, of_claims.c.open > 0),
                sa.and_(~closed, of_claims.c.open == 0),
                event.target != case.state,
                of_events.c.events != of_events.c.last,
                of_events.c.taken != of_claims.c.claims,
            ),
        )
        .order_by(case.id)
    ).scalars()
    for number in list(wrong):
        findings.add("case", number, f"office case {number}", Fault.STATE)


def check_voucher_states(findings: Findings) -> None:
    """An approved voucher's state is what the ledger told last; one that is not approved is a draft without a key."""
    voucher, told = t.voucher.c, t.voucher_receipt.c
    newest = (
        sa.select(told.voucher_key, sa.func.max(told.number).label("number"))
        .where(told.creditor == findings.creditor)
        .group_by(told.voucher_key)
        .subquery()
    )
    fate = sa.func.coalesce(told.fate, DELIVERED_VOUCHER.initial)
    wrong = findings.connection.execute(
        sa.select(voucher.posting, voucher.ordinal, voucher.number)
        .outerjoin(newest, newest.c.voucher_key == voucher.key)
        .outerjoin(t.voucher_receipt, sa.and_(told.creditor == voucher.creditor, told.number == newest.c.number))
        .where(
            voucher.creditor == findings.creditor,
            sa.or_(
                sa.and_(voucher.number.is_not(None), voucher.state != fate),
                sa.and_(voucher.number.is_(None), sa.or_(voucher.state != DRAFT, voucher.key.is_not(None))),
            ),
            fate.in_((DELIVERED_VOUCHER.initial, *(one.value for one in Fate))),
        )
        .order_by(voucher.posting, voucher.ordinal)
    ).all()
    for posting, ordinal, number in wrong:
        key = number or (posting, ordinal)
        if not (findings.names("voucher", key) or findings.names("lines", (posting, ordinal))):
            name = voucher_name(findings.creditor, posting, ordinal, number)
            findings.add("voucher", key, name, Fault.STATE)


def check_postings(findings: Findings) -> None:
    """A proposal is approved when its vouchers have numbers, and only then."""
    posting, voucher = t.posting.c, t.voucher.c
    numbered = sa.func.count(voucher.number)
    approved = posting.state == APPROVED
    wrong = findings.connection.execute(
        sa.select(posting.number)
        .outerjoin(t.voucher, sa.and_(voucher.creditor == posting.creditor, voucher.posting == posting.number))
        .where(posting.creditor == findings.creditor)
        .group_by(posting.number, posting.state, posting.approved_on)
        .having(
            sa.or_(
                sa.and_(approved, numbered != sa.func.count(voucher.ordinal)),
                sa.and_(~approved, numbered > 0),
                sa.and_(approved, posting.approved_on.is_(None)),
                sa.and_(~approved, posting.approved_on.is_not(None)),
            )
        )
        .order_by(posting.number)
    ).scalars()
    for number in list(wrong):
        if not (findings.names("posting", number) or findings.some("voucher")):
            findings.add("posting", number, f"office posting {findings.creditor}-{number}", Fault.STATE)


def check_overdrawn(findings: Findings) -> None:
    """The office's own money never covers more than is owed: only the ledger's bookings take a principal below zero."""
    if findings.some("journal", "row", "claim"):
        return
    row = t.journal_row.c
    parts = (Account.INTEREST.value, Account.FEES.value, Account.COSTS.value)
    overdrawn = findings.connection.execute(
        sa.select(row.claim, sa.func.sum(row.amount_ore))
        .join(t.claim, t.claim.c.id == row.claim)
        .where(t.claim.c.creditor == findings.creditor, row.account.in_(parts))
        .group_by(row.claim, row.account)
        .having(sa.func.sum(row.amount_ore) < 0)
    ).all()
    for claim, balance_ore in overdrawn:
        if not findings.names("claim", claim):
            thing = f"office claim {claim}"
            findings.add("claim", claim, thing, Fault.AMOUNT, found=int(balance_ore), claim=claim)
