"""A bank's file is taken whole or not at all, however it was damaged: nothing of a refused file is in the office."""

from __future__ import annotations

from contextlib import suppress

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from kravbro.core.errors import DataFault, Skip, Stop
from kravbro.formats import camt054
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.bank_files import read_bank_file
from kravbro.office.payment_import import import_payments
from tests.formats import camt054_files as camt
from tests.formats.damage import damaged
from tests.formats.ocr_giro_files import file_of, payment
from tests.office.builders import Desk, act
from tests.office.shared_accounts import ACCOUNT_OF, FET, invoice, open_shared_desk

IN_FILES = b"99991042764"
SOUND = file_of(
    payment(amount_ore=100_00, kid=invoice(FET)),
    payment(amount_ore=200_00, kid="00000000018"),
    payment(type="18", amount_ore=-100_00, kid=invoice(FET), card_issuer="00", bank_date=None, debit_account=None),
).replace(IN_FILES, ACCOUNT_OF[FET].encode())
CAMT = camt054.render(
    camt.file_of(
        camt.notification(
            camt.lump(
                camt.payment(amount_ore=100_00, kid=invoice(FET)), camt.payment(bank_reference="2", amount_ore=200_00)
            ),
            camt.reversal(camt.payment(bank_reference="3", amount_ore=-100_00, kid=invoice(FET), is_returned=True)),
            account=ACCOUNT_OF[FET],
        )
    )
)
FILES = (SOUND, CAMT)


class Undone(Exception):  # noqa: N818 - no error: what was done is looked at, and then not kept
    """Raised when everything was seen."""


def taken(connection: sa.Connection, data: bytes) -> bool:
    """Whether the office takes the file; then it holds what the file was read as, to the øre.

    Else it holds nothing, even before the transaction is rolled back.
    """
    try:
        file = read_bank_file(data, "skadd")
        done = import_payments(connection, "skadd", file.sha256, file.format, file.payments, act())
    except (DataFault, Skip, Stop):
        assert connection.execute(sa.select(sa.func.count()).select_from(t.payment)).scalar_one() == 0
        return False
    here = sa.select(sa.func.count(), sa.func.sum(t.payment.c.amount_ore))
    count, net_ore = connection.execute(here).one()
    wanted_ore = sum(payment.amount_ore for payment in file.payments)
    assert (count, net_ore) == (len(file.payments), wanted_ore) == (done.new, done.net_ore)
    rows = sa.select(sa.func.sum(t.journal_row.c.amount_ore)).where(t.journal_row.c.account == "bank")
    assert connection.execute(rows).scalar_one() == wanted_ore
    assert audit(connection, FET) == []
    return True


def try_in(desk: Desk, data: bytes) -> bool:
    found = []
    with suppress(Undone), desk.writing() as connection:
        found.append(taken(connection, data))
        raise Undone
    return found[0]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return open_shared_desk(tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize("data", FILES, ids=["ocr_giro", "camt054"])
def test_the_sound_file_is_taken(desk: Desk, data: bytes) -> None:
    assert try_in(desk, data)


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 1), seed=st.integers(0, 2**32))
def test_a_damaged_file_is_taken_whole_or_not_at_all(desk: Desk, place: int, seed: int) -> None:
    try_in(desk, damaged(FILES[place], seed))


@pytest.mark.soak
@settings(max_examples=5000, deadline=None)
@given(place=st.integers(0, 1), seed=st.integers(0, 2**32))
def test_many_damaged_files(desk: Desk, place: int, seed: int) -> None:
    try_in(desk, damaged(FILES[place], seed))
