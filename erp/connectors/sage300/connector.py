"""Sage 300 CRE as a connector: what it takes by file, what it asks, how it is judged by what is read back."""

from erp.connector import Choice, Connector, register
from erp.connectors.sage300.check import check
from erp.connectors.sage300.errors import explain
from erp.connectors.sage300.preview import preview
from erp.connectors.sage300.step import key_of, step

BY_HAND = "No import file of Sage 300 CRE is known for these; a person keys them in."

SAGE300 = register(Connector(
    slug="sage300",
    title="Sage 300 CRE",
    short="Sage 300",
    step=step,
    key_of=key_of,
    check=check,
    preview=preview,
    explain=explain,
    choices={"budget": (Choice("date", "Accounting date", shape="date", once=True),)},
    supported=frozenset({"budget", "sub_job", "job"}),
    unsupported={"company": BY_HAND, "cost_code": BY_HAND},
    lists=("job", "extra", "item", "category", "vendor"),
))  # fmt: skip
