"""What a collector forgot that was put back from an older copy, as the ledger holds it still."""

from __future__ import annotations

import msgspec

from kravbro.core.adoption import Adoption
from kravbro.core.claims import Offer, Receipt


class AnsweredOffer(msgspec.Struct, frozen=True, gc=False):
    """An offer with the answers that the ledger holds: acceptance or refusal, then the receipt that gave it back.

    `adoption` is there if the offer joined an open item with the claim of an older case.
    """

    offer: Offer
    answers: tuple[Receipt, ...]
    adoption: Adoption | None = None
