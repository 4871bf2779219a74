"""Dense stories: every act drawn by weight from a seeded generator, so that each second of CPU holds many.

Hypothesis draws few acts and small numbers, and shrinks what it finds; here a story is long, people act on the same
claims again and again, and the seed tells it again:

    tell(OnSqlite, seed=17, steps=60)
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from kravbro.books.meanings import Meaning
from kravbro.core.allocation_orders import Part
from kravbro.office.manual.registering import How
from kravbro.office.manual.reversing import TakenBack
from tests.stories.bridge_stories import OWNERS, STREAMS
from tests.stories.faults import Fault
from tests.stories.office_stories import COSTS
from tests.stories.state_machine import Machine
from tests.stories.worlds import TYPES

Draw = Callable[[Random], Any]
SHOWN = 14
"""How many of the last acts a failure shows."""
TELLING_AMOUNTS = [1, 35_00, 36_25, 800_00, 836_25]
BOOKED = [
    Meaning.PAYMENT, Meaning.PAYMENT, Meaning.CREDIT_NOTE, Meaning.WRITE_OFF_BOOKS_ONLY, Meaning.WRITE_OFF_CLAIM_ENDED,
]  # fmt: skip


def one_of(*values: Any) -> Draw:
    """One of these, each as likely."""
    return lambda random: random.choice(values)


def several(what: Draw, least: int, most: int) -> Draw:
    """A list of so many."""
    return lambda random: [what(random) for _ in range(random.randint(least, most))]


def number(least: int, most: int) -> Draw:
    """A number between these, both included."""
    return lambda random: random.randint(least, most)


def perhaps(what: Draw) -> Draw:
    """As often nothing."""
    return lambda random: what(random) if random.random() < 0.5 else None


def often(share: float) -> Draw:
    """True in this share of the draws."""
    return lambda random: random.random() < share


def amount(random: Random) -> int:
    """Any amount, or one that settles something."""
    return random.choice([random.randint(1, 1500_00), random.randint(1, 400_00), *TELLING_AMOUNTS])


def line(random: Random) -> tuple[int, str, int]:
    """A line of a bank file: see `office_stories`."""
    return place(random), random.choice("ccciixnrbb"), amount(random)


company, place, yes = one_of(*sorted(TYPES)), number(0, 60), often(0.5)
ACTS: dict[str, tuple[int, tuple[Draw, ...]]] = {
    # In the ledger.
    "an_invoice_is_not_paid": (2, (company, number(1, 4), number(300_00, 900_00))),
    "a_proposal_is_approved": (3, (company,)),
    "a_proposal_waits_for_its_voucher": (1, (company,)),
    "a_transfer_voucher_is_posted": (1, (company, place, often(0.3))),
    "the_ledger_books_on_an_invoice": (5, (company, place, one_of(*BOOKED), perhaps(amount))),
    "money_comes_to_the_ledger": (2, (company, place, one_of("unmatched", "taken_back"), amount)),
    "a_credit_is_matched": (2, (company, place, place, amount)),
    "a_credit_is_taken_off": (2, (company, place, perhaps(amount))),
    "a_voucher_is_reversed": (2, (company, place, often(0.4))),
    "the_creditor_withdraws_a_claim": (2, (company, place)),
    "the_accountant_looks_at_drafts": (3, (company, place, number(0, 3))),
    # In the office.
    "a_bank_file_comes": (8, (company, several(line, 1, 4), number(0, 5), yes)),
    "the_office_gives_a_claim_back": (2, (company, place, yes)),
    "a_case_is_closed": (1, (company, place)),
    "unplaced_money_is_placed": (3, (company, place, place)),
    "money_is_registered": (4, (company, perhaps(place), amount, one_of(*How), yes)),
    "money_is_moved": (4, (company, place, place, perhaps(amount))),
    "a_payment_is_taken_back": (3, (place, one_of(*TakenBack))),
    "money_is_paid_back": (4, (place, perhaps(amount))),
    "a_refund_is_cancelled": (1, (place,)),
    "refunds_are_sent": (1, (company,)),
    "a_cost_is_registered": (3, (company, place, one_of(*COSTS), amount)),
    "late_interest_is_charged_or_waived": (2, (company, place, yes)),
    "a_charge_is_waived": (2, (company, place, one_of(Part.FEES, Part.COSTS, Part.INTEREST), perhaps(amount))),
    "a_charge_or_waiver_is_undone": (2, (place,)),
    "a_proposal_is_coded_anew": (1, (company, place)),
    "fees_are_coded_wrongly": (2, (company,)),
    "what_was_not_taken_is_corrected": (2, (company,)),
    "a_proposal_is_made": (1, (company,)),
    "a_proposal_is_approved_as_it_stands": (2, (company,)),
    "all_money_is_approved": (3, (company,)),
    "a_journal_is_left_out_or_taken_in": (2, (place, often(0.6))),
    "a_voucher_is_delivered_again": (2, (place,)),
    # Between them.
    "a_case_of_an_older_system_is_handed_over": (2, (company, number(1, 4), number(300_00, 900_00))),
    "cases_of_an_older_system_are_taken_over": (4, (company, several(one_of(*Fault), 0, 2))),
    "streams_run": (
        10, (company, several(one_of(*STREAMS), 1, 5), one_of(1, 2, 1000), several(one_of(*Fault), 0, 3), often(0.2)),
    ),
    "everything_runs": (4, (company,)),
    "a_day_passes": (2, (company,)),
    "an_old_delivery_comes_again": (4, (number(0, 1000),)),
}  # fmt: skip
RESTORES: dict[str, tuple[int, tuple[Draw, ...]]] = {
    "a_backup_is_taken": (8, (one_of(*OWNERS),)),
    "a_backup_is_put_back": (5, (place,)),
}


def tell(machine: type[Machine], seed: int, steps: int, *, restores: bool) -> None:
    """One story. What it finds is raised with the seed and the last acts."""
    random = Random(seed)
    acts = ACTS | RESTORES if restores else ACTS
    names, weights = list(acts), [weight for weight, _ in acts.values()]
    story, told = machine(), list[str]()
    story.begin()
    try:
        for _ in range(steps):
            (name,) = random.choices(names, weights)
            given = [draw(random) for draw in acts[name][1]]
            told.append(f"{name}{tuple(given)}")
            getattr(story, name)(*given)
            story.sums_are_right()
        told.append("ends")
        story.ends()
    except BaseException as found:
        found.add_note(f"seed {seed}, restores {restores}, act {len(told)}:\n" + "\n".join(told[-SHOWN:]))
        raise
