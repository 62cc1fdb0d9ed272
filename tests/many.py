"""Thousands of items that wait, without the thousands of clicks: documents and items written as rows."""

from typing import Any

from sqlalchemy import insert

from erp.connections import Connection
from erp.db import db, now
from erp.documents.cost_code import CostCode
from erp.documents.document import Document
from erp.items import Item
from erp.moves import shift
from erp.people import User


def many_items(
    connection: Connection, sender: User, n: int, *, start: int = 0, title: str = "Noise {n} abatement", first: int = 500_000
) -> None:
    """So many cost codes of one sender's that wait for a decision, the first of them the oldest."""
    by, moment = sender.id, now()
    keys = range(first + start, first + start + n)
    titles = {key: title.replace("{n}", str(key - first))[:255] for key in keys}
    db.session.execute(insert(Document.__table__), [
        {"id": key, "kind": "cost_code", "project_id": None, "number": f"90-{key}", "title": titles[key], "created_by": by,
         "created_at": moment, "version": 1} for key in keys])  # fmt: skip
    db.session.execute(insert(CostCode.__table__), [_code(key) for key in keys])
    db.session.execute(insert(Item), [
        {"kind": "cost_code", "connection_id": connection.id, "document_id": key, "project_id": None, "state": "Ready",
         "filter": "ready-to-export", "version": 1, "changed_at": moment, "number": f"90-{key}", "title": titles[key], "amount": 0,
         "in_erp": False, "summary": {}, "choices": {}, "created_by": by, "sent_by": by, "sent_at": moment, "erp_id": "",
         "erp_name": "", "result": {}, "error": {}} for key in keys])  # fmt: skip
    shift(connection.id, {("cost_code", "ready-to-export"): n})
    db.session.commit()


def _code(key: int) -> dict[str, Any]:
    return {"id": key, "code": f"90-{key}", "is_division": False, "division_id": None, "active": True}
