"""The program `kravbro`: finds the noun, runs the verb, answers with an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import App, Parameter

from kravbro import __version__
from kravbro.bootstrap.process import prepare_process
from kravbro.cli import failure

app = App(
    name="kravbro",
    help="Carry overdue claims from a ledger to the system that collects them, and everything that follows back.",
    help_format="plaintext",
    version=__version__,
    exit_on_error=False,
    print_error=False,
    result_action="return_value",
)
app.command("kravbro.cli.demo:app", name="demo", help="The whole main job on a made-up installation.")
app.command("kravbro.cli.proposals:app", name="proposals", help="Dunning proposals in the embedded ledger.")
app.command("kravbro.cli.vouchers:app", name="vouchers", help="The voucher journal of the embedded ledger.")
app.command("kravbro.cli.claims:app", name="claims", help="Claims that are ready for collection, and their transfer.")
app.command("kravbro.cli.cases:app", name="cases", help="Cases, what they consist of, and what is owed on them.")
app.command("kravbro.cli.transactions:app", name="transactions", help="Payments and corrections from the ledger.")
app.command("kravbro.cli.postings:app", name="postings", help="What is to be booked in the ledger.")
app.command("kravbro.cli.reconcile:app", name="reconcile", help="Compare every claim on both sides.")
app.command("kravbro.cli.streams:app", name="streams", help="The streams between ledger and collector.")
app.command("kravbro.cli.db:app", name="db", help="The databases of an installation.")
app.command("kravbro.cli.kid:app", name="kid", help="Make and check payment references (KID).")
app.command("kravbro.cli.payments:app", name="payments", help="The bank's payment files: inspect and import.")


@app.meta.default
def _launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    traceback: Annotated[
        bool, Parameter(negative="", help="Show where in the program an unexpected error arose.")
    ] = False,
) -> int:
    """Run one command under the one place that handles failure."""
    return failure.guarded(lambda: app(tokens), traceback=traceback)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and answer its exit code: 0 done, 1 refused or differences found, 2 bad input, usage or law.

    `arguments` are those of the process unless given.
    """
    prepare_process()
    return failure.guarded(lambda: app.meta(sys.argv[1:] if arguments is None else list(arguments)))
