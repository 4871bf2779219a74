"""Every catalogue says the same in every language: the same codes in the same order, with the same facts shown."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from kravbro.texts.sentences import LANGUAGES
from tests.tidy.sources import ROOT

CATALOGUES = ROOT / "src/kravbro/texts/catalogues"
AREAS = sorted({file.name.partition(".")[0] for file in CATALOGUES.glob("*.po")})


def read(file: Path) -> dict[str, str]:
    """Code -> template, in the order of the file; nothing if there is no such file."""
    if not file.exists():
        return {}
    messages = read_po(BytesIO(file.read_bytes()), abort_invalid=True)
    return {str(message.id): str(message.string) for message in messages if message.id}


def shown(template: str) -> list[str]:
    """The facts that a template shows, each once, with the form it shows them in."""
    parts = Formatter().parse(template)
    return sorted({f"{field}:{form}" if form else field for _, field, form, _ in parts if field is not None})


def faults(english: dict[str, str], other: dict[str, str]) -> list[str]:
    """What the other language lacks, has too much, orders otherwise, or shows otherwise."""
    found = [f"{code} is missing" for code in english if code not in other]
    found += [f"{code} is not in English" for code in other if code not in english]
    if not found and list(english) != list(other):
        found.append("the order is not that of English")
    shared = [code for code in english if code in other]
    return found + [
        f"{code} shows {shown(other[code])}, English {shown(english[code])}"
        for code in shared
        if shown(other[code]) != shown(english[code])
    ]


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
@pytest.mark.parametrize("area", AREAS)
def test_a_translation_has_the_codes_and_the_facts_of_the_english_catalogue(area: str, language: str) -> None:
    english = read(CATALOGUES / f"{area}.en.po")

    assert english
    assert not faults(english, read(CATALOGUES / f"{area}.{language}.po"))


def twice(texts: list[str]) -> list[str]:
    """Codes that stand more than once in the catalogues of a language: the last would speak for all of them."""
    ids = [line for text in texts for line in text.splitlines() if line.startswith("msgid ") and line != 'msgid ""']
    return sorted(one for one, count in Counter(ids).items() if count > 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_stands_in_one_place(language: str) -> None:
    assert twice([file.read_text(encoding="utf-8") for file in sorted(CATALOGUES.glob(f"*.{language}.po"))]) == []
    assert twice(['msgid "a"\nmsgstr "x"\n', 'msgid ""\nmsgid "a"\n']) == ['msgid "a"']


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_shouts(language: str) -> None:
    loud = [
        f"{file.name}: {code}"
        for file in sorted(CATALOGUES.glob(f"*.{language}.po"))
        for code, template in read(file).items()
        if "!" in template or "vellyk" in template.lower()
    ]

    assert not loud


def test_a_catalogue_names_its_language() -> None:
    wrong = [
        file.name
        for file in sorted(CATALOGUES.glob("*.po"))
        if f'"Language: {file.name.split(".")[1]}\\n"' not in file.read_text(encoding="utf-8")
    ]

    assert not wrong


def test_a_translation_that_differs_is_caught() -> None:
    english = {"area.one": "{name} is {state}.", "area.two": "Done."}

    assert not faults(english, {"area.one": "{state} er {name}.", "area.two": "Ferdig."})
    assert faults(english, {"area.one": "{name} er {state}."}) == ["area.two is missing"]
    assert faults(english, {**english, "area.three": "Mer."}) == ["area.three is not in English"]
    assert faults(english, {"area.two": "Ferdig.", "area.one": "{name} er {state}."}) == [
        "the order is not that of English"
    ]
    assert faults(english, {"area.one": "{name} er {name}.", "area.two": "Ferdig."}) == [
        "area.one shows ['name'], English ['name', 'state']"
    ]
