"""Add and Link: what accounting has becomes a document here, or is joined with one, once, and nothing travels."""

import pytest
from sqlalchemy import func, select

from erp import links, moves
from erp.audit import Event
from erp.books import records
from erp.db import db, transaction
from erp.documents import cost_code
from erp.documents.project import Project
from erp.exchanges.exchange import Exchange
from erp.items.perform import Refused
from erp.items.why_not import why_not
from erp.people.access import set_grid
from erp.states import RecordState, State
from tests.unit.stage import row

OLD = {"number": "24-0900", "street": "9 Pier Road", "city": "Bayview", "region": "CA", "postal_code": "94111"}


@pytest.fixture
def old_pier(stage):
    """A job that accounting made; another one makes the noise."""
    stage.record("job", "J9", "City of Bayview:Noise Wall")
    return stage.record("job", "J1", "City of Bayview:Old Pier", **OLD)


def add(stage, record, by="adam", **how):
    with transaction():
        return links.add(record, getattr(stage.people, by), **how)


def link(stage, record, document, by="adam", **how):
    with transaction():
        return links.link(record, document.id, getattr(stage.people, by), **how)


def sentences(refused):
    return [reason.text for reason in refused.value.reasons]


def counted(stage, kind="job"):
    return {name: n for (slug, name), n in moves.counts(stage.connection.id).items() if slug == kind and n}


def test_a_job_becomes_a_project_with_name_number_address_customer_and_id_and_is_synced_at_once(stage, old_pier):
    item = add(stage, old_pier)
    project = db.session.get_one(Project, item.document_id)
    assert (project.name, project.number, project.wished_customer) == ("Old Pier", "24-0900", "City of Bayview")
    assert (project.street, project.city, project.region, project.postal_code) == ("9 Pier Road", "Bayview", "CA", "94111")
    assert (item.state, item.in_erp, item.erp_id, item.erp_name) == (State.SYNCED, True, "J1", "City of Bayview:Old Pier")
    assert item.result["shows"] == [["Customer:Job", "City of Bayview:Old Pier"], ["ID", "J1"]]
    assert (item.snapshot, item.payload, item.summary["number"]) == (None, {}, "24-0900")
    assert (old_pier.state, old_pier.filter, old_pier.item_id) == (RecordState.LINKED, None, item.id)
    assert counted(stage) == {"ready-to-import": 1, "synced": 1}


def test_it_is_audited_on_both_sides_and_nothing_is_sent(stage, old_pier):
    item = add(stage, old_pier)
    for subject in (item.subject, old_pier.subject):
        (event,) = db.session.scalars(select(Event).where(Event.subject == subject))
        assert (event.action, event.actor, event.version) == ("import", "Adam", 1)
    assert db.session.scalar(select(func.count(Exchange.id)).where(Exchange.item_id.is_not(None))) == 0


def test_a_job_without_a_number_lends_its_name(stage, old_pier):
    noise = records.find(stage.connection.id, "job", "J9")
    assert add(stage, noise).number == "Noise Wall"


def test_a_job_whose_name_or_number_waits_here_is_linked_not_added_again(stage, pier):
    for n, (name, number) in enumerate((("pier 9  SEWER renewal", ""), ("Anything", "25-1361"))):
        record = stage.record("job", f"K{n}", f"City of Bayview:{name}", number=number)
        with pytest.raises(Refused) as refused:
            add(stage, record)
        (said,) = sentences(refused)
        assert "25-1361 Pier 9 Sewer Renewal is here already" in said and "Press Link to project" in said
        assert record.state == RecordState.STAGED


def test_a_number_that_a_linked_project_has_is_refused(stage, old_pier):
    add(stage, old_pier)
    twin = stage.record("job", "J2", "City of Bayview:New Pier", number="24-0900")
    with pytest.raises(Refused) as refused:
        add(stage, twin)
    assert sentences(refused) == [
        "The number 24-0900 is taken: the project Old Pier of the same connection has it. Change the field Number in one of the two projects first."
    ]
    assert db.session.scalar(select(func.count(Project.id))) == 3


def test_a_project_is_linked_and_keeps_its_fields(stage, pier, old_pier):
    item = link(stage, old_pier, pier)
    assert (item.state, item.erp_id, item.number, item.title) == (State.SYNCED, "J1", "25-1361", "Pier 9 Sewer Renewal")
    assert (pier.name, pier.number) == ("Pier 9 Sewer Renewal", "25-1361")
    assert [event.action for event in stage.events(item)] == ["link"]
    assert not why_not("send", item, stage.people.pam)


def test_a_project_without_a_connection_belongs_to_this_one_from_then_on(stage, old_pier):
    project = stage.project("27-1", "Free", connection_id=None)
    link(stage, old_pier, project)
    assert project.connection_id == stage.connection.id


def test_a_project_that_came_back_from_accounting_can_be_linked(stage, pier, old_pier):
    item = stage.job()
    stage.reject(item)
    assert link(stage, old_pier, pier).id == item.id
    assert [event.action for event in stage.events(item)] == ["send", "reject", "link"]
    assert item.snapshot is None


def test_what_waits_at_accounting_is_not_linked_meanwhile(stage, pier, old_pier):
    stage.job()
    with pytest.raises(Refused) as refused:
        link(stage, old_pier, pier)
    assert sentences(refused) == ["25-1361 Pier 9 Sewer Renewal was sent to ERP and is Ready there. Retrieve it first, or wait for "
                                  "accounting."]  # fmt: skip
    assert old_pier.state == RecordState.STAGED


def test_a_document_is_linked_once_and_a_record_too(stage, pier, old_pier):
    link(stage, old_pier, pier)
    noise = records.find(stage.connection.id, "job", "J9")
    with pytest.raises(Refused) as refused:
        link(stage, noise, pier)
    assert sentences(refused) == ["25-1361 Pier 9 Sewer Renewal is linked already, to City of Bayview:Old Pier."]
    other = stage.project()
    with pytest.raises(Refused) as refused:
        link(stage, old_pier, other)
    assert sentences(refused) == ["City of Bayview:Old Pier is linked already."]


def test_what_moved_under_another_customer_since_it_was_shown_is_looked_at_again(stage, pier, old_pier):
    seen = old_pier.hash
    stage.apply(row("job", "J1", "Harbor Unified School District:Old Pier", **OLD))
    with pytest.raises(Refused) as refused:
        link(stage, old_pier, pier, seen=seen)
    assert sentences(refused) == ["It was changed in accounting meanwhile; it is Harbor Unified School District:Old Pier now. Look "
                                  "at it again."]  # fmt: skip


def test_a_project_of_another_connection_stays_there(stage, old_pier):
    from erp.audit import System
    from erp.connectors.quickbooks.setup import make

    other, _ = make("Another file", "quickbooks", "http://localhost:8000", System("test"))
    project = stage.project("27-1", "Elsewhere", connection_id=other.id)
    with pytest.raises(Refused) as refused:
        link(stage, old_pier, project)
    assert "belongs to another connection" in sentences(refused)[0]


@pytest.mark.parametrize("choose", [lambda s: 0, lambda s: 999_999, lambda s: 2**40, lambda s: s.codes[0].id])
def test_only_a_document_of_the_kind_can_be_chosen(stage, old_pier, choose):
    with pytest.raises(Refused) as refused, transaction():
        links.link(old_pier, choose(stage), stage.people.adam)
    assert sentences(refused) == ["Choose what it is linked to."]


def test_what_is_gone_in_accounting_is_neither_added_nor_linked(stage, old_pier):
    records.apply(stage.connection.id, [], whole=("job",))
    for action in ("add", "link", "archive"):
        assert "deleted there or merged" in links.why_not(action, old_pier, stage.people.adam)[0].text


# rights

MAY = {"add": {"job": "adam", "cost_code": "ann bob stan adam"}, "link": {"job": "adam", "cost_code": "adam"},
       "archive": {"job": "ann bob stan adam", "cost_code": "ann bob stan adam"}}  # fmt: skip


@pytest.mark.parametrize("action", MAY)
@pytest.mark.parametrize("name", ["pam", "ann", "bob", "stan", "adam", "olga"])
def test_each_action_is_for_exactly_these_people(stage, old_pier, action, name):
    item = stage.record("item", "I1", "Consulting", type="ItemService")
    for record in (old_pier, item):
        reasons = links.why_not(action, record, getattr(stage.people, name))
        assert (not reasons) == (name in MAY[action][record.kind].split()), (record.kind, reasons)


def test_whom_the_grid_keeps_from_importing_is_told_so(stage):
    item = stage.record("item", "I1", "Consulting", type="ItemService")
    set_grid(stage.people.stan, "cost_code", can_import=False, can_export=True)
    for action in ("add", "archive"):
        (reason,) = links.why_not(action, item, stage.people.stan)
        assert "approver grid does not let you import" in reason.text


def test_who_may_not_is_refused_by_the_deed_itself(stage, pier, old_pier):
    for deed in (lambda: add(stage, old_pier, by="ann"), lambda: link(stage, old_pier, pier, by="ann")):
        with pytest.raises(Refused) as refused:
            deed()
        assert "You need Admin on ERP Integrations" in sentences(refused)[0]


# cost codes


def test_an_item_becomes_a_cost_code_and_what_it_hangs_below_its_division(stage):
    above = stage.record("item", "I1", "98", type="ItemService", desc="Extras")
    item = add(stage, stage.record("item", "I2", "98:98-100", type="ItemService", desc="Cleaning"), by="stan")
    code = cost_code.find("98-100")
    assert (code.name, code.division.code, code.division.name, code.division.is_division) == ("Cleaning", "98", "Extras", True)
    assert (item.erp_name, above.state) == ("98:98-100", RecordState.LINKED)
    assert counted(stage, "cost_code") == {"synced": 2}


def test_an_item_with_items_below_it_is_a_division_and_one_alone_stands_alone(stage):
    above = stage.record("item", "I1", "98", type="ItemService")
    stage.record("item", "I2", "98:98-100", type="ItemService")
    add(stage, above)
    assert cost_code.find("98", is_division=True).name == "98"
    alone = stage.record("item", "I3", "Consulting", type="ItemService")
    assert db.session.get_one(cost_code.CostCode, add(stage, alone).document_id).division is None


def test_a_division_that_is_linked_already_takes_the_code(stage):
    division = cost_code.find("32", is_division=True)
    link(stage, stage.record("item", "I1", "32", type="ItemService"), division)
    add(stage, stage.record("item", "I2", "32:32-9999", type="ItemService"))
    assert cost_code.find("32-9999").division is division


@pytest.mark.parametrize(("data", "name", "words"), [
    ({"type": "ItemDiscount"}, "Discount", "of the type Discount"), ({"type": "ItemService"}, "a:b:c", "three levels deep"),
])  # fmt: skip
def test_what_cannot_be_a_cost_code_says_why(stage, data, name, words):
    record = stage.record("item", "I1", name, **data)
    for action in ("add", "link"):
        assert words in links.why_not(action, record, stage.people.adam)[0].text
    assert links.why_not("archive", record, stage.people.adam) == []


def test_a_code_that_differs_only_in_its_capitals_is_linked_not_added(stage):
    with transaction():
        made = cost_code.create(stage.people.adam, "Gen", "General", "")
    record = stage.record("item", "I1", "GEN", type="ItemService")
    with pytest.raises(Refused) as refused:
        add(stage, record)
    assert "Gen General is here already" in sentences(refused)[0]
    link(stage, record, made)
    twin = stage.record("item", "I2", "98", type="ItemService"), stage.record("item", "I3", "98:gen", type="ItemService")
    with pytest.raises(Refused) as refused:
        add(stage, twin[1])
    assert sentences(refused) == ["gen is there already: General. Choose another code, or edit that one."]
    assert twin[0].state == RecordState.STAGED, "the division of a refused code is not made either"


def test_a_code_is_no_division_of_accounting_and_a_division_no_code(stage):
    above = stage.record("item", "I1", "98", type="ItemService")
    below = stage.record("item", "I2", "98:98-100", type="ItemService")
    with pytest.raises(Refused) as refused:
        link(stage, above, cost_code.find("32-1200"))
    assert "linked to a division only" in sentences(refused)[0]
    with pytest.raises(Refused) as refused:
        link(stage, below, cost_code.find("32", is_division=True))
    assert "the division 32 cannot" in sentences(refused)[0]


def test_a_budget_cannot_come_from_accounting_and_says_so(stage):
    from erp.kind import KINDS

    (reason,) = links.why_not_here("add", KINDS["budget"], stage.people.adam)
    assert reason.text.startswith("Budgets are made here and sent there")


def test_a_project_whose_number_another_of_the_connection_has_is_not_linked(stage, old_pier):
    twin = stage.project(stage.pier.number, "Twin", connection_id=None)
    with pytest.raises(Refused) as refused:
        link(stage, old_pier, twin)
    assert sentences(refused) == [
        f"The number {twin.number} is taken: the project {stage.pier.name} of the same connection has it. Change the field Number in one of the two projects first."
    ]
    db.session.rollback()
    assert twin.connection_id is None
