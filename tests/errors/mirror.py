"""Errors of the mirror beside a ledger that is not ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from kravbro.core.claims import ClaimState, Status, TransactionKind
from kravbro.core.vouchers import Voucher
from kravbro.db.engines import writing
from kravbro.db.places import place_at
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.observations import advance, version_of
from kravbro.mirror.source import Delivery, OpenItem
from kravbro.ports.conformance.ledger.scene import LedgerScene
from tests.errors.gallery import provokes
from tests.mirror.acting import ACT, SmallWorld
from tests.mirror.erp import COMPANIES, TODAY, SmallErp, SmallSource

COMPANY = COMPANIES[0]


def scene(folder: Path) -> LedgerScene:
    """A small ledger with its mirror."""
    folder.joinpath("place").mkdir()
    return LedgerScene(SmallWorld(folder))


@provokes("mirror.unknown_company")
def a_company_that_the_ledger_does_not_have(folder: Path) -> None:
    scene(folder).ledger.transactions(77, 0, 10)


@provokes("port.unknown_claim")
def a_status_of_a_claim_that_was_never_offered(folder: Path) -> None:
    status = Status(1, 99, 1, ClaimState.REGISTERED, "1-000001", TODAY)
    scene(folder).ledger.publish_statuses(COMPANY, [status])


@provokes("mirror.not_at_collector")
def a_claim_is_asked_back_that_nobody_has(folder: Path) -> None:
    ledger = scene(folder).ledger
    assert isinstance(ledger, MirroredLedger)
    ledger.withdraw(COMPANY, 99, "an agreement")


@provokes("mirror.unknown_code")
def a_booking_was_altered_past_the_program(folder: Path) -> None:
    its = scene(folder)
    offer = its.accepted()
    its.pay(offer.entry, 10_00)
    its.transactions()
    with writing(place_at(str(folder / "place")).open("mirror")) as connection:
        connection.exec_driver_sql("UPDATE booking SET kind = 'gift'")
    its.transactions()


class Elsewhere(SmallSource):
    """The same ledger, copied to another server."""

    def installation(self) -> str:
        return "small-2"


def with_source(folder: Path, source: SmallSource) -> MirroredLedger:
    """The mirror of a scene over another adapter."""
    return MirroredLedger(place_at(str(folder / "place")).open("mirror"), source, ACT)


@provokes("mirror.other_installation")
def another_server_answers(folder: Path) -> None:
    scene(folder).ledger.identify()
    with_source(folder, Elsewhere(SmallErp(folder / "small.sqlite"))).identify()


class Silent(SmallSource):
    """An adapter that forgets to say what became of a voucher."""

    def deliver(self, company: int, vouchers: Sequence[Voucher]) -> list[Delivery]:
        return super().deliver(company, vouchers)[1:]


@provokes("mirror.voucher_without_fate")
def an_adapter_says_nothing_of_a_voucher(folder: Path) -> None:
    its = scene(folder)
    voucher = its.voucher((its.accepted(), 10_00))
    with_source(folder, Silent(SmallErp(folder / "small.sqlite"))).post_vouchers(COMPANY, [voucher])


class Watched(SmallSource):
    """A ledger at which somebody else always looks at the same moment, and is quicker."""

    def __init__(self, erp: SmallErp, folder: Path) -> None:
        super().__init__(erp)
        self._engine = place_at(str(folder / "place")).open("mirror")

    def items(self, company: int, entries: Collection[int]) -> list[OpenItem]:
        with writing(self._engine) as connection:
            advance(connection, company, version_of(connection, company), ACT)
        return super().items(company, entries)


@provokes("mirror.seen_meanwhile")
def somebody_else_is_always_quicker(folder: Path) -> None:
    its = scene(folder)
    entry = its.accepted().entry
    its.world.book(TransactionKind.PAYMENT, entry, -10_00, TODAY)
    look = partial(Watched, SmallErp(folder / "small.sqlite"), folder)
    with_source(folder, look()).transactions(COMPANY, 0, 10)
