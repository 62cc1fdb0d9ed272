"""Each invariant notices what it is there for: one tampered house per sentence."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import text

from erp.books.batches import Batch, BatchFile, BatchState, sha256
from erp.db import db, now, transaction
from erp.items.perform import reject
from erp.simulator import bookkeeper
from tests.house import House, move_in
from tests.invariants import INVARIANTS, Facts, check_all


@pytest.fixture
def lived_in() -> Iterator[House]:
    """A job, codes and a budget in accounting, a code on its way, a job rejected by Ann."""
    with move_in() as house:
        house.exported_budget()
        assert house.update().ok
        rejected = house.accepted("job", house.project("25-0001"))
        with transaction():
            reject(rejected, house.ann, "Wrong customer.")
        house.exported("cost_code", house.cost_code("44-100", "Odor control"))
        house.caller().ask()
        yield house


def sql(statement: str) -> Callable[[House], None]:
    def tamper(house: House) -> None:
        with transaction():
            for part in statement.split(";"):
                db.session.execute(text(part))

    return tamper


def post_twice(house: House) -> None:
    with house.company.home.transaction() as books:
        (txn,) = books.transactions("Estimate")
        books.add_transaction("Estimate", txn.date, "X-1", txn.subject, txn.fields, [line.fields for line in txn.lines])


def alter_a_file(house: House) -> None:
    with transaction():
        batch = Batch(connection_id=house.connection.id, kind="estimate", state=BatchState.READY, version=0, changed_at=now(), number=1,
                      job="1", totals={}, layouts={}, reason="", folder="", problem="", created_at=now())  # fmt: skip
        batch.files = [BatchFile(name="000001_estimate.jce", part="estimate", body=b"altered", sha256=sha256(b"made"), size=4,
                                 count=0, amount=0, downloads=0)]  # fmt: skip
        db.session.add(batch)


TAMPERED: list[tuple[str, Callable[[House], None], str]] = [
    ("I1 ONE_LIST", sql("UPDATE items SET filter = 'failed-to-export' WHERE state = 'Synced'"), "stand in a list that is not"),
    ("I1 ONE_LIST", sql("UPDATE counts SET n = n + 1 WHERE filter = 'synced'"), "the counts say"),
    ("I1 ONE_LIST", sql("UPDATE records SET filter = 'archived' WHERE list = 'customer'"), "drop-downs only"),
    ("I2 NO_VANISH", sql("UPDATE exchanges SET state = 'cancelled' WHERE state = 'queued'"), "their open exchange is None"),
    ("I2 NO_VANISH", sql("UPDATE items SET state = 'Accepted' WHERE state = 'Exporting'"), "but have an open exchange"),
    ("I2 NO_VANISH", sql("UPDATE exchanges SET state = 'doubt' WHERE state = 'handed'"), "in doubt or waits"),
    ("I3 AT_MOST_ONE", post_twice, "posted twice"),
    ("I4 SYNCED_EXISTS", lambda house: bookkeeper.delete_estimate(house.company, "25-1361-B"), "Synced but not in the"),
    ("I4 SYNCED_EXISTS", lambda house: bookkeeper.edit_estimate_line(house.company, "25-1361-B", 1, "7.00"), "was accepted as"),
    ("I4 SYNCED_EXISTS", sql("UPDATE items SET state = 'Failed' WHERE kind = 'budget'"), "although its item is Failed"),
    ("I4 SYNCED_EXISTS", sql("UPDATE items SET erp_id = '1-1' WHERE kind = 'budget'"), "is linked to 1-1"),
    ("I5 MONEY", post_twice, "synced"),
    ("I5 MONEY", lambda house: bookkeeper.edit_estimate_line(house.company, "25-1361-B", 1, "1000.51"), "posted 1000.51 on"),
    ("I5 ONCE", sql("UPDATE budget_entries SET amount = amount + 1"), "its transactions are"),
    ("I5 ONCE", sql("UPDATE budget_entries SET snapshot_id = 1"), "names another"),
    ("I6 AUDIT_1_1", sql("DELETE FROM events WHERE action = 'accept' AND subject = 'item:1'"), "their events differ"),
    ("I6 AUDIT_1_1", sql('UPDATE events SET "to" = \'Ready\' WHERE action = \'accept\''), "are no chain"),
    ("I6 AUDIT_1_1", sql("UPDATE events SET actor_id = NULL WHERE action = 'accept'"), "has no actor"),
    ("I7 SINGLE_FLIGHT", sql("UPDATE sessions SET outstanding = NULL"), "though not held"),
    ("I7 SINGLE_FLIGHT", sql("UPDATE messages SET settled_at = handed_at"), "is outstanding and settled"),
    ("I7 SINGLE_FLIGHT", sql("DROP INDEX uq_messages_open_write; UPDATE messages SET settled_at = NULL"), "several writes"),
    ("I7 SINGLE_FLIGHT", sql("UPDATE exchanges SET state = 'queued' WHERE state = 'handed'"), "not handed, though held"),
    ("I8 JOURNAL_FIRST", sql("DELETE FROM answers"), "succeeded without an answer"),
    ("I8 JOURNAL_FIRST", sql("UPDATE answers SET applied = 0"), "succeeded without an answer"),
    ("I8 JOURNAL_FIRST", sql("UPDATE answers SET body = body || ' '"), "were altered"),
    ("I9 TENANT", sql("UPDATE exchanges SET snapshot_id = 1 WHERE item_id IS NOT NULL"), "reach over to another"),
    ("I10 LINK_UNIQUE", sql("DROP INDEX uq_items_erp; UPDATE items SET erp_id = '1' WHERE kind = 'cost_code'"), "two items for"),
    ("I11 RIGHTS", sql("UPDATE events SET rights = '{}' WHERE action = 'export'"), "decided without the right"),
    ("I11 RIGHTS", sql("UPDATE events SET actor_id = NULL, actor = 'system:x' WHERE action = 'accept'"), "decided without the right"),
    ("I12 FROZEN", sql("UPDATE snapshots SET payload = payload || ' '"), "were altered after Send"),
    ("I12 CARRIED", sql("UPDATE messages SET body = replace(body, '{', '[')"), "does not carry"),
    ("I13 TOLD", sql("DELETE FROM mails"), "nobody told Pam"),
    ("I13 MAIL", sql("UPDATE mails SET message_id = 'x'"), "a Message-ID changed"),
    ("I13 MAIL", sql("UPDATE mails SET user_id = 1, event_id = 1"), "gets two mails"),
    ("I14 DIGEST", sql("CREATE TABLE m AS SELECT * FROM mails; DROP TABLE mails; ALTER TABLE m RENAME TO mails; "
                       "INSERT INTO mails SELECT * FROM mails"), "written twice"),
    ("I15 FILE", alter_a_file, "files of batches were altered"),
    ("I16 JUDGED", sql("UPDATE snapshots SET instead_of = (SELECT min(id) FROM snapshots) WHERE id = (SELECT max(id) FROM snapshots)"),
     "nobody decided it"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "tamper", "sentence"), TAMPERED, ids=[f"{n[:3].strip()}-{s}" for n, _, s in TAMPERED])
def test_a_broken_house_is_noticed(lived_in: House, name: str, tamper: Callable[[House], None], sentence: str) -> None:
    check_all(lived_in.company, lived_in.connection)
    tamper(lived_in)
    db.session.expire_all()
    with pytest.raises(AssertionError, match=sentence):
        INVARIANTS[name](Facts(lived_in.company, lived_in.connection, drained=False, touched=()))


def test_a_house_that_has_come_to_rest_has_nothing_on_its_way(lived_in: House) -> None:
    with pytest.raises(AssertionError, match="I2 AT_REST: still on its way after everything calmed down"):
        check_all(lived_in.company, lived_in.connection, drained=True)


def test_what_a_bookkeeper_does_with_his_own_books_is_not_our_promise(lived_in: House) -> None:
    lived_in.touch(lived_in.item(lived_in.budget_of_pier()))
    bookkeeper.delete_estimate(lived_in.company, "25-1361-B")
    check_all(lived_in.company, lived_in.connection, touched=lived_in.touched)


def test_every_invariant_of_the_list_was_tried() -> None:
    assert {name for name, _, _ in TAMPERED} == set(INVARIANTS) - {"I2 AT_REST"}
