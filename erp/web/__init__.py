"""The browser's side: blueprints that serve pages and HTMX partials, and the Web Connector's door."""

from flask import Flask

from erp.web import access, errors, headers, render


def install(app: Flask) -> None:
    """Register everything that answers a URL."""
    from erp.web import attachments, comments, mails, my_mail  # isort: split
    from erp.web import budgets, cost_codes, desk, inbox, items, job_costs, projects, session, settings, webconnector

    access.install(app)
    headers.install(app)
    errors.install(app)
    render.install(app)
    beside = (comments, attachments)
    about_mail = (mails, my_mail, inbox)
    for module in (session, job_costs, desk, items, projects, cost_codes, budgets, *beside, settings, *about_mail, webconnector):
        app.register_blueprint(module.blueprint)
    access.csrf.exempt(webconnector.blueprint)
