"""The types of the web service's schema, and the records of ours that each of them is.

Every name that is not confirmed by a site is ours; what a site calls otherwise is mapped by set-up
(docs/ledgers/wsinkasso.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

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
from kravbro.core.forgotten import AnsweredOffer
from kravbro.core.movements import Because, ClaimMovements, Discrepancy, Movement
from kravbro.core.parties import Party, PartyKind, Protection, Related, Role
from kravbro.core.vouchers import Fate, Voucher, VoucherLine, VoucherReceipt
from kravbro.formats.wsinkasso.fields import (
    COMPANY,
    DAY,
    FLAG,
    NAME,
    NUMBER,
    ORE,
    TEXT,
    Content,
    Field,
    Kind,
    Record,
    choice,
    listed,
    nested,
)

LETTERS = choice(
    "Brevart",
    {
        LetterKind.REMINDER: "PURRING",
        LetterKind.NOTICE: "INKASSOVARSEL",
        LetterKind.DEMAND: "BETALINGSOPPFORDRING",
    },
)
OUTCOMES = choice(
    "Utfall",
    {
        Outcome.ACCEPTED: "GODTATT",
        Outcome.REFUSED: "AVVIST",
        Outcome.WITHDRAWN: "TRUKKET_TILBAKE",
        Outcome.RETURNED: "RETURNERT",
    },
)
TRANSACTIONS = choice(
    "Transaksjonsart",
    {
        TransactionKind.PAYMENT: "INNBETALING",
        TransactionKind.CREDIT_NOTE: "KREDITNOTA",
        TransactionKind.CORRECTION: "KORREKSJON",
        TransactionKind.REVERSAL: "TILBAKEFORING",
        TransactionKind.WRITE_OFF_BOOKS_ONLY: "AVSKREVET_KUN_I_REGNSKAPET",
        TransactionKind.WRITE_OFF_CLAIM_ENDED: "AVSKREVET_OG_AVSLUTTET",
    },
)
STATES = choice(
    "Kravstatus",
    {
        ClaimState.REGISTERED: "REGISTRERT",
        ClaimState.PAID: "BETALT",
        ClaimState.ENDED: "AVSLUTTET",
        ClaimState.LEAVING: "PA_VEI_UT",
        ClaimState.WITHDRAWN: "TRUKKET_TILBAKE",
        ClaimState.RETURNED: "RETURNERT",
    },
)
FATES = choice(
    "Bilagsskjebne",
    {Fate.DELIVERED: "LEVERT", Fate.POSTED: "BOKFORT", Fate.REJECTED: "AVVIST", Fate.DELETED: "SLETTET"},
)
PARTIES = choice("Partsart", {PartyKind.PERSON: "PERSON", PartyKind.BUSINESS: "VIRKSOMHET"})
PROTECTIONS = choice(
    "Adressesperre",
    {
        Protection.NONE: "INGEN",
        Protection.CONFIDENTIAL: "FORTROLIG",
        Protection.STRICTLY_CONFIDENTIAL: "STRENGT_FORTROLIG",
    },
)
ROLES = choice(
    "Rolle",
    {
        Role.CO_DEBTOR: "MEDSKYLDNER",
        Role.GUARDIAN: "VERGE",
        Role.ESTATE: "DODSBO",
        Role.REPRESENTATIVE: "FULLMEKTIG",
        Role.CONTACT: "KONTAKTPERSON",
    },
)

PARTY = Record(
    Party,
    "Part",
    Field("Kundenr", "customer_no", NUMBER),
    Field("Art", "kind", PARTIES),
    Field("Navn", "name", TEXT),
    Field("Fodselsnr", "identity_number", NAME, optional=True),
    Field("Orgnr", "organisation_number", NAME, optional=True),
    Field("Adresse", "address", TEXT, optional=True),
    Field("Postnr", "postcode", NAME, optional=True),
    Field("Poststed", "place", TEXT, optional=True),
    Field("Land", "country", NAME),
    Field("Adressesperre", "protection", PROTECTIONS),
    Field("Malform", "language", NAME, optional=True),
)
RELATED = Record(
    Related,
    "Tilknyttet",
    Field("Rolle", "role", ROLES),
    Field("Part", "party", nested(PARTY)),
    Field("For", "stands_for", NUMBER),
)
LETTER = Record(
    Letter,
    "Brev",
    Field("Art", "kind", LETTERS),
    Field("Sendt", "sent_on", DAY),
    Field("Frist", "deadline", DAY),
    Field("Gebyr", "fee_ore", ORE),
    Field("Rente", "interest_ore", ORE),
)
PARTS = Record(
    Parts,
    "Kravsum",
    Field("Hovedstol", "principal_ore", ORE),
    Field("RenteForForfall", "interest_before_due_ore", ORE),
    Field("Gebyr", "fees_ore", ORE),
    Field("Rente", "interest_charged_ore", ORE),
)
FACTS = Record(
    LedgerFacts,
    "Stilling",
    Field("Rest", "remaining_ore", ORE),
    Field("Kundesaldo", "customer_balance_ore", ORE),
    Field("Uplassert", "unmatched_credits_ore", ORE),
    Field("Kladder", "draft_vouchers", NUMBER),
    Field("Bilagsart", "voucher_meaning", NAME),
    Field("AlleredeSendt", "already_sent", FLAG),
    Field("UnntattPurring", "exempt_from_dunning", FLAG),
    Field("UnntattInkasso", "exempt_from_collection", FLAG),
)
OFFER = Record(
    Offer,
    "Krav",
    Field("Tilbud", "number", NUMBER),
    Field("Firma", "company", COMPANY),
    Field("Post", "entry", NUMBER),
    Field("Sekvens", "sequence", NUMBER),
    Field("Krevd", "parts", nested(PARTS)),
    Field("Fakturanr", "invoice_no", NAME),
    Field("Kid", "kid", NAME, optional=True),
    Field("Fakturadato", "invoice_date", DAY),
    Field("Forfall", "due_date", DAY),
    Field("Valuta", "currency", NAME),
    Field("Reskontrotype", "sub_ledger_type", NAME),
    Field("Brev", "letters", listed(LETTER), optional=True),
    Field("Skyldner", "debtor", nested(PARTY)),
    Field("Stilling", "facts", nested(FACTS)),
    Field("Tilknyttet", "related", listed(RELATED), optional=True),
)
REASON = Record(
    Reason,
    "Grunn",
    Field("Kode", "code", NAME),
    Field("Detalj", "detail", TEXT, optional=True),
)
RECEIPT = Record(
    Receipt,
    "Svar",
    Field("Nummer", "number", NUMBER),
    Field("Tilbud", "offer", NUMBER),
    Field("Post", "entry", NUMBER),
    Field("Utfall", "outcome", OUTCOMES),
    Field("Dato", "on", DAY),
    Field("Saksnr", "case_number", NAME, optional=True),
    Field("SaksKid", "case_kid", NAME, optional=True),
    Field("Grunn", "reasons", listed(REASON), optional=True),
)
TRANSACTION = Record(
    Transaction,
    "Transaksjon",
    Field("Nummer", "number", NUMBER),
    Field("Post", "entry", NUMBER),
    Field("Bokforing", "booking", NUMBER),
    Field("Art", "kind", TRANSACTIONS),
    Field("Belop", "amount_ore", ORE),
    Field("Bokfort", "posted_on", DAY),
    Field("Valutert", "value_on", DAY),
    Field("Bilagsnr", "voucher_no", NAME, optional=True),
    Field("Tekst", "text", TEXT, optional=True),
    Field("Tilbud", "offer", NUMBER),
)
WITHDRAWAL = Record(
    Withdrawal,
    "Tilbaketrekking",
    Field("Nummer", "number", NUMBER),
    Field("Tilbud", "offer", NUMBER),
    Field("Post", "entry", NUMBER),
    Field("Dato", "on", DAY),
    Field("Begrunnelse", "because", TEXT),
)
LINE = Record(
    VoucherLine,
    "Bilagslinje",
    Field("Linjenr", "line_no", NUMBER),
    Field("Konto", "account", NAME),
    Field("Belop", "amount_ore", ORE),
    Field("Kundenr", "customer_no", NUMBER, optional=True),
    Field("Post", "claim_entry", NUMBER, optional=True),
    Field("Fakturanr", "invoice_no", NAME, optional=True),
    Field("Referanse", "reference", NAME, optional=True),
    Field("Avdeling", "department", NAME, optional=True),
    Field("Prosjekt", "project", NAME, optional=True),
    Field("Tekst", "text", TEXT, optional=True),
)
VOUCHER = Record(
    Voucher,
    "Bilag",
    Field("Nummer", "number", NUMBER),
    Field("Nokkel", "key", NAME),
    Field("Dato", "dated", DAY),
    Field("Tekst", "text", TEXT),
    Field("Linje", "lines", listed(LINE)),
)
VOUCHER_RECEIPT = Record(
    VoucherReceipt,
    "Bilagskvittering",
    Field("Nummer", "number", NUMBER),
    Field("Nokkel", "voucher_key", NAME),
    Field("Skjebne", "fate", FATES),
    Field("Dato", "on", DAY),
    Field("Bilagsnr", "voucher_no", NAME, optional=True),
)
STATUS = Record(
    Status,
    "Status",
    Field("Nummer", "number", NUMBER),
    Field("Post", "entry", NUMBER),
    Field("Versjon", "version", NUMBER),
    Field("Tilstand", "state", STATES),
    Field("Saksnr", "case_number", NAME),
    Field("Dato", "on", DAY),
)
MOVEMENT = Record(
    Movement,
    "Bevegelse",
    Field("Id", "id", NAME),
    Field("Belop", "amount_ore", ORE),
    Field("Avklart", "settled", FLAG),
    Field("Nummer", "number", NUMBER),
)
MOVEMENTS = Record(
    ClaimMovements,
    "Restbelop",
    Field("Tilbud", "offer", NUMBER),
    Field("Post", "entry", NUMBER),
    Field("Inngaende", "opening_ore", ORE),
    Field("Saksnr", "case_number", NAME, optional=True),
    Field("Svar", "receipt", NUMBER),
    Field("Bevegelse", "movements", listed(MOVEMENT), optional=True),
    Field("GodtattAvvik", "accepted_ore", ORE),
)


class Fact(msgspec.Struct, frozen=True):
    """What the sentence of a reason shows: its name, and its value as text; `is_number` tells what it was."""

    name: str
    value: str
    is_number: bool = False


FACT = Record(
    Fact,
    "Faktum",
    Field("Navn", "name", NAME),
    Field("Verdi", "value", TEXT),
    Field("ErTall", "is_number", FLAG),
)


def _facts(facts: Mapping[str, str | int]) -> list[dict[str, object]]:
    return [FACT.content(Fact(name, str(one), isinstance(one, int))) for name, one in facts.items()]


def _by_name(contents: Iterable[Content]) -> dict[str, str | int]:
    facts = [FACT.value(one) for one in contents]
    return {one.name: int(one.value) if one.is_number else one.value for one in facts}


BECAUSE = Record(
    Because,
    "Arsak",
    Field("Kode", "code", NAME),
    Field("Faktum", "facts", Kind("Faktum", _facts, _by_name, inner=FACT, many=True, nothing={}), optional=True),
)
DISCREPANCY = Record(
    Discrepancy,
    "Avvik",
    Field("Ting", "thing", TEXT),
    Field("Art", "kind", NAME),
    Field("Ventet", "expected_ore", ORE),
    Field("Funnet", "found_ore", ORE),
    Field("Post", "entry", NUMBER, optional=True),
    Field("Arsak", "because", nested(BECAUSE), optional=True),
)
TRANSFERRED = Record(
    TransferredClaim,
    "TidligereOverfort",
    Field("Post", "entry", NUMBER),
    Field("Kundenr", "customer_no", NUMBER),
    Field("Fakturanr", "invoice_no", NAME),
    Field("Kid", "kid", NAME, optional=True),
    Field("Fakturadato", "invoice_date", DAY),
    Field("Forfall", "due_date", DAY, optional=True),
    Field("Belop", "amount_ore", ORE),
    Field("Rest", "remaining_ore", ORE),
    Field("Senere", "later_ore", ORE),
    Field("Saksnr", "case_number", NAME, optional=True),
    Field("Valuta", "currency", NAME),
)
JOINING = Record(
    Joining,
    "Kobling",
    Field("Post", "entry", NUMBER),
    Field("TidligereKrav", "earlier", NUMBER),
    Field("Saksnr", "case_number", NAME),
    Field("Skjaeringsdato", "cut_off", DAY),
    Field("Rest", "ledger_ore", ORE),
    Field("RestISak", "collector_ore", ORE),
    Field("Begrunnelse", "because", TEXT),
)
ADOPTION = Record(
    Adoption,
    "Overtakelse",
    Field("Krav", "offer", nested(OFFER)),
    Field("TidligereKrav", "earlier", NUMBER),
    Field("Saksnr", "case_number", NAME),
    Field("Skjaeringsdato", "cut_off", DAY),
    Field("RestISak", "collector_ore", ORE),
    Field("Begrunnelse", "because", TEXT),
)
ANSWERED = Record(
    AnsweredOffer,
    "BesvartKrav",
    Field("Krav", "offer", nested(OFFER)),
    Field("Svar", "answers", listed(RECEIPT)),
    Field("Overtakelse", "adoption", nested(ADOPTION), optional=True),
)
CASE_NUMBER = Record(
    CaseNumber,
    "Saksnummer",
    Field("Post", "entry", NUMBER),
    Field("Saksnr", "case_number", NAME),
)


class Head(msgspec.Struct, frozen=True):
    """The last number of one stream that a ledger sends for a company."""

    stream: str
    number: int


class CompanyHeads(msgspec.Struct, frozen=True):
    """A company, and how far its streams have come."""

    company: int
    heads: tuple[Head, ...] = ()


HEAD = Record(Head, "Hode", Field("Strom", "stream", NAME), Field("Nummer", "number", NUMBER))
COMPANY_HEADS = Record(
    CompanyHeads,
    "FirmaHoder",
    Field("Firma", "company", COMPANY),
    Field("Hode", "heads", listed(HEAD), optional=True),
)
