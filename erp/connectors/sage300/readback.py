"""What a list read back from Sage says of an item: it is there to the cent, or what is missing."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from erp.amounts import money
from erp.connector import Later, Outcome, Synced, Work, within
from erp.connectors.sage300.entries import Place, entries, sums
from erp.connectors.sage300.jce import BOX, extra_number, job_number, name_there
from erp.connectors.sage300.settings import Settings
from erp.connectors.sage300.text import alike, clean

AGAIN = ("Its amounts are again what they were before, so that a report of the day of its export cannot tell whether it was "
         "posted. Make a new one on another day and read that back.")  # fmt: skip
WITH_ZEROS = "Export the report with the rows that are zero."
NAMED = 5
"""So many differences are told one by one."""
Found = dict[str, Any]
Sums = dict[Place, tuple[int, int]]
"""Originals and changes, in minor units."""


def judge(work: Work, answer: str, settings: Settings) -> Outcome:
    """Synced when the read-back has what Sage should hold now; else Later, with the differences."""
    found = _read(answer)
    if found is None:
        return Later(0, "The read-back could not be read. Export the list from Sage anew and upload it.")
    own, told = str(work.refs.get("job") or ""), str(found.get("job") or "").strip()
    if work.kind != "job" and told != own:
        return Later(0, f"The read-back is of the job {told or '(none)'}; this is on the job {own or '(none)'}.")
    return JUDGES[work.kind](work, found, settings)


def _read(answer: str) -> Found | None:
    try:
        found = json.loads(answer)
        found["sums"] = _there(found.get("rows") or [])
        found["known"] = {name: _names(found.get(name) or {}) for name in ("extras", "jobs")}
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return dict(found)


def _there(rows: Iterable[dict[str, Any]]) -> Sums:
    return sums((_place(row), _cents(row["original"]), _cents(row["changes"])) for row in rows)


def _place(row: dict[str, Any]) -> Place:
    extra, code, category = (str(row[name] or "").strip() for name in ("extra", "code", "category"))
    return extra, code, category


def _names(told: dict[str, Any]) -> dict[str, str]:
    return {str(number).strip(): clean(str(name)) for number, name in told.items()}


def _cents(value: Any) -> int:
    if not isinstance(value, int):
        raise TypeError("an amount is not in minor units")
    return value


def _budget(work: Work, found: Found, settings: Settings) -> Outcome:
    states = list(_states(work, settings))
    expected = states[-1]
    there = {alike(place): both for place, both in found["sums"].items()}
    wrong = {place: there.get(alike(place), (0, 0)) for place, both in expected.items()
             if there.get(alike(place), (0, 0)) != both}  # fmt: skip
    if wrong:
        return Later(0, _differences(expected, wrong, found["sums"]))
    if emptied := [entry.place for entry in entries(work.payload, work.refs, settings) if alike(entry.place) not in there]:
        return Later(0, f"The report has no row for {_named(emptied[0])}, which this empties. {WITH_ZEROS}")
    if found.get("same_day") and expected in states[:-1]:
        return Later(0, AGAIN)
    original, changes = (sum(both[side] for both in expected.values()) for side in (0, 1))
    job = work.refs["job"]
    shows = [
        ["Job", job],
        ["Original estimate", money(original)],
        ["Approved changes", money(changes)],
        ["Total", money(original + changes)],
    ]
    return Synced(
        {"erp_id": job, "name": f"Estimate of job {job}", "edit_sequence": "", "total": original + changes, "shows": shows}
    )


def _states(work: Work, settings: Settings) -> Iterator[Sums]:
    """What Sage should hold after each send, this one last, at the places of all of them."""
    sent = [list(entries(payload, work.refs, settings)) for payload in (*(payload for _, payload in work.before), work.payload)]
    places = sums((entry.place, 0, 0) for entry in chain.from_iterable(sent))
    for n in range(1, len(sent) + 1):
        yield places | sums((entry.place, entry.original, entry.changes) for entry in chain.from_iterable(sent[:n]))


def _differences(expected: Sums, wrong: Sums, on_job: Sums) -> str:
    """Only a job without any amount has nothing of it: an amount elsewhere may be of it, and would be imported twice."""
    if not any(map(any, on_job.values())):
        return "Nothing of it is in Sage yet. Import the file, post the entries, and read the list back again."
    lines = "1 line differs" if len(wrong) == 1 else f"{len(wrong)} lines differ"
    told = _listed([_difference(place, expected[place], there) for place, there in wrong.items()])
    box = f" The totals agree: the box “{BOX}” was ticked for the wrong file." if _swapped(expected, wrong) else ""
    return f"{lines} from what Sage should hold: {told}.{box}{_elsewhere(expected, on_job)}"


def _elsewhere(expected: Sums, on_job: Sums) -> str:
    ours = {alike(place) for place in expected}
    others = [f"{_named(place)}: original {money(original)}, changes {money(changes)}"
              for place, (original, changes) in on_job.items() if (original or changes) and alike(place) not in ours]  # fmt: skip
    cure = "If that is of this budget, correct it in Sage and do not import the file again."
    return f" Elsewhere on the job Sage has {_listed(others)}. {cure}" if others else ""


def _listed(told: list[str]) -> str:
    more = f" and {len(told) - NAMED} more" if len(told) > NAMED else ""
    return "; ".join(told[:NAMED]) + more


def _swapped(expected: Sums, wrong: Sums) -> bool:
    return all(sum(expected[place]) == sum(there) for place, there in wrong.items())


def _difference(place: Place, wanted: tuple[int, int], there: tuple[int, int]) -> str:
    sides = zip(("original", "changes"), there, wanted, strict=True)
    told = [f"{name} {money(is_there)} instead of {money(should)}" for name, is_there, should in sides if is_there != should]
    return f"{_named(place)}: {', '.join(told)}"


def _named(place: Place) -> str:
    extra, code, category = place
    return f"{f'{extra} / ' if extra else ''}{code} {category}"


def _sub_job(work: Work, found: Found, settings: Settings) -> Outcome:
    job = str(work.refs["job"])
    number = found.get("number") or extra_number(work, settings)
    if lacking := _lacking(work, found["known"]["extras"], number, f"The extra {number} is", f" on the job {job}", settings):
        return lacking
    return _made(
        "extra", within(job, number), work.payload["name"], {"number": number, "job": job}, [["Job", job], ["Extra", number]]
    )


def _job(work: Work, found: Found, settings: Settings) -> Outcome:
    number = found.get("number") or job_number(work, settings)
    if lacking := _lacking(work, found["known"]["jobs"], number, f"The job {number} is", "", settings):
        return lacking
    return _made("job", number, work.payload["name"], {"number": number}, [["Job", number]])


def _lacking(work: Work, there: dict[str, str], number: str, it_is: str, where: str, settings: Settings) -> Later | None:
    """What a list lacks of it: its number, or the name that it should have since it was changed."""
    if number not in there:
        return Later(0, f"{it_is} not{where} in Sage yet. Import the file and read the list back again.")
    name = name_there(work, settings) if work.purpose == "mod" else ""
    if name and there[number] != name:
        return Later(0, f"{it_is} “{there[number]}” in Sage, not “{name}”. Import the file, or rename it there, and read the "
                        "list back again.")  # fmt: skip
    return None


def _made(list_name: str, erp_id: str, name: str, data: dict[str, str], shows: list[list[str]]) -> Synced:
    record = {"list": list_name, "erp_id": erp_id, "parent_id": "", "name": name, "full_name": name, "edit_sequence": "",
              "active": True, "data": data}  # fmt: skip
    return Synced({"erp_id": erp_id, "name": f"{data['number']} {name}", "edit_sequence": "", "shows": shows, "record": record})


JUDGES: dict[str, Callable[[Work, Found, Settings], Outcome]] = {"budget": _budget, "sub_job": _sub_job, "job": _job}
