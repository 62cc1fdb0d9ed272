"""The door the Web Connector knocks at: SOAP in, SOAP out, whatever happens inside."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from erp.connectors.quickbooks import session
from erp.connectors.quickbooks.soap import Call, NotSoap, answer, fault, read_call, ticket_in
from erp.db import db
from erp.web.access import needs

blueprint = Blueprint("webconnector", __name__, url_prefix="/qbwc")
log = logging.getLogger(__name__)
HEAD = 4096
"""Bytes of a call in which its ticket stands: the first argument, before the answer."""
SAFE: dict[str, Any] = {"sendRequestXML": "", "receiveResponseXML": 1, "authenticate": ["", "none", "", ""],
                        "connectionError": "done", "getLastError": session.NOT_NOW,
                        "closeConnection": session.NOT_NOW}  # fmt: skip

METHODS: dict[str, Callable[..., Any]] = {
    "serverVersion": lambda: "Countersign 0.1",
    "clientVersion": lambda strVersion: "",
    "authenticate": lambda strUserName, strPassword: session.authenticate(strUserName, strPassword),
    "sendRequestXML": lambda ticket, strHCPResponse, strCompanyFileName, qbXMLCountry, qbXMLMajorVers, qbXMLMinorVers:
        session.send_request(ticket, strHCPResponse, qbXMLCountry, qbXMLMajorVers),
    "receiveResponseXML": lambda ticket, response, hresult, message: session.receive(ticket, response, hresult, message),
    "connectionError": lambda ticket, hresult, message: session.connection_error(ticket, hresult, message),
    "getLastError": lambda ticket: session.last_error(ticket),
    "closeConnection": lambda ticket: session.close_connection(ticket),
    "getInteractiveURL": lambda wcTicket, sessionID: "",
    "interactiveRejected": lambda wcTicket, reason: "",
    "interactiveDone": lambda wcTicket: "Done",
}  # fmt: skip


@blueprint.post("")
@blueprint.post("/")
@needs("public")
def call() -> Response:
    """One SOAP call; a fault only when no method was recognised, otherwise always a typed answer."""
    try:
        asked = read_call(_body())
    except NotSoap as broken:
        return _xml(fault(broken.sentence), 500)
    except RequestEntityTooLarge:
        return _xml(fault("The request is too large."), 413)
    return _xml(answer(asked.method, _result(asked)))


def _body() -> bytes:
    """What was sent. An answer may be as large as the largest Estimate that we send, but only for an open session: strangers get
    no memory.
    """
    large = (request.content_length or 0) > current_app.config["MAX_CONTENT_LENGTH"]
    if large:
        request.max_content_length = current_app.config["QBWC_MAX_ANSWER"]
    head = request.stream.read(HEAD)
    if large and not session.is_open(ticket_in(head)):
        raise RequestEntityTooLarge
    return head + request.stream.read()


def _result(asked: Call) -> Any:
    try:
        return METHODS[asked.method](**asked.arguments)
    except Exception:
        log.exception("the door: %s failed", asked.method)
        return SAFE.get(asked.method, "")
    finally:
        db.session.rollback()


def _xml(body: bytes, status: int = 200) -> Response:
    return Response(body, status, content_type="text/xml; charset=utf-8")


@blueprint.get("")
@blueprint.get("/")
@needs("public")
def hello() -> Response:
    """What a person sees who opens the door's address in a browser."""
    return Response("This is the door for the QuickBooks Web Connector.\n", content_type="text/plain; charset=utf-8")


@blueprint.get("/support")
@needs("public")
def support() -> Response:
    """The page that the Web Connector checks before it accepts a .qwc file."""
    return Response("Countersign: ask your ERP administrator.\n", content_type="text/plain; charset=utf-8")
