"""Rules of the state machine: the streams, the line that fails, and databases that are put back."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import rule

from kravbro.bootstrap.adoption import adopt, look
from kravbro.bootstrap.notice import noticed
from kravbro.bridge.cursor import silently
from kravbro.bridge.missing import Remedy
from kravbro.bridge.streams import ALL, Stream, run_company
from kravbro.core.errors import KravbroError
from kravbro.db.place import company_owner
from tests.stories.faults import BROKEN, Fault, over
from tests.stories.older_cases import hand_over, take_over
from tests.stories.snapshots import keep, put_back
from tests.stories.state_machine import COMPANIES, PLACES, Machine
from tests.stories.worlds import ACT, TYPES

STREAMS = tuple(dict.fromkeys(ALL))
OWNERS = ("office", "bridge", *(company_owner(company) for company in sorted(TYPES)))


class BridgeStories(Machine):
    """The bridge at work, and what happens to it."""

    @rule(
        company=COMPANIES,
        streams=st.lists(st.sampled_from(STREAMS), min_size=1, max_size=7),
        page=st.sampled_from([1, 2, 1000]),
        faults=st.lists(st.sampled_from(Fault), max_size=3),
        forgets=st.booleans(),
    )
    def streams_run(
        self, company: int, streams: Sequence[Stream], page: int, faults: Sequence[Fault], forgets: bool
    ) -> None:
        self.line.next(*faults)
        joined = over(self.line, self.world.joined(page))
        for stream in streams:
            try:
                stream(joined, company, silently)
            except KravbroError as broken:
                if broken.code != BROKEN:
                    raise
        for fault in self.line.happened:
            self.did(fault)
        self.line.happened.clear()
        self.line.next()
        if forgets:
            self.world.forget(company)
        self.both_sides_agree()

    @rule(company=COMPANIES, customer=st.integers(1, 10), amount_ore=st.integers(300_00, 900_00))
    def a_case_of_an_older_system_is_handed_over(self, company: int, customer: int, amount_ore: int) -> None:
        self.count += 1
        number = f"{company}{700 + self.count:05d}"
        entry = hand_over(self.world, company, customer, number, amount_ore)
        self.oracle.ledgers[company].items[entry] = amount_ore

    @rule(company=COMPANIES, faults=st.lists(st.sampled_from(Fault), max_size=2))
    def cases_of_an_older_system_are_taken_over(self, company: int, faults: Sequence[Fault]) -> None:
        self.line.next(*faults)
        try:
            if take_over(self.world, over(self.line, self.world.joined()), company):
                self.did("taken over")
        except KravbroError as broken:
            if broken.code != BROKEN:
                raise
        self.line.happened.clear()
        self.line.next()
        self.oracle.taken_over(company)
        self.both_sides_agree()

    @rule(company=COMPANIES)
    def everything_runs(self, company: int) -> None:
        run_company(over(self.line, self.world.joined()), company, ALL)
        self.both_sides_agree()

    @rule(company=COMPANIES)
    def a_day_passes(self, company: int) -> None:
        """All money is booked on both sides, and everything told."""
        self.world.post(company)
        self.everything_runs(company)
        self.world.post_drafts(company)
        self.everything_runs(company)

    @rule(place=st.integers(0, 1000))
    def an_old_delivery_comes_again(self, place: int) -> None:
        """A message that the line held back: whatever has happened since, the receiver has it already."""
        if self.line.taken:
            old = self.line.taken[place % len(self.line.taken)]
            joined = self.world.joined()
            port = joined.ledger if hasattr(joined.ledger, old.method) else joined.collector
            getattr(port, old.method)(old.company, old.rows)
            self.did(f"again: {old.method}")
            self.both_sides_agree()

    @rule(owner=st.sampled_from(OWNERS))
    def a_backup_is_taken(self, owner: str) -> None:
        self.backups[owner] = (keep(self.world.place, owner), self.oracle.keep(owner))

    @rule(place=PLACES)
    def a_backup_is_put_back(self, place: int) -> None:
        """Adopted and carried at once, as a person does who restores; the oracle's part is put back too."""
        if not self.backups:
            return
        owner = sorted(self.backups)[place % len(self.backups)]
        kept, sums = self.backups[owner]
        put_back(self.world.place, owner, kept)
        self.oracle.put_back(owner, sums)
        self.line.forget()
        found = look(self.world.place, ACT)
        self.lost += [one for one in found.missing if one.remedy is Remedy.LOST]
        adopt(self.world.place, found, "the disk broke", ACT)
        assert not noticed(self.world.place)
        self.did(f"put back: {owner}, {'lost' if self.is_lost else 'whole'}")
        for company in (*TYPES, *TYPES):
            run_company(over(self.line, self.world.joined()), company, ALL)
        self.both_sides_agree()
