"""The set-up that a company gets when its ledger comes from a file: documented in docs/ledgers/import.md."""

from __future__ import annotations

from kravbro.books.commands.setup import (
    Account,
    CollectorSetup,
    CompanySetup,
    DunningCode,
    NumberSeries,
    SetupRows,
    VoucherType,
)
from kravbro.books.importing.source import Kind
from kravbro.books.meanings import Meaning

BANK, REFUNDS, INTERIM, AT_AGENCY = "1920", "2980", "2990", "1590"
INTEREST_INCOME, FEE_INCOME, COST_INCOME = "8050", "3090", "3095"
CONTRA = "IMPORT"
"""The other side of everything that is imported: receivables come over, income and bank stay where they are."""
REGISTRAR, FROM_COLLECTOR, TRANSFER = "WS-Inf", "WS", "OI"
TO_COLLECTOR = ("PWS", "EWS")
DAYS_AFTER_DUE = 14

STANDARD = CompanySetup(
    accounts=(
        Account(AT_AGENCY, "Til gode hos inkassobyrå"),
        Account(BANK, "Bank"),
        Account(REFUNDS, "For mye betalt"),
        Account(INTERIM, "Uplasserte innbetalinger"),
        Account("3000", "Salgsinntekt"),
        Account(FEE_INCOME, "Purregebyr"),
        Account(COST_INCOME, "Innkrevingskostnader"),
        Account("7830", "Tap på fordringer"),
        Account(INTEREST_INCOME, "Renteinntekt"),
    ),
    number_series=(
        NumberSeries("UT", "Utgående fakturaer", 100_001),
        NumberSeries("INN", "Innbetalinger og korreksjoner", 500_001),
        NumberSeries("INK", "Fra inkassosystemet", 800_001),
    ),
    voucher_types=(
        VoucherType("FA", "Faktura", Meaning.INVOICE, "UT"),
        VoucherType("RN", "Rentenota", Meaning.INTEREST_NOTE, "UT"),
        VoucherType("KN", "Kreditnota", Meaning.CREDIT_NOTE, "UT"),
        VoucherType("IB", "Innbetaling", Meaning.PAYMENT, "INN"),
        VoucherType("KO", "Korreksjon", Meaning.CORRECTION, "INN"),
        VoucherType("TI", "Tilbakeført innbetaling", Meaning.REVERSAL, "INN"),
        VoucherType("TB", "Avskrevet i regnskapet", Meaning.WRITE_OFF_BOOKS_ONLY, "INN"),
        VoucherType("TE", "Avskrevet og ettergitt", Meaning.WRITE_OFF_CLAIM_ENDED, "INN"),
        VoucherType(TRANSFER, "Overføring til inkasso", Meaning.TRANSFER, "INK"),
        VoucherType(FROM_COLLECTOR, "Innbetaling fra inkasso", Meaning.COLLECTOR_PAYMENT, "INK"),
    ),
    dunning_codes=(
        DunningCode("P1", "Purring", to_collector=False),
        DunningCode("IV", "Inkassovarsel", to_collector=False),
        DunningCode(TO_COLLECTOR[0], "Overføring til inkasso", to_collector=True),
        DunningCode(TO_COLLECTOR[1], "Overføring til inkasso, ny", to_collector=True),
    ),
    collector=CollectorSetup(REGISTRAR, FROM_COLLECTOR, post_collector_vouchers=True),
)

TYPE_OF = {
    Kind.INVOICE: "SFA",
    Kind.INTEREST_NOTE: "SRN",
    Kind.CREDIT_NOTE: "SKN",
    Kind.PAYMENT: "SIB",
    Kind.REVERSAL: "STI",
    Kind.CORRECTION: "SKO",
    Kind.OPENING: "SKO",
}
"""The voucher type of what is imported, by its kind; none is the company's own, so that a journal tells them apart."""
FOR_IMPORTS = SetupRows(
    accounts=(Account(CONTRA, "Motkonto for importert reskontro"),),
    number_series=(NumberSeries("IMP", "Importert reskontro", 1),),
    voucher_types=(
        VoucherType("SFA", "Importert faktura", Meaning.INVOICE, "IMP"),
        VoucherType("SRN", "Importert rentenota", Meaning.INTEREST_NOTE, "IMP"),
        VoucherType("SKN", "Importert kreditnota", Meaning.CREDIT_NOTE, "IMP"),
        VoucherType("SIB", "Importert innbetaling", Meaning.PAYMENT, "IMP"),
        VoucherType("STI", "Importert tilbakeføring", Meaning.REVERSAL, "IMP"),
        VoucherType("SKO", "Importert korreksjon", Meaning.CORRECTION, "IMP"),
    ),
)
"""What every company needs before the first import, whatever else it has."""
