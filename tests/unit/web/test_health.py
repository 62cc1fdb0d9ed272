"""What machines ask: is it alive, and how is it; without a login, without a name of a person or project."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from erp.audit import System
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import db, now, transaction
from erp.exchanges.export import export
from erp.reports.figures import Figure
from erp.web.health import written
from tests.smtp import free_port

TOKEN = {"Authorization": "Bearer sesame"}


@pytest.fixture
def metrics(app, client):
    """The figures as a mapping from a whole sample to its value."""

    def ask():
        app.config["METRICS_TOKEN"] = "sesame"
        answer = client.get("/metrics", headers=TOKEN)
        assert (answer.status_code, answer.content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
        return {name: float(value) for name, value in re.findall(r"^(\w+(?:{.*})?) (\S+)$", answer.text, re.MULTILINE)}

    return ask


def test_it_lives_and_says_nothing_of_the_data(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "database ok\nredis none\n")


def test_a_redis_that_is_away_is_named_and_no_reason_to_stop(app, client):
    app.config["REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "database ok\nredis does not answer\n")


def test_without_its_database_it_is_not_well(client, monkeypatch):
    def away(*_):
        raise OperationalError("SELECT 1", {}, Exception("no such server"))

    monkeypatch.setattr(db.session, "execute", away)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (503, "database does not answer\nredis none\n")


def test_without_the_setting_there_are_no_figures(app, client):
    app.config["METRICS_TOKEN"] = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "shown", [{}, {"Authorization": "Bearer sesam"}, {"Authorization": "sesame"}, {"Authorization": "Bearer ä"}]
)
def test_without_the_token_nobody_reads_figures(app, client, shown):
    app.config["METRICS_TOKEN"] = "sesame"
    answer = client.get("/metrics", headers=shown)
    assert answer.status_code == 401
    assert "countersign_" not in answer.text


def test_the_figures_say_what_waits_failed_and_stands_still(stage, people, metrics):
    here = f'id="{stage.connection.id}",connection="Harbor & Hill"'
    stage.connection.last_seen = now() - timedelta(minutes=7)
    item = stage.job()
    item.sent_at = now() - timedelta(hours=2)
    stage.failed(stage.exporting(stage.accepted("cost_code", stage.codes[0])))
    db.session.commit()
    found = metrics()
    assert found[f'countersign_items_waiting{{{here},kind="job"}}'] == 1
    assert found[f'countersign_items_waiting{{{here},kind="budget"}}'] == 0
    assert 7200 <= found[f'countersign_items_waiting_oldest_seconds{{{here},kind="job"}}'] < 7300
    assert found[f"countersign_items_failed{{{here}}}"] == 1
    assert found[f"countersign_items_unknown{{{here}}}"] == 0
    assert 420 <= found[f"countersign_last_contact_seconds{{{here}}}"] < 500
    assert found['countersign_mails_unsent{state="queued"}'] == len(stage.mails())


def test_what_is_handed_over_stands_in_the_queue(stage, people, metrics):
    name, was = f'countersign_queue_length{{id="{stage.connection.id}",connection="Harbor & Hill"}}', metrics()
    stage.job(customer="80000001-1")
    with transaction():
        export(stage.connection, "job", people.ann)
    assert metrics()[name] == was[name] + 1


def test_every_sample_is_there_once_also_when_two_connections_have_one_name(app, client, connection):
    make_connection(connection.name, "quickbooks", "http://localhost:8000", System("test"))
    db.session.commit()
    app.config["METRICS_TOKEN"] = "sesame"
    samples = re.findall(r"^(\w+(?:{.*})?) \S+$", client.get("/metrics", headers=TOKEN).text, re.MULTILINE)
    assert len(samples) == len(set(samples)) > 20


def test_a_name_cannot_break_out_of_its_label():
    assert written([Figure("f", "what", 1, {"connection": 'A"} 9\n\\'})]) == (
        '# HELP f what\n# TYPE f gauge\nf{connection="A\\"} 9\\n\\\\"} 1\n')  # fmt: skip
