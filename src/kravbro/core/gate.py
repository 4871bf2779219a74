"""May this claim go to collection today? The gate judges facts that are passed in, and names every reason it finds.

The list is what ledgers and their users ask for before hand-over (AutoCollect's validation list, the objections that
municipal and agency users report); each reason has a sentence in three languages under `gate.<code>`.
Nothing is netted in silence: a claim is accepted, refused with all its reasons, or waits for something that passes
by itself.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

import msgspec

from kravbro.core.addresses import is_abroad, is_country, is_norwegian_postcode
from kravbro.core.calendar import add_years
from kravbro.core.claims import LetterKind, Offer, Reason
from kravbro.core.money import format_kroner
from kravbro.core.parties import MARK, PartyKind, Protection
from kravbro.core.statute.law import Statute


class Code(StrEnum):
    """Every reason of the gate."""

    ALREADY_SENT = "gate.already_sent"
    EXEMPT_FROM_DUNNING = "gate.exempt_from_dunning"
    EXEMPT_FROM_COLLECTION = "gate.exempt_from_collection"
    NOT_DUE_LONG_ENOUGH = "gate.not_due_long_enough"
    NOTHING_REMAINS = "gate.nothing_remains"
    BELOW_MINIMUM = "gate.below_minimum"
    UNMATCHED_CREDITS = "gate.unmatched_credits"
    BATCH_NOT_UPDATED = "gate.batch_not_updated"
    CUSTOMER_BALANCE = "gate.customer_balance"
    NAME_MISSING = "gate.name_missing"
    POSTCODE_MISSING = "gate.postcode_missing"
    WRONG_VOUCHER_TYPE = "gate.wrong_voucher_type"
    FOREIGN_CURRENCY = "gate.foreign_currency"
    LIMITATION_PASSED = "gate.limitation_passed"
    NOTICE_MISSING = "gate.notice_missing"
    IDENTITY_NUMBER_MISSING = "gate.identity_number_missing"
    ORGANISATION_NUMBER_MISSING = "gate.organisation_number_missing"
    FOREIGN_ADDRESS = "gate.foreign_address"


PASSES_BY_ITSELF = frozenset({Code.NOT_DUE_LONG_ENOUGH, Code.BATCH_NOT_UPDATED})
"""Time passes, and a batch is updated in the ledger's daily routine: such an offer waits and gets no receipt."""


class Missing(StrEnum):
    """What a creditor wants done with a claim that lacks something that is not always needed."""

    BLOCK = "block"
    WARN = "warn"


class GatePolicy(msgspec.Struct, frozen=True, gc=False):
    """A creditor's own thresholds, and whether the chosen workflow starts after the statutory notice."""

    minimum_ore: int
    days_after_due: int
    starts_after_notice: bool
    identity_number_missing: Missing = Missing.WARN
    organisation_number_missing: Missing = Missing.WARN
    foreign_address: Missing = Missing.BLOCK


class Answer(StrEnum):
    """The gate's answer."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WAIT = "wait"


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """The answer with every reason behind it, and the warnings that did not stop it.

    `ready_on` is the day on which the time that a claim waits for has passed; None where it waits for no day.
    """

    answer: Answer
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    ready_on: date | None = None


ACCEPTED = Verdict(Answer.ACCEPT)


def judge(offer: Offer, policy: GatePolicy, statute: Statute, today: date) -> Verdict:
    """Judge one offer on one day. Raises DataFault `statute.no_deadline` if the law of the day is not known."""
    reasons = _of_the_invoice(offer, policy, statute, today)
    reasons += _of_the_customer(offer)
    doubts = _of_the_address(offer, policy)
    if not reasons and not doubts:
        return ACCEPTED
    reasons += [reason for reason, stance in doubts if stance is Missing.BLOCK]
    warnings = tuple(reason for reason, stance in doubts if stance is Missing.WARN)
    if not reasons:
        return Verdict(Answer.ACCEPT, warnings=warnings)
    if any(reason.code not in PASSES_BY_ITSELF for reason in reasons):
        return Verdict(Answer.REFUSE, tuple(reasons), warnings)
    needs_time = any(reason.code == Code.NOT_DUE_LONG_ENOUGH for reason in reasons)
    ready_on = offer.due_date + timedelta(days=policy.days_after_due) if needs_time else None
    return Verdict(Answer.WAIT, tuple(reasons), warnings, ready_on)


def _of_the_invoice(offer: Offer, policy: GatePolicy, statute: Statute, today: date) -> list[Reason]:
    facts = offer.facts
    found: list[Reason] = []
    if facts.already_sent:
        found.append(Reason(Code.ALREADY_SENT))
    if facts.exempt_from_dunning:
        found.append(Reason(Code.EXEMPT_FROM_DUNNING))
    if facts.exempt_from_collection:
        found.append(Reason(Code.EXEMPT_FROM_COLLECTION))
    if facts.voucher_meaning != "invoice":
        found.append(Reason(Code.WRONG_VOUCHER_TYPE, facts.voucher_meaning))
    if offer.currency != "NOK":
        found.append(Reason(Code.FOREIGN_CURRENCY, offer.currency))
    if facts.remaining_ore <= 0 or offer.parts.principal_ore <= 0:
        found.append(Reason(Code.NOTHING_REMAINS))
    elif facts.remaining_ore < policy.minimum_ore:
        found.append(Reason(Code.BELOW_MINIMUM, format_kroner(policy.minimum_ore)))
    if (today - offer.due_date).days < policy.days_after_due:
        found.append(Reason(Code.NOT_DUE_LONG_ENOUGH, str(policy.days_after_due)))
    if add_years(offer.due_date, statute.limitation_years(offer.due_date)) <= today:
        found.append(Reason(Code.LIMITATION_PASSED))
    if policy.starts_after_notice and not _notice_has_run_out(offer, statute, today):
        found.append(Reason(Code.NOTICE_MISSING))
    return found


def _notice_has_run_out(offer: Offer, statute: Statute, today: date) -> bool:
    """Whether a notice (inkassoloven § 9) was sent after the due date, gave time enough, and its deadline is past."""
    for letter in offer.letters:
        if letter.kind is LetterKind.NOTICE and offer.due_date < letter.sent_on and letter.deadline < today:
            given_days = (letter.deadline - letter.sent_on).days
            if given_days >= statute.notice_days(letter.sent_on):
                return True
    return False


def _of_the_customer(offer: Offer) -> list[Reason]:
    facts = offer.facts
    found: list[Reason] = []
    if facts.unmatched_credits_ore:
        found.append(Reason(Code.UNMATCHED_CREDITS, format_kroner(-facts.unmatched_credits_ore)))
    if facts.draft_vouchers:
        found.append(Reason(Code.BATCH_NOT_UPDATED))
    if facts.customer_balance_ore <= 0:
        found.append(Reason(Code.CUSTOMER_BALANCE))
    if not offer.debtor.name.strip():
        found.append(Reason(Code.NAME_MISSING))
    return found


def _of_the_address(offer: Offer, policy: GatePolicy) -> list[tuple[Reason, Missing]]:
    debtor = offer.debtor
    found: list[tuple[Reason, Missing]] = []
    if is_abroad(debtor.country):
        country = debtor.country if debtor.protection is Protection.NONE else MARK
        stance = policy.foreign_address if is_country(debtor.country) else Missing.BLOCK
        found.append((Reason(Code.FOREIGN_ADDRESS, country), stance))
    elif not is_norwegian_postcode(debtor.postcode):
        found.append((Reason(Code.POSTCODE_MISSING), Missing.BLOCK))
    if debtor.kind is PartyKind.PERSON:
        if not debtor.identity_number:
            found.append((Reason(Code.IDENTITY_NUMBER_MISSING), policy.identity_number_missing))
    elif not debtor.organisation_number:
        found.append((Reason(Code.ORGANISATION_NUMBER_MISSING), policy.organisation_number_missing))
    return found
