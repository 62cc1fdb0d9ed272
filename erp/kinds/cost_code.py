"""Standard cost codes on their way to accounting; a division travels with its first code."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, or_, select

from erp.books import records
from erp.books.records import Record
from erp.db import db
from erp.documents import cost_code as codes
from erp.documents.budget import BudgetLine
from erp.documents.cost_code import CodeRefused, CostCode
from erp.items import Item, find, perhaps_there
from erp.items.changes import in_accounting
from erp.items.perform import send
from erp.items.why_not import Case
from erp.kind import DECIDING, Column, Comment, Importing, Kind, Reason, Rule, Stage, declare
from erp.links import add
from erp.people import User
from erp.states import Filter, State

COMES_ALONG = (State.ACCEPTED, State.EXPORTING, State.WAITING)
ABOVE = {
    State.WITH_PM: "is not on its way to ERP: it was rejected or retrieved. It must be sent again first.",
    State.READY: "is not accepted yet. Accept it first.",
    State.FAILED: "was refused by accounting. Put that right first, under Failed To Export.",
    State.UNKNOWN: "is being verified in accounting. Wait for that first.",
}


def snapshot(code: CostCode) -> dict[str, Any]:
    """What accounting sees of a code; its short name only where there is one."""
    return {
        "code": code.code,
        "name": code.name,
        "division": code.division.code if code.division else "",
        "is_division": code.is_division,
        **({"short": code.short} if code.short else {}),
    }


def summary(payload: dict[str, Any]) -> dict[str, Any]:
    """What the list shows of it; divisions go first."""
    return {"amount": 0, "name": payload["name"], "division": payload["division"],
            "rank": 0 if payload["is_division"] else 1, "badge": "Division" if payload["is_division"] else ""}  # fmt: skip


def division_item(item: Item) -> Item | None:
    """The item of the code's division on the same connection."""
    code = db.session.get_one(CostCode, item.document_id)
    return find(item.connection_id, code.division_id) if code.division_id else None


def refs(item: Item) -> dict[str, Any]:
    """The division's id and name in accounting."""
    above = division_item(item)
    return {"division": above.erp_id, "division_name": above.erp_name} if above and above.in_erp else {}


def behind(item: Item) -> list[Item]:
    """The division is accepted with its first code."""
    above = division_item(item)
    return [above] if above else []


def sent(item: Item, code: CostCode, actor: Any) -> None:
    """Send the division too when it was never sent."""
    above = division_item(item)
    if code.division and (above is None or above.as_state is State.WITH_PM):
        send("cost_code", item.connection, code.division, actor)


def division_comes_along(case: Case) -> Iterator[Reason]:
    """A code hangs below the item of its division: that is in accounting, or on its way before the code."""
    above = division_item(case.item)
    if above is None or above.in_erp:
        return
    along = COMES_ALONG if case.stage is Stage.EXPORT else (*COMES_ALONG, State.READY)
    if above.as_state not in along:
        yield Reason(
            f"The division {above.number} {ABOVE[above.as_state]}", f"/cost-codes/{above.document_id}/edit", "See the division"
        )


def keeps_a_division(case: Case) -> Iterator[Reason]:
    """QuickBooks moves an item below another one, but not out from below one."""
    if case.item.in_erp and in_accounting(case.item).get("division") and not case.payload["division"]:
        yield Reason("Accounting has the code below a division and cannot take it out from there. Choose a division.",
                     f"/cost-codes/{case.document.id}/edit", "Edit the cost code")  # fmt: skip


SERVICE = "ItemService"


def why_not_import(record: Record) -> list[Reason]:
    """Only a service item can be a cost code, on one of two levels."""
    if record.data.get("type", SERVICE) != SERVICE:
        kind = str(record.data["type"]).removeprefix("Item")
        return [Reason(f"It is of the type {kind} in accounting; only a Service item can be a cost code.")]
    if record.full_name.count(":") > 1:
        return [Reason("It stands three levels deep in accounting; there are divisions and codes here, no third level.")]
    return []


def make(record: Record, actor: User) -> CostCode:
    """The code of an item; what it hangs below becomes its division, what has items below it is a division."""
    name = record.data.get("desc") or record.name
    if records.has_below(record):
        return codes.create_division(actor, record.name, name)
    above = records.find(record.connection_id, record.list, record.parent_id) if record.parent_id else None
    return codes.create(actor, record.name, name, _division(above, actor).code if above else "")


def _division(above: Record, actor: User) -> CostCode:
    """The division that stands for an item; it is added with its first code."""
    item = db.session.get_one(Item, above.item_id) if above.item_id else add(above, actor)
    division = db.session.get_one(CostCode, item.document_id)
    if not division.is_division:
        raise CodeRefused(f"{above.full_name} is linked to the cost code {division.code}, which is no division.")
    return division


def joinable(connection_id: int) -> Select[int, str, str]:
    """The codes and divisions that accounting does not have."""
    there = select(Item.document_id).where(Item.connection_id == connection_id, Item.kind == "cost_code",
                                           Item.state != State.WITH_PM)  # fmt: skip
    return select(CostCode.id, CostCode.number, CostCode.title).where(CostCode.id.not_in(there))


def why_not_join(record: Record, code: CostCode) -> list[Reason]:
    """A division stands for an item with items below it, a code for one without."""
    has_below = records.has_below(record)
    if code.is_division and record.parent_id:
        return [Reason(f"{record.full_name} hangs below another item; the division {code.code} cannot.")]
    if has_below and not code.is_division:
        return [Reason(f"{record.full_name} has items below it; it can be linked to a division only.")]
    return []


def sides(record: Record, code: CostCode) -> list[tuple[str, str, str]]:
    """The item beside the code."""
    return [
        ("Code", record.name, code.code),
        ("Name", record.data.get("desc", ""), code.name),
        ("Division", record.above, code.division.code if code.division else ""),
        ("Active", "yes" if record.active else "no", "yes" if code.active else "no"),
    ]


def children(item: Item) -> list[Item]:
    """The codes of a division; the budgets with a line on a code."""
    below = select(CostCode.id).where(CostCode.division_id == item.document_id)
    budgets = select(BudgetLine.budget_id).where(BudgetLine.code_id == item.document_id)
    either = or_(Item.document_id.in_(below), Item.document_id.in_(budgets))
    return list(db.session.scalars(perhaps_there(item.connection_id).where(either)))


COST_CODE = declare(Kind(
    slug="cost_code",
    tab="Standard Cost Codes",
    singular="cost code",
    filter_title="Filter Standard Cost Codes By",
    rank=1,
    tools=("company_admin",),
    headings={
        Filter.IMPORT: "Items Only in {system}",
        Filter.EXPORT: "Standard Cost Codes Ready to Be Exported",
        Filter.UPDATE: "Standard Cost Codes Ready to Be Updated",
        Filter.FAILED: "Standard Cost Codes Failed To Export",
        Filter.SYNCED: "ERP Cost Code List",
        Filter.ARCHIVED: "Archived Items",
    },
    comment=Comment("Enter a Comment (Optional)", required=False),
    columns=(Column("Name", "name"), Column("Division", "division", short=True)),
    labels={"code": "Code", "name": "Name", "division": "Division"},
    snapshot=snapshot,
    summary=summary,
    refs=refs,
    rules=(Rule(division_comes_along, DECIDING), Rule(keeps_a_division, frozenset({Stage.SEND}))),
    load=lambda key: db.session.get_one(CostCode, key),
    page=lambda code: "/cost-codes",
    updated_whole=True,
    rejects_all=True,
    record_list="item",
    children=children,
    importing=Importing(
        add="Add",
        link="Link",
        refresh="Refresh Cost Codes",
        shows="Item",
        make=make,
        joinable=joinable,
        sides=sides,
        why_not=why_not_import,
        why_not_join=why_not_join,
    ),
    behind=behind,
    sent=sent,
))  # fmt: skip
