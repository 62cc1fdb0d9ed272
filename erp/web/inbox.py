"""The development inbox: what would have been mailed, readable where no mail server is configured."""

from flask import Blueprint, abort, current_app, make_response, render_template
from flask_login import current_user
from werkzeug.wrappers import Response

from erp.db import db
from erp.mail import Mail, inbox
from erp.web.access import needs

blueprint = Blueprint("inbox", __name__, url_prefix="/dev/inbox")


@blueprint.before_request
def only_without_server() -> None:
    """With a mail server there is no such page."""
    if current_app.config["MAIL_URL"]:
        abort(404)


@blueprint.get("/")
@needs("read_outbox")
def mails() -> str:
    """Every mail in the demo; otherwise one's own."""
    everything = current_app.config["ERP_DEMO"] or current_user.owner
    shown = [mail for mail in inbox() if everything or mail.user_id == current_user.id]
    return render_template("inbox/inbox.html", mails=shown)


@blueprint.get("/<int:mail_id>")
@needs("read_outbox")
def mail(mail_id: int) -> str:
    """One mail, as text."""
    return render_template("inbox/mail.html", mail=_mine(mail_id))


@blueprint.get("/<int:mail_id>/html")
@needs("read_outbox")
def mail_html(mail_id: int) -> Response:
    """The HTML part alone, for a sandboxed frame."""
    response = make_response(_mine(mail_id).html)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _mine(mail_id: int) -> Mail:
    found = db.session.get(Mail, mail_id)
    if found is None or not (current_app.config["ERP_DEMO"] or current_user.owner or found.user_id == current_user.id):
        abort(404)
    return found
