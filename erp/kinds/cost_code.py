"""Standard cost codes on their way to accounting; a division travels with its first code."""

from typing import Any

from erp.db import db
from erp.documents.cost_code import CostCode
from erp.items import Item, find
from erp.items.perform import send
from erp.kind import Column, Comment, Kind, Reason, declare
from erp.states import Filter, State


def snapshot(code: CostCode) -> dict[str, Any]:
    """What accounting sees of a code."""
    return {
        "code": code.code,
        "name": code.name,
        "division": code.division.code if code.division else "",
        "is_division": code.is_division,
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


def no_resend(item: Any, code: CostCode) -> list[Reason]:
    """A changed code that accounting has is not sent again yet."""
    return [Reason("Accounting has this code already. Sending a changed code again comes with a later version of Countersign.")]


COST_CODE = declare(Kind(
    slug="cost_code",
    tab="Standard Cost Codes",
    singular="cost code",
    filter_title="Filter Standard Cost Codes By",
    rank=1,
    tools=("company_admin",),
    headings={
        Filter.IMPORT: "Items Only in QuickBooks",
        Filter.EXPORT: "Standard Cost Codes Ready to Be Exported",
        Filter.UPDATE: "Standard Cost Codes Ready to Be Updated",
        Filter.FAILED: "Standard Cost Codes Failed To Export",
        Filter.SYNCED: "ERP Cost Code List",
        Filter.ARCHIVED: "Archived Items",
    },
    comment=Comment("Enter a Comment (Optional)", required=False),
    columns=(Column("Name", "name"), Column("Division", "division")),
    snapshot=snapshot,
    summary=summary,
    refs=refs,
    rules=(),
    load=lambda key: db.session.get_one(CostCode, key),
    page=lambda code: "/cost-codes",
    updated_whole=True,
    record_list="item",
    behind=behind,
    sent=sent,
    why_no_resend=no_resend,
))  # fmt: skip
