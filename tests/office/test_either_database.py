"""A busy office on either database: the same rows to the last letter, and the same sums."""

from __future__ import annotations

from pathlib import Path

from kravbro.core.statute.shipped import shipped_statute
from kravbro.office.audit import audit
from kravbro.office.dump import dump_office
from kravbro.office.queries.balances import balances
from kravbro.office.statute import load_kept
from tests.office.builders import TODAY, Desk
from tests.office.busy import open_busy_desk
from tests.places import KINDS, new_places
from tests.stories.canonical import canonical


def test_a_busy_office_is_the_same_on_either(tmp_path: Path) -> None:
    shown = []
    for kind in KINDS:
        with new_places(tmp_path, kind) as new:
            desk = open_busy_desk(new.where())
            shown.append(everything(desk))
            desk.engine.dispose()
    assert shown[0] == shown[1]


def everything(desk: Desk) -> object:
    """All that an office holds, and what is owed."""
    with desk.reading() as connection:
        assert audit(connection, 1) == []
        kept = load_kept(connection, shipped_statute())
        owed = list(balances(connection, TODAY, kept.statute))
        return canonical(dump_office(connection)), owed, kept.rows, kept.verifications
