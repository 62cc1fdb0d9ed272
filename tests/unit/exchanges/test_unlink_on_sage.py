"""What Sage does not have any more is unlinked by what the newest read-back after the sync lacks."""

import pytest

from erp.db import transaction
from erp.exchanges.unlink import unlink, why_not_unlink
from erp.items import Item
from erp.items.perform import Refused
from erp.people import Level, User
from tests.unit.ridge import CODES, EXTRAS, JOBS, VENDORS, Ridge

ROW = ("25-1361", "", "32-1200", "S", "1000.00", "0", "0")


def administrator(ridge: Ridge) -> User:
    """Ann, now ERP Admin with the privilege."""
    ann: User = ridge.people.ann
    with transaction():
        next(grant for grant in ann.grants if grant.tool == "erp").level = Level.ADMIN
    return ann


def against(ridge: Ridge, item: Item) -> list[str]:
    return [reason.text for reason in why_not_unlink(item, administrator(ridge))]


def test_a_code_is_there_until_a_list_after_the_sync_lacks_it(ridge):
    ridge.list_back("codes", *CODES)
    item = next(one for one in ridge.codes_in_sage() if one.erp_id == "32-1200")
    assert against(ridge, item) == ["Nothing was read back from Sage 300 since it is synced."]
    ridge.list_back("codes", *CODES)
    assert against(ridge, item) == [
        "It was in Sage 300 when it was read back last: 32-1200. Delete it there, then read it back again."
    ]
    ridge.list_back("codes", CODES[0], *CODES[2:])
    with transaction():
        unlink(item, administrator(ridge))
    assert (item.state, item.in_erp) == ("With PM", False)


def test_the_reason_leads_to_the_read_back(ridge):
    item = ridge.job_in_sage()
    [reason] = why_not_unlink(item, administrator(ridge))
    assert (reason.url, reason.link) == (f"/erp/{ridge.connection.id}/readback", "Read back from Sage")


def test_a_job_goes_after_its_budget_only(ridge):
    budget = ridge.waiting_budget(100_000)
    ridge.report_back(ROW)
    job = ridge.item(ridge.pier.id)
    ridge.list_back("jobs", JOBS[0], JOBS[2])
    assert against(ridge, job)[0].startswith("Accounting has what hangs on it")
    ridge.report_back((*ROW[:4], "0", "0", "0"))
    with transaction():
        unlink(budget, administrator(ridge))
        unlink(job, administrator(ridge))
    assert (budget.state, job.state) == ("With PM", "With PM")


def test_nothing_is_unlinked_below_a_budget_whose_first_export_waits(ridge):
    ridge.job_in_sage()
    ridge.codes_in_sage()
    north = ridge.sub_job("01", "North")
    ridge.delivered(ridge.accept(ridge.send("sub_job", north)))
    ridge.list_back("extras", *EXTRAS)
    budget = ridge.delivered(ridge.accept(ridge.send("budget", ridge.budget_on(north, 100_000)), date="2026-11-20"))
    assert (budget.state, budget.in_erp) == ("Waiting", False)
    ridge.list_back("jobs", JOBS[0], JOBS[2])
    ridge.list_back("codes", CODES[0], *CODES[2:])
    ridge.list_back("extras", EXTRAS[0], EXTRAS[2])
    for document in (ridge.pier, ridge.codes[0], north):
        [said] = against(ridge, ridge.item(document.id))
        assert said.startswith("Accounting may have what hangs on it:") and budget.label in said
    with pytest.raises(Refused), transaction():
        unlink(ridge.item(north.id), administrator(ridge), forced=True, reason="It is gone.")


def test_a_budget_is_gone_when_a_report_after_the_sync_has_zero_on_its_places(ridge):
    item = ridge.waiting_budget(100_000)
    ridge.report_back(ROW)
    assert "was read" in against(ridge, item)[0]
    with pytest.raises(Refused), transaction():
        unlink(item, administrator(ridge))
    ridge.report_back((*ROW[:4], "0", "0", "0"))
    with transaction():
        unlink(item, administrator(ridge))
    assert item.state == "With PM"


def test_a_report_that_lacks_places_of_a_budget_does_not_say_that_they_are_gone(ridge):
    item = ridge.waiting_budget(100_000, 0, 200_000)
    third = ("25-1361", "", "33-3100", "S", "2000.00", "0", "0")
    ridge.report_back(ROW, third)
    assert item.state == "Synced"
    not_told = [
        "The report that was read back last does not have every line of it with zero. Export the report with the rows that are zero, "
        "and read it back."
    ]
    for rows in ([("25-1361", "", "99", "S", "5", "0", "0")], [(*ROW[:4], "0", "0", "0")]):
        ridge.report_back(*rows)
        assert against(ridge, item) == not_told
    ridge.report_back((*ROW[:4], "5", "-5", "0"), (*third[:4], "0", "0", "0"))
    assert against(ridge, item)[0].startswith("It was in Sage 300")
    ridge.report_back((*ROW[:4], "0", "0", "0"), (*third[:4], "0", "0", "0"))
    assert against(ridge, item) == []


def test_a_company_is_unlinked_freely(ridge):
    ridge.list_back("vendors", *VENDORS)
    item = ridge.keyed("company", ridge.company(), "HARWEL")
    with transaction():
        unlink(item, ridge.people.stan)
    assert item.state == "With PM"


def test_the_page_leads_to_the_read_back_and_asks_nobody(ridge, as_):
    item = ridge.job_in_sage()
    administrator(ridge)
    text = as_("ann").get(f"/erp/{ridge.connection.id}/items/{item.id}/unlink").text
    assert "Read back from Sage" in text
    assert "whether it is gone" not in text


def test_the_verify_page_says_that_uploads_do_it(ridge, as_):
    text = as_("ann").get(f"/erp/{ridge.connection.id}/verify").text
    assert "Sage 300 cannot be asked, so uploads do it here" in text
    assert "Verify everything" not in text
