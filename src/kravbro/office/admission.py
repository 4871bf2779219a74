"""Take offered claims in: collect the facts, let `intake` decide, and write receipts, cases and claims.

Everything is read and written a page at a time, in as few statements as there are tables: docs/collectors/office.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import ClaimState, Offer, Outcome, Reason, Receipt
from kravbro.core.errors import DataFault, Stop
from kravbro.core.parties import Party, PartyKind, Role
from kravbro.core.statute.law import Statute
from kravbro.core.transitions import CASE
from kravbro.db.bulk import among, insert_rows, portions
from kravbro.db.columns import written
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.case_numbers import CaseSeries
from kravbro.office.caseload import CASE_EVENT_COLUMNS, StatusEvent, write_statuses
from kravbro.office.codes import known
from kravbro.office.creditors import (
    Creditor,
    SubLedger,
    case_kid_structure,
    load_creditor,
    scope,
    sub_ledgers_of,
)
from kravbro.office.earlier.tables import adopted_claim
from kravbro.office.intake import Answered, Decision, IntakeFacts, decide
from kravbro.office.journals import Account, Journal, Kind, Row, claim_source, write_journals
from kravbro.office.ledgerless.known import invoices_by_hand
from kravbro.office.parties.case_roles import CaseRoles, Standing
from kravbro.office.parties.protection import PROTECTIONS
from kravbro.office.parties.register import Change, Register
from kravbro.office.status_versions import last_versions
from kravbro.ports.identity import Delivered

PARTY_KINDS = {kind.value: kind for kind in PartyKind}
CLAIM_COLUMNS = (
    "id", "creditor", "offer", "entry", "case", "state", "version", "sub_ledger_type", "invoice_no", "invoice_kid",
    "invoice_date", "due_date", "sequence", "principal_ore", "interest_before_due_ore", "fees_ore",
    "interest_charged_ore", "letter_count",
)  # fmt: skip
PRINCIPAL, INTEREST, FEES, OPENED = (
    account.value for account in (Account.PRINCIPAL, Account.INTEREST, Account.FEES, Account.OPENED)
)
HERE = (ClaimState.REGISTERED, ClaimState.LEAVING)
"""States in which a claim is at the office: another offer of it is refused."""
CLAIM_KIND, REGISTERED = Kind.CLAIM.value, ClaimState.REGISTERED.value
RECEIPT_COLUMNS = (
    "creditor", "number", "offer", "entry", "outcome", "answered_on", "case_number", "case_kid", "reasons", "warnings",
    "fingerprint",
)  # fmt: skip


def accept_claims(
    connection: sa.Connection, creditor: int, offers: Sequence[Offer], statute: Statute, act: Act
) -> Delivered:
    """Judge offers and make cases of those that may go; new are those that got a receipt now.

    Raises Stop `office.sub_ledger_missing`, `office.no_case_kid` or `office.case_series_full` (set-up is missing),
    DataFault `office.ledger_key`, `office.wrong_company`, `office.offer_changed` or `office.customer_number`.
    Nothing is kept then.
    """
    if not offers:
        return Delivered(0, 0)
    settings = load_creditor(connection, creditor)
    sub_ledgers = sub_ledgers_of(connection, creditor)
    for offer in offers:
        if offer.number < 1 or offer.entry < 1:
            raise DataFault("office.ledger_key", offer=offer.number, entry=offer.entry, creditor=creditor)
        if offer.sub_ledger_type not in sub_ledgers:
            raise Stop("office.sub_ledger_missing", creditor=creditor, type=offer.sub_ledger_type, offer=offer.number)
    facts = _facts(connection, settings, sub_ledgers, offers)
    decisions = decide(offers, facts, statute, act.on)
    admission = Admission(connection, creditor, sub_ledgers, act)
    admission.carry_out(decisions.receipts)
    return Delivered(len(decisions.receipts), decisions.known, len(decisions.waits), decisions.waits)


def _facts(
    connection: sa.Connection, creditor: Creditor, sub_ledgers: dict[str, SubLedger], offers: Sequence[Offer]
) -> IntakeFacts:
    receipt, claim = t.receipt.c, t.claim.c
    answered: dict[int, Answered] = {}
    open_claims: dict[int, int] = {}
    for these in among(receipt.offer, [offer.number for offer in offers]):
        earlier = sa.select(receipt.offer, receipt.outcome, receipt.fingerprint)
        for row in connection.execute(earlier.where(receipt.creditor == creditor.number, these)):
            was_accepted = row.outcome != Outcome.REFUSED
            if was_accepted or row.offer not in answered:
                answered[row.offer] = Answered(was_accepted, row.fingerprint)
    for these in among(claim.entry, [offer.entry for offer in offers]):
        here = (claim.creditor == creditor.number, these, claim.state.in_([state.value for state in HERE]))
        for one in connection.execute(sa.select(claim.entry, claim.offer).where(*here).order_by(claim.id)):
            open_claims[one.entry] = one.offer
    policies = {one.type: creditor.gate_policy(one.starts_after_notice) for one in sub_ledgers.values()}
    by_hand = invoices_by_hand(connection, creditor.number, [offer.invoice_no for offer in offers])
    return IntakeFacts(creditor.number, creditor.company, policies, answered, open_claims, by_hand)


class OpenCase(msgspec.Struct, gc=False):
    """A case that still takes claims."""

    id: int
    number: str
    kid: str
    events: int
    state: str = CASE.initial


class Admission:
    """One page of decisions on its way into the tables."""

    _held: Mapping[int, Receipt] = {}
    """By offer, the answers that the ledger holds from a history that the office forgot: they are given again."""

    def __init__(self, connection: sa.Connection, creditor: int, sub_ledgers: dict[str, SubLedger], act: Act) -> None:
        self._connection = connection
        self._creditor = creditor
        self._sub_ledgers = sub_ledgers
        self._act = act
        self._debtors: dict[int, tuple[int, Party]] = {}
        self._cases: dict[tuple[int, str, frozenset[int]], OpenCase] = {}
        self._versions: dict[int, int] = {}
        self._next_debtor = 0
        self._register = Register(connection, act)
        self._roles = CaseRoles(connection, act)
        self._rows: dict[str, list[tuple[Any, ...]]] = {
            name: [] for name in ("debtor", "case", "case_event", "claim", "letter", "receipt")
        }
        self._changed_debtors: dict[int, Party] = {}
        self._journals: list[Journal] = []
        self._statuses: list[StatusEvent] = []

    def carry_out(self, decisions: Sequence[Decision]) -> None:
        """Write everything that the decisions ask for."""
        if not decisions:
            return
        accepted = [decision for decision in decisions if decision.outcome is Outcome.ACCEPTED]
        homes = self._admit(accepted) if accepted else {}
        self._add_receipts(decisions, homes)
        self._write()

    def _add_receipts(self, decisions: Sequence[Decision], homes: Mapping[int, OpenCase]) -> None:
        untold = sum(decision.offer.number not in self._held for decision in decisions)
        numbers = count(self._take("receipt", untold, scope(self._creditor)))
        for decision in decisions:
            held, case = self._held.get(decision.offer.number), homes.get(decision.offer.number)
            if held is None:
                self._add_receipt(next(numbers), decision, case, self._act.on)
            else:
                self._add_receipt(held.number, decision, case, held.on)

    def _take(self, name: str, count: int, scope: str = "") -> int:
        return take(self._connection, t.counter, name, count, scope)

    def _admit(self, accepted: Sequence[Decision]) -> dict[int, OpenCase]:
        """Give each accepted offer a debtor, a case and a claim; answers the case by offer.

        Taking no numbers tells the next one and holds the series, since how many are needed is not known before.
        """
        own = scope(self._creditor)
        self._load_debtors([party for decision in accepted for party in parties_of(decision.offer)])
        self._load_cases()
        self._load_versions({decision.offer.entry for decision in accepted})
        self._next_debtor, next_case = self._take("debtor", 0), self._take("case", 0)
        first_serial = self._take("case_number", 0, own)
        structure = case_kid_structure(self._connection, self._creditor)
        series = CaseSeries(self._creditor, structure, first_serial, self._adopted_kids())
        claim = self._take("claim", len(accepted))
        homes: dict[int, OpenCase] = {}
        for decision in accepted:
            offer = decision.offer
            debtor = self._debtor(offer.debtor)
            standings = self._standings(offer, debtor)
            case = self._case(debtor, standings, offer, next_case + len(self._rows["case"]), series.issue)
            self._add_claim(claim, offer, case)
            homes[offer.number] = case
            claim += 1
        self._take("debtor", len(self._rows["debtor"]))
        self._take("case", len(self._rows["case"]))
        self._take("case_number", series.next_serial - first_serial, own)
        return homes

    def _load_debtors(self, told: Sequence[Party]) -> None:
        """Read the cards of everybody who is told of, and what is known of those that are new or changed.

        Numbers below one are for cards that people write here, so that no ledger can tell of them.
        """
        for party in told:
            if party.customer_no < 1:
                raise DataFault("office.customer_number", customer=party.customer_no, creditor=self._creditor)
        debtor = t.debtor.c
        columns = [debtor[name] for name in contents.DEBTOR if name != "creditor"]
        for these in among(debtor.customer_no, {party.customer_no for party in told}):
            here = (debtor.creditor == self._creditor, these)
            for number, customer_no, kind, *rest in self._connection.execute(sa.select(*columns).where(*here)):
                kind_known = known(PARTY_KINDS, kind, "debtor", number, "kind")
                rest[-2] = known(PROTECTIONS, rest[-2], "debtor", number, "protection")
                self._debtors[customer_no] = (number, Party(customer_no, kind_known, *rest))
        anew = [party for party in told if self._known(party) != party]
        if anew:
            here_already = {self._debtors[one.customer_no][0] for one in anew if one.customer_no in self._debtors}
            self._register.load(here_already, anew)

    def _known(self, party: Party) -> Party | None:
        here = self._debtors.get(party.customer_no)
        return None if here is None else here[1]

    def _load_cases(self) -> None:
        events = sa.select(sa.func.count()).where(t.case_event.c.case == t.case.c.id).scalar_subquery()
        columns = (t.case.c.debtor, t.case.c.workflow, t.case.c.id, t.case.c.number, t.case.c.kid, events)
        found: list[Any] = []
        for portion in portions([number for number, _ in self._debtors.values()]):
            here = (t.case.c.debtor.in_(portion), t.case.c.state == CASE.initial)
            found += self._connection.execute(sa.select(*columns).where(*here).order_by(t.case.c.id)).all()
        self._roles.load([row.id for row in found])
        for debtor, workflow, *rest in found:
            case = OpenCase(*rest)
            self._cases[debtor, workflow, self._roles.co_debtors(case.id)] = case

    def _adopted_kids(self) -> set[str]:
        """The KIDs that cases have from older systems, whoever's they are."""
        of_claim = adopted_claim.c.claim == t.claim.c.id
        chosen = sa.select(t.case.c.kid).join(t.claim, t.claim.c.case == t.case.c.id).join(adopted_claim, of_claim)
        return set(self._connection.execute(chosen).scalars())

    def _load_versions(self, entries: set[int]) -> None:
        """The last version of each claim's status, if it was here before: under another offer, or in a lost history."""
        self._versions |= last_versions(self._connection, self._creditor, entries)

    def _debtor(self, party: Party) -> int:
        """The card of a party, written anew where it is new or changed."""
        here = self._debtors.get(party.customer_no)
        if here is None:
            number = self._next_debtor + len(self._rows["debtor"])
            row = self._debtor_row(number, party)
            self._rows["debtor"].append((*row, contents.of_debtor(row)))
        elif here[1] != party:
            number = here[0]
            self._changed_debtors[number] = party
        else:
            return here[0]
        self._register.note(Change(number, None if here is None else here[1], party))
        self._debtors[party.customer_no] = (number, party)
        return number

    def _standings(self, offer: Offer, debtor: int) -> list[Standing]:
        """Who stands beside the debtor. Whoever is told to stand for somebody that does not owe is left out."""
        if not offer.related:
            return []
        cards = {one.party.customer_no: self._debtor(one.party) for one in offer.related}
        owing = {0: debtor, offer.debtor.customer_no: debtor}
        owing |= {
            one.party.customer_no: cards[one.party.customer_no]
            for one in offer.related
            if one.role is Role.CO_DEBTOR and cards[one.party.customer_no] != debtor
        }
        return [
            Standing(
                cards[one.party.customer_no], one.role, debtor if one.role is Role.CO_DEBTOR else owing[one.stands_for]
            )
            for one in offer.related
            if one.stands_for in owing and cards[one.party.customer_no] != debtor
        ]

    def _debtor_row(self, number: int, party: Party) -> tuple[Any, ...]:
        return (
            number, self._creditor, party.customer_no, party.kind.value, party.name, party.identity_number,
            party.organisation_number, party.address, party.postcode, party.place, party.country,
            party.protection.value, party.language,
        )  # fmt: skip

    def _case(
        self,
        debtor: int,
        standings: Sequence[Standing],
        offer: Offer,
        new_number: int,
        issue: Callable[[], tuple[str, str]],
    ) -> OpenCase:
        """The case that the claim joins: of the same debtor, workflow and co-debtors, or a new one."""
        workflow = self._sub_ledgers[offer.sub_ledger_type].workflow
        co_debtors = frozenset(one.card for one in standings if one.role is Role.CO_DEBTOR)
        case = self._cases.get((debtor, workflow, co_debtors))
        state, on = CASE.initial, self._act.on
        if case is None:
            case = self._cases[debtor, workflow, co_debtors] = OpenCase(new_number, *issue(), 1)
            row = (case.id, self._creditor, case.number, case.kid, debtor, workflow, on)
            self._rows["case"].append((*row, contents.of_row(row), state))
            self._rows["case_event"].append((case.id, 1, on, "open", "", state, offer.invoice_no))
        else:
            case.events += 1
            self._rows["case_event"].append((case.id, case.events, on, "join", state, state, offer.invoice_no))
        self._roles.tell(case.id, standings)
        return case

    def _add_claim(self, claim: int, offer: Offer, case: OpenCase) -> None:
        parts, state = offer.parts, REGISTERED
        version = self._versions[offer.entry] = self._versions.get(offer.entry, 0) + 1
        self._rows["claim"].append((
            claim, self._creditor, offer.number, offer.entry, case.id, state, version, offer.sub_ledger_type,
            offer.invoice_no, offer.kid, offer.invoice_date, offer.due_date, offer.sequence, parts.principal_ore,
            parts.interest_before_due_ore, parts.fees_ore, parts.interest_charged_ore, len(offer.letters),
        ))  # fmt: skip
        for no, one in enumerate(offer.letters, 1):
            letter = (claim, no, one.kind.value, one.sent_on, one.deadline, one.fee_ore, one.interest_ore)
            self._rows["letter"].append((*letter, contents.of_row(letter)))
        self._journals.append(
            Journal(self._creditor, case.id, CLAIM_KIND, self._act.on, claim_source(claim), opening_rows(claim, offer))
        )
        self._statuses.append(StatusEvent(self._creditor, claim, version, state))

    def _add_receipt(self, number: int, decision: Decision, case: OpenCase | None, answered_on: date) -> None:
        offer, verdict = decision.offer, decision.verdict
        self._rows["receipt"].append((
            self._creditor, number, offer.number, offer.entry, decision.outcome.value, answered_on,
            case.number if case else "", case.kid if case else "",
            reasons_as_text(() if case else verdict.reasons), reasons_as_text(verdict.warnings), decision.fingerprint,
        ))  # fmt: skip

    def _write(self) -> None:
        for table, name, columns in (
            (t.debtor, "debtor", (*contents.DEBTOR, "fingerprint")),
            (t.case, "case", (*contents.CASE, "fingerprint", "state")),
            (t.case_event, "case_event", CASE_EVENT_COLUMNS),
            (t.claim, "claim", CLAIM_COLUMNS),
            (t.claim_letter, "letter", (*contents.CLAIM_LETTER, "fingerprint")),
            (t.receipt, "receipt", RECEIPT_COLUMNS),
        ):
            insert_rows(self._connection, table, columns, self._rows[name], self._act)
        if self._journals:
            write_journals(self._connection, self._journals, self._act)
            write_statuses(self._connection, self._statuses, self._act)
        if self._changed_debtors:
            self._update_debtors()
        self._register.save()
        self._roles.save()

    def _update_debtors(self) -> None:
        """The ledger's customer as read now is how the debtor is written to."""
        names = (*contents.DEBTOR[3:], "fingerprint")
        update = (
            sa.update(t.debtor)
            .where(t.debtor.c.id == sa.bindparam("of"))
            .values({name: sa.bindparam(f"new_{name}") for name in names} | written(self._act))
        )
        self._connection.execute(
            update,
            [
                {"of": row[0]} | {f"new_{name}": value for name, value in zip(names, row[3:], strict=True)}
                for row in self._changed_rows()
            ],
        )

    def _changed_rows(self) -> Iterator[tuple[Any, ...]]:
        for number, party in self._changed_debtors.items():
            row = self._debtor_row(number, party)
            yield (*row, contents.of_debtor(row))


def parties_of(offer: Offer) -> list[Party]:
    """Everybody whom an offer tells of, the debtor first."""
    return [offer.debtor, *(one.party for one in offer.related)] if offer.related else [offer.debtor]


def opening_rows(claim: int, offer: Offer) -> list[Row]:
    """What a claim brings with it, by part, against `opened`.

    The principal, and interest from before the due date, count from that date; what a letter charged counts from the
    day it was sent.
    """
    parts, due = offer.parts, offer.due_date
    rows = [Row(PRINCIPAL, claim, parts.principal_ore, "", due)]
    if parts.interest_before_due_ore:
        rows.append(Row(INTEREST, claim, parts.interest_before_due_ore, "", due))
    for letter in offer.letters:
        if letter.interest_ore:
            rows.append(Row(INTEREST, claim, letter.interest_ore, "", letter.sent_on))
        if letter.fee_ore:
            rows.append(Row(FEES, claim, letter.fee_ore, "", letter.sent_on))
    rows.append(Row(OPENED, claim, -parts.total_ore))
    return rows


def reasons_as_text(reasons: Sequence[Reason]) -> str:
    """Reasons as they are stored: JSON."""
    return msgspec.json.encode(reasons).decode() if reasons else "[]"
