"""A seeded little history in the company file: what appears, is renamed, moved, merged, made inactive, deleted; a refresh after
each, by changes alone, tells the truth of the company file, shows it on the linked item, and breaks nothing of ours.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from erp import connections, desk, links
from erp.books import records
from erp.books.news import news
from erp.books.records import Record
from erp.connections import Schedule
from erp.connectors.quickbooks import lists
from erp.db import db, transaction
from erp.exchanges.refresh import refresh
from erp.items import Item
from erp.kind import KINDS
from erp.people import Level
from erp.simulator import bookkeeper, views
from erp.simulator.refusals import Refusal
from erp.states import Filter, RecordState, State
from tests.house import CUSTOMER, House
from tests.invariants import check_all

SHORT = "QuickBooks"


@pytest.fixture
def adam(house: House) -> House:
    """Ann may do what an ERP administrator may."""
    with transaction():
        house.ann.grants[0].level = Level.ADMIN
    house.wait(2 * 3600)  # The company file's own beginnings lie outside the hour that is read twice.
    return house


def read(house: House, *names: str) -> list[str]:
    """A refresh of what changed; the messages that were asked."""
    with transaction():
        refresh(house.connection, names or ("customer", "item"))
    asked = [e.id for e in house.exchanges(purpose="refresh") if e.settled_at is None]
    assert house.update().ok
    db.session.expire_all()
    check_all(house.company, house.connection, drained=True)
    is_true(house)
    bodies = [m.body for e in house.exchanges(purpose="refresh") if e.id in asked for m in house.messages_of(e)]
    assert all("FromModifiedDate" in body or "ListDeletedQueryRq" in body for body in bodies), "only changes are asked for"
    return bodies


def is_true(house: House) -> None:
    """Our records are the company file's: the same ids under the same names, active or not, and nothing else."""
    customers = views.customers(house.company)
    there = {one["id"]: (one["full_name"], bool(one["active"])) for one in (*customers, *views.items(house.company))}
    asked = select(Record).where(Record.list.in_(("customer", "job", "item")), Record.state != RecordState.GONE)
    assert {row.erp_id: (row.full_name, row.active) for row in db.session.scalars(asked)} == there


def job(house: House, name: str) -> Record:
    return db.session.scalars(select(Record).filter_by(list="job", full_name=f"{CUSTOMER}:{name}")).one()


def told(house: House, item: Item) -> list[str]:
    """What the row of the synced item says."""
    listing = desk.listing(house.connection, KINDS[item.kind], Filter.SYNCED)
    return news(listing.records[item.id], item.erp_name, item.result, SHORT)


def test_what_appears_there_waits_here_and_is_added(adam: House) -> None:
    bookkeeper.add_job(adam.company, CUSTOMER, "Ferry Landing", AccountNumber="26-77",
                       BillAddress={"Addr1": "1 Ferry Way", "City": "Bayview", "State": "CA", "PostalCode": "94111"})  # fmt: skip
    read(adam, "customer")
    with transaction():
        item = links.add(job(adam, "Ferry Landing"), adam.ann)
    project = adam.project("26-77")
    assert (item.state, project.street, project.city, project.wished_customer) == (
        State.SYNCED, "1 Ferry Way", "Bayview", CUSTOMER)  # fmt: skip
    read(adam)
    assert told(adam, item) == []


def linked(house: House, name: str = "Fire Station 4") -> Item:
    with transaction():
        return links.link(job(house, name), house.pier.id, house.ann)


def test_a_renamed_job_is_told_on_its_item_and_nothing_of_ours_changes(adam: House) -> None:
    item = linked(adam)
    bookkeeper.rename(adam.company, "job", f"{CUSTOMER}:Fire Station 4", "Fire House 4")
    read(adam, "customer")
    assert told(adam, item) == [f"Renamed in QuickBooks to {CUSTOMER}:Fire House 4."]
    assert (item.state, item.erp_name, adam.pier.name) == (State.SYNCED, f"{CUSTOMER}:Fire Station 4", "Pier 9 Sewer Renewal")


def test_a_renamed_customer_renames_the_jobs_below_it_though_only_it_was_read(adam: House) -> None:
    item = linked(adam)
    bookkeeper.rename(adam.company, "customer", CUSTOMER, "Bayview City")
    read(adam, "customer")
    assert told(adam, item) == ["Renamed in QuickBooks to Bayview City:Fire Station 4."]


def test_the_records_below_a_renamed_one_follow_when_accounting_tells_of_it_alone(adam: House) -> None:
    customer = records.find(adam.connection.id, "customer", job(adam, "Fire Station 4").parent_id)
    assert customer is not None
    below = [row.full_name for row in db.session.scalars(select(Record).filter_by(list="job").order_by(Record.id))]
    with transaction():
        records.apply(adam.connection.id, [customer.row | {"name": "Bayview", "full_name": "Bayview"}])
    after = db.session.scalars(select(Record).filter_by(list="job").order_by(Record.id)).all()
    assert [row.full_name for row in after] == [name.replace(CUSTOMER, "Bayview") for name in below]
    assert records.apply(adam.connection.id, [row.row for row in after]) == 0, "and they count as read"


def test_a_merged_job_is_gone_and_its_item_says_so(adam: House) -> None:
    item = linked(adam)
    bookkeeper.merge(adam.company, "job", f"{CUSTOMER}:Fire Station 4", f"{CUSTOMER}:City Hall Roof")
    asked = read(adam, "customer")
    assert any("ListDeletedQueryRq" in body for body in asked)
    assert told(adam, item) == ["Gone in QuickBooks: it was deleted there or merged into another one."]
    assert item.state == State.SYNCED


def test_what_waited_and_was_deleted_leaves_the_list_and_what_was_archived_too(adam: House) -> None:
    with transaction():
        links.archive(job(adam, "City Hall Roof"), adam.ann)
    for name in ("Fire Station 4", "City Hall Roof"):
        bookkeeper.delete(adam.company, "job", f"{CUSTOMER}:{name}")
    read(adam, "customer")
    assert {row.state for row in db.session.scalars(select(Record).filter_by(list="job"))} == {RecordState.GONE}


def test_what_is_made_inactive_is_told_and_comes_back(adam: House) -> None:
    item, name = linked(adam), f"{CUSTOMER}:Fire Station 4"
    bookkeeper.deactivate(adam.company, "job", name)
    read(adam, "customer")
    assert told(adam, item) == ["Made inactive in QuickBooks; it cannot be used there until it is active again."]
    bookkeeper.activate(adam.company, "job", name)
    read(adam, "customer")
    assert told(adam, item) == []


def test_a_waiting_job_of_an_inactive_customer_stands_in_archived(adam: House) -> None:
    bookkeeper.deactivate(adam.company, "customer", CUSTOMER)
    read(adam, "customer")
    assert {row.filter for row in db.session.scalars(select(Record).filter_by(list="job"))} == {Filter.ARCHIVED}


def test_a_job_that_moves_under_another_customer_is_told_as_moved(adam: House) -> None:
    item = linked(adam)
    record = job(adam, "Fire Station 4")
    other = db.session.scalars(select(Record).filter_by(list="customer", full_name="Lakeside Medical Group")).one()
    adam.qbxml(f"<CustomerModRq><CustomerMod><ListID>{record.erp_id}</ListID><EditSequence>{record.edit_sequence}</EditSequence>"
               f"<ParentRef><ListID>{other.erp_id}</ListID></ParentRef></CustomerMod></CustomerModRq>")  # fmt: skip
    read(adam, "customer")
    assert told(adam, item) == ["Moved in QuickBooks: it is Lakeside Medical Group:Fire Station 4 now."]


def test_an_item_of_ours_that_is_renamed_is_told_and_the_code_stays(adam: House) -> None:
    item = adam.exported_code()
    assert adam.update().ok
    bookkeeper.rename(adam.company, "item", "32:32-1200", "32-1201")
    adam.touch(item)
    with transaction():
        refresh(adam.connection, ("item",))
    assert adam.update().ok
    db.session.expire_all()
    assert told(adam, item) == ["Renamed in QuickBooks to 32:32-1201."]
    assert (item.number, item.state) == ("32-1200", State.SYNCED)


@pytest.mark.parametrize("seed", range(6))
def test_after_any_history_the_records_are_the_company_files(adam: House, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    die, deeds = random.Random(seed), Deeds(adam)
    for _ in range(8):
        for _ in range(die.randrange(1, 4)):
            deeds.one(die)
        adam.wait(die.choice((1, 600, 5000)))
        read(adam)
    assert deeds.done > 8


class Deeds:
    """What a bookkeeper does to his lists, at random; what QuickBooks refuses is not done."""

    def __init__(self, house: House) -> None:
        self.house, self.done = house, 0

    def one(self, die: random.Random) -> None:
        deed: Callable[[random.Random], None] = die.choice(
            (self.add, self.add, self.rename, self.merge, self.delete, self.toggle)
        )
        try:
            deed(die)
            self.done += 1
        except (Refusal, IndexError, ValueError):  # refused there, or there is none of that kind
            pass

    def names(self, kind: str) -> list[str]:
        company = self.house.company
        rows = views.items(company) if kind == "item" else views.customers(company)
        return [row["full_name"] for row in rows if kind == "item" or (":" in row["full_name"]) == (kind == "job")]

    def add(self, die: random.Random) -> None:
        name = f"New {die.randrange(10_000)}"
        if die.random() < 0.5:
            bookkeeper.add_job(self.house.company, die.choice(self.names("customer")), name)
        else:
            bookkeeper.add_item(self.house.company, name, "Construction Income", "Subcontracts")

    def rename(self, die: random.Random) -> None:
        kind = die.choice(("customer", "job", "item"))
        bookkeeper.rename(self.house.company, kind, die.choice(self.names(kind)), f"Renamed {die.randrange(10_000)}")

    def merge(self, die: random.Random) -> None:
        kind = die.choice(("job", "item"))
        gone, kept = die.sample(self.names(kind), 2)
        bookkeeper.merge(self.house.company, kind, gone, kept)

    def delete(self, die: random.Random) -> None:
        kind = die.choice(("job", "item", "customer"))
        bookkeeper.delete(self.house.company, kind, die.choice(self.names(kind)))

    def toggle(self, die: random.Random) -> None:
        kind = die.choice(("job", "item"))
        deed = die.choice((bookkeeper.deactivate, bookkeeper.activate))
        deed(self.house.company, kind, die.choice(self.names(kind)))


# the high-water mark


def schedule(house: House, name: str = "customer") -> Schedule:
    return connections.schedule(house.connection.id, name)


def test_the_mark_is_what_accounting_wrote_with_its_offset_and_is_asked_from_an_hour_before_without(adam: House) -> None:
    bookkeeper.add_job(adam.company, CUSTOMER, "Ferry Landing")
    read(adam, "customer")
    mark = schedule(adam).mark
    assert mark[-6] in "+-"
    since = connections.changed_since(schedule(adam))
    assert datetime.fromisoformat(since) == datetime.fromisoformat(mark).replace(tzinfo=None) - timedelta(hours=1)
    assert f"<FromModifiedDate>{since}</FromModifiedDate>" in read(adam, "customer")[0]


@pytest.mark.parametrize("start", ["2027-03-14T08:30:00+00:00", "2027-11-06T20:00:00+00:00", "2027-11-07T07:00:00+00:00"])
def test_nothing_is_lost_where_the_clock_is_changed(adam: House, start: str) -> None:
    """Every half hour something is added and read, through the night in which the clock is set back or forward."""
    bookkeeper.set_zone(adam.company, "America/Los_Angeles")
    adam.clock.move_to(datetime.fromisoformat(start))
    with transaction():
        for row in adam.connection.schedules:
            row.whole_at = adam.now
    for n in range(8):
        bookkeeper.add_job(adam.company, CUSTOMER, f"Night {n}")
        adam.wait(1800)
        read(adam, "customer")
        assert job(adam, f"Night {n}").state == RecordState.STAGED


def test_once_a_day_the_whole_list_is_read_and_heals_what_no_change_told(adam: House) -> None:
    lost = job(adam, "Fire Station 4")
    with transaction():
        lost.state, lost.hash = RecordState.STAGED, "x"
        db.session.add(Record(**lost.row | {"erp_id": "never"}, kind="job", state="Staged", filter=None, version=0, hash="",
                              changed_at=adam.now, connection_id=adam.connection.id))  # fmt: skip
    adam.wait(25 * 3600)
    with transaction():
        refresh(adam.connection, ("customer",))
    assert adam.update().ok
    db.session.expire_all()
    ghost = records.find(adam.connection.id, "job", "never")
    assert ghost and ghost.state == RecordState.GONE
    assert lost.hash != "x"
    assert schedule(adam).whole_at == schedule(adam).read_at


def test_a_whole_reading_that_broke_off_marks_nothing_gone_and_says_so(adam: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    with transaction():
        schedule(adam).whole_at = None
        refresh(adam.connection, ("customer",))
    caller = adam.caller()
    caller.turn()
    caller.ask()
    caller.close()
    db.session.expire_all()
    assert "broke off after 2 rows" in schedule(adam).problem
    assert not db.session.scalars(select(Record).filter_by(state=RecordState.GONE)).all()
    assert adam.update().ok
    db.session.expire_all()
    assert schedule(adam).problem == ""
    is_true(adam)


def test_half_a_page_is_a_loss_with_a_sentence_and_the_reading_begins_anew(adam: House) -> None:
    with transaction():
        refresh(adam.connection, ("customer",))
    caller = adam.caller()
    body = caller.ask()
    answer = adam.company.process(body)
    caller.answer(answer[: len(answer) // 2])
    db.session.expire_all()
    assert "It begins anew by itself; nothing is lost." in schedule(adam).problem
    caller.close()
    assert adam.update().ok
    db.session.expire_all()
    assert schedule(adam).problem == ""
    is_true(adam)


def test_a_list_that_is_refused_for_good_says_why_and_waits_for_its_next_time(adam: House) -> None:
    bookkeeper.limit_iterators(adam.company, 0)
    with transaction():
        refresh(adam.connection, ("customer",))
    for _ in range(8):
        adam.update()
        adam.wait(400)
    db.session.expire_all()
    assert "The list could not be read" in schedule(adam).problem
    assert schedule(adam).next_at > adam.now - timedelta(hours=1)
