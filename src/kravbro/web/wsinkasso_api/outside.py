"""Which errors a caller is told as they are, and what is told in place of the others.

What is wrong with a message, or what the ledger's own rules refuse, is the caller's business. Where the ledger's
databases are, and what an ERP's server said, is the operator's: the caller gets the kind, the code and a reference.
"""

from __future__ import annotations

import secrets

from kravbro.core.errors import DataFault, KravbroError, Retry, Skip, Stop
from kravbro.texts.sentences import explain
from kravbro.web.wsinkasso_api.call_log import tell_of_unexpected, tell_operator

_TOLD = frozenset({
    "books", "conversion", "formats", "identifiers", "mirror", "money", "port", "transition", "voucher",
})  # fmt: skip
_OURS = frozenset({
    "wsinkasso.action_differs", "wsinkasso.busy", "wsinkasso.charset", "wsinkasso.content_encoding",
    "wsinkasso.content_type", "wsinkasso.message_differs", "wsinkasso.no_message_id", "wsinkasso.no_such_company",
    "wsinkasso.no_such_function", "wsinkasso.not_signed_in", "wsinkasso.odd_request", "wsinkasso.too_many_calls",
    "wsinkasso.too_many_sign_ins", "wsinkasso.too_slow",
})  # fmt: skip
"""What the service itself refuses: a ledger behind it may be such a service too, and its address is not told."""
_UNTOLD = frozenset({"books.no_database", "books.no_installation"})


def new_reference() -> str:
    """A reference that no other error has."""
    return secrets.token_hex(6)


def outside(error: Exception, reference: str) -> KravbroError:
    """The error that a caller is told; the operator's log has the rest, under the reference."""
    if not isinstance(error, KravbroError):
        # Nobody knows whether trying again would help: a person must look.
        tell_of_unexpected(error, reference)
        return Stop("wsinkasso.internal", reference=reference)
    if error.code in _OURS or (error.code.partition(".")[0] in _TOLD and error.code not in _UNTOLD):
        return error
    tell_operator(explain(error), error.code, reference)
    match error:
        case Retry():
            return Retry("wsinkasso.ledger_away", cause=error.code, reference=reference)
        case Skip() | DataFault():
            return DataFault("wsinkasso.ledger_refused", cause=error.code, reference=reference)
        case _:
            return Stop("wsinkasso.ledger_stopped", cause=error.code, reference=reference)
