"""What can be changed of what is in QuickBooks already, per kind."""

from erp.connectors.quickbooks.mapping import change, change_lists
from erp.connectors.quickbooks.mapping.change import Change

CHANGES: dict[str, Change] = {
    "job": change_lists.JOB.change,
    "company": change_lists.COMPANY.change,
    "cost_code": change_lists.COST_CODE.change,
    "budget": change.BUDGET,
}
