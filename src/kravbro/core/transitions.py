"""The life of each thing that has one, as data: states, events, and nothing that is not drawn here.

`docs/states.md` is drawn from `MACHINES`. A step that a machine lacks is refused as a Skip, never taken in silence.
"""

from __future__ import annotations

import msgspec

from kravbro.core.errors import Skip


class Step(msgspec.Struct, frozen=True):
    """One allowed step: in state `source`, `event` leads to `target`."""

    source: str
    event: str
    target: str


class Machine(msgspec.Struct, frozen=True):
    """All steps of one kind of thing, the state it begins in, and what it is."""

    name: str
    note: str
    initial: str
    steps: tuple[Step, ...]

    def after(self, state: str, event: str, thing: str) -> str:
        """The state after `event`. Raises Skip `transition.not_allowed` naming `thing` if there is no such step."""
        for step in self.steps:
            if step.source == state and step.event == event:
                return step.target
        raise Skip("transition.not_allowed", machine=self.name, thing=thing, state=state, event=event)


PROPOSAL = Machine(
    "dunning proposal",
    "Made in the ledger. Approval makes a voucher of the transfer type; when that is posted the lines become offers;"
    " when its draft is deleted, so is the proposal.",
    "draft",
    (
        Step("draft", "approve", "approved"),
        Step("draft", "delete", "deleted"),
        Step("approved", "delete", "deleted"),
        Step("draft", "convert", "converted"),
    ),
)
LEDGER_VOUCHER = Machine(
    "ledger voucher",
    "A voucher in the ledger's journal. Only a posted one has entries.",
    "draft",
    (
        Step("draft", "post", "posted"),
        Step("draft", "delete", "deleted"),
        Step("draft", "reject", "rejected"),
    ),
)
CASE = Machine(
    "case",
    "Claims on one debtor for one creditor and workflow. New claims join only while it is registered.",
    "registered",
    (
        Step("registered", "begin", "in_progress"),
        Step("registered", "settle", "closed"),
        Step("in_progress", "settle", "closed"),
        Step("registered", "give_back", "closed"),
        Step("in_progress", "give_back", "closed"),
        Step("closed", "reopen", "in_progress"),
    ),
)
POSTING = Machine(
    "posting proposal",
    "What the collector wants booked. Regenerated as often as needed; its vouchers get keys and numbers at approval.",
    "draft",
    (Step("draft", "regenerate", "draft"), Step("draft", "approve", "approved")),
)
DELIVERED_VOUCHER = Machine(
    "delivered voucher",
    "An approved voucher of the collector, as far as the ledger has told. Delivered is not posted. One that was deleted"
    " may come back: an import file can be read again.",
    "approved",
    (
        Step("approved", "delivered", "delivered"),
        Step("approved", "posted", "posted"),
        Step("approved", "rejected", "rejected"),
        Step("delivered", "posted", "posted"),
        Step("delivered", "rejected", "rejected"),
        Step("delivered", "deleted", "deleted"),
        Step("deleted", "delivered", "delivered"),
        Step("deleted", "posted", "posted"),
    ),
)
CLAIM = Machine(
    "claim",
    "A claim at the collector, as published to the ledger. It leaves when its creditor withdraws it or the office gives"
    " it back: it is gone at once, or when the money that was received on it is booked. Proposed again it is another.",
    "registered",
    (
        Step("registered", "settle", "paid"),
        Step("registered", "end", "ended"),
        Step("paid", "reopen", "registered"),
        Step("ended", "reopen", "registered"),
        Step("registered", "leave", "leaving"),
        Step("paid", "leave", "leaving"),
        Step("ended", "leave", "leaving"),
        Step("leaving", "withdraw", "withdrawn"),
        Step("leaving", "return", "returned"),
    ),
)

MACHINES: dict[str, Machine] = {
    machine.name: machine for machine in (PROPOSAL, LEDGER_VOUCHER, CASE, CLAIM, POSTING, DELIVERED_VOUCHER)
}
