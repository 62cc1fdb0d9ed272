"""What comes in pages: how much is asked at once, and how the next page is asked for. Pure."""

from collections.abc import Collection

from erp.connector import Ask, Memo, Work
from erp.connectors.quickbooks.mapping.mapping import FEW, MANY, WITH_LINES, Query
from erp.connectors.quickbooks.qbxml import Response, message


def question(work: Work, query: Query) -> Ask:
    """The query; one that comes in pages begins, or goes on where the memo stands."""
    if not query.page:
        return Ask(message(query.name, query.tree, work.key), writes=False)
    tree, known = [("MaxReturned", at_once(work, query)), *query.tree], work.memo.get("iterator")
    how = {"iterator": "Continue", "iteratorID": known} if known else {"iterator": "Start"}
    return Ask(message(query.name, tree, work.key, **how), writes=False)


def at_once(work: Work, query: Query) -> int:
    """How many objects, or ids, are asked for; with lines fewer after each loss: an answer too large for the door is lost too."""
    if WITH_LINES not in query.tree:
        return query.page or MANY
    return max(1, (query.page or FEW) >> 2 * work.losses)


def onward(response: Response) -> Memo:
    """What the next page is asked with; empty after the last one."""
    return {"iterator": response.iterator} if response.remaining and response.iterator else {}


def lacking(ids: list[str], there: Collection[str], among: int) -> list[str]:
    """The ids that must be asked for alone: when one of several is not there, the answer may lack others, too."""
    return [known for known in ids if known not in there] if among > 1 else []
