"""Commands for the people who run it: `flask --app app …`."""

from flask import Flask

from erp.cli import backup, connection, demo, user


def install(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(user.group)
    app.cli.add_command(connection.group)
    app.cli.add_command(demo.command)
    for command in backup.COMMANDS:
        app.cli.add_command(command)
    app.config["DEMO_LOGINS"] = demo.LOGINS if app.config["ERP_DEMO"] else []
