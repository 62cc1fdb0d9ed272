"""The conversation with Sage: lines for a file, and the judgement of what was read back. Pure."""

import json

from erp.connector import Ask, Failed, Outcome, Work
from erp.connectors.sage300 import jce, readback
from erp.connectors.sage300.check import check
from erp.connectors.sage300.entries import code, extra, travels
from erp.connectors.sage300.settings import Settings, read
from erp.connectors.sage300.text import Unwritable

PURPOSES = ("add", "mod")
NAMED = 10


def step(work: Work, answer: str | None) -> Outcome:
    """The lines of an item (`answer` None), or what a read-back says of it."""
    if work.purpose not in PURPOSES or work.kind not in jce.WRITERS:
        return Failed("internal", f"Sage is not asked for {work.purpose} of {work.kind}; lists are read back from files.")
    try:
        settings = read(work.settings)
        return _question(work, settings) if answer is None else readback.judge(work, answer, settings)
    except Unwritable as refused:
        return Failed("field", str(refused))


def _question(work: Work, settings: Settings) -> Outcome:
    if blocked := _blocked(work, settings):
        return blocked
    if reasons := check(work.kind, work.payload, work.choices, work.settings):
        return Failed("field", " ".join(reason.text for reason in reasons[:5]))
    lines = jce.lines(work, settings)
    if not lines:
        return Failed("field", "There is nothing to send: no line has an amount that Sage does not have.")
    return Ask(json.dumps([line.data() for line in lines], ensure_ascii=False, sort_keys=True), writes=True)


def _blocked(work: Work, settings: Settings) -> Failed | None:
    """The job, every code and every sub job must be in Sage; a job itself goes by file only where that is switched on."""
    if work.kind == "job":
        switched_off = "Jobs are keyed by hand in Sage: “Jobs by file” is switched off in the connection's settings."
        return None if settings.job_records else Failed("field", switched_off)
    if not work.refs.get("job"):
        return Failed("parent-missing", "The job is not in Sage yet.")
    if work.kind == "sub_job":
        return None
    dated = work.choices.get("date")
    return _unknown(work) if dated else Failed("field", "The accounting date is missing. Choose one at Accept.")


def _unknown(work: Work) -> Failed | None:
    lines = [line for line in work.payload["lines"] if travels(line)]
    codes = sorted({line["code"] for line in lines if not code(line, work.refs)})
    subs = sorted({line["sub_job"] for line in lines if line["sub_job_id"] is not None and not extra(line, work.refs)})
    for what, missing in (("cost codes", codes), ("sub jobs", subs)):
        if missing:
            more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
            return Failed("parent-missing", f"These {what} are not in Sage yet: {', '.join(missing[:NAMED])}{more}.")
    return None
