"""Register a claim that no ledger offers: the gate judges it as it judges an offer, and it gets a case and a KID."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import msgspec
import sqlalchemy as sa

from kravbro.core.acts import Act
from kravbro.core.claims import LedgerFacts, Letter, Offer, Parts, Reason
from kravbro.core.errors import DataFault
from kravbro.core.fees.charges import laws
from kravbro.core.fees.letters import Sending, letter_fee
from kravbro.core.gate import Answer, Code, judge
from kravbro.core.money import checked_ore, format_kroner
from kravbro.core.parties import Party
from kravbro.core.statute.law import Statute
from kravbro.db.bulk import insert_rows
from kravbro.db.counters import take
from kravbro.office import contents
from kravbro.office import tables as t
from kravbro.office.admission import PARTY_KINDS, Admission, reasons_as_text
from kravbro.office.codes import known, reasons_of
from kravbro.office.creditors import Creditor, SubLedger, load_creditor, sub_ledgers_of
from kravbro.office.earlier.claims import waiting_cases
from kravbro.office.intake import Decision, frozen_fingerprint
from kravbro.office.ledgerless.known import BACK
from kravbro.office.ledgerless.tables import creditor_ledgerless, registered_claim
from kravbro.office.manual.acts import ActKind, Particulars, Why, asked, done_before, keep_act, next_act, refuse_long
from kravbro.office.parties.commands import not_an_identity_number
from kravbro.office.parties.protection import PROTECTIONS, refuse_address
from kravbro.office.parties.roles import new_card

LONGEST_DOCUMENT = 40
LONGEST_INVOICE = 20
NO_OFFER = 0
IN_OLDER_CASE = "office.in_older_case"
"""The reason why a claim is refused that an older system's case has."""


class NewClaim(msgspec.Struct, frozen=True):
    """A claim to register: øre. `debtor` is a customer number of the creditor, or what is known of somebody else.

    `letters` are those that were sent about it, with the fees that they charged. Without `invoice_date` the invoice is
    of the due date; without `type` the creditor has one sub-ledger type. The type decides gate and workflow. `despite`
    names older cases that have the same invoice number, and either ended or are about another debt.
    """

    creditor: int
    debtor: int | Party
    principal_ore: int
    due_date: date
    invoice_no: str
    document: str
    invoice_date: date | None = None
    type: str = ""
    letters: tuple[Letter, ...] = ()
    despite: tuple[str, ...] = ()


class Registered(msgspec.Struct, frozen=True):
    """What a registration did. `new` is false if the same was asked for before: nothing was done then.

    With reasons in `refused` the gate is against it: nothing is kept, and there is neither claim nor case. `number` is
    the claim's number among those without a ledger, `account` where what is paid of its principal is booked.
    """

    act: int
    new: bool
    done_on: date
    number: int
    case: str
    case_kid: str
    customer_no: int
    invoice_no: str
    principal_ore: int
    account: str
    refused: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()


def register_claim(connection: sa.Connection, given: NewClaim, why: Why, statute: Statute, act: Act) -> Registered:
    """Register a claim. Its principal is paid to the account that the creditor has for such claims by now.

    Raises Stop `office.no_such_creditor`, `office.no_case_kid`, `office.case_series_full`; DataFault
    `office.because_missing`, `office.text_too_long`, `office.request_differs`, `office.ledgerless_account_missing`,
    `office.claim_not_described`, `office.invoice_after_due`, `office.type_not_named`, `office.no_such_customer`,
    `office.party_details`, `office.protected_in_text`, `office.cost_later`, `office.letter_deadline`,
    `office.cost_above_maximum`, and `statute.*`, `fees.*` where the law is not known.
    """
    wanted = asked(ActKind.REGISTER_CLAIM, why, given)
    if done := done_before(connection, wanted):
        return registered_by(connection, done.number, done.done_on, new=False)
    settings = load_creditor(connection, given.creditor)
    account = _account(connection, settings)
    sub_ledgers = sub_ledgers_of(connection, given.creditor)
    _refuse(given, sub_ledgers, statute, act)
    card, debtor = _known_debtor(connection, given)
    offer = _offer(given, settings, _type(given, sub_ledgers), debtor)
    policy = settings.gate_policy(sub_ledgers[offer.sub_ledger_type].starts_after_notice)
    verdict = judge(offer, policy, statute, act.on)
    reasons = (*verdict.reasons, *_here_already(connection, given))
    if reasons:
        return Registered(0, False, act.on, 0, "", "", debtor.customer_no, offer.invoice_no, given.principal_ore, "",
                          reasons, verdict.warnings)  # fmt: skip
    if card is None:
        card = new_card(connection, given.creditor, debtor, act)
        debtor = _card(connection, given.creditor, -card)[1]
    refuse_address(connection, card, why.because, given.document)
    number = take(connection, t.counter, "registered_claim")
    offer = msgspec.structs.replace(offer, number=-number, entry=-number, debtor=debtor)
    decision = Decision(offer, frozen_fingerprint(offer), msgspec.structs.replace(verdict, answer=Answer.ACCEPT))
    claim, case = Taking(connection, given.creditor, sub_ledgers, act).take_in(decision, card)
    number_of_act = next_act(connection)
    particulars = Particulars(amount_ore=given.principal_ore, about=f"case {case}")
    keep_act(connection, number_of_act, wanted, given.creditor, particulars, act)
    row = (
        number, number_of_act, claim, account, given.document.strip(), reasons_as_text(verdict.warnings),
        decision.fingerprint, act.actor,
    )  # fmt: skip
    columns = (*contents.REGISTERED_CLAIM[:-1], "fingerprint")
    insert_rows(connection, registered_claim, columns, [(*row[:-1], contents.of_row(row))], act)
    return registered_by(connection, number_of_act, act.on, new=True)


class Taking(Admission):
    """The admission of one claim that no ledger offered: its debtor has a card here, and nobody gets a receipt."""

    def take_in(self, decision: Decision, card: int) -> tuple[int, str]:
        """Give it a case; answers the claim's id and the number of the case."""
        debtor = decision.offer.debtor
        self._debtors = {debtor.customer_no: (card, debtor)}
        homes = self._admit([decision])
        self._write()
        return self._rows["claim"][0][0], homes[decision.offer.number].number

    def _load_debtors(self, told: Sequence[Party]) -> None:
        """The card is on the table, also one of somebody who is no customer."""


def registered_by(connection: sa.Connection, number: int, done_on: date, *, new: bool) -> Registered:
    """What an act registered. Raises DataFault `office.unknown_code`."""
    own, claim, case = registered_claim.c, t.claim.c, t.case.c
    row = connection.execute(
        sa.select(
            own.number, case.number.label("case"), case.kid, t.debtor.c.customer_no, claim.invoice_no,
            claim.principal_ore, own.account, own.warnings,
        )
        .join(t.claim, claim.id == own.claim)
        .join(t.case, case.id == claim.case)
        .join(t.debtor, t.debtor.c.id == case.debtor)
        .where(own.act == number)
    ).one()  # fmt: skip
    warnings = reasons_of(row.warnings, "registered_claim", row.number, "warnings")
    return Registered(
        act=number,
        new=new,
        done_on=done_on,
        number=row.number,
        case=row.case,
        case_kid=row.kid,
        customer_no=row.customer_no,
        invoice_no=row.invoice_no,
        principal_ore=row.principal_ore,
        account=row.account,
        warnings=warnings,
    )


def _account(connection: sa.Connection, creditor: Creditor) -> str:
    own = creditor_ledgerless.c
    account = connection.execute(sa.select(own.account).where(own.creditor == creditor.number)).scalar()
    if not account:
        raise DataFault("office.ledgerless_account_missing", creditor=creditor.number)
    return str(account)


def _type(given: NewClaim, sub_ledgers: dict[str, SubLedger]) -> str:
    chosen = given.type or (next(iter(sub_ledgers)) if len(sub_ledgers) == 1 else "")
    if chosen not in sub_ledgers:
        types = ", ".join(sorted(sub_ledgers))
        raise DataFault("office.type_not_named", creditor=given.creditor, type=given.type, types=types)
    return chosen


def _refuse(given: NewClaim, sub_ledgers: dict[str, SubLedger], statute: Statute, act: Act) -> None:
    checked_ore(given.principal_ore)
    invoice_no, document = given.invoice_no.strip(), given.document.strip()
    if not invoice_no or not document:
        raise DataFault("office.claim_not_described", field="document" if invoice_no else "invoice")
    refuse_long("invoice", invoice_no, LONGEST_INVOICE)
    refuse_long("document", document, LONGEST_DOCUMENT)
    if given.invoice_date is not None and given.invoice_date > given.due_date:
        raise DataFault("office.invoice_after_due", invoice_date=given.invoice_date, due=given.due_date)
    _type(given, sub_ledgers)
    for place, letter in enumerate(_in_order(given.letters)):
        if letter.sent_on > act.on:
            raise DataFault("office.cost_later", dated=letter.sent_on, on=act.on)
        if letter.deadline < letter.sent_on:
            raise DataFault("office.letter_deadline", kind=letter.kind.value, dated=letter.sent_on)
        _refuse_fee(letter, given.due_date, _in_order(given.letters)[:place], statute)


def _refuse_fee(letter: Letter, due_date: date, earlier: Sequence[Letter], statute: Statute) -> None:
    """No letter may have charged more than the law allows, nor interest: that runs by itself from the due date."""
    if letter.interest_ore or letter.fee_ore < 0:
        amount = format_kroner(letter.fee_ore or -abs(letter.interest_ore))
        raise DataFault("office.amount_not_positive", amount=amount)
    if not letter.fee_ore:
        return
    cap = letter_fee(Sending(letter.kind, due_date, letter.sent_on), earlier, statute)
    if letter.fee_ore > cap.amount_ore:
        raise DataFault(
            "office.cost_above_maximum",
            kind=letter.kind.value,
            amount=format_kroner(letter.fee_ore),
            maximum=format_kroner(cap.amount_ore),
            why=cap.derivation.code,
            law=laws(cap.derivation),
        )


def _in_order(letters: Sequence[Letter]) -> tuple[Letter, ...]:
    return tuple(sorted(letters, key=lambda one: (one.sent_on, one.kind.value)))


def _known_debtor(connection: sa.Connection, given: NewClaim) -> tuple[int | None, Party]:
    """The debtor, with the number of the card; none for somebody who gets one when the claim is taken."""
    if isinstance(given.debtor, Party):
        return None, msgspec.structs.replace(given.debtor, customer_no=0)
    return _card(connection, given.creditor, given.debtor)


def _card(connection: sa.Connection, creditor: int, customer_no: int) -> tuple[int, Party]:
    """A card with its number. Raises DataFault `office.no_such_customer`, `office.unknown_code`."""
    debtor = t.debtor.c
    columns = [debtor[name] for name in contents.DEBTOR if name != "creditor"]
    here = (debtor.creditor == creditor, debtor.customer_no == customer_no)
    row = connection.execute(sa.select(*columns).where(*here)).one_or_none()
    if row is None:
        shown = not_an_identity_number(customer_no)
        raise DataFault("office.no_such_customer", creditor=creditor, customer=shown)
    number, told_no, kind, *rest = row
    rest[-2] = known(PROTECTIONS, rest[-2], "debtor", number, "protection")
    return number, Party(told_no, known(PARTY_KINDS, kind, "debtor", number, "kind"), *rest)


def _offer(given: NewClaim, creditor: Creditor, sub_ledger_type: str, debtor: Party) -> Offer:
    """The claim as a ledger would offer it: nothing is paid, nothing waits, and nothing exempts the debtor."""
    letters, principal_ore = _in_order(given.letters), given.principal_ore
    return Offer(
        number=NO_OFFER,
        company=creditor.company,
        entry=NO_OFFER,
        sequence=0,
        parts=Parts(principal_ore, fees_ore=sum(one.fee_ore for one in letters)),
        invoice_no=given.invoice_no.strip(),
        kid="",
        invoice_date=given.invoice_date or given.due_date,
        due_date=given.due_date,
        currency="NOK",
        sub_ledger_type=sub_ledger_type,
        letters=letters,
        debtor=debtor,
        facts=LedgerFacts(
            remaining_ore=principal_ore,
            customer_balance_ore=max(principal_ore, 1),
            unmatched_credits_ore=0,
            draft_vouchers=0,
            voucher_meaning="invoice",
            already_sent=False,
            exempt_from_dunning=False,
            exempt_from_collection=False,
        ),
    )


def _here_already(connection: sa.Connection, given: NewClaim) -> list[Reason]:
    """A claim on the same invoice came before, whoever told of it, and its creditor did not get it back; or an older
    case has it, which nothing was joined with, so that somebody else may ask for it."""
    claim = t.claim.c
    same = (claim.creditor == given.creditor, claim.invoice_no == given.invoice_no.strip())
    found = connection.execute(sa.select(claim.id).where(*same, claim.state.not_in(BACK)).limit(1)).scalar()
    older = waiting_cases(connection, given.creditor, given.invoice_no.strip())
    others = [Reason(IN_OLDER_CASE, case) for case in older if case not in given.despite]
    return others if found is None else [Reason(Code.ALREADY_SENT), *others]
