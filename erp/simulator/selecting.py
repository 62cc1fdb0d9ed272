"""How queries choose: listed ids and names, filters, iterators and counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from erp.simulator.books import Books, Entry
from erp.simulator.calls import Answer, Call, incomplete, no_match
from erp.simulator.reading import Fields
from erp.simulator.references import find
from erp.simulator.refusals import BadReference, NotFound, Refusal
from erp.simulator.text import key, moment

ITERATORS = 10
T = TypeVar("T")
Show = Callable[[T], tuple[str, Fields]]


def listed(names: Sequence[str], look: Callable[[str], list[T]], show: Show[T], by_id: bool) -> Answer:
    """The objects that were asked for one by one; those not there make a warning, or an error if none is."""
    found = [(name, look(name)) for name in names]
    missing = [name for name, objects in found if not objects]
    if by_id and len(missing) == len(names):
        raise NotFound(missing[0])
    rets = [show(one) for _, objects in found for one in objects]
    return incomplete(rets, missing[0]) if missing else Answer(rets)


def paged(call: Call, ids: Callable[[], list[str]], look: Callable[[str], T | None], show: Show[T]) -> Answer:
    """The objects a filter finds: all, the first MaxReturned, or the next page of an iterator."""
    iterator = call.attributes.get("iterator")
    most = int(call.fields.get("MaxReturned") or 0)
    if iterator is None:
        found = ids()
        return _counted(call, len(found), _rets(found[:most] if most else found, look, show))
    if not most:
        raise Refusal("An iterator needs MaxReturned.", 3150)
    return _iterated(call, iterator, most, ids, look, show)


def _iterated(
    call: Call, iterator: str, most: int, ids: Callable[[], list[str]], look: Callable[[str], T | None], show: Show[T]
) -> Answer:
    identity = call.attributes.get("iteratorID", "")
    if iterator == "Start":
        rest = ids()
        identity = call.iterators.start(rest, int(call.books.fact("iterators", ITERATORS)))
    else:
        rest = call.iterators.rest(identity)
    page, rest = (rest[:most], rest[most:]) if iterator != "Stop" else ([], [])
    call.iterators.move(identity, rest)
    answer = _counted(call, len(page) + len(rest), _rets(page, look, show))
    answer.attributes |= {"iteratorRemainingCount": str(len(rest)), "iteratorID": identity}
    return answer


def _rets(ids: Sequence[str], look: Callable[[str], T | None], show: Show[T]) -> list[tuple[str, Fields]]:
    return [show(one) for one in map(look, ids) if one is not None]


def _counted(call: Call, count: int, rets: list[tuple[str, Fields]]) -> Answer:
    metadata = call.attributes.get("metaData", "NoMetaData")
    attributes = {} if metadata == "NoMetaData" else {"retCount": str(count)}
    if metadata == "MetaDataOnly":
        return Answer(attributes=attributes)
    return Answer(rets, attributes=attributes) if rets else no_match(**attributes)


def within(call: Call, modified: int, filters: Fields) -> bool:
    """Whether something was modified between the two moments, both included."""
    zone = call.books.zone
    begin, end = filters.get("FromModifiedDate"), filters.get("ToModifiedDate")
    return (not begin or modified >= moment(begin, zone)) and (not end or modified <= moment(end, zone, end=True))


def matches(text: str, fields: Fields, tag: str) -> bool:
    """Whether a text passes a …Filter with MatchCriterion."""
    if tag not in fields:
        return True
    wanted = key(fields[tag][tag.removesuffix("Filter")])
    return {
        "StartsWith": key(text).startswith(wanted),
        "EndsWith": key(text).endswith(wanted),
        "Contains": wanted in key(text),
    }[fields[tag]["MatchCriterion"]]


def in_range(text: str, fields: Fields, tag: str) -> bool:
    """Whether a text passes a …RangeFilter; an empty end is open."""
    bounds = {name[:4]: value for name, value in fields.get(tag, {}).items()}
    begin, end = bounds.get("From", ""), bounds.get("ToNa", "") or bounds.get("ToRe", "")
    return (not begin or key(text) >= key(begin)) and (not end or key(text) <= key(end))


def family(books: Books, filters: Fields, kind: str) -> set[str]:
    """The ids a ListID/FullName/…WithChildren filter stands for; unknown ones are refused."""
    found: set[str] = set()
    for tag, values in filters.items():
        for value in values if isinstance(values, list) else [values]:
            entry = find(books, {tag.removesuffix("WithChildren"): value}, *_kinds(kind))
            if entry is None:
                raise BadReference(kind, value, "filter")
            found |= _with_children(books, entry) if tag.endswith("WithChildren") else {entry.id}
    return found


def _kinds(kind: str) -> tuple[str, ...]:
    return ("Customer", "Vendor") if kind == "Entity" else (kind,)


def _with_children(books: Books, entry: Entry) -> set[str]:
    return {entry.id} | {child.id for child in books.descendants(entry)}
