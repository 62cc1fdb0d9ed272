"""Jobs are shallow: they find the application and call one function; twice is as good as once."""

import pytest
from flask import current_app, has_app_context

from erp.db import db, now
from erp.exchanges.exchange import Exchange, ExchangeState
from erp.exchanges.export import export
from erp.items import Item, Snapshot
from jobs import app as jobs_app
from jobs import worker
from jobs.export import export as export_job
from jobs.mail import mail as mail_job
from tests.unit.stage import CITY


@pytest.fixture
def batch(stage):
    """An Export click on one job."""
    stage.job(customer=CITY)
    click = export(stage.connection, "job", stage.people.ann)
    db.session.commit()
    return click.batch


def states():
    return [(item.state, item.error.get("code")) for item in db.session.query(Item)]


def test_the_export_job_changes_nothing_about_what_can_be_written(batch):
    assert export_job(batch) == 0
    assert export_job(batch) == 0
    assert states() == [("Exporting", None)]


def test_the_export_job_refuses_early_and_once_what_could_not_be_written(batch):
    snapshot = db.session.query(Snapshot).one()
    snapshot.payload = snapshot.payload.replace("Pier 9 Sewer Renewal", "x" * 42)
    db.session.commit()
    assert [export_job(batch), export_job(batch)] == [1, 0]
    assert states() == [("Failed", "field")]
    assert db.session.query(Exchange).filter_by(batch=batch).one().state == ExchangeState.FAILED


@pytest.mark.parametrize("unknown", ["", "no such batch", "' OR 1=1"])
def test_a_job_about_nothing_does_nothing(batch, unknown):
    assert export_job(unknown) == 0
    assert states() == [("Exporting", None)]


def test_the_mail_job_sends_what_is_due(stage, monkeypatch):
    monkeypatch.setattr("erp.postman._hand_over", lambda url, message: None)
    stage.app.config["MAIL_URL"] = "smtp://localhost"
    stage.reject(stage.job())
    assert [mail_job(), mail_job()] == [2, 0]


def test_a_job_outside_of_an_application_makes_one(app, monkeypatch):
    monkeypatch.setattr(jobs_app, "the_app", lambda: app)
    seen = jobs_app.in_app(lambda: current_app._get_current_object())
    assert seen() is app
    assert has_app_context()


def test_a_job_keeps_the_name_under_which_it_is_rung():
    assert (export_job.__name__, export_job.__module__) == ("export", "jobs.export")
    assert (mail_job.__name__, mail_job.__module__) == ("mail", "jobs.mail")


def test_a_worker_without_redis_says_that_the_clock_does_its_part(app, monkeypatch):
    monkeypatch.setattr(worker, "the_app", lambda: app)
    with pytest.raises(SystemExit, match="the clock does the worker's part"):
        worker.main()


def test_a_refresh_that_is_queued_is_no_business_of_an_export_job(stage):
    stage.connection.schedules[0].next_at = now()
    db.session.commit()
    before = db.session.query(Exchange).count()
    assert export_job("") == 0
    assert db.session.query(Exchange).count() == before
