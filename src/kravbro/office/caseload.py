"""Cases on the table: balances and states loaded in one go, changed in memory, and saved in one go.

A whole bank file goes over the same cases, and its payments must see what earlier ones in the file have done.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.allocation import Owed
from kravbro.core.allocation_orders import Part
from kravbro.core.claims import GONE, NOT_COLLECTED, ClaimState
from kravbro.core.transitions import CASE, CLAIM
from kravbro.db.bulk import insert_rows, portions
from kravbro.db.columns import written
from kravbro.db.counters import take
from kravbro.office import tables as t
from kravbro.office.creditors import scope
from kravbro.office.journals import OWED, Account, Row

CLOSED = "closed"


class ClaimOnTable(msgspec.Struct, gc=False):
    """A claim with its balances in øre. They change in memory, and so do its state and the version of its status."""

    id: int
    case: int
    creditor: int
    state: str
    version: int
    due_date: date
    invoice_no: str = ""
    balances_ore: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Whether nothing is owed any more. What the ledger credited too much settles nothing else."""
        owed = self.owed()
        return all(owed.of(part) <= 0 for part in Part)

    def owed(self) -> Owed:
        """What money may cover. Principal written off in the books only is still owed, as principal: both are one debt,
        also where the ledger wrote off what was paid here."""
        of = self.balances_ore.get
        principal_ore = max(of(Account.PRINCIPAL, 0) + of(Account.WRITTEN_OFF, 0), 0)
        costs_ore, fees_ore, interest_ore = of(Account.COSTS, 0), of(Account.FEES, 0), of(Account.INTEREST, 0)
        return Owed(self.id, self.due_date, costs_ore, fees_ore, interest_ore, principal_ore)


class CaseOnTable(msgspec.Struct, gc=False):
    """A case with its claims, and how many events it has had."""

    id: int
    number: str
    creditor: int
    state: str
    events: int
    claims: list[ClaimOnTable] = msgspec.field(default_factory=list)

    def owed(self) -> list[Owed]:
        """What is owed on the claims that are still collected."""
        return [claim.owed() for claim in self.claims if claim.state not in NOT_COLLECTED]

    @property
    def given_back(self) -> bool:
        """Whether claims of the case are given back, or about to be, and nothing is owed on the others.

        Money that names such a case is most likely for what is its creditor's own again.
        """
        left = any(claim.state in GONE or claim.state == ClaimState.LEAVING for claim in self.claims)
        return left and all(owed.of(part) <= 0 for owed in self.owed() for part in Part)

    @property
    def finished(self) -> bool:
        """Whether no claim is collected any more."""
        return all(claim.state != ClaimState.REGISTERED for claim in self.claims)


class StatusEvent(msgspec.Struct, frozen=True, gc=False):
    """A claim's new state, not yet numbered."""

    creditor: int
    claim: int
    version: int
    state: str


def next_event(claim: ClaimOnTable, principal_rose: bool) -> str:
    """The event that the balances call for, or an empty string.

    A claim that was ended with something left stays ended until its principal rises again (a payment was reversed). One
    that leaves, or is gone, goes its way whatever its balances are.
    """
    if claim.state in GONE or claim.state == ClaimState.LEAVING:
        return ""
    if claim.state == ClaimState.REGISTERED:
        return "settle" if claim.settled else ""
    if claim.state == ClaimState.PAID:
        return "" if claim.settled else "reopen"
    owes = claim.owed().principal_ore > 0
    return "reopen" if principal_rose and owes else ""


class Caseload:
    """The cases that one command works on."""

    def __init__(self) -> None:
        self.cases: dict[int, CaseOnTable] = {}
        self.claims: dict[int, ClaimOnTable] = {}
        self._statuses: list[StatusEvent] = []
        self._case_events: list[tuple[int, int, str, str, str, str]] = []
        self._case_state_before: dict[int, str] = {}

    def load(self, connection: sa.Connection, cases: Collection[int]) -> None:
        """Put cases on the table, with all their claims and balances."""
        for portion in portions(sorted(set(cases) - self.cases.keys())):
            self._load_cases(connection, portion)
            self._load_balances(connection, portion)

    def _load_cases(self, connection: sa.Connection, cases: list[int]) -> None:
        counted = (
            sa.select(t.case_event.c.case, sa.func.count().label("events"))
            .where(t.case_event.c.case.in_(cases))
            .group_by(t.case_event.c.case)
        )
        events: dict[int, int] = {row.case: row.events for row in connection.execute(counted)}
        chosen = sa.select(t.case.c.id, t.case.c.number, t.case.c.creditor, t.case.c.state).where(
            t.case.c.id.in_(cases)
        )
        for row in connection.execute(chosen).all():
            self.cases[row.id] = CaseOnTable(row.id, row.number, row.creditor, row.state, events.get(row.id, 0))
        columns = (t.claim.c[name] for name in ("id", "case", "creditor", "state", "version", "due_date", "invoice_no"))
        of_cases = sa.select(*columns).where(t.claim.c.case.in_(cases)).order_by(t.claim.c.id)
        for values in connection.execute(of_cases).all():
            claim = ClaimOnTable(*tuple(values))
            self.claims[claim.id] = claim
            self.cases[claim.case].claims.append(claim)

    def _load_balances(self, connection: sa.Connection, cases: list[int]) -> None:
        sums = (
            sa.select(t.journal_row.c.claim, t.journal_row.c.account, sa.func.sum(t.journal_row.c.amount_ore))
            .join(t.claim, t.claim.c.id == t.journal_row.c.claim)
            .where(t.claim.c.case.in_(cases), t.journal_row.c.account.in_([account.value for account in OWED]))
            .group_by(t.journal_row.c.claim, t.journal_row.c.account)
        )
        for claim, account, amount_ore in connection.execute(sums).all():
            self.claims[claim].balances_ore[account] = int(amount_ore)

    def apply(self, rows: Iterable[Row]) -> None:
        """Add a journal's rows to the balances, and move the claims and cases that this settles or reopens."""
        rose: Counter[int] = Counter()
        touched: set[int] = set()
        for row in rows:
            if row.claim is not None and row.account in OWED:
                balances_ore = self.claims[row.claim].balances_ore
                balances_ore[row.account] = balances_ore.get(row.account, 0) + row.amount_ore
                touched.add(row.claim)
                if row.account == Account.PRINCIPAL:
                    rose[row.claim] += row.amount_ore
        for number in sorted(touched):
            claim_on_table = self.claims[number]
            if event := next_event(claim_on_table, rose[number] > 0):
                self.step(claim_on_table, event)

    def step(self, claim: ClaimOnTable, event: str) -> None:
        """Move a claim one step, and its case with it if that was its last or its first open claim."""
        claim.state = CLAIM.after(claim.state, event, f"office claim {claim.id}")
        claim.version += 1
        self._statuses.append(StatusEvent(claim.creditor, claim.id, claim.version, claim.state))
        case = self.cases[claim.case]
        if case.finished != (case.state == CLOSED):
            closing = "give_back" if event == "leave" else "settle"
            self._step_case(case, closing if case.finished else "reopen")

    def _step_case(self, case: CaseOnTable, event: str) -> None:
        before = case.state
        case.state = CASE.after(before, event, f"case {case.number}")
        self._case_state_before.setdefault(case.id, before)
        self._add_event(case, event, before, "")

    def review(self, case: int) -> None:
        """Move the claims of a case that are settled as they came, and the case if it is not as its claims call for."""
        on_table = self.cases[case]
        for claim in on_table.claims:
            if event := next_event(claim, principal_rose=False):
                self.step(claim, event)
        if on_table.finished != (on_table.state == CLOSED):
            self._step_case(on_table, "settle" if on_table.finished else "reopen")

    def note(self, case: int, event: str, note: str) -> None:
        """Write down that something happened on a case; its state stays as it is."""
        on_table = self.cases[case]
        self._add_event(on_table, event, on_table.state, note)

    def _add_event(self, case: CaseOnTable, event: str, before: str, note: str) -> None:
        case.events += 1
        self._case_events.append((case.id, case.events, event, before, case.state, note))

    def save(self, connection: sa.Connection, act: Act) -> None:
        """Write the new states, with their events and published statuses; then the table is clean again."""
        self._save_statuses(connection, act)
        self._save_cases(connection, act)

    def _save_statuses(self, connection: sa.Connection, act: Act) -> None:
        if not self._statuses:
            return
        write_statuses(connection, self._statuses, act)
        changed = [self.claims[number] for number in sorted({event.claim for event in self._statuses})]
        update = (
            sa.update(t.claim)
            .where(t.claim.c.id == sa.bindparam("of"))
            .values(state=sa.bindparam("to"), version=sa.bindparam("as_version"), **written(act))
        )
        connection.execute(
            update, [{"of": claim.id, "to": claim.state, "as_version": claim.version} for claim in changed]
        )
        self._statuses.clear()

    def _save_cases(self, connection: sa.Connection, act: Act) -> None:
        if not self._case_events:
            return
        rows = [
            (case, number, act.on, event, source, target, note)
            for case, number, event, source, target, note in self._case_events
        ]
        insert_rows(connection, t.case_event, CASE_EVENT_COLUMNS, rows, act)
        changed: list[dict[str, Any]] = [
            {"of": case, "to": self.cases[case].state} for case in sorted(self._case_state_before)
        ]
        if changed:
            update = sa.update(t.case).where(t.case.c.id == sa.bindparam("of"))
            connection.execute(update.values(state=sa.bindparam("to"), **written(act)), changed)
        self._case_events.clear()
        self._case_state_before.clear()


CASE_EVENT_COLUMNS = ("case", "event_no", "happened_on", "event", "source", "target", "note")
STATUS_COLUMNS = ("creditor", "number", "claim", "version", "state", "happened_on")


def write_statuses(connection: sa.Connection, events: Collection[StatusEvent], act: Act) -> None:
    """Publish new states, numbered per creditor in the order given."""
    count = Counter(event.creditor for event in events)
    following = {
        creditor: take(connection, t.counter, "status", many, scope(creditor)) for creditor, many in count.items()
    }
    rows = []
    for event in events:
        number = following[event.creditor]
        following[event.creditor] = number + 1
        rows.append((event.creditor, number, event.claim, event.version, event.state, act.on))
    insert_rows(connection, t.status_event, STATUS_COLUMNS, rows, act)
