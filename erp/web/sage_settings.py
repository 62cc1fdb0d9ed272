"""The settings of a connection to Sage: shapes of codes, categories, dates, layouts; shown on real codes and a real budget."""

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from erp.connections import Connection
from erp.connectors.sage300 import dates, samples, saving, seen, settings, shapes
from erp.connectors.sage300.dropping import why_not_folder
from erp.connectors.sage300.layouts import CHANGED, DEFAULTS, EVIDENCE
from erp.connectors.sage300.saving import SavedMeanwhile
from erp.connectors.sage300.settings import Misconfigured
from erp.db import db, transaction
from erp.web import sage_form
from erp.web.access import needs
from erp.web.render import is_htmx

blueprint = Blueprint("sage_settings", __name__, url_prefix="/settings/connections/<int:connection_id>/sage")
RECORDS = {"C": "Cost: one line of a budget", "E": "Extra: a sub job", "*": "Job, only where jobs go by file"}
WORDS: dict[str, Any] = {
    "limits": shapes.LIMITS, "meaning": shapes.MEANING, "signs": {"-": "-", ".": ".", "/": "/", "_": "_", " ": "space"},
    "own_date": dates.SAGES, "cost_types": settings.COST_TYPES, "records": RECORDS, "evidence": EVIDENCE, "changed": CHANGED,
    "defaults": DEFAULTS, "rows": sage_form.rows, "addable": sage_form.addable, "most": samples.LINES,
}  # fmt: skip
"""What the templates know of Sage."""


@dataclass
class Page:
    """What the page shows: the data typed or saved, its problems by field, and what somebody else saved meanwhile."""

    connection: Connection
    data: dict[str, Any]
    shown: str
    problems: dict[str, str] = field(default_factory=dict)
    tries: dict[str, str] = field(default_factory=dict)
    stale: str = ""
    now: dict[str, str] = field(default_factory=dict)
    edited: tuple[str, int] = ("", 0)

    def context(self) -> dict[str, Any]:
        """For the templates."""
        return WORDS | {
            "page": self, "connection": self.connection, "looks": self._looks(), "tried": self._tried(),
            "past": saving.past(self.connection), "no_folder": self._no_folder(),
            "waiting": samples.waiting(self.connection),
        }  # fmt: skip

    def _no_folder(self) -> str:
        return "" if "drop_folder" in self.problems else why_not_folder(self.data["drop_folder"])

    def _looks(self) -> dict[str, seen.Look]:
        """What Sage will see, by field; nothing of a shape that is wrong itself."""
        ours = samples.codes(self.connection) | {"category": [one for one in self.data["categories"].values() if one]}
        known = {name: settings.shape_of(name, self.data) for name in shapes.LIMITS if f"shapes.{name}" not in self.problems}
        return {name: seen.look(shape, ours[name], self.tries.get(name, "")) for name, shape in known.items()}

    def _tried(self) -> list[samples.Tried]:
        return [] if self.problems else samples.tried(self.connection, self.data)


@blueprint.get("")
@needs("configure", "connection")
def page(connection_id: int) -> str:
    """The settings as they are."""
    connection = _connection(connection_id)
    return _whole(Page(connection, settings.shown(connection.settings), saving.fingerprint(connection),
                       settings.why_not(connection.settings)))  # fmt: skip


@blueprint.post("")
@needs("configure", "connection")
def save(connection_id: int) -> Any:
    """Keep what was typed, or show each problem at its field."""
    page = _typed(connection_id)
    try:
        with transaction():
            changed = saving.save(connection_id, page.data, page.shown, current_user)
    except Misconfigured as refused:
        page.problems = refused.problems
        return _whole(page), 422
    except SavedMeanwhile as stale:
        page.stale, page.now, page.shown = str(stale), stale.now, saving.fingerprint(page.connection)
        return _whole(page), 409
    flash("The settings were saved." if changed else "Nothing was different; nothing was changed.", "good" if changed else "info")
    return redirect(url_for(".page", connection_id=connection_id), 303)


@blueprint.post("/preview")
@needs("configure", "connection")
def preview(connection_id: int) -> str:
    """What was typed, shown on real codes and a real budget, and perhaps a layout edited; nothing is saved."""
    page = _typed(connection_id)
    page.edited = sage_form.edited(page.data, request.form)
    page.problems = settings.why_not({settings.NAME: page.data})
    return render_template("settings/sage/_live.html", **page.context()) if is_htmx() else _whole(page)


def _typed(connection_id: int) -> Page:
    connection = _connection(connection_id)
    return Page(connection, sage_form.typed(request.form), request.form.get("shown", ""), tries=sage_form.tries(request.form))


def _connection(connection_id: int) -> Connection:
    """The connection; 404 for one to another system."""
    found = db.session.get_one(Connection, connection_id)
    return found if found.kind == "sage300" else abort(404)


def _whole(page: Page) -> str:
    return render_template("settings/sage/page.html", **page.context())
