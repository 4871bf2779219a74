"""camt.054 files to test with: strategies, and the golden files that are kept beside this module.

`tests/formats/golden_files.py` keeps the golden files.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from kravbro.core.identifiers import bank_account
from kravbro.formats import camt054

DAY = date(2026, 11, 20)
ACCOUNT = "99991042764"
SOUND = camt054.Transaction(
    amount_ore=125_00,
    kid="123456782",
    bank_reference="00000000001",
    instruction_id="I-1",
    end_to_end_id="E-1",
    transaction_id="T-1",
    debtor_name="Kari Nordmann",
    debtor_account="86011117947",
    accepted_on=date(2026, 11, 19),
    code="PMNT/RCDT/DMCT",
)


def payment(**changes: Any) -> camt054.Transaction:
    """A sound payment of 125 kroner with some fields changed."""
    return msgspec.structs.replace(SOUND, **changes)


def lump(*payments: camt054.Transaction, **changes: Any) -> camt054.Entry:
    """An entry of these payments."""
    total_ore = sum(one.amount_ore for one in payments)
    base = camt054.Entry(
        direction="CRDT" if total_ore >= 0 else "DBIT",
        amount_ore=total_ore,
        booked_on=DAY,
        value_on=DAY,
        bank_reference="LUMP-1",
        reference="1",
        code="PMNT/RCDT/DMCT",
        transactions=payments,
    )
    return msgspec.structs.replace(base, **changes)


def reversal(*payments: camt054.Transaction, **changes: Any) -> camt054.Entry:
    """An entry that takes these payments back; their amounts are negative."""
    return lump(*payments, is_reversal=True, bank_reference=changes.pop("bank_reference", "BACK-1"), **changes)


def notification(*entries: camt054.Entry, **changes: Any) -> camt054.Notification:
    """A notification of these entries."""
    base = camt054.Notification(id="N-1", account=ACCOUNT, has_summary=True, entries=entries)
    return msgspec.structs.replace(base, **changes)


def file_of(*notifications: camt054.Notification, **changes: Any) -> camt054.Camt054File:
    """A file of these notifications."""
    base = camt054.Camt054File(
        name="camt.xml",
        version="001.02",
        message_id="M-1",
        created_at=datetime(2026, 11, 20, 18, 0),  # noqa: DTZ001 - banks write local time without a zone
        notifications=notifications,
    )
    return msgspec.structs.replace(base, **changes)


def written(*entries: camt054.Entry, version: camt054.Version = "001.02", **changes: Any) -> bytes:
    """The bytes of a file with one notification of these entries."""
    return camt054.render(file_of(notification(*entries), version=version, **changes))


REFERENCES = st.from_regex(r"[A-Za-z0-9/\-?:().,'+ ]{0,35}", fullmatch=True).map(str.strip)
KIDS = st.from_regex(r"[0-9]{1,24}[0-9-]", fullmatch=True).filter(lambda kid: kid.strip("0"))
CODES = st.sampled_from(["", "230", "PMNT/RCDT/DMCT", "PMNT/RCDT/ESCT", "A & <B>"])


def texts(longest: int) -> st.SearchStrategy[str]:
    """Texts in one line without blanks at the ends or two in a row."""
    letters = st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" ")
    return st.text(letters, max_size=longest).map(lambda text: " ".join(text.split()))


@st.composite
def accounts(draw: st.DrawFn) -> str:
    """Any account number."""
    first = draw(st.integers(1, 10**10 - 1).map(lambda number: f"{number:010d}"))
    found = [f"{first}{digit}" for digit in range(10) if bank_account.is_valid(f"{first}{digit}")]
    return found[0] if found else ACCOUNT


@st.composite
def transactions(draw: st.DrawFn, sign: int, latest: date, code: str) -> camt054.Transaction:
    """Any transaction of an entry."""
    amount_ore = draw(st.integers(0, 10**12))
    parts: tuple[camt054.Part, ...] = ()
    kid = draw(st.none() | KIDS)
    if kid and amount_ore > 2 and draw(st.booleans()):
        other = draw(KIDS.filter(lambda one: one != kid))
        parts = camt054.Part(kid, amount_ore - 1), camt054.Part(other, 1)
        kid = None
    return camt054.Transaction(
        amount_ore=sign * amount_ore,
        kid=kid,
        parts=parts,
        text=draw(texts(300).filter(lambda text: max(map(len, text.split()), default=0) <= 140)),
        bank_reference=draw(REFERENCES),
        transaction_id=draw(REFERENCES),
        instruction_id=draw(REFERENCES),
        end_to_end_id=draw(REFERENCES),
        debtor_name=draw(texts(140)),
        debtor_account=draw(st.sampled_from(["", "DE89370400440532013000", "SE4550000000058398257466"]) | accounts()),
        accepted_on=draw(st.none() | st.integers(0, 366).map(lambda days: latest - timedelta(days=days))),
        code=draw(CODES) or code,
    )


@st.composite
def entries(draw: st.DrawFn, created: date) -> camt054.Entry:
    """Any entry that was booked when the message was made."""
    sign = draw(st.sampled_from([1, -1]))
    booked = draw(st.dates(created - timedelta(days=1000), created + timedelta(days=7)))
    code = draw(CODES)
    some = draw(st.lists(transactions(sign, booked, code), min_size=1, max_size=4))
    return camt054.Entry(
        direction="CRDT" if sign > 0 else "DBIT",
        amount_ore=sum(one.amount_ore for one in some),
        booked_on=booked,
        value_on=draw(st.none() | st.integers(-366, 366).map(lambda days: booked + timedelta(days=days))),
        is_reversal=draw(st.booleans()),
        status=draw(st.sampled_from(["BOOK", "PDNG", "INFO"])),
        reference=draw(REFERENCES),
        bank_reference=draw(REFERENCES),
        code=code,
        transactions=tuple(some),
    )


@st.composite
def files(draw: st.DrawFn) -> camt054.Camt054File:
    """Any file that can be written."""
    created = draw(st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - zone is drawn below
    created = created.replace(microsecond=0)
    notifications = tuple(
        camt054.Notification(
            id=draw(REFERENCES.filter(bool)),
            account=draw(accounts()),
            copy=draw(st.sampled_from(["", "DUPL", "CODU", "COPY"])),
            has_summary=draw(st.booleans()),
            entries=tuple(draw(st.lists(entries(created.date()), max_size=3))),
        )
        for _ in range(draw(st.integers(1, 2)))
    )
    version = draw(st.sampled_from(camt054.VERSIONS))
    return camt054.Camt054File(
        name="any.xml",
        version=version,
        message_id=draw(REFERENCES.filter(bool)),
        created_at=created.replace(tzinfo=UTC) if draw(st.booleans()) else created,
        notifications=notifications,
    )


def golden_files() -> dict[str, bytes]:
    """Name -> bytes of each golden file."""
    batch = lump(
        payment(),
        payment(bank_reference="00000000002", kid="0000018", amount_ore=1),
        payment(bank_reference="00000000003", kid=None, text="Ærlig & Ødegård <betaling>", debtor_account=""),
        payment(
            bank_reference="00000000004",
            kid=None,
            amount_ore=300_00,
            parts=(camt054.Part("123456782", 100_00), camt054.Part("0000018", 200_00)),
        ),
        payment(bank_reference="00000000005", debtor_account="DE89370400440532013000", accepted_on=None, code="230"),
    )
    others = (
        reversal(payment(amount_ore=-125_00)),
        lump(camt054.Transaction(amount_ore=500_00, code="230"), bank_reference="LUMP-2", code="230"),
        lump(payment(amount_ore=-75_00), bank_reference="OWN-1"),
        lump(payment(amount_ore=-75_00, is_returned=True), bank_reference="OWN-2"),
        lump(payment(amount_ore=80_00), bank_reference="OWN-3", is_reversal=True),
        lump(payment(), status="PDNG", booked_on=None, bank_reference=""),
    )
    both = (notification(batch, *others), notification(lump(payment()), id="N-2", copy="DUPL", has_summary=False))
    return {
        "everything_001_02": camt054.render(file_of(*both)),
        "everything_001_08": camt054.render(file_of(*both, version="001.08")),
    }
