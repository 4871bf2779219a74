"""The office behind the collector port: companies are creditors, and every stream comes through."""

from __future__ import annotations

import json
import tomllib
from importlib import resources

import pytest
import sqlalchemy as sa

from kravbro.collectors.office import OfficeCollector
from kravbro.core.errors import DataFault, Stop
from kravbro.core.vouchers import Fate, VoucherReceipt
from kravbro.db.places import place_at
from kravbro.office import tables as t
from kravbro.office.posting import approve_posting, generate_posting
from kravbro.ports.collector import Collector
from kravbro.ports.identity import Delivered, Heads, Identity
from tests.office.builders import LEDGER, STATUTE, TODAY, Desk, act, offer, open_desk, payment, transaction
from tests.places import NewPlace, Where, kind_of


@pytest.fixture
def where(new_place: NewPlace) -> Where:
    return new_place.where()


@pytest.fixture
def desk(where: Where) -> Desk:
    return open_desk(where)


@pytest.fixture
def collector(desk: Desk, where: Where) -> OfficeCollector:
    assert desk.engine.dialect.name == kind_of(where)
    return OfficeCollector(place_at(where), LEDGER, STATUTE, act())


def test_it_is_a_collector(collector: OfficeCollector) -> None:
    as_port: Collector = collector

    assert as_port.identify() == Identity(
        "office", "kontor", (Heads(1, {"receipts": 0, "vouchers": 0, "statuses": 0}),)
    )
    assert (as_port.companies(LEDGER), as_port.companies("other")) == ([1], [])


def test_every_stream_comes_through(desk: Desk, collector: OfficeCollector) -> None:
    assert collector.accept_claims(1, [offer(1), offer(2, currency="EUR")]) == Delivered(2, 0)
    desk.pay(payment(1, 50_000, desk.rows(t.case)[0].kid))
    with desk.writing() as connection:
        approve_posting(connection, 1, generate_posting(connection, 1, desk.act), desk.act)

    (voucher,) = collector.vouchers(1, 0, 10)
    assert [one.offer for one in collector.receipts(1, 0, 10)] == [1, 2]
    assert [one.offer for one in collector.receipts(1, 1, 10)] == [2]
    assert [one.entry for one in collector.statuses(1, 0, 10)] == [1001]
    assert collector.accept_transactions(1, [transaction(1, 1001, -100)]) == Delivered(1, 0)
    assert collector.accept_voucher_receipts(1, [VoucherReceipt(1, voucher.key, Fate.POSTED, TODAY)]) == Delivered(1, 0)
    ((movement, booking),) = [one.movements for one in collector.claims(1, 0, 10)]
    assert (movement.id, movement.settled) == ("voucher:kontor-1-1/4", True)
    assert booking.id == "booking:9001"
    assert collector.audit(1) == []
    assert collector.identify().head(1, "receipts") == 2


@pytest.mark.parametrize(
    ("table", "change", "stream", "row"),
    [
        (t.receipt, {"outcome": "lost"}, "receipts", "1-1"),
        (t.receipt, {"reasons": '[{"code":'}, "receipts", "1-1"),
        (t.status_event, {"state": "lost"}, "statuses", "1-1"),
        (t.voucher_receipt, {"fate": "lost"}, "recorded_voucher_receipts", "1-1"),
        (t.journal, {"kind": "lost"}, "claims", 1),
        (t.voucher, {"state": "lost"}, "claims", "kontor-1-1"),
    ],
)
def test_a_code_that_nobody_knows_is_refused_by_name(
    desk: Desk, collector: OfficeCollector, *, table: sa.Table, change: dict[str, str], stream: str, row: object
) -> None:
    collector.accept_claims(1, [offer(1)])
    desk.pay(payment(1, 50_000, desk.rows(t.case)[0].kid))
    with desk.writing() as connection:
        approve_posting(connection, 1, generate_posting(connection, 1, desk.act), desk.act)
    collector.accept_voucher_receipts(1, [VoucherReceipt(1, "kontor-1-1", Fate.DELIVERED, TODAY)])
    with desk.writing() as connection:
        connection.execute(sa.update(table).values(**change))

    with pytest.raises(DataFault, match=r"office\.unknown_code") as fault:
        getattr(collector, stream)(1, 0, 10)
    ((column, value),) = change.items()
    assert fault.value.facts == {"table": table.name, "row": row, "column": column, "value": value}
    assert {one.kind for one in collector.audit(1)} == {"code"}


def test_a_company_that_is_not_served_stops(collector: OfficeCollector) -> None:
    with pytest.raises(Stop, match=r"office\.company_not_served") as stopped:
        collector.receipts(2, 0, 10)

    assert json.loads(json.dumps(stopped.value.facts)) == {"company": 2, "installation": LEDGER}


def test_the_card_says_what_it_can() -> None:
    card = tomllib.loads((resources.files("kravbro.collectors.office") / "card.toml").read_text(encoding="utf-8"))

    methods = {name for name in vars(Collector) if not name.startswith("_")}
    assert set(card["methods"]) == methods
    assert set(card["methods"].values()) <= {"done", "to do", "exempt"}
