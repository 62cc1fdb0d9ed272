"""What accounting has done to a record of ours since it was synced: renamed, moved, made inactive, gone."""

from typing import Any

from erp.books.records import Record
from erp.states import RecordState


def news(record: Record, name: str, result: dict[str, Any], short: str) -> list[str]:
    """Sentences for the item that was synced under this full name; `short` is what the system is called."""
    if record.state == RecordState.GONE:
        return [f"Gone in {short}: it was deleted there or merged into another one."]
    was = result.get("record", {}).get("parent_id", record.parent_id)
    told = []
    if record.parent_id != was:
        told.append(f"Moved in {short}: it is {record.full_name} now.")
    elif record.full_name != name:
        told.append(f"Renamed in {short} to {record.full_name}.")
    return [*told, *([] if record.active else [f"Made inactive in {short}; it cannot be used there until it is active again."])]
