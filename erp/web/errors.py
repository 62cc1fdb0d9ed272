"""Errors as people should read them: what happened, whether anything reached accounting, what to do."""

import logging
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, NoResultFound, OperationalError
from werkzeug.exceptions import HTTPException

from erp.db import commit_of_request, db
from erp.documents.document import StaleDocument
from erp.items.perform import Refused
from erp.kind import Reason
from erp.moves import Stale
from erp.web import trouble
from erp.web.access import forget_reader, to_login
from erp.web.render import is_htmx

log = logging.getLogger(__name__)
UNKEEPABLE = "There is a sign or a number in it that cannot be kept. Type it anew; nothing was changed."
SHOWN = (400, 403, 404, 409, 413, 429, 500, 503)


def install(app: Flask) -> None:
    """Every error has a page, and a fragment for HTMX."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NoResultFound, lambda _: answer(404))
    app.register_error_handler(Refused, lambda refused: answer(409, reasons=refused.reasons))
    app.register_error_handler(Stale, lambda stale: answer(409, reasons=[Reason(stale.sentence)]))
    app.register_error_handler(StaleDocument, lambda stale: answer(409, reasons=[Reason(stale.sentence)]))
    for odd in (OverflowError, DataError):
        app.register_error_handler(odd, lambda _: answer(400, reasons=[Reason(UNKEEPABLE)]))
    for away in (OperationalError, InterfaceError):
        app.register_error_handler(away, _busy)
    app.register_error_handler(Exception, _fault)


def answer(status: int, **context: Any) -> Response:
    """The page or the fragment of an error."""
    db.session.rollback()
    status_page = status if status in SHOWN else 500 if status >= 500 else 400
    fragment = bool(request.headers.get("HX-Request"))
    name = "errors/_fragment.html" if fragment else f"errors/{status_page}.html"
    page = make_response(render_template(name, status=status, **({"reasons": []} | context)), status)
    if fragment:
        page.headers.update({"HX-Retarget": ".flashes", "HX-Reswap": "innerHTML"})
    return page


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, CSRFError) and is_htmx() and not current_user.is_authenticated:
        return to_login()
    if isinstance(error, CSRFError):
        return answer(400, reasons=[Reason("The page was open for too long. Reload it and try again; nothing was changed.")])
    if error.code == 403:
        log.warning("refused: %s %s for %s", request.method, quote(request.path), getattr(current_user, "email", "nobody"))
    return answer(error.code)


def _busy(error: DBAPIError) -> Any:
    log.error("the database did not answer: %s", error.orig)
    forget_reader()
    told = trouble.of(error)
    return answer(503, reasons=[Reason(told.sentence)], trouble=told)


def _fault(error: Exception) -> Any:
    log.exception("a fault of ours at %s %s", request.method, quote(request.path))
    done = commit_of_request() == "done"
    return answer(500, done=done, reasons=[Reason(trouble.AFTERWARDS)] if done else [])
