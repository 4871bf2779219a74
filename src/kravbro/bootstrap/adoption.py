"""Adopt an installation that was copied, moved, or put back in part from an older copy.

First everything is named that one side has and the other lacks. Then, in one transaction per database: numbers that the
other side has seen are burnt, the positions are forgotten so that what is missing is sent again, what the receiver lost
is set aside, and the database takes its place as its own. A stop between two databases leaves the installation as it
was found, for reading only, and adopting again completes it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

import msgspec

from kravbro.books.commands import adoption as books_adoption
from kravbro.bootstrap.notice import Noticed
from kravbro.bootstrap.site import Site, open_site
from kravbro.bridge.joined import Joined
from kravbro.bridge.missing import (
    BOOKING,
    Missing,
    Remedy,
    Side,
    Told,
    forgotten,
    missing,
    things_lost,
    things_taken_up,
    told_by_both,
)
from kravbro.bridge.positions import carry_again, forget, put_aside
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault
from kravbro.core.forgotten import AnsweredOffer
from kravbro.db.engines import Connection, reading, writing_anywhere
from kravbro.db.place import Place, company_owner
from kravbro.db.residence import OWN, remember, remembered, settle
from kravbro.mirror import adoption as mirror_adoption
from kravbro.mirror.adoption import Forgotten
from kravbro.mirror.ledger import MirroredLedger
from kravbro.mirror.source import OpenItem
from kravbro.office import adoption as office_adoption
from kravbro.office.creditors import creditor_of_company
from kravbro.office.status_versions import overtake
from kravbro.office.taking_up import take_up, takeable

LONGEST_REASON = 200


class Found(msgspec.Struct, frozen=True):
    """What does not fit in a place, and what each side lacks, before anything is changed."""

    noticed: Noticed
    missing: tuple[Missing, ...]
    told: Mapping[int, Told]
    ledger: str = ""
    """The ledger's installation."""
    taken_up: Mapping[int, list[AnsweredOffer]] = msgspec.field(default_factory=dict)
    """By company, what the office forgot and can take up again."""
    mirrored: bool = False
    """Whether a mirror remembers for the ledger."""
    items: Mapping[int, list[OpenItem]] = msgspec.field(default_factory=dict)
    """By company, what a foreign ledger has of the items of which its mirror forgot a booking."""


class Adopted(msgspec.Struct, frozen=True):
    """What an adoption did: the databases that took this place as their own, and how many numbers were burnt."""

    databases: tuple[str, ...]
    numbers_burnt: int


def look(place: Place, act: Act) -> Found:
    """What an adoption would find. Changes nothing. Raises as `open_site` does."""
    site = open_site(place, act)
    if not site.is_opened():
        return Found(site.noticed, (), {})
    ledger, collector = site.ledger, site.collector
    joined = Joined(ledger, collector, site.positions, ledger.identify(), collector.identify(), site.page)
    listed = set(ledger.companies())
    served = sorted(listed & set(collector.companies(joined.ledger_identity.installation)))
    told = {company: told_by_both(joined, company) for company in served}
    gone = [
        Missing(company, Side.LEDGER, "company", str(company), 0, "", Remedy.LOST)
        for company in site.positions.companies()
        if company not in listed
    ]
    taken_up = {
        company: _takeable(site, company, joined.ledger_identity.installation, told[company]) for company in served
    }
    found = [
        one
        for company in served
        for one in missing(joined, company, told[company], [again.offer.number for again in taken_up[company]])
    ]
    if not isinstance(ledger, MirroredLedger):
        return Found(site.noticed, (*gone, *found), told, joined.ledger_identity.installation, taken_up)
    items = {
        company: ledger.look_at(company, [one.entry for one in _forgotten_bookings(told[company])])
        for company in served
    }
    known = {f"{BOOKING}{one.booking}" for company in served for one in _forgotten_bookings(told[company])}
    again = [msgspec.structs.replace(one, remedy=Remedy.TAKEN_UP) if _is_booking(one, known) else one for one in found]
    return Found(site.noticed, (*gone, *again), told, joined.ledger_identity.installation, taken_up, True, items)


def _is_booking(one: Missing, known: Container[str]) -> bool:
    return one.lacking is Side.LEDGER and one.kind == "transaction" and one.thing in known


def _forgotten_bookings(told: Told) -> list[Forgotten]:
    """Bookings that the collector was told of, and that the mirror of a foreign ledger does not know any more."""
    known = {one.booking for one in told.booked}
    return [
        Forgotten(int(move.id.removeprefix(BOOKING)), move.number, claim.offer, claim.entry, move.amount_ore)
        for claim in told.claims
        for move in claim.movements
        if claim.offer in told.offers
        and move.id.startswith(BOOKING)
        and int(move.id.removeprefix(BOOKING)) not in known
    ]


def _takeable(site: Site, company: int, ledger: str, told: Told) -> list[AnsweredOffer]:
    """What the office forgot of a company and can take up again."""
    offers = site.ledger.answered_offers(company, forgotten(told))
    with reading(site.office) as connection:
        return takeable(connection, creditor_of_company(connection, ledger, company), offers)


def adopt(place: Place, found: Found, because: str, act: Act, last_cases: Sequence[str] = ()) -> Adopted:
    """Adopt what was found. Safe to repeat.

    `last_cases` are case numbers that somebody knows were given out, such as those of letters: none up to them is given
    again. Raises DataFault `site.adoption_reason`, `site.last_case`.
    """
    because = because.strip()
    if not 0 < len(because) <= LONGEST_REASON:
        raise DataFault("site.adoption_reason", longest=LONGEST_REASON)
    with reading(place.open("office")) as connection:
        office_adoption.refuse_strange(connection, _creditors(connection, found).values(), last_cases)
    ages = {one.database: one.seen_age for one in found.noticed.older}
    owners = place.owners()
    # The bridge first: as long as another database waits, nothing is carried.
    order = sorted(owners, key=lambda owner: (owner != "bridge", owner == "system"))
    numbers_burnt = 0
    for owner in order:
        with writing_anywhere(place.open(owner)) as connection:
            numbers_burnt += _prepare(connection, owner, found, because, act)
            if owner == "office":
                numbers_burnt += _prepare_office(connection, found, last_cases, because, act)
            settle(connection, because, act)
            own = remembered(connection).ages[OWN]
            remember(connection, {OWN: max(own, ages.get(owner, 0)) + 1})
    return Adopted(tuple(order), numbers_burnt)


def _prepare(connection: Connection, owner: str, found: Found, because: str, act: Act) -> int:
    """What is done in a bridge or a company before it is settled; answers how many numbers were burnt."""
    if owner == "bridge":
        _forget(connection, found, because, act)
        return 0
    if owner == "mirror":
        if not found.mirrored:
            return 0
        return sum(_prepare_mirror(connection, company, found, because, act) for company in found.told)
    by_owner = {company_owner(company): told for company, told in found.told.items()}
    if owner in by_owner:
        return books_adoption.burn_seen(connection, _seen_of_ledger(by_owner[owner]), because, act)
    return 0


def _prepare_mirror(connection: Connection, company: int, found: Found, because: str, act: Act) -> int:
    """Take up what the mirror forgot of a company; answers how many numbers were burnt."""
    told, items = found.told[company], found.items.get(company, [])
    used = mirror_adoption.take_up(connection, company, _forgotten_bookings(told), items, act)
    numbers = {"booking": {one for one, _ in used}, "transaction": {one for _, one in used}}
    return mirror_adoption.burn_seen(connection, company, _seen_of_ledger(told), numbers, because, act)


def _prepare_office(connection: Connection, found: Found, last_cases: Sequence[str], because: str, act: Act) -> int:
    """What is done in the office before it is settled; answers how many numbers were burnt."""
    seen_age = max((one.seen_age for one in found.noticed.older if one.database == "office"), default=0)
    lost = max(seen_age - remembered(connection).ages.get(OWN, 0), 0)
    burnt = 0
    for company, creditor in _creditors(connection, found).items():
        burnt += _note_in_office(connection, found, company, last_cases, because, act)
        burnt += office_adoption.burn_unseen(connection, creditor, lost, because, act)
    return burnt


def _creditors(connection: Connection, found: Found) -> dict[int, int]:
    """The creditor of each company that was looked at."""
    return {company: creditor_of_company(connection, found.ledger, company) for company in found.told}


def _forget(connection: Connection, found: Found, because: str, act: Act) -> None:
    """Let every stream be read from the start; where nothing is missing, the positions are right as they stand."""
    if not found.missing and not found.noticed.older:
        return
    gone = {one.company for one in found.missing}
    for company in sorted({*found.told, *gone}):
        forget(connection, company, because, act)
        if company in found.told:
            about = [one for one in found.missing if one.company == company]
            lost = things_lost(about, found.told[company])
            carry_again(connection, company, things_taken_up(found.taken_up.get(company, ())) - lost)
            put_aside(connection, company, lost, because, act)


def _seen_of_ledger(told: Told) -> dict[str, int]:
    """The highest number of each series of the ledger that the collector has seen."""
    moves = [move for claim in told.claims for move in claim.movements]
    bookings = [int(move.id.removeprefix(BOOKING)) for move in moves if move.id.startswith(BOOKING)]
    answered = {(one.offer, one.entry) for one in told.claims} | {(one.offer, one.entry) for one in told.given}
    return {
        "offer": max((offer for offer, _ in answered), default=0),
        "entry": max((entry for _, entry in answered), default=0),
        "booking": max(bookings, default=0),
        "transaction": max((move.number for move in moves), default=0),
        "withdrawal": max((wish.number for wish in told.known_wanted_back), default=0),
        "voucher_event": max((one.number for one in told.known_fates), default=0),
    }


def _note_in_office(  # noqa: PLR0917 - whose, what was told, and who says so why
    connection: Connection, found: Found, company: int, last_cases: Sequence[str], because: str, act: Act
) -> int:
    creditor, told = creditor_of_company(connection, found.ledger, company), found.told[company]
    told_now = {fate.number for fate in told.fates}
    gone = [fate.number for fate in told.known_fates if fate.number not in told_now]
    office_adoption.note_lost_receipts(connection, creditor, gone, because, act)
    shown = {status.entry: status.version for status in told.shown}
    burnt = overtake(connection, creditor, shown, because, act)
    take_up(connection, creditor, found.taken_up.get(company, ()), told.wanted_back, because, act)
    return burnt + office_adoption.burn_seen(
        connection,
        creditor,
        max((receipt.number for receipt in told.held), default=0),
        [*(one.case_number for one in told.held), *(one.case_number for one in told.shown), *last_cases],
        [fate.voucher_key for fate in told.fates],
        because,
        act,
    )
