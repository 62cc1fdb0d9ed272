"""What all lists have in common: adding, changing and querying their elements."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from erp.simulator.books import Books, Entry
from erp.simulator.calls import Answer, Call
from erp.simulator.preferences import require_for_field
from erp.simulator.reading import Fields
from erp.simulator.references import bind, find, given, shown
from erp.simulator.refusals import BadName, BadParent, NameInUse, NotFound, Refusal, Stale
from erp.simulator.selecting import family, in_range, listed, matches, paged, within
from erp.simulator.text import wall_clock
from erp.simulator.values import truth

DEEPEST = 5


def _nothing(books: Books, fields: Fields, parent: Entry | None, entry: Entry | None) -> None:
    """No rules of its own."""


def _no_extras(books: Books, entry: Entry) -> Fields:
    return {}


@dataclass(frozen=True)
class ListKind:
    """How one list differs: whose names it shares, its longest full name, its own rules and computed fields."""

    name: str
    rivals: tuple[str, ...]
    longest: int
    rules: Callable[[Books, Fields, Entry | None, Entry | None], None] = _nothing
    extras: Callable[[Books, Entry], Fields] = _no_extras
    in_tree: bool = True


def add(call: Call, kind: ListKind) -> Answer:
    """Add an element: name, parent, references and the list's own rules are checked in this order."""
    books, fields = call.books, dict(call.fields[call.name])
    name, active = fields.pop("Name"), truth(fields.pop("IsActive", "true") or "true")
    parent = parent_of(books, kind, fields.pop("ParentRef", {}))
    check_name(books, kind, name, parent)
    fields = {tag: value for tag, value in bind(books, fields, kind.name).items() if value not in ("", {})}
    kind.rules(books, fields, parent, None)
    return Answer([show(books, kind, books.add_entry(kind.name, name, parent, fields, active))])


def modify(call: Call, kind: ListKind) -> Answer:
    """Change an element: omitted fields stay, empty ones are cleared."""
    books, fields = call.books, dict(call.fields[call.name])
    entry = current(books, kind, fields.pop("ListID"), fields.pop("EditSequence"))
    parent = books.entry(entry.parent) if entry.parent else None
    if "ParentRef" in fields:
        parent = parent_of(books, kind, fields.pop("ParentRef"), entry)
    name = fields.pop("Name", entry.name)
    check_name(books, kind, name, parent, entry)
    active = truth(fields.pop("IsActive", "") or str(entry.active).lower())
    entry.fields = merged(entry.fields, bind(books, fields, kind.name))
    kind.rules(books, entry.fields, parent, entry)
    rename(books, entry, name, parent)
    set_active(books, entry, active)
    return Answer([show(books, kind, entry)])


def current(books: Books, kind: ListKind, identity: str, sequence: str) -> Entry:
    """The element to be changed, if the sender has seen its latest version."""
    entry = books.entry(identity)
    if entry is None or entry.kind != kind.name:
        raise NotFound(identity)
    if entry.edit != sequence:
        raise Stale(sequence)
    return entry


def merged(old: Fields, new: Fields) -> Fields:
    """The old fields with the new ones over them."""
    result = dict(old)
    for tag, value in new.items():
        if value in ("", {}):
            result.pop(tag, None)
        elif isinstance(value, dict) and isinstance(old.get(tag), dict) and not tag.endswith("Ref"):
            result[tag] = merged(old[tag], value)
        else:
            result[tag] = value
    return result


def parent_of(books: Books, kind: ListKind, reference: Any, entry: Entry | None = None) -> Entry | None:
    """The parent an element asks for."""
    if not reference or not given(reference):
        return None
    parent = find(books, reference, kind.name)
    if parent is None or not parent.active or parent.full_name.count(":") >= DEEPEST - 1:
        raise BadParent(given(reference), kind.name)
    if entry is not None and (parent.id == entry.id or any(c.id == parent.id for c in books.descendants(entry))):
        raise BadParent(given(reference), kind.name)
    return parent


def check_name(books: Books, kind: ListKind, name: str, parent: Entry | None, entry: Entry | None = None) -> None:
    """Refuse names that are empty, hold a colon, are taken, or make too long a full name."""
    if not name:
        raise BadName(name, "The name is empty.")
    if ":" in name:
        raise BadName(name, "Names in this list cannot contain a colon (:).")
    full_name = f"{parent.full_name}:{name}" if parent else name
    if len(full_name) > kind.longest:
        raise BadName(full_name, "The full name is too long.")
    taken = books.named(full_name, *kind.rivals)
    if taken is not None and (entry is None or taken.id != entry.id):
        raise NameInUse(name)


def rename(books: Books, entry: Entry, name: str, parent: Entry | None) -> None:
    """Give an element its name and place; those below it follow."""
    entry.name, entry.parent = name, parent.id if parent else None
    entry.full_name = f"{parent.full_name}:{name}" if parent else name
    books.save_entry(entry)
    for child in books.children(entry):
        rename(books, child, child.name, entry)


def set_active(books: Books, entry: Entry, active: bool) -> None:
    """Make an element active or inactive; whatever is below an inactive one is inactive too."""
    if entry.active == active:
        return
    entry.active = active
    books.save_entry(entry)
    if not active:
        for child in books.children(entry):
            set_active(books, child, False)


def show(books: Books, kind: ListKind, entry: Entry) -> tuple[str, Fields]:
    """An element as it is returned."""
    fields = stamp(books, entry) | shown(books, entry.fields) | kind.extras(books, entry)
    if kind.in_tree:
        fields |= {"FullName": entry.full_name, "Sublevel": str(entry.full_name.count(":"))}
    if entry.parent:
        fields["ParentRef"] = {"ListID": entry.parent, "FullName": books.full_name(entry.parent)}
    return f"{kind.name}Ret", fields


def stamp(books: Books, entry: Entry) -> Fields:
    """Id, times, version and name."""
    return {
        "ListID": entry.id,
        "TimeCreated": wall_clock(entry.created, books.zone),
        "TimeModified": wall_clock(entry.modified, books.zone),
        "EditSequence": entry.edit,
        "Name": entry.name,
        "IsActive": str(entry.active).lower(),
    }


def query(call: Call, *kinds: ListKind) -> Answer:
    """The elements of these lists that were asked for."""
    books, fields = call.books, call.fields
    by_name = {kind.name: kind for kind in kinds}
    owners = fields.get("OwnerID", [])

    def shown_entry(entry: Entry) -> tuple[str, Fields]:
        tag, found = show(books, by_name[entry.kind], entry)
        return tag, found | extension_fields(books, owners, entry.id)

    if "ListID" in fields:
        return listed(fields["ListID"], lambda i: _only(books.entry(i), by_name), shown_entry, by_id=True)
    if "FullName" in fields:
        return listed(fields["FullName"], lambda n: _only(books.named(n, *by_name), by_name), shown_entry, by_id=False)
    accept = entry_filter(call)
    return paged(call, lambda: [e.id for e in books.entries(*by_name) if accept(e)], books.entry, shown_entry)


def _only(entry: Entry | None, by_name: dict[str, ListKind]) -> list[Entry]:
    return [entry] if entry and entry.kind in by_name else []


def entry_filter(call: Call) -> Callable[[Entry], bool]:
    """The filter a list query asks for."""
    fields = call.fields
    for tag in fields:
        require_for_field(call.books, tag)
    status = fields.get("ActiveStatus") or "ActiveOnly"
    classes = family(call.books, fields.get("ClassFilter", {}), "Class")
    return lambda entry: (
        status in ("All", "ActiveOnly" if entry.active else "InactiveOnly")
        and within(call, entry.modified, fields)
        and matches(entry.name, fields, "NameFilter")
        and in_range(entry.name, fields, "NameRangeFilter")
        and entry.fields.get("AccountType") in fields.get("AccountType", [entry.fields.get("AccountType")])
        and ("ClassFilter" not in fields or entry.fields.get("ClassRef", {}).get("ListID") in classes)
        and _balance_passes(fields.get("TotalBalanceFilter"))
    )


def _balance_passes(wanted: Fields | None) -> bool:
    if wanted is None:
        return True
    amount = Decimal(wanted["Amount"] or 0)
    return {
        "LessThan": 0 < amount,
        "LessThanEqual": 0 <= amount,
        "Equal": amount == 0,
        "GreaterThan": 0 > amount,
        "GreaterThanEqual": 0 >= amount,
    }[wanted["Operator"]]


def extension_fields(books: Books, owners: list[str], subject: str) -> Fields:
    """The data these applications keep at an object."""
    found = [
        {"OwnerID": owner, "DataExtName": name, "DataExtType": "STR255TYPE", "DataExtValue": value}
        for owner in owners
        for name, value in books.extensions(owner, subject).items()
    ]
    return {"DataExtRet": found} if found else {}


def refuse_fields(fields: Fields, *tags: str) -> None:
    """Refuse honestly what the simulation does not keep."""
    for tag in tags:
        if tag in fields:
            raise Refusal(f"This request is not supported by this implementation: the simulation keeps no {tag}.", 1030)
