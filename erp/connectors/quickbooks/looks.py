"""How a look goes on: page by page where it should be, then wherever else it may be, then by the ids of what may be it. Pure.

Its memo: `named` says since the end of the first look, `taken` during it, whether something foreign has its name; `candidates`
show that; `copies` are the ids of what has our words without our GUID, `ids` those that are still to be read, `alone` those of
them that did not come among others: when one of several is not there, the answer may lack others, too.
"""

from typing import Any

from erp.connector import Ask, Memo, Next, Work
from erp.connectors.quickbooks import pages
from erp.connectors.quickbooks.mapping.mapping import Mapping, Query
from erp.connectors.quickbooks.mapping.there import THERE, identity
from erp.connectors.quickbooks.qbxml import Response


def question(work: Work, mapping: Mapping) -> Ask:
    """What is asked now."""
    if work.memo.get("alone"):
        return pages.question(work, _by_id(work, work.memo["alone"][:1]))
    if "ids" in work.memo:
        return pages.question(work, _by_id(work, work.memo["ids"][: _at_once(work)]))
    return pages.question(work, mapping.look_wider(work) if "named" in work.memo else mapping.look(work))


def _by_id(work: Work, ids: list[str]) -> Query:
    return THERE[work.kind].by_id(ids)


def _at_once(work: Work) -> int:
    return pages.at_once(work, _by_id(work, []))


def told(work: Work, foreign: list[dict[str, Any]], mine: Any | None, *, named: bool) -> Memo:
    """What this answer and those before it told."""
    shown = [*work.memo.get("candidates", []), *foreign]
    copies = [*work.memo.get("copies", []), *([] if mine is None else [identity(mine)])]
    rows = {name: known for name, known in (("candidates", shown), ("copies", copies)) if known}
    return {"named": named or bool(work.memo.get("named", work.memo.get("taken"))), **rows}


def further(work: Work, told: Memo, response: Response) -> Next | None:
    """The next page, the next look or the next ids; None after all of them."""
    rest = {name: known for name, known in told.items() if name != "named"}
    if onward := pages.onward(response):
        return Next({"named" if "named" in work.memo else "taken": told["named"], **rest, **onward})
    left = _left(work, told) if "named" in work.memo else []
    alone = _alone(work, response)
    if "named" in work.memo and not (left or alone):
        return None
    return Next({**told, "ids": left, "alone": alone} if left or alone else told)


def _left(work: Work, told: Memo) -> list[str]:
    """The ids that are still to be read: of copies, and of what is lost since a restore."""
    if work.memo.get("alone"):
        return list(work.memo["ids"])
    if "ids" in work.memo:
        return list(work.memo["ids"][_at_once(work) :])
    return list(dict.fromkeys([*told.get("copies", []), *work.lost.get(THERE[work.kind].marked, ())]))


def _alone(work: Work, response: Response) -> list[str]:
    """The ids that must be read one by one."""
    if known := work.memo.get("alone"):
        return list(known[1:])
    asked = work.memo.get("ids", [])[: _at_once(work)]
    there = {identity(found) for found in response.objects()}
    return pages.lacking(asked, there, among=len(asked))
