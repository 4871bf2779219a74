"""Tryton's dunning wizards on so many overdue lines: run by the Python that Tryton is installed for, never imported.

`python _tryton_dunning.py CONFIGURATION DATABASE LINES` finds an activated, empty database and sets a company up. The
first line is posted by Tryton itself; the others are copies of that voucher's rows with keys of their own, since
posting 10,000 vouchers through Tryton takes minutes and is not what is measured. Without LINES, in a process that has
done nothing else, it prints as JSON how many seconds the two clicks of a dunning take: create (which lines are
overdue, at which level) and process.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from decimal import Decimal
from typing import Any

from proteus import Model, Wizard
from proteus import config as client
from trytond import backend, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, get_accounts
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.modules.currency.tests.tools import get_currency
from trytond.pool import Pool
from trytond.transaction import Transaction

CONFIGURATION, DATABASE = sys.argv[1:3]
LINES = int(sys.argv[3]) if len(sys.argv) > 3 else 0
LINES_PER_DEBTOR = 2
OVERDUE_DAYS = 100
LEVELS = ((1, 14), (2, 28), (3, 60))
TODAY = dt.date.today()  # noqa: DTZ011 - Tryton takes its own clock


def set_up() -> int:
    """A company with a chart, a year and a procedure, its debtors, and one posted voucher; answers its id."""
    create_company(currency=get_currency("EUR"))
    company = get_company()
    create_chart(company)
    year = create_fiscalyear(company, today=(TODAY - dt.timedelta(days=330), TODAY))
    year.click("create_period")
    accounts = get_accounts(company)
    procedure = Model.get("account.dunning.procedure")(name="Procedure")
    for sequence, days in LEVELS:
        level = procedure.levels.new()
        level.sequence, level.overdue = sequence, dt.timedelta(days)
    procedure.save()
    debtor = add_debtors(procedure.id)
    (journal,) = Model.get("account.journal").find([("code", "=", "REV")])
    posted_on = TODAY - dt.timedelta(days=OVERDUE_DAYS + 14)
    period = next(one for one in year.periods if one.start_date <= posted_on <= one.end_date)
    move = Model.get("account.move")(journal=journal, period=period, date=posted_on)
    claim, income = move.lines.new(), move.lines.new()
    claim.account, claim.debit, claim.party = (
        accounts["receivable"],
        Decimal("750.00"),
        Model.get("party.party")(debtor),
    )
    claim.maturity_date = posted_on + dt.timedelta(days=14)
    income.account, income.credit = accounts["revenue"], Decimal("750.00")
    move.save()
    move.click("post")
    return int(move.id)


def add_debtors(procedure: int) -> int:
    """Half as many debtors as lines, each with the procedure; answers the first one's id."""
    names = range(max(1, LINES // LINES_PER_DEBTOR))
    with Transaction().start(DATABASE, 0) as transaction:
        party = Pool().get("party.party")
        made = party.create([{"name": f"Debtor {number}", "dunning_procedure": procedure} for number in names])
        transaction.commit()
    return int(made[0].id)


def copy_voucher(move: int) -> None:
    """Write the voucher's rows again, each copy on the next debtor, until there are `LINES` of them."""
    with Transaction().start(DATABASE, 0) as transaction:
        cursor = transaction.connection.cursor()
        marks = "?" if backend.name == "sqlite" else "%s"
        cursor.execute("SELECT id FROM party_party WHERE name LIKE 'Debtor %' ORDER BY id")
        parties = [row[0] for row in cursor.fetchall()]
        heads, head_columns = rows(cursor, "account_move", "id", marks, move)
        lines, line_columns = rows(cursor, "account_move_line", "move", marks, move)
        first_move, first_line = move + 1, max(line["id"] for line in lines) + 1
        moves = [heads[0] | {"id": first_move + n, "number": f"C{n}"} for n in range(LINES - 1)]
        copies = [
            line
            | {"id": first_line + n * len(lines) + place, "move": first_move + n}
            | ({"party": parties[n % len(parties)]} if line["party"] else {})
            for n in range(LINES - 1)
            for place, line in enumerate(lines)
        ]
        for table, columns, wanted in (
            ("account_move", head_columns, moves),
            ("account_move_line", line_columns, copies),
        ):
            names = ", ".join(f'"{name}"' for name in columns)
            places = ", ".join([marks] * len(columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - Tryton's own names
            cursor.executemany(statement, [[row[name] for name in columns] for row in wanted])
        transaction.commit()


def rows(cursor: Any, table: str, column: str, mark: str, number: int) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of a table with this number, in order, as dicts, and the names of the table's columns."""
    statement = f"SELECT * FROM {table} WHERE {column} = {mark} ORDER BY id"  # noqa: S608 - Tryton's own names
    cursor.execute(statement, (number,))
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()], columns


def timed_clicks() -> dict[str, float | int]:
    """Seconds for the two wizards, and how many dunnings they made and processed."""
    dunning = Model.get("account.dunning")
    start = time.perf_counter()
    create = Wizard("account.dunning.create")
    create.form.date = TODAY
    create.execute("create_")
    created = time.perf_counter()
    drafts = dunning.find([("state", "=", "draft")])
    found = time.perf_counter()
    process = Wizard("account.dunning.process", drafts)
    process.execute("process")
    done = time.perf_counter()
    waiting = len(dunning.find([("state", "=", "waiting")]))
    return {"create_s": created - start, "process_s": done - found, "lines": waiting}


if __name__ == "__main__":
    config.update_etc(CONFIGURATION)
    client.set_trytond(f"sqlite:///{DATABASE}", config_file=CONFIGURATION)
    if LINES:
        copy_voucher(set_up())
    else:
        print(json.dumps(timed_clicks()))
