"""Errors of a case's account on a date."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from kravbro.office import tables as t
from kravbro.office.queries.statement import statement
from tests.errors.gallery import provokes
from tests.office.builders import STATUTE, TODAY, offer, open_desk, payment


@provokes("office.account_damaged")
def a_payment_that_was_deleted_past_the_program(folder: Path) -> None:
    desk = open_desk(folder)
    desk.offer(offer(1, 1))
    desk.pay(payment(1, 50_000, desk.rows(t.case)[0].kid))
    with desk.writing() as connection:
        connection.execute(sa.delete(t.payment))
    with desk.reading() as connection:
        statement(connection, "1-000001", TODAY, STATUTE)
