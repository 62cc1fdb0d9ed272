"""Cost code -> two-sided service item below the item of its division."""

from typing import Any

from erp.connector import Failed, Work
from erp.connectors.quickbooks.lists import item_row
from erp.connectors.quickbooks.mapping.mapping import MANY, Mapping, Query, filled, guid, ref
from erp.connectors.quickbooks.qbxml import Tree, value
from erp.connectors.quickbooks.text import plain

LABELS = {"Name": "Cost code", "SalesDesc": "Name", "PurchaseDesc": "Name", "IncomeAccountRef": "Income account",
          "ExpenseAccountRef": "Expense account", "ParentRef": "Division"}  # fmt: skip


def add(work: Work) -> Tree:
    """The item, sold to the income account and bought to the expense account."""
    code = work.payload
    sides: Tree = [
        ("SalesDesc", code["name"]), ref("IncomeAccountRef", _account(work, "income_account")),
        ("PurchaseDesc", code["name"]), ref("ExpenseAccountRef", _account(work, "expense_account")),
    ]  # fmt: skip
    parent = [ref("ParentRef", work.refs.get("division", ""))] if code["division"] else []
    tax = work.facts.get("non_taxable")
    return [("ItemServiceAdd", filled([
        ("Name", code["code"]), *parent, *([ref("SalesTaxCodeRef", tax)] if tax else []),
        ("SalesAndPurchase", filled(sides)), ("ExternalGUID", guid(work.marker)),
    ]))]  # fmt: skip


def _account(work: Work, name: str) -> str:
    return str((work.choices.get(name) or {}).get("id", ""))


def full_name(work: Work) -> str:
    """Division:Code, as QuickBooks will call it."""
    division = work.refs.get("division_name") or work.payload["division"]
    code = plain(work.payload["code"])
    return f"{division}:{code}" if work.payload["division"] else code


def look(work: Work) -> Query:
    """By its full name, Division:Code."""
    return Query("ItemQueryRq", [("FullName", full_name(work))])


def look_wider(work: Work) -> Query:
    """Everything that changed since it was sent, so that a renamed item is found too."""
    return Query("ItemQueryRq", [("ActiveStatus", "All"), ("FromModifiedDate", work.since)], MANY)


def same_name(work: Work, found: Any) -> bool:
    """Whether an item takes the name."""
    return (value(found, "FullName") or value(found, "Name")).lower() == full_name(work).lower()


def differs(work: Work, found: Any) -> str:
    """The accounts decide where costs are posted; other ones are not what the approver accepted."""
    sides = (("SalesAndPurchase/IncomeAccountRef/ListID", "income_account"),
             ("SalesAndPurchase/ExpenseAccountRef/ListID", "expense_account"))  # fmt: skip
    wrong = [LABELS["IncomeAccountRef" if name == "income_account" else "ExpenseAccountRef"]
             for path, name in sides if _account(work, name) not in ("", value(found, path))]  # fmt: skip
    return f"The item {value(found, 'FullName')} was made with another {' and '.join(wrong).lower()}." if wrong else ""


def result(found: Any) -> dict[str, Any]:
    """What to keep and show of the item."""
    name = value(found, "FullName") or value(found, "Name")
    return {
        "erp_id": value(found, "ListID"),
        "name": name,
        "edit_sequence": value(found, "EditSequence"),
        "shows": [["Item", name], ["ID", value(found, "ListID")]],
        "record": item_row(found),
    }


def preview(work: Work) -> dict[str, Any]:
    """What accounting will receive."""
    code = work.payload
    rows = [(LABELS["Name"], code["code"], plain(code["code"])), (LABELS["SalesDesc"], code["name"], plain(code["name"]))]
    rows += [(LABELS["ParentRef"], code["division"], code["division"])] if code["division"] else []
    for name, label in (("income_account", "Income account"), ("expense_account", "Expense account")):
        chosen = (work.choices.get(name) or {}).get("name") or "chosen at Accept"
        rows.append((label, chosen, chosen))
    return {"title": f"The service item {full_name(work)}", "rows": rows, "lines": []}


def blocked(work: Work) -> Failed | None:
    """A code waits for the item of its division."""
    if work.payload["division"] and not work.refs.get("division"):
        return Failed("parent-missing", f"The division {work.payload['division']} is not in QuickBooks.")
    return None


MAPPING = Mapping("ItemServiceAddRq", add, look, look_wider, same_name, differs, result, LABELS, preview, blocked,
                  stands_for=same_name)  # fmt: skip
