"""Budgets, sub jobs and jobs as their snapshots have them, and the two real schedules of values."""

import csv
import json
from pathlib import Path
from typing import Any

from erp.connector import Ask, Work
from erp.connectors.sage300 import jce
from erp.connectors.sage300.names import shorten
from erp.connectors.sage300.step import step
from tests.sage_reader import Sage

HERE = Path(__file__).parent
FIXTURES = HERE.parents[2] / "fixtures"
PROJECT = {"id": 1, "number": "25-1361", "name": "Pier 9 Sewer Renewal and Street Reconstruction"}
JOB = "25-1361"
TYPES = {"L": "Labor", "M": "Material", "E": "Equipment", "S": "Subcontract", "O": "Other"}
SUBS = {"R": (71, "R", "Roadway, drainage and traffic signal work"), "SW": (72, "SW", "Sewer work")}
DIVISION = {"G": "01", "R": "32", "SW": "33", "CO": "90"}


def line(
    key: int, original: int, changes: int = 0, *, type: str = "S", name: str = "", sub: str = "", **other: Any
) -> dict[str, Any]:
    """A line of a budget in its first send, amounts in cents; `sub` is a key of SUBS."""
    number, code, title = SUBS.get(sub, (None, "", ""))
    return {
        "line": key, "code_id": key, "code": f"X-{key}", "code_name": name or f"Item {key}", "code_short": "", "type": type,
        "type_name": TYPES[type], "description": "whatever", "original": original, "changes": changes,
        "revised": original + changes, "send": original + changes, "send_original": original, "sub_job_id": number, "sub_job": code,
        "sub_job_name": title,
    } | other  # fmt: skip


def budget(*lines: dict[str, Any], purpose: str = "add", **other: Any) -> Work:
    """A budget on the job in Sage; code 7 of ours is 10-0007 there."""
    payload = {
        "number": "25-1361-B",
        "project": PROJECT,
        "lines": list(lines),
        "entries": [],
        "date": "2026-11-23",
        "changes_only": False,
    }
    codes = {str(one["code_id"]): f"10-{one['code_id']:04d}" for one in lines}
    refs = {"job": JOB, "job_name": JOB, "codes": codes, "extras": {str(key): f"{JOB}|{code}" for key, code, _ in SUBS.values()}}
    return Work(purpose, "budget", payload, "CS-7K3QF2M9XW4T", "", **({"choices": {"date": "2026-11-23"}, "refs": refs} | other))


SUB_JOB = Work("add", "sub_job", {"number": "SW", "name": "Sewer work", "project": PROJECT}, "CS-1", "", refs={"job": JOB})
A_JOB = Work("add", "job", {"name": PROJECT["name"], "number": JOB, "wished_customer": "", "street": "9 Pier Road", "street2": "",
                            "city": "Bayview", "region": "CA", "postal_code": "94111"}, "CS-2", "",
             settings={"sage300": {"job_records": True}})  # fmt: skip


def schedule(contract: str, *, subs: bool = False, short: bool = True) -> Work:
    """A real schedule of values; lines of change orders are budget changes. `short`: colliding names have short ones."""
    rows = list(csv.DictReader((FIXTURES / f"sf_{contract}_sov.csv").read_text().splitlines()))
    made = [_real(key, row, subs) for key, row in enumerate(rows, 1)]
    names = shorten([(one["code"], one["code_name"]) for one in made]) if short else {}
    lines = [one | {"code_short": names.get(one["code"], "")} for one in made]
    codes = {str(one["line"]): f"{DIVISION[one['of']]}-{one['line']:04d}" for one in lines}
    work = budget(*lines)
    return budget(*lines, refs=work.refs | {"codes": codes})


def _real(key: int, row: dict[str, str], subs: bool) -> dict[str, Any]:
    of = row["bid_item"].strip().partition("-")[0] or "R"
    cents = round(float(row["amount"]) * 100)
    original, changes = (0, cents) if of == "CO" else (cents, 0)
    made = line(key, original, changes, name=row["description"], sub=of if subs else "", of=of)
    return made | {"code": row["bid_item"].strip() or f"R-{key}"}


def told(work: Work) -> list[dict[str, Any]]:
    """The lines that the first question of the conversation hands out."""
    out = step(work, None)
    assert isinstance(out, Ask), out
    assert out.writes
    return list(json.loads(out.body))


def files(work: Work) -> dict[str, bytes]:
    """The bytes of the files of an item."""
    lines = told(work)
    return {
        name: jce.encoded(one["text"] for one in lines if one["file"] == name)
        for name in dict.fromkeys(one["file"] for one in lines)
    }


def sage(work: Work) -> Sage:
    """A Sage that knows the job, its codes and the categories of the defaults."""
    return Sage(work.refs["job"], set(work.refs["codes"].values()), set("LMESO"))


def posted(into: Sage, work: Work) -> Sage:
    """The same Sage after a person imported and posted the files of a work."""
    for name, data in files(work).items():
        into.take(data, approved_change=name == jce.CHANGES)
    into.post()
    return into
