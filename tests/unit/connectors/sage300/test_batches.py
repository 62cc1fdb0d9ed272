"""What is queued for Sage becomes numbered batches, a job each, once; a read-back confirms them."""

from threading import Barrier, Thread

import pytest

from erp.audit import history
from erp.books import batches
from erp.connector import Failed
from erp.connectors.sage300 import batches as making
from erp.connectors.sage300.delivery import deliver
from erp.db import db, now, transaction
from erp.documents import budget as budgets
from erp.documents import budget_modification as modifications
from erp.documents.budget_moves import Move
from erp.exchanges.epoch import NEVER_RESTORED
from erp.exchanges.exchange import Exchange
from erp.exchanges.handover import hand_over
from erp.exchanges.restores import Restore
from erp.invariants import broken
from tests.unit.ridge import Ridge
from tests.unit.sage import Sage, settings, states, texts


def test_an_exported_budget_is_a_numbered_file_and_its_item_waits_for_it(sage: Sage) -> None:
    batch = sage.batch(100_050, 200_000)
    (file,) = batch.files
    assert (batch.number, batch.job, batch.state, file.name) == (1, "261164", "Ready", "000001_estimate.jce")
    assert (file.count, file.amount, batch.totals) == (2, 300_050, {"lines": 2, "amount": 300_050})
    assert (file.sha256, file.size) == (batches.sha256(file.body), len(file.body))
    assert texts(batch)[0] == 'C,"32-1200","Asphalt paving","S",11222026,0.00,"",1000.50,,,,,""'
    assert file.body.endswith(b"\r\n")
    item = sage.item(batch)
    assert (item.state, item.summary["waits"]) == (
        "Waiting",
        {"badge": "File ready", "at": f"/erp/{sage.connection.id}/batches/1"},
    )
    assert [event.action for event in history(batch.subject)] == ["make_batch"]
    assert broken(thorough=True) == []


def test_nothing_queued_makes_no_batch_and_what_waits_is_not_laid_out_twice(sage: Sage) -> None:
    assert deliver(sage.connection.id) == 0
    sage.batch()
    assert (hand_over(), deliver(sage.connection.id), len(sage.all())) == (0, 0, 1)


def test_each_job_has_a_batch_of_its_own_and_numbers_count_on(sage: Sage) -> None:
    for number in (1, 2):
        sage.exported(sage.accepted("budget", sage.budget(sage.project(f"26-{number}", f"Pier {number}", f"26{number}"))))
    hand_over()
    assert [(batch.number, batch.job) for batch in sage.all()] == [(1, "261"), (2, "262")]
    assert sage.batch(number=3).number == 3


def test_another_connection_has_numbers_of_its_own(sage: Sage, stage) -> None:
    sage.batch()
    other = Sage(stage)
    assert (other.batch(number=2 - 1).number, other.connection.id != sage.connection.id) == (1, True)


def test_sub_jobs_stand_before_the_amounts_and_are_items_of_the_batch(sage: Sage) -> None:
    project = sage.project()
    alternate = sage.sub_job(project)
    sage.exported(alternate, sage.accepted("budget", sage.budget(project)))
    hand_over()
    (batch,) = sage.all()
    assert [text.split(",")[0] for text in texts(batch)] == ["E", "C", "C", "C"]
    assert [item.kind for item in sage.items(batch)] == ["sub_job", "budget"]
    assert {item.state for item in sage.items(batch)} == {"Waiting"}


def test_the_job_stands_once_at_the_head_of_each_file_where_jobs_go_by_file(sage: Sage) -> None:
    with settings(sage.connection, job_records=True):
        project = sage.project()
        sage.exported(sage.sub_job(project), sage.accepted("budget", sage.budget(project)))
        hand_over()
    (batch,) = sage.all()
    assert [text[0] for text in texts(batch)] == ["*", "E", "C", "C", "C"]
    heads = [line for line in batches.lines_of(batch) if line.record == "*"]
    assert ({line.position for line in heads}, len({line.exchange_id for line in heads})) == ({1}, 2)
    assert batch.files[0].count == 5


def test_a_sub_job_alone_is_a_file_of_its_record_only(sage: Sage) -> None:
    sage.exported(sage.sub_job(sage.project()))
    hand_over()
    batch = sage.find(1)
    assert (texts(batch), batch.totals, batch.job) == (['E,"A","Alternate A"'], {"lines": 1, "amount": 0}, "261164")


def test_a_job_goes_as_a_batch_of_its_own_where_jobs_go_by_file(sage: Sage) -> None:
    with settings(sage.connection, job_records=True):
        item = sage.accepted("job", sage.stage.project("26-9", "New Pier", connection_id=sage.connection.id))
        sage.exported(item)
        hand_over()
    batch = sage.find(1)
    assert (batch.job, texts(batch), item.state) == ("26-9", ['*,"26-9","New Pier"'], "Waiting")


def test_changes_stand_in_a_second_file(sage: Sage) -> None:
    project = sage.project()
    made = sage.budget(project, 100_000, 200_000)
    item = sage.accepted("budget", made)
    lines = [{"file": part, "record": "C", "job": "261164", "extra": "", "code": "32-1200", "category": "S", "amount": amount,
              "text": part} for part, amount in (("estimate", 10), ("estimate_changes", -4))]  # fmt: skip
    sage.exported(item)
    exchange = db.session.scalars(db.select(Exchange).filter_by(item_id=item.id)).one()
    batch = making.make(sage.connection, [making.Share(exchange, tuple(lines))])
    assert [(file.name, file.amount) for file in batch.files] == [
        ("000001_estimate.jce", 10),
        ("000001_estimate_changes.jce", -4),
    ]
    assert batch.totals == {"lines": 2, "amount": 6}
    db.session.rollback()


def test_the_same_lines_are_the_same_bytes_every_time(sage: Sage) -> None:
    batch = sage.batch()
    exchange = making.waiting(batch)[0]
    again = making.written(exchange)
    assert isinstance(again, making.Share)
    assert [line["text"] for line in again.lines] == texts(batch)


def test_what_cannot_be_written_fails_and_the_others_go(sage: Sage, monkeypatch: pytest.MonkeyPatch) -> None:
    good = sage.accepted("budget", sage.budget(sage.project("26-1", "Good", "261")))
    bad = sage.accepted("budget", sage.budget(sage.project("26-2", "Bad", "262")))
    sage.exported(good, bad)
    monkeypatch.setattr(
        making, "written", lambda exchange: Failed("field", "No.") if exchange.item_id == bad.id else WRITTEN(exchange)
    )
    assert deliver(sage.connection.id) == 1
    db.session.expire_all()
    assert (good.state, bad.state, bad.error["message"]) == ("Waiting", "Failed", "No.")


WRITTEN = making.written


@pytest.mark.parametrize(("name", "most", "sentence"), [("MOST_TOTAL", 500_000, "control total 6,000.00 is more than 5,000.00"),
                                                        ("MOST_LINES", 1, "2 lines in one file; at most 1 fit")])  # fmt: skip
def test_a_file_with_more_than_it_has_room_for_is_refused(sage, monkeypatch, name, most, sentence) -> None:
    monkeypatch.setattr(making, name, most)
    item = sage.accepted("budget", sage.budget(sage.project(), 300_000, 300_000))
    sage.exported(item)
    hand_over()
    db.session.expire_all()
    assert item.state == "Failed"
    assert sentence in item.error["message"]
    assert sage.all() == []


def test_items_of_one_job_that_do_not_fit_together_go_in_two_batches(sage: Sage, monkeypatch: pytest.MonkeyPatch) -> None:
    project = sage.project()
    sage.exported(sage.sub_job(project), sage.sub_job(project, "B", "Alternate B"), sage.accepted("budget", sage.budget(project)))
    monkeypatch.setattr(making, "MOST_LINES", 3)
    hand_over()
    assert [batch.files[0].count for batch in sage.all()] == [2, 3]


def test_a_crash_before_the_commit_leaves_nothing(sage: Sage, monkeypatch: pytest.MonkeyPatch) -> None:
    item = sage.accepted("budget", sage.budget(sage.project()))
    sage.exported(item)
    with monkeypatch.context() as patch:
        patch.setattr(making, "wait", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            deliver(sage.connection.id)
    assert (sage.all(), item.state) == ([], "Exporting")
    assert (hand_over(), sage.find(1).state) == (1, "Ready")


def test_two_workers_at_once_make_one_batch(sage: Sage) -> None:
    sage.exported(sage.accepted("budget", sage.budget(sage.project())))
    key, app, start, done = sage.connection.id, sage.stage.app, Barrier(4), []
    db.session.commit()

    def work() -> None:
        with app.app_context():
            start.wait()
            done.append(deliver(key))

    threads = [Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (sorted(done), len(sage.all())) == ([0, 0, 0, 1], 1)


def test_what_a_person_keys_in_is_in_no_batch(sage: Sage, monkeypatch: pytest.MonkeyPatch) -> None:
    sage.exported(sage.accepted("budget", sage.budget(sage.project())))
    monkeypatch.setattr(making, "is_by_hand", lambda exchange: True)
    assert (making.deliver(sage.connection.id), sage.all()) == (0, [])


# confirmed


def test_a_batch_is_confirmed_when_all_its_items_were_read_back(sage: Sage) -> None:
    project = sage.project()
    extra, item = sage.sub_job(project), sage.accepted("budget", sage.budget(project))
    sage.exported(extra, item)
    hand_over()
    sage.settle(item)
    batch = sage.find(1)
    assert (batch.state, states(batch)) == ("Ready", ["sent", "confirmed", "confirmed", "confirmed"])
    sage.settle(extra)
    batch = sage.find(1)
    assert (batch.state, set(states(batch)), batch.confirmed_at is not None) == ("Confirmed", {"confirmed"}, True)
    assert history(batch.subject)[-1].actor == "system:readback/test"


# after a restore


@pytest.fixture
def restored(sage: Sage, batch_before: object) -> Sage:
    """The database was put back to a backup."""
    with transaction():
        sage.connection.epoch = NEVER_RESTORED + 1
        db.session.add(Restore(connection_id=sage.connection.id, epoch=sage.connection.epoch, at=now(), since=now(), last_exchange=0,
                               read_at=now()))  # fmt: skip
    return sage


@pytest.fixture
def batch_before(sage: Sage) -> object:
    """A batch that the backup has."""
    return sage.batch()


def test_the_first_number_after_a_restore_begins_a_new_thousand(restored: Sage) -> None:
    restored.batch(number=1001)
    assert [batch.number for batch in restored.all()] == [1, 1001]
    restored.batch(number=1002)
    assert [batch.number for batch in restored.all()] == [1, 1001, 1002]


def test_its_page_says_that_sage_may_have_it(restored: Sage, as_) -> None:
    page = as_("ann").get(f"/erp/{restored.key}/batches/1").text
    assert "Countersign was put back to a backup since" in page
    assert "Countersign was put back" in as_("ann").get(f"/erp/{restored.key}/batches/1/cover").text


def test_without_a_restore_no_page_warns(sage: Sage, batch_before, as_) -> None:
    assert "put back to a backup" not in as_("ann").get(f"/erp/{sage.key}/batches/1").text


def test_an_original_and_a_change_that_cancel_each_other_out_stand_in_both_files(ridge: Ridge) -> None:
    ridge.job_in_sage()
    ridge.codes_in_sage()
    made = ridge.budget(100_00, 200_00)
    with transaction():
        modifications.modify(made, [Move(made.lines[0], -100_00), Move(made.lines[1], 100_00)], "All of it", ridge.people.pam)
    ridge.delivered(ridge.accept(ridge.send("budget", made), date="2026-11-20"))
    batch = batches.every(ridge.connection.id)[0]
    sums = {file.part: [line.amount for line in file.lines] for file in batch.files}
    assert sums == {"estimate": [100_00, 200_00], "estimate_changes": [-100_00, 100_00]}


def test_what_only_cancels_out_is_something_new_for_sage(ridge: Ridge) -> None:
    ridge.job_in_sage()
    ridge.codes_in_sage()
    made = ridge.budget(100_00)
    with transaction():
        extra = budgets.add_line(made, ridge.codes[1], "S", 0)
        modifications.modify(made, [Move(made.lines[0], -100_00), Move(extra, 100_00)], "Moved", ridge.people.pam)
    item = ridge.send("budget", made)
    assert {line["code"] for line in item.payload["lines"] if line["send_original"]} == {"32-1200"}
