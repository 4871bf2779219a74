"""What Tryton's people see of the collector: a block on the dunning, and notes beside it.

A blocked dunning goes to no further level and leaves the queue. Each note ends in a line that a program can find again,
so that the same is never noted twice. Taking the block off is how a person speaks: a claim that the collector has is
wanted back, any other is offered anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from kravbro.core.claims import GIVEN_BACK, Outcome, Reason, Status
from kravbro.ledgers.tryton import queries
from kravbro.ledgers.tryton.mapping import references
from kravbro.ledgers.tryton.wire import Client, Row
from kravbro.mirror.source import Mark
from kravbro.texts.sentences import DEFAULT_LANGUAGE, catalogue, sentence

_SAID = {
    Outcome.ACCEPTED: "tryton.note.accepted",
    Outcome.REFUSED: "tryton.note.refused",
    Outcome.WITHDRAWN: "tryton.note.given_back",
    Outcome.RETURNED: "tryton.note.given_back",
}


def mark(client: Client, company: int, marks: Sequence[Mark]) -> None:
    """Block the dunnings and note the answers; what is noted already stays as people have left it.

    A refusal that comes behind an acceptance is noted, and blocks nothing: a block that is off then is a person's wish.
    """
    said = {one.entry: (_token(one), _of_mark(one, client.address.language)) for one in marks}
    late = {one.entry for one in marks if one.outcome is Outcome.REFUSED}
    new, notes = _unsaid(client, company, said)
    blocked = [
        row["id"]
        for row in new
        if not row["blocked"] and not (row["line"] in late and _is_at_the_collector(notes[row["id"]]))
    ]
    for page in queries.pages(blocked):
        client.call("model.account.dunning.write", page, {"blocked": True}, company=company)
    _say(client, company, new, said)


def show(client: Client, company: int, statuses: Sequence[Status]) -> None:
    """Note how the cases stand: one note for each version that is shown."""
    language = client.address.language
    said = {}
    for one in statuses:
        facts: dict[str, object] = {"case_number": one.case_number, "on": one.on.isoformat()}
        words = sentence(f"tryton.status.{one.state.value}", facts, language)
        said[one.entry] = (f"[kravbro {one.case_number} v{one.version}]", words)
    _say(client, company, _unsaid(client, company, said)[0], said)


def wanted_back(client: Client, company: int, entries: Collection[int]) -> dict[int, str]:
    """Claims that the collector has and whose block was taken off: who did it, in words."""
    free = [row for row in queries.dunnings_of(client, company, entries) if not row["blocked"]]
    notes = _notes(client, company, [row["id"] for row in free])
    wanted = {}
    for row in free:
        if _is_at_the_collector(notes[row["id"]]):
            who = (row["write_uid."] or {}).get("rec_name") or ""
            wanted[row["line"]] = sentence("tryton.wanted_back", {"who": who}, client.address.language)
    return wanted


def _token(one: Mark) -> str:
    return f"[kravbro {one.offer} {one.outcome.value}]"


def _is_at_the_collector(messages: Sequence[str]) -> bool:
    """Whether these notes tell of an offer that was accepted and not given back, in whatever order they were written.

    Answers may come late, and people delete notes: the last note need not be the last answer.
    """
    answers = {answer for message in messages if (answer := _answered(message))}
    given_back = {offer for offer, outcome in answers if outcome in GIVEN_BACK}
    return any(outcome is Outcome.ACCEPTED and offer not in given_back for offer, outcome in answers)


def _answered(message: str) -> tuple[str, Outcome] | None:
    """The offer and the outcome that a note tells of; none of what people say of an earlier collector."""
    last = _last_line(message)
    words = last.removeprefix("[kravbro ").removesuffix("]").split()
    if last.startswith("[kravbro ") and len(words) == 2 and words[0].isdecimal() and words[1] in list(Outcome):
        return words[0], Outcome(words[1])
    return None


def _of_mark(one: Mark, language: str) -> str:
    facts: dict[str, object] = {"case_number": one.case_number, "on": one.on.isoformat()}
    if one.offer < 0:
        return sentence(_of_handed_over(one), facts, language)
    words = [sentence(_SAID[one.outcome], facts, language)]
    if one.outcome is Outcome.REFUSED or one.outcome in GIVEN_BACK:
        words += [_of_reason(reason, language) for reason in one.reasons]
    return "\n".join(words)


def _of_handed_over(one: Mark) -> str:
    """What to say of an item that was handed over before Kravbro came, or was not after all."""
    if one.outcome is not Outcome.ACCEPTED:
        return "tryton.note.not_handed_over"
    return "tryton.note.handed_over_case" if one.case_number else "tryton.note.handed_over"


def _of_reason(reason: Reason, language: str) -> str:
    """The sentence of a reason; a collector may give one that has no sentence here, and then its code is shown."""
    if reason.code not in catalogue(DEFAULT_LANGUAGE):
        return f"- {reason.code} {reason.detail}".rstrip()
    return f"- {sentence(reason.code, {'detail': reason.detail}, language)}"


Said = Mapping[int, tuple[str, str]]
"""By entry: the line that a program finds a note by, and the words above it."""


def _unsaid(client: Client, company: int, said: Said) -> tuple[list[Row], dict[int, list[str]]]:
    """The dunnings of those entries of which this is not noted yet, and what is noted on each."""
    rows = queries.dunnings_of(client, company, said)
    notes = _notes(client, company, [row["id"] for row in rows])
    return [row for row in rows if said[row["line"]][0] not in map(_last_line, notes[row["id"]])], notes


def _say(client: Client, company: int, dunnings: Sequence[Row], said: Said) -> None:
    """Write the notes; of two programs that noted the same at once, the note that was first stays."""
    values = [
        {"resource": f"account.dunning,{row['id']}", "message": f"{words}\n{token}"}
        for row in dunnings
        for token, words in (said[row["line"]],)
    ]
    for start in range(0, len(values), queries.PAGE):
        client.call("model.ir.note.create", values[start : start + queries.PAGE], company=company)
    if not values:
        return
    tokens = {token for token, _ in said.values()}
    doubled: list[int] = []
    for page in queries.pages([row["id"] for row in dunnings]):
        seen: set[tuple[str, str]] = set()
        for note in _note_rows(client, company, page):
            known = (note["resource"], _last_line(note["message"]))
            if known in seen and known[1] in tokens:
                doubled.append(note["id"])
            seen.add(known)
    if doubled:
        client.call("model.ir.note.delete", doubled, company=company)


def _last_line(message: str | None) -> str:
    return (message or "").rstrip().rpartition("\n")[2]


def _notes(client: Client, company: int, dunnings: Collection[int]) -> dict[int, list[str]]:
    """The messages noted on dunnings, the oldest first."""
    found: dict[int, list[str]] = defaultdict(list)
    for page in queries.pages(dunnings):
        for row in _note_rows(client, company, page):
            found[references(row["resource"], "account.dunning")].append(row["message"] or "")
    return found


def _note_rows(client: Client, company: int, dunnings: Sequence[int]) -> list[Row]:
    domain = [["resource", "in", [f"account.dunning,{one}" for one in dunnings]]]
    return client.rows("ir.note", domain, ["resource", "message"], company=company)
