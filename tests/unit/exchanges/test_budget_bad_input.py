"""Whatever is wrong on either side of a budget in accounting: a sentence with the cure, and nothing is lost."""

from collections.abc import Callable
from typing import Any

import pytest

from erp.books import job_costs
from erp.connectors.quickbooks import costs
from erp.db import db, transaction
from erp.documents import budget as budgets
from erp.documents import budget_change as changes
from erp.documents import budget_modification as modifications
from erp.documents.budget import BudgetEntry
from erp.documents.document import DocumentRefused, StaleDocument
from erp.exchanges.export import retry
from erp.exchanges.refresh import refresh_costs
from erp.items.perform import Refused, accept, reject, retrieve, send
from erp.moves import Stale
from erp.simulator import bookkeeper
from tests.house import House
from tests.unit.exchanges.budget_life import Life

ITEM = "32:32-1200"
TAKE, GIVE = "32_1200 O", "33_3100 O"


@pytest.fixture
def small(house: House) -> Life:
    """1,000.50, 2,000.00 and 3,001.00 on three codes, in accounting."""
    house.exported_budget()
    assert house.update().ok
    house.wait(60)
    return Life(house)


def refused(deed: Callable[[], Any], words: str) -> None:
    """The deed is refused with these words and leaves no entry behind."""
    before = db.session.query(BudgetEntry).count()
    with pytest.raises((DocumentRefused, Refused)) as no:
        deed()
    db.session.rollback()
    assert words in str(getattr(no.value, "sentence", no.value))
    assert db.session.query(BudgetEntry).count() == before


# in the product


def test_a_modification_that_does_not_add_up_or_takes_too_much_is_refused(small: Life) -> None:
    refused(lambda: small.modify(**{TAKE: -1_00, GIVE: 99}), "1.00 are taken and 0.99 are added: the sum must be zero.")
    words = "32-1200 O has 1,000.50 and would go below zero, to (0.01). Take less from it."
    refused(lambda: small.modify(**{TAKE: -100051, GIVE: 100051}), words)


def test_a_change_may_deduct_on_a_line_of_its_own_and_not_more_than_another_line_has(small: Life) -> None:
    small.new_line("32-1200", "M")
    refused(lambda: small.change("BC-1", {"32-1600 O": -200001}), "would go below zero, to (0.01). Take less from it.")
    refused(lambda: small.modify(**{"32_1200 M": -1_00, GIVE: 1_00}), "32-1200 M has 0.00 and would go below zero")
    deduction = small.change("BC-2", {"32-1200 M": -50_00})
    small.change("BC-3", {"32-1200 M": -25_00})
    small.resend()
    small.agrees()
    small.void(deduction)
    small.resend()
    small.agrees()
    small.sync_costs()
    small.unlock()
    small.original("32-1200 M", 0)
    small.original("32-1200 M", 10_00)
    small.lock()
    small.resend()
    small.agrees()


def test_money_never_goes_back_to_a_line_that_was_deleted(small: Life) -> None:
    there = small.modify(**{TAKE: -5_00, "32_1600 O": 5_00})
    small.modify(**{TAKE: 5_00, "32_1600 O": -5_00})
    deduction = small.change("BC-1", {"32-1600 O": -5_00})
    small.change("BC-2", {"32-1600 O": 5_00, "33-3100 O": 1})
    small.resend()
    small.sync_costs()
    small.unlock()
    small.delete("32-1600 O")
    small.lock()
    words = "32-1600 O was deleted. Add the line again first; it starts at 0."
    refused(lambda: small.void(deduction), words)
    refused(lambda: small.reverse(there), words)
    small.new_line("32-1600", "O")
    small.void(deduction)
    small.resend()
    small.agrees()


@pytest.mark.parametrize(
    ("text", "words"), [("Rock\x07", "control character"), ("", "is missing"), ("Rock\ud800", "control character")]
)
def test_a_reason_that_accounting_could_not_keep_is_refused(small: Life, text: str, words: str) -> None:
    moves = small.moves({"32-1200 O": -1, "33-3100 O": 1})
    refused(lambda: modifications.modify(small.budget, moves, text, small.house.pam), words)
    refused(lambda: changes.create(small.budget, small.house.pam, "BC-1", text, "", moves), words)


def test_amounts_beyond_ten_digits_are_refused_wherever_they_come_from(small: Life) -> None:
    most = 999_999_999_999
    refused(
        lambda: small.change("BC-1", {"32-1200 O": most + 1}), "The amount is too large: at most 9,999,999,999.99 either way."
    )
    refused(lambda: small.change("BC-1", {"32-1200 O": most}), "32-1200 O would become too large")
    small.change("BC-1", {"32-1200 O": most - 100050})
    small.resend()
    small.agrees()


def test_a_stale_page_moves_nothing(small: Life) -> None:
    seen = small.budget.version
    draft = changes.create(small.budget, small.house.pam, "BC-1", "Rock", "", small.moves({"32-1200 O": 1_00}))
    changes.submit(draft, small.house.pam, draft.version)
    db.session.commit()
    shown = draft.version
    small.modify(**{TAKE: -1_00, GIVE: 1_00})
    with pytest.raises(StaleDocument):
        modifications.modify(small.budget, small.moves({"32-1200 O": -1, "33-3100 O": 1}), "x", small.house.pam, seen)
    db.session.rollback()
    changes.approve(draft, small.house.ann, shown)
    db.session.commit()
    with pytest.raises((StaleDocument, DocumentRefused)):
        changes.approve(draft, small.house.bob, shown)
    db.session.rollback()
    assert [entry.amount for entry in budgets.unsynced(small.budget)] == [-1_00, 1_00, 1_00]


def test_of_two_approvers_one_accepts_and_a_retrieval_races_with_the_export(small: Life) -> None:
    small.modify(**{TAKE: -1_00, GIVE: 1_00})
    with transaction():
        item = send("budget", small.house.connection, small.budget, small.house.pam)
    shown = item.version
    with transaction():
        accept(item, small.house.ann, {}, version=shown)
    with pytest.raises((Stale, Refused)):
        accept(item, small.house.bob, {}, version=shown)
    db.session.rollback()
    shown = item.version
    small.house.export("budget")
    with pytest.raises((Stale, Refused)):
        retrieve(item, small.house.pam, version=shown)
    db.session.rollback()
    refused(lambda: small.modify(**{TAKE: -1_00, GIVE: 1_00}), "is Exporting there")
    assert small.house.update().ok
    small.agrees()


# in accounting, at the next send


AGAINST: list[tuple[Callable[[Life], Any], Callable[[Life], Any] | None, str, str]] = [
    (lambda life: bookkeeper.deactivate(life.house.company, "item", ITEM),
     lambda life: bookkeeper.activate(life.house.company, "item", ITEM), "inactive", "make it active in QuickBooks and press Retry"),
    (lambda life: bookkeeper.deactivate_estimate(life.house.company, life.item.erp_id), None,
     "is inactive in QuickBooks", "Make it active there again and press Retry"),
    (lambda life: bookkeeper.delete_estimate(life.house.company, life.item.erp_id), None,
     "is not in QuickBooks any more", "Put it back from a backup"),
    (lambda life: bookkeeper.prefer(life.house.company, "estimates", False),
     lambda life: bookkeeper.prefer(life.house.company, "estimates", True), "Estimates", "“Do you create estimates?” Yes"),
    (lambda life: bookkeeper.prefer(life.house.company, "closing_date", "2026-12-31"),
     lambda life: bookkeeper.prefer(life.house.company, "closing_date", ""), "the books are closed", "reopen the period"),
    (lambda life: bookkeeper.set_read_only(life.house.company),
     lambda life: bookkeeper.set_read_only(life.house.company, False), "permission", "allow Countersign; then Retry"),
    (lambda life: bookkeeper.merge(life.house.company, "job", life.item.erp_name.partition(" on ")[2], "City of Bayview:City Hall Roof"),
     None, "stands on City of Bayview:City Hall Roof", "Move it back to the job and press Retry"),
]  # fmt: skip


@pytest.mark.parametrize(("deed", "cure", "words", "told"), AGAINST)
def test_what_stands_against_a_resend_is_said_and_retry_or_reject_lose_nothing(
    small: Life, deed: Callable[[Life], Any], cure: Callable[[Life], Any] | None, words: str, told: str
) -> None:
    small.house.touch(small.item)
    job = small.house.item(small.house.pier)
    small.modify(**{TAKE: -12_34, GIVE: 12_34})
    small.send()
    deed(small)
    small.visits(7)
    assert (small.item.state, words in small.item.error["message"]) == ("Failed", True), small.item.error
    assert told in small.item.error["cure"]
    if cure:
        cure(small)
        with transaction():
            retry(small.item, small.house.ann, {})
        small.visits(2)
        assert small.item.state == "Synced"
        small.agrees()
    else:
        with transaction():
            reject(small.item, small.house.ann, "Accounting broke it.")
        assert [entry.amount for entry in budgets.unsynced(small.budget)] == [-12_34, 12_34]
        small.house.touch(job)


def test_a_code_that_is_gone_at_the_first_send_fails_it_and_is_cured(house: House) -> None:
    house.locked_budget()
    bookkeeper.deactivate(house.company, "item", ITEM)
    life = Life(house)
    house.exported("budget", life.budget)
    life.visits(2)
    assert (life.item.state, "active" in life.item.error["cure"]) == ("Failed", True)
    bookkeeper.activate(house.company, "item", ITEM)
    with transaction():
        retry(life.item, house.ann, {})
    life.visits(2)
    life.agrees()


def test_sales_tax_switched_on_and_a_copy_on_the_job_change_no_amount(small: Life) -> None:
    bookkeeper.prefer(small.house.company, "sales_tax", True)
    bookkeeper.duplicate_estimate(small.house.company, small.item.erp_id)
    small.house.wait(4000)
    small.house.update()
    small.modify(**{TAKE: -12_34, GIVE: 12_34})
    small.resend()
    small.agrees()
    small.sync_costs()
    (reading,) = job_costs.readings(small.house.connection.id).values()
    assert (small.grey, "another Estimate on this job" in reading.problem) == ([], True)


# in the job report


HEAD = '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><JobReportQueryRs requestID="{key}" statusCode="0" statusSeverity="Info" statusMessage="OK">'
TAIL = "</JobReportQueryRs></QBXMLMsgsRs></QBXML>"


def answered(life: Life, report: str) -> str:
    """After a sync whose job report is this: the problem that is told."""
    with transaction():
        refresh_costs(life.house.connection)
    caller = life.house.caller()
    caller.turn()
    caller.turn()
    caller.ask()
    session = life.house.session()
    assert session and session.outstanding
    caller.answer(HEAD.replace("{key}", session.outstanding) + report + TAIL)
    caller.close()
    return job_costs.readings(life.house.connection.id)[life.house.pier.id].problem


def report(rows: str, title: str = "Act. Cost") -> str:
    return (f'<ReportRet><ReportBasis>Accrual</ReportBasis><ColDesc colID="1" dataType="STRTYPE"><ColTitle titleRow="1"/><ColType>Blank'
            f'</ColType></ColDesc><ColDesc colID="2" dataType="AMTTYPE"><ColTitle titleRow="1" value="{title}"/><ColType>Amount</ColType>'
            f"</ColDesc><ReportData>{rows}</ReportData></ReportRet>")  # fmt: skip


@pytest.mark.parametrize(("body", "words"), [
    ("", "QuickBooks said OK, but showed nothing"),
    ("<ReportRet/>", "came without the column Act. Cost (its columns: none)"),
    (report("", "Coste real"), "came without the column Act. Cost (its columns: Coste real)"),
    (report('<DataRow><RowData rowType="item" value="32:32-1200"/><ColData colID="2" value="n/a"/></DataRow>'), "are no numbers (“n/a”)"),
    (report('<DataRow><RowData rowType="item" value="32:32-1200"/><ColData colID="2" value="5.00"/></DataRow>'), "without its total"),
])  # fmt: skip
def test_a_job_report_in_another_shape_is_told_and_the_estimate_counts_all_the_same(small: Life, body: str, words: str) -> None:
    assert words in answered(small, body)
    assert small.grey == []


def test_a_huge_job_report_is_read_in_time_and_a_cut_one_is_asked_again(small: Life) -> None:
    rows = "".join(f'<DataRow rowNumber="{n}"><ColData colID="1" value="L{n} (Line {n})"/><ColData colID="2" value="1.00"/></DataRow>'
                   for n in range(5_000))  # fmt: skip
    problem = answered(small, report(f'{rows}<TotalRow><ColData colID="2" value="5,000.00"/></TotalRow>'))
    assert "" == problem
    assert job_costs.readings(small.house.connection.id)[small.house.pier.id].report_total == 5_000_00
    with transaction():
        refresh_costs(small.house.connection)
    caller = small.house.caller()
    caller.turn()
    caller.turn()
    whole, _ = caller.carry(caller.ask())
    caller.answer(whole[: len(whole) // 2])
    caller.close()
    small.house.wait(90)
    small.house.update()
    assert (small.house.exchanges(purpose="refresh")[-1].state, small.grey) == ("synced", [])


def test_a_code_that_a_bookkeeper_merged_away_is_named_as_missing(small: Life) -> None:
    small.house.touch(small.item)
    small.house.touch(small.house.item(small.house.code("32-1200")))
    bookkeeper.merge(small.house.company, "item", ITEM, "32:32-1600")
    small.sync_costs()
    assert small.grey[0].endswith("Missing: 32-1200 1,000.50 (0.00 read), 32-1600 2,000.00 (3,000.50 read).")


def test_a_deleted_estimate_is_told_at_the_sync(small: Life) -> None:
    small.house.touch(small.item)
    bookkeeper.delete_estimate(small.house.company, small.item.erp_id)
    small.sync_costs()
    assert costs.GONE in job_costs.readings(small.house.connection.id)[small.house.pier.id].problem
