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
from tests.unit.sage import FILES, JOBS, SageStage


@pytest.fixture(autouse=True)
def promises(sage):
    """Every test ends with all invariants."""
    yield
    assert broken(thorough=True) == []


@pytest.fixture
def waits(sage: SageStage) -> Item:
    """Pam's project: sent, accepted and exported by Ann."""
    item = sage.accept(sage.send("job", sage.pier))
    sage.export("job")
    return item


def paste(sage: SageStage, item: Item, number: str, by: str = "ann", version: int | None = None) -> None:
    with transaction():
        handover.paste(item, getattr(sage.people, by), number, version)


def test_what_is_exported_waits_with_a_badge_that_leads_to_its_checklist(sage, waits):
    assert (waits.state, sage.exchange(waits).state) == ("Waiting", "waiting")
    assert waits.summary["waits"] == {"badge": "Key it in", "at": f"/erp/{sage.connection.id}/items/{waits.id}/keying"}
    assert [event.action for event in sage.events(waits)] == ["send", "accept", "export", "wait"]


def test_the_number_makes_it_synced_under_the_name_of_who_pasted_it(sage, waits):
    paste(sage, waits, " 25-1361 ", by="bob")
    assert (waits.state, waits.in_erp, waits.erp_id, waits.erp_name) == ("Synced", True, "25-1361", "Pier 9 Sewer Renewal")
    last = sage.events(waits)[-1]
    assert (last.action, last.actor) == ("number", "Bob")
    assert "waits" not in waits.summary
    assert records.find(sage.connection.id, "job", "25-1361").item_id == waits.id


@pytest.mark.parametrize(("number", "words"), [("", "is missing"), ("   ", "is missing"), ("25\x07", "printable"), ("9" * 41, "at most 40")])
def test_a_number_that_is_none_is_refused_and_it_still_waits(sage, waits, number, words):
    with pytest.raises(Refused, match=words):
        paste(sage, waits, number)
    assert waits.state == "Waiting"


def test_the_number_of_another_job_is_refused_and_names_it(sage, waits):
    paste(sage, waits, "25-1361")
    other = sage.accept(sage.send("job", sage.project("26-0001", "Library Annex")))
    sage.export("job")
    with pytest.raises(Refused, match="25-1361 Pier 9 Sewer Renewal has the number 25-1361 in accounting already"):
        paste(sage, other, "25-1361")
    assert other.state == "Waiting"


def test_a_code_may_have_the_number_of_a_job(sage, waits):
    paste(sage, waits, "32-1200")
    [code, *_] = [item for item in sage.codes_in_sage() if item.number == "32-1200"]
    assert (code.state, code.erp_id) == ("Synced", "32-1200")


def test_the_record_of_a_list_that_was_read_before_is_linked(sage, waits):
    sage.list_back("jobs", *JOBS)
    paste(sage, waits, "25-1361")
    record = records.find(sage.connection.id, "job", "25-1361")
    assert (record.state, record.item_id) == ("Linked", waits.id)
    assert sage.list_back("jobs", *JOBS).written == 0


def test_of_two_people_at_once_one_was_first(sage, waits):
    seen = waits.version
    paste(sage, waits, "25-1361", version=seen)
    with pytest.raises(Refused, match="It is Synced now"):
        paste(sage, waits, "25-9999", by="bob", version=seen)
    assert waits.erp_id == "25-1361"


def test_a_page_from_before_it_was_taken_back_and_exported_anew_does_nothing(sage, waits):
    seen = waits.version
    with transaction():
        handover.take_back(waits, sage.people.ann, "Typed tomorrow")
    sage.export("job")
    with pytest.raises(Stale):
        paste(sage, waits, "25-1361", version=seen)
    db.session.rollback()
    assert waits.state == "Waiting"


def test_taken_back_it_stands_accepted_and_may_be_exported_or_rejected(sage, waits):
    with transaction():
        handover.take_back(waits, sage.people.ann, "Not this year")
    assert (waits.state, "waits" in waits.summary) == ("Accepted", False)
    assert sage.events(waits)[-1].comment == "Not this year"
    with transaction():
        reject(waits, sage.people.ann, "")
    assert waits.state == "With PM"


def test_a_long_comment_is_refused(sage, waits):
    with pytest.raises(Refused, match="Shorten it"), transaction():
        handover.take_back(waits, sage.people.ann, "x" * 2001)


@pytest.mark.parametrize("name", ["pam", "stan", "adam", "olga"])
def test_who_may_not_decide_neither_pastes_nor_takes_back(sage, waits, name):
    with pytest.raises(Refused, match="You need"):
        paste(sage, waits, "25-1361", by=name)
    with pytest.raises(Refused, match="You need"), transaction():
        handover.take_back(waits, getattr(sage.people, name), "")
    assert waits.state == "Waiting"


def test_clock_and_worker_at_once_hand_over_once(sage):
    item = sage.accept(sage.send("job", sage.pier))
    with transaction():
        export(sage.connection, "job", sage.people.ann)
    start = Barrier(4)

    def one(_: int) -> int:
        with sage.app.app_context():
            start.wait(20)
            try:
                return handover.hand_over()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(one, range(4)))
    db.session.expire_all()
    assert sorted(made) == [0, 0, 0, 1]
    assert [event.action for event in sage.events(item)].count("wait") == 1


def test_a_changed_project_is_keyed_in_again_under_the_number_it_has(sage, waits):
    paste(sage, waits, "25-1361")
    with transaction():
        project.edit(sage.pier, sage.people.pam, None, title="Pier 9 and 10")
    item = sage.accept(sage.send("job", sage.pier))
    sage.export("job")
    todo = by_hand.checklist(unsent(item))
    assert (item.state, todo.number, dict(todo.rows)["Description"]) == ("Waiting", "25-1361", "Pier 9 and 10")
    paste(sage, item, "somewhere else")
    assert (item.state, item.erp_id, item.erp_name) == ("Synced", "25-1361", "Pier 9 and 10")


def test_a_job_that_goes_by_file_is_not_keyed_in(sage):
    with transaction():
        sage.connection.settings = {"sage300": {"job_records": True}}
    item = sage.accept(sage.send("job", sage.pier))
    sage.export("job")
    with pytest.raises(Refused, match="not keyed in by hand; its batch says"):
        paste(sage, item, "25-1361")


def test_nothing_is_laid_out_after_a_restore_until_all_lists_were_read_back(sage):
    item = sage.accept(sage.send("job", sage.pier))
    with transaction():
        sage.connection.epoch = 3
        db.session.add(Restore(connection_id=sage.connection.id, epoch=3, at=now(), since=now(), last_exchange=0))
    sage.export("job")
    assert item.state == "Exporting"
    for slug, rows in FILES.items():
        sage.list_back(slug, *rows)
    handover.hand_over()
    assert item.state == "Waiting"


def test_an_administrator_without_the_privilege_reads_back_and_decides_nothing(sage, waits):
    assert sage.people.adam.level("erp") == Level.ADMIN
    sage.list_back("jobs", *JOBS)
    assert waits.state == "Waiting"
