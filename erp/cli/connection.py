"""`flask connection …`: connections to accounting from the command line."""

from pathlib import Path

import click
from flask.cli import AppGroup

from erp import audit, connections
from erp.audit import System
from erp.connections import Connection
from erp.connector import CONNECTORS
from erp.connectors.quickbooks.setup import file_for, make, why_not_url
from erp.db import db, transaction

group = AppGroup("connection", help="Connections to accounting.")
SHELL = System("command line")


@group.command("create")
@click.argument("name")
@click.option("--kind", type=click.Choice(["quickbooks"]), default="quickbooks", show_default=True)
@click.option("--base-url", required=True, help="How the Windows machine reaches this server, https://… or http://localhost:…")
@click.option("--qwc", "path", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the .qwc file.")
def create(name: str, kind: str, base_url: str, path: Path | None) -> None:
    """Make a connection NAME; its password is printed once."""
    reason = why_not_url(base_url)
    if reason:
        raise click.ClickException(reason)
    if kind not in CONNECTORS:
        raise click.ClickException(f"{kind} is not known.")
    with transaction():
        connection, password = make(name, kind, base_url, SHELL)
    if path:
        path.write_text(file_for(connection), newline="")
    click.echo(f"Connection {connection.id}: {name}")
    click.echo(f"User name: {connection.username}")
    click.echo(f"Password: {password}")
    click.echo("The password is shown only now. Type it into the Web Connector when it asks.")


@group.command("password")
@click.argument("connection_id", type=int)
def password(connection_id: int) -> None:
    """Give a connection a new Web Connector password; the old one stops working."""
    connection = db.session.get(Connection, connection_id)
    if connection is None:
        raise click.ClickException(f"There is no connection {connection_id}.")
    with transaction():
        secret = connections.new_password(connection)
        audit.record(f"connection:{connection.id}", "password", SHELL)
    click.echo(f"Password: {secret}")


@group.command("list")
def everything() -> None:
    """All connections with their health."""
    for row in connections.every():
        seen = f"last seen {row.last_seen:%Y-%m-%d %H:%M} UTC" if row.last_seen else "never seen"
        click.echo(f"{row.id:4} {row.name:32} {row.kind:12} {row.username:24} {seen} {row.problem}")
