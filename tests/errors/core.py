"""Errors of the rules: money, allocation, vouchers, transitions and the law's statute."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from kravbro.core.allocation import allocate
from kravbro.core.allocation_orders import (
    CreditorOrders,
    Money,
    Order,
    Receipt,
    decide,
    parts_named,
    shipped_allocation_law,
)
from kravbro.core.money import checked_ore, parse_kroner
from kravbro.core.statute.rows import Row, Scope
from kravbro.core.statute.shipped import shipped_statute
from kravbro.core.transitions import CASE
from kravbro.core.vouchers import Voucher, VoucherLine, refuse_unbalanced
from tests.errors.gallery import provokes

NEW_ACT = Row("collection_act", "2026", date(2027, 1, 1), None, "LOV-2026-05-22-19", "source", "test")


@provokes("money.too_large")
def an_amount_of_65_bits(_: Path) -> None:
    checked_ore(2**63)


@provokes("money.unreadable")
def an_amount_with_three_decimals(_: Path) -> None:
    parse_kroner("12,345")


@provokes("allocation.not_positive")
def nothing_to_allocate(_: Path) -> None:
    orders = CreditorOrders(Order.COSTS_FEES_INTEREST_PRINCIPAL)
    allocate(0, [], decide(Receipt(Money.VOLUNTARY, date(2026, 11, 20)), orders, shipped_allocation_law()))


@provokes("allocation.not_an_order")
def an_order_that_leaves_the_fees_out(_: Path) -> None:
    parts_named("principal,interest,costs")


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


@provokes("statute.no_row")
def a_claim_from_before_the_law(_: Path) -> None:
    shipped_statute().limitation_years(date(1850, 1, 1))


@provokes("statute.no_late_interest")
def interest_past_the_last_rate(_: Path) -> None:
    shipped_statute().row("late_interest", date(2027, 1, 1))


@provokes("statute.not_confirmed")
def a_year_whose_sats_was_not_found(_: Path) -> None:
    shipped_statute().row("inkassosats", date(2011, 3, 1))


@provokes("statute.late_interest_not_confirmed")
def interest_of_a_consumer_before_july_1981(_: Path) -> None:
    shipped_statute().row("late_interest", date(1981, 1, 2), Scope.CONSUMER)


@provokes("statute.not_in_act")
def a_fee_that_the_new_act_does_not_give(_: Path) -> None:
    shipped_statute().with_rows([NEW_ACT]).row("purring_fee", date(2027, 1, 2))


@provokes("statute.no_such_rule")
def a_rule_that_is_not_there(_: Path) -> None:
    shipped_statute().rule("poll_tax")


@provokes("statute.not_whole")
def half_a_letter(_: Path) -> None:
    half = Row("small_letter_fees", "3/2", date(2026, 1, 1), None, "law § 1", "source", "test", act=1988)
    shipped_statute().with_rows([half]).days("small_letter_fees", date(2026, 11, 20))
