"""Vouchers balance, or are refused."""

from __future__ import annotations

from datetime import date

import pytest

from kravbro.core.errors import DataFault
from kravbro.core.vouchers import Voucher, VoucherLine, refuse_unbalanced


def voucher(*amounts_ore: int) -> Voucher:
    lines = tuple(VoucherLine(number, "1920", amount_ore) for number, amount_ore in enumerate(amounts_ore, 1))
    return Voucher(1, "office-1-1", date(2026, 11, 23), "", lines)


@pytest.mark.parametrize("amounts_ore", [(100, -100), (0,), (1, 1, -2)])
def test_lines_that_sum_to_zero_pass(amounts_ore: tuple[int, ...]) -> None:
    refuse_unbalanced(voucher(*amounts_ore))
    assert sum(amounts_ore) == 0


@pytest.mark.parametrize(("amounts_ore", "difference_ore"), [((1,), 1), ((100, -101), -1)])
def test_one_ore_is_named(amounts_ore: tuple[int, ...], difference_ore: int) -> None:
    with pytest.raises(DataFault, match=r"voucher\.unbalanced") as fault:
        refuse_unbalanced(voucher(*amounts_ore))

    assert fault.value.facts == {"voucher": "office-1-1", "difference": difference_ore}


def test_a_voucher_without_lines_is_no_voucher() -> None:
    with pytest.raises(DataFault, match=r"voucher\.empty"):
        refuse_unbalanced(voucher())
