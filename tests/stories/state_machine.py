"""A state machine over a real installation: people act, the streams run over a line that fails, databases are put back.

After every step: journals and vouchers balance, money in is placed, unplaced or paid back, both audits are clean, and
the reconciliation names no difference and no øre on its way but what the oracle counts too. In the end everything is
carried and booked: then nothing is on its way, and every claim's principal is what the oracle adds up, on both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from kravbro.bridge.missing import Missing, Remedy
from kravbro.bridge.reconcile import Reported
from kravbro.bridge.streams import ALL, run_company
from kravbro.core import reconciliation
from kravbro.core.errors import DataFault, Skip
from kravbro.office.manual.acts import Why
from tests.places import Kind, new_template
from tests.stories.busy_world import BusyWorld
from tests.stories.faults import Line, over
from tests.stories.oracle import Oracle
from tests.stories.sites import copy_of
from tests.stories.snapshots import Kept, keep, put_back
from tests.stories.worlds import TYPES, prepared

Answer = TypeVar("Answer")
COMPANIES = st.sampled_from(sorted(TYPES))
PLACES = st.integers(0, 60)
AMOUNTS = st.one_of(st.integers(1, 1500_00), st.sampled_from([1, 35_00, 36_25, 800_00, 836_25]))


@cache
def begun(kind: Kind) -> tuple[BusyWorld, dict[str, Kept]]:
    """Two claims of each company at the collector, the first company's account serves both; and all of that kept.

    One place serves all stories of a process, and is put back for each: what the databases have compiled stays.
    """
    world = BusyWorld(copy_of(prepared(kind), new_template(kind)))
    world.serve_across()
    for company in TYPES:
        for customer in (1, 2):
            world.invoice(company, f"{company}0000{customer}", customer, 800_00)
        world.propose(company, "first")
        for stream in ALL:
            world.carry(stream, company)
    return world, {owner: keep(world.place, owner) for owner in world.place.owners()}


class Machine(RuleBasedStateMachine):
    """One installation, its oracle, and what must be so after each step."""

    kind: ClassVar[Kind]
    refusals: ClassVar[dict[str, int]] = {}
    """How often each refusal was met: to see that the stories are no mere refusals."""
    happened: ClassVar[dict[str, int]] = {}
    looks_every: ClassVar[int] = 3
    """Steps between two reconciliations with both audits; the streams are looked after each time."""

    @initialize()
    def begin(self) -> None:
        self.world, kept = begun(self.kind)
        for owner, then in kept.items():
            put_back(self.world.place, owner, then)
        self.oracle = Oracle(self.world)
        self.line = Line(self.oracle.carried)
        self.count = self.steps = 0
        self.backups: dict[str, tuple[Any, Any]] = {}
        self.lost: list[Missing] = []
        for company, sums in self.oracle.ledgers.items():
            sums.items = {item.entry: item.amount_ore for item in self.world.items(company)}

    def name(self, what: str) -> str:
        self.count += 1
        return f"{what} {self.count}"

    def why(self) -> Why:
        return Why("kunden ringte", self.name("request"))

    def tries(self, act: Callable[[], Answer], *refusals: str) -> Answer | None:
        """Do an act that may be refused for one of these reasons: then nothing was done."""
        try:
            answer = act()
        except (Skip, DataFault) as refused:
            if refused.code not in refusals:
                raise
            self.refusals[refused.code] = self.refusals.get(refused.code, 0) + 1
            return None
        return answer

    def did(self, what: object) -> None:
        self.happened[str(what)] = self.happened.get(str(what), 0) + 1

    @invariant()
    def sums_are_right(self) -> None:
        """What must be so after each step, and is quickly seen; the rest is looked at after some of them."""
        if not self.is_lost:
            self.oracle.check()
        self.steps += 1
        if self.steps % self.looks_every == 0:
            self.both_sides_agree()

    def both_sides_agree(self) -> None:
        """Both sides are sound, and agree but for what is on its way, and what must be named."""
        result = self.world.reconciled()
        assert not [one for one in result.differences if one.side], result.differences
        if self.is_lost:
            assert not [one for one in result.differences if not self.is_expected(one)], result.differences
            return
        named = result.differences
        assert {one.kind for one in named} <= {reconciliation.Kind.MISSING_IN_LEDGER}, named
        named_ore = sum(one.collector_ore or 0 for one in named)
        assert named_ore == self.oracle.unbooked_ore(), result.differences
        on_way_ore = self.oracle.in_transit_ore()
        assert result.in_transit_ore == on_way_ore, (result.in_transit_ore, on_way_ore)

    def is_expected(self, one: Reported) -> bool:
        """Whether a difference follows from what a restore has lost, or would be named without it."""
        is_dead = one.kind == reconciliation.Kind.MISSING_IN_LEDGER and self.oracle.is_named_rightly(one.thing)
        return is_dead or explained(one.claim, self.lost)

    @property
    def is_lost(self) -> bool:
        """Whether a restore has lost what nobody can send again, as the adoption said."""
        return any(one.remedy is Remedy.LOST for one in self.lost)

    def teardown(self) -> None:
        """Carry and book everything until nothing moves."""
        if hasattr(self, "world"):
            self.ends()

    def ends(self) -> None:
        for _ in range(2):
            for company in TYPES:
                self.world.post(company)
                run_company(over(self.line, self.world.joined()), company, ALL)
                self.world.post_drafts(company)
                run_company(over(self.line, self.world.joined()), company, ALL)
                self.world.deliver_anew(company)
        self.both_sides_agree()
        if not self.is_lost:
            assert self.oracle.in_transit_ore() == sum(map(abs, self.oracle.awaited_by_claim()))
            self.oracle.check_at_rest()


def explained(claim: str, lost: Sequence[Missing]) -> bool:
    """Whether an adoption named the claim, or its company's vouchers and fates, as lost."""
    _, company, entry = (claim.partition(" ")[0] + "/0").split("/")[:3]
    return any(one.company == int(company) and str(one.entry) in {entry, "0"} for one in lost)
