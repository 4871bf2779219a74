"""Errors of the mirror beside a ledger that is not ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from kravbro.bootstrap.notice import settle_new
from kravbro.bootstrap.setup.applying import plan
from kravbro.bootstrap.setup.reading import read_setup
from kravbro.bootstrap.site import Site, make_site
from kravbro.core.claims import ClaimState, Status, TransactionKind
from kravbro.core.vouchers import Fate, Voucher
from kravbro.db.engines import writing
from kravbro.db.places import place_at
from kravbro.migrations.upgrade import upgrade
from kravbro.mirror.connections import Connection, connect
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.observations import advance, version_of
from kravbro.mirror.source import Delivery, OpenItem
from kravbro.ports.conformance.ledger.scene import LedgerScene
from tests.bootstrap.setups import EXAMPLE
from tests.errors.gallery import command, provokes
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
    ledger(folder).withdraw(COMPANY, "99", "an agreement")


@provokes("mirror.no_doubt")
def something_is_accepted_that_nobody_doubts(folder: Path) -> None:
    ledger(folder).accept(COMPANY, "17/3")


@provokes("mirror.voucher_not_followed")
def the_end_of_a_voucher_is_told_that_nobody_delivered(folder: Path) -> None:
    ledger(folder).settle_fate(COMPANY, "K-17", Fate.POSTED, "17")


@provokes("mirror.voucher_waits")
def a_voucher_that_waits_in_the_ledger_is_said_to_be_posted(folder: Path) -> None:
    folder.joinpath("place").mkdir()
    its = LedgerScene(SmallWorld(folder, posts_at_once=False))
    voucher = its.voucher((its.accepted(), 5_00))
    its.ledger.post_vouchers(COMPANY, [voucher])
    assert isinstance(its.ledger, MirroredLedger)
    its.ledger.settle_fate(COMPANY, voucher.key, Fate.DELETED, "")


@provokes("mirror.unknown_code")
def a_booking_was_altered_past_the_program(folder: Path) -> None:
    its = scene(folder)
    offer = its.accepted()
    its.pay(offer.entry, 10_00)
    its.transactions()
    with writing(place_at(str(folder / "place")).open("mirror")) as connection:
        connection.exec_driver_sql("UPDATE booking SET kind = 'gift'")
    its.transactions()


def ledger(folder: Path) -> MirroredLedger:
    """The ledger of a new scene."""
    scene(folder)
    return with_source(folder, SmallSource(SmallErp(folder / "small.sqlite")))


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


@provokes("mirror.reason")
def a_claim_is_asked_back_without_a_reason(folder: Path) -> None:
    ledger(folder).withdraw(COMPANY, "S1", " ")


@provokes("mirror.several_claims")
def two_claims_have_one_invoice_number(folder: Path) -> None:
    its = scene(folder)
    for _ in range(2):
        its.accepted()
    with writing(place_at(str(folder / "place")).open("mirror")) as connection:
        connection.exec_driver_sql("UPDATE offer SET invoice_no = 'F1'")
    with_source(folder, SmallSource(SmallErp(folder / "small.sqlite"))).withdraw(COMPANY, "F1", "an agreement")


@provokes("mirror.no_such_invoice")
def an_invoice_was_handed_over_that_the_ledger_does_not_have(folder: Path) -> None:
    ledger(folder).named_items(COMPANY, ["501"])


class Parted(SmallSource):
    """A ledger in which an invoice is paid in two parts."""

    def named(self, company: int, invoice_nos: Collection[str]) -> dict[str, list[int]]:
        return {one: [1, 2] for one in invoice_nos if company}


@provokes("mirror.several_items")
def an_invoice_in_two_parts_was_handed_over(folder: Path) -> None:
    scene(folder)
    with_source(folder, Parted(SmallErp(folder / "small.sqlite"))).named_items(COMPANY, ["501"])


@provokes("mirror.not_connected")
def a_run_that_connected_was_killed(folder: Path) -> None:
    place = place_at(str(folder))
    for owner in ("office", "bridge", "mirror"):
        upgrade(place.open(owner), owner)
    command("claims", "ready", "--dir", str(folder))


@provokes("mirror.unknown_kind")
def a_kind_of_ledger_that_has_no_adapter(folder: Path) -> None:
    command("ledger", "connect", "abacus", "abacus://here", "--dir", str(folder))


@provokes("mirror.nothing_to_install")
def a_kind_of_ledger_in_which_nothing_is_made(_: Path) -> None:
    command("install", "tryton", "tryton://here")


@provokes("mirror.own_ledger")
def an_installation_with_books_is_to_be_connected(folder: Path) -> None:
    make_site(place_at(str(folder)), (1,))
    command("ledger", "connect", "tryton", "tryton://here", "--dir", str(folder))


def connected(folder: Path) -> Path:
    """An installation beside a small ledger, as far as it can be without an adapter that the program knows."""
    its = scene(folder)
    place = place_at(str(folder / "place"))
    for owner in ("office", "bridge"):
        upgrade(place.open(owner), owner)
    settle_new(place, ACT)
    its.ledger.identify()
    with writing(place.open("mirror")) as connection:
        connect(connection, Connection("small", "small://here"), ACT)
    return folder / "place"


@provokes("mirror.other_kind")
def another_kind_of_ledger_is_connected(folder: Path) -> None:
    with writing(place_at(str(connected(folder))).open("mirror")) as connection:
        connect(connection, Connection("other", "other://here"), ACT)


@provokes("site.foreign_ledger")
def books_are_asked_for_where_there_are_none(folder: Path) -> None:
    site = Site(place_at(str(connected(folder))), ACT)
    site.__dict__["ledger"] = with_source(folder, SmallSource(SmallErp(folder / "small.sqlite")))
    site.books(COMPANY)


@provokes("setup.company_elsewhere")
def a_company_of_a_foreign_ledger_is_described(folder: Path) -> None:
    where = connected(folder)
    text = EXAMPLE.read_text(encoding="utf-8").replace(
        '[installation]\nledger = "nordvik-ledger"\n', "[installation]\n"
    )
    (folder / "setup.toml").write_text(text, encoding="utf-8")
    wanted = read_setup((folder / "setup.toml").read_bytes(), "setup.toml", folder)
    raise plan(place_at(str(where)), wanted.setup, ACT).refusals[0]


@provokes("ledger.not_text")
def settings_in_another_encoding(folder: Path) -> None:
    (folder / "settings.toml").write_bytes("navn = 'Bodø'".encode("latin-1"))
    command("ledger", "connect", "tryton", "tryton://here", "--settings", "settings.toml", "--dir", str(folder))


@provokes("ledger.own")
def the_connection_of_our_own_ledger(folder: Path) -> None:
    make_site(place_at(str(folder)), (1,))
    command("ledger", "show", "--dir", str(folder))


class Emptied(SmallSource):
    """A ledger that has lost its invoices."""

    def items(self, company: int, entries: Collection[int]) -> list[OpenItem]:
        return []


@provokes("mirror.items_vanished")
def the_ledger_has_lost_its_invoices(folder: Path) -> None:
    scene(folder).accepted()
    with_source(folder, Emptied(SmallErp(folder / "small.sqlite"))).transactions(COMPANY, 0, 10)
