"""Errors of the rules: money, allocation, vouchers, transitions and the law's deadlines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kravbro.core.allocation import Order, allocate
from kravbro.core.money import checked_ore, parse_kroner
from kravbro.core.statute.deadlines import shipped_deadlines
from kravbro.core.transitions import CASE
from kravbro.core.vouchers import Voucher, VoucherLine, refuse_unbalanced
from tests.errors.gallery import provokes


@provokes("money.too_large")
def an_amount_of_65_bits(_: Path) -> None:
    checked_ore(2**63)


@provokes("money.unreadable")
def an_amount_with_three_decimals(_: Path) -> None:
    parse_kroner("12,345")


@provokes("allocation.not_positive")
def nothing_to_allocate(_: Path) -> None:
    allocate(0, [], Order.COSTS_INTEREST_PRINCIPAL)


@provokes("voucher.empty")
def a_voucher_without_lines(_: Path) -> None:
    refuse_unbalanced(Voucher(1, "K-2026-1", date(2026, 11, 20), "Innbetaling", ()))


@provokes("voucher.unbalanced")
def a_voucher_that_lacks_one_ore(_: Path) -> None:
    lines = (VoucherLine(1, "1920", 10_000), VoucherLine(2, "1500", -9_999, customer_no=10001))
    refuse_unbalanced(Voucher(1, "K-2026-1", date(2026, 11, 20), "Innbetaling", lines))


@provokes("transition.not_allowed")
def a_closed_case_is_begun(_: Path) -> None:
    CASE.after("closed", "begin", "2026-000017")


@provokes("statute.no_deadline")
def a_claim_from_before_the_law(_: Path) -> None:
    shipped_deadlines().limitation_years(date(1850, 1, 1))
