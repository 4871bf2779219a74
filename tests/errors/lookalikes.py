"""Errors of payments that may have come before in another format."""

from __future__ import annotations

from pathlib import Path

from kravbro.office.payment_import import import_payments
from tests.errors.gallery import provokes
from tests.office.builders import Desk, open_desk, payment


def import_camt054(desk: Desk, because: str | None = None) -> None:
    with desk.writing() as connection:
        one = payment(2, 500, "")
        import_payments(connection, "camt.xml", "0" * 64, "camt054", [one], desk.act, because)


@provokes("office.payments_lookalike")
def the_same_day_in_both_formats(folder: Path) -> None:
    desk = open_desk(folder)
    desk.pay(payment(1, 500, ""))
    import_camt054(desk)


@provokes("office.override_reason")
def a_reason_of_blanks(folder: Path) -> None:
    import_camt054(open_desk(folder), "  ")
