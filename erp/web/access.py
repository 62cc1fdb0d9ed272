"""Who is asking, and may they: every URL rule declares its right and scope, and one hook enforces them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from erp.connections import Connection
from erp.db import db, now
from erp.documents.project import Project
from erp.kind import KINDS
from erp.people import User, may
from erp.people.user import PROJECT_TOOLS, Level

csrf = CSRFProtect()
manager = LoginManager()
V = TypeVar("V", bound=Callable[..., Any])
IDLE_SECONDS = 4 * 3600
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class Needs:
    """What a URL rule needs: a row of the rights table and the scope it is asked in.

    Scopes: "" for the company, "connection" for a page of the ERP tool, "project" for a page of a project, "send" for
    sending the kind named in `kind`. `guarded` says that the view asks itself, because the right depends on the item.
    """

    right: str
    scope: str = ""
    kind: str = ""


def needs(right: str, scope: str = "", kind: str = "") -> Callable[[V], V]:
    """Declare what a view needs; a view without it cannot be reached at all."""

    def declare(view: V) -> V:
        view.needs = Needs(right, scope, kind)  # type: ignore[attr-defined]
        return view

    return declare


def install(app: Flask) -> None:
    """Log-in, cross-site protection and the hook."""
    app.before_request(_limit)
    csrf.init_app(app)
    manager.init_app(app)
    manager.session_protection = None
    manager.user_loader(_load)
    app.view_functions["static"] = needs("public")(lambda filename: app.send_static_file(filename))
    app.before_request(enforce)


def _limit() -> None:
    """A form is small; only files and the door of the Web Connector may be as large as MAX_CONTENT_LENGTH."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def forget_reader() -> None:
    """Let the rest of this request do without the person: the database that knows him does not answer."""
    g._login_user = manager.anonymous_user()


def _load(identity: str) -> User | None:
    key, _, session_key = identity.partition(":")
    wanted = select(User).where(User.id == (int(key) if key.isdecimal() and len(key) < 10 else 0))
    eager = (selectinload(User.grants), selectinload(User.privileges), selectinload(User.grid))
    user = db.session.scalar(wanted.options(*eager))
    fits = user is not None and user.active and user.session_key == session_key
    return user if fits and _awake() else None


def _awake() -> bool:
    moment = now().timestamp()
    if moment - session.get("seen", moment) > IDLE_SECONDS:
        return False
    if moment - session.get("since", moment) > current_app.permanent_session_lifetime.total_seconds():
        return False
    if moment - session.get("seen", 0) > 60:
        session["seen"] = moment
    return True


def enforce() -> Any:
    """Let the request through, or answer for the view: log in first (401), not yours (404), not allowed (403)."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None
    if any(isinstance(value, int) and value > LARGEST_ID for value in (request.view_args or {}).values()):
        abort(404)
    declared: Needs | None = getattr(view, "needs", None)
    if declared is None:
        abort(500, f"{request.endpoint} declares no right")
    if declared.right == "public":
        return None
    if not current_user.is_authenticated:
        return to_login()
    return _allowed(declared)


def to_login() -> Response:
    """To the login page and back again; HTMX is told to leave the page."""
    target = url_for("session.login", next=request.full_path.rstrip("?") if request.method == "GET" else None)
    if request.headers.get("HX-Request"):
        return Response("", 204, {"HX-Redirect": url_for("session.login")})
    return redirect(target)  # type: ignore[return-value]


def _allowed(declared: Needs) -> None:
    arguments = request.view_args or {}
    if declared.scope == "connection" and db.session.get(Connection, arguments["connection_id"]) is None:
        abort(404)
    project_id = arguments.get("project_id")
    if declared.scope in ("project", "send") and project_id is not None:
        _project_or_404(project_id)
    tools = KINDS[declared.kind].tools if declared.kind else ()
    if not may(current_user, declared.right, project_id=project_id, kind=declared.kind, tools=tools):
        abort(403)


def _project_or_404(project_id: int) -> None:
    project = db.session.get(Project, project_id)
    if project is None or not any(current_user.level(tool, project_id) > Level.NONE for tool in PROJECT_TOOLS):
        abort(404)
