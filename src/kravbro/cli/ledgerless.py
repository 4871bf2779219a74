"""`kravbro claims register`, `registered`, `credit` and `end`: claims that no ledger knows, registered by hand."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from cyclopts import App, Parameter

from kravbro.cli import output
from kravbro.cli.case_adjustments import print_adjusted
from kravbro.cli.failure import DONE, REFUSED
from kravbro.cli.options import DEFAULT_PLACE, At, Because, Creditor, OnDate, chosen_creditors, site_at
from kravbro.cli.payments_by_hand import Kroner, Request
from kravbro.core.claims import Letter, LetterKind, Reason
from kravbro.core.errors import DataFault
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.core.parties import Party, PartyKind
from kravbro.db.engines import reading, writing
from kravbro.office.ledgerless.correcting import credit as credit_by_hand
from kravbro.office.ledgerless.correcting import end_claim
from kravbro.office.ledgerless.registering import NewClaim, Registered, register_claim
from kravbro.office.ledgerless.shown import claims_by_hand
from kravbro.office.manual.acts import Why
from kravbro.office.parties.roles import person
from kravbro.texts.sentences import sentence

CaseNumber = Annotated[str, Parameter(help="The case number, such as 1-000001.")]
OneInvoice = Annotated[
    str | None, Parameter(name="--claim", help="The number of the invoice. Needed if the case has several such claims.")
]
Level = Literal["none", "confidential", "strictly_confidential"]
LETTER_PARTS = (3, 4)
KINDS = {"reminder": LetterKind.REMINDER, "notice": LetterKind.NOTICE, "demand": LetterKind.DEMAND}


def add_to(app: App) -> None:
    """Add the commands to `kravbro claims`."""
    for command in (register, registered, credit, end):
        app.command(command)


def register(  # noqa: PLR0913 - one parameter for each thing that is known of the claim and of who owes it
    amount: Kroner,
    /,
    *,
    creditor: Annotated[int, Parameter(help="The creditor's number.")],
    due: Annotated[date, Parameter(help="The due date; interest runs from the day after it.")],
    invoice: Annotated[str, Parameter(help="What the claim is known by: the number of the invoice or judgment.")],
    document: Annotated[str, Parameter(help="What proves it: the number of the paper, or where it is kept.")],
    because: Because,
    customer: Annotated[
        int | None, Parameter(help="The debtor's customer number here, also one below zero. Else --name and the rest.")
    ] = None,
    name: Annotated[str, Parameter(help="The debtor's name, of somebody who has no number here.")] = "",
    identity_number: Annotated[str, Parameter(help="The identity or D-number.")] = "",
    organisation_number: Annotated[str, Parameter(help="The organisation number: then it is no person.")] = "",
    address: Annotated[str, Parameter(help="Street and number.")] = "",
    postcode: Annotated[str, Parameter(help="The postcode.")] = "",
    town: Annotated[str, Parameter(help="The place of the postcode.")] = "",
    country: Annotated[str, Parameter(help="The country's two letters.")] = "NO",
    protection: Annotated[Level, Parameter(help="Whether the address is protected.")] = "none",
    invoice_date: Annotated[date | None, Parameter(help="The date of the invoice. Default: the due date.")] = None,
    sub_ledger: Annotated[str, Parameter(name="--type", help="The sub-ledger type, if there are several.")] = "",
    letter: Annotated[
        list[str] | None,
        Parameter(
            negative="",
            help="A letter that was sent: KIND:SENT:DEADLINE[:FEE], as notice:2026-10-01:2026-10-20:35,00. "
            "Kinds are reminder, notice and demand. As often as needed.",
        ),
    ] = None,
    despite: Annotated[
        list[str] | None,
        Parameter(
            negative="",
            help="The number of an older system's case that has the same invoice number, and has ended or is about "
            "another debt. As often as needed.",
        ),
    ] = None,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> int:
    """Register a claim that no ledger has. The gate judges it; then it gets a case number and a KID.

    Exit code 1 if the gate refuses it: every reason is told, and nothing is kept.
    """
    debtor = _debtor(
        customer, name, identity_number, organisation_number,
        {"address": address, "postcode": postcode, "place": town, "country": country, "protection": protection},
    )  # fmt: skip
    letters = tuple(_letter(one) for one in letter or [])
    site = site_at(place, on)
    chosen_creditors(site, creditor)
    given = NewClaim(
        creditor, debtor, parse_kroner(amount), due, invoice, document, invoice_date, sub_ledger, letters,
        tuple(despite or ()),
    )  # fmt: skip
    with writing(site.office) as connection:
        done = register_claim(connection, given, Why(because, request), site.statute, site.act)
    _print_registered(done, as_json=json)
    return REFUSED if done.refused else DONE


def _debtor(customer: int | None, name: str, identity: str, organisation: str, rest: dict[str, str]) -> int | Party:
    """Who owes. Raises DataFault `cli.debtor_not_named` unless that is told in exactly one way."""
    if (customer is None) == (not name.strip()):
        raise DataFault("cli.debtor_not_named")
    if customer is not None:
        return customer
    kind = PartyKind.BUSINESS if organisation else PartyKind.PERSON
    return person(name, kind=kind, identity_number=identity, organisation_number=organisation, **rest)


def _letter(text: str) -> Letter:
    """A letter as it is typed. Raises DataFault `cli.letter_unreadable`."""
    parts = text.split(":")
    try:
        if len(parts) not in LETTER_PARTS:
            raise ValueError(text)
        kind, sent_on, deadline = KINDS[parts[0]], date.fromisoformat(parts[1]), date.fromisoformat(parts[2])
    except (KeyError, ValueError) as error:
        raise DataFault("cli.letter_unreadable", letter=text) from error
    return Letter(kind, sent_on, deadline, parse_kroner(parts[3]) if len(parts) == max(LETTER_PARTS) else 0)


def _print_registered(done: Registered, *, as_json: bool) -> None:
    if as_json:
        output.print_json(done)
        return
    amount = format_kroner(done.principal_ore)
    if done.refused:
        output.print_line(output.words("ledgerless.refused", invoice=done.invoice_no, amount=amount))
    else:
        code = "ledgerless.done" if done.new else "ledgerless.done_before"
        told = {"act": done.act, "case": done.case, "kid": done.case_kid, "on": done.done_on, "account": done.account}
        output.print_line(output.words(code, invoice=done.invoice_no, amount=amount, **told))
    for reason in (*done.refused, *done.warnings):
        output.print_line(f"  {_in_words(reason)}")
    if done.refused:
        output.print_line(output.words("ledgerless.refused_next"))


def _in_words(reason: Reason) -> str:
    return sentence(reason.code, {"detail": reason.detail}, output.language())


def registered(*, creditor: Creditor = None, place: At = DEFAULT_PLACE, json: output.AsJson = False) -> None:
    """List every claim without a ledger, with what proves it, why it was registered, and what is left of it."""
    site = site_at(place, None)
    with reading(site.office) as connection:
        found = [one for number in chosen_creditors(site, creditor) for one in claims_by_hand(connection, number)]
    if json:
        output.print_json({"count": len(found), "claims": found})
        return
    headings = (
        "number", "act", "registered_on", "case", "debtor", "invoice", "due", "state", "principal", "left", "account",
        "document", "because", "actor",
    )  # fmt: skip
    output.print_table(
        output.words("ledgerless.list", count=len(found)),
        [output.words(f"ledgerless.{heading}") for heading in headings],
        [
            (
                str(one.number),
                str(one.act),
                str(one.registered_on),
                one.case,
                one.debtor_name,
                one.invoice_no,
                str(one.due_date),
                one.state,
                format_kroner(one.principal_ore),
                format_kroner(one.left_ore),
                one.account,
                one.document,
                one.because,
                one.actor,
            )
            for one in found
        ],
        right=(0, 1, 8, 9),
    )


def credit(
    number: CaseNumber,
    amount: Kroner,
    /,
    *,
    because: Because,
    claim: OneInvoice = None,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Credit a part of the principal of a claim without a ledger, that was never owed."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        done = credit_by_hand(connection, number, parse_kroner(amount), Why(because, request), site.act, claim)
    print_adjusted(done, as_json=json)


def end(
    number: CaseNumber,
    /,
    *,
    because: Because,
    claim: OneInvoice = None,
    request: Request = None,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """End a claim without a ledger: its creditor gives up what is left, and nothing more is owed on it."""
    site = site_at(place, on)
    with writing(site.office) as connection:
        done = end_claim(connection, number, Why(because, request), site.act, claim)
    print_adjusted(done, as_json=json)
