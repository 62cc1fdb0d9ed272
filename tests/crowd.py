"""It must be seen: many approvers, many items, a mail server that drops, delays and refuses; each gets exactly one summary."""

import random
from datetime import UTC, datetime
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import func, select

from erp.cli.user import give, make
from erp.connections import Connection
from erp.db import db, transaction
from erp.digest import write_summaries
from erp.mail import Mail
from erp.people import Level, User
from erp.people.user import PUSH
from erp.postman import deliver
from tests.many import many_items
from tests.smtp import Server

EVENING = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def everybody_is_told_once(
    app: Flask, connection: Connection, sender: User, *, approvers: int, items: int, seed: int = 7
) -> dict[str, Any]:
    """Raises AssertionError unless each approver has exactly one summary in his mailbox; what it took."""
    with time_machine.travel(EVENING, tick=False) as clock, Server() as server:
        app.config["MAIL_URL"] = server.url
        addresses = _approvers(approvers)
        many_items(connection, sender, items)
        server.be_nasty(addresses, random.Random(seed))
        clock.shift(13 * 3600)
        written, rounds = [write_summaries(), write_summaries()], 0
        while db.session.scalar(select(func.count()).where(Mail.state == "queued")):
            db.session.rollback()
            deliver()
            written.append(write_summaries())
            clock.shift(60)
            rounds += 1
            assert rounds < 500, "some mails never leave"
    assert sum(written) == written[0] == len(addresses) + 2, "Ann and Bob approve too"
    for address in (*addresses, "ann@x.test", "bob@x.test"):
        assert len(server.kept(address)) == 1, f"{address} has {len(server.kept(address))} summaries"
    subjects = {message["Subject"] for _, message in server.got}
    assert subjects == {f"ERP Integrations Daily Summary: {items:,} items wait for your decision"}
    return {"rounds": rounds, "tries": len(server.tried), "arrived": len(server.got)}


def _approvers(n: int) -> list[str]:
    with transaction():
        for number in range(n):
            give(make(f"a{number}@x.test", f"Approver {number}", "-", erp=Level.STANDARD), PUSH)
    return [f"a{number}@x.test" for number in range(n)]
