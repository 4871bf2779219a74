"""Charges of courts and enforcement, as multiples of the court fee R, rounded down to whole kroner.

Law: rettsgebyrloven (LOV-1982-12-17-86) §§ 1, 6 a, 7, 14 and 15; FOR-2025-07-01-1396 and -1397. They stand outside the
acts of collection, so a new act does not touch them.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from fractions import Fraction

from kravbro.core.derivation import row_step, step
from kravbro.core.fees.amounts import Fee, exact_ore, floored, share_step, whole_number, with_vat
from kravbro.core.statute.law import Statute
from kravbro.core.statute.rows import Day


class Charge(StrEnum):
    """The charges; the value is the name of the rule."""

    CONCILIATION_BOARD = "conciliation_board_fee"
    ATTACHMENT = "attachment_fee"
    FORCED_COVER = "forced_cover_fee"
    ENFORCEMENT_COMPLAINT = "enforcement_complaint_fee"
    AUTHORITY_NOTICE = "collection_authority_notice"
    AUTHORITY_DECISION = "collection_authority_decision"
    MUNICIPAL_NOTICE = "municipal_enforcement_notice"
    MUNICIPAL_DECISION = "municipal_enforcement_decision"


PLEADING_SALAER = "pleading_salaer"


def court_charge(charge: Charge, on: date, statute: Statute) -> Fee:
    """The charge for what is filed (or decided) on a day. Raises DataFault `statute.*`."""
    return _charged(f"fees.court.{charge.value}", charge.value, on, statute)


def pleading_salaer(filed_on: date, paid_on: date, statute: Statute, *, vat_deductible: bool) -> Fee:
    """The salær for writing a complaint to the conciliation board where collection costs are claimed beside it.

    Whole kroner of the day of filing first, then VAT where the creditor cannot deduct it, floored to øre. VAT is that
    of `paid_on`, the day the principal is paid (until then: the day asked about). Raises DataFault `statute.*`.
    """
    net = _charged("fees.court.pleading_salaer", PLEADING_SALAER, filed_on, statute)
    if vat_deductible:
        return net
    exact_with_vat, vat = with_vat(Fraction(net.amount_ore), paid_on, statute)
    amount_ore = floored(exact_with_vat)
    return Fee(amount_ore, step("fees.court.pleading_with_vat", net.derivation, vat, amount_ore=amount_ore))


def _charged(code: str, rule: str, on: date, statute: Statute) -> Fee:
    found = statute.figure(rule, {Day.FILED: on, Day.DECIDED: on})
    rounding = whole_number(statute, "court_fee_rounding", on)
    amount_ore = floored(exact_ore(found.value), rounding.number)
    rounded = step("fees.rounded_down", row_step(rounding.row), unit_ore=rounding.number, amount_ore=amount_ore)
    steps = (share_step("fees.of_court_fee", found), rounded)
    return Fee(amount_ore, step(code, *steps, on=on, amount_ore=amount_ore))
