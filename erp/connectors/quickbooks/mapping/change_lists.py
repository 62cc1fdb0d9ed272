"""How a job, a vendor or an item that is there already is changed: only the fields that we changed, everything else stays.

Notes carry the marker of a change behind the bookkeeper's words. Items have no notes: a change of theirs is there when its
fields are, and writing it twice is as good as once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from erp.connector import Work
from erp.connectors.quickbooks.mapping import company, cost_code, job
from erp.connectors.quickbooks.mapping.change import Change, memo
from erp.connectors.quickbooks.mapping.mapping import Mapping, Query, is_ours, ref
from erp.connectors.quickbooks.qbxml import Tree, value
from erp.connectors.quickbooks.text import Kept, plain

NOTES, PARENT, SIDES = "Notes", "ParentRef", "SalesAndPurchase"
ADDRESS = "Address"
IN_AN_ADDRESS = ("Addr1", "Addr2", "Addr3", "Addr4", "Addr5", "City", "State", "PostalCode", "Country", "Note")
"""The fields of an address in their order: QuickBooks takes it as a whole."""


@dataclass(frozen=True)
class Part:
    """A field of ours: its name in the payload, and its place in the message."""

    name: str
    path: str

    @property
    def top(self) -> str:
        """The element it stands in."""
        return self.path.partition("/")[0]

    @property
    def tag(self) -> str:
        """The field itself."""
        return self.path.rpartition("/")[2]

    def there(self, found: Any) -> str:
        """What an object has in it; of a parent, its id."""
        path = f"{PARENT}/ListID" if self.path == PARENT else self.path.replace(f"{SIDES}Mod", SIDES)
        return value(found, path)

    def ours(self, work: Work) -> str:
        """What we want to be in it; of a division, its id."""
        return str(work.refs.get("division", "")) if self.path == PARENT else _text(work.payload, self.name)


@dataclass(frozen=True)
class Fields:
    """The fields of one kind in the order of the message `element`; a part without a name is the place of the notes."""

    element: str
    query: str
    mapping: Mapping
    parts: tuple[Part, ...]

    def read(self, work: Work) -> Query:
        """Ours, by its id."""
        return Query(self.query, [("ListID", work.refs.get("erp_id", ""))])

    def changed(self, work: Work) -> list[Part]:
        """What we changed since accounting took it; all that is filled when nothing of ours is known there."""
        base = _base(work)
        return [part for part in self.parts if part.name and _text(base, part.name) != _text(work.payload, part.name)]

    def write(self, work: Work) -> Tree:
        """The changed fields, empty ones too, which clears them; an address goes as a whole, with what else is in it."""
        head: Tree = [("ListID", work.refs["erp_id"]), ("EditSequence", work.memo["sequence"])]
        written = [part for part in self.parts if part in self.changed(work) or part.path == NOTES]
        tops = groupby(written, key=lambda part: part.top)
        return [(self.element, head + [_written(work, top, list(parts)) for top, parts in tops])]

    def echo(self, work: Work, found: Any) -> dict[str, Any]:
        """The notes that are there, the whole address, and what a bookkeeper changed in a field that is now replaced."""
        tops = {part.top for part in self.changed(work) if part.top.endswith(ADDRESS)}
        kept = {top: {str(field.tag): value(field, ".") for field in found.iterfind(f"{top}/*")} for top in tops}
        return {"words": value(found, NOTES), "kept": kept, "told": list(dict.fromkeys(self._replaced(work, found)))}

    def _replaced(self, work: Work, found: Any) -> Iterator[str]:
        for part in self.changed(work):
            sent, there = _text(_base(work), part.name), part.there(found)
            if work.before and part.path != PARENT and there not in (sent, part.ours(work)):
                yield f"{self.label(part)}: {sent or 'nothing'} was sent, {there or 'nothing'} was there; it was replaced."

    def told(self, work: Work, found: Any) -> list[str]:
        """What a bookkeeper changed of what we had sent: replaced by this change, or left alone by it."""
        asked = work.sent.memo if work.sent else work.memo
        return [*asked.get("told", []), *dict.fromkeys(self._left_alone(work, found))]

    def _left_alone(self, work: Work, found: Any) -> Iterator[str]:
        changed = self.changed(work)
        for part in self.parts if work.before else ():
            sent, there = _text(_base(work), part.name), part.there(found)
            if part.name and part not in changed and part.path != PARENT and sent != there:
                yield f"{self.label(part)}: {sent or 'nothing'} was sent, {there or 'nothing'} is there now."

    def arrived(self, work: Work, found: Any) -> bool:
        """Whether this change is there: by its marker, or, where that may be lost or has no place, by its fields."""
        by_fields = work.look or NOTES not in {part.top for part in self.parts}
        return is_ours(work, found) or (by_fields and all(part.there(found) == part.ours(work) for part in self.changed(work)))

    def label(self, part: Part) -> str:
        """The PM's word for a field."""
        return self.mapping.labels[part.tag]

    def preview(self, work: Work) -> dict[str, Any]:
        """What accounting will receive, for people."""
        named = {self.label(part): str(work.payload.get(part.name) or "") for part in self.changed(work)}
        name = work.refs.get("name") or work.payload.get("name")
        rows = [(label, ours, plain(ours) or "emptied") for label, ours in named.items()]
        return {"title": f"A change of {name}; everything else on it stays as it is", "rows": rows, "lines": []}

    @property
    def change(self) -> Change:
        """The conversation's view of it."""
        return Change(f"{self.element}Rq", self.read, self.write, self.echo, self.told, self.preview, self.arrived)


def _base(work: Work) -> dict[str, Any]:
    """What accounting has of ours; empty when it never got anything."""
    return work.before[-1][1] if work.before else {}


def _text(payload: dict[str, Any], name: str) -> str:
    """A field of a payload as QuickBooks keeps it."""
    return plain(str(payload.get(name) or ""))


def _written(work: Work, top: str, parts: list[Part]) -> tuple[str, Any]:
    if top == NOTES:
        return NOTES, memo(work)
    if top == PARENT:
        return ref(PARENT, parts[0].ours(work))
    fields: Tree = [(part.tag, part.ours(work)) for part in parts]
    if top.endswith(ADDRESS):
        whole = {tag: Kept(text) for tag, text in work.memo["kept"].get(top, {}).items()} | dict(fields)
        fields = [(tag, whole[tag]) for tag in IN_AN_ADDRESS if tag in whole]
    return (top, fields) if "/" in parts[0].path else fields[0]


def _parts(*pairs: tuple[str, str]) -> tuple[Part, ...]:
    return tuple(Part(name, path) for name, path in pairs)


JOB = Fields("CustomerMod", "CustomerQueryRq", job.MAPPING, _parts(
    ("name", "Name"), *((name, f"BillAddress/{tag}") for name, tag in job.ADDRESS), ("number", "AccountNumber"), ("", NOTES),
))  # fmt: skip
COMPANY = Fields("VendorMod", "VendorQueryRq", company.MAPPING, _parts(
    ("name", "Name"), ("legal_name", "CompanyName"), *company.PERSON,
    *((name, f"VendorAddress/{tag}") for name, tag in company.ADDRESS), *company.REACH, ("", NOTES), ("tax_id", "VendorTaxIdent"),
))  # fmt: skip
COST_CODE = Fields("ItemServiceMod", "ItemQueryRq", cost_code.MAPPING, _parts(
    ("code", "Name"), ("division", PARENT), *(("name", f"{SIDES}Mod/{tag}") for tag in ("SalesDesc", "PurchaseDesc")),
))  # fmt: skip
