"""Unlock opens at the job cost sync that brings the amounts, not before, and says which code it waits for with both amounts."""

import pytest

from erp.db import transaction
from erp.documents import budget as budgets
from erp.exchanges.refresh import refresh_costs
from erp.items.perform import reject
from erp.reports.job_costs import of_project
from erp.simulator import bookkeeper
from tests.house import House
from tests.unit.exchanges.budget_life import Life

WAITS = "Accounting has this budget. It can be unlocked once the exported amounts are back in the Job Costs report. Missing: "
NOTHING_READ = (
    f"{WAITS}32-1200 1,000.50 (nothing read since), 32-1600 2,000.00 (nothing read since), 33-3100 3,001.00 (nothing read since)."
)


@pytest.fixture
def small(house: House) -> Life:
    """1,000.50, 2,000.00 and 3,001.00 on three codes, in accounting."""
    house.exported_budget()
    assert house.update().ok
    house.wait(60)
    return Life(house)


def test_it_stays_shut_from_the_send_to_the_sync_that_brings_the_amounts(house: House) -> None:
    house.exported_budget()
    life = Life(house)
    assert life.grey == [
        "The budget was sent to ERP and is Exporting there. It cannot be retrieved any more; wait for accounting."
    ]
    house.update()
    assert life.grey == [NOTHING_READ]
    life.sync_costs()
    assert life.grey == []
    life.unlock()


def test_costs_that_were_asked_for_before_the_answer_of_the_export_do_not_count(house: House) -> None:
    house.exported_budget()
    caller = house.caller()
    caller.lose_answer()
    caller.close()
    life = Life(house)
    assert life.item.state == "Unknown"
    with transaction():
        assert refresh_costs(house.connection) == 0, "nothing is read of what is not known to be there"
    house.wait(90)
    assert house.update().ok
    assert life.grey == [NOTHING_READ]


def test_a_sync_before_the_resend_opens_only_what_was_not_sent_again(small: Life) -> None:
    small.sync_costs()
    small.modify(**{"32_1200 O": -500_00, "32_1600 O": 500_00})
    assert small.grey == []
    small.resend()
    assert small.grey == [f"{WAITS}32-1200 500.50 (nothing read since), 32-1600 2,500.00 (nothing read since)."]
    small.sync_costs()
    assert small.grey == []


def test_costs_read_in_the_middle_of_a_resend_do_not_count(small: Life) -> None:
    small.modify(**{"32_1200 O": -500_00, "32_1600 O": 500_00})
    small.send()
    caller = small.house.caller()
    caller.turn()
    caller.lose_answer()
    caller.close()
    with transaction():
        assert refresh_costs(small.house.connection) == 1
    small.house.wait(90)
    caller = small.house.caller()
    caller.drain()
    assert small.item.state == "Synced"
    small.sync_costs()
    assert small.grey == []


def test_a_sync_that_broke_off_before_the_estimate_was_read_opens_nothing(small: Life) -> None:
    with transaction():
        refresh_costs(small.house.connection)
    caller = small.house.caller()
    caller.lose_answer()
    caller.close()
    assert small.grey == [NOTHING_READ]


def test_a_sync_that_broke_off_after_the_estimate_opens_what_it_brought(small: Life) -> None:
    with transaction():
        refresh_costs(small.house.connection)
    caller = small.house.caller()
    caller.turn()
    caller.lose_answer()
    caller.close()
    assert small.grey == []


@pytest.mark.parametrize("read_before", [True, False])
def test_a_line_that_a_bookkeeper_deleted_is_named_with_nothing_read(small: Life, read_before: bool) -> None:
    small.house.touch(small.item)
    if read_before:
        small.sync_costs()
    bookkeeper.delete_estimate_line(small.house.company, small.item.erp_id, 2)
    small.sync_costs()
    assert small.grey == [f"{WAITS}32-1600 2,000.00 (0.00 read)."]
    (line,) = of_project(small.house.pier).missing
    assert (line.code, line.estimate, line.read, line.difference) == ("32-1600", 200000, 0, -200000)


def test_a_deleted_estimate_names_every_code_with_nothing_read(small: Life) -> None:
    small.house.touch(small.item)
    bookkeeper.delete_estimate(small.house.company, small.item.erp_id)
    small.sync_costs()
    words = "32-1200 1,000.50 (0.00 read), 32-1600 2,000.00 (0.00 read), 33-3100 3,001.00 (0.00 read)."
    assert small.grey == [f"{WAITS}{words}"]


def test_a_line_that_a_bookkeeper_changed_is_told_at_the_sync_and_at_the_next_send(small: Life) -> None:
    small.house.touch(small.item)
    bookkeeper.edit_estimate_line(small.house.company, small.item.erp_id, 2, "1500.00")
    small.sync_costs()
    assert small.grey == [f"{WAITS}32-1600 2,000.00 (1,500.00 read)."]
    small.modify(**{"32_1200 O": -500_00, "33_3100 O": 500_00})
    small.send()
    small.visits()
    assert small.item.state == "Synced"
    assert small.item.result["changed"] == ["32-1600: 2000.00 was sent, 1500.00 is there now."]


def test_putting_it_right_there_opens_it(small: Life) -> None:
    bookkeeper.edit_estimate_line(small.house.company, small.item.erp_id, 2, "1500.00")
    small.sync_costs()
    assert small.grey
    bookkeeper.edit_estimate_line(small.house.company, small.item.erp_id, 2, "2000.00")
    small.sync_costs()
    assert small.grey == []


def test_a_code_that_was_taken_to_zero_counts_as_back(small: Life) -> None:
    small.sync_costs()
    small.unlock()
    small.delete("32-1600 O")
    small.lock()
    small.resend()
    assert small.grey == []


def test_a_rejected_budget_unlocks_at_once_and_a_rejected_resend_as_before(house: House) -> None:
    life = Life(house)
    item = house.accepted("budget", house.locked_budget())
    with transaction():
        reject(item, house.ann, "Not yet.")
    assert life.grey == []
    life.unlock()
    life.lock()
    house.exported("budget", life.budget)
    assert house.update().ok
    life.sync_costs()
    life.modify(**{"32_1200 O": -500_00, "33_3100 O": 500_00})
    item = house.accepted("budget", life.budget)
    assert life.grey == ["The budget was sent to ERP and is Accepted there. Retrieve it first, or wait for accounting."]
    with transaction():
        reject(item, house.ann, "Not this.")
    assert budgets.why_not_unlock(life.budget) == []
