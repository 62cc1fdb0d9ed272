"""For the machines around it: is this process alive, and the figures for monitoring. Both without a login."""

from collections.abc import Iterable
from itertools import groupby
from secrets import compare_digest

from flask import Blueprint, Response, abort, current_app, request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from erp import doorbell
from erp.db import db
from erp.reports.figures import Figure, figures
from erp.web.access import needs

blueprint = Blueprint("health", __name__)
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


@blueprint.get("/healthz")
@needs("public")
def live() -> Response:
    """Whether the process is up and its database answers (503 if not). A Redis that is away is named and no reason to stop."""
    database = _database_answers()
    said = f"database {'ok' if database else 'does not answer'}\nredis {doorbell.state()}\n"
    return Response(said, 200 if database else 503, content_type="text/plain; charset=utf-8")


@blueprint.get("/metrics")
@needs("public")
def metrics() -> Response:
    """The figures in the text format of Prometheus for whoever shows METRICS_TOKEN; without the setting there is no such page."""
    token = current_app.config["METRICS_TOKEN"]
    if not token:
        abort(404)
    if not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return Response("Send the header “Authorization: Bearer” with METRICS_TOKEN.\n", 401, {"WWW-Authenticate": "Bearer"})
    return Response(written(figures()), content_type=PROMETHEUS)


def written(shown: Iterable[Figure]) -> str:
    """The text format: the samples of a name together, below what the name means."""
    lines: list[str] = []
    for name, samples in groupby(sorted(shown, key=lambda figure: figure.name), key=lambda figure: figure.name):
        together = list(samples)
        lines += [f"# HELP {name} {together[0].help}", f"# TYPE {name} gauge", *map(_line, together)]
    return "\n".join(lines) + "\n"


def _line(figure: Figure) -> str:
    labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in figure.labels.items())
    return f"{figure.name}{{{labels}}} {figure.value}" if labels else f"{figure.name} {figure.value}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _database_answers() -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return True
