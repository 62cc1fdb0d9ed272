"""Default Cost Types: a grid of codes and types, saved at each click."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from erp.db import db, transaction
from erp.documents import default_types
from erp.documents.cost_code import COST_TYPES, CodeRefused, CostCode
from erp.documents.cost_code_list import listing
from erp.documents.words import counted
from erp.web.access import needs
from erp.web.forms import MOST_KEY
from erp.web.render import is_htmx

blueprint = Blueprint("default_types", __name__, url_prefix="/cost-codes/default-types")
A_PAGE = 100
ALL = "all"


@blueprint.get("")
@needs("default_cost_types")
def grid() -> str:
    """The codes of a page with their types."""
    return render_template("cost_codes/default_types.html", **_shown())


def _shown() -> dict[str, Any]:
    words, page = request.values.get("q", "").strip(), request.values.get("page", 1, int)
    found = listing(words, page, A_PAGE)
    return {"listing": found, "q": words, "types": COST_TYPES, "letters": default_types.of([code.id for code in found.codes]),
            "full": default_types.full(words)}  # fmt: skip


@blueprint.post("")
@needs("default_cost_types")
def choose() -> Any:
    """Give a type to a code or to every one shown, or take it: `set` is such as 12:L:1, all:L:0."""
    which, letter, on = _asked()
    try:
        with transaction():
            code = _choose(which, letter, on)
    except CodeRefused as refused:
        db.session.rollback()
        flash(refused.sentence, "warning")
        code = None
    if is_htmx():
        return render_template("cost_codes/_types_changed.html", code=code, **_shown())
    return redirect(url_for(".grid", q=request.form.get("q") or None, page=request.form.get("page", type=int)), 303)


def _asked() -> tuple[str, str, bool]:
    which, letter, on = (*request.form.get("set", "").split(":"), "", "", "")[:3]
    return which, letter, on == "1"


def _choose(which: str, letter: str, on: bool) -> CostCode | None:
    if which == ALL:
        changed = default_types.choose_all(letter, on, current_user, request.form.get("q", "").strip())
        flash(f"{counted(changed, 'cost code')} {'now' if on else 'no longer'} with {COST_TYPES[letter]}.", "good")
        return None
    known = which.isdecimal() and len(which) < 11 and int(which) <= MOST_KEY
    code = db.session.get(CostCode, int(which)) if known else None
    default_types.choose(code or abort(404), letter, on, current_user)
    return code
