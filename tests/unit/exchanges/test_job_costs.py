"""Sync Job Costs against the simulated company file: what comes back, what goes wrong, and that it always ends."""

import pytest

from erp.books import job_costs
from erp.books.job_costs import JobCost, JobCostReading
from erp.connections import Schedule
from erp.connectors.quickbooks import costs
from erp.db import db, transaction
from erp.exchanges.exchange import Exchange
from erp.exchanges.refresh import JOB_COSTS, costs_running, refresh_costs, running
from erp.items import Item
from erp.reports.job_costs import JobReport, of_project
from erp.simulator import bookkeeper
from tests.house import House

NUMBERS = ("32-1200", "32-1600", "33-3100")


@pytest.fixture
def budget(house: House) -> Item:
    """Pier 9's budget of 1,000.50, 2,000.00 and 3,001.00 in accounting; another job there has costs of its own."""
    item = house.exported_budget()
    assert house.update().ok
    assert item.state == "Synced"
    bookkeeper.post_cost(house.company, "City of Bayview:Fire Station 4", house.item(house.code("32-1200")).erp_id, "999.00")
    house.wait(60)
    return item


def queued(house: House) -> Exchange:
    with transaction():
        assert refresh_costs(house.connection) == 1
    return house.exchanges(kind=JOB_COSTS)[-1]


def synced(house: House) -> JobReport:
    """After one Sync Job Costs."""
    exchange = queued(house)
    assert house.caller().drain() == 3
    assert exchange.state == "synced"
    return of_project(house.pier)


def reading(house: House) -> JobCostReading:
    return job_costs.readings(house.connection.id)[house.pier.id]


def placed(house: House) -> dict[int, JobCost]:
    """cost code -> its row, as far as its Estimate was read."""
    rows = job_costs.of(house.connection.id, [house.pier.id])
    return {row.code_id: row for row in rows if row.code_id is not None and row.read_at}


def read(house: House) -> dict[str, tuple[int, int, int]]:
    """code -> Estimate read, ours, Job to Date."""
    found = placed(house)
    codes = {house.code(number).id: number for number in NUMBERS}
    return {codes[key]: (cost.estimate_read, cost.ours, cost.job_to_date) for key, cost in found.items()}


def spend(house: House, number: str, value: str) -> None:
    item = house.item(house.code(number)).erp_id if number else ""
    bookkeeper.post_cost(house.company, house.item(house.pier).erp_id, item, value, "Delgado Electric")


def test_the_estimate_and_the_costs_come_back_per_code(house: House, budget: Item) -> None:
    spend(house, "32-1200", "12.50")
    spend(house, "32-1200", "30.00")
    spend(house, "33-3100", "8.00")
    report = synced(house)
    assert read(house) == {"32-1200": (100050, 100050, 4250), "32-1600": (200000, 200000, 0), "33-3100": (300100, 300100, 800)}
    assert (report.missing, report.not_explained, reading(house).problem) == ([], 0, "")
    assert (reading(house).report_total, reading(house).basis) == (5050, "Accrual")


def test_an_amount_is_missing_until_it_was_read_after_the_export(house: House, budget: Item) -> None:
    assert [line.code for line in of_project(house.pier).missing] == list(NUMBERS)
    assert [line.code for line in synced(house).missing] == []


def test_what_was_read_before_the_export_does_not_count_as_back(house: House, budget: Item) -> None:
    synced(house)
    assert budget.snapshot
    with transaction():
        budget.snapshot.synced_at = house.now
    assert len(of_project(house.pier).missing) == 3


def test_what_cannot_be_placed_is_not_explained(house: House, budget: Item) -> None:
    spend(house, "32-1200", "12.50")
    spend(house, "", "7.00")
    bookkeeper.post_cost(house.company, house.item(house.pier).erp_id, "Consulting", "70.00")
    report = synced(house)
    assert report.total.job_to_date == 1250
    assert (report.not_explained, {cost.erp_item_name: cost.job_to_date for cost in report.foreign}) == (
        7700, {"Consulting": 7000, "No item": 700})  # fmt: skip
    assert "no synced cost codes (Consulting)" in reading(house).problem


def test_a_cost_that_went_away_goes_away_here(house: House, budget: Item) -> None:
    spend(house, "", "7.00")
    synced(house)
    with house.company.store.transaction() as books:
        *_, bill = books.transactions("Bill")
        books.remove_transaction(bill)
    report = synced(house)
    assert (report.foreign, report.not_explained) == ([], 0)


def test_a_line_that_a_bookkeeper_edits_shows_as_a_difference(house: House, budget: Item) -> None:
    house.touch(budget)
    bookkeeper.edit_estimate_line(house.company, "25-1361-B", 2, "1500.00")
    report = synced(house)
    assert [(line.code, line.difference) for line in report.missing] == [("32-1600", -50000)]


def test_a_line_that_a_bookkeeper_adds_is_read_and_is_not_ours(house: House, budget: Item) -> None:
    bookkeeper.add_estimate_line(house.company, "25-1361-B", "32:32-1200", "5.00")
    synced(house)
    assert read(house)["32-1200"] == (100550, 100050, 0)


def test_a_renamed_item_is_still_found(house: House, budget: Item) -> None:
    spend(house, "32-1200", "12.50")
    bookkeeper.rename(house.company, "item", "32:32-1200", "32-1200 Hot mix")
    house.touch(house.item(house.code("32-1200")))
    report = synced(house)
    assert read(house)["32-1200"] == (100050, 100050, 1250)
    assert report.not_explained == 0


def test_a_deleted_estimate_counts_as_nothing_and_is_told(house: House, budget: Item) -> None:
    spend(house, "32-1200", "12.50")
    synced(house)
    house.touch(budget)
    bookkeeper.delete_estimate(house.company, "25-1361-B")
    report = synced(house)
    assert read(house) == {"32-1200": (0, 0, 1250), "32-1600": (0, 0, 0), "33-3100": (0, 0, 0)}
    assert (len(report.missing), reading(house).problem) == (3, costs.GONE)


def test_a_copy_of_the_estimate_is_told_and_not_counted(house: House, budget: Item) -> None:
    bookkeeper.duplicate_estimate(house.company, "25-1361-B")
    report = synced(house)
    assert (report.missing, report.total.read) == ([], 600150)
    assert "another Estimate on this job" in reading(house).problem


def test_estimates_switched_off_keep_what_was_read_and_still_bring_the_costs(house: House, budget: Item) -> None:
    synced(house)
    before = {code: cost.read_at for code, cost in placed(house).items()}
    bookkeeper.prefer(house.company, "estimates", False)
    spend(house, "32-1200", "12.50")
    house.wait(60)
    queued(house)
    assert house.caller().drain() == 2
    assert read(house)["32-1200"] == (100050, 100050, 1250)
    assert {code: cost.read_at for code, cost in placed(house).items()} == before
    assert "Do you create estimates?” Yes" in reading(house).problem


def test_a_code_whose_estimate_was_never_read_is_not_back(house: House, budget: Item) -> None:
    bookkeeper.prefer(house.company, "estimates", False)
    spend(house, "32-1200", "12.50")
    queued(house)
    house.caller().drain()
    report = of_project(house.pier)
    assert placed(house) == {}
    assert [(line.read, line.job_to_date) for line in report.lines] == [(None, 1250), (None, 0), (None, 0)]


def test_a_reading_that_broke_off_begins_anew_in_the_next_session(house: House, budget: Item) -> None:
    exchange = queued(house)
    caller = house.caller()
    caller.turn()
    assert exchange.memo == {"ask": "others", "problems": []}
    caller.close()
    caller = house.caller()
    assert "<TxnID>" in caller.ask()
    caller.close()
    assert house.caller().drain() == 3
    assert (exchange.state, reading(house).problem) == ("synced", "")


def test_a_report_that_always_breaks_off_ends_with_a_sentence_and_keeps_what_was_read(house: House, budget: Item) -> None:
    spend(house, "32-1200", "12.50")
    synced(house)
    exchange = queued(house)
    for _ in range(30):
        if exchange.state == "queued":
            caller = house.caller()
            caller.turn()
            caller.turn()
            caller.lose_answer()
            caller.close()
    assert exchange.state == "failed"
    assert reading(house).problem.startswith("The job costs could not be read: The conversation about it broke off 20 times.")
    assert read(house)["32-1200"] == (100050, 100050, 1250)


def test_quickbooks_that_is_busy_for_ever_ends_with_a_sentence(house: House, budget: Item) -> None:
    exchange = queued(house)
    status = 'statusCode="3175" statusSeverity="Error" statusMessage="Busy."'
    busy = f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><EstimateQueryRs {status}/></QBXMLMsgsRs></QBXML>'
    caller = house.caller()
    for _ in range(10):
        if exchange.state == "queued":
            caller.ask()
            caller.answer(busy)
    caller.close()
    assert exchange.state == "failed"
    assert "Busy." in reading(house).problem


def test_a_budget_unlinked_meanwhile_asks_nothing(house: House, budget: Item) -> None:
    exchange = queued(house)
    with transaction():
        budget.in_erp = False
    caller = house.caller()
    assert "Estimate" not in caller.ask()
    caller.close()
    assert (exchange.state, reading(house).problem) == ("synced", costs.NOT_SYNCED)
    with transaction():
        budget.in_erp = True


def test_a_job_is_queued_once_and_lists_and_schedules_know_nothing_of_it(house: House, budget: Item) -> None:
    schedules = [(row.list, row.read_at) for row in db.session.query(Schedule)]
    queued(house)
    with transaction():
        assert refresh_costs(house.connection) == 0
    assert (costs_running(house.connection), running(house.connection)) == ({house.pier.id}, set())
    house.caller().drain()
    assert [(row.list, row.read_at) for row in db.session.query(Schedule)] == schedules
    assert costs_running(house.connection) == set()


def test_only_the_named_projects_are_read(house: House, budget: Item) -> None:
    with transaction():
        assert refresh_costs(house.connection, [house.project("25-0001").id]) == 0
        assert refresh_costs(house.connection, [house.pier.id]) == 1


def test_another_export_of_the_budget_is_not_held_up_by_a_reading(house: House, budget: Item) -> None:
    exchange = queued(house)
    assert (exchange.item_id, exchange.rank) == (None, 950)


def test_nothing_is_queued_without_a_synced_budget(house: House) -> None:
    with transaction():
        assert refresh_costs(house.connection) == 0
