"""What Sage exported, read back: lists become records, and only a job cost report makes a budget Synced."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from erp import links
from erp.books import batches, job_costs, records
from erp.books.records import Record
from erp.connectors.sage300 import costs, handling, lists, rejecting
from erp.connectors.sage300.exports import EXPORTS
from erp.db import db, now, transaction
from erp.documents import budget as budgets
from erp.documents import sub_job
from erp.documents.imports import ImportRefused
from erp.exchanges import handover, restores
from erp.exchanges.exchange import Answer, Message
from erp.exchanges.export import retry
from erp.invariants import broken
from erp.items.perform import Refused
from erp.people.clock import day_of
from erp.states import Filter
from tests.unit.ridge import EXTRAS, FILES, JOBS, REPORT, Ridge
from tests.unit.sage import body_of, texts


@pytest.fixture(autouse=True)
def promises(ridge):
    """Every test ends with all invariants."""
    yield
    assert broken(thorough=True) == []


def there(ridge: Ridge, of: str) -> dict[str, Record]:
    return {row.erp_id: row for row in db.session.scalars(select(Record).filter_by(connection_id=ridge.connection.id, list=of))}


# lists


@pytest.mark.parametrize("slug", FILES)
def test_a_list_becomes_records_and_counts_as_a_refresh(ridge, slug):
    of = EXPORTS[slug].list
    ridge.schedule(of).read_at = None
    taken = ridge.list_back(slug, *FILES[slug])
    assert (taken.rows, taken.written) == (len(FILES[slug]) - 1, len(FILES[slug]) - 1)
    assert ridge.schedule(of).read_at
    [exchange] = ridge.exchanges(f"list:{of}")
    assert (exchange.purpose, exchange.state, exchange.result["rows"], exchange.result["by"]) == (
        "refresh",
        "synced",
        taken.rows,
        "Adam",
    )


def test_the_ids_are_those_that_sage_uses(ridge):
    for slug, rows in FILES.items():
        ridge.list_back(slug, *rows)
    assert set(there(ridge, "extra")) == {"25-1361|01", "24-007|01"}
    mill, code, vendor = there(ridge, "job")["24-007"], there(ridge, "item")["32-1200"], there(ridge, "vendor")["HARWEL"]
    assert (mill.name, mill.number, mill.active) == ("Old Mill", "24-007", False)
    assert (code.name, code.data) == ("32-1200", {"desc": "Asphalt paving"})
    assert (vendor.name, vendor.number, vendor.data["postal_code"]) == ("Harbor Welding", "HARWEL", "94111")
    assert there(ridge, "extra")["25-1361|01"].parent_id == "25-1361"


def test_the_same_file_twice_writes_nothing(ridge):
    for slug, rows in FILES.items():
        ridge.list_back(slug, *rows)
        assert ridge.list_back(slug, *rows).written == 0


def test_what_a_whole_list_lacks_is_gone_and_comes_back(ridge):
    ridge.list_back("jobs", *JOBS)
    ridge.list_back("jobs", *JOBS[:2])
    assert there(ridge, "job")["24-007"].state == "Gone"
    ridge.list_back("jobs", *JOBS)
    assert there(ridge, "job")["24-007"].state == "Staged"


def test_a_part_of_a_list_takes_nothing_away(ridge):
    ridge.list_back("jobs", *JOBS)
    ridge.list_back("jobs", *JOBS[:2], whole=False)
    assert there(ridge, "job")["24-007"].state == "Staged"


def test_the_preview_says_what_is_new_changed_and_not_there_any_more(ridge):
    ridge.list_back("jobs", *JOBS)
    what, read = ridge.read("jobs", JOBS[0], ("25-1361", "Pier Nine", "In progress"), ("25-2000", "New Hall", ""))
    found = lists.difference(ridge.connection, what, read)
    assert (found.fresh, found.changed, found.gone, found.same) == (["New Hall"], ["Pier Nine"], ["Old Mill"], 0)


def test_twenty_thousand_rows_are_taken_in_pages(ridge):
    rows = [("Vendor", "Name"), *((f"V{n}", f"Vendor {n}") for n in range(1_200))]
    assert ridge.list_back("vendors", *rows).written == 1_200
    assert ridge.list_back("vendors", *rows[:-1]).written == 1


BAD = {
    "no code": ("codes", [("Cost Code", "Description"), ("", "Paving")], 2, "Cost Code", "Cost Code is missing. Write it."),
    "a date": ("codes", [("Cost Code", "Description"), ("2026-01-02", "Paving")], 2, "Cost Code", "is a date"),
    "no name": ("vendors", [("Vendor", "Name"), ("V1", "None")], 2, "Name", "Name is missing"),
    "a bar": ("jobs", [("Job", "Description"), ("25|1", "Pier")], 2, "Job", "upright bar"),
    "twice": ("extras", [("Job", "Extra", "Description"), ("25", "1", "a"), ("25", "1", "b")], 2, "Job, Extra", "stands in row 2 and in row 3"),
    "no amount": ("report", [REPORT, ("25", "", "32", "S", "12 apples", "0", "0")], 2, "Original Estimate", "is not an amount"),
    "place twice": ("report", [REPORT, ("25", "", "32", "S", "1", "0", "0"), ("25", "None", "32", "S", "1", "0", "0")], 2,
                    "Job, Extra, Cost Code, Category", "25 32 S stands in row 2 and in row 3"),
    "unequal": ("report", [(*REPORT, "Total Estimate"), ("25", "", "32", "S", "1", "2", "0", "4")], 2, "Total Estimate", "are 3.00"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_row_is_named_with_its_field_and_the_cure_and_nothing_is_taken(ridge, case):
    slug, rows, row, column, words = BAD[case]
    what, read = ridge.read(slug, *rows)
    assert (read.faults[0].row, read.faults[0].column) == (row, column)
    assert words in read.faults[0].sentence
    with pytest.raises(ImportRefused, match=r"Nothing was taken"):
        ridge.report_back(*rows[1:]) if slug == "report" else ridge.list_back(slug, *rows)
    db.session.rollback()
    assert db.session.scalars(select(Record).filter_by(list=what.list)).all() == []


def test_amounts_are_read_as_exports_write_them(ridge):
    _, read = ridge.read("report", ("Job Cost Report", "", ""), REPORT, ("25", "", "32", "S", "$3,500.00", "(1,234.00)", ""),
                        ("25", "None", "33", "S", "None", "-", "12.5"), ("25", "", "", "Job 25 totals", "3500", "", ""),
                        ("Grand total", "", "", "", "3500", "", ""))  # fmt: skip
    assert read.faults == []
    assert [line.amounts for line in read.lines] == [
        {"original": 350_000, "changes": -123_400, "job_to_date": 0}, {"original": 0, "changes": 0, "job_to_date": 1_250}]  # fmt: skip
    assert read.totals == [5, 6]
    assert read.lines[1].cells["extra"] == ""


# bringing in


def test_a_job_a_code_and_a_vendor_of_sage_come_in(ridge):
    for slug, rows in FILES.items():
        ridge.list_back(slug, *rows)
    with transaction():
        mill = links.add(there(ridge, "job")["24-007"], ridge.people.adam)
        vendor = links.add(there(ridge, "vendor")["HARWEL"], ridge.people.ann)
        code = links.link(there(ridge, "item")["32-1200"], ridge.codes[0].id, ridge.people.adam)
        links.archive(there(ridge, "item")["33-3100"], ridge.people.ann)
    assert {(item.state, item.erp_id) for item in (mill, vendor, code)} == {
        ("Synced", "24-007"),
        ("Synced", "HARWEL"),
        ("Synced", "32-1200"),
    }
    assert (mill.number, mill.title) == ("24-007", "Old Mill")
    assert there(ridge, "item")["33-3100"].filter == Filter.ARCHIVED
    assert ridge.list_back("jobs", *JOBS).written == 0


def test_a_colon_in_a_name_is_no_customer(ridge):
    ridge.list_back("jobs", JOBS[0], ("25-9", "Phase 2: Sewer", ""))
    with transaction():
        item = links.add(there(ridge, "job")["25-9"], ridge.people.adam)
    assert item.payload == {} and item.title == "Phase 2: Sewer"
    assert item.result["joined"]["wished_customer"] == ""


def test_every_list_again_ends_a_restore(ridge):
    with transaction():
        ridge.connection.epoch = 3
        db.session.add(restores.Restore(connection_id=ridge.connection.id, epoch=3, at=now(), since=now(), last_exchange=0))
    for slug, rows in FILES.items():
        assert restores.forbids_writing(ridge.connection)
        ridge.list_back(slug, *rows)
    assert not restores.forbids_writing(ridge.connection)


# the job cost report


def rows_of(*amounts: str, job: str = "25-1361", category: str = "S") -> list[tuple[str, ...]]:
    """A row of the report for each amount, on the three codes."""
    numbers = ("32-1200", "32-1600", "33-3100")
    return [(job, "", code, category, amount, "0", "250.00") for code, amount in zip(numbers, amounts, strict=False)]


def test_only_a_report_with_the_same_sums_makes_a_budget_synced(ridge):
    item = ridge.waiting_budget(100_050, 200_000, 300_100)
    taken = ridge.report_back(*rows_of("1000.50", "2000", "3,001.00"))
    assert (item.state, item.in_erp, item.erp_id) == ("Synced", True, "25-1361")
    assert [one.id for one in taken.confirmed] == [item.id]
    assert ridge.events(item)[-1].actor == "Adam"
    assert budgets.why_not_back(budgets.of(ridge.pier)) == []
    assert budgets.of(ridge.pier).exported_at
    costs = job_costs.of(ridge.connection.id, [ridge.pier.id])
    assert sum(cost.estimate_read for cost in costs) == 600_150
    assert {cost.job_to_date for cost in costs} == {25_000}
    assert costs[0].told == {"original": 100_050, "changes": 0}


def test_what_settled_it_stands_in_the_journal(ridge):
    item = ridge.waiting_budget(100_000)
    exchange = ridge.exchange(item)
    ridge.report_back(*rows_of("1000"))
    message = db.session.scalars(select(Message).filter_by(exchange_id=exchange.id)).one()
    answer = db.session.scalars(select(Answer).filter_by(message_key=message.key)).one()
    assert json.loads(answer.body)["rows"][0]["original"] == 100_000


def test_other_sums_are_told_and_kept_and_move_nothing(ridge):
    item = ridge.waiting_budget(100_000, 200_000)
    version, exchange = item.version, ridge.exchange(item)
    taken = ridge.report_back(*rows_of("1000.00", "1999.99"))
    assert (item.state, item.version) == ("Waiting", version)
    assert "32-1600 S: original 1,999.99 instead of 2,000.00" in exchange.reason
    assert taken.differing == [(item, exchange.reason)]
    assert ridge.report_back(*rows_of("1000.00", "2000.00")).confirmed == [item]
    assert exchange.reason == ""


def test_the_same_report_twice_counts_nothing_twice(ridge):
    item = ridge.waiting_budget(100_000)
    for _ in range(2):
        ridge.report_back(*rows_of("1000.00"))
    assert (item.state, len(ridge.events(item))) == ("Synced", 5)
    assert sum(cost.estimate_read for cost in job_costs.of(ridge.connection.id)) == 100_000


def test_its_batch_is_confirmed_with_it(ridge):
    item = ridge.waiting_budget(100_000)
    [batch] = batches.batches_with(ridge.exchange(item).id)
    ridge.report_back(*rows_of("999.00"))
    assert batch.state == "Ready"
    ridge.report_back(*rows_of("1000.00"))
    assert batch.state == "Confirmed"


def test_a_report_of_another_job_only_is_refused(ridge):
    item = ridge.waiting_budget(100_000)
    with pytest.raises(ImportRefused, match=r"The report is of other jobs: 24-007\. None of them is synced .* Nothing was taken"):
        ridge.report_back(*rows_of("1000", job="24-007"))
    assert item.state == "Waiting"
    assert job_costs.of(ridge.connection.id) == []


def test_rows_that_stand_on_nothing_of_ours_are_told_with_the_reason(ridge):
    ridge.waiting_budget(100_000)
    taken = ridge.report_back(*rows_of("1000"), ("24-007", "", "32-1200", "S", "5", "0", "0"),
                             ("25-1361", "", "99-0000", "S", "7", "0", "1"), ("25-1361", "77", "32-1200", "S", "9", "0", "0"))  # fmt: skip
    assert [(fault.row, fault.column) for fault in taken.plan.misplaced] == [(3, "Job"), (4, "Cost Code"), (5, "Extra")]
    assert len(taken.confirmed) == 1
    foreign = [cost for cost in job_costs.of(ridge.connection.id, [ridge.pier.id]) if cost.code_id is None]
    assert sorted(cost.estimate_read for cost in foreign) == [700, 900]


@pytest.mark.parametrize(("days", "words"), [(-1, "from before the export of"), (1, "has not come yet")])
def test_a_report_of_a_day_that_cannot_know_the_export_is_refused(ridge, days, words):
    item = ridge.waiting_budget(100_000)
    day = day_of(ridge.people.adam, now()) + timedelta(days=days)
    with pytest.raises(ImportRefused, match=words):
        ridge.report_back(*rows_of("1000"), made_on=day)
    assert item.state == "Waiting"


def test_an_older_report_than_the_last_is_refused(ridge):
    ridge.job_in_sage()
    ridge.codes_in_sage()
    today = day_of(ridge.people.adam, now())
    ridge.report_back(*rows_of("1000"), made_on=today)
    with pytest.raises(ImportRefused, match="was read back already, and this one is older"):
        ridge.report_back(*rows_of("900"), made_on=today - timedelta(days=1))


def test_a_file_that_tells_original_and_total_tells_the_changes_too(ridge):
    ridge.job_in_sage()
    ridge.codes_in_sage()
    what, read = ridge.read("report", ("Job", "Cost Code", "Category", "Original Estimate", "Total Estimate"),
                           ("25-1361", "32-1200", "S", "1000", "1200"))  # fmt: skip
    with transaction():
        costs.take(ridge.connection, read, day_of(ridge.people.adam, now()), ridge.people.adam, file="r.csv")
    [cost] = job_costs.of(ridge.connection.id)
    assert (cost.estimate_read, cost.told) == (120_000, {"original": 100_000, "changes": 20_000})


def test_an_empty_total_is_no_zero_that_would_take_the_original_amount_back(ridge):
    columns = ("Job", "Cost Code", "Category", "Original Estimate", "Total Estimate")
    _, read = ridge.read("report", columns, ("25-1361", "32-1200", "S", "1000", "None"), ("25-1361", "32-1600", "S", "0", ""))
    assert [(fault.row, fault.column) for fault in read.faults] == [(2, "Total Estimate")]
    assert read.faults[0].sentence.startswith("It is empty, but there is an Original Estimate.")


# sub jobs and jobs by file


def test_a_list_of_extras_confirms_the_sub_jobs_that_wait(ridge):
    ridge.job_in_sage()
    with transaction():
        north = sub_job.create(ridge.pier, ridge.people.pam, number="01", title="North reach")
        south = sub_job.create(ridge.pier, ridge.people.pam, number="02", title="South reach")
    waits = [ridge.delivered(ridge.accept(ridge.send("sub_job", one))) for one in (north, south)]
    taken = ridge.list_back("extras", *FILES["extras"])
    assert [item.state for item in waits] == ["Synced", "Waiting"]
    assert (taken.confirmed, waits[0].erp_id) == ([waits[0]], "25-1361|01")
    assert there(ridge, "extra")["25-1361|01"].item_id == waits[0].id
    assert ridge.list_back("extras", *FILES["extras"]).written == 0


def test_a_sub_job_that_was_renamed_is_not_confirmed_by_a_list_with_its_old_name(ridge):
    ridge.job_in_sage()
    reach = ridge.sub_job("01", "North reach")
    item = ridge.delivered(ridge.accept(ridge.send("sub_job", reach)))
    ridge.list_back("extras", *EXTRAS)
    with transaction():
        sub_job.edit(reach, ridge.people.pam, None, title="South reach")
    ridge.delivered(ridge.accept(ridge.send("sub_job", reach)))
    ridge.list_back("extras", *EXTRAS)
    assert (item.state, handover.differs(item)[:55]) == ("Waiting", "The extra 01 is “North reach” in Sage, not “South reach")
    ridge.list_back("extras", EXTRAS[0], ("25-1361", "01", "South reach"))
    assert (item.state, item.erp_name) == ("Synced", "25-1361 / 01 South reach")


def test_a_list_of_jobs_confirms_a_job_that_went_by_file(ridge):
    with transaction():
        ridge.connection.settings = {"sage300": {"job_records": True}}
    item = ridge.delivered(ridge.accept(ridge.send("job", ridge.pier)))
    ridge.list_back("jobs", JOBS[0], JOBS[2])
    assert item.state == "Waiting"
    ridge.list_back("jobs", *JOBS)
    assert (item.state, item.erp_id) == ("Synced", "25-1361")
    assert ridge.list_back("jobs", *JOBS).written == 0


def test_a_job_that_is_keyed_in_waits_for_the_person_whatever_the_list_says(ridge):
    item = ridge.accept(ridge.send("job", ridge.pier))
    ridge.export("job")
    ridge.list_back("jobs", *JOBS)
    assert item.state == "Waiting"
    with transaction():
        handover.paste(item, ridge.people.ann, "25-1361")
    assert item.state == "Synced"
    assert records.find(ridge.connection.id, "job", "25-1361").item_id == item.id


def test_nobody_adds_a_job_of_sage_beside_the_project_that_waits_for_it(ridge):
    ridge.accept(ridge.send("job", ridge.pier))
    ridge.export("job")
    ridge.list_back("jobs", *JOBS)
    with pytest.raises(Refused), transaction():
        links.add(there(ridge, "job")["25-1361"], ridge.people.adam)


def test_a_report_finds_what_is_ours_whatever_the_capitals(ridge):
    ridge.keyed("job", ridge.pier, "25-1361b")
    for code in ridge.codes:
        ridge.keyed("cost_code", code, f"{code.code}a")
    budget = ridge.delivered(ridge.accept(ridge.send("budget", ridge.budget(100_000)), date="2026-11-20"))
    taken = ridge.report_back(("25-1361B", "", "32-1200A", "s", "1000.00", "0", "0"))
    assert (taken.plan.misplaced, budget.state) == ([], "Synced")
    [cost] = job_costs.of(ridge.connection.id, [ridge.pier.id])
    assert (cost.code_id, cost.estimate_read) == (ridge.codes[0].id, 100_000)


def test_what_somebody_imported_from_the_reject_file_is_synced_by_the_report_after_retry(ridge):
    budget, batch = ridge.waiting_budget(100_000), batches.find(ridge.connection.id, 1)
    with transaction():
        handling.download(batch, batch.files[0], ridge.people.ann)
        rejecting.take(batch, batch.files[0], ridge.people.ann, "r.jce", body_of(*texts(batch)))
    row = ("25-1361", "", "32-1200", "S", "1000.00", "0", "0")
    assert (ridge.report_back(row).confirmed, budget.state) == ([], "Failed")
    with transaction():
        retry(budget, ridge.people.ann, {"date": "2026-11-22"})
    handover.hand_over()
    assert (ridge.report_back(row).confirmed, budget.state) == ([budget], "Synced")
    assert batches.find(ridge.connection.id, 2).state == "Confirmed"
