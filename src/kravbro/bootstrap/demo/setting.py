"""The set-up of the demo: companies in the ledger, creditors in the office, the agency, and the bank's agreements."""

from __future__ import annotations

from kravbro.books.commands.setup import (
    Account,
    CollectorSetup,
    CompanySetup,
    DunningCode,
    DunningRoutine,
    NumberSeries,
    SubLedgerType,
    VoucherType,
)
from kravbro.books.meanings import Meaning
from kravbro.bootstrap.demo.people import synthetic_organisation_number
from kravbro.bootstrap.demo.world import (
    CUSTOMERS,
    DAYCARE,
    FEES,
    INVOICE_KID_LENGTH,
    MUNICIPALITY,
    PLUMBER,
    RENT,
    Size,
)
from kravbro.bootstrap.setup.description import CompanyPart, Setup
from kravbro.core.allocation_orders import Order
from kravbro.core.gate import Missing
from kravbro.office.creditors import Agreement, Collects, Creditor, KidStructure, Names, Overpayment, house
from kravbro.office.whole_setup import CreditorSetup, OfficeSetup, SubLedgerSetup, Workflow

LEDGER_ID = "demo-ledger"
OFFICE_ID = "demo-office"
NAMES = {
    MUNICIPALITY: "Nordvik kommune",
    PLUMBER: "Fossum Rør AS",
    3: "Lien Elektro AS",
    4: "Havnekroken Bakeri AS",
    5: "Grønli Transport AS",
    6: "Kvåle Regnskap AS",
    7: "Dalen Snekkeri AS",
    8: "Eikeland Hage AS",
    9: "Bråten Data AS",
    10: "Aasen Tannklinikk AS",
    11: "Haugen Treningssenter AS",
}
AGENCY = 900
AGENCY_NAME = "Nesset Inkasso AS"
AGENCY_ORGANISATION_NUMBER = synthetic_organisation_number(699)
ORGANISATION_NUMBERS = {company: synthetic_organisation_number(700 + company) for company in NAMES}

RECEIVABLES, BANK, DAYCARE_BANK, INCOME, WRITTEN_OFF = "1500", "1920", "1921", "3000", "7830"
INTERIM, REFUNDS, AT_AGENCY, OUTLAYS, WITHOUT_LEDGER = "2990", "2980", "1590", "1575", "1576"
INTEREST_INCOME, FEE_INCOME, COST_INCOME = "8050", "3090", "3095"
FIRST_CODE, SECOND_CODE = "PWS", "EWS"
INVOICE, INTEREST_NOTE, PAYMENT, CREDIT_NOTE, TRANSFER, FROM_COLLECTOR = "FA", "RN", "IB", "KN", "OI", "WS"
BOOKS_ONLY, CLAIM_ENDED, REVERSAL = "TB", "TE", "TI"
REGISTRAR = "WS-Inf"

ACCOUNTS = (
    Account(RECEIVABLES, "Kundefordringer"),
    Account(AT_AGENCY, "Til gode hos inkassobyrå"),
    Account(OUTLAYS, "Utlegg i inkassosaker"),
    Account(WITHOUT_LEDGER, "Krav uten reskontro"),
    Account(BANK, "Bank"),
    Account(DAYCARE_BANK, "Bank, barnehage"),
    Account(REFUNDS, "For mye betalt"),
    Account(INTERIM, "Uplasserte innbetalinger"),
    Account(INCOME, "Salgsinntekt"),
    Account(FEE_INCOME, "Purregebyr"),
    Account(COST_INCOME, "Innkrevingskostnader"),
    Account(WRITTEN_OFF, "Tap på fordringer"),
    Account(INTEREST_INCOME, "Renteinntekt"),
)
SERIES = (
    NumberSeries("UT", "Utgående fakturaer", 100_001),
    NumberSeries("INN", "Innbetalinger og korreksjoner", 500_001),
    NumberSeries("INK", "Fra inkassosystemet", 800_001),
)
VOUCHER_TYPES = (
    VoucherType(INVOICE, "Faktura", Meaning.INVOICE, "UT"),
    VoucherType(INTEREST_NOTE, "Rentenota", Meaning.INTEREST_NOTE, "UT"),
    VoucherType(CREDIT_NOTE, "Kreditnota", Meaning.CREDIT_NOTE, "UT"),
    VoucherType(PAYMENT, "Innbetaling", Meaning.PAYMENT, "INN"),
    VoucherType(REVERSAL, "Tilbakeført innbetaling", Meaning.REVERSAL, "INN"),
    VoucherType(BOOKS_ONLY, "Avskrevet i regnskapet", Meaning.WRITE_OFF_BOOKS_ONLY, "INN"),
    VoucherType(CLAIM_ENDED, "Avskrevet og ettergitt", Meaning.WRITE_OFF_CLAIM_ENDED, "INN"),
    VoucherType(TRANSFER, "Overføring til inkasso", Meaning.TRANSFER, "INK"),
    VoucherType(FROM_COLLECTOR, "Innbetaling fra inkasso", Meaning.COLLECTOR_PAYMENT, "INK"),
)
SUB_LEDGER_NAMES = {FEES: "Kommunale avgifter", RENT: "Husleie", DAYCARE: "Barnehage", CUSTOMERS: "Kunder"}

WORKFLOWS = {
    "EGEN": Workflow("EGEN", "Egeninkasso etter inkassovarsel", starts_after_notice=True),
    "BYRA": Workflow("BYRA", "Inkasso i byrå, varsel sendt av kreditor", starts_after_notice=True),
}
BANK_ACCOUNTS = {MUNICIPALITY: "15030012345", PLUMBER: "15060054328"}
DAYCARE_ACCOUNT = "15030023452"
"""The municipality's second account, told of in camt.054."""
CLIENT_ACCOUNT = "15060300019"
"""The agency's account, which money for all its clients comes in on, told of in camt.054."""
BIC = "EXMPNOKK"
CODED_WRONGLY = 3
"""The client whose proposal the supervisor codes on an account that nobody has."""
CASE_KID_LENGTH = 11
KID_STRUCTURES = (
    KidStructure(CASE_KID_LENGTH, "mod10", Names.CASE),
    KidStructure(INVOICE_KID_LENGTH, "mod10", Names.INVOICE),
)


def sub_ledgers(company: int, size: Size) -> tuple[str, ...]:
    """The sub-ledger types of a company."""
    if company != MUNICIPALITY:
        return (CUSTOMERS,)
    return (FEES, RENT, DAYCARE) if size.full_office else (FEES, RENT)


def company_setup(company: int, size: Size) -> CompanySetup:
    """Set-up of one company. The municipality has its collector's vouchers posted at once, the others look first."""
    types = sub_ledgers(company, size)
    return CompanySetup(
        accounts=ACCOUNTS,
        sub_ledger_types=tuple(SubLedgerType(code, SUB_LEDGER_NAMES[code], RECEIVABLES) for code in types),
        number_series=SERIES,
        voucher_types=VOUCHER_TYPES,
        dunning_codes=(
            DunningCode("P1", "Purring", to_collector=False),
            DunningCode("IV", "Inkassovarsel", to_collector=False),
            DunningCode(FIRST_CODE, "Overføring til inkasso", to_collector=True),
            DunningCode(SECOND_CODE, "Overføring til inkasso, ny", to_collector=True),
        ),
        dunning_routines=tuple(
            DunningRoutine(code, dunning_code, 14) for code in types for dunning_code in (FIRST_CODE, SECOND_CODE)
        ),
        collector=CollectorSetup(REGISTRAR, FROM_COLLECTOR, post_collector_vouchers=company == MUNICIPALITY),
    )


def whole_setup(size: Size) -> Setup:
    """Everything that ledger and office of a demo of this size are set up with."""
    companies = {
        number: CompanyPart(number, NAMES[number], ORGANISATION_NUMBERS[number], company_setup(number, size))
        for number in size.companies
    }
    creditors = {
        number: CreditorSetup(
            creditor(number),
            sub_ledgers=tuple(
                SubLedgerSetup(code, RECEIVABLES, workflow_of(number)) for code in sub_ledgers(number, size)
            ),
            costs_account=OUTLAYS if size.full_office and number == MUNICIPALITY else "",
            ledgerless_account=WITHOUT_LEDGER if size.full_office and number == MUNICIPALITY else "",
        )
        for number in size.companies
    }
    if size.full_office:
        creditors[agency().number] = CreditorSetup(agency())
    agreements = {one.account_number: one for one in payment_agreements(size)}
    return Setup(LEDGER_ID, OFFICE_ID, companies, OfficeSetup(WORKFLOWS, creditors, agreements))


def creditor(company: int) -> Creditor:
    """The creditor that a company is at the office.

    All are strict where the law or a letter needs something, but only the first two about addresses abroad.
    """
    own = company == MUNICIPALITY
    return Creditor(
        number=company,
        name=NAMES[company],
        organisation_number=ORGANISATION_NUMBERS[company],
        ledger_installation=LEDGER_ID,
        company=company,
        money_account=BANK if own else AT_AGENCY,
        interest_account=INTEREST_INCOME,
        fee_account=FEE_INCOME,
        cost_account=COST_INCOME,
        interim_account=INTERIM,
        refund_account=REFUNDS,
        collects=Collects.OWN if own else Collects.AGENCY,
        allocation_order=Order.COSTS_FEES_INTEREST_PRINCIPAL if own else Order.PRINCIPAL_COSTS_FEES_INTEREST,
        minimum_ore=210_00,
        days_after_due=21,
        identity_number_missing=Missing.BLOCK,
        organisation_number_missing=Missing.BLOCK,
        foreign_address=Missing.BLOCK if company in {MUNICIPALITY, PLUMBER} else Missing.WARN,
        overpayment=Overpayment.ON_ACCOUNT if own else Overpayment.REFUND,
        department="420" if own else "",
        project="",
    )


def workflow_of(company: int) -> str:
    """The workflow that a company's claims enter."""
    return "EGEN" if company == MUNICIPALITY else "BYRA"


def agency() -> Creditor:
    """The agency itself, which holds the client account."""
    return house(AGENCY, AGENCY_NAME, AGENCY_ORGANISATION_NUMBER)


def payment_agreements(size: Size) -> list[Agreement]:
    """What is agreed of each bank account: who holds it, whose money comes in on it, and with which KIDs."""
    own = [
        Agreement(account, company, NAMES[company], KID_STRUCTURES, (company,))
        for company, account in BANK_ACCOUNTS.items()
        if company in size.companies
    ]
    if not size.full_office:
        return own
    clients = tuple(company for company in size.companies if company != MUNICIPALITY)
    daycare = Agreement(
        DAYCARE_ACCOUNT, MUNICIPALITY, "Nordvik barnehager", KID_STRUCTURES, (MUNICIPALITY,), bank_account=DAYCARE_BANK
    )
    return [*own, daycare, Agreement(CLIENT_ACCOUNT, AGENCY, "Klientkonto", KID_STRUCTURES, clients)]
