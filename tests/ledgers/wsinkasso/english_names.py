"""The names of a service that says the same in English: elements, functions and words, by ours."""

from __future__ import annotations

FUNCTIONS = {
    "Ping": "Echo",
    "HentIdentitet": "GetIdentity",
    "HentKravKlareForInkasso": "GetClaimsReadyForCollection",
    "RegistrerSaksnummer": "RecordCaseNumbers",
    "HentRegistrerteSaksnummer": "GetRecordedCaseNumbers",
    "HentBetalingerOgKorreksjoner": "GetPaymentsAndCorrections",
    "HentTilbaketrekkinger": "GetWithdrawals",
    "LeverBilag": "DeliverVouchers",
    "HentBilagskvitteringer": "GetVoucherReceipts",
    "OppdaterStatus": "UpdateStatus",
    "HentRegistrerteStatuser": "GetRecordedStatuses",
    "HentRestbelop": "GetRemainingAmounts",
    "KontrollerReskontro": "AuditLedger",
    "HentTidligereOverforteKrav": "GetClaimsTransferredBefore",
    "KobleKrav": "JoinClaims",
    "HentKobledeKrav": "GetJoinedClaims",
    "HentOvertakelser": "GetAdoptions",
    "TilbyUkobledeKrav": "OfferUnjoinedClaims",
    "RegistrerTidligereSaksnummer": "RecordEarlierCaseNumbers",
}
LACKING = "HentBesvarteKrav"
"""The function that this service does not have."""

ELEMENTS = dict(
    pair.split("=")
    for pair in ["Adresse=Street", "Adressesperre=Protection", "AlleredeSendt=AlreadySent", "Antall=Limit", "Art=Kind", "Avdeling=Department", "Avklart=Settled", "Avvik=Discrepancy", "Begrunnelse=Because", "Belop=Amount", "BesvartKrav=AnsweredClaim", "Bevegelse=Movement", "Bilag=Voucher", "Bilagsart=VoucherMeaning", "Bilagskvittering=VoucherReceipt", "Bilagsnr=VoucherNumber", "Bokforing=Booking", "Bokfort=PostedOn", "Brev=Letter", "Dato=Date", "Detalj=Detail", "Etter=After", "Fakturadato=InvoiceDate", "Fakturanr=InvoiceNumber", "Firma=Company", "Fodselsnr=IdentityNumber", "For=OnBehalfOf", "Forfall=DueDate", "Frist=Deadline", "Funnet=Found", "Gebyr=Fees", "GodtattAvvik=AcceptedDifference", "Grunn=Reason", "Hode=Head", "Hovedstol=Principal", "Id=Key", "Inngaende=Opening", "Installasjon=Installation", "Kid=PaymentReference", "Kjente=KnownRows", "Kladder=Drafts", "Kobling=Joining", "Kode=Code", "Konto=Account", "Kontrakt=Contract", "Krav=Claim", "Krevd=Claimed", "Kundenr=CustomerNumber", "Kundesaldo=CustomerBalance", "Land=Country", "Linje=Line", "Linjenr=LineNumber", "Malform=Language", "MeldingId=MessageId", "Navn=Name", "Nokkel=VoucherKey", "Nummer=Number", "Nye=NewRows", "Orgnr=OrganisationNumber", "Overtakelse=Adoption", "Part=Party", "Post=Entry", "Postnr=Postcode", "Poststed=Town", "Prosjekt=Project", "Referanse=MatchingReference", "Rente=Interest", "RenteForForfall=InterestBeforeDue", "Reskontrotype=SubLedger", "Rest=Remaining", "RestISak=RemainingOnCase", "Restbelop=RemainingAmount", "Rolle=Role", "SaksKid=CaseReference", "Saksnr=CaseNumber", "Saksnummer=NumberedCase", "Sekvens=Sequence", "Sendt=SentOn", "Senere=Later", "Skjaeringsdato=CutOff", "Skjebne=Fate", "Skyldner=Debtor", "Status=ClaimStatus", "Stilling=Standing", "Strom=Stream", "Svar=Answer", "System=SystemName", "Tekst=Text", "TidligereKrav=EarlierClaim", "TidligereOverfort=TransferredBefore", "Tilbaketrekking=Withdrawal", "Tilbud=Offer", "Tilknyttet=Related", "Tilstand=State", "Ting=Thing", "Transaksjon=Transaction", "Type=LedgerKind", "UnntattInkasso=NeverCollected", "UnntattPurring=NeverDunned", "Uplassert=Unmatched", "Utfall=Outcome", "Valuta=Currency", "Valutert=ValueDate", "Venter=WaitingRows", "Ventet=Expected", "Versjon=Version"]
)
WORDS = {
    "Brevart": {"PURRING": "REMINDER", "INKASSOVARSEL": "NOTICE", "BETALINGSOPPFORDRING": "DEMAND"},
    "Partsart": {"PERSON": "P", "VIRKSOMHET": "B"},
    "Adressesperre": {"INGEN": "0", "FORTROLIG": "7", "STRENGT_FORTROLIG": "6"},
    "Rolle": {
        "MEDSKYLDNER": "CO_DEBTOR",
        "VERGE": "GUARDIAN",
        "DODSBO": "ESTATE",
        "FULLMEKTIG": "AGENT",
        "KONTAKTPERSON": "CONTACT",
    },
    "Utfall": {"GODTATT": "ACCEPTED", "AVVIST": "REJECTED", "TRUKKET_TILBAKE": "WITHDRAWN", "RETURNERT": "RETURNED"},
    "Transaksjonsart": {
        "INNBETALING": "PAY",
        "KREDITNOTA": "CREDIT",
        "KORREKSJON": "CORRECT",
        "TILBAKEFORING": "REVERSE",
        "AVSKREVET_KUN_I_REGNSKAPET": "LOSS",
        "AVSKREVET_OG_AVSLUTTET": "WAIVED",
    },
    "Bilagsskjebne": {"LEVERT": "RECEIVED", "BOKFORT": "POSTED", "AVVIST": "REJECTED", "SLETTET": "DELETED"},
    "Kravstatus": {
        "REGISTRERT": "OPEN",
        "BETALT": "PAID",
        "AVSLUTTET": "CLOSED",
        "PA_VEI_UT": "LEAVING",
        "TRUKKET_TILBAKE": "WITHDRAWN",
        "RETURNERT": "RETURNED",
    },
}
INVOICE = {"Fakturanr": "Number", "Kid": "Reference", "Fakturadato": "Issued", "Forfall": "Due"}
"""What stands of a claim in an element `Invoice` of its own."""
