"""Take claims up again that the office forgot when it was put back from an older copy, as their ledger holds them.

The ledger has each offer, and the answers that it got: case number, KID, reasons, the way back. A claim comes again by
its offer, on its case, under the numbers that it had; one that had been given back is given back again. What only the
lost history knew (money, letters, costs) is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import GIVEN_BACK, Offer, Outcome, Receipt, ReturnReason, Withdrawal
from kravbro.core.errors import Stop
from kravbro.core.forgotten import AnsweredOffer
from kravbro.core.gate import Answer, Verdict
from kravbro.db.bulk import among, portions
from kravbro.db.counters import use_burnt
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.admission import HERE, Admission, OpenCase
from kravbro.office.caseload import Caseload, ClaimOnTable
from kravbro.office.creditors import case_kid_structure, scope, sub_ledgers_of
from kravbro.office.earlier.adoption import adopt_cases, adoptable
from kravbro.office.intake import Decision, frozen_fingerprint
from kravbro.office.parties.case_roles import Standing
from kravbro.office.returns import Wish, let_leave
from kravbro.office.withdrawals import accept_withdrawals

TAKEN_UP = "taken_up_again"
"""The event of a case that a claim of it came again after a restore had lost it."""
_REASONS = {reason.value: reason for reason in ReturnReason}


def takeable(connection: sa.Connection, creditor: int, forgotten: Sequence[AnsweredOffer]) -> list[AnsweredOffer]:
    """Those of these offers that can be taken up: their sub-ledger is set up, and no other offer of them is collected.

    One that joined an older case needs that case as it was, and not joined with another item.

    An offer that the office has answered is not forgotten, and left out.
    """
    if not forgotten:
        return []
    try:
        case_kid_structure(connection, creditor)
    except Stop:
        return []
    sub_ledgers = sub_ledgers_of(connection, creditor)
    known: set[int] = set()
    for these in among(t.receipt.c.offer, [one.offer.number for one in forgotten]):
        here = sa.select(t.receipt.c.offer).where(t.receipt.c.creditor == creditor, these)
        known |= set(connection.execute(here).scalars())
    taken = _numbers_in_use(connection, creditor, [answer.number for one in forgotten for answer in one.answers])
    joinable = adoptable(connection, creditor, [one.adoption for one in forgotten if one.adoption])
    collected = _collected(connection, creditor, [one.offer.entry for one in forgotten])
    return [
        one
        for one in forgotten
        if one.offer.number not in known
        and one.offer.sub_ledger_type in sub_ledgers
        and one.offer.debtor.customer_no > 0
        and (one.offer.entry not in collected or one.answers[0].outcome is Outcome.REFUSED)
        and (one.adoption is None or one.offer.number in joinable)
        and taken.isdisjoint(answer.number for answer in one.answers)
        and all(back.reasons and back.reasons[0].code in _REASONS for back in one.answers[1:])
    ]


def _numbers_in_use(connection: sa.Connection, creditor: int, numbers: Collection[int]) -> set[int]:
    """Those of these numbers that receipts have here."""
    found: set[int] = set()
    for these in among(t.receipt.c.number, numbers):
        here = sa.select(t.receipt.c.number).where(t.receipt.c.creditor == creditor, these)
        found |= set(connection.execute(here).scalars())
    return found


def _collected(connection: sa.Connection, creditor: int, entries: Collection[int]) -> set[int]:
    """Those of these entries that have a claim at the office."""
    claim = t.claim.c
    states = [state.value for state in HERE]
    found: set[int] = set()
    for these in among(claim.entry, entries):
        here = (claim.creditor == creditor, these, claim.state.in_(states))
        found |= set(connection.execute(sa.select(claim.entry).where(*here)).scalars())
    return found


def take_up(  # noqa: PLR0917 - whose, what the ledger holds, and who says so why
    connection: sa.Connection,
    creditor: int,
    forgotten: Sequence[AnsweredOffer],
    withdrawals: Sequence[Withdrawal],
    because: str,
    act: Act,
) -> int:
    """Take up what the office forgot of these offers, in sets; answers how many were taken up. Safe to repeat.

    `withdrawals` are the creditor's wishes to have claims back. Statuses must have been told anew before
    (`status_versions.overtake`), so that those of these claims come after all that the ledger has seen.
    """
    offers = takeable(connection, creditor, forgotten)
    numbers = {answer.number for one in offers for answer in one.answers}
    use_burnt(connection, "receipt", scope(creditor), numbers, because, act)
    for some in _rounds(offers):
        _admit(connection, creditor, some, act)
        _give_back(connection, creditor, some, withdrawals, because, act)
    back = {one.offer.number for one in offers if one.answers[-1].outcome is Outcome.WITHDRAWN}
    accept_withdrawals(connection, creditor, [wish for wish in withdrawals if wish.offer in back], act)
    return len(offers)


def _rounds(offers: Sequence[AnsweredOffer]) -> Iterator[list[AnsweredOffer]]:
    """The offers so that of one claim each round has one, the earlier ones first: it came again when it was back."""
    left = sorted(offers, key=lambda one: one.offer.number)
    while left:
        first = {one.offer.entry: one for one in reversed(left)}
        yield sorted(first.values(), key=lambda one: one.answers[0].number)
        left = [one for one in left if first[one.offer.entry] is not one]


class _Again(Admission):
    """The admission of claims under the numbers that they were accepted with."""

    def know(self, held: Mapping[int, Receipt]) -> None:
        """Say how each offer was answered."""
        self._held = held
        self._here: dict[str, OpenCase] = {}

    def _load_cases(self) -> None:
        """The cases that the claims were on, those that are here still."""
        events = sa.select(sa.func.count()).where(t.case_event.c.case == t.case.c.id).scalar_subquery()
        columns = (t.case.c.id, t.case.c.number, t.case.c.kid, events, t.case.c.state)
        for these in portions(sorted({one.case_number for one in self._held.values()})):
            for row in self._connection.execute(sa.select(*columns).where(t.case.c.number.in_(these))).all():
                self._here[row.number] = OpenCase(*row)
        self._roles.load([case.id for case in self._here.values()])

    def _case(
        self,
        debtor: int,
        standings: Sequence[Standing],
        offer: Offer,
        new_number: int,
        issue: Callable[[], tuple[str, str]],
    ) -> OpenCase:
        held, on = self._held[offer.number], self._act.on
        case = self._here.get(held.case_number)
        if case is None:
            case = self._here[held.case_number] = OpenCase(new_number, held.case_number, held.case_kid, 1)
            workflow = self._sub_ledgers[offer.sub_ledger_type].workflow
            row = (case.id, self._creditor, case.number, case.kid, debtor, workflow, on)
            self._rows["case"].append((*row, contents.of_row(row), case.state))
            self._rows["case_event"].append((case.id, 1, on, "open", "", case.state, offer.invoice_no))
        else:
            case.events += 1
            event = (case.id, case.events, on, "join", case.state, case.state, offer.invoice_no)
            self._rows["case_event"].append(event)
        self._roles.tell(case.id, standings)
        return case


def _admit(connection: sa.Connection, creditor: int, offers: Sequence[AnsweredOffer], act: Act) -> None:
    held = {one.offer.number: one.answers[0] for one in offers}
    adopt_cases(connection, creditor, [one.adoption for one in offers if one.adoption], act, held)
    again = _Again(connection, creditor, sub_ledgers_of(connection, creditor), act)
    again.know(held)
    decisions = []
    for one in offers:
        if one.adoption:
            continue
        answer = one.answers[0]
        accepts = Answer.REFUSE if answer.outcome is Outcome.REFUSED else Answer.ACCEPT
        decisions.append(Decision(one.offer, frozen_fingerprint(one.offer), Verdict(accepts, answer.reasons)))
    again.carry_out(decisions)


def _give_back(  # noqa: PLR0917 - as take_up
    connection: sa.Connection,
    creditor: int,
    offers: Sequence[AnsweredOffer],
    withdrawals: Sequence[Withdrawal],
    because: str,
    act: Act,
) -> None:
    """Give those back again that were given back, and note on each case that its claims came again."""
    accepted = {one.offer.number: one for one in offers if one.answers[0].outcome is Outcome.ACCEPTED}
    asked = {wish.offer: wish.number for wish in withdrawals}
    claims: dict[int, tuple[int, int]] = {}
    for these in among(t.claim.c.offer, accepted):
        chosen = sa.select(t.claim.c.offer, t.claim.c.id, t.claim.c.case).where(t.claim.c.creditor == creditor, these)
        claims |= {offer: (claim, case) for offer, claim, case in connection.execute(chosen)}
    caseload = Caseload()
    caseload.load(connection, {claims[offer][1] for offer in accepted})
    wishes: list[tuple[ClaimOnTable, Wish]] = []
    told: dict[int, Receipt] = {}
    for offer, one in sorted(accepted.items(), key=lambda item: item[1].answers[-1].number):
        claim, case = claims[offer]
        caseload.note(case, TAKEN_UP, f"{one.offer.invoice_no}: {because}"[:200])
        back = one.answers[-1]
        if back.outcome in GIVEN_BACK:
            reason = back.reasons[0]
            wish = Wish(back.outcome, _REASONS[reason.code], reason.detail, asked.get(offer))
            wishes.append((caseload.claims[claim], wish))
            told[claim] = back
    let_leave(connection, caseload, wishes, act, told)
    for case in sorted({claims[offer][1] for offer in accepted}):
        caseload.review(case)
    caseload.save(connection, act)
