"""Where a payment belongs and what it covers, decided from facts. Nothing here reads or writes.

A payment is placed by its KID, a reversal by the payment that it takes back; what finds no place is unplaced with the
reason, never away. See docs/algorithms/allocation.md.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from kravbro.core.allocation import OVERPAID_REASONS, Allocation
from kravbro.core.allocation_orders import Ground, Part
from kravbro.core.identifiers.kid import is_valid
from kravbro.office.caseload import CaseOnTable
from kravbro.office.creditors import Agreement, Names
from kravbro.office.incoming import Because, IncomingPayment
from kravbro.office.journals import Account, Row
from kravbro.office.manual.whereabouts import Whereabouts

_ACCOUNT_OF_PART = {
    Part.COSTS: Account.COSTS.value,
    Part.FEES: Account.FEES.value,
    Part.INTEREST: Account.INTEREST.value,
    Part.PRINCIPAL: Account.PRINCIPAL.value,
}


class Target(NamedTuple):
    """The case that a KID names, and the claim if it names one.

    `given_back` says that the claim is its creditor's again, `of_several` that claims on other debtors have the KID
    too.
    """

    case: int
    claim: int | None = None
    given_back: bool = False
    of_several: bool = False


class Targets(msgspec.Struct, frozen=True):
    """What the KIDs of a file point at, by KID and creditor: ledgers do not ask each other what KIDs they issue."""

    cases: dict[str, dict[int, Target]]
    invoices: dict[str, dict[int, Target]]


class Original(NamedTuple):
    """A payment that may be reversed: its number, its case (None: unplaced), and its rows but the bank's.

    `stands` is where its money stands, for one that people have moved or paid back.
    """

    payment: int
    case: int | None
    rows: Sequence[Row]
    stands: Whereabouts | None = None

    @property
    def cases(self) -> list[int]:
        """The cases that its money stands on."""
        if self.stands is not None:
            return sorted(self.stands.cases)
        return [] if self.case is None else [self.case]


def find_target(  # noqa: PLR0911 - one answer per reason
    payment: IncomingPayment, agreement: Agreement, targets: Targets
) -> Target | Because:
    """The case that a payment names, or why it names none.

    A KID that is known is right, whatever its check digit: ledgers issue invoice KIDs by rules of their own. One that
    names something of two creditors whom the agreement serves, or claims on two debtors, names nothing.
    """
    if agreement.closed_on is not None and payment.settlement_date >= agreement.closed_on:
        return Because.AGREEMENT_CLOSED
    if payment.amount_ore == 0:
        return Because.NO_AMOUNT
    if not payment.kid:
        return Because.NO_KID
    structure = agreement.structure(payment.kid)
    if structure is None:
        return Because.KID_LENGTH
    named = (targets.invoices if structure.names is Names.INVOICE else targets.cases).get(payment.kid, {})
    meant = agreement.creditors if structure.creditor is None else (structure.creditor,)
    found = [named[creditor] for creditor in meant if creditor in named]
    if len(found) == 1 and not found[0].of_several:
        return Because.CLAIM_GIVEN_BACK if found[0].given_back else found[0]
    if named:
        return Because.KID_OF_SEVERAL if found else Because.NOT_SERVED
    return Because.KID_UNKNOWN if is_valid(payment.kid, structure.method) else Because.KID_CHECK_DIGIT


def rows_on_case(allocation: Allocation, ground: Ground, paid_on: date, case: CaseOnTable) -> list[Row]:
    """The rows that put an allocation on its case: credits on what is owed, and the rest on `overpaid`.

    `paid_on` is the bank date; interest counts it from then on, and never from before the claim fell due. What is
    overpaid is owed back to the debtor from the same day. `ground` says why the parts were covered in that order.

    Principal is covered before what was written off in the books only: the ledger has no open item for the latter.
    """
    in_ledger_ore = {claim.id: max(claim.balances_ore.get(Account.PRINCIPAL, 0), 0) for claim in case.claims}
    counts_from = {claim.id: max(paid_on, claim.due_date) for claim in case.claims}
    rows = []
    for share in allocation.shares:
        claim, part, share_ore, reason = share.claim, share.part, share.amount_ore, share.reason
        watched_ore = max(share_ore - in_ledger_ore[claim], 0) if part is Part.PRINCIPAL else 0
        if share_ore > watched_ore:
            rows.append(Row(_ACCOUNT_OF_PART[part], claim, watched_ore - share_ore, reason, counts_from[claim]))
        if watched_ore:
            rows.append(Row(Account.WRITTEN_OFF.value, claim, -watched_ore, reason, counts_from[claim]))
    if allocation.overpaid_ore:
        rows.append(
            Row(Account.OVERPAID.value, None, -allocation.overpaid_ore, OVERPAID_REASONS[ground], counts_from=paid_on)
        )
    return rows


def unplaced_rows(amount_ore: int, because: Because) -> list[Row]:
    """The row of money that is on no case."""
    return [Row(Account.UNPLACED.value, None, -amount_ore, because.value)]


def apart(rows: Sequence[Row], given_back: Collection[int]) -> tuple[list[Row], int]:
    """The rows that are not on claims that were given back, and the sum of those that are (øre)."""
    staying = [row for row in rows if row.claim not in given_back]
    return staying, sum(row.amount_ore for row in rows if row.claim in given_back)


def mirrored(rows: Sequence[Row], reversed_on: date) -> list[Row]:
    """The same rows with every amount negated: what a reversal does to the accounts.

    Until the bank date of the reversal the creditor had the money, so interest runs again from that day.
    """
    return [
        Row(row.account, row.claim, -row.amount_ore, row.reason, max(row.counts_from or reversed_on, reversed_on))
        for row in rows
    ]
