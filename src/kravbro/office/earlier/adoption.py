"""Adopt older cases: each claim that the ledger has joined with one becomes a claim of the office, on its own case.

A case keeps its number, and its KID if that names it alone. The claim opens with what remained of the principal;
interest, fees and costs that remained stand beside it in a journal of their own. Interest of the law runs from the
case's own due date and pauses until the cut-off: until then it is in the case's amounts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.adoption import Adoption
from kravbro.core.claims import Offer, Outcome, Parts, Reason, Receipt
from kravbro.core.conversion import EarlierClaim
from kravbro.core.errors import DataFault, Stop
from kravbro.core.fingerprints import fingerprint
from kravbro.core.gate import Answer, Code, Verdict
from kravbro.core.transitions import CASE
from kravbro.db.bulk import among, insert_rows, portions
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.admission import HERE, Admission, OpenCase
from kravbro.office.caseload import Caseload
from kravbro.office.creditors import load_creditor, sub_ledgers_of
from kravbro.office.earlier.claims import named_claims
from kravbro.office.earlier.obstacles import obstacles, usable_kids
from kravbro.office.earlier.tables import adopted_claim
from kravbro.office.intake import Contradiction, Decision, frozen_fingerprint
from kravbro.office.interest_terms import PAUSED, pause_adopted
from kravbro.office.journals import Account, Journal, Kind, Row, adopted_source, write_journals
from kravbro.office.ledgerless.known import invoices_by_hand
from kravbro.office.parties.case_roles import Standing
from kravbro.ports.identity import Delivered

ADOPTED_ALREADY = "conversion.adopted_already"
"""The reason of a receipt that refuses a claim of an older case which is joined with another open item."""
BEGIN = "begin"
_DAY = timedelta(days=1)


class Taken(NamedTuple):
    """An adoption with the claim of the older case, and the offer that the claim is registered by."""

    adoption: Adoption
    earlier: EarlierClaim
    offer: Offer


def adopt_cases(
    connection: sa.Connection,
    creditor: int,
    adoptions: Sequence[Adoption],
    act: Act,
    held: Mapping[int, Receipt] | None = None,
) -> Delivered:
    """Join older cases with the ledger's offers; new are those that got a receipt now.

    `held` are answers by offer that the ledger holds from a history that the office forgot: those are given again.

    Raises Stop `office.sub_ledger_missing` and as `admission.Admission` does, DataFault `office.wrong_company`,
    `office.adoption_changed` for one that is known and has other content now, and `office.adoption_differs` if there is
    no such claim of an older case, or it is not what the ledger was told. Nothing is kept then.
    """
    settings = load_creditor(connection, creditor)
    sub_ledgers = sub_ledgers_of(connection, creditor)
    for one in adoptions:
        offer = one.offer
        if offer.company != settings.company:
            raise DataFault(
                "office.wrong_company", offer=offer.number, company=offer.company, expected=settings.company
            )
        if offer.sub_ledger_type not in sub_ledgers:
            raise Stop("office.sub_ledger_missing", creditor=creditor, type=offer.sub_ledger_type, offer=offer.number)
    new = _new(connection, creditor, adoptions)
    if not new:
        return Delivered(0, len(adoptions))
    held = held or {}
    decisions = [_as_held(one, held[one.offer.number]) for one in new if one.offer.number in held]
    decisions += _decide(connection, creditor, [one for one in new if one.offer.number not in held])
    numbers = {one.earlier.case_number for one in new}
    taking = CaseTaking(connection, creditor, sub_ledgers, act)
    kids = usable_kids(connection, creditor, numbers) | {one.case_number: one.case_kid for one in held.values()}
    taking.know(new, kids, held)
    taking.carry_out(decisions)
    accepted = {one.offer.number for one in decisions if one.outcome is Outcome.ACCEPTED}
    if accepted:
        _add_to_claims(connection, creditor, [one for one in new if one.offer.number in accepted], act)
    return Delivered(len(new), len(adoptions) - len(new))


def adoptable(connection: sa.Connection, creditor: int, adoptions: Sequence[Adoption]) -> set[int]:
    """The offers of those of these adoptions whose older claim is here as it was told, and not joined yet."""
    earlier = named_claims(connection, creditor, {one.earlier for one in adoptions})
    joined = _joined(connection, earlier)
    told = [one for one in adoptions if one.earlier in earlier and _is_as_told(one, earlier[one.earlier])]
    return {one.number for one in told if one.earlier not in joined}


def _joined(connection: sa.Connection, earlier: Collection[int]) -> set[int]:
    """Those of these claims of older cases that are joined with open items."""
    found: set[int] = set()
    for these in among(adopted_claim.c.earlier_claim, earlier):
        found |= set(connection.execute(sa.select(adopted_claim.c.earlier_claim).where(these)).scalars())
    return found


def _as_held(one: Taken, held: Receipt) -> Decision:
    answer = Answer.REFUSE if held.outcome is Outcome.REFUSED else Answer.ACCEPT
    return Decision(one.offer, frozen_fingerprint(one.offer), Verdict(answer, held.reasons))


def told_fingerprint(one: Adoption) -> str:
    """The fingerprint of what an adoption tells: the same each time, whoever the debtor is by then."""
    offer = one.offer
    frozen = (
        offer.number, offer.company, offer.entry, offer.sequence, offer.parts.principal_ore, offer.invoice_no,
        offer.kid, offer.debtor.customer_no, offer.sub_ledger_type,
    )  # fmt: skip
    return fingerprint(*frozen, one.earlier, one.case_number, one.cut_off, one.collector_ore, one.because)


def _new(connection: sa.Connection, creditor: int, adoptions: Sequence[Adoption]) -> list[Taken]:
    """Those without a receipt, each once."""
    earlier = named_claims(connection, creditor, {one.earlier for one in adoptions})
    known = _known(connection, creditor, [one.number for one in adoptions])
    new = []
    for one in adoptions:
        older = earlier.get(one.earlier)
        if older is None or not _is_as_told(one, older):
            raise DataFault("office.adoption_differs", offer=one.number, case=one.case_number, creditor=creditor)
        offer = registered_by(one, older)
        marks = (frozen_fingerprint(offer), told_fingerprint(one))
        held = known.setdefault(one.number, marks)
        if held[0] != marks[0] or held[1] not in ("", marks[1]):
            raise DataFault("office.adoption_changed", offer=one.number, creditor=creditor)
        if held is marks:
            new.append(Taken(one, older, offer))
    return new


def _is_as_told(one: Adoption, older: EarlierClaim) -> bool:
    told = (one.case_number, one.offer.debtor.customer_no, one.collector_ore)
    return told == (older.case_number, older.customer_no, older.remaining_ore)


def _known(connection: sa.Connection, creditor: int, offers: Collection[int]) -> dict[int, tuple[str, str]]:
    """Of each offer that was answered, the fingerprints of what was frozen and, if it was adopted, of what was told."""
    receipt = t.receipt.c
    of_offer = sa.and_(t.claim.c.creditor == receipt.creditor, t.claim.c.offer == receipt.offer)
    known: dict[int, tuple[str, str]] = {}
    for these in among(receipt.offer, offers):
        answered = (
            sa.select(receipt.offer, receipt.fingerprint, sa.func.coalesce(adopted_claim.c.told, "").label("told"))
            .outerjoin(t.claim, of_offer)
            .outerjoin(adopted_claim, adopted_claim.c.claim == t.claim.c.id)
            .where(receipt.creditor == creditor, these)
            .order_by(receipt.number)
        )
        known |= {row.offer: (row.fingerprint, row.told) for row in connection.execute(answered)}
    return known


def registered_by(one: Adoption, older: EarlierClaim) -> Offer:
    """The offer as the claim is registered: with what remained on the case, and the case's own dates."""
    return msgspec.structs.replace(
        one.offer,
        parts=Parts(older.remaining_ore),
        letters=(),
        invoice_date=older.invoice_date,
        due_date=older.due_date,
    )


def _decide(connection: sa.Connection, creditor: int, new: Sequence[Taken]) -> list[Decision]:
    """The receipts: a case that cannot be taken over is refused with every reason."""
    hindered = obstacles(connection, creditor, {one.earlier.case_number for one in new})
    joined = _joined(connection, {one.earlier.number for one in new})
    here = set[int]()
    for these in among(t.claim.c.entry, {one.offer.entry for one in new}):
        states = t.claim.c.state.in_([state.value for state in HERE])
        chosen = sa.select(t.claim.c.entry).where(t.claim.c.creditor == creditor, these, states)
        here |= set(connection.execute(chosen).scalars())
    by_hand = invoices_by_hand(connection, creditor, [one.offer.invoice_no for one in new])
    decisions = []
    for one in new:
        reasons = []
        if one.offer.invoice_no in by_hand:
            reasons.append(Reason(Contradiction.REGISTERED_BY_HAND, by_hand[one.offer.invoice_no]))
        if one.earlier.case_number in hindered:
            reasons.append(Reason(hindered[one.earlier.case_number].value, one.earlier.case_number))
        if one.earlier.number in joined:
            reasons.append(Reason(ADOPTED_ALREADY, one.earlier.case_number))
        if one.offer.entry in here:
            reasons.append(Reason(Code.ALREADY_SENT))
        if not reasons:
            joined.add(one.earlier.number)
            here.add(one.offer.entry)
        verdict = Verdict(Answer.REFUSE if reasons else Answer.ACCEPT, tuple(reasons))
        decisions.append(Decision(one.offer, frozen_fingerprint(one.offer), verdict))
    return decisions


class CaseTaking(Admission):
    """The admission of claims that have a case already: each joins its own, under the number that people know."""

    def know(self, new: Sequence[Taken], kids: Mapping[str, str], held: Mapping[int, Receipt]) -> None:
        """Say which older case each offer belongs to, which of those keep their KID, and what the ledger holds."""
        self._held = held
        self._older = {one.offer.number: one.earlier.case_number for one in new}
        self._kids = kids
        self._taken_over: dict[str, OpenCase] = {}

    def _adopted_kids(self) -> set[str]:
        """The KIDs that older cases have, those that are taken over now too."""
        return super()._adopted_kids() | set(self._kids.values())

    def _load_cases(self) -> None:
        """The older cases that were taken over before."""
        events = sa.select(sa.func.count()).where(t.case_event.c.case == t.case.c.id).scalar_subquery()
        columns = (t.case.c.id, t.case.c.number, t.case.c.kid, events, t.case.c.state)
        for these in portions(sorted(set(self._older.values()))):
            for row in self._connection.execute(sa.select(*columns).where(t.case.c.number.in_(these))).all():
                self._taken_over[row.number] = OpenCase(*row)
        self._roles.load([case.id for case in self._taken_over.values()])

    def _case(
        self,
        debtor: int,
        standings: Sequence[Standing],
        offer: Offer,
        new_number: int,
        issue: Callable[[], tuple[str, str]],
    ) -> OpenCase:
        number, on = self._older[offer.number], self._act.on
        case = self._taken_over.get(number)
        if case is None:
            kid = self._kids.get(number) or issue()[1]
            state = CASE.after(CASE.initial, BEGIN, f"case {number}")
            case = self._taken_over[number] = OpenCase(new_number, number, kid, 2, state)
            workflow = self._sub_ledgers[offer.sub_ledger_type].workflow
            row = (case.id, self._creditor, number, kid, debtor, workflow, on)
            self._rows["case"].append((*row, contents.of_row(row), state))
            self._rows["case_event"].append((case.id, 1, on, "open", "", CASE.initial, offer.invoice_no))
            self._rows["case_event"].append((case.id, 2, on, BEGIN, CASE.initial, state, number))
        else:
            case.events += 1
            event = (case.id, case.events, on, "join", case.state, case.state, offer.invoice_no)
            self._rows["case_event"].append(event)
        self._roles.tell(case.id, standings)
        return case


def _add_to_claims(connection: sa.Connection, creditor: int, accepted: Sequence[Taken], act: Act) -> None:
    """What the claims have beside their openings: interest, fees and costs, the pause, and what they were joined by."""
    claims: dict[int, Any] = {}
    for these in among(t.claim.c.offer, [one.offer.number for one in accepted]):
        chosen = sa.select(t.claim.c.offer, t.claim.c.id, t.claim.c.case).where(t.claim.c.creditor == creditor, these)
        claims |= {row.offer: row for row in connection.execute(chosen)}
    first = take(connection, t.counter, "adopted_claim", len(accepted))
    caseload = Caseload()
    caseload_cases = dict.fromkeys(claims[one.offer.number].case for one in accepted)
    journals, pauses, rows = [], [], []
    for number, one in enumerate(accepted, first):
        claim, adoption = claims[one.offer.number], one.adoption
        journals += brought_with(creditor, claim.case, claim.id, one, act)
        if one.earlier.due_date + _DAY < adoption.cut_off:
            days = (one.earlier.due_date + _DAY, adoption.cut_off - _DAY)
            pauses.append((claim.id, *days, adoption.because))
        row = (
            number, claim.id, one.earlier.number, adoption.cut_off, adoption.offer.parts.principal_ore,
            adoption.because, told_fingerprint(adoption), act.on,
        )  # fmt: skip
        rows.append((*row, contents.of_row((*row, act.actor))))
    if journals:
        write_journals(connection, journals, act)
    insert_rows(connection, adopted_claim, (*contents.ADOPTED_CLAIM[:-1], "fingerprint"), rows, act)
    pause_adopted(connection, pauses, act)
    caseload.load(connection, caseload_cases)
    for paused, *_ in pauses:
        on_table = caseload.claims[paused]
        caseload.note(on_table.case, PAUSED, on_table.invoice_no)
    for case in caseload_cases:
        caseload.review(case)
    caseload.save(connection, act)


def brought_with(creditor: int, case: int, claim: int, one: Taken, act: Act) -> list[Journal]:
    """The journal of interest, fees and costs that remained at the cut-off, against `opened`; none if nothing did.

    They stand from the day before the cut-off, and what was paid of them before is not told.
    """
    older = one.earlier
    amounts_ore = {
        Account.INTEREST: older.interest_ore - older.paid_interest_ore,
        Account.FEES: older.fees_ore - older.paid_fees_ore,
        Account.COSTS: older.costs_ore - older.paid_costs_ore,
    }
    since = one.adoption.cut_off - _DAY
    rows = [Row(account.value, claim, ore, "", since) for account, ore in amounts_ore.items() if ore]
    if not rows:
        return []
    opened = Row(Account.OPENED.value, claim, -sum(amounts_ore.values()), "", since)
    return [Journal(creditor, case, Kind.ADOPTED.value, act.on, adopted_source(claim), [*rows, opened])]
