"""The budget in the browser after its lock: columns, forecasts, modifications, budget changes, and who may do what."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from erp.books.job_costs import JobCost
from erp.db import db, now, transaction
from erp.documents import budget as budgets
from erp.documents import budget_change as changes
from erp.documents import budget_modification as modifications
from erp.documents import cost_code
from erp.documents import project as projects
from erp.documents.budget import Budget
from erp.documents.budget_change_tables import BudgetChange
from erp.documents.budget_moves import Move
from erp.people import Level
from tests.unit.stage import Stage

HEADINGS = [
    "Cost Code",
    "Category",
    "Original Budget",
    "Budget Modifications",
    "Budget Changes",
    "Approved COs",
    "Revised Budget",
    "Pending",
    "Projected Budget",
    "Committed",
    "Direct Costs",
    "Job to Date",
    "Projected Cost",
    "Forecast to Complete",
    "Over/Under",
]


@pytest.fixture
def budget(stage: Stage) -> Budget:
    """Four lines on three codes, locked; the noise project has a budget with one of everything."""
    pam = stage.people.pam
    with transaction():
        noise = budgets.open_for(db.session.get_one(projects.Project, stage.pier.id - 1), pam)
        lines = [budgets.add_line(noise, code, "S", 777_00) for code in stage.codes[:2]]
        budgets.lock(noise, pam, None)
        modifications.modify(noise, [Move(lines[0], -7_00), Move(lines[1], 7_00)], "noise", pam)
        changes.create(noise, pam, "BC-777", "Noise", "", [Move(lines[0], 7_00)])
    return stage.budget(100_00, 200_00, 300_00, 50_00)


@pytest.fixture
def url(budget: Budget) -> str:
    return f"/projects/{budget.project_id}/budget"


def cells(text: str, row_id: str) -> list[str]:
    """The amounts of a row."""
    row = re.search(rf'<t\w+ id="{row_id}".*?</t(?:r|foot)>', text, re.S)
    assert row, f"no row {row_id}"
    return [re.sub("<.*?>", "", cell).strip() for cell in re.findall(r'<td class="num[^>]*>(.*?)</td>', row[0], re.S)]


def spend(budget: Budget, code_id: int, amount: int, estimate: int = 0) -> None:
    """Accounting spent this on a code."""
    db.session.add(
        JobCost(
            connection_id=budget.project.connection_id,
            project_id=budget.project_id,
            code_id=code_id,
            erp_item_id=f"I-{code_id}",
            erp_item_name="",
            estimate_read=estimate,
            ours=estimate,
            job_to_date=amount,
            read_at=now(),
        )
    )
    db.session.commit()


def change(budget: Budget, people: SimpleNamespace, amount: int = 40_00, number: str = "BC-001") -> BudgetChange:
    """A draft of Pam's."""
    with transaction():
        return changes.create(budget, people.pam, number, "Rock", "", [Move(budget.lines[0], amount)])


def test_the_columns_are_those_of_the_product(as_: Any, url: str) -> None:
    text = as_("pam").get(url).text.partition("</table>")[0]
    assert re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', text) == HEADINGS


def test_a_code_with_one_line_shows_what_was_spent_on_it_and_one_with_several_on_its_own_row(
    as_: Any, stage: Stage, budget: Budget, url: str
) -> None:
    lines = budget.lines
    spend(budget, lines[0].code_id, 30_00)
    spend(budget, lines[1].code_id, 250_00)
    text = as_("pam").get(url).text
    assert cells(text, f"line-{lines[0].id}")[8:] == ["–", "–", "–", "–", "–"]
    assert cells(text, f"code-{lines[0].code_id}") == [
        "150.00",
        "–",
        "–",
        "–",
        "150.00",
        "–",
        "150.00",
        "–",
        "30.00",
        "30.00",
        "30.00",
        "120.00",
        "–",
    ]
    assert cells(text, f"line-{lines[1].id}")[8:] == ["250.00", "250.00", "250.00", "–", "(50.00)"]
    assert cells(text, "budget-totals")[8:] == ["280.00", "280.00", "280.00", "420.00", "(50.00)"]


def test_costs_on_a_code_outside_the_budget_are_not_lost(as_: Any, stage: Stage, budget: Budget, url: str) -> None:
    foreign = cost_code.create(stage.people.adam, "99-1", "Fines")
    spend(budget, foreign.id, 5_00)
    text = as_("pam").get(url).text
    assert "Not in the budget" in text
    assert cells(text, f"code-{foreign.id}")[-5:] == ["5.00", "5.00", "5.00", "–", "(5.00)"]
    assert "Total of 4 lines" in text


def test_a_forecast_is_typed_and_taken_away_again(as_: Any, budget: Budget, url: str) -> None:
    pam, line = as_("pam"), budget.lines[1]
    spend(budget, line.code_id, 50_00)
    assert cells(pam.get(url).text, f"line-{line.id}")[-2:] == ["150.00", "–"]
    assert "Leave it empty, and it is computed" in pam.get(f"{url}/lines/{line.id}/forecast").text
    typed = pam.post(f"{url}/lines/{line.id}/forecast", data={"forecast": "180", "version": line.version}, follow_redirects=True)
    assert [cell.split() for cell in cells(typed.text, f"line-{line.id}")[-2:]] == [["180.00", "typed"], ["(30.00)"]]
    assert "The forecast of 32-1600 S was saved." in typed.text
    stale = pam.post(f"{url}/lines/{line.id}/forecast", data={"forecast": "1", "version": line.version - 1})
    assert (stale.status_code, line.forecast) == (409, 180_00)
    wrong = pam.post(f"{url}/lines/{line.id}/forecast", data={"forecast": "much", "version": line.version})
    assert wrong.status_code == 422
    assert "is not an amount" in wrong.text
    pam.post(f"{url}/lines/{line.id}/forecast", data={"forecast": "", "version": line.version})
    assert line.forecast is None


def test_htmx_gets_the_row_the_row_of_its_code_and_the_totals(as_: Any, budget: Budget, url: str) -> None:
    pam, line = as_("pam"), budget.lines[0]
    answer = pam.post(f"{url}/lines/{line.id}/forecast", data={"forecast": "5"}, headers={"HX-Request": "true"}).text
    assert answer.lstrip().startswith(f'<tr id="line-{line.id}"')
    assert cells(answer, f"code-{line.code_id}")[-2:] == ["55.00", "95.00"]
    assert cells(answer, "budget-totals")[-2:] == ["555.00", "95.00"]
    assert 'hx-target="#budget-head"' in answer


def test_a_locked_budget_takes_new_lines_of_zero_for_changes(as_: Any, budget: Budget, url: str) -> None:
    pam = as_("pam")
    assert "a new line starts at 0" in pam.get(url).text
    refused = pam.post(f"{url}/lines", data={"code": "33-3100", "cost_type": "L", "amount": "5", "description": ""})
    assert refused.status_code == 422
    assert "The budget is locked: a new line starts at 0." in refused.text
    done = pam.post(f"{url}/lines", data={"code": "33-3100", "cost_type": "L", "amount": "0", "description": ""})
    assert done.status_code == 303
    assert [(entry.what, entry.amount) for entry in budgets.entries(budget)][-1] == ("original", 0)


def rows(*amounts: tuple[str, str, str]) -> dict[str, str]:
    """The rows of a modification as a browser posts them."""
    names = ("line", "take", "give")
    return {f"rows-{n}-{name}": value for n, row in enumerate(amounts) for name, value in zip(names, row, strict=True)}


def test_pam_moves_money_between_lines_and_back(as_: Any, budget: Budget, url: str) -> None:
    pam, page = as_("pam"), f"{url}/modifications"
    shown = pam.get(page).text
    assert "No money was moved yet." in shown
    assert '<option value="32-1200 S">' in shown
    form = rows(("32-1200 s", "60", ""), ("", "", ""), ("32-1600", "", "60.00")) | {
        "reason": "Less paving",
        "version": str(budget.version),
    }
    moved = pam.post(page, data=form, follow_redirects=True).text
    assert "The money was moved." in moved
    assert "32-1200 S" in moved
    assert "(60.00)" in moved
    assert "noise" not in moved
    table = pam.get(url).text
    assert cells(table, f"line-{budget.lines[0].id}")[:5] == ["100.00", "(60.00)", "–", "–", "40.00"]
    made = modifications.listed(budget)[0]
    back = pam.post(f"{page}/{made.id}/reversal", data={"version": budget.version}, follow_redirects=True).text
    assert "Reversed by 2" in back
    assert cells(pam.get(url).text, f"line-{budget.lines[0].id}")[:5] == ["100.00", "–", "–", "–", "100.00"]
    again = pam.post(f"{page}/{made.id}/reversal", data={"version": budget.version})
    assert (again.status_code, "Modification 1 is reversed already." in again.text) == (422, True)


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (rows(("32-1200 S", "60", ""), ("32-1600 S", "", "50")), "60.00 are taken and 50.00 are added: the sum must be zero."),
        (rows(("32-1200 S", "60", "")), "Fill in at least two lines."),
        (
            rows(("32-1200 S", "60", "60"), ("32-1600 S", "", "50")),
            "Write either what is taken from the line or what is added to it.",
        ),
        (rows(("32-1200 S", "-60", ""), ("32-1600 S", "", "50")), "Write the amount without a sign"),
        (rows(("32-1200 S", "6o", ""), ("32-1600 S", "", "50")), "“6o” is not an amount."),
        (rows(("44-1 S", "60", ""), ("32-1600 S", "", "60")), "There is no line “44-1 S” in this budget."),
        (rows(("", "60", ""), ("32-1600 S", "", "60")), "The line is missing."),
        (rows(("32-1200", "60", ""), ("32-1600 S", "", "60")), "There is no line “32-1200” in this budget."),
        (rows(("32-1200 S", "60", ""), ("32-1600 S", "", "60")) | {"reason": " "}, "Reason is missing. Write it."),
    ],
)
def test_a_modification_that_cannot_be_keeps_what_was_typed_and_says_why(
    as_: Any, budget: Budget, url: str, form: dict[str, str], sentence: str
) -> None:
    answer = as_("pam").post(f"{url}/modifications", data={"reason": "Less paving", "version": str(budget.version)} | form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert form["rows-0-take"] in answer.text
    assert modifications.listed(budget) == []


def test_more_lines_are_given_without_losing_what_was_typed(as_: Any, budget: Budget, url: str) -> None:
    answer = as_("pam").post(f"{url}/modifications", data=rows(("32-1200 S", "60", ""), ("", "", "")) | {"more": "1"})
    assert answer.status_code == 200
    assert answer.text.count('-take"') == 5
    assert 'value="32-1200 S"' in answer.text


def test_a_page_opened_before_somebody_moved_money_moves_nothing(as_: Any, budget: Budget, url: str) -> None:
    pam, form = (
        as_("pam"),
        rows(("32-1200 S", "6", ""), ("32-1600 S", "", "6")) | {"reason": "Twice", "version": str(budget.version)},
    )
    assert [pam.post(f"{url}/modifications", data=form).status_code for _ in range(2)] == [303, 409]
    assert len(modifications.listed(budget)) == 1


def test_a_budget_change_goes_from_draft_to_approved_to_void(as_: Any, budget: Budget, url: str) -> None:
    pam, page = as_("pam"), f"{url}/changes"
    assert "There are no budget changes yet." in pam.get(page).text
    assert 'value="BC-001"' in pam.get(f"{page}/new").text
    form = {
        "number": "BC-001",
        "title": "Rock",
        "description": "More rock\nthan drilled",
        "rows-0-line": "32-1200 S",
        "rows-0-amount": "40",
    }
    made = pam.post(f"{page}/new", data=form)
    assert made.status_code == 303
    here = made.location
    assert "Draft" in pam.get(here).text
    assert cells(pam.get(url).text, f"line-{budget.lines[0].id}")[4:7] == ["100.00", "40.00", "140.00"]
    edited = form | {"rows-0-amount": "50", "version": version(pam, here)}
    assert pam.post(here, data=edited).status_code == 303
    assert pam.post(here, data=edited).status_code == 409
    for noun, words in (("submission", "is in review."), ("approval", "is approved.")):
        assert words in pam.post(f"{here}/{noun}", data={"version": version(pam, here)}, follow_redirects=True).text
    assert cells(pam.get(url).text, f"line-{budget.lines[0].id}")[2:7] == ["50.00", "–", "150.00", "–", "150.00"]
    again = pam.post(f"{here}/approval", data={"version": version(pam, here)})
    assert (again.status_code, "Budget change BC-001 is Approved already." in again.text) == (422, True)
    assert "is void." in pam.post(f"{here}/voiding", data={"version": version(pam, here)}, follow_redirects=True).text
    assert cells(pam.get(url).text, f"line-{budget.lines[0].id}")[2:7] == ["–", "–", "100.00", "–", "100.00"]
    assert "BC-777" not in pam.get(page).text
    assert 'value="BC-002"' in pam.get(f"{page}/new").text


def version(browser: Any, page: str) -> str:
    """The version that the page shows."""
    found = re.search(r'name="version" value="(\d+)"', browser.get(page).text)
    return found[1] if found else ""


def test_the_number_of_a_change_stands_once_whatever_its_capitals(
    as_: Any, budget: Budget, url: str, people: SimpleNamespace
) -> None:
    change(budget, people)
    answer = as_("pam").post(f"{url}/changes/new", data={"number": "bc-001", "title": "Rock"})
    assert answer.status_code == 422
    assert "Budget change bc-001 is there already. Choose another number." in answer.text


def test_nobody_reaches_a_change_or_a_modification_through_another_project(
    as_: Any, budget: Budget, url: str, people: SimpleNamespace
) -> None:
    other = f"/projects/{budget.project_id - 1}/budget"
    mine = change(budget, people)
    with transaction():
        moved = modifications.modify(budget, [Move(budget.lines[0], -5), Move(budget.lines[1], 5)], "Mine", people.pam)
    pam = as_("pam")
    assert pam.get(f"{other}/changes/{mine.id}").status_code == 404
    assert pam.post(f"{other}/changes/{mine.id}/voiding").status_code == 404
    assert pam.post(f"{other}/modifications/{moved.id}/reversal").status_code == 404
    assert pam.post(f"{other}/lines/{budget.lines[0].id}/forecast", data={"forecast": "5"}).status_code == 404


@pytest.mark.parametrize(
    ("level", "reads", "writes", "approves"),
    [
        (None, 404, 404, 404),
        (Level.READ, 200, 403, 403),
        (Level.STANDARD, 200, 303, 403),
        (Level.ADMIN, 200, 303, 303),
    ],
)
@pytest.mark.parametrize("name", ["ann", "bob", "stan", "adam", "olga"])
def test_who_may_read_write_and_approve(
    as_: Any,
    budget: Budget,
    url: str,
    people: SimpleNamespace,
    name: str,
    level: Level | None,
    reads: int,
    writes: int,
    approves: int,
) -> None:
    made = change(budget, people)
    if level:
        projects.grant(budget.project, getattr(people, name), "budget", level)
        db.session.commit()
    browser, here = as_(name), f"{url}/changes/{made.id}"
    form = rows(("32-1200 S", "60", ""), ("32-1600 S", "", "60")) | {"reason": "Less paving"}
    for page in (url, f"{url}/modifications", f"{url}/changes", here):
        assert browser.get(page).status_code == reads, page
    assert browser.get(f"{url}/changes/new").status_code == (200 if writes == 303 else writes)
    assert browser.post(f"{url}/modifications", data=form).status_code == writes
    assert browser.post(f"{url}/lines/{budget.lines[0].id}/forecast", data={"forecast": "5"}).status_code == writes
    assert browser.post(f"{here}/submission").status_code == writes
    if writes != 303:
        with transaction():
            changes.submit(made, people.pam)
    assert browser.post(f"{here}/approval").status_code == approves
    assert browser.post(f"{here}/voiding").status_code == approves


def test_who_may_not_approve_reads_why(as_: Any, budget: Budget, url: str, people: SimpleNamespace) -> None:
    made = change(budget, people)
    projects.grant(budget.project, people.stan, "budget", Level.STANDARD)
    db.session.commit()
    text = as_("stan").get(f"{url}/changes/{made.id}").text
    assert text.count("You need Admin on Budget.") == 2


def test_before_the_lock_the_pages_say_what_to_do(as_: Any, budget: Budget, url: str, people: SimpleNamespace) -> None:
    with transaction():
        budgets.unlock(budget, people.pam, None)
    for page in ("modifications", "changes", "changes/new"):
        assert "The budget is not locked." in as_("pam").get(f"{url}/{page}").text


def test_a_grey_unlock_links_to_the_amounts_that_are_missing(as_: Any, stage: Stage, url: str, budget: Budget) -> None:
    stage.job_in_erp()
    stage.codes_in_erp()
    stage.synced(stage.send("budget", budget))
    text = as_("pam").get(url).text
    assert f'href="/projects/{budget.project_id}/job-costs?missing=1"' in text
    assert "32-1200 150.00 (nothing read since)" in text
