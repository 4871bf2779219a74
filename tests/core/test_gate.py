"""The gate: every reason at its boundary, alone and together, and in three languages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from kravbro.core.claims import LedgerFacts, Letter, LetterKind, Offer, Parts
from kravbro.core.errors import DataFault
from kravbro.core.gate import ACCEPTED, PASSES_BY_ITSELF, Answer, Code, GatePolicy, Missing, Verdict, judge
from kravbro.core.parties import MARK, Party, PartyKind, Protection
from kravbro.core.statute.law import Statute
from kravbro.core.statute.shipped import shipped_statute
from kravbro.texts.sentences import LANGUAGES, sentence

TODAY = date(2026, 11, 23)
DUE = date(2026, 9, 1)
DAY = timedelta(days=1)
STATUTE = shipped_statute()
POLICY = GatePolicy(minimum_ore=21_000, days_after_due=14, starts_after_notice=True)
PERSON = Party(1, PartyKind.PERSON, "Kari", "01010112345", "", "Gata 1", "2040", "Kløfta")
BUSINESS = Party(2, PartyKind.BUSINESS, "Nes AS", "", "938679089", "Gata 1", "2040", "Kløfta")
FACTS = LedgerFacts(
    remaining_ore=100_000,
    customer_balance_ore=100_000,
    unmatched_credits_ore=0,
    draft_vouchers=0,
    voucher_meaning="invoice",
    already_sent=False,
    exempt_from_dunning=False,
    exempt_from_collection=False,
)
NOTICE = Letter(LetterKind.NOTICE, date(2026, 10, 1), date(2026, 10, 15))
OFFER = Offer(
    number=1,
    company=1,
    entry=1,
    sequence=1,
    parts=Parts(100_000),
    invoice_no="1",
    kid="",
    invoice_date=date(2026, 8, 1),
    due_date=DUE,
    currency="NOK",
    sub_ledger_type="KOM",
    letters=(NOTICE,),
    debtor=PERSON,
    facts=FACTS,
)


def changed(value: Any, **changes: Any) -> Any:
    return msgspec.structs.replace(value, **changes)


def facts(**changes: Any) -> Offer:
    return changed(OFFER, facts=changed(FACTS, **changes))  # type: ignore[no-any-return] # the struct that was given


def debtor(base: Party = PERSON, **changes: Any) -> Offer:
    return changed(OFFER, debtor=changed(base, **changes))  # type: ignore[no-any-return]


def notice(sent_on: date, deadline: date, kind: LetterKind = LetterKind.NOTICE) -> Offer:
    return changed(OFFER, letters=(Letter(kind, sent_on, deadline),))  # type: ignore[no-any-return]


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]


def test_a_claim_with_nothing_against_it_goes() -> None:
    assert judge(OFFER, POLICY, STATUTE, TODAY) == ACCEPTED
    assert judge(debtor(BUSINESS), POLICY, STATUTE, TODAY) == ACCEPTED


ONE_REASON: list[tuple[Offer, Code, str]] = [
    (facts(already_sent=True), Code.ALREADY_SENT, ""),
    (facts(exempt_from_dunning=True), Code.EXEMPT_FROM_DUNNING, ""),
    (facts(exempt_from_collection=True), Code.EXEMPT_FROM_COLLECTION, ""),
    (facts(remaining_ore=0), Code.NOTHING_REMAINS, ""),
    (facts(remaining_ore=-1), Code.NOTHING_REMAINS, ""),
    (changed(OFFER, parts=Parts(0)), Code.NOTHING_REMAINS, ""),
    (facts(remaining_ore=20_999), Code.BELOW_MINIMUM, "210,00"),
    (facts(unmatched_credits_ore=-1), Code.UNMATCHED_CREDITS, "0,01"),
    (facts(draft_vouchers=1), Code.BATCH_NOT_UPDATED, ""),
    (facts(customer_balance_ore=0), Code.CUSTOMER_BALANCE, ""),
    (debtor(name="  "), Code.NAME_MISSING, ""),
    (debtor(postcode=" "), Code.POSTCODE_MISSING, ""),
    (debtor(postcode="N-2040"), Code.POSTCODE_MISSING, ""),
    (debtor(country="SJ", postcode=""), Code.POSTCODE_MISSING, ""),
    (debtor(country=""), Code.FOREIGN_ADDRESS, ""),
    (debtor(country="no"), Code.FOREIGN_ADDRESS, "no"),
    (debtor(country="SE", postcode="SW1A 2AA"), Code.FOREIGN_ADDRESS, "SE"),
    (debtor(country="HK", postcode=""), Code.FOREIGN_ADDRESS, "HK"),
    (debtor(country="SE", protection=Protection.CONFIDENTIAL), Code.FOREIGN_ADDRESS, MARK),
    (facts(voucher_meaning="credit_note"), Code.WRONG_VOUCHER_TYPE, "credit_note"),
    (changed(OFFER, currency="EUR"), Code.FOREIGN_CURRENCY, "EUR"),
    (changed(OFFER, letters=()), Code.NOTICE_MISSING, ""),
    (debtor(country="SE"), Code.FOREIGN_ADDRESS, "SE"),
]


@pytest.mark.parametrize(("offer", "code", "detail"), ONE_REASON, ids=[str(code) for _, code, _ in ONE_REASON])
def test_each_reason_alone(offer: Offer, code: Code, detail: str) -> None:
    verdict = judge(offer, POLICY, STATUTE, TODAY)

    assert [(reason.code, reason.detail) for reason in verdict.reasons] == [(code, detail)]
    assert verdict.answer is (Answer.WAIT if code in PASSES_BY_ITSELF else Answer.REFUSE)


@pytest.mark.parametrize(
    "offer", [facts(remaining_ore=21_000), facts(customer_balance_ore=1), facts(remaining_ore=21_001)]
)
def test_what_is_just_enough_goes(offer: Offer) -> None:
    assert judge(offer, POLICY, STATUTE, TODAY).answer is Answer.ACCEPT


@pytest.mark.parametrize(("days", "answer"), [(13, Answer.WAIT), (14, Answer.ACCEPT), (15, Answer.ACCEPT)])
def test_a_claim_waits_until_enough_days_have_passed(days: int, answer: Answer) -> None:
    policy = changed(POLICY, starts_after_notice=False)
    verdict = judge(OFFER, policy, STATUTE, DUE + days * DAY)

    assert verdict.answer is answer
    assert codes(verdict) == ([Code.NOT_DUE_LONG_ENOUGH] if answer is Answer.WAIT else [])
    assert verdict.ready_on == (DUE + 14 * DAY if answer is Answer.WAIT else None)


def test_what_waits_for_a_batch_has_no_day_and_what_is_refused_has_none() -> None:
    policy = changed(POLICY, starts_after_notice=False)
    batched, both = facts(draft_vouchers=1), changed(facts(draft_vouchers=1), due_date=TODAY)
    assert judge(batched, policy, STATUTE, TODAY).ready_on is None
    assert judge(both, policy, STATUTE, TODAY).ready_on == TODAY + 14 * DAY, "not before that day, at least"
    refused = judge(changed(both, currency="SEK"), policy, STATUTE, TODAY)
    assert (refused.answer, refused.ready_on) == (Answer.REFUSE, None)


@pytest.mark.parametrize(
    ("due", "today", "passed"),
    [
        (date(2023, 11, 24), date(2026, 11, 23), False),
        (date(2023, 11, 23), date(2026, 11, 23), True),
        (date(2024, 2, 29), date(2027, 2, 27), False),
        (date(2024, 2, 29), date(2027, 2, 28), True),
    ],
)
def test_a_claim_is_barred_three_years_after_it_fell_due(due: date, today: date, passed: bool) -> None:
    policy = changed(POLICY, starts_after_notice=False)
    offer = changed(OFFER, due_date=due)

    assert codes(judge(offer, policy, STATUTE, today)) == ([Code.LIMITATION_PASSED] if passed else [])


@pytest.mark.parametrize(
    ("offer", "enough"),
    [
        (notice(date(2026, 11, 8), date(2026, 11, 22)), True),
        (notice(date(2026, 11, 9), date(2026, 11, 23)), False),
        (notice(date(2026, 11, 9), date(2026, 11, 22)), False),
        (notice(DUE, date(2026, 9, 20)), False),
        (notice(DUE + DAY, date(2026, 9, 16)), True),
        (notice(date(2026, 10, 1), date(2026, 10, 15), LetterKind.REMINDER), False),
        (notice(date(2026, 10, 1), date(2026, 10, 15), LetterKind.DEMAND), False),
    ],
    ids=["deadline-yesterday", "deadline-today", "13-days", "sent-on-due-date", "sent-after-due", "reminder", "demand"],
)
def test_a_notice_counts_when_it_gave_time_and_its_deadline_is_past(offer: Offer, enough: bool) -> None:
    assert codes(judge(offer, POLICY, STATUTE, TODAY)) == ([] if enough else [Code.NOTICE_MISSING])


def test_a_workflow_that_sends_the_notice_itself_asks_for_none() -> None:
    policy = changed(POLICY, starts_after_notice=False)

    assert judge(changed(OFFER, letters=()), policy, STATUTE, TODAY) == ACCEPTED


@pytest.mark.parametrize(
    ("offer", "code", "setting"),
    [
        (debtor(identity_number=""), Code.IDENTITY_NUMBER_MISSING, "identity_number_missing"),
        (debtor(BUSINESS, organisation_number=""), Code.ORGANISATION_NUMBER_MISSING, "organisation_number_missing"),
        (debtor(country="DK"), Code.FOREIGN_ADDRESS, "foreign_address"),
    ],
)
def test_some_things_block_or_warn_as_the_creditor_wants(offer: Offer, code: Code, setting: str) -> None:
    blocked = judge(offer, changed(POLICY, **{setting: Missing.BLOCK}), STATUTE, TODAY)
    warned = judge(offer, changed(POLICY, **{setting: Missing.WARN}), STATUTE, TODAY)

    assert (blocked.answer, codes(blocked), blocked.warnings) == (Answer.REFUSE, [code], ())
    assert (warned.answer, warned.reasons) == (Answer.ACCEPT, ())
    assert [reason.code for reason in warned.warnings] == [code]


@pytest.mark.parametrize("country", ["", "XX", "se"])
def test_a_country_that_is_none_is_blocked_whatever_the_creditor_wants(country: str) -> None:
    verdict = judge(debtor(country=country), changed(POLICY, foreign_address=Missing.WARN), STATUTE, TODAY)

    assert (verdict.answer, codes(verdict)) == (Answer.REFUSE, [Code.FOREIGN_ADDRESS])


def test_every_reason_is_named_at_once_in_the_order_of_the_list() -> None:
    worst = changed(
        OFFER,
        currency="EUR",
        due_date=TODAY - DAY,
        letters=(),
        debtor=Party(1, PartyKind.PERSON, "", country="SE"),
        facts=LedgerFacts(0, 0, -5, 2, "payment", True, True, True),
    )
    policy = changed(POLICY, identity_number_missing=Missing.BLOCK)

    assert codes(judge(worst, policy, STATUTE, TODAY)) == [
        Code.ALREADY_SENT,
        Code.EXEMPT_FROM_DUNNING,
        Code.EXEMPT_FROM_COLLECTION,
        Code.WRONG_VOUCHER_TYPE,
        Code.FOREIGN_CURRENCY,
        Code.NOTHING_REMAINS,
        Code.NOT_DUE_LONG_ENOUGH,
        Code.NOTICE_MISSING,
        Code.UNMATCHED_CREDITS,
        Code.BATCH_NOT_UPDATED,
        Code.CUSTOMER_BALANCE,
        Code.NAME_MISSING,
        Code.FOREIGN_ADDRESS,
        Code.IDENTITY_NUMBER_MISSING,
    ]


def test_a_claim_waits_only_if_everything_passes_by_itself() -> None:
    policy = changed(POLICY, starts_after_notice=False)
    young = changed(facts(draft_vouchers=1), due_date=TODAY)
    exempt = changed(facts(draft_vouchers=1, exempt_from_dunning=True), due_date=TODAY)

    assert judge(young, policy, STATUTE, TODAY).answer is Answer.WAIT
    assert judge(exempt, policy, STATUTE, TODAY).answer is Answer.REFUSE


def test_a_refusal_keeps_its_warnings() -> None:
    verdict = judge(changed(debtor(identity_number=""), currency="EUR"), POLICY, STATUTE, TODAY)

    assert verdict.answer is Answer.REFUSE
    assert [reason.code for reason in verdict.warnings] == [Code.IDENTITY_NUMBER_MISSING]


def test_a_day_without_law_is_refused() -> None:
    with pytest.raises(DataFault, match=r"statute\.no_row"):
        judge(OFFER, POLICY, Statute(shipped_statute().rules.values(), ()), TODAY)


def test_every_code_is_reached() -> None:
    boundary = {
        Code.NOT_DUE_LONG_ENOUGH,
        Code.LIMITATION_PASSED,
        Code.IDENTITY_NUMBER_MISSING,
        Code.ORGANISATION_NUMBER_MISSING,
    }

    assert {code for _, code, _ in ONE_REASON} | boundary == set(Code)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", list(Code))
def test_every_reason_has_a_sentence_that_says_what_to_do(code: Code, language: str) -> None:
    text = sentence(code, {"detail": "DETAIL"}, language)

    assert text.count(".") + text.count(";") >= 2
    assert ("DETAIL" in text) == (code in {
        Code.NOT_DUE_LONG_ENOUGH, Code.BELOW_MINIMUM, Code.UNMATCHED_CREDITS, Code.WRONG_VOUCHER_TYPE,
        Code.FOREIGN_CURRENCY, Code.FOREIGN_ADDRESS,
    })  # fmt: skip


@pytest.mark.parametrize("code", list(Code))
def test_the_languages_differ(code: Code) -> None:
    assert len({sentence(code, {"detail": "x"}, language) for language in LANGUAGES}) == 3
