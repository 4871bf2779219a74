"""What happens to offered claims, decided from facts: accepted, refused with every reason, waiting, or known.

Nothing here reads or writes; `kravbro.office.admission` collects the facts and carries the decisions out. The answer to
an offer depends on the offers before it, never on how they were divided into pages.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum

import msgspec

from kravbro.core.claims import Offer, Outcome, Reason, Waiting
from kravbro.core.errors import DataFault
from kravbro.core.fingerprints import fingerprint
from kravbro.core.gate import Answer, Code, GatePolicy, Verdict, judge
from kravbro.core.statute.law import Statute


class Contradiction(StrEnum):
    """Why an offer is refused although the gate has nothing against it: its own amounts disagree, or a claim on the
    same invoice is registered by hand, so that it would be asked for twice."""

    LETTERS_DISAGREE = "office.letters_disagree"
    NEGATIVE_PART = "office.negative_part"
    REGISTERED_BY_HAND = "office.registered_by_hand"


class Answered(msgspec.Struct, gc=False):
    """How an offer was answered before, and the fingerprint of what was frozen in it then."""

    accepted: bool
    fingerprint: str


class Decision(msgspec.Struct, frozen=True, gc=False):
    """A receipt to be given: the offer, the fingerprint of its frozen part, and the gate's verdict."""

    offer: Offer
    fingerprint: str
    verdict: Verdict

    @property
    def outcome(self) -> Outcome:
        """What the receipt says."""
        return Outcome.ACCEPTED if self.verdict.answer is Answer.ACCEPT else Outcome.REFUSED


class Decisions(msgspec.Struct, frozen=True):
    """The receipts to be given, in the order of the offers; how many offers were known, and which wait for what."""

    receipts: tuple[Decision, ...]
    known: int
    waits: tuple[Waiting, ...]


class IntakeFacts(msgspec.Struct, frozen=True):
    """What offers are decided from: the gate's policy by sub-ledger type, how offers were answered before, and which
    offer each open claim came in by (by the ledger's entry). `by_hand` has the case of each claim that came without
    a ledger, by the number of its invoice."""

    creditor: int
    company: int
    policies: Mapping[str, GatePolicy]
    answered: Mapping[int, Answered]
    open_claims: Mapping[int, int]
    by_hand: Mapping[str, str] = {}


def frozen_fingerprint(offer: Offer) -> str:
    """The fingerprint of what an offer freezes at approval, and of whose it is.

    The audit makes it again from the claim and its debtor (`kravbro.office.audit.claims`): same values, same order.
    """
    parts = offer.parts
    return fingerprint(
        offer.number,
        offer.company,
        offer.entry,
        offer.sequence,
        parts.principal_ore,
        parts.interest_before_due_ore,
        parts.fees_ore,
        parts.interest_charged_ore,
        offer.invoice_no,
        offer.kid,
        offer.invoice_date,
        offer.due_date,
        offer.debtor.customer_no,
        offer.sub_ledger_type,
    )


def decide(offers: Sequence[Offer], facts: IntakeFacts, statute: Statute, today: date) -> Decisions:
    """Decide on offers in order. Raises DataFault `office.offer_changed` if a known one has other content now."""
    answered, open_claims = dict(facts.answered), dict(facts.open_claims)
    receipts: list[Decision] = []
    waits: list[Waiting] = []
    known = 0
    for offer in offers:
        if offer.company != facts.company:
            raise DataFault("office.wrong_company", offer=offer.number, company=offer.company, expected=facts.company)
        mark = frozen_fingerprint(offer)
        earlier = answered.get(offer.number)
        if earlier is not None and earlier.fingerprint != mark:
            raise DataFault("office.offer_changed", offer=offer.number, creditor=facts.creditor)
        if earlier is not None and earlier.accepted:
            known += 1
            continue
        verdict = _verdict(offer, facts, statute, today, open_claims)
        if verdict.answer is Answer.ACCEPT:
            open_claims[offer.entry] = offer.number
        elif earlier is not None:
            known += 1
            continue
        elif verdict.answer is Answer.WAIT:
            waits.append(Waiting(offer.number, offer.entry, verdict.reasons, verdict.ready_on))
            continue
        answered[offer.number] = Answered(verdict.answer is Answer.ACCEPT, mark)
        receipts.append(Decision(offer, mark, verdict))
    return Decisions(tuple(receipts), known, tuple(waits))


def _verdict(
    offer: Offer, facts: IntakeFacts, statute: Statute, today: date, open_claims: Mapping[int, int]
) -> Verdict:
    """The gate's verdict, and what only the office can know: the claim is here already, or contradicts itself."""
    verdict = judge(offer, facts.policies[offer.sub_ledger_type], statute, today)
    more = contradictions(offer)
    already_here = open_claims.get(offer.entry, offer.number) != offer.number
    if already_here and all(reason.code != Code.ALREADY_SENT for reason in verdict.reasons):
        more.append(Reason(Code.ALREADY_SENT))
    if offer.invoice_no in facts.by_hand:
        more.append(Reason(Contradiction.REGISTERED_BY_HAND, facts.by_hand[offer.invoice_no]))
    if not more:
        return verdict
    return Verdict(Answer.REFUSE, (*verdict.reasons, *more), verdict.warnings)


def contradictions(offer: Offer) -> list[Reason]:
    """What in an offer cannot be true: a negative part, or letters that charged something else than is claimed."""
    parts, letters = offer.parts, offer.letters
    found: list[Reason] = []
    if parts.interest_before_due_ore < 0 or parts.fees_ore < 0 or parts.interest_charged_ore < 0:
        found.append(Reason(Contradiction.NEGATIVE_PART))
    fees_ore = sum([letter.fee_ore for letter in letters])
    interest_ore = sum([letter.interest_ore for letter in letters])
    if fees_ore != parts.fees_ore or interest_ore != parts.interest_charged_ore:
        found.append(Reason(Contradiction.LETTERS_DISAGREE))
    return found
