"""How `kravbro cases show` tells who stands on a case, and whom letters go to."""

from __future__ import annotations

from kravbro.cli import output
from kravbro.core.parties import Protection
from kravbro.office.parties.on_case import CaseParties


def print_case_parties(who: CaseParties) -> None:
    """A table of whom letters go to, and one of everybody beside the debtor if there is anybody."""
    if who.parties:
        output.print_table(
            output.words("parties.on_case"),
            [
                output.words(f"parties.{one}")
                for one in ("row", "party", "name", "role", "stands_for", "first", "last", "because")
            ],
            [
                (
                    str(one.number),
                    str(one.party),
                    one.name,
                    output.words(f"parties.role.{one.role}"),
                    one.stands_for,
                    str(one.first_day),
                    str(one.last_day or ""),
                    one.because,
                )
                for one in who.parties
            ],
            right=(0, 1),
        )
    output.print_table(
        output.words("parties.letters_to"),
        [output.words(f"parties.{one}") for one in ("name", "stands_for", "contact", "language", "address")],
        [
            (one.name, one.owes, one.contact, one.language, protection_in_words(one.protection))
            for one in who.letters_to
        ],
    )


def protection_in_words(level: str) -> str:
    """A level of protection in the user's language; nothing for an address that is not protected."""
    return "" if level == Protection.NONE else output.words(f"parties.level.{level}")
