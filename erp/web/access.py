"""Who is asking, and may they: every URL rule declares its right and scope, and one hook enforces them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect

from erp.connections import Connection
from erp.db import db, now
from erp.documents.project import Project
from erp.kind import KINDS
from erp.people import User, may, sessions
from erp.people.user import PROJECT_TOOLS, Level

csrf = CSRFProtect()
manager = LoginManager()
V = TypeVar("V", bound=Callable[..., Any])
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
        view.needs = Needs(right, scope, kind)  # type: ignore[attr-defined]  # the mark that `enforce` reads
        return view

    return declare


def install(app: Flask) -> None:
    """Log-in, cross-site protection and the hook."""
    app.before_request(_limit)
    csrf.init_app(app)
    manager.init_app(app)
    manager.session_protection = None
    manager.user_loader(_load)
    app.before_request(enforce)


def _limit() -> None:
    """A form is small; only files and the door of the Web Connector may be as large as MAX_CONTENT_LENGTH."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def reader() -> User:
    """Who is asking, as himself and not as the proxy: a list asks for his rights some hundred times."""
    asking: User = current_user._get_current_object()
    return asking


def forget_reader() -> None:
    """Let the rest of this request do without the person: the database that knows him does not answer."""
    g._login_user = manager.anonymous_user()


def _load(key: str) -> User | None:
    """The person whose session this is. A page that asks for itself every second is no sign that he is there."""
    found = _reader(key)
    if found and now() - found[1] >= sessions.NOTED and "poll" not in request.args:
        sessions.note(key)
        found = _reader(key)
    if found is None:
        return None
    g.connection = found[2]  # Held here, because the database session forgets what nobody holds.
    return found[0]


def _reader(key: str) -> tuple[User, datetime, Connection | None] | None:
    asked = (request.view_args or {}).get("connection_id")
    return sessions.reader(key, Connection, asked) if asked and asked <= LARGEST_ID else sessions.reader(key)


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
    if current_user.must_change_password and request.blueprint != "account":
        return leave_for(url_for("account.home"))
    return _allowed(declared)


def to_login() -> Response:
    """To the login page and back to the page that was open; what was posted is not done and not repeated."""
    if request.headers.get("HX-Request"):
        return leave_for(url_for("session.login", next=_open_page() or None))
    return leave_for(url_for("session.login", next=request.full_path.rstrip("?") if request.method == "GET" else None))


def leave_for(target: str) -> Response:
    """A redirect; HTMX is told to leave the page."""
    if request.headers.get("HX-Request"):
        return Response("", 204, {"HX-Redirect": target})
    return redirect(target)  # type: ignore[return-value]  # Werkzeug's answer, which Flask takes


def _open_page() -> str:
    """The page of ours in which HTMX asked; the login checks it again before it leads there."""
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    return f"{page.path}?{page.query}".rstrip("?") if page.netloc == request.host else ""


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
