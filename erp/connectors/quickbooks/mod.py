"""The conversation of a Mod: always read first, write with the fresh EditSequence, compare what came back.

The read is also the look: our marker there, in the memo, the notes or on a line, means that an earlier try arrived. EditSequence
fences the write, because QuickBooks refuses a stale one, so a Mod that was handed out twice takes effect once.
"""

from dataclasses import replace
from typing import Any

from erp.connector import Again, Burned, Failed, Later, Next, Outcome, Person, Synced, Work
from erp.connectors.quickbooks.errors import EMPTY, REFUSED, STALE, human, is_later
from erp.connectors.quickbooks.mapping import MAPPINGS
from erp.connectors.quickbooks.mapping.change import Change
from erp.connectors.quickbooks.mapping.changes import CHANGES
from erp.connectors.quickbooks.mapping.mapping import Mapping
from erp.connectors.quickbooks.mapping.there import candidates, identity, markers_on
from erp.connectors.quickbooks.marked import line_markers
from erp.connectors.quickbooks.qbxml import Response, value
from erp.connectors.quickbooks.step import LATE, ask, compared, heard, write, written

SETTLE = 2
"""Seconds that a bookkeeper's last save must be old: EditSequence counts whole seconds."""
CHANGED = "Somebody changed it in QuickBooks meanwhile; it is read anew."


def step(work: Work, answer: str | None) -> Outcome:
    """The next question of a change (`answer` None), or what an answer means. Pure."""
    mapping, change = MAPPINGS[work.kind], CHANGES[work.kind]
    if answer is None:
        return _question(work, mapping, change)
    response = heard(work, answer)
    if not isinstance(response, Response):
        return response
    if "Query" in response.tag:
        return _read(work, mapping, change, response)
    if response.code == STALE:
        return Later(SETTLE, CHANGED)
    out = written(work, mapping, response)
    if isinstance(out, Later):
        return replace(out, memo={"seen": work.memo.get("sequence", "")})
    return _told(work, change, out, response)


def _question(work: Work, mapping: Mapping, change: Change) -> Outcome:
    if work.sent and work.memo.get("again"):
        return Again()
    if work.sent or "words" not in work.memo:
        return ask(work, change.read(work))
    if blocked := mapping.blocked(work):
        return blocked
    return write(work, mapping, change.message, change.write(work))


def _read(work: Work, mapping: Mapping, change: Change, response: Response) -> Outcome:
    if response.code not in EMPTY and response.severity == "Error":
        return _not_shown(work, response)
    found = next(response.objects(), None)
    if found is None:
        return Failed("gone", f"{work.refs.get('name') or 'It'} is not in QuickBooks any more.")
    if arrived(work, found):
        return _told(work, change, compared(work, mapping, found), response)
    if identity(found) not in work.seen and markers_on(found, work.old):
        return Person(LATE, {"candidates": candidates(work, [found])})
    return _not_yet(work, change, found)


def arrived(work: Work, found: Any) -> bool:
    """Whether this change is there already: an earlier try of it got through."""
    return CHANGES[work.kind].arrived(work, found)


def _not_shown(work: Work, response: Response) -> Outcome:
    """Refused for a reason of its own, unless an earlier try may have arrived: then it is asked until it can be looked up."""
    words, certain = human(response.message), response.code in REFUSED and not is_later(response.code, response.message)
    return Failed(response.code, words) if certain and not (work.sent or work.look) else Later(5, words)


def _not_yet(work: Work, change: Change, found: Any) -> Outcome:
    sequence = value(found, "EditSequence")
    if work.sent:
        same = sequence == work.sent.memo.get("sequence")
        return Next({"again": True, "sequence": sequence}) if same else Burned(CHANGED)
    if against := _elsewhere(work, found) or _lost(work, found):
        return against
    if sequence not in (work.refs.get("edit_sequence"), work.memo.get("seen")):
        return Later(SETTLE, "Somebody has just changed it in QuickBooks.", {"seen": sequence})
    return Next({"sequence": sequence, **change.echo(work, found)})


def _elsewhere(work: Work, found: Any) -> Failed | None:
    """What a bookkeeper put out of our reach is not written to."""
    name, there = work.refs.get("name") or "It", value(found, "CustomerRef/FullName")
    if value(found, "IsActive") == "false":
        return Failed("closed", f"{name} is inactive in QuickBooks.")
    if value(found, "CustomerRef/ListID") not in ("", work.refs.get("job")):
        return Failed("moved", f"{name} stands on {there} in QuickBooks, not on the job of this project.")
    return None


def _lost(work: Work, found: Any) -> Person | None:
    """Lines of ours that we do not remember: sent before the database was restored, and perhaps the very same once more.

    Who has seen them and sends all the same means it.
    """
    unknown = line_markers(found) - {work.marker, *work.old, *work.adopted, *(marker for marker, _ in work.before)}
    if not unknown or identity(found) in work.seen:
        return None
    return Person(f"{work.refs.get('name') or 'It'} holds lines with {', '.join(sorted(unknown))}, which Countersign does not "
                  "know as synced. They may be the same lines; nothing is sent twice.",
                  {"candidates": candidates(work, [found])})  # fmt: skip


def _told(work: Work, change: Change, out: Outcome, response: Response) -> Outcome:
    """A success tells what a bookkeeper changed of what we had sent before; it was not overwritten."""
    found = next(response.objects(), None)
    if not isinstance(out, Synced | Person) or found is None:
        return out
    result = {**out.result, "changed": change.changed(work, found)}
    return Synced(result) if isinstance(out, Synced) else Person(out.reason, result)
