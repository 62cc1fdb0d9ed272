"""The lines of .jce files: each exactly as it will stand in the file, with what people must know of it."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from erp.connector import Work, code_within
from erp.connectors.sage300 import dates
from erp.connectors.sage300.entries import Entry, entries, extra, travels
from erp.connectors.sage300.rows import row
from erp.connectors.sage300.settings import Settings
from erp.connectors.sage300.text import Cut, clean, cut

ESTIMATE, CHANGES = "estimate", "estimate_changes"
BOX = "Import as an Approved Estimate Change"
TICKS = {ESTIMATE: f"Leave the box “{BOX}” empty.", CHANGES: f"Tick the box “{BOX}”."}
"""What a person does with the box in Sage's import window, by file."""


@dataclass(frozen=True)
class Line:
    """One line of a file; `text` has no line end, `amount` is in minor units, `name` shows what is cut off."""

    file: str
    record: str
    text: str
    job: str
    extra: str = ""
    code: str = ""
    category: str = ""
    amount: int = 0
    name: Cut = Cut("")

    def data(self) -> dict[str, Any]:
        """As the message of the exchange keeps it."""
        return {name: value for name, value in asdict(self).items() if name != "name"}


def lines(work: Work, settings: Settings) -> list[Line]:
    """The lines of a budget, a sub job or a job. Raises Unwritable."""
    return WRITERS[work.kind](work, settings)


def file_name(number: int, file: str) -> str:
    """The name of a file of a batch: 000012_estimate.jce."""
    return f"{number:06d}_{file}.jce"


def encoded(texts: Iterable[str]) -> bytes:
    """The bytes of a file from the texts of its lines."""
    return "".join(f"{text}\r\n" for text in texts).encode("cp1252")


def job_number(work: Work, settings: Settings) -> str:
    """The number of the item's job in Sage: the one it has there, else ours in the shape of Sage."""
    return str(work.refs.get("erp_id") or "") or settings.shapes["job"].written(work.payload["number"])


def extra_number(work: Work, settings: Settings) -> str:
    """The extra of a sub job in Sage: the one it has there, else ours in the shape of Sage."""
    return code_within(str(work.refs.get("erp_id") or "")) or settings.shapes["extra"].written(work.payload["number"])


def name_there(work: Work, settings: Settings) -> str:
    """What stays of the name of a job or a sub job in its own line, which is the last; empty when its layout has no name."""
    return lines(work, settings)[-1].name.stays


def short_name(line: dict[str, Any]) -> str:
    """What Sage gets as the name of a line's cost code: its short name, else its title."""
    return str(line.get("code_short") or line["code_name"])


def _budget(work: Work, settings: Settings) -> list[Line]:
    found = list(entries(work.payload, work.refs, settings))
    estimate = [
        *_new_extras(work, found, settings),
        *(_cost(work, settings, ESTIMATE, one, one.original) for one in found if one.original),
    ]
    changes = [_cost(work, settings, CHANGES, one, one.changes) for one in found if one.changes]
    project = work.payload["project"]
    return [
        *_headed(work.refs["job"], project["name"], settings, estimate),
        *_headed(work.refs["job"], project["name"], settings, changes),
    ]


def _new_extras(work: Work, found: list[Entry], settings: Settings) -> list[Line]:
    """An E for each sub job that no earlier send carried."""
    known = {extra(line, work.refs) for _, payload in work.before for line in payload["lines"] if travels(line)} | {""}
    fresh = {one.place[0]: one.line for one in found if one.place[0] not in known}
    return [_extra(work.refs["job"], number, line["sub_job"], line["sub_job_name"], settings) for number, line in fresh.items()]


def _cost(work: Work, settings: Settings, file: str, entry: Entry, minor: int) -> Line:
    layout, line, (number, code, category) = settings.layouts["C"], entry.line, entry.place
    values = {"cost_code": code, "cost_code_description": short_name(line), "category": category, "extra": number, "unit": "",
              "job": work.refs["job"], "date": _day(work, settings), "quantity": 0, "amount": minor}  # fmt: skip
    text = row(layout, values, f"{line['code']} ({line['type_name']})")
    name = cut(clean(short_name(line)), layout.most("cost_code_description"))
    return Line(file, "C", text, work.refs["job"], number, code, category, minor, name)


def _day(work: Work, settings: Settings) -> str:
    """The accounting date; until one is chosen its form stands for it, which `step` never lets out."""
    chosen = str(work.choices.get("date") or "")
    return dates.written(chosen, settings.date_format) if chosen else settings.date_format


def _extra(job: str, number: str, ours: str, name: str, settings: Settings) -> Line:
    layout = settings.layouts["E"]
    text = row(layout, {"extra": number, "extra_description": name, "job": job}, f"Sub job {ours}")
    return Line(ESTIMATE, "E", text, job, number, name=cut(clean(name), layout.most("extra_description")))


def _headed(job: str, name: str, settings: Settings, below: list[Line]) -> list[Line]:
    """The lines with the record of the job before them, where jobs go by file."""
    return [_job_line(job, name, settings, below[0].file), *below] if below and settings.job_records else below


def _job_line(job: str, name: str, settings: Settings, file: str = ESTIMATE) -> Line:
    layout = settings.layouts["*"]
    text = row(layout, {"job": job, "job_description": name}, f"Job {job}")
    return Line(file, "*", text, job, name=cut(clean(name), layout.most("job_description")))


def _sub_job(work: Work, settings: Settings) -> list[Line]:
    payload, job = work.payload, work.refs["job"]
    own = _extra(job, extra_number(work, settings), payload["number"], payload["name"], settings)
    return _headed(job, payload["project"]["name"], settings, [own])


def _job(work: Work, settings: Settings) -> list[Line]:
    return [_job_line(job_number(work, settings), work.payload["name"], settings)]


WRITERS: dict[str, Callable[[Work, Settings], list[Line]]] = {"budget": _budget, "sub_job": _sub_job, "job": _job}
