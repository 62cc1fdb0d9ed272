"""One's own account: the password, and where one is logged in."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from erp.db import db, transaction
from erp.people import WebSession, passwords, sessions
from erp.web.access import needs
from erp.web.forms import Form, done
from erp.web.session import begin, this_key

blueprint = Blueprint("account", __name__, url_prefix="/account")


NEW = {"autocomplete": "new-password"}
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Windows": "Windows", "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Mac OS": "Mac", "Linux": "Linux"}


class PasswordForm(Form):
    """The old password once, the new one twice."""

    old = PasswordField("Password now", [InputRequired("Write the password that you have now."), Length(max=passwords.MOST)],
                        render_kw={"autocomplete": "current-password"})  # fmt: skip
    new = PasswordField("New password", [InputRequired("Write a new password."), Length(max=passwords.MOST)], render_kw=NEW)
    again = PasswordField(
        "New password, once more", [EqualTo("new", "The two new passwords differ. Type them again.")], render_kw=NEW
    )


@blueprint.get("/")
@needs("signed_in")
def home() -> str:
    """The form, and the sessions."""
    return _page(PasswordForm(formdata=None))


@blueprint.post("/password")
@needs("signed_in")
def change_password() -> Any:
    """Change it; every session ends, and this browser gets a new one."""
    form, first = PasswordForm(), current_user.must_change_password
    if form.saves(lambda: passwords.change(current_user, form.old.data or "", form.new.data or "", request.remote_addr or "")):
        begin(current_user)
        done("Your password was changed. You are logged out everywhere else.")
        return redirect(url_for("session.home" if first else ".home"), 303)
    return _page(form), form.status


@blueprint.post("/sessions/<int:session_id>/end")
@needs("signed_in")
def end_session(session_id: int) -> Any:
    """End one of one's own sessions."""
    row = db.session.get(WebSession, session_id)
    if row is None or row.user_id != current_user.id:
        abort(404)
    with transaction():
        db.session.delete(row)
    return redirect(url_for(".home"), 303)


@blueprint.post("/sessions/end")
@needs("signed_in")
def end_other_sessions() -> Any:
    """End every session but this one."""
    with transaction():
        sessions.end_others(current_user, this_key())
    done("You are logged in here only.")
    return redirect(url_for(".home"), 303)


@blueprint.app_template_filter("browser")
def browser(device: str) -> str:
    """A browser in two words that its owner recognises."""
    seen = [next((word for sign, word in words.items() if sign in device), "") for words in (BROWSERS, SYSTEMS)]
    return " on ".join(filter(None, seen)) or device[:60] or "unknown"


def _page(form: PasswordForm) -> str:
    rows = [(row, sessions.is_this(row, this_key())) for row in sessions.of(current_user)]
    return render_template("account/show.html", form=form, rows=rows, least=passwords.LEAST)
