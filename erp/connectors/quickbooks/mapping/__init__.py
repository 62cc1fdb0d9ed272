"""One mapping per kind of item: what is written, how it is looked for, and when an object found is ours."""

from erp.connectors.quickbooks.mapping import budget, company, cost_code, job
from erp.connectors.quickbooks.mapping.mapping import Mapping

MAPPINGS: dict[str, Mapping] = {
    "job": job.MAPPING,
    "company": company.MAPPING,
    "cost_code": cost_code.MAPPING,
    "budget": budget.MAPPING,
}
