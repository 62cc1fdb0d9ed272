"""Delivering the outbox over SMTP, row by row, with the same Message-ID on every try."""

import smtplib
import ssl
import time
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select, update

from erp.db import db, now, transaction
from erp.mail import Mail

MOST_TRIES = 80
"""With an hour between the later ones this is three days: as long as a mail server may be away."""
LEASE = timedelta(minutes=5)
PATIENCE = 10.0
"""Seconds for each answer of the server."""
MOST_AT_ONCE = 100
ROUND = 30.0
"""Seconds after which a round leaves the rest to the next: the clock has other things to do."""


class NoServer(Exception):
    """The server cannot be reached or does not take us; the next mail would fare no better."""


def deliver() -> int:
    """Send every mail that is due; without a mail server they stay readable in the development inbox."""
    url = current_app.config["MAIL_URL"]
    if not url:
        return 0
    sent, until = 0, time.monotonic() + ROUND
    for _ in range(MOST_AT_ONCE):
        key = _claim()
        if key is None:
            break
        try:
            sent += _one(url, key)
        except NoServer:
            break
        if time.monotonic() > until:
            break
    return sent


def _one(url: str, key: int) -> bool:
    """Try one mail; raises NoServer after noting that nobody was there."""
    mail = db.session.get_one(Mail, key)
    tries = mail.tries
    try:
        message = compose(mail)
        db.session.rollback()  # whoever wants to write does not wait for the mail server
        _hand_over(url, message)
    except Exception as refused:  # a mail that cannot even be written must not hold up the others
        _note(key, "failed" if _final(refused, tries) else "queued", _words(refused))
        if isinstance(refused, NoServer):
            raise
        return False
    _note(key, "sent", "")
    return True


def _words(refused: Exception) -> str:
    """The reason as an administrator reads it; never the address of the server, which may hold a password."""
    if isinstance(refused, NoServer):
        return f"The mail server could not be reached or did not take us: {_said(refused.__cause__ or refused)}"
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        return f"The mail server refused the recipient: {'; '.join(map(_answer, refused.recipients.values()))}"
    return f"The mail could not be handed over: {_said(refused)}"


def _said(trouble: BaseException) -> str:
    if isinstance(trouble, smtplib.SMTPResponseException):
        return _answer((trouble.smtp_code, trouble.smtp_error))
    return f"{type(trouble).__name__}: {trouble}"


def _answer(said: tuple[int, bytes | str]) -> str:
    code, text = said
    return f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"


def _claim() -> int | None:
    """Lease the mail that waits longest; what somebody else claims right now is passed over."""
    due = select(Mail.id).where(Mail.state == "queued", Mail.next_at <= now()).order_by(Mail.next_at, Mail.id).limit(1)
    first = due.with_for_update(skip_locked=True).scalar_subquery()
    leased = update(Mail).where(Mail.id == first).values(next_at=now() + LEASE, tries=Mail.tries + 1).returning(Mail.id)
    with transaction():
        return db.session.scalar(leased.execution_options(synchronize_session=False))


def _final(refused: Exception, tries: int) -> bool:
    """Whether another try is in vain: after enough of them, or when the server refused this recipient or this mail for good.

    What it says about us (a wrong password, an unknown sender) is put right in the settings, so the mails wait for it.
    """
    if tries >= MOST_TRIES:
        return True
    if isinstance(refused, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in refused.recipients.values())
    return isinstance(refused, smtplib.SMTPDataError) and refused.smtp_code >= 500


def _note(key: int, state: str, error: str) -> None:
    with transaction():
        row = db.session.get_one(Mail, key)
        row.state, row.error = state, error[:500]
        row.sent_at = now() if state == "sent" else None
        row.next_at = now() + timedelta(seconds=min(3600, 15 * 2**row.tries))


def compose(mail: Mail) -> EmailMessage:
    """The mail with a text and an HTML part."""
    message = EmailMessage()
    message["From"], message["To"] = current_app.config["MAIL_FROM"], mail.to
    message["Subject"], message["Message-ID"] = mail.subject, mail.message_id
    message["Date"] = mail.created_at
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def _hand_over(url: str, message: EmailMessage) -> None:
    """One conversation. What the server says after it took the mail is not listened to: the mail is on its way."""
    server = _server(url)
    try:
        server.send_message(message, to_addrs=[str(message["To"])])
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()


def _server(url: str) -> smtplib.SMTP:
    """A server that greeted us, whose certificate is good where there is one, and that knows us; raises NoServer."""
    try:
        parts, secure = urlsplit(url), ssl.create_default_context()
        host = parts.hostname or "localhost"
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE, context=secure)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE)
        try:
            _introduce(server, parts.scheme == "smtp+tls", secure, unquote(parts.username or ""), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
    except (smtplib.SMTPException, OSError, ValueError) as trouble:
        raise NoServer from trouble
    return server


def _introduce(server: smtplib.SMTP, tls: bool, secure: ssl.SSLContext, name: str, password: str) -> None:
    if tls:
        server.starttls(context=secure)
    if name:
        server.login(name, password)
