"""The Web Connector's session: who may call, what is handed out, what an answer settles (rules 1 to 22 of the engine).

Every public function is one or two transactions of its own; the caller only translates SOAP.
"""

import logging
import secrets
from datetime import timedelta

from flask import current_app
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash

from erp import connections
from erp.audit import System
from erp.connections import HASH, Connection
from erp.connectors.quickbooks.facts import read_facts, why_not_work
from erp.connectors.quickbooks.qbxml import Unreadable, message
from erp.db import db, now, transaction, write
from erp.exchanges import claim, due, epoch, journal, restoring
from erp.exchanges.exchange import Message, Session, held, lock, open_session
from erp.items import Item
from erp.states import State

log = logging.getLogger(__name__)
NOT_NOW = "Countersign could not answer just now: a fault, or its database was busy. Nothing is lost; the next update goes on."
"""Who asks for the last error has got no answer before; where none is known, it was ours."""
THROWAWAY = ["throwaway", "none", "", ""]
_NOBODY = generate_password_hash("nobody", HASH)
HRESULTS = {
    "0x80040401": "QuickBooks could not be reached. Start QuickBooks on that computer.",
    "0x80040408": "QuickBooks could not be started. Start it by hand and open the company file.",
    "0x8004040a": "Another company file is open in QuickBooks. Open the right one.",
    "0x80040410": "The company file is open in the other mode. Switch between single-user and multi-user mode.",
    "0x80040414": "A window in QuickBooks waits for an answer. Close it.",
    "0x80040416": "QuickBooks is not running. Start it and open the company file.",
    "0x8004041a": "Countersign has no permission for this file. In QuickBooks: Edit, Preferences, Integrated Applications.",
    "0x80040420": "Somebody refused access in QuickBooks. Allow Countersign under Integrated Applications.",
    "0x80040422": "QuickBooks must be in single-user mode for this.",
    "0x80040154": "The QuickBooks SDK is not installed there. Install the Web Connector anew.",
}


def authenticate(username: str, password: str) -> list[str]:
    """Rules 1 to 4: a ticket and "", or why there is nothing to do."""
    asked = select(Connection.id, Connection.password_hash).where(Connection.username == username.strip())
    found = db.session.execute(asked).first()
    db.session.rollback()  # Hashing takes long on purpose; nobody who wants to write waits for it.
    right = check_password_hash(found.password_hash if found else _NOBODY, password)
    if found is None or not right:
        return ["", "nvu", "", ""]
    with transaction():
        connection = lock(found.id)
        if epoch.differs(connection):
            restoring.begin(connection, System("qbwc/epoch"))
        restoring.read_again(connection)
        opened = _open(connection)
        kept = epoch.Kept(connection.epoch, opened[0] if opened != THROWAWAY else "")
    if kept.ticket:
        epoch.keep(found.id, kept.epoch, kept.ticket)
    else:
        epoch.follow(found.id)
    return opened


def _open(connection: Connection) -> list[str]:
    connections.seen(connection, connection.problem)
    session = open_session(connection.id)
    if session is not None:
        journal.apply_unapplied(session)
        if _holds(session):
            return THROWAWAY
        journal.close(session)
    if not due.left(connection).now and not _wants_news(connection):
        return ["", "none", "", ""]
    ticket = secrets.token_hex(16)
    connection.epoch = max(connection.epoch, epoch.NEVER_RESTORED)
    db.session.add(Session(ticket=ticket, connection_id=connection.id, opened_at=now(), seen_at=now(), file_ok=False,
                           done=0, error=""))  # fmt: skip
    return [ticket, "", "", ""]


def _wants_news(connection: Connection) -> bool:
    """Whether something was wrong with the company file at the last visit: then every visit looks whether it was cured."""
    return bool(connection.problem) or connection.facts.get("estimates") is False or _stands_before_closed_books(connection)


def _stands_before_closed_books(connection: Connection) -> bool:
    """Whether the closing date may be what somebody waits for: it is in the file's facts, which only a session tells anew."""
    if not connection.facts.get("closing_date"):
        return False
    asked = select(Item.id).where(Item.connection_id == connection.id, Item.state.in_((State.ACCEPTED, State.FAILED)))
    return db.session.scalar(asked.limit(1)) is not None


def _holds(session: Session) -> bool:
    """Whether a write may still be running in QuickBooks: then nobody else gets the connection."""
    outstanding = db.session.get(Message, session.outstanding) if session.outstanding else None
    lease = timedelta(seconds=float(current_app.config["QBWC_LEASE_SECONDS"]))
    return outstanding is not None and outstanding.writes and session.seen_at > now() - lease


def is_open(ticket: str) -> bool:
    """Whether a session has this ticket now."""
    found = db.session.scalar(select(Session.ticket).where(Session.ticket == ticket, Session.closed_at.is_(None)))
    db.session.rollback()  # The rest of the call is still to come; nobody who wants to write waits for it.
    return found is not None


def send_request(ticket: str, hcp: str, country: str, major: str) -> str:
    """Rules 5 to 12: the next message, or "" with a reason for getLastError."""
    with transaction():
        session = held(ticket)
        if session is None:
            return ""
        if not session.file_ok and not _right_file(session, hcp, country, major):
            write(session, seen_at=now())
            return ""
        if session.outstanding:
            journal.apply_unapplied(session)
            journal.lose_outstanding(session)
        return (claim.hand_out(session) or _filler(session)).body


def _right_file(session: Session, hcp: str, country: str, major: str) -> bool:
    connection = session.connection
    try:
        facts = read_facts(hcp, country, int(major) if major.strip().isdigit() else 0)
        session.error = why_not_work(facts, connection.file_id)
    except Unreadable as broken:
        facts, session.error = {}, f"QuickBooks did not tell which company file is open: {broken}"
    connections.seen(connection, session.error)
    if not session.error:
        connection.facts = facts
        session.file_ok = True
    return session.file_ok


def _filler(session: Session) -> Message:
    key = claim.new_key()
    return claim.filler(session, key, message("HostQueryRq", [], key))


def receive(ticket: str, response: str, hresult: str, words: str) -> int:
    """Rules 13 to 15: keep the answer, commit, then read it; the share of the work done in percent, or -1."""
    with transaction():
        if not journal.store(ticket, response, hresult, words):
            return -1
    with transaction():
        session = held(ticket)
        if session is None:
            return -1
        journal.apply_unapplied(session)
        connections.seen(session.connection, session.error)
        return _percent(session)


def _percent(session: Session) -> int:
    left = due.left(session.connection)
    return max(1, min(99, 100 * session.done // (session.done + left.under_way))) if left.now else 100


def last_error(ticket: str) -> str:
    """The reason behind an empty request or a negative answer."""
    session = db.session.get(Session, ticket)
    if session is None:
        return "This session is not known here. Nothing was exchanged; the next update starts a new one."
    if session.closed_at is not None and not session.error:
        return "This session was closed because another one took over. Nothing is lost; the next update goes on."
    return session.error or NOT_NOW


def connection_error(ticket: str, hresult: str, words: str) -> str:
    """Rule 21: QuickBooks could not be opened; what is queued stays queued."""
    with transaction():
        session = held(ticket)
        if session is not None:
            cure = HRESULTS.get(hresult.strip().lower(), "Look at QuickBooks on that computer.")
            session.error = f"QuickBooks could not be opened ({hresult.strip()}): {words.strip()[:300]} {cure}"
            connections.seen(session.connection, session.error)
            journal.close(session)
    if session is not None:
        epoch.follow(session.connection_id)
    return "done"


def close_connection(ticket: str) -> str:
    """Rule 21: the end of a session."""
    with transaction():
        session = held(ticket)
        if session is None:
            return "OK"
        error = session.error
        journal.close(session)
    epoch.follow(session.connection_id)
    return f"Finished. {error}" if error else "OK"


def sweep() -> int:
    """What the clock does for sessions nobody comes back to: read what lies there, and end them after the lease."""
    ended = 0
    for ticket in list(db.session.scalars(select(Session.ticket).where(Session.closed_at.is_(None)))):
        with transaction():
            session = held(ticket)
            if session is None:
                continue
            journal.apply_unapplied(session)
            lease = timedelta(seconds=float(current_app.config["QBWC_LEASE_SECONDS"]))
            if session.seen_at < now() - lease:
                journal.close(session)
                ended += 1
        epoch.follow(session.connection_id)
    return ended
