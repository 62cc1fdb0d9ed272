"""`flask connection …`: connections to accounting from the command line."""

from pathlib import Path

import click
from flask.cli import AppGroup

from erp import audit, connections
from erp.audit import System
from erp.connections import Connection
from erp.connector import CONNECTORS, Connector
from erp.connectors.quickbooks.setup import file_for, make, why_not_url
from erp.db import db, transaction

group = AppGroup("connection", help="Connections to accounting.")
SHELL = System("command line")


@group.command("create")
@click.argument("name")
@click.option("--kind", type=click.Choice(["quickbooks", "sage300"]), default="quickbooks", show_default=True)
@click.option("--base-url", default="", help="For QuickBooks: how Windows reaches us, https://… or http://localhost:…")
@click.option("--qwc", "path", type=click.Path(dir_okay=False, path_type=Path), help="For QuickBooks: where its file goes.")
def create(name: str, kind: str, base_url: str, path: Path | None) -> None:
    """Make a connection NAME; the password of one to QuickBooks is printed once."""
    system = CONNECTORS[kind]
    if reason := _why_not(system, base_url, path):
        raise click.ClickException(reason)
    with transaction():
        connection, password = make(name, kind, base_url, SHELL)
    if path:
        path.write_text(file_for(connection), newline="")
    click.echo(f"Connection {connection.id}: {name}")
    if system.calls:
        click.echo(f"User name: {connection.username}")
        click.echo(f"Password: {password}")
        click.echo("The password is shown only now. Type it into the Web Connector when it asks.")
    else:
        click.echo(f"{system.title} takes files and needs no password. Its settings stand under Settings, Connections.")
        click.echo(f"Its lists are to be read back first. {system.unread}")


def _why_not(system: Connector, base_url: str, path: Path | None) -> str:
    """Why a connection cannot be made like this; one that never calls needs no address, and has no file."""
    if not system.calls and path:
        return f"{system.title} has no .qwc file. Leave out --qwc."
    return why_not_url(base_url) if system.calls or base_url else ""


@group.command("password")
@click.argument("connection_id", type=int)
def password(connection_id: int) -> None:
    """Give a connection a new Web Connector password; the old one stops working."""
    connection = db.session.get(Connection, connection_id)
    if connection is None:
        raise click.ClickException(f"There is no connection {connection_id}.")
    if not connection.connector.calls:
        raise click.ClickException(f"{connection.title} never calls; it needs no password.")
    with transaction():
        secret = connections.new_password(connection)
        audit.record(f"connection:{connection.id}", "password", SHELL)
    click.echo(f"Password: {secret}")


@group.command("list")
def everything() -> None:
    """All connections with their health."""
    for row in connections.every():
        never = "never seen" if row.connector.calls else "by file"
        seen = f"last seen {row.last_seen:%Y-%m-%d %H:%M} UTC" if row.last_seen else never
        click.echo(f"{row.id:4} {row.name:32} {row.kind:12} {row.username:24} {seen} {row.problem}")
