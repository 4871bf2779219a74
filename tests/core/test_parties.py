"""Who a party is by number, what its address looks like in one line, and whom letters go to."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from kravbro.core.addresses import COUNTRIES, is_abroad, is_country, is_norwegian_postcode
from kravbro.core.identifiers import identity_number
from kravbro.core.parties import Party, PartyKind, Protection, Role, more_protected, one_line
from kravbro.core.recipients import OnCase, Recipient, recipients
from tests.office.people import business_number, d_number, person_number

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)
PERSON = Party(1, PartyKind.PERSON, "Kari", person_number(1))
NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
"""What CLDR has beside the codes of ISO 3166-1: exceptional reservations, groups and codes of its own."""


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, person_number(1)),
        ({"identity_number": f"{person_number(1)[:6]} {person_number(1)[6:]}"}, person_number(1)),
        ({"identity_number": d_number(1)}, d_number(1)),
        ({"identity_number": "01010112345"}, ""),
        ({"identity_number": ""}, ""),
        ({"identity_number": "", "organisation_number": business_number(1)}, ""),
        ({"kind": PartyKind.BUSINESS}, ""),
        ({"kind": PartyKind.BUSINESS, "organisation_number": business_number(1)}, business_number(1)),
        ({"kind": PartyKind.BUSINESS, "organisation_number": "000000000"}, ""),
    ],
)
def test_only_a_valid_number_of_its_own_kind_tells_who_a_party_is(changes: dict[str, str], number: str) -> None:
    assert msgspec.structs.replace(PERSON, **changes).number == number


def test_a_d_number_is_told_by_its_form() -> None:
    assert identity_number.is_d_number(d_number(1))
    assert not identity_number.is_d_number(person_number(1))
    assert not identity_number.is_d_number("41")


def test_a_party_is_not_protected_unless_somebody_says_so() -> None:
    assert PERSON.protection is Protection.NONE
    levels = sorted(Protection, key=lambda level: level.rank)
    assert levels == [Protection.NONE, Protection.CONFIDENTIAL, Protection.STRICTLY_CONFIDENTIAL]
    assert more_protected(Protection.CONFIDENTIAL, Protection.STRICTLY_CONFIDENTIAL) is levels[-1]
    assert more_protected(Protection.CONFIDENTIAL, Protection.NONE) is Protection.CONFIDENTIAL


def test_countries_are_those_of_the_standard() -> None:
    territories = {str(code) for code in Locale("en").territories if len(str(code)) == 2 and str(code).isalpha()}
    assert territories - NOT_COUNTRIES == COUNTRIES
    assert is_country("SE")
    assert not is_country("se")


@pytest.mark.parametrize(("country", "abroad"), [("NO", False), ("SJ", False), ("SE", True), ("GB", True)])
def test_svalbard_and_jan_mayen_have_norwegian_post(country: str, abroad: bool) -> None:
    assert is_abroad(country) is abroad


@pytest.mark.parametrize(
    ("postcode", "right"), [("0001", True), (" 0150 ", True), ("150", False), ("01500", False), ("015O", False)]
)
def test_a_norwegian_postcode_has_four_digits(postcode: str, right: bool) -> None:
    assert is_norwegian_postcode(postcode) is right


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (("Storgata 1", "0150", "Oslo", "NO"), "Storgata 1, 0150 Oslo"),
        (("Flat 2\n10 Downing Street", "SW1A 2AA", "London", "GB"), "Flat 2, 10 Downing Street, SW1A 2AA London, GB"),
        (("", "", "", "NO"), ""),
        (("c/o Hansen\n\nGata 1", "", "", "IE"), "c/o Hansen, Gata 1, IE"),
    ],
)
def test_an_address_in_one_line(address: tuple[str, str, str, str], line: str) -> None:
    assert one_line(*address) == line


def on_case(who: int, role: Role, stands_for: int = 1, first: date = TODAY, last: date | None = None) -> OnCase:
    return OnCase(who, role, stands_for, first, last)


@pytest.mark.parametrize(
    ("roles", "to"),
    [
        ([], [Recipient(1, 1)]),
        ([on_case(2, Role.CO_DEBTOR)], [Recipient(1, 1), Recipient(2, 2)]),
        ([on_case(2, Role.GUARDIAN)], [Recipient(2, 1)]),
        ([on_case(2, Role.ESTATE)], [Recipient(2, 1)]),
        ([on_case(2, Role.GUARDIAN), on_case(3, Role.REPRESENTATIVE)], [Recipient(2, 1), Recipient(3, 1)]),
        ([on_case(2, Role.CONTACT)], [Recipient(1, 1, 2)]),
        ([on_case(2, Role.CO_DEBTOR), on_case(3, Role.GUARDIAN, 2)], [Recipient(1, 1), Recipient(3, 2)]),
        ([on_case(2, Role.GUARDIAN, first=TODAY + DAY)], [Recipient(1, 1)]),
        ([on_case(2, Role.GUARDIAN, last=TODAY - DAY)], [Recipient(1, 1)]),
        ([on_case(2, Role.GUARDIAN, last=TODAY)], [Recipient(2, 1)]),
    ],
)
def test_letters_go_to_everybody_who_owes_or_whoever_stands_for_them(roles: list[OnCase], to: list[Recipient]) -> None:
    assert recipients(1, roles, TODAY) == to


standings = st.lists(
    st.builds(
        OnCase,
        who=st.integers(2, 6),
        role=st.sampled_from(list(Role)),
        stands_for=st.integers(1, 6),
        first_day=st.sampled_from([TODAY - DAY, TODAY, TODAY + DAY]),
        last_day=st.sampled_from([None, TODAY - DAY, TODAY, TODAY + DAY]),
    ),
    max_size=8,
)


@given(standings)
def test_everybody_who_owes_is_reached_exactly_by_those_who_stand_there_that_day(roles: list[OnCase]) -> None:
    reached = recipients(1, roles, TODAY)
    owing = {1} | {one.who for one in roles if one.role is Role.CO_DEBTOR and one.holds(TODAY)}

    assert {one.owes for one in reached} == owing
    assert len({(one.who, one.owes) for one in reached}) == len(reached)
    for one in reached:
        stands = [other for other in roles if other.who == one.who and other.stands_for == one.owes]
        assert one.who == one.owes or any(other.holds(TODAY) for other in stands)
