"""Lists by keyset, their search, the accepted bar, the tabs and the health of the connection."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from erp import desk
from erp.audit import System
from erp.connectors.quickbooks.setup import make as make_connection
from erp.db import db, now
from erp.exchanges.exchange import Exchange
from erp.exchanges.export import export, progress
from erp.exchanges.refresh import running
from erp.items import Item
from erp.kind import KINDS
from erp.states import Filter
from tests.unit.stage import CITY, row, statements

JOB, CODE, BUDGET = KINDS["job"], KINDS["cost_code"], KINDS["budget"]
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def clock(stage):
    with time_machine.travel(START, tick=False) as travel:
        yield travel


def titles(stage, kind=JOB, chosen=Filter.EXPORT, **how):
    return [getattr(one, "title", None) or one.full_name for one in desk.listing(stage.connection, kind, chosen, **how).rows]


def jobs(stage, *names):
    return [stage.send("job", stage.project(f"26-{n:03}", name)) for n, name in enumerate(names)]


def walk(stage, kind, chosen):
    """Every page of a list, one after the other."""
    pages, after = [], ""
    while True:
        found = desk.listing(stage.connection, kind, chosen, after=after)
        pages.append([one.id for one in found.rows])
        after = found.after
        if not after:
            return pages


def test_a_list_shows_its_filter_alone_newest_first(stage, clock):
    made = []
    for name in ("One", "Two", "Three", "Four"):
        clock.shift(60)
        made += jobs_named(stage, name)
    stage.synced(stage.accept(made[1], customer=CITY))
    stage.retrieve(made[3])
    assert titles(stage) == ["Three", "One"]
    assert titles(stage, chosen=Filter.SYNCED) == ["Two"]
    assert titles(stage, chosen=Filter.FAILED) == []


def jobs_named(stage, name):
    return [stage.send("job", stage.project(f"26-{name}", name))]


def test_a_list_is_of_one_kind_and_one_connection(stage):
    jobs(stage, "One")
    stage.send("cost_code", stage.codes[0])
    assert sorted(titles(stage, CODE)) == ["32", "Asphalt paving"]
    assert titles(stage) == ["One"]
    other = type(stage.connection)(id=999, kind="quickbooks")
    assert desk.listing(other, JOB, Filter.EXPORT).rows == []


@pytest.mark.parametrize("same_moment", [True, False])
def test_pages_follow_each_other_without_gap_or_double(stage, monkeypatch, same_moment):
    monkeypatch.setattr(desk, "PAGE", 3)
    with time_machine.travel(START, tick=not same_moment):
        made = jobs(stage, *"abcdefgh")
    pages = walk(stage, JOB, Filter.EXPORT)
    assert [len(one) for one in pages] == [3, 3, 2]
    assert [key for one in pages for key in one] == [item.id for item in reversed(made)]


def test_a_full_last_page_leads_nowhere(stage, monkeypatch):
    monkeypatch.setattr(desk, "PAGE", 3)
    jobs(stage, *"abc")
    assert [len(one) for one in walk(stage, JOB, Filter.EXPORT)] == [3]


def test_no_row_moves_under_the_pointer_while_ann_accepts_takes_back_and_exports(stage, clock):
    made = []
    for name in "abcd":
        clock.shift(1)
        made += jobs_named(stage, name)
    for item in (made[0], made[2]):
        clock.shift(60)
        stage.accept(item, customer=CITY)
        assert titles(stage) == ["d", "c", "b", "a"]
    stage.exporting(made[0])
    assert titles(stage) == ["d", "c", "b", "a"]


def test_a_row_that_comes_while_ann_turns_the_page_hides_no_other(stage, monkeypatch, clock):
    monkeypatch.setattr(desk, "PAGE", 2)
    made = []
    for name in "abcd":
        clock.shift(1)
        made += jobs_named(stage, name)
    first = desk.listing(stage.connection, JOB, Filter.EXPORT)
    clock.shift(1)
    jobs_named(stage, "late")
    rest = desk.listing(stage.connection, JOB, Filter.EXPORT, after=first.after).rows
    assert [one.title for one in (*first.rows, *rest)] == ["d", "c", "b", "a"]


def test_records_are_paged_by_name_and_names_may_be_the_same(stage, monkeypatch):
    monkeypatch.setattr(desk, "PAGE", 2)
    stage.apply(*(row("job", f"J{n}", "Same name") for n in range(3)), row("job", "J9", "~tilde~9"), row("job", "J8", "Alpha"))
    pages = walk(stage, JOB, Filter.IMPORT)
    assert [len(one) for one in pages] == [2, 2, 1]
    assert len({key for one in pages for key in one}) == 5
    assert titles(stage, chosen=Filter.IMPORT)[0] == "Alpha"


@pytest.mark.parametrize("after", ["", "x", "~", "x~y", "2026-01-01~", "~1", "1e999~1", "2026-11-23T09:00:00~-1", "ÿ~²"])
def test_an_address_that_was_made_up_starts_at_the_top(stage, after):
    jobs(stage, "One")
    assert titles(stage, after=after) == ["One"]


NAMES = ["100% cotton", "100 percent", "under_score", "underXscore", "back\\slash", "Größe", "o'Hara"]


@pytest.mark.parametrize(("words", "found"), [
    ("100%", ["100% cotton"]), ("%", ["100% cotton"]), ("_", ["under_score"]), ("r_s", ["under_score"]), ("\\", ["back\\slash"]),
    ("UNDER", ["underXscore", "under_score"]), ("'", ["o'Hara"]), ("röß", ["Größe"]), ("26-003", ["underXscore"]),
    ("' OR 1=1 --", []), ("%%", []), ("nothing", []),
])  # fmt: skip
def test_the_search_takes_every_sign_as_it_is(stage, words, found):
    jobs(stage, *NAMES)
    assert sorted(titles(stage, words=words)) == sorted(found)


def test_the_search_finds_records_by_name(stage):
    stage.apply(row("job", "J1", "50%:Roof"), row("job", "J2", "50 percent:Roof"))
    assert titles(stage, chosen=Filter.IMPORT, words="50%") == ["50%:Roof"]


def test_a_search_goes_on_over_its_pages(stage, monkeypatch):
    monkeypatch.setattr(desk, "PAGE", 2)
    jobs(stage, "Pier 1", "Noise", "Pier 2", "Noise", "Pier 3")
    first = desk.listing(stage.connection, JOB, Filter.EXPORT, words="Pier")
    rest = desk.listing(stage.connection, JOB, Filter.EXPORT, words="Pier", after=first.after)
    assert [one.title for one in (*first.rows, *rest.rows)] == ["Pier 3", "Pier 2", "Pier 1"]


def test_the_accepted_bar_counts_everybodys_acceptances_by_name(stage):
    made = jobs(stage, "One", "Two", "Three", "Four")
    for item, who in zip(made, ("ann", "bob", "ann"), strict=False):
        stage.accept(item, by=who, customer=CITY)
    bar = desk.accepted(stage.connection, JOB)
    assert (bar.n, bar.amount, bar.by) == (3, 0, {"Ann": 2, "Bob": 1})


def test_the_accepted_bar_sums_amounts_and_forgets_what_was_exported(stage):
    item = stage.accept(stage.ready_budget())
    assert desk.accepted(stage.connection, BUDGET).amount == 600_150
    stage.exporting(item)
    assert desk.accepted(stage.connection, BUDGET).n == 0


def test_ready_names_the_rows_that_wait_all_or_those_asked_for(stage):
    made = jobs(stage, "One", "Two", "Three")
    stage.accept(made[2], customer=CITY)
    assert [item.title for item in desk.ready(stage.connection, JOB, Filter.EXPORT)] == ["One", "Two"]
    assert [item.title for item in desk.ready(stage.connection, JOB, None, [made[1].id, made[2].id, 999])] == ["Two"]
    assert desk.ready(stage.connection, CODE, None, [made[0].id]) == []
    assert desk.ready(stage.connection, JOB, None) == []


def test_tabs_stand_in_their_order_with_what_waits_and_what_is_accepted_or_on_its_way(stage):
    made = jobs(stage, "One", "Two", "Three")
    stage.exporting(stage.accept(made[0], customer=CITY))
    stage.failed(stage.exporting(stage.accept(made[1], customer=CITY)))
    tabs, counts = desk.tabs(stage.connection)
    assert [tab.kind.tab for tab in tabs] == ["Jobs", "Companies", "Standard Cost Codes", "Budget", "Sub Jobs"]
    assert [tab.kind.tab for tab in tabs if tab.more] == ["Sub Jobs"], "QuickBooks takes none"
    assert {tab.kind.slug: tab.waiting for tab in tabs if tab.waiting} == {"job": 2}
    assert counts["job", "failed-to-export"] == 1


def test_health_says_when_the_connector_was_seen_and_how_old_the_queue_is(stage, clock):
    db.session.query(Exchange).delete()
    db.session.commit()
    health = desk.health(stage.connection)
    assert (health.seen, health.queued, health.age, health.moving) == (None, 0, 0, False)
    item = stage.job(customer=CITY)
    export(stage.connection, "job", stage.people.ann)
    clock.shift(timedelta(minutes=5))
    stage.connection.last_seen, stage.connection.problem = now(), "Another company file is open."
    health = desk.health(stage.connection)
    assert (health.queued, health.age, health.moving, health.problem) == (1, 300, True, "Another company file is open.")
    assert item.state == "Exporting"


def test_a_list_of_fifty_rows_costs_few_statements(stage):
    for n in range(12):
        stage.send("job", stage.project(f"27-{n}", f"Job {n}"))
    db.session.commit()
    db.session.expunge_all()
    connection = db.session.scalars(select(type(stage.connection))).one()
    with statements() as asked:
        found = desk.listing(connection, JOB, Filter.EXPORT)
        shown = [(one.title, one.sender.name, one.declaration.named(one)) for one in found.rows]
    assert len(shown) == 12
    assert len(asked) <= 3, asked


def test_the_items_of_a_list_are_items(stage):
    jobs(stage, "One")
    assert isinstance(desk.listing(stage.connection, JOB, Filter.EXPORT).rows[0], Item)


@pytest.mark.parametrize("kind", [JOB, CODE, BUDGET])
def test_the_numbers_of_one_query_are_those_of_the_single_questions(stage, kind):
    made = jobs(stage, *"abcd")
    stage.people.ann.name = "Ann, the second"
    for item in made[:3]:
        stage.accept(item, customer=CITY, by="ann" if item is made[0] else "bob")
    export(stage.connection, "job", stage.people.bob)
    stage.accept(made[3], customer=CITY)
    stage.send("cost_code", stage.codes[0])
    db.session.commit()
    with statements() as asked:
        head = desk.head(stage.connection, kind)
    assert len([query for query in asked if not query.startswith("SELECT connections")]) == 1
    assert (head.tabs, head.counts) == desk.tabs(stage.connection)
    assert head.accepted == desk.accepted(stage.connection, kind)
    assert head.health == desk.health(stage.connection)
    assert head.health.queued == 8
    assert head.progress == progress(stage.connection.id, kind.slug)
    assert head.progress.total == (3 if kind is JOB else 0)
    assert head.reading == running(stage.connection) == {"customer", "vendor", "account", "item", "class"}


def test_the_numbers_name_the_other_connections(stage):
    other, _ = make_connection("Ridge & Vale", "quickbooks", "http://localhost:8000", System("test"))
    db.session.commit()
    assert desk.head(stage.connection, JOB).others == [(other.id, "QuickBooks · Ridge & Vale")]
    assert desk.head(other, JOB).others == [(stage.connection.id, stage.connection.title)]
