"""What comes back from the network, and what it is taken for: every refusal is one of the four kinds, and no value that
cannot be read is passed over."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest
from msgspec import structs

from kravbro.core.claims import Outcome, Receipt
from kravbro.core.errors import DataFault, KravbroError, Retry, Skip, Stop
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso.envelopes import LARGEST, answer
from kravbro.ledgers.wsinkasso.pages import messages
from tests.formats.wsinkasso_messages import ANSWERS, DAY, OFFER, RECEIPTS
from tests.ledgers.wsinkasso.canned import XML, Canned, other_fault, refused, response, soap, told
from tests.ledgers.wsinkasso.stand_in import through

READY = "HentKravKlareForInkasso"
ONE_CLAIM = told(READY, ops.Rows((OFFER,)))


def failure(*answers: httpx.Response | Exception, settings: str = "") -> KravbroError:
    """What a question for claims ends in."""
    with pytest.raises(KravbroError) as raised:
        through(Canned(*answers), settings).ready_claims(1, 0, 10)
    return raised.value


@pytest.mark.parametrize(
    ("answered", "kind", "code"),
    [
        (response(401), Stop, "sign_in_refused"),
        (response(403, b"<html/>", Content_Type="text/html"), Stop, "sign_in_refused"),
        (response(302, Location="https://elsewhere.example/x?secret=1"), Stop, "redirected"),
        (response(404), Stop, "nothing_there"),
        (response(405), Stop, "nothing_there"),
        (response(413), Stop, "message_refused"),
        (response(415), Stop, "message_refused"),
        (response(429, Retry_After="7"), Retry, "busy_now"),
        (response(502), Retry, "busy_now"),
        (response(503, Retry_After="Mon, 02 Mar 2026 12:00:00 GMT"), Retry, "busy_now"),
        (response(500, b"<html>oops</html>", Content_Type="text/html"), Retry, "busy_now"),
        (response(400, b"bad", Content_Type="text/plain"), Stop, "no_soap"),
        (response(200, b"<html>Welcome</html>", Content_Type="text/html"), Stop, "no_soap"),
        (response(200, b"x", Content_Type="text/xml", Content_Encoding="gzip"), Stop, "no_soap"),
        (told("HentTilbaketrekkinger", ops.Rows()), Stop, "no_soap"),
        (response(500, answer(ops.READY, ops.Rows()), **XML), Stop, "no_soap"),
        (response(200, [b" " * 2**20] * (LARGEST // 2**20 + 1), **XML), DataFault, "answer_too_large"),
        (httpx.ConnectError("refused"), Retry, "unreachable"),
        (httpx.ReadTimeout("slow"), Retry, "unreachable"),
        (httpx.RemoteProtocolError("half an answer"), Retry, "unreachable"),
    ],
)
def test_each_refusal_is_of_the_right_kind(
    answered: httpx.Response | Exception, kind: type[KravbroError], code: str
) -> None:
    error = failure(answered)
    assert (type(error), error.code) == (kind, f"wsinkasso.{code}")
    assert "secret" not in str(error)


def test_how_long_to_wait_is_told() -> None:
    assert failure(response(429, Retry_After="7")).facts["seconds"] == 7


@pytest.mark.parametrize("kind", [Retry, Skip, Stop, DataFault])
def test_an_error_that_is_known_comes_back_as_it_was_raised(kind: type[KravbroError]) -> None:
    raised = kind("mirror.unknown_company", company=7)
    error = failure(refused(raised))
    assert (type(error), error.code, error.facts) == (kind, "mirror.unknown_company", {"company": 7})


@pytest.mark.parametrize(
    "raised",
    [
        Skip("mirror.from_the_future", what="x"),
        Skip("mirror.unknown_company"),
        Skip("mirror.unknown_company", code="x"),
    ],
    ids=["unknown code", "other facts", "a fact called code"],
)
def test_an_error_that_is_not_known_keeps_its_kind_and_the_sentence(raised: KravbroError) -> None:
    error = failure(refused(raised, "Noe  nytt\x07 er galt."))
    assert (type(error), error.code) == (Skip, "wsinkasso.refused")
    assert (error.facts["fault"], error.facts["said"]) == (raised.code, "Noe nytt\ufffd er galt.")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("e:Client", DataFault),
        ("e:Client.Invoice", DataFault),
        ("e:Server", Retry),
        ("e:VersionMismatch", Stop),
        ("e:MustUnderstand", Stop),
        ("Locked", Skip),
        ("", Stop),
    ],
)
def test_a_fault_of_a_stranger_has_the_kind_that_its_code_says(code: str, kind: type[KravbroError]) -> None:
    error = failure(other_fault(code, "no"), settings='[faults]\nLocked = "skip"')
    assert (type(error), error.code, error.facts["said"]) == (kind, "wsinkasso.refused", "no")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b"<Tilbud>7<", b"<Tilbud>x<"), "schema"),
        ((b"<Fakturadato>2026-03-02<", b"<Fakturadato>2026-02-30<"), "schema"),
        ((b"<Sekvens>40</Sekvens>", b""), "schema"),
        ((b"<Sekvens>40</Sekvens>", b"<Sekvens>40</Sekvens><Mer>1</Mer>"), "schema"),
        ((b"<?xml version='1.0' encoding='UTF-8'?>", b"<!DOCTYPE x>"), "xml"),
    ],
)
def test_an_answer_that_breaks_the_contract_is_refused(
    change: tuple[bytes, bytes], code: str, caplog: pytest.LogCaptureFixture
) -> None:
    sound = answer(ops.READY, ops.Rows((OFFER,)))
    damaged = sound.replace(*change, 1)
    assert damaged != sound
    with caplog.at_level(logging.DEBUG):
        error = failure(soap(damaged))
    assert (type(error), code in error.code) == (DataFault, True)
    assert OFFER.debtor.name not in caplog.text


def row(name: str, **changes: Any) -> Any:
    return structs.replace(ANSWERS[name].rows[0], **changes)  # type: ignore[attr-defined] # an answer with rows


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((row(READY, number=2), row(READY, number=1)), "out_of_order"),
        ((row(READY, number=2), row(READY, number=2)), "out_of_order"),
        ((row(READY, number=1),), "out_of_order"),
        ((row(READY, number=3, company=2),), "other_company"),
        (tuple(row(READY, number=number) for number in range(2, 6)), "too_many_rows"),
    ],
)
def test_a_page_that_is_not_what_was_asked_for_is_refused(rows: tuple[Any, ...], code: str) -> None:
    with pytest.raises(DataFault) as refusal:
        through(Canned(told(READY, ops.Rows(rows)))).ready_claims(1, 1, 3)
    assert refusal.value.code == f"wsinkasso.{code}"


@pytest.mark.parametrize("found", [(8,), (7, 7)])
def test_what_nobody_asked_about_is_refused(found: tuple[int, ...]) -> None:
    rows = tuple(row("HentRestbelop", offer=offer) for offer in found)
    with pytest.raises(DataFault) as refusal:
        through(Canned(told("HentRestbelop", ops.Rows(rows)))).movements(1, [7, 9])
    assert refusal.value.code == "wsinkasso.not_asked"


@pytest.mark.parametrize("counts", [(1, 0, 0), (2, 1, 0), (3, -1, 0)])
def test_an_answer_that_does_not_account_for_every_row_is_refused(counts: tuple[int, int, int]) -> None:
    ledger = through(Canned(told("RegistrerSaksnummer", ops.Taken(*counts))))
    with pytest.raises(DataFault) as refusal:
        ledger.record_receipts(1, RECEIPTS)
    assert refusal.value.code == "wsinkasso.miscounted"


def test_a_service_that_does_not_say_how_far_it_has_come_is_refused() -> None:
    who = ANSWERS["HentIdentitet"]
    short = structs.replace(who, companies=(structs.replace(who.companies[0], heads=()),))  # type: ignore[attr-defined] # who it is
    with pytest.raises(DataFault) as refusal:
        through(Canned(told("HentIdentitet", short))).identify()
    assert refusal.value.code == "wsinkasso.no_head"


def test_what_is_sent_again_has_the_same_id_and_nothing_else_has() -> None:
    over = Canned(*(told("RegistrerSaksnummer", ops.Taken(1, 0)) for _ in range(4)))
    ledger = through(over)
    one, two = Receipt(1, 7, 501, Outcome.ACCEPTED, DAY, "S-1"), Receipt(1, 7, 501, Outcome.ACCEPTED, DAY, "S-2")
    for company, receipt in ((1, one), (1, one), (1, two), (2, one)):
        ledger.record_receipts(company, [receipt])
    first, again, *others = (body.partition(b"MeldingId>")[2].partition(b"<")[0] for body in over.bodies)
    assert first == again
    assert len({first, *others}) == 3


def test_many_rows_go_in_many_messages_and_are_added_up() -> None:
    over = Canned(*(told("OppdaterStatus", ops.Taken(count, 0)) for count in (1000, 1000, 500)))
    statuses = [row("HentRegistrerteStatuser", number=number, entry=number) for number in range(1, 2501)]
    assert through(over).publish_statuses(1, statuses).new == 2500
    assert [body.count(b"Versjon>") // 2 for body in over.bodies] == [1000, 1000, 500]
    assert len({body.partition(b"MeldingId>")[2][:64] for body in over.bodies}) == 3


def test_rows_that_hold_much_go_in_lighter_messages() -> None:
    """A message stays below what the service takes; the order is kept, and a row that is too heavy goes alone."""
    weights = [1, 9_000, 9_000, 2_001, 50_000, 3, 3, 3]
    portions = [list(some) for some in messages(weights, 3, lambda weight: weight)]
    assert portions == [[1, 9_000, 9_000], [2_001], [50_000], [3, 3, 3]]
    assert list(messages([], 3, lambda weight: weight)) == []


def test_nothing_is_written_from_a_copy() -> None:
    refusal = Stop("site.not_adopted", place="x", copied="y", older="z")
    over = Canned(ONE_CLAIM)
    with pytest.raises(Stop) as raised:
        through(over, refusal=refusal).record_receipts(1, RECEIPTS)
    assert (raised.value, over.asked) == (refusal, [])
