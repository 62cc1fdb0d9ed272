"""The doorbell: heard it is a job, unheard it is nothing; no click ever waits for it or fails by it."""

import logging
from time import monotonic

import fakeredis
import pytest
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import ResponseError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from erp import doorbell
from erp.db import db
from erp.doorbell import QUEUE, ring
from erp.exchanges.exchange import Exchange
from tests.unit.stage import CITY


@pytest.fixture
def queue(app, monkeypatch):
    """A queue in a Redis that lives in this process."""
    app.config["REDIS_URL"] = "redis://nowhere/0"
    made = Queue(QUEUE, connection=fakeredis.FakeRedis(), serializer=JSONSerializer)
    monkeypatch.setattr(doorbell, "_queue", lambda url: made)
    return made


@pytest.fixture
def dead(app):
    """A Redis that is not there."""
    app.config["REDIS_URL"] = "redis://127.0.0.1:1/0"


def test_a_ring_is_a_job_with_its_dotted_name_and_arguments(queue):
    assert ring("jobs.export.export", "batch-1")
    (job,) = queue.jobs
    assert (job.func_name, job.args, job.timeout) == ("jobs.export.export", ["batch-1"], 300)


def test_the_job_is_carried_out_by_a_worker(queue, stage):
    assert ring("jobs.mail.mail")
    worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer)
    assert worker.work(burst=True)
    assert queue.failed_job_registry.count == 0


def test_without_redis_nothing_is_rung_and_nothing_is_logged(app, caplog):
    assert not ring("jobs.mail.mail")
    assert caplog.records == []


def test_a_dead_redis_costs_less_than_a_second_and_a_line_in_the_log(dead, caplog):
    began = monotonic()
    with caplog.at_level(logging.WARNING):
        assert not ring("jobs.mail.mail")
    assert monotonic() - began < 1
    assert ["the doorbell is silent" in record.message for record in caplog.records] == [True]


@pytest.mark.parametrize(
    "trouble", [Unreachable("gone"), ResponseError("OOM command not allowed"), TimeoutError("slow"), OSError("no")]
)
def test_whatever_redis_says_the_caller_goes_on(queue, monkeypatch, trouble):
    def refuse(*_, **__):
        raise trouble

    monkeypatch.setattr(queue, "enqueue", refuse)
    assert not ring("jobs.mail.mail")


def test_an_export_click_is_done_with_redis_dead(dead, stage, as_):
    item = stage.job(customer=CITY)
    answer = as_("ann").post(f"/erp/{stage.connection.id}/job/export")
    assert answer.status_code == 303
    assert item.state == "Exporting"


def test_an_export_click_rings_after_its_commit_with_the_batch_of_the_click(queue, stage, as_):
    stage.job(customer=CITY)
    as_("ann").post(f"/erp/{stage.connection.id}/job/export")
    (job,) = queue.jobs
    batch = db.session.query(Exchange.batch).filter(Exchange.item_id.is_not(None)).scalar()
    assert (job.func_name, job.args) == ("jobs.export.export", [batch])


def test_a_rejection_rings_for_the_mail(queue, stage, as_):
    item = stage.job()
    as_("ann").post(f"/erp/{stage.connection.id}/items/{item.id}/rejection", data={"version": item.version})
    assert [job.func_name for job in queue.jobs] == ["jobs.mail.mail"]
