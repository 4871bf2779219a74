"""`kravbro fees`: the most that a debtor may be asked for in letter fees and salær, and why."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from cyclopts import App, Parameter

from kravbro.cli import output
from kravbro.cli.options import DEFAULT_FOLDER, Folder, OnDate, acting, statute_at
from kravbro.core.claims import LetterKind
from kravbro.core.fees.amounts import Fee
from kravbro.core.fees.letters import Sending, letter_cap
from kravbro.core.fees.salaer import Debt, Picked, Stage, Terms, plan_cap, refuse_impossible, salaer_cap
from kravbro.core.money import format_kroner, parse_kroner
from kravbro.core.statute.law import Statute
from kravbro.texts.derivations import as_data, told

app = App(name="fees", help="Letter fees and salær of a claim: the most there may be.", help_format="plaintext")

Kroner = Annotated[str, Parameter(allow_leading_hyphen=True)]


class Caps(msgspec.Struct, frozen=True):
    """What `fees --json` prints: øre, and the derivation of each figure under its name without `_ore`."""

    purring_ore: int
    inkassovarsel_ore: int
    own_betalingsoppfordring_ore: int
    salaer_simple_ore: int
    salaer_heavy_ore: int
    plan_salaer_ore: int
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
    folder: Folder = DEFAULT_FOLDER,
    json: output.AsJson = False,
) -> None:
    """Print the most that a debtor may be asked for, by the law of the days given.

    A letter is taken to be the first that costs something, with the deadlines that it needs missed. The agency's
    betalingsoppfordring is taken to be sent on the business date.

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
    fees = _fees(statute_at(folder), debt, terms, day, paid_on or day)
    if json:
        explained: dict[str, object] = {name: as_data(fee.derivation, output.language()) for name, fee in fees.items()}
        output.print_json(Caps(**{f"{name}_ore": fee.amount_ore for name, fee in fees.items()}, explain=explained))
        return
    _print_table(fees, debt, day, paid_on or day)
    if explain:
        for fee in fees.values():
            for line in told(fee.derivation, output.language()):
                output.print_line(line)


def _fees(statute: Statute, debt: Debt, terms: Terms, on: date, paid_on: date) -> dict[str, Fee]:
    """Each fee by its name, in the order they are shown."""
    picked = Picked(paid_on=paid_on, demand_sent_on=on)
    return {
        "purring": letter_cap(Sending(LetterKind.REMINDER, debt.due_date, on), statute),
        "inkassovarsel": letter_cap(Sending(LetterKind.NOTICE, debt.due_date, on), statute),
        "own_betalingsoppfordring": letter_cap(Sending(LetterKind.DEMAND, debt.due_date, on), statute),
        "salaer_simple": salaer_cap(Stage.SIMPLE, debt, terms, picked, statute),
        "salaer_heavy": salaer_cap(Stage.HEAVY, debt, terms, picked, statute),
        "plan_salaer": plan_cap(debt.due_date, terms, picked, statute),
    }


def _print_table(fees: dict[str, Fee], debt: Debt, on: date, paid_on: date) -> None:
    size = format_kroner(debt.size_ore)
    output.print_table(
        output.words("fees.title", size=size, due=debt.due_date),
        [output.words("fees.fee"), output.words("fees.amount")],
        [(output.words(f"fees.{name}"), format_kroner(fee.amount_ore)) for name, fee in fees.items()],
        right=(1,),
    )
    output.print_line(output.words("fees.days", on=on, paid_on=paid_on))
