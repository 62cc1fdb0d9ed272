"""How often a page asks the database: counted, so that nobody has to believe a stopwatch."""

import pytest

from erp.db import db
from tests.unit.stage import CITY, statements

HTMX = {"HX-Request": "true"}
DETAILS, ACCEPTANCE = 8, 17
"""What these cost now; the goals are 2 and 6, so these numbers may only become smaller."""


def asked(browser, url):
    """The SELECTs of one fragment, as a server with nothing in its memory asks them."""
    browser.get(url, headers=HTMX)
    db.session.remove()
    with statements() as found:
        assert browser.get(url, headers=HTMX).status_code == 200
    return found


@pytest.fixture
def desk(stage):
    """Each list has rows of every state: waiting, accepted, failed, synced."""
    for n in range(12):
        made = stage.project(f"28-{n}", f"Job {n}", wished_customer="City of Bayview")
        item = stage.send("job", made) if n % 2 else stage.accepted("job", made)
        if n in (4, 8):
            stage.failed(stage.exporting(item)) if n == 4 else stage.synced(item)
    stage.waiting = stage.ready_budget()
    stage.accepted("company", stage.company())
    return stage


@pytest.mark.parametrize("slug", ["job", "company", "cost_code", "budget"])
@pytest.mark.parametrize("chosen", ["", "ready-to-update", "failed-to-export", "synced", "ready-to-import"])
def test_a_list_asks_four_times_at_most(desk, as_, slug, chosen):
    found = asked(as_("ann"), f"/erp/{desk.connection.id}/{slug}/{chosen}")
    assert len(found) <= 4, "\n".join(found)


def test_the_caution_above_accepted_budgets_is_within_the_four(desk, as_):
    desk.accept(desk.waiting)
    found = asked(as_("ann"), f"/erp/{desk.connection.id}/budget/")
    assert [query for query in found if "budgets.exported_at IS NULL" in query]
    assert len(found) <= 4, "\n".join(found)


def test_a_right_that_was_taken_away_counts_at_the_next_request(desk, as_):
    ann, url = as_("ann"), f"/erp/{desk.connection.id}/job/"
    assert b"Accept selected" in ann.get(url, headers=HTMX).data
    desk.people.ann.privileges = []
    db.session.commit()
    assert b"Accept selected" not in ann.get(url, headers=HTMX).data


def test_details_of_a_budget_ask_the_same_whatever_its_lines(stage, as_):
    item = stage.ready_budget(*range(100, 1500, 100))
    found = asked(as_("ann"), f"/erp/{stage.connection.id}/items/{item.id}")
    assert len(found) <= DETAILS, "\n".join(found)


def test_an_acceptance_asks_as_often_whatever_waits_beside_it(desk, as_):
    at, ann = desk.connection.id, as_("ann")
    waiting = [desk.send("job", desk.project(f"29-{n}", f"More {n}")) for n in range(3)]
    first, *others = [(item.id, item.version) for item in waiting]

    def cost(key, version):
        db.session.remove()
        with statements() as found:
            answer = ann.post(f"/erp/{at}/items/{key}/acceptance", data={"version": version, "customer": CITY}, headers=HTMX)
        assert answer.status_code == 200
        return len(found)

    cost(*first)
    assert [cost(*other) for other in others] == [ACCEPTANCE, ACCEPTANCE]
