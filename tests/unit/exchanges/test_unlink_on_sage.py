"""What Sage does not have any more is unlinked by what the newest read-back after the sync lacks."""

import pytest

from erp.db import transaction
from erp.exchanges.unlink import unlink, why_not_unlink
from erp.items import Item
from erp.items.perform import Refused
from erp.people import Level, User
from tests.unit.sage import CODES, JOBS, VENDORS, SageStage

ROW = ("25-1361", "", "32-1200", "S", "1000.00", "0", "0")


def administrator(sage: SageStage) -> User:
    """Ann, now ERP Admin with the privilege."""
    ann: User = sage.people.ann
    with transaction():
        next(grant for grant in ann.grants if grant.tool == "erp").level = Level.ADMIN
    return ann


def against(sage: SageStage, item: Item) -> list[str]:
    return [reason.text for reason in why_not_unlink(item, administrator(sage))]


def test_a_code_is_there_until_a_list_after_the_sync_lacks_it(sage):
    sage.list_back("codes", *CODES)
    item = next(one for one in sage.codes_in_sage() if one.erp_id == "32-1200")
    assert against(sage, item) == ["Nothing was read back from Sage 300 since it is synced."]
    sage.list_back("codes", *CODES)
    assert against(sage, item) == ["It was in Sage 300 when it was read back last: 32-1200. Delete it there, then read it back again."]
    sage.list_back("codes", CODES[0], *CODES[2:])
    with transaction():
        unlink(item, administrator(sage))
    assert (item.state, item.in_erp) == ("With PM", False)


def test_the_reason_leads_to_the_read_back(sage):
    item = sage.job_in_sage()
    [reason] = why_not_unlink(item, administrator(sage))
    assert (reason.url, reason.link) == (f"/erp/{sage.connection.id}/readback", "Read back from Sage")


def test_a_job_goes_after_its_budget_only(sage):
    budget = sage.waiting_budget(100_000)
    sage.report_back(ROW)
    job = sage.item(sage.pier.id)
    sage.list_back("jobs", JOBS[0], JOBS[2])
    assert against(sage, job)[0].startswith("Accounting has what hangs on it")
    sage.report_back((*ROW[:4], "0", "0", "0"))
    with transaction():
        unlink(budget, administrator(sage))
        unlink(job, administrator(sage))
    assert (budget.state, job.state) == ("With PM", "With PM")


def test_a_budget_is_gone_when_a_report_after_the_sync_lacks_its_amounts(sage):
    item = sage.waiting_budget(100_000)
    sage.report_back(ROW)
    assert "was read" in against(sage, item)[0]
    with pytest.raises(Refused), transaction():
        unlink(item, administrator(sage))
    sage.report_back(("25-1361", "", "99", "S", "5", "0", "0"))
    with transaction():
        unlink(item, administrator(sage))
    assert item.state == "With PM"


def test_a_company_is_unlinked_freely(sage):
    sage.list_back("vendors", *VENDORS)
    item = sage.keyed("company", sage.company(), "HARWEL")
    with transaction():
        unlink(item, sage.people.stan)
    assert item.state == "With PM"


def test_the_page_leads_to_the_read_back_and_asks_nobody(sage, as_):
    item = sage.job_in_sage()
    administrator(sage)
    text = as_("ann").get(f"/erp/{sage.connection.id}/items/{item.id}/unlink").text
    assert "Read back from Sage" in text
    assert "whether it is gone" not in text


def test_the_verify_page_says_that_uploads_do_it(sage, as_):
    text = as_("ann").get(f"/erp/{sage.connection.id}/verify").text
    assert "Sage 300 cannot be asked, so uploads do it here" in text
    assert "Verify everything" not in text
