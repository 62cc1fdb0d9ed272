"""Ask for the right to approve: once a day, who may grant it is told by mail."""

from datetime import datetime, timedelta

from sqlalchemy import select

from erp import audit, mail
from erp.audit import Event
from erp.connections import Connection
from erp.db import db, now
from erp.people import User, may
from erp.people.granting import granters
from erp.people.user import PUSH

EVERY = timedelta(days=1)


class AskingRefused(Exception):
    """Nobody was told."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def may_ask(person: User) -> bool:
    """Whether the button is there at all: not for whoever holds the privilege."""
    return may(person, "ask_for_right") and not person.holds(PUSH)


def asked_at(person: User) -> datetime | None:
    """When the person asked, if that was less than a day ago."""
    asked = select(Event.at).where(
        Event.subject == f"user:{person.id}", Event.action == "ask_for_right", Event.at > now() - EVERY
    )
    return db.session.scalar(asked.order_by(Event.id.desc()).limit(1))


def ask(person: User, connection: Connection) -> list[User]:
    """Write the mail to everybody who may grant the privilege; raises AskingRefused."""
    db.session.execute(select(User.id).where(User.id == person.id).with_for_update())
    if not may_ask(person):
        raise AskingRefused(f"You hold {PUSH} already. Reload the page.")
    if asked_at(person):
        raise AskingRefused("You asked within the last day. Nobody was told a second time.")
    asked = granters()
    event = audit.record(f"user:{person.id}", "ask_for_right", person, details={"told": [user.id for user in asked]})
    mail.write(event, "ask_for_right", asked, person=person, privilege=PUSH, link=f"{connection.site}/people/{person.id}")
    return asked
