"""Logging in: throttled per account and per address, the same answer whether the account exists or not."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Mapped
from werkzeug.security import check_password_hash, generate_password_hash

from erp.db import Base, Key, Short, db, now, same_letters
from erp.people.user import User

WINDOW = timedelta(minutes=30)
PER_ADDRESS = 10
WAITS = ((20, 15), (10, 5), (5, 1))
"""(wrong passwords within the window, minutes to wait after the last), the strictest first."""
_NOBODY = generate_password_hash("nobody", "scrypt")


class LoginAttempt(Base):
    """A wrong password."""

    __tablename__ = "login_attempts"

    id: Mapped[Key]
    email: Mapped[Short]
    address: Mapped[Short]
    at: Mapped[datetime]


class LoginRefused(Exception):
    """Wrong e-mail or password."""

    sentence = "That e-mail and password do not match. Check both and try again."


class TooManyTries(LoginRefused):
    """The account or the address must wait."""

    def __init__(self, minutes: int) -> None:
        self.sentence = f"Too many wrong passwords. Wait {minutes} min and try again; nothing was changed."


def log_in(email: str, password: str, address: str) -> User:
    """The person with this e-mail and password.

    Raises LoginRefused, or TooManyTries after 5 wrong ones for the account or 50 from one address.
    """
    email = email.strip().lower()
    _throttle(email, address)
    user = find(email)
    right = check_password_hash(user.password_hash if user else _NOBODY, password)
    if user is None or not right or not user.active:
        db.session.execute(delete(LoginAttempt).where(LoginAttempt.at < now() - WINDOW))
        db.session.add(LoginAttempt(email=email[:255], address=address[:255], at=now()))
        db.session.commit()
        raise LoginRefused
    return user


def find(email: str) -> User | None:
    """The person with this e-mail, whatever its capitals."""
    return db.session.scalar(select(User).where(same_letters(User.email, email.strip())))


def _throttle(email: str, address: str) -> None:
    since = now() - WINDOW
    recent = select(LoginAttempt).where(LoginAttempt.at > since)
    wrong = list(db.session.scalars(recent.where(or_(LoginAttempt.email == email, LoginAttempt.address == address))))
    until = max(_until([a.at for a in wrong if a.email == email], 1), _until([a.at for a in wrong], PER_ADDRESS))
    if until > now():
        raise TooManyTries(1 + int((until - now()).total_seconds() // 60))


def _until(wrong: list[datetime], allowance: int) -> datetime:
    wait = next((minutes for most, minutes in WAITS if len(wrong) >= most * allowance), 0)
    return max(wrong, default=now()) + timedelta(minutes=wait) if wait else now()
