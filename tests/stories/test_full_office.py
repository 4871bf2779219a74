"""An office in which everything happens that can: the same on both databases, and after a kill at any commit."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from kravbro.bootstrap.demo.beside import beside, protected
from kravbro.bootstrap.demo.world import CLIENTS, FULL_AND_SMALL, SMALL, WHOLE, invoices
from kravbro.core.parties import PartyKind, Role
from tests.places import Kind, NewPlace, make_empty, new_template
from tests.stories.killing import Moment, dumped, run_once
from tests.stories.test_recompute import recompute


def test_the_world_is_as_large_as_it_says() -> None:
    assert sum(len(invoices(company, WHOLE)) for company in WHOLE.companies) == 2000
    assert WHOLE.companies == (1, *CLIENTS)
    assert sum(len(invoices(company, SMALL)) for company in SMALL.companies) < 100


def test_nobody_is_somebody_else_but_who_owes_several_creditors() -> None:
    customers: dict[str, set[tuple[int, str]]] = {}
    for company in WHOLE.companies:
        debtors = [one.debtor for one in invoices(company, WHOLE)]
        for party in (*debtors, *(one.other for one in beside(company, WHOLE))):
            if party.number:
                customers.setdefault(party.number, set()).add((company, party.name))
    shared = [those for those in customers.values() if len(those) > 1]
    assert shared
    assert all(
        {1, 3} <= {company for company, _ in those} and len({name for _, name in those}) == 1 for those in shared
    )


def test_who_stands_beside_debtors_suits_them() -> None:
    for company in WHOLE.companies:
        kinds = {one.debtor.customer_no: one.debtor.kind for one in invoices(company, WHOLE)}
        for one in beside(company, WHOLE):
            assert (kinds[one.customer_no] is PartyKind.BUSINESS) == (one.role is Role.CONTACT), one
        assert all(kinds[number] is PartyKind.PERSON for number in protected(company, WHOLE))


@cache
def undisturbed(kind: Kind) -> tuple[str, int]:
    """The dump of a run without a kill, and the number of its commits."""
    where = make_empty(new_template(kind))
    ended = run_once(where, size=FULL_AND_SMALL)
    assert ended.exitcode == 0
    return dumped(where), ended.commits


def test_a_day_on_postgresql_is_the_day_on_sqlite() -> None:
    assert undisturbed("sqlite")[0] == undisturbed("postgresql")[0]


CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "what was charged": lambda dump: dump["office"]["adjustments"][0].update(amount_ore=1),
    "what was undone": lambda dump: dump["office"]["adjustments"][-1].update(amount_ore=1),
    "what was waived of a claim": lambda dump: dump["office"]["adjustments"][2].update(claim=1),
    "what an older case told": lambda dump: dump["office"]["earlier_claims"][0].update(paid_principal_ore=1),
    "what an older case brought": lambda dump: dump["office"]["earlier_claims"][0].update(costs_ore=1),
    "what remained at the cut-off": lambda dump: dump["office"]["adopted_claims"][0].update(ledger_ore=1),
    "what the case had already": lambda dump: dump["ledger"]["companies"]["3"].update(opening_booking=[]),
}


def test_the_script_recomputes_what_people_did_by_hand() -> None:
    """Charged, waived and converted claims agree; a changed figure of each does not."""
    whole = undisturbed("sqlite")[0]
    answer = recompute(whole)
    assert answer.returncode == 0, answer.stdout
    for what, change in CHANGES.items():
        dump = json.loads(whole)
        change(dump)
        assert recompute(json.dumps(dump)).returncode == 1, f"{what} was changed and nobody noticed"


def kill(new_place: NewPlace, kill_at: int, moment: Moment) -> None:
    """A run that is killed at a commit and gone on with ends as one that nobody disturbed."""
    where = new_place().name
    assert run_once(where, size=FULL_AND_SMALL, kill_at=kill_at, moment=moment).was_killed
    assert run_once(where, size=FULL_AND_SMALL).exitcode == 0, f"the run after a kill {moment} commit {kill_at} failed"
    assert dumped(where) == undisturbed(new_place.kind)[0], f"killed {moment} commit {kill_at}"
    new_place.close()


@pytest.mark.parametrize(("kind", "moment"), [("sqlite", "before"), ("postgresql", "after")])
def test_a_kill_changes_nothing(moment: Moment, new_place: NewPlace) -> None:
    """Among the commits of what people do by hand; all others are tried by `make soak`."""
    commits = undisturbed(new_place.kind)[1]
    kill(new_place, commits * 3 // 4, moment)


@pytest.mark.soak
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_at_any_commit_changes_nothing(moment: Moment, new_place: NewPlace) -> None:
    for kill_at in range(1, undisturbed(new_place.kind)[1] + 1):
        kill(new_place, kill_at, moment)
