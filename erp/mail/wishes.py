"""What a person wishes of the daily summary: whether, and at what time of his day."""

import re
from datetime import time

from sqlalchemy import select
from sqlalchemy.orm import Mapped

from erp.db import Base, Short, db, refers
from erp.people import User

SEVEN = "07:00"
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Wish(Base):
    """One person's wish; without a row it is yes, at 07:00. `at` is a time of the person's zone, such as 07:00."""

    __tablename__ = "mail_wishes"

    user_id: Mapped[int] = refers("users.id", primary_key=True)
    daily_summary: Mapped[bool]
    at: Mapped[Short]

    @property
    def time(self) -> time:
        """The time of the day."""
        return time.fromisoformat(self.at)


def usual(user: User) -> Wish:
    """What holds until the person says otherwise; add it to the session to keep it."""
    return Wish(user_id=user.id, daily_summary=True, at=SEVEN)


def wish_of(user: User) -> Wish:
    """The person's wish."""
    return db.session.get(Wish, user.id) or usual(user)


def wishes() -> dict[int, Wish]:
    """user id -> wish, of everybody who said one."""
    return {wish.user_id: wish for wish in db.session.scalars(select(Wish))}
