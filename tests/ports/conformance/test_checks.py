"""How a check is made: what it says when a rule is broken or cannot be tried, and that its world is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from kravbro.core.errors import DataFault
from kravbro.ports.conformance import expect
from kravbro.ports.conformance.checks import Ability, Check, Finding, Nonconformity, Outcome, conform, examine, rule_of


class Place:
    """A world with nothing in it."""

    def __init__(self, **lacks: str) -> None:
        self.lacks: Mapping[Ability, str] = {Ability(name): reason for name, reason in lacks.items()}
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def check(act: Callable[[Place], None], *needs: Ability, wants: tuple[Ability, ...] = ()) -> Check[Place]:
    return Check("X01", "a_rule", "A rule.", (), needs, wants, act)


def keeps(_place: Place) -> None:
    """Nothing is wrong."""


def breaks(_place: Place) -> None:
    expect.same(1, 2, "one was counted")


def raises(_place: Place) -> None:
    raise DataFault("port.unknown_offer", offer=7)


def test_a_kept_rule_is_kept_and_the_world_closed() -> None:
    place = Place()

    assert conform(check(keeps), place) == Finding("X01-a_rule", "A rule.", Outcome.KEPT)
    assert place.closed == 1


def test_a_broken_rule_says_the_rule_when_what_was_right_and_what_came() -> None:
    place = Place()
    with pytest.raises(Nonconformity) as broken:
        conform(check(breaks), place)

    assert str(broken.value).splitlines() == [
        "X01 A rule. This is broken.",
        "  When:     one was counted",
        "  Expected: 2",
        "  Came:     1",
    ]
    assert place.closed == 1


def test_an_adapter_that_raises_breaks_the_rule_and_the_line_is_told() -> None:
    place = Place()
    with pytest.raises(Nonconformity) as broken:
        conform(check(raises), place)

    assert isinstance(broken.value.__cause__, DataFault)
    assert broken.value.came == "DataFault: port.unknown_offer {'offer': 7}"
    assert 'raise DataFault("port.unknown_offer", offer=7)' in broken.value.when
    assert place.closed == 1


def test_what_a_world_lacks_is_told_and_not_tried() -> None:
    place = Place(damage="nobody may write there")
    finding = conform(check(breaks, Ability.DAMAGE), place)

    assert (finding.outcome, finding.told) == (Outcome.LACKING, "damage: nobody may write there")
    assert place.closed == 1


def test_what_lacks_without_a_reason_is_refused() -> None:
    with pytest.raises(Nonconformity, match="none for damage"):
        conform(check(keeps), Place(damage=" "))


def test_what_a_check_only_wants_narrows_it_and_is_told() -> None:
    finding = conform(check(keeps, wants=(Ability.REVERSAL, Ability.PAYMENT)), Place(reversal="the program has none"))

    assert (finding.outcome, finding.told) == (Outcome.KEPT, "reversal: the program has none")


def test_a_broken_rule_does_not_keep_the_others_from_being_tried() -> None:
    outcomes = [finding.outcome for finding in examine([check(breaks), check(raises), check(keeps)], Place)]

    assert outcomes == [Outcome.BROKEN, Outcome.BROKEN, Outcome.KEPT]


def test_the_rule_is_the_docstring_in_one_line() -> None:
    def body() -> None:
        """A rule that
        takes two lines.
        """

    assert rule_of(body) == "A rule that takes two lines."


@pytest.mark.parametrize(
    ("came", "expected", "told"),
    [
        ([1, 2], [1, 2, 3], "also [3]"),
        ([1, 2, 9], [1, 2], "wrong: [9]"),
        ([2, 1], [1, 2], "another order"),
        ([1, 1], [1], "another order or number"),
        ({"a": 1}, {"a": 2}, "{'a': 2}"),
    ],
)
def test_a_difference_of_rows_names_the_rows(came: object, expected: object, told: str) -> None:
    with pytest.raises(Nonconformity) as broken:
        expect.same(came, expected, "rows were read")

    assert told in str(broken.value)


def test_a_long_value_is_cut() -> None:
    assert expect.shown("x" * 2000).endswith("... (2002 characters)")


def test_refusing_is_raising_the_kind_that_was_asked_for() -> None:
    def fault(code: str) -> None:
        raise DataFault(code)

    expect.refused("a fault was due", DataFault, fault, "port.unknown_offer")
    with pytest.raises(Nonconformity, match="the answer 3"):
        expect.refused("a fault was due", DataFault, len, "abc")
    with pytest.raises(Nonconformity, match="ValueError"):
        expect.refused("a fault was due", DataFault, int, "abc")
