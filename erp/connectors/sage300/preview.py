"""What Sage will see of each kind, for people; what cannot be written is said in a row."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from erp.connector import Work, code_within
from erp.connectors.sage300 import dates
from erp.connectors.sage300.entries import code, extra, travels
from erp.connectors.sage300.jce import CHANGES, ESTIMATE, Line, lines
from erp.connectors.sage300.settings import DEFAULT, Misconfigured, Settings, read
from erp.connectors.sage300.shapes import Shape
from erp.connectors.sage300.shown import Shown, not_yet
from erp.connectors.sage300.text import LONGEST, Cut, Unwritable, clean, cut

LATER = "chosen at Accept"
TITLES = {
    frozenset({ESTIMATE, CHANGES}): "Two files: the estimate, and approved changes to it",
    frozenset({ESTIMATE}): "One file: the estimate",
    frozenset({CHANGES}): "One file: approved changes to the estimate",
    frozenset(): "No file",
}  # fmt: skip


def preview(work: Work) -> dict[str, Any]:
    """What Sage will receive of an item; what cannot be written is said in a row."""
    try:
        settings, problem = read(work.settings), ""
    except Misconfigured as refused:
        settings, problem = DEFAULT, str(refused)
    shown = SHOWN[work.kind](work, settings)
    if problem:
        shown.rows.append(not_yet(problem))
    return shown.data()


def _budget(work: Work, settings: Settings) -> Shown:
    project, job = work.payload["project"], str(work.refs.get("job") or "")
    shown = Shown("", [("Job", f"{project['number']} {project['name']}", Cut(job or "not in Sage yet")),
                       ("Accounting date", "", Cut(_day(work, settings)))])  # fmt: skip
    _write(shown, _guessed(work, settings), settings)
    shown.title = TITLES[frozenset(line.file for line in shown.lines)]
    return shown


def _day(work: Work, settings: Settings) -> str:
    chosen = str(work.choices.get("date") or "")
    try:
        return dates.written(chosen, settings.date_format) if chosen else LATER
    except Unwritable:
        return chosen


def _guessed(work: Work, settings: Settings) -> Work:
    """The work with the codes that Sage will probably have, where it has none yet."""
    found = [line for line in work.payload.get("lines", ()) if travels(line)]
    codes = {str(line["code_id"]): code(line, work.refs) or _seen(settings.shapes["code"], line["code"]) for line in found}
    subs = {str(line["sub_job_id"]): extra(line, work.refs) or _seen(settings.shapes["extra"], line["sub_job"])
            for line in found if line["sub_job_id"] is not None}  # fmt: skip
    number = work.payload["project"]["number"]
    job = work.refs.get("job") or _seen(settings.shapes["job"], number)
    return replace(work, refs=work.refs | {"job": job, "codes": codes, "extras": subs})


def _seen(shape: Shape, ours: str) -> str:
    try:
        return shape.written(ours)
    except Unwritable:
        return clean(ours)


def _write(shown: Shown, work: Work, settings: Settings) -> None:
    """The files, or why they cannot be written."""
    try:
        shown.lines = lines(work, settings)
    except Unwritable as refused:
        shown.rows.append(not_yet(str(refused)))
        return
    heads = dict.fromkeys((_label(line), line.name) for line in shown.lines if line.record != "C")
    shown.rows += [(label, name.stays + name.off, name) for label, name in heads]
    shown.evidence = [settings.layouts[record].evidence for record in dict.fromkeys(line.record for line in shown.lines)]


def _label(line: Line) -> str:
    return f"Sub job {line.extra}" if line.record == "E" else "Job description"


def _sub_job(work: Work, settings: Settings) -> Shown:
    job = str(work.refs.get("job") or "")
    project = work.payload["project"]
    shown = Shown("An extra of the job", [("Job", f"{project['number']} {project['name']}", Cut(job or "not in Sage yet"))])
    number = _number(shown, "Sub job code", settings.shapes["extra"], work)
    if number:
        _write(shown, replace(work, refs=work.refs | {"job": job or _seen(settings.shapes["job"], project["number"])}), settings)
    return shown


def _number(shown: Shown, label: str, shape: Shape, work: Work, name: str = "number") -> str:
    """A row with the code that Sage will see, or with the reason why it cannot be."""
    ours = work.payload[name]
    try:
        number = code_within(str(work.refs.get("erp_id") or "")) or shape.written(ours)
    except Unwritable as refused:
        shown.rows.append((label, ours, Cut(str(refused))))
        return ""
    shown.rows.append((label, ours, Cut(number)))
    return number


def _job(work: Work, settings: Settings) -> Shown:
    shown = Shown("A job" if settings.job_records else "A job that a person keys into Sage")
    if _number(shown, "Job number", settings.shapes["job"], work) and settings.job_records:
        _write(shown, work, settings)
    else:
        shown.rows.append(("Job description", work.payload["name"], cut(clean(work.payload["name"]), LONGEST)))
    return shown


def _cost_code(work: Work, settings: Settings) -> Shown:
    shown = Shown("A standard cost code that a person keys into Sage")
    if not work.payload["is_division"]:
        _number(shown, "Cost code", settings.shapes["code"], work, "code")
    shown.rows.append(("Description", work.payload["name"], cut(clean(work.payload["name"]), LONGEST)))
    return shown


def _company(work: Work, settings: Settings) -> Shown:
    name = work.payload["name"]
    return Shown("A vendor that a person keys into Sage", [("Name", name, cut(clean(name), LONGEST))])


SHOWN: dict[str, Callable[[Work, Settings], Shown]] = {
    "budget": _budget, "sub_job": _sub_job, "job": _job, "cost_code": _cost_code, "company": _company,
}  # fmt: skip
