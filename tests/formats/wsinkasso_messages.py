"""Messages of the web service: an example of each call and each answer, and how they are read again."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from lxml import etree

from kravbro.core.adoption import Adoption, Joining
from kravbro.core.claims import (
    ClaimState,
    LedgerFacts,
    Letter,
    LetterKind,
    Offer,
    Outcome,
    Parts,
    Reason,
    Receipt,
    Status,
    Transaction,
    TransactionKind,
    Withdrawal,
)
from kravbro.core.conversion import CaseNumber, TransferredClaim
from kravbro.core.errors import DataFault
from kravbro.core.forgotten import AnsweredOffer
from kravbro.core.movements import Because, ClaimMovements, Discrepancy, Movement
from kravbro.core.parties import Party, PartyKind, Protection, Related, Role
from kravbro.core.vouchers import Fate, Voucher, VoucherLine, VoucherReceipt
from kravbro.formats.wsinkasso import operations as ops
from kravbro.formats.wsinkasso.description import description
from kravbro.formats.wsinkasso.envelopes import Contract, answer, enveloped, fault
from kravbro.formats.wsinkasso.fields import Record, content_of, element
from kravbro.formats.wsinkasso.records import CompanyHeads, Head

CONTRACT = Contract()
DAY, LATER = date(2026, 3, 2), date(2026, 3, 23)
ADDRESS = "https://regnskap.kommune.example/wsinkasso"
PERSON = Party(
    10001,
    PartyKind.PERSON,
    "Åse Ørn & sønn <AS>",
    "01010750160",
    "",
    "c/o Bjørn\nStorgata 1",
    "0155",
    "Oslo",
    protection=Protection.CONFIDENTIAL,
    language="nn",
)
BUSINESS = Party(10002, PartyKind.BUSINESS, "Rør og Varme AS", organisation_number="974760673", country="SE")
OFFER = Offer(
    number=7,
    company=1,
    entry=501,
    sequence=40,
    parts=Parts(1_250_50, 10, 35_00, 1),
    invoice_no="F-501",
    kid="005017",
    invoice_date=DAY,
    due_date=LATER,
    currency="NOK",
    sub_ledger_type="KOMM",
    letters=(Letter(LetterKind.REMINDER, LATER, DAY), Letter(LetterKind.NOTICE, LATER, DAY, 35_00, 1)),
    debtor=PERSON,
    facts=LedgerFacts(1_250_50, -3, -1_253_50, 1, "invoice", True, False, True),
    related=(Related(Role.CO_DEBTOR, BUSINESS), Related(Role.CONTACT, PERSON, 10002)),
)
BARE = msgspec.structs.replace(OFFER, kid="", letters=(), related=(), debtor=BUSINESS)
RECEIPTS = (
    Receipt(1, 7, 501, Outcome.ACCEPTED, DAY, "S-1", "018"),
    Receipt(2, 8, 502, Outcome.REFUSED, DAY, reasons=(Reason("gate.not_due", "2026-04-01"), Reason("gate.x"))),
)
ADOPTION = Adoption(OFFER, 3, "K-1", DAY, 1_000_00, "avtalt")
JOININGS = (Joining(501, 3, "K-1", DAY, 1_250_50, 1_000_00, "avtalt"),)
LINES = (
    VoucherLine(1, "1920", 100_50, text="Bank"),
    VoucherLine(2, "1500", -100_50, 10001, 501, "F-501", "005017", "100", "P1", "Innbetaling"),
)
VOUCHERS = (Voucher(9, "V-9", DAY, "Oppgjør 9", LINES),)
STATUSES = (Status(4, 501, 2, ClaimState.PAID, "S-1", DAY),)
MOVEMENTS = ClaimMovements(7, 501, 1_250_50, "S-1", 1, (Movement("booking:3", -50, settled=True, number=2),), -5)

CALLS: dict[str, msgspec.Struct] = {
    "Ping": ops.Nothing(),
    "HentIdentitet": ops.Nothing(),
    "HentKravKlareForInkasso": ops.Page(1, 0, 1_000),
    "RegistrerSaksnummer": ops.Write("m-1", 1, RECEIPTS),
    "HentRegistrerteSaksnummer": ops.Page(1, 9, 5),
    "HentBesvarteKrav": ops.Chosen(1, (7, 8)),
    "HentBetalingerOgKorreksjoner": ops.Page(1, 2**40, 1),
    "HentTilbaketrekkinger": ops.Page(1, 0, 10),
    "LeverBilag": ops.Write("m-2", 1, VOUCHERS),
    "HentBilagskvitteringer": ops.Page(1, 0, 10),
    "OppdaterStatus": ops.Write("m-3", 1, STATUSES),
    "HentRegistrerteStatuser": ops.Page(1, 0, 10),
    "HentRestbelop": ops.Chosen(1, (7,)),
    "KontrollerReskontro": ops.OfCompany(1),
    "HentTidligereOverforteKrav": ops.PageBefore(1, DAY, 0, 10),
    "KobleKrav": ops.Write("m-4", 1, JOININGS),
    "HentKobledeKrav": ops.Page(1, 0, 10),
    "HentOvertakelser": ops.Page(1, 0, 10),
    "TilbyUkobledeKrav": ops.Write("m-5", 1, (502, 503), "ingen sak"),
    "RegistrerTidligereSaksnummer": ops.Write("m-6", 1, (CaseNumber(501, "K-1"),), "fra eldre liste"),
}
"""What each function is asked, by its name."""
ANSWERS: dict[str, msgspec.Struct] = {
    "Ping": ops.Known(ops.CONTRACT, "kravbro"),
    "HentIdentitet": ops.Who("embedded", "i-1", (CompanyHeads(1, (Head("claims", 7),)), CompanyHeads(2))),
    "HentKravKlareForInkasso": ops.Rows((OFFER, BARE)),
    "RegistrerSaksnummer": ops.Taken(1, 1),
    "HentRegistrerteSaksnummer": ops.Rows(RECEIPTS),
    "HentBesvarteKrav": ops.Rows((AnsweredOffer(OFFER, RECEIPTS[:1], ADOPTION), AnsweredOffer(BARE, RECEIPTS[1:]))),
    "HentBetalingerOgKorreksjoner": ops.Rows(
        (Transaction(3, 501, 41, TransactionKind.WRITE_OFF_CLAIM_ENDED, -7, LATER, DAY, "B1", "Tapt", 7),)
    ),
    "HentTilbaketrekkinger": ops.Rows((Withdrawal(1, 7, 501, DAY, "betalt kontant"),)),
    "LeverBilag": ops.Taken(1, 0),
    "HentBilagskvitteringer": ops.Rows((VoucherReceipt(2, "V-9", Fate.POSTED, DAY, "90001"),)),
    "OppdaterStatus": ops.Taken(0, 1),
    "HentRegistrerteStatuser": ops.Rows(STATUSES),
    "HentRestbelop": ops.Rows((MOVEMENTS,)),
    "KontrollerReskontro": ops.Rows(
        (
            Discrepancy(
                "entry 501", "sum", 5, -6, 501, Because("visma_business.bad_day", {"entry": "17/3", "company": 1})
            ),
            Discrepancy("entry 502", "sum", 0, 0, because=Because("files.altered")),
            Discrepancy("number 4", "gap", 1, 0),
        )
    ),
    "HentTidligereOverforteKrav": ops.Rows((TransferredClaim(502, 10001, "F-502", "", DAY, None, 9, 8, -1, "K-2"),)),
    "KobleKrav": ops.Taken(1, 0),
    "HentKobledeKrav": ops.Rows(JOININGS),
    "HentOvertakelser": ops.Rows((ADOPTION,)),
    "TilbyUkobledeKrav": ops.Taken(2, 0),
    "RegistrerTidligereSaksnummer": ops.Taken(0, 1),
}
"""What each function answers, by its name."""


def call(name: str, value: msgspec.Struct) -> bytes:
    """A call as a client sends it."""
    takes = ops.BY_NAME[name].takes
    return enveloped(element(name, takes.content(value), takes))


def read_answer(name: str, message: bytes) -> Any:
    """The value of an answer."""
    gives = ops.BY_NAME[name].gives
    (found,) = etree.fromstring(message)[-1]
    return gives.value(content_of(found, gives))


def golden_files() -> dict[str, bytes]:
    """The description, an example of every call and every answer, and a fault."""
    calls = {f"{name}_call": call(name, value) for name, value in CALLS.items()}
    answers = {f"{name}_answer": answer(ops.BY_NAME[name], value) for name, value in ANSWERS.items()}
    broken = fault(DataFault("formats.wsinkasso.schema", place="LeverBilag/Bilag[2]/Dato", rule="x"), "Feil i bilaget.")
    return {"description": description(ADDRESS), **calls, **answers, "fault": broken}


def read(data: bytes, name: str) -> object:
    """What a golden file says."""
    operation, _, part = name.rpartition("_")
    if part == "call":
        found = CONTRACT.read_call(data)
        return {"operation": found.operation.name, "value": found.value}
    if part == "answer":
        return read_answer(operation, data)
    return [str(one.tag) for one in etree.fromstring(data)]


RECORDS: tuple[Record[Any], ...] = tuple(one for its in ops.OPERATIONS for one in (its.takes, its.gives))
"""What the functions take and give."""
