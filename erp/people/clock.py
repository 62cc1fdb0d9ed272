"""A person's own day and time, for what happens at an hour of his."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from erp.people.user import User


def zone_of(user: User) -> ZoneInfo:
    """The person's time zone; UTC when it is not known."""
    try:
        return ZoneInfo(user.zone or "UTC")
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")


def day_of(user: User, moment: datetime) -> date:
    """The person's date at a moment."""
    return moment.astimezone(zone_of(user)).date()


def moment_of(user: User, day: date, at: time) -> datetime:
    """When it is `at` on this day where the person lives: the first time if the clock shows it twice, and where it is
    put forward over it, as long after midnight as on any other day."""
    return datetime.combine(day, at, zone_of(user)).astimezone(UTC)


def shown_to(user: User, moment: datetime) -> str:
    """A moment in words, in the person's zone."""
    zone = zone_of(user)
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M} ({zone.key})"
