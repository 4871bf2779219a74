"""A set-up is applied once and whole, on either kind of database: what stands afterwards is what the file says."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from kravbro.bootstrap.setup.applying import Applied, apply_plan, plan, refuse_changes
from kravbro.bootstrap.setup.description import Setup
from kravbro.bootstrap.setup.standing import kept_changes, standing
from kravbro.core.acts import Act
from kravbro.core.errors import DataFault, KravbroError, Stop
from kravbro.db.engines import reading
from kravbro.db.place import Place
from kravbro.ledgers.embedded.ledger import EmbeddedLedger
from kravbro.office.audit import audit
from tests.bootstrap.setups import ACCOUNT, TEXT, changed, shown, whole
from tests.places import NewPlace

ENFORCEMENT = '[creditors.1.allocation]\nenforcement = "principal,costs,fees,interest"\n'
ACT = Act("kari", date(2026, 11, 2), datetime(2026, 11, 2, 9, tzinfo=UTC))


def apply(place: Place, setup: Setup, because: str = "vedtak 1/26", *, remove: bool = False) -> Applied:
    return apply_plan(place, plan(place, setup, ACT, remove=remove), because, ACT)


def faults(place: Place) -> list[object]:
    with reading(place.open("office")) as connection:
        return [*EmbeddedLedger(place, ACT).audit(1), *audit(connection, 1)]


def test_what_is_shown_makes_the_same_elsewhere(new_place: NewPlace) -> None:
    first, second = new_place(), new_place()
    done = apply(first, whole())
    there = standing(first, ACT)

    assert there == whole()
    assert apply(first, whole()) == Applied((), ())
    assert apply(second, whole(shown(there))).items == done.items
    assert shown(standing(second, ACT)) == shown(there)
    assert faults(first) == faults(second) == []


def test_changes_are_made_with_their_history_and_the_rest_stays(new_place: NewPlace) -> None:
    place = new_place()
    apply(place, whole())
    text = changed(
        ("minimum_ore = 10000", 'minimum_ore = 25000\nproject = "P7"'), ('1920 = "Bank"', '1920 = "DNB"\n1921 = "KLP"'),
        ("PWS = 14", "PWS = 21"), ("holder = 1", 'holder = 1\nbank_account = "1921"'),
        ('IV = { name = "Inkassovarsel" }', ""), ("[creditors.1.accounts]", f"{ENFORCEMENT}\n[creditors.1.accounts]"),
    )  # fmt: skip
    done = apply(place, whole(text), "budsjett 2027")

    assert [(one.owner, one.subject, one.item, one.before, one.after) for one in done.items] == [
        ("F0001", "account 1920", "name", "Bank", "DNB"),
        ("F0001", "account 1921", "name", "", "KLP"),
        ("F0001", "dunning routine KOM/PWS", "days_after_due", "14", "21"),
        ("office", "creditor 1", "minimum_ore", "10000", "25000"),
        ("office", "creditor 1", "project", "", "P7"),
        ("office", "creditor 1", "allocation.enforcement", "", "principal,costs,fees,interest"),
        ("office", f"agreement {ACCOUNT}", "bank_account", "", "1921"),
    ]
    told = [(one.owner, one.change.subject, one.change.item) for one in kept_changes(place, ACT)
            if one.change.because == "budsjett 2027"]  # fmt: skip
    assert sorted(told) == sorted((one.owner, one.subject, one.item) for one in done.items)
    codes = standing(place, ACT).companies[1].books
    assert codes is not None
    assert "IV" in {one.code for one in codes.dunning_codes}, "the file does not mention it any more, and it stays"
    assert faults(place) == []
    assert apply(place, whole(text)) == Applied((), ())


def test_a_dunning_code_that_a_type_no_longer_has_is_taken_off_it(new_place: NewPlace) -> None:
    place = new_place()
    apply(place, whole(changed(("PWS = 14", "PWS = 14, P1 = 3"))))
    done = apply(place, whole(), "én purring mindre")

    assert [(one.subject, one.before, one.after) for one in done.items] == [("dunning routine KOM/P1", "3", "")]
    assert standing(place, ACT) == whole()
    assert faults(place) == []
    assert apply(place, whole()) == Applied((), ())


def test_what_is_not_mentioned_is_removed_when_that_is_asked_for(new_place: NewPlace) -> None:
    place = new_place()
    apply(place, whole())
    text = changed(
        ('IV = { name = "Inkassovarsel" }\n', ""), ('7830 = "Tap på fordringer"\n', ""),
        ('[creditors.1.sub_ledgers]\nKOM = { receivable_account = "1500", workflow = "EGEN" }', ""),
        ('EGEN = { name = "Egeninkasso fra inkassovarsel", starts_after_notice = false }', ""),
    )  # fmt: skip
    done = apply(place, whole(text), "rydding", remove=True)

    assert {(one.subject, one.after) for one in done.items} == {
        ("account 7830", ""), ("dunning code IV", ""), ("workflow EGEN", ""), ("creditor 1", ""),
    }  # fmt: skip
    assert standing(place, ACT) == whole(text)
    assert faults(place) == []
    assert apply(place, whole(text), remove=True) == Applied((), ())
    apply(place, whole())
    assert standing(place, ACT) == whole()
    assert faults(place) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('ledger = "nordvik-ledger"', 'ledger = "other"', "books.other_installation"),
        ('office = "nordvik-office"', 'office = "other"', "office.setup_differs"),
        ('[companies.1]\nname = "Nordvik kommune"', '[companies.1]\nname = "Sørvik kommune"', "books.other_company"),
    ],
)
def test_who_the_two_sides_are_never_changes(new_place: NewPlace, old: str, new: str, code: str) -> None:
    place = new_place()
    apply(place, whole())
    (refusal,) = plan(place, whole(changed((old, new))), ACT).refusals

    assert refusal.code == code
    with pytest.raises(KravbroError, match=code.replace(".", r"\.")):
        apply(place, whole(changed((old, new))))
    assert standing(place, ACT) == whole()


def test_a_company_is_never_removed(new_place: NewPlace) -> None:
    place = new_place()
    apply(place, whole())
    nothing = Setup("nordvik-ledger", "nordvik-office")

    with pytest.raises(Stop, match=r"setup\.company_stays"):
        apply(place, nothing, remove=True)
    assert apply(place, nothing) == Applied((), ())


def test_a_faulty_set_up_makes_nothing(new_place: NewPlace) -> None:
    place = new_place()
    setup = whole(changed(('workflow = "EGEN"', 'workflow = "EGNE"')))

    with pytest.raises(DataFault, match=r"setup\.unknown_name"):
        apply(place, setup)
    assert not place.exists("system")
    with pytest.raises(DataFault, match=r"office\.setup_reason_missing"):
        apply(place, whole(), " ")
    assert not place.exists("system")


def test_names_are_given_where_a_file_has_none(new_place: NewPlace) -> None:
    place = new_place()
    text = TEXT.replace('ledger = "nordvik-ledger"\noffice = "nordvik-office"\n', "")
    apply(place, whole(text))
    there = standing(place, ACT)

    assert (there.ledger[:7], there.office[:7]) == ("ledger-", "office-")
    assert there.own.creditors[1].creditor.ledger_installation == there.ledger
    assert apply(place, whole(text)) == Applied((), ())


def test_a_plan_that_would_change_what_stands_can_be_refused(new_place: NewPlace) -> None:
    place = new_place()
    apply(place, whole())
    more = msgspec.structs.replace(whole(changed(('1920 = "Bank"', '1920 = "Bank"\n1921 = "KLP"'))))
    refuse_changes(plan(place, more, ACT))

    with pytest.raises(DataFault, match=r"office\.setup_differs"):
        refuse_changes(plan(place, whole(changed(('1920 = "Bank"', '1920 = "DNB"'))), ACT))
