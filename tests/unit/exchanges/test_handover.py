"""Handing over to Sage: what a person keys in waits for him, once; the number he pastes makes it Synced under his name."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from erp.books import records
from erp.connectors import by_hand
from erp.db import db, now, transaction
from erp.documents import project
from erp.exchanges import handover
from erp.exchanges.claim import unsent
from erp.exchanges.export import export
from erp.exchanges.restores import Restore
from erp.invariants import broken
from erp.items import Item
from erp.items.perform import Refused, reject
from erp.moves import Stale
from erp.people import Level
from tests.unit.ridge import FILES, JOBS, VENDORS, Ridge


@pytest.fixture(autouse=True)
def promises(ridge):
    """Every test ends with all invariants."""
    yield
    assert broken(thorough=True) == []


@pytest.fixture
def waits(ridge: Ridge) -> Item:
    """Pam's project: sent, accepted and exported by Ann."""
    item = ridge.accept(ridge.send("job", ridge.pier))
    ridge.export("job")
    return item


def paste(ridge: Ridge, item: Item, number: str, by: str = "ann", version: int | None = None) -> None:
    with transaction():
        handover.paste(item, getattr(ridge.people, by), number, version)


def test_what_is_exported_waits_with_a_badge_that_leads_to_its_checklist(ridge, waits):
    assert (waits.state, ridge.exchange(waits).state) == ("Waiting", "waiting")
    assert waits.summary["waits"] == {"badge": "Key it in", "at": f"/erp/{ridge.connection.id}/items/{waits.id}/keying"}
    assert [event.action for event in ridge.events(waits)] == ["send", "accept", "export", "wait"]


def test_the_number_makes_it_synced_under_the_name_of_who_pasted_it(ridge, waits):
    paste(ridge, waits, " 25-1361 ", by="bob")
    assert (waits.state, waits.in_erp, waits.erp_id, waits.erp_name) == ("Synced", True, "25-1361", "Pier 9 Sewer Renewal")
    last = ridge.events(waits)[-1]
    assert (last.action, last.actor) == ("number", "Bob")
    assert "waits" not in waits.summary
    assert records.find(ridge.connection.id, "job", "25-1361").item_id == waits.id


@pytest.mark.parametrize(
    ("number", "words"), [("", "is missing"), ("   ", "is missing"), ("25\x07", "printable"), ("9" * 41, "at most 40")]
)
def test_a_number_that_is_none_is_refused_and_it_still_waits(ridge, waits, number, words):
    with pytest.raises(Refused, match=words):
        paste(ridge, waits, number)
    assert waits.state == "Waiting"


@pytest.mark.parametrize("number", ["25|1361", "=1+1", "2５-1361", "25-1361-00000001", "1-2-3-4"])
def test_a_number_that_sage_cannot_have_is_refused_and_it_still_waits(ridge, waits, number):
    with pytest.raises(Refused, match="Job number in Sage: “"):
        paste(ridge, waits, number)
    assert waits.state == "Waiting"


def test_a_number_is_spelled_as_the_list_has_it_whatever_the_capitals(ridge):
    ridge.list_back("vendors", *VENDORS)
    item = ridge.keyed("company", ridge.company(), "harwel")
    assert (item.state, item.erp_id) == ("Synced", "HARWEL")
    assert records.find(ridge.connection.id, "vendor", "HARWEL").item_id == item.id
    assert records.find(ridge.connection.id, "vendor", "harwel") is None


def test_the_number_of_another_job_is_refused_and_names_it(ridge, waits):
    paste(ridge, waits, "25-1361")
    other = ridge.accept(ridge.send("job", ridge.project("26-0001", "Library Annex")))
    ridge.export("job")
    with pytest.raises(Refused) as refused:
        paste(ridge, other, "25-1361")
    assert [reason.text for reason in refused.value.reasons] == [
        "Job number in Sage: 25-1361 is taken, 25-1361 Pier 9 Sewer Renewal has it. Look in Sage 300 under which number this one was "
        "keyed in, and write that. If Sage 300 has only one of them, key this one in there under a number of its own first."
    ]
    assert other.state == "Waiting"


def test_a_code_may_have_the_number_of_a_job(ridge, waits):
    paste(ridge, waits, "32-1200")
    [code, *_] = [item for item in ridge.codes_in_sage() if item.number == "32-1200"]
    assert (code.state, code.erp_id) == ("Synced", "32-1200")


def test_the_record_of_a_list_that_was_read_before_is_linked(ridge, waits):
    ridge.list_back("jobs", *JOBS)
    paste(ridge, waits, "25-1361")
    record = records.find(ridge.connection.id, "job", "25-1361")
    assert (record.state, record.item_id) == ("Linked", waits.id)
    assert ridge.list_back("jobs", *JOBS).written == 0


def test_of_two_people_at_once_one_was_first(ridge, waits):
    seen = waits.version
    paste(ridge, waits, "25-1361", version=seen)
    with pytest.raises(Refused, match="It is Synced now"):
        paste(ridge, waits, "25-9999", by="bob", version=seen)
    assert waits.erp_id == "25-1361"


def test_a_page_from_before_it_was_taken_back_and_exported_anew_does_nothing(ridge, waits):
    seen = waits.version
    with transaction():
        handover.take_back(waits, ridge.people.ann, "Typed tomorrow")
    ridge.export("job")
    with pytest.raises(Stale):
        paste(ridge, waits, "25-1361", version=seen)
    db.session.rollback()
    assert waits.state == "Waiting"


def test_taken_back_it_stands_accepted_and_may_be_exported_or_rejected(ridge, waits):
    with transaction():
        handover.take_back(waits, ridge.people.ann, "Not this year")
    assert (waits.state, "waits" in waits.summary) == ("Accepted", False)
    assert ridge.events(waits)[-1].comment == "Not this year"
    with transaction():
        reject(waits, ridge.people.ann, "")
    assert waits.state == "With PM"


def test_it_is_not_taken_back_by_a_page_from_before_it_was_exported_anew(ridge, waits):
    shown = waits.version
    with transaction():
        handover.take_back(waits, ridge.people.ann, "Typed tomorrow", shown)
    ridge.export("job")
    with pytest.raises(Stale), transaction():
        handover.take_back(waits, ridge.people.ann, "Typed tomorrow", shown)
    assert waits.state == "Waiting"


def test_a_long_comment_is_refused(ridge, waits):
    with pytest.raises(Refused, match="Shorten it"), transaction():
        handover.take_back(waits, ridge.people.ann, "x" * 2001)


@pytest.mark.parametrize("name", ["pam", "stan", "adam", "olga"])
def test_who_may_not_decide_neither_pastes_nor_takes_back(ridge, waits, name):
    with pytest.raises(Refused, match="You need"):
        paste(ridge, waits, "25-1361", by=name)
    with pytest.raises(Refused, match="You need"), transaction():
        handover.take_back(waits, getattr(ridge.people, name), "")
    assert waits.state == "Waiting"


def test_clock_and_worker_at_once_hand_over_once(ridge):
    item = ridge.accept(ridge.send("job", ridge.pier))
    with transaction():
        export(ridge.connection, "job", ridge.people.ann)
    start = Barrier(4)

    def one(_: int) -> int:
        with ridge.app.app_context():
            start.wait(20)
            try:
                return handover.hand_over()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(one, range(4)))
    db.session.expire_all()
    assert sorted(made) == [0, 0, 0, 1]
    assert [event.action for event in ridge.events(item)].count("wait") == 1


def test_a_changed_project_is_keyed_in_again_under_the_number_it_has(ridge, waits):
    paste(ridge, waits, "25-1361")
    with transaction():
        project.edit(ridge.pier, ridge.people.pam, None, title="Pier 9 and 10")
    item = ridge.accept(ridge.send("job", ridge.pier))
    ridge.export("job")
    todo = by_hand.checklist(unsent(item))
    assert (item.state, todo.number, dict(todo.rows)["Description"]) == ("Waiting", "25-1361", "Pier 9 and 10")
    paste(ridge, item, "somewhere else")
    assert (item.state, item.erp_id, item.erp_name) == ("Synced", "25-1361", "Pier 9 and 10")


def test_a_job_that_goes_by_file_is_not_keyed_in(ridge):
    with transaction():
        ridge.connection.settings = {"sage300": {"job_records": True}}
    item = ridge.accept(ridge.send("job", ridge.pier))
    ridge.export("job")
    with pytest.raises(Refused, match="not keyed in by hand; its batch says"):
        paste(ridge, item, "25-1361")


def test_nothing_is_laid_out_after_a_restore_until_all_lists_were_read_back(ridge):
    item = ridge.accept(ridge.send("job", ridge.pier))
    with transaction():
        ridge.connection.epoch = 3
        db.session.add(Restore(connection_id=ridge.connection.id, epoch=3, at=now(), since=now(), last_exchange=0))
    ridge.export("job")
    assert item.state == "Exporting"
    for slug, rows in FILES.items():
        ridge.list_back(slug, *rows)
    handover.hand_over()
    assert item.state == "Waiting"


def test_an_administrator_without_the_privilege_reads_back_and_decides_nothing(ridge, waits):
    assert ridge.people.adam.level("erp") == Level.ADMIN
    ridge.list_back("jobs", *JOBS)
    assert waits.state == "Waiting"
