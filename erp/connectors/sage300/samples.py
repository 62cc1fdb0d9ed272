"""Real things of a connection to try its settings on: codes of the organisation, and the lines of a budget as files."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, func, select

from erp.connections import Connection
from erp.connector import Work
from erp.connectors.sage300.layouts import DEFAULTS
from erp.connectors.sage300.preview import preview
from erp.connectors.sage300.settings import NAME
from erp.db import db
from erp.documents.budget import Budget, BudgetLine
from erp.documents.cost_code import CostCode
from erp.documents.project import Project
from erp.documents.sub_job import SubJob
from erp.exchanges.claim import unsent
from erp.items import Item
from erp.kind import KINDS
from erp.states import State

MOST = 5_000
"""So many codes of the organisation are tried."""
LINES = 15
"""So many lines of a file are shown."""


def codes(connection: Connection) -> dict[str, list[str]]:
    """Our codes by the field of Sage that they become: jobs and sub jobs of this connection, cost codes of all."""
    asked = {"job": select(Project.number).where(Project.connection_id == connection.id).order_by(Project.id.desc()),
             "extra": select(SubJob.number).where(SubJob.project_id.in_(_projects(connection))).order_by(SubJob.id.desc()),
             "code": select(CostCode.code).where(CostCode.is_division.is_(False)).order_by(CostCode.code)}  # fmt: skip
    return {name: list(db.session.scalars(one.limit(MOST))) for name, one in asked.items()}


def _projects(connection: Connection) -> Select[Any]:
    return select(Project.id).where(Project.connection_id == connection.id)


def waiting(connection: Connection) -> int:
    """How many items are in Sage's hands now, written by the settings as they were."""
    asked = select(func.count(Item.id)).where(Item.connection_id == connection.id, Item.state == State.WAITING)
    return db.session.scalar(asked) or 0


@dataclass(frozen=True)
class Tried:
    """The files that an item would become: where it is from, its files as the preview has them, and why there are none."""

    of: str
    files: list[dict[str, Any]]
    problems: list[str]


def tried(connection: Connection, data: dict[str, Any]) -> list[Tried]:
    """The lines of a real budget under these settings, and a made-up one for the records that the real one lacks."""
    title, work = _real(connection)
    real = [_tried(title, replace(work, settings={NAME: data}))] if work else []
    there = {_record(text) for one in real for file in one.files for text in file["lines"]}
    wanted = set(DEFAULTS) - there - ({"*"} if not data["job_records"] else set())
    made_up = _tried("A made-up budget", replace(SAMPLE, settings={NAME: data}))
    left = [_only(file, wanted) for file in made_up.files]
    made_up = replace(made_up, files=[file for file in left if file["lines"]])
    return [*real, *([made_up] if made_up.files or not real else [])]


def _real(connection: Connection) -> tuple[str, Work | None]:
    """The newest budget that was sent there, else the newest of its projects that has lines."""
    sent = select(Item).where(Item.connection_id == connection.id, Item.kind == "budget", Item.snapshot_id.is_not(None))
    if item := db.session.scalar(sent.order_by(Item.sent_at.desc(), Item.id.desc()).limit(1)):
        return item.title, unsent(item)
    lined = select(BudgetLine.id).where(BudgetLine.budget_id == Budget.id, BudgetLine.deleted.is_(False)).exists()
    asked = select(Budget).where(Budget.project_id.in_(_projects(connection)), lined)
    if found := db.session.scalar(asked.order_by(Budget.id.desc()).limit(1)):
        return f"{found.project.name} budget, not sent yet", Work("add", "budget", KINDS["budget"].snapshot(found), "", "")
    return "", None


def _tried(of: str, work: Work) -> Tried:
    shown = preview(work)
    return Tried(of, shown["files"], [sent for label, _, sent in shown["rows"] if label == "Cannot be written yet"])


def _only(file: dict[str, Any], records: Iterable[str]) -> dict[str, Any]:
    return {**file, "lines": [text for text in file["lines"] if _record(text) in records]}


def _record(text: str) -> str:
    return text.partition(",")[0]


def _line(key: int, code: str, name: str, cents: int, **sub: Any) -> dict[str, Any]:
    line = {"line": key, "code_id": key, "code": code, "code_name": name, "code_short": "", "type": "S",
            "type_name": "Subcontract", "original": cents, "changes": 0, "send": cents, "send_original": cents}  # fmt: skip
    return line | {"sub_job_id": None, "sub_job": "", "sub_job_name": ""} | sub


SAMPLE = Work("add", "budget", {
    "number": "1", "date": "2026-01-31", "project": {"id": 0, "number": "1", "name": "Made-up job"},
    "lines": [_line(1, "1", 'Pipe 12" in trench, bedding and backfill included', 1_234_550),
              _line(2, "2", "Credit for salvaged pipe", -98_765, sub_job_id=1, sub_job="SW", sub_job_name="Sewer work")],
}, "", "", choices={"date": "2026-01-31"},
    refs={"job": "25-1361", "codes": {"1": "33-3100", "2": "33-3110"}, "extras": {"1": "25-1361|SW"}})  # fmt: skip
"""A job, a sub job and two cost codes that are in Sage already, whatever the masks are."""
