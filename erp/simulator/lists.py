"""What all lists have in common: adding, changing and showing their elements."""

from __future__ import annotations

from erp.simulator.books import Books, Entry
from erp.simulator.calls import Answer, Call
from erp.simulator.list_kind import ListKind
from erp.simulator.reading import Fields
from erp.simulator.references import bind, shown
from erp.simulator.refusals import NotFound, Stale
from erp.simulator.text import wall_clock
from erp.simulator.tree import check_name, parent_of, rename, set_active
from erp.simulator.values import truth


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
