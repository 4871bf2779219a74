"""What the house rules read: every text file of the repository, and what its Python says.

A line may be exempted from one rule by a comment on that line, `# tidy: RULE - REASON`. The reason is for the next
reader; an exemption that nothing needs any more is itself a finding.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

EXEMPTION = re.compile(r"# tidy: (?P<rule>[a-z-]+) - (?P<reason>\S.{9,})")
EXEMPTION_ATTEMPT = re.compile(r"#\s*tidy:")


@dataclass(frozen=True)
class Source:
    """One text file, by its path from the root of the repository."""

    path: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def comments(self) -> dict[int, str]:
        """Each line's comment, if it has one."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}

    @property
    def is_python(self) -> bool:
        return self.path.endswith(".py")

    @cached_property
    def imported_names(self) -> dict[str, str]:
        """What each imported name stands for: `{"sa": "sqlalchemy", "now": "datetime.now"}`."""
        names: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    names[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return names

    def dotted(self, node: ast.AST) -> str:
        """The full dotted name that an expression stands for, or an empty string."""
        if isinstance(node, ast.Name):
            return self.imported_names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""


@dataclass(frozen=True)
class Finding:
    """One breach of one rule."""

    rule: str
    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


Check = Callable[[Source], Iterator[tuple[int, str]]]
"""Yields the line and what is wrong with it: `X is banned, use Y`."""


@dataclass(frozen=True)
class Rule:
    """A house rule: its name (used in exemptions), the files that it reads, and its check."""

    name: str
    reads: Callable[[str], bool]
    check: Check

    def findings(self, source: Source) -> list[Finding]:
        """What this rule finds in one file, less what is exempted there."""
        if not self.reads(source.path):
            return []
        exempt = exempted_lines(source, self.name)
        return [
            Finding(self.name, source.path, line, message) for line, message in self.check(source) if line not in exempt
        ]


def exempted_lines(source: Source, rule: str) -> set[int]:
    """The lines of a file that are exempted from a rule, with a reason."""
    if not source.is_python:
        return set()
    matches = ((number, EXEMPTION.search(comment)) for number, comment in source.comments.items())
    return {number for number, match in matches if match and match["rule"] == rule}


def bad_exemptions(source: Source, rules: list[Rule]) -> list[Finding]:
    """Exemptions without a known rule or a reason, and exemptions that exempt nothing."""
    by_name = {rule.name: rule for rule in rules}
    found = []
    for number, comment in source.comments.items():
        if not EXEMPTION_ATTEMPT.match(comment):
            continue
        match = EXEMPTION.search(comment)
        if match is None or match["rule"] not in by_name:
            message = "an exemption without rule and reason is banned, use `# tidy: RULE - REASON`"
        elif number not in {at for at, _ in by_name[match["rule"]].check(source)}:
            message = f"an exemption that nothing needs is banned, take `{match['rule']}` off this line"
        else:
            continue
        found.append(Finding("exemption", source.path, number, message))
    return found


@cache
def repository() -> tuple[Source, ...]:
    """Every text file that is tracked, or would be by the next commit."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return tuple(
        Source(path, text)
        for path in sorted(listing.split("\0"))
        if path and (ROOT / path).is_file() and (text := _text(ROOT / path)) is not None
    )


def _text(file: Path) -> str | None:
    """The file's text, or None for a file that holds bytes rather than UTF-8."""
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None


def program_sources() -> list[Source]:
    """The Python modules of the package itself."""
    return [source for source in repository() if source.is_python and source.path.startswith("src/")]
