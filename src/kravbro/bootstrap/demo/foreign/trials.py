"""Which trials of foreign ledgers there are, and the demo beside one of them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from kravbro.bootstrap.demo.foreign.day import ForeignDemo, run_foreign
from kravbro.bootstrap.demo.foreign.files import FilesTrial
from kravbro.bootstrap.demo.foreign.trial import Trial
from kravbro.bootstrap.demo.foreign.tryton import TrytonTrial
from kravbro.bootstrap.demo.foreign.visma_business import VismaTrial
from kravbro.bootstrap.demo.run import OnStep, Result, unseen
from kravbro.bootstrap.site import DEFAULT_FOLDER
from kravbro.bridge.cursor import OnPage, silently
from kravbro.core.acts import Act
from kravbro.db.folder_place import FolderPlace
from kravbro.db.place import Place
from kravbro.engine.clock import Clock


class LedgerKind(StrEnum):
    """The ledger that a demo is run beside."""

    EMBEDDED = "embedded"
    FILES = "files"
    TRYTON = "tryton"
    VISMA_BUSINESS = "visma_business"
    WSINKASSO = "wsinkasso"


def run_beside(
    kind: LedgerKind, place: Place, clock: Clock, *, on_step: OnStep = unseen, on_page: OnPage = silently
) -> Result:
    """Run the main job beside a trial of a foreign ledger, which is made where it is not there."""
    folder = (place.folder if isinstance(place, FolderPlace) else DEFAULT_FOLDER) / kind.value
    trial = _trial(kind, folder, clock)
    try:
        return run_foreign(ForeignDemo(place, clock, trial, on_step=on_step, on_page=on_page))
    finally:
        trial.close()


def _trial(kind: LedgerKind, folder: Path, clock: Clock) -> Trial:
    if kind is LedgerKind.TRYTON:
        return TrytonTrial(folder, clock.today())
    if kind is LedgerKind.WSINKASSO:
        from kravbro.bootstrap.demo.foreign.wsinkasso import ServiceTrial

        return ServiceTrial(folder, clock)
    act = Act("the demo", clock.today(), clock.now())
    return FilesTrial(folder, act) if kind is LedgerKind.FILES else VismaTrial(folder, act)
