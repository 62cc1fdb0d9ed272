"""Redis is only a doorbell: dead, flushed, away, or ringing twice, it costs no export and no mail, and does nothing twice.

A real server and real RQ workers, processes of their own, beside the web and the clock in this one; in real time.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import func, select

from erp import doorbell
from erp.db import db
from erp.items import Item
from erp.mail import Mail
from jobs import clock
from supervisor.redis_server import resolve
from supervisor.settings import ROOT
from tests.house import House, move_in
from tests.prove.figures import note
from tests.prove.morning import LEASE, STAGE, Moment, Morning, prepared
from tests.prove.obstacles import nowhere
from tests.smtp import Server

PATIENCE = 30.0
PROOF = "Redis dead, flushed, doubled"
AT_NO_MOMENT = Moment("never")


class Bell:
    """A Redis-compatible server that a test may kill, and workers that listen to it."""

    def __init__(self, house: House, mails: Server, folder: Path) -> None:
        self.house, self.mails, self.folder = house, mails, folder
        self.program = resolve(None, folder)
        self.redis = Redis.from_url(self.program.url or "redis://nowhere")
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.server = subprocess.Popen(self.program.argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(self.server)
        until(self.answers)

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            return bool(self.redis.ping())
        except (RedisError, OSError):
            return False

    def kill(self) -> None:
        """As when memory is short."""
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def worker(self) -> subprocess.Popen[bytes]:
        """A worker as `run.py` starts it."""
        ours = {"DATABASE_URL": db.engine.url.render_as_string(hide_password=False), "REDIS_URL": self.program.url,
                "MAIL_URL": self.mails.url, "SECRET_KEY": "test", "VAR_DIR": str(self.folder), "ERP_DEMO": ""}  # fmt: skip
        with (self.folder / "worker.log").open("ab") as log:
            made = subprocess.Popen(
                [sys.executable, "-m", "jobs.worker"], cwd=ROOT, env={**os.environ, **ours}, stdout=log, stderr=log
            )
        self.processes.append(made)
        return made

    @property
    def queue(self) -> Queue:
        """What waits to be heard."""
        return Queue(doorbell.QUEUE, connection=self.redis, serializer=JSONSerializer)

    def heard(self) -> bool:
        """Whether every ring was carried out, and none failed."""
        started = self.queue.started_job_registry.count
        assert not self.queue.failed_job_registry.count, (self.folder / "worker.log").read_text()
        return not self.queue.count and not started and bool(self.queue.finished_job_registry.count)

    def stop(self) -> None:
        """End what was started here."""
        for process in reversed(self.processes):
            process.kill()
            process.wait()


def until(holds: Callable[[], bool]) -> None:
    """Wait for it."""
    late = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < late, "it took too long"
        time.sleep(0.05)


@pytest.fixture
def bell(tmp_path: Path) -> Iterator[Bell]:
    """A server that runs, beside a house in real time that rings it."""
    prepared()
    today = datetime.now(UTC)
    settings = {"QBWC_LEASE_SECONDS": float(LEASE), "QBWC_BACKOFF": 0.2}
    with move_in(STAGE, **settings) as house, time_machine.travel(today) as house.clock, Server() as mails:
        made = Bell(house, mails, tmp_path)
        if not made.program.argv:
            pytest.skip("no Redis-compatible server is found here")
        house.app.config["REDIS_URL"] = made.program.url
        doorbell._queue.cache_clear()
        try:
            made.start()
            yield made
        finally:
            made.stop()


@pytest.fixture
def day(bell: Bell) -> Morning:
    return Morning(bell.house, bell.mails, AT_NO_MOMENT, nowhere)


def left() -> int:
    """Mails that wait to be sent."""
    try:
        return db.session.scalar(select(func.count()).where(Mail.state == "queued")) or 0
    finally:
        db.session.remove()


def exporting() -> int:
    """Items on their way."""
    try:
        return db.session.scalar(select(func.count()).where(Item.state == "Exporting")) or 0
    finally:
        db.session.remove()


def test_a_ring_is_heard_by_a_worker_and_the_mails_are_gone_before_the_clock_comes(bell: Bell, day: Morning) -> None:
    bell.worker()
    day.clicks()
    until(bell.heard)
    assert not left()
    finish(day, "heard")


def test_with_redis_dead_the_clicks_are_done_and_clock_and_web_connector_find_the_work(bell: Bell, day: Morning) -> None:
    bell.kill()
    began = time.monotonic()
    day.clicks()
    assert time.monotonic() - began < 10, "a dead Redis held up the clicks"
    assert (left(), exporting()) == (1, 2)
    clock.tick()
    assert not left()
    finish(day, "dead")


def test_after_redis_is_back_a_worker_hears_again(bell: Bell, day: Morning) -> None:
    bell.kill()
    assert not doorbell.ring("jobs.mail.mail")
    bell.start()
    bell.worker()
    day.clicks()
    until(bell.heard)
    assert not left()
    finish(day, "back again")


def test_redis_that_is_killed_under_a_working_worker_loses_nothing(bell: Bell, day: Morning) -> None:
    bell.mails.orders["pam@x.test"] = ["asleep"]
    worker = bell.worker()
    day.clicks()
    until(lambda: bool(bell.mails.tried) or not left())
    bell.kill()
    worker.kill()
    bell.house.wait(301)
    clock.tick()
    assert not left()
    bell.start()
    bell.worker()
    assert doorbell.ring("jobs.mail.mail")
    until(lambda: not bell.queue.count)
    day.moment = Moment("deliver")  # it may have arrived before the worker could write that down
    finish(day, "killed in mid-mail")


def test_flushed_between_click_and_worker_nothing_is_lost(bell: Bell, day: Morning) -> None:
    day.clicks()
    assert bell.queue.count >= 2
    bell.redis.flushall()
    bell.worker()
    assert (left(), exporting()) == (1, 2)
    clock.tick()
    assert not left()
    finish(day, "flushed")


def test_rung_twice_and_heard_by_two_workers_at_once_nothing_is_done_twice(
    bell: Bell, day: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = doorbell.ring
    monkeypatch.setattr(doorbell, "ring", lambda *what: [once(*what) for _ in range(5)][0])
    bell.mails.orders["pam@x.test"] = ["slow"]
    day.clicks()
    for _ in range(2):
        bell.worker()
    until(bell.heard)
    assert not left()
    finish(day, "doubled")


def finish(day: Morning, what: str) -> None:
    """The Web Connector comes, and all is well."""
    day.rest()
    day.judge()
    note(PROOF, what)
