"""The forms of the page: which deed asks for what, and where its choices come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from erp.simulator import views
from erp.simulator.company import Company
from erp.simulator.facts.enumerations import ENUMERATIONS


@dataclass(frozen=True)
class Field:
    """One field of a form; `choices` names a source of choices, `value` is fixed when hidden."""

    name: str
    label: str
    choices: str = ""
    needed: bool = True
    value: str | None = None
    kind: str = "text"


@dataclass(frozen=True)
class Form:
    """One deed of the bookkeeper with its fields and the word on its button."""

    action: str
    title: str
    fields: tuple[Field, ...]
    button: str

    @property
    def is_dangerous(self) -> bool:
        """Whether the deed takes something away."""
        return self.action.startswith(("delete", "merge", "restore"))


def _kind(value: str) -> Field:
    return Field("kind", "", value=value)


def _list_forms(kind: str, source: str, noun: str) -> tuple[Form, ...]:
    which = Field("name", noun.capitalize(), source)
    return (
        Form("rename", f"Rename {_article(noun)}", (_kind(kind), which, Field("new_name", "New name")), "Rename"),
        Form("deactivate", f"Make {_article(noun)} inactive", (_kind(kind), which), "Make inactive"),
        Form("activate", f"Make {_article(noun)} active again", (_kind(kind), which), "Make active"),
        Form("merge", f"Merge {_article(noun)} into another", (_kind(kind), which, Field("into", "Into", source)), "Merge"),
        Form("delete", f"Delete {_article(noun)}", (_kind(kind), which), "Delete"),
    )


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


_PARENT = Field("parent", "Below (optional)", "items", needed=False)
_AMOUNT = Field("value", "Amount", kind="decimal")

FORMS: dict[str, tuple[Form, ...]] = {
    "customers": (
        Form("add-customer", "Add a customer", (Field("name", "Name"), Field("Phone", "Phone (optional)", needed=False)), "Add"),
        Form("add-job", "Add a job", (Field("customer", "Customer", "customers"), Field("name", "Name")), "Add"),
        *_list_forms("customer", "customers", "customer or job"),
        Form(
            "change", "Change a phone number",
            (_kind("customer"), Field("name", "Customer or job", "customers"), Field("Phone", "Phone")), "Change",
        ),
    ),
    "vendors": (
        Form("add-vendor", "Add a vendor", (Field("name", "Name"), Field("Phone", "Phone (optional)", needed=False)), "Add"),
        *_list_forms("vendor", "vendors", "vendor"),
    ),
    "items": (
        Form(
            "add-item", "Add an item",
            (Field("name", "Name"), _PARENT, Field("description", "Description (optional)", needed=False),
             Field("income", "Income account", "accounts"),
             Field("expense", "Expense account (optional)", "accounts", needed=False)), "Add",
        ),
        *_list_forms("item", "items", "item"),
    ),
    "accounts": (
        Form(
            "add-account", "Add an account",
            (Field("name", "Name"), Field("account_type", "Type", "account types"),
             Field("number", "Number (optional)", needed=False)), "Add",
        ),
        *_list_forms("account", "accounts", "account"),
    ),
    "classes": (Form("add-class", "Add a class", (Field("name", "Name"),), "Add"), *_list_forms("class", "classes", "class")),
    "costs": (
        Form(
            "post-cost", "Enter a bill for a job",
            (Field("job", "Job", "customers"), Field("item", "Item (none: not itemised)", "items", needed=False), _AMOUNT,
             Field("vendor", "Vendor (optional)", "vendors", needed=False),
             Field("number", "Bill number (optional)", needed=False)), "Enter",
        ),
    ),
    "trouble": (
        Form(
            "lock", "Be in the way of writes",
            (Field("code", "Status", "locks"), Field("times", "How often (-1: always)", kind="number")), "Lock",
        ),
        Form("unlock", "Be out of the way", (), "Unlock"),
        Form("crash-unsaved", "Crash after the next write", (), "Arm"),
        Form("set-read-only", "The application's right to write", (Field("on", "Read only", "switch"),), "Set"),
        Form("open-dialog", "Leave a dialog open", (), "Open"),
        Form("close-dialog", "Close the dialog", (), "Close"),
        Form("quit-quickbooks", "Quit QuickBooks", (), "Quit"),
        Form("start-quickbooks", "Start QuickBooks", (), "Start"),
        Form("open-other-file", "Open another company file", (Field("name", "Company"),), "Open"),
        Form("open-own-file", "Open this company's file again", (), "Open"),
        Form("keep-message-sets", "Message sets remembered", (Field("count", "Count", kind="number"),), "Set"),
        Form("back-up", "Back the file up", (Field("name", "Name of the backup"),), "Back up"),
        Form("restore", "Restore a backup", (Field("name", "Name of the backup"),), "Restore"),
    ),
}  # fmt: skip


def estimate_forms(identity: str) -> tuple[Form, ...]:
    """What a bookkeeper may do to this estimate."""
    which = Field("estimate", "", value=identity)
    return (
        Form("edit-estimate", "Edit the memo", (which, Field("memo", "Memo", needed=False)), "Save"),
        Form(
            "add-estimate-line", "Add a line",
            (which, Field("item", "Item", "items"), _AMOUNT, Field("description", "Description (optional)", needed=False)), "Add",
        ),
        Form("edit-estimate-line", "Change a line", (which, Field("line", "Line", kind="number"), _AMOUNT), "Change"),
        Form("delete-estimate-line", "Delete a line", (which, Field("line", "Line", kind="number")), "Delete"),
        Form("duplicate-estimate", "Duplicate the estimate", (which,), "Duplicate"),
        Form("deactivate-estimate", "Make the estimate inactive", (which,), "Make inactive"),
        Form("delete-estimate", "Delete the estimate", (which,), "Delete"),
    )  # fmt: skip


def _names(rows: list[views.Row]) -> list[str]:
    return [row["full_name"] for row in rows]


SOURCES: dict[str, Callable[[Company], list[str]]] = {
    "customers": lambda company: _names(views.customers(company)),
    "vendors": lambda company: _names(views.vendors(company)),
    "items": lambda company: _names(views.items(company)),
    "accounts": lambda company: _names(views.accounts(company)),
    "classes": lambda company: _names(views.classes(company)),
    "account types": lambda company: sorted(ENUMERATIONS["AccountType"]),
    "locks": lambda company: ["3175", "3170", "3176", "3180", "1010"],
    "switch": lambda company: ["on", "off"],
}


def choices(company: Company, source: str) -> list[str]:
    """What a field may be chosen from."""
    return SOURCES[source](company)
