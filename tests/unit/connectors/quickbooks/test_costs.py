"""Sync Job Costs as a conversation: what is asked, byte for byte, and what every kind of answer means."""

from typing import Any

import pytest
from lxml import etree

from erp.connector import Later, Page, Work
from erp.connectors.quickbooks import costs
from erp.connectors.quickbooks.qbxml import check
from erp.connectors.quickbooks.step import step
from tests.unit.simulator.test_answers_against_schema import schema
from tests.unit.simulator.xsd import PRESENT

QUESTIONS = ("estimate", "others", "report")
JOB, ESTIMATE, ASPHALT, CURBS = "8000001B-1", "1001-1", "80000018-1", "80000019-1"
REFS = {"estimate": ESTIMATE, "job": JOB, "markers": ["CS-A", "CS-B"], "codes": {ASPHALT: 4, CURBS: 5},
        "names": {"32:32-1200": ASPHALT, "32:32-1600": CURBS, "consulting": "80000015-1"}}  # fmt: skip


def work(ask: str = "estimate", problems: tuple[str, ...] = (), **refs: Any) -> Work:
    memo = {"ask": ask, "problems": list(problems)} if ask != "estimate" else {}
    return Work("refresh", "job_costs", {"list": "costs:7"}, "", "KEY", refs=REFS | refs, memo=memo)


def answer(message: str, inside: str, code: str = "0", severity: str = "Info", words: str = "Status OK") -> str:
    return (f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><{message}Rs requestID="KEY" statusCode="{code}" '
            f'statusSeverity="{severity}" statusMessage="{words}">{inside}</{message}Rs></QBXMLMsgsRs></QBXML>')  # fmt: skip


def refusal(code: str, words: str, message: str = "EstimateQuery") -> str:
    return answer(message, "", code, "Error", words)


def line(item: str, name: str, amount: str, marker: str = "CS-A") -> str:
    ref = f"<ItemRef><ListID>{item}</ListID><FullName>{name}</FullName></ItemRef>" if item else ""
    return f"<EstimateLineRet><TxnLineID>9-1</TxnLineID>{ref}<Amount>{amount}</Amount><Other2>{marker}</Other2></EstimateLineRet>"


def estimate(lines: str = "", txn: str = ESTIMATE, job: str = JOB, active: str = "true", number: str = "25-1") -> str:
    return (f"<EstimateRet><TxnID>{txn}</TxnID><CustomerRef><ListID>{job}</ListID><FullName>City:Pier</FullName></CustomerRef>"
            f"<RefNumber>{number}</RefNumber><IsActive>{active}</IsActive>{lines}</EstimateRet>")  # fmt: skip


def estimates(*found: str) -> str:
    return answer("EstimateQuery", "".join(found))


COLUMNS = (("1", "STRTYPE", "", "Blank"), ("2", "AMTTYPE", "Est. Cost", "Amount"), ("3", "AMTTYPE", "Act. Cost", "Amount"))


def report(rows: str, columns: tuple[tuple[str, str, str, str], ...] = COLUMNS, basis: str = "Accrual") -> str:
    described = "".join(f'<ColDesc colID="{at}" dataType="{data}"><ColTitle titleRow="1" value="{title}"/><ColType>{kind}'
                        "</ColType></ColDesc>" for at, data, title, kind in columns)  # fmt: skip
    return answer("JobReportQuery", f"<ReportRet><ReportTitle>T</ReportTitle><ReportSubtitle>S</ReportSubtitle>"
                  f"<ReportBasis>{basis}</ReportBasis><NumRows>1</NumRows><NumColumns>3</NumColumns><NumColTitleRows>1</NumColTitleRows>{described}"
                  f"<ReportData>{rows}</ReportData></ReportRet>")  # fmt: skip


def row(label: str, actual: str, item: str = "", tag: str = "DataRow", label_at: str = "1", actual_at: str = "3") -> str:
    named = f'<RowData rowType="item" value="{item}"/>' if item else ""
    return (f'<{tag} rowNumber="1">{named}<ColData colID="{label_at}" value="{label}"/><ColData colID="{actual_at}" '
            f'value="{actual}"/></{tag}>')  # fmt: skip


def heading(label: str) -> str:
    return f'<TextRow rowNumber="1" value="{label}"/>'


def read(given: Work, text: str) -> Page:
    page = step(given, text)
    assert isinstance(page, Page)
    return page


def reported(*rows: str, **more: Any) -> tuple[dict[str, int], int | None, str]:
    """item -> job to date, the total, and the problem."""
    found, end = read(work("report"), report("".join(rows), **more)).rows
    return {item["erp_id"]: item["job_to_date"] for item in found["items"]}, found["total"], end["problem"]


def problem(page: Page) -> str:
    return " ".join(page.memo["problems"] if page.memo else [page.rows[-1]["problem"]])


TOTAL = row("TOTAL", "0.00", tag="TotalRow")


@pytest.mark.skipif(not PRESENT, reason="Intuit's schema is not at hand")
def test_the_answers_of_these_tests_are_valid_by_the_schema() -> None:
    text = report(heading("Service") + row("a", "1.00", "A") + row("Total", "1.00", tag="SubtotalRow") + TOTAL)
    schema().assertValid(etree.fromstring(text.encode()))


def test_our_own_table_knows_the_job_report() -> None:
    entity = ("ReportEntityFilter", [("ListID", JOB)])
    assert check("JobReportQueryRq", [("JobReportType", costs.REPORT), ("ReportDateMacro", "All"), entity]) == []
    assert check("JobReportQueryRq", [entity, ("JobReportType", costs.REPORT)])


def test_lines_are_summed_by_item_and_ours_by_our_markers() -> None:
    asphalt = (line(ASPHALT, "32:32-1200", "1000.50") + line(ASPHALT, "32:32-1200", "-0.50", "CS-B")
               + line(ASPHALT, "32:32-1200", "9.00", ""))  # fmt: skip
    page = read(work(), estimates(estimate(asphalt + line(CURBS, "32:Curbs", "200.00"))))
    assert page.rows == [{"list": "costs:7", "read": "estimate", "items": [
        {"erp_id": ASPHALT, "name": "32:32-1200", "estimate_read": 100900, "ours": 100000},
        {"erp_id": CURBS, "name": "32:Curbs", "estimate_read": 20000, "ours": 20000}]}]  # fmt: skip
    assert page.memo == {"ask": "others", "problems": []}


def test_lines_inside_a_group_count_and_lines_without_item_do_not() -> None:
    group = f"<EstimateLineGroupRet>{line(CURBS, 'x', '5.00')}</EstimateLineGroupRet>"
    page = read(work(), estimates(estimate(group + line("", "", "7.00"))))
    assert [item["estimate_read"] for item in page.rows[0]["items"]] == [500]


def test_an_amount_that_is_none_is_told_and_counts_as_nothing() -> None:
    page = read(work(), estimates(estimate(line(ASPHALT, "x", "1.2.3") + line(ASPHALT, "x", "1.00"))))
    assert page.rows[0]["items"][0]["estimate_read"] == 100
    assert "“1.2.3”" in problem(page)


@pytest.mark.parametrize("text", [
    refusal("3120", "Object cannot be found"), answer("EstimateQuery", "", "500", "Warn", "not found"),
    answer("EstimateQuery", "", "1"), estimates(estimate(txn="77-7")),
])  # fmt: skip
def test_a_deleted_estimate_counts_as_nothing_and_is_told(text: str) -> None:
    page = read(work(), text)
    assert page.rows == [{"list": "costs:7", "read": "estimate", "items": []}]
    assert problem(page) == costs.GONE
    assert page.memo and page.memo["ask"] == "others"


def test_estimates_switched_off_leave_what_was_read_and_the_report_is_asked_all_the_same() -> None:
    page = read(work(), refusal("3250", "This feature is not enabled"))
    assert (page.rows, page.memo and page.memo["ask"]) == ([], "report")
    assert "status 3250" in problem(page)
    assert "“Do you create estimates?” Yes; then press Sync Job Costs again." in problem(page)


def test_an_inactive_or_moved_estimate_is_told() -> None:
    page = read(work(), estimates(estimate(line(ASPHALT, "x", "1.00"), active="false", job="other")))
    assert problem(page).startswith(costs.INACTIVE)
    assert "stands on City:Pier, not on the job" in problem(page)
    assert page.rows[0]["items"]


def test_a_copy_of_the_estimate_is_told_and_its_lines_are_not_counted() -> None:
    page = read(work("others"), estimates(estimate(), estimate(txn="2-2", number="26"), estimate(txn="3-3", active="false")))
    assert page.rows == []
    assert "another Estimate on this job (26)" in problem(page)


def test_one_estimate_alone_is_no_problem_and_earlier_problems_are_kept() -> None:
    page = read(work("others", ("Before.",)), estimates(estimate()))
    assert page.memo == {"ask": "report", "problems": ["Before."]}


def test_a_refusal_of_the_others_says_nothing_new() -> None:
    assert read(work("others", ("Before.",)), refusal("3250", "off")).memo == {"ask": "report", "problems": ["Before."]}


def test_a_report_is_read_by_the_items_its_rows_name() -> None:
    found, total, told = reported(heading("Service"), heading("32 (Paving)"), row("32-1200 (Asphalt)", "30.00", "32:32-1200"),
                                  row("32-1600 (Curbs)", "12.50", "32:32-1600"), row("Total 32", "42.50", tag="SubtotalRow"),
                                  row("TOTAL", "49.50", tag="TotalRow"))  # fmt: skip
    assert (found, total, told) == ({ASPHALT: 3000, CURBS: 1250}, 4950, "")


def test_columns_are_found_by_title_wherever_they_stand() -> None:
    columns = (("1", "AMTTYPE", "Act. Revenue", "Amount"), ("2", "AMTTYPE", "($) Diff.", "AmountDifference"),
               ("3", "AMTTYPE", "Actual cost", "Amount"), ("4", "STRTYPE", "", "Label"))  # fmt: skip
    rows = row("32-1200", "30.00", label_at="4"), row("TOTAL", "30.00", tag="TotalRow", label_at="4")
    assert reported(*rows, columns=columns) == ({ASPHALT: 3000}, 3000, "")


@pytest.mark.parametrize(("label", "item"), [
    ("32-1200", ASPHALT), ("32-1200 (Asphalt (hot) paving)", ASPHALT), ("32:32-1600", CURBS),
    ("Consulting (by the hour)", "80000015-1"), ("Nobody knows", "name:Nobody knows"), ("", "name:No item"),
])  # fmt: skip
def test_a_row_that_names_no_item_is_known_by_its_label(label: str, item: str) -> None:
    found, _, _ = reported(heading("Service"), heading("32 (Paving)"), row(label, "1.00"), TOTAL)
    assert found == {item: 100}


def test_the_headings_above_a_label_tell_two_items_of_one_name_apart() -> None:
    names = {"a:300": "A-300", "b:300": "B-300", "b": "B"}
    rows = (heading("A (First)") + row("300", "1.00") + row("Total A", "1.00", tag="SubtotalRow") + heading("B")
            + row("300", "2.00") + row("B - Other", "4.00") + row("Total B", "6.00", tag="SubtotalRow")
            + row("300", "8.00") + TOTAL)  # fmt: skip
    page = read(work("report", names=names, codes={"A-300": 1, "B-300": 2, "B": 3}), report(rows))
    assert {item["erp_id"]: item["job_to_date"] for item in page.rows[0]["items"]} == {
        "A-300": 100, "B-300": 200, "B": 400, "name:300": 800}  # fmt: skip


def test_a_label_that_could_be_two_items_is_placed_nowhere() -> None:
    page = read(work("report", names={"a:300": "A-300", "b:300": "B-300"}), report(row("300", "1.00") + TOTAL))
    assert page.rows[0]["items"] == [{"erp_id": "name:300", "label": "300", "job_to_date": 100}]


def test_costs_on_items_that_are_no_codes_of_ours_are_told_and_costs_without_item_are_not() -> None:
    found, _, told = reported(row("Consulting", "70.00", "Consulting"), row("X", "5.00", "New:X"), row("No item", "7.00"),
                              row("Empty", "0.00", "Other:Empty"), TOTAL)  # fmt: skip
    assert found == {"80000015-1": 7000, "name:New:X": 500, "name:No item": 700, "name:Other:Empty": 0}
    assert "no synced cost codes (Consulting, New:X)" in told


def test_the_total_row_is_the_truth_even_when_rows_add_up_to_something_else() -> None:
    assert reported(row("x", "1.00", "32:32-1200"), row("TOTAL", "9.00", tag="TotalRow"))[1] == 900


def test_without_a_total_row_the_rows_are_added_and_it_is_told() -> None:
    _, total, told = reported(row("x", "1.00", "32:32-1200"))
    assert total == 100
    assert "without its total" in told


def test_an_empty_report_is_a_job_without_costs() -> None:
    assert reported() == ({}, 0, "")


def test_an_amount_of_the_report_that_is_none_is_told() -> None:
    found, _, told = reported(row("x", "lots", "32:32-1200"), TOTAL)
    assert found == {ASPHALT: 0}
    assert "“lots”" in told


def test_a_report_without_the_column_leaves_what_was_read_and_names_its_columns() -> None:
    page = read(work("report", ("Before.",)), report(row("x", "1.00"), columns=(("3", "AMTTYPE", "Coût réel", "Amount"),)))
    assert page.memo is None
    assert [found["read"] for found in page.rows] == ["end"]
    assert problem(page).startswith("Before. The job report came without the column Act. Cost (its columns: Coût réel).")


@pytest.mark.parametrize(("code", "cure"), [
    ("3250", "Do you create estimates?"), ("3260", "Integrated Applications"), ("3140", "deleted or merged"),
    ("3120", "Put it right"), ("1030", "Put it right"),
])  # fmt: skip
def test_a_refused_report_ends_with_its_words_and_a_cure(code: str, cure: str) -> None:
    page = read(work("report"), refusal(code, "No.", "JobReportQuery"))
    assert page.memo is None
    assert "QuickBooks did not show the job report: No." in problem(page)
    assert cure in problem(page)


def test_a_refused_message_set_and_an_empty_answer_are_refusals() -> None:
    empty = '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs/></QBXML>'
    refused = empty.replace("<QBXMLMsgsRs/>", '<QBXMLMsgsRs messageSetStatusCode="1000" messageSetStatusMessage="Internal."/>')
    assert "The answer was empty." in problem(read(work("report"), empty))
    assert "Internal. (status 1000)" in problem(read(work("report"), refused))


@pytest.mark.parametrize("ask", QUESTIONS)
def test_somebody_in_the_way_means_later(ask: str) -> None:
    assert isinstance(step(work(ask), refusal("3175", "in use")), Later)


def test_a_budget_that_was_unlinked_asks_nothing() -> None:
    page = step(work(estimate=""), None)
    assert isinstance(page, Page)
    assert problem(page) == costs.NOT_SYNCED


@pytest.mark.parametrize("ask", QUESTIONS)
def test_every_answer_leads_on_to_a_later_question_or_the_end(ask: str) -> None:
    answers = (refusal("3250", "x"), refusal("3120", "x"), refusal("9999", "x"), estimates(estimate()), report(TOTAL))
    for text in answers:
        page = read(work(ask), text)
        assert page.memo is None or QUESTIONS.index(page.memo["ask"]) > QUESTIONS.index(ask)
