"""What the budget page shows: the table with its columns, one row of it again, and what changes beside a row."""

from typing import Any

from flask import Response, render_template, request
from flask_login import current_user

from erp.documents import budget as budgets
from erp.documents import budget_table, cost_code, sub_job
from erp.documents.budget import Budget, BudgetLine
from erp.documents.budget_figures import COLUMNS
from erp.documents.budget_table import Table
from erp.documents.project import Project
from erp.people import may, why_may_not
from erp.reports.pictures import by_division
from erp.web.line_form import NewLineForm
from erp.web.sending import panel

LISTED_CODES = 500
"""Up to so many codes are offered while typing."""


def page_number() -> int:
    """The page of lines that is asked for."""
    return max(1, request.args.get("page", 1, int))


def budget_page(project: Project, **more: Any) -> str:
    """The whole page: the budget, a page of its lines, its buttons and the ERP panel."""
    budget = budgets.of(project)
    start = {"amount": "0.00"} if budget and budget.locked_at else None
    form = more.pop("form", None) or NewLineForm.of(project, formdata=None, data=start)
    return render_template("budgets/show.html", **_table(project, budget), form=form, codes=_codes(),
                           erp=panel("budget", budget) if budget else None, **more)  # fmt: skip


def _codes() -> list[cost_code.Known]:
    known = [code for code in cost_code.by_code().values() if not code.is_division]
    return sorted(known, key=lambda code: code.code) if len(known) <= LISTED_CODES else []


def _table(project: Project, budget: Budget | None) -> dict[str, Any]:
    table = budget_table.table(budget)
    page = min(page_number(), table.pages)
    return context(project, budget, table) | {"rows": table.page(page), "page": page, "pages": table.pages,
                                              "divisions": by_division(table.groups)}  # fmt: skip


def context(project: Project, budget: Budget | None, table: Table) -> dict[str, Any]:
    """What the parts of the page that change with every line need."""
    refused = why_may_not(current_user, "edit_budget", project_id=project.id)
    unlocking = why_may_not(current_user, "unlock_budget", project_id=project.id)
    return {
        "project": project, "budget": budget, "table": table, "columns": COLUMNS, "page": page_number(),
        "has_sub_jobs": sub_job.any_of(project),
        "may_edit": may(current_user, "edit_budget", project_id=project.id),
        "why_not_edit": refused or (budgets.why_not_edit(budget) if budget else []),
        "why_not_add": refused or (budgets.why_not_add(budget) if budget else []),
        "why_not_lock": refused or (budgets.why_not_lock(budget) if budget else budgets.NO_LINES),
        "why_not_unlock": unlocking or (budgets.why_not_unlock(budget) if budget else []),
    }  # fmt: skip


def row_of(line: BudgetLine, changed: bool = False) -> str:
    """The row of a line again; when it changed, the sums and buttons beside it too."""
    table = budget_table.table(line.budget)
    shown = context(line.budget.project, line.budget, table)
    row, *sums = table.line(line)
    words = render_template("budgets/_line.html", row=row, **shown)
    return words + render_template("budgets/_changed.html", sums=sums, **shown) if changed else words


def beside(line: BudgetLine) -> dict[str, Any]:
    """What the row of a line needs as a form."""
    project = line.budget.project
    return {"project": project, "page": page_number(), "has_sub_jobs": sub_job.any_of(project)}


def gone(project: Project, line_id: int, code_id: int, page: str | None) -> Any:
    """The page without a line; when its code keeps rows, the whole page anew."""
    budget = budgets.of(project)
    table = budget_table.table(budget)
    if code_id in {group.code_id for group in table.groups}:
        return Response("", 204, {"HX-Redirect": page or ""})
    return render_template("budgets/_changed.html", sums=[], gone=line_id, **context(project, budget, table))
