"""What the windows show of an entry and of reasons. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from kravbro.core.claims import Reason
from kravbro.ledgers.visma_business.entries import Entry, invoice_no_of
from kravbro.ledgers.visma_business.tables import INVOICE_NO
from kravbro.texts.sentences import sentence


def shown_number(entry: Entry) -> str:
    """The number of an entry's invoice."""
    return invoice_no_of(entry)[:INVOICE_NO]


def in_words(reasons: Iterable[Reason], language: str) -> str:
    """Reasons for those who work in the standard client."""
    return " ".join(sentence(reason.code, {"detail": reason.detail}, language) for reason in reasons)
