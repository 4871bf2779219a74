"""Claims on their way from a ledger to a collector: offers, receipts, transactions and statuses.

A claim is known by installation + company + the ledger's own entry key, never by a batch or voucher number, which
ledgers use again. An offer is one approved line of a dunning proposal; a claim that was refused, cured and proposed
again is a new offer of the same claim.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

from kravbro.core.parties import Party, Related


class LetterKind(StrEnum):
    """Letters that a creditor may have sent before the claim goes over (inkassoloven §§ 9 and 10)."""

    REMINDER = "purring"
    NOTICE = "inkassovarsel"
    DEMAND = "betalingsoppfordring"


class Letter(msgspec.Struct, frozen=True, gc=False):
    """A letter already sent about a claim, the deadline it set, and what was charged with it (øre)."""

    kind: LetterKind
    sent_on: date
    deadline: date
    fee_ore: int = 0
    interest_ore: int = 0


class Parts(msgspec.Struct, frozen=True, gc=False):
    """What is claimed, in øre. Fees and interest are never part of the principal.

    `interest_before_due_ore` accrued before the due date (it counts in the size of the claim); `fees_ore` and
    `interest_charged_ore` were charged with letters already sent.
    """

    principal_ore: int
    interest_before_due_ore: int = 0
    fees_ore: int = 0
    interest_charged_ore: int = 0

    @property
    def total_ore(self) -> int:
        """Everything that the debtor is asked for."""
        return self.principal_ore + self.interest_before_due_ore + self.fees_ore + self.interest_charged_ore


class LedgerFacts(msgspec.Struct, frozen=True, gc=False):
    """What the ledger knows of an offered invoice at the moment of reading, for the gate (amounts in øre).

    `unmatched_credits_ore` is the sum of payments and credit notes on the customer that settle nothing yet (zero or
    negative); `draft_vouchers` counts un-updated vouchers on the customer that are not the collector's own.
    """

    remaining_ore: int
    customer_balance_ore: int
    unmatched_credits_ore: int
    draft_vouchers: int
    voucher_meaning: str
    already_sent: bool
    exempt_from_dunning: bool
    exempt_from_collection: bool


class Offer(msgspec.Struct, frozen=True, gc=False):
    """One claim offered to a collector.

    Frozen at approval: `number`, `entry`, `parts`, `sequence` (the number of the ledger's last booking on open items,
    so that only later ones are transactions of this claim), invoice, KID and dates. `debtor`, `facts` and `related`
    (who stands beside the debtor) are as read now. Co-debtors are those who owed with the debtor on the invoice date;
    everybody else is who stands there on the day of reading.
    """

    number: int
    company: int
    entry: int
    sequence: int
    parts: Parts
    invoice_no: str
    kid: str
    invoice_date: date
    due_date: date
    currency: str
    sub_ledger_type: str
    letters: tuple[Letter, ...]
    debtor: Party
    facts: LedgerFacts
    related: tuple[Related, ...] = ()


class Reason(msgspec.Struct, frozen=True, gc=False):
    """Why a claim may not go (or goes with a warning): a gate code, and the detail that its sentence shows."""

    code: str
    detail: str = ""


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """An offer that got no answer yet: why in codes, and the day from which nothing is left but what has no day (None:
    nobody can say when)."""

    offer: int
    entry: int
    reasons: tuple[Reason, ...]
    ready_on: date | None = None


class Outcome(StrEnum):
    """The answer to an offer; the last two say that an accepted claim is given back to its creditor."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


GIVEN_BACK = frozenset({Outcome.WITHDRAWN, Outcome.RETURNED})
"""Outcomes after which the collector has nothing more to do with the claim: its creditor took it, or got it, back."""


def replaces(newer: Outcome, older: Outcome) -> bool:
    """Whether an answer takes the place of another one to the same offer, whichever of them is heard first.

    Acceptance replaces refusal, giving back replaces both, and nothing goes the other way.
    """
    return _WEIGHT[newer] > _WEIGHT[older]


_WEIGHT = {Outcome.REFUSED: 0, Outcome.ACCEPTED: 1, Outcome.WITHDRAWN: 2, Outcome.RETURNED: 2}


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """The collector's answer to one offer. An acceptance carries case number and case KID, a refusal its reasons.

    A receipt that gives the claim back carries all of these. Acceptance replaces refusal of the same offer, giving back
    replaces acceptance, never the reverse (`replaces`). A reason that passes by itself leaves no receipt.
    """

    number: int
    offer: int
    entry: int
    outcome: Outcome
    on: date
    case_number: str = ""
    case_kid: str = ""
    reasons: tuple[Reason, ...] = ()


class TransactionKind(StrEnum):
    """What an entry in the ledger means for a claim at the collector."""

    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    CORRECTION = "correction"
    REVERSAL = "reversal"
    WRITE_OFF_BOOKS_ONLY = "write_off_books_only"
    WRITE_OFF_CLAIM_ENDED = "write_off_claim_ended"


class Transaction(msgspec.Struct, frozen=True, gc=False):
    """One booking, not made by the collector, on a claim that has a case number.

    `number` orders the stream; `booking` is the ledger's own key of it, and the identity; `amount_ore` is the change
    of the principal of the claim `entry`: negative when the debt falls.

    `posted_on` is the day on which the ledger booked it. `value_on` is the day from which it counts for interest: when
    the money came (the date of the voucher that brought it, however late that was posted or matched), or when it was
    taken back again, which is never before the value date of what was taken back.
    """

    number: int
    entry: int
    booking: int
    kind: TransactionKind
    amount_ore: int
    posted_on: date
    value_on: date
    voucher_no: str
    text: str = ""
    offer: int = 0
    """The accepted offer that it belongs to, so that a claim which was given back and came again is told apart from
    what it was before; 0 where a ledger cannot tell: then it is the claim that came last."""


class Withdrawal(msgspec.Struct, frozen=True, gc=False):
    """A creditor's wish to have one claim back. `number` orders the stream, and is the identity.

    The collector stops collecting when it hears of it, and answers with a receipt once the money that it has received
    on the claim is booked.
    """

    number: int
    offer: int
    entry: int
    on: date
    because: str


class ClaimState(StrEnum):
    """What the ledger shows of a claim at the collector.

    `LEAVING`: it is to be given back, and money received on it is not booked yet.
    """

    REGISTERED = "registered"
    PAID = "paid"
    ENDED = "ended"
    LEAVING = "leaving"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"


GONE = frozenset({ClaimState.WITHDRAWN, ClaimState.RETURNED})
"""The claim is its creditor's own again. Nothing of it moves here but what the ledger booked before it knew."""
NOT_COLLECTED = GONE | {ClaimState.ENDED, ClaimState.LEAVING}
"""No money is asked for on the claim, and none that comes is put on it."""


class ReturnReason(StrEnum):
    """Why a claim is given back; the sentence shows what a person wrote beside it."""

    CREDITORS_WISH = "return.creditors_wish"
    UNCOLLECTABLE = "return.uncollectable"
    INSOLVENT = "return.insolvent"
    DEBTOR_DEAD = "return.debtor_dead"
    DEBTOR_UNKNOWN = "return.debtor_unknown"
    DISPUTED = "return.disputed"
    LIMITATION = "return.limitation"
    WRONG_CLAIM = "return.wrong_claim"
    OTHER = "return.other"


class Status(msgspec.Struct, frozen=True, gc=False):
    """A claim's status as published to the ledger. A lower version than the one known is ignored."""

    number: int
    entry: int
    version: int
    state: ClaimState
    case_number: str
    on: date


def claim_name(installation: str, company: int, entry: int) -> str:
    """The claim's name for people and reports: `installation/company/entry`."""
    return f"{installation}/{company}/{entry}"
