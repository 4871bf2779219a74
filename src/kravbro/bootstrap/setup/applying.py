"""Make an installation's set-up what a file says: first decide everything, then write, each database in a transaction.

Companies come before the office, since creditors name their accounts; what is removed from a company's books goes last,
when no creditor names it any more. A run that was killed is done again: what is there already differs in nothing.
"""

from __future__ import annotations

from uuid import uuid4

import msgspec

from kravbro.books.commands import setup_changes as books
from kravbro.books.commands.installation import add_company, open_installation
from kravbro.books.commands.setup import CompanySetup
from kravbro.bootstrap.notice import settle_new
from kravbro.bootstrap.setup.checking import faults_of
from kravbro.bootstrap.setup.description import CompanyPart, Setup, merged
from kravbro.bootstrap.setup.reading import Fault
from kravbro.bootstrap.setup.standing import standing
from kravbro.bootstrap.site import make_site
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, KravbroError, Stop
from kravbro.db.engines import reading, writing
from kravbro.db.place import Place, company_owner
from kravbro.db.setup_rows import differences
from kravbro.migrations.upgrade import upgrade
from kravbro.office import setup_changing as office
from kravbro.office import whole_setup
from kravbro.office.setup import open_office
from kravbro.office.setup_history import reason_given

SYSTEM = "system"


class Item(msgspec.Struct, frozen=True):
    """One item that changes: in whose database, of what, from what to what. Empty: not there."""

    owner: str
    subject: str
    item: str
    before: str
    after: str


class Plan(msgspec.Struct, frozen=True):
    """What a set-up would change in a place: the set-up after it, what is wrong there, and what stands in its way."""

    before: Setup
    after: Setup
    items: tuple[Item, ...]
    faults: tuple[Fault, ...]
    refusals: tuple[KravbroError, ...]


class Applied(msgspec.Struct, frozen=True):
    """What was changed, and the posting proposals that were made anew for it, as creditor and number."""

    items: tuple[Item, ...]
    drafts: tuple[tuple[int, int], ...]


def plan(place: Place, wanted: Setup, act: Act, *, remove: bool = False) -> Plan:
    """Decide what a set-up would change in a place. Writes nothing. Raises as `open_site` does."""
    before = standing(place, act)
    named = msgspec.structs.replace(
        wanted,
        ledger=wanted.ledger or before.ledger or f"ledger-{uuid4().hex}",
        office=wanted.office or before.office or f"office-{uuid4().hex}",
    )
    after = merged(before, named, remove=remove)
    items = tuple(_items(before, after))
    refusals = [*_identity_refusals(before, after), *_company_refusals(before, wanted, remove=remove)]
    if before.ledger or before.office:
        refusals += _use_refusals(place, before, after)
    return Plan(before, after, items, tuple(_new_faults(before, wanted, after)), tuple(refusals))


def _items(before: Setup, after: Setup) -> list[Item]:
    """Everything that differs, in the order in which it is written."""
    found = [
        *_differing(SYSTEM, {"installation": {"ledger": before.ledger}}, {"installation": {"ledger": after.ledger}})
    ]
    for number, part in after.companies.items():
        known = before.companies.get(number)
        found += _differing(SYSTEM, _listed(known), _listed(part))
        was = books.subjects(known.books if known else None)
        found += _differing(company_owner(number), was, books.subjects(part.books))
    found += _differing(
        "office", {"installation": {"office": before.office}}, {"installation": {"office": after.office}}
    )
    return found + _differing("office", whole_setup.subjects(before.own), whole_setup.subjects(after.own))


def _listed(part: CompanyPart | None) -> dict[str, dict[str, str]]:
    if part is None:
        return {}
    return {f"company {part.number}": {"name": part.name, "organisation_number": part.organisation_number}}


def _differing(owner: str, before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[Item]:
    return [
        Item(owner, subject, item, was[item], now[item])
        for subject, was, now in differences(before, after)
        for item in now
    ]


def _new_faults(before: Setup, wanted: Setup, after: Setup) -> list[Fault]:
    """What is wrong with the set-up after it: in what the file mentions, and elsewhere if it was not wrong before."""
    mentioned = {
        *(("companies", str(number)) for number in wanted.companies),
        *(("creditors", str(number)) for number in wanted.own.creditors),
        *(("agreements", account) for account in wanted.own.agreements),
    }
    known = {(one.path, one.error.code) for one in faults_of(before)}
    return [one for one in faults_of(after) if one.path[:2] in mentioned or (one.path, one.error.code) not in known]


def _identity_refusals(before: Setup, after: Setup) -> list[KravbroError]:
    found: list[KravbroError] = []
    if before.ledger not in {"", after.ledger}:
        found.append(DataFault("books.other_installation", wanted=after.ledger, found=before.ledger))
    if before.office not in {"", after.office}:
        told = {"thing": "office", "column": "id", "stored": before.office, "given": after.office}
        found.append(DataFault("office.setup_differs", **told))
    return found


def _company_refusals(before: Setup, wanted: Setup, *, remove: bool) -> list[KravbroError]:
    """Companies are never removed, and stay who they are."""
    found: list[KravbroError] = []
    if before.foreign:
        return [DataFault("setup.company_elsewhere", company=number) for number in sorted(wanted.companies)]
    for number, known in before.companies.items():
        part = wanted.companies.get(number)
        if part is None and remove:
            found.append(Stop("setup.company_stays", company=number, name=known.name))
        elif part is not None and (part.name, part.organisation_number) != (known.name, known.organisation_number):
            found.append(DataFault("books.other_company", company=number, found=known.name))
    return found


def _use_refusals(place: Place, before: Setup, after: Setup) -> list[KravbroError]:
    """What is in use and would change or go."""
    found: list[KravbroError] = []
    for number in before.companies:
        with reading(place.open(company_owner(number))) as connection:
            found += books.refusals(connection, after.companies[number].books)
    with reading(place.open("office")) as connection:
        return found + office.refusals(connection, after.own)


def refuse_changes(decided: Plan) -> None:
    """Raise DataFault `office.setup_differs` if a plan would change what stands, instead of only adding to it."""
    for one in decided.items:
        if one.before:
            told = {"column": one.item, "stored": one.before, "given": one.after}
            raise DataFault("office.setup_differs", thing=one.subject, **told)


def apply_plan(place: Place, decided: Plan, because: str, act: Act) -> Applied:
    """Write what was decided. Repeated, it writes nothing.

    Raises the first fault or refusal of the plan, DataFault `office.setup_reason_missing` or `..._too_long`, Retry
    `office.setup_moved`, and as `make_site` does.
    """
    because = reason_given(because, "installation")
    for error in (*(fault.error for fault in decided.faults), *decided.refusals):
        raise error
    if not decided.items:
        return Applied((), ())
    after = decided.after
    make_site(place, tuple(after.companies))
    if not after.foreign:
        with writing(place.open(SYSTEM)) as connection:
            open_installation(connection, after.ledger, act)
    touched = {one.owner for one in decided.items}
    for part in after.companies.values():
        _write_company(place, part, decided.before, because, act, touched)
    drafts: tuple[tuple[int, int], ...] = ()
    if "office" in touched:
        with writing(place.open("office")) as connection:
            open_office(connection, after.office, act)
            drafts = office.change_office(connection, decided.before.own, after.own, because, act).drafts
    _remove(place, decided.before, after, because, act, touched)
    return Applied(decided.items, drafts)


def _write_company(  # noqa: PLR0917 - where, what, and who says so why
    place: Place, part: CompanyPart, before: Setup, because: str, act: Act, touched: set[str]
) -> None:
    """A company's books, and then its place in the list: what is listed has its books."""
    owner, new = company_owner(part.number), part.number not in before.companies
    if new:
        upgrade(place.open(owner), "books")
        settle_new(place, act)
    if part.books is not None and owner in touched:
        with writing(place.open(owner)) as connection:
            books.change_setup(connection, _books(before, part.number), part.books, because, act)
    if new:
        with writing(place.open(SYSTEM)) as connection:
            add_company(connection, part.number, part.name, part.organisation_number, act)


def _books(setup: Setup, company: int) -> CompanySetup | None:
    known = setup.companies.get(company)
    return None if known is None else known.books


def _remove(  # noqa: PLR0917 - where, what, and who says so why
    place: Place, before: Setup, after: Setup, because: str, act: Act, touched: set[str]
) -> None:
    """What a company's books have no more: with `remove` anything, otherwise routines of a type that is described."""
    for number, part in after.companies.items():
        if part.books is not None and company_owner(number) in touched:
            with writing(place.open(company_owner(number))) as connection:
                books.remove_setup(connection, _books(before, number), part.books, because, act)
