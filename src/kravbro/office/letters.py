"""Letters that were sent about claims before they came."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from kravbro.core.claims import Letter, LetterKind
from kravbro.db.bulk import portions
from kravbro.office import tables as t
from kravbro.office.codes import known

_LETTERS = {kind.value: kind for kind in LetterKind}


def letters_of(connection: sa.Connection, claims: Collection[int]) -> dict[int, list[Letter]]:
    """The letters of each claim, in the order in which they were sent. Raises DataFault `office.unknown_code`."""
    letter = t.claim_letter.c
    found: dict[int, list[Letter]] = {number: [] for number in claims}
    columns = (letter.claim, letter.kind, letter.sent_on, letter.deadline, letter.fee_ore, letter.interest_ore)
    for portion in portions(claims):
        chosen = sa.select(*columns).where(letter.claim.in_(portion)).order_by(letter.sent_on, letter.letter_no)
        for claim, kind, *rest in connection.execute(chosen):
            found[claim].append(Letter(known(_LETTERS, kind, "claim_letter", claim, "kind"), *rest))
    return found
