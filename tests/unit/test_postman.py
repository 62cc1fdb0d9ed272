"""Delivering to a real SMTP server in this process: what it refuses, what it drops, and what nobody else suffers from it."""

import smtplib
import socket
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from aiosmtpd.controller import Controller

from erp.db import db, now, transaction
from erp.mail import Mail, message_id
from erp.postman import MOST_TRIES, _one, compose, deliver

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Server:
    """An SMTP server that does what it is told per recipient: 250, a code, or "drop" after DATA."""

    def __init__(self) -> None:
        self.orders = defaultdict(list)
        self.got = []
        self.tried = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        order = self.orders[address][0] if self.orders[address] else "250"
        if order.startswith(("4", "5")) and "data" not in order:
            self.orders[address].pop(0)
            return f"{order} no"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        address = envelope.rcpt_tos[0]
        self.tried.append((address, message["Message-ID"]))
        order = self.orders[address].pop(0) if self.orders[address] else "250"
        if order == "drop":
            server.transport.close()
            return "250 never heard"
        if order != "250":
            return f"{order[:3]} no"
        self.got.append((address, message))
        return "250 ok"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def server():
    handler = Server()
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def clock(app, server):
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{server.port}"
    with time_machine.travel(START, tick=False) as travel:
        yield travel


def queued(people, *names, **columns):
    """A mail to each of these people in the outbox."""
    with transaction():
        rows = [_mail(getattr(people, name), **columns) for name in names]
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


def test_after_ten_tries_it_is_given_up_and_says_why(people, server, clock):
    server.orders["pam@x.test"] = ["451"] * 20
    (row,) = queued(people, "pam")
    for _ in range(MOST_TRIES):
        assert row.state == "queued"
        deliver()
        clock.shift(3601)
    assert states(row) == [("failed", MOST_TRIES)]
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


def test_a_server_that_is_not_there_loses_nothing(people, app, clock):
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1"
    rows = queued(people, "pam", "bob")
    assert deliver() == 0
    assert states(*rows) == [("queued", 1), ("queued", 1)]


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
    key, url, inner, first = row.id, f"smtp://127.0.0.1:{server.port}", [], compose
    monkeypatch.setattr("erp.postman.compose", lambda mail: (inner.append(_one(url, key)), first(mail))[1])
    assert deliver() == 1
    assert inner == [False]
    assert len(server.got) == 1
