"""The machines: every state is reached, every drawn step is taken, and nothing else."""

from __future__ import annotations

import pytest

from kravbro.core.claims import ClaimState
from kravbro.core.errors import Skip
from kravbro.core.transitions import CLAIM, DELIVERED_VOUCHER, MACHINES, Machine
from kravbro.core.vouchers import Fate

machines = pytest.mark.parametrize("machine", MACHINES.values(), ids=list(MACHINES))


def states(machine: Machine) -> set[str]:
    return {machine.initial} | {step.source for step in machine.steps} | {step.target for step in machine.steps}


@machines
def test_every_drawn_step_is_taken_and_no_other(machine: Machine) -> None:
    drawn = {(step.source, step.event): step.target for step in machine.steps}
    events = {step.event for step in machine.steps}
    assert len(drawn) == len(machine.steps)
    for state in states(machine):
        for event in events:
            if (state, event) in drawn:
                assert machine.after(state, event, "it") == drawn[state, event]
            else:
                with pytest.raises(Skip, match=r"transition\.not_allowed"):
                    machine.after(state, event, "it")


@machines
def test_every_state_is_reached_from_the_first(machine: Machine) -> None:
    reached, before = {machine.initial}, set[str]()
    while reached != before:
        before = set(reached)
        reached |= {step.target for step in machine.steps if step.source in before}

    assert reached == states(machine)


def test_a_refused_step_names_the_thing() -> None:
    with pytest.raises(Skip) as refused:
        CLAIM.after("paid", "settle", "office claim 7")

    assert refused.value.facts == {"machine": "claim", "thing": "office claim 7", "state": "paid", "event": "settle"}


def test_states_that_others_name_are_drawn() -> None:
    assert states(CLAIM) == {state.value for state in ClaimState}
    assert {fate.value for fate in Fate} == {step.event for step in DELIVERED_VOUCHER.steps}
    assert MACHINES.keys() == {machine.name for machine in MACHINES.values()}
