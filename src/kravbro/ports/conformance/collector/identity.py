"""Who the collector is, how far its streams have come, and which companies it serves."""

from __future__ import annotations

from kravbro.core.errors import KravbroError
from kravbro.core.vouchers import Fate
from kravbro.ports.conformance import expect, streams
from kravbro.ports.conformance.collector.scene import CollectorScene, collector_check

NOWHERE = 987_654
"""A company that nobody has."""
READ = ("receipts", "vouchers", "statuses", "recorded_voucher_receipts", "claims")


@collector_check(1, "identify")
def installation_stays(scene: CollectorScene) -> None:
    """An installation has one id, the same at every start."""
    first, second = scene.collector.identify(), scene.open().identify()
    expect.true(bool(first.installation) and bool(first.kind), "it was identified", "a kind and an id", first)
    expect.same((second.kind, second.installation), (first.kind, first.installation), "it was opened twice")


@collector_check(2, "identify")
def heads_are_last_numbers(scene: CollectorScene) -> None:
    """A head is the last number of its stream: a lower one means a restored copy, so it never falls, and a higher one
    would hide that.
    """
    first, second = scene.accepted(), scene.accepted()
    scene.paid(first, 100_00)
    scene.paid(second, 100_00)
    identity = scene.collector.identify()
    for name in scene.start:
        last = scene.streams()[name].pages()[-1].number
        expect.same(identity.head(scene.company, name), last, f"the head of {name} was asked for")


@collector_check(3, "companies")
def companies_are_those_served(scene: CollectorScene) -> None:
    """The companies are those of the installation that asks, and none of an installation that is not served."""
    installation = scene.world.installation
    served = scene.collector.companies(installation)
    expect.true(scene.company in served, "served companies were listed", f"{scene.company} among them", served)
    expect.same(scene.open().companies(installation), served, "they were listed after another start")
    unknown = scene.collector.companies(f"{installation}-of-somebody-else")
    expect.same(unknown, [], "companies of an installation that is not served were listed")


@collector_check(4, "receipts", "vouchers", "statuses")
def unknown_company_is_an_error(scene: CollectorScene) -> None:
    """A company that is not served is an error with a code, one of the four kinds, and never an empty answer."""
    for read in (scene.collector.receipts, scene.collector.vouchers, scene.collector.statuses):
        expect.refused(f"company {NOWHERE} was read, which is not served", KravbroError, read, NOWHERE, 0, 1)


def _make_busy(scene: CollectorScene) -> None:
    """Three rows and more in every stream."""
    offers = [scene.accepted() for _ in range(3)]
    for offer in offers:
        voucher = scene.paid(offer, 100_00)
        fates = [scene.fate(voucher, Fate.DELIVERED), scene.fate(voucher, Fate.POSTED)]
        scene.collector.accept_voucher_receipts(scene.company, fates)
    scene.book(*[scene.transaction(offer, -10_00) for offer in offers])


@collector_check(5, *READ)
def rows_rise(scene: CollectorScene) -> None:
    """Rows come in order of their number, and after the number that was given."""
    _make_busy(scene)
    streams.rows_rise(scene.streams())


@collector_check(6, *READ)
def limit_holds(scene: CollectorScene) -> None:
    """A page has at most as many rows as were asked for."""
    _make_busy(scene)
    streams.limit_holds(scene.streams())


@collector_check(7, *READ)
def pages_are_alike(scene: CollectorScene) -> None:
    """Pages of one, of two, and one large page give the same rows."""
    _make_busy(scene)
    streams.pages_are_alike(scene.streams())


@collector_check(8, *READ)
def told_twice_alike(scene: CollectorScene) -> None:
    """A row keeps its number and its content, however often and by whomever it is read."""
    _make_busy(scene)
    streams.told_twice_alike(scene.streams(), scene.streams(scene.open()))


@collector_check(9, "receipts", "vouchers", "statuses")
def nothing_appears_behind_a_reader(scene: CollectorScene) -> None:
    """Order of number is order of commit: no row appears behind a number that a reader has passed."""
    reader = streams.Reader({name: scene.streams()[name] for name in ("receipts", "vouchers", "statuses")})
    for _ in range(3):
        first, second = scene.offer(), scene.offer()
        scene.accept(first)
        reader.read()
        third = scene.offer()
        scene.accept(second, third)
        scene.book(scene.transaction(first, -150_00), scene.transaction(second, -150_00))
        reader.read()
        scene.paid(first, 100_00)
    reader.missed_nothing()


CHECKS = (
    installation_stays,
    heads_are_last_numbers,
    companies_are_those_served,
    unknown_company_is_an_error,
    rows_rise,
    limit_holds,
    pages_are_alike,
    told_twice_alike,
    nothing_appears_behind_a_reader,
)
