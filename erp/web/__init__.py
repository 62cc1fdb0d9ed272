"""The browser's side: blueprints that serve pages and HTMX partials, and the Web Connector's door."""

from flask import Flask

from erp.web import access, errors, headers, render, static


def install(app: Flask) -> None:
    """Register everything that answers a URL."""
    from erp.web import (
        account,
        accountant,
        additions,
        asking,
        attachments,
        batches,
        budgets,
        comments,
        cost_codes,
        desk,
        differences,
        directory,
        health,
        inbox,
        items,
        job_costs,
        keying,
        mails,
        my_mail,
        overview,
        people,
        projects,
        readback,
        records,
        session,
        settings,
        unknown,
        unlinking,
        verify,
        webconnector,
    )

    access.install(app)
    headers.install(app)
    errors.install(app)
    render.install(app)
    static.install(app)
    documents = (projects, budgets, cost_codes, directory, comments, attachments)
    accounting = (
        desk,
        records,
        additions,
        items,
        keying,
        readback,
        batches,
        unknown,
        unlinking,
        verify,
        overview,
        job_costs,
        accountant,
        differences,
        asking,
        webconnector,
    )
    for module in (health, session, account, people, my_mail, settings, mails, inbox, *documents, *accounting):
        app.register_blueprint(module.blueprint)
    access.csrf.exempt(webconnector.blueprint)
