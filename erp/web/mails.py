"""Mails for ERP administrators: what did not arrive and why, with Try again, and who is told what."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from wtforms import BooleanField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from erp import audit, doorbell, mail
from erp.db import transaction
from erp.kind import KINDS, Kind
from erp.mail import ROLES
from erp.mail.choices import RESENT, SILENCE_HOURS
from erp.web.access import needs
from erp.web.forms import Checkboxes, Posted, options

blueprint = Blueprint("mails", __name__, url_prefix="/settings/mails")
MOST_HOURS = 24 * 30


class ToldForm(Posted):
    """Who is told what, as far as it can be chosen; a field `rejected-<kind>` per kind comes from `of`."""

    resent = BooleanField("Tell approvers when something is sent again")
    silence_hours = IntegerField("Tell ERP administrators after so many hours without contact (0: never)",
                                 [InputRequired("Write a number of hours, or 0."), NumberRange(0, MOST_HOURS)])  # fmt: skip

    @classmethod
    def of(cls) -> "ToldForm":
        """The form for the kinds there are, filled with what holds now."""
        fields = {_name(kind): Checkboxes(f"{kind.tab}, rejected", choices=options(ROLES)) for kind in editable()}
        now = {RESENT: mail.chosen(RESENT), SILENCE_HOURS: mail.chosen(SILENCE_HOURS)}
        now |= {_name(kind): list(mail.roles("reject", kind.slug)) for kind in editable()}
        made: ToldForm = type("ToldForm", (cls,), fields)(data=now)
        return made

    def chosen(self) -> dict[str, Any]:
        """name of a choice -> value."""
        roles = {f"rejected:{kind.slug}": self[_name(kind)].data or [] for kind in editable()}
        return {RESENT: self.resent.data, SILENCE_HOURS: self.silence_hours.data, **roles}

    @property
    def by_kind(self) -> list[Any]:
        """The fields of the kinds."""
        return [self[_name(kind)] for kind in editable()]


def editable() -> list[Kind]:
    """The kinds whose rejections are told to whom an administrator chooses."""
    return [kind for kind in KINDS.values() if not mail.exact(kind.slug)]


def _name(kind: Kind) -> str:
    return f"rejected_{kind.slug}"


@blueprint.get("/")
@needs("configure")
def mails() -> str:
    """What did not arrive, and who is told what."""
    return _page(ToldForm.of())


def _page(form: ToldForm) -> str:
    return render_template("settings/mails.html", form=form, stuck=mail.stuck())


@blueprint.post("/")
@needs("configure")
def save() -> Any:
    """Keep who is told what."""
    form = ToldForm.of()
    if not form.validate():
        return _page(form), 422
    with transaction():
        for name, value in form.chosen().items():
            mail.choose(name, value)
        audit.record("mails", "configure", current_user, details=form.chosen())
    flash("Saved. It holds from the next event on.", "good")
    return redirect(url_for(".mails"), 303)


@blueprint.post("/<int:mail_id>/try")
@needs("configure")
def try_again(mail_id: int) -> Any:
    """Let one mail that failed be tried again."""
    return _again(mail_id)


@blueprint.post("/try")
@needs("configure")
def try_all_again() -> Any:
    """Let every mail that failed be tried again."""
    return _again()


def _again(mail_id: int | None = None) -> Any:
    with transaction():
        n = mail.again(mail_id)
    doorbell.ring("jobs.mail.mail")
    words = "1 mail is tried again now." if n == 1 else f"{n} mails are tried again now."
    flash(words if n else "Nothing to try: it was sent, or is being tried already.", "info")
    return redirect(url_for(".mails"), 303)
