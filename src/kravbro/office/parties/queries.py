"""Parties as people see them: found by name or number, with everything they owe, and never with a hidden address.

Identity numbers are masked, whoever asks. What one creditor is owed is nothing that another may see: these lists are
the office's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from kravbro.core.errors import DataFault
from kravbro.core.identifiers import identity_number, organisation_number
from kravbro.core.parties import MARK, PartyKind, Protection, one_line
from kravbro.db.bulk import among, portions
from kravbro.office import tables as t
from kravbro.office.parties import tables as p
from kravbro.office.parties.case_roles import IS_ROLE
from kravbro.office.parties.commands import living
from kravbro.office.parties.matching import Fact
from kravbro.office.parties.protection import protections
from kravbro.office.parties.rows import HOLDS, IS_MEMBER
from kravbro.office.queries.cases import balances_of
from kravbro.texts.sentences import LANGUAGES


class PartyLine(msgspec.Struct, frozen=True):
    """A party in a list. `numbers` are masked where they are a person's; `owed_ore` is over all creditors."""

    party: int
    name: str
    kind: str
    numbers: tuple[str, ...]
    protection: str
    language: str
    creditors: tuple[int, ...]
    cases: int
    owed_ore: int


class CardShown(msgspec.Struct, frozen=True):
    """A party as one creditor knows it; where the address is protected, a mark stands for it."""

    creditor: int
    customer_no: int
    name: str
    kind: str
    number: str
    address: str
    language: str


class ClaimOfParty(msgspec.Struct, frozen=True):
    """A claim that a party owes, alone or with others (`role`: debtor or co_debtor)."""

    creditor: int
    case: str
    role: str
    invoice_no: str
    due_date: date
    state: str
    owed_ore: int


class RoleOfParty(msgspec.Struct, frozen=True):
    """A role of a party on a case, with the row that says so; `last_day` None: until further notice."""

    number: int
    creditor: int
    case: str
    role: str
    first_day: date
    last_day: date | None


class Decided(msgspec.Struct, frozen=True):
    """Something that was decided or told about a party, and who wrote it."""

    set_on: date
    what: str
    value: str
    because: str
    actor: str


class PartyShown(msgspec.Struct, frozen=True):
    """A party with its cards, claims over all creditors, roles, what was decided, and who read its addresses."""

    line: PartyLine
    cards: tuple[CardShown, ...]
    claims: tuple[ClaimOfParty, ...]
    roles: tuple[RoleOfParty, ...]
    decided: tuple[Decided, ...]
    read: tuple[Decided, ...]


class Search(msgspec.Struct, frozen=True):
    """Which parties are asked for: all that fit everything that is given."""

    name: str = ""
    number: str = ""
    customer_no: int | None = None
    creditor: int | None = None
    protected: bool = False


def parties(connection: sa.Connection, search: Search, *, after: int = 0, limit: int = 100) -> list[PartyLine]:
    """Parties that have cards, by number, after the given one, at most `limit`.

    Raises DataFault `office.party_number_invalid` for a number that nobody can have; the fault does not say it.
    """
    member, debtor = p.party_member.c, t.debtor.c
    where = [IS_MEMBER, member.party > after]
    if search.name:
        where.append(_named(search.name))
    if search.number:
        digits = _valid(search.number)
        where.append(member.party.in_(sa.select(p.party_number.c.party).where(p.party_number.c.digits == digits)))
    if search.customer_no is not None:
        where.append(debtor.customer_no == search.customer_no)
    if search.creditor is not None:
        where.append(debtor.creditor == search.creditor)
    if search.protected:
        fact = p.party_fact.c
        strict = (fact.sort == Fact.PROTECTION.value, fact.value != Protection.NONE.value)
        where.append(member.party.in_(sa.select(fact.party).where(*strict, HOLDS)))
    chosen = (
        sa.select(member.party)
        .join(t.debtor, debtor.id == member.debtor)
        .where(*where)
        .distinct()
        .order_by(member.party)
        .limit(limit)
    )
    return _lines(connection, list(connection.execute(chosen).scalars()))


def _named(text: str) -> sa.ColumnElement[bool]:
    """Names that contain a text. A database may know the capitals of a to z alone, so other spellings are tried too."""
    name = t.debtor.c.name
    spellings = dict.fromkeys((text, text.lower(), text.upper(), text.title()))
    return sa.or_(
        sa.func.lower(name).contains(text.lower(), autoescape=True),
        *(name.contains(one, autoescape=True) for one in spellings),
    )


def _valid(number: str) -> str:
    if identity_number.is_valid(number):
        return identity_number.compact(number)
    if organisation_number.is_valid(number):
        return organisation_number.compact(number)
    raise DataFault("office.party_number_invalid")


def party(connection: sa.Connection, number: int) -> PartyShown:
    """One party. Raises DataFault `office.no_such_party`, and `office.party_joined` with where it went."""
    (line,) = _lines(connection, [living(connection, number)])
    return PartyShown(
        line=line,
        cards=tuple(_cards(connection, number, hidden=line.protection != Protection.NONE)),
        claims=tuple(_claims(connection, number)),
        roles=tuple(_roles(connection, number)),
        decided=tuple(_decided(connection, number)),
        read=tuple(_read(connection, number)),
    )


def addresses(connection: sa.Connection, number: int, access: int) -> list[CardShown]:
    """The cards of a party with their addresses, for whoever wrote down why (`commands.note_access`).

    Raises DataFault `office.no_such_access` without such a row.
    """
    row = p.party_access.c
    if connection.execute(sa.select(row.number).where(row.number == access, row.party == number)).scalar() is None:
        raise DataFault("office.no_such_access", party=number)
    return _cards(connection, number, hidden=False)


def language_of(connection: sa.Connection, debtor: int) -> str:
    """The language that a card's party is written to in: as a person said, else as its ledger told, else bokmål."""
    said = (
        sa.select(p.party_fact.c.value)
        .join(p.party_member, p.party_member.c.party == p.party_fact.c.party)
        .where(p.party_member.c.debtor == debtor, IS_MEMBER, p.party_fact.c.sort == Fact.LANGUAGE.value, HOLDS)
    )
    told = sa.select(t.debtor.c.language).where(t.debtor.c.id == debtor)
    for chosen in (said, told):
        language = connection.execute(chosen).scalar()
        if language in LANGUAGES:
            return str(language)
    return LANGUAGES[0]


def _lines(connection: sa.Connection, numbers: Sequence[int]) -> list[PartyLine]:
    cards = _cards_of(connection, numbers)
    levels, languages = protections(connection, numbers), _languages(connection, numbers)
    digits: defaultdict[int, list[str]] = defaultdict(list)
    for portion in portions(numbers):
        chosen = sa.select(p.party_number.c.party, p.party_number.c.digits).where(p.party_number.c.party.in_(portion))
        for of, one in connection.execute(chosen.order_by(p.party_number.c.number)):
            digits[of].append(shown_number(one))
    cases, owed_ore = _totals(connection, {card.id: number for number in numbers for card in cards[number]})
    return [
        PartyLine(
            party=number,
            name=cards[number][0].name if cards[number] else "",
            kind=cards[number][0].kind if cards[number] else "",
            numbers=tuple(digits[number]),
            protection=levels.get(number, Protection.NONE).value,
            language=languages.get(number) or next((card.language for card in cards[number] if card.language), ""),
            creditors=tuple(sorted({card.creditor for card in cards[number]})),
            cases=cases[number],
            owed_ore=owed_ore[number],
        )
        for number in numbers
    ]


def _cards_of(connection: sa.Connection, numbers: Sequence[int]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    member = p.party_member.c
    for portion in portions(numbers):
        chosen = (
            sa.select(t.debtor, member.party).select_from(p.party_member).join(t.debtor, t.debtor.c.id == member.debtor)
        )
        of_these = chosen.where(member.party.in_(portion), IS_MEMBER).order_by(t.debtor.c.id)
        for row in connection.execute(of_these):
            found[row.party].append(row)
    return found


def _languages(connection: sa.Connection, numbers: Collection[int]) -> dict[int, str]:
    fact = p.party_fact.c
    found: dict[int, str] = {}
    for these in among(fact.party, numbers):
        chosen = sa.select(fact.party, fact.value).where(these, fact.sort == Fact.LANGUAGE.value, HOLDS)
        found |= {row.party: row.value for row in connection.execute(chosen)}
    return found


def _totals(connection: sa.Connection, party_of: dict[int, int]) -> tuple[dict[int, int], dict[int, int]]:
    """How many cases the parties of these cards have as debtors, and what they owe on them (øre)."""
    cases: defaultdict[int, int] = defaultdict(int)
    owed_ore: defaultdict[int, int] = defaultdict(int)
    for portion in portions(sorted(party_of)):
        theirs = t.case.c.debtor.in_(portion)
        card_of = dict(tuple(row) for row in connection.execute(sa.select(t.case.c.id, t.case.c.debtor).where(theirs)))
        for card in card_of.values():
            cases[party_of[card]] += 1
        for _, case, balances in balances_of(connection, t.claim.c.case.in_(sa.select(t.case.c.id).where(theirs))):
            owed_ore[party_of[card_of[case]]] += balances.total_ore
    return cases, owed_ore


def shown_number(digits: str) -> str:
    """A party's number for people: a person's masked, an organisation's whole, as it stands in a public register."""
    if len(digits) == organisation_number.LENGTH:
        return organisation_number.format(digits)
    return identity_number.masked(digits)


def _cards(connection: sa.Connection, number: int, *, hidden: bool) -> list[CardShown]:
    cards = _cards_of(connection, [number])[number]
    return [
        CardShown(
            creditor=card.creditor,
            customer_no=card.customer_no,
            name=card.name,
            kind=card.kind,
            number=shown_number(card.identity_number if card.kind == PartyKind.PERSON else card.organisation_number),
            address=MARK if hidden else one_line(card.address, card.postcode, card.place, card.country),
            language=card.language,
        )
        for card in cards
    ]


def _claims(connection: sa.Connection, number: int) -> list[ClaimOfParty]:
    """The claims of cases on which the party is debtor or, today or once, co-debtor."""
    member, standing = p.party_member.c, p.case_party.c
    theirs = sa.select(member.debtor).where(member.party == number, IS_MEMBER)
    joint = sa.select(standing.case).where(standing.debtor.in_(theirs), standing.role == "co_debtor")
    claim, case = t.claim.c, t.case.c
    role = sa.case((case.debtor.in_(theirs), "debtor"), else_="co_debtor").label("role")
    chosen = (
        sa.select(claim.id, case.creditor, case.number, role, claim.invoice_no, claim.due_date, claim.state)
        .join(t.case, case.id == claim.case)
        .where(sa.or_(case.debtor.in_(theirs), case.id.in_(joint)))
        .order_by(case.creditor, case.number, claim.due_date, claim.id)
    )
    rows = connection.execute(chosen).all()
    owed_ore: dict[int, int] = {}
    for portion in portions([row.id for row in rows]):
        owed_ore |= {of: balances.total_ore for of, _, balances in balances_of(connection, claim.id.in_(portion))}
    return [ClaimOfParty(*row[1:], owed_ore=owed_ore.get(row.id, 0)) for row in rows]


def _roles(connection: sa.Connection, number: int) -> list[RoleOfParty]:
    member, row = p.party_member.c, p.case_party.c
    chosen = (
        sa.select(row.number, t.case.c.creditor, t.case.c.number, row.role, row.first_day, row.last_day)
        .join(t.case, t.case.c.id == row.case)
        .where(
            row.debtor.in_(sa.select(member.debtor).where(member.party == number, IS_MEMBER)),
            IS_ROLE,
        )
        .order_by(row.number)
    )
    return [RoleOfParty(*values) for values in connection.execute(chosen)]


def _decided(connection: sa.Connection, number: int) -> list[Decided]:
    fact, member = p.party_fact.c, p.party_member.c
    facts = sa.select(fact.set_on, fact.sort, fact.value, fact.because, fact.actor).where(fact.party == number)
    moves = (
        sa.select(member.set_on, member.how, t.debtor.c.creditor, t.debtor.c.customer_no, member.because, member.actor)
        .join(t.debtor, t.debtor.c.id == member.debtor)
        .where(member.party == number)
    )
    found = [Decided(*row) for row in connection.execute(facts.order_by(fact.number))]
    for on, how, creditor, customer, because, actor in connection.execute(moves.order_by(member.number)):
        found.append(Decided(on, how, f"{creditor}/{customer}", because, actor))
    return sorted(found, key=lambda one: one.set_on)


def _read(connection: sa.Connection, number: int) -> list[Decided]:
    row = p.party_access.c
    chosen = sa.select(row.seen_on, row.because, row.actor).where(row.party == number).order_by(row.number)
    return [Decided(on, "address", "", because, actor) for on, because, actor in connection.execute(chosen)]
