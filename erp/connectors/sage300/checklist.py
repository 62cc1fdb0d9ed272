"""What a person keys into Sage: where, each field as Sage will keep it, and the number it is proposed to have. Pure."""

from collections.abc import Callable
from typing import Any

from erp.connector import Checklist, Work
from erp.connectors.sage300.settings import DEFAULT, Misconfigured, Settings, read
from erp.connectors.sage300.shapes import LIMITS, why_no_code
from erp.connectors.sage300.text import BAR, LONGEST, Unwritable, clean, cut

BY_HAND = ("company", "cost_code")
"""What has no import file at all."""
LINES = {"street": "Address 1", "street2": "Address 2", "city": "City", "region": "State", "postal_code": "ZIP"}
Rows = list[tuple[str, str]]


def by_hand(kind: str, settings: dict[str, Any]) -> bool:
    """Whether a person keys these in: companies and codes always, jobs unless they go by file."""
    return kind in BY_HAND or (kind == "job" and not _settings(settings).job_records)


def _settings(settings: dict[str, Any]) -> Settings:
    """Settings that need a correction are told by the checks; a checklist is shown all the same."""
    try:
        return read(settings)
    except Misconfigured:
        return DEFAULT


def checklist(work: Work) -> Checklist:
    """What is to be typed for a job, a company or a cost code; a number that Sage gave stays."""
    return CHECKLISTS[work.kind](work, _settings(work.settings))


def _job(work: Work, settings: Settings) -> Checklist:
    told, number = work.payload, _number(work, settings, "job", work.payload["number"])
    rows = [("Job", number), *_text("Description", told["name"]), *_address(told), ("Customer", told["wished_customer"])]
    return Checklist("JC > Setup > Jobs", _filled(rows), number, "Job number in Sage", _kept(told["name"]), _no_code(work, "job"))


def _company(work: Work, settings: Settings) -> Checklist:
    told, number = work.payload, str(work.refs.get("erp_id") or "")
    person = " ".join(part for part in (told["first_name"], told["last_name"]) if part)
    name = told["legal_name"] or told["name"]
    rows = [("Vendor", number), *_text("Name", name), *_address(told), ("Telephone", told["phone"]),
            ("Fax", told["fax"]), ("E-mail", told["email"]), ("Contact", clean(person)), ("Tax ID", told["tax_id"])]  # fmt: skip
    return Checklist("AP > Setup > Vendors", _filled(rows), number, "Vendor ID in Sage", _kept(name), _no_vendor)


def _cost_code(work: Work, settings: Settings) -> Checklist:
    told, number = work.payload, _number(work, settings, "code", work.payload["code"])
    rows = [("Cost Code", number), *_text("Description", told.get("short") or told["name"]), ("Division", told["division"])]
    if told["is_division"]:
        rows.append(("Group cost code", "yes: it only groups the codes below it"))
    return Checklist(
        "JC > Setup > Standard Cost Codes", _filled(rows), number, "Cost code in Sage", why_not=_no_code(work, "code")
    )


CHECKLISTS: dict[str, Callable[[Work, Settings], Checklist]] = {"job": _job, "company": _company, "cost_code": _cost_code}


def _number(work: Work, settings: Settings, shape: str, ours: str) -> str:
    """The one it has there, else ours in the shape of Sage, else ours as it is: the person sees why at Send."""
    if there := str(work.refs.get("erp_id") or ""):
        return there
    try:
        return settings.shapes[shape].written(ours)
    except Unwritable:
        return clean(ours)


def _no_code(work: Work, shape: str) -> Callable[[str], str]:
    """Whether Sage can have such a code; of the one that it has there is no doubt."""
    return lambda number: "" if number == work.refs.get("erp_id") else why_no_code(LIMITS[shape], number)


def _no_vendor(number: str) -> str:
    return "" if number.isascii() and BAR not in number else "has signs that no vendor ID of Sage has"


def _kept(text: str) -> str:
    return cut(clean(text), LONGEST).stays


def _text(label: str, text: str) -> Rows:
    """A description as Sage keeps it, and what of it does not fit."""
    found = cut(clean(text), LONGEST)
    left_out = f"{label}: does not fit into {LONGEST} signs"
    return [(label, found.stays), *([(left_out, found.off.strip())] if found.off else [])]


def _address(told: dict[str, Any]) -> Rows:
    return [(label, clean(told.get(name) or "")) for name, label in LINES.items()]


def _filled(rows: Rows) -> tuple[tuple[str, str], ...]:
    """The first two are what it cannot do without; of the others those that say something."""
    return (*rows[:2], *(row for row in rows[2:] if row[1]))
