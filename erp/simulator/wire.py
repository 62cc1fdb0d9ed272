"""Raw HTTP/1.1 to the web server, header by header."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from urllib.parse import urlsplit

TIMEOUT = 100.0


class Unreachable(Exception):
    """There is nobody at the other end, or the line broke."""


Answered = tuple[int, Mapping[str, str], bytes]


def post(url: str, headers: Mapping[str, str], body: bytes) -> Answered:
    """POST these bytes; returns status, headers and body."""
    return _exchange("POST", url, headers, body)


def get(url: str) -> Answered:
    """GET a page without following redirects."""
    return _exchange("GET", url, {"User-Agent": "QBWebConnector"}, b"")


def _exchange(method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answered:
    address = urlsplit(url)
    secure = address.scheme == "https"
    connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(address.netloc, timeout=TIMEOUT)
    try:
        connection.putrequest(method, _target(address.path, address.query), skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders(body or None)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    finally:
        connection.close()


def _target(path: str, query: str) -> str:
    return (path or "/") + (f"?{query}" if query else "")
