"""Where accounting takes a number of ours as its own, no two items may come there under one."""

from sqlalchemy import ColumnElement, select

from erp.connector import Work, code_within
from erp.db import db
from erp.items.item import Item
from erp.items.why_not import Case
from erp.states import State


def why_taken(case: Case, what: str, *among: ColumnElement[bool]) -> str:
    """Who has the number of this item there, or is on the way to it, as the `what`; empty where it is free.

    `among` narrows down which items can come under the same number.
    """
    wished = "" if case.item.in_erp else _wished(case.item, case)
    other = _other(case, wished, among) if wished else None
    if other is None:
        return ""
    short, verb = case.connection.connector.short, "has" if other.in_erp else "gets"
    return f"{case.payload['number']} is taken: {short} {verb} {code_within(wished)} as the {what} {other.label}."


def _wished(item: Item, case: Case) -> str:
    """The id that it will have in accounting."""
    payload = case.payload if item is case.item else item.payload
    refs, settings = item.declaration.refs(item), case.connection.settings
    return case.connection.connector.erp_id(Work("add", item.kind, payload, "", "", refs=refs, settings=settings))


def _other(case: Case, wished: str, among: tuple[ColumnElement[bool], ...]) -> Item | None:
    others = select(Item).where(Item.connection_id == case.connection.id, Item.kind == case.item.kind,
                                Item.id != (case.item.id or 0))  # fmt: skip
    on_its_way = others.where(~Item.in_erp, Item.state != State.WITH_PM, *among).order_by(Item.id)
    there = db.session.scalar(others.where(Item.erp_id == wished))
    return there or next((one for one in db.session.scalars(on_its_way) if _wished(one, case) == wished), None)
