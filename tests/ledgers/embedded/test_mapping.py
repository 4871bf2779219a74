"""What a booking means for the claim that it touches."""

from __future__ import annotations

import pytest

from kravbro.books.meanings import CANNOT_SETTLE, Meaning
from kravbro.core.claims import TransactionKind
from kravbro.core.errors import DataFault
from kravbro.ledgers.embedded.mapping import kind


@pytest.mark.parametrize(
    ("meaning", "amount_ore", "expected"),
    [
        (Meaning.PAYMENT, -1, TransactionKind.PAYMENT),
        (Meaning.PAYMENT, 1, TransactionKind.REVERSAL),
        (Meaning.COLLECTOR_PAYMENT, -1, TransactionKind.PAYMENT),
        (Meaning.COLLECTOR_PAYMENT, 1, TransactionKind.REVERSAL),
        (Meaning.CREDIT_NOTE, -1, TransactionKind.CREDIT_NOTE),
        (Meaning.CREDIT_NOTE, 1, TransactionKind.CREDIT_NOTE),
        (Meaning.CORRECTION, 1, TransactionKind.CORRECTION),
        (Meaning.REVERSAL, 1, TransactionKind.REVERSAL),
        (Meaning.WRITE_OFF_BOOKS_ONLY, -1, TransactionKind.WRITE_OFF_BOOKS_ONLY),
        (Meaning.WRITE_OFF_CLAIM_ENDED, -1, TransactionKind.WRITE_OFF_CLAIM_ENDED),
    ],
)
def test_the_meaning_of_the_voucher_type_decides(meaning: Meaning, amount_ore: int, expected: TransactionKind) -> None:
    assert kind(meaning, amount_ore, 7) is expected


@pytest.mark.parametrize("meaning", Meaning)
def test_every_meaning_has_a_kind_or_cannot_settle(meaning: Meaning) -> None:
    if meaning in CANNOT_SETTLE:
        with pytest.raises(DataFault, match=r"books\.not_a_transaction"):
            kind(meaning, -1, 7)
    else:
        assert kind(meaning, -1, 7) in TransactionKind
