"""Who stands on a case: told by the ledger or by a person, and never asked for a claim that they do not owe."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from kravbro.core.errors import DataFault
from kravbro.core.parties import PartyKind, Protection, Related, Role
from kravbro.office import tables as t
from kravbro.office.audit import audit
from kravbro.office.parties import commands, queries
from kravbro.office.parties import tables as p
from kravbro.office.parties.on_case import CaseParties, case_parties
from kravbro.office.parties.roles import Days, add_role, end_role, person
from kravbro.office.queries.cases import case as case_shown
from tests.office.builders import TODAY, Desk, offer, open_desk, party, payment
from tests.office.people import business_number, d_number, person_number
from tests.places import NewPlace

DAY = timedelta(days=1)
WHY = "vedtak fra Statsforvalteren"


@pytest.fixture
def desk(new_place: NewPlace) -> Desk:
    return open_desk(new_place.where())


def beside(role: Role, customer: int, stands_for: int = 0, **changes: Any) -> Related:
    return Related(role, party(customer, **changes), stands_for)


def on_case(desk: Desk, number: str = "1-000001") -> CaseParties:
    with desk.reading() as connection:
        return case_parties(connection, number, desk.on)


def roles(desk: Desk, number: str = "1-000001") -> list[tuple[str, str, str]]:
    return [(one.name, one.role, one.stands_for) for one in on_case(desk, number).parties]


def letters(desk: Desk, number: str = "1-000001") -> list[tuple[str, str]]:
    return [(one.name, one.owes) for one in on_case(desk, number).letters_to]


def cases_of_claims(desk: Desk) -> list[int]:
    return [row.case for row in desk.rows(t.claim)]


def clean(desk: Desk) -> None:
    with desk.reading() as connection:
        assert audit(connection, 1) == []


def test_the_ledger_tells_co_debtors_and_their_guardians(desk: Desk) -> None:
    related = (beside(Role.CO_DEBTOR, 2), beside(Role.GUARDIAN, 3, stands_for=2), beside(Role.REPRESENTATIVE, 4))
    desk.offer(offer(1, related=related))

    assert roles(desk) == [
        ("Kunde 2", "co_debtor", "Kunde 1"),
        ("Kunde 3", "guardian", "Kunde 2"),
        ("Kunde 4", "representative", "Kunde 1"),
    ]
    assert letters(desk) == [("Kunde 4", "Kunde 1"), ("Kunde 3", "Kunde 2")]
    clean(desk)


def test_a_claim_joins_a_case_only_if_the_same_people_owe_it(desk: Desk) -> None:
    both = (beside(Role.CO_DEBTOR, 2),)
    desk.offer(offer(1, related=both), offer(2), offer(3, related=both))
    desk.offer(offer(4, related=(beside(Role.CO_DEBTOR, 3), *both)), offer(5, related=both), offer(6))

    assert cases_of_claims(desk) == [1, 2, 1, 3, 1, 2]
    clean(desk)


def test_a_claim_joins_whatever_guardian_the_debtor_has(desk: Desk) -> None:
    desk.offer(offer(1, related=(beside(Role.GUARDIAN, 2),)), offer(2))

    assert cases_of_claims(desk) == [1, 1]


def test_a_co_debtor_who_was_added_by_hand_owes_no_later_claim(desk: Desk) -> None:
    desk.offer(offer(1), offer(2, 2))
    with desk.writing() as connection:
        add_role(connection, "1-000001", Role.CO_DEBTOR, 2, Days(TODAY), desk.act, because=WHY)
    desk.offer(offer(3))

    assert cases_of_claims(desk) == [1, 2, 3]
    with desk.reading() as connection:
        claims = queries.party(connection, 2).claims
    assert [(one.case, one.role) for one in claims] == [("1-000001", "co_debtor"), ("1-000002", "debtor")]


def test_what_anybody_pays_counts_for_everybody(desk: Desk) -> None:
    desk.offer(offer(1, related=(beside(Role.CO_DEBTOR, 2),)))
    (case,) = desk.rows(t.case)
    desk.pay(payment(1, 60_000, case.kid, debit_account="15030012345"))
    desk.pay(payment(2, 43_750, case.kid, debit_account="99991042764"), name="next.txt")

    with desk.reading() as connection:
        assert case_shown(connection, "1-000001").line.owed_ore == 0
        assert [queries.party(connection, number).claims[0].owed_ore for number in (1, 2)] == [0, 0]
    clean(desk)


def test_a_role_that_the_ledger_tells_no_more_has_ended_and_one_told_by_hand_has_not(desk: Desk) -> None:
    desk.offer(offer(1, related=(beside(Role.GUARDIAN, 2), beside(Role.CONTACT, 3))))
    with desk.writing() as connection:
        add_role(connection, "1-000001", Role.REPRESENTATIVE, 3, Days(TODAY), desk.act, because=WHY)
    later = Desk(desk.engine, TODAY + DAY)
    later.offer(offer(2, related=(beside(Role.CONTACT, 3),)))

    ended = {one.role: one.last_day for one in on_case(later).parties}
    assert ended == {"guardian": TODAY, "contact": None, "representative": None}
    assert sorted(letters(desk)) == [("Kunde 2", "Kunde 1"), ("Kunde 3", "Kunde 1")]
    assert letters(later) == [("Kunde 3", "Kunde 1")]

    later.offer(offer(3, related=(beside(Role.GUARDIAN, 2), beside(Role.CONTACT, 3))))
    assert {one.role: one.last_day for one in on_case(later).parties}["guardian"] is None
    clean(desk)


def test_somebody_who_stands_for_nobody_on_the_claim_is_left_out(desk: Desk) -> None:
    desk.offer(offer(1, related=(beside(Role.GUARDIAN, 3, stands_for=2), beside(Role.GUARDIAN, 1))))

    assert roles(desk) == []


def test_a_guardian_who_is_nobodys_customer_is_found_by_number_as_anybody_else(desk: Desk) -> None:
    desk.offer(offer(1), offer(2, debtor=party(2, identity_number=person_number(5))))
    guardian = person("Verge Hansen", identity_number=person_number(5), postcode="0150", place="Oslo", language="nn")
    with desk.writing() as connection:
        number = add_role(connection, "1-000001", Role.GUARDIAN, guardian, Days(TODAY), desk.act, because=WHY)

    assert letters(desk) == [("Verge Hansen", "Kunde 1")]
    assert on_case(desk).letters_to[0].language == "nn"
    with desk.reading() as connection:
        shown = queries.party(connection, 2)
    assert [card.customer_no for card in shown.cards] == [2, -3]
    assert [(one.case, one.role) for one in shown.roles] == [("1-000001", "guardian")]

    tomorrow = Desk(desk.engine, TODAY + DAY)
    with desk.writing() as connection:
        end_role(connection, "1-000001", number, TODAY, desk.act, because="vedtaket er opphevet")
    assert letters(tomorrow) == [("Kunde 1", "Kunde 1")]
    assert [row.event for row in desk.rows(t.case_event) if row.case == 1] == ["open", "party_added", "party_ended"]
    clean(desk)


def test_a_role_that_is_ended_before_it_began_was_never_held(desk: Desk) -> None:
    desk.offer(offer(1), offer(2, 2))
    with desk.writing() as connection:
        number = add_role(connection, "1-000001", Role.GUARDIAN, 2, Days(TODAY), desk.act, because=WHY)
        end_role(connection, "1-000001", number, TODAY - 100 * DAY, desk.act, because="feil sak")

    assert letters(desk) == [("Kunde 1", "Kunde 1")]
    assert on_case(desk).parties[0].last_day == TODAY - DAY


def test_a_contact_is_named_on_the_letters_to_a_business(desk: Desk) -> None:
    firm = party(1, kind=PartyKind.BUSINESS, identity_number="", organisation_number=business_number(1), name="Nes AS")
    desk.offer(offer(1, debtor=firm, related=(beside(Role.CONTACT, 2),)))

    assert [(one.name, one.contact) for one in on_case(desk).letters_to] == [("Nes AS", "Kunde 2")]


def test_a_co_debtors_address_is_protected_by_what_another_creditor_or_case_told(desk: Desk) -> None:
    strict = party(2, identity_number=d_number(1), protection=Protection.STRICTLY_CONFIDENTIAL)
    desk.offer(offer(1, related=(Related(Role.CO_DEBTOR, strict),)))
    desk.offer(offer(2, debtor=party(3, identity_number=d_number(1))))

    with desk.reading() as connection:
        assert [card.address for card in queries.party(connection, 2).cards] == ["[protected]", "[protected]"]
        assert case_shown(connection, "1-000002").address == "[protected]"
        assert case_shown(connection, "1-000001").address == "Gata 1"


def test_protection_follows_a_card_that_is_split_off_or_gets_another_number(desk: Desk) -> None:
    one = party(1, identity_number=person_number(1))
    desk.offer(offer(1, debtor=one), offer(2, debtor=party(2, identity_number=person_number(1))))
    with desk.writing() as connection:
        commands.set_protection(connection, 1, Protection.CONFIDENTIAL, desk.act, because=WHY)
        new = commands.split(connection, 1, 2, desk.act, because=WHY)
    desk.offer(offer(3, debtor=party(1, identity_number=person_number(2))))

    with desk.reading() as connection:
        told = {line.party: line.protection for line in queries.parties(connection, queries.Search(protected=True))}
    assert told[new] == "confidential"
    assert set(told.values()) == {"confidential"}
    assert len({row.party for row in desk.rows(p.party_fact)}) == 3
    clean(desk)


def test_a_language_is_the_one_that_a_person_chose_else_the_ledgers_else_bokmal(desk: Desk) -> None:
    desk.offer(offer(1), offer(2, debtor=party(2, language="en")), offer(3, debtor=party(3, language="xx")))
    assert [on_case(desk, f"1-00000{number}").language for number in (1, 2, 3)] == ["nb", "en", "nb"]

    with desk.writing() as connection:
        commands.set_language(connection, 2, "nn", desk.act, because="brev på nynorsk")
    assert on_case(desk, "1-000002").language == "nn"


@pytest.mark.parametrize("country", ["", "no", "XX"])
def test_somebody_in_no_country_is_not_added(desk: Desk, country: str) -> None:
    desk.offer(offer(1))
    with pytest.raises(DataFault, match=r"office\.party_details"), desk.writing() as connection:
        add_role(
            connection, "1-000001", Role.GUARDIAN, person("V", country=country), Days(TODAY), desk.act, because=WHY
        )
    assert len(desk.rows(t.debtor)) == 1
