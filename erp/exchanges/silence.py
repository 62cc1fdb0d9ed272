"""No contact with accounting for too long: ERP administrators are told, once per outage."""

from datetime import timedelta

from sqlalchemy import select

from erp import mail
from erp.connections import Connection
from erp.db import db, now, transaction
from erp.mail import Mail
from erp.mail.choices import SILENCE_HOURS
from erp.people import User, erp_admins
from erp.people.clock import shown_to


def tell_of_silence() -> int:
    """Write the mails about connections that were heard once and not for the chosen hours (0: never told); the number written."""
    with transaction():
        hours = mail.chosen(SILENCE_HOURS)
        since = now() - timedelta(hours=hours)
        silent = db.session.scalars(select(Connection).where(Connection.last_seen < since)).all() if hours else ()
        return sum(_tell(connection, hours) for connection in silent if connection.connector.calls)


def _tell(connection: Connection, hours: int) -> int:
    """An outage is named by the last contact before it."""
    assert connection.last_seen
    outage = f"silence:{connection.id}:{connection.last_seen.isoformat()}"
    people = {f"{outage}:{user.id}": user for user in erp_admins()}
    told = set(db.session.scalars(select(Mail.key).where(Mail.key.in_(people))))
    return sum(mail.post(key, user, _letter(connection, user, hours)) for key, user in people.items() if key not in told)


def _letter(connection: Connection, user: User, hours: int) -> mail.Letter:
    assert connection.last_seen
    since = shown_to(user, connection.last_seen)
    return mail.compose("silence", user=user, connection=connection, hours=hours, since=since)
