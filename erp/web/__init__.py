"""The browser's side: blueprints that serve pages and HTMX partials, and the Web Connector's door."""

from flask import Flask

from erp.web import access, errors, headers, render


def install(app: Flask) -> None:
    """Register everything that answers a URL."""
    from erp.web import budgets, cost_codes, desk, inbox, items, projects, session, settings, webconnector

    access.install(app)
    headers.install(app)
    errors.install(app)
    render.install(app)
    for module in (session, desk, items, projects, cost_codes, budgets, settings, inbox, webconnector):
        app.register_blueprint(module.blueprint)
    access.csrf.exempt(webconnector.blueprint)
