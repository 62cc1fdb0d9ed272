"""Delivering the outbox over SMTP, row by row, with the same Message-ID on every try."""

import smtplib
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select, update

from erp.db import db, now, transaction
from erp.mail import Mail

MOST_TRIES = 10
LEASE = timedelta(minutes=2)


def deliver() -> int:
    """Send every mail that is due; without a mail server they stay readable in the development inbox."""
    url = current_app.config["MAIL_URL"]
    if not url:
        return 0
    keys = db.session.scalars(select(Mail.id).where(Mail.state == "queued", Mail.next_at <= now()).limit(100)).all()
    db.session.rollback()
    return sum(_one(url, key) for key in keys)


def _one(url: str, key: int) -> bool:
    mail = _claim(key)
    if mail is None:
        return False
    try:
        _hand_over(url, compose(mail))
    except Exception as refused:  # a mail that cannot even be written must not hold up the others
        _note(mail, "failed" if _final(refused, mail.tries) else "queued", f"{type(refused).__name__}: {refused}")
        return False
    _note(mail, "sent", "")
    return True


def _claim(key: int) -> Mail | None:
    with transaction():
        due = update(Mail).where(Mail.id == key, Mail.state == "queued", Mail.next_at <= now())
        won = db.session.scalar(due.values(next_at=now() + LEASE, tries=Mail.tries + 1).returning(Mail.id))
    return db.session.get(Mail, key) if won else None


def _final(refused: Exception, tries: int) -> bool:
    """Whether another try is in vain: after enough of them, or when the server refused this recipient or this mail for good.

    What it says about us (a wrong password, an unknown sender) is put right in the settings, so the mails wait for it.
    """
    if tries >= MOST_TRIES:
        return True
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in refused.recipients.values())
    return isinstance(refused, smtplib.SMTPDataError) and refused.smtp_code >= 500


def _note(mail: Mail, state: str, error: str) -> None:
    with transaction():
        row = db.session.get_one(Mail, mail.id)
        row.state, row.error = state, error[:500]
        row.sent_at = now() if state == "sent" else None
        row.next_at = now() + timedelta(seconds=min(3600, 15 * 2**row.tries))


def compose(mail: Mail) -> EmailMessage:
    """The mail with a text and an HTML part."""
    message = EmailMessage()
    message["From"], message["To"] = current_app.config["MAIL_FROM"], mail.to
    message["Subject"], message["Message-ID"] = mail.subject, mail.message_id
    message["Date"] = mail.created_at
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _hand_over(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"
    make = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with make(parts.hostname or "localhost", parts.port or (465 if secure else 25), timeout=20) as server:
        if parts.scheme == "smtp+tls":
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
