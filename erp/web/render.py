"""What templates know: money, moments, who may do what, and the navigation."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, Response, make_response, render_template, request
from flask_login import current_user

from erp import audit, connections
from erp.amounts import accounted
from erp.people import may


def install(app: Flask) -> None:
    """Filters and globals."""
    app.jinja_env.filters.update(money=money, local_time=local_time, past=audit.past)
    app.jinja_env.globals.update(may=lambda right, **scope: may(current_user, right, **scope), is_htmx=is_htmx)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(lambda: {"nav": navigation(), "role": role()})


def is_htmx() -> bool:
    """Whether HTMX asks for a fragment."""
    return bool(request.headers.get("HX-Request"))


def money(minor: int | None) -> str:
    """Minor units for people: 1,234.50, (1,234.50) when negative, a dash for zero."""
    return accounted(minor) if minor else "–"


def local_time(moment: datetime, shape: str = "%Y-%m-%d %H:%M") -> str:
    """A moment in the reader's time zone."""
    zone = getattr(current_user, "zone", "") or "UTC"
    return moment.astimezone(ZoneInfo(zone)).strftime(shape)


def navigation() -> list[dict[str, Any]]:
    """The entries of the top bar that this person may open."""
    if not current_user or not current_user.is_authenticated:
        return []
    entries = [("ERP Integrations", "/erp/", may(current_user, "view_desk")), ("Projects", "/projects/", True),
               ("Waiting on accounting", "/waiting", any(grant.project_id for grant in current_user.grants)),
               ("Directory", "/directory/", may(current_user, "view_companies")),
               ("Cost codes", "/cost-codes/", may(current_user, "view_cost_codes")),
               ("People", "/people/", may(current_user, "manage_people")),
               ("Settings", "/settings/connections", may(current_user, "manage_connections"))]  # fmt: skip
    return [{"label": label, "url": url, "current": request.path.startswith(url)} for label, url, shown in entries if shown]


def role() -> str:
    """What the person is here, in two words for the top bar."""
    if not current_user or not current_user.is_authenticated:
        return ""
    if may(current_user, "decide"):
        return "accounting approver"
    if current_user.owner:
        return "owner"
    return (
        "ERP administrator"
        if may(current_user, "configure")
        else "accountant"
        if may(current_user, "view_desk")
        else "project manager"
    )


def fragment(name: str, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any) -> Response:
    """A rendered partial with HTMX headers."""
    response = make_response(render_template(name, **context), status)
    response.headers.update(headers or {})
    return response


def first_connection() -> Any:
    """The connection a desk opens with."""
    return next(iter(connections.every()), None)
