"""The browser's side: blueprints that serve pages and HTMX partials, and the Web Connector's door."""

from flask import Flask

from erp.web import access, errors, headers, render


def install(app: Flask) -> None:
    """Register everything that answers a URL."""
    from erp.web import accountant, attachments, comments, overview  # isort: split
    from erp.web import budgets, cost_codes, desk, inbox, items, job_costs, projects, session, settings, webconnector

    access.install(app)
    headers.install(app)
    errors.install(app)
    render.install(app)
    beside = (comments, attachments)
    overviews = (overview, accountant, job_costs)
    for module in (session, *overviews, desk, items, projects, cost_codes, budgets, *beside, settings, inbox, webconnector):
        app.register_blueprint(module.blueprint)
    access.csrf.exempt(webconnector.blueprint)
