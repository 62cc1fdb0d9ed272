"""The checklist of what is keyed into Sage: what is shown, who may paste the number, two people, stale pages."""

import pytest

from erp.db import db
from erp.items import Item
from tests.unit.ridge import Ridge
from tests.unit.web.pages import all_words, told


@pytest.fixture
def waits(ridge: Ridge) -> Item:
    """Pam's project: sent, accepted and exported by Ann."""
    item = ridge.accept(ridge.send("job", ridge.pier))
    ridge.export("job")
    return item


@pytest.fixture
def at(waits: Item) -> str:
    return f"/erp/{waits.connection_id}/items/{waits.id}/keying"


def post(browser, item, noun, **form):
    return browser.post(f"/erp/{item.connection_id}/items/{item.id}/{noun}", data=form, follow_redirects=True)


def test_the_badge_of_the_row_leads_to_the_checklist(ridge, waits, at, as_):
    text = as_("ann").get(f"/erp/{ridge.connection.id}/job/").text
    assert f'href="{at}"' in text
    assert "Key it in" in text


def test_the_checklist_says_where_and_what_and_proposes_the_number(at, as_):
    answer = as_("ann").get(at)
    assert "JC &gt; Setup &gt; Jobs" in answer.text
    assert all_words(answer, "//dl[@class='facts']/div/dd")[:3] == ["25-1361", "Pier 9 Sewer Renewal", "9 Pier Road"]
    assert 'value="25-1361"' in answer.text


def test_the_pasted_number_makes_it_synced_and_the_desk_says_by_whom(ridge, waits, as_):
    post(as_("ann"), waits, "number", number="25-1361", version=waits.version)
    assert waits.state == "Synced"
    assert "25-1361" in as_("ann").get(f"/erp/{ridge.connection.id}/job/synced").text
    history = as_("ann").get(f"/erp/{ridge.connection.id}/items/{waits.id}?tab=history").text
    assert "Ann" in history


@pytest.mark.parametrize("number", ["", "25\x07"])
def test_a_number_that_is_none_is_told_on_the_page_and_stands_in_the_field(waits, as_, number):
    answer = post(as_("ann"), waits, "number", number=number, version=waits.version)
    assert any("Job number in Sage" in sentence for sentence in told(answer))
    assert waits.state == "Waiting"


def test_who_comes_second_hears_who_was_first(waits, as_):
    seen = waits.version
    post(as_("bob"), waits, "number", number="25-1361", version=seen)
    answer = post(as_("ann"), waits, "number", number="25-1361", version=seen)
    assert "Bob keyed it in first" in answer.text


def test_taken_back_it_stands_accepted_again(waits, as_):
    post(as_("ann"), waits, "voiding", comment="Tomorrow", version=waits.version)
    assert waits.state == "Accepted"


@pytest.mark.parametrize(
    ("name", "sees", "may_post"), [("pam", 403, 403), ("stan", 200, 403), ("adam", 200, 403), ("olga", 403, 403)]
)
def test_who_may_not_decide_keys_nothing_in(waits, at, as_, name, sees, may_post):
    answer = as_(name).get(at)
    assert answer.status_code == sees
    assert "Take back</button>" not in answer.text
    assert post(as_(name), waits, "number", number="25-1361", version=waits.version).status_code == may_post
    db.session.expire_all()
    assert waits.state == "Waiting"


def test_what_is_not_keyed_in_has_its_details_instead(ridge, as_):
    item = ridge.waiting_budget(100_000)
    assert as_("ann").get(f"/erp/{ridge.connection.id}/items/{item.id}/keying").status_code == 302
