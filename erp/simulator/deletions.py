"""Deleting, and asking what was deleted."""

from __future__ import annotations

import sqlite3
from typing import Any

from erp.simulator.books import Books, Entry
from erp.simulator.calls import Answer, Call, no_match
from erp.simulator.preferences import require_open_period
from erp.simulator.reading import Fields
from erp.simulator.refusals import InUse, NotFound
from erp.simulator.text import moment, wall_clock

FAMILIES = {"ListDel": ("list", "ListDelType", "ListID", "FullName"), "TxnDel": ("txn", "TxnDelType", "TxnID", "RefNumber")}


def delete_from_list(call: Call) -> Answer:
    """Delete a list element nobody uses."""
    kind, identity = call.fields["ListDelType"], call.fields["ListID"]
    entry = call.books.entry(identity)
    if entry is None or entry.kind != kind:
        raise NotFound(identity)
    remove_entry(call.books, entry)
    now = wall_clock(call.books.now, call.books.zone)
    return Answer(flat={"ListDelType": kind, "ListID": identity, "TimeDeleted": now, "FullName": entry.full_name})


def remove_entry(books: Books, entry: Entry) -> None:
    """Delete an element unless something depends on it."""
    if books.users_of(entry) or books.children(entry):
        raise InUse(entry.id, "It is used by transactions or by other list elements. It can be made inactive.")
    books.remove_entry(entry)


def delete_transaction(call: Call) -> Answer:
    """Delete a transaction outside the closed period."""
    kind, identity = call.fields["TxnDelType"], call.fields["TxnID"]
    txn = call.books.transaction(identity)
    if txn is None or txn.kind != kind:
        raise NotFound(identity)
    require_open_period(call.books, txn.date)
    call.books.remove_transaction(txn)
    now = wall_clock(call.books.now, call.books.zone)
    return Answer(flat={"TxnDelType": kind, "TxnID": identity, "TimeDeleted": now, "RefNumber": txn.ref})


def deleted(call: Call) -> Answer:
    """What was deleted of these types between two moments."""
    family, type_tag, id_tag, name_tag = FAMILIES[call.name.replace("DeletedQuery", "Del")]
    rows = [row for row in call.books.deleted(family) if row["kind"] in call.fields[type_tag] and _in_range(call, row)]
    rets = [(call.name.replace("Query", "Ret"), _shown(call.books, row, type_tag, id_tag, name_tag)) for row in rows]
    counted = {} if call.attributes.get("metaData", "NoMetaData") == "NoMetaData" else {"retCount": str(len(rows))}
    if call.attributes.get("metaData") == "MetaDataOnly":
        return Answer(attributes=counted)
    return Answer(rets, attributes=counted) if rets else no_match(**counted)


def _in_range(call: Call, row: sqlite3.Row) -> bool:
    dates: dict[str, Any] = call.fields.get("DeletedDateRangeFilter", {})
    begin, end, zone = dates.get("FromDeletedDate"), dates.get("ToDeletedDate"), call.books.zone
    after = not begin or row["deleted"] >= moment(begin, zone)
    return after and (not end or row["deleted"] <= moment(end, zone, end=True))


def _shown(books: Books, row: sqlite3.Row, type_tag: str, id_tag: str, name_tag: str) -> Fields:
    return {
        type_tag: row["kind"],
        id_tag: row["id"],
        "TimeCreated": wall_clock(row["created"], books.zone),
        "TimeDeleted": wall_clock(row["deleted"], books.zone),
        name_tag: row["name"],
    }
