"""Sage 300 CRE as a connector: what it takes by file, what it asks, how it is judged by what is read back."""

from erp.connector import Choice, Connector, register
from erp.connectors.sage300.check import check
from erp.connectors.sage300.checklist import by_hand, checklist
from erp.connectors.sage300.errors import explain
from erp.connectors.sage300.ids import erp_id
from erp.connectors.sage300.names import shorten
from erp.connectors.sage300.preview import preview
from erp.connectors.sage300.settings import read
from erp.connectors.sage300.shapes import LIMITS
from erp.connectors.sage300.step import step
from erp.connectors.sage300.text import LONGEST

SAGE300 = register(Connector(
    slug="sage300",
    title="Sage 300 CRE",
    short="Sage 300",
    step=step,
    check=check,
    preview=preview,
    explain=explain,
    choices={"budget": (Choice("date", "Accounting date", shape="date"),)},
    supported=frozenset({"budget", "sub_job", "job", "company", "cost_code"}),
    unsupported={},
    lists=("job", "extra", "item", "category", "vendor"),
    calls=False,
    by_hand=by_hand,
    checklist=checklist,
    erp_id=erp_id,
    unread="An ERP administrator exports them from Sage and uploads them under Read back from Sage.",
    sub_jobs=True,
    sub_job_signs=(LIMITS["extra"].most, LONGEST),
    waits_for_posting=True,
    costs_by_category=True,
    originals_apart=True,
    short_names=LONGEST,
    shorten=shorten,
    category_of=lambda cost_type, settings: read(dict(settings)).categories.get(cost_type) or cost_type,
))  # fmt: skip
