"""`kravbro parties`: who the office deals with, over all creditors, and who stands on a case.

Identity numbers are masked everywhere, and addresses that are protected are shown by `parties address` alone, which
writes down who read them and why before it prints anything.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, Creditor, OnDate, chosen_creditors, site_at
from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner
from kravbro.core.parties import PartyKind, Protection, Role
from kravbro.db.engines import reading, writing
from kravbro.office.parties import commands, queries
from kravbro.office.parties.roles import Days, add_role, end_role, person

app = App(name="parties", help="Who owes, over all creditors, and who stands on a case.", help_format="plaintext")

PAGE = 1000

PartyNumber = Annotated[int, Parameter(help="The party's number, as `parties list` shows it.")]
CaseNumber = Annotated[str, Parameter(help="The case number, such as 1-000001.")]
Level = Literal["none", "confidential", "strictly_confidential"]
Language = Literal["nb", "nn", "en"]
RoleName = Literal["co_debtor", "guardian", "estate", "representative", "contact"]
CustomerNumber = Annotated[int | None, Parameter(name="--customer", help="A customer number.")]


@app.command(name="list")
def list_parties(
    *,
    name: Annotated[str, Parameter(help="Only parties whose name contains this.")] = "",
    number: Annotated[str, Parameter(help="Only the party with this identity, D- or organisation number.")] = "",
    customer: CustomerNumber = None,
    creditor: Creditor = None,
    protected: Annotated[bool, Parameter(negative="", help="Only parties whose address is protected.")] = False,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """List parties with their creditors, cases and what they owe in all."""
    site = site_at(place, None)
    if creditor is not None:
        chosen_creditors(site, creditor)
    search = queries.Search(name, number, customer, creditor, protected)
    lines: list[queries.PartyLine] = []
    with reading(site.office) as connection:
        while page := queries.parties(connection, search, after=lines[-1].party if lines else 0, limit=PAGE):
            lines += page
    if json:
        output.print_json({"count": len(lines), "parties": lines})
        return
    output.print_table(
        output.words("parties.list", count=len(lines)),
        [
            output.words(f"parties.{one}")
            for one in ("party", "name", "number", "creditors", "cases", "owed", "address")
        ],
        [
            (
                str(line.party),
                line.name,
                ", ".join(line.numbers),
                ", ".join(map(str, line.creditors)),
                str(line.cases),
                format_kroner(line.owed_ore),
                _level(line.protection),
            )
            for line in lines
        ],
        right=(0, 4, 5),
    )


@app.command
def show(number: PartyNumber, /, *, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """Show a party: its customers and claims over all creditors with totals, its roles, and what was decided."""
    with reading(site_at(place, None).office) as connection:
        shown = queries.party(connection, number)
    _print_party(shown, as_json=json)


def _print_party(shown: queries.PartyShown, *, as_json: bool) -> None:
    if as_json:
        output.print_json(shown)
        return
    line = shown.line
    output.print_line(
        output.words("parties.of", party=line.party, name=line.name, number=", ".join(line.numbers) or "\u2013")
    )
    if line.protection != Protection.NONE:
        output.print_line(output.words("parties.is_protected", level=_level(line.protection), party=line.party))
    _print_cards("parties.cards", shown.cards)
    output.print_table(
        output.words("parties.claims", total=format_kroner(sum(claim.owed_ore for claim in shown.claims))),
        [output.words(f"parties.{one}") for one in ("creditor", "case", "role", "invoice", "due", "state", "owed")],
        [
            (
                str(claim.creditor),
                claim.case,
                output.words(f"parties.role.{claim.role}"),
                claim.invoice_no,
                str(claim.due_date),
                claim.state,
                format_kroner(claim.owed_ore),
            )
            for claim in shown.claims
        ],
        right=(6,),
    )
    if shown.roles:
        _print_roles(shown.roles)
    _print_decided("parties.decided", [*shown.decided, *shown.read])


def _print_cards(title: str, cards: tuple[queries.CardShown, ...] | list[queries.CardShown]) -> None:
    output.print_table(
        output.words(title),
        [output.words(f"parties.{one}") for one in ("creditor", "customer", "name", "number", "address")],
        [(str(card.creditor), _customer(card.customer_no), card.name, card.number, card.address) for card in cards],
        right=(1,),
    )


def _customer(number: int) -> str:
    """A customer number; a card of the office's own has none."""
    return str(number) if number > 0 else "\u2013"


def _print_roles(roles: tuple[queries.RoleOfParty, ...]) -> None:
    output.print_table(
        output.words("parties.roles"),
        [output.words(f"parties.{one}") for one in ("row", "case", "role", "first", "last")],
        [
            (
                str(one.number),
                one.case,
                output.words(f"parties.role.{one.role}"),
                str(one.first_day),
                str(one.last_day or ""),
            )
            for one in roles
        ],
        right=(0,),
    )


def _print_decided(title: str, decided: list[queries.Decided]) -> None:
    output.print_table(
        output.words(title),
        [output.words(f"parties.{one}") for one in ("date", "what", "value", "because", "actor")],
        [
            (str(one.set_on), output.words(f"parties.fact.{one.what}"), _level(one.value), one.because, one.actor)
            for one in sorted(decided, key=lambda one: one.set_on)
        ],
    )


def _level(value: str) -> str:
    """A level of protection in the user's language; any other value as it is."""
    if value == Protection.NONE:
        return ""
    return output.words(f"parties.level.{value}") if value in set(Protection) else value


@app.command
def join(
    number: PartyNumber,
    other: Annotated[int, Parameter(help="The party that is the same; its number is used no more.")],
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Say that two parties are the same person or business. Two with numbers of two people are refused."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        commands.join(connection, number, other, site.act, because=because)
        shown = queries.party(connection, number)
    _print_party(shown, as_json=json)


@app.command
def split(
    *,
    creditor: Annotated[int, Parameter(help="The creditor whose customer it is.")],
    customer: Annotated[int, Parameter(help="The customer number that belongs to somebody else.")],
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Say that a customer is not the person that the rest of its party is: it becomes a party of its own."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        new = commands.split(connection, creditor, customer, site.act, because=because)
        shown = queries.party(connection, new)
    _print_party(shown, as_json=json)


@app.command(name="set")
def set_fact(
    number: PartyNumber,
    /,
    *,
    protection: Annotated[
        Level | None, Parameter(help="How far the addresses are protected; `none` lifts the protection.")
    ] = None,
    language: Annotated[Language | None, Parameter(help="The language that the party is written to in.")] = None,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Protect the addresses of a party, lift that, or say which language it is written to in."""
    if protection is None and language is None:
        raise DataFault("cli.parties.nothing_to_set", party=number)
    site = site_at(place, on)
    with writing(site.office) as connection:
        if protection is not None:
            commands.set_protection(connection, number, Protection(protection), site.act, because=because)
        if language is not None:
            commands.set_language(connection, number, language, site.act, because=because)
        shown = queries.party(connection, number)
    _print_party(shown, as_json=json)


@app.command
def address(
    number: PartyNumber,
    /,
    *,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Show the addresses of a party, also when they are protected. Who reads them, and why, is written down first."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        access = commands.note_access(connection, number, site.act, because=because)
    with reading(site.office) as connection:
        cards = queries.addresses(connection, number, access)
    if json:
        output.print_json({"party": number, "access": access, "addresses": cards})
        return
    _print_cards("parties.addresses", cards)


@app.command
def add(  # noqa: PLR0913 - everything that is known of somebody
    case: CaseNumber,
    role: Annotated[RoleName, Parameter(help="What they are on the case.")],
    /,
    *,
    customer: Annotated[int | None, Parameter(help="A customer of the same creditor. Else give --name.")] = None,
    name: Annotated[str, Parameter(help="The name of somebody who is not a customer.")] = "",
    kind: Annotated[Literal["person", "business"], Parameter(help="What they are.")] = "person",
    number: Annotated[str, Parameter(help="Their identity, D- or organisation number.")] = "",
    address: Annotated[list[str] | None, Parameter(help="A line of the address; give it again for more lines.")] = None,
    postcode: Annotated[str, Parameter(help="The postcode.")] = "",
    town: Annotated[str, Parameter(name="--place", help="The place.")] = "",
    country: Annotated[str, Parameter(help="The country, ISO 3166 in two letters.")] = "NO",
    protection: Annotated[Level, Parameter(help="How far the address is protected.")] = "none",
    language: Annotated[Language | None, Parameter(help="The language that they are written to in.")] = None,
    stands_for: Annotated[
        int | None, Parameter(name="--for", help="The customer number of the co-debtor they stand for.")
    ] = None,
    first: Annotated[date | None, Parameter(name="--from", help="The first day. Default: the business date.")] = None,
    last: Annotated[date | None, Parameter(name="--until", help="The last day. Default: until further notice.")] = None,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Add somebody to a case: a co-debtor, a guardian, an estate, a representative, or the contact of a business."""
    if (customer is None) == (not name):
        raise DataFault("cli.parties.who", case=case)
    site = site_at(place, on)
    who = customer if customer is not None else person(
        name,
        kind=PartyKind(kind),
        **({"identity_number": number} if kind == "person" else {"organisation_number": number}),
        address="\n".join(address or ()),
        postcode=postcode,
        place=town,
        country=country,
        protection=protection,
        language=language or "",
    )  # fmt: skip
    days = Days(first or site.act.on, last)
    with writing(site.office) as connection:
        row = add_role(connection, case, Role(role), who, days, site.act, stands_for=stands_for, because=because)
    if json:
        output.print_json({"case": case, "role": role, "number": row})
    else:
        output.print_line(
            output.words("parties.added", case=case, role=output.words(f"parties.role.{role}"), number=row)
        )


@app.command
def end(
    case: CaseNumber,
    number: Annotated[int, Parameter(help="The number of the role, as `cases show` tells it.")],
    /,
    *,
    last: Annotated[date | None, Parameter(name="--until", help="The last day. Default: the business date.")] = None,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """End a role on a case. A day before its first takes it back."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        row = end_role(connection, case, number, last or site.act.on, site.act, because=because)
    if json:
        output.print_json({"case": case, "ended": number, "number": row})
    else:
        output.print_line(output.words("parties.ended", case=case, number=number))
