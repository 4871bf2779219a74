"""House rules that read any text file, line by line.

Patterns are written so that they do not match this file (`[x]` stands for x).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.tidy.sources import Check, Rule, Source

UNFINISHED = (
    (re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b"), "use an issue, or do it now"),
    (re.compile(r"NotImplementedErro[r]"), "use a Protocol, or write it"),
    (re.compile(r"\bfor no[w]\b", re.IGNORECASE), "use a sentence that stays true"),
    (re.compile(r"\bin a rea[l]\b", re.IGNORECASE), "use the real thing"),
    (re.compile(r"\blorem ipsu[m]\b", re.IGNORECASE), "use words that mean something"),
)
PLACES = (
    (
        re.compile(r"py[p]i\.org|python[h]osted|npm[j]s\.(org|com)|deb\.[d]ebian\.org|debian\.or[g]/debian"),
        "no address",
    ),
    (re.compile(r"^\s*--(?:extra-)?index-ur[l]|^\s*--find-link[s]"), "the reader's own package settings"),
    (re.compile(r"(?<![\w.~-])/(?:wor[k]|far[m]|roo[t]|home/[a-z]\w*|User[s]/\w+)/"), "a relative path"),
    (re.compile(r"\b[A-Z]:\\User[s]\\"), "a relative path"),
)
UNFINISHED_WORDS_ARE_READ_IN = (".py", ".md", ".toml", ".po", ".sh", ".html", ".css", ".js", "Makefile", "run")


def _lines_matching(patterns: tuple[tuple[re.Pattern[str], str], ...], advice: str) -> Check:
    def check(source: Source) -> Iterator[tuple[int, str]]:
        for number, line in enumerate(source.lines, 1):
            for pattern, instead in patterns:
                if match := pattern.search(line):
                    yield number, f"{match[0].strip()!r} is banned, {advice.format(instead=instead)}"

    return check


def _trailing_space(source: Source) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.lines, 1):
        if line != line.rstrip():
            yield number, "space at the end of a line is banned, use none"
    if source.text and not source.text.endswith("\n"):
        yield len(source.lines), "a file without a last newline is banned, use one"


TEXT_RULES = [
    Rule(
        "unfinished",
        lambda path: path.endswith(UNFINISHED_WORDS_ARE_READ_IN),
        _lines_matching(UNFINISHED, "{instead}"),
    ),
    Rule("place", lambda _: True, _lines_matching(PLACES, "use {instead}")),
    Rule("trailing-space", lambda path: path.endswith((".py", ".md", ".toml", ".po", "Makefile")), _trailing_space),
]
