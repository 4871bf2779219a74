"""pain.001 messages to test with: strategies, and the golden files that are kept beside this module.

`tests/formats/golden_files.py` keeps the golden files.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import msgspec
from hypothesis import strategies as st

from kravbro.core.identifiers import bank_account, kid
from kravbro.formats import pain001

TRANSFER = pain001.Transfer(
    end_to_end_id="REFUND-1",
    creditor_name="Kari Nordmann",
    creditor_account="86011117947",
    amount_ore=250_00,
    text="For mye betalt, sak 1-000017",
)
PAYMENT = pain001.Payment(
    id="REFUNDS-1",
    debtor_name="Lilleby kommune",
    debtor_account="12345678903",
    debtor_bic="DNBANOKK",
    requested_on=date(2026, 11, 24),
    transfers=(TRANSFER,),
)
MESSAGE = pain001.Message(
    id="KRAVBRO-000001",
    created_at=datetime(2026, 11, 23, 10, 0, 0),  # noqa: DTZ001 - banks write local time without a zone
    initiator_name="Lilleby kommune",
    initiator_id="974760673",
    payments=(PAYMENT,),
)


def transfer(**changes: Any) -> pain001.Transfer:
    """A refund of 250 kroner with some fields changed."""
    return msgspec.structs.replace(TRANSFER, **changes)


def payment(*transfers: pain001.Transfer, **changes: Any) -> pain001.Payment:
    """A payment of these transfers, of one refund if none are given."""
    return msgspec.structs.replace(PAYMENT, transfers=transfers or (TRANSFER,), **changes)


def message(*payments: pain001.Payment, **changes: Any) -> pain001.Message:
    """A message of these payments, of one refund if none are given."""
    return msgspec.structs.replace(MESSAGE, payments=payments or (PAYMENT,), **changes)


REFERENCES = st.from_regex(r"[A-Za-z0-9\-?:().,'+]{1,35}", fullmatch=True)
KIDS = st.integers(1, 10**20).map(lambda number: kid.make(f"{number:03d}", "mod10"))


def _account(number: int) -> str:
    """The account number that begins with these ten digits; nothing if none does."""
    found = [f"{number:010d}{digit}" for digit in range(10) if bank_account.is_valid(f"{number:010d}{digit}")]
    return found[0] if found else ""


ACCOUNTS = st.integers(1, 10**10 - 1).map(_account).filter(bool)


def texts(longest: int) -> st.SearchStrategy[str]:
    """Texts that a person can read, without blanks at the ends."""
    letters = st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" ")
    return st.text(letters, min_size=1, max_size=longest).map(str.strip).filter(bool)


@st.composite
def messages(draw: st.DrawFn) -> pain001.Message:
    """Any message that can be written."""
    ids = iter(draw(st.lists(REFERENCES, min_size=8, max_size=8, unique=True)))
    payments = []
    for _ in range(draw(st.integers(1, 2))):
        transfers = []
        for _ in range(draw(st.integers(1, 3))):
            number = draw(st.none() | KIDS)
            transfers.append(
                pain001.Transfer(
                    end_to_end_id=next(ids),
                    creditor_name=draw(texts(70)),
                    creditor_account=draw(ACCOUNTS),
                    amount_ore=draw(st.integers(1, 10**17)),
                    kid=number,
                    text=draw(texts(140)) if number is None else None,
                )
            )
        payments.append(
            pain001.Payment(
                id=next(ids),
                debtor_name=draw(texts(70)),
                debtor_account=draw(ACCOUNTS),
                debtor_bic=draw(st.sampled_from(["DNBANOKK", "NDEANOKKXXX", "SPTRNO22"])),
                requested_on=draw(st.dates(date(1000, 1, 1))),
                transfers=tuple(transfers),
            )
        )
    created = draw(st.datetimes(datetime(1000, 1, 1)).map(lambda at: at.replace(microsecond=0)))  # noqa: DTZ001
    return pain001.Message(
        id=draw(REFERENCES),
        created_at=created.replace(tzinfo=UTC) if draw(st.booleans()) else created,
        initiator_name=draw(texts(70)),
        initiator_id=draw(REFERENCES),
        payments=tuple(payments),
        version=draw(st.sampled_from(pain001.VERSIONS)),
    )


def golden_files() -> dict[str, bytes]:
    """Name -> bytes of each golden file."""
    to_company = transfer(end_to_end_id="REFUND-2", creditor_name="Fjord & Sønn AS", kid="123456782", text=None)
    other_day = payment(
        transfer(end_to_end_id="REFUND-3", amount_ore=1), id="REFUNDS-2", requested_on=date(2026, 12, 1)
    )
    both = message(payment(TRANSFER, to_company), other_day)
    return {
        "refunds_001_03": pain001.render(both),
        "refunds_001_09": pain001.render(msgspec.structs.replace(both, version="001.09")),
    }
