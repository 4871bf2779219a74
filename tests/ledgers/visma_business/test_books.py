"""The books of trials: the same each time, in agreement with themselves, and read as they were written."""

from __future__ import annotations

import sqlalchemy as sa

from kravbro.ledgers.visma_business.queries import JOURNAL
from kravbro.ledgers.visma_business.trial.books import FIRST_CUSTOMER, Size, fill
from kravbro.ledgers.visma_business.trial.schema import RICH
from tests.ledgers.visma_business.acting import OTHER, TODAY, Trial
from tests.ledgers.visma_business.conftest import NewTrial

SIZE = Size(40, invoices_each=3, settled_percent=50, partly_percent=10, ready_percent=50)


def filled(trial: Trial) -> Trial:
    """The second company, which has no registers yet, with books."""
    tables = trial.erp.tables
    with trial.databases.engine(OTHER).begin() as connection:
        for name in ("accounts", "currencies", "countries"):
            connection.execute(sa.delete(tables[name]))
    return trial


def test_books_are_read_as_they_were_written(new_trial: NewTrial) -> None:
    trial = filled(new_trial())
    counts = fill(trial.databases, OTHER, RICH, SIZE, on=TODAY)
    source = trial.source()
    ready = [one.entry for one in source.proposals(OTHER)]
    assert len(ready) == counts.ready > 10
    entries = trial.erp.tables["entries"].c
    with trial.databases.engine(OTHER).begin() as connection:
        rows = connection.execute(sa.select(entries.journal, entries.number).where(entries.amount > 0)).fetchall()
        assert (
            connection.execute(sa.select(sa.func.count()).select_from(entries.journal.table)).scalar() == counts.entries
        )

    items = source.items(OTHER, [journal * JOURNAL + number for journal, number in rows])
    assert len(items) == SIZE.customers * SIZE.invoices_each
    for item in items:
        assert sum(one.amount_ore for one in item.settlements) == item.remaining_ore - item.amount_ore
        assert len(item.settlements) == (item.remaining_ore < item.amount_ore)
    standings = source.standings(OTHER, ready)
    assert {one.debtor.customer_no for one in standings.values()} <= set(range(FIRST_CUSTOMER, FIRST_CUSTOMER + 40))
    assert all(one.facts.remaining_ore > 0 and one.debtor.postcode for one in standings.values())


def test_the_same_seed_makes_the_same_books(new_trial: NewTrial) -> None:
    told = []
    for _ in range(2):
        trial = filled(new_trial())
        fill(trial.databases, OTHER, RICH, Size(10), on=TODAY, seed=7)
        with trial.databases.engine(OTHER).begin() as connection:
            entries = trial.erp.tables["entries"]
            rows = connection.execute(sa.select(entries).order_by(entries.c.journal, entries.c.number)).fetchall()
        told.append([tuple(row) for row in rows])

    assert told[0] == told[1]
