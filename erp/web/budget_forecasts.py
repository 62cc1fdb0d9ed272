"""Typing Forecast to Complete of a line: the row as a form, alone for HTMX, within its page otherwise."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_login import current_user
from wtforms import StringField

from erp import sheets
from erp.db import db
from erp.documents import budget as budgets
from erp.documents.budget import BudgetLine, BudgetRefused
from erp.web.access import needs
from erp.web.budget_forms import trimmed
from erp.web.budget_rows import beside, budget_page, page_number, row_of
from erp.web.forms import Form, done
from erp.web.render import is_htmx

blueprint = Blueprint("forecasts", __name__, url_prefix="/lines/<int:line_id>/forecast")


class ForecastForm(Form):
    """What a person expects a line to cost from now on; nothing lets it be computed."""

    forecast = StringField("Forecast to Complete", filters=[trimmed])


@blueprint.get("")
@needs("edit_budget", "project")
def edit(project_id: int, line_id: int) -> str:
    """The row as a form."""
    line = _line(project_id, line_id)
    shown = "" if line.forecast is None else sheets.plain(line.forecast)
    return _editing(line, ForecastForm(formdata=None, data={"forecast": shown}))


def _editing(line: BudgetLine, form: ForecastForm) -> str:
    project = line.budget.project
    if is_htmx():
        return render_template("budgets/_forecast_form.html", line=line, forecast_form=form, **beside(line))
    return budget_page(project, forecasting=line, forecast_form=form)


@blueprint.post("")
@needs("edit_budget", "project")
def save(project_id: int, line_id: int) -> Any:
    """Keep what was typed."""
    line, form = _line(project_id, line_id), ForecastForm()
    if form.saves(lambda: budgets.set_forecast(line, _typed(form), current_user, form.version.data)):
        return row_of(line, changed=True) if is_htmx() else _back(line)
    return _editing(_line(project_id, line_id), form), form.status


def _typed(form: ForecastForm) -> int | None:
    try:
        return sheets.amount(form.forecast.data) if form.forecast.data else None
    except sheets.AmountRefused as refused:
        raise BudgetRefused(refused.sentence, "forecast") from refused


def _back(line: BudgetLine) -> Any:
    done(f"The forecast of {line.name} was saved.")
    page = page_number()
    return redirect(url_for("budgets.show", project_id=line.budget.project_id, page=page if page > 1 else None), 303)


def _line(project_id: int, line_id: int) -> BudgetLine:
    found = db.session.get(BudgetLine, line_id)
    return found if found and not found.deleted and found.budget.project_id == project_id else abort(404)
