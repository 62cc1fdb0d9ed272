"""Pam's budget in the browser: lines, locking, and what others may see of it."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from erp.db import db
from erp.documents import budget as budgets
from erp.documents import budget_table, cost_code, project, team
from erp.documents.budget import Budget, BudgetLine
from erp.documents.cost_code import CostCode
from erp.documents.project import Project
from erp.people import Level
from tests.unit.stage import Stage

HTMX = {"HX-Request": "true"}
LINE = {"code": "32-1200", "cost_type": "M", "amount": "1,250.50", "description": "Paving of the lot"}


@pytest.fixture
def budget(people: SimpleNamespace, pier: Project, codes: list[CostCode]) -> Budget:
    """One line; the noise project has a budget with a line of its own."""
    noise = budgets.open_for(db.session.get_one(Project, pier.id - 1), people.pam)
    budgets.add_line(noise, codes[1], "L", 999_00)
    made = budgets.open_for(pier, people.pam)
    budgets.add_line(made, codes[0], "S", 1_000_00, "Asphalt")
    db.session.commit()
    return made


def url(budget: Budget, rest: str = "") -> str:
    return f"/projects/{budget.project_id}/budget{rest}"


def line(budget: Budget) -> BudgetLine:
    return budgets.page_of(budget)[0]


def give(people: SimpleNamespace, pier: Project, level: Level) -> None:
    team.add(pier, people.pam, "stan@x.test", Level.READ)
    project.grant(pier, people.stan, "budget", level)
    db.session.commit()


def test_a_project_without_a_budget_says_how_to_make_one_and_a_look_makes_none(as_: Any, pier: Project) -> None:
    text = as_("pam").get(f"/projects/{pier.id}/budget").text
    assert "The budget has no lines yet." in text
    assert "Cost Code Detail" in text
    assert "The budget has no lines. Add or import some first." in text
    assert budgets.of(pier) is None


def test_the_page_is_titled_and_headed_in_the_words_of_the_field(as_: Any, budget: Budget) -> None:
    text = as_("pam").get(url(budget)).text
    assert re.search(r"<h2[^>]*>Cost Code Detail</h2>", text)
    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', text)
    assert heads == ["Cost Code", "Category", "Original Budget", "Budget Modifications", "Budget Changes", "Approved COs",
                     "Revised Budget", "Pending", "Projected Budget", "Committed", "Direct Costs", "Job to Date", "Projected Cost",
                     "Forecast to Complete", "Over/Under"]  # fmt: skip
    for words in ("32-1200", "Subcontract", "Asphalt", "1,000.00", "Total of 1 line", "Lock Budget", "Not locked", "Send to ERP"):
        assert words in text


@pytest.mark.parametrize(("level", "see", "edit", "unlock"), [
    (Level.NONE, 403, 403, 403), (Level.READ, 200, 403, 403), (Level.STANDARD, 200, 303, 403), (Level.ADMIN, 200, 303, 303),
])  # fmt: skip
def test_what_a_level_on_the_budget_lets_stan_do(
    as_: Any, people: SimpleNamespace, pier: Project, budget: Budget, level: Level, see: int, edit: int, unlock: int
) -> None:
    give(people, pier, level)
    stan = as_("stan")
    assert stan.get(url(budget)).status_code == see
    assert stan.post(url(budget, "/lines"), data=LINE).status_code == edit
    assert stan.post(url(budget, f"/lines/{line(budget).id}"), data={"amount": "5", "description": "x"}).status_code == edit
    extra = budgets.add_line(budget, budgets.page_of(budget)[0].code, "O", 1_00)
    db.session.commit()
    assert stan.post(url(budget, f"/lines/{extra.id}/deletion"), data={}).status_code == edit
    assert stan.post(url(budget, "/lock"), data={}).status_code == edit
    assert stan.post(url(budget, "/unlock"), data={}).status_code == (unlock if edit == 303 else 403)
    db.session.expire_all()
    assert budget.size == 2
    assert [row.cost_type for row in budgets.page_of(budget)] == (["S", "M"] if edit == 303 else ["S", "O"])


@pytest.mark.parametrize("name", ["ann", "bob", "stan", "adam", "olga"])
def test_who_is_not_in_the_project_finds_nothing(as_: Any, budget: Budget, name: str) -> None:
    key = line(budget).id
    for path in ("", "/import", f"/lines/{key}", f"/lines/{key}/edit"):
        assert as_(name).get(url(budget, path)).status_code == 404
    for path in ("/lines", "/lock", "/unlock", f"/lines/{key}", f"/lines/{key}/deletion", "/import"):
        assert as_(name).post(url(budget, path), data=LINE).status_code == 404
    assert as_("nobody").get(url(budget)).status_code == 302


def test_read_only_sees_no_controls_and_learns_why(as_: Any, people: SimpleNamespace, pier: Project, budget: Budget) -> None:
    give(people, pier, Level.READ)
    text = as_("stan").get(url(budget)).text
    assert "Add a line" not in text
    assert "/edit" not in text
    assert "You need Standard or higher on Budget. The project&#39;s admin can change that." in text


def test_a_line_of_another_budget_is_not_found_here(as_: Any, people: SimpleNamespace, pier: Project, budget: Budget) -> None:
    noise = line(budgets.open_for(db.session.get_one(Project, pier.id - 1), people.pam))
    for path in (f"/lines/{noise.id}", f"/lines/{noise.id}/edit", "/lines/999"):
        assert as_("pam").get(url(budget, path)).status_code == 404
    for path in (f"/lines/{noise.id}", f"/lines/{noise.id}/deletion"):
        assert as_("pam").post(url(budget, path), data=LINE).status_code == 404
    assert (noise.original, noise.deleted) == (999_00, False)


def test_a_line_is_added_by_the_number_of_its_code(as_: Any, budget: Budget) -> None:
    answer = as_("pam").post(url(budget, "/lines"), data=LINE, follow_redirects=True)
    assert "32-1200 was added." in answer.text
    assert "2,250.50" in answer.text
    assert [(row.cost_type, row.original, row.description) for row in budgets.page_of(budget)][1:] == [
        ("M", 1_250_50, "Paving of the lot")
    ]


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("code", "99-9", "There is no standard cost code with this number."), ("code", "", "There is no standard cost code"),
    ("code", "32", "32 is a division. Choose a cost code below it."),
    ("cost_type", "S", "Cost code 32-1200 with type S is in the budget already."),
    ("cost_type", "X", "Not a valid choice"), ("amount", "abc", "“abc” is not an amount."),
    ("amount", "", "The amount is missing."),
    ("amount", "1.234", "can be read in two ways"), ("amount", "99999999999", "too large"),
    ("description", "Pa\x07ving", "Description has a control character"),
])  # fmt: skip
def test_a_wrong_line_is_said_beside_its_field_and_the_input_stays(
    as_: Any, budget: Budget, field: str, value: str, sentence: str
) -> None:
    answer = as_("pam").post(url(budget, "/lines"), data=LINE | {"description": "Kept input"} | {field: value})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert field == "description" or "Kept input" in answer.text
    assert budget.size == 1


def test_the_first_line_makes_the_budget(as_: Any, pier: Project, codes: list[CostCode]) -> None:
    assert as_("pam").post(f"/projects/{pier.id}/budget/lines", data=LINE).status_code == 303
    made = budgets.of(pier)
    assert made
    assert made.total == 1_250_50


def test_a_wrong_first_line_makes_no_budget(as_: Any, pier: Project, codes: list[CostCode]) -> None:
    assert as_("pam").post(f"/projects/{pier.id}/budget/lines", data=LINE | {"code": "32"}).status_code == 422
    assert budgets.of(pier) is None


def test_a_row_becomes_a_form_and_a_row_again(as_: Any, budget: Budget) -> None:
    pam, path = as_("pam"), url(budget, f"/lines/{line(budget).id}")
    form = pam.get(f"{path}/edit", headers=HTMX).text
    assert form.count("<tr") == 1
    assert 'value="1000.00"' in form
    row = pam.get(path, headers=HTMX).text
    assert row.count("<tr") == 1
    assert "1,000.00" in row
    whole = pam.get(f"{path}/edit").text
    assert "<h1>" in whole
    assert 'name="amount"' in whole
    assert pam.get(path).status_code == 303


def test_saving_a_row_brings_the_row_the_total_and_the_buttons(as_: Any, budget: Budget) -> None:
    data = {"amount": "(2,000.25)", "description": "", "version": line(budget).version}
    answer = as_("pam").post(url(budget, f"/lines/{line(budget).id}"), data=data, headers=HTMX)
    assert answer.status_code == 200
    assert "(2,000.25)" in answer.text.partition("</tr>")[0]
    assert 'hx-target="#budget-totals"' in answer.text
    db.session.expire_all()
    assert f'name="version" value="{budget.version}"' in answer.text
    assert line(budget).description == "Asphalt paving"


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_wrong_amount_keeps_the_form_open(as_: Any, budget: Budget, headers: dict[str, str]) -> None:
    answer = as_("pam").post(
        url(budget, f"/lines/{line(budget).id}"), data={"amount": "12,34,5", "description": "Kept"}, headers=headers
    )
    assert answer.status_code == 422
    for words in ("“12,34,5” is not an amount", "Kept", 'value="12,34,5"', "Save"):
        assert words in answer.text
    assert ("<h1>" in answer.text) == (not headers)


@pytest.mark.parametrize("rest", ["", "/deletion"])
def test_an_older_row_changes_nothing_and_shows_the_newer_version(as_: Any, budget: Budget, rest: str) -> None:
    key, seen = line(budget).id, line(budget).version
    as_("pam").post(url(budget, f"/lines/{key}"), data={"amount": "7", "description": "", "version": seen})
    answer = as_("pam").post(
        url(budget, f"/lines/{key}{rest}"), data={"amount": "8", "description": "", "version": seen}, headers=HTMX
    )
    assert answer.status_code == 409
    assert "Somebody saved this meanwhile" in answer.text
    assert f'name="version" value="{seen + 1}"' in answer.text
    db.session.expire_all()
    assert line(budget).original == 7_00


def test_an_older_row_shows_what_is_saved_now_beside_the_kept_input(as_: Any, budget: Budget) -> None:
    key, seen = line(budget).id, line(budget).version
    path = url(budget, f"/lines/{key}")
    as_("pam").post(path, data={"amount": "7,000", "description": "Hers", "version": seen})
    answer = as_("pam").post(path, data={"amount": "8", "description": "Hers", "version": seen}, headers=HTMX)
    assert answer.status_code == 409
    assert "Saved now: Amount <strong>7000.00</strong>." in answer.text
    assert 'value="8"' in answer.text
    answer = as_("pam").post(f"{path}/deletion", data={"version": seen}, headers=HTMX)
    assert "Saved now" not in answer.text, "the form shows it already"


def test_deleting_asks_first_and_says_what_goes(as_: Any, budget: Budget) -> None:
    form = as_("pam").get(url(budget, f"/lines/{line(budget).id}/edit"), headers=HTMX).text
    assert f'data-confirm="Delete {line(budget).name}, 1,000.00?" data-confirm-word="Delete"' in form
    assert form.count("<button") == form.count("<form") == 2, "htmx would not ask where the button posts by itself"


def test_deleting_what_accounting_has_says_what_the_next_send_takes_out(stage: Stage, as_: Any) -> None:
    stage.synced(stage.ready_budget(100_00))
    made = budgets.of(stage.pier)
    assert made
    made.locked_at = None
    db.session.commit()
    form = as_("pam").get(url(made, f"/lines/{line(made).id}/edit"), headers=HTMX).text
    assert "100.00? Accounting has 100.00 of it; the next Re-send takes that out there." in form


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_what_was_deleted_is_said(as_: Any, budget: Budget, headers: dict[str, str]) -> None:
    words = f"{line(budget).name}, 1,000.00, was deleted."
    pam = as_("pam")
    answer = pam.post(url(budget, f"/lines/{line(budget).id}/deletion"), data={}, headers=headers)
    assert words in (answer.text if headers else pam.get(answer.location).text)


def test_deleting_takes_the_row_out(as_: Any, budget: Budget) -> None:
    key = line(budget).id
    answer = as_("pam").post(url(budget, f"/lines/{key}/deletion"), data={"version": line(budget).version}, headers=HTMX)
    assert f'hx-target="#line-{key}" hx-swap="delete"' in answer.text
    assert "The budget has no lines. Add or import some first." in answer.text
    assert budget.size == 0
    assert as_("pam").post(url(budget, f"/lines/{key}/deletion"), data={}, headers=HTMX).status_code == 404


def test_deleting_without_javascript_goes_back_to_the_page(as_: Any, budget: Budget) -> None:
    answer = as_("pam").post(url(budget, f"/lines/{line(budget).id}/deletion?page=1"), data={})
    assert (answer.status_code, answer.location) == (303, url(budget))


def test_locking_and_unlocking(as_: Any, budget: Budget) -> None:
    locked = as_("pam").post(url(budget, "/lock"), data={"version": budget.version}, follow_redirects=True).text
    assert "The budget is locked." in locked
    assert "Unlock" in locked
    assert "a new line starts at 0" in locked
    assert 'id="amount"' not in locked
    assert "The budget is locked. Unlock it to change lines and original amounts." in locked
    db.session.expire_all()
    unlocked = as_("pam").post(url(budget, "/unlock"), data={"version": budget.version}, follow_redirects=True).text
    assert "Lock Budget" in unlocked
    assert "Add a line" in unlocked


def test_a_lock_from_a_page_with_other_amounts_is_refused(as_: Any, budget: Budget) -> None:
    seen = budget.version
    as_("pam").post(url(budget, "/lines"), data=LINE)
    answer = as_("pam").post(url(budget, "/lock"), data={"version": seen})
    assert answer.status_code == 409
    assert "Somebody saved this meanwhile" in answer.text
    db.session.expire_all()
    assert budget.locked_at is None


def test_a_lock_without_lines_is_refused_with_its_reason(as_: Any, people: SimpleNamespace, pier: Project) -> None:
    budgets.open_for(pier, people.pam)
    db.session.commit()
    answer = as_("pam").post(f"/projects/{pier.id}/budget/lock", data={})
    assert answer.status_code == 422
    assert "The budget has no lines." in answer.text


def test_a_line_of_a_locked_budget_cannot_be_changed_by_a_page_that_was_open(
    as_: Any, people: SimpleNamespace, budget: Budget
) -> None:
    budgets.lock(budget, people.pam, None)
    db.session.commit()
    for path in (f"/lines/{line(budget).id}", f"/lines/{line(budget).id}/deletion", "/lines"):
        answer = as_("pam").post(url(budget, path), data=LINE | {"cost_type": "L", "version": ""})
        assert answer.status_code == 422
        assert "The budget is locked. Unlock it" in answer.text
    assert budget.total == 1_000_00


def test_a_sent_budget_says_that_it_must_be_retrieved_first(as_: Any, stage: Stage) -> None:
    item = stage.ready_budget()
    text = as_("pam").get(f"/projects/{stage.pier.id}/budget").text
    assert "The budget was sent to ERP and is Ready there. Retrieve it first" in text
    assert "Retrieve from ERP" in text
    answer = as_("pam").post(f"/projects/{stage.pier.id}/budget/unlock", data={})
    assert answer.status_code == 422
    assert item.state == "Ready"


def test_unlock_is_grey_and_says_why_once_accounting_has_it(as_: Any, stage: Stage) -> None:
    stage.synced(stage.ready_budget())
    text = as_("pam").get(f"/projects/{stage.pier.id}/budget").text
    assert re.search(r'aria-disabled="true"[^>]*>Unlock<', text)
    assert "Missing: 32-1200" in text
    assert f'href="/projects/{stage.pier.id}/job-costs?missing=1"' in text


def test_many_lines_come_in_pages_with_the_total_over_all(
    as_: Any, budget: Budget, codes: list[CostCode], monkeypatch: pytest.MonkeyPatch
) -> None:
    for letter in "LMEO":
        budgets.add_line(budget, codes[0], letter, 1_00)
    db.session.commit()
    monkeypatch.setattr(budget_table, "A_PAGE", 2)
    first, last = as_("pam").get(url(budget)).text, as_("pam").get(url(budget, "?page=3")).text
    assert (first.count("data-row"), last.count("data-row")) == (2, 1)
    assert "Page 1 of 3" in first
    assert "Total of 5 lines" in last
    assert "1,004.00" in last
    for page in ("99", "99999999999999999999", "0", "-1", "x"):
        assert as_("pam").get(url(budget, f"?page={page}")).status_code == 200
    assert as_("pam").post(url(budget, "/lines"), data=LINE | {"code": "33-3100"}).location.endswith("?page=3")


def test_what_people_type_is_never_markup(as_: Any, people: SimpleNamespace, budget: Budget) -> None:
    attack = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    code = cost_code.create(people.adam, attack, attack, "")
    budgets.add_line(budget, code, "S", 5, attack)
    db.session.commit()
    rows = budgets.page_of(budget)
    for path in ("", f"/lines/{rows[1].id}/edit", f"/lines/{rows[1].id}"):
        for headers in (HTMX, {}):
            text = as_("pam").get(url(budget, path), headers=headers).text
            assert "<img src=x" not in text
            assert "<script>alert" not in text


def test_every_form_carries_the_token_and_nothing_is_inline(app: Flask, as_: Any, budget: Budget) -> None:
    for path in ("", "/import", f"/lines/{line(budget).id}/edit"):
        text = as_("pam").get(url(budget, path)).text
        assert text.count('method="post"') == text.count('name="csrf_token"')
        assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|hx-on|js:", text)
    app.config["WTF_CSRF_ENABLED"] = True
    for path in ("/lines", "/lock", "/unlock", "/import", f"/lines/{line(budget).id}", f"/lines/{line(budget).id}/deletion"):
        assert as_("pam").post(url(budget, path), data=LINE).status_code == 400
