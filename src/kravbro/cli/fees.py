"""`kravbro fees`: the most that a debtor may be asked for in letter fees and salær, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from kravbro.cli import output
from kravbro.cli.options import DEFAULT_PLACE, At, OnDate, acting, statute_at
from kravbro.core.claims import LetterKind
from kravbro.core.derivation import Step
from kravbro.core.errors import DataFault
from kravbro.core.fees.amounts import Fee
from kravbro.core.fees.letters import Sending, letter_cap
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms, plan_cap, refuse_impossible, salaer_cap
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.core.statute.law import Statute
from kravbro.texts.derivations import as_data, told

app = App(name="fees", help="Letter fees and salær of a claim: the most there may be.", help_format="plaintext")

Kroner = Annotated[str, Parameter(allow_leading_hyphen=True)]

_NO_SUCH_FEE = "statute.not_in_act"
"""The one refusal that is an answer: the act that governs has no such fee. All others mean that law is missing."""


class Caps(msgspec.Struct, frozen=True):
    """What `fees --json` prints: øre, and the derivation of each figure under its name without `_ore`.

    None for a fee that the governing act does not have; the refusal stands in place of its derivation.
    """

    purring_ore: int | None
    inkassovarsel_ore: int | None
    own_betalingsoppfordring_ore: int | None
    salaer_simple_ore: int | None
    salaer_heavy_ore: int | None
    plan_salaer_ore: int | None
    explain: dict[str, object]


@app.default
def caps(  # noqa: PLR0913 - one parameter per fact that the law asks for
    *,
    principal: Kroner,
    due: date,
    on: OnDate = None,
    paid_on: date | None = None,
    interest_before_due: Kroner = "0",
    credited: Kroner = "0",
    business: Annotated[bool, Parameter(negative="")] = False,
    vat_not_deductible: Annotated[bool, Parameter(negative="")] = False,
    explain: Annotated[bool, Parameter(negative="")] = False,
    place: At = DEFAULT_PLACE,
    json: output.AsJson = False,
) -> None:
    """Print the most that a debtor may be asked for, by the law of the days given.

    A letter is taken to be the first that costs something, with the deadlines that it needs missed. The agency's
    betalingsoppfordring is taken to be sent on the business date. A fee that the act of that day does not have is left
    open (null with --json) while others are answered; law that is not known refuses them all.

    Parameters
    ----------
    principal
        Principal in kroner, such as 12000.00.
    due
        The day on which the claim fell due, YYYY-MM-DD.
    paid_on
        The day on which the principal is paid, YYYY-MM-DD. Default: the business date.
    interest_before_due
        Interest in kroner that accrued before the due date. It counts in the size of the claim.
    credited
        Credit notes in kroner. They lower the size of the claim; payments do not.
    business
        The debtor is no consumer.
    vat_not_deductible
        The creditor cannot deduct the VAT that the agency charges it.
    explain
        Print below the table where each figure comes from.
    """
    day = acting(on).on
    debt = Debt(
        principal_ore=parse_kroner(principal),
        due_date=due,
        credited_ore=parse_kroner(credited),
        interest_before_due_ore=parse_kroner(interest_before_due),
    )
    refuse_impossible(debt)
    terms = Terms(consumer=not business, vat_deductible=not vat_not_deductible)
    if paid_on is not None and paid_on < day:
        raise DataFault("cli.fees.paid_before", paid_on=paid_on, on=day)
    fees = _fees(statute_at(place), debt, terms, day, paid_on or day)
    if json:
        explained: dict[str, object] = {name: as_data(_told(fee), output.language()) for name, fee in fees.items()}
        output.print_json(Caps(**{f"{name}_ore": _amount(fee) for name, fee in fees.items()}, explain=explained))
        return
    _print_table(fees, debt, day, paid_on or day)
    if explain:
        for fee in fees.values():
            output.print_derivation(_told(fee))


def _fees(statute: Statute, debt: Debt, terms: Terms, on: date, paid_on: date) -> dict[str, Fee | DataFault]:
    """Each fee by its name, in the order they are shown; the refusal for one that the governing act does not have.

    Raises DataFault `statute.*` where law is missing, and `statute.not_in_act` if the act has none of them.
    """
    picked = Picked(paid_on=paid_on, demand_sent_on=on)

    def letter(kind: LetterKind) -> Callable[[], Fee]:
        return lambda: letter_cap(Sending(kind, debt.due_date, on, debt.size_ore), statute)

    def salaer(stage: Stage) -> Callable[[], Fee]:
        return lambda: salaer_cap(stage, debt, terms, picked, statute)

    asked: dict[str, Callable[[], Fee]] = {
        "purring": letter(LetterKind.REMINDER),
        "inkassovarsel": letter(LetterKind.NOTICE),
        "own_betalingsoppfordring": letter(LetterKind.DEMAND),
        "salaer_simple": salaer(Stage.SIMPLE),
        "salaer_heavy": salaer(Stage.HEAVY),
        "plan_salaer": lambda: plan_cap(debt, terms, picked, statute),
    }
    answers = {name: _answer(ask) for name, ask in asked.items()}
    refusals = [answer for answer in answers.values() if isinstance(answer, DataFault)]
    if len(refusals) == len(answers):
        raise refusals[0]
    return answers


def _answer(ask: Callable[[], Fee]) -> Fee | DataFault:
    try:
        return ask()
    except DataFault as fault:
        if fault.code != _NO_SUCH_FEE:
            raise
        return fault


def _amount(fee: Fee | DataFault) -> int | None:
    return fee.amount_ore if isinstance(fee, Fee) else None


def _told(fee: Fee | DataFault) -> Step:
    """The derivation of a fee; the refusal as a step of its own."""
    if isinstance(fee, Fee):
        return fee.derivation
    return Step(fee.code, {name: str(fact) for name, fact in fee.facts.items()})


def _print_table(fees: dict[str, Fee | DataFault], debt: Debt, on: date, paid_on: date) -> None:
    size = format_kroner(debt.size_ore)
    output.print_table(
        output.words("fees.title", size=size, due=debt.due_date),
        [output.words("fees.fee"), output.words("fees.amount")],
        [(output.words(f"fees.{name}"), _shown(fee)) for name, fee in fees.items()],
        right=(1,),
    )
    output.print_line(output.words("fees.days", on=on, paid_on=paid_on))
    reasons = [next(told(_told(fee), output.language())) for fee in fees.values() if not _amount(fee)]
    for line in dict.fromkeys(reasons):
        output.print_line(line)


def _shown(fee: Fee | DataFault) -> str:
    return format_kroner(fee.amount_ore) if isinstance(fee, Fee) else "\u2013"
