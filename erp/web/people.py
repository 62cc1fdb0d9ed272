"""People: list, new, facts, levels, privileges, the approver grid, a one-time password, and who may do what."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user

from erp import audit
from erp.db import db
from erp.kind import KINDS
from erp.people import Level, User, granting, matrix, may, sessions, staff
from erp.people.user import COMPANY_TOOLS
from erp.web import people_forms
from erp.web.access import needs
from erp.web.forms import done
from erp.web.people_forms import ZONES, RightsForm, UserForm

blueprint = Blueprint("people", __name__, url_prefix="/people")


@blueprint.get("/")
@needs("manage_people")
def listing() -> str:
    """Everybody, with levels and privileges in a line."""
    return render_template("people/list.html", people=staff.everybody(), tools=COMPANY_TOOLS, privileges=granting.GRANTABLE)


@blueprint.get("/new")
@needs("manage_people")
def new() -> str:
    """The form of a new person."""
    return _new(UserForm(zone=current_user.zone))


@blueprint.post("/new")
@needs("manage_people")
def create() -> Any:
    """Make a person and show the one-time password, once."""
    form, made = UserForm(), []
    if form.saves(lambda: made.append(staff.create(current_user, **form.facts()))):
        user, password = made[0]
        return _show(user, password=password)
    return _new(form), form.status


@blueprint.get("/<int:user_id>")
@needs("manage_people")
def show(user_id: int) -> str:
    """One person."""
    return _show(_user(user_id))


@blueprint.post("/<int:user_id>")
@needs("manage_people")
def save(user_id: int) -> Any:
    """Save the facts; who is switched off is out at once."""
    user, form = _user(user_id), UserForm()
    if form.saves(lambda: staff.edit(current_user, user, **form.facts(), active=bool(form.active.data))):
        done(f"{user.name} was saved.")
        return redirect(url_for(".show", user_id=user_id) if current_user.active else url_for("session.login"), 303)
    return _show(user, form), form.status


@blueprint.post("/<int:user_id>/levels")
@needs("manage_people")
def save_levels(user_id: int) -> Any:
    """Save the levels on the company's tools."""
    user = _user(user_id)
    return _saved(user, "The levels were saved.", lambda: staff.set_levels(current_user, user, people_forms.levels()))


@blueprint.post("/<int:user_id>/privileges")
@needs("manage_people")
def save_privilege(user_id: int) -> Any:
    """Grant a privilege or take it away, as the pressed button says."""
    user, (does, name) = _user(user_id), _pressed()
    sentence = f"{user.name} {'holds' if does is granting.grant else 'does not hold'} {name} now."
    return _saved(user, sentence, lambda: does(current_user, user, name))


def _pressed() -> tuple[Callable[[User, User, str], None], str]:
    buttons = {"grant": granting.grant, "revoke": granting.revoke}
    pressed = next((name for name in buttons if name in request.form), "") or abort(400)
    return buttons[pressed], request.form[pressed]


@blueprint.post("/<int:user_id>/grid")
@needs("manage_people")
def save_grid(user_id: int) -> Any:
    """Save the approver grid."""
    user = _user(user_id)
    return _saved(user, "The approver grid was saved.", lambda: granting.save_grid(current_user, user, people_forms.grid()))


@blueprint.post("/<int:user_id>/password")
@needs("manage_people")
def reset_password(user_id: int) -> Any:
    """A one-time password, shown once; the person is logged out everywhere."""
    user, form, made = _user(user_id), RightsForm(), []
    if form.saves(lambda: made.append(staff.reset_password(current_user, user))):
        return _show(user, password=made[0])
    return _show(user, refused=form.refused), form.status


@blueprint.get("/rights")
@needs("manage_people")
def rights() -> str:
    """The rights matrix against people, with the reasons; `person` shows one of them alone."""
    everybody = [user for user in staff.everybody() if user.active]
    chosen = request.args.get("person", 0, int)
    shown = [user for user in everybody if user.id == chosen] or everybody
    rows = [(action, [(user, matrix.cell(user, action)) for user in shown]) for action in matrix.actions()]
    return render_template("people/rights.html", people=everybody, shown=shown, rows=rows, alone=len(shown) == 1)


def _saved(user: User, sentence: str, save: Callable[[], None]) -> Any:
    """Save the boxes of one section, or show the page again with what is against it."""
    form = RightsForm()
    if form.saves(save):
        done(sentence)
        return redirect(url_for(".show", user_id=user.id) if may(current_user, "manage_people") else url_for("session.home"), 303)
    return _show(user, refused=form.refused), form.status


def _new(form: UserForm) -> str:
    return render_template("people/new.html", form=form, zones=ZONES)


def _show(user: User, form: UserForm | None = None, *, password: str = "", refused: str = "") -> str:
    against = {name: granting.why_not_grant(current_user, user, name) for name in granting.GRANTABLE}
    form = form or UserForm.of(user)
    return render_template(
        "people/show.html", user=user, form=form, password=password, refused=refused or form.refused, tools=COMPANY_TOOLS,
        levels=list(Level), privileges=granting.GRANTABLE, against=against, grid=granting.grid(user), kinds=KINDS,
        why_not_reset=staff.why_not_reset(current_user, user), sessions=sessions.of(user), zones=ZONES,
        events=audit.history(f"user:{user.id}")[::-1],
    )  # fmt: skip


def _user(user_id: int) -> User:
    return db.session.get(User, user_id) or abort(404)
