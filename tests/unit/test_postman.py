"""Delivering to a real SMTP server in this process: what it refuses, what it drops, and what nobody else suffers from it."""

import smtplib
import ssl
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
import time_machine
from aiosmtpd.smtp import AuthResult
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from erp import mail
from erp.audit import Event, System, record
from erp.db import db, now, transaction
from erp.mail import Mail, message_id
from erp.postman import MOST_TRIES, compose, deliver
from tests.smtp import Server, free_port

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def server():
    with Server() as running:
        yield running


@pytest.fixture
def clock(app, server):
    app.config["MAIL_URL"] = server.url
    with time_machine.travel(START, tick=False) as travel:
        yield travel


def queued(people, *names, **columns):
    """A mail to each of these people in the outbox; with `each`, several to the same."""
    each = columns.pop("each", False)
    with transaction():
        rows = [_mail(getattr(people, name), **columns, **({"n": n} if each else {})) for n, name in enumerate(names)]
        db.session.add_all(rows)
    return rows


def _mail(user, **columns):
    key = f"test:{user.id}:{columns.pop('n', 0)}"
    values = {"key": key, "message_id": message_id(key), "user_id": user.id, "event_id": None, "to": user.email, "subject": "Rejected",
              "text": "Größe\n.\nEnd", "html": "<p>Größe</p>", "state": "queued", "tries": 0, "next_at": now(), "error": "",
              "created_at": now()}  # fmt: skip
    return Mail(**(values | columns))


def states(*rows):
    return [(row.state, row.tries) for row in rows]


def test_a_mail_arrives_once_with_text_and_html(people, server, clock):
    (row,) = queued(people, "pam")
    assert deliver() == 1
    assert deliver() == 0
    ((address, message),) = server.got
    assert (address, message["To"], message["Subject"], message["Message-ID"]) == (
        "pam@x.test",
        "pam@x.test",
        "Rejected",
        row.message_id,
    )
    assert message.get_body(("plain",)).get_content().splitlines() == ["Größe", ".", "End"]
    assert message.get_body(("html",)).get_content().strip() == "<p>Größe</p>"
    assert (row.state, row.sent_at, row.error) == ("sent", START, "")


def test_without_a_server_nothing_is_tried_and_nothing_fails(people, app, server):
    app.config["MAIL_URL"] = ""
    (row,) = queued(people, "pam")
    assert deliver() == 0
    assert states(row) == [("queued", 0)]


@pytest.mark.parametrize("order", ["451", "drop", "451 data"])
def test_a_passing_trouble_is_tried_again_later_under_the_same_message_id(people, server, clock, order):
    server.orders["pam@x.test"] = [order]
    (row,) = queued(people, "pam")
    assert deliver() == 0
    assert states(row) == [("queued", 1)]
    assert row.error
    assert row.next_at == START + timedelta(seconds=30)
    assert deliver() == 0, "it is not due yet"
    clock.shift(31)
    assert deliver() == 1
    assert states(row) == [("sent", 2)]
    assert {id for _, id in server.tried} == {row.message_id}
    assert len(server.got) == 1


@pytest.mark.parametrize("order", ["550", "550 data", "554 data"])
def test_a_refusal_for_good_fails_that_row_and_harms_nobody_else(people, server, clock, order):
    server.orders["stan@x.test"] = [order]
    rows = queued(people, "pam", "stan", "bob")
    assert deliver() == 2
    assert [row.state for row in rows] == ["sent", "failed", "sent"]
    assert order[:3] in rows[1].error
    clock.shift(86400)
    assert deliver() == 0, "failed rows are not tried again"


@pytest.mark.parametrize("broken", [{"to": "pam\r\nBcc: all@x.test"}, {"subject": "a\r\nBcc: all@x.test"},
                                    {"message_id": "<a\nb>"}], ids=lambda one: next(iter(one)))  # fmt: skip
def test_a_mail_that_cannot_even_be_written_harms_nobody_else_and_injects_nothing(people, server, clock, broken):
    rows = [*queued(people, "pam", **broken), *queued(people, "bob")]
    assert deliver() == 1
    assert states(*rows) == [("queued", 1), ("sent", 1)]
    assert "ValueError" in rows[0].error
    assert [address for address, _ in server.got] == ["bob@x.test"]


def test_after_enough_tries_it_is_given_up_and_says_why(people, server, clock, monkeypatch):
    monkeypatch.setattr("erp.postman.MOST_TRIES", 4)
    server.orders["pam@x.test"] = ["451"] * 20
    (row,) = queued(people, "pam")
    for _ in range(4):
        assert row.state == "queued"
        deliver()
        clock.shift(3601)
    assert states(row) == [("failed", 4)]
    assert "451" in row.error


def test_the_waits_double_up_to_an_hour(people, server, clock):
    server.orders["pam@x.test"] = ["451"] * 20
    (row,) = queued(people, "pam")
    waits = []
    for _ in range(9):
        deliver()
        waits.append((row.next_at - now()).total_seconds())
        clock.shift(waits[-1])
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert sum(waits) + (MOST_TRIES - 10) * 3600 > 70 * 3600, "a mail server may be away for three days"


def test_a_server_that_is_not_there_loses_nothing(people, app, clock):
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1"
    rows = queued(people, "pam", "bob")
    assert deliver() == 0
    assert states(*rows) == [("queued", 1), ("queued", 0)], "the second would fare no better now"
    assert "could not be reached" in rows[0].error


OUR_FAULT = [smtplib.SMTPConnectError(554, b"no service here"), smtplib.SMTPAuthenticationError(535, b"bad credentials"),
             smtplib.SMTPSenderRefused(553, b"who are you", "us@x.test"), smtplib.SMTPNotSupportedError("no AUTH")]  # fmt: skip


@pytest.mark.parametrize("trouble", OUR_FAULT, ids=lambda one: type(one).__name__)
def test_a_wrong_setting_of_ours_is_no_fault_of_the_mail_and_loses_nothing(people, server, clock, monkeypatch, trouble):
    def refuse(*_):
        raise trouble

    (row,) = queued(people, "pam")
    with monkeypatch.context() as patch:
        patch.setattr("erp.postman._hand_over", refuse)
        assert deliver() == 0
    assert states(row) == [("queued", 1)]
    clock.shift(31)
    assert deliver() == 1


def test_a_password_in_the_settings_never_shows_in_the_reason(people, app, server, clock):
    app.config["MAIL_URL"] = f"smtp://us:canary@127.0.0.1:{server.port}"
    (row,) = queued(people, "pam")
    assert deliver() == 0
    assert "canary" not in row.error


def test_what_a_crashed_worker_was_sending_is_tried_again_after_its_lease(people, server, clock):
    (row,) = queued(people, "pam", tries=1, next_at=START + timedelta(minutes=2))
    assert deliver() == 0
    clock.shift(121)
    assert deliver() == 1
    assert states(row) == [("sent", 2)]


def test_two_postmen_do_not_send_the_same_row(people, server, clock, monkeypatch):
    (row,) = queued(people, "pam")
    inner, first = [], compose
    monkeypatch.setattr("erp.postman.compose", lambda mail: (inner.append(deliver()), first(mail))[1])
    assert deliver() == 1
    assert inner == [0]
    assert states(row) == [("sent", 1)]
    assert len(server.got) == 1


def test_four_postmen_share_the_work(app, people, server, clock):
    queued(people, *("pam", "ann", "bob", "stan", "adam", "olga") * 5, each=True)
    db.session.rollback()

    def work(_):
        with app.app_context():
            return deliver()

    with ThreadPoolExecutor(4) as postmen:
        sent = list(postmen.map(work, range(4)))
    assert sum(sent) == len(server.got) == 30
    assert len(server.tried) == 30


def test_while_a_mail_is_handed_over_anybody_may_write(app, people, server, clock, monkeypatch):
    queued(people, "pam")

    def write():
        with app.app_context(), transaction():
            record("user:1", "wrote", System("somebody"))

    def handing_over(url, message):
        with ThreadPoolExecutor(1) as other:
            other.submit(write).result(20)

    monkeypatch.setattr("erp.postman._hand_over", handing_over)
    assert deliver() == 1
    assert db.session.scalars(select(Event.action).filter_by(subject="user:1", action="wrote")).one()


# a server that is slow, closed, strange, or wants to know who we are


def test_a_server_that_falls_asleep_after_the_mail_gets_it_again_under_the_same_message_id(people, server, clock, monkeypatch):
    monkeypatch.setattr("erp.postman.PATIENCE", 0.3)
    server.orders["pam@x.test"] = ["asleep"]
    rows = queued(people, "pam", "bob")
    assert deliver() == 1, "nobody else waits for her mail"
    clock.shift(31)
    assert deliver() == 1
    assert [row.state for row in rows] == ["sent", "sent"]
    assert server.kept("pam@x.test") == {rows[0].message_id}


def test_a_round_ends_after_a_while_and_the_next_goes_on(people, server, clock, monkeypatch):
    monkeypatch.setattr("erp.postman.ROUND", -1.0)
    queued(people, "pam", "bob", "stan")
    assert [deliver(), deliver(), deliver(), deliver()] == [1, 1, 1, 0]


@pytest.mark.parametrize("goodbye", ["421 closing", "500 what?", "drop"])
def test_a_rude_goodbye_takes_nothing_back(people, server, clock, goodbye):
    server.goodbye = goodbye
    (row,) = queued(people, "pam")
    assert deliver() == 1
    assert states(row) == [("sent", 1)]
    assert len(server.got) == 1


def test_a_server_that_is_back_gets_everything(people, app, clock):
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{free_port()}"
    queued(people, "pam", "bob")
    assert [deliver(), deliver(), deliver()] == [0, 0, 0]
    with Server() as another:
        app.config["MAIL_URL"] = another.url
        clock.shift(31)
        assert deliver() == 2


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:99999", "smtp://127.0.0.1:x", "smtp://[", "nonsense"])
def test_an_address_of_a_server_that_makes_no_sense_loses_nothing_and_says_so(people, app, clock, monkeypatch, url):
    app.config["MAIL_URL"] = url
    monkeypatch.setattr("erp.postman.PATIENCE", 0.3)
    (row,) = queued(people, "pam")
    assert deliver() == 0
    assert states(row) == [("queued", 1)]
    assert "could not be reached" in row.error


PEM = Path(__file__).resolve().parents[1] / "fixtures" / "mail_server.pem"


def keeper():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(PEM)
    return context


SECURE = {"smtp+tls": lambda: {"tls_context": keeper(), "require_starttls": True}, "smtps": lambda: {"ssl_context": keeper()}}


@pytest.mark.parametrize("scheme", SECURE)
def test_a_mail_travels_encrypted_to_a_server_whose_certificate_is_good(people, app, clock, monkeypatch, scheme):
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    with Server(**SECURE[scheme]()) as server:
        app.config["MAIL_URL"] = f"{scheme}://localhost:{server.port}"
        (row,) = queued(people, "pam")
        assert deliver() == 1
    assert row.state == "sent"


@pytest.mark.parametrize("scheme", SECURE)
def test_a_certificate_nobody_vouches_for_gets_no_mail(people, app, clock, scheme):
    with Server(**SECURE[scheme]()) as server:
        app.config["MAIL_URL"] = f"{scheme}://localhost:{server.port}"
        (row,) = queued(people, "pam")
        assert deliver() == 0
    assert server.tried == []
    assert states(row) == [("queued", 1)]
    assert "certificate verify failed" in row.error


@pytest.mark.parametrize(("password", "sent"), [("p%40ss%3A/", 1), ("wrong", 0)])
def test_a_server_that_wants_a_login_gets_the_name_and_password_of_the_address(people, app, clock, monkeypatch, password, sent):
    monkeypatch.setattr("erp.postman.PATIENCE", 1.0)

    def knows(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"us@x.test", b"p@ss:/"))

    with Server(authenticator=knows, auth_required=True, auth_require_tls=False) as server:
        app.config["MAIL_URL"] = f"smtp://us%40x.test:{password.replace('/', '%2F')}@127.0.0.1:{server.port}"
        (row,) = queued(people, "pam")
        assert deliver() == sent
    assert states(row) == [("sent" if sent else "queued", 1)]
    assert "p@ss" not in row.error
    assert "wrong" not in row.error


# nothing that somebody writes becomes a header

ANYTHING = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=120)
HEADERS = ["From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "MIME-Version", "Content-Type"]


@pytest.fixture
def written(stage):
    """A function that writes a mail about an item with this title, name and comment, as it is handed to the server."""
    item = stage.job()

    def write(title, name, comment):
        item.title, stage.people.ann.name = title, name
        event = record(item.subject, "reject", stage.people.ann, comment=comment)
        (row,) = mail.write(event, "project_rejected", [stage.people.pam], item=item)
        db.session.flush()
        return row, compose(row).as_bytes(policy=policy.SMTP)

    with db.session.no_autoflush:
        yield write
    db.session.rollback()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=ANYTHING, name=ANYTHING, comment=ANYTHING)
@example(title="a\r\nBcc: all@x.test", name="\r\n\r\n<script>", comment="\n.\n")
def test_whatever_somebody_writes_a_mail_has_its_own_headers_and_no_other(written, title, name, comment):
    row, raw = written(title, name, comment)
    read = message_from_bytes(raw, policy=policy.default)
    assert [key for key, _ in read.items()] == HEADERS
    assert read["To"] == "pam@x.test"
    assert read["Subject"].replace(" ", "") == row.subject.replace(" ", ""), "only a blank may be lost between encoded words"
    assert row.subject == mail.one_line(row.subject)
    assert len(row.subject.splitlines()) == 1
    assert [part.get_content_type() for part in read.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    html = read.get_body(("html",)).get_content()
    assert "<script" not in html
