"""The form of a Sage connection's settings as data, in the form in which the settings keep it; and the layouts edited."""

from typing import Any

from werkzeug.datastructures import MultiDict

from erp.connectors.sage300.layouts import ALLOWED, DEFAULTS, FORMS, Form
from erp.connectors.sage300.settings import COST_TYPES
from erp.connectors.sage300.shapes import LIMITS, PUNCTUATION

Posted = MultiDict[str, str]
SIZES = {"job": "12", "extra": "10"}
"""The length of a field that is put into a record which does not have it by default."""
USUAL = {
    name: size for fields in DEFAULTS.values() for name, _, size in (field.partition(":") for field in fields) if size
} | SIZES
WRITTEN = {
    Form.LETTER: "the letter of the record",
    Form.CODE: "in quotation marks; longer ones are refused",
    Form.TEXT: "in quotation marks, cut",
    Form.DATE: "bare, as the date format says",
    Form.NUMBER: "bare: digits before the point . decimals",
    Form.BLANK: "nothing between two commas",
}


def typed(form: Posted) -> dict[str, Any]:
    """What was typed, as the settings of a connection."""
    return {
        "shapes": {name: _shape(form, name) for name in LIMITS},
        "categories": {letter: form.get(f"category-{letter}", "").strip() for letter in COST_TYPES},
        "date_format": form.get("date_format", "").strip(),
        "job_records": "job_records" in form,
        "drop_folder": form.get("drop_folder", "").strip(),
        "layouts": {record: _fields(form, record) for record in DEFAULTS},
    }


def tries(form: Posted) -> dict[str, str]:
    """The codes that were typed to try the shapes on."""
    return {name: form.get(f"sample-{name}", "").strip() for name in LIMITS}


def _shape(form: Posted, name: str) -> dict[str, Any]:
    given = {key: form.get(f"{name}-{key}", "").strip() for key in ("mask", "suffix")}
    strip = "".join(sign for sign in PUNCTUATION if sign in form.getlist(f"{name}-strip"))
    pads = [_pad(form, name, section) for section in range(1, LIMITS[name].sections + 1)]
    return given | {"strip": strip, "pad": [pad for pad in pads if pad["side"]]}


def _pad(form: Posted, name: str, section: int) -> dict[str, Any]:
    side, to, sign = (form.get(f"{name}-pad-{section}-{key}", "").strip() for key in ("side", "to", "sign"))
    return {"section": section, "side": side, "to": to, "sign": sign}


def _fields(form: Posted, record: str) -> list[str]:
    """The fields of a record, each with its length if it has one."""
    names, sizes = form.getlist(f"layout-{record}"), form.getlist(f"size-{record}")
    return [f"{name}:{size.strip()}" if size.strip() else name for name, size in zip(names, sizes, strict=False)]


def edited(data: dict[str, Any], form: Posted) -> tuple[str, int]:
    """Carry out the button that edits a layout, such as C-up-3; the record (empty when it was none) and the row to go on with."""
    record, _, rest = form.get("do", "").partition("-")
    does, _, row = rest.partition("-")
    if record not in DEFAULTS or does not in EDITS:
        return "", 0
    fields = data["layouts"][record]
    place = int(row) if row.isdecimal() and len(row) < 4 else 0
    added = form.get(f"add-{record}", "")
    return record, EDITS[does](data["layouts"], record, fields, place, added)


def _up(layouts: dict[str, list[str]], record: str, fields: list[str], place: int, added: str) -> int:
    """The letter of the record stays the first."""
    return _swap(fields, place, place - 1) if 1 < place < len(fields) else place


def _down(layouts: dict[str, list[str]], record: str, fields: list[str], place: int, added: str) -> int:
    return _swap(fields, place, place + 1) if 0 < place < len(fields) - 1 else place


def _swap(fields: list[str], place: int, other: int) -> int:
    fields[place], fields[other] = fields[other], fields[place]
    return other


def _remove(layouts: dict[str, list[str]], record: str, fields: list[str], place: int, added: str) -> int:
    if 0 < place < len(fields):
        del fields[place]
    return min(place, len(fields) - 1)


def _add(layouts: dict[str, list[str]], record: str, fields: list[str], place: int, added: str) -> int:
    if added in ALLOWED[record]:
        fields.append(f"{added}:{USUAL[added]}" if added in USUAL else added)
    return len(fields) - 1


def _reset(layouts: dict[str, list[str]], record: str, fields: list[str], place: int, added: str) -> int:
    layouts[record] = list(DEFAULTS[record])
    return 0


EDITS = {"up": _up, "down": _down, "remove": _remove, "add": _add, "reset": _reset}


def rows(fields: list[str]) -> list[dict[str, Any]]:
    """The fields of a record for the table."""
    return [_row(name, size) for name, _, size in (field.partition(":") for field in fields)]


def _row(name: str, size: str) -> dict[str, Any]:
    """A field that the layouts do not know is shown as it is, for its problem to be seen; `sized` if a length belongs to it."""
    form = FORMS.get(name)
    return {"words": name.replace("_", " "), "name": name, "size": size, "written": WRITTEN[form] if form else "unknown",
            "sized": bool(size) or form in (Form.CODE, Form.TEXT, Form.NUMBER)}  # fmt: skip


def addable(record: str, fields: list[str]) -> list[str]:
    """What can still be put into a record: every field once, blanks as often as wished."""
    there = {field.partition(":")[0] for field in fields}
    return [name for name in ALLOWED[record] if name == "blank" or name not in there]
