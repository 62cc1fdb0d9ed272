"""Which requests are simulated, with their grammar and attributes."""

from __future__ import annotations

from erp.simulator.facts import estimates, lists, names, others
from erp.simulator.grammar import Content

REQUESTS: dict[str, Content] = {
    "HostQuery": others.HOST_QUERY,
    "CompanyQuery": others.COMPANY_QUERY,
    "PreferencesQuery": others.PREFERENCES_QUERY,
    "CustomerAdd": names.CUSTOMER_ADD,
    "CustomerMod": names.CUSTOMER_MOD,
    "CustomerQuery": names.CUSTOMER_QUERY,
    "VendorAdd": names.VENDOR_ADD,
    "VendorMod": names.VENDOR_MOD,
    "VendorQuery": names.VENDOR_QUERY,
    "AccountAdd": lists.ACCOUNT_ADD,
    "AccountQuery": lists.ACCOUNT_QUERY,
    "ClassAdd": lists.CLASS_ADD,
    "ClassQuery": lists.CLASS_QUERY,
    "ItemQuery": lists.ITEM_QUERY,
    "ItemServiceAdd": lists.ITEM_SERVICE_ADD,
    "ItemServiceMod": lists.ITEM_SERVICE_MOD,
    "ItemServiceQuery": lists.ITEM_SERVICE_QUERY,
    "EstimateAdd": estimates.ESTIMATE_ADD,
    "EstimateMod": estimates.ESTIMATE_MOD,
    "EstimateQuery": estimates.ESTIMATE_QUERY,
    "ListDel": others.LIST_DEL,
    "TxnDel": others.TXN_DEL,
    "ListDeletedQuery": others.LIST_DELETED_QUERY,
    "TxnDeletedQuery": others.TXN_DELETED_QUERY,
    "JobReportQuery": others.JOB_REPORT_QUERY,
}

METADATA = {"NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"}
_COUNTED = {
    "AccountQuery", "ClassQuery", "CustomerQuery", "VendorQuery", "ItemQuery", "ItemServiceQuery", "EstimateQuery",
    "ListDeletedQuery", "TxnDeletedQuery",
}  # fmt: skip
_ITERATED = {"CustomerQuery", "VendorQuery", "ItemQuery", "ItemServiceQuery", "EstimateQuery"}
ATTRIBUTES: dict[str, frozenset[str]] = {
    name: frozenset(
        ["requestID", *(["metaData"] if name in _COUNTED else []), *(["iterator", "iteratorID"] if name in _ITERATED else [])]
    )
    for name in REQUESTS
}
MACROS = frozenset({"EstimateAdd"})
WRITES = ("Add", "Mod", "Del")
