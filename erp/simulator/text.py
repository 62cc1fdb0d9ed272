"""What QuickBooks does to text: trims it and keeps it in Windows-1252."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo


def narrow(text: str) -> str:
    """The text as the company file stores it: trimmed, unknown characters as question marks."""
    return text.strip().encode("cp1252", "replace").decode("cp1252")


def key(name: str) -> str:
    """How two names are compared: without regard to case."""
    return name.casefold()


def wall_clock(seconds: float, zone: str) -> str:
    """Local time with the offset of winter, also in summer, as QuickBooks prints it."""
    local = datetime.datetime.fromtimestamp(seconds, ZoneInfo(zone))
    standard = (local.utcoffset() or datetime.timedelta()) - (local.dst() or datetime.timedelta())
    return local.strftime("%Y-%m-%dT%H:%M:%S") + _offset(standard)


def _offset(delta: datetime.timedelta) -> str:
    minutes = int(delta.total_seconds() // 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def moment(text: str, zone: str, end: bool = False) -> int:
    """Unix seconds of a qbXML moment; without offset it is local time, without time the day's begin or end."""
    date, _, rest = text.partition("T")
    clock, offset = (rest[:-6], rest[-6:]) if len(rest) > 6 and rest[-6] in "+-" else (rest, "")
    parts = [int(part) for part in clock.split(":")] if clock else ([23, 59, 59] if end else [])
    hour, minute, second = (parts + [0, 0, 0])[:3]
    year, month, day = (int(part) for part in date.split("-"))
    local = datetime.datetime(year, month, day, hour, minute, second, tzinfo=_zone(offset) or ZoneInfo(zone))
    return int(local.timestamp())


def _zone(offset: str) -> datetime.timezone | None:
    if not offset:
        return None
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    sign = -1 if offset[0] == "-" else 1
    return datetime.timezone(sign * datetime.timedelta(hours=hours, minutes=minutes))


def local_date(seconds: float, zone: str) -> str:
    """The date on the wall at this second."""
    return datetime.datetime.fromtimestamp(seconds, ZoneInfo(zone)).date().isoformat()
