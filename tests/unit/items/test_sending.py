"""Send freezes a document and hands it to accounting; Retrieve takes it back; both only by who may, where it may be."""

import hashlib
import json

import pytest
from sqlalchemy import select

from erp.audit import System
from erp.cli.user import give
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import db, transaction
from erp.documents import budget as budgets
from erp.documents import project as projects
from erp.items import Item, Snapshot
from erp.items.perform import Refused, item_for, retrieve, send
from erp.items.why_not import why_not
from erp.moves import Stale
from erp.people import Level
from erp.people.user import SEND_BUDGETS
from erp.states import Filter, State
from tests.unit.stage import CITY


def texts(action, item, person):
    return [reason.text for reason in why_not(action, item, person)]


def first(stage, kind, document):
    return item_for(kind, stage.connection, document)


def test_a_document_never_sent_has_an_item_with_pm_that_is_not_in_the_database(stage):
    item = first(stage, "job", stage.pier)
    assert (item.state, item.filter, item.id, item.ever_sent) == (State.WITH_PM, None, None, False)
    db.session.commit()
    assert db.session.scalars(select(Item)).all() == []


def test_send_makes_the_item_with_who_when_and_what_lists_show(stage):
    item = stage.job()
    assert (item.state, item.filter, item.version) == (State.READY, Filter.EXPORT, 1)
    assert (item.number, item.title, item.project_id) == ("25-1361", "Pier 9 Sewer Renewal", stage.pier.id)
    assert (item.sender, item.creator) == (stage.people.pam, stage.people.pam)
    assert item.sent_at is not None
    assert item.summary["address"] == "9 Pier Road, Bayview CA 94111"


def test_creator_and_sender_are_kept_apart(stage):
    made = stage.project(by="bob")
    projects.grant(made, stage.people.pam, "project_admin", Level.ADMIN)
    item = stage.send("job", made, by="pam")
    assert (item.creator, item.sender) == (stage.people.bob, stage.people.pam)


@pytest.mark.parametrize("name", ["ann", "bob", "stan", "adam", "olga"])
def test_only_the_projects_admin_sends_and_retrieves_it(stage, name):
    person = getattr(stage.people, name)
    assert texts("send", first(stage, "job", stage.pier), person) == [
        "You need Admin on Project Admin. The project's admin can change that."]  # fmt: skip
    with pytest.raises(Refused, match="Admin on Project Admin"), transaction():
        send("job", stage.connection, stage.pier, person)
    item = stage.job()
    with pytest.raises(Refused, match="Admin on Project Admin"), transaction():
        retrieve(item, person)
    assert item.state == State.READY


def test_a_cost_code_is_sent_by_adam_and_by_nobody_below_admin_on_company_admin(stage):
    for name in ("pam", "ann", "bob", "stan", "olga"):
        with pytest.raises(Refused, match="Admin on Company Admin"), transaction():
            send("cost_code", stage.connection, stage.codes[0], getattr(stage.people, name))
    assert stage.send("cost_code", stage.codes[0]).state == State.READY


def test_stan_sends_a_budget_with_the_granular_right(stage):
    stage.job_in_erp()
    stage.codes_in_erp()
    made = stage.budget()
    projects.grant(stage.pier, stage.people.stan, "budget", Level.READ)
    assert texts("send", first(stage, "budget", made), stage.people.stan) == [
        "You need Admin on Budget. The project's admin can change that."]  # fmt: skip
    give(stage.people.stan, SEND_BUDGETS, stage.pier.id)
    assert stage.send("budget", made, by="stan").sender is stage.people.stan


def test_what_was_sent_is_not_sent_again_and_says_where_it_is(stage):
    item = stage.job()
    said = [texts("send", item, stage.people.pam)]
    said.append(texts("send", stage.accept(item), stage.people.pam))
    said.append(texts("send", stage.exporting(item), stage.people.pam))
    said.append(texts("send", stage.failed(item), stage.people.pam))
    assert said == [
        ["It was sent to ERP already and waits for accounting."],
        ["It was sent to ERP already and accounting accepted it."],
        ["It is being exported to accounting right now."],
        ["Accounting refused it. The approver can retry it or reject it back to you."],
    ]
    with pytest.raises(Refused):
        stage.job()


@pytest.mark.parametrize("state", [s for s in State if s not in (State.WITH_PM, State.SYNCED)])
@pytest.mark.parametrize("action", ["send", "retrieve"])
def test_every_grey_button_says_its_reason_in_words_and_not_in_states(stage, state, action):
    item = Item(kind="job", state=state, in_erp=False, project_id=stage.pier.id, connection_id=stage.connection.id)
    assert not any(reason.startswith(f"It is {state} now") for reason in texts(action, item, stage.people.pam))


def test_retrieve_leads_home_and_forgets_the_acceptance(stage):
    item = stage.job(customer="80000001-1")
    event = stage.retrieve(item)
    assert (item.state, item.filter, item.accepted_by, item.choices) == (State.WITH_PM, None, None, {})
    assert (event.frm, event.to) == (State.ACCEPTED, State.WITH_PM)


def test_retrieve_works_until_it_is_exported(stage):
    item = stage.exporting(stage.job(customer="80000001-1"))
    with pytest.raises(Refused, match="cannot be retrieved any more"):
        stage.retrieve(item)
    assert item.state == State.EXPORTING


def test_a_second_send_is_a_second_snapshot_with_a_marker_of_its_own(stage):
    item = stage.job()
    stage.retrieve(item)
    stage.job()
    rows = db.session.scalars(select(Snapshot).order_by(Snapshot.number)).all()
    assert [row.number for row in rows] == [1, 2]
    assert rows[0].marker != rows[1].marker
    assert rows[0].hash == rows[1].hash
    assert item.snapshot is rows[1]
    assert item.ever_sent


def test_a_snapshot_is_frozen_canonical_and_hashed(stage):
    item = stage.job()
    kept = item.snapshot
    payload, hash = kept.payload, kept.hash
    stage.pier.title = "Renamed behind the snapshot"
    stage.pier.street = "Elsewhere 1"
    db.session.commit()
    stage.accept(item, customer="80000001-1")
    assert (kept.payload, kept.hash) == (payload, hash)
    assert item.payload["name"] == "Pier 9 Sewer Renewal"
    assert hashlib.sha256(kept.payload.encode()).hexdigest() == kept.hash
    assert kept.payload == json.dumps(json.loads(kept.payload), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def test_the_marker_has_a_shape_that_fits_accounting(stage):
    marker = stage.job().snapshot.marker
    assert marker.startswith("CS-")
    assert len(marker) == 15
    assert not set("01ILOU") & set(marker[3:])


def test_a_page_from_before_cannot_send(stage):
    item = stage.job()
    stage.retrieve(item)
    with pytest.raises(Stale), transaction():
        send("job", stage.connection, stage.pier, stage.people.pam, version=1)
    assert item.state == State.WITH_PM
    assert db.session.scalars(select(Snapshot)).all() == [item.snapshot]


def test_a_refused_first_send_leaves_no_item_behind(stage):
    stage.pier.erp_integrated = False
    db.session.commit()
    with pytest.raises(Refused):
        stage.job()
    assert db.session.scalars(select(Item)).all() == []


def test_nothing_is_sent_before_the_lists_of_the_connection_were_read(stage):
    stage.connection.schedules[0].read_at = None
    assert texts("send", first(stage, "job", stage.pier), stage.people.pam) == [
        "The lists of Harbor & Hill have not been read yet. They are read when the Web Connector calls for the first time; "
        "an ERP administrator sees the connection's health."]  # fmt: skip


def test_a_project_goes_to_its_own_connection_and_to_no_other(stage):
    other, _ = make_connection("Another file", "quickbooks", "http://localhost:8000", System("test"))
    for schedule in other.schedules:
        schedule.read_at = stage.connection.schedules[0].read_at
    db.session.commit()
    with pytest.raises(Refused, match="The project is not linked to Another file") as refused, transaction():
        send("job", other, stage.pier, stage.people.pam)
    assert refused.value.reasons[0].url == f"/projects/{stage.pier.id}/edit"
    made = stage.budget()
    with pytest.raises(Refused, match="The project is not linked to Another file"), transaction():
        send("budget", other, made, stage.people.pam)
    assert db.session.scalars(select(Item)).all() == []


def test_a_project_that_is_linked_to_nothing_is_not_sent(stage):
    lonely = stage.project(connection_id=None)
    assert "The project is not linked to Harbor & Hill." in " ".join(texts("send", first(stage, "job", lonely), stage.people.pam))


def test_a_budget_claims_its_entries_and_a_resend_claims_them_again(stage):
    item = stage.ready_budget()
    made = db.session.get_one(budgets.Budget, item.document_id)
    assert {entry.snapshot_id for entry in budgets.entries(made)} == {item.snapshot_id}
    before = item.snapshot_id
    stage.retrieve(item)
    stage.send("budget", made)
    assert {entry.snapshot_id for entry in budgets.entries(made)} == {item.snapshot_id} != {before}
    assert [line["send"] for line in item.payload["lines"]] == [100_050, 200_000, 300_100]


NEW = {"job": {"title": "Pier 9 Sewer"}, "company": {"street": "5 Forge Lane"}, "cost_code": {"title": "Asphalt"}}


@pytest.fixture(params=NEW)
def known(stage, request):
    """A job, a company, a code that accounting has."""
    if request.param == "cost_code":
        return stage.codes_in_erp()[-1]
    return stage.job_in_erp() if request.param == "job" else stage.synced(stage.send("company", stage.company()))


def change(item, values):
    document = item.declaration.load(item.document_id)
    for name, value in values.items():
        setattr(document, name, value)
    db.session.commit()
    return document


def sender(stage, item):
    return getattr(stage.people, {"cost_code": "adam", "company": "olga"}.get(item.kind, "pam"))


def test_what_accounting_has_is_not_sent_again_unless_it_changed(stage, known):
    assert texts("send", known, sender(stage, known)) == [
        "There is nothing to send: accounting has it as it is here. Change it first."
    ]
    document = change(known, NEW[known.kind])
    assert texts("send", known, sender(stage, known)) == []
    stage.send(known.kind, document)
    assert (known.state, known.in_erp, known.filter) == ("Ready", True, "ready-to-update")


def test_an_update_that_came_back_is_synced_and_keeps_what_was_chosen_for_good(stage, known):
    with transaction():
        known.choices = {"customer": {"id": CITY, "name": "City of Bayview"}}
    document = change(known, NEW[known.kind])
    stage.send(known.kind, document)
    stage.retrieve(known, by={"cost_code": "adam", "company": "olga"}.get(known.kind, "pam"))
    assert (known.state, known.choices) == ("Synced", {"customer": {"id": CITY, "name": "City of Bayview"}})
    stage.send(known.kind, document)
    stage.accept(known)
    assert known.choices["customer"]["id"] == CITY
    stage.reject(known)
    assert (known.state, known.choices["customer"]["id"]) == ("Synced", CITY)
    assert texts("send", known, sender(stage, known)) == [], "accounting still has the old data"
