"""How sure a row of law is, in the reader's language.

Rows say it in English, in parts with a semicolon between them: "two sources; first day not read". What shipped rows
say is a closed set, which the catalogues `statute_confidence` hold: the code of a part is its own words. What somebody
else wrote is shown as it was written.
"""

from __future__ import annotations

import re

from kravbro.texts.sentences import catalogue

_BETWEEN = "; "


def code_of(part: str) -> str:
    """The code of one part: `statute.confidence.first_day_not_read`."""
    words = re.sub(r"[^a-z0-9]+", "_", part.lower()).strip("_")
    return f"statute.confidence.{words}"


def confidence_told(confidence: str, language: str) -> str:
    """Each part in that language, where it is known. Raises KeyError for a language that is not shipped."""
    sentences = catalogue(language)
    return _BETWEEN.join(sentences.get(code_of(part), part) for part in confidence.split(_BETWEEN))
