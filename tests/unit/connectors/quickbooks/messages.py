"""Every message that we build, for golden files and the schema."""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from erp.connector import Work
from erp.connectors.quickbooks import lists
from erp.connectors.quickbooks.conversation import converse
from erp.connectors.quickbooks.mapping import MAPPINGS
from erp.connectors.quickbooks.qbxml import message

HERE = Path(__file__).parent
FOLDER = Path(os.environ.get("QBXML_XSD_DIR") or HERE.parents[4] / "shared" / "data" / "qbxml")
SCHEMA = next((path for path in (FOLDER / "schema" / "qbxmlops130.xsd", FOLDER / "qbxmlops130.xsd") if path.is_file()), None)
needs_schema = pytest.mark.skipif(SCHEMA is None, reason=f"Intuit's schema is not below {FOLDER}; set QBXML_XSD_DIR")

KEY = "KEYKEYKEYKEYKEYKEY22"
MARKER = "CS-7K3QF2M9XW4T"
ACCOUNTS = {"income_account": {"id": "80000001-1", "name": "Income"}, "expense_account": {"id": "80000002-1", "name": "COGS"}}

JOB = Work(
    "add", "job",
    {"name": "Pier 9 Sewer Renewal", "number": "25-1361", "wished_customer": "", "street": "9 Pier Road", "street2": "Bldg. <2>",
     "city": "Bayview", "region": "CA", "postal_code": "94111"},
    MARKER, KEY, choices={"customer": {"id": "80000010-1", "name": "City of Bayview"}}, since="2026-11-21T17:00:00",
)  # fmt: skip
BARE_JOB = replace(JOB, payload=dict.fromkeys(JOB.payload, "") | {"name": "Café Señor & Söhne", "number": "1"})
COMPANY = Work(
    "add", "company",
    {"name": "Bluewater Plumbing & Heating", "legal_name": "Bluewater P&H, Inc.", "first_name": "Noor", "last_name": "Haddad",
     "street": "12 Mill Road", "street2": "", "city": "Bayview", "region": "CA", "postal_code": "94111", "phone": "555-0234",
     "fax": "", "email": "office@bluewater.test", "tax_id": "12-3456789"},
    MARKER, KEY, since="2026-11-21T17:00:00",
)  # fmt: skip
BARE_COMPANY = replace(COMPANY, payload=dict.fromkeys(COMPANY.payload, "") | {"name": "Café Señor & Söhne"})
DIVISION = Work(
    "add", "cost_code", {"code": "32", "name": "Exterior improvements", "division": "", "is_division": True}, MARKER, KEY,
    choices=ACCOUNTS, since="2026-11-21T17:00:00",
)  # fmt: skip
CODE = replace(
    DIVISION, payload={"code": "32-1200", "name": "Asphalt paving", "division": "32", "is_division": False},
    refs={"division": "80000020-1", "division_name": "32"},
)  # fmt: skip
TAXED_CODE = replace(CODE, facts={"non_taxable": "80000009-1"})


@cache
def schema() -> etree.XMLSchema:
    """Intuit's schema."""
    return etree.XMLSchema(etree.parse(SCHEMA))


def line(code: int, send: int, description: str = "Asphalt paving") -> dict[str, Any]:
    """A line of a budget as its snapshot has it."""
    return {"line": code, "code_id": code, "code": f"32-{code}", "code_name": description, "type": "O", "type_name": "Other",
            "description": description, "original": send, "changes": 0, "revised": send, "send": send}  # fmt: skip


BUDGET = Work(
    "add", "budget",
    {"number": "25-1361-B", "project": {"id": 1, "number": "25-1361", "name": "Pier 9 Sewer Renewal"}, "date": "2026-11-23",
     "lines": [line(1200, 1234567), line(1300, -50), line(1400, 0, "Nothing"), line(1500, 999999999999, "Ångström")],
     "entries": [1]},
    MARKER, KEY, choices={"date": "2026-11-23", "number": "25-1361-B"},
    refs={"job": "80000030-1", "job_name": "City of Bayview:Pier 9", "codes": {str(n): f"8000{n}-1" for n in (1200, 1300, 1500)}},
    facts={"estimates": True}, since="2026-11-21T17:00:00",
)  # fmt: skip
TAXED_BUDGET = replace(BUDGET, facts={"estimates": True, "non_taxable": "80000009-1"})
MOD = replace(
    BUDGET, purpose="mod", refs=BUDGET.refs | {"erp_id": "1001-1", "edit_sequence": "1764000000", "name": "25-1361-B"},
    payload=BUDGET.payload | {"lines": [line(1200, 50_00), line(1300, -20_00)]},
)  # fmt: skip
LIST_READ = {"sequence": "1764000000", "words": "From Countersign CS-FIRST, and what a bookkeeper wrote", "told": [],
             "kept": {"VendorAddress": {"Addr1": "12 Mill Road", "Addr3": "Yard “B”", "City": "Bay View", "Country": "USA"}}}  # fmt: skip
MODS = {
    "job": (JOB, {"name": "Pier 9 Sewer", "street2": ""}),
    "company": (COMPANY, {"street": "14 Mill Road", "fax": "555-0235", "email": "", "tax_id": ""}),
    "code": (CODE, {"code": "32-1250", "name": "Asphalt"}),
    "moved_code": (replace(CODE, refs={"division": "80000021-1", "division_name": "33"}), {"division": "33"}),
}
"""What accounting has, and what we changed of it."""
READ = {"sequence": "1764000000", "words": "A budget. Do not invoice from it. CS-FIRST and what a bookkeeper wrote",
        "lines": [["EstimateLineMod", "1001-2"], ["EstimateLineGroupMod", "1001-3"], ["EstimateLineMod", "1001-4"]]}  # fmt: skip
"""What the read before a Mod brings."""
WORKS = {"job": JOB, "bare_job": BARE_JOB, "company": COMPANY, "bare_company": BARE_COMPANY, "division": DIVISION, "code": CODE, "taxed_code": TAXED_CODE, "budget": BUDGET,
         "taxed_budget": TAXED_BUDGET}  # fmt: skip


def asked(work: Work) -> str:
    """The question of a conversation as bytes."""
    return str(converse(work, None).body)


def mod(work: Work, changes: dict[str, Any]) -> Work:
    """A change of what accounting has."""
    refs = work.refs | {"erp_id": "80000042-1", "edit_sequence": "1764000000", "name": "What is there"}
    return replace(work, purpose="mod", payload=work.payload | changes, refs=refs, before=(("CS-FIRST", work.payload),))


def job_costs(ask: str) -> Work:
    """Reading the costs of a job, at one of its three questions."""
    refs = {"estimate": "1001-1", "job": "8000001B-1", "markers": [MARKER], "codes": {}, "names": {}}
    memo = {"ask": ask, "problems": []} if ask != "estimate" else {}
    return Work("refresh", "job_costs", {"list": "costs:7"}, "", KEY, refs=refs, memo=memo)


def refresh(name: str, memo: dict[str, Any] | None = None) -> Work:
    """Reading a list."""
    return Work("refresh", "", {"list": name}, "", KEY, memo=memo or {})


def built() -> dict[str, Callable[[], str]]:
    """Name -> a message that we send."""
    all_of: dict[str, Callable[[], str]] = {"host": lambda: message("HostQueryRq", [], KEY)}
    for name, work in WORKS.items():
        all_of[f"{name}_add"] = lambda work=work: asked(work)
    for name in ("job", "company", "division", "code", "budget"):
        looking = replace(WORKS[name], look=True)
        all_of[f"{name}_look"] = lambda work=looking: asked(work)
        all_of[f"{name}_look_wider"] = lambda work=looking: asked(replace(work, memo={"named": False}))
    for name in lists.LISTS:
        all_of[f"list_{name}"] = lambda name=name: asked(refresh(name))
    for name in ("customer", "vendor", "item"):
        all_of[f"list_{name}_next"] = lambda name=name: asked(refresh(name, {"iterator": "{e8a1}"}))
    for name in ("estimate", "others", "report"):
        all_of[f"costs_{name}"] = lambda ask=name: asked(job_costs(ask))
    for name, (work, changes) in MODS.items():
        all_of[f"{name}_mod_read"] = lambda work=work, changes=changes: asked(mod(work, changes))
        all_of[f"{name}_mod"] = lambda work=work, changes=changes: asked(replace(mod(work, changes), memo=LIST_READ))
    all_of["budget_mod_read"] = lambda: asked(MOD)
    all_of["budget_mod"] = lambda: asked(replace(MOD, memo=READ))
    return all_of


BUILT = built()
assert set(MAPPINGS) == {work.kind for work in WORKS.values()}, "a new kind needs its golden messages here"


def pretty(text: str) -> str:
    """One element per line, for people who read golden files."""
    root = etree.fromstring(text.encode())
    etree.indent(root)
    head = text[: text.index("<QBXML>")].replace("?><?", "?>\n<?")
    return f"{head}\n{etree.tostring(root, encoding='us-ascii').decode()}\n"
