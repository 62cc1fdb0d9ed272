"""The page of Unlink: who sees the way to it, what it says, and what its buttons do."""

from datetime import timedelta

import pytest

from erp import links
from erp.books import records, verification
from erp.cli.user import give
from erp.db import db, now, transaction
from erp.people.user import PUSH
from erp.states import State
from tests.unit.stage import row
from tests.unit.web.pages import all_words, page, told, words


@pytest.fixture
def item(stage):
    """Pier 9 is in accounting; Adam holds the privilege too."""
    with transaction():
        give(stage.people.adam, PUSH)
    return stage.job_in_erp()


@pytest.fixture
def url(item):
    return f"/erp/{item.connection_id}/items/{item.id}/unlink"


def answered(item, state, name="City of Bayview:Pier 9"):
    with transaction():
        row = {"item": item.id, "state": state, "name": name, "differences": []}
        verification.read_by_id(item.connection_id, row, now())


def test_only_who_may_unlink_sees_the_way_to_it(as_, stage, item):
    listed = f"/erp/{item.connection_id}/job/synced"
    assert "Unlink…" in all_words(as_("adam").get(listed), "//td//a")
    for name in ("ann", "stan"):
        assert "Unlink…" not in all_words(as_(name).get(listed), "//td//a")


def test_adam_asks_and_is_told_in_red_that_it_is_still_there(as_, stage, item, url):
    adam = as_("adam")
    assert "was not asked yet" in words(page(adam.get(url)))
    answer = adam.post(f"{url}/question", follow_redirects=True)
    assert told(answer) == ["It is asked at the next visit of the Web Connector."]
    assert "Asking QuickBooks…" in all_words(answer, "//button")
    db.session.execute(db.text("UPDATE exchanges SET state = 'synced'"))
    answered(item, "ok")
    answer = adam.post(url, data={"version": item.version})
    assert answer.status_code == 422
    assert told(answer) == ["It is still in QuickBooks: City of Bayview:Pier 9. Delete it there first, then ask again."]
    assert page(answer).xpath("//*[@id='flashes']/p[contains(@class, 'notice-bad')]")
    assert all_words(answer, "//main//p[contains(@class, 'notice-bad')]") == told(answer)
    assert item.state == State.SYNCED


@pytest.mark.parametrize(("active", "where", "cure"), [
    (True, "Companies Only in QuickBooks", "do not send it: an ERP administrator presses Link in that list."),
    (False, "Archived Companies", "make it active in QuickBooks and refresh the list; then an ERP administrator presses Link under"),
])  # fmt: skip
def test_a_company_is_told_that_its_vendor_stays_where_it_will_stand_and_what_to_do(as_, stage, active, where, cure):
    record = stage.record("vendor", "V1", "Delgado Electric")
    with transaction():
        item = links.add(record, stage.people.adam)
    if not active:
        stage.apply(row("vendor", "V1", "Delgado Electric", active=False))
    url = f"/erp/{item.connection_id}/items/{item.id}/unlink"
    for name in ("ann", "stan", "adam"):
        said = words(page(as_(name).get(url)))
        assert (
            f"The vendor Delgado Electric stays in QuickBooks; here it then stands under {where}. Sent again, this company"
            in said
        )
        assert cure in said
    stage.synced(stage.job())
    assert " stays in QuickBooks" not in words(page(as_("adam").get(f"/erp/{item.connection_id}/items/{item.id + 1}/unlink")))


def test_of_a_vendor_that_is_gone_nothing_is_said_to_stay(as_, stage):
    with transaction():
        item = links.add(stage.record("vendor", "V1", "Delgado Electric"), stage.people.adam)
        records.deleted(stage.connection.id, ["vendor"], ["V1"])
    said = words(page(as_("adam").get(f"/erp/{item.connection_id}/items/{item.id}/unlink")))
    assert "Unlink" in said
    assert " stays in QuickBooks" not in said


def test_what_is_gone_is_unlinked_with_one_press(as_, stage, item, url):
    answered(item, "missing", "")
    adam = as_("adam")
    assert "Unlink" in all_words(adam.get(url), "//form//button")
    answer = adam.post(url, data={"version": item.version}, follow_redirects=True)
    assert "was unlinked" in told(answer)[0]
    assert item.state == State.WITH_PM
    assert "there is nothing to unlink" in words(page(adam.get(url)))


def test_what_was_refused_as_gone_is_unlinked_at_once_or_asked_for_once_more(as_, stage, item, url):
    listed, adam = f"/erp/{item.connection_id}/job/failed-to-export", as_("adam")
    with transaction():
        item.state, item.filter, item.error, item.changed_at = State.FAILED, "failed-to-export", {"code": "gone"}, now()
    assert "Unlink" in all_words(adam.get(listed), "//td//button")
    with transaction():
        item.changed_at = now() - timedelta(hours=2)
    answer = adam.get(listed)
    assert ("Unlink" in all_words(answer, "//td//button"), "Unlink…" in all_words(answer, "//td//a")) == (False, True)
    assert "more than an hour ago" in words(page(adam.get(url)))
    assert "Ask QuickBooks whether it is gone" in all_words(adam.get(url), "//button")
    assert told(adam.post(f"{url}/question", follow_redirects=True)) == ["It is asked at the next visit of the Web Connector."]


def test_it_is_forced_with_a_reason_only(as_, stage, item, url):
    adam = as_("adam")
    assert adam.post(url, data={"force": "1"}).status_code == 422
    adam.post(url, data={"force": "1", "reason": "The file was rebuilt."})
    assert item.state == State.WITH_PM
    assert stage.events(item)[-1].comment == "The file was rebuilt."


def test_an_older_page_hears_who_was_faster(as_, stage, item, url):
    answered(item, "missing", "")
    assert as_("adam").post(url, data={"version": item.version - 1}).status_code == 409
    assert item.state == State.SYNCED


@pytest.mark.parametrize("name", ["ann", "stan"])
def test_who_may_not_reads_why_and_has_no_force(as_, stage, item, url, name):
    answer = as_(name).get(url)
    assert "You need Admin on ERP Integrations" in words(page(answer))
    assert "Unlink it all the same" not in words(page(answer))
    assert as_(name).post(url, data={"force": "1", "reason": "x"}).status_code == 422
    assert as_(name).post(f"{url}/question").status_code == 422
    assert item.state == State.SYNCED


def test_an_item_of_another_connection_is_not_found(as_, stage, item):
    assert as_("adam").get(f"/erp/999/items/{item.id}/unlink").status_code == 404
    assert as_("adam").get(f"/erp/{item.connection_id}/items/999/unlink").status_code == 404
