"""Ask for the right to approve: to whom it goes, once a day, and never from whoever holds it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from erp import audit
from erp.cli.user import give, make
from erp.db import db, transaction
from erp.items import asking
from erp.items.asking import AskingRefused
from erp.mail import Mail
from erp.people import Level
from erp.people.user import PUSH

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(stage):
    with time_machine.travel(START, tick=False) as travel:
        yield travel


def ask(stage, name="stan"):
    with transaction():
        return [user.name for user in asking.ask(getattr(stage.people, name), stage.connection)]


@pytest.mark.parametrize(
    ("name", "may"), [("stan", True), ("adam", True), ("ann", False), ("bob", False), ("pam", False), ("olga", False)]
)
def test_who_works_on_the_desk_without_the_privilege_may_ask(stage, name, may):
    assert asking.may_ask(getattr(stage.people, name)) is may


def test_read_only_does_not_ask_for_it_would_help_nobody(stage):
    stage.people.stan.grants[0].level = Level.READ
    assert not asking.may_ask(stage.people.stan)


def test_the_mail_goes_to_everybody_who_may_grant_it_and_leads_to_the_persons_page(stage):
    give(make("dora@x.test", "Dora", "-", directory=Level.ADMIN), PUSH)
    make("dirk@x.test", "Dirk", "-", directory=Level.ADMIN)
    assert ask(stage) == ["Dora", "Olga"]
    assert [to for to, _ in stage.mails()] == ["dora@x.test", "olga@x.test"]
    mail = db.session.query(Mail).order_by(Mail.id.desc()).first()
    assert mail.subject == "Stan asks for the right to approve"
    link = f"http://localhost:8000/people/{stage.people.stan.id}"
    assert link in mail.text
    assert f'href="{link}"' in mail.html
    assert PUSH in mail.text
    assert audit.history(f"user:{stage.people.stan.id}")[-1].action == "ask_for_right"


def test_asking_counts_once_a_day_for_each_person(stage, clock):
    ask(stage)
    clock.shift(timedelta(hours=23, minutes=59))
    with pytest.raises(AskingRefused, match="within the last day"):
        ask(stage)
    assert asking.asked_at(stage.people.stan) == START
    ask(stage, "adam")
    clock.shift(timedelta(minutes=2))
    assert asking.asked_at(stage.people.stan) is None
    ask(stage)
    assert len(stage.mails()) == 3


def test_who_holds_it_meanwhile_is_told_so(stage):
    give(stage.people.stan, PUSH)
    with pytest.raises(AskingRefused, match="hold Can Push to Accounting already"):
        ask(stage)
    assert stage.mails() == []
