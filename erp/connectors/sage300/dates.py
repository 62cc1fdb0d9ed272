"""Dates as the settings want them written: MMDDYYYY, MM/DD/YYYY, DD.MM.YY."""

import re
from datetime import date
from typing import Any

from erp.connectors.sage300.text import Unwritable

SAGES = "MMDDYYYY"
"""The form in which Sage itself reads the dates of estimates."""
FORM = re.compile(r"(YYYY|YY|MM|DD)([-/.]?)(YYYY|YY|MM|DD)\2(YYYY|YY|MM|DD)")


def read(data: Any) -> str:
    """A form from the settings. Raises Unwritable."""
    found = FORM.fullmatch(data) if isinstance(data, str) else None
    if found is None or {part[0] for part in found.group(1, 3, 4)} != set("YMD"):
        raise Unwritable("Date format: write DD, MM and YYYY or YY once each, with the same sign - / . between them or none; "
                         f"{SAGES} is Sage's own.")  # fmt: skip
    return str(data)


def written(iso: str, form: str) -> str:
    """YYYY-MM-DD in a form. Raises Unwritable."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        raise Unwritable(f"Accounting date: “{iso}” is no date. Choose one at Accept.") from None
    parts = {"YYYY": f"{day.year:04d}", "YY": f"{day.year % 100:02d}", "MM": f"{day.month:02d}", "DD": f"{day.day:02d}"}
    return re.sub("YYYY|YY|MM|DD", lambda part: parts[part[0]], form)
