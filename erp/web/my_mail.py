"""A person's own mails: whether the daily summary comes, and when."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from wtforms import BooleanField, TimeField
from wtforms.validators import InputRequired

from erp import mail
from erp.db import db, transaction
from erp.mail import Wish
from erp.people import may
from erp.people.clock import zone_of
from erp.web.access import needs
from erp.web.forms import Posted

blueprint = Blueprint("my_mail", __name__, url_prefix="/me/mail")


class WishForm(Posted):
    """The person's wish."""

    daily_summary = BooleanField("Send me the daily summary")
    time = TimeField("At", [InputRequired("Write a time, such as 07:00.")], format=["%H:%M", "%H:%M:%S"])


@blueprint.get("")
@needs("signed_in")
def mine() -> str:
    """The form."""
    return _page(WishForm(obj=mail.wish_of(current_user)))


def _page(form: WishForm) -> str:
    zone = zone_of(current_user).key
    return render_template("me/mail.html", form=form, zone=zone, decides=may(current_user, "decide"))


@blueprint.post("")
@needs("signed_in")
def save() -> Any:
    """Keep the wish."""
    form = WishForm()
    if not form.validate():
        return _page(form), 422
    with transaction():
        db.session.merge(Wish(user_id=current_user.id, daily_summary=form.daily_summary.data, at=f"{form.time.data:%H:%M}"))
    flash(_told(form), "good")
    return redirect(url_for(".mine"), 303)


def _told(form: WishForm) -> str:
    if not form.daily_summary.data:
        return "Saved. No summary comes any more; what waits for you stands in ERP Integrations."
    return f"Saved. The summary comes at {form.time.data:%H:%M} while something waits for you."
