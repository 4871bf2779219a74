"""Turn a code and its facts into a sentence.

The catalogues are gettext `.po` files, one per area and language (`catalogues/<area>.<language>.po`), so that
translators use the tools they know. The message id is the code, the message text a `str.format` template.
English is complete (a test says so); a sentence that another language lacks is answered in English.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from io import BytesIO

from babel.messages.pofile import read_po

from kravbro.core.errors import KravbroError

LANGUAGES = ("nb", "nn", "en")
DEFAULT_LANGUAGE = "en"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All sentences of one language: code -> template. Raises KeyError for a language that is not shipped."""
    if language not in LANGUAGES:
        raise KeyError(language)
    sentences: dict[str, str] = {}
    folder = resources.files("kravbro.texts") / "catalogues"
    for entry in sorted(folder.iterdir(), key=lambda file: file.name):
        if entry.name.endswith(f".{language}.po"):
            for message in read_po(BytesIO(entry.read_bytes()), abort_invalid=True):
                if isinstance(message.id, str) and message.id and message.string:
                    sentences[message.id] = str(message.string)
    return sentences


def sentence(code: str, facts: dict[str, object] | None = None, language: str = DEFAULT_LANGUAGE) -> str:
    """The sentence for `code`, with its facts filled in. Raises KeyError when no catalogue knows the code."""
    template = catalogue(language).get(code) or catalogue(DEFAULT_LANGUAGE)[code]
    return template.format(**(facts or {}))


def explain(error: KravbroError, language: str = DEFAULT_LANGUAGE) -> str:
    """The sentence of an error."""
    return sentence(error.code, error.facts, language)
