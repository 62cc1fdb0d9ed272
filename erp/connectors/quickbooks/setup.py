"""Setting up a connection to a company file: its rows, its .qwc file, and the address the Web Connector takes."""

from urllib.parse import urlsplit

from erp import audit, connections
from erp.audit import Actor
from erp.connections import Connection
from erp.connectors.quickbooks.qwc import qwc
from erp.exchanges.refresh import refresh


def make(name: str, kind: str, base_url: str, actor: Actor) -> tuple[Connection, str]:
    """A connection whose lists are read at the first contact, and its password in clear."""
    connection, password = connections.create(name, kind, base_url)
    refresh(connection)
    audit.record(f"connection:{connection.id}", "create", actor)
    return connection, password


def file_for(connection: Connection, minutes: int = 5) -> str:
    """The .qwc file of a connection."""
    return qwc(base_url=connection.base_url, username=connection.username, file_id=connection.file_id, name=connection.name,
               minutes=minutes)  # fmt: skip


def why_not_url(base_url: str) -> str:
    """Why the Web Connector would refuse an address; empty when it takes it."""
    try:
        parts = urlsplit(base_url)
    except ValueError:
        return "Write the address with https:// and a host name."
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        return "Write the address with https:// and a host name."
    if parts.scheme == "http" and host != "localhost" and "." in host:
        return "The Web Connector takes http only for localhost or a machine name of the local network. Use https."
    if host.replace(".", "").isdigit() or ":" in host:
        return "The Web Connector wants a host name, not an IP address."
    return ""
