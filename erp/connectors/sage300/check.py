"""Field rules of Sage: lengths, shapes, amounts, signs; and a refusal where two things would become the same.

A text that is merely cut is not refused: the preview shows what is cut off.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from erp.connectors.sage300 import dates
from erp.connectors.sage300.entries import travels
from erp.connectors.sage300.jce import short_name
from erp.connectors.sage300.names import Alike, alike
from erp.connectors.sage300.settings import COST_TYPES, Misconfigured, Settings, read
from erp.connectors.sage300.text import LONGEST, SHOWN, Unwritable, amount, clean, kept
from erp.kind import Reason

MOST = 20
"""So many reasons are told one by one."""
NAMED = 5
Payload = dict[str, Any]
COMPANY = {
    "name": "Company name", "legal_name": "Legal name", "first_name": "First name", "last_name": "Last name", "street": "Street",
    "street2": "Street, second line", "city": "City", "region": "State", "postal_code": "ZIP", "phone": "Phone", "fax": "Fax",
    "email": "E-mail", "tax_id": "Tax ID",
}  # fmt: skip


def check(kind: str, payload: Payload, choices: dict[str, Any], settings: dict[str, Any]) -> list[Reason]:
    """What of a snapshot Sage would not take, each reason once."""
    try:
        known = read(settings)
    except Misconfigured as refused:
        return [Reason(str(refused))]
    reasons = list(dict.fromkeys(CHECKS[kind](payload, choices, known)))
    left = len(reasons) - MOST
    return reasons if left <= 0 else [*reasons[:MOST], Reason(f"And {left} more like these.")]


def _tried(what: Callable[..., Any], *given: Any) -> Iterator[Reason]:
    """The reason for which it cannot be written, if there is one."""
    try:
        what(*given)
    except Unwritable as refused:
        yield Reason(str(refused))


def _budget(payload: Payload, choices: dict[str, Any], settings: Settings) -> Iterator[Reason]:
    if choices.get("date"):
        yield from _tried(dates.written, str(choices["date"]), settings.date_format)
    for line in payload["lines"]:
        if travels(line):
            yield from _line(line, settings)
    yield from _same_place(payload, settings)
    standing = [line for line in payload["lines"] if _stands(line)]
    names = [(line["code"], short_name(line)) for line in standing]
    most = settings.layouts["C"].most("cost_code_description") or LONGEST
    yield from _same_name("cost codes", alike(names, most), most, "Give them short names.", "/cost-codes", "See the cost codes")
    subs = [(line["sub_job"], line["sub_job_name"]) for line in standing if line["sub_job_id"] is not None]
    most = settings.layouts["E"].most("extra_description") or LONGEST
    yield from _same_name("sub jobs", alike(subs, most), most, "Rename them.")


def _stands(line: dict[str, Any]) -> bool:
    """Whether Sage has or gets anything of a line."""
    return travels(line) or bool(line["original"] or line["changes"])


def _line(line: dict[str, Any], settings: Settings) -> Iterator[Reason]:
    named = f"{line['code']} ({line['type_name']})"
    yield from _tried(settings.category, line["type"])
    yield from _tried(kept, f"The name of cost code {line['code']}", short_name(line))
    if line["sub_job_id"] is not None:
        yield from _tried(kept, f"The name of sub job {line['sub_job']}", line["sub_job_name"])
    for minor in (line["send_original"], line["send"] - line["send_original"]):
        yield from _tried(amount, f"The amount of {named}", minor, settings.layouts["C"].most("amount"))


def _same_place(payload: Payload, settings: Settings) -> Iterator[Reason]:
    """Lines that differ by their cost type only, while two types have one category."""
    places: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for line in payload["lines"]:
        if _stands(line) and (category := settings.categories.get(line["type"])):
            places.setdefault((line["sub_job_id"], line["code_id"], category), []).append(line)
    collide = {place: found for place, found in places.items() if len(found) > 1}
    if collide:
        count = sum(len(found) for found in collide.values())
        shown = "; ".join(_place(place[2], found) for place, found in list(collide.items())[:NAMED])
        cure = "An ERP administrator gives each cost type a category of its own in the settings; or put the amounts on one line."
        yield Reason(f"{count} lines would become {len(collide)} in Sage: {shown}{_more(len(collide))}. {cure}")


def _place(category: str, found: list[dict[str, Any]]) -> str:
    types = " and ".join(COST_TYPES.get(line["type"], line["type"]) for line in found)
    return f"{found[0]['code']} {types} both have the category {category}"


def _same_name(what: str, groups: list[Alike], most: int, cure: str, url: str = "", link: str = "") -> Iterator[Reason]:
    if groups:
        count = sum(len(group.codes) for group in groups)
        names = "the same name" if len(groups) == 1 else f"only {len(groups)} names"
        shown = "; ".join(f"{', '.join(group.codes)} “{group.text}”" for group in groups[:NAMED])
        yield Reason(
            f"{count} {what} would have {names} in Sage, which keeps {most} signs: {shown}{_more(len(groups))}. {cure}", url, link
        )


def _more(groups: int) -> str:
    return f"; and {groups - NAMED} more" if groups > NAMED else ""


def _sub_job(payload: Payload, choices: dict[str, Any], settings: Settings) -> Iterator[Reason]:
    """The code in its shape; of a name that Sage would cut nothing is written."""
    yield from _tried(settings.shapes["extra"].written, payload["number"])
    yield from _tried(kept, "Sub job name", payload["name"])
    most = settings.layouts["E"].most("extra_description") or LONGEST
    if len(name := clean(payload["name"])) > most:
        yield Reason(f"Sub job name “{name[:SHOWN]}” has {len(name)} signs; Sage takes at most {most}. Shorten it.")


def _job(payload: Payload, choices: dict[str, Any], settings: Settings) -> Iterator[Reason]:
    yield from _tried(settings.shapes["job"].written, payload["number"])
    yield from _tried(kept, "Project name", payload["name"])


def _company(payload: Payload, choices: dict[str, Any], settings: Settings) -> Iterator[Reason]:
    for name, label in COMPANY.items():
        yield from _tried(kept, label, payload.get(name) or "")


def _cost_code(payload: Payload, choices: dict[str, Any], settings: Settings) -> Iterator[Reason]:
    """A division only groups codes; Sage has no code for it."""
    if not payload["is_division"]:
        yield from _tried(settings.shapes["code"].written, payload["code"])
    yield from _tried(kept, "Name", payload["name"])


CHECKS: dict[str, Callable[[Payload, dict[str, Any], Settings], Iterable[Reason]]] = {
    "budget": _budget, "sub_job": _sub_job, "job": _job, "company": _company, "cost_code": _cost_code,
}  # fmt: skip
