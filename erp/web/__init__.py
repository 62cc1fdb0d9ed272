"""The browser's side: blueprints that serve pages and HTMX partials, and the Web Connector's door."""

from importlib import import_module

from flask import Flask

from erp.web import access, errors, headers, render, static

ROOMS = {
    "people": "health session account people my_mail settings sage_settings mails inbox",
    "documents": "projects budgets cost_codes default_types directory comments attachments",
    "accounting": "desk bulk records additions items keying readback batches unknown unlinking verify overview how job_costs "
                  "accountant differences asking webconnector",
}  # fmt: skip
"""The modules with a blueprint, in the order in which they are registered."""


def install(app: Flask) -> None:
    """Register everything that answers a URL."""
    for part in (access, headers, errors, render, static):
        part.install(app)
    for names in ROOMS.values():
        for name in names.split():
            app.register_blueprint(import_module(f"erp.web.{name}").blueprint)
    access.csrf.exempt(app.blueprints["webconnector"])
