"""`flask backup`, `restore`, `restored`, `differences` and `check-invariants`: what operators do with the data."""

from pathlib import Path

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext

from erp import connections, invariants
from erp.audit import System
from erp.cli import dumps
from erp.db import db, now, transaction
from erp.exchanges import epoch, restores, restoring
from erp.reports import differences as report

SHELL = System("command line")
FILE = click.Path(dir_okay=False, path_type=Path)
YES = click.option("--yes", is_flag=True, help="Yes, I know what this does.")


@click.command("backup")
@click.argument("file", type=FILE, required=False)
@with_appcontext
def backup(file: Path | None) -> None:
    """Copy the database to FILE while everything runs on; its sha256 is printed."""
    suffix = "db" if dumps.is_sqlite() else "dump"
    target = file or Path(f"countersign-{now():%Y%m%d-%H%M%S}.{suffix}")
    try:
        found = dumps.write(target)
    except dumps.Refused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"{found}  {target}")


@click.command("restore")
@click.argument("file", type=FILE)
@YES
@with_appcontext
def restore(file: Path, yes: bool) -> None:
    """Put the database back to the backup FILE; afterwards everything looks in accounting before it writes."""
    if not yes:
        raise click.ClickException("Everything since the backup is lost here (not in accounting). Say --yes if you mean it.")
    if not file.is_file():
        raise click.ClickException(f"There is no file {file}.")
    try:
        if dumps.is_sqlite():
            dumps.check(file)
        with dumps.standing_still(), dumps.in_place(file) as aside:
            flask_migrate.upgrade(directory=current_app.extensions["migrate"].directory)
            mark(SHELL)
    except dumps.Refused as refused:
        raise click.ClickException(str(refused)) from None
    except (Exception, SystemExit) as failed:
        raise click.ClickException(f"The restore failed{TAKEN_BACK[dumps.is_sqlite()]}: {failed!r}") from failed
    click.echo(f"Restored from {file}." + (f" What stood there is kept as {aside.name}." if aside else ""))
    click.echo(AFTER)


TAKEN_BACK = {True: " and was taken back", False: "; drop that database and begin with an empty one"}
AFTER = ("Start Countersign. Until the Web Connector has read all lists nothing is written to accounting, and everything is "
         "looked up there before it is written. Then see: flask differences")  # fmt: skip


@click.command("restored")
@YES
@with_appcontext
def restored(yes: bool) -> None:
    """Say that the database was put back to an older state by other means."""
    if not yes:
        raise click.ClickException(
            "From now on everything is looked up in accounting before it is written. Say --yes if you mean it."
        )
    mark(SHELL)
    click.echo(AFTER)


def mark(actor: System) -> None:
    """Every connection begins a new epoch, in the database and in the file beside it."""
    for row in connections.every():
        with transaction():
            key, begun = row.id, restoring.begin(row, actor).epoch
        epoch.keep(key, begun, "")


@click.command("differences")
@with_appcontext
def differences() -> None:
    """What accounting has with our markers and these data do not know, and what they miss there; status 1 if anything."""
    several = 0
    for row in connections.every():
        found = report.of(row)
        several += len(found.unknown) + len(found.ahead) + len(found.missing)
        click.echo(f"{row.title}: {found.sentence}")
        for sighting in found.unknown:
            click.echo(f"  not known here: {sighting.name} ({sighting.marker or sighting.guid})")
        for sighting, item in found.ahead:
            click.echo(f"  is {item.state} here and there already: {sighting.name} ({sighting.marker})")
        for item in found.missing:
            click.echo(f"  in accounting by these data, but not seen there: {item.kind} {item.number} {item.erp_name}")
        if restores.unread(row):
            click.echo(f"  {restores.sentence(row)}")
    raise SystemExit(1 if several else 0)


@click.command("read-markers")
@with_appcontext
def read_markers() -> None:
    """Read at the next visit of the Web Connector what accounting has with our markers."""
    with transaction():
        n = sum(restoring.read_markers(row) for row in connections.every())
    click.echo(f"{n} readings queued; see flask differences when the Web Connector was here.")


@click.command("check-invariants")
@click.option("--thorough", is_flag=True, help="Read every hash, right and message again, too.")
@with_appcontext
def check_invariants(thorough: bool) -> None:
    """Check what must be true at every moment; status 1 if something is not."""
    found = invariants.broken(thorough=thorough)
    for one in found:
        click.echo(f"{one.name}: {one.sentence} ({', '.join(one.ids)})")
    click.echo(
        f"{len(found)} broken." if found else f"All {len(invariants.NAMES) if thorough else len(invariants.INVARIANTS)} hold."
    )
    db.session.rollback()
    raise SystemExit(1 if found else 0)


COMMANDS = (backup, restore, restored, differences, read_markers, check_invariants)
