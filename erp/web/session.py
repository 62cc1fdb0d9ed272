"""Logging in and out."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask_login import current_user
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from erp.db import transaction
from erp.people import User, may, sessions
from erp.people.login import LoginRefused, TooManyTries, log_in
from erp.web.access import needs
from erp.web.forms import Posted

blueprint = Blueprint("session", __name__)


class LoginForm(Posted):
    """E-mail and password."""

    email = EmailField("E-mail", [InputRequired("Write your e-mail address."), Length(max=255)])
    password = PasswordField("Password", [InputRequired("Write your password."), Length(max=1000)])
    next = HiddenField()


@blueprint.get("/")
@needs("public")
def home() -> Any:
    """To the desk for people of accounting, to the projects for the others."""
    if not current_user.is_authenticated:
        return redirect(url_for(".login"))
    return redirect(url_for("desk.home") if may(current_user, "view_desk") else "/projects/")


@blueprint.get("/login")
@needs("public")
def login() -> Any:
    """The form; demo logins stand below it only in the demo."""
    if current_user.is_authenticated:
        return redirect(url_for(".home"))
    return _page(LoginForm(next=request.args.get("next", "")))


@blueprint.post("/login")
@needs("public")
def enter() -> Any:
    """Check the password and start a new session."""
    form = LoginForm()
    if not form.validate():
        return _page(form), 422
    try:
        user = log_in(form.email.data or "", form.password.data or "", request.remote_addr or "")
    except LoginRefused as refused:
        form.password.errors = [refused.sentence]
        return _page(form), 429 if isinstance(refused, TooManyTries) else 422
    begin(user)
    return redirect(local(form.next.data) or url_for(".home"), 303)


@blueprint.post("/logout")
@needs("public")
def logout() -> Any:
    """End the session; a copy of its cookie is dead too."""
    with transaction():
        sessions.end(this_key())
    session.clear()
    return redirect(url_for(".login"), 303)


def begin(user: User) -> None:
    """A session of its own for this browser; the one that it had before ends, and nothing of it is kept."""
    with transaction():
        sessions.end(this_key())
        key = sessions.begin(user, request.remote_addr or "", request.user_agent.string)
    session.clear()
    session.permanent = True
    session["_user_id"] = key


def this_key() -> str:
    """The key of this browser's session, under the name by which Flask-Login looks for it."""
    return str(session.get("_user_id", ""))


def _page(form: LoginForm) -> str:
    return render_template("session/login.html", form=form, demo_logins=current_app.config["DEMO_LOGINS"])


def local(target: str | None) -> str:
    """The target if it is a path of ours, else nothing: no redirect leads to another site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return ""
    parts = urlsplit(target)
    harmless = not parts.scheme and not parts.netloc and not any(c in target for c in "\\\r\n\t")
    return target if harmless else ""
