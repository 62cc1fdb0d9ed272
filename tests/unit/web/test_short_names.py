"""Propose short names: offered where a system keeps few signs, edited in a grid, saved all or none."""

import pytest

from erp.audit import Event
from erp.db import db, transaction
from erp.documents import cost_code
from tests.unit.web.pages import all_words, page, told

URL = "/cost-codes/short-names"
MAIN, SIDE = "TELEVISION INSPECTION OF EXISTING MAIN SEWERS", "TELEVISION INSPECTION OF EXISTING SIDE SEWERS"


@pytest.fixture
def pair(ridge):
    """Two codes that Sage could not tell apart."""
    with transaction():
        return [cost_code.create(ridge.people.adam, number, name) for number, name in (("02-4100", MAIN), ("02-4110", SIDE))]


def typed(answer, **changed):
    """The form as a browser would post it."""
    found = page(answer).xpath("//main//form")[0]
    fields = {
        one.get("name"): one.get("value") for one in found.xpath(".//input[@type='hidden'] | .//input[@class='short-name']")
    }
    return fields | {"ids": found.xpath(".//input[@name='ids'][@checked]/@value")} | changed


@pytest.mark.parametrize(("name", "status"), [("pam", 200), ("adam", 200), ("ann", 403), ("stan", 403), ("olga", 403)])
def test_who_edits_codes_may_shorten_their_names(pair, as_, name, status):
    assert as_(name).get(URL).status_code == status
    assert as_(name).post(URL, data={}).status_code == (303 if status == 200 else status)


def test_it_is_offered_only_where_a_connection_asks_for_it(stage, as_):
    assert URL not in as_("adam").get("/cost-codes/").text
    assert as_("adam").get(URL).status_code == 303
    assert as_("adam").post(URL, data={"ids": stage.codes[0].id}).status_code == 303


def test_it_is_offered_beside_a_company_file(sage, as_):
    assert page(as_("adam").get("/cost-codes/")).xpath(f"//a[@href='{URL}']")


def test_the_codes_that_collide_stand_there_with_proposals(pair, as_):
    answer = as_("adam").get(URL)
    assert all_words(answer, "//td[@data-label='Code']") == ["02-4100", "02-4110"]
    assert all_words(answer, "//td[@data-label='Cut']") == ["TELEVISION INSPECTION OF EXIST"] * 2
    proposals = page(answer).xpath("//input[@class='short-name']/@value")
    assert len(set(proposals)) == 2
    assert all(len(proposal) <= 30 for proposal in proposals)


def test_what_is_ticked_is_saved_in_the_trail_and_gone_from_the_page(pair, as_):
    adam = as_("adam")
    assert adam.post(URL, data=typed(adam.get(URL), **{f"short-{pair[0].id}": "TV main sewers"})).status_code == 303
    db.session.expire_all()
    assert pair[0].short == "TV main sewers"
    assert pair[1].short.endswith("02-4110")
    assert pair[0].name == MAIN
    events = db.session.query(Event).filter_by(action="edit").all()
    assert [(event.subject, event.details["was"]["short"]) for event in events] == [(code.subject, "") for code in pair]
    assert "2 cost codes got a short name." in " ".join(told(adam.get("/cost-codes/")))
    assert "No two names are the same" in adam.get(URL).text


def test_what_is_not_ticked_stays(pair, as_):
    adam = as_("adam")
    adam.post(URL, data=typed(adam.get(URL), ids=[pair[0].id]))
    db.session.expire_all()
    assert pair[0].short
    assert not pair[1].short


@pytest.mark.parametrize(("short", "said"), [
    ("x" * 31, "has 31 characters; at most 30 fit"), ("", "still the same as that of another code"), ("bell \a", "control character"),
    ("Asphalt paving", "32-1200 has this name already"), (SIDE[:30], "still the same as that of another code"),
])  # fmt: skip
def test_a_short_name_that_cannot_be_is_said_in_its_row_and_none_is_saved(pair, as_, short, said):
    adam = as_("adam")
    with transaction():
        cost_code.create(pair[0].creator, "02-4120", f"{SIDE} again")
    answer = adam.post(URL, data=typed(adam.get(URL), ids=[pair[0].id], **{f"short-{pair[0].id}": short}))
    assert answer.status_code == 422
    assert said in " ".join(all_words(answer, f"//*[@id='short-{pair[0].id}-error']"))
    assert page(answer).xpath(f"//input[@name='short-{pair[0].id}']/@value") == [short.strip()] or short == "bell \a"
    db.session.expire_all()
    assert [code.short for code in pair] == ["", ""]


def test_two_short_names_that_are_the_same_are_refused(pair, as_):
    adam = as_("adam")
    same = {f"short-{code.id}": "TV inspection" for code in pair}
    answer = adam.post(URL, data=typed(adam.get(URL), **same))
    assert answer.status_code == 422
    assert "02-4110 has this name already" in answer.text


def test_a_code_that_somebody_saved_meanwhile_is_not_overwritten(pair, as_):
    adam = as_("adam")
    shown = typed(adam.get(URL))
    with transaction():
        cost_code.edit(pair[0], pair[0].creator, None, "02-4100", f"{MAIN} and laterals", short="")
    answer = adam.post(URL, data=shown)
    assert answer.status_code == 422
    assert "Somebody saved this meanwhile" in answer.text
    db.session.expire_all()
    assert [code.short for code in pair] == ["", ""]


def test_a_code_on_its_way_to_accounting_says_so_and_cannot_be_ticked(ridge, pair, as_):
    ridge.send("cost_code", pair[0])
    answer = as_("adam").get(URL)
    assert page(answer).xpath("//input[@name='ids']/@value") == [str(pair[1].id)]
    assert "02-4100 was sent to Ridge and is Ready there." in answer.text
    refused = as_("adam").post(URL, data={"ids": pair[0].id, f"short-{pair[0].id}": "TV"})
    assert refused.status_code == 422
    db.session.expire_all()
    assert not pair[0].short
