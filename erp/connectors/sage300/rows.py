"""One record of a file, written by its layout."""

from typing import Any

from erp.connectors.sage300.layouts import Form, Layout, Slot
from erp.connectors.sage300.text import SHOWN, Unwritable, amount, cut, kept, quoted


def row(layout: Layout, values: dict[str, Any], label: str) -> str:
    """One record, without line end. Raises Unwritable, its sentence beginning with `label`."""
    return ",".join(_written(layout.record, slot, values, label) for slot in layout.slots)


def _written(record: str, slot: Slot, values: dict[str, Any], label: str) -> str:
    named = f"{label}: {slot.name.replace('_', ' ')}"
    match slot.form:
        case Form.LETTER:
            return record
        case Form.BLANK:
            return ""
        case Form.DATE:
            return str(values[slot.name])
        case Form.NUMBER:
            return amount(named, values[slot.name], slot.most)
        case Form.TEXT:
            return quoted(cut(kept(named, values[slot.name]), slot.most).stays)
    code = kept(named, values[slot.name])
    if len(code) > slot.most:
        raise Unwritable(f"{named} “{code[:SHOWN]}” has {len(code)} signs; the layout takes {slot.most}. Shorten it.")
    return quoted(code)
