"""Statuses: what the ledger shows of its claims at the collector."""

from __future__ import annotations

import msgspec

from kravbro.core.claims import ClaimState
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.ledger.scene import LedgerScene, ledger_check, without_number
from kravbro.ports.identity import Delivered

BOTH = ("publish_statuses", "recorded_statuses")


@ledger_check(36, *BOTH)
def the_newest_status_is_shown(scene: LedgerScene) -> None:
    """The highest version of a claim's status is shown; a lower one is ignored."""
    first, second = scene.accepted(), scene.accepted()
    publish = scene.ledger.publish_statuses
    registered, paid, ended = (
        scene.status(first, version, state)
        for version, state in ((1, ClaimState.REGISTERED), (2, ClaimState.PAID), (5, ClaimState.ENDED))
    )
    beside = scene.status(second, 1)
    for batch, answer, shown in (
        ([paid], Delivered(1, 0), [paid]),
        ([registered, paid], Delivered(0, 2), [paid]),
        ([beside, ended, ended], Delivered(2, 1), [ended, beside]),
        ([paid, registered], Delivered(0, 2), [ended, beside]),
    ):
        versions = f"statuses of versions {[status.version for status in batch]} came"
        expect.same(publish(scene.company, batch), answer, versions)
        expect.same(without_number(scene.shown(first, second)), without_number(shown), f"{versions}; shown was then")


@ledger_check(37, *BOTH)
def changed_statuses_are_refused(scene: LedgerScene) -> None:
    """A known version with other content, and a status of a claim that is not there, are DataFaults: the batch is kept
    out.
    """
    first, second = scene.accepted(), scene.accepted()
    status = scene.status(first, 2, ClaimState.PAID)
    scene.ledger.publish_statuses(scene.company, [status])
    replace = msgspec.structs.replace
    for wrong, what in (
        (replace(status, state=ClaimState.ENDED), "a known version with another state"),
        (replace(status, entry=987_654_321, version=1), "a claim that is not there"),
    ):
        scene.refuses("publish_statuses", [scene.status(second, 1), wrong], f"a status of {what}")


CHECKS = (the_newest_status_is_shown, changed_statuses_are_refused)
