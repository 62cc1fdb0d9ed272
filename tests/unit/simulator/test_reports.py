"""Job reports: what was estimated and what was spent."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from erp.simulator import bookkeeper
from erp.simulator.company import Company
from tests.unit.simulator.talk import Talk, code, line, qbxml
from tests.unit.simulator.test_answers_against_schema import schema
from tests.unit.simulator.xsd import PRESENT

JOB = "City of Bayview:Library"
OF_JOB = f"<ReportEntityFilter><FullName>{JOB}</FullName></ReportEntityFilter>"


@pytest.fixture(autouse=True)
def spent(company: Company, ask: Talk) -> None:
    """An estimate over 100 and 50, costs of 30 and 12.50 on two items, 7 without item, and noise on another job."""
    bookkeeper.add_job(company, "City of Bayview", "Noise")
    ask.estimate(line("<Amount>100.00</Amount>") + line("<Amount>50.00</Amount>", "03"), "<TxnDate>2026-03-01</TxnDate>")
    bookkeeper.post_cost(company, JOB, "03:03-300", "30.00", "Delgado Electric", "2026-05-01")
    bookkeeper.post_cost(company, JOB, "03", "12.50", date="2026-06-01")
    bookkeeper.post_cost(company, JOB, "", "7.00", date="2026-06-01")
    bookkeeper.post_cost(company, "City of Bayview:Noise", "03:03-300", "999.00", date="2026-05-01")


def report(ask: Talk, filters: str = OF_JOB, kind: str = "JobEstimatesVsActualsDetail", period: str = "") -> Any:
    return ask(f"<JobReportQueryRq><JobReportType>{kind}</JobReportType>{period}{filters}</JobReportQueryRq>")


def values(answer: Any, title: str) -> dict[str, str]:
    """One column of the report by the label of its row."""
    (column,) = [d.get("colID") for d in answer.iter("ColDesc") if d.find("ColTitle").get("value") == title]
    cells = [{c.get("colID"): c.get("value") for c in row.iter("ColData")} for row in answer.find(".//ReportData")]
    return {cell["1"]: cell[column] for cell in cells if cell}


def test_a_job_report_shows_estimates_and_costs_per_item(ask: Talk) -> None:
    answer = report(ask)
    assert answer.findtext(".//ReportTitle") == "Job Estimates vs. Actuals Detail"
    assert values(answer, "Act. Cost") == {
        "03-300 (Cast-in-place)": "30.00",
        "03 (Concrete) - Other": "12.50",
        "Total 03 (Concrete)": "42.50",
        "Total Service": "42.50",
        "No item": "7.00",
        "TOTAL": "49.50",
    }
    assert values(answer, "Est. Revenue")["TOTAL"] == "150.00"


def test_rows_name_their_items_and_columns_their_types(ask: Talk) -> None:
    answer = report(ask)
    assert [row.get("value") for row in answer.iter("RowData")] == ["03:03-300", "03"]
    assert {row.get("rowType") for row in answer.iter("RowData")} == {"item"}
    assert answer.findtext(".//NumRows") == str(len(answer.find(".//ReportData")))
    assert answer.findtext(".//NumColumns") == str(len(list(answer.iter("ColDesc"))))


def test_an_item_report_covers_all_jobs(ask: Talk) -> None:
    assert values(report(ask, "", "ItemEstimatesVsActuals"), "Act. Cost")["TOTAL"] == "1048.50"
    children = "<ReportEntityFilter><FullNameWithChildren>City of Bayview</FullNameWithChildren></ReportEntityFilter>"
    assert values(report(ask, children), "Act. Cost")["TOTAL"] == "1048.50"
    alone = "<ReportEntityFilter><FullName>City of Bayview</FullName></ReportEntityFilter>"
    assert values(report(ask, alone), "Act. Cost")["TOTAL"] == "0.00"


def test_a_report_may_cover_a_period_or_an_item(ask: Talk) -> None:
    period = "<ReportPeriod><FromReportDate>2026-05-01</FromReportDate><ToReportDate>2026-05-31</ToReportDate></ReportPeriod>"
    assert values(report(ask, period=period), "Act. Cost")["TOTAL"] == "30.00"
    item = OF_JOB + "<ReportItemFilter><FullName>03</FullName></ReportItemFilter>"
    assert values(report(ask, item), "Act. Cost")["TOTAL"] == "12.50"


def test_inactive_estimates_do_not_count(company: Company, ask: Talk) -> None:
    bookkeeper.deactivate_estimate(company, "1")
    assert values(report(ask), "Est. Revenue")["TOTAL"] == "0.00"


def test_estimated_cost_is_the_rate_before_markup(ask: Talk) -> None:
    ask.estimate(line("<Quantity>2</Quantity><Rate>50.00</Rate><MarkupRatePercent>10.0</MarkupRatePercent>"))
    answer = report(ask)
    assert (values(answer, "Est. Cost")["TOTAL"], values(answer, "Est. Revenue")["TOTAL"]) == ("100.00", "260.00")


@pytest.mark.parametrize(
    ("kind", "period", "filters"),
    [
        ("JobProfitabilityDetail", "", OF_JOB),
        ("JobEstimatesVsActualsDetail", "<ReportDateMacro>LastYear</ReportDateMacro>", OF_JOB),
        ("JobEstimatesVsActualsDetail", "", OF_JOB + "<SummarizeColumnsBy>Month</SummarizeColumnsBy>"),
    ],
)
def test_other_reports_are_refused_honestly(ask: Talk, kind: str, period: str, filters: str) -> None:
    assert code(report(ask, filters, kind, period)) == 1030


def test_unknown_jobs_are_refused(ask: Talk) -> None:
    assert code(report(ask, "<ReportEntityFilter><FullName>Nobody</FullName></ReportEntityFilter>")) == 3140


@pytest.mark.skipif(not PRESENT, reason="Intuit's schema is not at hand: the report stays unchecked")
def test_a_report_is_valid_by_the_schema(company: Company) -> None:
    text = f"<JobReportQueryRq><JobReportType>ItemEstimatesVsActuals</JobReportType>{OF_JOB}</JobReportQueryRq>"
    schema().assertValid(etree.fromstring(company.process(qbxml(text)).encode()))
