"""`kravbro reconcile`: every claim on both sides, movement by movement."""

from __future__ import annotations

from cyclopts import App
from msgspec import structs

from kravbro.bridge.reconcile import Reconciliation, Reported, WithoutLedger, reconcile
from kravbro.cli import output
from kravbro.cli.failure import DONE, REFUSED
from kravbro.cli.options import DEFAULT_PLACE, At, OnDate, site_at
from kravbro.core.money import format_kroner
from kravbro.core.movements import Because
from kravbro.texts.sentences import sentence

app = App(name="reconcile", help="Compare every claim on both sides.", help_format="plaintext")


@app.default
def all_claims(*, place: At = DEFAULT_PLACE, on: OnDate = None, json: output.AsJson = False) -> int:
    """Compare openings and movements of every claim on both sides, and each side with itself. Changes nothing.

    Exit code 1 if there is any difference.
    """
    with output.progress(output.words("reconcile.running"), None, as_json=json) as advance:
        seen = [0]

        def on_claims(claims: int) -> None:
            advance(claims - seen[0])
            seen[0] = claims

        result = reconcile(site_at(place, on).join(), on_claims)
    if json:
        output.print_json(
            {
                "claims": result.claims,
                "in_transit_ore": result.in_transit_ore,
                "differences": [_as_data(one) for one in result.differences],
                "accepted": result.accepted,
                "without_ledger": result.without_ledger,
            }
        )
    else:
        _print(result)
    return REFUSED if result.differences else DONE


def _print(result: Reconciliation) -> None:
    if result.differences:
        headings = ("claim", "kind", "thing", "ledger", "collector")
        output.print_table(
            output.words("reconcile.differences", count=len(result.differences)),
            [output.words(f"reconcile.{heading}") for heading in headings],
            [
                (one.claim, one.kind, one.thing, _kroner(one.ledger_ore), _kroner(one.collector_ore))
                for one in result.differences
            ],
            right=(3, 4),
        )
        for told in dict.fromkeys(_explained(one.because) for one in result.differences if one.because):
            output.print_line(told)
    if result.accepted:
        output.print_table(
            output.words("reconcile.accepted", count=len(result.accepted)),
            [output.words(f"reconcile.{heading}") for heading in ("claim", "thing", "difference")],
            [(one.claim, one.thing, format_kroner(one.difference_ore)) for one in result.accepted],
            right=(2,),
        )
    output.print_line(
        output.words(
            "reconcile.result",
            claims=result.claims,
            agreed=result.agreed,
            in_transit=format_kroner(result.in_transit_ore),
            differences=len(result.differences),
        )
    )
    _print_without_ledger(result.without_ledger)


def _print_without_ledger(found: tuple[WithoutLedger, ...]) -> None:
    """What the ledger has nothing to compare with, named as what it is."""
    if not found:
        return
    output.print_table(
        output.words("reconcile.without_ledger", count=len(found)),
        [
            output.words(f"reconcile.{heading}")
            for heading in ("company", "case", "invoice", "state", "principal", "left")
        ],
        [
            (
                str(company),
                claim.case_number,
                claim.invoice_no,
                claim.state,
                format_kroner(claim.principal_ore),
                format_kroner(claim.left_ore),
            )
            for company, claim in ((one.company, one.claim) for one in found)
        ],
        right=(0, 4, 5),
    )


def _as_data(one: Reported) -> dict[str, object]:
    """What `--json` prints of a difference; what a person can do about it in the user's language."""
    because = one.because and structs.asdict(one.because) | {"text": _explained(one.because)}
    return structs.asdict(one) | {"because": because}


def _explained(because: Because) -> str:
    return sentence(because.code, dict(because.facts), output.language())


def _kroner(amount_ore: int | None) -> str:
    return "\u2013" if amount_ore is None else format_kroner(amount_ore)
