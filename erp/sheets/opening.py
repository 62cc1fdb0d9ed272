"""The process that opens one workbook: bytes in, rows of text out, both limited. Imports nothing of erp."""

import contextlib
import datetime
import io
import json
import sys
from decimal import Decimal
from typing import Any

import python_calamine as calamine

MOST_MEMORY = 1000 * 2**20
MOST_ROWS, MOST_COLUMNS = 20_001, 256
"""As in sheet.py; the row of column names is one more."""


def rows(data: bytes) -> dict[str, Any]:
    """{"rows": …} of the first visible sheet with content, or {"refused": why}."""
    try:
        return _first(calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)))
    except calamine.PasswordError:
        return {"refused": "protected"}
    except (calamine.CalamineError, ValueError, OSError) as fault:
        return {"refused": "protected" if "password" in str(fault).lower() else "broken"}


def _first(book: calamine.CalamineWorkbook) -> dict[str, Any]:
    for sheet in book.sheets_metadata:
        if sheet.visible is calamine.SheetVisibleEnum.Visible and sheet.typ is calamine.SheetTypeEnum.WorkSheet:
            found = _rows(book.get_sheet_by_name(sheet.name))
            if found.get("rows") != []:
                return found
    return {"rows": []}


def _rows(sheet: calamine.CalamineSheet) -> dict[str, Any]:
    if sheet.end is None:
        return {"rows": []}
    if sheet.total_height > MOST_ROWS:
        return {"refused": "rows"}
    if sheet.total_width > MOST_COLUMNS:
        return {"refused": "wide"}
    return {"rows": [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]}


def _text(cell: Any) -> str:
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else format(Decimal(repr(cell)), "f")
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    return cell.isoformat(" ") if isinstance(cell, datetime.datetime) else str(cell)


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    _limit_memory()
    json.dump(rows(sys.stdin.buffer.read()), sys.stdout)
