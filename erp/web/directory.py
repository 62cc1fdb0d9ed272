"""The Directory: companies, listed, added and edited."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user

from erp import connections
from erp.db import db
from erp.documents import company as companies
from erp.documents.company import LABELS, Company
from erp.documents.company_list import listing as a_page
from erp.web.access import needs
from erp.web.forms import CompanyForm, done
from erp.web.sending import panel

blueprint = Blueprint("directory", __name__, url_prefix="/directory")


@blueprint.get("/")
@needs("view_companies")
def listing() -> str:
    """The companies by name, and where each stands on each connection."""
    words, page = request.args.get("q", ""), request.args.get("page", 1, int)
    return render_template("companies/list.html", listing=a_page(words, page), q=words, connections=connections.every())


@blueprint.get("/new")
@needs("edit_companies")
def new() -> str:
    """The form of a new company."""
    return render_template("companies/form.html", form=CompanyForm.of(), company=None)


@blueprint.post("/new")
@needs("edit_companies")
def create() -> Any:
    """Add a company."""
    form, made = CompanyForm.of(), []
    if form.saves(lambda: made.append(companies.create(current_user, **form.values()))):
        done(f"{made[0].name} was added.")
        return redirect(url_for(".show", company_id=made[0].id), 303)
    return render_template("companies/form.html", form=form, company=None), form.status


@blueprint.get("/<int:company_id>")
@needs("view_companies")
def show(company_id: int) -> str:
    """One company: facts, and where it stands in accounting."""
    company = _company(company_id)
    return render_template("companies/show.html", company=company, erp=panel("company", company))


@blueprint.get("/<int:company_id>/edit")
@needs("edit_companies")
def edit(company_id: int) -> str:
    """The form of a company."""
    company = _company(company_id)
    return _form(CompanyForm.of(company), company)


@blueprint.post("/<int:company_id>/edit")
@needs("edit_companies")
def save(company_id: int) -> Any:
    """Save a company; who saves an older page sees what is there now and keeps his input."""
    company = _company(company_id)
    form = CompanyForm.of(company)
    if form.saves(lambda: companies.edit(company, current_user, form.version.data, **form.values())):
        done(f"{company.name} was saved.")
        return redirect(url_for(".show", company_id=company_id), 303)
    return _form(form, company), form.status


def _form(form: CompanyForm, company: Company) -> str:
    return render_template("companies/form.html", form=form, company=company, grey=companies.why_not_edit(company),
                           now=_now(form, company))  # fmt: skip


def _now(form: CompanyForm, company: Company) -> dict[str, str]:
    """What is saved by somebody else meanwhile, by label; the next save is meant to replace it."""
    if form.status != 409:
        return {}
    form.shows(company.version)
    values, there = form.values(), {name: getattr(company, name) for name in LABELS}
    return {LABELS[name]: form.shown(name, value) for name, value in there.items() if value != values[name]}


def _company(company_id: int) -> Company:
    return db.session.get_one(Company, company_id)
