"""What a conformance check is: one rule of a port, and something done to an adapter that shows whether it is kept."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

import msgspec


class Ability(StrEnum):
    """What the system behind an adapter may be unable to do, or a world unable to make it do.

    A world declares what it lacks, with the reason; a check that needs it is then reported as lacking, never left out
    in silence. The first six bear the names of `core.claims.TransactionKind`.
    """

    PAYMENT = "payment"
    CREDIT_NOTE = "credit_note"
    CORRECTION = "correction"
    REVERSAL = "reversal"
    WRITE_OFF_BOOKS_ONLY = "write_off_books_only"
    WRITE_OFF_CLAIM_ENDED = "write_off_claim_ended"
    LATE_POSTING = "late_posting"
    RENAMING = "renaming"
    SECOND_COMPANY = "second_company"
    DRAFTED_VOUCHERS = "drafted_vouchers"
    WITHDRAWING = "withdrawing"
    REFUSING = "refusing"
    WAITING = "waiting"
    DAMAGE = "damage"
    CONVERSION = "conversion"
    WITHOUT_LEDGER = "without_ledger"


class World(Protocol):
    """What every world has: what it lacks (ability to reason), and an end."""

    @property
    def lacks(self) -> Mapping[Ability, str]:
        """The abilities that are missing here, each with the reason. An empty reason is no reason."""
        ...

    def close(self) -> None:
        """Give back what the world holds open."""
        ...


WorldT = TypeVar("WorldT", bound=World)


class Nonconformity(AssertionError):  # noqa: N818 - it says that a rule is broken, not that the check went wrong
    """A rule of the port is broken: when it happened, what the rule asks for, and what came."""

    def __init__(self, when: str, expected: str, came: str, rule: str = "") -> None:
        super().__init__(when, expected, came, rule)
        self.when = when
        self.expected = expected
        self.came = came
        self.rule = rule

    def __str__(self) -> str:
        return f"{self.rule}\n  When:     {self.when}\n  Expected: {self.expected}\n  Came:     {self.came}"


class Outcome(StrEnum):
    """How a check ended."""

    KEPT = "kept"
    BROKEN = "broken"
    LACKING = "lacking"


class Finding(msgspec.Struct, frozen=True):
    """The outcome of one check: with the reason if something was lacking, with the story if the rule is broken."""

    check: str
    rule: str
    outcome: Outcome
    told: str = ""


class Check(msgspec.Struct, Generic[WorldT], frozen=True):
    """One rule: its number and name, the sentence, and the port's methods that it tries.

    It cannot be made without the abilities that it needs; without one that it wants it is made, and tries less.
    """

    number: str
    name: str
    rule: str
    methods: tuple[str, ...]
    needs: tuple[Ability, ...]
    wants: tuple[Ability, ...]
    act: Callable[[WorldT], None]

    def __str__(self) -> str:
        return f"{self.number}-{self.name}"


def _refuse_bare_lacks(world: World) -> None:
    """Raise Nonconformity if something is declared as lacking without a reason: that is a silent skip."""
    bare = [ability.value for ability, reason in world.lacks.items() if not reason.strip()]
    if bare:
        raise Nonconformity("the world was asked what it lacks", "a reason for each", f"none for {', '.join(bare)}")


def _reasons(abilities: Iterable[Ability], world: World) -> str:
    return "; ".join(f"{ability.value}: {world.lacks[ability]}" for ability in abilities if ability in world.lacks)


def rule_of(body: Callable[..., None]) -> str:
    """The rule that a check's function is made for: its docstring, in one line."""
    return " ".join((body.__doc__ or "").split())


def conform(check: Check[WorldT], world: WorldT) -> Finding:
    """Make one check in a world, and close the world.

    Answers a finding that is kept or lacking. Raises Nonconformity if the rule is broken: also when the adapter raised
    what nobody asked for.
    """
    title = f"{check.number} {check.rule}"
    try:
        _refuse_bare_lacks(world)
        if lacking := _reasons(check.needs, world):
            return Finding(str(check), check.rule, Outcome.LACKING, lacking)
        without = _reasons(check.wants, world)
        check.act(world)
    except Nonconformity as broken:
        raise Nonconformity(broken.when, broken.expected, broken.came, f"{title} This is broken.") from None
    except Exception as error:
        came = f"{type(error).__name__}: {error}"
        raise Nonconformity(_asked(error), "no exception", came, f"{title} This is broken.") from error
    finally:
        world.close()
    return Finding(str(check), check.rule, Outcome.KEPT, without)


def _asked(error: Exception) -> str:
    """What the check was doing when an adapter raised: its line, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    asking = [frame for frame in frames if "conformance" in frame.filename and "broken" not in frame.filename][-1]
    last = frames[-1]
    return f"{asking.name}, line {asking.lineno}: {asking.line} (raised in {last.filename}, line {last.lineno})"


def examine(checks: Iterable[Check[WorldT]], new_world: Callable[[], WorldT]) -> Iterator[Finding]:
    """Make every check, each in a world of its own; a broken rule does not keep the others from being tried."""
    for check in checks:
        try:
            yield conform(check, new_world())
        except Nonconformity as broken:
            yield Finding(str(check), check.rule, Outcome.BROKEN, str(broken))
