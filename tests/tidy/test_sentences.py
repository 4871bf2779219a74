"""Every code has its sentence, every sentence its code, and what a sentence shows is among the error's facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from kravbro.texts.sentences import LANGUAGES
from tests.tidy.codes import CODE, RaiseSite, enum_codes, scan, scan_sources, strings
from tests.tidy.sources import ROOT, Source, program_sources

CATALOGUES = ROOT / "src/kravbro/texts/catalogues"
SPOKEN_BY_OTHERS: dict[str, str] = {}
"""Sentences whose code no module writes out, each with the reason."""

REASON_FACTS = frozenset({"detail"})
"""What the sentence of a reason may show (`core.claims.Reason`)."""


def messages(language: str) -> Iterator[tuple[str, Message]]:
    """Every message of one language, with the name of its catalogue."""
    for file in sorted(CATALOGUES.glob(f"*.{language}.po")):
        for message in read_po(BytesIO(file.read_bytes()), abort_invalid=True):
            if message.id:
                yield file.name, message


def sentences(language: str) -> dict[str, str]:
    return {str(message.id): str(message.string) for _, message in messages(language) if message.string}


def shown(template: str) -> set[str]:
    """The facts that a template shows."""
    fields = (field for _, field, _, _ in Formatter().parse(template) if field is not None)
    return {field.partition(".")[0].partition("[")[0] for field in fields}


def lacking(sites: tuple[RaiseSite, ...], templates: dict[str, str]) -> list[str]:
    return [
        f"{site.path}:{site.line}: {site.code} does not give {sorted(missing)}, which its sentence shows"
        for site in sites
        if not site.open and (missing := shown(templates.get(site.code, "")) - site.facts)
    ]


def test_every_code_can_be_read_where_the_error_is_made() -> None:
    _, unreadable = scan()

    assert not unreadable, "\n".join(map(str, unreadable))


def test_every_raised_code_has_an_english_sentence() -> None:
    sites, _ = scan()
    english = sentences("en")
    missing = [f"{site.path}:{site.line}: {site.code} has no sentence" for site in sites if site.code not in english]

    assert sites
    assert not missing, "\n".join(["", *missing])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_shown_to_people_has_a_sentence(language: str) -> None:
    known = sentences(language)
    reasons = enum_codes(program_sources())
    missing = [f"{path}: {code} has no sentence in {language}" for code, path in reasons.items() if code not in known]

    assert any(code.startswith("gate.") for code in reasons)
    assert not missing, "\n".join(["", *missing])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_shows_only_facts_that_its_error_gives(language: str) -> None:
    sites, _ = scan()
    known = sentences(language)
    raised = {site.code for site in sites}
    faults = lacking(sites, known)
    for code in enum_codes(program_sources()).keys() - raised:
        if unknown := shown(known.get(code, "")) - REASON_FACTS:
            faults.append(f"{code} in {language} shows {sorted(unknown)}; a reason gives {sorted(REASON_FACTS)} only")

    assert not faults, "\n".join(["", *faults])


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_a_translation_shows_no_more_than_the_english_sentence(language: str) -> None:
    english = sentences("en")
    faults = [
        f"{code}: {sorted(shown(template) - shown(english.get(code, '')))}"
        for code, template in sentences(language).items()
        if shown(template) - shown(english.get(code, ""))
    ]

    assert not faults, "\n".join(["", *faults])


def test_every_sentence_is_spoken() -> None:
    whole, beginnings = strings(program_sources())
    silent = {
        code
        for code in sentences("en")
        if code not in whole and not code.startswith(tuple(beginnings)) and code not in SPOKEN_BY_OTHERS
    }

    assert not silent, f"no module says {sorted(silent)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_stands_once_and_looks_like_a_code(language: str) -> None:
    found = list(messages(language))
    twice = [code for code, times in Counter(str(message.id) for _, message in found).items() if times > 1]
    misshapen = [str(message.id) for _, message in found if not CODE.fullmatch(str(message.id))]
    unsure = [f"{name}: {message.id}" for name, message in found if message.fuzzy or not message.string]

    assert (twice, misshapen, unsure) == ([], [], [])


def test_the_scan_reads_literals_constants_enums_choices_and_factories() -> None:
    program = Source(
        "src/kravbro/sample.py",
        """
class Code(StrEnum):
    A = "area.of_enum"
B = "area.of_constant"
def fault(line: int, code: str, **facts: object) -> DataFault:
    return DataFault(code, line=line, **facts)
def f(x: str) -> None:
    raise Stop("area.of_literal", name=x)
    raise Retry(Code.A)
    raise Skip(B, **x)
    raise errors.Skip("area.one" if x else "area.other")
    raise fault(3, "area.of_factory", element=x)
    raise grid.of_field("date", 7)
    raise Stop(known.code, **known.facts)
    raise Stop("area." + x)
class Grid:
    def of_record(self, what: str, row: int, *, found: str) -> DataFault:
        code = f"area.{what}"
        return DataFault(code, line=row, found=found)
    def of_field(self, what: str, row: int) -> DataFault:
        return self.of_record(what, row, found="")
""",
    )
    sites, unreadable = scan_sources([program])

    assert {(site.code, site.kind, tuple(sorted(site.facts)), site.open) for site in sites} == {
        ("area.of_literal", "Stop", ("name",), False),
        ("area.of_enum", "Retry", (), False),
        ("area.of_constant", "Skip", (), True),
        ("area.one", "Skip", (), False),
        ("area.other", "Skip", (), False),
        ("area.of_factory", "DataFault", ("element", "line"), False),
        ("area.date", "DataFault", ("found", "line"), False),
    }
    assert [fault.line for fault in unreadable] == [15]


def test_the_scan_keeps_functions_of_one_name_in_two_files_apart() -> None:
    factory = "def _fault(code: str) -> {0}:\n    return {0}(code)\nraise _fault('area.{1}')"
    programs = [
        Source("src/kravbro/a/one.py", factory.format("Stop", "one")),
        Source("src/kravbro/b/two.py", factory.format("Skip", "two")),
        Source("src/kravbro/b/three.py", "raise _fault('area.three')"),
        Source("src/kravbro/c/four.py", "from kravbro.a.one import _fault\nraise _fault('area.four')"),
    ]
    sites, unreadable = scan_sources(programs)

    kinds = {site.code: site.kind for site in sites}
    assert kinds == {"area.one": "Stop", "area.two": "Skip", "area.three": "Skip", "area.four": "Stop"}
    assert not unreadable


def test_a_fact_that_the_error_does_not_give_is_caught() -> None:
    sites, _ = scan_sources([Source("src/kravbro/sample.py", 'raise Stop("area.wrong", name=1)')])

    assert lacking(sites, {"area.wrong": "{name} and {place.street}"}) == [
        "src/kravbro/sample.py:1: area.wrong does not give ['place'], which its sentence shows"
    ]
    assert not lacking(sites, {"area.wrong": "{name}, {{not a fact}}"})
