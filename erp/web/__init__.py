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
        bulk,
        comments,
        cost_codes,
        default_types,
        desk,
        differences,
        directory,
        health,
        how,
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
        sage_settings,
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
    documents = (projects, budgets, cost_codes, default_types, directory, comments, attachments)
    accounting = (
        desk,
        bulk,
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
        how,
        job_costs,
        accountant,
        differences,
        asking,
        webconnector,
    )
    for module in (health, session, account, people, my_mail, settings, sage_settings, mails, inbox, *documents, *accounting):
        app.register_blueprint(module.blueprint)
    access.csrf.exempt(webconnector.blueprint)
