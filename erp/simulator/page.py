"""The page of the simulated QuickBooks: lists, switches, the bookkeeper's deeds, the Web Connector's log."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from erp.simulator import views
from erp.simulator.actions import ACTIONS, needed, perform
from erp.simulator.company import Company
from erp.simulator.forms import FORMS, choices, estimate_forms
from erp.simulator.money import pretty
from erp.simulator.preferences import LABELS
from erp.simulator.refusals import HResult, Refusal
from erp.simulator.running import Timer

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PAGES: dict[str, tuple[str, Callable[[Company], Any]]] = {
    "customers": ("Customers & jobs", views.customers),
    "vendors": ("Vendors", views.vendors),
    "items": ("Items", views.items),
    "accounts": ("Accounts", views.accounts),
    "classes": ("Classes", views.classes),
    "estimates": ("Estimates", views.estimates),
    "costs": ("Job costs", views.costs),
    "preferences": ("Preferences", views.preferences),
    "trouble": ("Trouble", views.preferences),
    "connector": ("Web Connector", views.log),
}
pages = Blueprint("pages", __name__)


def create_page(company: Company, timer: Timer, host: str = "127.0.0.1") -> Flask:
    """The page as a Flask application; on a loopback host it answers to loopback names only."""
    app = Flask(__name__)
    app.config |= {
        "SECRET_KEY": secrets.token_hex(32),
        "SESSION_COOKIE_NAME": "simulated_quickbooks",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": 64 * 1024,
        "TRUSTED_HOSTS": ["localhost", "127.0.0.1", "[::1]"] if host in LOOPBACK else None,
    }
    app.extensions |= {"company": company, "timer": timer}
    app.jinja_env.filters["money"] = pretty
    app.jinja_env.globals |= {
        "pages": PAGES,
        "choices": partial(choices, company),
        "estimate_forms": estimate_forms,
        "company_name": partial(views.company_name, company),
    }
    app.register_blueprint(pages)
    return app


@pages.before_request
def only_from_this_page() -> None:
    """Refuse what another site sends."""
    if request.method == "POST" and not _is_same_origin():
        abort(403)


def _is_same_origin() -> bool:
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    if origin is not None:
        return origin == request.host_url.rstrip("/")
    return site == "same-origin"


@pages.after_app_request
def with_headers(response: Response) -> Response:
    """Nothing foreign on this page, and it in no frame."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@pages.get("/")
def home() -> AnyResponse:
    """Begin with the customers."""
    return redirect(url_for("pages.show", page="customers"))


@pages.get("/<page>")
def show(page: str) -> str:
    """One list, or one group of switches."""
    if page not in PAGES:
        abort(404)
    title, rows = PAGES[page]
    company, timer = current_app.extensions["company"], current_app.extensions["timer"]
    return render_template(
        f"{page}.html", page=page, title=title, rows=rows(company), forms=FORMS.get(page, ()), timer=timer, labels=LABELS
    )


@pages.post("/deeds/<action>")
def do(action: str) -> AnyResponse:
    """Do one of the bookkeeper's deeds, and go back to where it was asked for."""
    if action not in ACTIONS:
        abort(404)
    back = request.form.get("back", "")
    try:
        perform(current_app.extensions["company"], action, _arguments(action))
        flash("Done.", "done")
    except (Refusal, HResult) as refusal:
        flash(f"Refused with {refusal}", "refused")
    return redirect(url_for("pages.show", page=back if back in PAGES else "customers"))


def _arguments(action: str) -> list[str]:
    """The fields that were filled in, and the empty ones the deed cannot do without."""
    given = request.form.to_dict()
    return [f"{name}={value}" for name, value in given.items() if name != "back" and (value or name in needed(action))]


@pages.post("/updates")
def update() -> AnyResponse:
    """Run one update session now."""
    session = current_app.extensions["timer"].update()
    if session is None:
        flash("The .qwc file or the password file is not there yet.", "refused")
    else:
        flash(f"{session.outcome}: {session.message}", "done" if session.ok else "refused")
    return redirect(url_for("pages.show", page="connector"))
