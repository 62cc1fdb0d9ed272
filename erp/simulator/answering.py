"""Which function answers which request, and what may stand in its way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from erp.simulator import about, deletions, estimates, items, list_queries, lists, locks, names, reports
from erp.simulator.accounts import ACCOUNT, CLASS
from erp.simulator.calls import Answer, Call
from erp.simulator.facts.messages import WRITES
from erp.simulator.refusals import NoPermission

ANSWERS: dict[str, Callable[[Call], Answer]] = {
    "HostQuery": about.host,
    "CompanyQuery": about.company,
    "PreferencesQuery": about.switches,
    "CustomerAdd": partial(lists.add, kind=names.CUSTOMER),
    "CustomerMod": partial(lists.modify, kind=names.CUSTOMER),
    "CustomerQuery": lambda call: list_queries.query(call, names.CUSTOMER),
    "VendorAdd": partial(lists.add, kind=names.VENDOR),
    "VendorMod": partial(lists.modify, kind=names.VENDOR),
    "VendorQuery": lambda call: list_queries.query(call, names.VENDOR),
    "AccountAdd": partial(lists.add, kind=ACCOUNT),
    "AccountQuery": lambda call: list_queries.query(call, ACCOUNT),
    "ClassAdd": partial(lists.add, kind=CLASS),
    "ClassQuery": lambda call: list_queries.query(call, CLASS),
    "ItemQuery": lambda call: list_queries.query(call, items.ITEM_SERVICE),
    "ItemServiceAdd": partial(lists.add, kind=items.ITEM_SERVICE),
    "ItemServiceMod": items.modify_item,
    "ItemServiceQuery": lambda call: list_queries.query(call, items.ITEM_SERVICE),
    "EstimateAdd": estimates.add,
    "EstimateMod": estimates.modify,
    "EstimateQuery": estimates.query,
    "ListDel": deletions.delete_from_list,
    "TxnDel": deletions.delete_transaction,
    "ListDeletedQuery": deletions.deleted,
    "TxnDeletedQuery": deletions.deleted,
    "JobReportQuery": reports.job_report,
}


def is_write(name: str) -> bool:
    """Whether a request of this name changes the books."""
    return name.endswith(WRITES)


def answer(call: Call) -> Answer:
    """The answer to one request; raises Refusal."""
    if is_write(call.name):
        if call.books.fact("read_only", False):
            raise NoPermission()
        locks.stop(call.books)
    return ANSWERS[call.name](call)
