"""`kravbro cases withdraw`, `return` and `close`: the three ways in which the office gives claims back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from cyclopts import Parameter

from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, Because, OnDate, site_at
from kravbro.core.acts import Act
from kravbro.core.claims import ClaimState, Outcome, ReturnReason
from kravbro.core.money import format_kroner
from kravbro.db.engines import Engine, writing
from kravbro.office.money_in_flight import Awaited
from kravbro.office.returns import Leaving, Wish, give_back

CaseNumber = Annotated[str, Parameter(help="The case number, such as 1-000001.")]
OneInvoice = Annotated[str | None, Parameter(name="--claim", help="Only the claims on the invoice of this number.")]
Unpaid = Literal["uncollectable", "insolvent", "debtor_dead", "debtor_unknown", "limitation"]
Why = Literal[
    "uncollectable",
    "insolvent",
    "debtor_dead",
    "debtor_unknown",
    "limitation",
    "disputed",
    "wrong_claim",
    "other",
]


def withdraw(
    number: CaseNumber,
    /,
    *,
    claim: OneInvoice = None,
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Give claims back because their creditor told the office that it wants them back."""
    site = site_at(place, on)
    wish = Wish(Outcome.WITHDRAWN, ReturnReason.CREDITORS_WISH, because)
    _give_back(site.office, number, wish, site.act, claim, as_json=json)


def return_claims(
    number: CaseNumber,
    /,
    *,
    claim: OneInvoice = None,
    reason: Annotated[Why, Parameter(help="Why the office gives them back.")],
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Give claims back to their creditor: all that are collected in a case, or those on one invoice."""
    site = site_at(place, on)
    _give_back(site.office, number, _returned(reason, because), site.act, claim, as_json=json)


def close(
    number: CaseNumber,
    /,
    *,
    reason: Annotated[Unpaid, Parameter(help="Why nothing more can be collected.")],
    because: Because,
    place: At = DEFAULT_PLACE,
    on: OnDate = None,
    json: output.AsJson = False,
) -> None:
    """Close a case unpaid: every claim that is still collected in it goes back to the creditor."""
    site = site_at(place, on)
    _give_back(site.office, number, _returned(reason, because), site.act, None, as_json=json)


def _returned(reason: str, because: str) -> Wish:
    return Wish(Outcome.RETURNED, ReturnReason(f"return.{reason}"), because)


def _give_back(office: Engine, number: str, wish: Wish, act: Act, invoice_no: str | None, *, as_json: bool) -> None:
    with writing(office) as connection:
        leaving = give_back(connection, number, wish, act, invoice_no)
    if as_json:
        output.print_json({"case": number, "outcome": wish.outcome, "reason": wish.reason, "claims": leaving})
        return
    _print(number, leaving)


def _print(number: str, leaving: Sequence[Leaving]) -> None:
    """How far each claim has come, and which money it waits for."""
    output.print_table(
        output.words("cases.given_back", number=number, count=len(leaving)),
        [output.words(f"cases.{heading}") for heading in ("invoice", "state", "awaits")],
        [
            (
                one.invoice_no,
                one.state,
                ", ".join(_in_words(money) for money in one.awaits),
            )
            for one in leaving
        ],
    )
    if any(one.state == ClaimState.LEAVING for one in leaving):
        output.print_line(output.words("cases.leaving"))


def _in_words(money: Awaited) -> str:
    """What a claim waits for, in the user's language."""
    if money.untold_ore:
        return output.words("cases.awaited_untold", amount=format_kroner(money.untold_ore))
    if money.voucher:
        return output.words("cases.awaited", journal=money.journal, voucher=money.voucher, state=money.state)
    return output.words("cases.awaited_unbooked", journal=money.journal)
