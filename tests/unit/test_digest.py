"""The daily summary: one per approver and day of his, while something waits that he may decide."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, text

from erp import digest, mail
from erp.cli.user import give, make
from erp.db import db, transaction
from erp.digest import LARGEST, LISTED, write_summaries
from erp.documents import cost_code
from erp.items.why_not import cheap
from erp.mail import Mail, Wish
from erp.people import Level
from erp.people.access import set_grid
from erp.people.user import PUSH
from tests.crowd import everybody_is_told_once
from tests.databases import on_postgresql
from tests.days import Days
from tests.many import many_items
from tests.unit.stage import statements

EVENING = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


@pytest.fixture
def clock(app):
    with time_machine.travel(EVENING, tick=False) as travel:
        yield travel


@pytest.fixture
def waiting(clock, stage):
    """Pam's project was sent in the evening; now it is seven in the morning."""
    item = stage.job()
    clock.move_to(MORNING)
    return item


def told():
    """Who got a summary, in order."""
    rows = db.session.scalars(select(Mail).where(Mail.key.startswith("digest:")).order_by(Mail.id))
    return [row.to.partition("@")[0] for row in rows]


def the_mail(name="ann"):
    return db.session.scalars(select(Mail).where(Mail.key.startswith("digest:"), Mail.to == f"{name}@x.test")).all()[-1]


def wish(user, on=True, at="07:00"):
    with transaction():
        db.session.merge(Wish(user_id=user.id, daily_summary=on, at=at))


# when


def test_each_approver_gets_one_at_seven_and_nobody_else_gets_any(waiting):
    assert write_summaries() == 2
    assert write_summaries() == 0
    assert told() == ["ann", "bob"]


def test_a_minute_before_seven_there_is_none(clock, waiting):
    clock.move_to(MORNING - timedelta(seconds=1))
    assert write_summaries() == 0
    clock.move_to(MORNING)
    assert write_summaries() == 2


def test_every_day_until_the_last_item_is_decided(clock, stage):
    one, other = stage.job(), stage.send("job", stage.project())
    for day in range(3):
        clock.move_to(MORNING + timedelta(days=day))
        write_summaries()
    assert told() == ["ann", "bob"] * 3
    stage.accept(one, customer="80000001-1")
    clock.shift(86400)
    assert write_summaries() == 2
    stage.reject(other)
    clock.shift(86400)
    assert write_summaries() == 0


def test_what_is_sent_after_seven_waits_for_tomorrows(clock, stage):
    clock.move_to(MORNING + timedelta(minutes=1))
    stage.job()
    clock.shift(3600)
    assert write_summaries() == 0
    clock.move_to(MORNING + timedelta(days=1))
    assert write_summaries() == 2


def test_a_clock_that_stood_still_in_the_morning_makes_up_for_it_on_the_same_day_only(clock, waiting):
    clock.move_to(MORNING.replace(hour=23, minute=59))
    assert write_summaries() == 2
    clock.move_to(MORNING + timedelta(days=1, hours=-1))
    assert write_summaries() == 0


def test_each_has_his_own_morning(clock, stage):
    stage.people.bob.zone = "America/Los_Angeles"
    db.session.commit()
    stage.job()
    clock.move_to(MORNING)
    assert (write_summaries(), told()) == (1, ["ann"])
    clock.move_to(MORNING.replace(hour=15))
    assert (write_summaries(), told()) == (1, ["ann", "bob"])


def test_each_has_his_own_time_and_may_do_without(clock, waiting, people):
    wish(people.ann, on=False)
    wish(people.bob, at="16:30")
    assert write_summaries() == 0
    clock.move_to(MORNING.replace(hour=16, minute=30))
    assert (write_summaries(), told()) == (1, ["bob"])


def test_a_zone_nobody_knows_is_utc(waiting, people):
    people.ann.zone = "Mars/Olympus"
    db.session.commit()
    assert write_summaries() == 2


# to whom


def test_only_to_those_whom_the_project_names(waiting, stage):
    stage.pier.approver_ids = [stage.people.bob.id]
    db.session.commit()
    write_summaries()
    assert told() == ["bob"]


def test_only_to_those_whom_the_grid_lets_decide(waiting, people):
    set_grid(people.ann, "job", can_import=True, can_export=False)
    db.session.commit()
    write_summaries()
    assert told() == ["bob"]


def test_people_who_left_or_lost_their_level_get_none(waiting, people):
    people.ann.active = False
    people.bob.grants = []
    give(people.olga, PUSH)
    db.session.commit()
    assert write_summaries() == 0


def test_the_summary_says_what_the_button_says_for_everybody(clock, stage):
    """The guard of the Accept button is asked for each person and item, and the summary must agree."""
    people, bob_only = stage.people, stage.project("25-7", "Bob decides", approver_ids=[stage.people.bob.id])
    items = [stage.job(), stage.send("job", bob_only), *(stage.send("cost_code", code) for code in stage.codes)]
    items += [stage.item(code.division.id) for code in stage.codes[::2]]
    set_grid(people.ann, "cost_code", can_import=True, can_export=False)
    give(people.adam, PUSH)
    give(people.pam, PUSH)
    db.session.commit()
    clock.move_to(MORNING)
    write_summaries()
    for name, user in vars(people).items():
        may = [item.id for item in items if not cheap("accept", item, user)]
        listed = [item.id for item in items if name in told() and f"/items/{item.id}\n" in the_mail(name).text]
        assert listed == may, name
    assert told() == ["ann", "bob", "adam"]


# what


def test_it_lists_kind_by_kind_with_links_and_a_budget_with_project_lines_and_sum(clock, stage):
    budget = stage.ready_budget()
    code = stage.send("cost_code", _code(stage))
    clock.move_to(MORNING)
    write_summaries()
    told_ann = the_mail()
    site = "http://localhost:8000"
    assert told_ann.subject == "ERP Integrations Daily Summary: 3 items wait for your decision"
    assert told_ann.text.startswith("Hello Ann,\n\n3 items wait for your decision in ERP Integrations.\n")
    assert f"Standard Cost Codes, QuickBooks · Harbor & Hill: 2\n{site}/erp/1/cost_code/ready-to-export\n" in told_ann.text
    assert f"- 41-1000 Cranes, sent by Adam\n  {site}/erp/1/items/{code.id}\n" in told_ann.text
    assert f"Budget, QuickBooks · Harbor & Hill: 1\n{site}/erp/1/budget/ready-to-export\n" in told_ann.text
    assert (
        f"- Pier 9 Sewer Renewal (25-1361-B), 3 lines, 6,001.50, sent by Pam\n  {site}/erp/1/items/{budget.id}\n" in told_ann.text
    )
    assert told_ann.text.index("Standard Cost Codes") < told_ann.text.index("Budget, ")
    assert f'<a href="{site}/erp/1/items/{budget.id}">Pier 9 Sewer Renewal (25-1361-B), 3 lines, 6,001.50</a>' in told_ann.html
    assert f"{site}/me/mail" in told_ann.text


def _code(stage):
    with transaction():
        return cost_code.create(stage.people.adam, "41-1000", "Cranes")


def test_every_link_starts_with_the_public_address(app, waiting):
    app.config["PUBLIC_URL"] = "https://erp.example.com"
    write_summaries()
    assert "localhost" not in the_mail().text + the_mail().html
    assert "https://erp.example.com/erp/1/job/ready-to-export" in the_mail().text


def test_the_html_is_escaped_and_the_text_is_not(clock, stage):
    stage.send("job", stage.project(title="<b>Rock & Roll</b>"))
    clock.move_to(MORNING)
    write_summaries()
    assert "&lt;b&gt;Rock &amp; Roll&lt;/b&gt;" in the_mail().html
    assert "<b>Rock & Roll</b>" in the_mail().text


def test_a_hundred_are_listed_and_the_rest_are_counted(clock, stage):
    many_items(stage.connection, stage.people.adam, 250)
    clock.move_to(MORNING)
    write_summaries()
    assert the_mail().text.count("/items/") == LISTED
    assert "and 150 more" in the_mail().text
    assert "250 items wait" in the_mail().subject
    assert "Noise 0 " in the_mail().text, "the oldest are listed"


def test_even_the_worst_titles_fit_into_a_hundred_kilobytes(clock, stage):
    many_items(stage.connection, stage.people.adam, 250, title='"&<𝔐' * 60)
    clock.move_to(MORNING)
    write_summaries()
    assert mail.Letter("", the_mail().text, the_mail().html).size <= LARGEST


def test_one_mail_that_cannot_be_written_costs_the_others_nothing(waiting, monkeypatch):
    whole = digest._letter
    monkeypatch.setattr(digest, "_letter", lambda user, sections: whole(user, sections if user.name != "Ann" else None))
    assert (write_summaries(), told()) == (1, ["bob"])


# what it costs


def test_while_nothing_waits_it_is_one_small_query_on_an_index(clock, stage):
    with statements() as asked:
        assert write_summaries() == 0
    assert len(asked) == 1
    if on_postgresql():  # it reads a small table from end to end unless it is told not to
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = str(db.session.execute(text(f"EXPLAIN {'' if on_postgresql() else 'QUERY PLAN'} {asked[0]}")).all())
    assert "ix_items_waiting" in plan


def test_the_number_of_queries_grows_neither_with_items_nor_with_approvers(clock, stage):
    many_items(stage.connection, stage.people.adam, 5)
    with statements() as few:
        clock.move_to(MORNING)
        assert write_summaries() == 2
    more_approvers(98)
    many_items(stage.connection, stage.people.adam, 200, start=5)
    clock.move_to(MORNING + timedelta(days=1))
    with statements() as many:
        assert write_summaries() == 100
    assert len(many) == len(few) <= 12


def more_approvers(n):
    with transaction():
        for number in range(n):
            give(make(f"a{number}@x.test", f"Approver {number}", "-", erp=Level.STANDARD), PUSH)


# once


def test_two_clocks_at_once_write_each_mail_once(app, waiting, monkeypatch):
    """The second clock has its whole round after the first has looked who was written to, and before it writes."""
    inner, whole = [], digest._groups

    def meanwhile():
        if not inner:
            inner.append(0)
            inner[0] = _another_clock()
        return whole()

    def _another_clock():
        letter = mail.Letter("s", "t", "h")
        return sum(mail.post(due.key, due.user, letter) for due in digest._due(MORNING))

    monkeypatch.setattr(digest, "_groups", meanwhile)
    assert write_summaries() == 0
    assert inner == [2]
    assert sorted(told()) == ["ann", "bob"]


def test_the_mail_is_gone_with_a_round_that_was_cut_off(waiting, monkeypatch):
    def cut(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("erp.db.db.session.commit", cut)
        with pytest.raises(KeyboardInterrupt):
            write_summaries()
    db.session.remove()
    assert told() == []
    assert write_summaries() == 2


# the days on which the clocks change

CHANGES = {
    "North America in spring": date(2026, 3, 6), "Europe in spring": date(2026, 3, 27), "Lord Howe and Auckland in autumn": date(2026, 4, 2),
    "Auckland in spring": date(2026, 9, 25), "Lord Howe in spring": date(2026, 10, 2), "Europe in autumn": date(2026, 10, 23),
    "North America in autumn": date(2026, 10, 30), "São Paulo in spring, at midnight": date(2018, 11, 2),
    "São Paulo in autumn, at midnight": date(2018, 2, 16),
}  # fmt: skip


SHORT = ("North America in spring", "Lord Howe and Auckland in autumn", "Europe in autumn")
"""The slice of `make test`; the others are looked at by `make prove`."""


@pytest.mark.parametrize("start", [pytest.param(start, id=name, marks=[] if name in SHORT else [pytest.mark.long])
                                   for name, start in CHANGES.items()])  # fmt: skip
def test_everybody_gets_exactly_one_on_each_day_around_a_change_of_the_clocks(app, stage, start):
    days = Days(stage.job(), start.toordinal(), restless=0, tick=timedelta(minutes=15))
    days.live(start, 4)
    assert len(days.expected) > 100


def test_each_of_eight_approvers_gets_one_through_a_mail_server_that_drops_delays_and_refuses(stage):
    took = everybody_is_told_once(stage.app, stage.connection, stage.people.adam, approvers=6, items=300)
    assert took["tries"] > took["arrived"] - 2 >= 6, "the server was nasty"
