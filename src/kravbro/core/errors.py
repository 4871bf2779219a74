"""Errors, grouped by what the caller must do.

An error carries a code and facts, never a sentence; `kravbro.texts` turns both into a sentence for people that
names the thing, the cause and the next command. The grouping follows the Singer SDK's idea of telling the runner
what to do, so that whoever runs an adapter needs no list of exception classes.
"""

from __future__ import annotations


class KravbroError(Exception):
    """Base of every error that Kravbro raises on purpose.

    `code` names the sentence (`area.what_is_wrong`); `facts` are its parameters and must never hold a secret or a
    whole identity number.
    """

    def __init__(self, code: str, /, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code, facts)

    def __str__(self) -> str:
        return f"{self.code} {self.facts}" if self.facts else self.code


class Retry(KravbroError):  # noqa: N818 - the name says what the caller must do
    """The same call may succeed later (network, lock, server away). Nothing was changed."""


class Skip(KravbroError):  # noqa: N818
    """This item cannot be taken; go on with the others. Nothing was changed for it."""


class Stop(KravbroError):  # noqa: N818
    """Stop the whole job and ask a person: going on could do harm. Nothing was changed."""


class DataFault(KravbroError):  # noqa: N818
    """The data contradict themselves or their format. The whole input is refused; nothing of it is kept."""
