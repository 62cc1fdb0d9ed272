"""A client generated from Intuit's WSDL talks to a live server on loopback."""

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import waitress.server

from erp.connectors.quickbooks.facts import OWNER_ID
from erp.db import db
from erp.simulator.connector import HCP
from tests.house import PASSWORD, House
from tests.unit.connectors.quickbooks.messages import FOLDER

WSDL = FOLDER / "QBWebConnectorSvc.wsdl"
pytestmark = pytest.mark.skipif(not WSDL.is_file(), reason=f"{WSDL} is not there; set QBXML_XSD_DIR")


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """Where the product is being served."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = waitress.server.create_server(house.app, sockets=[listener], threads=1, asyncore_loop_timeout=0.1)
    serving = threading.Thread(target=lambda: serve(server), daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.task_dispatcher.shutdown()
    for channel in list(server._map.values()):
        channel.close()
    serving.join(5)
    assert not serving.is_alive()


def serve(server: Any) -> None:
    """Until its sockets are closed under it."""
    with contextlib.suppress(OSError):
        server.run()


@pytest.fixture
def service(address: str) -> Any:
    """The eight methods as the WSDL describes them."""
    zeep = pytest.importorskip("zeep")
    logging.getLogger("zeep").setLevel(logging.WARNING)
    client = zeep.Client(str(WSDL))
    return client.create_service("{http://developer.intuit.com/}QBWebConnectorSvcSoap", f"{address}/qbwc")


def user(house: House) -> str:
    """The connection's user name; the transaction that read it ends, or the server would wait for it."""
    name = house.connection.username
    db.session.rollback()
    return name


def test_a_whole_session(house: House, service: Any) -> None:
    item, name = house.exported_job(), user(house)
    house.company.begin_session()
    assert service.clientVersion("2.3.0.215") in ("", None)
    ticket, file, *rest = service.authenticate(name, PASSWORD)
    assert (len(ticket), file or "", len(rest)) == (32, "", 2)
    hcp, percent = house.company.process(HCP.format(owner=OWNER_ID)), 0
    while percent < 100:
        request = service.sendRequestXML(ticket, hcp, "C:\\books.qbw", "US", 16, 0)
        percent = service.receiveResponseXML(ticket, house.company.process(request), "", "")
        hcp = ""
    assert percent == 100
    assert "Nothing is lost" in service.getLastError(ticket)
    assert service.closeConnection(ticket) == "OK"
    assert item.state == "Synced"


def test_a_wrong_password(house: House, service: Any) -> None:
    ticket, verdict, *_ = service.authenticate(user(house), "wrong")
    assert (ticket or "", verdict) == ("", "nvu")


def test_a_file_that_cannot_be_opened(house: House, service: Any) -> None:
    house.exported_job()
    ticket, *_ = service.authenticate(user(house), PASSWORD)
    assert service.connectionError(ticket, "0x80040414", "A dialog is open.") == "done"
    assert "Close it." in service.getLastError(ticket)


def test_nothing_to_do(house: House, service: Any) -> None:
    ticket, verdict, *_ = service.authenticate(user(house), PASSWORD)
    assert (ticket or "", verdict) == ("", "none")


def test_seventeen_megabytes_over_a_real_connection(address: str) -> None:
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"POST /qbwc HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: {17 * 2**20}\r\n"
                           "Expect: 100-continue\r\n\r\n".encode())  # fmt: skip
        answered = b""
        for _ in range(17):
            try:
                connection.sendall(b"x" * 2**20)
            except OSError:
                break
        connection.settimeout(10)
        while b"\r\n\r\n" not in answered.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b""):
            answered += connection.recv(65536)
    assert b" 413 " in answered.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b"").partition(b"\r\n")[0]
